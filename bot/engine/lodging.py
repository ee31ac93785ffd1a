"""The rooms that we make ourselves: which are wanted, who is asked in and who is put out, and when they are closed.

Everything here happens in a transaction; what has to be done at a platform becomes a job for `bot.engine.hosting`.

Invariants:

* A table has one room at most on each account, and only where somebody at the table is reached through that account.
* Nobody but those who lead the table is asked in before they have said that they would like to come: an invitation alone
  shows an account to everybody in the room.
* Whoever sits there no longer, or has another phone now, is put out, and so is an invitation that was not taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.core.effects import Lane, Request, Seated
from bot.core.message import Part, encode, message, t
from bot.core.rights import TABLE
from bot.core.state import Seat, Table
from bot.engine.house import House
from bot.engine.work import Work
from bot.language.render import Reader, render
from bot.store import courses, identities, people, rooms, spaces, tables
from bot.store.courses import Job
from bot.store.database import Database
from bot.store.rooms import Room
from bot.store.times import ms

LONGEST = 200
"""Characters of the name of a room, and of a space."""

CLOSED = t(
    "This assembly has ended. What stands here can still be read, but nobody can write here any more. Thank you."
)


def lodge(db: Database, house: House, job: Job) -> dict[str, Any]:
    """Let a table have its rooms: one on each account that makes rooms and reaches somebody there."""
    request = job.request
    table = tables.load_table(db, job.assembly, request.unit.removeprefix("table:"))
    accounts = _wanted(db, house, job.assembly, table) if table is not None else []
    for account in accounts:
        ask_for_room(db, job, account, request.unit.removeprefix("table:"))
    led = table is not None and any(s.status == "active" for s in table.staff)
    return {"making": len(accounts), "again": bool(request.args.get("again")), "led": led}


def _wanted(db: Database, house: House, assembly: str, table: Table) -> list[str]:
    reached = {account for seat in seated(table) for account in identities.accounts(db, seat.id)}
    return [a for a in sorted(house.making & reached) if not rooms.at(db, assembly, table.id, a)]


def seated(table: Table) -> tuple[Seat, ...]:
    """Those at a table who take part."""
    return tuple(s for s in table.everybody if s.status == "active")


def ask_for_room(db: Database, job: Job, account: str, table: str) -> None:
    """Let a table's room be made on an account."""
    request, args = job.request, {"account": account}
    spaces.key(db, job.assembly, account)
    key = f"{request.key}/{account}"
    courses.ask(db, job.assembly, Request("room", request.course, request.step, key, f"table:{table}", args))


# What is made


def named(db: Database, house: House, assembly: str, table: Table | None) -> tuple[str, str]:
    """What a table's room is called and what stands above it, in the languages of the table; or, without a table, the space."""
    flow = house.flow(db, assembly)
    title, mandate = flow.local(flow.file.flow.title), flow.file.mandate
    if table is None:
        return spoken(house, title, flow.languages), spoken(house, flow.local(mandate.question), flow.languages)
    ordered = sorted(table.languages, key=lambda language: language != flow.source_language)
    number = spoken(house, t("Table {number}", number=table.number), ordered)
    topic = t("What you write here while a talk is open goes to your table. Questions and votes come to you alone.")
    return f"{number} · {spoken(house, title, ordered)}"[:LONGEST], spoken(house, topic, ordered)


def spoken(house: House, part: Part, languages: Sequence[str]) -> str:
    """A text in several languages, one behind the other; what is the same in some of them stands there once."""
    said = (render(message(part), Reader(lang, "UTC"), {}, {}, house.catalogs).blocks[0][1] for lang in languages)
    return " / ".join(dict.fromkeys(text for text in said if text))


# Who comes and goes


def sit(db: Database, assembly: str, effect: Seated, now: datetime) -> None:
    """Let people sit at a table, and put them out of the rooms of the table where they sat."""
    made = bool(rooms.made(db, assembly))
    before = [seat for id in effect.seats if made and (seat := people.load_seat(db, id)) is not None]
    tables.sit(db, assembly, effect, ms(now))
    for seat in before:
        if seat.table not in ("", effect.table):
            put_out(db, assembly, seat.id, seat.table, now, "moved")


def stand(db: Database, assembly: str, seat: str, now: datetime) -> None:
    """Somebody has no table any more; they are put out of its rooms."""
    before = people.load_seat(db, seat)
    tables.stand(db, assembly, seat, ms(now))
    if before is not None and before.table and rooms.made(db, assembly):
        put_out(db, assembly, seat, before.table, now, "moved")


def dismiss(db: Database, job: Job, now: datetime) -> dict[str, Any]:
    """Somebody takes no part in their table any longer."""
    put_out(db, job.assembly, job.request.unit.removeprefix("seat:"), str(job.request.args["table"]), now, "left")
    return {}


def put_out(
    db: Database, assembly: str, seat: str, table: str, now: datetime, why: str, which: Sequence[bytes] | None = None
) -> None:
    """Put somebody out of the rooms that we have made for a table: through all their channels, or through these."""
    made = [room for room in rooms.at(db, assembly, table) if room.made]
    gone = people.load_seat(db, seat)
    for room in made if gone is not None and gone.role == "facilitator" else ():
        hand_over(db, room, ms(now))
    for lookup in identities.channels(db, seat) if which is None and made else which or ():
        found = identities.user(db, lookup)
        for room in made:
            if found is not None and found[0] == room.account:
                args = {"room": room.id, "who": lookup.hex(), "seat": seat, "why": why}
                key = f"put-out/{room.id}/{lookup.hex()[:16]}/{ms(now)}"
                courses.ask(db, assembly, Request("put_out", "", "", key, args=args))


def turn_away(db: Database, house: House, room: Room, lookup: bytes, user: str, now: int) -> None:
    """Put somebody out of a room that we have made who has no place there. Who they are stands sealed in the job alone."""
    sealed = db.vault.seal(None, user.encode(), f"turned_away/{lookup.hex()}")
    args = {"room": room.id, "who": lookup.hex(), "user": sealed.hex(), "seat": "", "why": "stranger"}
    key = f"put-out/{room.id}/{lookup.hex()[:16]}/{now}"
    table = tables.load_table(db, room.assembly, room.table)
    course = house.flow(db, room.assembly).course_of(table.site) if table is not None else ""
    courses.ask(db, room.assembly, Request("put_out", course, "", key, f"table:{room.table}", args))


def turned_away(db: Database, lookup: bytes, sealed: str) -> str:
    """As whom somebody is known who was turned away."""
    return (db.vault.open(None, bytes.fromhex(sealed), f"turned_away/{lookup.hex()}") or b"").decode()


def hand_over(db: Database, room: Room, now: int) -> None:
    """Let those change a room who lead its table now, and nobody else."""
    key = f"lead/{room.id}/{now}"
    courses.ask(db, room.assembly, Request("lead", "", "", key, args={"room": room.id}))


def belongs(db: Database, lookup: bytes, room: Room) -> bool:
    """Whether somebody holds a seat at the table that meets in a room, be it one that takes a break."""
    held = (people.load_seat(db, h.seat) for h in identities.seats_of(db, lookup) if h.assembly == room.assembly)
    return any(
        s is not None and s.table == room.table and s.role in TABLE and s.status in ("active", "paused") for s in held
    )


def users(db: Database, account: str, seats: Sequence[Seat]) -> list[str]:
    """As whom these people are known on an account, as far as they are."""
    return list(dict.fromkeys(user for s in seats for on, user in identities.users(db, s.id) if on == account))


# The end


def close(db: Database, house: House, job: Job, now: datetime) -> dict[str, Any]:
    """A course has ended: say so in the rooms that we have made for its tables, and close them."""
    flow, work = house.flow(db, job.assembly), Work(db, house, now)
    sites = {site.id for site in flow.sites_of(job.request.course)}
    for room in rooms.made(db, job.assembly):
        table = tables.load_table(db, job.assembly, room.table)
        if table is not None and table.site in sites:
            said = encode(message(CLOSED)).encode()
            work.say_in_room(job.assembly, room.id, said, f"closed/{room.id}", int(Lane.STEP), "", quiet=False)
            shut = Request("shut", "", "", f"shut/{room.id}", args={"room": room.id})
            courses.ask(db, job.assembly, shut)
    work.flush()
    return {}
