"""What translators and readers of translations are shown, as facts of an event, and how words come into the translators' queue.

* `texts`        words in a language, by `contribution@language` (`bot.core.translation.translators.Text`)
* `queue`        what waits for a translator, what came first in front
* `translators`  everybody who serves as one
* `question`     what a translator asks an author
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from bot.core.commands.consulting import question_of
from bot.core.commands.translating import named_in
from bot.core.events import Event, Queued, Relayed, Retold, Spread
from bot.core.events import encode as encode_event
from bot.core.heard import Heard
from bot.core.state import Contribution, Seat, Wanted
from bot.core.translation.translators import Text, for_seat, own, pointer
from bot.engine.work import Work
from bot.store import arrivals, findings, opinions, people, queue, tables, translations
from bot.store.database import Database
from bot.store.queue import InRow
from bot.store.times import ms


def found(work: Work, assembly: str, seat: Seat | None, event: Event) -> dict[str, Any]:
    """The facts of an event that concerns translators: one of the queue, what a translator writes or presses, what readers press
    who doubt a translation, and what an author answers."""
    db = work.db
    if isinstance(event, Queued):
        texts = texts_of(db, assembly, (f"{event.contribution}@{event.language}",))
        return {**_queue(db, assembly), "texts": texts}
    if not isinstance(event, Heard) or seat is None:
        return {}
    names, question = named_in(event.carried), question_of(event.carried, seat.focus)
    if seat.role != "translator" and not (names or question):
        return {}
    facts = _queue(db, assembly)
    if question and (asked := opinions.contribution(db, assembly, question)) is not None:
        about = opinions.contribution(db, assembly, asked.target.partition("@")[0])
        if about is not None and about.seat == seat.id:  # it is put to nobody else
            facts["question"] = asked
            names = (*names, asked.target)
    if seat.role == "translator":
        mine = own(seat, facts["queue"], work.now)
        following = for_seat(seat, facts["queue"], work.now)[:2]
        names = (*names, *(pointer(w) for w in (mine, *following) if w is not None))
        held = (
            opinions.contribution(db, assembly, event.carried.split(":")[1]) if event.carried.count(":") > 1 else None
        )
        facts["written"] = held if held is not None and held.seat == seat.id else None
    return {**facts, "texts": texts_of(db, assembly, names, context=seat.role == "translator")}


def shown(db: Database, assembly: str, step: str, table: str, event: Event) -> dict[str, Any]:
    """The texts of the digest that an event is about, at a table that reads it; of all that has come, where it names none."""
    match event:
        case Retold(digest="", contribution=id, language=language):  # it was said in the talk itself
            return {"texts": texts_of(db, assembly, (f"{id}@{language}",))}
        case Relayed(digest=digest) | Retold(digest=digest):
            wanted = digest
        case Heard(carried=press) if press.startswith(f"{step}:doubt:"):
            wanted = press.rpartition(":")[2]
        case Spread():
            wanted = ""
        case _:
            return {"texts": {}}
    return {"texts": texts_of(db, assembly, arrivals.pointers(db, assembly, step, table, wanted))}


def texts_of(db: Database, assembly: str, names: Iterable[str], *, context: bool = False) -> dict[str, Text]:
    """Words in languages, by `contribution@language`; with `context`, where they come from."""
    texts = {}
    for name in dict.fromkeys(names):
        id, _, language = name.partition("@")
        if not language:
            continue
        given = opinions.contribution(db, assembly, id)
        flags = frozenset(translations.flags(db, assembly, id, language))
        table, before = _context(db, assembly, given, language) if context and given is not None else (0, "")
        made = translations.load(db, assembly, id, language)
        texts[name] = Text(given, made, translations.wanted(db, assembly, id, language), flags, table, before)
    return texts


def want(db: Database, assembly: str, course: str, wanted: Sequence[Wanted], now: datetime) -> None:
    """Put words into the queue; those who can translate them are told."""
    for each in wanted:
        before = translations.wanted(db, assembly, each.contribution, each.language)
        translations.want(db, assembly, each)
        if each.state == "waiting" and (before is None or before.state == "done"):
            event = Queued(course, each.contribution, each.language)
            key = f"queued/{pointer(each)}/{ms(now)}"
            queue.put_events(db, [InRow(assembly, key, event.kind, ms(now), ms(now), encode_event(event))])


def _queue(db: Database, assembly: str) -> dict[str, Any]:
    return {
        "queue": tuple(translations.waiting(db, assembly)),
        "translators": tuple(s for s in people.staff(db, assembly, "translator") if s.status == "active"),
    }


def _context(db: Database, assembly: str, given: Contribution, language: str) -> tuple[int, str]:
    """The number of the table where words were said, and the sentence before them in the digest that carries them: what a
    translator reads has been approved, like everything that crosses to another table."""
    table = tables.load_table(db, assembly, given.table) if given.table else None
    number = table.number if table is not None else 0
    for _, _, id in arrivals.showing(db, assembly, given.id, language):
        digest = findings.load_digest(db, assembly, id)
        words = [s.worded for s in digest.sentences if not s.left_out] if digest is not None else []
        before = next(reversed(words[: words.index(given.id)]), "") if given.id in words else ""
        stands = opinions.contribution(db, assembly, before) if before else None
        if stands is not None and stands.state == "live":
            return number, before
    return number, ""
