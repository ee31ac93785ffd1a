"""What those who lead a table read when something begins there: the two or three things that help them then, in the words of
`/help`. Nobody has to know the bot to lead with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from bot.core.effects import Effect, Say
from bot.core.message import Part, Plain, Several, block, message, t
from bot.core.rights import COMMANDS
from bot.core.scene import Scene
from bot.core.spans import until
from bot.core.state import OpenStep, Seat, Stage
from bot.core.talk import table_of

if TYPE_CHECKING:
    from bot.core.flow import Flow
    from bot.core.itinerary import Node
    from bot.core.turn import Turn

IN_A_TALK = ("status", "prompt", "turn")
IN_PRIVATE = ("status", "nudge")

REST = t("/help shows the rest, whenever you need it.")


def talk(at: Scene, stage: Stage, *seats: Seat) -> Iterator[Effect]:
    """A talk is open: for those who lead its table, or for one of them who has come later."""
    table = table_of(at)
    begins = t("You lead this talk. What you write without / goes to your table, like everybody's words.")
    if stage.closes is not None:
        begins = t(
            "You lead this talk, until {when}. What you write without / goes to your table, like everybody's words.",
            when=until(stage.closes, at.now),
        )
    said = at.message(block(begins), *(COMMANDS[name].line() for name in IN_A_TALK), block(REST))
    mark = int(at.now.timestamp())
    for seat in seats or table.staff:
        if seat.role == "facilitator" and seat.status == "active":
            yield Say(seat.unit, said, at.key("lead", seat.id, mark), privately=True)


def private(turn: Turn, nodes: Sequence[Node]) -> None:
    """People are asked something, each alone: those who lead their tables read what that means for them."""
    asked = [node for node in nodes if answered_alone(node)]
    if not asked:
        return
    first, last = asked[0], turn.course.open[asked[-1].id]
    steps = Several(tuple(_named(turn.flow, node) for node in asked))
    said = message(
        block(_opened(turn, steps, last)),
        block(
            t("Nobody sees what people choose, and you need do nothing.") if chosen(asked) else t("You need do nothing.")
        ),
        *(COMMANDS[name].line() for name in IN_PRIVATE), block(REST), step=first.id,
    )  # fmt: skip
    turn.effects.append(Say(f"facilitating:{turn.course.id}", said, f"lead/{turn.course.id}/{first.id}"))


def answered_alone(node: Node) -> bool:
    """Whether people who take part are asked something at a step, each in their own chat."""
    step = node.step
    for_people = step.scope == "person" and "participant" in step.audience
    return for_people and step.waits and not step.idle and not step.before_consent


def chosen(nodes: Sequence[Node]) -> bool:
    """Whether all that people are asked is a choice, which stays with them; what they write is read by others."""
    return all(node.step.type != "collect" for node in nodes)


def _opened(turn: Turn, steps: Part, entry: OpenStep) -> Part:
    if entry.closes is None:
        return t("Open now, for each in private: {steps}.", steps=steps)
    when = until(entry.closes, turn.now)
    return t("Open until {when}, for each in private: {steps}.", when=when, steps=steps)


def _named(flow: Flow, node: Node) -> Part:
    return flow.local(node.step.title) if node.step.title else Plain(node.id)
