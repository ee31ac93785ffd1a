"""To whom a message belongs.

One chat carries both the private questions and, at a virtual table, the talk. The rules, in order:

1. what begins with `/` is a command, where and as far as the table of rights allows it (`bot.core.rights`);
2. a press belongs to the step that it names, as long as that step is open for this person;
3. where there are no buttons, a mark or a label is a press, unless it may be meant for the table: then its author is asked; words
   in reply to a question answer that one;
4. typed text answers the private question that waits for it; if the table is talking too, the text is held and the person
   is asked which of the two was meant. While a choice waits that is made with buttons, the person is asked once whether words
   are for the table, and so they are in the two minutes after a question has closed that they had not answered; a reply to
   what somebody said there is for the table;
5. else it goes to the table, if the table is talking; somebody who is in the table's room and writes here instead is asked
   first, because what was meant for me alone would stand before all;
6. else it may be a typed choice in an open ballot, which is confirmed first;
7. else the person is told that nothing is open. Nothing is passed on by mistake.

A picture, a voice note, a reply go the same way as words. A file never answers a private question, unless its step takes
files; a caption is never a command. What cannot pass at all (`bot.core.files.WHY_NOT`) is named to whoever sent it. An edit
changes what was kept of the message, while its step is open, and is never a command.

What is typed in a room of the table goes to the talk, or nowhere.
Who has paused or left is not heard, but for commands: the way back is offered.
"""

from __future__ import annotations

from bot.core import commands, rooms
from bot.core.aiming import (
    TO_ANSWER,
    TO_TABLE,
    WHICH,
    asked,
    closed,
    hear,
    just_closed,
    marked,
    meant,
    open_question,
    replied,
    said_aside,
    takes,
    talking,
    talks_elsewhere,
    target,
    tell,
    unanswered,
)
from bot.core.commands.call import parse
from bot.core.commands.prompting import ALL
from bot.core.doubts import ask_meant, ask_which, told_which
from bot.core.effects import Note
from bot.core.events import Answered, Due, Event, Joined, Relayed, Retold, Ripe, Spread
from bot.core.files import FILES, WHY_NOT
from bot.core.flow import Flow
from bot.core.heard import Edited, Found, Heard, Lost, Redacted, Unbound
from bot.core.holding import KIND
from bot.core.ids import derive
from bot.core.itinerary import Node
from bot.core.joining import first_run
from bot.core.message import Part, t
from bot.core.state import Contribution, Course, Seat, Table
from bot.core.stopping import KEEP, LIFT
from bot.core.turn import Turn

LED = (
    "-send", "-show", "-drop", "-hide", "-why", "-unhide", "-agree", "-stop", "-remove", "-take-over", "-stays", "-unquiet",
    "-stalled", "-unsend",
)  # fmt: skip
"""The buttons of those who lead tables: `-what:contribution:table`, with more behind it or not."""

STEERING = ("open", "close", "gate", "publish", "board")
"""The commands for a whole course: who leads several writes the site last."""

PRIVATE = t(
    "What you write in the room answers none of my questions. Please write your answer here, in your own chat with me, where "
    "nobody else sees what you choose."
)
ONLY_WORDS = t("Only words can be taken here, so this was not kept. Please say it in words.")


def table_named(flow: Flow, event: Event) -> str:
    """The id of the table that a press names, "" if it names none. The engine then loads this table, and the course of the
    table's site, in place of the presser's own: a coordinator sits at no table, an organiser on no course."""
    return _named(flow, event, "table")


def table_awaited(flow: Flow, seat: Seat | None, event: Event) -> str:
    """The id of the table about which somebody who sits at none was asked something that they answer now with words."""
    if seat is None or seat.table or not isinstance(event, Heard):
        return ""
    if event.carried or event.room or event.text.startswith("/"):
        return ""
    parts = (event.asked or seat.focus).split(":")
    node = flow.nodes.get(parts[0])
    return parts[2] if node is not None and node.step.names == "table" and len(parts) > 2 else ""


def course_named(flow: Flow, event: Event) -> str:
    """The id of the course that a press names, or the site behind a command that steers a course, "" if none is named; loaded in
    place of the person's own."""
    named = _named(flow, event, "course")
    if isinstance(event, Heard) and event.text.startswith("/"):
        name, args = parse(event.text)
        site = (args.split() or [""])[-1].casefold()
        named = flow.course_of(site) if name in STEERING and site in flow.sites else named
    return named if named in flow.courses else ""


def _named(flow: Flow, event: Event, what: str) -> str:
    if not isinstance(event, Heard):
        return ""
    parts = event.carried.split(":")
    if what == "table" and parts[0] in LED and len(parts) > 2:
        return parts[2] if parts[2] != ALL else ""
    if what == "course" and parts[0] in (LIFT, KEEP) and len(parts) > 1:
        return parts[1]
    node = flow.nodes.get(parts[0])
    return parts[2] if node is not None and node.step.names == what and len(parts) > 2 else ""


def needs(flow: Flow, course: Course, seat: Seat | None, table: Table | None, event: Event) -> list[tuple[str, str]]:
    """The stages that `advance` must be given for this event: a short list, whatever the size of the assembly.

    `table` is the one where the person sits, or the one that a press names (`table_named`)."""
    match event:
        case Due() | Answered():
            found = [(event.step, event.unit)] if event.unit else []
            return found + (_of_seat(flow, course, seat, table, event.step) if seat is not None else [])
        case Relayed() | Retold():
            return [(event.step, f"table:{event.table}")]
        case Spread():
            if seat is None:
                return [(event.step, unit) for unit in event.units[:1]]
            return [(n.id, seat.unit) for n in flow.run_of(flow.nodes[event.step])]
        case Heard():
            step = (event.asked or event.carried).split(":", 1)[0]
            words = not event.text.startswith("/") and step in ("", TO_TABLE)
            return _of_seat(flow, course, seat, table, step, *(course.lately(event.at) if words else ()))
        case Joined() | Lost() | Found() | Edited() | Redacted():
            return _of_seat(flow, course, seat, table, "")
        case Unbound() | Ripe():
            unit = table.unit if table is not None else ""
            return [(step, unit) for step in course.open if flow.nodes[step].step.scope != "person"]
        case _:
            return []


def _of_seat(
    flow: Flow, course: Course, seat: Seat | None, table: Table | None, step: str, *lately: str
) -> list[tuple[str, str]]:
    if seat is None:
        return []
    steps = dict.fromkeys((*course.open, *(n.id for n in first_run(flow)), *lately))
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
    event = replied(turn, meant(turn, seat, event))
    if event.press.partition(":")[0] in commands.PRESSED:
        commands.pressed(turn, seat, event)
    elif why := _barred(turn, seat, event):
        tell(turn, seat, f"barred/{event.id}", why)
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
    event = replied(turn, meant(turn, seat, event))
    step = event.press.split(":", 1)[0]
    if step == TO_TABLE:
        return talking(turn, seat)
    if step and step != TO_ANSWER:
        return target(turn, seat, event.carried.split(":", 1)[0], event.at)
    if event.text.startswith("/") or event.bar:
        return None
    if step == TO_ANSWER:
        return asked(turn, seat, None)
    if event.room and not event.press and (talking(turn, seat) is not None or not event.asked):
        return talking(turn, seat)
    if event.asked:
        return target(turn, seat, event.asked.split(":", 1)[0], event.at)
    return asked(turn, seat, event.at) or talking(turn, seat) or open_question(turn, seat, event.at)


def _pressed(turn: Turn, seat: Seat, event: Heard) -> None:
    step = event.press.split(":", 1)[0]
    if step in WHICH:
        choice = told_which(turn, seat, event)
        if choice is not None:
            heard(turn, choice)
        return
    if step.startswith("-"):
        commands.pressed(turn, seat, event)
        return
    found = target(turn, seat, step, event.at)
    if found is None:
        closed(turn, seat, event)
        return
    if event.room and found[0].step.scope == "person":  # what is private is answered where nobody sees it
        tell(turn, seat, f"private/{event.id}", PRIVATE)
        return
    entry = turn.course.open.get(step)
    if event.unsure and entry is not None and entry.closes is not None and turn.now > entry.closes:
        turn.effects.append(Note("time_unknown", data={"course": turn.course.id, "step": step}))
    hear(turn, found, event)


def _typed(turn: Turn, seat: Seat, event: Heard) -> None:
    if not (event.asked or event.pick or event.media) and commands.awaited(turn, seat, event):
        return
    if event.asked:
        _replied(turn, seat, event)
        return
    if event.pick:
        ask_meant(turn, seat, event)
        return
    talk, waiting = talking(turn, seat), asked(turn, seat, event.at)
    if talk is not None and (waiting is not None or talks_elsewhere(turn, seat, talk)):
        ask_which(turn, seat, event, waiting[0] if waiting is not None else None)
        return
    missed = unanswered(turn, seat, event.at) if talk is not None and not event.answers else None
    if missed is not None and (marked(event) or not said_aside(turn, seat, missed)):
        ask_which(turn, seat, event, missed)
        return
    late = just_closed(turn, seat, event.at) if talk is not None and not event.answers else None
    if late is not None:
        ask_which(turn, seat, event, late)
        return
    found = waiting or talk or open_question(turn, seat, event.at)
    if found is None:
        commands.nothing_open(turn, seat, event)
        return
    if event.media and not takes(found[0], event):
        tell(turn, seat, f"words/{event.id}", ONLY_WORDS)
        return
    hear(turn, found, event)


def _replied(turn: Turn, seat: Seat, event: Heard) -> None:
    """Words in reply to a question: they answer that one, however many were asked since."""
    found = target(turn, seat, event.asked.split(":", 1)[0], event.at)
    if found is None:
        closed(turn, seat, event)
    elif not takes(found[0], event):
        tell(turn, seat, f"words/{event.id}", ONLY_WORDS)
    else:
        hear(turn, found, event)


def _in_room(turn: Turn, seat: Seat, event: Heard) -> None:
    """What is written in a room goes to the talk or nowhere: never to a private question. Who seems to answer one there is told
    where that counts."""
    talk, table = talking(turn, seat), turn.state.table
    if talk is not None and table is not None and event.room in table.rooms:
        hear(turn, talk, event)
    elif talk is None and event.asked:
        _replied(turn, seat, event)
        return
    asked_elsewhere = event.pick and target(turn, seat, event.pick.split(":", 1)[0], event.at) is not None
    if asked_elsewhere and (talk is None or marked(event)):
        tell(turn, seat, f"private/{event.id}", PRIVATE)


def _barred(turn: Turn, seat: Seat, event: Heard) -> Part | None:
    """Why this can go nowhere, whatever is open; None where it can. In a room it stands before everybody's eyes: who wrote it
    is told only where somebody at the table reads elsewhere."""
    table = turn.state.table
    lost = event.bar == "unreadable" and seat.status == "new"
    if event.press or (seat.status != "active" and not lost):
        return None
    if event.room and (table is None or all(s.room == event.room for s in table.everybody)):
        return None
    if event.bar == "too_large":
        most = turn.flow.file.files.max_mb
        return t("This file has more than {most} MB, so it cannot be passed on. A smaller one can.", most=most)
    if event.bar:
        return WHY_NOT.get(event.bar, WHY_NOT["unknown"])
    if event.media and event.media not in FILES:
        return WHY_NOT.get(event.media, WHY_NOT["unknown"])
    return None


def edited(turn: Turn, event: Edited) -> None:
    """Somebody has changed what they wrote. It counts while the step is open; whatever the new words are, they are no command."""
    seat, given = turn.state.seat, turn.state.facts.get("named", {}).get(event.contribution)
    if seat is None or seat.status != "active" or not isinstance(given, Contribution):
        return
    if given.seat != seat.id or given.state != "live" or given.text == event.text.strip():
        return
    if given.kind == KIND:
        tell(
            turn, seat, f"edit/{event.id}",
            t("What you wrote first still waits. To change it, take it back and write it again."),
        )  # fmt: skip
        return
    found = target(turn, seat, given.step, event.at)
    if found is None:
        tell(turn, seat, f"edit/{event.id}", t("This is closed now: what you wrote first still stands."))
        return
    node, unit = found
    turn.hook(node, unit, node.step.edited(turn.scene(node, unit), given, event.text, derive(event.id)))


def redacted(turn: Turn, event: Redacted) -> None:
    """Somebody has deleted what they wrote. While the step is open that takes it back; after that it is noted, and stands."""
    seat, given = turn.state.seat, turn.state.facts.get("named", {}).get(event.contribution)
    if seat is None or not isinstance(given, Contribution) or given.seat != seat.id or given.state != "live":
        return
    back = Heard(event.id, seat.id, event.at, press=f"-undo:{given.id}", room=event.room)
    if given.kind == KIND:
        commands.pressed(turn, seat, back)
        return
    found = target(turn, seat, given.step, event.at) if seat.status == "active" else None
    if found is None:
        turn.effects.append(Note("redacted", seat.id, {"contribution": given.id, "step": given.step}))
        stands = t("You have deleted a message. What it answered is closed already, so it still stands in the record.")
        how = t("/leave lets you take back everything that you wrote.")
        tell(turn, seat, f"redacted/{event.id}", stands, how)
        return
    node, unit = found
    if node.step.talk:
        commands.pressed(turn, seat, back)
    else:
        turn.hook(node, unit, node.step.withdrawn(turn.scene(node, unit), given, derive(event.id)))
