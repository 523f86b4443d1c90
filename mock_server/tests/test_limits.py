"""The limits page says what the contract files say: no less, and no more."""

import re
from pathlib import Path
from typing import Any

import pytest
from oc_sandbox.catalog import catalog
from oc_sandbox.limits import counts, limits_page, way

PAGE = limits_page(catalog())
OPERATIONS = [*catalog().operations.values(), *catalog().webhooks.values()]
WRITTEN = Path(__file__).parents[2] / "docs" / "limits.md"


def section(operation: str) -> str:
    return PAGE.partition(f'<a id="{operation}">')[2].partition("\n##")[0]


def test_the_written_page_is_this_one() -> None:
    assert WRITTEN.read_text() == PAGE, "`python3 make.py limits` writes it anew"


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_operation_tells_its_facts_under_their_grades(operation: Any) -> None:
    told = section(operation.name)
    for grade in ("documented", "observed", "assumed"):
        facts = [row["fact"] for row in operation.document["facts"] if row["x-evidence"].startswith(grade)]
        below = told.partition(f"**{grade.capitalize()}**\n")[2].partition("\n**")[0]
        assert [line for line in below.splitlines() if line] == [
            line for line in below.splitlines() if any(line.startswith(f"- {fact}") for fact in facts)
        ]
        assert all(f"- {fact}" in below for fact in facts)
    assert all(f"- {gap}" in told for gap in operation.document["unknown"])
    assert all(f"| `{name}` |" in told for name in operation.document["errors"])


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_graded_field_stands_under_its_grade(operation: Any) -> None:
    told = section(operation.name)
    for side in ("request", "response"):
        for name, schema in operation.document[side].get("properties", {}).items():
            evidence = schema["x-evidence"]
            grades = {evidence.split()[0]} if isinstance(evidence, str) else {e.split()[0] for e in evidence.values()}
            below = told.partition(f"**Fields of the {side}**\n")[2].partition("\n\n**")[0].partition("\n| ")[0]
            lines = {line.split()[1]: line for line in below.splitlines() if line.startswith("- ")}
            for grade in ("documented", "observed", "assumed"):
                stands = re.search(rf"`{re.escape(name)}`", lines.get(grade, "")) is not None
                assert stands == (grade in grades), (side, name, grade)


def test_the_counts_are_those_of_the_contract_files() -> None:
    for operation in OPERATIONS:
        grades = [evidence.split()[0] for _, evidence in operation.evidence()]
        numbers = [grades.count(grade) for grade in ("documented", "observed", "assumed")]
        assert counts(operation) == numbers
        assert f"(#{operation.name}) | {way(operation)} | {' | '.join(map(str, numbers))} |" in PAGE
