"""Tables whose people read different languages: each reads the talk in their own, with the original one tap away.

Invariants:

* Only at tables whose group plan says `common_language = "translate"`. Elsewhere everybody reads what was written.
* Whoever reads the language of the words gets the words themselves, at once. Nobody's own words are translated back to them.
* What stands in another language than it was written in says so, and who put it there; and what could not be put there says so.
* A table is never translated into more languages than its plan's `max_languages`. Whoever reads another one still reads every
  message, as it was written.

Which words these are a message says with `Words(own=True)`. What of them a reader gets is decided when the message leaves
(`bot.engine.mixed`): so what is changed, questioned or taken back in between is not sent as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.effects import Effect, Redraw
from bot.core.events import Retold
from bot.core.holding import KIND
from bot.core.message import Block, Button, Lang, Message, Phrase, Several, Words, block, t
from bot.core.retelling import translated_by
from bot.core.scene import Scene
from bot.core.state import Contribution, Seat, Table, Translated
from bot.core.translation.doubting import marks, news
from bot.core.translation.translators import Text, texts

if TYPE_CHECKING:
    from bot.core.flow import Flow

ORIGINAL = "-original"
"""The button that shows a message as it was written: `-original:contribution`."""

ORIGINALS = "-originals"
"""The same where a message holds several, or something else besides: the originals come in a new message."""

TRANSLATION = "-translation"
"""The button that leads back."""


def short(language: str) -> str:
    """A language without its country: a reader of "fr-CA" reads "fr"."""
    return language.split("-")[0]


def same(one: str, other: str) -> bool:
    """The same language, whatever the country."""
    return short(one) == short(other)


def translates(flow: Flow, plan: str) -> bool:
    """Whether people of different languages meet at the tables of a group plan."""
    return plan in flow.plans and flow.plans[plan].common_language == "translate"


def anywhere(flow: Flow) -> bool:
    """Whether there are such tables in a flow at all."""
    return any(translates(flow, plan) for plan in flow.plans)


def languages(flow: Flow, table: Table) -> tuple[str, ...]:
    """The languages in which the people of a table read its talk, its own first, at most as many as the plan allows; none where
    the plan wants a common one."""
    if not translates(flow, table.plan):
        return ()
    read = [s.language for s in table.everybody if s.status == "active"]
    first = [language for language in table.languages if any(same(language, own) for own in read)]
    found: list[str] = []
    for language in (*first, *read):
        if not any(same(language, own) for own in found):
            found.append(language)
    return tuple(found[: flow.plans[table.plan].max_languages])


def mixed(flow: Flow, table: Table) -> bool:
    """Whether the talk of a table is translated at all, as people sit there now."""
    return len(languages(flow, table)) > 1


def reads_in(
    flow: Flow, table: Table | None, given: Contribution, seat: Seat, *, everywhere: bool = False
) -> str | None:
    """The language into which words are put for somebody (at a table); "" where they read what was written, None where it should
    be another language but the table has no room for that one. Words that are for `everywhere` have room at any table."""
    suggested = given.kind == KIND and given.written != ""  # somebody else has put it into words for them
    if same(given.spoken, seat.language) or (given.seat == seat.id and not suggested):
        return ""
    if everywhere:
        return seat.language
    allowed = languages(flow, table) if table is not None else ()
    if not allowed:
        return ""
    return seat.language if any(same(seat.language, own) for own in allowed) else None


def label(given: Contribution, made: Translated | None) -> tuple[Block, ...]:
    """What stands below words that were written in another language than the reader's: who has put them into this one, and what
    has become of that; or that nobody has."""
    language = Lang(given.spoken)
    said: tuple[Block, ...] = ()
    if made is None or made.state == "held":
        said = (block(t("in {language}, not translated", language=language), kind="note"),)
    elif made.state != "withdrawn":
        said = (block(translated_by(made.engine, language), kind="note"),)
    return (*said, *marks(given.id, Text(given, made))) if made is not None and made.state != "held" else said


def readable(made: Translated | None) -> bool:
    """Whether people read the translation, and not what was written."""
    return made is not None and made.state not in ("held", "withdrawn")


def changed(at: Scene, told: Retold, shown: Message, led: Message) -> Iterator[Effect]:
    """A translation has changed that people have read in a talk (or among what a step showed to their table): the message reads
    as things stand now (for those who lead the table: `led`), and whoever has read it is told."""
    text, table = texts(at.state).get(f"{told.contribution}@{told.language}"), at.table
    if text is None or text.given is None or not text.stands or table is None:
        return
    edition = text.made.edition if text.made is not None else 0
    for seats, message in ((table.members, shown), (table.staff, led)):
        there = tuple(s.id for s in seats if reads_in(at.flow, table, text.given, s) == told.language)
        if there:
            key = at.key("turned", told.contribution, told.language, told.state, edition, there[0])
            yield Redraw(there, message, key, contribution=told.contribution, words=True)
    everybody = table.everybody
    readers = tuple(s.id for s in everybody if reads_in(at.flow, table, text.given, s) == told.language)
    yield from news(at, told, "", shown.blocks[0].parts, readers)


def as_written(message: Message) -> Message:
    """A message with the words as their authors wrote them, whoever reads it."""
    blocks = tuple(
        Block(b.kind, tuple(replace(p, own=False) if isinstance(p, Words) else p for p in b.parts))
        for b in message.blocks
    )
    return replace(message, blocks=blocks)


def original_button(id: str) -> Button:
    return Button(t("Original"), f"{ORIGINAL}:{id}")


def originals_button(ids: tuple[str, ...]) -> Button:
    return Button(t("Original"), ":".join((ORIGINALS, *ids)))


def translation_button(id: str) -> Button:
    return Button(t("Translation"), f"{TRANSLATION}:{id}")


def retold(wanted: Sequence[tuple[str, str]], step: str = "", about: str = "") -> Message:
    """What follows in a room below words that stand there, for those there who read other languages: each of these
    contributions in a language. What cannot be put into it is left out when it leaves."""
    blocks = tuple(block(Words(f"{id}@{language}", own=True), kind="quote") for id, language in wanted)
    return Message(blocks, step=step, about=about, answers=about)


def told_at_first(flow: Flow, table: Table, missing: tuple[tuple[str, str], ...]) -> tuple[Block, ...]:
    """What a table is told as its talk begins: that a machine translates, how to see the original, and which languages nobody
    can put into which; nothing where all read the same."""
    read = languages(flow, table)
    if len(read) < 2:
        return ()
    can = [(a, b) for a in read for b in read if a != b and (a, b) not in missing]
    named = Several(tuple(Lang(language) for language in read))
    if not can:
        text = t("At this table people read {languages}. Nothing can translate between them here: you read what each "
                 "writes as it was written.", languages=named)  # fmt: skip
        return (block(text, kind="note"),)
    text = t("At this table people read {languages}. A machine translates for each of you, and it makes mistakes: Original "
             "below a message, or /original in reply to it, shows what was written.", languages=named)  # fmt: skip
    blocks = [block(text, kind="note")]
    if missing := tuple(pair for pair in missing if pair[0] in read and pair[1] in read):
        pairs = Several(tuple(t("{source} into {target}", source=Lang(a), target=Lang(b)) for a, b in missing))
        none = t("It cannot translate {pairs}: those words come as they were written.", pairs=pairs)
        blocks.append(block(none, kind="note"))
    return tuple(blocks)


def told_in(flow: Flow, table: Table, seat: str, language: str) -> Phrase | None:
    """What somebody is told who reads another language from now on: that the talk at their table is put into it, or that there
    is no room for it; None where nothing is translated there."""
    there = table.everybody
    after = tuple(replace(s, language=language) if s.id == seat else s for s in there)
    read = languages(flow, replace(table, members=after, staff=()))
    if len(read) < 2:
        return None
    if any(same(language, own) for own in read):
        return t("What others write at your table in other languages a machine translates for you. /original in reply to it "
                 "shows what was written.")  # fmt: skip
    named = Several(tuple(Lang(own) for own in read))
    return t("The talk at your table is translated into these languages only: {languages}. In yours it comes as it was "
             "written.", languages=named)  # fmt: skip


__all__ = [
    "ORIGINAL",
    "ORIGINALS",
    "TRANSLATION",
    "anywhere",
    "as_written",
    "changed",
    "label",
    "languages",
    "mixed",
    "original_button",
    "readable",
    "originals_button",
    "reads_in",
    "retold",
    "same",
    "short",
    "told_at_first",
    "told_in",
    "translates",
    "translation_button",
]
