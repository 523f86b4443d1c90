"""A small client with a command line, correct unless it is told to have a bug: client.py [BUG].

Its job: place four orders of which two go in one batch, cancel the last, report one
movement of a shop's stock, and read the stock page by page. It prints what it did, and ends with 1 where anything is
not done. Standard library only, so that it starts fast; each bug is one class.
"""

import hashlib
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from typing import Any

Wire = dict[str, Any]
SKU = os.environ.get("OC_SKU_ID", "OC0000250380015")
OTHER_SKU = "OC0000250260096"
PAUSE_S = 0.02


class Unclear(Exception):
    """No answer, or none that can be read."""


class Refused(Exception):
    """The answer is no."""


class Client:
    """Everything right."""

    timeout_s: "float | None" = 1.0
    attempts = 3

    def __init__(self) -> None:
        env = os.environ
        self.base, self.oauth = env["OC_BASE_URL"], env["OC_OAUTH_URL"]
        self.key, self.secret = env["OC_CLIENT_KEY"], env["OC_SECRET_KEY"]
        self.token, self.refresh = env["OC_ACCESS_TOKEN"], env["OC_REFRESH_TOKEN"]
        self.shop, self.api_key = env["MERCOZY_BASE_URL"], env["MERCOZY_API_KEY"]
        self.run = uuid.uuid4().hex[:12]
        self.failed = False

    # -- calls

    def http(
        self, method: str, url: str, headers: "dict[str, str]", body: "bytes | None" = None
    ) -> "tuple[int, bytes]":
        asked = urllib.request.Request(url, body, headers, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=self.timeout_s) as reply:
                return reply.status, reply.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except Exception as error:
            raise Unclear(repr(error)) from error

    def read(self, status: int, body: bytes) -> Wire:
        """The reply's JSON. Errors: Unclear, where it tells nothing of the call."""
        if status >= 500 or status == 429:
            raise Unclear(f"HTTP {status}")
        try:
            reply = json.loads(body)
        except ValueError as error:
            raise Unclear(f"HTTP {status} without JSON") from error
        if not isinstance(reply, dict):
            raise Unclear(f"HTTP {status} with no object")
        return reply

    def send(self, path: str, data: Any) -> Wire:
        body = json.dumps({"messageId": str(uuid.uuid4()), "timestamp": int(time.time() * 1000), "data": data}).encode()
        full = "/openapi" + path
        signed = b"|".join([full.encode(), body, self.key.encode(), self.secret.encode()])
        headers = {
            "Content-Type": "application/json",
            "clientKey": self.key,
            "vAuthorization": hashlib.md5(signed).hexdigest(),
            "Access-Token": f"Bearer {self.token}",
        }
        return self.read(*self.http("POST", self.base + path, headers, body))

    def post(self, path: str, data: Any) -> Wire:
        """One call; once more with a new token where the old one was refused."""
        reply = self.send(path, data)
        if self.refused(reply) and self.of_token(reply):
            self.renew()
            reply = self.send(path, data)
        return reply

    def of_token(self, reply: Wire) -> bool:
        return "token" in str(reply.get("message")).lower() or reply.get("status") == 401

    def renew(self) -> None:
        url = f"{self.oauth}/oauth/token?grant_type=refresh_token&client_id={self.key}&refresh_token={self.refresh}"
        reply = self.read(*self.http("POST", url, {}))
        if "access_token" not in reply:
            raise Refused(f"no token: {reply}")
        self.token = reply["access_token"]

    def refused(self, reply: Wire) -> bool:
        return reply.get("code") != 0 or str(reply.get("success", True)).lower() == "false" or bool(reply.get("errors"))

    def patiently(self, path: str, data: Any) -> Wire:
        """A call that changes nothing, as often as is reasonable."""
        for attempt in range(self.attempts):
            try:
                reply = self.post(path, data)
                break
            except Unclear:
                if attempt == self.attempts - 1:
                    raise
                time.sleep(PAUSE_S)
        if self.refused(reply):
            raise Refused(str(reply.get("errors") or reply.get("message")))
        return reply

    # -- orders

    def order(self, number: str, sku: str = SKU) -> Wire:
        return {
            "referenceNumber": f"{number}-{self.run}",
            "orderPlatform": "OTHERS",
            "serviceRegion": "UK",
            "shippingServiceCode": "GBDomStd_RMOnly",
            "consigneeName": "Alex Example",
            "consigneeAddress1": f"{number[1:]} Example Road",
            "consigneeCountryCode": "GB",
            "productList": [{"MFSKUID": sku, "SKUQuantity": 1}],
        }

    def place(self, orders: "list[Wire]") -> None:
        """Place each once; look them up where the answer tells nothing."""
        for _ in range(self.attempts):
            if not orders:
                return
            try:
                reply = self.post("/3pp/outbound/v1/creation", orders)
            except Unclear:
                orders = self.not_there(orders)
                continue
            orders = self.judge(reply, orders)
        for order in self.not_there(orders):
            self.complain(f"order {order['referenceNumber']} not placed: no clear answer")

    def judge(self, reply: Wire, orders: "list[Wire]") -> "list[Wire]":
        """Tell of each; gives those of which the reply says nothing."""
        placed = {row["referenceNumber"]: row["orderNumber"] for row in reply.get("data") or []}
        errors = {row.get("referenceNumber") or row.get("id"): row for row in reply.get("errors") or []}
        for order in orders:
            number = order["referenceNumber"]
            if number in placed:
                print("placed", number)
            elif number in errors:
                self.complain(f"order {number} refused: {errors[number].get('code')} {errors[number].get('message')}")
            elif self.refused(reply) and not placed and len(errors) < 2 and not set(errors) & self.numbers(orders):
                self.complain(f"order {number} refused: {reply.get('message') or reply.get('errors')}")
        told = {*placed, *errors}
        silent = [order for order in orders if order["referenceNumber"] not in told]
        if placed or set(errors) & self.numbers(orders):
            for order in self.not_there(silent):
                self.complain(f"order {order['referenceNumber']} not placed: its batch was refused")
        return []

    def numbers(self, orders: "list[Wire]") -> "set[str]":
        return {order["referenceNumber"] for order in orders}

    def not_there(self, orders: "list[Wire]") -> "list[Wire]":
        if not orders:
            return []
        time.sleep(PAUSE_S)
        data = {"referenceNumberList": [{"referenceNumber": order["referenceNumber"]} for order in orders]}
        there = {row["referenceNumber"] for row in self.patiently("/3pp/outbound/v2/query", data).get("data") or []}
        for number in there:
            print("placed", number)
        return [order for order in orders if order["referenceNumber"] not in there]

    def find(self, number: str) -> "Wire | None":
        data = {"referenceNumberList": [{"referenceNumber": number}]}
        rows = self.patiently("/3pp/outbound/v2/query", data).get("data") or []
        return rows[0] if rows else None

    def cancel(self, number: str) -> None:
        """Cancel an order, and look whether it is."""
        row = self.find(number)
        if row is None:
            self.complain(f"order {number} cannot be cancelled: it is not there")
            return
        for _ in range(self.attempts):
            try:
                reply = self.post(*self.cancellation(row["orderNumber"]))
            except Unclear:
                time.sleep(PAUSE_S)
                row = self.find(number) or row
                if row.get("orderStatus") == "Cancelled":
                    break
                continue
            if self.refused(reply):
                self.complain(f"order {number} not cancelled: {reply.get('errors') or reply.get('message')}")
                return
            break
        else:
            self.complain(f"order {number} not cancelled: no clear answer")
            return
        print("cancelled", number)

    def cancellation(self, order_number: str) -> "tuple[str, Wire]":
        now = time.strftime("%Y-%m-%dT%H:%M:%S+0000", time.gmtime())
        data = {"orderNumber": order_number, "cancelReason": "the buyer changed his mind", "cancelTime": now}
        return "/3pp/outbound/v1/cancel", data

    # -- stock

    def stock(self) -> "list[Wire]":
        rows: list[Wire] = []
        for number in range(1, 100):
            page = self.page(number)
            rows += page
            if len(page) < 8:
                return rows
        return rows

    def page(self, number: int) -> "list[Wire]":
        data = {"pageNumber": number, "pageSize": 8, "serviceRegionList": [], "skuList": []}
        return self.patiently("/3pp/inventory/v2/snapshot", data)["data"]["SKUList"]

    def shop_call(self, method: str, path: str, body: "Wire | None" = None) -> Wire:
        headers = {"X-API-Key": self.api_key, "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        status, text = self.http(method, self.shop + path, headers, data)
        reply = self.read(status, text)
        if status >= 400:
            raise Refused(f"HTTP {status} {reply.get('message')}")
        return reply

    def shop_rows(self, path: str) -> "list[Wire]":
        for attempt in range(self.attempts):
            try:
                return self.shop_call("GET", path)["data"]
            except Unclear:
                if attempt == self.attempts - 1:
                    raise
                time.sleep(PAUSE_S)
        return []

    def move(self) -> None:
        """Report one movement of a shop's stock, under a reference by which it is found again."""
        first = self.shop_rows("/inventory?limit=1")[0]
        said = {
            "productId": first["productId"],
            "warehouseId": first["warehouseId"],
            "quantity": 5,
            "movementType": "IN",
            "reference": f"PO-{self.run}",
        }
        for _ in range(self.attempts):
            try:
                self.shop_call("POST", "/stock-movements", said)
            except Unclear:
                time.sleep(PAUSE_S)
                if not any(row.get("reference") == said["reference"] for row in self.shop_rows("/stock-movements")):
                    continue
            print("moved", said["reference"])
            return
        self.complain(f"movement {said['reference']} not reported: no clear answer")

    # -- the day

    def complain(self, words: str) -> None:
        print(words, file=sys.stderr)
        self.failed = True

    def work(self) -> int:
        orders = [self.order(f"D{number}", OTHER_SKU if number == 1 else SKU) for number in range(4)]
        jobs = [
            lambda: self.place(orders[3:]),
            lambda: self.place(orders[:1]),
            lambda: self.place(orders[1:3]),
            lambda: self.cancel(orders[3]["referenceNumber"]),
            self.move,
            lambda: print("stock", len(self.stock()), "rows"),
        ]
        for job in jobs:
            self.one(job)
        return int(self.failed)

    def one(self, job: Any) -> None:
        """A job that fails does not keep the next from being done."""
        try:
            job()
        except (Unclear, Refused) as error:
            self.complain(f"not done: {type(error).__name__} {error}")


if __name__ == "__main__":
    from bugs import ANIMALS

    sys.exit(ANIMALS[sys.argv[1] if len(sys.argv) > 1 else "correct"]().work())
