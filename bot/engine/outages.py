"""An account that was out of reach for longer than its platform keeps messages: something may be lost, and people are told.

A shorter outage needs nothing: what was said meanwhile comes with the first call, and timers wait for it
(`bot.engine.deadlines`). Where presses are kept less long, those for whom a question is open are told so.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from bot.core.events import encode as encode_event
from bot.core.heard import Interrupted
from bot.engine.house import House
from bot.store import contact, courses, queue
from bot.store.database import Database
from bot.store.queue import InRow
from bot.store.times import instant, ms

log = logging.getLogger(__name__)


def notice(
    db: Database, house: House, account: str, keeps: timedelta | None, now: datetime, presses: timedelta | None = None
) -> int:
    """Look whether contact was lost for too long; then every course on which a step is open, or has closed meanwhile, and
    somebody is reached through this account is told. How many there were. Called before anything else happens, and again once
    there is contact: only then is it known for how long `presses` were lost."""
    since = contact.last(db, account)
    if since is None:
        return 0
    away = now - instant(since)
    lost = keeps is not None and away > keeps
    if not lost and (presses is None or away <= presses):
        return 0
    rows = []
    for assembly, site in sorted(contact.sites(db, account)):
        flow = house.flow(db, assembly)
        id = flow.course_of(site) if site in flow.sites else flow.courses[0]
        course = courses.load_course(db, assembly, id)
        closed = contact.closed(db, assembly, id, since)
        if course is not None and (course.open or closed):
            event = Interrupted(id, instant(since), now, "" if lost else account, closed)
            key = f"interrupted/{account}/{id}/{since}/{ms(now)}"
            # It counts from when contact was lost, so that it goes before every timer that rang for nobody meanwhile.
            rows.append(InRow(assembly, key, event.kind, since, ms(now), encode_event(event)))
    what = "what people did at first" if lost else "what people pressed at first"
    log.warning("nothing was heard on %s for %s; %s is lost", account, away, what)
    return queue.put_events(db, rows)
