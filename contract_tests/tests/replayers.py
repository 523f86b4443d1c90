"""A server that gives replies which somebody has kept or a vendor has printed, word for word, and knows nothing else.

The corpus in fixtures/recordings/ was recorded from it: run this module to record what is missing there.
"""

import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import orjson
from oc_contract.recording.files import Recording, recordings
from oc_contract.recording.proxy import Recorder, Rules
from oc_contract.targets import InProcess
from oc_sandbox import paths
from oc_sandbox.catalog import catalog
from oc_sandbox.contract import Operation
from oc_sandbox.samples import call_of, sample
from strangers import answer, listening

CORPUS = paths.FIXTURES / "recordings"
KEPT = (
    ("get_service_list", "ok"),
    ("place_outbound_order", "documented_request"),
    ("place_outbound_order", "two_orders"),
    ("get_stock_movement", "bad_start_format"),
    ("inbound_order_detail_query", "unknown_number"),
    ("cost_estimation_response", "client_key_missing"),
    ("list_products", "bad_key"),
)
"""Exchanges whose reply is somebody else's in every key."""


def reply_of(operation: Operation, name: str) -> tuple[int, bytes]:
    """Status and body of an exchange's reply, word for word."""
    exchange = operation.fixture["exchanges"][name]
    body: Any = exchange["response"]
    if isinstance(body, dict) and body.get("data") == "@data":
        body = {**body, "data": operation.fixture["data"]}
    return exchange["status"], orjson.dumps(body)


def record_corpus(folder: Path) -> list[Recorder]:
    """Record the exchanges of KEPT into a folder; each has a recorder, whose source says where the reply is from."""
    recorders = []
    replies: list[tuple[int, bytes]] = []

    def respond(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        answer(handler, *replies.pop())

    target = InProcess()
    with listening(respond) as url:
        for name, exchange in KEPT:
            operation = catalog().operations[name]
            source = f"{operation.fixture['exchanges'][exchange]['source']}; as served by the test's replayer"
            recorder = Recorder(url, folder, Rules(writes=True), source=source)
            wanted = call_of(operation, sample(operation, target.sandbox.tenant, exchange))
            replies.append(reply_of(operation, exchange))
            recorder.handle(wanted.method, wanted.path, wanted.query, tuple(wanted.headers.items()), wanted.body)
            recorders.append(recorder)
    return recorders


def corpus() -> Iterator[Recording]:
    """What the repository has."""
    yield from recordings(CORPUS)


if __name__ == "__main__":
    stored = sum(recorder.counts.stored for recorder in record_corpus(CORPUS))
    sys.stdout.write(f"{stored} new in {CORPUS}\n")
