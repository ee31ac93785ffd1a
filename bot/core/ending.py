"""A talk that ends before its hour, because everybody at the table has said enough; and goes on, because somebody has not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.effects import Lane, Say
from bot.core.facilitator import warnings
from bot.core.message import Block, Part, t
from bot.core.scene import Scene
from bot.core.spans import until
from bot.core.state import Stage
from bot.core.talk import Moves, announced, changed, end_soon, ends, table_of, tell

if TYPE_CHECKING:
    from bot.core.steps.discuss import Discuss


def nothing_to_add(at: Scene, step: Discuss, stage: Stage, key: str) -> Moves:
    """Somebody has nothing to add."""
    if at.seat.role != "participant":  # experts speak, and others lead; whether all is said the participants say
        told = at.message(t("The participants of the table decide this."))
        yield Say(at.seat.unit, told, at.key("through", key), Lane.ANSWER, quiet=False)
        return stage
    text = t("Thank you. When everybody has said so, the talk ends. You can still write until then.")
    yield Say(at.seat.unit, at.message(text), at.key("through", key), Lane.ANSWER, quiet=False)
    if at.seat.id not in stage.data["through"]:
        stage = changed(stage, through=[*stage.data["through"], at.seat.id])
    return (yield from if_all_through(at, step, stage))


def if_all_through(at: Scene, step: Discuss, stage: Stage) -> Moves:
    """When nobody has anything to add the talk ends, with notice."""
    members = {m.id for m in table_of(at).reached}
    if step.early_close != "all_answered" or stage.data["early"] or not members <= {*stage.data["through"]}:
        return stage
    why = t("Nobody has anything to add. The talk ends in one minute; whoever writes keeps it open.")
    return (yield from end_soon(at, stage, why, early=True))


def go_on(at: Scene, step: Discuss, stage: Stage) -> Moves:
    """Somebody had something to add after all: the announced end holds again."""
    closes = announced(at, stage)
    blocks: list[Block | Part] = [t("The talk goes on.")]
    if closes is not None:
        blocks.append(t("It ends at {when}.", when=until(closes, at.now)))
    yield tell(at, f"go-on/{stage.n}", *blocks)
    return (yield from ends(at, changed(stage, early=False), closes, warnings(at, step)))
