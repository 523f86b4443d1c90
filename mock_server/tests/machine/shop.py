"""One seller's ERP: it signs by itself, keeps its tokens fresh, and reads what comes back. It knows the wire alone."""

import hashlib
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import orjson
from machine.books import Book
from oc_sandbox import Sandbox
from oc_sandbox.call import Call
from oc_sandbox.catalog import catalog

CALLBACK = "https://erp.example.com/oauth"
TOKEN_LASTS_S, REFRESH_LASTS_S = 3600, 365 * 86_400


class Answer(NamedTuple):
    """A reply, read: the codes of its errors, in order, and what stands under data, or under result."""

    status: int
    body: Any

    @property
    def codes(self) -> list[str]:
        """What went wrong; empty if all went well. A refusal without a code of its own gives its message."""
        if "isFallback" in self.body:
            return [] if self.body["success"] else [self.body["errorCode"] or self.body["errorMsg"]]
        if "error" in self.body:
            return [self.body["error_description"]]
        if self.body.get("code") == 0 or "access_token" in self.body:
            return []
        return [error["code"] for error in self.body.get("errors", ())] or [self.body["message"]]

    @property
    def ids(self) -> list[str]:
        """What the errors of a batch are about."""
        return [error["id"] for error in self.body.get("errors", ())]

    @property
    def data(self) -> Any:
        """The payload."""
        return self.body["result"] if "isFallback" in self.body else self.body.get("data")


class Shop:
    """A seller, its tokens and its books."""

    def __init__(self, sandbox: Sandbox, seller: dict[str, str]) -> None:
        self.sandbox = sandbox
        self.ocid, self.login, self.password = seller["ocid"], seller["login"], seller["password"]
        self.book = Book()
        self.token, self.good_until_s = "", 0
        self.refresh_token, self.refresh_until_s = "", 0

    def now_s(self) -> int:
        """The world's time."""
        return int(self.sandbox.now().timestamp())

    def approved(self, state: str = "all") -> str:
        """A code that the seller has let the ERP have, as the address bar shows it."""
        asked = {"response_type": "code", "client_id": self.sandbox.client_key, "redirect_uri": CALLBACK}
        query = urlencode({**asked, "state": state, "approve": self.ocid})
        reply = self.sandbox.send(Call("GET", "/oauth/authorize", {}, b"", query))
        return code_in(dict(reply.headers)["location"], state)

    def exchanged(self, path: str, **asked: str) -> Answer:
        """The reply to a call for tokens."""
        query = urlencode({**asked, "client_id": self.sandbox.client_key})
        return read(self.sandbox.send(Call("POST", path, {}, b"", query)))

    def good_token(self) -> str:
        """An access token that the model says is good."""
        if self.now_s() >= self.good_until_s:
            asked = {"grant_type": "refresh_token", "refresh_token": self.refresh_token}
            if self.now_s() >= self.refresh_until_s:
                asked = {"grant_type": "authorization_code", "code": self.approved(), "redirect_uri": CALLBACK}
            got = self.exchanged("/oauth/token", **asked)
            assert got.status == 200, got
            self.token, self.good_until_s = got.body["access_token"], self.now_s() + TOKEN_LASTS_S
            if "refresh_token" in got.body:
                self.refresh_token, self.refresh_until_s = got.body["refresh_token"], self.now_s() + REFRESH_LASTS_S
        return self.token

    def ask(self, operation: str, data: Any = None, *, token: str = "", **query: Any) -> Answer:
        """The reply to a signed call with `data` as its data, or for a GET with parameters."""
        wanted = catalog().operations[operation]
        raw = b"" if data is None else orjson.dumps({"data": data, "messageId": "m-1"})
        client_key, secret = self.sandbox.client_key, self.sandbox.secret_key
        text = b"|".join((wanted.path.encode(), raw, client_key.encode(), secret.encode()))
        headers = {
            "clientkey": client_key,
            "vauthorization": hashlib.md5(text, usedforsecurity=False).hexdigest(),
            "access-token": f"Bearer {token or self.good_token()}",
            "content-type": "application/json",
        }
        got = read(self.sandbox.send(Call(wanted.method, wanted.path, headers, raw, urlencode(query))))
        assert got.status == 200
        return got

    def told(self, operation: str, data: Any = None, **query: Any) -> Any:
        """What a query that cannot fail tells."""
        got = self.ask(operation, data, **query)
        assert not got.codes, (operation, data, query, got.body)
        return got.data

    def fetched(self, url: str) -> bytes:
        """The file behind a URL."""
        reply = self.sandbox.send(Call("GET", unquote(urlsplit(url).path), {}, b""))
        assert reply.status == 200
        assert dict(reply.headers)["content-type"] == "application/pdf"
        return reply.body


def read(reply: Any) -> Answer:
    """A reply whose body is JSON."""
    return Answer(reply.status, orjson.loads(reply.body))


def code_in(address: str, state: str) -> str:
    """The code in the address that a seller who agreed is sent to."""
    assert address.startswith(f"{CALLBACK}?act=getAuthorizationCode&code=")
    query = parse_qs(urlsplit(address).query)
    assert query["state"] == [state]
    return query["code"][0]
