"""People: their seats, and who is meant when many are addressed.

Invariants:

* A seat is a pseudonym. Whose it is on a platform stands in `bot.store.identities` and nowhere here.
* Names and attributes are sealed under the seat's key.
* The parts of a fan-out come in a fixed order: seats by site and number, tables by site and number.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bot.core.state import Role, Seat, Status
from bot.store.database import Database
from bot.store.times import instant, ms

EVERYWHERE = "all"
"""The course of a flow whose steps open everywhere at once."""

SEAT_COLUMNS = "id, role, site, language, status, name, table_id, attributes, focus, walk, helped, heard, room, lost"

# Seats


def load_seat(db: Database, seat: str) -> Seat | None:
    row = db.sql.execute(f"SELECT {SEAT_COLUMNS} FROM seat WHERE id = ?", (seat,)).fetchone()
    return read_seat(db, row) if row else None


def assembly_of(db: Database, seat: str) -> str | None:
    """The assembly that a seat belongs to."""
    row = db.sql.execute("SELECT assembly FROM seat WHERE id = ?", (seat,)).fetchone()
    return row[0] if row else None


def home(db: Database, seat: str) -> tuple[str, str] | None:
    """The site and the language of a seat: what it takes to write to it."""
    row = db.sql.execute("SELECT site, language FROM seat WHERE id = ?", (seat,)).fetchone()
    return (row[0], row[1]) if row else None


def save_seat(db: Database, seat: Seat) -> None:
    """Save what has changed on a seat. Its table changes by `sit` only. `LookupError` where there is no such seat."""
    seal, id = db.vault.seal, seat.id
    _remember_name(db, seat)
    attributes = json.dumps(dict(seat.attributes), ensure_ascii=False).encode() if seat.attributes else b""
    done = db.sql.execute(
        "UPDATE seat SET role = ?, site = ?, status = ?, language = ?, name = ?, attributes = ?, focus = ?, walk = ?, "
        "helped = ?, heard = ?, room = ?, lost = ? WHERE id = ?",
        (
            seat.role,
            seat.site,
            seat.status,
            seat.language,
            seal(id, seat.name.encode(), f"name/{id}") if seat.name else None,
            seal(id, attributes, f"attributes/{id}") if attributes else None,
            seat.focus,
            seat.walk,
            seat.helped,
            ms(seat.heard) if seat.heard else None,
            bytes.fromhex(seat.room) if seat.room else None,
            seat.lost,
            id,
        ),
    )
    if done.rowcount != 1:
        raise LookupError(f"there is no seat {id}")


def _remember_name(db: Database, seat: Seat) -> None:
    """Keep what somebody was called until now, where they get another name."""
    row = db.sql.execute("SELECT name, former FROM seat WHERE id = ?", (seat.id,)).fetchone()
    before = db.vault.open(seat.id, row[0], f"name/{seat.id}") if row else None
    if before is None or before.decode() == seat.name:
        return
    names = list(dict.fromkeys((*_former(db, seat.id, row[1]), before.decode())))
    sealed = db.vault.seal(seat.id, json.dumps(names, ensure_ascii=False).encode(), f"former/{seat.id}")
    db.sql.execute("UPDATE seat SET former = ? WHERE id = ?", (sealed, seat.id))


def _former(db: Database, seat: str, sealed: bytes | None) -> list[str]:
    opened = db.vault.open(seat, sealed, f"former/{seat}")
    return list(json.loads(opened)) if opened else []


def former(db: Database, seat: str) -> list[str]:
    """What somebody was called before, the earliest first."""
    row = db.sql.execute("SELECT former FROM seat WHERE id = ?", (seat,)).fetchone()
    return _former(db, seat, row[0]) if row else []


def ever_called(db: Database, seats: Iterable[str]) -> list[tuple[str, str]]:
    """All names that these seats have, and then those that they had, each with its seat; nothing of who was erased."""
    wanted = list(dict.fromkeys(seats))
    now = names(db, wanted)
    return [*now.items(), *((seat, name) for seat in wanted for name in former(db, seat))]


def heard_from(db: Database, seat: str, at: datetime) -> None:
    """Note when somebody was heard from, and nothing else."""
    db.sql.execute("UPDATE seat SET heard = ? WHERE id = ?", (ms(at), seat))


def lost(db: Database, assembly: str) -> set[str]:
    """The seats of an assembly to which nobody can write."""
    return {seat for (seat,) in db.sql.execute("SELECT id FROM seat WHERE assembly = ? AND lost <> ''", (assembly,))}


def names(db: Database, seats: Iterable[str]) -> dict[str, str]:
    """The names that these seats chose; who chose none, or was erased, is left out."""
    found = {}
    for seat in dict.fromkeys(seats):
        row = db.sql.execute("SELECT name FROM seat WHERE id = ?", (seat,)).fetchone()
        if row and (name := db.vault.open(seat, row[0], f"name/{seat}")):
            found[seat] = name.decode()
    return found


def unnamed(db: Database, seats: Iterable[str]) -> dict[str, Role]:
    """Those of these seats that have chosen no name, with their roles; without who has left."""
    found = {}
    for seat in dict.fromkeys(seats):
        row = db.sql.execute(
            "SELECT role FROM seat WHERE id = ? AND name IS NULL AND status <> 'left'", (seat,)
        ).fetchone()
        if row:
            found[seat] = row[0]
    return found


def read_seat(db: Database, row: tuple[Any, ...]) -> Seat:
    id, role, site, language, status, name, table, attributes, focus, walk, helped, heard, room, lost = row
    name = db.vault.open(id, name, f"name/{id}") if name else None
    return Seat(
        id,
        role,
        site,
        language,
        status,
        name.decode() if name else "",
        table,
        attributes_in(db, id, attributes),
        focus,
        walk,
        bool(helped),
        instant(heard) if heard is not None else None,
        room.hex() if room else "",
        lost,
    )


def attributes_in(db: Database, seat: str, sealed: bytes | None) -> dict[str, str]:
    """The attributes that stand sealed in the row of a seat; none where there are none, or the seat is erased."""
    opened = db.vault.open(seat, sealed, f"attributes/{seat}") if sealed else None
    return json.loads(opened) if opened else {}


# Many at once


def units(
    db: Database,
    assembly: str,
    course: str,
    scope: Literal["person", "table", "site", "assembly"],
    roles: Sequence[Role] = (),
    statuses: Sequence[Status] = ("active",),
) -> list[str]:
    """The units of a fan-out: `seat:…` for everybody on a course with one of these roles (any, where none is named) and statuses,
    `table:…` for the tables at which such people sit, or the course itself."""
    if scope in ("site", "assembly"):
        return [f"course:{course}"]
    if scope == "person":
        return [f"seat:{row[0]}" for row in _on_course(db, "id", assembly, course, roles, statuses)]
    here, given = at_course(course, "t.")
    people, more = _such(roles, statuses)
    found = db.sql.execute(
        f"SELECT t.id FROM tables t WHERE t.assembly = ?{here} AND EXISTS (SELECT 1 FROM seat "
        f"WHERE assembly = t.assembly AND table_id = t.id{people}) ORDER BY t.site, t.number, t.id",
        (assembly, *given, *more),
    )
    return [f"table:{id}" for (id,) in found]


def roster(
    db: Database,
    assembly: str,
    course: str = EVERYWHERE,
    roles: Sequence[Role] = ("participant",),
    statuses: Sequence[Status] = ("active",),
) -> list[Seat]:
    """Everybody on a course, with attributes and languages: for the seating, and for the exports."""
    return [read_seat(db, row) for row in _on_course(db, SEAT_COLUMNS, assembly, course, roles, statuses)]


@dataclass(frozen=True, slots=True)
class Addressed:
    """Somebody to whom a word may go: where they are, what they read, and whether anybody can write to them."""

    id: str
    role: Role
    site: str
    language: str
    table: str
    lost: bool


def readers(
    db: Database, assembly: str, course: str = EVERYWHERE, roles: Sequence[Role] = ("participant",)
) -> list[Addressed]:
    """All who take part on a course, without anything that is sealed."""
    found = _on_course(db, "id, role, site, language, table_id, lost", assembly, course, roles, ("active",))
    return [
        Addressed(id, role, site, language, table or "", bool(lost)) for id, role, site, language, table, lost in found
    ]


def not_erased(db: Database, assembly: str, limit: int) -> list[str]:
    """Some of the seats of an assembly whose keys are still there."""
    found = db.sql.execute(
        "SELECT id FROM seat JOIN seat_key ON seat_key.seat = seat.id WHERE assembly = ? AND wrapped IS NOT NULL "
        "ORDER BY id LIMIT ?",
        (assembly, limit),
    )
    return [seat for (seat,) in found]


def number(db: Database, assembly: str) -> int:
    """How many seats an assembly has, also of those who have left."""
    return int(db.sql.execute("SELECT COUNT(*) FROM seat WHERE assembly = ?", (assembly,)).fetchone()[0])


def staff(db: Database, assembly: str, role: Role, site: str = "", table: str = "") -> list[Seat]:
    """Who serves in a role (and has not left): everywhere, at a site, or at a table."""
    narrower = (" AND site = ?" if site else "") + (" AND table_id = ?" if table else "")
    found = db.sql.execute(
        f"SELECT {SEAT_COLUMNS} FROM seat WHERE assembly = ? AND role = ?{narrower} AND status IN ('new', 'active') "
        "ORDER BY site, number",
        (assembly, role, *filter(None, (site, table))),
    )
    return [read_seat(db, row) for row in found.fetchall()]


def head_count(db: Database, assembly: str, course: str, since: int) -> tuple[int, int]:
    """How many active participants a course has, and how many of them were heard from since an instant and can be reached."""
    here, given = at_course(course)
    members, present = db.sql.execute(
        "SELECT COUNT(*), COALESCE(SUM(CASE WHEN heard >= ? AND lost = '' THEN 1 ELSE 0 END), 0) FROM seat "
        f"WHERE assembly = ?{here} AND role = 'participant' AND status = 'active'",
        (since, assembly, *given),
    ).fetchone()
    return members, present


def at_course(course: str, prefix: str = "") -> tuple[str, tuple[str, ...]]:
    """What narrows a query to the site of a course."""
    return ("", ()) if course == EVERYWHERE else (f" AND {prefix}site = ?", (course,))


def _on_course(
    db: Database, columns: str, assembly: str, course: str, roles: Sequence[Role], statuses: Sequence[Status]
) -> list[tuple[Any, ...]]:
    here, given = at_course(course)
    people, more = _such(roles, statuses)
    return db.sql.execute(
        f"SELECT {columns} FROM seat WHERE assembly = ?{here}{people} ORDER BY site, number", (assembly, *given, *more)
    ).fetchall()


def _such(roles: Sequence[Role], statuses: Sequence[Status]) -> tuple[str, tuple[str, ...]]:
    """What narrows a query to people with one of these roles and statuses; no role means any."""
    wanted = [(column, values) for column, values in (("role", roles), ("status", statuses)) if values]
    where = "".join(f" AND {column} IN ({', '.join('?' * len(values))})" for column, values in wanted)
    return where, (*roles, *statuses)


def next_chair(db: Database, assembly: str, table: str) -> int:
    row = db.sql.execute(
        "SELECT COALESCE(MAX(chair), 0) + 1 FROM seat WHERE assembly = ? AND table_id = ?", (assembly, table)
    ).fetchone()
    return int(row[0])
