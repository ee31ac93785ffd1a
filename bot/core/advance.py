"""The one function that moves a dialogue: `advance(flow, state, event, now) -> (state, effects)`.

It is pure: the same arguments give the same result. Ids derive from keys, lots from a published seed, and the time is an
argument. It sees what the engine loaded for this event and nothing more.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.core import course as walk
from bot.core import lodging, missed, reach, reminding, rooms, routing, stopping, talk, ways_in
from bot.core.audience import takes_part
from bot.core.commands import ANSWERS, PUT_OFF, halting, pending
from bot.core.commands.hiding import remained
from bot.core.commands.moderating import goes
from bot.core.effects import Effect, Show
from bot.core.events import (
    Answered,
    Due,
    Event,
    Halted,
    Joined,
    Lapsed,
    Queued,
    Reached,
    Relayed,
    Removed,
    Retold,
    Ripe,
    Spread,
    Started,
)
from bot.core.flow import Flow
from bot.core.heard import Bound, Edited, Entered, Exited, Found, Heard, Interrupted, Lost, Redacted, Remained, Unbound
from bot.core.interruption import interrupted, prolong_unit, stale
from bot.core.joining import first_run, waiting
from bot.core.state import Seat, State
from bot.core.steps.base import Step
from bot.core.translation import translators
from bot.core.turn import Turn


def advance(flow: Flow, state: State, event: Event, now: datetime) -> tuple[State, tuple[Effect, ...]]:
    """What an event leads to. `state` must hold what `bot.core.routing.needs` names; `now` is the instant it is handled."""
    turn = Turn(flow, state, now)
    match event:
        case Heard():
            routing.heard(turn, event)
        case Edited():
            routing.edited(turn, event)
        case Redacted():
            routing.redacted(turn, event)
        case Remained():
            remained(turn, event)
        case Spread():
            _spread(turn, event)
        case Due():
            node = flow.nodes.get(event.step)
            if node is not None and (event.what == "open" or event.step in state.course.open):
                walk.due(turn, node, event)
                _close_if_over(turn, event)
        case Answered():
            node = flow.nodes.get(event.step)
            if event.job == "catch_up":
                _catch_up(turn, event)
            elif event.job in ANSWERS:
                ANSWERS[event.job](turn, event)
            elif node is not None:
                unit = event.unit or state.course.unit
                turn.hook(node, unit, node.step.answered(turn.scene(node, unit), event))
        case Relayed():
            node = flow.nodes[event.step]
            unit = f"table:{event.table}"
            turn.hook(node, unit, node.step.relayed(turn.scene(node, unit), event))
        case Retold():
            node = flow.nodes[event.step]
            unit = f"table:{event.table}"
            turn.hook(node, unit, node.step.retold(turn.scene(node, unit), event))
        case Queued():
            translators.queued(turn, event)
        case Ripe():
            pending.ripe(turn, event, PUT_OFF)
        case Lapsed():
            stopping.lapsed(turn, event)
        case Removed():
            goes(turn, event)
        case Reached():
            for step in tuple(state.course.open):
                node = flow.nodes[step]
                if node.step.scope == "assembly" and type(node.step).begin is not Step.begin:
                    turn.hook(node, state.course.unit, node.step.begin(turn.scene(node, state.course.unit)))
        case Joined():
            _joined(turn)
        case Lost():
            reach.lost(turn, event)
        case Found():
            reach.found(turn, event)
        case Bound():
            rooms.bound(turn, event)
        case Unbound():
            rooms.unbound(turn, event)
        case Entered():
            rooms.entered(turn, event)
        case Exited():
            rooms.exited(turn, event)
        case Started():
            walk.start(turn, event)
        case Interrupted():
            interrupted(turn, event)
        case Halted():
            halting.halted(turn, event)
    halting.hold_timers(turn)
    return turn.state, tuple(turn.effects)


def _spread(turn: Turn, event: Spread) -> None:
    """A part of a fan-out, here for a single unit: the engine calls once for each, and once without a unit at the very end."""
    node = turn.flow.nodes[event.step]
    if node.id not in turn.course.open:
        return
    if not event.units:
        turn.count(node, "left", -1)
        closing = turn.course.open[node.id].closing
        if event.what == "close" and turn.counter(node, "closed") >= turn.counter(node, "expected") and closing:
            turn.wake(turn.now, node, "finish")
        elif event.what == "open":
            turn.close_if_all_done(node)
        return
    unit = event.units[0]
    if event.what == "open":
        turn.open_unit(node, unit)
    elif event.what == "close":
        walk.close_unit(turn, node, unit)
    elif event.what in ("halt", "go_on"):
        halting.halt_unit(turn, node, unit, go_on=event.what == "go_on")
    elif event.what == "shorten":
        walk.shorten_unit(turn, node, unit)
    elif event.what == "prolong":
        prolong_unit(turn, node, unit)
    else:
        stage = turn.state.stages.get((node.id, unit))
        if stage is not None and stage.state == "open" and takes_part(turn.flow, node, turn.state, unit):
            at = turn.scene(node, unit)
            if reminding.helps(at):
                turn.hook(node, unit, node.step.due(at, Due(turn.course.id, node.id, "remind", unit)))


def _close_if_over(turn: Turn, event: Due) -> None:
    """A table's own time is over (after an extension, or early): close it by itself."""
    if event.what == "close_unit" and event.unit:
        node = turn.flow.nodes[event.step]
        stage = turn.state.stages.get((node.id, event.unit))
        if stage is not None and stage.n == event.n and not stale(turn, stage):
            walk.close_unit(turn, node, event.unit)


def _joined(turn: Turn) -> None:
    """Somebody took a seat: the opening steps, now or when the assembly begins."""
    seat = turn.state.seat
    if seat is None:
        return
    turn.take([Show(seat.id)])
    if seat.role in ("facilitator", "expert"):
        _ways_in(turn, seat)
        found = talk.talk_at(turn.flow, turn.state)
        if found is not None:  # the table is told who is there from now on
            node, unit = found
            turn.hook(node, unit, node.step.welcome_late(turn.scene(node, unit)))
    if seat.role != "participant":
        return
    if turn.course.state == "waiting":
        turn.take(waiting(turn.flow, seat, walk.next_opening(turn.flow, turn.course, turn.now)))
        return
    run = first_run(turn.flow)
    if not run or (run[-1].id in turn.course.done and run[0].step.late == "reject"):
        turn.take(waiting(turn.flow, seat, None))
        return
    if run[0].id not in turn.course.open and run[0].id not in turn.course.done:
        return
    if run[0].id in turn.course.done:
        turn.put(replace(seat, walk=run[0].id))
    for node in run:
        if turn.open_unit(node, seat.unit):
            return


def _catch_up(turn: Turn, event: Answered) -> None:
    """A latecomer has a table (or needs none): tell this person what they have missed, open for them every step that is open for
    people now, and tell of the table's room."""
    seat = turn.state.seat
    if seat is None:
        return
    following, since = walk.next_opening(turn.flow, turn.course, turn.now), event.result.get("since", 0)
    closed, key = event.result.get("closed", ()), f"{seat.id}/{since}"
    turn.take(missed.told(turn, seat, closed, following, back=bool(since), key=key))
    for step in tuple(turn.course.open):
        node = turn.flow.nodes[step]
        if node.step.scope == "person" and turn.flow.run_of(node)[0] is node:
            turn.open_unit(node, seat.unit)
        elif node.step.scope == "table" and turn.state.table is not None:
            turn.hook(node, turn.state.table.unit, node.step.welcome_late(turn.scene(node, turn.state.table.unit)))
    _ways_in(turn, seat)


def _ways_in(turn: Turn, seat: Seat) -> None:
    """Somebody has come to a table that meets in rooms, or wants to: the way in."""
    table = turn.state.table
    if table is None:
        return
    if lodging.wanted(turn.flow, table.plan):
        turn.effects.append(lodging.lodge(turn.course.id, table.id, f"lodge/{table.id}/{seat.id}", again=True))
    for room in table.rooms:
        if seat.room:  # they were in the room of another table
            ways_in.ask_in(turn, seat.unit, room, f"admit/{room}/{seat.id}", moved=True)
        else:
            ways_in.ask_for_link(turn, seat.unit, room, f"link/{room}/{seat.id}")
