"""A client whose transport leads to a sandbox elsewhere fails as one in the same process does."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import requests
from oc_sandbox import remote
from oc_sandbox.remote import RemoteSandbox
from servers import running_server


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running_server() as (url, _):
        yield url


@pytest.fixture
def sandbox(url: str) -> Iterator[RemoteSandbox]:
    with RemoteSandbox(url) as sandbox:
        yield sandbox


def ask(sandbox: RemoteSandbox, timeout_s: float) -> Any:
    """A sample call by httpx."""
    wanted = sandbox.sample("stock_snapshot_v2")
    with httpx.Client(transport=sandbox.httpx_transport(), timeout=timeout_s) as client:
        return client.post("http://oc.invalid" + wanted.path, content=wanted.body, headers=wanted.headers)


@pytest.mark.parametrize("fault", [{"latency_s": 0.4}, {"latency_s": 0.4, "drop": "mid_body"}], ids=["slow", "broken"])
def test_a_client_that_waits_less_times_out(sandbox: RemoteSandbox, fault: dict[str, Any]) -> None:
    sandbox.put_faults([fault])
    with pytest.raises(httpx.ReadTimeout):
        ask(sandbox, 0.2)


def test_one_that_gets_a_drop_in_time_waits_for_the_rest(sandbox: RemoteSandbox) -> None:
    sandbox.put_faults([{"drip_s": 1.5}])
    assert ask(sandbox, 1).json()["code"] == 0


def test_what_takes_too_long_is_no_missing_sandbox(sandbox: RemoteSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox.put_faults([{"operation": "stock_snapshot_v2", "latency_s": 60}])
    wanted = sandbox.sample("stock_snapshot_v2")
    monkeypatch.setattr(remote, "TIMEOUT_S", 0.3)
    with httpx.Client(transport=sandbox.httpx_transport(), timeout=0.1) as client, pytest.raises(httpx.ReadTimeout):
        client.post("http://oc.invalid" + wanted.path, content=wanted.body, headers=wanted.headers)


def test_a_body_that_breaks_off_is_told_from_no_answer(sandbox: RemoteSandbox) -> None:
    wanted = sandbox.sample("stock_snapshot_v2")
    session = requests.Session()
    session.mount("http://", sandbox.requests_adapter())
    for drop, error in {
        "mid_body": requests.exceptions.ChunkedEncodingError,
        "after_effect": requests.exceptions.ConnectionError,
    }.items():
        sandbox.put_faults([{"drop": drop}])
        with pytest.raises(error):
            session.post("http://oc.invalid" + wanted.path, data=wanted.body, headers=wanted.headers)
