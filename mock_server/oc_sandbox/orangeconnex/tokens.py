"""Tokens and authorization codes in the shapes that were seen on the wire.

An access token is a JWT: header RS256, claims exp, user_name, client_id, scope in this order, 512 bytes of signature
(vendor request collection 2024). It is recognised by look-up: nobody but the vendor holds a key, so none is needed.
"""

from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from typing import NamedTuple
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


def new_token(ids: Ids, *, ocid: str, client_key: str, expires_at_s: int) -> str:
    """A token of three base64url parts, about 865 characters."""
    claims = {"exp": expires_at_s, "user_name": ocid, "client_id": client_key, "scope": ["all"]}
    parts = (orjson.dumps(_HEADER), orjson.dumps(claims), ids.opaque("token", _SIGNATURE_BYTES))
    return ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def client_of(token: str) -> str:
    """The client key that a token claims; empty where it is not of our shape. Whether it is good, look-up tells."""
    try:
        claims = orjson.loads(urlsafe_b64decode(token.split(".")[1] + "=="))
        return str(claims["client_id"])
    except (ValueError, LookupError, TypeError):
        return ""


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
