"""Translation memories as files: TMX 1.4, the exchange format of the translators' trade.

Source: https://www.gala-global.org/tmx-14b. Of a unit we read its segments and their languages; marks inside of a segment
(`bpt`, `ph` …) are left out, and what stands between them stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from bot.core.digest import normal

LARGEST = 200_000_000
"""Bytes; a larger file is no memory of an assembly."""
_CODES = frozenset({"bpt", "ept", "it", "ph", "ut"})
"""Marks whose inside is code of another program, and no words."""


class BadMemory(ValueError):
    """A file that is no translation memory. The message says what was found, and where."""


Known = Mapping[tuple[str, str], Mapping[str, str]]
"""Reviewed translations by pair of languages, and there by the `normal` original."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One text in two languages (codes of two letters), reviewed by a person. `note` is what is known of where it comes from."""

    source: str
    target: str
    original: str
    translated: str
    note: str = ""


def read(path: Path) -> list[Unit]:
    """All that a file holds, in both directions of each of its languages: first come, first kept. Raises `BadMemory`."""
    if path.stat().st_size > LARGEST:
        raise BadMemory(f"{path} has more than {LARGEST // 1_000_000} megabytes. Is it really a translation memory?")
    return parse(path.read_bytes(), str(path))


def parse(content: str | bytes, name: str) -> list[Unit]:
    """All that the content of a file holds; `name` is what an error calls it. Raises `BadMemory`."""
    found: dict[tuple[str, str, str], Unit] = {}
    for segments, note in _units(content, name):
        for source, original in segments.items():
            for target, translated in segments.items():
                if source != target:
                    key = (source, target, normal(original))
                    found.setdefault(key, Unit(source, target, original, translated, note))
    return list(found.values())


def known(units: Iterable[Unit]) -> Known:
    """Units as the service looks them up."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for unit in units:
        found.setdefault((unit.source, unit.target), {}).setdefault(normal(unit.original), unit.translated)
    return found


def write(units: Iterable[Unit], source_language: str) -> str:
    """A file with these units, in the order of their languages and words."""
    rows = "\n".join(_written(unit) for unit in sorted(units, key=lambda u: (u.source, u.target, u.original)))
    head = (
        '<header creationtool="pnyx" creationtoolversion="1" segtype="block" o-tmf="pnyx" adminlang="en" '
        f'srclang={quoteattr(source_language)} datatype="plaintext"/>'
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n{head}\n<body>\n{rows}\n</body>\n</tmx>\n'


def _written(unit: Unit) -> str:
    note = f"<note>{escape(_clean(unit.note))}</note>" if unit.note else ""
    pair = ((unit.source, unit.original), (unit.target, unit.translated))
    tuvs = "".join(
        f"\n  <tuv xml:lang={quoteattr(code)}><seg>{escape(_clean(text))}</seg></tuv>" for code, text in pair
    )
    return f"<tu srclang={quoteattr(unit.source)}>{note}{tuvs}\n</tu>"


def _clean(text: str) -> str:
    """Without the characters that XML does not allow."""
    return re.sub(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)


class _Builder:
    """Builds the units while the parser reads, and refuses what makes XML dangerous."""

    def __init__(self) -> None:
        self.units: list[tuple[dict[str, str], str]] = []
        self.seen_tmx = False
        self._segments: dict[str, str] = {}
        self._note = ""
        self._language = ""
        self._into: list[str] | None = None
        self._inside_codes = 0

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == "tmx":
            self.seen_tmx = True
        elif name == "tu":
            self._segments, self._note = {}, ""
        elif name == "tuv":
            self._language = (given.get("xml:lang") or given.get("lang") or "").lower().partition("-")[0]
        elif name in ("seg", "note"):
            self._into = []
        elif name in _CODES:
            self._inside_codes += 1

    def data(self, text: str) -> None:
        if self._into is not None and not self._inside_codes:
            self._into.append(text)

    def end(self, name: str) -> None:
        if name in _CODES:
            self._inside_codes -= 1
        elif name == "seg" and self._into is not None:
            if text := "".join(self._into).strip():
                self._segments[self._language] = text
            self._into = None
        elif name == "note" and self._into is not None:
            self._note, self._into = "".join(self._into).strip(), None
        elif name == "tu" and len(self._segments) > 1 and "" not in self._segments:
            self.units.append((self._segments, self._note))


def _units(content: str | bytes, name: str) -> Iterator[tuple[dict[str, str], str]]:
    builder, parser = _Builder(), expat.ParserCreate()
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data

    def entity(*_: Any) -> None:
        raise BadMemory(
            f"{name} declares entities of its own, which a translation memory does not need. It was not read."
        )

    parser.EntityDeclHandler = entity
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise BadMemory(f"{name}, line {error.lineno}: this is no XML ({expat.ErrorString(error.code)}).") from None
    if not builder.seen_tmx:
        raise BadMemory(f"{name} is no translation memory: there is no <tmx> in it.")
    yield from builder.units
