"""Looks at a translation beside its original, without understanding either: what must never differ, and what seldom does.

An *error* means that the translation must not go out unread. A *doubt* is shown to whoever reads it. No check here sees a lost
"not": a person's eye does, and the original that stands one tap away.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal

from bot.core.digest import same_words
from bot.core.message import Phrase, t
from bot.core.numerals import numbers
from bot.language.translation.glossary import Glossary

Detect = Callable[[str, Collection[str]], str]
"""The language of a text, out of some; "" where that cannot be said."""

RATIO = 3.0
"""A translation is at most so many times as long as its original, and the other way round."""
DENSE = frozenset({"zh", "ja", "ko", "th"})
"""Languages that need about a third of the characters."""
ENOUGH = 20
"""Characters from which on the length tells something."""
WORDS = 4
"""Words from which on the language of a text can be told. Short or dialect texts keep the language that their author declared."""

SURELY = 8
"""Words from which on a text may be in another language than the one that its author declared."""
FAMILIAR = frozenset({"de", "en", "es", "fr", "it", "nl", "pl", "pt"})
"""Languages that are told apart well: in 1,460 translations by people of eight words or more, none was taken for another."""
DOUBTS = frozenset({"question"})
"""What is said against a translation, by its name in records, and yet does not hold it up."""

_KEPT = re.compile(r"\w+://\S+|[\w.+-]+@[\w-]+\.\w[\w.-]*|(?<![\w/])[@#]\w+|\{[^{}\s]*\}|%\w")
_TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,200}>|&(?:[a-zA-Z]{2,8}|#\d{1,6});")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a translation. `about` is its name in records; `says` is for whoever reads it."""

    level: Literal["error", "doubt"]
    about: Literal["empty", "markup", "numbers", "links", "names", "glossary", "length", "same", "language", "question"]
    says: Phrase


def check(
    original: str,
    translated: str,
    source: str,
    target: str,
    glossary: Glossary,
    names: Collection[str] = (),
    detect: Detect | None = None,
) -> tuple[Finding, ...]:
    """Everything that can be said against a translation; nothing where all is well. `names` are the pseudonyms at the tables
    concerned: they are never translated. Without `detect` the language is not looked at."""
    if not translated.strip():
        return (Finding("error", "empty", t("The translation is empty.")),)
    found = [
        *_markup(original, translated),
        *_numbers(original, translated),
        *_links(original, translated),
        *_names(original, translated, names),
        *_terms(original, translated, glossary),
        *_length(original, translated, source, target),
        *_same(original, translated),
        *(_language(translated, source, target, detect) if detect is not None else ()),
        *_question(original, translated),
    ]
    return tuple(found)


def errors(findings: Collection[Finding]) -> tuple[Finding, ...]:
    """Those that keep a translation from going out unread."""
    return tuple(f for f in findings if f.level == "error")


def told_apart(text: str, declared: str, among: Collection[str], detect: Detect) -> str:
    """The language that a text is in: another one out of `among` than its author `declared` only where it is long enough to
    tell, and sure. Nobody is corrected: short texts and dialects stay what they were declared to be."""
    own = declared.split("-")[0]
    if len(_WORD.findall(_KEPT.sub(" ", text))) < SURELY:
        return declared
    found = detect(text, {own, *(one.split("-")[0] for one in among)})
    if not found or found == own:
        return declared
    return next((one for one in among if one.split("-")[0] == found), declared)


def _markup(original: str, translated: str) -> list[Finding]:
    if Counter(_TAG.findall(translated)) - Counter(_TAG.findall(original)):
        return [Finding("error", "markup", t("The translation holds marks that its original does not have."))]
    return []


def _numbers(original: str, translated: str) -> list[Finding]:
    before, after = (numbers(_KEPT.sub(" ", text)) for text in (original, translated))
    if before == after:
        return []
    lost, added = sorted((before - after).elements()), sorted((after - before).elements())
    if lost and added:
        says = t("Other numbers: {added} in place of {lost}.", added=", ".join(added), lost=", ".join(lost))
    elif lost:
        says = t("These numbers are missing: {lost}.", lost=", ".join(lost))
    else:
        says = t("These numbers are not in the original: {added}.", added=", ".join(added))
    return [Finding("error", "numbers", says)]


def _links(original: str, translated: str) -> list[Finding]:
    before, after = Counter(_kept(original)), Counter(_kept(translated))
    if before == after:
        return []
    says = t(
        "Links, addresses or marks like {example} differ.", example=next(iter((before - after) or (after - before)))
    )
    return [Finding("error", "links", says)]


def _kept(text: str) -> list[str]:
    return [found.rstrip(".,;:!?)»“”\"'") for found in _KEPT.findall(text)]


def _names(original: str, translated: str, names: Collection[str]) -> list[Finding]:
    lost = [n for n in sorted(names) if _stands(n, original) and not _stands(n, translated)]
    if lost:
        return [Finding("error", "names", t("These names are missing: {names}.", names=", ".join(lost)))]
    return []


def _stands(name: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def _terms(original: str, translated: str, glossary: Glossary) -> list[Finding]:
    return [
        Finding("error", "glossary", t("“{term}” should be “{wanted}” here.", term=term.source, wanted=term.target))
        for term in glossary.broken(original, translated)
    ]


def _length(original: str, translated: str, source: str, target: str) -> list[Finding]:
    if len(original) < ENOUGH:
        return [] if len(translated) <= ENOUGH * RATIO * 2 else [_too_long()]
    most = RATIO * (3 if source in DENSE and target not in DENSE else 1)
    least = 1 / RATIO / (3 if target in DENSE and source not in DENSE else 1)
    ratio = len(translated) / len(original)
    if ratio > most:
        return [_too_long()]
    if ratio < least:
        return [Finding("error", "length", t("The translation is much shorter than its original."))]
    return []


def _too_long() -> Finding:
    return Finding("error", "length", t("The translation is much longer than its original."))


def _same(original: str, translated: str) -> list[Finding]:
    if len(_WORD.findall(original)) >= WORDS and same_words(original) == same_words(translated):
        return [Finding("error", "same", t("The translation is the original again."))]
    return []


def _language(translated: str, source: str, target: str, detect: Detect) -> list[Finding]:
    words = len(_WORD.findall(_KEPT.sub(" ", translated)))
    if words < WORDS and target not in DENSE:
        return []
    others = FAMILIAR if words >= SURELY and target in FAMILIAR else frozenset()
    found = detect(translated, {source, target, *others})
    if found == source:
        return [Finding("error", "language", t("The translation seems to be in the language of its original."))]
    if found and found != target:
        return [Finding("error", "language", t("The translation seems to be in another language."))]
    return []


def _question(original: str, translated: str) -> list[Finding]:
    if _asks(original) != _asks(translated):
        return [Finding("doubt", "question", t("Only one of the two is a question."))]
    return []


def _asks(text: str) -> bool:
    return text.rstrip(' "”“»).').endswith(("?", "？", "؟", ";", "՞", "။")) or "¿" in text
