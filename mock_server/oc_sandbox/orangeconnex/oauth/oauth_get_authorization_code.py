"""The login page on which a seller lets an integrator act for it, and the redirect with the code.

Source: vendor handbook 2021; the page itself and the one-call approval are ours.
"""

from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import quote

from ...refusal import Rule, Wire, enforce
from ..accounts import Account, Seller
from ..tokens import as_delivered

# The reserved characters and % of RFC 3986 stay; control characters and non-ASCII text would not pass in a header.
_KEPT_IN_URI = ":/?#[]@!$&'()*+,;=%"
_CARRIED = ("response_type", "client_id", "redirect_uri", "state")
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Log in - OrangeConnex sandbox</title></head>
<body>
<h1>OrangeConnex sandbox</h1>
<p>Log in as a seller of this sandbox to let the integrator act for it.</p>
{message}<form method="get">
{hidden}
<p><label>Login <input name="login" value="{login}" autocomplete="username" required></label></p>
<p><label>Password <input name="password" type="password" autocomplete="current-password" required></label></p>
<p><button type="submit">Log in</button></p>
</form>
</body>
</html>
"""


def seller_unknown(request: Wire, account: Account) -> Mapping[str, Any] | None:
    """approve names a seller that the tenant does not have."""
    ocid = request.get("approve")
    return None if ocid is None or ocid in account.sellers else {"ocid": ocid}


RULES = (Rule("seller_unknown", seller_unknown),)


def handle(request: Wire, account: Account) -> Wire:
    """`location` of the redirect, once a seller has agreed; until then the `page` on which it can."""
    enforce(RULES, request, account)
    if "approve" in request:
        return {"location": _location(request, account.sellers[request["approve"]], account)}
    if "login" not in request and "password" not in request:
        return {"page": _page(request, "")}
    seller = _logged_in(request, account)
    if seller is None:
        return {"page": _page(request, "Login or password is wrong.")}
    return {"location": _location(request, seller, account)}


def _logged_in(request: Wire, account: Account) -> Seller | None:
    login, password = request.get("login"), request.get("password")
    for seller in account.sellers.values():
        if login in (seller.login, seller.ocid) and password == seller.password:
            return seller
    return None


def _location(request: Wire, seller: Seller, account: Account) -> str:
    code = account.new_authorization_code(seller.ocid, request["redirect_uri"])
    added = f"act=getAuthorizationCode&code={as_delivered(code)}"
    if "state" in request:
        added += f"&state={quote(request['state'], safe='')}"
    address, hash_sign, fragment = request["redirect_uri"].partition("#")
    joined = f"{address}{'&' if '?' in address else '?'}{added}{hash_sign}{fragment}"
    return quote(joined, safe=_KEPT_IN_URI)


def _page(request: Wire, message: str) -> str:
    hidden = "\n".join(
        f'<input type="hidden" name="{name}" value="{escape(request[name])}">' for name in _CARRIED if name in request
    )
    return _PAGE.format(
        message=f'<p role="alert">{escape(message)}</p>\n' if message else "",
        hidden=hidden,
        login=escape(request.get("login", "")),
    )
