"""Where numbers come from: counters by kind, and text that looks random but is the same in every replay."""

import hashlib
from collections import defaultdict


class Ids:
    """The id source of one tenant. The same seed and the same calls give the same ids."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._counts: defaultdict[str, int] = defaultdict(int)

    def next(self, kind: str) -> int:
        """0, 1, 2, … for each kind."""
        serial = self._counts[kind]
        self._counts[kind] = serial + 1
        return serial

    def copy(self) -> "Ids":
        """A source that will give the same."""
        copied = Ids(self._seed)
        copied._counts.update(self._counts)
        return copied

    def opaque(self, kind: str, size: int) -> bytes:
        """`size` bytes that no other call of this source gave."""
        return hashlib.shake_128(f"{self._seed}|{kind}|{self.next(kind)}".encode()).digest(size)
