"""What a test is told to have relied on is what the client report tells."""

from typing import Any

from oc_sandbox import Sandbox
from oc_sandbox.call import Call
from oc_sandbox.remote import RemoteSandbox
from oc_sandbox.testing.usage import Usage
from servers import running_server


def relied_on(sandbox: Any, *calls: tuple[str, str | None]) -> dict[str, list[str]]:
    """The answers that count behind these calls, as the end of a run tells them."""
    for operation, exchange in calls:
        call = sandbox.sample(operation, exchange)
        headers = {name.lower(): value for name, value in call.headers.items()}
        sandbox.send(Call("POST", call.path, headers, call.body))
    usage = Usage()
    usage.add(sandbox)
    told: dict[str, list[str]] = usage.told()["assumptions"]
    assert told == {row["name"]: [row["answer"]] for row in sandbox.report().as_json()["assumptions"]}
    return told


def test_a_question_counts_where_another_answer_could_have_changed_a_reply() -> None:
    assert "repeated_reference" not in relied_on(Sandbox(), ("place_outbound_order", None))
    twice = (("place_outbound_order", None),) * 2
    assert relied_on(Sandbox(), *twice)["repeated_reference"] == ["refused"]
    assert relied_on(Sandbox()) == {}


def test_it_is_the_same_at_an_address() -> None:
    calls = (("stock_snapshot_v2", None), ("get_stock_movement", None), ("place_outbound_order", "stock_short"))
    with running_server() as (url, _), RemoteSandbox(url) as remote:
        assert relied_on(remote, *calls) == relied_on(Sandbox(), *calls)
