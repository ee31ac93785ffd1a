"""The day that people were promised in their consent: everything that they wrote is deleted by itself.

Invariants:

* Whoever is in the assembly is erased as if they had asked for it (`bot.store.identities.erase`), some of them at a time, so
  that nothing else waits; then what remains of the assembly's rooms, guests, memory and messages is deleted. Results, and the
  log without names, stay.
* A flow that was upgraded to a later day is deleted on that day, and not before. What a farewell has promised for an earlier day
  holds once every course has ended: nobody is erased in the middle of their dialogue.
* Organisers are told a week before, so that they can still export.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.core.effects import Lane, Note
from bot.core.events import Expired
from bot.core.events import encode as encode_event
from bot.core.flow import Flow
from bot.core.message import When, encode, message, t
from bot.core.schedule import deletion
from bot.core.steps.consent import Consent
from bot.core.steps.farewell import Farewell
from bot.engine.house import House
from bot.engine.work import Work
from bot.store import assemblies, audit, courses, identities, people, queue
from bot.store.database import Database
from bot.store.queue import InRow
from bot.store.times import instant, ms

AT_ONCE = 100
"""How many people are erased in one transaction."""


def promised(db: Database, assembly: str, flow: Flow) -> date | None:
    """The day on which everything is deleted: the first that a consent promises, or, once every course has ended, the one that a
    farewell has promised, where that is earlier. None where nothing is promised."""
    steps = [node.step for node in flow.nodes.values()]
    days = [step.delete_on for step in steps if isinstance(step, Consent)]
    after = [step.delete_after for step in steps if isinstance(step, Farewell) and step.delete_after is not None]
    ended = _ended(db, assembly, flow) if after else None
    if ended is not None:
        days.append((ended + min(after)).astimezone(_zone(flow)).date())
    return min(days, default=None)


def look(db: Database, house: House, now: datetime) -> list[tuple[str, str]]:
    """Let happen what is due in every assembly: (assembly, `soon` or `now`). Looking again changes nothing."""
    found: list[tuple[str, str]] = []
    for row in courses.assemblies(db):
        flow = house.flow(db, row.id)
        day = promised(db, row.id, flow) if row.state != "deleted" else None
        for what, at in deletion(day, _zone(flow)).items() if day is not None else ():
            if at <= now:
                event = Expired(what, str(day))
                queue.put_events(
                    db, [InRow(row.id, f"retention/{day}/{what}", event.kind, ms(now), ms(now), encode_event(event))]
                )
                found.append((row.id, what))
    return found


def come(work: Work, assembly: str, event: Expired) -> None:
    """The day has come. One that is promised no more means nothing."""
    flow = work.flow(assembly)
    day = promised(work.db, assembly, flow)
    if day is None or day.isoformat() != event.day:
        return
    at = deletion(day, _zone(flow))["now"]
    if event.what == "soon":
        if work.now < at:  # else there is nothing left to be told of
            _tell(work, assembly, flow, at)
        return
    left = people.not_erased(work.db, assembly, AT_ONCE)
    for seat in left:
        identities.erase(work.db, seat)
    if left:
        work.happen(assembly, work.now, event, f"retention/{day}/after/{left[-1]}")
    elif assemblies.empty(work.db, assembly):
        audit.note(work.db, assembly, Note("deleted", data={"day": event.day}), ms(work.now))


def _ended(db: Database, assembly: str, flow: Flow) -> datetime | None:
    """When the last course ended; None where one goes on."""
    ends = {line.data.get("course"): line.at for line in audit.lines(db, assembly) if line.act == "ended"}
    return instant(max(ends.values())) if set(flow.courses) <= ends.keys() else None


def _zone(flow: Flow) -> ZoneInfo:
    """The clock by which an assembly's days begin: that of its first site."""
    return ZoneInfo(flow.file.schedule.sites[0].zone)


def _tell(work: Work, assembly: str, flow: Flow, at: datetime) -> None:
    title = flow.local(flow.file.flow.title)
    said = message(
        t("On {day} everything that people wrote in “{title}” is deleted, as they were promised.",
          day=When(at, "date"), title=title),
        t("Gone are then all words, names and accounts, the list of those who were invited, and the codes. Results stay, and the "
          "log without names."),
        t("If you still need an export, please make it before that day. Afterwards nobody can."),
    )  # fmt: skip
    body = encode(said).encode()
    for seat in people.staff(work.db, assembly, "organiser"):
        work.say(assembly, seat.id, body, f"retention/{at.date()}", int(Lane.STEP), "", True)
