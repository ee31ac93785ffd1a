"""Pausing, leaving, leaving and taking one's words back; and coming back from a pause.

Whoever goes is no longer waited for: in every step that is open and not answered yet, one person less is expected.
"""

from __future__ import annotations

from dataclasses import replace

from bot.core import stopping
from bot.core.commands.call import Call
from bot.core.effects import Lane, Note, Request, Withdraw
from bot.core.message import Block, Button, Part, Phrase, block, message, t
from bot.core.reach import take_up
from bot.core.state import Status

BACK = "-back"
"""The button with which somebody takes part again."""

PAUSE, LEAVE, WITHDRAW, SURE, STAY = "pause", "leave", "withdraw", "withdraw-yes", "stay"


def leave(call: Call) -> None:
    """The three ways to go, each with what it means. Nobody pauses who has not begun."""
    started = call.seat.status == "active"
    blocks: list[Block | Part] = [t("You may stop at any time. What would you like?")]
    if started:
        blocks.append(
            block(t("Pause: you get no messages until you write here again. Your place stays yours."), kind="item")
        )
    blocks.append(block(t("Leave: you get no more messages. What you have said and voted stays."), kind="item"))
    buttons = [Button(t("Pause"), f"-leave:{PAUSE}")] if started else []
    buttons.append(Button(t("Leave"), f"-leave:{LEAVE}"))
    if call.seat.status != "new":
        blocks.append(
            block(
                t(
                    "Leave and take back your words: then they do not stand in the record either. "
                    "Votes that are counted stay counted."
                ),
                kind="item",
            )
        )
        buttons.append(Button(t("Leave and take back my words"), f"-leave:{WITHDRAW}"))
    buttons.append(Button(t("Stay"), f"-leave:{STAY}"))
    call.reply(*blocks, buttons=tuple(buttons))


def chosen(call: Call) -> None:
    """One of the buttons."""
    match call.args:
        case "pause" if call.seat.status == "active":
            go(call, "paused", t("{name} takes a break.", name=call.by))
            call.reply(t("You get no messages for now. Write anything here when you want to come back."))
        case "leave":
            go(call, "left", t("{name} has left.", name=call.by))
            call.reply(t("You have left. Thank you for having been here."))
        case "withdraw" if call.seat.status != "new":
            call.reply(
                t("Shall I really take back everything that you wrote? This cannot be undone."),
                buttons=(
                    Button(t("Yes, leave and take back my words"), f"-leave:{SURE}"),
                    Button(t("Stay"), f"-leave:{STAY}"),
                ),
            )
        case "withdraw-yes" if call.seat.status != "new":
            go(
                call,
                "left",
                t("{name} has left and has taken back what they wrote. Please treat it as not said.", name=call.by),
            )
            call.turn.effects.append(Withdraw(call.seat.id))
            call.reply(t("You have left, and your words are taken back. Thank you for having been here."))
        case _:
            call.reply(t("Good that you stay. Nothing has changed."))


def come_back(call: Call) -> None:
    """A person who paused takes part again, and catches up with what is open."""
    seat, turn = call.seat, call.turn
    if seat.status != "paused":
        not_here(call) if seat.status in ("left", "refused") else call.reply(t("You are here already."))
        return
    seat = replace(seat, status="active")
    turn.put(seat)
    turn.effects.append(Note("returned", seat.id))
    call.reply(t("Welcome back."))
    take_up(turn, seat, call.event.id)


def not_here(call: Call) -> None:
    """Somebody writes or presses who takes no part at present: the way back, if there is one."""
    if call.seat.status == "paused":
        call.reply(
            t("You are taking a break, so this was not kept or passed on."),
            buttons=(Button(t("Come back"), f"{BACK}:"),),
        )
        return
    blocks: list[Block | Part] = [t("You are not taking part, so nothing of this was kept or passed on.")]
    contact = call.flow.file.mandate.contact
    if contact:
        blocks.append(t("If you want to come back, please write to: {contact}", contact=call.flow.local(contact)))
    call.reply(*blocks)


def go(call: Call, status: Status, told: Phrase) -> None:
    """Somebody goes: nobody waits for them any longer, and their table is told."""
    turn, seat, table = call.turn, call.seat, call.table
    was_active = seat.status == "active"
    for node in turn.waiting() if was_active or seat.status == "new" else ():
        turn.count(node, "expected", -1)
        turn.close_if_all_done(node)
    talk = call.talk() if was_active else None
    for step, held in tuple(turn.course.held.items()) if status == "left" else ():
        if held.seat == seat.id:  # nobody who is gone holds an assembly up
            stopping.lift(turn, turn.flow.nodes[step], seat.id)
    turn.put(replace(seat, status=status, focus=""))
    turn.effects.append(Note(status, seat.id))
    if table is not None and table.rooms and status == "left":
        gone = Request("dismiss", turn.course.id, "", f"dismiss/{call.event.id}", seat.unit, {"table": table.id})
        turn.effects.append(gone)
    if table is not None and was_active:
        call.say(table.unit, message(told), "gone", Lane.TALK, without=(seat.id,))
    if talk is not None:
        talk.take(talk.step.left(talk.scene))
    if seat.role == "facilitator" and table is not None and was_active:
        text = t(
            "{name}, who facilitates table {number}, does not take part any longer.", name=call.by, number=table.number
        )
        call.say(f"coordinators:{table.site}", message(text), "gone")
