"""The forms of the authorize page: a login, which brings the consent page, and the decision there. Ours.

The vendor shows a login page of its own and then redirects (handbook 2021); what its forms send nobody has recorded.
"""

from ...refusal import Wire
from ..accounts import Account, Seller
from ..tokens import Grant
from .pages import consent_page, login_page
from .redirects import allowed, denied


def handle(request: Wire, account: Account) -> Wire:
    """A `page`, or the `location` of the redirect once the seller has decided."""
    if "ticket" in request:
        return _decided(request, account)
    seller = _logged_in(request, account)
    if seller is None:
        return login_page(request, account, wrong="wrong_login")
    if account.choices["consent"] == "taken_for_granted":
        return allowed(request, seller, account)
    return consent_page(request, account, seller, account.new_login(seller.ocid, request["redirect_uri"]))


def _decided(request: Wire, account: Account) -> Wire:
    login = account.logins.get(request["ticket"])
    if login is None or not _holds(login, request, account):
        return login_page(request, account, wrong="login_over")
    seller = account.sellers[login.ocid]
    if "decision" not in request:  # the same page in another language
        return consent_page(request, account, seller, request["ticket"])
    account.logins.take(request["ticket"])
    return allowed(request, seller, account) if request["decision"] == "allow" else denied(request)


def _holds(login: Grant, request: Wire, account: Account) -> bool:
    """Whether the seller logged in lately, and to be sent to this address: no other page may use the login."""
    return login.expires_at_s > account.clock.now_s() and login.redirect_uri == request["redirect_uri"]


def _logged_in(request: Wire, account: Account) -> Seller | None:
    login, password = request.get("login", "").strip(), request.get("password")
    for seller in account.sellers.values():
        if login in (seller.login, seller.ocid) and password == seller.password:
            return seller
    return None
