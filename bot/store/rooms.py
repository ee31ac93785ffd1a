"""Rooms: where tables meet that are not virtual.

Invariants:

* A room has an id of its own, which never changes. Where it stands on a platform is a list of addresses, sealed and found by
  an HMAC only; one of them is the current one. Messages wait for the room, not for an address, so a move changes nothing
  about them or their order.
* A place belongs to one room at a time, a room to one table. A room that is lost belongs to nobody: its place may be bound
  again, to any table.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from dataclasses import dataclass

from bot.store.database import Database


@dataclass(frozen=True, slots=True)
class Room:
    """A room that a table has now. `id` is what events and outbox rows call it (`Table.rooms`, `Seat.room`); `made` says that we
    have made it ourselves, so that who comes in and what it is called is ours to say."""

    id: str
    assembly: str
    table: str
    account: str
    made: bool = False

    @property
    def door(self) -> bytes:
        """How the outbox names it."""
        return bytes.fromhex(self.id)


_COLUMNS = "room.id, room.assembly, room.table_id, room.account, room.made"


def bind(
    db: Database, assembly: str, table: str, account: str, place: str, by: str, at: int, chat: str = "", *,
    made: bool = False,
) -> Room | None:  # fmt: skip
    """Let a table meet at a place, which is a whole chat or part of one, such as a topic of a group. None where the place
    belongs to a room already."""
    if find(db, account, place) is not None:
        return None
    room = Room(secrets.token_bytes(16).hex(), assembly, table, account, made)
    db.sql.execute(
        'INSERT INTO room (id, assembly, table_id, account, bound, "by", made) VALUES (?, ?, ?, ?, ?, ?, ?)',
        (room.door, assembly, table, account, at, by, made),
    )
    _stand(db, room, place, at, _lookup(db, account, chat or place))
    return room


def find(db: Database, account: str, place: str) -> Room | None:
    """The room of a place, be it one where the room stood before; None where no table meets there (any more)."""
    row = db.sql.execute(
        f"SELECT {_COLUMNS} FROM room_address a JOIN room ON room.id = a.room WHERE a.lookup = ? AND room.state = 'open'",
        (_lookup(db, account, place),),
    ).fetchone()
    return _read(row) if row else None


def within(db: Database, account: str, chat: str) -> list[Room]:
    """The rooms of a whole chat: the one that it is itself, and those of its parts, the oldest first."""
    found = db.sql.execute(
        f"SELECT DISTINCT {_COLUMNS}, room.bound FROM room_address a JOIN room ON room.id = a.room "
        "WHERE a.chat = ? AND room.state = 'open' ORDER BY room.bound, room.id",
        (_lookup(db, account, chat),),
    )
    return [_read(row[:5]) for row in found]


def load(db: Database, id: str) -> Room | None:
    """A room by its id; None where it is lost or never was."""
    row = db.sql.execute(
        f"SELECT {_COLUMNS} FROM room WHERE id = ? AND state = 'open'", (bytes.fromhex(id),)
    ).fetchone()
    return _read(row) if row else None


def known(db: Database, id: str) -> Room | None:
    """A room by its id, even one that is lost."""
    row = db.sql.execute(f"SELECT {_COLUMNS} FROM room WHERE id = ?", (bytes.fromhex(id),)).fetchone()
    return _read(row) if row else None


def at(db: Database, assembly: str, table: str, account: str = "") -> list[Room]:
    """The rooms that a table has now, the oldest first; with an account that one's alone."""
    found = db.sql.execute(
        f"SELECT {_COLUMNS} FROM room WHERE assembly = ? AND table_id = ? AND state = 'open' AND ? IN ('', account) "
        "ORDER BY bound, id",
        (assembly, table, account),
    )
    return [_read(row) for row in found.fetchall()]


def made(db: Database, assembly: str) -> list[Room]:
    """All rooms that we have made for an assembly and that are not lost."""
    found = db.sql.execute(
        f"SELECT {_COLUMNS} FROM room WHERE assembly = ? AND made = 1 AND state = 'open' ORDER BY bound, id",
        (assembly,),
    )
    return [_read(row) for row in found.fetchall()]


def number(db: Database, assembly: str, table: str, account: str) -> int:
    """How many rooms a table has had on an account, lost ones too."""
    row = db.sql.execute(
        "SELECT COUNT(*) FROM room WHERE assembly = ? AND table_id = ? AND account = ?", (assembly, table, account)
    ).fetchone()
    return int(row[0])


def of_table(db: Database, assembly: str, table: str) -> tuple[str, ...]:
    """The ids of a table's rooms, the oldest first."""
    found = db.sql.execute(
        "SELECT id FROM room WHERE assembly = ? AND table_id = ? AND state = 'open' ORDER BY bound, id",
        (assembly, table),
    )
    return tuple(id.hex() for (id,) in found)


def table_of(db: Database, door: bytes) -> str | None:
    """The table of a room, even of one that is lost; None where it is no room."""
    row = db.sql.execute("SELECT table_id FROM room WHERE id = ?", (door,)).fetchone()
    return row[0] if row else None


def address(db: Database, door: bytes) -> tuple[str, str] | None:
    """Account and place of a room, by its id as the outbox names it, even of one that was given up: there may be a last word
    to say. None where it is no room, or another one stands there."""
    row = db.sql.execute("SELECT lookup, sealed FROM room_address WHERE room = ? AND current = 1", (door,)).fetchone()
    opened = db.vault.open(None, row[1], f"room_address/{row[0].hex()}") if row else None
    if opened is None:
        return None
    account, place = json.loads(opened)
    return account, place


def move(db: Database, account: str, old: str, new: str, at: int) -> Room | None:
    """A room has moved to another place. Its id, its people and what waits for it stay as they are; what was to be changed in
    messages at the old place cannot be any more. None where no room stands at the old place now; the place of another room is
    never taken."""
    room, there = find(db, account, old), find(db, account, new)
    if room is None or address(db, room.door) != (account, old) or (there is not None and there.id != room.id):
        return None
    (chat,) = db.sql.execute(
        "UPDATE room_address SET current = 0 WHERE room = ? AND current = 1 RETURNING chat", (room.door,)
    ).fetchone()
    _stand(db, room, new, at, _lookup(db, account, new) if chat == _lookup(db, account, old) else chat)
    db.sql.execute(
        "UPDATE outbox SET state = 'gone', body = NULL, receipt = 'Moved' "
        "WHERE door = ? AND state IN ('new', 'sending') AND target <> ''",
        (room.door,),
    )
    db.sql.execute("UPDATE copy SET reach = 0 WHERE holder = ?", (room.id,))
    return room


def lose(db: Database, id: str) -> bool:
    """A table has this room no longer: what waits for it is not sent, its copies stay as they are. False where it was lost."""
    door = bytes.fromhex(id)
    done = db.sql.execute("UPDATE room SET state = 'lost' WHERE id = ? AND state = 'open'", (door,))
    db.sql.execute(
        "UPDATE outbox SET state = 'gone', body = NULL, receipt = 'Unbound' WHERE door = ? AND state IN ('new', 'sending')",
        (door,),
    )
    db.sql.execute("UPDATE copy SET reach = 0 WHERE holder = ?", (id,))
    return done.rowcount == 1


# Codes


@dataclass(frozen=True, slots=True)
class Binding:
    """What a code binds: a table, by the seat that asked for it."""

    assembly: str
    table: str
    seat: str


def offer(db: Database, assembly: str, table: str, seat: str, *, made: int, expires: int) -> str:
    """A new code such as `K7QF-93QD-…` with which this seat binds a room to this table, once. Only its hash is kept; codes
    that this seat had for this table before, and codes that are too old, are worth nothing any more."""
    db.sql.execute(
        "DELETE FROM binding WHERE expires <= ? OR (assembly = ? AND table_id = ? AND seat = ?)",
        (made, assembly, table, seat),
    )
    letters = base64.b32encode(secrets.token_bytes(10)).decode()
    db.sql.execute(
        "INSERT INTO binding (hash, assembly, table_id, seat, made, expires) VALUES (?, ?, ?, ?, ?, ?)",
        (_hash(letters), assembly, table, seat, made, expires),
    )
    return "-".join(re.findall("....", letters))


def offered(db: Database, code: str, now: int) -> Binding | None:
    """What a code binds; None where it is unknown, used or too old. Small letters, spaces and 0, 1, 8 for O, I, B do no
    harm."""
    row = db.sql.execute(
        "SELECT assembly, table_id, seat FROM binding WHERE hash = ? AND expires > ?", (_hash(code), now)
    ).fetchone()
    return Binding(*row) if row else None


def use(db: Database, code: str) -> None:
    """A code has bound its room."""
    db.sql.execute("DELETE FROM binding WHERE hash = ?", (_hash(code),))


def _hash(code: str) -> bytes:
    plain = re.sub(r"[^A-Z2-7]", "", code.upper().translate(str.maketrans("018", "OIB")))
    return hashlib.sha256(plain.encode()).digest()


def _stand(db: Database, room: Room, place: str, at: int, chat: bytes) -> None:
    """The room's current place is this one from now on."""
    lookup = _lookup(db, room.account, place)
    sealed = db.vault.seal(None, json.dumps([room.account, place]).encode(), f"room_address/{lookup.hex()}")
    db.sql.execute(
        "INSERT INTO room_address (lookup, room, chat, sealed, since, current) VALUES (?, ?, ?, ?, ?, 1) "
        "ON CONFLICT (lookup) DO UPDATE SET room = excluded.room, chat = excluded.chat, sealed = excluded.sealed, "
        "since = excluded.since, current = 1",
        (lookup, room.door, chat, sealed, at),
    )


def _lookup(db: Database, account: str, place: str) -> bytes:
    """Under which name a place is found; never the one of a user who is called like it."""
    return db.vault.lookup(account, f"room {place}")


def _read(row: tuple[bytes, str, str, str, int]) -> Room:
    id, assembly, table, account, made = row
    return Room(id.hex(), assembly, table, account, bool(made))
