"""What is said where people read different languages: who waits for a translation, and what each of them gets.

Invariants:

* Whoever needs no translation waits for none. A message that does wait leaves with its translation, or after a while
  (`House.patience`) without: nobody waits longer, whatever the machines do, and nobody gets two.
* So of what reaches one reader, what was translated comes in the order in which it was said; what needed no translation may
  overtake it, by that while at most.
* A translation is asked for once for each wording of a contribution and each language, however many wait for it; never where
  there is one.
* What a letter shows is decided as it leaves, by what stands then.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.effects import Request, Say
from bot.core.flow import Flow
from bot.core.message import EVERYWHERE, Block, Lang, Local, Message, Words, block, encode, message, t
from bot.core.state import Contribution, Seat, Table, Translated
from bot.core.translation.interpreting import (
    anywhere,
    label,
    languages,
    original_button,
    originals_button,
    readable,
    reads_in,
    retold,
    same,
    short,
)
from bot.language.catalog import Catalogs
from bot.language.render import Reader, render
from bot.store import courses, opinions, translations
from bot.store.database import Database
from bot.store.queue import OutRow
from bot.store.times import ms

if TYPE_CHECKING:
    from bot.engine.work import Work

JOB = "interpret"
"""The job that brings a translation for those who wait for it (`bot.engine.interpreting`)."""

_OWN = re.compile(rb'\["o","([^"]+)"\]')
"""A pointer to words that each reads in their own language, in an encoded message."""

LEFT = t("This has been changed. The change could not be translated.")


# When something is said


def withheld(work: Work, row: OutRow) -> OutRow:
    """A row of the outbox, later where its reader needs a translation that is still to come."""
    own = _OWN.findall(row.body) if row.act in ("say", "edit") else []
    if not own or not (anywhere(work.flow(row.assembly)) or any(b"@" in mark for mark in own)):
        return row
    awaits = []
    for mark in dict.fromkeys(each.decode() for each in own):
        id, _, language = mark.partition("@")
        if not language and row.seat is not None:
            language = _into(work, row.assembly, id, row.seat, everywhere=mark.endswith(EVERYWHERE))
        if language and asked(work, row.assembly, id, language):
            awaits.append(f"{id}@{language}")
    late = ms(work.now + work.house.patience)
    if not awaits:
        return row
    return replace(row, at=max(row.at, late), awaits=" ".join(awaits) if row.at <= ms(work.now) else "")


def asked(work: Work, assembly: str, id: str, language: str) -> bool:
    """Ask for a translation, if there is none. Whether it is still to come."""
    db = work.db
    if translations.load(db, assembly, id, language) is not None:
        return False
    version = opinions.version(db, assembly, id)
    key = f"{JOB}/{id}/{language}/{version}"
    args = {"contribution": id, "language": language, "version": version}
    courses.ask(db, assembly, Request(JOB, "", "", key, args=args))
    return courses.job_waits(db, assembly, key)


def in_room(work: Work, assembly: str, flow: Flow, table: Table, room: str, effect: Say) -> None:
    """Say in a room, below what stands there, the same in the languages of those there who read others; nothing where all read
    what was written."""
    marks = [mark.decode() for mark in dict.fromkeys(_OWN.findall(encode(effect.message).encode()))]
    if not anywhere(flow) and not any(mark.endswith(EVERYWHERE) for mark in marks):
        return
    there = [s for s in table.everybody if s.room == room]
    found = [(c, True) for m in marks if m.endswith(EVERYWHERE) and (c := _given(work, assembly, m)) is not None]
    found += [(c, False) for m in marks if "@" not in m and (c := _given(work, assembly, m)) is not None]
    spoken = languages(flow, table)
    others = {short(s.language): s.language for s in there if not any(same(s.language, own) for own in spoken)}
    wanted: list[tuple[str, str]] = []
    for language in (*spoken, *others.values()):
        readers = [s for s in there if same(s.language, language)]
        wanted += [
            (c.id, language) for c, all in found if any(reads_in(flow, table, c, s, everywhere=all) for s in readers)
        ]
    if wanted:
        said = retold(wanted, effect.message.step, effect.message.about)
        key = f"{effect.key}/told"
        about = effect.message.about
        work.say_in_room(assembly, room, encode(said).encode(), key, int(effect.lane), said.step, effect.quiet, about)


def _given(work: Work, assembly: str, mark: str) -> Contribution | None:
    return opinions.contribution(work.db, assembly, mark.removesuffix(EVERYWHERE))


def _into(work: Work, assembly: str, id: str, reader: str, *, everywhere: bool) -> str:
    """The language into which words are put for a reader; "" where they get what was written."""
    given, seat = opinions.contribution(work.db, assembly, id), work.seat(reader)
    if given is None:
        return ""
    table = work.table(assembly, given.table or seat.table) if not everywhere else None
    return reads_in(work.flow(assembly), table, given, seat, everywhere=everywhere) or ""


# When it leaves


class Interpreted:
    """What readers get of words that were written in another language than theirs, within one transaction."""

    def __init__(self, db: Database, catalogs: Catalogs, table: Callable[[str, str], Table | None]) -> None:
        self._db, self._catalogs, self._table = db, catalogs, table

    def private(self, flow: Flow, assembly: str, said: Message, seat: Seat, *, pressable: bool) -> Message:
        """A message as it goes to a person, with a button to the original; where there are no buttons to press, with the original
        itself, folded."""
        blocks: list[Block] = []
        turned: list[str] = []
        for each in said.blocks:
            part = _own(each)
            id, at, wanted = part.contribution.partition("@") if part is not None else ("", "", "")
            given = opinions.contribution(self._db, assembly, id) if part is not None else None
            if given is not None and wanted:
                blocks += self._previewed(each, part, assembly, given, wanted)
                continue
            everywhere = at == EVERYWHERE
            table = self._table(assembly, given.table or seat.table) if given is not None and not everywhere else None
            language = reads_in(flow, table, given, seat, everywhere=everywhere) if given is not None else ""
            if part is None or given is None or language == "":
                blocks.append(_with(each, part, id))
                continue
            made = self._made(assembly, given, language) if language else None
            blocks.append(_with(each, part, f"{given.id}@{language}" if made is not None else given.id))
            blocks += label(given, self._there(assembly, given, language))
            if made is not None and not pressable:
                head = t("Original ({language})", language=Lang(given.spoken))
                blocks.append(block(head, "\n", Words(given.id), kind="folded"))
            turned += [given.id] if made is not None else []
        buttons = said.buttons
        if turned and pressable:
            alone = said.about == turned[0] and len(turned) == 1
            way = original_button(said.about) if alone else originals_button(tuple(dict.fromkeys(turned)))
            buttons = (*buttons, way)
        return replace(said, blocks=tuple(blocks), buttons=buttons)

    def _previewed(
        self, each: Block, part: Words | None, assembly: str, given: Contribution, language: str
    ) -> list[Block]:
        """What readers of another language will get of words that are shown before they are sent: a translation, or, where there
        is none, the words as they were written."""
        made = self._made(assembly, given, language)
        if made is None:
            return [block(t("Nothing can translate this here: they read it as it was written."), kind="note")]
        return [_with(each, part, f"{given.id}@{language}"), *label(given, made)]

    def shared(self, assembly: str, said: Message, *, edit: bool) -> tuple[Message, str] | None:
        """A message as it goes to a room, and the languages in which it retells what stands there. None where nothing of it could
        be translated; a change to such a message says so."""
        blocks: list[Block] = []
        told: list[str] = []
        for each in said.blocks:
            part = _own(each)
            id, _, language = part.contribution.partition("@") if part is not None else ("", "", "")
            if part is None or not language:
                blocks.append(_with(each, part, id))
                continue
            told.append(language)
            given = opinions.contribution(self._db, assembly, id)
            made = self._made(assembly, given, language) if given is not None else None
            if given is None or made is None:
                gone = self._there(assembly, given, language) if given is not None else None
                if edit and given is not None and gone is not None and gone.state == "withdrawn":
                    blocks += [_with(each, part, id), *(self._in(language, note) for note in label(given, gone))]
                elif edit:
                    blocks.append(self._in(language, block(LEFT, kind="note")))
                continue
            blocks.append(_with(each, part, part.contribution))
            blocks += [self._in(language, note) for note in label(given, made)]
        return (replace(said, blocks=tuple(blocks)), " ".join(told)) if blocks else None

    def _there(self, assembly: str, given: Contribution, language: str | None) -> Translated | None:
        return translations.load(self._db, assembly, given.id, language) if language else None

    def _made(self, assembly: str, given: Contribution, language: str) -> Translated | None:
        made = self._there(assembly, given, language)
        return made if readable(made) else None

    def _in(self, language: str, said: Block) -> Block:
        """A text of ours in one language, whoever reads along; somebody's words as they are."""
        if any(isinstance(part, Words) for part in said.parts):
            return said
        text = render(message(said), Reader(language, "UTC"), {}, {}, self._catalogs).blocks[0][1]
        return block(Local({language: text}), kind=said.kind)


def own_words(said: Message) -> bool:
    """Whether there is anything in a message that each reads in their own language."""
    return any(_own(each) is not None for each in said.blocks)


def reads_anywhere(said: Message) -> bool:
    """Whether a message has something in it that people read in their own language wherever they sit."""
    return any((part := _own(each)) is not None and "@" in part.contribution for each in said.blocks)


def _own(each: Block) -> Words | None:
    return next((part for part in each.parts if isinstance(part, Words) and part.own), None)


def _with(each: Block, part: Words | None, contribution: str) -> Block:
    """A block with these words in place of those."""
    if part is None:
        return each
    return Block(each.kind, tuple(Words(contribution) if other is part else other for other in each.parts))
