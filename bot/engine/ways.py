"""Ways into rooms: the code that binds one, and the link with which people come in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.core.ids import derive
from bot.engine import lodging
from bot.store import identities, rooms, tables
from bot.store.courses import Job
from bot.store.database import Database
from bot.store.times import ms
from bot.transports.port import Refused, SendError, Transport

CODE_HOLDS = timedelta(days=1)
"""How long a code that binds a room may be used."""


def code(db: Database, job: Job, now: datetime, making: Collection[str] = ()) -> dict[str, Any]:
    """A code with which the seat that asked binds a room to its table. It stands in the answer, which is sealed like every
    event, and nowhere else. Who is reached through an account that makes rooms needs none: the room is made."""
    args, until = job.request.args, now + CODE_HOLDS
    seat = job.request.unit.removeprefix("seat:")
    where = identities.address(db, seat)
    if where is not None and where[0] in making:
        here = rooms.at(db, job.assembly, str(args["table"]), where[0])
        if not here:
            lodging.ask_for_room(db, job, where[0], str(args["table"]))
        return {"making": not here, "number": args["number"], "id": derive(job.request.key)}
    made = rooms.offer(db, job.assembly, str(args["table"]), seat, made=ms(now), expires=ms(until))
    return {"code": made, "until": until.isoformat(), "number": args["number"], "id": derive(job.request.key)}


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


def linked(db: Database, job: Job, link: str, *, may: bool, asks: bool = False) -> dict[str, Any]:
    """The answer: with it, those of the table who have an account with which they can come in. Others stay where they are.
    `asks`: people are asked in one by one; those who lead the table were, when we made the room."""
    room = rooms.load(db, str(job.request.args["room"]))
    seats: list[str] = []
    guides: list[str] = []
    if room is not None:
        table = tables.load_table(db, room.assembly, room.table)
        people = table.everybody if table is not None else ()
        seats = [s.id for s in people if room.account in identities.accounts(db, s.id)]
        guides = [s.id for s in people if room.made and s.role == "facilitator" and s.id in seats]
    return {
        "room": job.request.args["room"], "link": link, "may": may, "seats": seats, "asks": asks, "guides": guides,
        "n": derive(job.request.key),
    }  # fmt: skip
