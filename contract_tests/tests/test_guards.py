"""How much is asked of a server, how fast, and whether it is written to; and which servers are asked at all."""

import pytest
from oc_contract.guards import BUSY_IN_A_ROW, Guarded, Spent
from oc_contract.parts import CASES, Job
from oc_contract.plans import run_part
from oc_contract.scenes import Scene, Unfit
from oc_contract.stages import Refusal, check_host, is_loopback, is_production, keys_from
from oc_contract.targets import Answer, InProcess, Keys, Request, Unreachable
from oc_contract.worlds import CALLS_PER_SECOND, MOST_REQUESTS, Server, Wishes, place
from oc_sandbox.catalog import catalog

READ = Request("get_service_list", "GET", "/", "", {}, b"")
WRITE = Request("place_outbound_order", "POST", "/", "", {}, b"")
STAGE = "https://openapi-stage-cn.example.com"
KEYS = {"OC_CLIENT_KEY": "a", "OC_SECRET_KEY": "b", "OC_ACCESS_TOKEN": "c"}


class Canned:
    """A target that gives the same answer to every call, and keeps the calls."""

    root_url = "http://127.0.0.1:1"

    def __init__(self, status: int = 200, body: bytes = b"{}") -> None:
        self.keys = Keys("", "", "")
        self.calls: list[Request] = []
        self.answer = Answer(status, (), body, 0.0)
        self.waited = 0.0

    def send(self, request: Request) -> Answer:
        self.calls.append(request)
        return self.answer

    def wait(self, seconds: float) -> bool:
        self.waited += seconds
        return True


def test_calls_beyond_the_budget_are_not_made() -> None:
    target = Canned()
    guarded = Guarded(target, writes=True, moves_time=True, most=2)
    guarded.send(READ)
    guarded.send(READ)
    with pytest.raises(Spent, match="2 requests"):
        guarded.send(READ)
    assert len(target.calls) == guarded.requests == 2


def test_calls_keep_their_pace() -> None:
    now, slept = [100.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    guarded = Guarded(Canned(), writes=True, moves_time=True, per_second=4, clock=lambda: now[0], sleep=sleep)
    for _ in range(3):
        guarded.send(READ)
    now[0] += 10
    guarded.send(READ)
    assert slept == [0.25, 0.25]


def test_what_writes_is_not_sent_where_nothing_may_be_written() -> None:
    target = Canned()
    guarded = Guarded(target, writes=False, moves_time=False)
    with pytest.raises(Unfit, match="--allow-writes"):
        guarded.send(WRITE)
    guarded.send(READ)
    assert target.calls == [READ]
    assert not guarded.wait(60)
    assert target.waited == 0


def test_every_operation_can_be_tried_without_a_write_or_says_why_not() -> None:
    target = InProcess()
    scene = Scene(Guarded(target, writes=False, moves_time=False))
    reads = tuple(each for each in catalog().operations.values() if not each.writes and each.api.name == "orangeconnex")
    job = Job(tuple(each for each in reads if each.group not in ("files", "oauth")), lambda: scene, False, 1, "smoke")
    findings = list(run_part(CASES, job))
    assert {finding.outcome for finding in findings} == {"passed", "untried"}
    assert all("--allow-writes" in finding.problem for finding in findings if finding.outcome == "untried")
    operations = catalog().operations
    assert not any(operations[request.operation].writes for request, _ in scene.calls)


@pytest.mark.parametrize(("status", "calls"), [(429, 1), (503, BUSY_IN_A_ROW)])
def test_a_server_that_is_too_busy_ends_the_run(status: int, calls: int) -> None:
    target = Canned(status)
    guarded = Guarded(target, writes=True, moves_time=True)
    for _ in range(calls - 1):
        guarded.send(READ)
    with pytest.raises(Unreachable, match=str(status)):
        guarded.send(READ)


def test_a_sandbox_that_breaks_down_at_its_first_call_is_still_one() -> None:
    target = Canned(500, b"Internal Server Error")
    assert Guarded(target, writes=True, moves_time=True, known=True).send(READ).status == 500


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"code":0,"da'])
def test_a_server_that_never_answered_in_json_is_none_of_this_api(body: bytes) -> None:
    with pytest.raises(Unreachable, match="no server of this API"):
        Guarded(Canned(body=body), writes=True, moves_time=True).send(READ)


def test_once_understood_a_reply_that_is_no_json_is_for_the_judge() -> None:
    target = Canned()
    guarded = Guarded(target, writes=True, moves_time=True)
    guarded.send(READ)
    target.answer = Answer(200, (), b"<html>", 0.0)
    assert guarded.send(READ).body == b"<html>"


@pytest.mark.parametrize(
    ("host", "production"),
    [
        ("127.0.0.1", False),
        ("127.8.8.8", False),
        ("::1", False),
        ("localhost", False),
        ("localhost.example.com", True),
        ("openapi-stage-cn.example.com", False),
        ("openapi.uat.example.com", False),
        ("openapi-de.example.com", True),
        ("openapi-pr-cn.example.com", True),
        ("latest.example.com", True),
        ("backstage.example.com", True),
        ("10.0.0.1", True),
        ("OPENAPI-STAGE-CN.EXAMPLE.COM", False),
    ],
)
def test_a_host_counts_as_production_unless_it_says_that_it_is_none(host: str, production: bool) -> None:
    assert is_production(host) is production
    assert is_loopback(host) is (host in ("127.0.0.1", "127.8.8.8", "::1", "localhost"))


@pytest.mark.parametrize(
    ("switch", "variable", "goes"),
    [
        ("", "", False),
        ("a.example", "", False),
        ("", "a.example", False),
        ("b.example", "b.example", False),
        ("a.example", "b.example", False),
        ("a.example", "A.example", True),
    ],
)
def test_production_is_called_only_where_both_switches_name_it(switch: str, variable: str, goes: bool) -> None:
    environment = {"OC_PRODUCTION_HOST": variable}
    if goes:
        check_host("a.example", switch, environment)
    else:
        with pytest.raises(Refusal, match="production"):
            check_host("a.example", switch, environment)


def test_credentials_come_from_the_environment() -> None:
    told = {**KEYS, "OC_SIGNING": "stage", "MERCOZY_API_KEY": "d"}
    assert keys_from(told, needs=frozenset({"orangeconnex", "mercozy"})) == Keys("a", "b", "c", "d", "stage")
    with pytest.raises(Refusal, match=r"OC_SECRET_KEY, OC_ACCESS_TOKEN or OC_REFRESH_TOKEN$"):
        keys_from({"OC_CLIENT_KEY": "a"}, needs=frozenset({"orangeconnex"}))
    with pytest.raises(Refusal, match="OC_SIGNING"):
        keys_from({**KEYS, "OC_SIGNING": "md5"}, needs=frozenset({"orangeconnex"}))


def test_a_stage_is_only_read_slowly_and_not_for_long() -> None:
    operations = tuple(catalog().operations.values())
    world, excluded = place(STAGE, operations, Wishes(), KEYS)
    assert isinstance(world, Server)
    assert not world.own
    assert excluded["place_outbound_order"] == "it writes; --allow-writes lets it"
    assert excluded["list_products"] == "MERCOZY_API_KEY is not in the environment"
    assert "get_stock_movement" not in excluded
    assert (world.wishes.most, world.wishes.per_second) == (MOST_REQUESTS, CALLS_PER_SECOND)
    with pytest.raises(Unfit):
        world.scene().target.send(WRITE)
    allowed = place(STAGE, operations, Wishes(allow_writes=True, most=7, per_second=1), KEYS)
    assert "place_outbound_order" not in allowed.excluded
    assert (allowed.world.wishes.most, allowed.world.wishes.per_second) == (7, 1)
