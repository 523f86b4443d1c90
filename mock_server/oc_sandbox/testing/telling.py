"""What the end of a run of tests tells of its sandboxes."""

from collections.abc import Iterator, Mapping
from typing import Any

from .usage import Told


def summary_lines(total: Told) -> Iterator[str]:
    """The end of the run in a few lines, from what `summed` gives."""
    operations = total["operations"]
    calls = sum(operations.values())
    yield f"calls: {calls}, of operations: {len(operations)}, on fresh tenants: {total['tenants']}"
    yield "operations: " + ", ".join(f"{name} {count}" for name, count in operations.items())
    if total["errors"]:
        yield "errors: " + ", ".join(map(_error_text, total["errors"]))
    if total["injected"]:
        yield f"by faults on demand: {total['injected']} calls"
    if total["unknown_paths"]:
        yield f"calls of paths that are no operation: {total['unknown_paths']}"
    own = [row for row in total["assumptions"] if not row.get("of_every_call")]
    rest = [row for row in total["assumptions"] if row.get("of_every_call")]
    if own:
        yield "nobody knows, and these tests relied on: " + ", ".join(map(_answer_text, own))
    if rest:
        yield "of every call besides: " + ", ".join(map(_answer_text, rest))
    if own or rest:
        yield '`oc-sandbox assumptions` explains them; @pytest.mark.oc(assumptions="all") tries every other answer'


def _error_text(row: Mapping[str, Any]) -> str:
    grade = f" ({row['evidence'].split(' ')[0]})" if row["evidence"] else ""
    code = f" {row['code']}" if row["code"] else ""
    return f"{row['operation']} {row['error']}{code}{grade} {row['calls']}"


def _answer_text(row: Mapping[str, Any]) -> str:
    return f"{row['name']}={'|'.join(row['answers'])}"
