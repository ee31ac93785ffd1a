"""What people do while their table talks: let a turn pass, take a message back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.core import pictures, voices
from bot.core.commands.call import Call, Talk
from bot.core.effects import Effect, Put, Recall, Withdraw
from bot.core.ids import derive
from bot.core.message import t
from bot.core.steps.try_out import TryOut
from bot.core.talk import take_back


def pass_turn(call: Call) -> None:
    """The same as the button that comes with a turn."""
    if talk := call.talk():
        press = replace(call.event, text="", press=talk.scene.press("pass"))
        talk.take(talk.step.hear(talk.scene, press))


def undo(call: Call) -> None:
    """Take the last message of this talk back."""
    talk = call.talk()
    last = talk.stage.data["last"].get(call.seat.id) if talk is not None else None
    if talk is None or last is None:
        call.reply(t("There is no message of yours to take back in this talk."))
        return
    _back(call, talk, last)


def tried(call: Call) -> bool:
    """Whether somebody has just tried out how to take a sentence back (`bot.core.steps.try_out`)."""
    for step in call.turn.course.open:
        node = call.flow.nodes[step]
        at = call.turn.scene(node, call.seat.unit)
        if isinstance(node.step, TryOut) and node.step.takes_back(at):
            call.turn.hook(node, call.seat.unit, node.step.taken_back(at, derive(call.event.id)))
            return True
    return False


def undo_pressed(call: Call) -> None:
    """Take the message of this button back, be the talk over or not."""
    given = call.turn.state.facts.get("held", {}).get(call.args)
    if given is None or given.seat != call.seat.id:
        call.reply(t("You can take back your own messages only."), instead=False)
        return
    if given.state != "live":
        call.reply(t("This is taken back or hidden already."))
        return
    if talk := call.talk():
        _back(call, talk, call.args)
        return
    call.turn.effects.append(Withdraw(call.seat.id, call.args))
    call.turn.effects.append(Recall(call.args, given.table, f"undo/{call.args}"))
    call.reply(t("Taken back: it will not stand in the record. Some may have read it already."))


def _back(call: Call, talk: Talk, id: str) -> None:
    data, seat = talk.stage.data, call.seat.id
    unseen = data["waiting"].get(id) == seat or any(
        note["id"] == id and note["seat"] == seat for note in voices.standing(talk.stage)["waiting"]
    )

    def effects() -> Iterator[Effect]:
        stage = voices.take_back(talk.stage, id)
        how = pictures.take_back if unseen else take_back
        yield Put((yield from how(talk.scene, stage, id)))

    talk.take(effects())
    if unseen:
        call.reply(t("Taken back. Nobody at your table has seen it."))
        return
    call.reply(t("Taken back. Your table has been told; some may have read it already."))
