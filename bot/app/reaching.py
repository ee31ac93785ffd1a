"""Looking before the day whether the servers of those who are invited and ours find each other.

One person of each server is enough: servers find each other, not people. The operator reads the organiser's own words for people,
and the names of servers; never an id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.app.checking import Finding
from bot.core.guests import Guest
from bot.core.problems import count, listed
from bot.store import courses, guests
from bot.store.database import Database
from bot.transports.port import Rooms, SendError

NAMED = 5
"""So many people of a server are named."""


def expected(db: Database) -> list[Guest]:
    """Everybody who is expected in an assembly that is open, and whose Matrix id is known."""
    found = (who for row in courses.assemblies(db) if row.state == "open" for who in guests.everybody(db, row.id))
    return [who.guest for who in found if who.guest.matrix]


def by_server(people: Iterable[Guest]) -> Mapping[str, list[Guest]]:
    """People by the server of their Matrix id."""
    servers: dict[str, list[Guest]] = {}
    for guest in people:
        servers.setdefault(guest.matrix.partition(":")[2].casefold(), []).append(guest)
    return servers


async def look_for(rooms: Rooms, people: Iterable[Guest]) -> list[Finding]:
    """Ask once for each server whether it and ours reach each other. Nothing is sent to anybody."""
    findings = []
    for server, there in sorted(by_server(people).items()):
        who = count(len(there), "person", "people")
        try:
            why = await rooms.reaches(there[0].matrix)
        except SendError as error:
            findings.append(
                Finding("note", f"It could not be seen whether {server} ({who}) is reached: {error}. Try again.")
            )
            continue
        if not why:
            findings.append(Finding("good", f"{server} and our homeserver reach each other: {who}."))
            continue
        named = listed([guest.ref for guest in there[:NAMED]]) + (" and others" if len(there) > NAMED else "")
        findings.append(
            Finding(
                "bad",
                f"{named} cannot take part from {server}: {why}. Ask the people who run the two servers, or give these people "
                "another way in.",
            )
        )
    return findings
