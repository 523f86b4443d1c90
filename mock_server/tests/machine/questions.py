"""Rules that ask for orders and papers: each list against a brute-force filter over the books."""

from random import Random
from typing import Any
from urllib.parse import urlsplit

from machine.base import START, STRANGE, Base
from machine.books import DAY_S, Inbound, Order, Outbound, stamp
from machine.looks import WINDOW_S, in_time, note_id, paged
from machine.shop import Shop
from papers import barcodes

OPENED_S = int(START.timestamp())
NEAR = [-DAY_S, -1, 0, 0, 1, DAY_S]
LOOK_BACK_S = 366 * DAY_S
SIZES = [1, 2, 3, 7, 200]
Window = tuple[int | None, int | None]


def inside(at_s: int, window: Window) -> bool:
    """Whether an instant lies in a window, both ends of which are inside; None leaves one open."""
    start, end = window
    return (start is None or start <= at_s) and (end is None or at_s <= end)


def written(window: Window) -> dict[str, str]:
    """The ends of a window that there are, as a query has them."""
    return {name: stamp(at_s) for name, at_s in zip(("startTime", "endTime"), window, strict=True) if at_s is not None}


class Questions(Base):
    """Queries right after a look: their rows must be those of the look, no more and no fewer."""

    papers_left = 1

    def a_window(self, dice: Random, shop: Shop, longest_s: int | None = None) -> tuple[int, int]:
        """From about when something happened to about when something did; nothing before the test is asked for."""
        times = [at_s for at_s in shop.book.instants() if at_s >= OPENED_S]
        ends = sorted(dice.choice([*times, self.now_s()]) + dice.choice(NEAR) for _ in range(2))
        start, end = max(ends[0], OPENED_S), max(ends[1], OPENED_S)
        return (start if longest_s is None else max(start, end - longest_s)), end

    def some(self, dice: Random, known: Any, others: Any = ()) -> list[str]:
        """Some of the words that there are, in any order, one perhaps twice, or another's, or none at all."""
        words = [*list(known)[-6:] * 2, *list(others)[-1:], "none-such"]
        return dice.choices(words, k=dice.randint(0, 4))

    def ask_for_what_goes_out_and_comes_back(self, dice: Random) -> None:
        shop, size = self.a_shop(dice), dice.choice(SIZES)
        self.ask_for_orders_to_ship(dice, shop)
        self.ask_for_value_added_service(dice, shop)
        self.ask_for_returns(dice, shop, size)
        self.ask_for_returned_pieces(dice, shop, size)

    def ask_for_what_comes_in(self, dice: Random) -> None:
        shop, size = self.a_shop(dice), dice.choice(SIZES)
        self.ask_for_inbound_orders(dice, shop, size)
        self.ask_for_inbound_details(dice, shop)

    def ask_for_papers(self, dice: Random) -> None:
        shop = self.a_shop(dice)
        self.ask_for_inbound_papers(dice, shop)
        self.ask_for_a_return_label(dice, shop)
        self.ask_for_sku_labels(dice, shop)

    def ask_for_orders_to_ship(self, dice: Random, shop: Shop) -> None:
        orders = shop.book.outbound
        numbers = self.some(dice, orders, self.other(shop).book.outbound)
        references = self.some(dice, sorted({order.reference for order in orders.values()}))
        ebay_orders = self.some(dice, sorted({order.ebay_order for order in orders.values()}))
        window: Window = (None, None)
        if dice.random() < 0.5:
            start, end = self.a_window(dice, shop)
            window = dice.choice([(start, end), (start, None), (None, end)])
        lists = dice.choice([0, 0, 1, 2, 4, 7])
        numbers, references, ebay_orders = (
            words if lists & 2**place else [] for place, words in enumerate((numbers, references, ebay_orders))
        )
        query = {
            "orderNumberList": [{"orderNumber": number} for number in numbers],
            "referenceNumberList": [{"referenceNumber": reference} for reference in references],
            "ebayOrderIdList": [{"ebayOrderId": ebay_order} for ebay_order in ebay_orders],
            **written(window),
        }
        if not any((*numbers, *references, *ebay_orders)) and window == (None, None):
            assert shop.ask("outbound_order_query_v2", query).codes == ["400002"]
            return

        def wanted(order: Outbound) -> bool:
            if not any((*numbers, *references, *ebay_orders)):
                return inside(order.created_s, window)
            by_ebay = order.ebay_order and order.ebay_order in ebay_orders
            named = order.number in numbers or (order.reference and order.reference in references) or by_ebay
            return bool(named) and inside(order.created_s, window)

        expected = [shop.book.shown["outbound"][order.number] for order in in_time(filter(wanted, orders.values()))]
        got = shop.told("outbound_order_query_v2", query)
        assert sorted(got, key=lambda row: (row["orderCreationTime"], row["orderNumber"])) == expected
        self.tell(f"outbound query: {min(len(expected), 3)} rows")

    def moved_in(self, shop: Shop, window: Window) -> list[Inbound]:
        """Inbound orders that were placed or brought to another state then."""
        return [
            order
            for order in shop.book.inbound.values()
            if any(inside(at_s, window) for at_s in (order.created_s, *order.steps))
        ]

    def ask_for_inbound_orders(self, dice: Random, shop: Shop, size: int) -> None:
        window = self.a_window(dice, shop, WINDOW_S)
        expected = [
            {
                "SKUQuantity": sum(order.pieces.values()),
                "inboundNumber": order.number,
                "putawayQuantity": _put_away(order),
                "sellerinboundNumber": order.reference,
                "serviceRegion": order.region,
                "shippingMethod": order.method,
                "status": order.status,
            }
            for order in self.moved_in(shop, window)
        ]
        query, rows = written(window), "inboundOrderList"
        assert shop.told("inbound_order_list_query", query)[rows] == expected
        for names in (("page", "limit"), ("pageNumber", "pageSize")):
            assert paged(shop, "inbound_order_list_query", query, size, by=names, rows=rows) == expected
        self.tell(f"inbound list: {min(len(expected), 3)} rows")

    def ask_for_inbound_details(self, dice: Random, shop: Shop) -> None:
        orders = shop.book.inbound
        numbers = [number for number in self.some(dice, orders) if number in orders or not dice.randint(0, 3)]
        references = self.some(dice, [order.reference for order in orders.values()])
        narrow = dice.random() < 0.5
        window = self.a_window(dice, shop, WINDOW_S - 1)  # exactly 7 days are too many here, says its page
        # A year back, and a day of grace: what lies about there is left to the tests of dates.
        if abs(window[0] - self.now_s() + LOOK_BACK_S) < 2 * DAY_S:
            return
        query = {"inboundNumberList": numbers, "sellerinboundNumberList": references}
        query |= written(window) if narrow else {}
        got = shop.ask("inbound_order_detail_query", query)
        if narrow and window[0] < self.now_s() - LOOK_BACK_S:
            assert got.codes == ["400010"]
            return
        if any(number not in orders for number in numbers):
            assert got.codes == ["3A0529"]
            return
        by_reference = {order.reference: order.number for order in orders.values()}
        named = [*numbers, *(by_reference[each] for each in references if each in by_reference)]
        expected = list(dict.fromkeys(named)) if numbers or references else list(orders)
        if narrow:
            moved = {order.number for order in self.moved_in(shop, window)}
            expected = [number for number in expected if number in moved]
        assert not got.codes
        shown = shop.book.shown["inbound"]
        assert got.data["inboundOrderList"] == [shown[number] for number in expected]

    def ask_for_value_added_service(self, dice: Random, shop: Shop) -> None:
        orders = shop.book.vas
        numbers = [number for number in self.some(dice, orders) if number in orders or not dice.randint(0, 3)]
        references = self.some(dice, sorted({order.reference for order in orders.values() if order.reference}))
        got = shop.ask("query_vas_order_detail", {"orderNumberList": numbers, "referenceNumberList": references})
        if not numbers and not references:
            assert got.codes == ["400002"]
        elif any(number not in orders for number in numbers):
            assert got.codes == ["400545"]
        else:
            by_reference = {order.reference: order.number for order in orders.values()}
            named = [*numbers, *(by_reference[each] for each in references if each in by_reference)]
            assert got.data == [shop.book.shown["vas"][number] for number in dict.fromkeys(named)]

    def ask_for_returns(self, dice: Random, shop: Shop, size: int) -> None:
        orders = shop.book.returns
        query: dict[str, Any] = {}
        window: Window = (None, None)
        filters = {dice.choice(["number", "reference", "status", "window"]) for _ in range(dice.randint(0, 2))}
        if "number" in filters:
            query["orderNumber"] = self.one_of(dice, orders, self.other(shop).book.returns, "none")
        if "reference" in filters:
            query["referenceNumber"] = dice.choice([*(each.reference for each in orders.values()), "no"])
        if "status" in filters:
            states = ["Submitted", "Accepted", "In transit", "Arrived", "Put away", "Cancelled"]
            query["orderStatus"] = dice.choice(states)
        if "window" in filters:
            window = self.a_window(dice, shop)

        def wanted(order: Order) -> bool:
            fits = {"orderNumber": order.number, "referenceNumber": order.reference, "orderStatus": order.status}
            return inside(order.created_s, window) and all(fits[name] == value for name, value in query.items())

        expected = [shop.book.shown["returns"][order.number] for order in orders.values() if wanted(order)]
        found, page, more = [], 0, True
        while more:
            page += 1
            told = shop.told("returns_query_orders", **query, **written(window), pageNumber=page, pageSize=size)
            assert (told["pageNumber"], told["totalPage"]) == (page, -(-len(expected) // size))
            more = told["hasNextPage"]
            assert more == (page < told["totalPage"])
            found += told["orderList"]
        assert found == expected
        self.tell(f"returns: {min(len(expected), 3)} rows")

    def ask_for_returned_pieces(self, dice: Random, shop: Shop, size: int) -> None:
        shown = shop.book.shown["pieces"]
        asked = self.some(dice, shown, self.other(shop).book.pieces) or ["none-such"]
        once = list(dict.fromkeys(asked))
        expected = [shown[each] for each in once if each in shown]
        found: list[Any] = []
        for page in range(1, -(-len(expected) // size) + 2):
            told = shop.told("returns_query_stock", {"uniqueIdList": asked, "pageNumber": page, "pageSize": size})
            assert told["failedList"] == [each for each in once if each not in shown]
            assert told["requestCount"] == len(once) == told["successCount"] + told["failedCount"]
            assert told["hasNextPage"] == (page * size < len(expected))
            assert len(told["inventoryList"]) <= size
            found += told["inventoryList"]
        assert found == expected

    def ask_for_a_return_label(self, dice: Random, shop: Shop) -> None:
        orders = shop.book.returns
        number = self.one_of(dice, orders, self.other(shop).book.returns, "none")
        got = shop.ask("returns_get_label", orderNumber=number)
        if number not in orders:
            assert got.codes == ["400530"]
        elif orders[number].status == "Cancelled":
            assert got.codes == ["400531"]
        elif orders[number].status == "Submitted":
            assert got.codes == ["400534"]
        else:
            order = orders[number]
            if order.label is None:
                order.label = got.data
                note_id(self.ids, f"{got.data['carrier']} {got.data['trackingNumber']}")
            assert got.data == order.label
            self.check_paper(dice, shop, got.data["labelUrl"], got.data["trackingNumber"])

    def ask_for_inbound_papers(self, dice: Random, shop: Shop) -> None:
        orders = shop.book.inbound
        numbers = self.some(dice, orders, self.other(shop).book.inbound)
        if not numbers:
            return
        got = shop.ask("inbound_label_query", {"inboundOrderList": [{"inboundOrder": number} for number in numbers]})
        if any(number not in orders for number in numbers):
            assert got.codes == ["3A0529"]
            return
        rows = got.data["inboundOrderList"]
        assert [row["inboundOrder"] for row in rows] == list(dict.fromkeys(numbers))
        for row in rows:
            cartons = [(carton["cartonNumber"], carton["sellerCartonNumber"]) for carton in row["cartonList"]]
            assert tuple(cartons) == orders[row["inboundOrder"]].cartons
        row = dice.choice(rows)
        papers = {f"{row['inboundOrder']}-{place}": each["labelURL"] for place, each in enumerate(row["cartonList"], 1)}
        papers[row["inboundOrder"]] = row["packingListURL"]
        mark = dice.choice(sorted(papers))
        self.check_paper(dice, shop, papers[mark], mark)

    def ask_for_sku_labels(self, dice: Random, shop: Shop) -> None:
        skus = shop.book.skus
        codes = dice.choices([*list(skus)[-5:] * 2, STRANGE], k=dice.randint(1, 3))
        got = shop.ask("sku_label", {"mfskulist": [{"mfskuid": code} for code in codes]})
        if STRANGE in codes:
            assert got.codes == ["400465"]
            return
        once = list(dict.fromkeys(codes))
        assert [(row["MFSKUID"], row["referenceSKUID"]) for row in got.data] == [(c, skus[c].reference) for c in once]
        row = dice.choice(got.data)
        self.check_paper(dice, shop, row["labelURL"], row["MFSKUID"])

    def check_paper(self, dice: Random, shop: Shop, url: str, mark: str) -> None:
        """A scanner reads the right id from a paper. A few are printed in each run, for that takes its time."""
        # There are SKUs at any time, and returns and inbound orders late.
        rare = 0.1 if "/sku-labels/" in url else 0.6
        if self.papers_left and dice.random() < rare:
            self.papers_left -= 1
            self.tell(f"paper: {urlsplit(url).path.split('/')[-2]} printed and scanned")
            assert barcodes(shop.fetched(url)) == [("Code128", mark)]


def _put_away(order: Inbound) -> int:
    if order.status == "Put away":
        return sum(order.pieces.values())
    return sum(quantity // 2 for _, quantity in order.lines) if order.status == "Partially Put away" else 0
