"""The alarm rings on the loop, at the instant that was set last."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime, timedelta

from bot.engine.alarm import Alarm

PATIENCE = 60


async def test_it_rings_once_where_the_loop_runs_at_the_instant_that_was_set_last() -> None:
    rung: list[int] = []
    heard = asyncio.Event()

    def ring() -> None:
        rung.append(threading.get_ident())
        heard.set()

    alarm = Alarm(ring)
    alarm.start()
    try:
        now = datetime.now(UTC)
        for when in (now + timedelta(hours=1), None, now + timedelta(hours=2), now, now):
            alarm.at(when)
        await asyncio.wait_for(heard.wait(), PATIENCE)
        assert rung == [threading.get_ident()]
        heard.clear()
        alarm.at(now)
        await asyncio.wait_for(heard.wait(), PATIENCE)
        assert len(rung) == 2
    finally:
        alarm.stop()
