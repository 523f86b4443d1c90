"""What is refused as a fault, and in which words."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
from oc_sandbox import Sandbox
from oc_sandbox.fault_checks import BadFault, fault_of_words, faults_of_file, schema

NO_SENSE: list[tuple[Any, str]] = [
    ({"statuss": 503}, "there is no 'statuss'; did you mean status?"),
    ({"status": 200}, "status: 200 is less than the minimum of 400"),
    ({"status": 503, "first": 0}, "first: 0 is less than the minimum of 1"),
    ({"status": 503, "first": 1, "nth": 2}, "first and nth exclude each other"),
    ({"status": 503, "error": "token_expired"}, "error and status exclude each other"),
    ({"status": 503, "share": 1.5}, "share: 1.5 is greater than the maximum of 1"),
    ({"status": 503, "share": 0}, "share: 0 is less than or equal to the minimum of 0"),
    ({"status": 503, "seed": 3}, "seed says more about share, which is missing"),
    ({"error": "token_expired", "after_effect": True}, "after_effect says more about status"),
    ({"operation": "get_service_list", "first": 2}, "it says nothing that happens; name one of error, status"),
    ({"webhook": "late", "latency_s": 3}, "a webhook is late by_s seconds"),
    ({"webhook": "early"}, "webhook: "),
    ({"webhook": "twice", "by_s": 60}, "one that comes twice is not late"),
    ({"drop": "before_effect", "drip_s": 3}, "dropped before its answer has none; use latency_s"),
    ({"drop": "after_effect", "drip_s": 3}, "dropped before its answer has none; use latency_s"),
    ({"body": "empty", "drip_s": 3}, "an empty one has nothing to drip"),
    ({"error": "token_expired", "values": {}}, "values: {} has less than 1 property"),
    ("status=503", "a fault is an object"),
]
"""What the schema refuses as well."""
NO_SUCH: list[tuple[Any, str]] = [
    ({"operation": "place_outbound_ordr", "status": 503}, "did you mean place_outbound_order"),
    (
        {"operation": "place_outbound_order", "error": "stock_shrt"},
        "did you mean stock_short? it has sku_not_reviewed, sku_unknown",
    ),
    ({"operation": "place_outbound_order", "error": "scope_missing"}, "no error 'scope_missing' of place_outbound"),
    ({"error": "nonsense_of_ours"}, "no error 'nonsense_of_ours' of any operation"),
    ({"operation": "list_products", "token": "expired"}, "calls of list_products bear no access token"),
    ({"operation": "place_outbound_order", "error": "stock_short", "values": {"sku": "x"}}, "it wants id, mf_sku_id"),
    ({"operation": "place_outbound_order", "error": "token_expired", "values": {"id": "A-1"}}, "it wants none"),
    (
        {"operation": "list_products", "content_type": "application/json;charset=utf-8"},
        "is what the answer has without a fault; name another",
    ),
    ({"operation": "outbound_callback_webhook", "status": 503}, "outbound_callback_webhook is a webhook"),
    ({"operation": "place_outbound_order", "webhook": "late"}, "there is outbound_callback_webhook"),
]
"""What only the catalogue tells."""
BAD = [*NO_SENSE, *NO_SUCH]
GOOD: list[dict[str, Any]] = [
    {"status": 503},
    {"latency_s": 1},
    {"status": 503, "share": 1},
    {"webhook": "late", "by_s": 5},
    {"webhook": "twice"},
    {"error": "token_expired", "drip_s": 2},
    {"drop": "mid_body", "drip_s": 2},
    {"drop": "before_effect", "latency_s": 2},
    {"body": "cut", "drip_s": 2},
    {"content_type": "application/json"},
    {"operation": "place_outbound_order", "error": "stock_short", "values": {"id": "A-1"}},
]
"""What looks much like it, and has an effect."""


@pytest.mark.parametrize(("fault", "words"), BAD, ids=[str(fault) for fault, _ in BAD])
def test_a_fault_that_makes_no_sense_is_refused_in_words_that_help(fault: Any, words: str) -> None:
    sandbox = Sandbox()
    sandbox.put_faults([{"status": 500}])
    with pytest.raises(ValueError, match="fault 2: ") as refused:
        sandbox.put_faults([{"status": 503}, fault])
    assert words in str(refused.value)
    assert len(sandbox.faults) == 1  # nothing was taken over


@pytest.mark.parametrize("fault", GOOD, ids=str)
def test_a_fault_that_has_an_effect_is_taken(fault: dict[str, Any]) -> None:
    sandbox = Sandbox()
    sandbox.put_faults([fault])
    assert len(sandbox.faults) == 1


@pytest.mark.parametrize("wanted", [None, 3, "status=503", {"status": 503}], ids=str)
def test_faults_are_a_list(wanted: Any) -> None:
    with pytest.raises(BadFault, match="faults are a list of objects"):
        Sandbox().put_faults(wanted)


def test_a_list_that_was_got_can_be_put_again() -> None:
    sandbox = Sandbox()
    sandbox.put_faults([{"status": 503, "share": 0.5}, {"error": "token_expired", "first": 2}])
    before = sandbox.faults
    sandbox.put_faults(before)
    assert sandbox.faults == before


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("operation=get_service_list,status=503,first=2", {"operation": "get_service_list", "status": 503, "first": 2}),
        ("latency_s=1.5", {"latency_s": 1.5}),
        ("status=504, after_effect=true", {"status": 504, "after_effect": True}),
        ('{"error": "token_expired"}', {"error": "token_expired"}),
    ],
    ids=str,
)
def test_a_command_line_writes_a_fault_in_words_or_in_json(text: str, fault: dict[str, Any]) -> None:
    assert fault_of_words(text) == fault


@pytest.mark.parametrize("text", ["503", "status=503,first", '{"status": 503'], ids=str)
def test_words_that_are_no_fault_are_refused(text: str) -> None:
    with pytest.raises(BadFault, match="JSON"):
        fault_of_words(text)


def test_a_file_of_faults_is_a_list_or_has_one(tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    for text in ('[{"status": 503}]', '{"faults": [{"status": 503}]}'):
        file.write_text(text)
        assert faults_of_file(str(file)) == [{"status": 503}]
    file.write_text("[")
    with pytest.raises(BadFault, match="is not JSON"):
        faults_of_file(str(file))
    with pytest.raises(BadFault, match="cannot be read"):
        faults_of_file(str(tmp_path / "none.json"))


def test_the_schema_refuses_what_the_checks_refuse_but_for_names() -> None:
    validator = jsonschema.Draft202012Validator(schema())
    assert [fault for fault, _ in NO_SENSE if validator.is_valid(fault)] == []
    assert [fault for fault, _ in NO_SUCH if not validator.is_valid(fault)] == []
    for fault in GOOD:
        validator.validate(fault)
