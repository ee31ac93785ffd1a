"""To whom a message belongs.

One chat carries both the private questions and, at a virtual table, the talk. The rules, in order:

1. what begins with `/` is a command;
2. a press belongs to the step that it names, as long as that step is open for this person;
3. typed text answers the private question that waits for it; if the table is talking too, the text is held and the person
   is asked which of the two was meant;
4. else it goes to the table, if the table is talking;
5. else it may be a typed choice in an open ballot, which is confirmed first;
6. else the person is told that nothing is open. Nothing is passed on by mistake.

What is typed in a room of the table goes to the talk, or nowhere.
Who has paused or left is not heard, but for commands: the way back is offered.
"""

from __future__ import annotations

from datetime import datetime

from bot.core import commands, rooms
from bot.core.commands.facilitating import ALL
from bot.core.effects import Lane, Say
from bot.core.events import Answered, Due, Event, Found, Heard, Joined, Lost, Relayed, Spread, Unbound
from bot.core.flow import Flow
from bot.core.holding import hold, release
from bot.core.ids import derive
from bot.core.itinerary import Node
from bot.core.joining import first_run
from bot.core.message import Button, Words, block, message, t
from bot.core.names import clean_text
from bot.core.state import Course, Seat, Table
from bot.core.talk import talk_at
from bot.core.turn import Turn

TO_TABLE = "-table"
TO_ANSWER = "-answer"
SEND = "-send"


def table_named(flow: Flow, event: Event) -> str:
    """The id of the table that a press names, "" if it names none. The engine then loads this table, and the course of the
    table's site, in place of the presser's own: a coordinator sits at no table, an organiser on no course."""
    return _named(flow, event, "table")


def course_named(flow: Flow, event: Event) -> str:
    """The id of the course that a press names, "" if it names none; loaded in place of the presser's own."""
    named = _named(flow, event, "course")
    return named if named in flow.courses else ""


def _named(flow: Flow, event: Event, what: str) -> str:
    if not isinstance(event, Heard):
        return ""
    parts = event.press.split(":")
    if what == "table" and parts[0] == SEND and len(parts) > 2:
        return parts[2] if parts[2] != ALL else ""
    node = flow.nodes.get(parts[0])
    return parts[2] if node is not None and node.step.names == what and len(parts) > 2 else ""


def needs(flow: Flow, course: Course, seat: Seat | None, table: Table | None, event: Event) -> list[tuple[str, str]]:
    """The stages that `advance` must be given for this event: a short list, whatever the size of the assembly.

    `table` is the one where the person sits, or the one that a press names (`table_named`)."""
    match event:
        case Due() | Answered():
            found = [(event.step, event.unit)] if event.unit else []
            return found + (_of_seat(flow, course, seat, table, event.step) if seat is not None else [])
        case Relayed():
            return [(event.step, f"table:{event.table}")]
        case Spread():
            if seat is None:
                return [(event.step, unit) for unit in event.units[:1]]
            return [(n.id, seat.unit) for n in flow.run_of(flow.nodes[event.step])]
        case Heard():
            return _of_seat(flow, course, seat, table, event.press.split(":", 1)[0])
        case Joined() | Lost() | Found():
            return _of_seat(flow, course, seat, table, "")
        case Unbound():
            unit = table.unit if table is not None else ""
            return [(step, unit) for step in course.open if flow.nodes[step].step.scope != "person"]
        case _:
            return []


def _of_seat(flow: Flow, course: Course, seat: Seat | None, table: Table | None, step: str) -> list[tuple[str, str]]:
    if seat is None:
        return []
    steps = dict.fromkeys((*course.open, *(n.id for n in first_run(flow))))
    if step in flow.nodes:
        steps |= dict.fromkeys(n.id for n in flow.run_of(flow.nodes[step]))
    found = []
    for step in steps:
        kind = flow.nodes[step].step
        if kind.scope == "person" or kind.self_paced or table is None:
            found.append((step, seat.unit))
        if kind.scope != "person" and table is not None:
            found.append((step, table.unit))
    return found


def heard(turn: Turn, event: Heard) -> None:
    """Bring what a person wrote or pressed to where it belongs."""
    seat = turn.state.seat
    if seat is None:
        return
    if event.room:
        seat = rooms.present(turn, seat, event)
    if event.press.partition(":")[0] in commands.PRESSED:
        commands.pressed(turn, seat, event)
    elif event.text.startswith("/") and not event.press:
        commands.run(turn, seat, event)
    elif event.room and not event.press:
        _in_room(turn, seat, event)
    elif seat.status in ("paused", "left", "refused"):
        commands.not_here(turn, seat, event)
    elif event.press:
        _pressed(turn, seat, event)
    else:
        _typed(turn, seat, event)


def aim(turn: Turn, seat: Seat, event: Heard) -> tuple[Node, str] | None:
    """The step and unit that an input addresses, so that the engine loads what its `hear` reads. None for commands, for
    buttons that belong to no step, and where nothing waits."""
    step = event.press.split(":", 1)[0]
    if step == TO_TABLE:
        return _talking(turn, seat)
    if step and step != TO_ANSWER:
        return target(turn, seat, step, event.at)
    if event.text.startswith("/"):
        return None
    if event.room and not event.press:
        return _talking(turn, seat)
    return _asked(turn, seat, event.at) or _talking(turn, seat) or _open_question(turn, seat, event.at)


def target(turn: Turn, seat: Seat, step: str, at: datetime) -> tuple[Node, str] | None:
    """The node and unit at which this person may answer; None if it is closed, or closing, or not theirs. What was said in
    time (`at`) counts although the announced end has passed, until the step closes `grace` later. A table that was given more
    time goes on talking while the step closes elsewhere."""
    node = turn.flow.nodes.get(step)
    if node is None:
        return None
    late = node.step.lasting or (node.step.self_paced and node.step.late == "accept")
    late = late and step in turn.course.done
    entry = turn.course.open.get(step)
    if not late and (entry is None or (entry.closing and not node.step.talk)):
        return None
    if entry is not None and node.step.scope == "person" and entry.closes is not None and at > entry.closes:
        return None
    if node.step.scope == "person" and (step, seat.unit) in turn.state.stages:
        return node, seat.unit
    table = turn.state.table
    if table is not None and (step, table.unit) in turn.state.stages:
        return node, table.unit
    return (node, turn.course.unit) if node.step.scope in ("site", "assembly") else None


def _pressed(turn: Turn, seat: Seat, event: Heard) -> None:
    step = event.press.split(":", 1)[0]
    if step in (TO_TABLE, TO_ANSWER):
        _told_which(turn, seat, event)
        return
    if step.startswith("-"):
        commands.pressed(turn, seat, event)
        return
    found = target(turn, seat, step, event.at)
    if found is None:
        _closed(turn, seat, event)
        return
    _hear(turn, found, event)


def _typed(turn: Turn, seat: Seat, event: Heard) -> None:
    talk, waiting = _talking(turn, seat), _asked(turn, seat, event.at)
    if waiting is not None and talk is not None:
        _ask_which(turn, seat, event)
        return
    found = waiting or talk or _open_question(turn, seat, event.at)
    if found is None:
        commands.nothing_open(turn, seat, event)
        return
    _hear(turn, found, event)


def _in_room(turn: Turn, seat: Seat, event: Heard) -> None:
    """What is written in a room goes to the talk or nowhere: never to a private question, and nobody is told off for it."""
    talk, table = _talking(turn, seat), turn.state.table
    if talk is not None and table is not None and event.room in table.rooms:
        _hear(turn, talk, event)


def _ask_which(turn: Turn, seat: Seat, event: Heard) -> None:
    """In doubt, ask: the text is held, and goes nowhere until its author has said where."""
    cleaned, id = clean_text(event.text), derive(event.id, "held")
    if cleaned.problem is not None or not cleaned.text:
        said = message(cleaned.problem or t("I can pass on text only. Please write what you want to say."))
    else:
        hold(turn, seat, id, cleaned.text)
        said = message(
            t("Is this your answer to the question above, or is it for your table?"),
            block(Words(id), kind="quote"),
            buttons=(
                Button(t("It is my answer"), f"{TO_ANSWER}:{id}"),
                Button(t("Send it to my table"), f"{TO_TABLE}:{id}"),
            ),
        )
    turn.effects.append(Say(seat.unit, said, f"which/{event.id}", Lane.ANSWER, quiet=False))


def _told_which(turn: Turn, seat: Seat, event: Heard) -> None:
    """The author has said where the held text goes. It counts as said when it was typed."""
    step, _, id = event.press.partition(":")
    held = turn.state.facts.get("held", {}).get(id)
    at = held.at if held is not None else event.at
    found = _talking(turn, seat) if step == TO_TABLE else _asked(turn, seat, at)
    if found is None:
        _closed(turn, seat, event)
        return
    text = release(turn, seat, id)
    if text is None:
        done = message(t("You have answered this already, so nothing was changed."))
        turn.effects.append(Say(seat.unit, done, f"which/{event.id}", Lane.ANSWER, quiet=False))
        return
    _hear(turn, found, Heard(event.id, seat.id, text.at, text.text))


def _hear(turn: Turn, found: tuple[Node, str], event: Heard) -> None:
    node, unit = found
    turn.hook(node, unit, node.step.hear(turn.scene(node, unit), event))


def _closed(turn: Turn, seat: Seat, event: Heard) -> None:
    closed = message(t("This is closed now, so nothing was changed."))
    turn.effects.append(Say(seat.unit, closed, f"closed/{event.id}", Lane.ANSWER, quiet=False))


def _asked(turn: Turn, seat: Seat, at: datetime) -> tuple[Node, str] | None:
    """The private question that waits for a typed answer."""
    return target(turn, seat, seat.focus.split(":", 1)[0], at) if seat.focus else None


def _talking(turn: Turn, seat: Seat) -> tuple[Node, str] | None:
    """The talk that is open at this person's table."""
    return talk_at(turn.flow, turn.state) if seat.status == "active" and seat.table else None


def _open_question(turn: Turn, seat: Seat, at: datetime) -> tuple[Node, str] | None:
    """The step that last put a question to this person and still waits for an answer, else one that may be changed."""
    open_here = [(s, stage) for (s, unit), stage in turn.state.stages.items() if unit == seat.unit]
    waiting = [s for s, stage in open_here if stage.state == "open"] or [
        s for s, stage in open_here if stage.state == "done" and s in turn.course.open
    ]
    for step in reversed(waiting):
        found = target(turn, seat, step, at)
        if found is not None:
            return found
    return None
