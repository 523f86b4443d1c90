"""The lines for a shell make the same calls again: with other keys, other numbers, and signed."""

import os
import shutil
import subprocess

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oc_contract.cli import verify
from oc_contract.replays import quoted, script
from oc_contract.running import run_operation
from oc_contract.scenes import Scene
from oc_contract.targets import InProcess
from oc_sandbox.catalog import catalog
from servers import running_server

NEEDS_A_SHELL = pytest.mark.skipif(
    not all(map(shutil.which, ("sh", "curl", "md5sum", "sed"))), reason="sh, curl, md5sum and sed are needed"
)


def exported(text: str) -> dict[str, str]:
    lines = [line.removeprefix("export ").split("=", 1) for line in text.splitlines()]
    return {name: orjson.loads(value) for name, value in lines}


@NEEDS_A_SHELL
@pytest.mark.parametrize(
    ("operation", "case"),
    [
        ("outbound_order_cancellation", "a good request"),
        ("query_vas_order_detail", "messageId '编号' comes back"),
        ("place_outbound_order", "the body is half an object"),
        ("get_stock_movement", "vAuthorization 00000000000000000000000000000000"),
        ("get_service_list", "a good request"),
        ("returns_get_label", "a good request"),
    ],
)
def test_the_lines_get_the_same_answer_at_another_tenant(
    operation: str, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    scene = Scene(InProcess())
    results = run_operation(scene, catalog().operations[operation])
    result = next(each for each in results if each.case.name == case)
    lines = script(result.calls, scene)
    assert not any(key in line for key in scene.target.keys[:4] for line in lines)
    with running_server() as (url, _):
        assert verify(["--keys", "--target", url]) == 0
        environment = {**os.environ, **exported(capsys.readouterr().out)}
        # As text on standard input, so that the words are read as a user would paste them.
        text = "\n".join(lines)
        done = subprocess.run(["sh"], input=text, capture_output=True, text=True, env=environment, check=True)
    assert result.answer is not None
    told, wanted = orjson.loads(done.stdout.splitlines()[-1]), orjson.loads(result.answer.body)
    assert (told.get("code"), told.get("message"), told.keys()) == (
        wanted.get("code"),
        wanted.get("message"),
        wanted.keys(),
    )


@NEEDS_A_SHELL
def test_a_wait_moves_the_clock_and_fetches_a_token(capsys: pytest.CaptureFixture[str]) -> None:
    target = InProcess()
    scene = Scene(target)
    draft = scene.draft(catalog().operations["place_outbound_order"])
    number = scene.ask_draft(draft)["data"][0]["orderNumber"]
    day_s = 86_400  # by then the token is over, and the order has gone
    target.wait(day_s)
    found = scene.ask("outbound_order_query_v2", {"data": {"orderNumberList": [{"orderNumber": number}]}})
    calls = tuple(scene.calls[-2:])
    lines = script(calls, scene, {1: day_s})
    with running_server() as (url, _):
        assert verify(["--keys", "--target", url]) == 0
        environment = {**os.environ, **exported(capsys.readouterr().out)}
        text = "\n".join(lines)
        done = subprocess.run(["sh"], input=text, capture_output=True, text=True, env=environment, check=True)
    told = orjson.loads(done.stdout.splitlines()[-1])
    assert told["data"][0]["orderStatus"] == found["data"][0]["orderStatus"] != "Submitted"


@NEEDS_A_SHELL
@given(st.text(st.characters(blacklist_characters="\0", blacklist_categories=("Cs",)), max_size=20), st.booleans())
def test_a_quoted_text_is_itself_to_a_shell(text: str, around: bool) -> None:
    whole = f"{text}KEY-1{text}" if around else text
    line = f"printf %s {quoted(whole, {'KEY-1': 'THE_KEY'})}"
    done = subprocess.run(["sh", "-c", line], capture_output=True, env={"THE_KEY": "KEY-1"}, check=True)
    assert done.stdout.decode() == whole


def test_no_failure_takes_more_than_six_calls() -> None:
    for name in ("outbound_order_cancellation", "finance_fee_detail_query", "returns_cancel_or_track"):
        for result in run_operation(Scene(InProcess()), catalog().operations[name]):
            assert 1 <= len(result.calls) <= 6
