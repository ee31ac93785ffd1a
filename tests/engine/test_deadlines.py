"""Fair deadlines: a timer waits for what people did before its hour, and never longer than it may."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from bot.engine.deadlines import HOLD, LATE, Deadlines
from bot.engine.receiving import Receiver
from bot.report.export import export_files
from bot.store import audit, ballots, contact, courses
from bot.store.times import ms
from bot.transports.port import Stopped
from tests.engine.test_evening import HOUR, arrive
from tests.support.evening import EVENING
from tests.support.room import ACCOUNT, ASSEMBLY, START, Room, room
from tests.support.talks import BY_HAND
from tests.support.wire import Wire, press, text, until

SECOND = timedelta(seconds=1)
OPENS = START + HOUR + timedelta(minutes=30)
CLOSES = OPENS + HOUR


class Evening:
    """A ballot is open until `CLOSES`, and the engine runs or is about to."""

    def __init__(self, here: Room, wire: Wire) -> None:
        self.here, self.wire = here, wire
        self.engine = here.engine
        self._running: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Let the engine run, until it has looked."""
        self._running = asyncio.create_task(self.engine.run())
        await self.turn(1)

    async def listens(self) -> None:
        """Until a call waits for news."""
        await until(lambda: bool(self.wire.calls) and self.wire.calls[-1][1], self.look)

    async def turn(self, times: int = 3) -> None:
        """Until the loop has turned so often."""
        for _ in range(times):
            before = self.engine.looked
            self.engine.wake()
            await until(lambda before=before: self.engine.looked > before, self.look)  # type: ignore[misc]  # a lambda

    async def at(self, now: datetime) -> None:
        """The clock shows this, and the alarm rings."""
        self.here.clock.move(now)
        await self.turn()

    async def closed(self) -> None:
        """Until the ballot has closed."""
        while "ballot" not in (await self.course()).done:
            await self.turn(1)

    async def is_open(self) -> bool:
        return "ballot" in (await self.course()).open

    async def course(self) -> Any:
        return await self.here.store.read(courses.load_course, ASSEMBLY, "all")

    async def voters(self) -> int:
        return len(await self.here.store.read(ballots.voters, ASSEMBLY, "ballot"))

    async def look(self) -> None:
        await self.here.store.read(lambda db: None)

    async def end(self) -> None:
        self.engine.stop()
        if self._running is not None:
            await asyncio.wait_for(self._running, 20)


@asynccontextmanager
async def evening() -> AsyncIterator[Evening]:
    """An evening on a wire that has been heard until now."""
    wire = Wire(keeps=None)
    async with room(EVENING + BY_HAND, wire) as here:
        await arrive(here, "anna", "ben", "cleo")
        await here.wait(OPENS - here.clock.now())
        await here.store.transact(contact.note, ACCOUNT, ms(OPENS))
        made = Evening(here, wire)
        assert await made.is_open()
        try:
            yield made
        finally:
            await made.end()


def vote(who: str, at: datetime, choice: str = "yes") -> Any:
    return press(who, f"ballot:trees::{choice}", f"{who}-{choice}", at)


async def test_a_press_that_is_on_its_way_at_the_hour_counts() -> None:
    async with evening() as it:
        await it.run()
        await it.listens()
        it.wire.late = [vote("anna", CLOSES + SECOND)]
        await it.at(CLOSES + SECOND)
        await it.closed()
        assert await it.voters() == 1
        assert it.wire.calls[-2][1] is False


async def test_a_press_after_the_hour_does_not_count() -> None:
    async with evening() as it:
        await it.run()
        await it.listens()
        await it.at(CLOSES)
        await it.closed()
        await it.listens()
        it.wire.happens(vote("anna", CLOSES + SECOND))
        await until(lambda: "closed now" in it.wire.text("anna"), it.look)
        assert await it.voters() == 0


async def test_a_platform_that_does_not_answer_delays_a_close_by_ten_seconds() -> None:
    assert timedelta(seconds=10) == HOLD
    async with evening() as it:
        await it.run()
        await it.listens()
        it.wire.dead = True
        await it.at(CLOSES)
        await until(lambda: not it.wire.calls[-1][1], it.look)
        await it.at(CLOSES + HOLD - timedelta(milliseconds=1))
        assert await it.is_open()
        await it.at(CLOSES + HOLD)
        await it.closed()


async def test_personal_answers_go_out_while_a_timer_waits() -> None:
    async with evening() as it:
        await it.run()
        await it.listens()
        it.wire.dead = True
        await it.at(CLOSES)
        await it.here.take_in("anna", "/my")
        await until(lambda: "Your name here" in it.wire.text("anna"), it.look)
        assert await it.is_open()


async def test_what_came_while_nobody_was_there_counts_and_the_unknown_time_is_on_record() -> None:
    async with evening() as it:
        it.here.clock.move(CLOSES + 3 * HOUR)
        now = it.here.clock.now()
        it.wire.events = [vote("anna", now), vote("ben", now, "no"), text("cleo", "/my", "t", now)]
        await it.run()
        await it.closed()
        assert await it.voters() == 2
        notes = [line for line in await it.here.store.read(audit.lines, ASSEMBLY) if line.act == "time_unknown"]
        assert [note.data for note in notes] == [{"course": "all", "step": "ballot"}] * 2
        await it.turn()
        record = (await it.here.store.read(export_files, it.here.engine.house, ASSEMBLY))["process.json"]
        assert b'"answers_of_unknown_time": 2' in record


async def test_after_a_start_a_platform_that_does_not_answer_is_waited_for_as_long() -> None:
    async with evening() as it:
        back = CLOSES + 3 * HOUR
        it.here.clock.move(back)
        it.wire.dead = True
        await it.run()
        await it.at(back + HOLD - timedelta(milliseconds=1))
        assert await it.is_open()
        await it.at(back + HOLD)
        await it.closed()


async def test_a_machine_that_slept_over_the_hour_lets_what_came_meanwhile_come_first() -> None:
    async with evening() as it:
        await it.run()
        await it.listens()
        back = CLOSES + 3 * HOUR
        it.wire.late = [vote("anna", back)]
        it.wire.dead = True
        await it.at(back)
        assert await it.is_open()
        await it.at(back + HOLD - timedelta(milliseconds=1))
        assert await it.is_open()
        await it.at(back + HOLD)
        await it.closed()


async def test_a_graceful_end_writes_down_until_when_was_heard() -> None:
    async with evening() as it:
        await it.run()
        await it.listens()
        before = CLOSES - timedelta(seconds=30)
        await it.at(before)
        it.wire.happens(text("anna", "/my", "m1", before))
        await until(lambda: len(it.wire.calls) > 2 and it.wire.calls[-1][1], it.look)
        await it.at(CLOSES)
        await it.closed()
        assert await it.here.store.read(contact.accounts) == {ACCOUNT: ms(before)}
        await it.end()
        assert await it.here.store.read(contact.accounts) == {ACCOUNT: ms(CLOSES)}


async def test_an_account_that_cannot_go_on_ends_the_run() -> None:
    async with evening() as it:
        await it.run()
        await it.listens()
        it.wire.breaks(Stopped("the token is not valid"))
        with pytest.raises(Stopped, match="not valid"):
            await asyncio.wait_for(cast("asyncio.Task[None]", it._running), 20)
        it._running = None


class Ear:
    """What the deadlines know of a receiver."""

    def __init__(self, until: datetime | None, drains: bool = True) -> None:
        self.heard_until, self.drains = until, drains
        self.asked: list[datetime] = []

    def catch_up(self, hour: datetime) -> None:
        self.asked.append(hour)


NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


def deadlines(*ears: Ear, awake: datetime = NOON - HOUR) -> Deadlines:
    return Deadlines(cast("list[Receiver]", list(ears)), awake)


def test_the_slowest_account_says_how_far_timers_may_ring() -> None:
    assert deadlines().timers(NOON) is None
    assert deadlines(Ear(None, drains=False)).timers(NOON) is None
    both = deadlines(Ear(NOON), Ear(NOON - SECOND), Ear(None, drains=False))
    assert both.timers(NOON) == NOON - SECOND
    assert deadlines(Ear(NOON), Ear(None)).timers(NOON) == NOON - HOLD


def test_right_after_the_start_nothing_rings_unheard() -> None:
    early = deadlines(Ear(None), awake=NOON)
    assert early.timers(NOON + HOLD - SECOND) < NOON - 24 * HOUR  # type: ignore[operator]  # it is set
    assert early.timers(NOON + HOLD) == NOON
    heard = deadlines(Ear(NOON + SECOND), awake=NOON)
    assert heard.timers(NOON + 2 * SECOND) == NOON + SECOND


def test_held_timers_ask_every_account_and_have_a_last_hour() -> None:
    one, two, deaf = Ear(NOON), Ear(None), Ear(None, drains=False)
    both = deadlines(one, two, deaf)
    assert both.hold(NOON, NOON + SECOND) == NOON + HOLD
    assert one.asked == two.asked == [NOON + SECOND]
    assert deaf.asked == []
    assert deadlines(one, awake=NOON + HOUR).hold(NOON, NOON) == NOON + HOUR + HOLD


def test_who_looks_too_late_was_asleep() -> None:
    ear = Ear(None)
    woken = deadlines(ear)
    woken.looks(NOON + LATE, NOON)
    assert woken.hold(NOON, NOON) == NOON + HOLD
    woken.looks(NOON + LATE + SECOND, NOON)
    assert woken.hold(NOON, NOON) == NOON + LATE + SECOND + HOLD
