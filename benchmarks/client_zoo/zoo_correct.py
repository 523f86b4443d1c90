"""Clients of different style that do nothing wrong: none may get a finding."""

import asyncio
import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from oc_sandbox.call import Call
from zoo_base import SOLD_OUT, Client, Wire, a_day, many_calls


class BatchPerOrder(Client):
    """One order a call."""

    batch = 1


class AggressivePager(Client):
    """Asks until a page is empty, in pages as large as they may be at first and small ones later."""

    page_size = 10

    def is_last(self, page: list[Wire]) -> bool:
        return not page


class Reactive(Client):
    """Keeps a token until it is refused, renews then, and makes the call once more. It gets a note."""

    keeps_token_s = 1e9


class FreshToken(Client):
    """Is given a token that outlives its work, and renews nothing."""

    def access_token(self) -> str:
        return self.sandbox.access_token


class MendsAndSendsAgain(Client):
    """Sends what failed once more when stock has come."""

    def failed(self, reply: Wire, batch: list[Wire]) -> None:
        numbers = {error.get("referenceNumber") for error in reply.get("errors", [])}
        again = [order for order in batch if order["referenceNumber"] in numbers]
        if again:
            self.sandbox.set_stock(SOLD_OUT, "UK", available=5)
            self.place(again)


class StageSigner(Client):
    """Signs an empty text in the body's place, as the vendor's stage has it."""

    def signed_text(self, path: str, body: str) -> str:
        return super().signed_text(path, "")


class PlainHttp(Client):
    """As a client with urllib or raw sockets: no library's headers, names of headers in its own case, spaced JSON."""

    def send(self, path: str, data: Any) -> Wire:
        body = json.dumps(self.envelope(data), indent=1)
        full = self.path_prefix + path
        headers = {name.lower(): value for name, value in self.headers(full, body).items()}
        reply = self.sandbox.send(Call("POST", full, headers, body.encode()))
        if b'"Z-100"' in body.encode() and "creation" in full and not getattr(self, "lost", False):
            self.lost = True
            raise httpx.ReadTimeout("no answer in time")
        return json.loads(reply.body)  # type: ignore[no-any-return]


class Asynchronous(Client):
    """Pages one after the other, movements of all windows at once, on an event loop."""

    def movements(self, start: Any, end: Any) -> list[Wire]:
        async def all_windows() -> list[Wire]:
            async with httpx.AsyncClient(transport=self.sandbox.async_httpx_transport()) as http:
                replies = await asyncio.gather(*(self.ask(http, window) for window in self.windows(start, end)))
            return [row for reply in replies for row in reply.json()["data"]]

        return asyncio.run(all_windows())

    async def ask(self, http: httpx.AsyncClient, window: Any) -> httpx.Response:
        """One movement query."""
        path = "/openapi/3pp/inventory/v1/movement"
        body = json.dumps(self.envelope(self.movement_query(*window)))
        url = f"{self.sandbox.oauth_url}{path}"
        return await http.post(url, content=body.encode(), headers=self.headers(path, body))


class SeveralPagesAtOnce(Client):
    """Asks for four pages at a time, so for some behind the last; it gets a note."""

    page_size = 10
    at_once = 4

    def stock(self) -> list[Wire]:
        rows: list[Wire] = []
        for first in range(1, 100, self.at_once):
            pages = asyncio.run(self.pages(range(first, first + self.at_once)))
            rows += [row for page in pages for row in page]
            if any(self.is_last(page) for page in pages):
                break
        return rows

    async def pages(self, numbers: range) -> list[list[Wire]]:
        """These pages of the stock."""
        async with httpx.AsyncClient(transport=self.sandbox.async_httpx_transport()) as http:
            replies = await asyncio.gather(*(self.one_of_them(http, number) for number in numbers))
        return [reply.json()["data"]["SKUList"] for reply in replies]

    async def one_of_them(self, http: httpx.AsyncClient, number: int) -> httpx.Response:
        """One page of the stock."""
        path = "/openapi/3pp/inventory/v2/snapshot"
        data = {"pageNumber": number, "pageSize": self.page_size, "serviceRegionList": [], "skuList": []}
        body = json.dumps(self.envelope(data))
        url = f"{self.sandbox.oauth_url}{path}"
        return await http.post(url, content=body.encode(), headers=self.headers(path, body))


class TokensByForm(Client):
    """Fetches its token with a form and HTTP Basic, so with its secret key in base64."""

    def renew(self) -> None:
        form = {"grant_type": "refresh_token", "refresh_token": self.sandbox.refresh_token}
        basic = httpx.BasicAuth(self.sandbox.client_key, self.sandbox.secret_key)
        query = urlsplit(f"?{urlencode({'client_id': self.sandbox.client_key})}").query
        reply = self.http.post(f"/oauth/token?{query}", data=form, auth=basic).json()
        self.token = reply["access_token"]
        self.token_until = self.sandbox.now() + timedelta(seconds=self.keeps_token_s)


CORRECT = {
    "httpx, synchronous": (Client, a_day),
    "one order a call": (BatchPerOrder, a_day),
    "pages until a page is empty": (AggressivePager, a_day),
    "several pages at once": (SeveralPagesAtOnce, a_day),
    "renews when refused": (Reactive, a_day),
    "token by a form and HTTP Basic": (TokensByForm, a_day),
    "a token that outlives the work": (FreshToken, a_day),
    "mends and sends again": (MendsAndSendsAgain, a_day),
    "signs as the stage does": (StageSigner, a_day),
    "plain HTTP, own header case": (PlainHttp, a_day),
    "asynchronous": (Asynchronous, a_day),
    "waits when it asks too much": (Client, many_calls),
}
"""By style; the notes that a style gets are told by the run."""
