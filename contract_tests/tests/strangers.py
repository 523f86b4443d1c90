"""Servers on the loopback that are not our sandbox: some answer, wrong here and there; some are no server at all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import orjson
from oc_sandbox import Sandbox
from oc_sandbox.call import Call

Change = Callable[[str, Any], Any]
Respond = Callable[["BaseHTTPRequestHandler", bytes], None]


@contextmanager
def listening(respond: Respond) -> Iterator[str]:
    """The URL of a server that answers as it is told."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # a reply in pieces would wait for the caller's acknowledgement: 40 ms a call

        def handle_any(self) -> None:
            respond(self, self.rfile.read(int(self.headers.get("Content-Length") or 0)))

        do_GET = do_POST = do_PUT = do_DELETE = handle_any

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def answer(
    handler: BaseHTTPRequestHandler, status: int, body: bytes, kind: str = "application/json", **more: str
) -> None:
    """A whole reply."""
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in more.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def stranger(
    change: Change = lambda path, body: body, sandbox: Sandbox | None = None, **settings: Any
) -> Iterator[tuple[str, dict[str, str]]]:
    """A server of this API without a control plane, and the environment that its caller needs."""
    sandbox = sandbox or Sandbox(**settings)
    told = sandbox.describe()

    def respond(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        path, _, query = handler.path.partition("?")
        headers = {name.lower(): value for name, value in handler.headers.items()}
        reply = sandbox.send(Call(handler.command, path, headers, body, query))
        answer(handler, reply.status, orjson.dumps(change(path, orjson.loads(reply.body))))

    environment = {
        "OC_CLIENT_KEY": told["client_key"],
        "OC_SECRET_KEY": told["secret_key"],
        "OC_ACCESS_TOKEN": told["access_token"],
        "OC_REFRESH_TOKEN": told["refresh_token"],
        "MERCOZY_API_KEY": told["mercozy_api_key"],
    }
    with listening(respond) as url:
        yield url, environment


def html(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    """A page for people."""
    answer(handler, 200, b"<!doctype html><title>Welcome</title>", "text/html")


def gateway(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    """What a proxy says whose server is down."""
    answer(handler, 502, b'{"error": "Bad Gateway"}')


def limited(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    """Too many calls."""
    answer(handler, 429, b'{"error": "slow down"}', Retry_After="30")


def cut(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    """A reply that ends in its middle."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "400")
    handler.end_headers()
    handler.wfile.write(b'{"code":0,"data":[')
    handler.close_connection = True


@contextmanager
def silent() -> Iterator[str]:
    """The URL of a server that takes calls and says nothing."""
    over = Event()
    with listening(lambda handler, body: (over.wait(30), setattr(handler, "close_connection", True))[1]) as url:
        try:
            yield url
        finally:
            over.set()
