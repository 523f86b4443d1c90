"""A receiver of webhooks, as an ERP would run one: an HTTP server in a thread."""

import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import orjson


class Received(NamedTuple):
    """One request."""

    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def payload(self) -> Any:
        """The body's JSON."""
        return orjson.loads(self.raw)

    @property
    def state(self) -> str:
        """The state that it tells of."""
        return str(self.payload["data"]["orderStatus"])


class Receiver(ThreadingHTTPServer):
    """Keeps what it gets. Answers with the next of `answers`, then 200; nothing leaves while `gate` is shut.

    `first` is set when it has got anything at all.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[int] = []
        self.got: list[Received] = []
        self.first = threading.Event()
        self.answered = 0
        self.gate = threading.Event()
        self.gate.set()
        self.url = f"http://127.0.0.1:{self.server_port}/oc/callback"

    @property
    def states(self) -> list[str]:
        """The states it was told of, in order."""
        return [received.state for received in self.got]


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append(Received(self.path, {k.lower(): v for k, v in self.headers.items()}, raw))
        self.server.first.set()
        status = self.server.answers.pop(0) if self.server.answers else 200
        self.server.gate.wait(60)
        self.server.answered += 1
        with contextlib.suppress(OSError):
            self.send_response(status)
            self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def running_receiver() -> Iterator[Receiver]:
    """A receiver on a free port."""
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.gate.set()
            server.shutdown()
            thread.join()
