"""When Pnyx has nothing to do, while its own loops run beside.

Events, jobs, errands and messages follow from each other on several tasks. Whoever asks for one after the other may find each
of them idle, because what moved on in between was looked for where it had just been. So everything is looked at in one
snapshot of the database, while the sender is kept from taking a turn.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from bot.engine.engine import Engine, _Ahead, _look_ahead
from bot.engine.hosting import _waiting
from bot.store.courses import Job
from bot.store.database import Database
from bot.store.times import instant, ms

LOOK = 0.02
"""Seconds until a timer is looked for again that waits for what may be on its way."""


@dataclass(frozen=True)
class Look:
    """`busy` while anything is due or under way, `held` while a timer waits for what people may have done before its hour; `due`
    is when something has to be done next, None where nothing waits."""

    busy: bool
    held: bool
    due: datetime | None


async def rest(engine: Engine) -> datetime | None:
    """Do what is due, beside the engine's own loops, until nothing is. When the next thing is."""
    while True:
        await engine.settle()
        seen = await look(engine)
        if seen.held:
            engine.wake()
            await asyncio.sleep(LOOK)
        elif seen.busy:
            await asyncio.sleep(0)
        else:
            return seen.due


async def look(engine: Engine) -> Look:
    """What there is to do, all seen at one instant."""
    sender, host, now = engine._sender, engine._host, engine.clock.now()
    async with sender._turning:
        busy = bool(sender._tasks or sender._arrived or sender._unwritten)
        timers = engine._deadlines.timers(now)
        ahead, unseen, (errands, later) = await engine.store.read(_look, engine, ms(now), timers)
        busy = busy or unseen or bool(ahead.jobs) or ahead.beside or len(host._busy) > 0
        hours = (sender._dispatch.next(ms(now)), host._next(errands, later, ms(now)))
    due = min((at for at in (ahead.due, *(instant(at) for at in hours if at is not None)) if at), default=None)
    return Look(busy or (due is not None and due <= now), ahead.held is not None, due)


def _look(
    db: Database, engine: Engine, now: int, timers: datetime | None
) -> tuple[_Ahead, bool, tuple[list[tuple[Job, str]], int | None]]:
    ahead = _look_ahead(db, engine._beside.kinds, now, ms(timers) if timers is not None else None)
    return ahead, engine._sender._dispatch.unseen(db, now), _waiting(db, now)
