"""What happened to which record when, so that a window of time is found without looking at all records."""

from array import array
from bisect import bisect_left, bisect_right


class Timeline:
    """Instants in epoch seconds, each with the key of the record to which something happened then; 16 bytes each."""

    __slots__ = ("_at", "_keys")

    def __init__(self) -> None:
        self._at = array("q")
        self._keys: list[str] = []

    def add(self, at_s: int, key: str) -> None:
        """Note that something happened. Nearly always it is the latest; a fast clock may overtake what is due."""
        row = bisect_right(self._at, at_s)
        self._at.insert(row, at_s)
        self._keys.insert(row, key)

    def between(self, start_s: int, end_s: int) -> list[str]:
        """The keys from `start_s` to `end_s`, both inside, in the order of time, each once."""
        first, last = bisect_left(self._at, start_s), bisect_right(self._at, end_s)
        return list(dict.fromkeys(self._keys[first:last]))

    def copy(self) -> "Timeline":
        """A timeline of its own with the same entries."""
        copied = Timeline()
        copied._at, copied._keys = self._at[:], self._keys[:]
        return copied

    def __len__(self) -> int:
        return len(self._at)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Timeline):
            return NotImplemented
        return self._at == other._at and self._keys == other._keys

    __hash__ = None  # type: ignore[assignment]
