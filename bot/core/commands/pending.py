"""What can do harm does not happen at one person's word: a second one agrees, or ten minutes pass in which everybody who is
concerned knows of it, and those who lead can stop it.

Invariants:

* What waits is held (`bot.core.holding`): its command and its arguments, which are ids and listed reasons, never words.
* It happens once: agreed to, ripe or stopped, it is released in the same event.
* While everything rests (`bot.core.commands.halting`) nothing ripens: whoever could object rests too. Its time moves with all
  others, and what is asked for meanwhile has its ten minutes after the rest. A second person may agree at any time.
* Whoever asked for it cannot agree to it, and may stop it. Nor can whoever came in by a code of theirs, or gave them one: one
  stolen account is never two people. Organisers, who give everybody their roles, can.
* Who asked, who agreed and who stopped it stands in the log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.core.commands.call import Call
from bot.core.effects import Keep, Note, Say, Wake, Withdraw
from bot.core.events import Ripe
from bot.core.heard import Heard
from bot.core.holding import KIND, waiting
from bot.core.ids import derive
from bot.core.message import Button, Part, Phrase, message, t
from bot.core.rights import may
from bot.core.spans import until
from bot.core.state import Contribution
from bot.core.talk import somebody
from bot.core.turn import Turn

WAIT = timedelta(minutes=10)
"""How long everybody who is concerned has before it happens without a second person."""

AGREE, STOP, ALL = "-agree", "-stop", "all"

Do = Callable[[Call], None]
"""Carries a command out that waited: `Call.args` are the arguments that were held."""


def of(event: str) -> str:
    """The id under which that waits which an event has asked for."""
    return derive(event, "pending")


def ask(call: Call, args: str, what: Part, told: Phrase | None = None, concerned: tuple[str, ...] = ()) -> None:
    """Put a command off until somebody agrees or the time has passed. `what` says what would happen, as a sentence; `told` is for
    the table that it concerns and for the units that are `concerned` besides, with {when} in it where it names the time."""
    turn, seat, table = call.turn, call.seat, call.table
    id, at = of(call.event.id), max(turn.now, turn.course.halted or turn.now) + WAIT
    place = table.id if table is not None else ""
    turn.effects.append(
        Keep(Contribution(id, "", place, seat.site, seat.id, KIND, args, turn.now, seat.language, target=call.name, shared=False))
    )  # fmt: skip
    turn.effects.append(Wake(at, Ripe(turn.course.id, id, seat.id, place), f"{turn.course.id}/ripe/{id}"))
    turn.effects.append(Note("asked_for", seat.id, {"command": call.name, "table": place}))
    press = f"{id}:{place or ALL}"
    when = until(at, turn.now)
    wanted = message(
        t("{name} asks for this:", name=somebody(seat)), what,
        t("It happens at {when}, or at once if you agree.", when=when),
        buttons=(Button(t("I agree"), f"{AGREE}:{press}"), Button(t("Stop it"), f"{STOP}:{press}")),
    )  # fmt: skip
    site = table.site if table is not None else seat.site
    for unit in (f"coordinators:{site}", "organisers:"):
        turn.effects.append(Say(unit, wanted, f"pending/{id}/{unit}", without=(seat.id,)))
    said = message(Phrase(told.text, {**told.params, "when": when}, told.plural, told.n)) if told is not None else None
    units = (*((table.unit,) if table is not None else ()), *concerned)
    turn.effects += [Say(unit, said, f"pending/{id}/{unit}", without=(seat.id,)) for unit in units if said is not None]
    call.reply(
        what, t("It happens at {when}, or earlier if a second person agrees. They have been asked.", when=when),
        buttons=(Button(t("Stop it"), f"{STOP}:{press}"),),
    )  # fmt: skip


def agree(call: Call, do: Mapping[str, Do]) -> None:
    """A second person agrees: it happens now."""
    held = _held(call)
    if held is None:
        return
    if held.seat == call.seat.id or held.seat in call.turn.state.facts.get("one_hand", ()):
        call.reply(t("A second person has to agree. It happens by itself when the time has come."))
        return
    if not may(call.seat.role, held.target):
        call.reply(t("You may not do this yourself, so you cannot agree to it either."))
        return
    _release(call.turn, held)
    call.turn.effects.append(Note("agreed_to", call.seat.id, {"command": held.target, "asked_by": held.seat}))
    do[held.target](Call(call.turn, call.seat, call.event, held.target, held.text, call.turn.state.table))
    _tell(call, held, t("{name} has agreed: it is done.", name=somebody(call.seat)))


def stop(call: Call) -> None:
    """Somebody who leads does not want it."""
    held = _held(call)
    if held is None:
        return
    _release(call.turn, held)
    call.turn.effects.append(Note("stopped", call.seat.id, {"command": held.target, "asked_by": held.seat}))
    call.reply(t("Stopped. Nothing happens."))
    _tell(call, held, t("{name} has stopped it. Nothing happens.", name=somebody(call.seat)))


def ripe(turn: Turn, event: Ripe, do: Mapping[str, Do]) -> None:
    """The time has passed, and nobody has stopped it."""
    held, seat = waiting(turn, event.id), turn.state.seat
    if held is None or seat is None:
        return
    _release(turn, held)
    if seat.status != "active" or not may(seat.role, held.target):
        turn.effects.append(Note("lapsed", seat.id, {"command": held.target}))
        return
    turn.effects.append(Note("ripe", seat.id, {"command": held.target}))
    call = Call(turn, seat, Heard(event.id, seat.id, turn.now), held.target, held.text, turn.state.table)
    do[held.target](call)


def _held(call: Call) -> Contribution | None:
    """What the button is about, if it still waits."""
    held = waiting(call.turn, call.args.partition(":")[0])
    if held is None:
        call.reply(t("This has been decided already."))
    return held


def _release(turn: Turn, held: Contribution) -> None:
    turn.effects.append(Withdraw(held.seat, held.id))


def _tell(call: Call, held: Contribution, said: Phrase) -> None:
    """Whoever asked for it learns what has become of it."""
    if held.seat != call.seat.id:
        call.say(f"seat:{held.seat}", message(said), "pending")
