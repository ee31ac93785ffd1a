"""What becomes of people and rooms that cannot be reached any more, that can be reached again, or that have moved.

The transport may say so by itself, or a message that goes out finds it out: both ways end here. What people are told about
it is decided by the core (`bot.core.reach`, `bot.core.rooms`), by the events that are put here.
"""

from __future__ import annotations

from bot.core.events import Event
from bot.core.events import encode as encode_event
from bot.core.heard import Exited, Found, Lost, Unbound
from bot.store import identities, queue, reach, rooms, tables
from bot.store.database import Database
from bot.store.queue import InRow
from bot.store.times import instant


def person_lost(db: Database, lookup: bytes, why: str, now: int) -> None:
    """Nobody can write to this identity any more."""
    for assembly, seat in reach.lose(db, lookup, why):
        _happen(db, assembly, Lost(seat, why or "gone"), _free(db, f"lost/{seat}/{now}"), now, seat)


def person_found(db: Database, lookup: bytes, now: int) -> None:
    """This identity was heard, or said to be within reach again."""
    for assembly, seat in reach.find(db, lookup):
        _happen(db, assembly, Found(seat), _free(db, f"found/{seat}/{now}"), now, seat)


def room_lost(db: Database, room: rooms.Room, why: str, now: int) -> None:
    """The bot was put out of a room, or the room is gone."""
    if rooms.lose(db, room.id):
        _happen(db, room.assembly, Unbound(room.table, why, instant(now), room.id), f"unbound/{room.id}", now)


def room_moved(db: Database, account: str, old: str, new: str, now: int, *, alone: bool = False) -> None:
    """A place has become another one. A room that cannot follow, since another one stands there, is lost. Where it moves `alone`,
    its people have to come along by themselves."""
    room = rooms.find(db, account, old)
    if room is None or rooms.address(db, room.door) != (account, old):
        return
    if rooms.move(db, account, old, new, now) is None:
        room_lost(db, room, "moved", now)
        return
    table = tables.load_table(db, room.assembly, room.table) if alone else None
    for seat in table.everybody if table is not None else ():
        if seat.room == room.id:
            left = Exited(room.table, seat.id, instant(now), room.id, moved=True)
            _happen(db, room.assembly, left, f"moved/{room.id}/{seat.id}/{now}", now)


def undeliverable(
    db: Database, seat: str | None, door: bytes | None, account: str, place: str, why: str, now: int
) -> None:
    """A message to this seat or door, sent to this place, can never arrive there."""
    if seat is not None:
        channel = reach.channel_at(db, seat, account, place)
        if channel is not None:
            person_lost(db, channel, why, now)
    elif door is not None:
        room = rooms.load(db, door.hex()) if identities.door(db, door) is None else None
        if room is not None:
            room_lost(db, room, why, now)
        else:
            person_lost(db, door, why, now)


def _free(db: Database, key: str) -> str:
    """The key for an event, though the same may have happened at this very instant before."""
    n = 0
    while queue.known(db, f"{key}/{n}"):
        n += 1
    return f"{key}/{n}"


def _happen(db: Database, assembly: str, event: Event, key: str, now: int, seat: str | None = None) -> None:
    queue.put_events(db, [InRow(assembly, key, event.kind, now, now, encode_event(event), seat)])
