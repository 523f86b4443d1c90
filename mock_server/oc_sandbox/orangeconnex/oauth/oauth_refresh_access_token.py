"""Refresh AccessToken: a new access token for a refresh token; what becomes of that one is an assumption.

Source: vendor handbook 2021.
"""

from ...refusal import Broken, Rule, Wire, enforce
from ..accounts import Account
from ..vocabulary import LIFETIMES_S


def refresh_token_invalid(request: Wire, account: Account) -> Broken:
    """No such token was issued to this client."""
    return None if request["refresh_token"] in account.refresh else {}


def refresh_token_expired(request: Wire, account: Account) -> Broken:
    """The token's year is over."""
    return {} if account.refresh[request["refresh_token"]].expires_at_s <= account.clock.now_s() else None


RULES = (
    Rule("refresh_token_invalid", refresh_token_invalid),
    Rule("refresh_token_expired", refresh_token_expired),
)


def handle(request: Wire, account: Account) -> Wire:
    """The whole answer: the new access token, and the refresh token to use from now on if it is told."""
    enforce(RULES, request, account)
    token = request["refresh_token"]
    ocid = account.refresh[token].ocid
    answer = {
        "access_token": account.new_access_token(ocid),
        "token_type": "bearer",
        "expires_in": LIFETIMES_S["access_token"],
    }
    rotation = account.choices["refresh_rotation"]
    if rotation == "new":
        account.refresh.take(token)
        token = account.new_refresh_token(ocid)
    return answer if rotation == "none" else {**answer, "refresh_token": token}
