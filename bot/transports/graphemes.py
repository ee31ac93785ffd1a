"""Where a text may be cut: never within what is read as one character."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_ZERO_WIDTH_JOINER = "\u200d"


def within(text: str, at: int) -> bool:
    """Whether a cut before `text[at]` would tear what is read as one: a letter and its marks, an emoji and its parts."""
    before, after = text[at - 1], text[at]
    if before + after == "\r\n" or _ZERO_WIDTH_JOINER in (before, after):
        return True
    if unicodedata.category(after) in ("Mn", "Me", "Mc") or "\U0001f3fb" <= after <= "\U0001f3ff":
        return True
    if "\U000e0020" <= after <= "\U000e007f":
        return True
    if _is_flag(before) and _is_flag(after):
        return sum(1 for _ in _flags_before(text, at)) % 2 == 1
    return _hangul(before, after)


def shortened(text: str, longest: int) -> str:
    """The text, cut with an ellipsis where it has more than `longest` characters."""
    if len(text) <= longest:
        return text
    end = next((at for at in range(longest - 1, 0, -1) if not within(text, at)), longest - 1)
    return text[:end].rstrip() + "…"


def _is_flag(char: str) -> bool:
    """A regional indicator: two of them are a flag."""
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _flags_before(text: str, at: int) -> Iterator[int]:
    while at > 0 and _is_flag(text[at - 1]):
        at -= 1
        yield at


def _hangul(before: str, after: str) -> bool:
    """Whether two Korean letters belong to one syllable."""
    if not "\u1100" <= after <= "\u11ff":
        return False
    joins = "\u1100" <= before <= "\u11ff" or "\uac00" <= before <= "\ud7a3"
    return joins and (after >= "\u1160" or before <= "\u115f")
