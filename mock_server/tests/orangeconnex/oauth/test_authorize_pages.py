"""The authorize pages as a seller's browser meets them: login, consent, and where they lead."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import orjson
import pytest
from browser import Browser, Page
from hypothesis import given, settings
from hypothesis import strategies as st
from oc_sandbox import Sandbox
from oc_sandbox.call import Call, Reply

CALLBACK = "https://erp.example.com/oauth"
FORM = {"content-type": "application/x-www-form-urlencoded"}


def query_of(sandbox: Sandbox, **given: str) -> str:
    asked = {"response_type": "code", "client_id": sandbox.client_key, "redirect_uri": CALLBACK, "state": "all"}
    return urlencode({name: value for name, value in {**asked, **given}.items() if value != "-"})


def browse(sandbox: Sandbox, **query: str) -> Browser:
    """A browser at the authorize address."""
    browser = Browser(httpx.Client(transport=sandbox.httpx_transport(), base_url=sandbox.oauth_url))
    return browser.open(f"/oauth/authorize?{query_of(sandbox, **query)}")


def post(sandbox: Sandbox, form: dict[str, str], **query: str) -> Reply:
    return sandbox.send(Call("POST", "/oauth/authorize", FORM, urlencode(form).encode(), query_of(sandbox, **query)))


def at_consent(sandbox: Sandbox, **query: str) -> Browser:
    return browse(sandbox, **query).press("Log in", Login="seller@example.com", Password="sandbox")


def ticket_of(browser: Browser) -> str:
    return next(form.fields["ticket"] for form in browser.page.forms)


@pytest.fixture
def sandbox() -> Sandbox:
    """A tenant with two sellers, whose clock stands still."""
    return Sandbox(sellers=2, clock="manual")


def test_a_seller_logs_in_allows_and_is_sent_back_with_a_code(sandbox: Sandbox) -> None:
    browser = at_consent(sandbox)
    assert "10000001 (seller@example.com)" in browser.page.text
    for shown in (sandbox.client_key, CALLBACK, "365 days"):
        assert shown in browser.page.text
    address = browser.press("Allow").address
    assert address.startswith(f"{CALLBACK}?act=getAuthorizationCode&code=")
    assert address.endswith("&state=all")
    code = parse_qs(urlsplit(address).query)["code"][0]
    asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    call = Call("POST", "/oauth/token", {}, b"", urlencode({**asked, "client_id": sandbox.client_key}))
    assert orjson.loads(sandbox.send(call).body)["token_type"] == "bearer"


def test_a_seller_who_denies_is_sent_back_with_an_error_and_no_code(sandbox: Sandbox) -> None:
    assert at_consent(sandbox).press("Deny").address == f"{CALLBACK}?error=access_denied&state=all"
    assert at_consent(sandbox, state="-").press("Deny").address == f"{CALLBACK}?error=access_denied"
    assert len(sandbox.tenant.accounts["orangeconnex"].codes) == 0


@pytest.mark.parametrize("login", ["seller2@example.com", "10000002", " 10000002 "])
def test_a_seller_logs_in_with_login_or_account_number(sandbox: Sandbox, login: str) -> None:
    browser = browse(sandbox).press("Log in", Login=login, Password="sandbox")
    assert "10000002 (seller2@example.com)" in browser.page.text


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("seller@example.com", "wrong"),
        ("seller@example.com", "Sandbox"),
        ("seller@example.com", " sandbox"),
        ("seller@example.com", ""),
        ("Seller@example.com", "sandbox"),
        ("nobody@example.com", "sandbox"),
        ("", ""),
        ("\x00", "\ud7ff" * 500),
    ],
    ids=ascii,
)
def test_a_wrong_login_is_told_what_to_do_and_keeps_what_was_entered(
    sandbox: Sandbox, login: str, password: str
) -> None:
    browser = browse(sandbox).press("Log in", Login=login, Password=password)
    assert "Copy both from one line of the list below" in browser.page.alert
    (form,) = browser.page.forms
    assert form.fields["login"].replace("\ufffd", "\x00") == login
    assert form.fields["password"] == ""
    consent = browser.press("Log in", Login="seller@example.com", Password="sandbox")
    assert consent.press("Allow").address.startswith(CALLBACK)


def test_the_sellers_of_the_sandbox_stand_on_the_login_page(sandbox: Sandbox) -> None:
    text = browse(sandbox).page.text
    for seller in sandbox.describe()["sellers"]:
        assert {seller["login"], seller["ocid"], seller["password"]} <= set(re.findall(r"[\w@.]+", text))


def test_a_password_never_stands_in_an_address(sandbox: Sandbox) -> None:
    browser = at_consent(sandbox)
    browser.press("Allow")
    for entry in sandbox.journal.since():
        assert "password" not in entry.call.query
        assert "sandbox" not in entry.call.query
    shown = browse(sandbox, login="seller@example.com", password="sandbox")  # as the address bar once had it
    assert "Log in" in shown.page.text
    assert shown.page.alert == ""


def test_both_pages_speak_chinese_and_switch_between_languages(sandbox: Sandbox) -> None:
    chinese = browse(sandbox).click("中文")
    assert (chinese.page.language, "卖家登录" in chinese.page.text) == ("zh", True)
    wrong = chinese.press("登录", 登录名="x", 密码="y")
    assert "请从下表同一行复制两者" in wrong.page.alert
    consent = wrong.press("登录", 登录名="10000001", 密码="sandbox")
    assert (consent.page.language, "365 天" in consent.page.text) == ("zh", True)
    english = consent.press("English")
    assert (english.page.language, "365 days" in english.page.text) == ("en", True)
    assert english.press("Allow").address.startswith(f"{CALLBACK}?act=getAuthorizationCode&code=")


@pytest.mark.parametrize(("lang", "language"), [("zh", "zh"), ("zh-CN", "zh"), ("ZH", "zh"), ("de", "en"), ("", "en")])
def test_the_language_is_that_of_the_call(sandbox: Sandbox, lang: str, language: str) -> None:
    assert browse(sandbox, lang=lang).page.language == language


@pytest.mark.parametrize("consent", [False, True], ids=["login", "consent"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_page_is_accessible_and_asks_for_nothing_from_elsewhere(sandbox: Sandbox, consent: bool, lang: str) -> None:
    reply = post(sandbox, {"login": "10000001", "password": "sandbox" if consent else "x"}, lang=lang)
    page = Page(reply.body.decode())
    assert (len(page.forms), bool(page.alert)) == ((2, False) if consent else (1, True))
    assert set(page.visible_fields) == set(page.labels.values())
    tags = [tag for tag, _ in page.structure]
    assert tags.count("h1") == tags.count("main") == tags.count("title") == 1
    assert not {"script", "img", "link", "iframe", "object"} & set(tags)
    assert 'name="viewport" content="width=device-width' in page.html
    assert "http" not in page.html.replace(CALLBACK, "").replace(urlencode({"": CALLBACK})[1:], "")
    headers = dict(reply.headers)
    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "form-action" not in headers["content-security-policy"]  # it would stop the redirect


def test_another_seller_can_take_the_place_of_the_one_who_logged_in(sandbox: Sandbox) -> None:
    browser = at_consent(sandbox).click("Log in as another seller")
    assert browser.press("Log in", Login="10000002", Password="sandbox").press("Allow").address.startswith(CALLBACK)
    (grant,) = sandbox.tenant.accounts["orangeconnex"].codes.values()
    assert grant.ocid == "10000002"


@pytest.mark.parametrize("decision", ["allow", "deny"])
def test_a_login_is_good_for_one_decision(sandbox: Sandbox, decision: str) -> None:
    ticket = ticket_of(at_consent(sandbox))
    assert post(sandbox, {"ticket": ticket, "decision": decision}).status == 302
    again = Page(post(sandbox, {"ticket": ticket, "decision": "allow"}).body.decode())
    assert "Log in again" in again.alert


def test_a_login_must_be_decided_upon_within_ten_minutes(sandbox: Sandbox) -> None:
    early, late = ticket_of(at_consent(sandbox)), ticket_of(at_consent(sandbox))
    sandbox.advance(seconds=599)
    assert post(sandbox, {"ticket": early, "decision": "allow"}).status == 302
    sandbox.advance(seconds=1)
    assert "Log in again" in Page(post(sandbox, {"ticket": late, "decision": "allow"}).body.decode()).alert


def test_a_login_is_of_no_use_for_another_address_or_another_tenant(sandbox: Sandbox) -> None:
    ticket = ticket_of(at_consent(sandbox))
    decided = {"ticket": ticket, "decision": "allow"}
    assert post(sandbox, decided, redirect_uri="https://evil.example.com/").status == 200
    assert post(Sandbox(), decided).status == 200
    assert post(sandbox, decided).status == 302


def test_a_refused_form_is_an_oauth_error_and_leaves_the_login_good(sandbox: Sandbox) -> None:
    ticket = ticket_of(at_consent(sandbox))
    for form, query in (
        ({"decision": "perhaps"}, {}),
        ({"decision": "allow"}, {"redirect_uri": "-"}),
        ({"decision": "allow"}, {"client_id": "-"}),
        ({"decision": "allow"}, {"response_type": "token"}),
    ):
        reply = post(sandbox, {"ticket": ticket, **form}, **query)
        assert reply.status in (400, 401)
        assert set(orjson.loads(reply.body)) == {"error", "error_description"}
    assert post(sandbox, {"ticket": ticket, "decision": "allow"}).status == 302


def test_the_one_call_approval_is_the_get_s_alone(sandbox: Sandbox) -> None:
    assert post(sandbox, {"approve": "10000001"}).status == 200
    assert len(sandbox.tenant.accounts["orangeconnex"].codes) == 0


def test_logins_never_decided_upon_are_bounded_and_forgotten() -> None:
    sandbox = Sandbox(clock="manual")
    logins = sandbox.tenant.accounts["orangeconnex"].logins
    for _ in range(1010):
        post(sandbox, {"login": "10000001", "password": "sandbox"})
    assert len(logins) == 1000
    sandbox.advance(hours=1)
    post(sandbox, {"login": "10000001", "password": "sandbox"})
    assert len(logins) == 1


# What a caller may bring, and what would break out of a page that did not escape it.
odd = st.text(max_size=40) | st.lists(
    st.sampled_from(
        ['"', "'", "<", ">", "&", "<script>", "--", "&quot;", "$", "${login}", "{", "\x00", "\r\n", "\\", "%", "é库"]
    ),
    max_size=8,
).map("".join)
# A lone "-" is how query_of is told to leave a parameter out.
sendable = odd.map(lambda text: text.encode("utf-8", "replace").decode()).filter(lambda text: text != "-")
addresses = st.builds(
    lambda scheme, rest: f"{scheme}://a{''.join(c for c in rest if c > ' ' and c != chr(127))}"[:2000],
    st.sampled_from(["https", "HTTP"]),
    odd.map(lambda text: text.encode("utf-8", "replace").decode()),
)
ONE = Sandbox(clock="manual")
PLAIN: dict[str, Callable[[dict[str, str], dict[str, str]], Any]] = {
    "login": lambda query, form: Page(
        ONE.send(Call("GET", "/oauth/authorize", {}, b"", query_of(ONE, **query))).body.decode()
    ),
    "wrong": lambda query, form: Page(post(ONE, {"login": "x", "password": "y", **form}, **query).body.decode()),
    "over": lambda query, form: Page(post(ONE, {"ticket": "x", **form}, **query).body.decode()),
    "consent": lambda query, form: Page(post(ONE, {"login": "10000001", "password": "sandbox"}, **query).body.decode()),
}


@pytest.mark.parametrize("kind", PLAIN)
@settings(max_examples=120)
@given(
    query=st.fixed_dictionaries({}, optional={"state": sendable, "redirect_uri": addresses, "lang": sendable}),
    form=st.fixed_dictionaries({}, optional={"login": sendable, "password": sendable, "ticket": sendable}),
)
def test_nothing_that_a_caller_brings_becomes_part_of_a_page(
    kind: str, query: dict[str, str], form: dict[str, str]
) -> None:
    if kind == "wrong":
        form.pop("ticket", None)
    lang = "zh" if query.get("lang", "").lower().startswith("zh") else "en"
    plain, page = PLAIN[kind]({"lang": lang}, {}), PLAIN[kind](query, form)
    wanted = [tag for tag in plain.structure if tag[0] != "input"]
    assert [tag for tag in page.structure if tag[0] != "input"] == wanted
    assert page.language == lang
    for login in page.forms[-1:]:
        carried = parse_qs(login.action.removeprefix("?"), keep_blank_values=True)
        for name, value in query.items():
            assert carried[name] == [value]


@settings(max_examples=200)
@given(redirect_uri=addresses, state=sendable, decision=st.sampled_from(["allow", "deny", "approve"]))
def test_the_redirect_begins_with_the_redirect_uri_and_gives_the_state_back(
    redirect_uri: str, state: str, decision: str
) -> None:
    asked = {"redirect_uri": redirect_uri, "state": state}
    if decision == "approve":
        call = Call("GET", "/oauth/authorize", {}, b"", query_of(ONE, approve="10000001", **asked))
        reply = ONE.send(call)
    else:
        page = Page(post(ONE, {"login": "10000001", "password": "sandbox"}, **asked).body.decode())
        reply = post(ONE, {"ticket": page.forms[-1].fields["ticket"], "decision": decision}, **asked)
    location = dict(reply.headers)["location"]
    assert reply.status == 302
    assert location.isascii()
    assert location.isprintable()
    before, hash_sign, fragment = redirect_uri.partition("#")
    if redirect_uri.isascii() and not re.search(r'["<>\\^`{|}]', redirect_uri):
        assert location.startswith(before)
        assert location.endswith(hash_sign + fragment)
    added = location.partition("#")[0].rpartition("&state=")[2]
    assert parse_qs(f"state={added}", keep_blank_values=True)["state"] == [state]


def test_a_state_with_line_breaks_survives_the_forms(sandbox: Sandbox) -> None:
    state = 'a\nb\r\nc\td "e" <f> &amp; 商'
    browser = at_consent(sandbox, state=state)
    assert state not in unescape(browser.page.html)
    address = browser.press("中文").press("允许").address
    assert parse_qs(urlsplit(address).query)["state"] == [state]
