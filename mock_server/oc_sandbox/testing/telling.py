"""What the end of a run of tests tells of its sandboxes."""

from collections.abc import Iterator, Mapping
from typing import Any

from .usage import Told


def summary_lines(total: Told) -> Iterator[str]:
    """The end of the run in a few lines, from what `summed` gives."""
    operations = total["operations"]
    calls, tenants = _many(sum(operations.values()), "call"), _many(total["tenants"], "fresh tenant")
    yield f"{calls} of {_many(len(operations), 'operation')}, on {tenants}"
    if operations:
        yield "operations: " + ", ".join(f"{name} {count}" for name, count in operations.items())
    if total["errors"]:
        yield "errors: " + "; ".join(map(_error_text, total["errors"]))
    if total["injected"]:
        yield f"faults on demand befell {_many(total['injected'], 'call')}"
    if total["unknown_paths"]:
        yield f"calls of paths that are no operation: {total['unknown_paths']}"
    if total["assumptions"]:
        yield (
            "assumptions that replies relied on, as nobody knows how the vendor does: "
            + ", ".join(map(_answer_text, total["assumptions"]))
        )
        yield '`oc-sandbox assumptions` explains them; @pytest.mark.oc(assumptions="all") tries every other answer'


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _error_text(row: Mapping[str, Any]) -> str:
    grade = f" ({row['evidence'].split(' ')[0]})" if row["evidence"] else ""
    code = f" {row['code']}" if row["code"] else ""
    return f"{row['operation']} {row['error']}{code}{grade} {_many(row['calls'], 'time')}"


def _answer_text(row: Mapping[str, Any]) -> str:
    return f"{row['name']}={'|'.join(row['answers'])}"
