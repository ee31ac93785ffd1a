"""The door: somebody without a seat comes in with a code, or into an open assembly; or asks how.

A code is a seat or a role. Who is already in gets the role as well: one person, one seat.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.core.effects import Lane, Note
from bot.core.events import Joined
from bot.core.events import encode as encode_event
from bot.core.flow import Flow
from bot.core.message import Message, Part, Phrase, encode, message, t
from bot.core.rights import COMMANDS
from bot.core.state import Role
from bot.engine.house import House
from bot.store import codes, courses, identities, people, queue
from bot.store.codes import Invite
from bot.store.database import Database
from bot.store.queue import InRow, OutRow
from bot.transports.port import Incoming

ROLES: dict[Role, Phrase] = {
    "participant": t("participant"),
    "facilitator": t("facilitator"),
    "coordinator": t("coordinator"),
    "organiser": t("organiser"),
    "observer": t("observer"),
    "expert": t("expert"),
    "translator": t("translator"),
}


@dataclass(frozen=True, slots=True)
class Knock:
    """Somebody at the door: how to reach them, what they said, and when it was received (milliseconds)."""

    account: str
    lookup: bytes
    incoming: Incoming
    key: str
    now: int


def join(db: Database, house: House, knock: Knock, code: str) -> None:
    """A code at the door: a seat, a role, or why not."""
    found = codes.use_code(db, code, knock.now)
    if not isinstance(found, Invite):
        why: Part = t("I do not know this code. Please look at it again: it has letters and digits only.")
        if found == "used":
            why = t("This code has been used already. Whoever gave it to you can make a new one.")
        elif found == "expired":
            why = t("This code is too old. Whoever gave it to you can make a new one.")
        answer(db, knock, message(why))
        return
    held = [h.seat for h in identities.seats_of(db, knock.lookup) if h.assembly == found.assembly]
    if held and found.role != "participant":
        _take_role(db, knock, held[0], found)
    else:
        _seat(db, house.flow(db, found.assembly), knock, found, helper=bool(held))


def _take_role(db: Database, knock: Knock, seat_id: str, invite: Invite) -> None:
    """Who sits here already gets another role: one person, one seat."""
    seat = people.load_seat(db, seat_id)
    if seat is not None:
        people.save_seat(db, replace(seat, role=invite.role, site=invite.site or seat.site, status="active"))
        answer(db, knock, _your_role(invite.role), invite.assembly, seat_id)
    queue.remember(db, invite.assembly, knock.key, knock.now)


def _seat(db: Database, flow: Flow, knock: Knock, invite: Invite, *, helper: bool) -> None:
    """Give a seat. A participant is asked for consent next; whoever serves in a role may begin at once."""
    site = flow.sites.get(invite.site) or flow.file.schedule.sites[0]
    hint = knock.incoming.language.split("-")[0]
    language = hint if hint in flow.languages else site.languages[0]
    seat = identities.enrol(
        db, invite.assembly, knock.account, knock.incoming.user, knock.incoming.place, invite.role, site.id, language, helper,
        at=knock.now, table=invite.table,
    )  # fmt: skip
    courses.note(db, invite.assembly, Note("joined", seat.id, {"role": invite.role, "site": site.id}), knock.now)
    if invite.role != "participant":
        people.save_seat(db, replace(seat, status="active"))
        answer(db, knock, _your_role(invite.role), invite.assembly, seat.id)
    elif helper:
        told = message(
            t(
                "You now also answer for somebody else. Everything from here on is for this person, "
                "until you write /for and your own name."
            )
        )
        answer(db, knock, told, invite.assembly, seat.id)
    joined = Joined(seat.id, flow.course_of(site.id))
    queue.put_events(db, [InRow(invite.assembly, knock.key, joined.kind, knock.now, knock.now, encode_event(joined))])


def newcomer(db: Database, house: House, knock: Knock) -> None:
    """Somebody without a seat: an open assembly gives one, the others ask for a code."""
    for row in courses.assemblies(db):
        flow = house.flow(db, row.id)
        joining = flow.file.joining
        taken = sum(people.head_count(db, row.id, site.id, 0)[0] for site in flow.file.schedule.sites)
        if row.state == "open" and joining.open and taken < joining.cap:
            hint = knock.incoming.language.split("-")[0]
            sites = flow.file.schedule.sites
            site = next((s for s in sites if hint in s.languages), sites[0])
            _seat(db, flow, knock, Invite(row.id, "participant", site.id, ""), helper=False)
            return
    answer(
        db,
        knock,
        message(
            t(
                "Good day. I am Pnyx, a program that leads assemblies. To take part, please write /join "
                "and the code from your invitation."
            )
        ),
    )


def _your_role(role: Role) -> Message:
    return message(
        t("Your role in this assembly: {role}. /help shows what you can do.", role=ROLES[role]),
        t(
            "What shall people here call you? Please write it like this: {example}",
            example=COMMANDS["name"].example,
        ),
    )


def answer(db: Database, knock: Knock, said: Message, assembly: str = "", seat: str | None = None) -> None:
    """Answer at the door, or to the seat that has just been taken."""
    door = None if seat else knock.lookup
    row = OutRow(f"{knock.key}/door", assembly, seat, int(Lane.ANSWER), knock.now, encode(said).encode(), door=door)
    queue.say(db, [row])
    if not seat:
        queue.remember(db, assembly, knock.key, knock.now)
