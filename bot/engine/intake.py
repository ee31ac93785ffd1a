"""From what a transport received to events of the inbox: who wrote, and what of it may be kept.

Invariants:

* Events and cursor are committed together; what is known already changes nothing.
* Before a person has consented only presses and commands are stored, no words.
* A person who holds several seats (somebody's helper) speaks for the current one; `/for NAME` changes it. A button that
  names a seat belongs to that seat.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.effects import Lane, Note
from bot.core.events import Heard, Joined
from bot.core.events import encode as encode_event
from bot.core.flow import Flow
from bot.core.message import Message, Name, Part, Phrase, Several, encode, message, t
from bot.core.rights import COMMANDS
from bot.core.state import Role
from bot.engine.house import House
from bot.store import codes, courses, identities, people, queue
from bot.store.codes import Invite
from bot.store.database import Database
from bot.store.queue import InRow, OutRow
from bot.store.times import instant, ms
from bot.transports.port import Batch, Incoming

JOIN = ("/join", "/start")
FOR = "/for"

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


def take_in(db: Database, house: House, account: str, batch: Batch, now: datetime) -> int:
    """Store what was received, and the cursor. How many things were new."""
    new = 0
    for incoming in batch.events:
        key = f"{account}/{incoming.id}"
        if queue.known(db, key):
            continue
        new += 1
        lookup = identities.meet(db, account, incoming.user, incoming.place, ms(now))
        _receive(db, house, Knock(account, lookup, incoming, key, ms(now)))
    queue.move_cursor(db, account, batch.cursor)
    return new


def _receive(db: Database, house: House, knock: Knock) -> None:
    text = knock.incoming.text.strip()
    word, _, rest = text.partition(" ")
    if not knock.incoming.press and word.casefold() in JOIN and rest.strip():
        _join(db, house, knock, rest.strip())
        return
    held = [h.seat for h in identities.seats_of(db, knock.lookup)]
    if not held:
        _newcomer(db, house, knock)
        return
    if not knock.incoming.press and word.casefold() == FOR:
        _speak_for(db, knock, rest.strip(), held)
        return
    press, _, addressed = knock.incoming.press.partition("@")
    if addressed and addressed not in held:
        queue.remember(db, "", knock.key, knock.now)
        return
    seat_id = addressed or identities.current_seat(db, knock.lookup) or held[0]
    seat, assembly = people.load_seat(db, seat_id), people.assembly_of(db, seat_id)
    if seat is None or assembly is None:
        return
    kept = text if seat.status in ("active", "paused") or text.startswith("/") else ""
    at = min(knock.incoming.at, instant(knock.now))
    heard = Heard(knock.key, seat_id, at, kept, press)
    queue.put_events(db, [InRow(assembly, knock.key, heard.kind, ms(at), knock.now, encode_event(heard), seat_id)])


def _join(db: Database, house: House, knock: Knock, code: str) -> None:
    """A code at the door: a seat, a role, or why not."""
    found = codes.use_code(db, code, knock.now)
    if not isinstance(found, Invite):
        why: Part = t("I do not know this code. Please look at it again: it has letters and digits only.")
        if found == "used":
            why = t("This code has been used already. Whoever gave it to you can make a new one.")
        elif found == "expired":
            why = t("This code is too old. Whoever gave it to you can make a new one.")
        _answer(db, knock, message(why))
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
        _answer(db, knock, _your_role(invite.role), invite.assembly, seat_id)
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
        _answer(db, knock, _your_role(invite.role), invite.assembly, seat.id)
    elif helper:
        told = message(
            t(
                "You now also answer for somebody else. Everything from here on is for this person, "
                "until you write /for and your own name."
            )
        )
        _answer(db, knock, told, invite.assembly, seat.id)
    joined = Joined(seat.id, flow.course_of(site.id))
    queue.put_events(db, [InRow(invite.assembly, knock.key, joined.kind, knock.now, knock.now, encode_event(joined))])


def _newcomer(db: Database, house: House, knock: Knock) -> None:
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
    _answer(
        db,
        knock,
        message(
            t(
                "Good day. I am Pnyx, a program that leads assemblies. To take part, please write /join "
                "and the code from your invitation."
            )
        ),
    )


def _speak_for(db: Database, knock: Knock, name: str, held: list[str]) -> None:
    """A helper says for whom the next answers are."""
    names = people.names(db, held)
    found = next((seat for seat, own in names.items() if own.casefold() == name.casefold()), None)
    if found is None:
        known = Several(tuple(Name(seat) for seat in names)) if names else t("nobody yet")
        _answer(
            db,
            knock,
            message(
                t(
                    "You can answer here for: {names}. For example: /for {example}",
                    names=known,
                    example=next(iter(names.values()), "Anna"),
                )
            ),
        )
        return
    assembly = people.assembly_of(db, found) or ""
    identities.make_current(db, knock.lookup, found)
    queue.remember(db, assembly, knock.key, knock.now)
    _answer(db, knock, message(t("From here on you answer for {name}.", name=Name(found))), assembly, found)


def _your_role(role: Role) -> Message:
    return message(
        t("Your role in this assembly: {role}. /help shows what you can do.", role=ROLES[role]),
        t(
            "What shall people here call you? Please write it like this: {example}",
            example=COMMANDS["name"].example,
        ),
    )


def _answer(db: Database, knock: Knock, said: Message, assembly: str = "", seat: str | None = None) -> None:
    """Answer at the door, or to the seat that has just been taken."""
    door = None if seat else knock.lookup
    row = OutRow(f"{knock.key}/door", assembly, seat, int(Lane.ANSWER), knock.now, encode(said).encode(), door=door)
    queue.say(db, [row])
    if not seat:
        queue.remember(db, assembly, knock.key, knock.now)
