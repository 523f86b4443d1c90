"""Facts of the contract files that were assumed and have been seen at a real server since, by a file of sightings.

A question that was settled speaks for what its answers change in the operations that were looked at; a recording for
what its reply showed.
"""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from .assumptions import Choices, Question
from .catalog import Catalog
from .contract import ErrorRow, Operation

Facts = Mapping[tuple[str, str], str]
"""By contract file (an operation's name, or an API's) and JSON pointer: the evidence that counts now."""


def observed(book: Catalog, choices: Choices) -> Facts:
    """What was assumed and is now observed, while the tenant takes for true what was seen."""
    found: dict[tuple[str, str], str] = {}
    sightings = choices.sightings
    if not sightings.target:
        return found
    documents = _documents(book, choices)
    seen = f"observed {sightings.target} {sightings.date}"
    told = [(name, pointer, seen) for name, pointers in sightings.facts.items() for pointer in pointers]
    for question in book.questions.values():
        if choices.seen(question.name):
            words = f"{choices.seen(question.name)} ({question.name}={choices.answer(question.name)})"
            told += [(*place, words) for place in _decided(question, choices)]
    for name, pointer, evidence in told:
        place = _assumed(book, documents, name, pointer)
        if place:
            found[place] = evidence
    return found


def evidence_of(row: ErrorRow, operation: Operation, facts: Facts) -> str:
    """The evidence of an error of an operation, as it counts now."""
    files = operation.name, operation.api.name
    return next(
        (facts[file, f"/errors/{row.name}"] for file in files if (file, f"/errors/{row.name}") in facts), row.evidence
    )


def told_by(book: Catalog, choices: Choices) -> Catalog:
    """The catalogue under the answers taken, with what was seen graded so; for pages about it, not for calls."""
    if not choices.sightings.target:
        return book
    facts, documents = observed(book, choices), _documents(book, choices)
    apis = {name: replace(api, document=_told(documents[name], name, facts)) for name, api in book.apis.items()}
    operations = {
        name: replace(operation, api=apis[operation.api.name], document=_told(documents[name], name, facts))
        for name, operation in book.operations.items()
    }
    webhooks = {name: replace(webhook, api=apis[webhook.api.name]) for name, webhook in book.webhooks.items()}
    return Catalog(apis, operations, webhooks, book.questions)


def _documents(book: Catalog, choices: Choices) -> dict[str, Mapping[str, Any]]:
    """The contract files under the answers taken, by the names of operations and of APIs."""
    variants = [book.variant(operation, choices.departures) for operation in book.operations.values()]
    shared = {name: api.document for name, api in book.apis.items()}
    return {
        **shared,
        **{operation.api.name: operation.api.document for operation in variants},
        **{operation.name: operation.document for operation in variants},
    }


def _decided(question: Question, choices: Choices) -> Iterator[tuple[str, str]]:
    """The files and pointers of which a question's answer decides: what answers change, and what this one shows.

    Of operations that nobody looked at an answer says nothing, though the tenant acts by it there, too.
    """
    for answer in question.answers.values():
        for change in answer.changes:
            for name in filter(question.speaks_for, change.files):
                for step in change.patch:
                    yield (question.api if name == "api" else name), step["path"]
    for name, pointers in question.answers[choices.answer(question.name)].shows.items():
        yield from ((name, pointer) for pointer in pointers)


def _assumed(book: Catalog, documents: Mapping[str, Any], name: str, pointer: str) -> tuple[str, str] | None:
    """The assumed fact at a pointer; for a part of an error or an envelope, that."""
    steps = pointer.split("/")
    if steps[1] in ("errors", "envelopes"):
        pointer = "/".join(steps[:3])
    operation = book.operations.get(name)
    for file in (name, operation.api.name) if operation else (name,):
        grade = _grade(documents.get(file, {}), pointer)
        if grade:
            return (file, pointer) if grade.startswith("assumed") else None
    return None


def _grade(document: Mapping[str, Any], pointer: str) -> str:
    """The evidence of the fact at a pointer; empty where nothing there is graded by itself."""
    *way, last = pointer.split("/")[1:]
    node: Any = document
    try:
        for step in way:
            node = node[int(step)] if isinstance(node, list) else node[step]
        child = node[int(last)] if isinstance(node, list) else node.get(last)
    except (LookupError, ValueError, TypeError, AttributeError):
        return ""
    own = child.get("x-evidence") if isinstance(child, dict) else None
    beside = node.get("x-evidence") if isinstance(node, dict) else None
    if isinstance(own, str):
        return own
    return str(beside.get(last, "")) if isinstance(beside, dict) and own is None else ""


def _told(document: Mapping[str, Any], name: str, facts: Facts) -> Mapping[str, Any]:
    """A contract file with other grades, and the sightings among its sources."""
    mine = {pointer: evidence for (file, pointer), evidence in facts.items() if file == name}
    if not mine:
        return document
    told: dict[str, Any] = copy.deepcopy(dict(document))
    for serial, (pointer, evidence) in enumerate(sorted(mine.items())):
        source = f"seen-{serial}"
        told["sources"][source] = {"kind": evidence.removeprefix("observed "), "date": ""}
        _regrade(told, pointer, f"observed {source}")
    return told


def _regrade(document: dict[str, Any], pointer: str, evidence: str) -> None:
    *way, last = pointer.split("/")[1:]
    node: Any = document
    for step in way:
        node = node[int(step)] if isinstance(node, list) else node[step]
    child = node[int(last)] if isinstance(node, list) else node.get(last)
    if isinstance(child, dict) and isinstance(child.get("x-evidence"), str):
        child["x-evidence"] = evidence
    else:
        node["x-evidence"][last] = evidence
