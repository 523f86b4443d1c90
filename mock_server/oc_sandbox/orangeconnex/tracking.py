"""Tracking numbers as carriers form them, check digits included. The forms are data, beside the rates.

Source: what the carriers tell their customers; that the vendor's parcels bear such numbers is assumed.
"""

from collections.abc import Callable, Mapping
from itertools import cycle
from types import MappingProxyType

DIGITS, LETTERS = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PLACES: Mapping[str, str] = MappingProxyType({"#": DIGITS, "@": LETTERS})
CHECK_DIGIT = "*"


def tracking_number(form: str, check: str, serial: int) -> str:
    """The `serial`th number of a form, told apart from as many others as its places have room for.

    In a form # is a digit and @ a letter of the serial, its last ones rightmost; * is the check digit by the rule
    `check`. Whatever else stands there stays.
    """
    written: list[str] = []
    for character in reversed(form):
        if character in PLACES:
            serial, place = divmod(serial, len(PLACES[character]))
            written.append(PLACES[character][place])
        else:
            written.append(character)
    text = "".join(reversed(written))
    return text.replace(CHECK_DIGIT, DIGITS[CHECKS[check](text.partition(CHECK_DIGIT)[0])]) if check else text


def _weighed(body: str, weights: tuple[int, ...]) -> int:
    """The sum of a text's digits, each times its weight; the weights are told from the right, again and again."""
    digits = [int(character) for character in reversed(body) if character in DIGITS]
    return sum(digit * weight for digit, weight in zip(digits, cycle(weights), strict=False))


def _gs1(body: str) -> int:
    """Parcels of DHL in Germany, of USPS: the check digit of a GS1 key."""
    return -_weighed(body, (3, 1)) % 10


def _s10(body: str) -> int:
    """Royal Mail: the universal postal union's S10, for which 10 and 11 are written 0 and 5."""
    return {0: 5, 10: 0}.get(remainder := -_weighed(body, (7, 9, 5, 3, 2, 4, 6, 8)) % 11, remainder)


def _ups(body: str) -> int:
    """UPS: letters after the 1Z count as digits from A = 2 on, round and round."""
    digits = "".join(DIGITS[(ord(c) - 63) % 10] if c in LETTERS else c for c in body.removeprefix("1Z"))
    return -_weighed(digits, (1, 2)) % 10


def _fedex(body: str) -> int:
    """FedEx: twelve digits."""
    return _weighed(body, (1, 3, 7)) % 11 % 10


CHECKS: Mapping[str, Callable[[str], int]] = MappingProxyType({"gs1": _gs1, "s10": _s10, "ups": _ups, "fedex": _fedex})
