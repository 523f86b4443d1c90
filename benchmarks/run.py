"""The whole benchmark in one run. Prints a table of figures beside their targets."""

import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from time import perf_counter
from typing import Any
from urllib.request import Request, urlopen

import growth
import httpx
import orjson
from load import Load, http_request, run
from oc_sandbox import Sandbox
from oc_sandbox.catalog import catalog
from oc_sandbox.tenancy import DEFAULT_CLIENT_KEY, Tenants
from processes import BARE, SANDBOX, Server, server

CREATION = "/openapi/3pp/outbound/v1/creation"
MOVEMENT = "/openapi/3pp/inventory/v1/movement"
PLENTY = 100_000_000
ROUNDS = 10


def main() -> None:
    """Measure everything, printing as it goes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the calls, for a first look")
    calls = 10_000 if parser.parse_args().quick else 100_000
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, {calls:,} calls\n")
    print(f"{'what':58} {'measured':>24}   target")
    start_up(10 if calls > 10_000 else 4)
    throughput(calls)
    in_process()
    growing()
    pytest_tax(15 if calls > 10_000 else 5)


def row(what: str, measured: str, target: str = "") -> None:
    """One line of the table."""
    print(f"{what:58} {measured:>24}   {target}", flush=True)


def start_up(times: int) -> None:
    """From the start of the process to the first valid answer."""
    answers = []
    for _ in range(times):
        with server(SANDBOX, "/_sandbox/health") as running:
            answers.append(running.first_answer_s or 0)
    row(
        "oc-sandbox serve to first answer, median (best)",
        f"{statistics.median(answers):.3f} s ({min(answers):.3f})",
        "0.25 s",
    )


def throughput(calls: int) -> None:
    """Signed, validated, stateful POSTs against bare Starlette; latency, growth, memory."""
    batch = calls // 4
    with server(BARE) as bare, server(SANDBOX) as sandbox:
        put_stock(sandbox)
        orders = Orders(get(f"{sandbox.url}/_sandbox/tenants/{DEFAULT_CLIENT_KEY}"))
        for target in (bare, sandbox):
            load(target, orders.fresh(2000), 16)
        row("memory idle, after 2,000 warming calls", f"{sandbox.memory_mb():.0f} MB", "60 MB")
        for connections in (1, 16):
            plural = "s" * (connections > 1)
            compare(
                f"POST place order, {connections} connection{plural}", bare, sandbox, orders.fresh(batch), connections
            )
        before, growth = sandbox.memory_mb(), orders.fresh(calls)
        load(sandbox, growth, 16)
        per_order = (sandbox.memory_mb() - before) * 1e6 / calls
        row(f"memory per stored order, over {calls:,}", f"{per_order:,.0f} bytes", "1,500 bytes")
        compare(f"the same with {calls:,} more orders in the world", bare, sandbox, orders.fresh(batch), 16)
    with server(SANDBOX) as sandbox:
        keys = get(f"{sandbox.url}/_sandbox/tenants/{DEFAULT_CLIENT_KEY}")
        load(sandbox, [movement_query(keys)] * calls, 16)
        row(f"memory after {calls:,} calls that store nothing", f"{sandbox.memory_mb():.0f} MB", "100 MB")


def compare(what: str, bare: Server, sandbox: Server, requests: list[bytes], connections: int) -> None:
    """The same requests to the peer and to the sandbox, in short rounds by turns, because a machine drifts."""
    size = len(requests) // ROUNDS
    rounds = []
    for first in range(0, size * ROUNDS, size):
        part = requests[first : first + size]
        rounds.append((load(bare, part, connections), load(sandbox, part, connections)))
    refused = sum(ours.refused for _, ours in rounds)
    if refused:
        raise RuntimeError(f"{refused} calls were refused; the figure would mean nothing")
    ratios = sorted(ours.rate / peer.rate for peer, ours in rounds)
    peer_rate = statistics.median(peer.rate for peer, _ in rounds)
    rate = statistics.median(ours.rate for _, ours in rounds)
    row(what, f"{rate:,.0f}/s, {statistics.median(ratios):.2f} of bare", f"0.50 of bare Starlette ({peer_rate:,.0f}/s)")
    row("    the ratio from round to round", f"{ratios[0]:.2f} to {ratios[-1]:.2f}")
    middle, late = (statistics.median(getattr(ours, name) for _, ours in rounds) for name in ("p50_ms", "p99_ms"))
    row(
        "    p50, p99, slowest", f"{middle:.2f}, {late:.2f}, {max(o.slowest_ms for _, o in rounds):.1f} ms", "p99 10 ms"
    )


def load(target: Server, requests: list[bytes], connections: int) -> Load:
    """A load from a process of its own."""
    with ProcessPoolExecutor(1) as pool:
        return pool.submit(run, target.port, requests, connections).result()


def get(url: str) -> dict[str, Any]:
    """A JSON answer of the control plane."""
    with urlopen(url, timeout=30) as reply:
        answer: dict[str, Any] = json.load(reply)
        return answer


def put_stock(sandbox: Server) -> None:
    """More stock than any run can use."""
    body = orjson.dumps([{"mf_sku_id": "OC0000250380015", "service_region": "UK", "available": PLENTY}])
    url = f"{sandbox.url}/_sandbox/tenants/{DEFAULT_CLIENT_KEY}/stock"
    urlopen(Request(url, body, {"Content-Type": "application/json"}, method="PUT"), timeout=30).close()


def signed(keys: dict[str, Any], path: str, body: bytes) -> bytes:
    """A signed POST, as a production client sends it."""
    text = b"%b|%b|%b|%b" % (path.encode(), body, keys["client_key"].encode(), keys["secret_key"].encode())
    headers = {
        "Content-Type": "application/json",
        "clientKey": keys["client_key"],
        "vAuthorization": hashlib.md5(text).hexdigest(),
        "Access-Token": f"Bearer {keys['access_token']}",
        "TimeStamp": "1788000000000",
        "Cookie": "JSESSIONID=0123456789ABCDEF",
    }
    return http_request(path, headers, body)


class Orders:
    """The documented order, each time under another reference."""

    def __init__(self, keys: dict[str, Any]) -> None:
        fixture = catalog().operations["place_outbound_order"].fixture
        sample = fixture["exchanges"]["documented_request"]["request"]["body"]
        self._keys = keys
        self._body = orjson.dumps(sample)
        self._reference = sample["data"][0]["referenceNumber"].encode()
        self._made = 0

    def fresh(self, count: int) -> list[bytes]:
        """So many signed requests that no call gave before."""
        first, self._made = self._made, self._made + count
        bodies = (self._body.replace(self._reference, b"REF-%010d" % serial) for serial in range(first, self._made))
        return [signed(self._keys, CREATION, body) for body in bodies]


def movement_query(keys: dict[str, Any]) -> bytes:
    """A query that stores nothing."""
    body = orjson.dumps({"data": {"mfSkuList": [{"mfSkuId": "OC0000012220012"}]}, "messageId": "1", "timestamp": 0})
    return signed(keys, MOVEMENT, body)


def in_process() -> None:
    """Fresh tenants, and calls through an HTTP client without a socket."""
    tenants = Tenants()
    tenants.create()
    started = perf_counter()
    for _ in range(2000):
        tenants.create()
    row("fresh tenant, demo world", f"{(perf_counter() - started) / 2000 * 1e6:.0f} µs", "100 µs")
    sandbox = Sandbox()
    client = httpx.Client(transport=sandbox.httpx_transport(), base_url="http://localhost")
    wanted = sandbox.sample("get_stock_movement")
    client.post(wanted.path, content=wanted.body, headers=wanted.headers).raise_for_status()
    started = perf_counter()
    for _ in range(2000):
        client.post(wanted.path, content=wanted.body, headers=wanted.headers)
    row("one call in process through httpx", f"{(perf_counter() - started) / 2000 * 1e6:.0f} µs", "250 µs")


def growing() -> None:
    """What a call costs in a small world and in a large one, and what a stored movement weighs."""
    grown, per_movement = growth.measured()
    for each in grown:
        row(each.what, f"{each.small_us:,.0f}, {each.large_us:,.0f} µs: {each.ratio:.2f}x", "1.5x")
    row("memory per stored movement, over 990,000", f"{per_movement:,.0f} bytes", "300 bytes")


def pytest_tax(times: int) -> None:
    """What loading the plugin takes in a run of pytest that does not use it, with what it loads when tests begin.

    Whole runs of pytest differ by a hundred times as much from one to the next, so the import itself is timed.
    """
    timed = (
        "import pytest, time; started = time.perf_counter(); "
        "import oc_sandbox.pytest_plugin; from oc_sandbox.testing import current, guard; "
        "print(time.perf_counter() - started)"
    )
    taken = [
        float(subprocess.run([sys.executable, "-c", timed], check=True, capture_output=True).stdout)
        for _ in range(times)
    ]
    row("pytest start-up added where unused, median", f"{statistics.median(taken) * 1000:.1f} ms", "10 ms")


if __name__ == "__main__":
    main()
