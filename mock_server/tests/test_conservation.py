"""Stock is conserved, whatever is ordered, announced, cancelled, refused or moved along by the clock."""

from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from calls import an_order, answer, remembered, the_world
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from oc_sandbox import Sandbox
from oc_sandbox.control.next_step import NothingPlanned
from oc_sandbox.domain.ledger import Bucket
from oc_sandbox.domain.outbound import LEFT, TROUBLES, can_end_in
from oc_sandbox.domain.records import OutboundStatus, VasStatus
from vas_calls import a_vas_order

NOW = datetime(2026, 11, 22, 15, 30, 0, tzinfo=timezone.utc)
SKUS = ["OC9999999999999", "OC0000000675549", "OC0000001279158", "OC0000250276174"]
FIELDS = {
    "AVL": "available",
    "INTRAN": "inTransit",
    "RCVD": "received",
    "RSVALOC": "reservedAllocated",
    "RSVHOLD": "reservedHold",
    "RSVVAS": "reservedVAS",
    "SUSPEND": "suspend",
    "UNFULFIL": "unfulfillable",
}
lines = st.lists(st.tuples(st.sampled_from(SKUS), st.integers(1, 9)), min_size=1, max_size=3)
references = st.sampled_from(["", "A-1", "A-2", "A-3", "A-4"])
batches = st.lists(st.tuples(references, lines), min_size=1, max_size=4)


def rows(wanted: list[tuple[str, int]]) -> list[dict[str, Any]]:
    """Product rows of an order."""
    return [{"MFSKUID": sku, "SKUQuantity": quantity, "quantity": quantity} for sku, quantity in wanted]


class Stock(RuleBasedStateMachine):
    """Random days in a warehouse, over the wire; the figures of every endpoint must agree at every moment."""

    def __init__(self) -> None:
        super().__init__()
        self.sandbox = Sandbox(clock="manual", now=NOW)
        self.started = self.totals()
        self.announced: Counter[str] = Counter()
        self.serial = 0

    def call(self, operation: str, data: Any) -> Any:
        """A signed call; a refused one must change nothing."""
        self.sandbox.tenant.settle()
        before = remembered(the_world(self.sandbox))
        got = answer(self.sandbox, operation, {"data": data})
        if list(self.sandbox.journal.since())[-1].outcome == "refused":
            assert remembered(the_world(self.sandbox)) == before
        return got

    @rule(batch=batches)
    def place_orders(self, batch: list[tuple[str, list[tuple[str, int]]]]) -> None:
        orders = [an_order(reference, productList=rows(wanted)) for reference, wanted in batch]
        got = self.call("place_outbound_order", orders)
        assert len(got["data"]) + len(got.get("errors", ())) == len(batch)

    @rule(wanted=lines, papers=st.booleans())
    def announce_goods(self, wanted: list[tuple[str, int]], papers: bool) -> None:
        self.serial += 1
        known = [(sku, quantity) for sku, quantity in wanted if sku in the_world(self.sandbox).skus]
        order = {
            "sellerInboundNumber": f"IN-{self.serial}",
            "serviceRegion": "UK",
            "shippingFrom": "CN",
            "shippingMethod": "TK",
            "eta": "2026-12-24+0800",
            "needClearanceDoc": papers,
            "cartonList": [{"sellerCartonNumber": "C1", "productList": rows(wanted)}],
        }
        got = self.call("place_inbound_order", order)
        assert (got["code"] == 0) == (known == wanted)
        if got["code"] == 0:
            self.announced.update({sku: sum(q for s, q in wanted if s == sku) for sku, _ in wanted})

    @rule(data=st.data())
    def cancel_one(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from(list(the_world(self.sandbox).outbound.values())))
        got = self.call(
            "outbound_order_cancellation", {"orderNumber": order.number, "cancelTime": "2026-11-22T10:00:00+0800"}
        )
        early = order.status in (OutboundStatus.SUBMITTED, OutboundStatus.ACCEPTED, OutboundStatus.PICKING)
        assert (got["code"] == 0) == early

    @rule(reference=references, wanted=lines)
    def have_something_done(self, reference: str, wanted: list[tuple[str, int]]) -> None:
        before = len(the_world(self.sandbox).vas)
        got = self.call("place_vas_order", [a_vas_order(reference, productList=rows(wanted))])
        assert len(the_world(self.sandbox).vas) - before == len(got["data"]) == 1 - len(got.get("errors", ()))

    @rule(data=st.data())
    def stop_what_is_done(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from(list(the_world(self.sandbox).vas.values())))
        got = self.call("cancel_vas_order", {"orderNumber": order.number})
        assert (got["code"] == 0) == (order.status in (VasStatus.SUBMITTED, VasStatus.ACCEPTED))

    @rule(data=st.data(), trouble=st.sampled_from(list(TROUBLES)))
    def let_one_go_wrong(self, data: st.DataObject, trouble: OutboundStatus) -> None:
        orders = [order for order in the_world(self.sandbox).outbound.values() if can_end_in(order, trouble)]
        if orders:
            self.sandbox.make_trouble(data.draw(st.sampled_from(orders)).number, trouble.value)

    @precondition(lambda self: the_world(self.sandbox).agenda)
    @rule(data=st.data())
    def hurry_one_along(self, data: st.DataObject) -> None:
        due = data.draw(st.sampled_from(sorted(the_world(self.sandbox).agenda)))
        with suppress(NothingPlanned):  # what was cancelled stays on the agenda until its time comes
            self.sandbox.let_happen(due.event, due.key)

    @precondition(lambda self: the_world(self.sandbox).inbound)
    @rule(data=st.data(), readable=st.booleans())
    def send_papers(self, data: st.DataObject, readable: bool) -> None:
        number = data.draw(st.sampled_from(sorted(the_world(self.sandbox).inbound)))
        file = {"fileType": "IN", "fileName": "a.pdf", "file": "https://shop.example.com/a.pdf" if readable else "?"}
        assert self.call("upload_clearance_doc", {"inboundNumber": number, "fileList": [file]})["code"] == 0

    @rule(minutes=st.integers(1, 20_000))
    def let_time_pass(self, minutes: int) -> None:
        self.sandbox.advance(minutes=minutes)

    @precondition(lambda self: self.serial < 50)
    @rule(sku=st.sampled_from(SKUS[1:]), available=st.integers(0, 30))
    def count_the_shelf(self, sku: str, available: int) -> None:
        before = the_world(self.sandbox).ledger.balance(sku, "UK", Bucket.AVAILABLE)
        self.sandbox.set_stock(sku, "UK", available=available)
        self.announced[sku] += available - before

    @rule(sku=st.sampled_from(SKUS[1:]), share=st.floats(0, 1), bucket=st.sampled_from(["on_hold", "suspended"]))
    def freeze_and_free(self, sku: str, share: float, bucket: str) -> None:
        (row,) = self.sandbox.stock(sku, "UK") or [{"available": 0, bucket: 0}]
        frozen = int(share * (row["available"] + row[bucket]))
        self.sandbox.set_stock(sku, "UK", reason="frozen", **{bucket: frozen})

    def totals(self) -> Counter[str]:
        """Pieces of each SKU in all buckets and regions."""
        total: Counter[str] = Counter()
        for row in self.sandbox.stock():
            total[row["mf_sku_id"]] += sum(value for value in row.values() if isinstance(value, int))
        return total

    @invariant()
    def the_snapshot_is_the_sum_of_the_movements(self) -> None:
        summed: Counter[tuple[str, str, str]] = Counter()
        for sku, region in the_world(self.sandbox).ledger.shelves():
            for movement in the_world(self.sandbox).ledger.shelf(sku, region).between(0, 2**40):
                summed[sku, region, movement.bucket.name.lower()] += movement.change
        for row in self.sandbox.stock():
            for bucket in (bucket.name.lower() for bucket in Bucket):
                assert row[bucket] == summed[row["mf_sku_id"], row["service_region"], bucket] >= 0

    @invariant()
    def the_endpoints_agree(self) -> None:
        got = answer(self.sandbox, "stock_snapshot_v2", {"data": {"pageNumber": 1, "pageSize": 200}})
        snapshot = {(row["MFSKUID"], row["serviceRegion"]): row for row in got["data"]["SKUList"]}
        moved = answer(self.sandbox, "get_stock_movement", {"data": {}})
        ids: list[str] = []
        for sku in moved["data"]:
            for region in sku["serviceRegionList"]:
                for bucket in region["inventoryList"]:
                    ids += [movement["moventmentID"] for movement in bucket["movementList"]]
                    last = bucket["movementList"][-1]["actualCount"]
                    assert snapshot[sku["MFSKUID"], region["serviceRegion"]][FIELDS[bucket["inventoryStatus"]]] == last
        assert len(set(ids)) == len(ids)
        for row in answer(self.sandbox, "get_stock_age", {"data": {"pageNumber": 1, "pageSize": 200}})["data"][
            "SKUList"
        ]:
            pieces = sum(each["quantity"] for each in row["ageList"])
            assert pieces == row["available"] == snapshot[row["MFSKUID"], row["serviceRegion"]]["available"]

    @invariant()
    def what_is_allocated_belongs_to_open_orders(self) -> None:
        world = the_world(self.sandbox)
        gone = LEFT | {OutboundStatus.CANCELLED, OutboundStatus.FAILED}
        wanted: Counter[tuple[str, str]] = Counter()
        for order in world.outbound.values():
            if order.status not in gone:
                for line in order.lines:
                    wanted[line.sku, order.region] += line.quantity
        for sku, region in world.ledger.shelves():
            assert world.ledger.balance(sku, region, Bucket.ALLOCATED) == wanted[sku, region]

    @invariant()
    def what_is_in_service_belongs_to_open_orders(self) -> None:
        world = the_world(self.sandbox)
        wanted: Counter[tuple[str, str]] = Counter()
        for order in world.vas.values():
            if order.status not in (VasStatus.COMPLETED, VasStatus.CANCELLED):
                for line in order.lines:
                    wanted[line.sku, order.region] += line.quantity
        for sku, region in world.ledger.shelves():
            assert world.ledger.balance(sku, region, Bucket.IN_VALUE_ADDED_SERVICE) == wanted[sku, region]

    @invariant()
    def nothing_comes_from_nowhere(self) -> None:
        shipped: Counter[str] = Counter()
        for order in the_world(self.sandbox).outbound.values():
            if order.created_at_s >= NOW.timestamp() and order.status in LEFT:
                for line in order.lines:
                    shipped[line.sku] += line.quantity
        for sku, total in self.totals().items():
            if sku in SKUS:
                assert total == self.started[sku] + self.announced[sku] - shipped[sku]


TestStock = Stock.TestCase
TestStock.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)


def orders(count: int) -> list[dict[str, Any]]:
    return [an_order(f"B-{serial}") for serial in range(count)]


def test_50_orders_pass_and_51_are_refused() -> None:
    sandbox = Sandbox()
    before = remembered(the_world(sandbox))
    refused = answer(sandbox, "place_outbound_order", {"data": orders(51)})
    assert refused["code"] == 3
    assert remembered(the_world(sandbox)) == before
    taken = answer(sandbox, "place_outbound_order", {"data": orders(50)})
    assert taken["code"] == 0
    assert len({row["orderNumber"] for row in taken["data"]}) == 50


def test_orders_of_one_batch_compete_for_the_stock() -> None:
    sandbox = Sandbox()
    sandbox.set_stock("OC0000250380015", "UK", available=2)
    got = answer(sandbox, "place_outbound_order", {"data": orders(3)})
    assert [row["referenceNumber"] for row in got["data"]] == ["B-0", "B-1"]
    assert [(row["code"], row["id"]) for row in got["errors"]] == [("400448", "B-2")]
    assert (got["code"], got["success"]) == (4, False)


def test_lines_of_one_order_that_name_one_sku_are_counted_together() -> None:
    sandbox = Sandbox()
    sandbox.set_stock("OC0000250380015", "UK", available=3)
    twice = [{"MFSKUID": "OC0000250380015", "SKUQuantity": 2}] * 2
    got = answer(sandbox, "place_outbound_order", {"data": [an_order("X", productList=twice)]})
    assert got["errors"][0]["code"] == "400448"


def test_an_announced_piece_becomes_an_order_and_leaves() -> None:
    sandbox = Sandbox(clock="manual", now=NOW)
    data = {
        "sellerInboundNumber": "IN-1",
        "serviceRegion": "UK",
        "shippingFrom": "CN",
        "shippingMethod": "TK",
        "eta": "2026-12-01+0800",
        "cartonList": [{"productList": [{"MFSKUID": "OC0000250276174", "quantity": "5"}]}],
    }
    number = answer(sandbox, "place_inbound_order", {"data": data})["data"]["inboundNumber"]
    mugs = {"productList": [{"MFSKUID": "OC0000250276174", "SKUQuantity": 5}]}
    assert answer(sandbox, "place_outbound_order", {"data": [an_order("M-1", **mugs)]})["errors"][0]["code"] == "400448"
    sandbox.advance(days=9)
    detail = answer(sandbox, "inbound_order_detail_query", {"data": {"inboundNumberList": [number]}})
    assert detail["data"]["inboundOrderList"][0]["status"] == "Put away"
    assert answer(sandbox, "place_outbound_order", {"data": [an_order("M-1", **mugs)]})["code"] == 0
    sandbox.advance(days=4)
    found = answer(sandbox, "outbound_order_query_v2", {"data": {"referenceNumberList": [{"referenceNumber": "M-1"}]}})
    assert found["data"][0]["orderStatus"] == "Delivered"
    assert found["data"][0]["trackingNumberList"][0]["SKUList"][0]["SKUQuantity"] == 5
    start = (NOW + timedelta(days=6)).strftime("%Y-%m-%dT%H:%M:%S+0000")
    moved = answer(
        sandbox, "get_stock_movement", {"data": {"startTime": start, "mfSkuList": [{"mfSkuId": "OC0000250276174"}]}}
    )
    (uk,) = [r for r in moved["data"][0]["serviceRegionList"] if r["serviceRegion"] == "UK"]
    ends = {bucket["inventoryStatus"]: bucket["movementList"][-1]["actualCount"] for bucket in uk["inventoryList"]}
    assert ends == {"AVL": 0, "INTRAN": 0, "RCVD": 0, "RSVALOC": 0}


@pytest.mark.parametrize(
    "spelling", [("mfSkuId", "skuQuantity"), ("MFSKUID", "SKUQuantity"), ("mfskuid", "skuquantity")]
)
def test_request_keys_are_read_without_regard_to_case(spelling: tuple[str, str]) -> None:
    sku, quantity = spelling
    order = an_order("K", productList=[{sku: "OC0000250380015", quantity: "1"}])
    assert answer(Sandbox(), "place_outbound_order", {"timeStamp": 0, "DATA": [order]})["code"] == 0
