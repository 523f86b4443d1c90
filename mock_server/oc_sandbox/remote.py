"""A sandbox that runs elsewhere, through its control plane: what a `Sandbox` does in process, done over HTTP."""

import http.client
import json
import shlex
import time
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from .adapters.clients import ForClients
from .call import Call, Reply, Transport
from .client_report.as_text import text_report
from .domain.world import Happened
from .formats import parse_iso_instant
from .samples import Sample

TIMEOUT_S = 60
NOT_OVER_HTTP = ("journal", "mercozy", "on_webhook", "tenant")
"""What a `Sandbox` has and its control plane has not, or not in that form."""


class Refusal(ValueError):
    """The control plane cannot do what it was asked. The message is its own."""


class NoSandbox(OSError):
    """Nothing answers at an address, or something that is no sandbox. The message says what to do."""


class RemoteSandbox(ForClients):
    """A fresh tenant of a sandbox that runs at `url`; `settings` are those of POST /_sandbox/tenants.

    It has what a `Sandbox` has, but for NOT_OVER_HTTP. Its transports send calls on to that address, so a client that
    is made for them is tested as it is. `close`, or the end of a `with`, removes the tenant. Errors: NoSandbox,
    Refusal.
    """

    def __init__(self, url: str, **settings: Any) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise NoSandbox(f"{url!r} is no address of a sandbox, such as http://127.0.0.1:8400")
        self.url = url.rstrip("/")
        self._scheme, self._netloc, self._below = parts.scheme, parts.netloc, parts.path.rstrip("/")
        made = self._control("POST", "/_sandbox/tenants", settings)
        self.client_key = str(made["client_key"])
        self._tenant = f"/_sandbox/tenants/{quote(self.client_key, safe='')}"

    def __repr__(self) -> str:
        return f"<RemoteSandbox {self.client_key} at {self.url}>"

    def __enter__(self) -> "RemoteSandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __getattr__(self, name: str) -> Any:
        if name in NOT_OVER_HTTP:
            instead = "; use `calls`" if name == "journal" else ""
            raise AttributeError(f"a sandbox at an address has no {name!r}, only one in process has{instead}")
        if name in _TOLD:
            return self.describe()[name]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def close(self) -> None:
        """Remove the tenant."""
        self._control("DELETE", self._tenant)

    def describe(self) -> dict[str, Any]:
        """Keys, tokens, sellers and URLs, as the control plane gives them."""
        return self._control("GET", self._tenant)  # type: ignore[no-any-return]

    @property
    def calls(self) -> list[dict[str, Any]]:
        """Every call so far, oldest first, as the control plane shows it."""
        return self._control("GET", f"{self._tenant}/journal")["calls"]  # type: ignore[no-any-return]

    def send(self, call: Call) -> Reply:
        """Send one call on to the sandbox; what faults did to its reply on the way is told too. Errors: NoSandbox."""
        target = self._below + quote(call.path, safe="/:@!$&'()*+,;=~-._") + (f"?{call.query}" if call.query else "")
        left_out = ("host", "content-length", "transfer-encoding", "connection", "accept-encoding")
        headers = {name: value for name, value in call.headers.items() if name not in left_out}
        try:
            return self._made(call.method, target, call.body, headers)
        except http.client.HTTPException:  # there was a connection, and it ended too soon
            return Reply(0, (), b"", Transport(dropped=True))

    def sample(self, operation: str, exchange: str | None = None) -> Sample:
        """A signed sample request of an operation. Errors: Refusal."""
        query = f"?{urlencode({'exchange': exchange})}" if exchange else ""
        words = shlex.split(self._control("GET", f"{self._tenant}/curl/{quote(operation)}{query}")["curl"])
        after = [(word, words[at + 1]) for at, word in enumerate(words) if at + 1 < len(words)]
        headers = dict(value.rstrip(";").partition(": ")[::2] for word, value in after if word == "-H")
        body = next((value for word, value in after if word == "--data-binary"), "").encode()
        url = urlsplit(words[words.index("-X") + 2])
        return Sample(url.path, url.query, body, headers)

    def now(self) -> datetime:
        """The world's time."""
        return parse_iso_instant(self._control("GET", f"{self._tenant}/clock")["now"])

    def advance(self, **duration: float) -> list[Happened]:
        """Move the clock, as in `advance(days=2, hours=3)`, and let everything happen that is then due."""
        seconds = timedelta(**duration).total_seconds()
        moved = self._control("PUT", f"{self._tenant}/clock", {"advance_seconds": seconds})
        return [_happened(each) for each in moved["happened"]]

    def let_happen(self, event: str, key: str) -> list[Happened]:
        """Let the next step of a life cycle happen now. Errors: Refusal."""
        told = self._control("POST", f"{self._tenant}/events", {"event": event, "key": key})
        return [_happened(each) for each in told["happened"]]

    @property
    def events(self) -> list[dict[str, Any]]:
        """What has happened so far, oldest first, and the webhooks that tell of it."""
        return self._control("GET", f"{self._tenant}/events")["events"]  # type: ignore[no-any-return]

    @property
    def webhooks(self) -> list[dict[str, Any]]:
        """The webhooks so far, oldest first: `payload`, `state`, `attempts`."""
        return [event["webhook"] for event in self.events if "webhook" in event]

    def redeliver(self, webhook_id: int) -> Any:
        """Send a webhook once more. Errors: Refusal."""
        return self._control("POST", f"{self._tenant}/webhooks/{webhook_id}/redeliver")

    def add_seller(self, **wanted: str | None) -> dict[str, str]:
        """One more seller: `ocid`, `login`, `password`, all optional. Errors: Refusal."""
        return self._control("POST", f"{self._tenant}/sellers", wanted)  # type: ignore[no-any-return]

    def stock(
        self, mf_sku_id: str | None = None, service_region: str | None = None, *, ocid: str | None = None
    ) -> list[dict[str, Any]]:
        """A seller's stock, by default the first's, of one SKU or region or all. Errors: Refusal."""
        return [
            row
            for row in self._control("GET", f"{self._tenant}/stock{_of(ocid)}")["stock"]
            if mf_sku_id in (None, row["mf_sku_id"]) and service_region in (None, row["service_region"])
        ]

    def set_stock(
        self,
        mf_sku_id: str,
        service_region: str,
        *,
        ocid: str | None = None,
        reason: str = "adjusted",
        **quantities: int,
    ) -> None:
        """Adjust buckets to quantities, by movements. Errors: Refusal."""
        row = {"mf_sku_id": mf_sku_id, "service_region": service_region, "reason": reason, **quantities}
        self._control("PUT", f"{self._tenant}/stock{_of(ocid)}", {"stock": [row]})

    @property
    def assumptions(self) -> dict[str, str]:
        """What is taken for true, by question."""
        told = self._control("GET", f"{self._tenant}/assumptions")["assumptions"]
        return {question["name"]: question["answer"] for question in told}

    def assume(self, **answers: str) -> None:
        """Take answers for true from now on. Errors: Refusal."""
        self._control("PUT", f"{self._tenant}/assumptions", answers)

    @property
    def faults(self) -> list[dict[str, Any]]:
        """The faults as they were put, each with the `calls` it has counted and how often it has `fired`."""
        return self._control("GET", f"{self._tenant}/faults")["faults"]  # type: ignore[no-any-return]

    def put_faults(self, faults: Iterable[Mapping[str, Any]]) -> None:
        """Let calls fail from now on. Errors: Refusal."""
        self._control("PUT", f"{self._tenant}/faults", [*faults])

    def clear_faults(self) -> None:
        """Let no call fail any more."""
        self._control("DELETE", f"{self._tenant}/faults")

    def report(self, *, expected: Collection[str] = ()) -> "ToldReport":
        """What the calls so far say of the client that made them; `expected` are errors that tests provoke."""
        query = f"?{urlencode({'expected': ','.join(expected)})}" if expected else ""
        return ToldReport(self._control("GET", f"{self._tenant}/report{query}"))

    def make_trouble(self, number: str, trouble: str) -> Any:
        """Let an outbound order, or a SKU, end in trouble. Errors: Refusal."""
        return self._control("POST", f"{self._tenant}/troubles", {"order_number": number, "trouble": trouble})

    def _control(self, method: str, path: str, body: Any = None) -> Any:
        """What the control plane answers, as JSON; None where that is nothing. Errors: NoSandbox, Refusal."""
        content = b"" if body is None else json.dumps(body, default=str).encode()
        reply = self._made(method, self._below + path, content, {"content-type": "application/json"})
        if not reply.body and reply.status < 300:
            return None
        try:
            told = json.loads(reply.body)
        except ValueError:
            told = None
        if not isinstance(told, dict) or (reply.status >= 300 and "error" not in told):
            raise NoSandbox(
                f"{self.url}{path} answers HTTP {reply.status}, and not as a sandbox does: is it one, and this address "
                "its root?"
            )
        if reply.status >= 300:
            raise Refusal(told["error"])
        return told

    def _made(self, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """The reply to one call over a connection of its own, and how long it took. Errors: NoSandbox."""
        kind = http.client.HTTPSConnection if self._scheme == "https" else http.client.HTTPConnection
        connection = kind(self._netloc, timeout=TIMEOUT_S)
        asked = False
        began_s = time.monotonic()
        try:
            connection.request(method, target, body or None, dict(headers))
            asked = True
            reply = connection.getresponse()
            return _read(reply, began_s)
        except http.client.HTTPException:
            raise  # some of them are OSErrors too
        except OSError as error:
            if asked and isinstance(error, TimeoutError):  # it is there, and slow: a fault's doing
                return Reply(0, (), b"", Transport(latency_s=time.monotonic() - began_s, dropped=True))
            raise NoSandbox(
                f"no sandbox answers at {self.url} ({error}); `oc-sandbox serve` starts one and prints its address"
            ) from error
        finally:
            connection.close()


class ToldReport:
    """The report on a client as another process wrote it. `findings` have the names that they have in its JSON."""

    def __init__(self, told: dict[str, Any]) -> None:
        self._told = told
        self.passed: bool = told["passed"]
        self.findings = tuple(SimpleNamespace(**row) for row in told["findings"])

    def as_json(self) -> dict[str, Any]:
        """The report as a JSON value."""
        return self._told

    def as_text(self) -> str:
        """The report for a terminal."""
        return text_report(self._told)


def _read(reply: http.client.HTTPResponse, began_s: float) -> Reply:
    """A reply with what its client is to know of its way: when it began, how long its body took, if that broke off."""
    latency_s, promised = time.monotonic() - began_s, None
    try:
        body = reply.read()
    except http.client.IncompleteRead as broken:
        body, promised = broken.partial, len(broken.partial) + (broken.expected or 0)
    drip_s = time.monotonic() - began_s - latency_s
    return Reply(reply.status, tuple(reply.getheaders()), body, Transport(latency_s, drip_s, promised=promised))


_TOLD = ("access_token", "refresh_token", "secret_key", "base_url", "oauth_url", "mercozy_url", "mercozy_api_key")


def _happened(told: Mapping[str, str]) -> Happened:
    at = parse_iso_instant(told["at"]).astimezone(timezone.utc)
    return Happened(int(at.timestamp()), told["event"], told["key"], told["state"])


def _of(ocid: str | None) -> str:
    return f"?{urlencode({'ocid': ocid})}" if ocid else ""
