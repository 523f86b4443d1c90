"""Mercozy: products, movements and inventory of a shop. What lies in a warehouse is the sum of what was reported."""

from collections import Counter
from typing import Any, ClassVar
from urllib.parse import quote

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from . import looking
from .flow import Flow, Missing, Reply
from .machine import Checks, Machine, few
from .model import Row, second_of

ONE = {"IN": 1, "OUT": -1, "ADJUSTMENT": 1, "TRANSFER_OUT": -1, "TRANSFER_IN": 1}
GIVEN = ("sku", "name", "unitPrice", "brand", "barcode")
NO_PRODUCT = "prod_none"


def shop(flow: Flow) -> Row:
    """What the model has of the shop: products by label, movements in order, pieces by product and warehouse."""
    empty: Row = {"products": {}, "movements": [], "warehouses": []}
    kept: Row = flow.book.seen.setdefault(("shop",), (0, empty))[1]
    return kept


def _product(flow: Flow, label: str) -> Row:
    if label == NO_PRODUCT:
        return {"id": NO_PRODUCT, "label": label, "deleted": True}
    try:
        product: Row = shop(flow)["products"][label]
    except KeyError:
        raise Missing(label) from None
    return product


def _pieces(flow: Flow, label: str) -> Counter[str]:
    lying: Counter[str] = Counter()
    for moved in shop(flow)["movements"]:
        if moved["label"] == label:
            sets = moved["movementType"] == "ADJUSTMENT" and flow.book.answers["adjustment"] == "sets"
            before = 0 if sets else lying[moved["warehouseId"]]
            lying[moved["warehouseId"]] = before + ONE[moved["movementType"]] * moved["quantity"]
    return lying


def learn_warehouses(flow: Flow) -> None:
    """Which warehouses there are: those where something lies already."""
    reply = flow.call("list_inventory", query={"limit": 100})
    flow.outcome(reply, {""})
    shop(flow)["warehouses"] = sorted({row["warehouseId"] for row in reply.body["data"]})


def create(flow: Flow, label: str, given: Row) -> None:
    """A product, of which there is no stock yet."""
    reply = flow.call("create_product", given)
    flow.outcome(reply, {""})
    made = reply.body["data"]
    twice = made["id"] in {product["id"] for product in shop(flow)["products"].values()}
    flow.claim(not twice, "every product has an id of its own", f"{made['id']} was given twice")
    flow.book.version += 1
    shop(flow)["products"][label] = {"id": made["id"], "label": label, "deleted": False, "given": dict(given)}
    _as_given(flow, reply, shop(flow)["products"][label], made)


def _as_given(flow: Flow, reply: Reply, product: Row, row: Row) -> None:
    operation = reply.operation.name
    told = {name: row[name] for name in GIVEN}
    flow.same(f"{operation}: a product is as it was given", {name: product["given"].get(name) for name in GIVEN}, told)
    total = sum(_pieces(flow, product["label"]).values())
    flow.same(f"{operation}: stockTotal is the sum of the movements", total, row["stockTotal"])


def read(flow: Flow, label: str) -> None:
    """One product, with its stock; a deleted one is not found."""
    product = _product(flow, label)
    reply = flow.call("get_product", path={"id": product["id"]})
    if flow.outcome(reply, {"product_unknown" if product["deleted"] else ""}):
        _as_given(flow, reply, product, reply.body["data"])


def change(flow: Flow, label: str, given: Row) -> None:
    """What is named changes, the rest stays."""
    product = _product(flow, label)
    reply = flow.call("update_product", given, path={"id": product["id"]})
    if flow.outcome(reply, {"product_unknown" if product["deleted"] else ""}):
        flow.book.version += 1
        product["given"] |= given
        _as_given(flow, reply, product, reply.body["data"])


def delete(flow: Flow, label: str) -> None:
    """A product, which is found no more."""
    product = _product(flow, label)
    reply = flow.call("delete_product", path={"id": product["id"]})
    if flow.outcome(reply, {"product_unknown" if product["deleted"] else ""}):
        flow.book.version += 1
        product["deleted"] = True


def report(flow: Flow, label: str, warehouse: str, kind: str, quantity: int) -> None:
    """A movement, which takes effect at once, unless more would leave than lies there."""
    product = _product(flow, label)
    given = {"productId": product["id"], "warehouseId": warehouse, "quantity": quantity, "movementType": kind}
    reply = flow.call("create_stock_movement", given | {"reference": flow.text(label)})
    wrong = {"product_unknown"} if product["deleted"] else set()
    wrong |= {"warehouse_unknown"} if warehouse == "wh_none" else set()
    short = ONE[kind] < 0 and _pieces(flow, label)[warehouse] < quantity
    if not wrong and short and flow.book.answers["overdraft"] == "refused":
        wrong = {"stock_short"}
    if flow.outcome(reply, wrong or {""}, f"{kind} {quantity}"):
        made = reply.body["data"]
        told = {name: made[name] for name in given}
        flow.same("create_stock_movement: a movement is as it was reported", given, told)
        twice = made["id"] in {each["id"] for each in shop(flow)["movements"]}
        flow.claim(not twice, "every movement has an id of its own", f"{made['id']} was given twice")
        flow.book.version += 1
        at = second_of(made["createdAt"])
        shop(flow)["movements"].append(
            {**given, "label": label, "id": made["id"], "at": at, "createdAt": made["createdAt"]}
        )


def moved(
    flow: Flow, label: str = "", query: Row | None = None, since: int = -1, until: int = -1, days: bool = False
) -> None:
    """Movements of a product, of a kind or warehouse, from the second of one to that of another; the newest first.

    With `days` the ends of the window are the days of these.
    """
    movements = shop(flow)["movements"]
    asked: Row = {"limit": 100, **(query or {})}
    if label:
        asked["productId"] = _product(flow, label)["id"]
    for name, place in (("from", since), ("to", until)):
        if place >= 0:
            if place >= len(movements):
                raise Missing("there is none")
            asked[name] = movements[place]["createdAt"][: 10 if days else None]
    expected = [row["id"] for row in reversed(movements) if _wanted(row, asked)]
    reply = flow.call("list_stock_movements", query=asked)
    flow.outcome(reply, {""})
    ours = {row["id"] for row in movements}
    found = [row["id"] for row in reply.body["data"] if row["id"] in ours]
    if reply.body["meta"]["total"] <= 100:
        claim = "list_stock_movements: the movements that the filters mean, the newest first"
        flow.same(claim, expected, found)
        flow.same("list_stock_movements: counts its rows", len(reply.body["data"]), reply.body["meta"]["total"])
    for row in reply.body["data"]:
        if not _wanted({**row, "at": second_of(row["createdAt"])}, asked):
            flow.claim(False, "list_stock_movements: every row meets the filters", f"{row} does not meet {asked}")


def _wanted(row: Row, asked: Row) -> bool:
    same = all(row[name] == asked[name] for name in ("productId", "warehouseId", "movementType") if name in asked)
    after = "from" not in asked or row["at"] >= second_of(_at(asked["from"], "00:00:00"))
    return bool(same and after and ("to" not in asked or row["at"] <= second_of(_at(asked["to"], "23:59:59"))))


def _at(text: str, time: str) -> str:
    """An instant; that of a bare date, which is a day in UTC, is at the time given."""
    return text if "T" in text else f"{text}T{time}Z"


def inventory(flow: Flow, warehouse: str = "") -> None:
    """What lies in the warehouses: a row for each product and warehouse where something moved."""
    reply = flow.call("list_inventory", query={"limit": 100, **({"warehouseId": warehouse} if warehouse else {})})
    flow.outcome(reply, {""})
    rows = {(row["productId"], row["warehouseId"]): row["quantity"] for row in reply.body["data"]}
    flow.same("list_inventory: no row comes twice", len(reply.body["data"]), len(rows))
    others = {where for _, where in rows} - {warehouse} if warehouse else set()
    flow.same("list_inventory: no other warehouse", set(), others)
    for label, product in shop(flow)["products"].items():
        lying = {} if product["deleted"] else dict(_pieces(flow, label))
        expected = {where: count for where, count in lying.items() if warehouse in ("", where)}
        told = {where: count for (one, where), count in rows.items() if one == product["id"]}
        if reply.body["meta"]["total"] <= 100:
            flow.same("list_inventory: what lies there is the sum of the movements", expected, told)


def running_low(flow: Flow) -> None:
    """Of all rows those below their threshold."""
    rows = []
    for query in ({"limit": 100}, {"limit": 100, "lowStock": "true"}):
        reply = flow.call("list_inventory", query=query)
        flow.outcome(reply, {""})
        if reply.body["meta"]["total"] > 100:
            raise Missing("there are more than a page holds")
        rows.append(reply.body["data"])
    low = [row["id"] for row in rows[0] if row["quantity"] < row["minThreshold"]]
    flow.same("list_inventory: only what is below its threshold", low, [row["id"] for row in rows[1]])


def lying(flow: Flow, label: str) -> None:
    """The stock of one product, in all warehouses together."""
    product = _product(flow, label)
    reply = flow.call("get_inventory", path={"productId": quote(product["id"], safe="")})
    if flow.outcome(reply, {"product_unknown" if product["deleted"] else ""}):
        total = sum(_pieces(flow, label).values())
        flow.same("get_inventory: what lies there is the sum of the movements", total, reply.body["data"]["quantity"])


def pages(flow: Flow, operation: str, page: int = 0, size: int = 0) -> None:
    """A whole list, or with a size a page of it."""
    name = operation
    known = looking.whole(flow, name) if size else []
    reply = flow.call(operation, query={"page": page or 1, "limit": size or 100})
    flow.outcome(reply, {""})
    keys = [row["id"] for row in reply.body["data"]]
    if size:
        flow.same(f"{operation}: counts all rows on every page", len(known), reply.body["meta"]["total"])
        return looking.same_page(flow, reply, known, keys, page, size)
    looking.keep_whole(flow, name, reply.body["data"], lambda row: row["id"])
    if operation == "list_products" and reply.body["meta"]["total"] <= 100:
        ours = {product["id"]: not product["deleted"] for product in shop(flow)["products"].values()}
        told = {product: product in keys for product in ours}
        flow.same("list_products: the products that were made and not deleted", ours, told)
    return None


def without_key(flow: Flow, key: str) -> None:
    """A call without a key, or with one that nobody has, is refused."""
    reply = flow.call("list_products", query={}, headers={"X-API-Key": key})
    flow.outcome(reply, {"api_key_unknown" if key else "api_key_missing"})


def all_found(flow: Flow) -> None:
    """Everything, by every list."""
    if shop(flow)["products"]:
        pages(flow, "list_products")
        inventory(flow)
        moved(flow)


class Mercozy(Machine):
    """Days of a shop."""

    final: ClassVar[Checks] = (all_found,)

    @initialize()
    def learn(self) -> None:
        """Where something can lie."""
        self.do(learn_warehouses)

    def walk(self) -> None:
        """All that lies there leaves, and a piece more; every kind; windows of a second; pages; a product deleted."""
        self.learn()
        self.make_a_product(100, "Acme")
        self.make_a_product(200, None)
        first, other = list(shop(self.flow)["products"])
        for warehouse in shop(self.flow)["warehouses"][:2]:
            for kind, quantity in (("IN", 5), ("OUT", 6), ("OUT", 5), ("ADJUSTMENT", 3), ("TRANSFER_OUT", 2)):
                self.do(report, label=first, warehouse=warehouse, kind=kind, quantity=quantity)
                self.do(lying, label=first)
            self.do(report, label=other, warehouse=warehouse, kind="TRANSFER_IN", quantity=4)
            self.do(inventory, warehouse=warehouse)
            self.do(looking.wait, seconds=2)
        self.do(inventory)
        for since, until in ((0, 0), (0, -1), (-1, 0), (len(shop(self.flow)["movements"]) - 1, -1)):
            self.do(moved, since=since, until=until)
            self.do(moved, since=since, until=until, days=True)
        self.do(running_low)
        for operation in ("list_products", "list_inventory", "list_stock_movements"):
            for page in (1, 2, 3):
                self.page_through_the_shop(operation, page, 3)
        for step in (delete, read, delete, lying):
            self.do(step, label=first)
        self.do(change, label=other, given={"unitPrice": 300})
        self.call_without_a_key("")

    def product(self, data: st.DataObject) -> Any:
        """The label of a product, or of none."""
        if not shop(self.flow)["products"]:
            self.make_a_product(100, None)
        return data.draw(st.sampled_from([*list(shop(self.flow)["products"]) * 4, NO_PRODUCT]))

    @rule(price=st.integers(0, 10_000), brand=st.sampled_from(("Acme", None)))
    def make_a_product(self, price: int, brand: str | None) -> None:
        """With or without a brand."""
        given: Row = {"sku": "MUG", "name": "Ceramic mug", "unitPrice": price, **({"brand": brand} if brand else {})}
        self.do(create, label=self.flow.label("p"), given=given)

    @rule(data=st.data(), what=st.sampled_from(("read", "change", "delete", "lying")), price=st.integers(0, 10_000))
    def use_a_product(self, data: st.DataObject, what: str, price: int) -> None:
        """One that is there, was there or never was."""
        label = self.product(data)
        if what == "change":
            self.do(change, label=label, given={"unitPrice": price})
        else:
            self.do({"read": read, "delete": delete, "lying": lying}[what], label=label)

    @rule(data=st.data(), kind=st.sampled_from(sorted(ONE)), quantity=st.one_of(few, st.sampled_from((0, -1))))
    def report_a_movement(self, data: st.DataObject, kind: str, quantity: int) -> None:
        """Of some pieces; of all that are there, or of one more."""
        label = self.product(data)
        warehouse = data.draw(st.sampled_from([*shop(self.flow)["warehouses"] * 2, "wh_none"]))
        there = _pieces(self.flow, label)[warehouse]
        count = quantity if quantity > 0 else max(there - quantity, 1)
        self.do(report, label=label, warehouse=warehouse, kind=kind, quantity=count)
        if label != NO_PRODUCT:
            self.do(lying, label=label)
            self.do(read, label=label)

    @rule(
        data=st.data(),
        filters=st.sets(st.sampled_from(("product", "kind", "warehouse", "from", "to"))),
        days=st.booleans(),
    )
    def ask_for_movements(self, data: st.DataObject, filters: set[str], days: bool) -> None:
        """By any filters together."""
        query: Row = {}
        if "kind" in filters:
            query["movementType"] = data.draw(st.sampled_from(sorted(ONE)))
        if "warehouse" in filters and shop(self.flow)["warehouses"]:
            query["warehouseId"] = data.draw(st.sampled_from(shop(self.flow)["warehouses"]))
        last = len(shop(self.flow)["movements"]) - 1
        since, until = (
            data.draw(st.integers(0, last)) if end in filters and last >= 0 else -1 for end in ("from", "to")
        )
        label = self.product(data) if "product" in filters else ""
        self.do(moved, label=label, query=query, since=since, until=until, days=days)

    @rule(data=st.data(), narrowed=st.booleans())
    def ask_for_the_inventory(self, data: st.DataObject, narrowed: bool) -> None:
        """Of one warehouse or of all."""
        warehouses = shop(self.flow)["warehouses"]
        self.do(running_low)
        self.do(inventory, warehouse=data.draw(st.sampled_from(warehouses)) if narrowed and warehouses else "")

    @rule(
        operation=st.sampled_from(("list_products", "list_inventory", "list_stock_movements")),
        page=st.integers(1, 3),
        size=st.integers(1, 6),
    )
    def page_through_the_shop(self, operation: str, page: int, size: int) -> None:
        """A page against the whole."""
        self.do(pages, operation=operation)
        self.do(pages, operation=operation, page=page, size=size)

    @rule(key=st.sampled_from(("", "mk_live_your_key_here")))
    def call_without_a_key(self, key: str) -> None:
        """Or with none that is known."""
        self.do(without_key, key=key)
