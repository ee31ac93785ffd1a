"""The words of an assembly that have one translation and no other: "Bürgerrat" is "assemblée citoyenne", whoever translates.

A glossary is for one pair of languages, in this direction. It is checked, not put in by force: a text that breaks it waits for
a person.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from bot.core.digest import same_words
from bot.core.translation.glossary import Entry


@dataclass(frozen=True)
class Term:
    """`source` must become `target`, or one of `also` (other forms of it, as "Bürgerräte" beside "Bürgerrat"). A word that
    ends in `*` stands for everything that begins like it: "Bürgerr*"."""

    source: str
    target: str
    also: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for word in (self.source, self.target, *self.also):
            if not word.rstrip("*").strip():
                raise ValueError(f"A glossary needs words on both sides, found {self.source!r} → {self.target!r}.")

    def asked_in(self, text: str) -> bool:
        """Whether the text holds the term."""
        return _holds(text, self.source)

    def kept_in(self, translated: str) -> bool:
        """Whether a translation holds what the term must become."""
        return any(_holds(translated, word) for word in (self.target, *self.also))


@dataclass(frozen=True)
class Glossary:
    """The terms of one pair of languages."""

    terms: tuple[Term, ...] = ()

    @classmethod
    def of(cls, terms: Iterable[Term]) -> Glossary:
        return cls(tuple(sorted(set(terms), key=lambda term: (term.source, term.target, term.also))))

    @cached_property
    def version(self) -> str:
        """Changes with every term, so that what was translated under other terms is not taken from the cache; "" without any."""
        if not self.terms:
            return ""
        rows = "\n".join("\t".join((term.source, term.target, *term.also)) for term in self.terms)
        return hashlib.sha256(rows.encode()).hexdigest()[:12]

    def broken(self, original: str, translated: str) -> list[Term]:
        """The terms of the original that its translation does not keep."""
        return [term for term in self.terms if term.asked_in(original) and not term.kept_in(translated)]


def glossary_of(entries: Iterable[Entry], source: str, target: str) -> Glossary:
    """What the entries of a flow say of a pair of languages."""
    return Glossary.of(
        Term(form, wanted[0], wanted[1:])
        for entry in entries
        if (wanted := entry.forms(target))
        for form in entry.forms(source)
    )


def _holds(text: str, word: str) -> bool:
    """Whether a text holds a word, in whatever case, and not as a part of another one."""
    core = same_words(word.rstrip("*"))
    tail = "" if word.endswith("*") else r"(?!\w)"
    return re.search(rf"(?<!\w){re.escape(core)}{tail}", same_words(text)) is not None
