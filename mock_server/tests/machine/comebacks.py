"""Rules of the group returns: what buyers send back, and whose pieces those are."""

from collections import Counter
from random import Random
from typing import Any

from machine.base import STRANGE, Base
from machine.books import GONE, Book, Return
from machine.goods import KNOWN_REGIONS


class Comebacks(Base):
    """Return orders."""

    def take_something_back(self, dice: Random) -> None:
        shop = self.a_shop(dice)
        book = shop.book
        region = dice.choice(["UK", "UK", "AU", "DE", "US-East", "XX"])
        references = [f"B-{len(book.returns)}", f"B-{len(book.returns)}", "B-0", "B-1"]
        row: dict[str, Any] = {"referenceNumber": dice.choice(references), "serviceRegion": region}
        order = None
        if dice.randint(0, 3):
            number = self.one_of(dice, book.outbound, self.other(shop).book.outbound, "OCO2000000000000GB")
            # Mostly one that can come back.
            gone = [each.number for each in book.outbound.values() if each.status in GONE]
            again = [each.outbound for each in book.returns.values() if each.outbound]
            number = dice.choice([number, *gone[-3:], *again[-3:]])
            row["outboundOrderNumber"], order = number, book.outbound.get(number)
        products: list[dict[str, Any]] = []
        for _ in range(dice.randint(1, 2)):
            skus = [sku for sku, _ in order.lines] if order else [self.a_sku(dice, shop)]
            sku = dice.choice([*skus * 3, "", STRANGE])
            most = order.pieces[sku] if order else 2
            quantity = dice.choice([1, 1, 2, most, most + 1])
            # A call has room for 100 pieces of a product.
            products.append(({"mfSkuId": sku} if sku else {}) | {"quantity": min(max(quantity, 1), 100)})
        row["productList"] = products
        fault = _fault(row, book)
        told = self.write(shop, "returns_erp_submit_order", row, fault)
        if fault is None:
            assert told["referenceNumber"] == row["referenceNumber"]
            lines = tuple((product.get("mfSkuId", ""), product["quantity"]) for product in products)
            number, at_s = self.new_number(told["orderNumber"]), self.now_s()
            taken = Return(number, row["referenceNumber"], region, lines, "Submitted", at_s, at_s)
            taken.outbound = row.get("outboundOrderNumber", "")
            book.returns[number] = taken

    def cancel_or_track_a_return(self, dice: Random) -> None:
        shop = self.a_shop(dice)
        returns = shop.book.returns
        early = ("Submitted", "Accepted", "In transit")
        number = self.one_of(dice, returns, self.other(shop).book.returns, "OCR3000000000000GB", early)
        row, track = {"orderNumber": number}, dice.random() < 0.5
        if track:
            row |= {"trackingNumber": dice.choice(["T-1", "T-2"]), "carrier": "DPD"}
        elif dice.randint(0, 7) == 7:
            self.write(shop, "returns_cancel_or_track", row | {"carrier": "DPD"}, "400535")
            return
        order = returns.get(number)
        fault = None
        if order is None:
            fault = "400530"
        elif order.status == "Cancelled":
            fault = "400531"
        elif track and order.status in ("Arrived", "Put away"):
            fault = "400533"
        elif not track and order.status not in ("Submitted", "Accepted"):
            fault = "400532"
        again = order is not None and order.status == "Cancelled" and not track
        if again and self.assumptions.get("second_cancellation") == "accepted":
            fault = None
        told = self.write(shop, "returns_cancel_or_track", row, fault)
        if order is None or fault is not None or again:
            return
        if track:
            order.told, order.changed_s = (row["carrier"], row["trackingNumber"]), self.now_s()
        else:
            shop.book.to_cancel.add(number)
            self.hear()
        assert told == {"orderNumber": number, "orderStatus": order.status}

    def say_what_pieces_are(self, dice: Random) -> None:
        shop = self.a_shop(dice)
        book, sku = shop.book, self.a_sku(dice, shop)
        # Pieces are known by the last look; what was put away since can be linked as well, but not yet named.
        known = [*list(book.pieces)[-4:] * 3, *list(self.other(shop).book.pieces)[:1], "UK01UC-none"]
        asked = dice.choices(known, k=dice.randint(1, 4))
        fault = None if sku in book.skus else "400538"
        told = self.write(shop, "returns_link_sku", {"uniqueIdList": asked, "mfSkuId": sku}, fault)
        if fault is not None:
            return
        once = list(dict.fromkeys(asked))
        missing = [unique_id for unique_id in once if unique_id not in book.pieces]
        counts = {"requestCount": len(once), "successCount": len(once) - len(missing), "failedCount": len(missing)}
        assert told == counts | {"failedList": missing}
        for unique_id in once:
            if unique_id in book.pieces:
                book.pieces[unique_id]["mfSkuId"] = sku


def _fault(row: dict[str, Any], book: Book) -> str | None:
    """What is wrong with a return, in the documented sequence."""
    lines = [(product.get("mfSkuId", ""), product["quantity"]) for product in row["productList"]]
    if row["serviceRegion"] not in KNOWN_REGIONS:
        return "400537"
    if any(order.reference == row["referenceNumber"] for order in book.returns.values()):
        return "400536"
    if any(sku and sku not in book.skus for sku, _ in lines):
        return "400538"
    if "outboundOrderNumber" not in row:
        return None
    order = book.outbound.get(row["outboundOrderNumber"])
    if order is None:
        return "400539"
    if order.status not in GONE:
        return "400560"
    left = Counter(order.pieces)
    back = [line for each in book.returns.values() if each.outbound == order.number for line in _lines_of(each)]
    for sku, quantity in (*back, *lines):
        left[sku] -= quantity
    too_many = sum(left.values()) < 0 or any(pieces < 0 for sku, pieces in left.items() if sku)
    return "400561" if too_many else None


def _lines_of(order: Return) -> tuple[tuple[str, int], ...]:
    return () if order.status == "Cancelled" else order.lines
