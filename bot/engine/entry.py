"""Coming in without a code of one's own: how many still may, and the alarm that rings when too many come at once.

Invariants:

* The caps hold in the transaction that gives the seat: nobody is let in first and counted later.
* The alarm rings once for each rush. A rush is over when no more came than allowed for `CALM`.
"""

from __future__ import annotations

from typing import Any, Literal

from bot.core.effects import Lane, Note
from bot.core.flow import Flow
from bot.core.joining import alarm
from bot.core.message import encode
from bot.store import audit, courses, joining, people, queue
from bot.store.database import Database
from bot.store.joining import Doors
from bot.store.queue import OutRow

MINUTE, CALM = 60_000, 300_000
"""In milliseconds."""

Closed = Literal["full", "paused", "ended"]


def closed(db: Database, flow: Flow, assembly: str, site: str) -> Closed | None:
    """Why nobody comes in at a site without a code of their own; None where somebody can."""
    if ended(db, flow, assembly):
        return "ended"
    if joining.doors(db, assembly).paused:
        return "paused"
    return None if flow.file.joining.left(site, joining.came(db, assembly)) else "full"


def ended(db: Database, flow: Flow, assembly: str) -> bool:
    """Whether an assembly is over at all its sites: nobody gets a seat or a role in it any more."""
    found = (courses.load_course(db, assembly, id) for id in flow.courses)
    return all(course is not None and course.state == "ended" for course in found)


def came_in(db: Database, flow: Flow, assembly: str, now: int) -> None:
    """Somebody has come in without a code of their own: ring the alarm if too many did within a minute."""
    settings, came = flow.file.joining, joining.came_since(db, assembly, now - MINUTE)
    if came <= settings.alarm:
        return
    doors = joining.doors(db, assembly)
    rush = now - doors.rung <= CALM
    pause = settings.on_alarm == "pause"
    joining.save_doors(db, assembly, Doors(pause and not rush, now))
    if rush:
        return
    body = encode(alarm(came, paused=pause)).encode()
    told = [*people.staff(db, assembly, "organiser"), *people.staff(db, assembly, "coordinator")]
    queue.say(db, [OutRow(f"alarm/{now}@{s.id}", assembly, s.id, int(Lane.STEP), now, body) for s in told])
    audit.note(db, assembly, Note("joining_alarm", data={"came": came, "paused": pause}), now)


def doors(db: Database, flow: Flow, assembly: str, wish: str, by: str, now: int) -> dict[str, Any]:
    """Pause coming in without a code of one's own, or allow it again, or (no wish) only say how it stands."""
    before = joining.doors(db, assembly)
    paused = {"pause": True, "allow": False}.get(wish, before.paused)
    if paused != before.paused:
        joining.save_doors(db, assembly, Doors(paused, before.rung))
        audit.note(db, assembly, Note("joining_paused" if paused else "joining_allowed", by), now)
    came, settings = joining.came(db, assembly), flow.file.joining
    return {
        "open": settings.open or settings.links,
        "paused": paused,
        "came": came,
        "left": settings.cap - sum(came.values()),
        "sites": {site: settings.left(site, came) for site in flow.sites},
    }
