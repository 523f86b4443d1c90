"""`pytest --pyargs oc_contract.suite`, as somebody would run it who has only installed the package."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from oc_contract.cases import cases_of
from oc_contract.reports.counts import STILL_THERE
from oc_sandbox import Sandbox
from oc_sandbox.catalog import catalog
from servers import running_server
from strangers import html, listening, stranger


def suite(folder: Path, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    told = {name: value for name, value in os.environ.items() if not name.startswith(("OC_", "PYTEST_"))}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--pyargs", "oc_contract.suite", *words]
    return subprocess.run(command, cwd=folder, env={**told, **environment}, capture_output=True, text=True, check=False)


def test_the_fake_passes_the_suite_in_any_order(tmp_path: Path) -> None:
    done = suite(tmp_path, OC_OPERATIONS="get_stock_movement, cancel_vas_order")
    count = sum(len(list(cases_of(catalog().operations[name]))) for name in ("get_stock_movement", "cancel_vas_order"))
    together = 4  # random requests of each, two checks
    assert f"{count + together} passed" in done.stdout
    assert done.returncode == 0


def test_the_suite_runs_against_a_sandbox_at_a_url(tmp_path: Path) -> None:
    with running_server() as (url, _):
        done = suite(tmp_path, OC_TARGET=url, OC_OPERATIONS="get_service_list")
    assert (done.returncode, "5 passed" in done.stdout) == (0, True)


def test_the_suite_ends_with_3_where_there_is_nothing_to_check(tmp_path: Path) -> None:
    keys = {"OC_CLIENT_KEY": "a", "OC_SECRET_KEY": "b", "OC_ACCESS_TOKEN": "c"}
    with listening(html) as url:
        done = suite(tmp_path, OC_TARGET=url, OC_OPERATIONS="get_service_list", **keys)
    assert (done.returncode, "no server of this API" in done.stdout + done.stderr) == (3, True)
    refused = suite(tmp_path, OC_TARGET="https://openapi-de.example.com", **keys)
    assert (refused.returncode, "counts as a production host" in refused.stdout + refused.stderr) == (3, True)


def test_the_suite_cancels_the_orders_that_it_placed_at_a_server_that_is_not_ours(tmp_path: Path) -> None:
    sandbox = Sandbox()
    with stranger(sandbox=sandbox) as (url, environment):
        done = suite(tmp_path, OC_TARGET=url, OC_PROFILE="smoke", OC_OPERATIONS="place_outbound_order", **environment)
    calls = [entry.operation for entry in sandbox.journal.since() if entry.outcome != "refused"]
    assert done.returncode == 0
    assert calls.count("outbound_order_cancellation") == calls.count("place_outbound_order") > 0


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "with workers"])
def test_the_suite_tells_what_stayed_at_a_server_that_is_not_ours(workers: list[str], tmp_path: Path) -> None:
    sandbox = Sandbox()
    chosen = "place_outbound_order, place_inbound_order"

    def refusing(path: str, body: Any) -> Any:
        cancels = path == catalog().operations["outbound_order_cancellation"].path
        return {**body, "code": 1, "success": False} if cancels else body

    with stranger(refusing, sandbox) as (url, environment):
        done = suite(tmp_path, *workers, OC_TARGET=url, OC_PROFILE="smoke", OC_OPERATIONS=chosen, **environment)
    taken = Counter(entry.operation for entry in sandbox.journal.since() if entry.outcome != "refused")
    told = done.stdout.partition(STILL_THERE)[2]
    for name in ("place_outbound_order", "place_inbound_order"):
        assert re.search(rf"^ +{taken[name]}  by {name}$", told, re.MULTILINE)


def test_the_suite_says_nothing_where_nothing_stayed(tmp_path: Path) -> None:
    with stranger() as (url, environment):
        done = suite(tmp_path, OC_TARGET=url, OC_PROFILE="smoke", OC_OPERATIONS="get_service_list", **environment)
    assert (done.returncode, STILL_THERE in done.stdout) == (0, False)
