"""To whom a message belongs.

One chat carries both the private questions and, at a virtual table, the talk. The rules, in order:

1. what begins with `/` is a command;
2. a press belongs to the step that it names, as long as that step is open for this person;
3. typed text answers the private question that waits for it; if the table is talking too, the text is held and the person
   is asked which of the two was meant;
4. else it goes to the table, if the table is talking; somebody who is in the table's room and writes here instead is asked
   first, because what was meant for me alone would stand before all;
5. else it may be a typed choice in an open ballot, which is confirmed first;
6. else the person is told that nothing is open. Nothing is passed on by mistake.

A picture, a voice note, a reply go the same way as words. A file never answers a private question, unless its step takes
files; a caption is never a command. What cannot pass at all (`bot.core.files.WHY_NOT`) is named to whoever sent it. An edit
changes what was kept of the message, while its step is open, and is never a command.

What is typed in a room of the table goes to the talk, or nowhere.
Who has paused or left is not heard, but for commands: the way back is offered.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.core import commands, rooms, voices
from bot.core.commands.facilitating import ALL
from bot.core.effects import Lane, Note, Redraw, Say
from bot.core.events import Answered, Due, Edited, Event, Found, Heard, Joined, Lost, Relayed, Spread, Unbound
from bot.core.files import FILES, WHY_NOT
from bot.core.flow import Flow
from bot.core.holding import KIND, hold, release
from bot.core.ids import derive
from bot.core.itinerary import Node
from bot.core.joining import first_run
from bot.core.message import Block, Button, Part, Words, block, message, t
from bot.core.names import clean_text
from bot.core.state import Contribution, Course, OpenStep, Seat, Table
from bot.core.talk import talk_at
from bot.core.turn import Turn

TO_TABLE = "-table"
TO_ANSWER = "-answer"
KEEP_BACK = "-keep"
LED = ("-send", "-show", "-drop", "-hide", "-why", "-unhide")
"""The buttons of those who lead tables: `-what:contribution:table`, with more behind it or not."""


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
    if what == "table" and parts[0] in LED and len(parts) > 2:
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
        case Joined() | Lost() | Found() | Edited():
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
    elif why := _barred(turn, seat, event):
        _tell(turn, seat, f"barred/{event.id}", why)
    elif event.text.startswith("/") and not event.press and not event.bar:
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
    if event.text.startswith("/") or event.bar:
        return None
    if step == TO_ANSWER:
        return _asked(turn, seat, None)
    if event.room and not event.press:
        return _talking(turn, seat)
    return _asked(turn, seat, event.at) or _talking(turn, seat) or _open_question(turn, seat, event.at)


def target(turn: Turn, seat: Seat, step: str, at: datetime | None) -> tuple[Node, str] | None:
    """The node and unit at which this person may answer; None if it is closed, or closing, or not theirs. What was said in
    time (`at`; any time, where it is None) counts although the announced end has passed, until the step closes `grace`
    later. A private question is open for its duration to somebody whom it reached late. A table that was given more time goes
    on talking while the step closes elsewhere."""
    node = turn.flow.nodes.get(step)
    if node is None:
        return None
    late = node.step.lasting or (node.step.self_paced and node.step.late == "accept")
    late = late and step in turn.course.done
    entry = turn.course.open.get(step)
    if not late and (entry is None or (entry.closing and not node.step.talk)):
        return None
    if entry is not None and at is not None and node.step.scope == "person" and _too_late(turn, node, entry, at):
        return None
    if node.step.scope == "person" and (step, seat.unit) in turn.state.stages:
        return node, seat.unit
    table = turn.state.table
    if table is not None and (step, table.unit) in turn.state.stages:
        return node, table.unit
    return (node, turn.course.unit) if node.step.scope in ("site", "assembly") else None


def _too_late(turn: Turn, node: Node, entry: OpenStep, at: datetime) -> bool:
    if entry.closes is None or at <= entry.closes:
        return False
    reached = turn.state.facts.get("reached", {}).get(node.id)
    return reached is None or node.step.duration is None or at > reached + node.step.duration


def _pressed(turn: Turn, seat: Seat, event: Heard) -> None:
    step = event.press.split(":", 1)[0]
    if step in (TO_TABLE, TO_ANSWER, KEEP_BACK):
        _told_which(turn, seat, event)
        return
    if step.startswith("-"):
        commands.pressed(turn, seat, event)
        return
    found = target(turn, seat, step, event.at)
    if found is None:
        _closed(turn, seat, event)
        return
    entry = turn.course.open.get(step)
    if event.unsure and entry is not None and entry.closes is not None and turn.now > entry.closes:
        turn.effects.append(Note("time_unknown", data={"course": turn.course.id, "step": step}))
    _hear(turn, found, event)


def _typed(turn: Turn, seat: Seat, event: Heard) -> None:
    talk, waiting = _talking(turn, seat), _asked(turn, seat, event.at)
    if talk is not None and (waiting is not None or _talks_elsewhere(turn, seat, talk)):
        _ask_which(turn, seat, event, waiting[0] if waiting is not None else None)
        return
    found = waiting or talk or _open_question(turn, seat, event.at)
    if found is None:
        commands.nothing_open(turn, seat, event)
        return
    if event.media and not _takes(found[0], event):
        only = t("Only words can be taken here, so this was not kept. Please say it in words.")
        _tell(turn, seat, f"words/{event.id}", only)
        return
    _hear(turn, found, event)


def _talks_elsewhere(turn: Turn, seat: Seat, talk: tuple[Node, str]) -> bool:
    """Whether this person is in the room in which the table talks now."""
    table, stage = turn.state.table, turn.state.stages.get((talk[0].id, talk[1]))
    running = stage is not None and stage.state == "open" and stage.data["began"] and not stage.data["gathering"]
    return running and table is not None and table.in_room(seat)


def _takes(node: Node, event: Heard) -> bool:
    """Whether a step has a use for what came: words always, a file only some."""
    return not event.media or event.media in node.step.takes


def _in_room(turn: Turn, seat: Seat, event: Heard) -> None:
    """What is written in a room goes to the talk or nowhere: never to a private question, and nobody is told off for it."""
    talk, table = _talking(turn, seat), turn.state.table
    if talk is not None and table is not None and event.room in table.rooms:
        _hear(turn, talk, event)


def _barred(turn: Turn, seat: Seat, event: Heard) -> Part | None:
    """Why this can go nowhere, whatever is open; None where it can. In a room it stands before everybody's eyes: who wrote it
    is told only where somebody at the table reads elsewhere."""
    table = turn.state.table
    if event.press or seat.status != "active":
        return None
    if event.room and (table is None or all(table.in_room(s) for s in (*table.members, *table.staff))):
        return None
    if event.bar == "too_large":
        most = turn.flow.file.files.max_mb
        return t("This file has more than {most} MB, so it cannot be passed on. A smaller one can.", most=most)
    if event.bar:
        return WHY_NOT.get(event.bar, WHY_NOT["unknown"])
    if event.media and event.media not in FILES:
        return WHY_NOT.get(event.media, WHY_NOT["unknown"])
    if event.media and event.text.startswith("/"):
        return t("A command stands alone: please send it without a file.")
    return None


def _ask_which(turn: Turn, seat: Seat, event: Heard, asked: Node | None) -> None:
    """In doubt, ask: what came is held, and goes nowhere until its author has said where."""
    cleaned, id = clean_text(event.text), event.contribution
    if cleaned.problem is not None or not (cleaned.text or event.media):
        problem = cleaned.problem or t("I can pass on text only. Please write what you want to say.")
        _tell(turn, seat, f"which/{event.id}", problem)
        return
    hold(turn, seat, id, cleaned.text, event.answers, event.media, event.at)
    to_table = Button(t("Send it to my table"), f"{TO_TABLE}:{id}")
    if asked is None:
        question = t("Your table meets in its room, and you are there. Send this to your table?")
        buttons = (to_table, Button(t("Do not send it"), f"{KEEP_BACK}:{id}"))
    elif not _takes(asked, event):
        question = t("A question above still waits for your answer. Send this to your table?")
        buttons = (to_table, Button(t("Do not send it"), f"{KEEP_BACK}:{id}"))
    elif f":{voices.SENTENCE}:" in seat.focus:
        question = t("Is this the sentence for your voice note, or is it for your table?")
        buttons = (Button(t("It is my sentence"), f"{TO_ANSWER}:{id}"), to_table)
    else:
        question = t("Is this your answer to the question above, or is it for your table?")
        buttons = (Button(t("It is my answer"), f"{TO_ANSWER}:{id}"), to_table)
    quote: tuple[Block, ...] = (block(Words(id), kind="quote"),) if cleaned.text else ()
    _tell(turn, seat, f"which/{event.id}", question, *quote, buttons=buttons)


def _told_which(turn: Turn, seat: Seat, event: Heard) -> None:
    """The author has said where the held text goes. It counts as said when it was typed, and keeps its id."""
    step, _, id = event.press.partition(":")
    held = turn.state.facts.get("held", {}).get(id)
    at = held.at if held is not None else event.at
    found = _talking(turn, seat) if step != TO_ANSWER else _asked(turn, seat, at)
    if found is None:
        _closed(turn, seat, event)
        return
    given = release(turn, seat, id)
    if given is None:
        _tell(turn, seat, f"which/{event.id}", t("You have answered this already, so nothing was changed."))
        return
    words = (block(Words(id), kind="quote"),) if given.text and step != KEEP_BACK else ()
    where = {
        TO_TABLE: t("For your table:"),
        TO_ANSWER: t("Your answer:"),
        KEEP_BACK: t("It was not sent to anybody."),
    }
    said = message(where[step], *words)
    turn.effects.append(Redraw((seat.id,), said, f"which/{event.id}"))
    if step == KEEP_BACK:
        return
    if step == TO_TABLE and f":{voices.SENTENCE}:" in seat.focus:
        turn.put(replace(seat, focus=""))
    _hear(
        turn, found,
        Heard(event.id, seat.id, given.at, given.text, answers=given.target, media=given.media, kept=given.id),
    )  # fmt: skip


def edited(turn: Turn, event: Edited) -> None:
    """Somebody has changed what they wrote. It counts while the step is open; whatever the new words are, they are no command."""
    seat, given = turn.state.seat, turn.state.facts.get("named", {}).get(event.contribution)
    if seat is None or seat.status != "active" or not isinstance(given, Contribution):
        return
    if given.seat != seat.id or given.state != "live" or given.text == event.text.strip():
        return
    if given.kind == KIND:
        _tell(
            turn, seat, f"edit/{event.id}",
            t("What you wrote first still waits. To change it, take it back and write it again."),
        )  # fmt: skip
        return
    found = target(turn, seat, given.step, event.at)
    if found is None:
        _tell(turn, seat, f"edit/{event.id}", t("This is closed now: what you wrote first still stands."))
        return
    node, unit = found
    turn.hook(node, unit, node.step.edited(turn.scene(node, unit), given, event.text, derive(event.id)))


def _tell(turn: Turn, seat: Seat, key: str, *blocks: Block | Part, buttons: tuple[Button, ...] = ()) -> None:
    """Answer somebody at once."""
    said = message(*blocks, buttons=buttons)
    turn.effects.append(Say(seat.unit, said, key, Lane.ANSWER, quiet=False))


def _hear(turn: Turn, found: tuple[Node, str], event: Heard) -> None:
    node, unit = found
    turn.hook(node, unit, node.step.hear(turn.scene(node, unit), event))


def _closed(turn: Turn, seat: Seat, event: Heard) -> None:
    _tell(turn, seat, f"closed/{event.id}", t("This is closed now, so nothing was changed."))


def _asked(turn: Turn, seat: Seat, at: datetime | None) -> tuple[Node, str] | None:
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
