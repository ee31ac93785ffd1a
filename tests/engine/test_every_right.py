"""The table of rights, walked through the real door and the real engine: somebody of each role gives each command in each place
and in each way, as a platform would bring it. Behind the gate stands nothing but a line in the log, so that one walk tries all.

What the engine lets through is what the table allows: never more, and, where such a message can come about, never less."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, get_args

import pytest

from bot.core.commands import PRESSED, RUN
from bot.core.commands.call import Call
from bot.core.effects import Note, Seated
from bot.core.places import TYPED, Kind, Place
from bot.core.rights import COMMANDS, TABLE, allowed
from bot.core.state import Role
from bot.store import people, rooms
from bot.store.database import Database
from bot.store.times import ms
from bot.transports.port import Media
from tests.core.test_rights import typed
from tests.support.chats import Talkers, table
from tests.support.room import ACCOUNT, ASSEMBLY

RAN = "ran"
PEOPLE = ("anna", "ben", "cleo", "dora", "emil", "fritz")
ACTORS: dict[Role, str] = {
    "participant": "anna", "facilitator": "maya", "coordinator": "olga", "organiser": "ora", "observer": "otto",
    "expert": "exa", "translator": "tina",
}  # fmt: skip
AT_THE_DOOR = ("join", "for")
"""Commands that the door carries out before there is an event."""

Cell = tuple[Role, str, Place, Kind]
CELLS: list[Cell] = [
    (role, command, place, kind)
    for role in get_args(Role) for command in COMMANDS for place in get_args(Place) for kind in get_args(Kind)
]  # fmt: skip


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> None:
    def ran(name: str) -> Callable[[Call], None]:
        return lambda call: call.turn.effects.append(Note(RAN, call.seat.id, {"command": name}))

    for name in RUN:
        monkeypatch.setitem(RUN, name, ran(name))
    for press, (name, _) in PRESSED.items():
        monkeypatch.setitem(PRESSED, press, (name, ran(name)))


@dataclass
class Hall:
    """Two tables that talk, each with a room; everybody of `ACTORS` is there, and has written what they may."""

    t: Talkers
    rooms: dict[Place, str]
    seats: dict[Role, str]
    own: dict[Role, str]

    async def tries(self, cell: Cell) -> bool:
        """Somebody does it. Whether it came through the gate."""
        role, command, place, _ = cell
        await self.t.room.store.transact(_helped, self.seats[role], place == "shared")
        before = await self.t.room.store.read(_ran)
        for incoming in self.given(cell):
            await self.t._do(ACTORS[role], **incoming)
        after = await self.t.room.store.read(_ran)
        assert set(after[len(before) :]) <= {command}, (cell, after[len(before) :])
        return len(after) > len(before)

    def given(self, cell: Cell) -> Iterator[dict[str, Any]]:
        role, command, place, kind = cell
        where: dict[str, Any] = {"place": self.rooms[place], "room": True} if place in self.rooms else {}
        text = typed(role, command)
        match kind:
            case "text":
                yield {**where, "text": text, "message": "m"}
            case "reply":
                yield {**where, "text": text, "message": "m", "answers": self.own[role]}
            case "button":
                for press, (name, _) in PRESSED.items():
                    if name == command and press != "-back":
                        yield {**where, "kind": "press", "press": f"{press}:x", "text": "", "message": "m"}
            case "edit":
                yield {**where, "kind": "edit", "text": text, "message": self.own[role]}
            case "forward":
                yield {**where, "text": text, "message": "m", "bar": "forwarded"}
            case "caption":
                yield {**where, "text": text, "message": "m", "media": Media("photo", "p", 10)}

    def comes_about(self, cell: Cell) -> Cell | None:
        """The cell as which the engine sees it; None for what can come about in no chat."""
        role, command, place, kind = cell
        if command in AT_THE_DOOR or (kind == "button" and not any(name == command for name, _ in PRESSED.values())):
            return None
        if place in ("space", "elsewhere"):
            return None  # no table meets there: nothing but the code that binds a room is looked at
        if place in ("own_room", "other_room") and (role not in TABLE or place == "other_room") and kind not in TYPED:
            return None  # somebody without a seat at the table: nothing but their commands is looked at
        if place == "own_room" and role in ("observer", "translator"):
            place = "other_room"  # they have no table, and lead none
        if place == "other_room" and role in ("coordinator", "organiser"):
            place = "own_room"  # they lead that table too
        if command == "bind" and place in ("own_room", "other_room"):
            return None  # there it is the code that counts
        return role, command, place, kind


def _helped(db: Database, seat: str, yes: bool) -> None:
    db.sql.execute("UPDATE seat SET helped = ?, room = NULL WHERE id = ?", (yes, seat))


def _ran(db: Database) -> list[str]:
    found = db.sql.execute("SELECT json_extract(data, '$.command') FROM log WHERE act = ? ORDER BY seq", (RAN,))
    return [command for (command,) in found.fetchall()]


@asynccontextmanager
async def hall() -> AsyncIterator[Hall]:
    async with table(people=PEOPLE) as t:
        for role, name in ACTORS.items():
            if name not in ("anna", "maya", "olga"):
                await t.room.enrol(name, role)
        everybody = await t.room.store.read(lambda db: people.roster(db, ASSEMBLY, roles=get_args(Role)))
        named = {seat.name.casefold(): seat for seat in everybody}
        home = named["anna"].table
        found = await t.room.store.read(lambda db: [s.table for s in everybody if s.table not in ("", home)])
        for mover in ("maya", "exa"):
            await t.room.apply([Seated(home, "tables", "linz", 1, ("en",), (named[mover].id,))])
        await t.room.store.transact(_rooms, home, found[0], named["maya"].id, ms(t.room.clock.now()))
        own = {}
        for role, name in ACTORS.items():
            own[role] = await t.write(name, f"Bread, says {name}.")
        seats = {role: named[name].id for role, name in ACTORS.items()}
        places: dict[Place, str] = {"own_room": "g1", "other_room": "g2", "space": "hall", "elsewhere": "pub"}
        yield Hall(t, places, seats, own)


def _rooms(db: Database, home: str, other: str, by: str, now: int) -> None:
    assert rooms.bind(db, ASSEMBLY, home, ACCOUNT, "g1", by, now, "g1")
    assert rooms.bind(db, ASSEMBLY, other, ACCOUNT, "g2", by, now, "g2")


async def walk(cells: list[Cell]) -> int:
    """How many of these cells came about, and were as the table has them."""
    tried = 0
    async with hall() as h:
        for cell in cells:
            seen, ran = h.comes_about(cell), await h.tries(cell)
            if seen is None:
                assert not ran, cell
            else:
                tried += 1
                assert ran == allowed(*seen), (cell, seen)
    return tried


@pytest.mark.slow
@pytest.mark.usefixtures("gate")
async def test_a_walk_through_some_of_the_cells() -> None:
    cells = random.Random(7).sample(CELLS, 400)
    assert await walk(cells) > 150


@pytest.mark.long
@pytest.mark.usefixtures("gate")
@pytest.mark.parametrize("role", get_args(Role))
async def test_a_walk_through_all_of_them(role: Role) -> None:
    assert await walk([cell for cell in CELLS if cell[0] == role]) > 500
