"""The sandbox that a challenge plays in: a server of its own, or one that runs; and a fresh tenant for each run."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ..stages import Refusal
from ..targets import Http, Keys, Request, Unreachable

_SERVE = """
import os, sys, threading
from oc_sandbox.cli import main
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
sys.exit(main())
"""
"""Its input ends when the process ends that has started it, however that happens; and it with it."""
_NO_KEYS = Keys("", "", "")
Wire = dict[str, Any]


class Tenant:
    """A fresh tenant of the sandbox at a URL, seen through the control plane. One thread uses it at a time."""

    def __init__(self, root_url: str, **settings: Any) -> None:
        self._http = Http(root_url, _NO_KEYS)
        self.told: Wire = self._ask("POST", "/_sandbox/tenants", settings)
        self._own = f"/_sandbox/tenants/{self.told['client_key']}"

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The control plane's answer about this tenant; None where it has none. Errors: Unreachable, Refusal."""
        return self._ask(method, f"{self._own}{path}", body)

    def close(self) -> None:
        """Remove the tenant."""
        try:
            self._ask("DELETE", self._own)
        finally:
            self._http.close()

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        data = b"" if body is None else json.dumps(body).encode()
        path, _, query = path.partition("?")
        answer = self._http.send(Request("", method, path, query, {"Content-Type": "application/json"}, data))
        try:
            told = json.loads(answer.body) if answer.body else None
        except ValueError as error:
            raise Unreachable(f"what answers at {self._http.root_url} is no sandbox") from error
        if answer.status >= 400:
            words = told.get("error") if isinstance(told, dict) else answer.body[:200].decode("utf-8", "replace")
            raise Refusal(f"{self._http.root_url}{path}: HTTP {answer.status}, {words}")
        return told


@contextmanager
def sandbox_at(target: str | None) -> Iterator[str]:
    """The root URL of the sandbox; without a target one is started on a free port, and stopped in the end.

    Errors: Unreachable.
    """
    if target is not None:
        yield target.rstrip("/")
        return
    command = [sys.executable, "-c", _SERVE, "serve", "--port", "0"]
    # In a session of its own: Ctrl+C, and `timeout`, reach a whole group, and the sandbox must outlive what it tells.
    with subprocess.Popen(  # noqa: S603 - our own command
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as server:
        assert server.stdout is not None  # noqa: S101 - it is a pipe
        try:
            yield _announced(line for line in server.stdout)
        finally:
            server.terminate()


def _announced(lines: Iterator[str]) -> str:
    for line in lines:
        if line.startswith("OC_SANDBOX_URL="):
            return line.strip().partition("=")[2]
    raise Unreachable("the sandbox did not start; `oc-sandbox serve` says why")


def environment_of(told: Mapping[str, Any], best_sku: str) -> dict[str, str]:
    """What a client's command finds in its environment; docs/challenge.md lists the names."""
    return {
        "OC_BASE_URL": told["base_url"],
        "OC_OAUTH_URL": told["oauth_url"],
        "OC_CLIENT_KEY": told["client_key"],
        "OC_SECRET_KEY": told["secret_key"],
        "OC_ACCESS_TOKEN": told["access_token"],
        "OC_REFRESH_TOKEN": told["refresh_token"],
        "OC_SKU_ID": best_sku,
        "MERCOZY_BASE_URL": told["mercozy_url"],
        "MERCOZY_API_KEY": told["mercozy_api_key"],
    }
