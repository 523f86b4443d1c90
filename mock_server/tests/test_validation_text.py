"""What arrives as text in a query becomes a number or a truth value where the contract wants one."""

from typing import Any

import pytest
from oc_sandbox.refusal import Wire
from oc_sandbox.validation import Keys, RequestSchema

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "page": {"type": "integer", "default": 1},
        "low": {"type": "boolean"},
        "name": {"type": "string"},
        "either": {"type": ["integer", "string"]},
    },
}


def read(**parameters: str) -> Wire:
    keys = Keys(without_case=False, null_is_absent=True, duplicate_error="twice")
    return RequestSchema(SCHEMA, keyword_errors={"*": "bad"}, keys=lambda: keys).read_text(parameters)


@pytest.mark.parametrize(("text", "value"), [("7", 7), ("007", 7), ("-1", -1), ("9" * 18, 10**18 - 1)])
def test_a_whole_number_becomes_one(text: str, value: int) -> None:
    assert read(page=text) == {"page": value}


@pytest.mark.parametrize("text", ["", "abc", "1.0", "1e3", "+1", " 1", "1\n", "٣", "9" * 19, "9" * 5000, "0x1", "1_0"])
def test_any_other_text_stays_for_the_schema_to_refuse(text: str) -> None:
    assert read(page=text) == {"page": text}


@pytest.mark.parametrize(("text", "value"), [("true", True), ("false", False), ("True", "True"), ("1", "1"), ("", "")])
def test_only_true_and_false_are_truth_values(text: str, value: bool | str) -> None:
    assert read(low=text) == {"page": 1, "low": value}


def test_text_stays_text_where_the_contract_allows_it() -> None:
    assert read(name="5", either="5", other="5") == {"page": 1, "name": "5", "either": "5", "other": "5"}
