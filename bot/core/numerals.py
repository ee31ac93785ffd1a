"""The numbers that stand in a text, however they are written: what must never change between words and what was made of them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

_MARK = r"[.,'’ ]"
_NUMBER = re.compile(rf"(?<!\d)\d{{1,3}}(?:{_MARK}\d{{3}})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?")
_GROUPED = re.compile(rf"\d{{1,3}}(?:{_MARK}\d{{3}})+(?:[.,]\d+)?")


def numbers(text: str) -> Counter[str]:
    """The numbers in a text, as plain digits: "1.500", "1,500", "1 500" and "١٥٠٠" are the same number, "1,5" and "1.5" too."""
    folded = unicodedata.normalize("NFKC", text)
    digits = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in folded)
    return Counter(_plain(number) for number in _NUMBER.findall(digits))


def _plain(number: str) -> str:
    if _GROUPED.fullmatch(number):
        number = re.sub(rf"{_MARK}(?=\d{{3}}(?!\d))", "", number)
    return number.replace(",", ".")
