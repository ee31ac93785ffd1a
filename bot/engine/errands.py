"""Errands: what is done at platforms besides sending. Rooms are made, people are asked in and put out, rooms are closed, ways
into them are found.

An errand may be run twice. What follows from it is written by whoever sent it (`bot.engine.hosting`), in the transaction that
ends its job.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from bot.core.events import Answered, Event
from bot.core.heard import Bound
from bot.core.ids import derive
from bot.core.message import Phrase, t
from bot.core.state import Table
from bot.engine import lodging, ways
from bot.engine.clock import Clock
from bot.engine.house import House
from bot.store import identities, people, rooms, spaces, tables
from bot.store.connection import Store
from bot.store.courses import Job
from bot.store.database import Database
from bot.store.rooms import Room
from bot.store.times import instant, ms
from bot.transports.port import Rooms, Transport

KINDS = ("link", "admit", "lead", "put_out", "room", "shut")
"""The jobs that are done here. What people wait for comes first."""

WHY: Mapping[str, Phrase] = {
    "moved": t("You sit at another table now."),
    "left": t("You do not take part any longer."),
    "phone": t("Your seat has moved to another account."),
    "stranger": t(
        "This room is for those who sit at its table. If you were invited, please write to me in a chat of our own."
    ),
}
"""What people read for why they are put out."""

Outcome = Callable[[Database], Iterable[tuple[str, Event]]]
"""What is written once an errand is done: events, each with its key."""


class Errands:
    """Runs errands at the platforms of these transports."""

    def __init__(self, store: Store, house: House, clock: Clock, transports: Iterable[Transport]) -> None:
        self._store, self._house, self._clock = store, house, clock
        self._transports = {tr.account: tr for tr in transports}
        self._errands: Mapping[str, Callable[[Job, Room | None], Awaitable[Outcome]]] = {
            "link": self._link, "admit": self._admit, "lead": self._lead, "put_out": self._put_out, "room": self._room,
            "shut": self._shut,
        }  # fmt: skip

    async def run(self, job: Job) -> Outcome:
        """Run an errand. Raises a `SendError`."""
        return await self._errands[job.request.job](job, await self._store.read(room_of, job))

    async def _link(self, job: Job, room: Room | None) -> Outcome:
        """Find the way into a room. Where we make rooms there is none: people are asked in one by one."""
        where = await self._store.read(_address, room)
        transport = self._transports.get(room.account) if room is not None else None
        asks = transport is not None and transport.rooms is not None
        link, may = ("", True) if asks else await ways.link(self._transports, where)
        return lambda db: _answered(job, "link", ways.linked(db, job, link, may=may, asks=asks))

    async def _admit(self, job: Job, room: Room | None) -> Outcome:
        """Ask somebody into a room; whoever leads the table may change it. Where we make no rooms, they are told the way in."""
        where = await self._store.read(_address, room)
        hands, transport = self._hands(room)
        if room is None or where is None or hands is None or transport is None:
            return await self._link(job, room)
        wanted, guides = await self._store.read(_admitted, job, room)
        if not wanted:
            return lambda db: ()
        if guides:
            await hands.lead(where[1], guides)
        for user in wanted:
            await hands.invite(where[1], user)
        link = await transport.link(where[1])
        return lambda db: _answered(job, "admit", _admission(job, link, invited=True))

    async def _lead(self, job: Job, room: Room | None) -> Outcome:
        """Let those change a room who lead its table now."""
        where = await self._store.read(_address, room)
        hands, _ = self._hands(room)
        if room is not None and room.made and hands is not None and where is not None:
            await hands.lead(where[1], await self._store.read(_guides, room))
        return lambda db: ()

    async def _put_out(self, job: Job, room: Room | None) -> Outcome:
        """Put somebody out of a room, unless they sit there (again)."""
        where = await self._store.read(_address, room)
        hands, _ = self._hands(room)
        who = await self._store.read(_unwanted, self._house, job, room)
        if hands is not None and where is not None and who is not None:
            await hands.kick(where[1], *who)
        return lambda db: ()

    async def _room(self, job: Job, room: Room | None) -> Outcome:
        """Make a table's room, and the space around it if it is the first one."""
        account = str(job.request.args["account"])
        transport = self._transports[account]
        hands = transport.rooms
        wanted = await self._store.read(_wanted, self._house, job, account)
        if wanted is None or hands is None:
            return lambda db: ()
        (name, topic), table, guides, number, key, space = wanted
        if not space:
            space = await self._make_space(job, account, hands, key)
        made = await hands.make_room(
            name,
            topic,
            f"{key}/{table.id}/{number}",
            space=space,
            guides=guides,
            encrypted=transport.abilities.encrypts,
        )
        return lambda db: _bound(db, job, account, table.id, made, ms(self._clock.now()))

    async def _make_space(self, job: Job, account: str, hands: Rooms, key: str) -> str:
        """A space is for those who lead the whole assembly: everybody in it sees everybody else in it."""
        name, topic, overseers = await self._store.read(_space, self._house, job.assembly, account)
        space = await hands.make_space(name, topic, key)
        for user in overseers:
            await hands.invite(space, user)
        await self._store.transact(spaces.stands, job.assembly, account, space)
        return space

    async def _shut(self, job: Job, room: Room | None) -> Outcome:
        """Close a room that we have made."""
        where = await self._store.read(_address, room)
        hands, _ = self._hands(room)
        if room is not None and room.made and hands is not None and where is not None:
            await hands.seal(where[1])
        return lambda db: ()

    def _hands(self, room: Room | None) -> tuple[Rooms | None, Transport | None]:
        transport = self._transports.get(room.account) if room is not None else None
        return (transport.rooms if transport is not None else None), transport


# In a transaction


def room_of(db: Database, job: Job) -> Room | None:
    id = str(job.request.args.get("room", ""))
    return rooms.known(db, id) if id else None


def _address(db: Database, room: Room | None) -> tuple[str, str] | None:
    return rooms.address(db, room.door) if room is not None else None


def _admitted(db: Database, job: Job, room: Room) -> tuple[list[str], list[str]]:
    """As whom somebody comes into a room, and, if they lead its table, who may change the room from now on."""
    table = tables.load_table(db, job.assembly, room.table)
    id = job.request.unit.removeprefix("seat:")
    seat = next((s for s in lodging.seated(table) if s.id == id), None) if table is not None else None
    if seat is None or table is None:
        return [], []
    leads = room.made and seat.role == "facilitator"
    return lodging.users(db, room.account, [seat]), _leading(db, room.account, table) if leads else []


def _guides(db: Database, room: Room) -> list[str]:
    """As whom those are known who may change a room."""
    table = tables.load_table(db, room.assembly, room.table)
    return _leading(db, room.account, table) if table is not None else []


def _leading(db: Database, account: str, table: Table) -> list[str]:
    """As whom those are known on an account who lead a table."""
    return lodging.users(db, account, [s for s in lodging.seated(table) if s.role == "facilitator"])


def _unwanted(db: Database, house: House, job: Job, room: Room | None) -> tuple[str, str] | None:
    """Who is to be put out, and what they are told; None where nobody is."""
    args = job.request.args
    lookup = bytes.fromhex(str(args["who"]))
    user = lodging.turned_away(db, lookup, str(args["user"])) if "user" in args else _user(db, lookup)
    seat = people.load_seat(db, str(args["seat"]))
    if room is None or not user or lodging.belongs(db, lookup, room):
        return None
    table = tables.load_table(db, room.assembly, room.table)
    languages = (seat.language,) if seat is not None else table.languages if table is not None else ("en",)
    return user, lodging.spoken(house, WHY[str(args["why"])], languages)


def _user(db: Database, lookup: bytes) -> str:
    found = identities.user(db, lookup)
    return found[1] if found is not None else ""


def _wanted(
    db: Database, house: House, job: Job, account: str
) -> tuple[tuple[str, str], Table, list[str], int, str, str] | None:
    """A room that is to be made: its name and topic, its table, who may change it, and which of the table's it is on the account;
    the key and the place of its space. None where it is not wanted any more."""
    table = tables.load_table(db, job.assembly, job.request.unit.removeprefix("table:"))
    if table is None or not lodging.seated(table) or rooms.at(db, job.assembly, table.id, account):
        return None
    number = rooms.number(db, job.assembly, table.id, account)
    space = spaces.place(db, job.assembly, account)
    key = spaces.known(db, job.assembly, account)
    return (
        lodging.named(db, house, job.assembly, table), table, _leading(db, account, table), number, key, space,
    )  # fmt: skip


def _space(db: Database, house: House, assembly: str, account: str) -> tuple[str, str, list[str]]:
    """What a space is called, what stands above it, and who oversees the assembly from there."""
    overseers = [*people.staff(db, assembly, "organiser"), *people.staff(db, assembly, "coordinator")]
    return *lodging.named(db, house, assembly, None), lodging.users(db, account, overseers)


def _bound(db: Database, job: Job, account: str, table: str, place: str, at: int) -> list[tuple[str, Event]]:
    """The room is there: the table has it from now on."""
    room = rooms.bind(db, job.assembly, table, account, place, "", at, made=True)
    return [(f"bound/{room.id}", Bound(table, "", instant(at), room.id))] if room is not None else []


def _answered(job: Job, what: str, result: Mapping[str, Any]) -> list[tuple[str, Event]]:
    request = job.request
    return [(f"{request.key}/answer", Answered(request.course, request.step, what, result, request.unit))]


def _admission(job: Job, link: str, *, invited: bool) -> dict[str, Any]:
    args = job.request.args
    moved = bool(args.get("moved"))
    return {"room": args["room"], "link": link, "invited": invited, "moved": moved, "n": derive(job.request.key)}


def in_vain(job: Job) -> Outcome:
    """It cannot be done. Those who wait for it are told."""
    match job.request.job:
        case "link":
            return lambda db: _answered(job, "link", ways.linked(db, job, "", may=True))
        case "admit":
            return lambda db: _answered(job, "admit", _admission(job, "", invited=False))
        case "room":
            return lambda db: _answered(job, "room", {"n": derive(job.request.key)})
        case "put_out" if job.request.args["why"] == "stranger":
            return lambda db: _answered(job, "put_out", {"n": derive(job.request.key)})
        case _:
            return lambda db: ()
