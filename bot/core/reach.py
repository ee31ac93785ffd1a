"""People who cannot be reached, and those who are back.

Nobody who is lost is waited for: in every step that is open and not answered yet, one person less is expected, and steps that
open meanwhile do not open for them. They keep their seat and their vote: when they are back they catch up with what is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.core.effects import Note, Say
from bot.core.events import Due
from bot.core.heard import Found, Lost
from bot.core.joining import catch_up
from bot.core.message import Part, Phrase, message, t
from bot.core.state import Seat
from bot.core.steps.discuss import Discuss
from bot.core.talk import talk_at, who
from bot.core.turn import Turn

WHY: Mapping[str, Phrase] = {
    "blocked": t("they have blocked the chat with me"),
    "left": t("they have left the chat with me"),
    "never started": t("they have no chat with me"),
    "deactivated": t("their account is gone"),
    "not found": t("their account is gone"),
}
"""What people read for the words with which transports say why somebody cannot be reached."""


def lost(turn: Turn, event: Lost) -> None:
    """Nobody can write to a seat any more: it is not waited for, and whoever leads its table is told."""
    seat, table = turn.state.seat, turn.state.table
    if seat is None or seat.lost:
        return
    waiting = turn.waiting() if seat.status in ("new", "active") else []
    turn.put(replace(seat, lost=event.why))
    turn.effects.append(Note("lost", seat.id, {"why": event.why}))
    for node in waiting:
        turn.count(node, "expected", -1)
        turn.close_if_all_done(node)
    if seat.status != "active":
        return
    talk = talk_at(turn.flow, turn.state, resting=True)
    there = table is not None and table.in_room(seat)
    if talk is not None and not there:
        node, unit = talk
        if isinstance(node.step, Discuss):
            turn.hook(node, unit, node.step.left(turn.scene(node, unit)))
    blocks: list[Part] = [t("I cannot reach {name} any more: {why}.", name=who(seat), why=_why(event.why))]
    if there:
        blocks.append(t("They still read and write in the room of the table."))
    blocks.append(
        t("Their place and their vote stay theirs. If you can, ask them to write to me; then I bring them up to date.")
    )
    ask = (
        f"facilitators:{table.id}" if table is not None and seat.role == "participant" else f"coordinators:{seat.site}"
    )
    turn.effects.append(Say(ask, message(*blocks), f"lost/{seat.id}/{_mark(turn)}"))


def found(turn: Turn, event: Found) -> None:
    """Somebody can be written to again."""
    seat = turn.state.seat
    if seat is None or not seat.lost:
        return
    seat = replace(seat, lost="")
    turn.put(seat)
    turn.effects.append(Note("found", seat.id))
    if seat.status not in ("new", "active"):
        return
    key = f"found/{seat.id}/{_mark(turn)}"
    said = message(t("Good to have you back. I could not write to you for a while; here is what is open now."))
    turn.effects.append(Say(seat.unit, said, key, quiet=False))
    take_up(turn, seat, key)


def take_up(turn: Turn, seat: Seat, key: str) -> None:
    """Somebody who is back is waited for again, and catches up with what is open."""
    for node in turn.waiting():
        turn.count(node, "expected")
        remind = Due(turn.course.id, node.id, "remind", seat.unit)
        turn.hook(node, seat.unit, node.step.due(turn.scene(node, seat.unit), remind))
    if turn.course.state == "running" and seat.status == "active":
        turn.take(catch_up(turn.flow, turn.course, seat, "", f"catch-up/{key}"))


def _mark(turn: Turn) -> int:
    """What tells this time from the next one."""
    return int(turn.now.timestamp() * 1000)


def _why(word: str) -> Part:
    return WHY.get(word, t("the chat app does not say why"))
