"""A client that costs next to nothing, so that a test can have many at once: one kept-alive HTTP connection."""

import asyncio
import hashlib
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import orjson
from oc_sandbox.catalog import catalog


class Answer(NamedTuple):
    """Status and body of a reply."""

    status: int
    body: bytes

    @property
    def json(self) -> Any:
        """What the body says."""
        return orjson.loads(self.body)


class Connection:
    """One connection; a call waits for the one before."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str) -> None:
        self._reader, self._writer = reader, writer
        self.host = host

    @classmethod
    async def open(cls, url: str) -> "Connection":
        """A connection to a server such as http://127.0.0.1:8400."""
        host = urlsplit(url).netloc
        reader, writer = await asyncio.open_connection(*host.split(":"))
        return cls(reader, writer, host)

    async def call(self, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """Send a request and read its reply."""
        sent = {**headers, "host": self.host, "content-length": str(len(body))}
        lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items()), "", ""]
        self._writer.write("\r\n".join(lines).encode() + body)
        status, *told = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
        length = dict(line.split(": ", 1) for line in told if line).get("content-length", "0")
        return Answer(int(status.split()[1]), await self._reader.readexactly(int(length)))

    async def plane(self, method: str, path: str, body: Any = None) -> Any:
        """What a route of the control plane tells."""
        answer = await self.call(method, f"/_sandbox{path}", {}, b"" if body is None else orjson.dumps(body))
        assert answer.status in (200, 201), answer.body
        return answer.json

    async def close(self) -> None:
        """Hang up."""
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()


def signed(operation: str, keys: Mapping[str, str], token: str, data: Any, **query: str) -> tuple[Any, ...]:
    """Method, target, headers and body of an OrangeConnex call, as `Connection.call` takes them."""
    wanted = catalog().operations[operation]
    body = b"" if data is None else orjson.dumps(data)
    text = b"|".join((wanted.path.encode(), body, keys["client_key"].encode(), keys["secret_key"].encode()))
    headers = {
        "clientKey": keys["client_key"],
        "vAuthorization": hashlib.md5(text, usedforsecurity=False).hexdigest(),
        "Access-Token": f"Bearer {token}",
        "Content-Type": "application/json",
    }
    return wanted.method, wanted.path + (f"?{urlencode(query)}" if query else ""), headers, body
