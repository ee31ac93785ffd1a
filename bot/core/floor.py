"""The floor: in a round everybody at a table speaks in turn, and nobody's silence holds the others up.

Invariants:

* At most one seat has the floor, and only what that seat writes is passed on (facilitators always may).
* A turn ends: when its time is over, when the speaker has been quiet for a moment after a message, by a pass, or by leaving.
* Whoever missed a turn is asked once more at the end, if the step says so. A pass is not a miss.
* Every change of the floor raises `turn`; a timer of an earlier one means nothing.

In `Stage.data`: `order` who comes next, `floor` who speaks, `turn` its number, `ends` when it is over at the latest, `said`
whether the speaker has written, `missed` who is asked again, `second` whether that is going on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.core.effects import Effect, Lane, Put, Say
from bot.core.lots import Lots
from bot.core.message import Block, Button, Message, Name, Part, block, t
from bot.core.scene import Scene
from bot.core.spans import left, until
from bot.core.state import Seat, Stage
from bot.core.talk import Moves, changed, log, ring, somebody, table_of, tell

BREATH = timedelta(seconds=20)
"""How long a speaker may be silent after a message before the floor goes on: people write in parts."""


@dataclass(frozen=True, slots=True)
class Round:
    """The rules of a round. `free` are the buttons under the word that the talk is open to all."""

    turn_for: timedelta
    second_chance: bool
    free: tuple[Button, ...] = ()


def running(stage: Stage) -> bool:
    """True while somebody has the floor."""
    return bool(stage.data.get("floor"))


def start(at: Scene, stage: Stage, rules: Round) -> Moves:
    """Draw the order and give the floor to the first."""
    table = table_of(at)
    order = Lots(at.flow.ref, at.step, table.id).shuffle([m.id for m in table.reached])
    fresh = changed(stage, order=order, floor="", turn=0, ends="", said=False, missed=[], second=False)
    return (yield from give(at, fresh, rules))


def give(at: Scene, stage: Stage, rules: Round) -> Moves:
    """The next in the order gets the floor; behind the last one those who missed their turn; then the talk is free."""
    data = stage.data
    order, missed, second = list(data["order"]), list(data["missed"]), data["second"]
    if not order and missed:
        order, missed, second = missed, [], True
    turn = data["turn"] + 1
    if not order:
        stage = changed(stage, order=[], floor="", turn=turn, missed=[])
        yield _free(at, stage, rules)
        return stage
    seat, *rest = order
    ends = _end(at, rules.turn_for)
    stage = changed(
        stage, order=rest, floor=seat, turn=turn, ends=ends.isoformat(), said=False, missed=missed, second=second
    )
    yield Say(f"seat:{seat}", _your_turn(at, ends, again=second), at.key("turn", turn), Lane.TALK)
    blocks: list[Block | Part] = [
        t("It is the turn of {name}, who has {span}.", name=Name(seat), span=left(ends, at.now))
    ]
    if rest:
        blocks.append(block(t("{name} comes next.", name=Name(rest[0])), kind="note"))
    yield tell(at, f"floor/{turn}", *blocks, without=(seat,))
    yield log(at, "gave_floor", turn=turn, again=second)
    yield ring(at, at.now + (ends - at.now) / 2, "half", turn)
    yield ring(at, ends, "turn", turn)
    return stage


def call_on(at: Scene, stage: Stage, who: Seat) -> Iterator[Effect]:
    """Somebody is asked to speak by whoever leads the table: next in a round, at once where the talk is free."""
    if running(stage):
        yield Put(changed(stage, order=[who.id, *(s for s in stage.data["order"] if s != who.id)]))
        said = t("{name} comes next.", name=Name(who.id))
        yield tell(at, f"called/{who.id}/{stage.data['turn']}", said, without=(at.seat.id,))
        return
    mark = int(at.now.timestamp())
    asked = t("{name} would like to hear you now, if you wish.", name=somebody(at.seat))
    yield Say(who.unit, at.message(asked, expects="text"), at.key("called", who.id, mark), Lane.TALK, quiet=False)
    told = t("{name} gives the word to {who}.", name=somebody(at.seat), who=Name(who.id))
    yield tell(at, f"called/{who.id}/{mark}", told, without=(who.id, at.seat.id))


def spoke(at: Scene, stage: Stage) -> Moves:
    """The speaker has written: the floor goes on after a moment of silence, at the latest when the turn's time is over."""
    turn = stage.data["turn"] + 1
    ends = min(at.now + BREATH, datetime.fromisoformat(stage.data["ends"]))
    yield ring(at, ends, "turn", turn)
    return changed(stage, turn=turn, said=True)


def half(at: Scene, stage: Stage) -> Moves:
    """Half of the time is over, and the speaker has not begun."""
    span = left(datetime.fromisoformat(stage.data["ends"]), at.now)
    text = at.message(t("You still have the floor, for {span}.", span=span), buttons=(_pass(at),), expects="text")
    yield Say(f"seat:{stage.data['floor']}", text, at.key("half", stage.data["turn"]), Lane.TALK)
    return stage


def over(at: Scene, stage: Stage, rules: Round) -> Moves:
    """The time of a turn is over."""
    seat, missed = stage.data["floor"], list(stage.data["missed"])
    if not stage.data["said"] and not stage.data["second"]:
        text = t("Your time for this turn is over, and the next person speaks.")
        if rules.second_chance:
            missed.append(seat)
            text = t("Your time for this turn is over. You will be asked once more at the end of the round.")
        yield Say(f"seat:{seat}", at.message(text), at.key("over", stage.data["turn"]), Lane.TALK)
    return (yield from give(at, changed(stage, missed=missed), rules))


def passes(at: Scene, stage: Stage, rules: Round, key: str) -> Moves:
    """Somebody does not want to speak in this round, or has finished."""
    seat = at.seat
    if seat.id == stage.data.get("floor"):
        if not stage.data["said"]:
            yield tell(at, f"pass/{key}", t("{name} passes.", name=Name(seat.id)), without=(seat.id,))
        answer = t("Thank you. The next person speaks.")
        stage = yield from give(at, stage, rules)
    elif seat.id in (*stage.data.get("order", ()), *stage.data.get("missed", ())):
        answer = t("You will not be called in this round. After it you can write as you like.")
        stage = leave(stage, seat.id)
    else:
        answer = t("It is not your turn, so there is nothing to pass.")
    yield Say(seat.unit, at.message(answer), at.key("passed", key), Lane.ANSWER, quiet=False)
    return stage


def wait(at: Scene, stage: Stage, key: str, *, in_room: bool = False) -> Moves:
    """Somebody writes out of turn: nothing is passed on, and the person is told when it will be; in a room, where the others
    have read it already, once for each turn."""
    if in_room:
        key = f"{stage.data['turn']}/{at.seat.id}"
    order, floor = list(stage.data["order"]), stage.data["floor"]
    text: list[Block | Part] = [t("It is the turn of {name}, so this was not sent.", name=Name(floor))]
    if in_room:
        text = [t("It is the turn of {name}. What others write in the room now is not kept.", name=Name(floor))]
    if at.seat.id in order:
        before = [floor, *order][order.index(at.seat.id)]
        text.append(t("Yours comes after {name}. Please send it then.", name=Name(before)))
    elif at.seat.id in stage.data["missed"]:
        text.append(t("You will be asked once more at the end of the round. Please send it then."))
    else:
        text.append(t("After the round everybody can write again. Please send it then."))
    yield Say(at.seat.unit, at.message(*text), at.key("wait", key), Lane.ANSWER, quiet=False)
    return stage


def come(stage: Stage, seat: str) -> Stage:
    """A latecomer takes the last place in the order."""
    known = (*stage.data.get("order", ()), *stage.data.get("missed", ()), stage.data.get("floor"))
    if not running(stage) or seat in known or stage.data["spoken"].get(seat):
        return stage
    return changed(stage, order=[*stage.data["order"], seat])


def leave(stage: Stage, seat: str) -> Stage:
    """Somebody no longer waits for a turn."""
    data: dict[str, Any] = {name: [s for s in stage.data.get(name, ()) if s != seat] for name in ("order", "missed")}
    return changed(stage, **data)


def hold(stage: Stage) -> Stage:
    """The talk rests: the speaker's time stops."""
    return changed(stage, turn=stage.data["turn"] + 1) if running(stage) else stage


def again(at: Scene, stage: Stage, rules: Round) -> Moves:
    """The talk goes on: whoever had the floor has it again, for a whole turn."""
    if not running(stage):
        return stage
    return (yield from give(at, changed(stage, order=[stage.data["floor"], *stage.data["order"]]), rules))


def _end(at: Scene, turn_for: timedelta) -> datetime:
    """When a turn that begins now is over. Nobody loses a turn to the night: it begins and ends outside the quiet hours."""
    site = table_of(at).site
    return at.flow.awake(site, at.flow.awake(site, at.now) + turn_for)


def _your_turn(at: Scene, ends: datetime, *, again: bool) -> Message:
    head = t("You missed your turn. Would you like to say something now?") if again else t("It is your turn.")
    told = t("You have {span}. Your table reads what you write.", span=left(ends, at.now))
    return at.message(head, told, buttons=(_pass(at),), expects="text")


def _pass(at: Scene) -> Button:
    return Button(t("Pass"), at.press("pass"))


def _free(at: Scene, stage: Stage, rules: Round) -> Say:
    text = t("Everybody has had a turn. Now write as you like.")
    if stage.closes is not None:
        text = t("Everybody has had a turn. Until {when}, write as you like.", when=until(stage.closes, at.now))
    said = at.message(text, buttons=rules.free, expects="text")
    return Say(table_of(at).unit, said, at.key("free", stage.data["turn"]), Lane.TALK)
