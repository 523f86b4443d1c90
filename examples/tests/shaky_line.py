"""A line to the sandbox that fails where it is told to."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

TOKEN_ABOUT_TO_EXPIRE = b'"expires_in":30'


@dataclass
class Line:
    """Where it listens, and what is still to go wrong: by path, the failures of the next calls, in order.

    A failure is `busy` (HTTP 503, and the sandbox hears nothing of it), `lost` (carried out, and the connection is
    dropped before the reply), `cut` (carried out, and half of the reply arrives), or `fine`.
    """

    url: str
    failures: dict[str, list[str]] = field(default_factory=dict)
    tokens_expire_at_once: bool = False


@contextmanager
def shaky_line(sandbox_url: str) -> Iterator[Line]:
    """A proxy in front of the sandbox, on a port of its own."""

    class Handler(_Handler):
        target = urlsplit(sandbox_url).netloc

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        line = Handler.line = Line(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield line
        server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    target: str
    line: Line

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        planned = self.line.failures.get(urlsplit(self.path).path)
        failure = planned.pop(0) if planned else "fine"
        self.close_connection = True
        if failure == "busy":
            self.reply(503, "text/html", b"<html>Service Unavailable</html>")
            return
        status, kind, reply = self.forward(body)
        if self.line.tokens_expire_at_once:
            reply = reply.replace(b'"expires_in":3600', TOKEN_ABOUT_TO_EXPIRE)
        if failure != "lost":
            self.reply(status, kind, reply[: len(reply) // 2] if failure == "cut" else reply)

    def forward(self, body: bytes) -> tuple[int, str, bytes]:
        with closing(http.client.HTTPConnection(self.target)) as connection:
            connection.request(self.command, self.path, body, dict(self.headers.items()))
            answer = connection.getresponse()
            return answer.status, answer.headers.get("content-type", ""), answer.read()

    def reply(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        # Said aloud: Mono keeps an HTTP/1.0 connection for the next call, and finds it closed.
        self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: what went over the line stands in the journal."""
