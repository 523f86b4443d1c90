"""The journal below a test that failed, to be read, and to be run by a shell: it makes the calls again."""

import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from ..curls import shared_tokens, with_variables
from ..formats import parse_iso_instant
from ..orangeconnex.tokens import owner_of
from ..sandbox import BASE_URL
from .run import GONE, WRONG, Kept, Run

LATEST_CALLS = 20
LONGEST_BODY = 1000
LONGEST_CURL = 10_000
"""A label in Base64 makes megabytes, which no terminal is for."""
WHERE_SERVE_IS = "http://127.0.0.1:8400"


def journal_text(kept: Kept) -> str:
    """The latest calls of a tenant: what became of each, its curl, its reply. All of it is a script for sh.

    It knows what the journal knows, and so nothing of the test's own `set_stock`, `put_faults` and their like.
    """
    sandbox, settings = kept
    try:
        calls = sandbox.calls
    except GONE as error:
        return f"it cannot be read any more: {error}"
    if not calls:
        return "no call reached this tenant"
    shown = [_Shown(call, getattr(sandbox, "url", BASE_URL)) for call in calls[-LATEST_CALLS:]]
    tokens = shared_tokens(each.curl for each in shown)
    made_here = _taken_from_replies(shown, tokens)
    made_later = _made_later(tokens.keys() - made_here.keys(), sandbox.client_key, settings)
    lines = [
        f"# A script for sh: it repeats the calls at {WHERE_SERVE_IS} (`oc-sandbox serve`), with such a tenant:",
        *_setting_up(sandbox.client_key, settings),
        *(f"{name}={token}" for token, name in tokens.items() if token not in {*made_here, *made_later}),
    ]
    if len(calls) > len(shown):
        left_out = len(calls) - len(shown)
        lines += ["", f"# {left_out} earlier calls are left out: what hangs on them comes out otherwise in a shell"]
    stands_at = parse_iso_instant(settings["clock"]["now"])
    for each in shown:
        lines += ["", _comment(each.head())]
        if passed_s := int((parse_iso_instant(each.call["at"]) - stands_at).total_seconds()):
            lines.append(_control("PUT", f"/{sandbox.client_key}/clock", {"advance_seconds": passed_s}))
            stands_at += timedelta(seconds=passed_s)
        for token in [token for token in made_later if token in each.curl]:
            lines.append(_looked_up(tokens[token], sandbox.client_key, made_later.pop(token)))
        lines += each.lines(tokens, [token for token, call_id in made_here.items() if call_id == each.call["id"]])
    return "\n".join(lines)


class _Shown:
    """One call: its view as the control plane has it, its curl for WHERE_SERVE_IS, its reply as text."""

    def __init__(self, call: Mapping[str, Any], root_url: str) -> None:
        self.call = call
        self.curl = call["curl"].replace(root_url, WHERE_SERVE_IS)
        body = call["reply"]["body"]
        self.reply = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)

    def lines(self, tokens: Mapping[str, str], made: Sequence[str]) -> Iterator[str]:
        """Its curl, and its reply, out of which come the tokens `made`."""
        if len(self.curl) > LONGEST_CURL:
            yield _comment(
                f"{_named(self.curl, tokens)[:LONGEST_BODY]} ... (cut, as it has {len(self.curl)} characters; in the "
                f"test the `curl` of the call {self.call['id']} in `calls` is whole)"
            )
        else:
            curl = with_variables(self.curl, tokens)
            yield f"REPLY=$({curl}); printf '%s\\n' \"$REPLY\"" if made else curl
        for token in made:
            yield f'{tokens[token]}=$(printf %s "$REPLY" | sed -n {shlex.quote(_picks(_key(self.reply, token)))})'
        reply = _named(self.reply, tokens)
        yield _comment(f"-> {reply if len(reply) <= LONGEST_BODY else reply[:LONGEST_BODY] + ' ...'}")

    def head(self) -> str:
        """What it was, and what became of it."""
        call = self.call
        where = call["operation"] or f"{call['request']['method']} {call['request']['path']} (no such operation)"
        codes = [code or name for code, name in zip(call["error_codes"], call["errors"], strict=False)]
        grades = {row["error"]: row["evidence"].split(" ")[0] for row in call["evidence"]}
        errors = "".join(
            f"; {name}{f' {code}' if code != name else ''}{f' ({grades[name]})' if name in grades else ''}"
            for name, code in zip(call["errors"], codes or call["errors"], strict=False)
        )
        injected = " [a fault did this]" if call.get("injected") else ""
        status = call["reply"]["status"]
        return f"{call['id']}. {call['at']} {where}: HTTP {status}, {call['outcome']}{errors}{injected}"


def _named(text: str, tokens: Mapping[str, str]) -> str:
    """A text that is only read, with the names of tokens in their places."""
    for token in sorted(tokens, key=len, reverse=True):
        text = text.replace(token, f"${tokens[token]}")
    return text


def _taken_from_replies(shown: Sequence[_Shown], tokens: Mapping[str, str]) -> dict[str, int]:
    """The tokens that the shown calls have got before they used them, each with the number of its call."""
    found: dict[str, int] = {}
    used: set[str] = set()
    for each in shown:
        used |= {token for token in tokens if token in each.curl}
        for token in tokens.keys() - used:
            # A call that is cut cannot be run, and gives nothing.
            if len(each.curl) <= LONGEST_CURL and _key(each.reply, token):
                found.setdefault(token, each.call["id"])
    return found


def _made_later(tokens: Iterable[str], client_key: str, settings: Mapping[str, Any]) -> dict[str, str]:
    """Which of the tokens a tenant that was just made has not, though they are its own; each with its seller.

    They were got in a call that is left out, or made when the test asked for one after some time.
    """
    made_with = {name: value for name, value in settings.items() if name != "faults"}
    made_with |= {"client_key": client_key, "clock": _standing(settings)}
    first = ""
    with suppress(*WRONG):  # a sandbox at --oc-target may be of a version that takes what this one does not
        first = json.dumps(Run().make(made_with).describe())
    owners = {token: owner_of(token, client_key) for token in tokens if token not in first}
    return {token: ocid for token, ocid in owners.items() if ocid.isdigit()}


def _looked_up(name: str, client_key: str, ocid: str) -> str:
    """A line that asks the sandbox for a token of a seller."""
    key = "refresh_token" if name.startswith("OC_REFRESH") else "access_token"
    picks = rf's/.*"ocid": *"{ocid}"[^}}]*"{key}": *"\([^"]*\)".*/\1/p'
    return f"{name}=$(curl -fsS {WHERE_SERVE_IS}/_sandbox/tenants/{client_key} | sed -n {shlex.quote(picks)})"


def _key(reply: str, token: str) -> str:
    """The key of a JSON object under which a token stands; empty if nowhere."""
    before = reply.partition(f'": "{token}"')
    return before[0].rpartition('"')[2] if before[1] else ""


def _picks(key: str) -> str:
    """A command of sed that leaves of a JSON text what stands under a key."""
    return rf's/.*"{re.escape(key)}": *"\([^"]*\)".*/\1/p'


def _setting_up(client_key: str, settings: Mapping[str, Any]) -> Iterator[str]:
    """Lines that make a tenant like this one, in the place of one that an earlier run of them has made."""
    made_with = {name: value for name, value in settings.items() if name != "faults"}
    made_with["clock"] = _standing(settings)
    yield _control("DELETE", f"/{client_key}")
    yield _control("POST", "", made_with)
    if settings.get("faults"):
        yield _control("PUT", f"/{client_key}/faults", settings["faults"])


def _standing(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The clock of a tenant that is made again: it stands, as a token tells when it was made."""
    return {**settings["clock"], "mode": "manual"}


def _control(method: str, path: str, body: Any = None) -> str:
    data = f" -d {shlex.quote(json.dumps(body, default=str, ensure_ascii=False))}" if body is not None else ""
    sure = "" if method == "DELETE" else "f"  # a tenant that is not there yet is no failure
    return f"curl -{sure}sS -o /dev/null -X {method} {WHERE_SERVE_IS}/_sandbox/tenants{path}{data}"


def _comment(text: str) -> str:
    return "\n".join(f"# {line}" for line in text.splitlines())
