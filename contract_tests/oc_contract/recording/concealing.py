"""Making an exchange fit for the disk: only what is known to be harmless stays, all else gets a stand-in of its shape.

The same number gets the same stand-in all through a session, so that a replay can follow an order from call to call.
"""

import re
from collections.abc import Callable
from typing import Any

from ..redaction import HARMLESS, NEVER
from .known import TEXTS, WORD, known

Json = Any
KEPT = (HARMLESS - {"path"}) | {"applyplatform", "grant_type", "incoterms", "orderplatform", "response_type", "skutype"}
"""Fields whose texts stay, unless a text looks like somebody's; all others are hidden."""
PAGING = frozenset({"pagenumber", "pagesize", "page", "limit", "totalpage"})
CODES = frozenset({"code", "errorcode", "statuscode"})
SECRETS = re.compile(
    r"(?i)^sign|signature|authori[sz]ation|cookie|credential|^(client_?key|client_?id|ocid|state|ticket|login)$"
)
"""Names of fields that open doors, beside those of NEVER."""
_ID = re.compile(r"(number|no|id|sku|barcode|reference|asn|sn|messageid|requestid)(list)?$")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?([+-]\d{2}:?\d{2}|Z)?|1\d{12}")
_CODE = re.compile(r"[A-Z0-9]{1,6}|[A-Za-z_ ]{1,40}")
_COUNTRY = re.compile(r"(countrycode|origincountry|countryoforigin)$")
_PERSONAL = re.compile(r"@|\d(?:[\s()./-]{0,2}\d){5}")
"""An e-mail address; six digits on end, or apart as telephone numbers are written."""
_VENDORS = re.compile(r"(OC[A-Z]{0,3}(?:\d[A-Z]{2})?|)(\d+)([A-Z]{0,2})")
_NAME = re.compile(r"[A-Za-z_][A-Za-z_-]{0,40}")
_LARGEST = 1_000_000
SHORTEST_HIDDEN = 2
"""A hidden text that is shorter is not looked for in what the server says."""


class Concealer:
    """One session's stand-ins. What it has hidden lives in memory alone."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}

    def exchange(self) -> "Concealed":
        """What hides the parts of one exchange."""
        return Concealed(self._serial)

    def _serial(self, text: str) -> int:
        return self._ids.setdefault(text, len(self._ids) + 1)


class Concealed:
    """One exchange on its way to the disk. `stand_ins` are JSON pointers, `*` being any entry of a list."""

    def __init__(self, serial: Callable[[str], int]) -> None:
        self.stand_ins: set[str] = set()
        self._serial = serial
        self._hidden: dict[str, str] = {}

    def value(self, node: Json, at: str, name: str = "") -> Json:
        """A JSON value without what must not be told; `at` is the pointer of the place that it takes."""
        if isinstance(node, dict):
            # What the server says comes last: by then it is known what must not stand in it.
            parts = sorted(node.items(), key=lambda part: part[0].lower() in TEXTS)
            told = {key: (shown := self._key(key), self.value(child, f"{at}/{shown}", key)) for key, child in parts}
            return dict(told[key] for key in node)
        if isinstance(node, list):
            return [self.value(child, f"{at}/*", name) for child in node]
        shown = self._leaf(name.lower(), node)
        if type(shown) is not type(node) or shown != node:
            self.stand_ins.add(at)
        return shown

    def parameter(self, name: str, text: str, at: str) -> str:
        """The value of a query's or a form's parameter; an authorization code is called `code` there."""
        shown = self._hide(text) if name.lower() == "code" else str(self._leaf(name.lower(), text))
        if shown != text:
            self.stand_ins.add(at)
        return shown

    def number(self, text: str, at: str) -> str:
        """The stand-in of a number that names a thing, such as one in a path."""
        self.stand_ins.add(at)
        return str(self._id(text))

    def _key(self, key: str) -> str:
        """A key; one that nobody knows stays if it looks like a name of fields, and not like data."""
        if key.lower() in known().names or (_NAME.fullmatch(key) and key not in self._hidden):
            return key
        return f"key{self._serial(key)}"

    def _leaf(self, name: str, value: Json) -> Json:
        if value is None or isinstance(value, bool) or value == "":
            return value
        if NEVER.search(name) or SECRETS.search(name):
            return self._hide(value)
        if isinstance(value, str):
            return self._text(name, value)
        return self._figure(name, value)

    def _text(self, name: str, text: str) -> str:
        if name in TEXTS:
            return self._spoken(text)
        if (
            text in ("true", "false")
            or text in known().listed.get(name, ())
            or (_COUNTRY.search(name) and re.fullmatch("[A-Z]{2}", text))
        ):
            return text
        if name in CODES and _CODE.fullmatch(text):
            return text
        if name in known().instants or name == "timestamp":
            return text if _INSTANT.fullmatch(text) else str(self._hide(text))
        if name in PAGING or name in known().numbers:
            return text if re.fullmatch(r"\d{1,5}(\.\d{1,4})?", text) else str(self._hide(text))
        if _ID.search(name):
            return str(self._id(text))
        return text if name in KEPT and not _PERSONAL.search(text) else str(self._hide(text))

    def _figure(self, name: str, value: float) -> float:
        measures = name in known().numbers or name in PAGING
        if isinstance(value, int) and _ID.search(name) and not measures:
            shown = self._id(str(value))
            return int(f"1{shown}") if shown.isdigit() else int(self._hide(value))
        small = abs(value) < _LARGEST and (measures or name in KEPT or name in CODES)
        return value if small else type(value)(self._hide(value))

    def _id(self, text: str) -> str:
        """The session's stand-in for a number: in the vendor's form where it had that."""
        found = _VENDORS.fullmatch(text)
        serial = self._serial(text)
        if found:
            shown = f"{found[1]}{serial:0{len(found[2])}d}{found[3]}"
        else:
            shown = f"ID{serial:0{max(1, _class(len(text)) - 2)}d}"
        self._hidden[text] = shown
        return shown

    def _hide(self, value: Json) -> Json:
        shown = self._like(value)
        self._hidden[str(value)] = str(shown)
        return shown

    @staticmethod
    def _like(value: Json) -> Json:
        """A value of the same type, and about as long."""
        if isinstance(value, str):
            return ("1" if value.isdigit() else "x") * _class(len(value))
        sign, digits = (-1 if value < 0 else 1), len(str(int(abs(value))))
        return type(value)(sign * 10 ** (_class(digits) - 1))

    def _spoken(self, text: str) -> str:
        """What a server says: the words that its contract knows, and stand-ins for the others."""
        for hidden in sorted(self._hidden, key=len, reverse=True):
            if len(hidden) >= SHORTEST_HIDDEN:
                text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(hidden)}(?![A-Za-z0-9])", self._hidden[hidden], text)
        shown = set(self._hidden.values())
        return "".join(self._word(word, shown) for word in WORD.findall(text))

    def _word(self, word: str, shown: set[str]) -> str:
        if word in shown or word.lower() in known().words or re.fullmatch(r"\d{1,3}", word):
            return word
        if len(word) == 1 and not word.isalnum():
            return word
        if _VENDORS.fullmatch(word) and len(word) > 8:
            return self._id(word)
        return str(self._like(word))


def _class(length: int) -> int:
    """The length of a stand-in: exact up to 2, from there on the next power of two below."""
    return length if length <= 2 else 1 << (length.bit_length() - 1)
