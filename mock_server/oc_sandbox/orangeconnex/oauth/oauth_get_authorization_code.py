"""The page on which a seller lets an integrator act for it. Its forms go to `oauth_submit_authorize_page`.

Source: vendor handbook 2021; the page itself and the one-call approval are ours.
"""

from ...refusal import Broken, Rule, Wire, enforce
from ..accounts import Account
from .pages import login_page
from .redirects import allowed


def seller_unknown(request: Wire, account: Account) -> Broken:
    """approve names a seller that the tenant does not have."""
    ocid = request.get("approve")
    return None if ocid is None or ocid in account.sellers else {"ocid": ocid}


RULES = (Rule("seller_unknown", seller_unknown),)


def handle(request: Wire, account: Account) -> Wire:
    """The `page` on which a seller logs in; the `location` of the redirect where one is approved at once."""
    enforce(RULES, request, account)
    if "approve" in request:
        return allowed(request, account.sellers[request["approve"]], account)
    return login_page(request, account)
