"""One person, one seat, on several chat apps: the invite of a seat that is taken, shown in another app, links that chat to it.

Invariants:

* The new chat is shown a number, and links nothing by itself: the number counts where it is written in a chat that the seat has
  already. So nobody who has found an invite gets at its seat, and whoever does nothing is safe.
* It never makes a second seat. A chat that has a seat in the assembly by itself, and a chat on an app where the seat has one
  already (another phone), is refused like any used code: for a lost phone there is a new invite.
* Both chats reach the seat from then on; the one in which something was written last is written to. A new invite ends that.
"""

from __future__ import annotations

import re

from bot.core.effects import Lane, Note, Request
from bot.core.lodging import lodge, wanted
from bot.core.message import Button, Message, encode, message, t
from bot.core.state import Seat
from bot.engine.house import House
from bot.engine.knock import Knock, answer, ignore
from bot.store import audit, codes, courses, identities, linking, people, queue, rooms, tables
from bot.store.database import Database
from bot.store.identities import Held
from bot.store.queue import OutRow

MINUTE = 60_000
HOLDS, PAUSE = 15 * MINUTE, 5 * MINUTE
"""In milliseconds: how long a number counts, and how often a seat is told that somebody asks."""

NOT_ME = "-not-me"

_NUMBER = re.compile(r"\d{3}[ \u00a0-]?\d{3}")
_TAKING_PART = ("new", "active", "paused")

DONE = t("This chat is linked to your seat now. I write to you where you last wrote. /help shows what you can do.")
BOTH = t("Thank you, the other chat is linked to your seat. From now on I write to you where you last wrote.")
WRONG = t(
    "This is not the number that stands in the other chat, or it is too old. Please look at it again, or ask for a new one there."
)
ENOUGH = t(
    "That was not the number either, so the two chats are not linked. To try again, please show your invitation in the other "
    "chat once more."
)
HAS_ONE = t("The other chat has a seat of its own by now, so the two were not linked.")
ENDED = t("Thank you. Nothing was linked, and your invitation links no other chat any more. Nobody but you reads here.")


def ask(db: Database, house: House, knock: Knock, code: str, held: list[Held]) -> bool:
    """A used invite is shown in another chat: ask its seat. False where this is no case for that."""
    assembly, id = codes.links(db, code) or ("", "")
    seat = people.load_seat(db, id) if id else None
    if seat is None or seat.status not in _TAKING_PART or any(h.assembly == assembly for h in held):
        return False
    if knock.account in identities.accounts(db, id):
        return False
    number = linking.ask(db, id, knock.lookup, knock.now + HOLDS)
    identities.speak(db, knock.lookup, seat.language)
    shown = t(
        "This invitation is in use. If that is you, please write this number in the chat that you have with me already: "
        "{number}. It works for a quarter of an hour.",
        number=f"{number[:3]} {number[3:]}",
    )
    answer(db, knock, message(shown))
    if linking.tell(db, id, knock.now, PAUSE):
        _say(db, assembly, seat, f"{knock.key}/linking", knock.now, _question())
    return True


def _question() -> Message:
    return message(
        t("Somebody has shown your invitation in another chat app. If that was you, please write here the number that stands "
          "there: then both chats are yours."),
        t("If it was not you, you need not do anything: nobody gets in without that number. Please tell it to nobody."),
        buttons=(Button(t("That was not me"), NOT_ME),),
    )  # fmt: skip


def heard(db: Database, house: House, knock: Knock, held: list[Held]) -> bool:
    """A number was written: if it is the one that was shown in the other chat, the two are one. False where it is for others."""
    text = knock.incoming.text.strip()
    if knock.incoming.kind != "message" or knock.incoming.press or knock.incoming.bar or not _NUMBER.fullmatch(text):
        return False
    number = "".join(str(int(c)) for c in text if c.isdecimal())  # in the digits of any script
    for each in held:
        wish = linking.wished(db, each.seat, number, knock.now)
        if wish is not None:
            _link(db, house, knock, each, wish.lookup)
            return True
    asked = next((each for each in held if linking.waits(db, each.seat, knock.now)), None)
    seat = people.load_seat(db, asked.seat) if asked is not None else None
    if asked is None or seat is None or seat.focus:
        return False  # it may be the answer to a question
    _reply(db, knock, asked, message(ENOUGH if linking.wrong(db, asked.seat) else WRONG))
    return True


def refuse(db: Database, knock: Knock, held: list[Held], seat: str) -> None:
    """The person on the seat says that it was somebody else: the invite is in other hands, and links nothing any more."""
    mine = next((each for each in held if each.seat == (seat or each.seat)), None)
    if mine is None:
        ignore(db, knock)
        return
    linking.forget(db, mine.seat)
    codes.end_links(db, mine.seat)
    audit.note(db, mine.assembly, Note("link_refused", mine.seat), knock.now)
    _reply(db, knock, mine, message(ENDED))


def _link(db: Database, house: House, knock: Knock, mine: Held, other: bytes) -> None:
    seat = people.load_seat(db, mine.seat)
    linking.forget(db, mine.seat)
    if seat is None or any(h.assembly == mine.assembly for h in identities.seats_of(db, other)):
        _reply(db, knock, mine, message(HAS_ONE))
        return
    identities.link(db, other, seat.id, mine.helper)
    identities.make_current(db, other, seat.id)
    audit.note(db, mine.assembly, Note("linked", seat.id), knock.now)
    _reply(db, knock, mine, message(BOTH))
    there = OutRow(
        f"{knock.key}/linked",
        mine.assembly,
        None,
        int(Lane.ANSWER),
        knock.now,
        encode(message(DONE)).encode(),
        door=other,
    )
    queue.say(db, [there])
    _offer_rooms(db, house, knock, mine.assembly, seat)


def _offer_rooms(db: Database, house: House, knock: Knock, assembly: str, seat: Seat) -> None:
    """The way into the rooms of the table that can be reached through the new chat; one is made where the plan wants it."""
    flow, plan = house.flow(db, assembly), tables.plan_of(db, assembly, seat.table)
    course = flow.course_of(seat.site)
    if wanted(flow, plan):
        courses.ask(db, assembly, lodge(course, seat.table, f"lodge/{seat.table}/{knock.key}", again=True))
    for room in rooms.at(db, assembly, seat.table) if seat.table and not seat.room else ():
        key = f"link/{room.id}/{knock.key}"
        courses.ask(db, assembly, Request("link", course, "", key, seat.unit, {"room": room.id}))


def _reply(db: Database, knock: Knock, mine: Held, said: Message) -> None:
    answer(db, knock, said, mine.assembly, mine.seat)
    ignore(db, knock, mine.assembly)


def _say(db: Database, assembly: str, seat: Seat, key: str, now: int, said: Message) -> None:
    queue.say(db, [OutRow(key, assembly, seat.id, int(Lane.ANSWER), now, encode(said).encode())])
