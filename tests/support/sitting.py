"""Who sits at which table under which name, read from the store."""

from __future__ import annotations

from bot.core.lookalikes import alike
from bot.core.state import Seat
from bot.store import codes, people, tables
from bot.store.database import Database
from bot.store.times import ms
from tests.support.chats import Talkers
from tests.support.room import ACCOUNT, ASSEMBLY, Room

SIX = ("anna", "ben", "cleo", "dora", "emil", "fred")
YES = "I am 18 or older and agree"


async def sitting(here: Room) -> dict[int, list[Seat]]:
    """Everybody whose place is at a table, by its number: also who leads it, pauses or has left."""

    def found(db: Database) -> dict[int, list[Seat]]:
        numbers = db.sql.execute(
            "SELECT number, id FROM tables WHERE assembly = ? ORDER BY number", (ASSEMBLY,)
        ).fetchall()
        return {
            n: [s for i in tables.seats_at(db, ASSEMBLY, id) if (s := people.load_seat(db, i))] for n, id in numbers
        }

    return await here.store.read(found)


async def called(t: Talkers, number: int = 1) -> list[str]:
    return sorted(s.name for s in (await sitting(t.room))[number])


async def seat_of(here: Room, name: str) -> Seat:
    def found(db: Database) -> Seat:
        for (id,) in db.sql.execute("SELECT id FROM seat WHERE assembly = ?", (ASSEMBLY,)):
            seat = people.load_seat(db, id)
            if seat is not None and seat.name == name:
                return seat
        raise LookupError(name)

    return await here.store.read(found)


async def seat_by(here: Room, user: str) -> Seat:
    def found(db: Database) -> Seat:
        row = db.sql.execute("SELECT seat FROM channel WHERE lookup = ?", (db.vault.lookup(ACCOUNT, user),)).fetchone()
        seat = people.load_seat(db, row[0])
        assert seat is not None
        return seat

    return await here.store.read(found)


async def come(here: Room, t: Talkers, who: str) -> None:
    """Somebody comes in with a code, while the others talk."""
    now = ms(here.clock.now())
    code = await here.store.transact(
        lambda db: codes.make_code(db, ASSEMBLY, "participant", made=now, expires=now + 1000)
    )
    await t.write(who, f"/join {code}")


async def assert_nobody_can_be_mistaken(here: Room) -> None:
    for number, seats in (await sitting(here)).items():
        names = [s.name for s in seats if s.name]
        assert [(a, b) for i, a in enumerate(names) for b in names[:i] if alike(a, b)] == [], f"at table {number}"
