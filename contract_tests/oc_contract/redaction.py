"""What may be written down: of a stranger's reply only values known to be harmless, and never a key or a token."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile
from typing import Any

import orjson

from .targets import Answer, Keys

_HARMLESS = """
    apiversion code errorcode error error_description errormessage errormsg failreason message reason success timestamp
    messageid requestid id path status timeout token_type
    asnnumber batchnumber bookingnumber calculateid cartonnumber inboundbatchnumber inboundnumber inboundorder
    moventmentid ordernumber outboundordernumber referenceid referencenumber sellercartonnumber sellerinboundnumber
    mfskuid referenceskuid productid productsku sku uniqueid variantid
    carrier channelcode channelname lmcarriercode lmcarriername serviceregion servicetype shippingmethod
    shippingservicecode shippingservicename warehousecode warehouseid warehousename
    createtime createdat feetime ordercreationtime putawaytime updatetime updatedat
    inventorystatus movementtype orderstatus verifystatus feetype filetype fileregion
    chargeableweightunit currency dimensionunit feeamountcurrency lengthunit weightunit language languagecode
    countrycode
"""
HARMLESS = frozenset(_HARMLESS.split())
"""Names of fields whose texts say nothing about a person and open no door, in lower case. All others are hidden."""

NEVER = re.compile(r"(?i)token|secret|password|api_?key")
"""Names of fields that are hidden even at a sandbox of our own."""

LONGEST = 2000
_CUT = 4
"""A text may stand cut off inside another; so many of its characters are enough to be hidden."""
_CUT_SECRET = 12
"""So many of a secret are."""


class Redactor:
    """Makes texts fit to be written. At a sandbox of ours, where all people are invented, it hides only secrets."""

    def __init__(self, *, own_world: bool, secrets: tuple[str, ...] = ()) -> None:
        self._own_world = own_world
        self._secrets = {text: "<secret>" for text in secrets if text}

    def learn(self, keys: Keys) -> None:
        """Hide these too: a tenant's keys, a token that was renewed."""
        named = {
            "<client key>": keys.client_key,
            "<secret key>": keys.secret_key,
            "<access token>": keys.access_token,
            "<api key>": keys.api_key,
        }
        self._secrets.update({text: name for name, text in named.items() if text})

    def learn_tokens(self, tokens: Iterable[str]) -> None:
        """And access tokens that are over."""
        self._secrets.update({token: "<access token>" for token in tokens if token})

    def text(self, text: str, answer: Answer | None = None) -> str:
        """Words about a reply, without what must not be told of it."""
        if answer is not None:
            for hidden in sorted(set(self._hidden(answer)), key=len, reverse=True):
                text = _without(text, hidden)
        for secret, name in self._secrets.items():
            text = text.replace(secret, name)
        return _without_beginnings(text, self._secrets)

    def reply(self, answer: Answer) -> str:
        """A reply in one line: its status, and as much of its body as may be shown."""
        try:
            shown = orjson.dumps(self.value("", orjson.loads(answer.body))).decode()
        except orjson.JSONDecodeError:
            kind = next((value for name, value in answer.headers if name.lower() == "content-type"), "no Content-Type")
            body = answer.body[:LONGEST].decode("utf-8", "replace")
            shown = f"{body!r} ({kind})" if self._own_world else f"{len(answer.body)} bytes that are no JSON ({kind})"
        return self.text(f"HTTP {answer.status}: {shown[:LONGEST]}")

    def _hidden(self, answer: Answer) -> Iterator[str]:
        """The texts of a reply that must not be told."""
        try:
            told = orjson.loads(answer.body)
        except orjson.JSONDecodeError:
            if not self._own_world:
                # The judge shows the beginnings of bodies that are no JSON.
                yield from (repr(answer.body[:length]) for length in (120, 200))
            return
        yield from self._leaves("", told)

    def _leaves(self, name: str, node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            for key, value in node.items():
                yield from self._leaves(key, value)
        elif isinstance(node, list):
            for value in node:
                yield from self._leaves(name, value)
        elif self._hides(name, node):
            yield str(node)
            yield orjson.dumps(str(node)).decode()[1:-1]

    def value(self, name: str, node: Any) -> Any:
        """A JSON value under a field's name, as it may be shown."""
        if isinstance(node, dict):
            return {key: self.value(key, value) for key, value in node.items()}
        if isinstance(node, list):
            return [self.value(name, value) for value in node]
        return f"<{type(node).__name__}, {len(str(node))}>" if self._hides(name, node) else node

    def _hides(self, name: str, value: Any) -> bool:
        if value is None or isinstance(value, bool) or value == "":
            return False
        if NEVER.search(name):
            return True
        if self._own_world or name.lower() in HARMLESS:
            return False
        # A number may be a telephone's.
        return isinstance(value, str) or abs(value) >= 1_000_000


def _without_beginnings(text: str, secrets: Mapping[str, str]) -> str:
    """A text without the beginnings of secrets, which stand where a reply was cut off; tokens begin alike."""
    starts = [re.escape(secret[:_CUT_SECRET]) for secret in secrets if len(secret) > _CUT_SECRET]
    if not starts:
        return text
    start, at = re.compile("|".join(starts)), 0
    while found := start.search(text, at):
        rest = text[found.start() :]
        length, name = max((_shared(rest, secret), name) for secret, name in secrets.items())
        text = text[: found.start()] + name + rest[length:]
        at = found.start() + len(name)
    return text


def _shared(one: str, other: str) -> int:
    """The length of the beginning that two texts share."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _without(text: str, hidden: str) -> str:
    """A text in which the hidden one stands no more, nor a beginning of it."""
    if len(hidden) < _CUT:
        return re.sub(rf"(?<!\w){re.escape(hidden)}(?!\w)", "<hidden>", text)
    text = text.replace(hidden, "<hidden>")
    for length in range(min(len(hidden), len(text)), _CUT - 1, -1):
        text = text.replace(hidden[:length], "<hidden>")
    return text
