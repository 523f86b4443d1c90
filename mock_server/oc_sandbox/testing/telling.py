"""What a run of tests tells of its sandboxes: the journal of a test that failed, and a summary of the whole run."""

import json
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from ..sandbox import BASE_URL
from .run import GONE, Kept
from .usage import Told

LATEST_CALLS = 20
LONGEST_BODY = 1000
LONGEST_CURL = 10_000
"""A label in Base64 makes megabytes, which no terminal is for."""
WHERE_SERVE_IS = "http://127.0.0.1:8400"


def journal_text(kept: Kept) -> str:
    """The latest calls of a tenant: what became of each, its curl, its reply."""
    sandbox, settings = kept
    try:
        calls = sandbox.calls
    except GONE as error:
        return f"it cannot be read any more: {error}"
    faults = settings.get("faults")
    made_with = {name: value for name, value in settings.items() if name != "faults"}
    made_with["clock"] = {**settings["clock"], "mode": "manual"}  # a token tells when it was made
    lines = [
        f"The curl lines repeat the calls on a sandbox at {WHERE_SERVE_IS} (`oc-sandbox serve`) with such a tenant:",
        f"   {_curl('POST', '', made_with)}",
    ]
    if faults:
        lines.append(f"   {_curl('PUT', f'/{sandbox.client_key}/faults', faults)}")
    if len(calls) > LATEST_CALLS:
        lines.append(f"... {len(calls) - LATEST_CALLS} earlier calls are left out")
    for call in calls[-LATEST_CALLS:]:
        lines += ["", *_call_lines(call, getattr(sandbox, "url", BASE_URL))]
    if not calls:
        lines = ["no call reached this tenant"]
    return "\n".join(lines)


def _curl(method: str, path: str, body: Any) -> str:
    data = shlex.quote(json.dumps(body, default=str, ensure_ascii=False))
    return f"curl -sS -X {method} {WHERE_SERVE_IS}/_sandbox/tenants{path} -d {data}"


def _call_lines(call: Mapping[str, Any], root_url: str) -> Iterator[str]:
    where = call["operation"] or f"{call['request']['method']} {call['request']['path']} (no such operation)"
    codes = [code or name for code, name in zip(call["error_codes"], call["errors"], strict=False)] or call["errors"]
    grades = {row["error"]: row["evidence"].split(" ")[0] for row in call["evidence"]}
    errors = "".join(
        f"; {name}{f' {code}' if code != name else ''}{f' ({grades[name]})' if name in grades else ''}"
        for name, code in zip(call["errors"], codes, strict=False)
    )
    injected = " [a fault did this]" if call.get("injected") else ""
    yield f"{call['id']}. {call['at']} {where}: HTTP {call['reply']['status']}, {call['outcome']}{errors}{injected}"
    curl = call["curl"].replace(root_url, WHERE_SERVE_IS)
    if len(curl) > LONGEST_CURL:
        curl = (
            f"{curl[:LONGEST_BODY]} ... (cut, as it has {len(curl)} characters; in the test the `curl` of the call "
            f"{call['id']} in `calls` is whole)"
        )
    yield f"   {curl}"
    body = call["reply"]["body"]
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    yield f"   -> {text if len(text) <= LONGEST_BODY else text[:LONGEST_BODY] + ' ...'}"


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
