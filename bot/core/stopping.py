"""A guarantor stops a step: it does not open, or, where it is open, does not end, until they and a coordinator have talked.

Invariants:

* Nothing that is open is cut off: people go on with what they do, and what they give counts.
* The guarantor lets it go on with a word. Where somebody who leads asks for that, and the guarantor does not answer, it goes on
  after a while (`PATIENCE`): nobody absent holds an assembly up. Who stopped, asked and let go stands in the log, and why.
* Everybody for whom something waits is told so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Literal

from bot.core.effects import Effect, Note, Say, Wake
from bot.core.events import Lapsed
from bot.core.itinerary import Node
from bot.core.message import Button, Part, Plain, message, t
from bot.core.state import Held
from bot.core.turn import Turn

PATIENCE = timedelta(minutes=30)
"""After this a step goes on whose guarantor does not answer somebody who leads."""

LIFT, KEEP = "-lift", "-keep-stopped"


def stops(turn: Turn, node: Node, at: Literal["open", "finish"], outcome: str = "") -> bool:
    """Whether a step is stopped. What it would have done is noted, and done once it is let go."""
    held = turn.course.held.get(node.id)
    if held is None:
        return False
    if held.waits != at:
        _put(turn, {**turn.course.held, node.id: replace(held, waits=at, outcome=outcome)})
        told = message(t("It does not go on yet. Please stay: you are told here when it does."))
        turn.effects.append(Say(turn.course.unit, told, f"stopped/{turn.course.id}/{node.id}/{held.n}/{at}"))
        turn.effects.append(Note("waits", held.seat, {"course": turn.course.id, "step": node.id, "at": at}))
    return True


def stop(turn: Turn, node: Node, seat: str) -> None:
    """A step is stopped from now on."""
    before = turn.course.held.get(node.id)
    held = replace(before, seat=seat) if before is not None else Held(seat, int(turn.now.timestamp()))
    _put(turn, {**turn.course.held, node.id: held})


def ask(turn: Turn, node: Node, by: str) -> None:
    """Somebody who leads would like it to go on: it does, unless the guarantor says no meanwhile."""
    held = turn.course.held[node.id]
    held = replace(held, asked=held.asked + 1, waiting=True)
    _put(turn, {**turn.course.held, node.id: held})
    lapse = Lapsed(turn.course.id, node.id, held.asked)
    key = f"{turn.course.id}/lapsed/{node.id}/{held.n}/{held.asked}"
    begins = max(turn.now, turn.course.halted or turn.now)  # a guarantor rests with everybody
    turn.effects.append(Wake(begins + PATIENCE, lapse, key))
    turn.effects.append(Note("asked_to_go_on", by, {"course": turn.course.id, "step": node.id}))


def keep(turn: Turn, node: Node) -> None:
    """The guarantor does not let it go on: what was asked before lapses."""
    held = turn.course.held[node.id]
    _put(turn, {**turn.course.held, node.id: replace(held, waiting=False)})
    turn.effects.append(Note("stays_stopped", held.seat, {"course": turn.course.id, "step": node.id}))


def lapsed(turn: Turn, event: Lapsed) -> None:
    """The guarantor has not answered in time."""
    held, node = turn.course.held.get(event.step), turn.flow.nodes.get(event.step)
    if held is not None and node is not None and held.waiting and held.asked == event.n:
        lift(turn, node, "")


def lift(turn: Turn, node: Node, by: str) -> None:
    """It goes on: what it would have done meanwhile happens now."""
    held = turn.course.held.get(node.id)
    if held is None:
        return
    _put(turn, {step: other for step, other in turn.course.held.items() if step != node.id})
    turn.effects.append(Note("lifted", by, {"course": turn.course.id, "step": node.id}))
    told, key = message(t("“{step}” goes on.", step=named(turn, node))), f"lifted/{turn.course.id}/{node.id}/{held.n}"
    for unit in (*leading(turn), f"seat:{held.seat}"):
        turn.effects.append(Say(unit, told, f"{key}/{unit}", without=(by,), quiet=False))
    if held.waits == "open":
        turn.wake(turn.now, node, "open")
    elif held.waits == "finish":
        turn.wake(turn.now, node, "finish", outcome=held.outcome or "done")


def tell(turn: Turn, node: Node, who: Part, *reason: Part, key: str) -> list[Effect]:
    """Those who lead learn that something is stopped, and why."""
    said = message(
        t(
            "{name} stops “{step}”: it does not go on before you have talked to each other.",
            name=who,
            step=named(turn, node),
        ),
        *reason,
        buttons=(Button(t("It can go on"), f"{LIFT}:{turn.course.id}:{node.id}"),),
    )
    return [Say(unit, said, f"{key}/{unit}", quiet=False) for unit in leading(turn)]


def leading(turn: Turn) -> tuple[str, ...]:
    """The coordinators of this course, and the organisers."""
    return (*(f"coordinators:{site.id}" for site in turn.flow.sites_of(turn.course.id)), "organisers:")


def named(turn: Turn, node: Node) -> Part:
    return turn.flow.local(node.step.title) if node.step.title else Plain(node.id)


def _put(turn: Turn, held: Mapping[str, Held]) -> None:
    turn.put(replace(turn.course, held=held))


__all__ = ["KEEP", "LIFT", "PATIENCE", "ask", "keep", "lapsed", "lift", "stop", "stops", "tell"]
