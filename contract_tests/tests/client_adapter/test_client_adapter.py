"""A Python client behind its adapter: a right one passes, and each wrong one is told what it gets wrong."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from oc_contract.client_adapter import CHECKS, ClientDiffers, Moved, NothingToCheck, Order, StockRow, check_client
from oc_sandbox import Sandbox
from zoo_base import Client


class Adapter:
    """The zoo's correct client, as a user would adapt it."""

    page_size, batch, days = 200, 50, 7

    def __init__(self, sandbox: Sandbox) -> None:
        self.client = Client(sandbox)

    def stock(self) -> Iterable[StockRow]:
        self.client.page_size = self.page_size
        return [StockRow(row["MFSKUID"], row["serviceRegion"], row["available"]) for row in self.client.stock()]

    def movements(self, sku_ids: Sequence[str], start: datetime, end: datetime) -> Iterator[Moved]:
        while start <= end:
            until = min(end, start + timedelta(days=self.days) - timedelta(seconds=1))
            yield from self.window(sku_ids, start, until)
            start = self.next_start(until)

    def next_start(self, until: datetime) -> datetime:
        return until + timedelta(seconds=1)

    def written(self, instant: datetime) -> str:
        return instant.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S+0000")

    def window(self, sku_ids: Sequence[str], start: datetime, end: datetime) -> Iterator[Moved]:
        asked = {"startTime": self.written(start), "endTime": self.written(end)}
        data = {**asked, "mfSkuList": [{"mfSkuId": each} for each in sku_ids]}
        for sku in self.client.post("/3pp/inventory/v1/movement", data)["data"]:
            for region in sku["serviceRegionList"]:
                for bucket in region["inventoryList"]:
                    for row in bucket["movementList"]:
                        place = (sku["MFSKUID"], region["serviceRegion"], bucket["inventoryStatus"])
                        yield Moved(*place, row["quantity"], self.read(row["updateTime"]))

    def read(self, text: str) -> datetime:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z")

    def place_orders(self, orders: Sequence[Order]) -> Mapping[str, str | None]:
        told: dict[str, str | None] = {}
        for at in range(0, len(orders), self.batch):
            told |= self.place(orders[at : at + self.batch])
        return told

    def place(self, orders: Sequence[Order]) -> dict[str, str | None]:
        reply = self.client.post("/3pp/outbound/v1/creation", [self.wire(order) for order in orders])
        told: dict[str, str | None] = {order.reference: None for order in orders}
        return told | {row["referenceNumber"]: row["orderNumber"] for row in reply["data"]}

    def wire(self, order: Order) -> dict[str, Any]:
        row = self.client.order(order.reference, order.sku_id, f"sale-{order.reference}")
        return row | {"productList": [{"MFSKUID": order.sku_id, "SKUQuantity": order.quantity}]}

    def cancel(self, order_number: str) -> bool:
        data = {
            "orderNumber": order_number,
            "cancelReason": "mistake",
            "cancelTime": self.written(self.client.sandbox.now()),
        }
        return not self.client.post("/3pp/outbound/v1/cancel", data).get("errors")


class DropsPageTwo(Adapter):
    def stock(self) -> Iterable[StockRow]:
        return [StockRow(row["MFSKUID"], row["serviceRegion"], row["available"]) for row in self.first_page()]

    def first_page(self) -> list[dict[str, Any]]:
        self.client.page_size = 200
        return self.client.page(1)


class MixesRegions(Adapter):
    def stock(self) -> Iterable[StockRow]:
        return [StockRow(row.sku_id, "UK", row.available) for row in super().stock()]


class SignsNothing(Adapter):
    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox)
        sandbox.tenant.auth = "open"
        headers = self.client.headers
        self.client.headers = lambda path, body: {  # type: ignore[method-assign]
            name: value for name, value in headers(path, body).items() if name != "vAuthorization"
        }


class ReadsTimesWithoutZone(Adapter):
    def read(self, text: str) -> datetime:
        return datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")  # noqa: DTZ007 - the bug


class ReadsTimesAsUtc(Adapter):
    def read(self, text: str) -> datetime:
        return datetime.strptime(text[:19] + "+0000", "%Y-%m-%dT%H:%M:%S%z")


class CountsSeamsTwice(Adapter):
    def next_start(self, until: datetime) -> datetime:
        return until if until != self.end else until + timedelta(seconds=1)

    def movements(self, sku_ids: Sequence[str], start: datetime, end: datetime) -> Iterator[Moved]:
        self.end = end
        return super().movements(sku_ids, start, end)


class LeavesASecondOut(Adapter):
    def next_start(self, until: datetime) -> datetime:
        return until + timedelta(seconds=2)


class AsksForTooMuch(Adapter):
    days = 15

    def window(self, sku_ids: Sequence[str], start: datetime, end: datetime) -> Iterator[Moved]:
        try:
            yield from super().window(sku_ids, start, end)
        except KeyError:
            return


class LosesTheZone(AsksForTooMuch):
    days = 7

    def written(self, instant: datetime) -> str:
        return instant.strftime("%Y-%m-%dT%H:%M:%S+0000")


class IgnoresPartialFailure(Adapter):
    def place(self, orders: Sequence[Order]) -> dict[str, str | None]:
        told = super().place(orders)
        some = next(filter(None, told.values()), "unknown")
        return {reference: number or some for reference, number in told.items()}


class BatchesTooLarge(Adapter):
    batch = 100

    def place(self, orders: Sequence[Order]) -> dict[str, str | None]:
        try:
            return super().place(orders)
        except KeyError:
            return {order.reference: None for order in orders}


class OrdersOnePiece(Adapter):
    def wire(self, order: Order) -> dict[str, Any]:
        return super().wire(order._replace(quantity=1))


class BelievesInCancellation(Adapter):
    def cancel(self, order_number: str) -> bool:
        super().cancel(order_number)
        return True


def test_a_right_client_passes_all_that_it_can_do() -> None:
    assert check_client(Adapter, examples=25) == [*CHECKS]


@pytest.mark.parametrize(
    ("wrong", "check", "words"),
    [
        (DropsPageTwo, "stock", "200 for the 20[12]"),
        (MixesRegions, "stock", "region='DE'"),
        (SignsNothing, "stock", "unsigned"),
        (LosesTheZone, "movements", "missing: Moved|window-reversed"),
        (ReadsTimesWithoutZone, "movements", "without a zone"),
        (ReadsTimesAsUtc, "movements", "not there, or too often"),
        (CountsSeamsTwice, "movements", "2 for the 1"),
        (LeavesASecondOut, "movements", "0 for the 1"),
        (AsksForTooMuch, "movements", "missing|window-too-wide"),
        (IgnoresPartialFailure, "orders", "not there, or too often: \\('KIT-ORDER"),
        (BatchesTooLarge, "orders", "batch-too-big"),
        (OrdersOnePiece, "orders", "there, and not asked for"),
        (BelievesInCancellation, "cancellations", "True\\)"),
    ],
)
def test_a_wrong_client_is_told_what_it_gets_wrong(wrong: type[Adapter], check: str, words: str) -> None:
    with pytest.raises(ClientDiffers, match=words):
        check_client(wrong, examples=60, only=[check])


def test_only_what_an_adapter_can_do_is_checked() -> None:
    class Reader:
        def __init__(self, sandbox: Sandbox) -> None:
            self.stock = Adapter(sandbox).stock

    assert check_client(Reader, examples=3) == ["stock"]


def test_an_adapter_without_methods_is_refused() -> None:
    with pytest.raises(NothingToCheck, match="place_orders"):
        check_client(lambda sandbox: object())
    with pytest.raises(NothingToCheck, match="can do stock"):
        check_client(Adapter, only=["stocks"])
