"""AccessToken: an authorization code exchanged for an access token and a refresh token.

Source: vendor handbook 2021; vendor docs page 2025-06-18.
"""

from ...refusal import Broken, Rule, Wire, enforce
from ..accounts import Account
from ..tokens import as_issued
from ..vocabulary import LIFETIMES_S


def code_invalid(request: Wire, account: Account) -> Broken:
    """No such code is waiting to be exchanged."""
    return None if as_issued(request["code"]) in account.codes else {}


def code_expired(request: Wire, account: Account) -> Broken:
    """The code came too late."""
    return {} if account.codes[as_issued(request["code"])].expires_at_s <= account.clock.now_s() else None


def redirect_uri_differs(request: Wire, account: Account) -> Broken:
    """The authorize call named another address."""
    return {} if account.codes[as_issued(request["code"])].redirect_uri != request["redirect_uri"] else None


RULES = (
    Rule("code_invalid", code_invalid),
    Rule("code_expired", code_expired),
    Rule("redirect_uri_differs", redirect_uri_differs),
)


def handle(request: Wire, account: Account) -> Wire:
    """The whole answer: both tokens. The code is used up."""
    enforce(RULES, request, account)
    ocid = account.codes.take(as_issued(request["code"])).ocid
    return {
        "access_token": account.new_access_token(ocid),
        "token_type": "bearer",
        "refresh_token": account.new_refresh_token(ocid),
        "expires_in": LIFETIMES_S["access_token"],
    }
