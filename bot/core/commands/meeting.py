"""Where a table meets: giving it a room, giving the room up, and the way in."""

from __future__ import annotations

from datetime import datetime

from bot.core import rooms, ways_in
from bot.core.commands.call import Call
from bot.core.effects import Note, Request, Say
from bot.core.events import Answered
from bot.core.message import When, block, message, t
from bot.core.turn import Turn


def bind(call: Call) -> None:
    """Explain how a table gets a room, and give whoever asks a code for it. The code itself is written in the room, where the
    engine takes it (`bot.engine.rooms`)."""
    table, turn = call.table, call.turn
    if table is None:
        return
    if call.args:
        call.reply(
            t(
                "Please write the code in the group or topic where your table shall meet, not here. Then I know the place."
            )
        )
        return
    args = {"table": table.id, "number": table.number}
    turn.effects.append(Request("bind", turn.course.id, "", f"bind/{call.event.id}", call.seat.unit, args))


def offered(turn: Turn, event: Answered) -> None:
    """The code is made: the job answers with `code`, `until` and the table's `number`. Where the engine can make a room itself it
    says in place of the code whether it is `making` one; else there is one already."""
    made = event.result
    if "making" in made:
        told = t(
            "Table {number} has a room already. /unbind gives it up, then you can bind another.", number=made["number"]
        )
        if made["making"]:
            told = t("I am making a room for table {number}.", number=made["number"])
        turn.effects.append(Say(event.unit, message(told), f"offered/{made['id']}", quiet=False))
        return
    said = message(
        t("How table {number} gets a room:", number=made["number"]),
        block(t("Make a group or a topic for it in this chat app, and add me to it as an administrator: else I cannot "
                "read what is written, nor invite people."), kind="item"),
        block(t("Write this there, under your own name: {command}", command=f"/bind {made['code']}"), kind="item"),
        block(t("I then tell everybody at the table. Whoever would rather not be seen stays in their own chat."), kind="item"),
        block(t("The code works once, for you alone, until {when}.", when=When(datetime.fromisoformat(made["until"]))),
              kind="note"),
    )  # fmt: skip
    turn.effects.append(Say(event.unit, said, f"offered/{made['id']}", quiet=False))


def unbind(call: Call) -> None:
    """Give the table's room up."""
    table = call.table
    if table is None or not table.rooms:
        call.reply(t("This table has no room. /bind gives it one."))
        return
    rooms.give_up(call.turn, table)
    call.turn.effects.append(Note("gave_up", call.seat.id, {"table": table.id}))
    call.reply(
        t(
            "Table {number} has no room any more. Everybody reads and writes in their own chat with me.",
            number=table.number,
        )
    )


def room(call: Call) -> None:
    """The way into the table's room."""
    seat, table = call.seat, call.table
    if table is None or not table.rooms:
        call.reply(t("Your table has no room: you read and write here."))
    elif table.in_room(seat):
        call.reply(t("You are in the room of your table. If you leave it, you read and write here again."))
    else:
        for each in table.rooms:
            ways_in.ask_for_link(call.turn, seat.unit, each, f"link/{call.event.id}/{each}")


def come(call: Call) -> None:
    """Somebody would like to come into a room."""
    table = call.table
    if table is None or call.args not in table.rooms:
        call.reply(t("This room is not there any more: you read and write here."))
    elif call.seat.room == call.args:
        call.reply(t("You are in the room of your table. If you leave it, you read and write here again."))
    else:
        ways_in.ask_in(call.turn, call.seat.unit, call.args, f"admit/{call.event.id}")


def stay(call: Call) -> None:
    """Somebody would rather not be seen: nothing needs to be done for that."""
    if call.table is not None and call.table.in_room(call.seat):
        call.reply(t("You are in the room of your table already. If you leave it, you read and write here again."))
        return
    call.reply(
        t(
            "Good: you read and write here, and nobody there sees your account. If you change your mind, /room shows the way in."
        )
    )
