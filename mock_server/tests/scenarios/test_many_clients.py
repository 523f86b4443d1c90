"""Sixty-four clients at once: no tenant, and no seller of one, ever learns of another.

Sixty clients work for three tenants of two sellers each. Whatever they write bears their seller's mark, so every reply
can be searched for somebody else's. Four more have a tenant each to themselves, and must be told, to the byte, what
they would be told if there were nobody else.
"""

import asyncio
import random
import re
from collections import Counter
from collections.abc import Awaitable, Iterable
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

import orjson
from connections import Answer, Connection, signed
from oc_sandbox import Sandbox
from oc_sandbox.catalog import catalog
from oc_sandbox.samples import call_of

T = TypeVar("T")
TENANTS, SELLERS, CLIENTS_EACH, LONERS = 3, 2, 10, 4
NOW = "2026-11-23T01:00:00Z"
CLOCK = {"mode": "manual", "now": NOW}
DAYS_S = 3 * 86400 + 5 * 3600
"""By then an order is delivered, and value-added service done."""
MARK = re.compile(rb"tenant\d-seller\d")
STOCKED, REGION = 1000, "UK"
A_WEEK = {"startTime": "2026-11-22T09:00:00+0800", "endTime": "2026-11-28T09:00:00+0800"}
CONSIGNEE = {
    "serviceRegion": REGION,
    "shippingServiceCode": "GBDomStd_RMOnly",
    "consigneeName": "Alex Example",
    "consigneeAddress1": "1 Example Road",
    "consigneeCountryCode": "GB",
}


class Client:
    """A machine of one seller's ERP: what it writes is named after the seller, and what it reads must be so too."""

    def __init__(self, line: Connection, tenant: dict[str, Any], mark: str, serial: int) -> None:
        self.line, self.tenant, self.mark, self.name = line, tenant, mark, f"{mark}-client{serial}"
        self.seller: dict[str, Any] = tenant["sellers"][int(mark[-1])]
        self.token: str = self.seller["access_token"]
        self.lamp: str = self.seller["lamp"]
        self.pieces = int(mark[6]) + 1
        self.calls: Counter[str] = Counter()
        self.orders: dict[str, str] = {}

    async def read(self, operation: str, *request: Any, whose: str = "") -> Answer:
        """A reply in which nothing bears the mark of anybody else."""
        self.calls[operation] += 1
        answer = await self.line.call(*request)
        strangers = {each for each in MARK.findall(answer.body) if not each.startswith((whose or self.mark).encode())}
        assert not strangers, f"{self.name} was told of {strangers} by {operation}"
        return answer

    async def ask(self, operation: str, data: Any = None, **query: str) -> Any:
        """The JSON of a reply; it echoes this client's message and no one else's."""
        body = None if data is None else {"data": data, "messageId": self.name, "timestamp": 0}
        told = (await self.read(operation, *signed(operation, self.tenant, self.token, body, **query))).json
        assert body is None or self.name in (told.get("messageId"), told.get("requestId"))
        return told

    async def shop(self, operation: str, **body: Any) -> Any:
        """What stands under data in a reply of Mercozy's; the shop is the whole tenant's."""
        wanted = catalog().operations[operation]
        headers = {"X-API-Key": self.tenant["mercozy_api_key"], "Content-Type": "application/json"}
        request = (wanted.method, wanted.path, headers, orjson.dumps(body) if body else b"")
        return (await self.read(operation, *request, whose=self.tenant["mark"])).json["data"]

    def some(self, reference: str, pieces: int) -> dict[str, Any]:
        """An order's own number and its lamps."""
        lamps = [{"MFSKUID": self.lamp, "SKUQuantity": pieces, "quantity": pieces}]
        return {"referenceNumber": f"{self.name}-{reference}", **CONSIGNEE, "productList": lamps}

    async def found(self) -> dict[str, str]:
        """The states of all own orders."""
        wanted = [{"orderNumber": number} for number in self.orders.values()]
        rows = (await self.ask("outbound_order_query_v2", {"orderNumberList": wanted}))["data"]
        assert {row["referenceNumber"]: row["orderNumber"] for row in rows} == self.orders
        return {row["referenceNumber"]: row["orderStatus"] for row in rows}

    async def sell(self) -> None:
        """Four orders, of which one is too large and one is called off."""
        rows = [self.some("A", self.pieces), self.some("B", STOCKED + 1), self.some("C", 1), self.some("D", 1)]
        for batch in (rows[:2], rows[2:]):
            placed = await self.ask("place_outbound_order", batch)
            self.orders |= {row["referenceNumber"]: row["orderNumber"] for row in placed["data"]}
        assert self.orders.keys() == {f"{self.name}-{which}" for which in "ACD"}
        stop = {"orderNumber": self.orders[f"{self.name}-D"], "cancelTime": "2026-11-23T09:00:00+0800"}
        assert (await self.ask("outbound_order_cancellation", stop))["code"] == 0
        assert (await self.found())[f"{self.name}-D"] == "Cancelled"

    async def relabel(self) -> None:
        """Two orders of value-added service, one of them called off."""
        placed = await self.ask("place_vas_order", [self.some(f"V{n}", 2) | {"serviceType": "LABELLING"} for n in "12"])
        numbers = [row["orderNumber"] for row in placed["data"]]
        assert (await self.ask("cancel_vas_order", {"orderNumber": numbers[0]}))["code"] == 0
        told = await self.ask("query_vas_order_detail", {"orderNumberList": numbers})
        assert [row["referenceNumber"] for row in told["data"]] == [f"{self.name}-V1", f"{self.name}-V2"]

    async def announce(self) -> None:
        """A carton on its way, with its papers."""
        carton = {"sellerCartonNumber": f"{self.name}-K", "productList": self.some("", 5)["productList"]}
        way = {"serviceRegion": REGION, "shippingFrom": "CN", "shippingMethod": "TK", "eta": "2026-12-24+0800"}
        wanted = {"sellerInboundNumber": f"{self.name}-I", **way, "cartonList": [carton]}
        number = (await self.ask("place_inbound_order", wanted))["data"]["inboundNumber"]
        (detail,) = (await self.ask("inbound_order_detail_query", {"inboundNumberList": [number]}))["data"][
            "inboundOrderList"
        ]
        assert detail["sellerinboundNumber"] == f"{self.name}-I"
        asked = {"inboundOrderList": [{"inboundOrder": number}]}
        (labels,) = (await self.ask("inbound_label_query", asked))["data"]["inboundOrderList"]
        file = urlsplit(labels["packingListURL"]).path
        assert file.startswith(f"/files/{self.tenant['client_key']}/{self.seller['ocid']}/")
        assert (await self.read("get_file", "GET", file, {})).body.startswith(b"%PDF")

    async def register(self) -> None:
        """A new SKU, and a product of the shop."""
        made = (await self.ask("sku_creation_v3", [{"referenceSKUID": f"{self.name}-S"}]))["data"]
        (row,) = (await self.ask("sku_query_v3", {"mfskulist": [{"mfskuid": made[0]["MFSKUID"]}]}))["data"]
        assert row["referenceSKUID"] == f"{self.name}-S"
        product = await self.shop("create_product", sku=f"{self.name}-P", name="Lamp", unitPrice=100)
        move = {"productId": product["id"], "warehouseId": "wh_main", "quantity": 3, "movementType": "IN"}
        await self.shop("create_stock_movement", **move, reference=f"{self.name}-M")
        await self.shop("list_products")

    async def look(self) -> None:
        """Whatever lists much: only goods of the seller's stand in it."""
        for operation in ("stock_snapshot_v2", "get_stock_age"):
            told = await self.ask(operation, {"pageNumber": 1, "pageSize": 200})
            assert {row["MFSKUID"] for row in told["data"]["SKUList"]} <= self.seller["skus"]
        moved = await self.ask("get_stock_movement", {})
        assert {row["MFSKUID"] for row in moved["data"]} <= self.seller["skus"]
        for operation in ("inbound_order_list_query", "outbound_order_query_v2"):
            assert (await self.ask(operation, A_WEEK))["code"] == 0

    async def charged(self) -> set[str]:
        """The orders that the seller has paid for in this week."""
        told = await self.ask("finance_fee_detail_query", {"pageNumber": 1, "pageSize": 200} | A_WEEK)
        assert told["data"]["total"] == len(told["data"]["feeList"])
        return {row["orderNumber"] for row in told["data"]["feeList"]}

    async def trespass(self, other: dict[str, Any]) -> None:
        """Another tenant's token is no good."""
        body = {"data": {}, "messageId": self.name, "timestamp": 0}
        request = signed("get_stock_movement", self.tenant, other["access_token"], body)
        assert (await self.read("get_stock_movement", *request)).json["code"] != 0

    async def work(self, other: dict[str, Any]) -> None:
        """A morning, each client's in an order of its own."""
        acts: list[Any] = [self.sell, self.relabel, self.announce, self.register, self.look]
        acts.append(lambda: self.trespass(other))
        random.Random(self.name).shuffle(acts)
        for act in acts:
            await act()

    async def work_on(self) -> None:
        """Days later: a new token, and a piece of the first order comes back."""
        given = f"grant_type=refresh_token&client_id={self.tenant['client_key']}"
        target = f"/oauth/token?{given}&refresh_token={self.seller['refresh_token']}"
        self.token = (await self.read("oauth_refresh_access_token", "POST", target, {})).json["access_token"]
        states = await self.found()
        assert states == {f"{self.name}-A": "Delivered", f"{self.name}-C": "Delivered", f"{self.name}-D": "Cancelled"}
        wanted = {"referenceNumber": f"{self.name}-R", "serviceRegion": REGION}
        wanted |= {"outboundOrderNumber": self.orders[f"{self.name}-A"]}
        wanted |= {"productList": [{"mfSkuId": self.lamp, "quantity": 1}]}
        number = (await self.ask("returns_erp_submit_order", wanted))["result"]["orderNumber"]
        (row,) = (await self.ask("returns_query_orders", orderNumber=number))["result"]["orderList"]
        assert row["referenceNumber"] == f"{self.name}-R"
        await self.look()


class Loner:
    """An integrator whose replies are compared with those of a sandbox in which it is alone."""

    def __init__(self, serial: int) -> None:
        self.keys = {"client_key": f"loner-{serial}", "secret_key": f"secret-{serial}"}

    async def live(self, line: Connection) -> None:
        """Every operation's sample, then days pass, then every sample again."""
        now = datetime.fromisoformat(NOW.replace("Z", "+00:00"))
        alone = Sandbox(clock="manual", now=now, **self.keys)
        alone.describe()
        await line.plane("POST", "/tenants", {**self.keys, "clock": CLOCK})
        one = f"/tenants/{self.keys['client_key']}"
        for _ in range(2):
            for operation in catalog().operations.values():
                if "client_id" in operation.auth:
                    continue  # their samples need a code or a ticket that was given to them
                sample = alone.sample(operation.name)
                call = call_of(operation, sample)
                wanted = alone.send(call._replace(headers={**call.headers, "host": line.host}))
                target = sample.path + (f"?{sample.query}" if sample.query else "")
                told = await line.call(operation.method, target, sample.headers, sample.body)
                assert (told.status, told.body) == (wanted.status, wanted.body), operation.name
            moved = await line.plane("PUT", f"{one}/clock", {"advance_seconds": DAYS_S})
            assert [row["key"] for row in moved["happened"]] == [each.key for each in alone.advance(seconds=DAYS_S)]
            alone.describe()
            await line.plane("GET", one)
        told = [row["operation"] for row in (await line.plane("GET", f"{one}/journal"))["calls"]]
        assert told == [entry.operation for entry in alone.journal.since()]


async def a_tenant(line: Connection, serial: int) -> dict[str, Any]:
    """A tenant of several sellers; of each it is known what its goods are called."""
    tenant: dict[str, Any] = await line.plane(
        "POST", "/tenants", {"client_key": f"crowd-{serial}", "sellers": SELLERS, "clock": CLOCK}
    )
    tenant["plane"], tenant["mark"] = f"/tenants/{tenant['client_key']}", f"tenant{serial}"
    for seller in tenant["sellers"]:
        rows = (await line.plane("GET", f"{tenant['plane']}/stock?ocid={seller['ocid']}"))["stock"]
        seller["skus"] = {row["mf_sku_id"] for row in rows}
        (seller["lamp"],) = [row["mf_sku_id"] for row in rows if row["available"] == STOCKED]
    return tenant


async def check_stock(line: Connection, tenant: dict[str, Any], clients: list[Client]) -> None:
    """Each seller has sold what its own clients have ordered, and nothing else."""
    for serial, seller in enumerate(tenant["sellers"]):
        own = [client for client in clients if client.mark == f"{tenant['mark']}-seller{serial}"]
        assert len(own) == CLIENTS_EACH
        rows = (await line.plane("GET", f"{tenant['plane']}/stock?ocid={seller['ocid']}"))["stock"]
        (row,) = [row for row in rows if (row["mf_sku_id"], row["service_region"]) == (seller["lamp"], REGION)]
        assert row["available"] == STOCKED - sum(client.pieces + 1 for client in own)
        assert row["allocated"] == row["in_value_added_service"] == 0
        sold = {number for client in own for which, number in client.orders.items() if which[-1] != "D"}
        charged = await own[0].charged()
        assert sold < charged
        assert len(charged) == len(sold) + 1  # the demo world has one order under way


async def check_journal(line: Connection, tenant: dict[str, Any], clients: list[Client]) -> None:
    """The journal has the tenant's calls, each of them, and no other."""
    entries = (await line.plane("GET", f"{tenant['plane']}/journal"))["calls"]
    assert Counter(entry["operation"] for entry in entries) == sum((client.calls for client in clients), Counter())
    assert [entry["id"] for entry in entries] == [*range(1, len(entries) + 1)]
    keys = {entry["request"]["headers"].get("clientkey", tenant["client_key"]) for entry in entries}
    assert keys == {tenant["client_key"]}
    marks = {mark.partition(b"-")[0].decode() for mark in MARK.findall(orjson.dumps(entries))}
    assert marks == {tenant["mark"]}


async def check_events(line: Connection, tenant: dict[str, Any], clients: list[Client]) -> None:
    """The tenant was told of each of its orders, and of no other's."""
    events = (await line.plane("GET", f"{tenant['plane']}/events"))["events"]
    assert [event["id"] for event in events] == [*range(1, len(events) + 1)]
    numbers = [number for client in clients for number in client.orders.values()]
    assert len(numbers) == len(set(numbers)) == 3 * SELLERS * CLIENTS_EACH
    ends = Counter(event["state"] for event in events if event["key"] in numbers)
    assert (ends["cancelled"], ends["delivered"]) == (len(numbers) / 3, len(numbers) * 2 / 3)


async def together(doings: Iterable[Awaitable[T]]) -> list[T]:
    """All at once; the first failure ends the test."""
    return await asyncio.gather(*doings)


async def a_busy_morning(url: str) -> None:
    lines = await together(Connection.open(url) for _ in range(TENANTS * SELLERS * CLIENTS_EACH + LONERS))
    tenants = [await a_tenant(lines[0], serial) for serial in range(TENANTS)]
    marks = [(tenant, f"tenant{t}-seller{s}") for t, tenant in enumerate(tenants) for s in range(SELLERS)]
    clients = [Client(lines.pop(), tenant, mark, serial) for tenant, mark in marks for serial in range(CLIENTS_EACH)]
    loners = [Loner(serial).live(line) for serial, line in enumerate(lines)]
    assert len(clients) + len(loners) == 64
    neighbours = {tenant["mark"]: tenants[serial - 1] for serial, tenant in enumerate(tenants)}
    await together([*(client.work(neighbours[client.tenant["mark"]]) for client in clients), *loners])
    by_tenant = [(tenant, [c for c in clients if c.tenant is tenant]) for tenant in tenants]
    days = {"advance_seconds": DAYS_S}
    await together(own[0].line.plane("PUT", f"{tenant['plane']}/clock", days) for tenant, own in by_tenant)
    await together(client.work_on() for client in clients)
    for tenant, own in by_tenant:
        for check in (check_stock, check_journal, check_events):
            await check(own[0].line, tenant, own)
    await together(line.close() for line in [*lines, *(client.line for client in clients)])


def test_nobody_ever_learns_of_another(server_url: str) -> None:
    asyncio.run(a_busy_morning(server_url))
