"""Tokens and authorization codes in the shapes that were seen on the wire.

An access token is a JWT: header RS256, claims exp, user_name, client_id, scope in this order, 512 bytes of signature
(vendor request collection 2024). It is recognised by look-up: nobody but the vendor holds a key, so none is needed.
"""

from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

import orjson

from ..domain.ids import Ids

_HEADER = {"alg": "RS256", "typ": "JWT"}
_SIGNATURE_BYTES = 512
_CODE_BYTES = 512


class Grant(NamedTuple):
    """What a token or code stands for: a seller's account, until an instant in epoch seconds."""

    ocid: str
    expires_at_s: int
    redirect_uri: str = ""


class Grants(Mapping[str, Grant]):
    """The tokens of one kind that an account has given out, each good for `lasts_s` seconds.

    Of each seller the newest `newest` are known: a client that asks for a token before every call, under a clock that
    stands still, would else fill the memory. What has been dead for as long as it lived is forgotten too.
    """

    __slots__ = ("_by_seller", "_grants", "_newest", "lasts_s")

    def __init__(self, lasts_s: int, newest: int) -> None:
        self.lasts_s = lasts_s
        self._newest = newest
        self._grants: dict[str, Grant] = {}
        self._by_seller: dict[str, deque[str]] = {}  # oldest first; those taken stand there until their turn comes

    def add(self, token: str, grant: Grant) -> None:
        """Keep a token, the newest of its seller."""
        tokens = self._by_seller.setdefault(grant.ocid, deque())
        dead_since_s = grant.expires_at_s - 2 * self.lasts_s
        while tokens and (len(tokens) >= self._newest or self._died_by(tokens[0], dead_since_s)):
            self._grants.pop(tokens.popleft(), None)
        tokens.append(token)
        self._grants[token] = grant

    def take(self, token: str) -> Grant:
        """Use a token up. Errors: KeyError."""
        return self._grants.pop(token)

    def expire(self, token: str, at_s: int) -> None:
        """Let a token have died by an instant; one that is not known stays unknown."""
        grant = self._grants.get(token)
        if grant is not None:
            self._grants[token] = grant._replace(expires_at_s=min(grant.expires_at_s, at_s))

    def revoke(self, token: str) -> None:
        """Know a token no more, if it was known."""
        self._grants.pop(token, None)

    def lasting(self, ocid: str, until_s: int) -> str | None:
        """A seller's token that is good beyond an instant. None lasts longer than the newest."""
        tokens = self._by_seller.get(ocid)
        return tokens[-1] if tokens and not self._died_by(tokens[-1], until_s) else None

    def _died_by(self, token: str, at_s: int) -> bool:
        grant = self._grants.get(token)
        return grant is None or grant.expires_at_s <= at_s

    def __getitem__(self, token: str) -> Grant:
        return self._grants[token]

    def __iter__(self) -> Iterator[str]:
        return iter(self._grants)

    def __len__(self) -> int:
        return len(self._grants)


def new_token(ids: Ids, *, ocid: str, client_key: str, expires_at_s: int) -> str:
    """A token of three base64url parts, about 865 characters."""
    claims = {"exp": expires_at_s, "user_name": ocid, "client_id": client_key, "scope": ["all"]}
    parts = (orjson.dumps(_HEADER), orjson.dumps(claims), ids.opaque("token", _SIGNATURE_BYTES))
    return ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def client_of(token: str) -> str:
    """The client key that a token claims; empty where it is not of our shape. Whether it is good, look-up tells."""
    return str(_claims(token).get("client_id", ""))


def owner_of(token: str, client_key: str) -> str:
    """The account number of the seller whom a token of that client key claims to be for; empty for other tokens."""
    claims = _claims(token)
    return str(claims.get("user_name", "")) if claims.get("client_id") == client_key else ""


def expiry_of(token: str) -> int | None:
    """The instant in the claims of a token, in epoch seconds; None if it is no token. Proves nothing of who made it."""
    expires_at_s = _claims(token).get("exp")
    return expires_at_s if type(expires_at_s) is int and expires_at_s >= 0 else None


def _claims(token: str) -> dict[str, Any]:
    try:
        claims = orjson.loads(urlsafe_b64decode(token.split(".")[1] + "=="))
    except (ValueError, LookupError):
        return {}
    return claims if isinstance(claims, dict) else {}


def new_code(ids: Ids) -> str:
    """An authorization code: 512 opaque bytes in base64."""
    return b64encode(ids.opaque("code", _CODE_BYTES)).decode()


def as_delivered(code: str) -> str:
    """A code as it stands in the address bar: percent-encoded twice."""
    return quote(quote(code, safe=""), safe="")


def as_issued(code: str) -> str:
    """A code as it was issued, however often it is still percent-encoded, and even if a form decoder took its +."""
    for _ in range(3):
        if "%" not in code:
            break
        code = unquote(code)
    return code.replace(" ", "+")
