"""A client of OrangeConnex's eBay fulfillment openAPI, over httpx: the start of your own.

Signing and tokens are an httpx.Auth, so they work with httpx.AsyncClient as well.
"""

import hashlib
import os
import time
import uuid
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import islice
from typing import Any

import httpx

ORDERS_A_CALL = 50  # documented
SKUS_A_CALL = 50  # of a query of movements; no limit is documented
LONGEST_WINDOW = timedelta(days=7) - timedelta(seconds=1)  # "less than 7 days", say the pages
RENEW_BEFORE_S = 60
PAUSES_S = (0.5, 1.0, 2.0)


class Refused(Exception):
    """The API said no; the same call again will get the same answer."""


class Unclear(Exception):
    """No answer, or none that can be read: the call may have been carried out, or not."""


@dataclass(frozen=True)
class Outcome:
    """What became of an order: it has an order number, or an error, or nobody knows (neither of them)."""

    reference: str
    order_number: str | None = None
    error: str | None = None


class OcAuth(httpx.Auth):
    """Signs each call and keeps the access token fresh: renewed before it expires, and once where it is refused."""

    requires_request_body = True
    requires_response_body = True

    def __init__(self, client_key: str, secret_key: str, oauth_url: str, refresh_token: str, access_token: str) -> None:
        self.client_key = client_key
        self.secret_key = secret_key
        self.oauth_url = oauth_url
        self.refresh_token = refresh_token
        self.access_token = access_token
        self.signs_body = os.environ.get("OC_SIGNING") != "stage"  # the vendor's stage signs an empty body
        self.renew_at = float("inf")  # of a token that was given nobody knows the age: it is used until it is refused

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if not self.access_token or time.monotonic() >= self.renew_at:
            yield from self.renew()
        self.sign(request)
        response = yield request
        if self.refresh_token and token_refused(response):
            yield from self.renew()
            self.sign(request)
            yield request

    def sign(self, request: httpx.Request) -> None:
        """Over the very bytes that are sent: path|body|clientKey|secretKey, the path without its query."""
        body = request.content if self.signs_body else b""
        text = b"|".join((request.url.path.encode(), body, self.client_key.encode(), self.secret_key.encode()))
        request.headers["clientKey"] = self.client_key
        request.headers["vAuthorization"] = hashlib.md5(text, usedforsecurity=False).hexdigest()
        request.headers["Access-Token"] = f"Bearer {self.access_token}"

    def renew(self) -> Generator[httpx.Request, httpx.Response, None]:
        question = {"grant_type": "refresh_token", "client_id": self.client_key, "refresh_token": self.refresh_token}
        answer = json_of((yield httpx.Request("POST", f"{self.oauth_url}/oauth/token", params=question)))
        if "access_token" not in answer:
            raise Refused(f"no new token: {answer.get('error')} {answer.get('error_description')}")
        self.access_token = answer["access_token"]
        self.renew_at = time.monotonic() + answer.get("expires_in", 300) - RENEW_BEFORE_S
        # It lasts a year. Where a new one comes back the old one may be dead: keep it where your keys are kept.
        self.refresh_token = answer.get("refresh_token") or self.refresh_token


class Client:
    """The calls. Close it, or use it in a `with`."""

    def __init__(self, base_url: str, auth: OcAuth) -> None:
        self.http = httpx.Client(base_url=base_url, auth=auth, timeout=float(os.environ.get("OC_TIMEOUT_S", "20")))

    @classmethod
    def from_environment(cls) -> "Client":
        key, secret, oauth = (os.environ[name] for name in ("OC_CLIENT_KEY", "OC_SECRET_KEY", "OC_OAUTH_URL"))
        refresh, access = (os.environ.get(name, "") for name in ("OC_REFRESH_TOKEN", "OC_ACCESS_TOKEN"))
        return cls(os.environ["OC_BASE_URL"], OcAuth(key, secret, oauth, refresh, access))

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def services(self, region: str) -> list[str]:
        """The codes of the shipping services of a region."""
        rows = self._read("GET", "/3pp/base/v1/service")["data"]
        offered = (each for row in rows if row["serviceRegion"] == region for each in row["productList"])
        return [each["shippingServiceCode"] for each in offered]

    def place_orders(self, orders: Iterable[dict[str, Any]]) -> list[Outcome]:
        """Each order once, and what became of each. Their reference numbers must be unique, now and for ever."""
        return [outcome for batch in batches(orders, ORDERS_A_CALL) for outcome in self._place_batch(batch)]

    def _place_batch(self, orders: Sequence[dict[str, Any]]) -> list[Outcome]:
        waiting = {order["referenceNumber"]: order for order in orders}
        if len(waiting) < len(orders):
            raise ValueError("a reference number stands twice in the batch")
        settled: dict[str, Outcome] = {}
        for pause_s in PAUSES_S:
            told = self._placed(list(waiting.values()))
            if not told.keys() >= waiting.keys():
                # Of some nobody has said what became of them, and to place them again without a look would double them.
                time.sleep(pause_s)
                try:
                    told |= self.find_orders(each for each in waiting if each not in told)
                except (Refused, Unclear):
                    settled |= told
                    break
            settled |= told
            waiting = {each: order for each, order in waiting.items() if each not in told}
            if not waiting:
                break
        return [settled.get(order["referenceNumber"]) or Outcome(order["referenceNumber"]) for order in orders]

    def _placed(self, orders: list[dict[str, Any]]) -> dict[str, Outcome]:
        """One attempt: what is known of it, by reference number."""
        references = [order["referenceNumber"] for order in orders]
        try:
            return outcomes(self._call("POST", "/3pp/outbound/v1/creation", orders), references)
        except Refused as refusal:
            return {each: Outcome(each, error=str(refusal)) for each in references}
        except Unclear:
            return {}

    def find_orders(self, references: Iterable[str]) -> dict[str, Outcome]:
        """Those that exist, by reference number; at most 1000 at a time."""
        rows = self._query({"referenceNumberList": [{"referenceNumber": each} for each in references]})
        return {row["referenceNumber"]: Outcome(row["referenceNumber"], row["orderNumber"]) for row in rows}

    def cancel(self, order_number: str, reason: str) -> None:
        """Stop an order. Refused once it is picked."""
        for pause_s in PAUSES_S:
            question = {"orderNumber": order_number, "cancelReason": reason, "cancelTime": wire_time(now())}
            try:
                checked(self._call("POST", "/3pp/outbound/v1/cancel", question))
                return
            except Unclear:
                time.sleep(pause_s)
            rows = self._query({"orderNumberList": [{"orderNumber": order_number}]})
            if any(row.get("orderStatus") == "Cancelled" for row in rows):
                return
        raise Unclear(f"the cancellation of {order_number}")

    def _query(self, question: dict[str, Any]) -> list[dict[str, Any]]:
        return self._read("POST", "/3pp/outbound/v2/query", question)["data"]

    def snapshot(self, page_size: int = 200) -> Iterator[dict[str, Any]]:
        """Stock by SKU and region. There is no total: the last page is the one that is not full."""
        page, full = 1, True
        while full:
            question = {"skuList": [], "serviceRegionList": [], "pageNumber": page, "pageSize": page_size}
            rows = self._read("POST", "/3pp/inventory/v2/snapshot", question)["data"]["SKUList"]
            yield from rows
            page, full = page + 1, len(rows) >= page_size

    def movements(self, sku_ids: Iterable[str], start: datetime, end: datetime) -> Iterator[dict[str, Any]]:
        """Every movement of the SKUs, each with MFSKUID, serviceRegion and inventoryStatus beside its own fields."""
        for some in batches(sku_ids, SKUS_A_CALL):
            for first, last in windows(start, end):
                question = {
                    "mfSkuList": [{"mfSkuId": each} for each in some],
                    "startTime": wire_time(first),
                    "endTime": wire_time(last),
                }
                for sku in self._read("POST", "/3pp/inventory/v1/movement", question)["data"]:
                    for region in sku["serviceRegionList"]:
                        for bucket in region["inventoryList"]:
                            place = (sku["MFSKUID"], region["serviceRegion"], bucket["inventoryStatus"])
                            named = dict(zip(("MFSKUID", "serviceRegion", "inventoryStatus"), place, strict=True))
                            yield from (movement | named for movement in bucket["movementList"])

    def _read(self, method: str, path: str, data: Any = None) -> dict[str, Any]:
        """A call that changes nothing, so that it can be repeated."""
        for pause_s in PAUSES_S:
            try:
                return checked(self._call(method, path, data))
            except Unclear:
                time.sleep(pause_s)
        return checked(self._call(method, path, data))

    def _call(self, method: str, path: str, data: Any = None) -> dict[str, Any]:
        envelope = {"apiVersion": "1.0", "messageId": str(uuid.uuid4()), "timestamp": time.time_ns() // 1_000_000}
        body = None if method == "GET" else envelope | {"data": data}
        try:
            return json_of(self.http.request(method, path, json=body))
        except httpx.RequestError as error:
            raise Unclear(f"{path}: {error!r}") from error


def json_of(response: httpx.Response) -> dict[str, Any]:
    """The reply, if it is one. The HTTP status says little here: most refusals come with 200."""
    if response.status_code >= 500:
        raise Unclear(f"HTTP {response.status_code}")
    try:
        reply = response.json()
    except ValueError as error:
        if response.is_success:  # cut off, most likely
            raise Unclear(f"HTTP {response.status_code} without JSON: {response.text[:80]!r}") from error
        raise Refused(f"HTTP {response.status_code}") from error
    return reply if isinstance(reply, dict) else {"message": f"HTTP {response.status_code} with {reply!r}"}


def failed(reply: dict[str, Any]) -> bool:
    """Told by the envelope: code 0 is success, unless success says otherwise or there are errors."""
    return reply.get("code") != 0 or str(reply.get("success", True)).lower() == "false" or bool(reply.get("errors"))


def reason(reply: dict[str, Any]) -> str:
    """The first error's code and text, or the envelope's."""
    first = next(iter(reply.get("errors") or ()), reply)
    return f"{first.get('code', reply.get('status'))} {first.get('message') or reply.get('message')}"


def checked(reply: dict[str, Any]) -> dict[str, Any]:
    """The reply to a call that is done as a whole or not at all."""
    if failed(reply):
        raise Refused(reason(reply))
    return reply


def token_refused(response: httpx.Response) -> bool:
    """HTTP 401, or an envelope whose message says so; how the vendor words it is not documented."""
    try:
        reply = response.json()
    except ValueError:
        return response.status_code == httpx.codes.UNAUTHORIZED
    message = str(reply.get("message", "")).lower() if isinstance(reply, dict) and failed(reply) else ""
    return response.status_code == httpx.codes.UNAUTHORIZED or "token" in message or "authentication fail" in message


def outcomes(reply: dict[str, Any], asked: Iterable[str]) -> dict[str, Outcome]:
    """What a reply says of each order; one that it does not speak of is left out."""
    rows, errors = reply.get("data") or [], reply.get("errors") or []
    told = {row.get("referenceNumber"): Outcome(row.get("referenceNumber"), row["orderNumber"]) for row in rows}
    for error in errors:
        reference = error.get("referenceNumber") or error.get("id")
        told[reference] = Outcome(reference, error=f"{error.get('code')} {error.get('message')}")
    told = {each: told[each] for each in asked if each in told}
    if not told and failed(reply):  # the call itself was at fault, and no order of it was taken on
        return {each: Outcome(each, error=reason(reply)) for each in asked}
    return told


def windows(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Windows of less than 7 days. Both ends belong to a window, so that the next starts a second later."""
    while start <= end:
        last = min(start + LONGEST_WINDOW, end)
        yield start, last
        start = last + timedelta(seconds=1)


def batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """The items, at most so many at a time."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def now() -> datetime:
    """This second, in UTC."""
    return datetime.now(timezone.utc).replace(microsecond=0)


def wire_time(moment: datetime) -> str:
    """Such as 2024-07-20T10:10:10+0800: the zone has no colon, and must be there."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S%z")
