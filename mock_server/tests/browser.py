"""A browser without a screen: opens pages, fills in their forms by label, presses their buttons, follows redirects."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx


@dataclass
class Form:
    """A form: where it goes, its fields' values, and its buttons by their text, each with what it adds."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, dict[str, str]] = field(default_factory=dict)


class Page(HTMLParser):
    """What a page consists of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self.labels: dict[str, str] = {}  # text -> the id of the field that it names
        self.ids: dict[str, str] = {}  # id -> the field's name
        self.visible_fields: list[str] = []  # their ids
        self.structure: list[tuple[str, tuple[str, ...]]] = []  # tags, each with the names of its attributes
        self.language = ""
        self.alert = ""
        self.text = ""
        self._open: list[tuple[str, dict[str, str]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag says."""
        given = {name: value or "" for name, value in attrs}
        self.structure.append((tag, tuple(given)))
        if tag == "html":
            self.language = given["lang"]
        elif tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get")))
        elif tag == "input":
            self.forms[-1].fields[given["name"]] = given.get("value", "")
            self.ids[given.get("id", "")] = given["name"]
            if given.get("type") != "hidden":
                self.visible_fields.append(given.get("id", ""))
        elif tag in ("br", "td"):
            self.text += "\n"
        if tag not in ("input", "meta", "br"):
            self._open.append((tag, given))

    def handle_endtag(self, tag: str) -> None:
        """Close the tag."""
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Note a text, and what it is the text of."""
        tag, given = self._open[-1] if self._open else ("", {})
        if tag in ("style", "script"):
            return
        self.text += data
        if tag == "label":
            self.labels[data] = given["for"]
        elif tag == "button":
            name = given.get("name")
            self.forms[-1].buttons[data] = {name: given["value"]} if name else {}
        elif tag == "a":
            self.links[data] = given["href"]
        if given.get("role") == "alert":
            self.alert += data


class Browser:
    """Goes where it is led on one host, and stops before it would leave it: at `address`, with no page."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self.address = ""
        self.page = Page("")

    def open(self, url: str) -> "Browser":
        """Type an address."""
        return self._arrive(self._http.get(url, follow_redirects=False))

    def click(self, text: str) -> "Browser":
        """Follow the link with a text."""
        return self.open(urljoin(self.address, self.page.links[text]))

    def press(self, button: str, **filled: str) -> "Browser":
        """Fill in fields, named by their label with _ for a space, and press the button with a text."""
        (form,) = [form for form in self.page.forms if button in form.buttons]
        fields = {**form.fields, **form.buttons[button]}
        for label, value in filled.items():
            (named,) = [i for text, i in self.page.labels.items() if text.startswith(label.replace("_", " "))]
            fields[self.page.ids[named]] = value
        assert form.method == "post"
        target = urljoin(self.address, form.action)
        return self._arrive(self._http.post(target, data=fields, follow_redirects=False))

    def _arrive(self, reply: httpx.Response) -> "Browser":
        self.address = str(reply.url)
        if reply.status_code == 302:
            self.page = Page("")
            target = urljoin(self.address, reply.headers["location"])
            if urlsplit(target).netloc == urlsplit(self.address).netloc:
                return self.open(target)
            self.address = target
            return self
        assert reply.status_code == 200, reply.text
        self.page = Page(reply.text)
        return self
