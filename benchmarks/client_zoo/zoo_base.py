"""A small client that does everything right, in pieces that a bug can replace one by one; and a day of its work."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import httpx
from oc_sandbox import Sandbox

Wire = dict[str, Any]


LOST = b'"Z-100"'
"""The order whose first placing goes unanswered."""


class LostReplies(httpx.BaseTransport):
    """A network that swallows one reply: the sandbox has placed the order LOST, the client hears nothing."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._inner = sandbox.httpx_transport()
        self._swallowed = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on."""
        response = self._inner.handle_request(request)
        if request.url.path.endswith("/outbound/v1/creation") and LOST in request.content and not self._swallowed:
            self._swallowed = True
            raise httpx.ReadTimeout("no answer in time", request=request)
        return response


class Client:
    """Signs, renews its token in time, pages, splits windows and batches, follows up what failed."""

    batch = 50
    days = 7
    page_size = 6
    keeps_token_s = 3300.0
    path_prefix = "/openapi"
    content_type = "application/json"

    def __init__(self, sandbox: Sandbox, transport: httpx.BaseTransport | None = None) -> None:
        self.sandbox = sandbox
        self.http = httpx.Client(transport=transport or sandbox.httpx_transport(), base_url=sandbox.oauth_url)
        self.token, self.token_until = "", sandbox.now()
        self.messages = 0

    def sleep(self, seconds: float) -> None:
        """Wait, by the sandbox's clock."""
        self.sandbox.advance(seconds=seconds)

    def renew(self) -> None:
        """Fetch an access token."""
        query = {"grant_type": "refresh_token", "client_id": self.sandbox.client_key}
        reply = self.http.post("/oauth/token", params={**query, "refresh_token": self.sandbox.refresh_token}).json()
        self.token = reply["access_token"]
        self.token_until = self.sandbox.now() + timedelta(seconds=self.keeps_token_s)

    def access_token(self) -> str:
        """A token that is good for a while."""
        if not self.token or self.sandbox.now() >= self.token_until:
            self.renew()
        return self.token

    def signed_text(self, path: str, body: str) -> str:
        """What is signed."""
        return f"{path}|{body}|{self.sandbox.client_key}|{self.sandbox.secret_key}"

    def signature(self, path: str, body: str) -> str:
        """vAuthorization."""
        return hashlib.md5(self.signed_text(path, body).encode(), usedforsecurity=False).hexdigest()

    def headers(self, path: str, body: str) -> dict[str, str]:
        """What every business call carries."""
        return {
            "clientKey": self.sandbox.client_key,
            "vAuthorization": self.signature(path, body),
            "Access-Token": f"Bearer {self.access_token()}",
            "Content-Type": self.content_type,
        }

    def envelope(self, data: Any) -> Wire:
        """The request around its data."""
        self.messages += 1
        return {"apiVersion": "1.0", "messageId": f"M-{self.messages}", "timestamp": 1795361400000, "data": data}

    def send(self, path: str, data: Any) -> Wire:
        """One call, without a second try."""
        body = json.dumps(self.envelope(data), ensure_ascii=False, separators=(",", ":"))
        full = self.path_prefix + path
        return self.http.post(full, content=body.encode(), headers=self.headers(full, body)).json()  # type: ignore[no-any-return]

    def post(self, path: str, data: Any) -> Wire:
        """One call; once more with a new token where the old one was refused."""
        reply = self.send(path, data)
        if "access token" in str(reply.get("message", "")):
            self.renew()
            reply = self.send(path, data)
        return reply

    def stock(self) -> list[Wire]:
        """Every row of the stock."""
        rows: list[Wire] = []
        for number in range(1, 100):
            page = self.page(number)
            rows += page
            if self.is_last(page):
                break
        return rows

    def page(self, number: int) -> list[Wire]:
        """One page of the stock."""
        data = {"pageNumber": number, "pageSize": self.page_size, "serviceRegionList": [], "skuList": []}
        return self.post("/3pp/inventory/v2/snapshot", data)["data"]["SKUList"]  # type: ignore[no-any-return]

    def is_last(self, page: list[Wire]) -> bool:
        """Whether there is nothing behind it."""
        return len(page) < self.page_size

    def written(self, instant: datetime) -> str:
        """A time as the vendor wants it."""
        return instant.strftime("%Y-%m-%dT%H:%M:%S+0000")

    def windows(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Windows that are short enough, end to end."""
        while start < end:
            until = min(end, start + timedelta(days=self.days) - timedelta(seconds=1))
            yield start, until
            start = until + timedelta(seconds=1)

    def movement_query(self, start: datetime, end: datetime) -> Wire:
        """What a movement query asks for."""
        return {"startTime": self.written(start), "endTime": self.written(end), "mfSkuList": [{"mfSkuId": CUP}]}

    def movements(self, start: datetime, end: datetime) -> list[Wire]:
        """Everything that moved between two times."""
        rows: list[Wire] = []
        for window in self.windows(start, end):
            rows += self.post("/3pp/inventory/v1/movement", self.movement_query(*window)).get("data", [])
        return rows

    def order(self, number: str, sku: str, sale: str) -> Wire:
        """One order."""
        return {
            "referenceNumber": number,
            "orderPlatform": "eBay",
            "ebayId": "example-shop",
            "ebayOrderId": sale,
            "serviceRegion": "UK",
            "shippingServiceCode": "GBDomStd_RMOnly",
            "consigneeName": "Alex Example",
            "consigneeAddress1": "1 Example Road",
            "consigneeCountryCode": "GB",
            "productList": [{"MFSKUID": sku, "SKUQuantity": 1}],
        }

    def place(self, orders: list[Wire]) -> None:
        """Place orders, batch by batch, and see to what failed."""
        for at in range(0, len(orders), self.batch):
            batch = orders[at : at + self.batch]
            try:
                reply = self.post("/3pp/outbound/v1/creation", batch)
            except httpx.ReadTimeout:
                self.after_time_out(batch)
                continue
            self.failed(reply, batch)

    def failed(self, reply: Wire, batch: list[Wire]) -> None:
        """Look whether what failed is really not there; then it is the merchant's to decide."""
        numbers = [error["referenceNumber"] for error in reply.get("errors", []) if error.get("referenceNumber")]
        if numbers:
            self.look_up(numbers)

    def look_up(self, numbers: list[str]) -> list[Wire]:
        """The orders with these numbers that are there."""
        data = {"referenceNumberList": [{"referenceNumber": number} for number in numbers]}
        return self.post("/3pp/outbound/v2/query", data).get("data", [])  # type: ignore[no-any-return]

    def after_time_out(self, batch: list[Wire]) -> None:
        """Ask what has become of a batch, and place what is not there."""
        there = {row["referenceNumber"] for row in self.look_up([order["referenceNumber"] for order in batch])}
        missing = [order for order in batch if order["referenceNumber"] not in there]
        if missing:
            self.place(missing)

    def shop(self, path: str, **query: Any) -> httpx.Response:
        """A call to Mercozy, again after a wait where it was one too many."""
        headers = {"X-API-Key": self.sandbox.mercozy_api_key}
        for wait_s in self.waits():
            response = self.http.get(f"/api/v1/external{path}", params=query, headers=headers)
            if response.status_code != 429:
                break
            if wait_s:
                self.sleep(wait_s)
        return response

    def waits(self) -> list[float]:
        """How long to wait after each try."""
        return [2, 8, 60, 60]

    def shop_stock(self) -> None:
        """Every page of the shop's inventory, by the total that it tells."""
        number, total = 1, 1
        while (number - 1) * 2 < total:
            total = self.shop("/inventory", page=number, limit=2).json()["meta"]["total"]
            number += 1


CUP = "OC0000250380015"
SOLD_OUT = "OC0000250276174"


def a_day(client: Client) -> None:
    """A client's day: stock, orders of which one fails and one goes unanswered, movements, a token's end, a shop."""
    sales = [f"02-05696-{number:05}" for number in range(1, 60)]
    orders = [client.order(f"Z-{number}", CUP, sale) for number, sale in enumerate(sales[:55])]
    now = client.sandbox.now()
    jobs: list[Callable[[], Any]] = [
        client.stock,
        lambda: client.place(orders),
        lambda: client.place([client.order("Z-98", CUP, sales[56]), client.order("Z-99", SOLD_OUT, sales[57])]),
        lambda: client.place([client.order("Z-100", CUP, sales[58])]),
        lambda: client.movements(now - timedelta(days=20), now),
        lambda: client.sandbox.advance(hours=2),
        client.stock,
        client.shop_stock,
    ]
    for job in jobs:
        # A scheduler writes down that a job failed, and goes on with the next.
        with suppress(KeyError, ValueError, httpx.HTTPError):
            job()


def many_calls(client: Client) -> None:
    """More calls to the shop than its plan lets pass in a minute."""
    client.sandbox.mercozy.set_plan("pro")
    for _ in range(301):
        client.shop("/inventory", limit=1)


def after(make: type[Client], work: Callable[[Client], None]) -> Sandbox:
    """The sandbox after a client's work, with all that it was asked."""
    sandbox = Sandbox()
    work(make(sandbox, LostReplies(sandbox)))
    return sandbox
