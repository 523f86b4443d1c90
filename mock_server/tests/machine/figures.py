"""Rules that ask for figures: SKUs, stock, movements and fees, each against a brute-force filter over the books."""

from collections import Counter
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any

from machine.base import REGIONS
from machine.books import DAY_S, REPLY_ZONE, Outbound, Sku, epoch, stamp
from machine.looks import WINDOW_S, flat, paged
from machine.questions import SIZES, Questions, inside, written
from machine.shop import Shop

MONTH_S = 31 * DAY_S


def day_of(at_s: int) -> int:
    """The first second of an instant's day."""
    midnight = datetime.fromtimestamp(at_s, REPLY_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    return int(midnight.timestamp())


class Figures(Questions):
    """Queries of stock and money."""

    def ask_for_skus_and_stock(self, dice: Random) -> None:
        shop, size = self.a_shop(dice), dice.choice(SIZES)
        self.ask_for_skus(dice, shop, size)
        self.ask_for_stock(dice, shop, size)

    def ask_for_movements_and_fees(self, dice: Random) -> None:
        shop, size = self.a_shop(dice), dice.choice(SIZES)
        self.ask_for_movements(dice, shop)
        self.ask_for_fees(dice, shop, size)
        self.ask_for_windows_that_are_refused(dice, shop)

    def ask_for_skus(self, dice: Random, shop: Shop, size: int) -> None:
        skus = shop.book.skus
        named = dice.random() < 0.5
        codes = self.some(dice, skus, self.other(shop).book.skus) if named else []
        references = self.some(dice, [sku.reference for sku in skus.values()]) if named else []
        seller_codes = self.some(dice, [sku.reference for sku in skus.values()]) if named else []
        days: list[int | None] = [None, None]
        if dice.random() < 0.5:
            days = [day_of(at_s) for at_s in self.a_window(dice, shop)]
            days = dice.choice([days, [days[0], None], [None, days[1]]])
        query = {
            "mfskulist": [{"mfskuid": code} for code in codes],
            "referenceSKUIDList": [{"referenceSKUID": reference} for reference in references],
            "sellerSKUIDList": [{"sellerSKUID": code} for code in seller_codes],
        }
        names = ("startTime", "endTime")
        query |= {name: stamp(day)[:10] + "+0800" for name, day in zip(names, days, strict=True) if day is not None}
        by_reference = {sku.reference: sku.number for sku in skus.values()}
        found = [*codes, *(by_reference.get(each, "") for each in (*references, *seller_codes))]
        numbers = [code for code in dict.fromkeys(found) if code in skus] if found else list(skus)

        def changed_then(sku: Sku) -> bool:
            changed_s = sku.changed_s or 0
            return (days[0] is None or changed_s >= days[0]) and (days[1] is None or changed_s < days[1] + DAY_S)

        shown = shop.book.shown["skus"]
        expected = [shown[code] for code in numbers if changed_then(skus[code])]
        assert paged(shop, "sku_query_v3", query, size, by=("page", "limit")) == expected
        self.tell(f"sku query: {min(len(expected), 3)} rows")
        set_up = shop.book.shown["ef"]
        numbers = [code for code in dict.fromkeys(codes) if code in skus] if codes else list(skus)
        got = paged(shop, "query_sku_ef_service", {"mfskulist": query["mfskulist"]}, size, by=("page", "limit"))
        assert got == [set_up[code] for code in numbers if code in set_up]

    def ask_for_stock(self, dice: Random, shop: Shop, size: int) -> None:
        codes = self.some(dice, shop.book.skus, self.other(shop).book.skus)
        regions = dice.choices([*REGIONS, "US", "XX"], k=dice.randint(0, 3))
        query = {
            "skuList": [{"mfSkuId": code} for code in codes],
            "serviceRegionList": [{"serviceRegion": region} for region in regions],
        }
        for operation, kind in (("stock_snapshot_v2", "snapshot"), ("get_stock_age", "ages")):
            expected = [
                row
                for (sku, region), row in sorted(shop.book.shown[kind].items())
                if (not codes or sku in codes) and (not regions or region in regions)
            ]
            by = ("pageNumber", "pageSize")
            assert paged(shop, operation, query, size, by=by, rows="SKUList") == expected
        self.tell(f"snapshot: {min(len(expected), 3)} rows")

    def ask_for_movements(self, dice: Random, shop: Shop) -> None:
        book = shop.book
        times = sorted({epoch(line["updateTime"]) for lines in book.history.values() for line in lines})
        recent = [at_s for at_s in times if at_s > self.now_s() - 360 * DAY_S] or [self.now_s()]
        start = dice.choice(recent) + dice.choice([-1, 0, 1])
        lasts_s = dice.choice([0, 1, 300, DAY_S, WINDOW_S, WINDOW_S + 1, -1])
        if dice.randint(0, 9) == 9:
            start = self.now_s() - 368 * DAY_S
        codes = [code for code in self.some(dice, book.skus, self.other(shop).book.skus) if code != "none-such"]
        window = (start, start + lasts_s)
        query = {"mfSkuList": [{"mfSkuId": code} for code in codes], **written(window)}
        got = shop.ask("get_stock_movement", query)
        if lasts_s < 0 or lasts_s > WINDOW_S or start < self.now_s() - 367 * DAY_S:
            faults = {"400008"} if lasts_s < 0 else {"400009", "400010"} if lasts_s > WINDOW_S else {"400010"}
            assert got.codes[0] in faults
            return
        expected = {
            shelf: inside_lines
            for shelf, lines in book.history.items()
            if not codes or shelf.sku in codes
            if (inside_lines := [line for line in lines if inside(epoch(line["updateTime"]), window)])
        }
        told: dict[Any, list[Any]] = {}
        for shelf, line in flat(got.data, book):
            told.setdefault(shelf, []).append(line)
        assert told == expected
        order = list(dict.fromkeys(codes)) if codes else list(book.skus)
        listed = [row["MFSKUID"] for row in got.data]
        assert listed == [code for code in order if code in listed]
        self.tell(f"movements: {min(len(expected), 3)} shelves")

    def ask_for_fees(self, dice: Random, shop: Shop, size: int) -> None:
        orders = shop.book.outbound
        numbers = self.some(dice, orders, self.other(shop).book.outbound) if dice.random() < 0.5 else []
        times = [order.left_s for order in orders.values() if order.left_s] or [self.now_s()]
        start = dice.choice(times) + dice.choice([-DAY_S, -1, 0, 1])
        window = (start, start + dice.choice([0, 1, DAY_S, MONTH_S]))
        left = [order for order in orders.values() if order.left_s is not None and inside(order.left_s, window)]
        left = [order for order in left if not numbers or order.number in numbers]
        left.sort(key=lambda order: (order.left_s, order.number))
        query = {"orderNumberList": [{"orderNumber": number} for number in numbers], **written(window)}
        rows = paged(shop, "finance_fee_detail_query", query, size, by=("pageNumber", "pageSize"), rows="feeList")
        assert shop.told("finance_fee_detail_query", query)["total"] == len(rows)
        kinds = [
            (row["orderNumber"], row["feeTime"], row["feeType"], row["MFSKUID"], row["referenceNumber"]) for row in rows
        ]
        assert kinds == [kind for order in left for kind in _fees_of(order)]
        sums: Counter[str] = Counter()
        for row in rows:
            sums[row["orderNumber"]] += Decimal(str(row["feeAmount"]))  # type: ignore[assignment]
        for order in left:
            assert sums[order.number] == Decimal(str(order.parcel["feeAmount"]))
        self.tell(f"fees: {min(len(rows), 3)} rows")

    def ask_for_windows_that_are_refused(self, dice: Random, shop: Shop) -> None:
        now_s = self.now_s()
        longest = {"inbound_order_list_query": 7, "inbound_order_detail_query": 7, "finance_fee_detail_query": 31}
        operation = dice.choice(sorted(longest))
        wide = written((now_s - longest[operation] * DAY_S - 1, now_s))
        assert shop.ask(operation, wide).codes == ["400009"]
        assert shop.ask(operation, written((now_s, now_s - 1))).codes == ["400008"]
        less_s = 1 if operation == "inbound_order_detail_query" else 0  # its page says less than 7 days
        whole = written((now_s - longest[operation] * DAY_S + less_s, now_s))
        assert shop.ask(operation, whole).codes == []


def _fees_of(order: Outbound) -> list[tuple[str, str, str, str, str]]:
    """The fees of an order that has left: freight, unless it has its own label, and handling for each SKU."""
    assert order.left_s is not None
    freight = [] if order.own else [("OUTBOUND_FREIGHT", "")]
    kinds = [*freight, *(("OUTBOUND_HANDLING", sku) for sku in order.pieces)]
    return [(order.number, stamp(order.left_s), kind, sku, order.reference) for kind, sku in kinds]
