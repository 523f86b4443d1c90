"""What a report finds, and the facts that it rests on: read from the contract files, with their evidence."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from ..assumptions import Question
from ..contract import Api, Operation
from .story import Seen

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


class Basis(NamedTuple):
    """A fact: its text, how well it is known (documented, observed, assumed), on what sources, and where it stands.

    `about` is rule for what the verdict rests on, answer for how the server says so: that a call breaks a documented
    rule stays true where the text of its refusal is a guess.
    """

    fact: str
    grade: str
    sources: tuple[str, ...]
    where: str
    about: Literal["rule", "answer"] = "rule"


class Finding(NamedTuple):
    """Something in a client's calls that is wrong (error), likely to be (warning), or worth knowing (note).

    `says` names the operation and what is wrong, `fix` tells what to do. `calls` show it, oldest first.
    """

    check: str
    severity: Severity
    operation: str
    says: str
    fix: str
    basis: tuple[Basis, ...]
    calls: tuple[Seen, ...]

    @property
    def assumed(self) -> bool:
        """Whether any of what it rests on is a guess of ours."""
        rules = [each for each in self.basis if each.about == "rule"] or self.basis
        return any(each.grade == "assumed" for each in rules)


def grade_in(schema: Mapping[str, Any], keyword: str) -> str:
    """The evidence for a keyword of a subschema: a grade and the keys of its sources."""
    evidence = schema.get("x-evidence", "assumed")
    if isinstance(evidence, str):
        return evidence
    return str(evidence.get(keyword) or evidence.get("type") or "assumed")


def of_fact(api_or_operation: Api | Operation, name: str) -> Basis:
    """A fact that bears a name. Errors: KeyError."""
    document = api_or_operation.document
    for index, row in enumerate(document["facts"]):
        if row.get("id") == name:
            return _basis(row["fact"], row["x-evidence"], document, f"{_file(api_or_operation)}#/facts/{index}")
    raise KeyError(name)


def of_named_fact(operation: Operation, name: str) -> tuple[Basis, ...]:
    """The fact of that name, the operation's own or its API's; nothing where neither has it."""
    for place in (operation, operation.api):
        try:
            return (of_fact(place, name),)
        except KeyError:
            continue
    return ()


def of_error(operation: Operation, name: str) -> Basis:
    """An error row: what the server answers, the operation's own row or its API's."""
    row = operation.errors[name]
    own = name in operation.document.get("errors", {})
    document = operation.document if own else operation.api.document
    means = document["errors"][name].get("means", "")
    text = " ".join(part for part in (row.code, row.message) if part)
    fact = f"The answer is {text}" + (f" ({means.rstrip('.')})." if means else ".")
    found = _basis(fact, row.evidence, document, f"{_file(operation if own else operation.api)}#/errors/{name}")
    return found._replace(about="answer")


def of_field(operation: Operation, schema: Mapping[str, Any], pointer: str, keyword: str, fact: str) -> Basis:
    """What a contract file says of a field. `pointer` leads to it in the request's schema, `fact` puts it in words."""
    return _basis(fact, grade_in(schema, keyword), operation.document, f"{_file(operation)}#/request{pointer}")


def of_evidence(operation: Operation, evidence: str, pointer: str, fact: str) -> Basis:
    """Something else of the operation's contract file, whose evidence is known."""
    return _basis(fact, evidence, operation.document, f"{_file(operation)}#{pointer}")


def of_credential(operation: Operation, scheme: str) -> tuple[Basis, ...]:
    """That a call carries a credential, and what that is."""
    said = operation.api.document["security_schemes"][scheme]
    evidence = operation.document["x-evidence"]
    own = evidence if isinstance(evidence, str) else evidence.get("auth", "assumed")
    needed = of_evidence(operation, own, "/auth", f"{operation.name} wants {said['name']}.")
    return needed, of_scheme(operation.api, scheme)


def of_scheme(api: Api, scheme: str) -> Basis:
    """What a credential is."""
    said = api.document["security_schemes"][scheme]
    where = f"{_file(api)}#/security_schemes/{scheme}"
    return _basis(f"{said['name']}: {said['description']}", said["x-evidence"], api.document, where)


def of_question(api: Api, question: Question) -> Basis:
    """That nobody knows: an open question, which is a guess whatever its answer."""
    where = f"{api.file.with_name('assumptions.json').relative_to(api.file.parents[1])}#/questions/{question.name}"
    return Basis(f"Nobody knows: {question.asks}", "assumed", (), where)


def names(words: Sequence[str], *, most: int = 5) -> str:
    """A few words in a row, and how many are left out."""
    shown = ", ".join(words[:most])
    return f"{shown} and {len(words) - most} more" if len(words) > most else shown


def times(count: int) -> str:
    """Once, twice, 3 times."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _basis(fact: str, evidence: str, document: Mapping[str, Any], where: str) -> Basis:
    grade, *keys = evidence.split()
    sources = [document["sources"][key] for key in keys if key in document["sources"]]
    told = dict.fromkeys(f"{source['kind']} {source['date']}" for source in sources)
    return Basis(fact, grade, tuple(told), where)


def _file(place: Api | Operation) -> str:
    """The contract file, from `schemas/` on."""
    if isinstance(place, Operation):
        return f"{place.api.name}/{place.group}/{place.name}.json"
    return f"{place.name}/{place.file.name}"
