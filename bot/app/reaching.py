"""Looking before the day whether the servers of those who are invited and ours find each other.

One person of each server is enough: servers find each other, not people. The operator reads the organiser's own words for people,
and the names of servers; never an id.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.app.findings import Finding
from bot.app.operations import Desk
from bot.core.guests import Guest
from bot.core.problems import count, listed
from bot.store import courses, guests
from bot.store.database import Database
from bot.transports.port import Rooms, SendError

NAMED = 5
"""So many people of a server are named."""


async def servers(desk: Desk) -> dict[str, Any]:
    """Who is expected in an assembly that is open, by the server of their Matrix id, where that is known: the organiser's words
    for them."""
    found = by_server(await desk.store.read(expected))
    return {"servers": {server: [guest.ref for guest in there] for server, there in found.items()}}


def expected(db: Database) -> list[Guest]:
    """Everybody who is expected in an assembly that is open, and whose Matrix id is known."""
    found = (who for row in courses.assemblies(db) if row.state == "open" for who in guests.everybody(db, row.id))
    return [who.guest for who in found if who.guest.matrix]


def by_server(people: Iterable[Guest]) -> Mapping[str, list[Guest]]:
    """People by the server of their Matrix id."""
    found: dict[str, list[Guest]] = {}
    for guest in people:
        found.setdefault(guest.matrix.partition(":")[2].casefold(), []).append(guest)
    return found


async def look_for(rooms: Rooms, own: str, people: Mapping[str, Sequence[str]]) -> list[Finding]:
    """Ask once for each server whether it and ours, which is called `own`, reach each other. Nothing is sent to anybody."""
    return list(await asyncio.gather(*(_look(rooms, own, server, refs) for server, refs in sorted(people.items()))))


async def _look(rooms: Rooms, own: str, server: str, refs: Sequence[str]) -> Finding:
    who = count(len(refs), "person", "people")
    if server == own.casefold():
        return Finding("good", f"{who} at {server}, our own homeserver.")
    try:
        why = await rooms.reaches(f"@anybody:{server}")
    except SendError as error:
        return Finding("note", f"It could not be seen whether {server} ({who}) is reached: {error}. Try again.")
    if not why:
        return Finding("good", f"{who} at {server}: it and our homeserver reach each other.")
    named = [*refs[:NAMED], *([f"{len(refs) - NAMED} more"] if len(refs) > NAMED else [])]
    return Finding(
        "bad",
        f"{listed(named)} cannot take part from {server}: {why}. Ask the people who run the two servers, or give these people "
        "another way in.",
    )
