"""The gate that every sentence written by a language model passes before a person sees it. It asks no model.

Invariants:

* No sentence without a source: it names at least one of the contributions that it was to be written from, and no other.
* A quote stands in the contribution that it names, word for word; only typography may differ, and what is left out is marked.
* Every number stands in a contribution that is named.
* It shares words with a contribution in its own language, where one is named.
* Nothing that could take a reader elsewhere, or name somebody, comes in: no link, no address, no @name that the sources lack.

An *error* drops the sentence, and the citizens' own words stand in its place. A *doubt* is shown to whoever approves.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.core.cues import known, negations, speaks_for_many
from bot.core.message import Phrase, t
from bot.core.numerals import numbers

LONGEST = 400
"""Characters of a sentence."""
MANY = 3
"""So many contributions at least stand behind a sentence that speaks of many or all."""

STEM = 4
"""So many letters at its beginning make two words one."""

_LINK = re.compile(r"\w+://\S+|\bwww\.\S+|[\w.+-]+@[\w-]+\.\w[\w.-]*|(?<!\w)[@#]\w+|\w{2,}\.[^\W\d_]{2,}(?:/\S*)?")
_MARKUP = re.compile(r"[<>{}\[\]`*_]{1}|&\w+;")
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_LEFT_OUT = re.compile(r"\[(?:\.\.\.|…)\]")


@dataclass(frozen=True, slots=True)
class Cited:
    """A contribution that a sentence may be written from."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Quote:
    """Words said to stand in a contribution."""

    source: str
    text: str


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence, the contributions that it says it comes from, and what it quotes of them."""

    text: str
    language: str
    sources: tuple[str, ...]
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """Something about a sentence. `about` is its name in records; `says` is for whoever approves."""

    level: Literal["error", "doubt"]
    about: Literal[
        "empty",
        "long",
        "source",
        "quote",
        "number",
        "link",
        "markup",
        "polarity",
        "many",
        "strange",
        "unchecked",
        "part",
    ]
    says: Phrase


UNCHECKED = Fault("doubt", "unchecked", t("Whether this sentence says the opposite could not be checked."))
POLARITY = Fault("doubt", "polarity", t("Please look closely: this may say the opposite of what was written."))
PART = Fault("doubt", "part", t("It leaves out some of those who share this sentence."))
DOUBTS: Mapping[str, Phrase] = {fault.about: fault.says for fault in (POLARITY, UNCHECKED, PART)}
"""What whoever approves reads of each doubt, by its name in records."""


def judge(written: Written, allowed: Mapping[str, Cited]) -> tuple[Fault, ...]:
    """All that can be said against a sentence; nothing where all is well. `allowed` are the contributions that it was to be
    written from, by id."""
    text = written.text
    if not text.strip():
        return (Fault("error", "empty", t("The sentence is empty.")),)
    if not written.sources or not set(written.sources) <= allowed.keys():
        return (Fault("error", "source", t("The sentence does not say what it comes from.")),)
    sources = [allowed[id] for id in written.sources]
    found = []
    if len(text) > LONGEST or len(text.strip().splitlines()) > 1:
        found.append(Fault("error", "long", t("This is more than one short sentence.")))
    found += [f for quote in written.quotes if (f := _quote(quote, written, allowed)) is not None]
    found += _quoted_inside(text, sources)
    found += _numbers(text, sources)
    found += _foreign(text, sources)
    found += _strange(written, sources)
    found += _cues(written, sources)
    return tuple(found)


def verbatim(quote: str, source: str) -> bool:
    """Whether a quote stands in a source word for word, in this order; "[…]" says that something is left out."""
    folded, at = _folded(source), 0
    pieces = [_folded(piece) for piece in _LEFT_OUT.split(quote)]
    for piece in filter(None, pieces):
        found = re.search(rf"(?<!\w){re.escape(piece)}(?!\w)", folded[at:])
        if found is None:
            return False
        at += found.end()
    return any(pieces)


def _quote(quote: Quote, written: Written, allowed: Mapping[str, Cited]) -> Fault | None:
    if quote.source in written.sources and verbatim(quote.text, allowed[quote.source].text):
        return None
    return Fault("error", "quote", t("“{quote}” was not written like that.", quote=quote.text[:80]))


def _quoted_inside(text: str, sources: list[Cited]) -> list[Fault]:
    """What the sentence itself puts between quotation marks must stand in one of its sources."""
    inside = re.findall(r"[“„«]\s*([^“”„«»]{3,}?)\s*[”“»]|\"([^\"]{3,})\"", text)
    lost = [quote for pair in inside for quote in pair if quote and not any(verbatim(quote, s.text) for s in sources)]
    return [Fault("error", "quote", t("“{quote}” was not written like that.", quote=quote[:80])) for quote in lost]


def _numbers(text: str, sources: list[Cited]) -> list[Fault]:
    there = {number for s in sources for number in numbers(s.text)} | {str(len(sources))}
    added = sorted(numbers(text).keys() - there)
    if added:
        return [Fault("error", "number", t("Nobody wrote these numbers: {numbers}.", numbers=", ".join(added)))]
    return []


def _foreign(text: str, sources: list[Cited]) -> list[Fault]:
    there = _plain(" ".join(s.text for s in sources))
    text = _plain(text)
    if any(found not in there for found in _LINK.findall(text)):
        return [Fault("error", "link", t("The sentence holds a link or an address that nobody wrote."))]
    if any(found not in there for found in _marks(text)):
        return [Fault("error", "markup", t("The sentence holds marks that nobody wrote."))]
    return []


def _strange(written: Written, sources: list[Cited]) -> list[Fault]:
    """A sentence that shares no longer word with what was written in its language says something else."""
    near = [s.text for s in sources if s.language == written.language]
    if near and not _stems(written.text) & _stems(" ".join(near)):
        return [Fault("error", "strange", t("It shares no word with what was written."))]
    return []


def _stems(text: str) -> set[str]:
    """The beginnings of the longer words, so that "bus" and "buses" meet."""
    return {word[:STEM] for word in re.findall(r"[^\W\d_]{3,}", _folded(text))}


def _cues(written: Written, sources: list[Cited]) -> list[Fault]:
    """Polarity and quantifiers, as far as we know the languages."""
    if not known(written.language) or not all(known(s.language) for s in sources):
        return [UNCHECKED]
    found = []
    turned = negations(written.text, written.language) > 0
    if all((negations(s.text, s.language) > 0) != turned for s in sources):
        found.append(POLARITY)
    if (
        speaks_for_many(written.text, written.language)
        and len(sources) < MANY
        and not any(speaks_for_many(s.text, s.language) for s in sources)
    ):
        found.append(Fault("error", "many", t("It speaks of many or all, and few stand behind it.")))
    return found


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _marks(text: str) -> list[str]:
    """Signs that a platform may take for markup, and what nobody sees."""
    return _MARKUP.findall(_LEFT_OUT.sub("", text)) + [c for c in text if unicodedata.category(c) in _UNSEEN]


def _folded(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = re.sub(r"[‘’‚‛`´]", "'", folded)
    folded = re.sub(r"[“”„«»‹›]", '"', folded)
    folded = re.sub(r"[‐‑‒–—―]", "-", folded)
    return re.sub(r"\s+", " ", folded).strip(" .\"'")
