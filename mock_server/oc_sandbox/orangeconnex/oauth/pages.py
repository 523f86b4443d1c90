"""The two pages of the authorize address, in English and Chinese, without script. Ours: the vendor's look otherwise.

Every value is escaped before it enters a template; the templates themselves hold no value.
"""

from html import escape
from string import Template
from urllib.parse import urlencode

from ...domain.durations import DAY
from ...refusal import Wire
from ..accounts import Account, Seller
from ..vocabulary import LIFETIMES_S
from .wording import Wording, wording_of

# What the authorize call brought stays in the query string: a form field would lose the line breaks of a state.
_CARRIED = ("response_type", "client_id", "redirect_uri", "state", "lang")

_PAGE = Template("""<!DOCTYPE html>
<html lang="$lang">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title - $product</title>
<style>
:root { color-scheme: light dark; --ink: #1f2933; --soft: #52606d; --line: #cbd2d9; --ground: #f5f3f0; --card: #fff;
  --accent: #b4430c; --on-accent: #fff; --bad: #a61b1b; --bad-ground: #fdecea; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --soft: #a9b4be; --line: #4a545e; --ground: #15191d;
  --card: #20262c; --accent: #ff9a5c; --on-accent: #20160f; --bad: #ffb4a9; --bad-ground: #41201d; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1.25rem 1rem 3rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC",
  sans-serif; }
.page { max-width: 28rem; margin: 0 auto; }
header { display: flex; justify-content: space-between; align-items: center; gap: 1rem; min-height: 2.5rem;
  margin-bottom: .5rem; }
header strong { color: var(--accent); }
main { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.5rem; }
h1 { margin: 0 0 .75rem; font-size: 1.4rem; line-height: 1.25; }
h2 { margin: 1.75rem 0 .25rem; font-size: 1rem; }
p, ul { margin: 0 0 1rem; }
ul { padding-left: 1.25rem; }
code, dd { overflow-wrap: anywhere; }
label { display: block; margin-bottom: .25rem; font-weight: 600; }
input { display: block; width: 100%; margin-bottom: 1rem; padding: .6rem .75rem; font: inherit; color: inherit;
  background: var(--card); border: 1px solid var(--soft); border-radius: .4rem; }
input[aria-invalid] { border-color: var(--bad); }
button { min-height: 2.75rem; padding: .5rem 1.25rem; font: inherit; font-weight: 600; cursor: pointer;
  border: 1px solid var(--accent); border-radius: .4rem; background: var(--accent); color: var(--on-accent); }
button.second { background: none; color: var(--accent); }
button.link { min-height: 0; padding: .25rem 0; border: 0; background: none; color: var(--accent); font-weight: 400;
  text-decoration: underline; }
.wide { width: 100%; }
.choice { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.25rem 0; }
.choice button { flex: 1 1 8rem; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.bad { margin-bottom: 1rem; padding: .75rem 1rem; border-left: 4px solid var(--bad); background: var(--bad-ground);
  color: var(--bad); }
.soft { color: var(--soft); font-size: .9rem; }
main > :last-child { margin-bottom: 0; }
table { width: 100%; border-collapse: collapse; font-size: .9rem; }
th, td { padding: .4rem 1rem .4rem 0; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
thead th { border: 0; white-space: nowrap; }
td { overflow-wrap: anywhere; }
dl { margin: 0 0 1rem; }
dt { color: var(--soft); font-size: .9rem; }
dd { margin: 0 0 .5rem; }
</style>
</head>
<body>
<div class="page">
<header><strong>$product</strong>$other_language</header>
<main>
<h1>$title</h1>
$content
</main>
</div>
</body>
</html>
""")

_LOGIN = Template("""$message<p>$intro</p>
<form method="post" action="$here">
<label for="login">$login_label</label>
<input id="login" name="login" value="$login" autocomplete="username" autocapitalize="none" spellcheck="false" required
  $login_state>
<label for="password">$password_label</label>
<input id="password" name="password" type="password" autocomplete="current-password" required $password_state>
<button class="wide" type="submit">$log_in</button>
</form>
<h2>$hint_title</h2>
<p class="soft">$hint</p>
<table>
<thead><tr><th scope="col">$login_column</th><th scope="col">$password_label</th></tr></thead>
<tbody>
$sellers
</tbody>
</table>""")

_SELLER = Template("<tr><td>$login<br>$ocid</td><td><code>$password</code></td></tr>")

_CONSENT = Template("""<dl>
<dt>$seller_label</dt><dd>$seller</dd>
<dt>$client_label</dt><dd><code>$client</code></dd>
<dt>$back_label</dt><dd><code>$back</code></dd>
</dl>
<p>$may</p>
<ul>
$rights
</ul>
<p class="soft">$lasts</p>
<form class="choice" method="post" action="$here">
<input type="hidden" name="ticket" value="$ticket">
<button type="submit" name="decision" value="allow">$allow</button>
<button class="second" type="submit" name="decision" value="deny">$deny</button>
</form>
<p class="soft"><a href="$here">$another</a></p>""")

_ALERT = Template('<p class="bad" id="wrong" role="alert">$message</p>\n')
_LANGUAGE_LINK = Template('<a href="$there" lang="$lang" hreflang="$lang">$name</a>')
_LANGUAGE_FORM = Template("""<form method="post" action="$there"><input type="hidden" name="ticket" value="$ticket">\
<button class="link" type="submit" lang="$lang">$name</button></form>""")


def login_page(request: Wire, account: Account, *, wrong: str = "") -> Wire:
    """The page that asks who the seller is. `wrong` names the text that tells why it comes again."""
    words = wording_of(request)
    sellers = "\n".join(
        _filled(_SELLER, login=seller.login, ocid=seller.ocid, password=seller.password)
        for seller in account.sellers.values()
    )
    # Whoever comes back keeps the login and stands in the field that is likely wrong.
    login = request.get("login", "")
    marked = 'aria-invalid="true" aria-describedby="wrong"' if wrong == "wrong_login" else ""
    content = _LOGIN.substitute(
        _texts(words),
        message=_filled(_ALERT, message=words[wrong]) if wrong else "",
        intro=escape(words["intro"].format(client=account.client_key)),
        here=_address(request),
        login=escape(login),
        login_state=f"{marked} {'' if login else 'autofocus'}",
        password_state=f"{marked} {'autofocus' if login else ''}",
        sellers=sellers,
    )
    other = words.other
    link = _filled(_LANGUAGE_LINK, lang=other.lang, name=other.name, there=_query(request, other.lang))
    return _page(words, words["log_in_title"], content, link)


def consent_page(request: Wire, account: Account, seller: Seller, ticket: str) -> Wire:
    """The page that asks a seller who has logged in whether the integrator may act for it."""
    words = wording_of(request)
    content = _CONSENT.substitute(
        _texts(words),
        seller=escape(f"{seller.ocid} ({seller.login})"),
        client=escape(account.client_key),
        back=escape(request["redirect_uri"]),
        rights="\n".join(f"<li>{escape(right)}</li>" for right in words.rights),
        lasts=escape(words["lasts"].format(days=LIFETIMES_S["refresh_token"] // DAY)),
        here=_address(request),
        ticket=escape(ticket),
    )
    other = words.other
    there = _query(request, other.lang)
    form = _filled(_LANGUAGE_FORM, lang=other.lang, name=other.name, there=there, ticket=ticket)
    return _page(words, words["consent_title"], content, form)


def _page(words: Wording, title: str, content: str, other_language: str) -> Wire:
    page = _PAGE.substitute(
        lang=words.lang,
        title=escape(title),
        product=escape(words["product"]),
        other_language=other_language,
        content=content,
    )
    return {"page": page}


def _filled(template: Template, **values: str) -> str:
    return template.substitute({name: escape(value) for name, value in values.items()})


def _texts(words: Wording) -> dict[str, str]:
    return {name: escape(text) for name, text in words.texts.items()}


def _address(request: Wire) -> str:
    """This very authorize call, escaped for an attribute."""
    return escape(_query(request, request.get("lang")))


def _query(request: Wire, lang: str | None) -> str:
    """The authorize call in a language, as a link that stays on its path and host."""
    carried = {name: request[name] for name in _CARRIED if name in request}
    if lang is not None:
        carried["lang"] = lang
    return f"?{urlencode(carried)}"
