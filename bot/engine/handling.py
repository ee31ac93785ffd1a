"""One event, from its row to its effects: load what it needs, let the core decide, carry it out.

Invariants:

* A batch of events is one transaction. If any of them fails, nothing of the batch is kept, and each is tried alone; one that
  fails alone three times is parked, and the loop goes on.
* An event whose person's key is erased, or whose body was blanked, is a tombstone: it is done, and nothing follows.
* A secret answer's body is blanked in the transaction that handles it, and so is one that may have been meant as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.core import routing
from bot.core.advance import advance
from bot.core.commands import number_named
from bot.core.events import (
    Answered,
    Due,
    Event,
    Expired,
    Fed,
    Forgotten,
    Joined,
    Queued,
    Reached,
    Relayed,
    Removed,
    Retold,
    Ripe,
    Spoken,
    Spread,
    decode,
    encode,
)
from bot.core.flow import Flow
from bot.core.heard import Bound, Edited, Entered, Exited, Found, Heard, Lost, Redacted, Remained, Unbound
from bot.core.itinerary import Node
from bot.core.message import decode as decode_message
from bot.core.rights import OVERSEEING
from bot.core.state import Seat, State, Table
from bot.core.turn import Turn
from bot.engine import facts, feeding, forgetting, lateness, queueing, retention, tracing
from bot.engine.carrying import carry_out
from bot.engine.house import House
from bot.engine.work import Work
from bot.store import media, opinions, queue, tables
from bot.store.database import Database
from bot.store.queue import InboxRow, InRow

BATCH = 64
"""How many events one transaction handles at most: enough to share the cost of a commit, few enough to keep answers quick.
A part of a fan-out fills a transaction by itself."""


def handle_batch(db: Database, house: House, now: datetime, now_ms: int, timers: int | None = None) -> int:
    """Handle the next due events in one transaction; timers that were set for later than `timers` are held. How many; raises
    what the first failing event raises."""
    rows: list[InboxRow] = []
    weight = 0
    for row in queue.next_events(db, now_ms, BATCH, timers):
        if weight >= BATCH:
            break
        rows.append(row)
        weight += BATCH if row.kind in ("spread", "spoken") else 1
    if rows:
        handle(db, house, rows, now)
    return len(rows)


def handle(db: Database, house: House, rows: Sequence[InboxRow], now: datetime) -> None:
    """Handle these events, in order."""
    work = Work(db, house, now)
    for row in rows:
        if row.body is not None:
            secret = one(work, row.assembly, decode(row.body))
            if secret:
                queue.blank(db, row.seq)
    work.flush()
    queue.done(db, [row.seq for row in rows])


def split(db: Database, row: InboxRow, now_ms: int) -> bool:
    """Put a part of a fan-out that failed back as one row for each of its units, so that one of them cannot hold up the
    others. False where there is nothing to split."""
    event = decode(row.body) if row.body is not None else None
    if not isinstance(event, Spread) or len(event.units) < 2:
        return False
    alone = [(f"{row.key}/{unit}", encode(replace(event, units=(unit,)))) for unit in event.units]
    queue.put_events(db, [InRow(row.assembly, key, row.kind, row.at, now_ms, body) for key, body in alone])
    queue.done(db, [row.seq])
    return True


def one(work: Work, assembly: str, event: Event) -> bool:
    """Handle one event. True if its body holds a secret choice."""
    if isinstance(event, Spoken):
        about = decode_message(event.message).about
        given = opinions.contribution(work.db, assembly, about) if about else None
        for seat in event.seats if given is None or given.state == "live" else ():
            work.say(assembly, seat, event.message.encode(), event.key, event.lane, "", event.quiet, about)
        return False
    if isinstance(event, Fed):
        feeding.bring(work, assembly, event)
        return False
    if isinstance(event, Expired):
        retention.come(work, assembly, event)
        return False
    if isinstance(event, Forgotten):
        forgetting.go_on(work, assembly, event)
        return False
    if isinstance(event, Spread) and event.units:
        for unit in event.units:
            _advance(work, assembly, replace(event, units=(unit,)))
        return False
    return _advance(work, assembly, event)


def _advance(work: Work, assembly: str, event: Event) -> bool:
    flow = work.flow(assembly)
    state = load(work, assembly, flow, event)
    _, effects = advance(flow, state, event, work.now)
    secret = carry_out(work, assembly, state.course, effects, event)
    if isinstance(event, Heard) and event.media:
        media.drop_unkept(work.db, assembly, event.contribution)
    return secret or _nearly_voted(flow, event)


def _nearly_voted(flow: Flow, event: Event) -> bool:
    """Whether somebody wrote what may be a secret vote, where it is asked first what they meant."""
    meant = (event.asked or event.pick) if isinstance(event, Heard) else ""
    node = flow.nodes.get(meant.partition(":")[0])
    return node is not None and bool(getattr(node.step, "secret", False))


def load(work: Work, assembly: str, flow: Flow, event: Event) -> State:
    """The state that `advance` needs for this event, and nothing more."""
    seat = _seat(work, event)
    table = _table(work, assembly, flow, event, seat)
    course = work.course(assembly, _course(flow, event, seat, table))
    stages = work.stages(assembly, routing.needs(flow, course, seat, table, event))
    step = _step(event)
    state = State(course, seat, table, stages, {"counters": work.counters(assembly, course, step)})
    if isinstance(event, Heard) and seat is not None:
        seat = replace(seat, heard=max(work.now, seat.heard or work.now))
        work.put(assembly, seat)
        state = replace(state, seat=seat)
    found = dict(state.facts)
    if isinstance(event, Heard):
        found["reached"] = lateness.reached(work, assembly, flow, course, event)
    if flow.conditions and not isinstance(event, Heard):
        found["outcomes"] = facts.outcomes(work, assembly, flow)
    if isinstance(event, Due) and event.what == "close":
        found["delivered"] = facts.delivered(work, assembly, event.step)
    aimed = _aim(flow, state, event, work.now)
    if aimed is not None:
        node, hooks = aimed
        names = dict.fromkeys(name for hook in hooks for name in node.step.reads.get(hook, ()))
        if names:
            asked = facts.Asked(work, assembly, flow, course, node, seat, table, event, work.now)
            found |= facts.gather(names, asked)
    if isinstance(event, Heard):
        found |= facts.for_commands(work, assembly, flow, course, seat, table, event)
        if seat is not None and tracing.asks(event):
            found |= tracing.found(work, assembly, seat, table, event)
    if isinstance(event, Heard | Queued):
        found |= queueing.found(work, assembly, seat, event)
    if isinstance(event, Edited | Redacted | Remained | Ripe):
        id = event.id if isinstance(event, Ripe) else event.contribution
        given = opinions.contribution(work.db, assembly, id)
        found["named"] = found["held"] = {given.id: given} if given is not None else {}
    return replace(state, facts=found)


def _course(flow: Flow, event: Event, seat: Seat | None, table: Table | None) -> str:
    """The course that an event concerns: the one that a press names, or that of the table that it names. An organiser who
    belongs to no site is on the first one."""
    match event:
        case Heard() if named := routing.course_named(flow, event):
            return named
        case Heard():
            elsewhere = table is not None and (routing.table_named(flow, event) or (seat and seat.table != table.id))
            site = table.site if table is not None and elsewhere else seat.site if seat else ""
            return flow.course_of(site) if site in flow.sites else flow.courses[0]
        case Edited() | Redacted() | Lost() | Found() | Removed():
            site = seat.site if seat is not None else ""
            return flow.course_of(site) if site in flow.sites else flow.courses[0]
        case Bound() | Unbound() | Entered() | Exited() | Remained():
            return flow.course_of(table.site) if table is not None else flow.courses[0]
        case Queued(course=course):
            return course if course in flow.courses else flow.courses[0]
        case Spoken() | Forgotten() | Expired() | Fed():
            return flow.courses[0]
        case _:
            return event.course


def _seat(work: Work, event: Event) -> Seat | None:
    match event:
        case Ripe(seat=seat) | Removed(seat=seat):
            return work.seat(seat)
        case Heard(seat=seat) | Joined(seat=seat) | Edited(seat=seat) | Lost(seat=seat) | Found(seat=seat):
            return work.seat(seat)
        case Redacted(seat=seat):
            return work.seat(seat)
        case Bound(seat=seat) | Entered(seat=seat) | Exited(seat=seat) if seat:
            return work.seat(seat)
        case Spread(units=(unit,)) | Due(unit=unit) | Answered(unit=unit) if unit.startswith("seat:"):
            return work.seat(unit.removeprefix("seat:"))
        case _:
            return None


def _table(work: Work, assembly: str, flow: Flow, event: Event, seat: Seat | None) -> Table | None:
    """The table that the event concerns, with its people; None where only a person is meant."""
    id = seat.table if seat is not None and not _private(flow, event) else ""
    match event:
        case Ripe(table=table):
            id = table
        case Spread(units=(unit,)) | Due(unit=unit) | Answered(unit=unit) if unit.startswith("table:"):
            id = unit.removeprefix("table:")
        case (
            Relayed(table=table)
            | Retold(table=table)
            | Bound(table=table)
            | Unbound(table=table)
            | Remained(table=table)
        ):
            id = table
        case Entered(table=table) | Exited(table=table):
            id = table
        case Heard():
            number = number_named(seat, event)
            if seat is not None and number is not None:
                id = tables.numbered(work.db, assembly, number, seat.site)
            id = routing.table_named(flow, event) or routing.table_awaited(flow, seat, event) or id
            if event.answers and event.text.startswith("/") and seat is not None and seat.role in OVERSEEING:
                answered = opinions.contribution(work.db, assembly, event.answers)
                id = answered.table if answered is not None else id
    return work.table(assembly, id) if id else None


def _private(flow: Flow, event: Event) -> bool:
    """True where a step of persons is opened for somebody, or answered by a press: then their table plays no part."""
    unsure = isinstance(event, Heard) and (not event.press or event.press.startswith("-"))
    node = flow.nodes.get(_step(event)) if isinstance(event, Spread | Heard) and not unsure else None
    return node is not None and node.step.scope == "person"


def _step(event: Event) -> str:
    match event:
        case Due() | Spread() | Answered() | Relayed() | Retold():
            return event.step
        case Heard(asked=asked) if asked:
            return asked.split(":", 1)[0]
        case Heard():
            step = event.carried.split(":", 1)[0]
            return step if not step.startswith("-") else ""
        case _:
            return ""


def _aim(flow: Flow, state: State, event: Event, now: datetime) -> tuple[Node, tuple[str, ...]] | None:
    """The step that this event addresses, and the hooks of it that may run."""
    match event:
        case Heard():
            if state.seat is None:
                return None
            found = routing.aim(Turn(flow, state, now), state.seat, event)
            return (found[0], ("hear",)) if found is not None else None
        case Due(step=step, what=what) if step in flow.nodes:
            hooks = {"open": ("begin",), "finish": ("finish",), "close": ("close",)}
            return flow.nodes[step], (*hooks.get(what, (what,)), "due")
        case Spread(step=step, what=what, units=units) if units:
            return flow.nodes[step], (("due",) if what == "remind" else (what,))
        case Answered(step=step) if step in flow.nodes:
            return flow.nodes[step], ("answered",)
        case Relayed(step=step):
            return flow.nodes[step], ("relayed",)
        case Retold(step=step):
            return flow.nodes[step], ("retold",)
        case Reached():
            waiting = [flow.nodes[s] for s in state.course.open if flow.nodes[s].step.scope == "assembly"]
            return (waiting[0], ("begin",)) if waiting else None
        case _:
            return None
