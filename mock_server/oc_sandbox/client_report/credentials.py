"""Calls without their credentials, with wrong ones, or to a place that is none."""

from collections.abc import Iterator

from .findings import Basis, Finding, of_credential, of_error, times
from .story import Seen, Story

WRONG = {
    "signature_wrong": (
        "mis-signed",
        "signature",
        "Sign the path with /openapi and without the query, and the bytes of the body exactly as they are sent; the"
        " sandbox's log shows the text that was to be signed.",
    ),
    "client_key_unknown": ("unknown-client", "client_key", "Use the client_key that the sandbox gave this tenant."),
    "token_invalid": ("unknown-token", "token", "Send the word Bearer, a space and an access token that was issued."),
    "api_key_unknown": ("unknown-client", "api_key", "Use the mercozy_api_key that the sandbox gave this tenant."),
}
"""By the error row: the finding's name, the credential, and how to mend it."""


def check(story: Story) -> Iterator[Finding]:
    """What is wrong with who the client says it is."""
    yield from _missing(story)
    yield from _wrong(story)
    yield from _nowhere(story)


def _missing(story: Story) -> Iterator[Finding]:
    for name, calls in story.by_operation.items():
        operation = calls[0].operation
        if operation is None:
            continue
        schemes = operation.api.document.get("security_schemes", {})
        for scheme in operation.auth:
            said = schemes.get(scheme)
            if not said or said["type"] != "apiKey" or said.get("optional"):
                continue
            bare = tuple(seen for seen in calls if not seen.header(said["name"]))
            if bare:
                let = any(seen.taken for seen in bare)
                yield Finding(
                    "unsigned" if scheme == "signature" else "credential-missing",
                    "error",
                    name,
                    f"{name} was called {times(len(bare))} without {said['name']}"
                    + ("; the sandbox let it pass because its auth is open." if let else "."),
                    f"Send {said['name']} with every call of {name}.",
                    of_credential(operation, scheme),
                    bare,
                )


def _wrong(story: Story) -> Iterator[Finding]:
    for name, calls in story.by_operation.items():
        operation = calls[0].operation
        for error, (check_name, scheme, fix) in WRONG.items():
            bad = tuple(seen for seen in calls if error in seen.errors)
            if bad and operation is not None:
                words = "with a wrong signature" if scheme == "signature" else "with a credential that nobody has"
                yield Finding(
                    check_name,
                    "error",
                    name,
                    f"{name} was called {times(len(bad))} {words}: {error}.",
                    fix,
                    (*of_credential(operation, scheme), of_error(operation, error)),
                    bad,
                )


def _nowhere(story: Story) -> Iterator[Finding]:
    """Calls that lead to no operation; the sandbox keeps them for its default tenant alone."""
    by_place: dict[str, list[Seen]] = {}
    for seen in story.calls:
        if seen.operation is None:
            by_place.setdefault(seen.name, []).append(seen)
    for place, calls in by_place.items():
        path = calls[0].entry.call.path
        known = [operation for operation in story.book.operations.values() if operation.path == path]
        methods = story.book.methods(path)
        if known:
            evidence = known[0].document["x-evidence"]
            grade = (evidence if isinstance(evidence, str) else evidence.get("path", "assumed")).split()[0]
        else:
            grade = "assumed"
        yield Finding(
            "unknown-place",
            "error",
            place,
            f"{place} is no operation" + (f"; the path answers {', '.join(methods)}." if methods else "."),
            "Take method and path from `oc-sandbox operations`.",
            (Basis("The contract files name every operation that is known.", grade, (), "schemas/"),),
            tuple(calls),
        )
