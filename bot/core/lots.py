"""Drawing lots so that anybody can repeat the draw, in any language, with nothing but SHA-256.

The seed and its context (what is drawn, for whom) are written one after the other as `length:bytes`, in UTF-8, and
hashed: that is the key. Block i of the stream is SHA-256(key, i as eight bytes, big-endian); each block gives four
64-bit words, big-endian, in order. A number below n is a word modulo n; words from the incomplete last stretch are
thrown away, so that every number is equally likely. Nothing here depends on Python's own generator or on the hash seed
of the process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_WORDS = 1 << 64


def _text(seed: str, context: tuple[str, ...]) -> bytes:
    parts = [part.encode("utf-8") for part in (seed, *context)]
    return b"".join(b"%d:%b" % (len(raw), raw) for raw in parts)


def rank(seed: str, *context: str) -> str:
    """A public tie-break: sort by it. 64 hexadecimal digits, fixed once seed and context are known."""
    return hashlib.sha256(_text(seed, context)).hexdigest()


class Lots:
    """One stream of lots. Two streams with the same seed and context give the same lots in the same order."""

    def __init__(self, seed: str, *context: str) -> None:
        self._key = hashlib.sha256(_text(seed, context)).digest()
        self._block = 0
        self._words: list[int] = []

    def _word(self) -> int:
        if not self._words:
            raw = hashlib.sha256(self._key + self._block.to_bytes(8, "big")).digest()
            self._block += 1
            self._words = [int.from_bytes(raw[i : i + 8], "big") for i in (24, 16, 8, 0)]
        return self._words.pop()

    def below(self, n: int) -> int:
        """A whole number from 0 to n - 1, each equally likely. n lies between 1 and 2**64, else ValueError."""
        if not 1 <= n <= _WORDS:
            raise ValueError(f"cannot draw a number below {n}: it must lie between 1 and 2**64")
        limit = _WORDS - _WORDS % n
        word = self._word()
        while word >= limit:
            word = self._word()
        return word % n

    def shuffle(self, items: Sequence[T]) -> list[T]:
        """The items in a drawn order (Fisher-Yates from the end), as a new list."""
        drawn = list(items)
        for last in range(len(drawn) - 1, 0, -1):
            other = self.below(last + 1)
            drawn[last], drawn[other] = drawn[other], drawn[last]
        return drawn

    def sample(self, items: Sequence[T], k: int) -> list[T]:
        """k different items in the order drawn. ValueError when there are fewer than k."""
        if not 0 <= k <= len(items):
            raise ValueError(f"cannot draw {k} of {len(items)} items")
        left = list(items)
        drawn = []
        for _ in range(k):
            place = self.below(len(left))
            drawn.append(left[place])
            left[place] = left[-1]
            left.pop()
        return drawn

    def choice(self, items: Sequence[T]) -> T:
        """One item. ValueError when there is none."""
        if not items:
            raise ValueError("cannot draw from nothing")
        return items[self.below(len(items))]
