"""Each example client against a running sandbox, judged by the journal and by the sandbox's own books."""

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import httpx
import programs
import pytest
from servers import running_server
from shaky_line import shaky_line

SKU, SHORT_SKU = "OC0000250380015", "OC0000250276174"
PLACING, CANCELLING = "/openapi/3pp/outbound/v1/creation", "/openapi/3pp/outbound/v1/cancel"
SNAPSHOT, MOVEMENTS = "/openapi/3pp/inventory/v2/snapshot", "/openapi/3pp/inventory/v1/movement"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running_server() as (url, _):
        yield url


@pytest.fixture(scope="module", params=programs.COMMANDS, ids=lambda name: name.replace("#", "Sharp"))
def program(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> programs.Program:
    """The example in each language that this machine has the tools for."""
    if lack := programs.missing(request.param):
        pytest.skip(lack)
    return programs.built(request.param, tmp_path_factory.mktemp(request.param) / "examples")


@dataclass
class Tenant:
    """One integrator's sandbox, as its control plane shows it."""

    control: httpx.Client
    view: dict[str, Any]

    def environment(self, **more: str) -> dict[str, str]:
        keys = ("client_key", "secret_key", "base_url", "oauth_url", "refresh_token")
        return {f"OC_{key.upper()}": self.view[key] for key in keys} | more

    def calls(self, operation: str = "") -> list[dict[str, Any]]:
        found = self.control.get("journal", params={"operation": operation} if operation else {}).json()["calls"]
        assert all(call["operation"] for call in found)
        return list(found)

    def asked(self, operation: str) -> list[Any]:
        return [call["request"]["body"]["data"] for call in self.calls(operation)]

    def told(self, operation: str) -> list[Any]:
        return [call["reply"]["body"].get("data") for call in self.calls(operation)]

    def orders(self) -> int:
        """How many there are that the demo world did not have, less those cancelled: each holds one piece."""
        rows = self.control.get("stock").json()["stock"]
        return 1000 - sum(row["available"] for row in rows if (row["mf_sku_id"], row["service_region"]) == (SKU, "UK"))


@pytest.fixture
def tenant_of(url: str) -> Iterator[Any]:
    with ExitStack() as clients:

        def tenant_of(**settings: Any) -> Tenant:
            view = httpx.post(f"{url}/_sandbox/tenants", json=settings).json()
            control = clients.enter_context(httpx.Client(base_url=f"{url}/_sandbox/tenants/{view['client_key']}/"))
            return Tenant(control, view)

        yield tenant_of


def test_the_command_on_the_page_places_two_orders_and_cancels_one(program: programs.Program, tenant_of: Any) -> None:
    tenant = tenant_of(signing="production")
    done = program.run(tenant.environment())
    assert (done.returncode, done.stderr) == (0, "")
    assert shape(done.stdout) == ["services", "placed", "placed", "cancelled", "stock", "movements"]
    assert tenant.orders() == 1
    assert {call["outcome"] for call in tenant.calls()} == {"ok"}
    assert len(tenant.calls("oauth_refresh_access_token")) == 1


def test_many_orders_go_in_batches_and_each_that_fails_is_named(program: programs.Program, tenant_of: Any) -> None:
    tenant = tenant_of(signing="production")
    done = program.run(tenant.environment(OC_PAGE_SIZE="7"), [SKU] * 30 + [SHORT_SKU] + [SKU] * 22)
    assert shape(done.stdout).count("placed") == 52
    (refused,) = [line for line in done.stdout.splitlines() if line.startswith("refused")]
    assert re.fullmatch(rf"refused DEMO-\d+-31 400448 商品:{SHORT_SKU} 库存不足", refused)
    assert (done.returncode, done.stderr) == (1, "")
    assert [len(orders) for orders in tenant.asked("place_outbound_order")] == [50, 3]
    assert tenant.orders() == 51


def test_all_pages_and_all_of_30_days_are_read(program: programs.Program, tenant_of: Any) -> None:
    tenant = tenant_of()
    lines = program.run(tenant.environment(OC_PAGE_SIZE="7")).stdout.splitlines()

    assert [page["pageNumber"] for page in tenant.asked("stock_snapshot_v2")] == [1, 2, 3]
    rows = [row for page in tenant.told("stock_snapshot_v2") for row in page["SKUList"]]
    assert lines[-2] == f"stock {len(rows)} rows"

    asked = tenant.asked("get_stock_movement")
    assert {each["mfSkuId"] for each in asked[0]["mfSkuList"]} == {row["MFSKUID"] for row in rows}
    spans = [(instant(each["startTime"]), instant(each["endTime"])) for each in asked]
    assert all(end - start < timedelta(days=7) for start, end in spans)
    assert all(later[0] - earlier[1] == timedelta(seconds=1) for earlier, later in pairwise(spans))
    assert spans[-1][1] - spans[0][0] == timedelta(days=30)
    told = [line for reply in tenant.told("get_stock_movement") for line in movements(reply)]
    assert lines[-1] == f"movements {len(told)} in 30 days"
    assert told


def test_a_token_that_is_refused_is_renewed_once(program: programs.Program, tenant_of: Any) -> None:
    tenant = tenant_of()
    tenant.control.put("clock", json={"advance_seconds": 7200})
    done = program.run(tenant.environment(OC_ACCESS_TOKEN=tenant.view["access_token"]))
    assert (done.returncode, done.stderr) == (0, "")
    assert [call["errors"] for call in tenant.calls() if call["outcome"] != "ok"] == [["token_expired"]]
    assert len(tenant.calls("oauth_refresh_access_token")) == 1


def test_a_client_copes_with_other_answers_to_what_nobody_knows(
    program: programs.Program, tenant_of: Any, url: str
) -> None:
    others = {"batch_outcome": "atomic", "success_key": "as_text", "seven_day_edge": "outside", "signing": "stage"}
    tenant = tenant_of(assumptions=others | {"refused_token": "http_401", "refresh_rotation": "new"})
    tenant.control.put("clock", json={"advance_seconds": 7200})
    with shaky_line(url) as line:
        line.tokens_expire_at_once = True  # so that each refresh token is used, and dead after that
        told = {"OC_OAUTH_URL": line.url, "OC_ACCESS_TOKEN": tenant.view["access_token"], "OC_SIGNING": "stage"}
        done = program.run(tenant.environment(**told), [SKU, SHORT_SKU, SKU])
    assert sorted(shape(done.stdout)) == ["cancelled", "movements", "placed", "placed", "refused", "services", "stock"]
    assert (done.returncode, done.stderr, tenant.orders()) == (1, "", 1)
    refused = [call["errors"] for call in tenant.calls() if call["outcome"] != "ok"]
    assert refused == [["token_expired"], ["stock_short"]]
    assert len(tenant.calls("oauth_refresh_access_token")) > 3


def test_an_order_whose_reply_is_lost_or_cut_is_not_placed_twice(
    program: programs.Program, tenant_of: Any, url: str
) -> None:
    tenant = tenant_of(assumptions={"repeated_reference": "new_order"})  # so that the client alone prevents doubles
    with shaky_line(url) as line:
        line.tokens_expire_at_once = True
        line.failures = {
            PLACING: ["lost", "fine", "cut"],
            CANCELLING: ["lost"],
            SNAPSHOT: ["busy"],
            MOVEMENTS: ["lost", "fine", "cut"],
        }
        there = {key: tenant.view[key].replace(url, line.url) for key in ("base_url", "oauth_url")}
        keys = {"OC_BASE_URL": there["base_url"], "OC_OAUTH_URL": there["oauth_url"]}
        done = program.run(tenant.environment(**keys), [SKU] * 102)
    assert (done.returncode, done.stderr) == (0, "")
    assert not any(line.failures.values())
    assert shape(done.stdout).count("placed") == 102
    assert tenant.orders() == 101
    assert {call["outcome"] for call in tenant.calls()} == {"ok"}  # so no token was used beyond its time, either
    assert len(tenant.calls("oauth_refresh_access_token")) > 3
    assert len(tenant.calls("place_outbound_order")) == 3


def test_orders_that_were_never_heard_of_are_placed_again_after_a_look(
    program: programs.Program, tenant_of: Any, url: str
) -> None:
    tenant = tenant_of()
    with shaky_line(url) as line:
        line.failures = {PLACING: ["busy"]}
        done = program.run(tenant.environment(OC_BASE_URL=tenant.view["base_url"].replace(url, line.url)))
    writes = ("place_outbound_order", "outbound_order_query_v2", "outbound_order_cancellation")
    told = [call["operation"] for call in tenant.calls() if call["operation"] in writes]
    assert told == ["outbound_order_query_v2", "place_outbound_order", "outbound_order_cancellation"]
    assert (done.returncode, tenant.orders()) == (0, 1)


def test_a_refusal_is_not_tried_again_but_told(program: programs.Program, tenant_of: Any) -> None:
    tenant = tenant_of()
    done = program.run(tenant.environment(OC_SECRET_KEY="00000000-0000-0000-0000-000000000000"))
    assert done.returncode not in (0, -9)
    assert "vAuthorization invalid" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    # The vendor's words for a refused token are not known, so another one is tried, once.
    assert len(tenant.calls("get_service_list")) <= 2


def test_the_keys_are_taken_as_the_page_says(url: str) -> None:
    (block,) = re.findall(r"^## Run one$[\s\S]*?```sh\n([\s\S]*?)```", programs.PAGE, re.MULTILINE)
    if lack := programs.missing("Shell"):
        pytest.skip(lack)
    command = block.replace("http://127.0.0.1:8400", url) + programs.COMMANDS["httpx"][-1]
    done = programs.shell(command, programs.EXAMPLES, {"PATH": programs.PATH, "PYTHONDONTWRITEBYTECODE": "1"})
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("language", [each for each in programs.COMMANDS if programs.own_tests(each)])
def test_an_examples_own_tests_pass(language: str) -> None:
    if lack := programs.missing(language):
        pytest.skip(lack)
    command = programs.own_tests(language)
    assert command
    done = programs.shell(command, programs.EXAMPLES, os.environ | {"PATH": programs.PATH})
    assert done.returncode == 0, done.stdout


def test_every_example_has_its_commands_on_the_page() -> None:
    folders = {each.name for each in programs.EXAMPLES.iterdir() if each.is_dir() and each.name[0] not in "._"}
    folders -= {"tests", "integrator-repo"}  # the latter is a repository with tests of its own
    named = {word.split("/")[0] for lines in programs.COMMANDS.values() for word in lines[-1].split() if "/" in word}
    assert named == folders


def shape(output: str) -> list[str]:
    """The first word of each line."""
    return [line.split()[0] for line in output.splitlines()]


def instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z")


def movements(reply: list[Any]) -> Iterator[Any]:
    for sku in reply:
        for region in sku["serviceRegionList"]:
            for bucket in region["inventoryList"]:
                yield from bucket["movementList"]
