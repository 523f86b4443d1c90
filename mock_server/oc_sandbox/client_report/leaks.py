"""The secret key and refresh tokens where they must not stand: in any part of a call but their own."""

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from urllib.parse import unquote_plus

from ..call import Call
from ..contract import Operation
from ..tenancy import Tenant
from .findings import Basis, Finding, names, of_fact, of_field, of_named_fact, of_scheme, times
from .story import Seen, Story

Kept = Mapping[str, str]
"""What a client keeps to itself: by the value what it is, secret_key or refresh_token."""
SHORTEST = 16
"""Characters: a shorter text that a test takes for its secret, 12345678, stands in a phone number by chance."""
_CUT = 12
"""So many characters of a secret key are hidden where the rest of it was cut off; refresh tokens all begin alike."""
_KINDS = {
    "secret_key": (
        "secret-key-sent",
        "the secret key",
        "Send what is made with it, vAuthorization, and the secret key itself in no call. A real one that was sent so"
        " is to be replaced.",
    ),
    "refresh_token": (
        "refresh-token-sent",
        "a refresh token",
        "Send it only where a new access token is fetched, as the parameter refresh_token; all other calls bear the"
        " access token.",
    ),
}
"""By what is sent: the finding's name, the thing in words, and how to mend it."""
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
_PARAMETER = re.compile(r"[^&]+")


def kept_by(tenant: Tenant) -> dict[str, str]:
    """What the tenant's client is to keep to itself."""
    kept = {value: kind for account in tenant.accounts.values() for kind, value in account.kept()}
    return {value: kind for value, kind in kept.items() if len(value) >= SHORTEST and value not in tenant.client_key}


def check(story: Story) -> Iterator[Finding]:
    """Each operation once for each of the two, with all places where it stands."""
    found: dict[tuple[str, str], tuple[list[Seen], dict[str, None]]] = {}
    for seen in story.calls:
        for kind, place in leaks(seen, story.kept):
            calls, places = found.setdefault((seen.name, kind), ([], {}))
            places[place] = None
            if seen not in calls:
                calls.append(seen)
    for (name, kind), (calls, places) in found.items():
        check_name, what, fix = _KINDS[kind]
        yield Finding(
            check_name,
            "error",
            name,
            f"{name} was called {times(len(calls))} with {what} in {names(list(places))}: whoever sees the call can act"
            " in the client's name.",
            fix,
            _basis(kind, story),
            tuple(calls),
        )


def _basis(kind: str, story: Story) -> tuple[Basis, ...]:
    if kind == "secret_key":
        api = next(api for api in story.book.apis.values() if "signature" in api.document.get("security_schemes", {}))
        return of_scheme(api, "signature"), of_fact(api, "secret_kept")
    place = next(operation for operation in story.book.operations.values() if takes(operation, kind))
    schema = place.request.schema["properties"][kind]
    words = f"{place.name} takes it as {kind}: {schema['description']}"
    field = of_field(place, schema, f"/properties/{kind}", "type", words)
    return field, *of_named_fact(place, "parameters_in_query")


def takes(operation: Operation, kind: str) -> bool:
    """Whether it has a parameter for such a thing."""
    return kind in operation.request.schema.get("properties", {})


def leaks(seen: Seen, kept: Kept) -> Iterator[tuple[str, str]]:
    """What is sent where it has no place: secret_key or refresh_token, and in which part of the call."""
    call, operation = seen.entry.call, seen.operation
    fetches = operation is not None and "client_id" in operation.auth
    text = call.body.decode("utf-8", "replace")
    # A form where tokens are fetched may bring the secret as OAuth 2.0 has it (RFC 6749, 2.3.1).
    body = _parameters(text, "client_secret" if fetches else "") if call.form() else [text]
    # Of the tokens of many sellers a call has one at most, and has all that follows looked at for that one only.
    decoded = [told for sent in call.headers.values() for _, told in _decoded(sent)]
    said = "\n".join([*call.headers.values(), *decoded, call.path, _plain(call.query), text, _plain(text)])
    for value, kind in [each for each in kept.items() if each[0] in said]:
        own = operation is not None and operation.parameters == "query_or_form" and takes(operation, kind)
        for name, sent in call.headers.items():
            if value in sent:
                yield kind, f"the header {name}"
            # Where a token is fetched the header may bring the client's key and secret: HTTP Basic.
            elif not (fetches and name == "authorization") and any(value in told for _, told in _decoded(sent)):
                yield kind, f"the header {name}, in base64"
        if value in call.path:
            yield kind, "the path"
        if any(value in _plain(each) for each in _parameters(call.query, kind if own else "")):
            yield kind, "the query"
        if not own and any(value in each or value in _plain(each) for each in body):
            yield kind, "the body"


def hidden(seen: Seen, kept: Kept) -> Call:
    """The call without the secret key, and without a refresh token if it stands where it has no place."""
    call = seen.entry.call
    leaking = {kind for kind, _ in leaks(seen, kept)}
    for value, kind in kept.items():
        if kind != "secret_key" and kind not in leaking:
            continue
        mark = f"<{kind.replace('_', ' ')}>"
        headers = {name: _header_without(text, value, mark) for name, text in call.headers.items()}
        body = call.body.decode("utf-8", "surrogateescape")
        call = call._replace(
            path=call.path.replace(value, mark),
            headers=headers,
            query=_text_without(call.query, value, mark),
            body=_text_without(body, value, mark).encode("utf-8", "surrogateescape"),
        )
    return call


def told_without(text: str, kept: Kept) -> str:
    """Words of a finding without any of them. A value that was cut short may show the beginning of a secret key."""
    for value, kind in kept.items():
        mark = f"<{kind.replace('_', ' ')}>"
        shortest = min(_CUT, len(value)) if kind == "secret_key" else len(value)
        for length in range(len(value), shortest - 1, -1):
            text = text.replace(value[:length], mark)
    return text


def _parameters(text: str, but_for: str) -> list[str]:
    return [each for each in text.split("&") if each.partition("=")[0] != but_for]


def _plain(text: str) -> str:
    return unquote_plus(unquote_plus(text))


def _decoded(text: str) -> Iterator[tuple[str, str]]:
    """Each word of a header that is base64, and what it says."""
    for word in _BASE64.findall(text):
        try:
            told = b64decode(word.translate(str.maketrans("-_", "+/")) + "=" * (-len(word) % 4), validate=True)
        except ValueError:
            continue
        yield word, told.decode("utf-8", "replace")


def _header_without(text: str, value: str, mark: str) -> str:
    for word, told in list(_decoded(text)):
        if value in told:
            text = text.replace(word, f"{mark[:-1]} in base64>")
    return text.replace(value, mark)


def _text_without(text: str, value: str, mark: str) -> str:
    """A query or a body without a value, however it is written there."""

    def without(found: "re.Match[str]") -> str:
        each = found[0].replace(value, mark)
        return f"{each.partition('=')[0]}={mark}" if value in _plain(each) else each

    return _PARAMETER.sub(without, text)
