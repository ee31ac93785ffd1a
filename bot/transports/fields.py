"""Reading what a stranger's JSON holds: every function answers something for whatever it is given.

Invariant: what comes out is of the type that is promised, a number fits into 64 bits, and a text can be written as UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

Json = Mapping[str, Any]

_SURROGATES = re.compile("[\ud800-\udfff]")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8}){0,3}")
_LAST_SECOND = 253_402_300_799  # the year 9999
_NOTHING: Json = {}


def part(of: Json, name: str) -> Json:
    """An object within an object; an empty one if there is none."""
    found = of.get(name)
    return found if isinstance(found, dict) else _NOTHING


def parts(of: Json, name: str) -> list[Json]:
    """The objects of a list."""
    found = of.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def text(of: Json, name: str) -> str:
    """A text, "" if there is none. Halves of characters are replaced."""
    found = of.get(name)
    return _SURROGATES.sub("\ufffd", found) if isinstance(found, str) else ""


def number(of: Json, name: str) -> int | None:
    """A whole number, such as an id."""
    found = of.get(name)
    return found if type(found) is int and -(2**63) <= found < 2**63 else None


def size(of: Json, name: str) -> int:
    """A number that is not negative; 0 if there is none."""
    return max(number(of, name) or 0, 0)


def degrees(of: Json, name: str) -> float | None:
    """A coordinate."""
    found = of.get(name)
    return float(found) if isinstance(found, int | float) and -180 <= found <= 180 else None


def instant(of: Json, name: str) -> datetime | None:
    """A date as Telegram counts it; 0 stands for none."""
    found = number(of, name)
    return datetime.fromtimestamp(found, UTC) if found is not None and 0 < found <= _LAST_SECOND else None


def language(of: Json) -> str:
    """The language of a person's app."""
    found = of.get("language_code")
    return found if isinstance(found, str) and _LANGUAGE.fullmatch(found) else ""
