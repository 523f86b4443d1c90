"""Mercozy under random use: every reply is held against a small model that knows nothing of the sandbox's insides."""

from collections import deque
from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from oc_sandbox import Sandbox
from oc_sandbox.control.problems import Conflict, NotThere
from shops import Answer, Shop

START = datetime(2025, 12, 15, 23, 59, 58, 700_000, tzinfo=timezone.utc)
DAY_S = 86_400
ONE = {"IN": 1, "OUT": -1, "ADJUSTMENT": 1, "TRANSFER_OUT": -1, "TRANSFER_IN": 1}
LIMITS = {None: None, "pro": 300, "business": 1000}
SCOPE_OF = {"products": "products", "inventory": "inventory", "stock-movements": "stock_movements"}
SCOPES = ["products:read", "products:write", "inventory:read", "stock_movements:read", "stock_movements:write"]
OWN = ("id", "stockTotal", "createdAt", "updatedAt")
EMPTY = dict.fromkeys(("description", "barcode", "brand", "categoryId", "normalPrice", "purchasePrice", "weight"))

texts = st.text(st.characters(codec="utf-8"), max_size=5)
cents = st.integers(0, 10**9)
waits = st.sampled_from([0, 1, 0.3, DAY_S])
fields = {
    "sku": texts.filter(bool),
    "name": texts.filter(bool),
    "unitPrice": cents,
    "description": texts | st.none(),
    "barcode": texts | st.none(),
    "brand": texts | st.none(),
    "categoryId": texts | st.none(),
    "normalPrice": cents | st.none(),
    "purchasePrice": cents | st.none(),
    "weight": st.sampled_from([None, "0", "12.50", "350"]),
    "isActive": st.booleans() | st.none(),
    "images": st.lists(texts, max_size=2) | st.none(),
    "id": st.just("prod_forged"),
    "stockTotal": st.just(99),
}
optional = {name: strategy for name, strategy in fields.items() if name not in ("sku", "name", "unitPrice")}
new_products = st.fixed_dictionaries({name: fields[name] for name in ("sku", "name", "unitPrice")}, optional=optional)
changes = st.fixed_dictionaries({}, optional=fields)
wrong = st.sampled_from(
    [{"sku": ""}, {"name": 5}, {"unitPrice": -1}, {"unitPrice": 1.5}, {"weight": "x"}, {"images": 1}]
)


class ShopUse(RuleBasedStateMachine):
    """Random days of a shop, and what must be true at every moment of them."""

    @initialize(seed=st.sampled_from(["demo", "empty"]))
    def open_the_shop(self, seed: str) -> None:
        self.shop = Shop(Sandbox(clock="manual", now=START, seed=seed))
        self.office = self.shop.sandbox.mercozy
        self.own_key = self.shop.headers["x-api-key"]
        self.keys = {self.own_key: set(SCOPES)}
        self.revoked: list[str] = []
        self.limit: int | None = None
        self.let_in: deque[datetime] = deque()
        self.deleted: dict[str, datetime] = {}
        # What the shop opened with is its word; from here on the model keeps its own books.
        self.products = {row["id"]: bare(row) for row in self.call("GET", "/products", limit=100).data}
        stock = self.call("GET", "/inventory", limit=100).data
        self.thresholds = {product: self.office.product(product)["low_stock_threshold"] for product in self.products}
        self.warehouses = {row["warehouse_id"]: row["name"] for row in self.office.warehouses()}
        self.movements = self.call("GET", "/stock-movements", limit=100).data[::-1]
        assert {(row["productId"], row["warehouseId"]): row["quantity"] for row in stock} == self.shelves()

    def now(self) -> datetime:
        return self.shop.sandbox.now()

    def stamp(self) -> str:
        return self.now().strftime("%Y-%m-%dT%H:%M:%SZ")

    def call(self, method: str, path: str, body: Any = None, key: str = "", **query: Any) -> Answer:
        """A call that is let in or not as the model says; one that comes too soon is made again a minute later."""
        key = key or self.own_key
        verb = "read" if method == "GET" else "write"
        allowed = self.keys.get(key)
        if allowed is not None and self.too_soon():
            assert self.send(method, path, body, key, query).status == 429
            self.shop.sandbox.advance(seconds=60)
            assert not self.too_soon()
        answer = self.send(method, path, body, key, query)
        assert (answer.status == 401) == (allowed is None)
        if allowed is not None:
            self.let_in.append(self.now())
            assert (answer.status == 403) == (f"{SCOPE_OF[path.split('/')[1]]}:{verb}" not in allowed)
        if answer.status >= 400:
            assert answer.body.keys() == {"statusCode", "message", "error"}
            assert answer.body["statusCode"] == answer.status
        return answer

    def too_soon(self) -> bool:
        while self.let_in and self.let_in[0] <= self.now() - timedelta(seconds=60):
            self.let_in.popleft()
        return self.limit is not None and len(self.let_in) >= self.limit

    def send(self, method: str, path: str, body: Any, key: str, query: dict[str, Any]) -> Answer:
        self.shop.headers = {"x-api-key": key, "content-type": "application/json"}
        if method == "GET":
            return self.shop.get(path, **query)
        return self.shop.delete(path) if method == "DELETE" else getattr(self.shop, method.lower())(path, body)

    def listed(self) -> dict[str, Any]:
        return {product: row for product, row in self.products.items() if product not in self.deleted}

    def a_product(self, data: st.DataObject) -> str:
        """Mostly one that is listed; else one that was deleted, or never was."""
        others = [*self.deleted, "prod_none"]
        return data.draw(st.sampled_from([*(list(self.listed()) * len(others) * 4), *others]))

    def wait(self, seconds: float) -> None:
        self.shop.sandbox.advance(seconds=seconds)

    def shelves(self) -> dict[tuple[str, str], int]:
        """The stock that the movements add up to, in the order in which lists give it."""
        total: dict[tuple[str, str], int] = {}
        for row in self.movements:
            shelf = row["productId"], row["warehouseId"]
            total[shelf] = total.get(shelf, 0) + ONE[row["movementType"]] * row["quantity"]
        return dict(sorted(total.items(), key=lambda item: item[0][0]))

    @rule(row=new_products)
    def create_a_product(self, row: dict[str, Any]) -> None:
        answer = self.call("POST", "/products", row)
        given = {name: value for name, value in row.items() if value is not None and name not in OWN}
        made = {**EMPTY, "isActive": True, "images": [], **given}
        made |= {"id": answer.data["id"], "createdAt": self.stamp(), "updatedAt": self.stamp()}
        assert (answer.status, bare(answer.data)) == (201, made)
        assert answer.data["id"] not in self.products
        self.products[made["id"]] = made
        self.thresholds[made["id"]] = 0

    @rule(data=st.data(), row=changes, seconds=waits)
    def update_a_product(self, data: st.DataObject, row: dict[str, Any], seconds: float) -> None:
        self.wait(seconds)
        product = self.a_product(data)
        answer = self.call("PUT", f"/products/{product}", row)
        assert answer.status == (200 if product in self.listed() else 404)
        if answer.status == 200:
            given = {name: value for name, value in row.items() if value is not None and name not in OWN}
            self.products[product] = self.products[product] | given | {"updatedAt": self.stamp()}
            assert bare(answer.data) == self.products[product]

    @rule(data=st.data(), row=new_products, spoilt=wrong)
    def send_a_wrong_product(self, data: st.DataObject, row: dict[str, Any], spoilt: dict[str, Any]) -> None:
        assert self.call("POST", "/products", row | spoilt).status == 400
        assert self.call("PUT", f"/products/{self.a_product(data)}", row | spoilt).status == 400

    @rule(data=st.data(), regretted=st.none() | st.sampled_from([0, 30 * DAY_S, 30 * DAY_S + 1]))
    def delete_a_product(self, data: st.DataObject, regretted: int | None) -> None:
        product = self.a_product(data)
        answer = self.call("DELETE", f"/products/{product}")
        assert answer.status == (200 if product in self.listed() else 404)
        if answer.status == 200:
            assert bare(answer.data) == self.products[product]
            self.deleted[product] = self.now()
        if regretted is not None:
            self.wait(regretted)
            self.restore(product)

    @rule(data=st.data(), seconds=waits)
    def restore_a_product(self, data: st.DataObject, seconds: float) -> None:
        self.wait(seconds)
        self.restore(data.draw(st.sampled_from([*(list(self.deleted) * 4), *self.products, "prod_none"])))

    def restore(self, product: str) -> None:
        at = self.deleted.get(product)
        # Deletions are remembered to the second.
        possible = at is not None and self.now().replace(microsecond=0) <= at.replace(microsecond=0) + timedelta(
            days=30
        )
        try:
            self.office.restore_product(product)
        except (NotThere, Conflict):
            assert not possible
        else:
            assert possible
            del self.deleted[product]

    @rule(data=st.data(), count=st.integers(1, 4))
    def report_movements(self, data: st.DataObject, count: int) -> None:
        for _ in range(count):
            self.wait(data.draw(waits))
            product = self.a_product(data)
            warehouse = data.draw(st.sampled_from([*(list(self.warehouses) * 4), "wh_none"]))
            there = self.shelves().get((product, warehouse), 0)
            # What is there, and a piece more or less, are where mistakes are made.
            quantity = max(data.draw(st.sampled_from([there - 1, there, there + 1, 40, 7])), 1)
            kind = data.draw(st.sampled_from(sorted(ONE)))
            self.report(product, warehouse, kind, quantity, data.draw(texts | st.none()))

    def report(self, product: str, warehouse: str, kind: str, quantity: int, reference: str | None) -> None:
        row = {"productId": product, "warehouseId": warehouse, "quantity": quantity, "movementType": kind}
        answer = self.call("POST", "/stock-movements", row | {"reference": reference})
        if product not in self.listed() or warehouse not in self.warehouses:
            assert answer.status == 404
        elif self.shelves().get((product, warehouse), 0) + ONE[kind] * quantity < 0:
            assert answer.status == 409
        else:
            absent = dict.fromkeys(("variantId", "unitCost", "batchNumber", "notes"))
            made = row | absent | {"id": answer.data["id"], "reference": reference, "createdAt": self.stamp()}
            assert (answer.status, answer.data) == (201, self.named(made))
            assert made["id"] not in {known["id"] for known in self.movements}
            self.movements.append(made)

    def named(self, row: dict[str, Any]) -> dict[str, Any]:
        """A movement as it must be shown now."""
        product = self.products[row["productId"]]
        names = {"productSku": product["sku"], "productName": product["name"]}
        return row | names | {"warehouseName": self.warehouses[row["warehouseId"]]}

    @rule(data=st.data(), name=st.sampled_from(["North", "Süd", "北"]), pieces=st.integers(0, 50))
    def open_a_warehouse_and_set_a_threshold(self, data: st.DataObject, name: str, pieces: int) -> None:
        made = self.office.add_warehouse(name)
        assert made not in self.warehouses
        self.warehouses[made] = name
        if self.products:
            product = data.draw(st.sampled_from(list(self.products)))
            pieces = data.draw(st.sampled_from([pieces, *self.shelves().values()]))
            self.office.set_low_stock_threshold(product, pieces)
            self.thresholds[product] = pieces

    @rule(data=st.data(), scopes=st.sets(st.sampled_from(SCOPES)), revoke=st.booleans())
    def make_and_revoke_keys_and_call_with_one(self, data: st.DataObject, scopes: set[str], revoke: bool) -> None:
        made = self.office.new_key(scopes)
        assert made not in {*self.keys, *self.revoked}
        self.keys[made] = scopes
        if revoke:
            key = data.draw(st.sampled_from(list(self.keys)[1:]))
            self.office.revoke_key(key)
            del self.keys[key]
            self.revoked.append(key)
        for key in (made, data.draw(st.sampled_from([*self.keys, *self.revoked, "mk_live_your_key_here"]))):
            path = data.draw(st.sampled_from(["/products", "/inventory", "/stock-movements"]))
            method = "GET" if path == "/inventory" else data.draw(st.sampled_from(["GET", "POST"]))
            assert self.call(method, path, {}, key).status in (200, 400, 401, 403)

    @rule(plan=st.sampled_from([None, "pro", "business"]))
    def change_the_plan_and_use_its_minute_up(self, plan: str | None) -> None:
        self.office.set_plan(plan)
        self.limit, self.let_in = LIMITS[plan], deque()
        while plan == "pro" and not self.too_soon():
            self.call("GET", "/products", limit=1)

    def whole(self, path: str, expected: list[Any], limit: int, **query: Any) -> None:
        """The pages of a list are what is expected, each row once; so says every page's total."""
        got: list[Any] = []
        for page in range(1, len(expected) // limit + 3):
            answer = self.call("GET", path, page=page, limit=limit, **query)
            assert answer.body["meta"] == {"total": len(expected), "page": page, "limit": limit}
            assert len(answer.data) == min(limit, max(len(expected) - len(got), 0))
            got += answer.data
        assert got == expected

    @rule(data=st.data(), limit=st.integers(1, 9))
    def ask_for_movements(self, data: st.DataObject, limit: int) -> None:
        values = {
            "productId": st.sampled_from([*self.products, "prod_none"]),
            "warehouseId": st.sampled_from([*self.warehouses, "wh_none"]),
            "movementType": st.sampled_from(sorted(ONE)),
            "from": self.instants(),
            "to": self.instants(),
        }
        query = data.draw(st.fixed_dictionaries({}, optional=values))
        expected = [self.named(row) for row in reversed(self.movements) if as_wanted(row, query)]
        self.whole("/stock-movements", expected, limit, **query)

    def instants(self) -> st.SearchStrategy[str]:
        """Texts of times at which something happened, a little earlier or later, in several forms."""
        times = sorted({instant(row["createdAt"]) for row in self.movements} | {self.now()})
        near = st.builds(
            lambda time, by: time + timedelta(milliseconds=by),
            st.sampled_from(times),
            st.sampled_from([-86_400_000, -1000, -1, 0, 1, 1000, 86_400_000]),
        )
        zones = st.sampled_from([timezone.utc, timezone(timedelta(hours=8)), timezone(-timedelta(hours=3, minutes=30))])
        written = st.builds(lambda time, zone: time.astimezone(zone).isoformat(timespec="milliseconds"), near, zones)
        return written | near.map(lambda time: time.strftime("%Y-%m-%d"))

    @rule(data=st.data(), limit=st.integers(1, 9))
    def ask_for_stock(self, data: st.DataObject, limit: int) -> None:
        values = {
            "warehouseId": st.sampled_from([*self.warehouses, "wh_none"]),
            "lowStock": st.sampled_from(["true", "false"]),
        }
        query = data.draw(st.fixed_dictionaries({}, optional=values))
        expected = [
            row
            for row in self.stock_rows()
            if query.get("warehouseId") in (None, row["warehouseId"])
            if query.get("lowStock") != "true" or row["quantity"] < row["minThreshold"]
        ]
        ids = {
            (row["productId"], row["warehouseId"]): row["id"] for row in self.call("GET", "/inventory", limit=100).data
        }
        expected = [row | {"id": ids[row["productId"], row["warehouseId"]]} for row in expected]
        self.whole("/inventory", expected, limit, **query)

    def stock_rows(self) -> list[dict[str, Any]]:
        """The stock records that must be listed, without their ids."""
        last = {(row["productId"], row["warehouseId"]): row["createdAt"] for row in self.movements}
        return [
            {
                "productId": product,
                "productSku": self.products[product]["sku"],
                "productName": self.products[product]["name"],
                "warehouseId": warehouse,
                "warehouseName": self.warehouses[warehouse],
                "quantity": pieces,
                "reservedQuantity": 0,
                "availableQuantity": pieces,
                "minThreshold": self.thresholds[product],
                "updatedAt": last[product, warehouse],
            }
            for (product, warehouse), pieces in self.shelves().items()
            if product not in self.deleted
        ]

    @invariant()
    def the_inventory_is_the_sum_of_the_movements(self) -> None:
        rows = self.call("GET", "/inventory", limit=100).data
        assert len({row["id"] for row in rows}) == len(rows)
        assert [{name: value for name, value in row.items() if name != "id"} for row in rows] == self.stock_rows()
        assert all(pieces >= 0 for pieces in self.shelves().values())
        low = self.call("GET", "/inventory", limit=100, lowStock="true").data
        assert low == [row for row in rows if row["quantity"] < row["minThreshold"]]

    @invariant()
    def the_products_are_those_that_were_made_and_tell_their_stock(self) -> None:
        shelves = self.shelves()
        expected = [
            row | {"stockTotal": sum(pieces for (other, _), pieces in shelves.items() if other == product)}
            for product, row in self.listed().items()
        ]
        listed = [row | {"price": row["unitPrice"], "currency": "USD"} for row in expected]
        self.whole("/products", listed, 4)
        for row in expected:
            assert self.call("GET", f"/products/{row['id']}").data == row
            one = self.call("GET", f"/inventory/{row['id']}").data
            assert (one["quantity"], one["sku"], one["productName"]) == (row["stockTotal"], row["sku"], row["name"])
            assert one["lowStockThreshold"] == self.thresholds[row["id"]]
            moved = [made["createdAt"] for made in self.movements if made["productId"] == row["id"]]
            assert one["updatedAt"] == (max(moved) if moved else row["updatedAt"])
        for product in self.deleted:
            assert self.call("GET", f"/products/{product}").status == 404
            assert self.call("GET", f"/inventory/{product}").status == 404

    @invariant()
    def no_movement_is_ever_lost_or_changed(self) -> None:
        self.whole("/stock-movements", [self.named(row) for row in reversed(self.movements)], 100)

    @invariant()
    def both_ends_of_a_window_are_inside_and_a_date_is_a_whole_day(self) -> None:
        if self.movements:
            last = instant(self.movements[-1]["createdAt"])
            near = [last + timedelta(milliseconds=by) for by in (-1, 0, 1)]
            for bound in (*(time.isoformat() for time in near), last.strftime("%Y-%m-%d")):
                for query in ({"from": bound}, {"to": bound}):
                    expected = [row["id"] for row in reversed(self.movements) if as_wanted(row, query)]
                    answer = self.call("GET", "/stock-movements", limit=100, **query)
                    assert [row["id"] for row in answer.data] == expected


def bare(row: dict[str, Any]) -> dict[str, Any]:
    """A product without what follows from elsewhere."""
    return {name: value for name, value in row.items() if name not in ("stockTotal", "price", "currency")}


def instant(text: str) -> datetime:
    """A written time."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def as_wanted(row: dict[str, Any], query: dict[str, str]) -> bool:
    """Whether a movement is one that the query asks for."""
    if any(row[name] != query[name] for name in ("productId", "warehouseId", "movementType") if name in query):
        return False
    at = row["createdAt"]
    for name, inside in (("from", lambda wanted, made: made >= wanted), ("to", lambda wanted, made: made <= wanted)):
        if name in query:
            bound = query[name]
            # A bare date is compared with dates, both in UTC.
            fits = inside(instant(bound), instant(at)) if "T" in bound else inside(bound, at[:10])
            if not fits:
                return False
    return True


TestShopUse = ShopUse.TestCase
TestShopUse.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
