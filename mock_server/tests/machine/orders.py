"""Rules of the groups outbound and vas: orders that take their goods from the shelf, and their ends."""

from base64 import b64encode
from collections import Counter
from random import Random
from typing import Any

import pytest
from machine.base import REGIONS, Base, book_of
from machine.books import Outbound, Shelf, Vas
from machine.shop import Shop
from oc_sandbox.control.problems import Conflict, NotThere

SERVICES = {
    "UK": ["GBDomesticStandard", "GBDomStd_RMOnly", "GBInternationalStandard", "GBDomesticFreight"],
    "DE": ["DEDomesticStandard", "DEDomStd_GLSOnly"],
    "US-South": ["USDomesticStandard", "US_FedExOnly"],
    "AU": ["AUDomesticStandard", "AU_PFLOnly"],
}
CONSIGNEE = {
    "consigneeName": "Alex Example",
    "consigneeAddress1": "1 Example Road",
    "consigneeCountryCode": "GB",
}
LABEL = b64encode(b"%PDF-1.4 a label").decode()
EARLY = ("Submitted", "Accepted", "Create picking task")
TROUBLES = ["failed", "exception", "undeliverable_return"]
PLACES = [*REGIONS * 3, "XX"]


class Stock:
    """What a batch finds: the shelf, less what its earlier orders take, and the reference numbers."""

    def __init__(self, shop: Shop, taken: set[str]) -> None:
        self.book = shop.book
        self.left = Counter(shop.book.figures())
        self.references = set(taken)

    def fault(self, row: dict[str, Any], codes: dict[str, str]) -> str | None:
        """What is wrong with the lines or the reference of an order, in the documented sequence."""
        region, reference = row["serviceRegion"], row["referenceNumber"]
        lines = [(line["MFSKUID"], int(line["SKUQuantity"])) for line in row["productList"]]
        wanted: Counter[Shelf] = Counter()
        for sku, quantity in lines:
            wanted[Shelf(sku, region, "AVL")] += quantity
        if any(sku not in self.book.skus for sku, _ in lines):
            return codes["sku"]
        if any(not self.book.active(sku) for sku, _ in lines):
            return codes["review"]
        if any(self.left[shelf] < pieces for shelf, pieces in wanted.items()):
            return "400448"
        if reference and reference in self.references:
            return codes["reference"]
        self.left.subtract(wanted)
        self.references.add(reference)
        return None


class Orders(Base):
    """Outbound orders of both kinds, troubles, and value-added service."""

    def some_orders(self, dice: Random, shop: Shop) -> list[dict[str, Any]]:
        rows = []
        for _ in range(dice.randint(1, 3)):
            region = dice.choice(PLACES)
            lines = self.some_lines(dice, shop, region)
            # A quantity may be text.
            products = [{"MFSKUID": sku, "SKUQuantity": pieces if pieces % 2 else str(pieces)} for sku, pieces in lines]
            reference = dice.choice(
                ["", "R-1", "R-2", "R-3", *(f"R-{len(shop.book.outbound)}-{end}" for end in "abcd")]
            )
            rows.append({"referenceNumber": reference, "serviceRegion": region, "productList": products})
        return rows

    def fault_of(self, row: dict[str, Any], stock: Stock, *, services: bool) -> str | None:
        reference = row["referenceNumber"]
        if self.assumptions.get("repeated_reference") == "same_number" and reference and reference in stock.references:
            return None
        if row["serviceRegion"] not in SERVICES:
            return "400441"
        if services and row["shippingServiceCode"] not in SERVICES[row["serviceRegion"]]:
            return "400442"
        if self.assumptions.get("repeated_reference") == "new_order":
            stock.references.clear()
        return stock.fault(row, {"sku": "400443", "review": "400444", "reference": "400440"})

    def take_outbound(self, shop: Shop, row: dict[str, Any], told: dict[str, Any]) -> None:
        book, reference, at_s = shop.book, row["referenceNumber"], self.now_s()
        assert told["referenceNumber"] == reference
        if self.assumptions.get("repeated_reference") == "same_number" and reference in book.by_reference:
            assert told["orderNumber"] == book.by_reference[reference]
            return
        number = self.new_number(told["orderNumber"])
        lines = tuple((line["MFSKUID"], int(line["SKUQuantity"])) for line in row["productList"])
        order = Outbound(number, reference, row["serviceRegion"], lines, "Submitted", at_s, at_s)
        order.service, order.ebay_order = row.get("shippingServiceCode"), row.get("ebayOrderId", "")
        order.own = (row["carrier"], row["trackingNumber"]) if "carrier" in row else None
        order.trouble = row.get("remarks", "").removeprefix("sandbox:") or None
        book.outbound[number] = order
        if reference:
            book.by_reference[reference] = number
        for sku, pieces in lines:
            book.moves(at_s, (sku, order.region), {"AVL": -pieces, "RSVALOC": pieces}, "OOS", number)

    def place_orders_to_ship(self, dice: Random) -> None:
        shop = self.a_shop(dice)
        rows = self.some_orders(dice, shop)
        for row in rows:
            offered = SERVICES.get(row["serviceRegion"], [])
            row["shippingServiceCode"] = dice.choice([*offered * 4, "XX_Teleport"])
            row |= CONSIGNEE
            if dice.randint(0, 3) == 3:
                ebay_order = dice.choice(["25-11158-00001", "25-11158-00002"])
                row |= {"orderPlatform": "eBay", "ebayId": "example-shop", "ebayOrderId": ebay_order}
            if dice.randint(0, 3) == 3:
                row["remarks"] = f"sandbox:{dice.choice(TROUBLES)}"
        stock = Stock(shop, set(shop.book.by_reference))
        self.batch(
            shop,
            "place_outbound_order",
            rows,
            lambda row: self.fault_of(row, stock, services=True),
            "referenceNumber",
            lambda row, told: self.take_outbound(shop, row, told),
        )

    def place_orders_under_own_labels(self, dice: Random) -> None:
        shop = self.a_shop(dice)
        rows = self.some_orders(dice, shop)
        for row in rows:
            row |= {"carrier": "DPD", "trackingNumber": f"DPD-{len(shop.book.outbound)}", "labelFile": LABEL}
        if dice.randint(0, 7) == 7:
            rows[-1]["labelFile"] = "no base64!"
            self.write(shop, "place_third_party_label_order", rows, "400450")
            return
        stock = Stock(shop, set(shop.book.by_reference))
        self.batch(
            shop,
            "place_third_party_label_order",
            rows,
            lambda row: self.fault_of(row, stock, services=False),
            "referenceNumber",
            lambda row, told: self.take_outbound(shop, row, told),
        )

    def cancel_an_order(self, dice: Random) -> None:
        shop = self.a_shop(dice)
        orders = shop.book.outbound
        number = self.one_of(dice, orders, self.other(shop).book.outbound, "OCO2000000000000GB", EARLY)
        status = orders[number].status if number in orders else None
        fault = _cancellable(status, EARLY, ("400500", "400501", "400502"))
        if fault == "400501" and self.assumptions.get("second_cancellation") == "accepted":
            fault = None
        asked = {"orderNumber": number, "cancelTime": "2026-11-22T10:00:00+0800"}
        self.write(shop, "outbound_order_cancellation", asked, fault)
        if fault is None and status != "Cancelled":
            shop.book.to_cancel.add(number)
            self.hear()
            assert orders[number].status == "Cancelled"

    def let_an_order_go_wrong(self, dice: Random) -> None:
        trouble = dice.choice(TROUBLES)
        shop = self.a_shop(dice)
        number = self.one_of(
            dice, shop.book.outbound, self.other(shop).book.outbound, "OCO2000000000000GB", (*EARLY, "Picked", "Packed")
        )
        book = book_of(self.shops, number)
        before = {*EARLY}
        if trouble != "failed":
            before |= {"Picked", "Packed", "Outbound", "In-delivery"}
        if book is None or book.outbound[number].status not in before:
            with pytest.raises((NotThere, Conflict)):
                self.sandbox.make_trouble(number, trouble)
            return
        self.tell(f"trouble: {trouble}")
        self.sandbox.make_trouble(number, trouble)
        book.outbound[number].trouble = trouble

    def have_something_done(self, dice: Random) -> None:
        shop = self.a_shop(dice)
        rows = self.some_orders(dice, shop)
        for row in rows:
            row |= {"serviceType": "LABELLING", "remarks": dice.choice(["", "over the old one"])}
        stock = Stock(shop, {order.reference for order in shop.book.vas.values()})

        def fault(row: dict[str, Any]) -> str | None:
            if row["serviceRegion"] not in SERVICES:
                return "400541"
            return stock.fault(row, {"sku": "400542", "review": "400543", "reference": "400540"})

        def take(row: dict[str, Any], told: dict[str, Any]) -> None:
            number, at_s = self.new_number(told["orderNumber"]), self.now_s()
            lines = tuple((line["MFSKUID"], int(line["SKUQuantity"])) for line in row["productList"])
            order = Vas(number, row["referenceNumber"], row["serviceRegion"], lines, "Submitted", at_s, at_s)
            order.service, order.remarks = row["serviceType"], row["remarks"]
            shop.book.vas[number] = order
            for sku, pieces in lines:
                shop.book.moves(at_s, (sku, order.region), {"AVL": -pieces, "RSVVAS": pieces}, "VOS", number)

        self.batch(shop, "place_vas_order", rows, fault, "referenceNumber", take)

    def stop_what_is_done(self, dice: Random) -> None:
        shop = self.a_shop(dice)
        orders = shop.book.vas
        number = self.one_of(dice, orders, self.other(shop).book.vas, "OCV4000000000000GB", EARLY[:2])
        status = orders[number].status if number in orders else None
        fault = _cancellable(status, EARLY[:2], ("400545", "400546", "400547"))
        if fault == "400546" and self.assumptions.get("second_cancellation") == "accepted":
            fault = None
        self.write(shop, "cancel_vas_order", {"orderNumber": number}, fault)
        if fault is None and status != "Cancelled":
            shop.book.to_cancel.add(number)
            self.hear()
            assert orders[number].status == "Cancelled"


def _cancellable(status: str | None, early: tuple[str, ...], codes: tuple[str, str, str]) -> str | None:
    """Why an order in a state cannot be cancelled: unknown, already cancelled, or too late."""
    if status is None:
        return codes[0]
    if status == "Cancelled":
        return codes[1]
    return None if status in early else codes[2]
