"""The texts of a flow as one `.po` file per language, for translators, and back.

The place of a text in the flow is its context ("step.vote.options.yes"), so that the same word at two places can be
translated in two ways. A translation belongs to a place and to the exact source text: when the organiser changes the
source, the old translation no longer counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError
from babel.messages.pofile import read_po as read_catalog

from bot.language.po import po_text


@dataclass(frozen=True, slots=True)
class FlowText:
    """A text of the organiser: its place in the flow, the source text, and what there is of it by language code."""

    path: str
    source: str
    texts: Mapping[str, str]


def write_po(entries: Iterable[FlowText], lang: str, drafts: Mapping[str, str] | None = None) -> str:
    """The `.po` file for translators into `lang`, in the order of the flow. What is translated already is filled in.

    `drafts` are earlier translations by place; they stand, marked fuzzy, where the source text has changed since."""
    catalog = Catalog(locale=lang.replace("-", "_"))
    for entry in entries:
        if entry.source:
            words, draft = entry.texts.get(lang, ""), (drafts or {}).get(entry.path, "")
            flags = ("fuzzy",) if draft and not words else ()
            catalog.add(entry.source, words or draft, context=entry.path, flags=flags)
    return po_text(catalog)


def read_po(text: str) -> dict[tuple[str, str], str]:
    """The translations in a `.po` file by (place, source text). What is empty or marked fuzzy is left out.

    Raises ValueError with the line where the file cannot be read."""
    return {(m.context or "", m.id): m.string for m in _messages(text) if not m.fuzzy}


def read_drafts(text: str) -> dict[str, str]:
    """Every translation in a `.po` file by place, whatever its source text was, fuzzy or not. ValueError as `read_po`."""
    return {m.context or "": m.string for m in _messages(text)}


def _messages(text: str) -> list[Any]:
    try:
        catalog = read_catalog(BytesIO(text.encode()), abort_invalid=True)
    except PoFileError as error:
        what = re.sub(r" on \d+$", "", str(error))  # babel counts lines from nought
        raise ValueError(f'line {error.lineno + 1}: {what}. Expected are lines such as: msgstr "..."') from error
    return [m for m in catalog if isinstance(m.id, str) and m.id and isinstance(m.string, str) and m.string]
