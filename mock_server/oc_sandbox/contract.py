"""What the contract files say, as objects: an API, its operations, their errors."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from .call import Call
from .domain.world import Happened, World
from .formats import span
from .refusal import Refused, Wire
from .validation import Keys, RequestSchema, Schema


class Envelope(NamedTuple):
    """The form of a reply's body; in it `$name` stands for a value. `item` is the form of one entry of $errors."""

    body: Wire
    item: Wire


class ErrorRow(NamedTuple):
    """One way in which a call can be refused."""

    name: str
    envelope: Envelope
    code: str
    message: str
    http_status: int
    evidence: str

    def text(self, values: Mapping[str, Any]) -> str:
        """The message with its values filled in."""
        return self.message.format_map(values) if "{" in self.message else self.message


def fill(template: Wire, values: Mapping[str, Any]) -> Wire:
    """A template with each `$name` replaced; a name without a value becomes an empty text."""
    if type(template) is str:
        return values.get(template[1:], "") if template[:1] == "$" else template
    if type(template) is dict:
        return {key: fill(value, values) if type(value) in _FILLED else value for key, value in template.items()}
    if type(template) is list:
        return [fill(value, values) for value in template]
    return template


_FILLED = (str, dict, list)


class Signable(Protocol):
    """What a signature needs to know of an operation, whichever way it goes."""

    @property
    def method(self) -> str:
        """The HTTP method."""

    @property
    def auth(self) -> tuple[str, ...]:
        """What a call carries."""


class Credentials(Protocol):
    """A vendor's own way of telling who calls: the module `credentials` of its package."""

    def open_account(self, tenant: Any) -> Any:
        """What a fresh tenant has at this vendor."""

    def identify(self, call: Call, operation: "Operation", tenants: Any) -> Any:
        """The tenant that a call names. Errors: Refused."""

    def authenticate(self, call: Call, operation: "Operation", tenant: Any) -> Any:
        """What the handler acts on, if the call's credentials hold. Errors: Refused."""

    def sign(self, operation: Signable, tenant: Any, path: str, body: bytes) -> dict[str, str]:
        """The headers that a good client would send with a call."""

    def end_token(self, call: Call, tenant: Any, how: str) -> None:
        """Let the token that a call bears be expired or revoked from now on; only an API with tokens is asked."""


@dataclass(frozen=True)
class Api:
    """What the operations of one vendor share."""

    name: str
    title: str
    base_paths: tuple[str, ...]
    hosts: tuple[str, ...]
    document: Mapping[str, Any]
    errors: Mapping[str, ErrorRow]
    envelopes: Mapping[str, Envelope]
    reply_headers: tuple[tuple[str, str], ...]
    echo: tuple[tuple[str, str], ...]
    session_cookie: str
    credentials: Credentials
    file: Path

    def engine_error(self, what: str) -> str:
        """The name of the error row for something that the engine found."""
        return str(self.document["engine_errors"][what])

    def keys(self, parameters: str = "json") -> Keys:
        """A reader of request keys in this API's manner. Names in a query string or form are read as they are."""
        return Keys(
            without_case=parameters == "json" and bool(self.document.get("keys_without_case")),
            null_is_absent=bool(self.document.get("null_is_absent")),
            duplicate_error=self.engine_error("duplicate_key"),
        )


@dataclass(frozen=True, repr=False)
class Operation:
    """One operation: its contract file, its handler, its named exchanges."""

    name: str
    api: Api
    group: str
    document: Mapping[str, Any]
    errors: Mapping[str, ErrorRow]
    success: Envelope
    request: RequestSchema
    response: Schema
    handle: Callable[[Wire, Any], Wire]
    fixture: Mapping[str, Any]
    file: Path
    method: str = field(init=False)
    path: str = field(init=False)
    parameters: str = field(init=False)
    auth: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        for name in ("method", "path", "parameters"):
            object.__setattr__(self, name, self.document[name])
        object.__setattr__(self, "auth", tuple(self.document["auth"]))

    def __repr__(self) -> str:
        return f"<Operation {self.name}>"  # the rest is a whole contract file, which no error message has room for

    @property
    def selected_by(self) -> tuple[str, str] | None:
        """The parameter, and its value, that lead here from a path which several operations share."""
        choice = self.document.get("selected_by")
        return (choice["parameter"], choice["equals"]) if choice else None

    @property
    def writes(self) -> bool:
        """Whether a call can change the world."""
        return bool(self.document["effect"] == "write")

    @property
    def success_status(self) -> int:
        """HTTP status of a success."""
        return int(self.document.get("http_status", 200))

    @property
    def renders(self) -> str:
        """json, or what the handler answers with: browser is a page or a redirect, file a file and its type."""
        return str(self.document.get("renders", "json"))

    def row(self, refused: Refused) -> ErrorRow:
        """The error row that a refusal names: the operation's own, or the API's."""
        return self.errors[refused.error]

    def evidence(self) -> Iterator[tuple[str, str]]:
        """Every graded fact of the contract file: where it stands, and its grade and sources."""
        yield from graded(self.document, "")


@dataclass(frozen=True)
class Webhook:
    """A call that the vendor makes to the integrator: its contract file, what fills it in, its named exchanges.

    `data_of` gives the payload's data for an event of a world, as it was when it happened.
    """

    name: str
    api: Api
    group: str
    document: Mapping[str, Any]
    payload: Envelope
    request: Schema
    response: Schema
    data_of: Callable[[Happened, World], Wire]
    fixture: Mapping[str, Any]
    method: str = field(init=False)
    auth: tuple[str, ...] = field(init=False)
    triggered_by: tuple[str, ...] = field(init=False)
    timeout_s: float = field(init=False)
    retries_after_s: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        delivery = self.document["delivery"]
        object.__setattr__(self, "method", self.document["method"])
        object.__setattr__(self, "auth", tuple(self.document["auth"]))
        object.__setattr__(self, "triggered_by", tuple(self.document["triggered_by"]))
        object.__setattr__(self, "timeout_s", span(delivery["timeout"]).total_seconds())
        waits = tuple(int(span(wait).total_seconds()) for wait in delivery["retries_after"])
        object.__setattr__(self, "retries_after_s", waits)

    def takes(self, status: int) -> bool:
        """Whether the call counts as taken where the receiver answers with this HTTP status."""
        least, greatest = self.document["delivery"]["taken"]
        return bool(least <= status <= greatest)

    def evidence(self) -> Iterator[tuple[str, str]]:
        """As an Operation's."""
        yield from graded(self.document, "")


def ungraded(schema: Any, pointer: str) -> Iterator[str]:
    """Where a property below a schema has no x-evidence."""
    for name, child in schema.get("properties", {}).items():
        at = f"{pointer}/properties/{name}"
        if "x-evidence" not in child:
            yield at
        yield from ungraded(child, at)
    if isinstance(schema.get("items"), dict):
        yield from ungraded(schema["items"], f"{pointer}/items")


def graded(node: Any, at: str) -> Iterator[tuple[str, str]]:
    """Every x-evidence below a node, with the JSON pointer of what it grades."""
    if isinstance(node, dict):
        evidence = node.get("x-evidence")
        if isinstance(evidence, str):
            yield at, evidence
        elif isinstance(evidence, dict):
            for keyword, grade in evidence.items():
                yield f"{at}/{keyword}", grade
        for key, child in node.items():
            if key != "x-evidence":
                yield from graded(child, f"{at}/{key}")
    elif isinstance(node, list):
        for index, child in enumerate(node):
            yield from graded(child, f"{at}/{index}")
