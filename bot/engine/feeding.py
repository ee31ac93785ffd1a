"""What observers read of the tables that they have chosen: later, under pseudonyms, and only what still stands then.

Invariants:

* Nothing is passed on before the table was told that somebody observes: what was said earlier is never fed.
* A message leaves for the observers after the flow's delay, counted from its last change, if it stands then: not hidden, not
  taken back, its author not erased. Where it is hidden or taken back later, their copies go with the others; where it is changed,
  they go at once, and the new words come after the delay.
* Nobody's name at the table is told, nor in the words of others: a pseudonym stands in its place, another one at each table.
* Whoever has not agreed to a transcript, or to being quoted elsewhere, is not fed, where the flow asks for these; whoever thinks
  better of it later is read there no more. Private answers and icebreakers never are.
* Where fewer than three people have spoken, their words wait for others to speak, unless each has agreed to being quoted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.core.effects import Lane, Note, Say
from bot.core.events import Fed
from bot.core.feed import KINDS, enough, veil, voice
from bot.core.flow import Flow
from bot.core.message import Message, When, Words, block, encode, message, t
from bot.core.observing import ALL, WATCH, announced, guarantees, watches
from bot.core.state import Contribution, Seat
from bot.core.steps.consent import Consent, Purpose
from bot.core.steps.discuss import Discuss
from bot.engine.work import Work
from bot.store import audit, courses, opinions, people, tables
from bot.store.database import Database
from bot.store.times import instant, ms

VEILED = "veiled"
"""Stands behind the id of words (`id@veiled`) that are told without the names of those who sit there."""

NEEDED: tuple[Purpose, ...] = ("transcript", "quotes")
"""The purposes without which nobody is read outside the table, where the flow asks for them."""


def watching(work: Work, assembly: str, table: str) -> tuple[Seat, ...]:
    """Who observes this table now."""
    if assembly not in work.observers:
        work.observers[assembly] = tuple(s for s in people.staff(work.db, assembly, "observer") if s.status == "active")
    return tuple(s for s in work.observers[assembly] if watches(s, table))


def open_to(flow: Flow, step: str) -> bool:
    """Whether what is said in this step may be observed."""
    node = flow.nodes.get(step)
    if node is None or not isinstance(node.step, Discuss):
        return False
    return flow.file.feed.covers(node.step.id, exported=node.step.exported)


def kept(work: Work, assembly: str, flow: Flow, given: Contribution) -> None:
    """Something was said: those who observe the table by now read it after the delay."""
    if not given.shared or given.kind not in KINDS or given.state != "live" or not open_to(flow, given.step):
        return
    seats = tuple(s.id for s in watching(work, assembly, given.table))
    if seats:
        later(work, assembly, flow, Fed(given.id, given.table, seats))


def later(work: Work, assembly: str, flow: Flow, event: Fed) -> None:
    """These words reach those who observe after the delay, counted from now."""
    at = work.now + flow.file.feed.delay
    work.happen(assembly, at, event, f"fed/{event.contribution}/{ms(at)}")


def bring(work: Work, assembly: str, event: Fed) -> None:
    """The delay is over: whoever observed the table when it was said reads it, if it still stands."""
    flow, given = work.flow(assembly), opinions.contribution(work.db, assembly, event.contribution)
    if given is None or given.state != "live" or not open_to(flow, given.step) or not _agreed(work, flow, given.seat):
        return
    changed = opinions.changed(work.db, assembly, given.id)
    if changed is not None and instant(changed) + flow.file.feed.delay > work.now:
        work.happen(assembly, instant(changed) + flow.file.feed.delay, event, f"fed/{given.id}/{changed}/changed")
        return
    if not _enough(work, assembly, flow, given):
        stage = work.stages(assembly, [(given.step, f"table:{given.table}")]).get((given.step, f"table:{given.table}"))
        if stage is not None and stage.state != "closed":
            later(work, assembly, flow, event)
        return
    body, version = encode(fed(work.db, assembly, given)).encode(), opinions.version(work.db, assembly, given.id)
    for id in event.seats:
        seat = work.seat(id)
        if seat.role == "observer" and seat.status == "active" and watches(seat, given.table):
            work.say(assembly, id, body, f"fed/{given.id}/{version}", int(Lane.TALK), "", True, given.id)


def fed(db: Database, assembly: str, given: Contribution) -> Message:
    """Something that was said, as observers read it."""
    table = tables.load_table(db, assembly, given.table)
    seat = people.load_seat(db, given.seat)
    secret = db.vault.secret_seed(assembly)
    who = voice(secret, given.table, given.seat, seat.role if seat is not None else "participant")
    head = t("Table {number}, {when}: {who}", number=table.number if table is not None else 0,
             when=When(given.at, "time"), who=who)  # fmt: skip
    return replace(message(head, block(Words(f"{given.id}@{VEILED}"), kind="quote")), about=given.id)


def veiled(db: Database, assembly: str, id: str, text: str) -> str:
    """Somebody's words, with a pseudonym in the place of the name of everybody who has ever sat at that table."""
    row = db.sql.execute("SELECT table_id FROM contribution WHERE assembly = ? AND id = ?", (assembly, id)).fetchone()
    if row is None:
        return text
    return veil(db.vault.secret_seed(assembly), row[0], text, people.ever_called(db, tables.ever(db, assembly, row[0])))


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
                there = watching(work, assembly, table)
                if now.data.get("watched", 0) < len(there):
                    guarded = any(guarantees(each) for each in there)
                    work.put(assembly, replace(now, data={**now.data, "watched": len(there), "guarded": guarded}))
                    told = message(*announced(len(there), guarded=guarded, feed=flow.file.feed))
                    yield Say(stage.unit, told, f"watched/{table}/{seat}/{ms(work.now)}", Lane.TALK)


def needed(flow: Flow) -> tuple[Purpose, ...]:
    """The purposes for which the flow asks and without which nobody is read outside their table."""
    asked = {purpose for n in flow.nodes.values() if isinstance(n.step, Consent) for purpose in n.step.purposes}
    return tuple(purpose for purpose in NEEDED if purpose in asked)


def _agreed(work: Work, flow: Flow, seat: str) -> bool:
    """Whether a participant has agreed to being read by others, where the flow asks for it. Whoever leads or advises speaks
    openly."""
    if work.seat(seat).role != "participant":
        return True
    return all(opinions.granted(work.db, seat, purpose) for purpose in needed(flow))


def _enough(work: Work, assembly: str, flow: Flow, given: Contribution) -> bool:
    """Whether so many have spoken at the table that nobody can tell who said what, or each has agreed to being quoted."""
    if work.seat(given.seat).role != "participant":
        return True
    said = opinions.contributions(work.db, assembly, given.step, table=given.table, kinds=("message",))
    spoken = {c.seat for c in said if work.seat(c.seat).role == "participant"}
    quoted = {s for s in spoken if opinions.granted(work.db, s, "quotes")}
    return enough(spoken, quoted)


__all__ = ["VEILED", "bring", "fed", "kept", "later", "needed", "open_to", "veiled", "watch", "watching"]
