"""What somebody reads who was away, or has come later than the others: what happened meanwhile, with results, and what is next.

The job that finds a place for them (`catch_up`) knows which steps have closed since they were last here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.core.effects import Say
from bot.core.message import Block, block, message, t
from bot.core.spans import until
from bot.core.state import Seat
from bot.core.steps.assign import Assign
from bot.core.turn import Turn

MOST = 8
"""So many steps are told of, the last ones; a long recap is not read."""


def told(
    turn: Turn, seat: Seat, closed: Sequence[Mapping[str, Any]], following: datetime | None, *, back: bool, key: str
) -> Iterator[Say]:
    """Tell a person what they have missed. `closed` are the steps, each with what was `recorded` by unit; `following` is when the
    next step opens; `back` says that they were here before."""
    steps = list(_steps(turn, seat, closed))
    if steps:
        head = t("What happened while you were away:") if back else t("What has happened so far:")
        blocks = [block(head), *(each for blocks in steps[-MOST:] for each in blocks)]
        yield Say(seat.unit, message(*blocks), f"missed/{key}", quiet=False)
    if not turn.course.open and turn.course.state == "running":
        said = t("Nothing is open for you just now. You will hear from us here when the next step opens.")
        if following is not None and following > turn.now:
            said = t(
                "Nothing is open for you just now. The next step opens on {when}.", when=until(following, turn.now)
            )
        yield Say(seat.unit, message(said), f"nothing-open/{key}", quiet=False)


def _steps(turn: Turn, seat: Seat, closed: Sequence[Mapping[str, Any]]) -> Iterator[list[Block]]:
    """What is told of each step; of those that one goes through alone, and of breaks, nothing."""
    for each in closed:
        node = turn.flow.nodes.get(str(each["step"]))
        if node is None or node.step.self_paced or node.step.idle or isinstance(node.step, Assign):
            continue
        if turn.course.done.get(node.id) != "done":
            continue
        facts = {**turn.state.facts, "results": {node.id: each["recorded"]}}
        at = replace(turn.scene(node, seat.unit), state=replace(turn.state, facts=facts))
        title = [block(at.local(node.step.title), kind="title")] if node.step.title else []
        if blocks := [*title, *node.step.recap(at)]:
            yield blocks


__all__ = ["told"]
