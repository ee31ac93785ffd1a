"""Where something that a person wrote or pressed may go: what is open for them, what waits for their words, where their table
talks; and what a mark may mean that they typed in place of pressing a button.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.core.asking import SUBMIT
from bot.core.effects import Lane, Say
from bot.core.heard import PICK, Heard
from bot.core.itinerary import Node
from bot.core.message import Block, Button, Part, message, t
from bot.core.rendered import places_of
from bot.core.state import OpenStep, Seat
from bot.core.talk import talk_at
from bot.core.turn import Turn

TO_TABLE = "-table"
TO_ANSWER = "-answer"
KEEP_BACK = "-keep"
WHICH = (TO_TABLE, TO_ANSWER, KEEP_BACK, PICK)
"""The buttons with which somebody says what they meant."""

ASIDE = "aside"
"""Stands in the data of a question's stage: the person has sent words to the table while it waited."""

AT_ONCE = (
    *WHICH,
    "-send",
    "-cancel",
    "-why",
    "-lang",
    "-leave",
    "-back",
    "-begin",
    "-joining",
    "-room",
    "-doubt",
    "-tells",
)
"""The buttons that answer what somebody has just done: a mark right below them is meant for them."""

NO_VOTE = t("This is for the participants. You can speak at the table, and you are never counted.")

INVITATION = ("-come", "-stay")
"""The buttons of an invitation into a room, which waits for an answer like a question."""


def meant(turn: Turn, seat: Seat, event: Heard) -> Heard:
    """What was typed, as the press that it stands for; as words, where they can be none; or as it was (with `pick`), where it may
    be either, or was written in a room."""
    if not event.pick or event.press or event.room:
        return event
    step, *rest = event.pick.split(":")
    press = replace(event, press=event.pick, pick="", text="")
    words = replace(event, pick="")
    talk, waiting = talking(turn, seat), asked(turn, seat, event.at)
    if talk is not None and talks_elsewhere(turn, seat, talk):
        talk = None
    alone = talk is None and (waiting is None or waiting[0].id == step)
    node = turn.flow.nodes.get(step)
    option = rest[2] if node is not None and not node.step.lasting and len(rest) == 3 else ""  # lasting ones only show
    if alone and option and not marked(event) and option != SUBMIT and not option.startswith("="):
        return replace(words, asked=":".join((step, *rest[:2])))  # a word is confirmed before it counts
    if alone or (step in (*AT_ONCE, *INVITATION) and not event.aside):
        return press
    if step in turn.flow.nodes and target(turn, seat, step, event.at) is None:
        return words
    return event


def replied(turn: Turn, event: Heard) -> Heard:
    """Words in reply to something that a step of this table has shown, with the question that they answer there."""
    table = turn.state.table
    if event.press or event.asked or not event.answers or event.bar or event.text.startswith("/") or table is None:
        return event
    for step in turn.course.open:
        stage = turn.state.stages.get((step, table.unit))
        question = turn.flow.nodes[step].step.replied(stage, event.answers) if stage is not None else ""
        if question:
            return replace(event, asked=question)
    return event


def marked(event: Heard) -> bool:
    """Whether somebody wrote nothing but marks."""
    return any(places_of(event.text, lettered=lettered) for lettered in (False, True))


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


def talks_elsewhere(turn: Turn, seat: Seat, talk: tuple[Node, str]) -> bool:
    """Whether this person is in the room in which the table talks now."""
    table, stage = turn.state.table, turn.state.stages.get((talk[0].id, talk[1]))
    running = stage is not None and stage.state == "open" and stage.data["began"] and not stage.data["gathering"]
    return running and table is not None and table.in_room(seat)


def takes(node: Node, event: Heard) -> bool:
    """Whether a step has a use for what came: words always, a file only some."""
    return not event.media or event.media in node.step.takes


def tell(turn: Turn, seat: Seat, key: str, *blocks: Block | Part, buttons: tuple[Button, ...] = ()) -> None:
    """Answer somebody at once."""
    said = message(*blocks, buttons=buttons)
    turn.effects.append(Say(seat.unit, said, key, Lane.ANSWER, quiet=False))


def hear(turn: Turn, found: tuple[Node, str], event: Heard) -> None:
    node, unit = found
    seat = turn.state.seat
    advises = seat is not None and seat.role == "expert" and "expert" not in node.step.audience
    if seat is not None and advises and (event.press or not node.step.talk):
        tell(turn, seat, f"expert/{event.id}", NO_VOTE)
        return
    turn.hook(node, unit, node.step.hear(turn.scene(node, unit), event))


def closed(turn: Turn, seat: Seat, event: Heard) -> None:
    tell(turn, seat, f"closed/{event.id}", t("This is closed now, so nothing was changed."))


def asked(turn: Turn, seat: Seat, at: datetime | None) -> tuple[Node, str] | None:
    """The private question that waits for a typed answer."""
    return target(turn, seat, seat.focus.split(":", 1)[0], at) if seat.focus else None


def talking(turn: Turn, seat: Seat) -> tuple[Node, str] | None:
    """The talk that is open at this person's table."""
    return talk_at(turn.flow, turn.state) if seat.status == "active" and seat.table else None


def unanswered(turn: Turn, seat: Seat, at: datetime) -> Node | None:
    """A private question that this person has not answered yet, and still can."""
    found = _last(turn, seat, _put(turn, seat, "open"), at)
    return found[0] if found is not None else None


def just_closed(turn: Turn, seat: Seat, at: datetime) -> Node | None:
    """A private question that has closed a moment ago, and waited for this person until then: what they write at `at` may be
    its answer."""
    over = [step for step, entry in turn.course.open.items() if entry.closes is not None and entry.closes < at]
    for step in (*turn.course.lately(at), *over):
        node, stage = turn.flow.nodes[step], turn.state.stages.get((step, seat.unit))
        waited = stage is not None and stage.state == "open" and not stage.data.get(ASIDE)
        if (waited and node.step.waits and not node.step.idle) or seat.focus.split(":", 1)[0] == step:
            return node
    return None


def said_aside(turn: Turn, seat: Seat, question: Node) -> bool:
    """Whether this person need not be asked about words for the table: they have said so while this question waited, or it is
    over, and only taken late."""
    if question.id not in turn.course.open:
        return True
    stage = turn.state.stages.get((question.id, seat.unit))
    return stage is not None and bool(stage.data.get(ASIDE))


def say_aside(turn: Turn, seat: Seat, question: Node) -> None:
    """Note that they have: they are not asked again for this question."""
    stage = turn.state.stages.get((question.id, seat.unit))
    if question.id not in turn.course.open and seat.focus.split(":", 1)[0] == question.id:
        turn.put(replace(seat, focus=""))
    if stage is not None:
        turn.put(replace(stage, data={**stage.data, ASIDE: True}))


def open_question(turn: Turn, seat: Seat, at: datetime) -> tuple[Node, str] | None:
    """The step that last put a question to this person and still waits for an answer, else one that may be changed."""
    waiting = _put(turn, seat, "open") or [step for step in _put(turn, seat, "done") if step in turn.course.open]
    waiting.sort(key=turn.course.open.__contains__)  # what is over, and only taken late, was put before
    return _last(turn, seat, waiting, at)


def _put(turn: Turn, seat: Seat, state: str) -> list[str]:
    """The steps that have put a question to this person, which stands so, in the order in which they did."""
    return [step for (step, unit), stage in turn.state.stages.items() if unit == seat.unit and stage.state == state]


def _last(turn: Turn, seat: Seat, steps: list[str], at: datetime) -> tuple[Node, str] | None:
    """The last of these steps at which this person may answer."""
    return next((found for step in reversed(steps) if (found := target(turn, seat, step, at)) is not None), None)
