"""A load generator: sends prepared requests over keep-alive connections, one outstanding on each, and times them."""

import selectors
import socket
from collections.abc import Sequence
from time import perf_counter
from typing import NamedTuple


class Load(NamedTuple):
    """What was measured. Times in milliseconds; `refused` counts replies that do not contain the expected text."""

    rate: float
    p50_ms: float
    p99_ms: float
    slowest_ms: float
    refused: int


def http_request(path: str, headers: dict[str, str], body: bytes, method: str = "POST") -> bytes:
    """The bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def run(port: int, requests: Sequence[bytes], connections: int, expected: bytes = b'"code":0') -> Load:
    """Send every request once."""
    selector = selectors.DefaultSelector()
    times: list[float] = []
    waiting = iter(requests)
    refused = open_connections = 0
    started = perf_counter()
    for _ in range(min(connections, len(requests))):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(next(waiting))
        selector.register(connection, selectors.EVENT_READ, [perf_counter(), b""])
        open_connections += 1
    while open_connections:
        for key, _ in selector.select():
            connection, state = key.fileobj, key.data
            received = connection.recv(262144)
            if not received:
                raise ConnectionError("the server closed a connection")
            reply = state[1] + received if state[1] else received
            if not whole(reply):
                state[1] = reply
                continue
            now = perf_counter()
            times.append(now - state[0])
            refused += expected not in reply
            following = next(waiting, None)
            if following is None:
                selector.unregister(connection)
                connection.close()
                open_connections -= 1
                continue
            state[0], state[1] = perf_counter(), b""
            connection.sendall(following)
    elapsed = perf_counter() - started
    times.sort()
    ranked = [times[int(len(times) * share)] * 1000 for share in (0.5, 0.99)]
    return Load(len(times) / elapsed, *ranked, times[-1] * 1000, refused)


def whole(reply: bytes) -> bool:
    """Whether a reply has come in full."""
    end = reply.find(b"\r\n\r\n")
    if end < 0:
        return False
    at = reply.lower().find(b"content-length:", 0, end)
    return len(reply) >= end + 4 + int(reply[at + 15 : reply.find(b"\r\n", at)])
