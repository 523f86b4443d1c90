"""Tokens: consent, code, exchange, refresh and expiry; and what a call without good credentials gets.

Replies of these calls do not tell the time, so ages are counted from what was waited and from the machine's own clock.
"""

import hashlib
from base64 import b64encode
from time import perf_counter
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from hypothesis import strategies as st
from hypothesis.stateful import rule

from . import looking, outbound
from .flow import Flow, Missing, Reply
from .machine import Machine
from .model import Row, Shelf

REDIRECT = "https://erp.example.com/oauth"
OTHER_REDIRECT = "https://other.example.com/oauth"
CODE_S, TOKEN_S, REFRESH_S = 600, 3600, 31_536_000
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
FORMS = ("twice encoded", "once encoded", "decoded", "in a form")


def _kept(flow: Flow, kind: str) -> dict[str, Row]:
    kept: dict[str, Row] = flow.book.seen.setdefault(("oauth", kind), (0, {}))[1]
    return kept


def _known(flow: Flow, kind: str, label: str) -> Row:
    try:
        return _kept(flow, kind)[label]
    except KeyError:
        raise Missing(label) from None


def _keep(flow: Flow, kind: str, label: str, **grant: Any) -> None:
    twice = grant["text"] in {each["text"] for each in _kept(flow, kind).values()}
    flow.claim(not twice, f"every {kind} is new", "the same was given twice")
    _kept(flow, kind)[label] = {"waited": flow.book.waited, "at": perf_counter(), "used": False, **grant}


def _over(flow: Flow, grant: Row, lasts_s: int) -> set[bool]:
    """Whether something has expired: what it may be."""
    least = (flow.book.waited - grant["waited"]) / 1000
    most = least + perf_counter() - grant["at"] + 2
    return {True} if least >= lasts_s else {False} if most < lasts_s else {True, False}


def _client(flow: Flow) -> Row:
    return {"client_id": flow.target.keys.client_key}


def authorize(flow: Flow, label: str, redirect: str = REDIRECT) -> None:
    """A seller's consent in one call; the redirect bears the code."""
    ocid = flow.target.keys.seller[0]
    if not ocid:
        raise Missing("the target has no one-call consent")
    asked = {"response_type": "code", **_client(flow), "redirect_uri": redirect, "state": label, "approve": ocid}
    reply = flow.call("oauth_get_authorization_code", query=asked)
    flow.outcome(reply, {""})
    _keep_code(flow, label, reply, redirect)


def _keep_code(flow: Flow, label: str, reply: Reply, redirect: str) -> None:
    operation = reply.operation.name
    address = next((value for name, value in reply.answer.headers if name.lower() == "location"), "")
    claim = f"{operation}: redirects to the caller's address with code and state, and act as an answer says"
    flow.claim(
        reply.answer.status == 302 and address.startswith(redirect),
        claim,
        f"HTTP {reply.answer.status} {address[:200]}",
    )
    query = parse_qs(urlsplit(address).query)
    flow.same(claim, [label], query.get("state"))
    acts = ["getAuthorizationCode"] if flow.book.answers["redirect_act"] == "added" else None
    flow.claim(query.get("act") == acts and "code" in query, claim, address[:200])
    _keep(flow, "code", label, text=query["code"][0], redirect=redirect)


def log_in(flow: Flow, label: str, decision: str = "allow", password_right: bool = True) -> None:
    """The same by the pages: login, then consent. A wrong password brings the login page again, and no ticket."""
    _, login, password = flow.target.keys.seller
    if not login:
        raise Missing("the target's login is not known")
    asked = {"response_type": "code", **_client(flow), "redirect_uri": REDIRECT, "state": label}
    form = {"login": login, "password": password if password_right else "wrong"}
    page = flow.call("oauth_submit_authorize_page", query=asked, headers=FORM, raw=urlencode(form).encode())
    if password_right and flow.book.answers["consent"] == "taken_for_granted":
        return _keep_code(flow, label, page, REDIRECT)
    flow.same("oauth_submit_authorize_page: answers a login with a page", 200, page.answer.status)
    ticket = _ticket(page.answer.body.decode())
    flow.claim(
        bool(ticket) == password_right, "oauth_submit_authorize_page: lets in who knows the password, and no other"
    )
    if not ticket:
        return None
    form = {"ticket": ticket, "decision": decision}
    decided = flow.call("oauth_submit_authorize_page", query=asked, headers=FORM, raw=urlencode(form).encode())
    if decision == "allow":
        return _keep_code(flow, label, decided, REDIRECT)
    address = next((value for name, value in decided.answer.headers if name.lower() == "location"), "")
    denied = "error=access_denied" in address and "code=" not in address
    return flow.claim(denied, "oauth_submit_authorize_page: a denial bears no code", address[:200])


def _ticket(page: str) -> str:
    return page.partition('name="ticket" value="')[2].partition('"')[0]


def exchange(flow: Flow, label: str, code: str, form: str, redirect: str = REDIRECT, returns: bool = False) -> None:
    """A code for tokens, in any spelling: once, in time, and with the redirect_uri it was made for."""
    grant = _known(flow, "code", code)
    text = grant["text"]
    spelt = {"twice encoded": text, "once encoded": unquote(text)}.get(form, unquote(unquote(text)))
    asked = {"grant_type": "authorization_code", "code": spelt, "redirect_uri": redirect, **_client(flow)}
    operation = "returns_auth_access_token" if returns else "oauth_access_token"
    reply = _token_call(flow, operation, asked, in_form=form == "in a form")
    if grant["used"]:
        outcomes = {"code_invalid"}
    else:
        good = "redirect_uri_differs" if redirect != grant["redirect"] else ""
        # Of a code that is over and of the wrong address either may be told.
        outcomes = {name for over in _over(flow, grant, CODE_S) for name in (["code_expired"] if over else [good])}
        outcomes |= {good} if good else set()
        # What has been over for as long as it lasted may be forgotten.
        outcomes |= {"code_invalid"} if True in _over(flow, grant, 2 * CODE_S) else set()
    if flow.outcome(reply, outcomes, f"the exchange of {code}, {form}"):
        grant["used"] = True
        flow.same(f"{operation}: says how long the token lasts", TOKEN_S, reply.body["expires_in"])
        _keep(flow, "token", label, text=reply.body["access_token"])
        _keep(flow, "refresh token", label, text=reply.body["refresh_token"])


def _token_call(flow: Flow, operation: str, asked: Row, *, in_form: bool, credentials: str = "") -> Reply:
    headers = {}
    if credentials:
        keys = flow.target.keys
        pair = f"{keys.client_key}:{keys.secret_key if credentials == 'right' else 'not-the-secret'}"
        scheme = "Basic" if in_form else "Bearer"
        headers["Authorization"] = f"{scheme} {b64encode(pair.encode()).decode()}"
    if in_form:
        return flow.call(operation, headers=FORM | headers, raw=urlencode(asked).encode())
    return flow.call(operation, query=asked, headers=headers)


def refresh(flow: Flow, label: str, token: str, in_form: bool = False, credentials: str = "") -> None:
    """A new access token for a refresh token; what becomes of that one an answer says.

    `credentials` in a header of their own are right or wrong; empty, the call is made without, for it needs none.
    """
    rotation = flow.book.answers["refresh_rotation"]
    grant = _known(flow, "refresh token", token)
    asked = {"grant_type": "refresh_token", "refresh_token": grant["text"], **_client(flow)}
    reply = _token_call(flow, "oauth_refresh_access_token", asked, in_form=in_form, credentials=credentials)
    if credentials == "wrong":
        claim = "oauth_refresh_access_token: client credentials must be right"
        return flow.same(claim, {"client_secret_wrong"}, reply.outcome)
    over = {"refresh_token_expired" if each else "" for each in _over(flow, grant, REFRESH_S)}
    over |= {"refresh_token_invalid"} if True in _over(flow, grant, 2 * REFRESH_S) else set()
    if flow.outcome(reply, {"refresh_token_invalid"} if grant["used"] else over, f"the refresh with {token}"):
        _keep(flow, "token", label, text=reply.body["access_token"])
        told = reply.body.get("refresh_token")
        claim = "oauth_refresh_access_token: gives the refresh token that it must"
        if rotation == "new":
            flow.claim(bool(told) and told != grant["text"], claim, f"{told!r}")
            grant["used"] = True
            _keep(flow, "refresh token", label, text=told)
        else:
            flow.same(claim, grant["text"] if rotation == "same" else None, told)
    return None


def use(flow: Flow, token: str, shelf: Shelf) -> None:
    """A call with a token: it is good for an hour, whatever was issued since."""
    grant = _known(flow, "token", token)
    headers = {"Access-Token": f"Bearer {grant['text']}"}
    asked = {"skuList": [{"mfSkuId": shelf[0]}], "serviceRegionList": [{"serviceRegion": shelf[1]}]}
    reply = flow.call("stock_snapshot_v2", {"data": asked}, headers=headers)
    flow.outcome(
        reply, {"token_expired" if over else "" for over in _over(flow, grant, TOKEN_S)}, f"a call with {token}"
    )


def unknown_grants(flow: Flow) -> None:
    """Codes and refresh tokens that were never given."""
    asked = {"grant_type": "authorization_code", "code": "AAAA", "redirect_uri": REDIRECT, **_client(flow)}
    flow.outcome(flow.call("oauth_access_token", query=asked), {"code_invalid"})
    asked = {"grant_type": "refresh_token", "refresh_token": "AAAA", **_client(flow)}
    flow.outcome(flow.call("oauth_refresh_access_token", query=asked), {"refresh_token_invalid"})


def refused(flow: Flow, how: str, shelf: Shelf, label: str) -> None:
    """An order without good credentials: refused as declared. That nothing was placed, a look at the shelf tells."""
    order = {"label": label, "reference": label, "region": shelf[1], "lines": [(shelf[0], 1)]}
    body = {"data": [outbound.row_of(flow, order | {"service": flow.menu.service(shelf[1])}, own_label=False)]}
    keys = flow.target.keys
    wrong = hashlib.md5(f"|{keys.client_key}|{keys.secret_key}".encode(), usedforsecurity=False).hexdigest()
    headers, error = {
        "no clientKey": ({"clientKey": ""}, "client_key_missing"),
        "other clientKey": ({"clientKey": "not-a-key"}, "client_key_unknown"),
        "no signature": ({"vAuthorization": ""}, "signature_missing"),
        "other signature": ({"vAuthorization": wrong}, "signature_wrong"),
        "no token": ({"Access-Token": ""}, "token_missing"),
        "other token": ({"Access-Token": "Bearer no.such.token"}, "token_invalid"),
    }[how]
    flow.outcome(flow.call("place_outbound_order", body, headers=headers), {error}, how)
    flow.book.stale |= {shelf} & flow.book.base.keys()


REFUSED = ("no clientKey", "other clientKey", "no signature", "other signature", "no token", "other token")


class Oauth(Machine):
    """Who may call."""

    def kept(self, kind: str) -> list[str]:
        """The labels of all codes or tokens."""
        return list(_kept(self.flow, kind))

    def walk(self) -> None:
        """A code in each spelling; used twice, elsewhere and late; tokens before and after their time; a secret."""
        shelf = self.flow.menu.shelves[0]
        for form in FORMS:
            code = self.flow.label("c")
            self.do(authorize, label=code)
            self.do(exchange, label=self.flow.label("t"), code=code, form=form, redirect=OTHER_REDIRECT)
            for _ in range(2):
                self.do(exchange, label=self.flow.label("t"), code=code, form=form)
        self.do(log_in, label=(code := self.flow.label("c")))
        self.do(exchange, label=(token := self.flow.label("t")), code=code, form="decoded", returns=True)
        for decision, right in (("deny", True), ("allow", False)):
            self.do(log_in, label=self.flow.label("c"), decision=decision, password_right=right)
        self.do(authorize, label=(late := self.flow.label("c")))
        self.do(looking.wait, seconds=601)
        self.do(exchange, label=self.flow.label("t"), code=late, form="decoded")
        self.do(looking.wait, seconds=2_900)
        self.do(use, token=token, shelf=shelf)
        for _ in range(2):
            self.do(refresh, label=(fresh := self.flow.label("t")), token=token)
            self.do(use, token=token, shelf=shelf)
            self.do(use, token=fresh, shelf=shelf)
            self.do(looking.wait, seconds=200)
        for credentials in ("right", "wrong"):
            for in_form in (False, True):
                self.do(refresh, label=self.flow.label("t"), token=token, in_form=in_form, credentials=credentials)
        for how in REFUSED:
            self.call_without_credentials(how)
        self.do(looking.wait, seconds=REFRESH_S)
        self.do(refresh, label=self.flow.label("t"), token=token)

    @rule(other=st.sampled_from((False, False, True)))
    def consent(self, other: bool) -> None:
        """In one call."""
        self.do(authorize, label=self.flow.label("c"), redirect=OTHER_REDIRECT if other else REDIRECT)

    @rule(decision=st.sampled_from(("allow", "allow", "deny")), right=st.sampled_from((True, True, False)))
    def consent_by_the_pages(self, decision: str, right: bool) -> None:
        """Or refuse to."""
        self.do(log_in, label=self.flow.label("c"), decision=decision, password_right=right)

    @rule(data=st.data(), form=st.sampled_from(FORMS), returns=st.sampled_from((False, False, True)))
    def exchange_a_code(self, data: st.DataObject, form: str, returns: bool) -> None:
        """A fresh one, a used one or an old one, and use the token."""
        if not self.kept("code"):
            self.consent(False)
        code = data.draw(st.sampled_from(self.kept("code") or [""]))
        redirect = data.draw(st.sampled_from((REDIRECT, REDIRECT, OTHER_REDIRECT)))
        label = self.flow.label("t")
        self.do(exchange, label=label, code=code, form=form, redirect=redirect, returns=returns)
        self.do(use, token=label, shelf=self.flow.menu.shelves[0])

    @rule(data=st.data(), in_form=st.booleans(), credentials=st.sampled_from(("", "", "right", "wrong")))
    def refresh_a_token(self, data: st.DataObject, in_form: bool, credentials: str) -> None:
        """And use the new one."""
        if not self.kept("refresh token"):
            code = self.flow.label("c")
            self.do(authorize, label=code)
            self.do(exchange, label=self.flow.label("t"), code=code, form="decoded")
        label = self.flow.label("t")
        token = data.draw(st.sampled_from(self.kept("refresh token") or [""]))
        self.do(refresh, label=label, token=token, in_form=in_form, credentials=credentials)
        self.do(use, token=label, shelf=self.flow.menu.shelves[0])

    @rule()
    def use_what_was_never_given(self) -> None:
        """A code and a refresh token."""
        self.do(unknown_grants)

    @rule(data=st.data())
    def use_a_token(self, data: st.DataObject) -> None:
        """Any that was given."""
        if self.kept("token"):
            self.do(use, token=data.draw(st.sampled_from(self.kept("token"))), shelf=self.flow.menu.shelves[0])

    @rule(how=st.sampled_from(REFUSED))
    def call_without_credentials(self, how: str) -> None:
        """A write, which must change nothing."""
        self.do(refused, how=how, shelf=self.shelf(0), label=self.flow.label("x"))

    @rule(seconds=st.sampled_from((599, 601, 3_599, 3_601, 31_536_001)))
    def let_something_expire(self, seconds: int) -> None:
        """Where the target's time can be moved."""
        self.do(looking.wait, seconds=seconds)
