"""Ways into rooms: the code that binds one, and the link with which people come in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.core.ids import derive
from bot.store import identities, rooms, tables
from bot.store.courses import Job
from bot.store.database import Database
from bot.store.times import ms
from bot.transports.port import Refused, SendError, Transport

CODE_HOLDS = timedelta(days=1)
"""How long a code that binds a room may be used."""


def code(db: Database, job: Job, now: datetime) -> dict[str, Any]:
    """A code with which the seat that asked binds a room to its table. It stands in the answer, which is sealed like every
    event, and nowhere else."""
    args, until = job.request.args, now + CODE_HOLDS
    seat = job.request.unit.removeprefix("seat:")
    made = rooms.offer(db, job.assembly, str(args["table"]), seat, made=ms(now), expires=ms(until))
    return {"code": made, "until": until.isoformat(), "number": args["number"], "id": derive(job.request.key)}


def way_to(db: Database, job: Job) -> tuple[str, str] | None:
    """Account and place of the room that a job is about; None where the table has it no longer."""
    room = rooms.load(db, str(job.request.args["room"]))
    return rooms.address(db, room.door) if room is not None else None


async def link(transports: Mapping[str, Transport], way: tuple[str, str] | None) -> tuple[str, bool]:
    """The link into a room, "" where none can be had; and False where that is because the bot is not allowed to make one."""
    transport = transports.get(way[0]) if way is not None else None
    if way is None or transport is None:
        return "", True
    try:
        return await transport.link(way[1]), True
    except Refused:
        return "", False
    except SendError:
        return "", True


def linked(db: Database, job: Job, link: str, *, may: bool) -> dict[str, Any]:
    """The answer: with it, those of the table who have an account with which they can come in. Others stay where they are."""
    room = rooms.load(db, str(job.request.args["room"]))
    seats: list[str] = []
    if room is not None:
        table = tables.load_table(db, room.assembly, room.table)
        people = (*table.members, *table.staff) if table is not None else ()
        seats = [s.id for s in people if room.account in identities.accounts(db, s.id)]
    return {"room": job.request.args["room"], "link": link, "may": may, "seats": seats, "n": derive(job.request.key)}
