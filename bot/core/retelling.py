"""A digest as people read it, at its own table and at others.

Every sentence is somebody's whole statement, shown as a quote of the contribution itself, so that nothing here can change
it; what a language model has worded says so wherever it is read. Small numbers betray people: where fewer than ten have voted, or
sit at the table, support is told in words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.core.message import Block, Lang, Part, Phrase, Plain, Words, block, t, tn
from bot.core.state import Digest, DigestSentence

FEW = 10
"""Below this many people words stand in place of counts."""

REASONS: Mapping[str, Phrase] = {
    "insult": t("it insults somebody"),
    "personal-data": t("it tells who somebody is"),
    "off-topic": t("it is about something else"),
    "double": t("it says the same as another sentence"),
}
"""Why a sentence may be left out. A person picks one of them, and the table reads it."""

WITHDRAWN, FOLDED, KEPT = "withdrawn", "folded", "kept"
"""Why a sentence does not stand that nobody has left out: its authors have taken it back, have put it together with another one,
or, where few wrote, want it to stay at their table."""

WHY: Mapping[str, Phrase] = {
    **REASONS,
    WITHDRAWN: t("its authors took it back"),
    FOLDED: t("its authors put it together with another sentence"),
    KEPT: t("its authors keep it at their table"),
}
"""Everything for which a sentence may not stand."""


def standing(digest: Digest) -> tuple[DigestSentence, ...]:
    """The sentences that nobody has left out."""
    return tuple(s for s in digest.sentences if not s.left_out)


def original(contribution: str) -> Words:
    """A statement as its author wrote it."""
    return Words(contribution)


def in_own(contribution: str) -> Words:
    """A statement as each of its own table reads it: in their language, where its people read different ones."""
    return Words(contribution, own=True)


def told(digest: Digest, words: Callable[[str], Words] = original) -> tuple[Block, ...]:
    """The standing sentences, each a quote with its number and its support, and for how many nobody speaks. A sentence keeps
    its number whatever is left out before it: it has one number in the draft, at every table and on record."""
    blocks: list[Block] = []
    for number, sentence in enumerate(digest.sentences, 1):
        blocks += () if sentence.left_out else quoted(sentence, words, number)
    return (*blocks, *not_in(digest))


def not_in(digest: Digest) -> tuple[Block, ...]:
    """Of whom and what these sentences do not tell."""
    more = tn(
        "One more was written for which there was no room.",
        "{n} more were written for which there was no room.",
        digest.more,
    )
    notes = [for_nobody(digest), more if digest.more else None]
    return tuple(block(note, kind="note") for note in notes if note is not None)


def quoted(
    sentence: DigestSentence, words: Callable[[str], Words] = original, number: int | None = None
) -> tuple[Block, ...]:
    """One sentence: the words, behind its number where one is given, and below them its support."""
    notes: list[Part] = []
    if len(sentence.sources) > 1:
        notes.append(t("This was written more than once."))
    if (support := support_of(sentence)) is not None:
        notes.append(support)
    if sentence.minority:
        notes.append(t("This is what a minority says."))
    if sentence.model:
        notes.append(by_model(sentence.model))
    before = (Plain(f"{number}. "),) if number is not None else ()
    quote = block(*before, words(sentence.worded), kind="quote")
    return (quote, block(*_spaced(notes), kind="note")) if notes else (quote,)


def by_model(name: str) -> Phrase:
    """That these words are a language model's, whatever people have said to them."""
    return t("Worded by a language model ({name}).", name=name)


def support_of(sentence: DigestSentence) -> Phrase | None:
    """How many agree, in words below ten; None where nobody but the authors was counted."""
    total = sentence.support + sentence.against
    if total <= len(sentence.sources):
        return None
    if total >= FEW:
        return tn(
            "{n} of the {total} people who answered agrees.",
            "{n} of the {total} people who answered agree.",
            n=sentence.support,
            total=total,
        )
    return support_in_words(sentence)


def support_in_words(sentence: DigestSentence) -> Phrase | None:
    """How many agree, without a count; None where nobody but the authors was counted."""
    total = sentence.support + sentence.against
    if total <= len(sentence.sources):
        return None
    if 3 * sentence.support >= 2 * total:
        return t("Most of those who answered agree.")
    if 3 * sentence.support > total:
        return t("About half of those who answered agree.")
    return t("Some of those who answered agree, most do not.")


def for_nobody(digest: Digest) -> Phrase | None:
    """That these sentences do not speak for everybody; None if they do."""
    if digest.unheard == 0 or digest.answers:  # who had nothing to answer is missed nowhere
        return None
    if digest.members >= FEW:
        return tn(
            "None of these sentences speaks for {n} of the {members} people at this table.",
            "None of these sentences speaks for {n} of the {members} people at this table.",
            n=digest.unheard,
            members=digest.members,
        )
    if 2 * digest.unheard >= digest.members:
        return t("These sentences speak for half of the table at most.")
    return t("These sentences do not speak for everybody at the table.")


MEMORY = "memory"
"""The engine that is none: what people have translated."""


def translated_by(engine: str, language: Phrase | Lang) -> Phrase:
    """Who has put words into the reader's language: people, a machine, or both (`engine` names them, joined by +)."""
    machines = ", ".join(one for one in engine.split("+") if one != MEMORY)
    if not machines:
        return t("translated by people from {language}", language=language)
    if MEMORY in engine.split("+"):
        return t("translated from {language}, partly by machine ({engine})", engine=machines, language=language)
    return t("translated by machine ({engine}) from {language}", engine=machines, language=language)


def _spaced(parts: list[Part]) -> list[Part]:
    found: list[Part] = []
    for part in parts:
        found += [Plain(" "), part] if found else [part]
    return found
