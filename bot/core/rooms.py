"""Rooms: what people are told when their table gets a room or loses it, and when somebody comes in or goes.

Invariants:

* Nobody is seen there unasked: each member is told in private, before coming in, that everybody in a room sees accounts. Who
  stays in the private chat misses nothing.
* Somebody reads in a room only as a member, or a facilitator, of the table that meets there. Anybody else is announced to the
  table, once, and what they write is neither kept nor passed on.
* In a room nobody sees a role beside a name, so whoever leads the table is announced there too.
* When a room is lost everybody reads in private again, before anything more is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.core.effects import Lane, Note, Request, Say, Unbind
from bot.core.events import Answered
from bot.core.heard import Bound, Entered, Exited, Heard, Unbound
from bot.core.leading import leads
from bot.core.message import Block, Button, Name, Part, Phrase, block, message, t
from bot.core.rights import TABLE
from bot.core.spans import spell
from bot.core.state import Seat, Table
from bot.core.steps.discuss import Discuss
from bot.core.talk import REST, somebody, talk_at, who
from bot.core.turn import Turn
from bot.core.ways_in import ask_for_link, ask_in

GONE = t("I was removed from it, or it was deleted")
WHY: Mapping[str, Phrase] = {
    "kicked": t("I was removed from it"),
    "deleted": t("it was deleted"),
    "topic deleted": t("it was deleted"),
    "topic closed": t("its topic was closed"),
    "not allowed to write": t("I may not write there any more"),
    "restricted": t("I may not write there any more"),
}
"""What people read for the words with which transports say why a room is lost."""


def bound(turn: Turn, event: Bound) -> None:
    """A table has a room: the room is told what it is, and everybody at the table what that means for them."""
    table = turn.state.table
    if table is None or event.room not in table.rooms:
        return
    title = turn.flow.local(turn.flow.file.flow.title)
    here: list[Block | Part] = [
        block(t("The room of table {number}", number=table.number), kind="title"),
        t("Here table {number} of “{title}” meets. I am Pnyx, a program. While a talk is open I keep what is written here, "
          "and pass it on to those of the table who read in their own chat.", number=table.number, title=title),
        t("Everybody in this room sees the account and name that the others use in this app. If you would rather not be seen, "
          "stay in your own chat with me: there you read and say the same under the name you chose."),
        t("Questions and votes come to each of you in private, never here."),
    ]  # fmt: skip
    if turn.state.seat is not None and _at_table(turn.state.seat, table):
        by = somebody(turn.state.seat)
        here.append(t("{name}, who wrote the code here, leads this table and has no vote in it.", name=by))
    turn.effects.append(Say(f"room:{event.room}", message(*here), f"bound/{event.room}"))
    turn.effects.append(Note("bound", event.seat, {"table": table.id}))
    if turn.state.seat is None:
        made = t(
            "I have made a room for table {number}. Whoever can come in there is asked in private; everybody else reads and "
            "writes in their own chat, as before. /unbind gives the room up.",
            number=table.number,
        )
        turn.effects.append(Say(f"facilitators:{table.id}", message(made), f"made/{event.room}"))
    else:
        _told(turn, turn.state.seat, f"bound/{event.room}", t(
            "Table {number} has a room now. I tell everybody at the table in private; whoever does not come reads "
            "along in their own chat. /unbind gives the room up.", number=table.number,
        ))  # fmt: skip
        if _at_table(turn.state.seat, table):
            turn.put(replace(turn.state.seat, room=event.room))
    ask_for_link(turn, table.unit, event.room, f"link/{event.room}")


def unbound(turn: Turn, event: Unbound) -> None:
    """The table has lost its room without wanting it: a talk rests, everybody reads in private, and whoever leads the table
    learns what happened and what to do."""
    table = turn.state.table
    if table is None:
        return
    _back_to_private(turn, table, event.room)
    turn.effects.append(Note("unbound", data={"table": table.id, "why": event.why}))
    talk = talk_at(turn.flow, turn.state)
    told: list[Part] = [
        t("Table {number} has lost its room: {why}.", number=table.number, why=WHY.get(event.why, GONE)),
        t("Everybody at the table reads and writes in their own chat with me again."),
    ]
    if talk is not None:
        node, unit = talk
        if isinstance(node.step, Discuss):
            turn.hook(node, unit, node.step.pause(turn.scene(node, unit)))
        told.append(
            t("The talk rests for {span} and then goes on there; /resume lets it go on earlier.", span=spell(REST))
        )
    told.append(t("To give the table a room again, write /bind here."))
    turn.effects.append(Say(f"facilitators:{table.id}", message(*told), f"unbound/{event.room}"))


def give_up(turn: Turn, table: Table) -> None:
    """Whoever leads the table gives its rooms up: those that we have made are closed. The talk goes on, in private chats."""
    for room in table.rooms:
        turn.effects.append(Request("shut", turn.course.id, "", f"shut/{room}", args={"room": room}))
        turn.effects.append(Unbind(room))
        said = message(
            t("This is not the room of table {number} any more. What is written here is neither kept nor passed on; the table "
              "goes on in everybody's own chat with me.", number=table.number)
        )  # fmt: skip
        turn.effects.append(Say(f"room:{room}", said, f"given-up/{room}", quiet=False))
        _back_to_private(turn, table, room)


def _back_to_private(turn: Turn, table: Table, room: str) -> None:
    for seat in table.everybody:
        if seat.room == room:
            turn.put(replace(seat, room=""))
            name = Name(seat.id) if seat.role == "participant" else who(seat)
            _told(turn, seat, f"back/{room}", t(
                "Your table has no room any more. From now on you read and write here, and your table sees you as {name}.",
                name=name,
            ))  # fmt: skip


def entered(turn: Turn, event: Entered) -> None:
    """Somebody has come into a room."""
    table, seat = turn.state.table, turn.state.seat
    if table is None or event.room not in table.rooms:
        return
    if seat is not None and _at_table(seat, table):
        come(turn, seat, event.room, f"came/{event.room}/{int(event.at.timestamp() * 1000)}")
        if seat.role == "expert":
            said = message(t("{name} has come into the room of this table.", name=somebody(seat)))
            turn.effects.append(Say(table.unit, said, f"expert/{event.room}/{seat.id}", Lane.TALK, without=(seat.id,)))
        return
    what: Part = t("What they write is neither kept nor passed on.")
    if event.out:
        what = t("What they write is neither kept nor passed on, and I put them out again.")
    head: Part = t("Somebody without a seat at this table has come into its room.")
    if seat is not None and (seat.role not in TABLE or seat.role == "expert" or leads(seat, table)):
        head = t("{name} has come into the room of this table.", name=somebody(seat))
    key = f"stranger/{event.room}/{seat.id if seat is not None else event.mark}"
    turn.effects.append(Say(table.unit, message(head, what), key, Lane.TALK))


def stays_in(turn: Turn, event: Answered) -> None:
    """Somebody who was to be put out could not be: whoever leads the table learns that, and can do it."""
    if (table := turn.state.table) is not None:
        told = t(
            "Somebody without a seat at table {number} is in its room, and I could not put them out: I may not do that there any "
            "more. Please put them out yourself, or give the room up with /unbind.",
            number=table.number,
        )
        turn.effects.append(Say(f"facilitators:{table.id}", message(told), f"stays-in/{event.result['n']}"))


def exited(turn: Turn, event: Exited) -> None:
    """Somebody has left a room, or did not move with it: they read in private again."""
    seat = turn.state.seat
    if seat is None or seat.room != event.room:
        return
    turn.put(replace(seat, room=""))
    when = int(event.at.timestamp() * 1000)
    if event.moved:
        _told(turn, seat, f"moved/{event.room}/{when}", t(
            "The room of your table has moved. Until you have come into the new one, you read and write here."
        ))  # fmt: skip
        ask_in(turn, seat.unit, event.room, f"admit/{event.room}/{seat.id}/{when}")
        return
    _told(turn, seat, f"went/{event.room}/{when}", t(
        "You are not in the room of your table any more. You read and write here again, and nobody there sees your account."
    ), buttons=(Button(t("Come in"), "-room:"),))  # fmt: skip


def come(turn: Turn, seat: Seat, room: str, key: str) -> Seat:
    """A seat of the table is in its room: from now on it reads the talk there. The seat as it then is."""
    if seat.room == room:
        return seat
    seat = replace(seat, room=room)
    turn.put(seat)
    _told(turn, seat, key, t(
        "You are in the room of your table now: read and write there while your table talks. Questions and votes still come "
        "here, to you alone."
    ))  # fmt: skip
    _presented(turn, seat, room)
    return seat


def _presented(turn: Turn, seat: Seat, room: str) -> None:
    """Whoever leads a table is announced in its room, once: what they write there shows their account, and no role."""
    if seat.role != "participant":
        told = t("{name} has come in: they lead this table, and have no vote in it.", name=somebody(seat))
        turn.effects.append(Say(f"room:{room}", message(told), f"presented/{room}/{seat.id}"))


def present(turn: Turn, seat: Seat, event: Heard) -> Seat:
    """Somebody does something in a room: if they belong to its table they are there now, even if nobody saw them come."""
    table = turn.state.table
    if table is None or event.room not in table.rooms or not _at_table(seat, table):
        return seat
    return come(turn, seat, event.room, f"came/{event.id}")


def _at_table(seat: Seat, table: Table) -> bool:
    """Whether somebody takes part at this table now."""
    return seat.table == table.id and seat.role in TABLE and seat.status == "active"


def _told(turn: Turn, seat: Seat, key: str, *blocks: Block | Part, buttons: tuple[Button, ...] = ()) -> None:
    turn.effects.append(Say(seat.unit, message(*blocks, buttons=buttons), key, quiet=False))
