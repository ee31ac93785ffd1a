"""What observers read of the tables that they have chosen: later, under pseudonyms, and only what still stands then.

Invariants:

* Nothing is passed on before the table was told that somebody observes: what was said earlier is never fed.
* A message leaves for the observers after the flow's delay, if it stands then: not hidden, not taken back, its author not erased.
  Where it is hidden or taken back later, their copies go with the others.
* Nobody's name at the table is told, nor in the words of others: a pseudonym stands in its place, another one at each table.
* Whoever has not agreed to a transcript is not fed. Private answers and icebreakers never are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.core.effects import Lane, Note, Say
from bot.core.events import Fed
from bot.core.flow import Flow
from bot.core.ids import derive
from bot.core.message import Message, Part, Phrase, When, Words, block, encode, message, t
from bot.core.observing import ALL, WATCH, observed, watches
from bot.core.state import Contribution, Role, Seat
from bot.core.steps.consent import Consent
from bot.core.steps.discuss import Discuss
from bot.core.talk import NAMELESS
from bot.engine.work import Work
from bot.store import audit, courses, opinions, people, tables
from bot.store.database import Database
from bot.store.times import ms

KINDS = ("message", "prompt", "summary")
"""What is fed: what people said to the table. What has only a file is not."""
VEILED = "veiled"
"""Stands behind the id of words (`id@veiled`) that are told without the names of those who sit there."""


def watching(work: Work, assembly: str, table: str) -> tuple[Seat, ...]:
    """Who observes this table now."""
    if assembly not in work.observers:
        work.observers[assembly] = tuple(s for s in people.staff(work.db, assembly, "observer") if s.status == "active")
    return tuple(s for s in work.observers[assembly] if watches(s, table))


def open_to(flow: Flow, step: str) -> bool:
    """Whether what is said in this step may be observed."""
    node, feed = flow.nodes.get(step), flow.file.feed
    if node is None or not isinstance(node.step, Discuss) or not feed.open or not node.step.exported:
        return False
    return not feed.steps or node.step.id in feed.steps


def kept(work: Work, assembly: str, flow: Flow, given: Contribution) -> None:
    """Something was said: those who observe the table by now read it after the delay."""
    if not given.shared or given.kind not in KINDS or given.state != "live" or not open_to(flow, given.step):
        return
    seats = tuple(s.id for s in watching(work, assembly, given.table))
    if seats:
        work.happen(
            assembly, work.now + flow.file.feed.delay, Fed(given.id, given.table, seats), f"fed/{given.id}"
        )  # fmt: skip


def bring(work: Work, assembly: str, event: Fed) -> None:
    """The delay is over: whoever observed the table when it was said reads it, if it still stands."""
    flow, given = work.flow(assembly), opinions.contribution(work.db, assembly, event.contribution)
    if given is None or given.state != "live" or not open_to(flow, given.step) or not _agreed(work, flow, given):
        return
    body = encode(fed(work.db, assembly, given)).encode()
    for id in event.seats:
        seat = work.seat(id)
        if seat.role == "observer" and seat.status == "active" and watches(seat, given.table):
            work.say(assembly, id, body, f"fed/{given.id}", int(Lane.TALK), "", True, given.id)


def fed(db: Database, assembly: str, given: Contribution) -> Message:
    """Something that was said, as observers read it."""
    table = tables.load_table(db, assembly, given.table)
    seat = people.load_seat(db, given.seat)
    who = _voice(given.table, given.seat, seat.role if seat is not None else "participant")
    head = t("Table {number}, {when}: {who}", number=table.number if table is not None else 0,
             when=When(given.at, "time"), who=who)  # fmt: skip
    return replace(message(head, block(Words(f"{given.id}@{VEILED}"), kind="quote")), about=given.id)


def veiled(db: Database, assembly: str, id: str, text: str) -> str:
    """Somebody's words, with a pseudonym in the place of the name of everybody who has ever sat at that table."""
    row = db.sql.execute("SELECT table_id FROM contribution WHERE assembly = ? AND id = ?", (assembly, id)).fetchone()
    if row is None:
        return text
    seats = [seat for (seat,) in db.sql.execute(
        "SELECT DISTINCT seat FROM membership WHERE assembly = ? AND table_id = ? ORDER BY seat", (assembly, row[0])
    )]  # fmt: skip
    named = people.names(db, seats)
    for seat, name in sorted(named.items(), key=lambda each: -len(each[1])):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", f"[{_code(row[0], seat)}]", text, flags=re.IGNORECASE)
    return text


def watch(work: Work, assembly: str, flow: Flow, seat: str, what: str) -> Iterator[Say]:
    """Somebody chooses to observe a table, all of them, or (`what` is "") none. The tables that talk now are told at once."""
    observer = work.seat(seat)
    before = {s.id for s in watching(work, assembly, what)} if what not in ("", ALL) else set()
    chosen = observer.attributes.get(WATCH, "").split()
    value = " ".join(sorted({*chosen, what})) if what not in ("", ALL) else what
    work.put(assembly, replace(observer, attributes={**observer.attributes, WATCH: value}))
    audit.note(work.db, assembly, Note("watches", seat, {"tables": value}), ms(work.now))
    if what == "" or seat in before:
        return
    for course in flow.courses:
        for step in work.course(assembly, course).open:
            for stage in courses.stages_of(work.db, assembly, step) if open_to(flow, step) else ():
                table = stage.unit.removeprefix("table:")
                if stage.state == "closed" or not stage.unit.startswith("table:") or what not in (ALL, table):
                    continue
                now = work.stages(assembly, [(step, stage.unit)])[(step, stage.unit)]
                number = len(watching(work, assembly, table))
                if now.data.get("watched", 0) < number:
                    work.put(assembly, replace(now, data={**now.data, "watched": number}))
                    told = message(observed(number, flow.file.feed.delay))
                    yield Say(stage.unit, told, f"watched/{table}/{seat}/{ms(work.now)}", Lane.TALK)


def _agreed(work: Work, flow: Flow, given: Contribution) -> bool:
    """Whether a participant has agreed to being on record, where the flow asks for it. Whoever leads or advises speaks openly."""
    asked = any(isinstance(n.step, Consent) and "transcript" in n.step.purposes for n in flow.nodes.values())
    if not asked or work.seat(given.seat).role != "participant":
        return True
    return bool(opinions.granted(work.db, given.seat, "transcript"))


def _voice(table: str, seat: str, role: Role) -> Part:
    """A participant's pseudonym at a table; whoever has a role is that role."""
    return t("Voice {code}", code=_code(table, seat)) if role == "participant" else Phrase(NAMELESS[role].text)


def _code(table: str, seat: str) -> str:
    return derive("feed", table, seat)[:3].upper()


__all__ = ["VEILED", "bring", "fed", "kept", "open_to", "veiled", "watch", "watching"]
