"""A seat moves to another chat: somebody has lost their phone, and the organiser has made a new code for their seat.

The old chat is told, and gets nothing more. On the same phone nothing happens but a word.
"""

from __future__ import annotations

from dataclasses import replace

from bot.core.effects import Lane, Note
from bot.core.message import Block, Part, encode, message, t
from bot.core.state import Seat
from bot.engine import lodging, reach
from bot.engine.hearing import hear
from bot.engine.house import House
from bot.engine.knock import Knock, answer, ignore
from bot.store import audit, courses, identities, people, queue
from bot.store.codes import Invite
from bot.store.database import Database
from bot.store.identities import Held
from bot.store.queue import OutRow
from bot.store.times import instant

ELSEWHERE = t("Your seat has moved to another chat, where you used a newer code. Please write to me there.")
FOR_ANOTHER = t(
    "You now also answer for somebody else. Everything from here on is for this person, until you write /for and your own name."
)


def move(db: Database, house: House, knock: Knock, invite: Invite, held: list[Held]) -> None:
    """Let the seat of this invite be reached through the chat where its code was shown, and through no other."""
    seat = people.load_seat(db, invite.seat)
    if seat is None:
        ignore(db, knock, invite.assembly)
        return
    helper = any(h.assembly == invite.assembly and h.seat != seat.id and not h.helper for h in held)
    before = identities.move(db, knock.lookup, seat.id, helper)
    if not before and seat.id in [h.seat for h in held]:
        answer(
            db, knock, message(t("Your seat is in this chat already, so nothing changes.")), invite.assembly, seat.id
        )
        ignore(db, knock, invite.assembly)
        return
    _tell_old_chats(db, house, knock, invite.assembly, seat, before)
    lodging.put_out(db, invite.assembly, seat.id, seat.table, instant(knock.now), "phone", before)
    audit.note(db, invite.assembly, Note("moved", seat.id), knock.now)
    told = t(
        "Your seat is in this chat from now on. What you have answered stands, and the old chat gets nothing more."
    )
    answer(db, knock, message(told, *((FOR_ANOTHER,) if helper else ())), invite.assembly, seat.id)
    reach.person_found(db, knock.lookup, knock.now)
    _bring_up_to_date(db, house, knock, invite.assembly, seat)


def _tell_old_chats(db: Database, house: House, knock: Knock, assembly: str, seat: Seat, before: list[bytes]) -> None:
    flow = house.flow(db, assembly)
    contact = flow.file.mandate.contact
    blocks: list[Block | Part] = [
        t(
            "Your seat in “{title}” has moved to another chat, with a new code from the organisers. Nothing more comes here.",
            title=flow.local(flow.file.flow.title),
        )
    ]
    if contact:
        blocks.append(t("If that was not you, please tell them: {contact}", contact=flow.local(contact)))
    body = encode(message(*blocks)).encode()
    for number, lookup in enumerate(before):
        identities.speak(db, lookup, seat.language)
        row = OutRow(f"{knock.key}/moved/{number}", assembly, None, int(Lane.ANSWER), knock.now, body, door=lookup)
        queue.say(db, [row])


def _bring_up_to_date(db: Database, house: House, knock: Knock, assembly: str, seat: Seat) -> None:
    """Show in the new chat what waits there: any word brings the questions before the consent back, a command the rest."""
    begun = courses.load_course(db, assembly, house.flow(db, assembly).course_of(seat.site))
    asked = seat.status == "new" and begun is not None and begun.state != "waiting"
    shown = "" if asked else "/my" if seat.role == "participant" and seat.status != "new" else "/help"
    hear(db, house, replace(knock, incoming=replace(knock.incoming, text=shown, press="")), seat.id)
