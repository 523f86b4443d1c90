"""Where the authorize page sends the seller's browser in the end: the integrator's address, with more in its query."""

from urllib.parse import quote

from ...refusal import Wire
from ..accounts import Account, Seller
from ..tokens import as_delivered

# The reserved characters and % of RFC 3986 stay; control characters and non-ASCII text would not pass in a header.
_KEPT_IN_URI = ":/?#[]@!$&'()*+,;=%"


def allowed(request: Wire, seller: Seller, account: Account) -> Wire:
    """The redirect with a code for the seller who agreed."""
    code = account.new_authorization_code(seller.ocid, request["redirect_uri"])
    act = "act=getAuthorizationCode&" if account.choices["redirect_act"] == "added" else ""
    return _redirect(request, f"{act}code={as_delivered(code)}")


def denied(request: Wire) -> Wire:
    """The redirect of a seller who did not agree."""
    return _redirect(request, "error=access_denied")


def _redirect(request: Wire, added: str) -> Wire:
    if "state" in request:
        added += f"&state={quote(request['state'], safe='')}"
    address, hash_sign, fragment = request["redirect_uri"].partition("#")
    joined = f"{address}{'&' if '?' in address else '?'}{added}{hash_sign}{fragment}"
    return {"location": quote(joined, safe=_KEPT_IN_URI)}
