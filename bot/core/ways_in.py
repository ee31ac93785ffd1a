"""Ways into a room: who is offered one, and how people come in.

Some platforms have links with which people come in by themselves. Where we make the rooms, people are asked in one by one, and
only once they have said that they would like to come: an invitation alone shows an account to everybody who is there. Those who
lead a table are asked in when its room is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core.effects import Request, Say
from bot.core.events import Answered
from bot.core.message import Button, Message, Part, Plain, message, t
from bot.core.turn import Turn

STAY = Button(t("Stay here"), "-stay:")
MISSING_NOTHING = t(
    "If you stay here you miss nothing: I bring you what is said there, and take what you write to your table under the name you "
    "chose."
)


def ask_for_link(turn: Turn, unit: str, room: str, key: str) -> None:
    """Ask the engine for the way into a room: for a whole table, or for one seat."""
    turn.effects.append(Request("link", turn.course.id, "", key, unit, {"room": room}))


def linked(turn: Turn, event: Answered) -> None:
    """The way into a room is known, or there is none: offer it to those who are not there yet, and to nobody else.

    The job answers with `room`, the `link` ("" where none can be had), `may` (False where the bot is not allowed to make one)
    and `seats`, who has an account with which they can come in; where people are asked in one by one with `asks`, and with
    `guides`, who has been asked in already."""
    table, found = turn.state.table, event.result
    if table is None or found["room"] not in table.rooms:
        return
    asked = turn.state.seat
    for seat in (asked,) if asked is not None else table.everybody:
        if seat.id in found["seats"] and seat.status == "active" and not table.in_room(seat):
            key = f"invited/{found['room']}/{event.unit}/{found['n']}"
            said = invitation(found, guide=asked is None and seat.id in found.get("guides", ()))
            turn.effects.append(Say(seat.unit, said, key, quiet=asked is None))
    if not found["link"] and asked is None and not found.get("asks"):
        why = t("I could not make a link into the room of table {number}.", number=table.number)
        what = t("Please invite those at your table who would like to come.")
        if not found["may"]:
            what = t("I may not invite people there. Please allow me to, or invite them yourself.")
        turn.effects.append(Say(f"facilitators:{table.id}", message(why, what), f"no-link/{found['room']}"))


def invitation(found: Mapping[str, Any], *, guide: bool = False) -> Message:
    """What somebody reads before coming in."""
    if found.get("asks"):
        return _asked_in(str(found["room"]), guide=guide)
    way: Part = t("Your facilitator can tell you the way in.")
    if found["link"]:
        way = t("If you want to come in: {link}", link=Plain(found["link"]))
    return message(
        t("Your table has a room now, a group in this chat app. Everyone there sees the account and name that you use in this "
          "app; here nobody does."),
        way,
        MISSING_NOTHING,
        buttons=(STAY,),
    )  # fmt: skip


def _asked_in(room: str, *, guide: bool) -> Message:
    there = t(
        "Your table has a room now, in a chat app that you use with me. Everyone there sees the account and name that you use in "
        "it; here nobody does."
    )
    if guide:
        accept = t("I have invited you: to lead your table there, please accept the invitation in that app.")
        return message(there, accept, MISSING_NOTHING)
    return message(there, MISSING_NOTHING, buttons=(Button(t("Come in"), f"-come:{room}"), STAY))


def ask_in(turn: Turn, unit: str, room: str, key: str, *, moved: bool = False) -> None:
    """Ask the engine to invite somebody, who would like to come; `moved` where they were in the room of the table where they sat
    before."""
    turn.effects.append(Request("admit", turn.course.id, "", key, unit, {"room": room, "moved": moved}))


def admitted(turn: Turn, event: Answered) -> None:
    """Somebody was invited into a room, or could not be: the job answers with `room`, `invited`, a `link` that opens it, and
    `moved`."""
    seat, table, found = turn.state.seat, turn.state.table, event.result
    if seat is None or table is None or found["room"] not in table.rooms or table.in_room(seat):
        return
    told: list[Part] = [t("I could not invite you just now. Here you miss nothing, and /room tries again.")]
    if found["invited"]:
        told = [t("I have invited you: please accept the invitation in your chat app.")]
        if found["moved"]:
            told = [
                t("Your new table has a room too, and since you were in the one before, I have invited you: please accept the "
                  "invitation in your chat app. Everyone there sees the account and name that you use in it."),
                MISSING_NOTHING,
            ]  # fmt: skip
        if found["link"]:
            told.append(t("Or open it here: {link}", link=Plain(found["link"])))
    turn.effects.append(Say(seat.unit, message(*told), f"admitted/{found['n']}", quiet=False))


def not_made(turn: Turn, event: Answered) -> None:
    """A room could not be made."""
    if (table := turn.state.table) is not None:
        told = t(
            "I could not make a room for table {number}. Everybody there reads and writes in their own chat with me, as before; "
            "/bind tries again.",
            number=table.number,
        )
        turn.effects.append(Say(f"facilitators:{table.id}", message(told), f"not-made/{event.result['n']}"))
