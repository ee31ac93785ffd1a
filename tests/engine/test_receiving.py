"""One receiver: what it commits, how it starts again, and what it knows of the time of a press."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.engine import receiving
from bot.engine.receiving import LONGEST, Receiver
from bot.store import contact, queue
from bot.store.errors import DiskFull
from bot.store.queue import InRow
from bot.store.times import instant, ms
from bot.transports.port import Batch, Incoming, Retry, Stopped
from tests.support.evening import EVENING
from tests.support.room import ACCOUNT, Room, room
from tests.support.wire import Naps, Wire, press, text, until

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
MOMENT = timedelta(milliseconds=1)


class Case:
    """A receiver that runs, on a wire, beside a room. `taken` is what reached the intake, by id."""

    def __init__(self, here: Room, wire: Wire, naps: Naps, chance: float, taken: dict[str, Incoming]) -> None:
        self.here, self.wire, self.naps, self.taken = here, wire, naps, taken
        self.woken = 0
        self.receiver = Receiver(wire, here.store, here.engine.house, here.clock, self._wake, naps, lambda: chance)
        self.running = asyncio.create_task(self.receiver.run())

    def _wake(self) -> None:
        self.woken += 1

    async def calls(self, number: int) -> None:
        """Until so many calls have been made."""
        await until(lambda: len(self.wire.calls) >= number, self._look)

    async def caught_up(self, at: datetime) -> None:
        await until(lambda: self.receiver.heard_until is not None and self.receiver.heard_until >= at, self._look)

    async def _look(self) -> None:
        await self.here.store.read(queue.cursor, ACCOUNT)


@asynccontextmanager
async def case(
    monkeypatch: pytest.MonkeyPatch, wire: Wire | None = None, *, short: float = 8.0, chance: float = 0.5
) -> AsyncIterator[Case]:
    wire = wire or Wire()
    taken: dict[str, Incoming] = {}
    take_in = receiving.take_in

    def noted(db: object, house: object, account: str, batch: Batch, now: datetime) -> int:
        new = take_in(db, house, account, batch, now)  # type: ignore[arg-type]  # passed through
        taken.update({event.id: event for event in batch.events})
        return new

    monkeypatch.setattr(receiving, "take_in", noted)
    async with room(EVENING, wire) as here:
        made = Case(here, wire, Naps(short), chance, taken)
        try:
            yield made
        finally:
            made.running.cancel()
            await asyncio.gather(made.running, return_exceptions=True)


async def test_the_first_call_does_not_wait_and_the_next_one_confirms_what_is_committed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wire = Wire()
    wire.events = [text("anna", "/help", str(n), datetime.now().astimezone()) for n in range(5)]
    async with case(monkeypatch, wire) as it:
        await it.calls(3)
        assert it.wire.calls == [("", False), ("#3", False), ("#5", True)]
        assert await it.here.store.read(queue.cursor, ACCOUNT) == "#5"
        for n in range(5):
            assert await it.here.store.read(queue.known, f"{ACCOUNT}/{n}")
        it.wire.happens(text("anna", "/help", "5", it.here.clock.now()))
        await it.calls(4)
        assert it.wire.calls[3:] == [("#6", True)]
        assert it.woken >= 3


async def test_what_is_not_committed_is_not_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with case(monkeypatch) as it:
        await it.calls(2)
        faults = [DiskFull("full"), DiskFull("full")]
        transact = it.here.store.transact

        async def full(*given: object) -> object:
            if faults:
                raise faults.pop()
            return await transact(*given)  # type: ignore[arg-type]  # passed through

        monkeypatch.setattr(it.here.store, "transact", full)
        it.wire.happens(text("anna", "/help", "1", it.here.clock.now()))
        await until(lambda: it.wire.calls[-1] == ("#1", True), it._look)
        assert it.wire.calls[2:] == [("", False), ("", False), ("#1", True)]
        assert it.naps.asked.count(LONGEST) >= 3


async def test_an_event_that_cannot_be_taken_in_holds_up_nobody_elses(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with case(monkeypatch) as it:
        await it.calls(2)
        noted = receiving.take_in

        def poisoned(db: object, house: object, account: str, batch: Batch, now: datetime) -> int:
            if any(event.id == "2" for event in batch.events):
                raise ZeroDivisionError("my secret words")
            return noted(db, house, account, batch, now)  # type: ignore[arg-type]  # passed through

        monkeypatch.setattr(receiving, "take_in", poisoned)
        it.wire.happens(*(text("anna", "/help", str(n), it.here.clock.now()) for n in (1, 2, 3)))
        await until(lambda: it.wire.calls[-1] == ("#3", True), it._look)
        for n in (1, 2, 3):
            assert await it.here.store.read(queue.known, f"{ACCOUNT}/{n}")
        assert it.taken.keys() == {"1", "3"}
        assert "left out: ZeroDivisionError at" in caplog.text
        assert "secret words" not in caplog.text


@pytest.mark.parametrize(("chance", "pauses"), [(0.0, [1.0] * 5), (1.0, [2.0, 4.0, 8.0, 8.0, 8.0])])
async def test_pauses_grow_from_one_to_eight_seconds(
    monkeypatch: pytest.MonkeyPatch, chance: float, pauses: list[float]
) -> None:
    wire = Wire()
    wire.faults = [OSError("https://canary")] * 5
    async with case(monkeypatch, wire, chance=chance) as it:
        await it.calls(7)
        assert [nap for nap in it.naps.asked if nap != LONGEST] == pauses
        assert [wait for _, wait in it.wire.calls] == [False] * 6 + [True]
        it.wire.breaks(OSError("again"))
        await it.calls(8)
        assert [nap for nap in it.naps.asked if nap != LONGEST][5:] == pauses[:1]
        await it.calls(9)
        assert [wait for _, wait in it.wire.calls[7:]] == [False, True]


async def test_a_fault_is_logged_without_its_words(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    wire = Wire()
    wire.faults = [OSError("https://canary")]
    async with case(monkeypatch, wire) as it:
        await it.calls(2)
        assert "receiving from test:main failed and is tried again: OSError at" in caplog.text
        assert "canary" not in caplog.text


async def test_a_call_without_progress_is_given_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with case(monkeypatch) as it:
        await it.calls(2)
        it.wire.dead = True
        it.wire.happens(text("anna", "/help", "1", it.here.clock.now()))  # the call that waits still brings this
        await it.calls(3)
        it.wire.dead = False
        it.wire.events.append(text("anna", "/help", "2", it.here.clock.now()))
        await until(lambda: it.naps.asked.count(LONGEST) == 3, it._look)
        it.naps.end(LONGEST)
        await until(lambda: it.wire.calls[-1] == ("#2", True), it._look)
        assert it.wire.calls[3:] == [("#1", False), ("#2", True)]
        assert "no progress for 90 seconds" in caplog.text


async def test_stopped_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire()
    wire.faults = [Stopped("the token is not valid")]
    async with case(monkeypatch, wire) as it:
        with pytest.raises(Stopped, match="not valid"):
            await asyncio.wait_for(it.running, 20)
        assert len(wire.calls) == 1


async def test_a_transport_that_cannot_be_asked_is_left_to_wait(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    wire = Wire()
    wire.abilities = wire.abilities.__class__()
    async with case(monkeypatch, wire) as it:
        await it.calls(1)
        it.receiver.catch_up(it.here.clock.now())
        it.wire.happens(press("anna", "x", "1", it.here.clock.now()))
        await it.calls(2)
        assert it.wire.calls == [("", True), ("#1", True)]
        assert not it.taken["1"].unsure
        assert it.naps.asked == []
        it.wire.breaks(EOFError())
        await asyncio.wait_for(it.running, 20)
        assert "nothing more comes in" in caplog.text


async def test_contact_is_noted_once_a_minute_where_nothing_else_is(monkeypatch: pytest.MonkeyPatch) -> None:
    async with case(monkeypatch) as it:
        start = it.here.clock.now()
        await it.caught_up(start)
        assert await it.here.store.read(contact.last, ACCOUNT) == ms(start)
        for seconds, noted in ((30, 0), (59, 0), (60, 60), (90, 60), (121, 121)):
            now = start + timedelta(seconds=seconds)
            it.here.clock.move(now)
            it.receiver.catch_up(now)
            await it.caught_up(now)
            assert await it.here.store.read(contact.last, ACCOUNT) == ms(start + timedelta(seconds=noted)), seconds


async def test_asked_to_catch_up_it_ends_the_call_that_waits_and_asks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with case(monkeypatch) as it:
        await it.calls(2)
        hour = it.here.clock.now() + MINUTE
        it.here.clock.move(hour)
        it.wire.late = [press("anna", "x", "1", hour + SECOND)]
        it.receiver.catch_up(hour)
        await it.caught_up(hour)
        await it.calls(4)
        assert it.wire.calls[2:] == [("", False), ("#1", True)]
        assert it.taken["1"].at == hour
        assert not it.taken["1"].unsure
        woken = it.woken
        it.receiver.catch_up(hour)
        assert it.wire.calls[4:] == []
        assert it.woken == woken


async def test_who_waits_for_an_hour_is_woken_when_it_has_been_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    async with case(monkeypatch) as it:
        await it.calls(2)
        first = it.here.clock.now() + MINUTE
        it.here.clock.move(first)
        it.wire.gate.clear()
        it.receiver.catch_up(first)
        await it.calls(3)
        later = first + MINUTE
        it.here.clock.move(later)
        it.receiver.catch_up(later)  # while the call for the first hour is under way
        it.wire.gate.set()
        await it.caught_up(later)
        await it.calls(5)
        assert [wait for _, wait in it.wire.calls[2:]] == [False, False, True]
        assert it.woken == 2


async def test_a_press_is_dated_by_the_first_hour_that_waits_and_a_text_by_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with case(monkeypatch) as it:
        await it.calls(2)
        first, last = it.here.clock.now() + MINUTE, it.here.clock.now() + 2 * MINUTE
        before = ms(it.here.clock.now())
        rows = [InRow("a1", f"timer/{at}", "due", ms(at), before, b"x") for at in (first, last)]
        await it.here.store.transact(queue.put_events, [*rows, InRow("a1", "now", "due", before, before, b"x")])
        it.here.clock.move(last)
        it.wire.late = [
            press("anna", "x", "1", last),
            text("anna", "/help", "2", last),
            press("anna", "x", "3", first - SECOND),
            press("anna", "x", "4", last),
        ]
        it.receiver.catch_up(last)
        await it.caught_up(last)
        assert {id: event.at for id, event in it.taken.items()} == {
            "1": first - MOMENT,
            "2": last,
            "3": first - SECOND,
            "4": first - MOMENT,
        }
        it.here.clock.move(last + SECOND)
        it.wire.happens(press("anna", "x", "5", last + SECOND))
        await until(lambda: "5" in it.taken, it._look)
        assert it.taken["5"].at == last + SECOND


async def test_after_a_start_and_after_a_fault_the_time_of_a_press_is_not_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wire = Wire()
    async with case(monkeypatch, wire) as it:
        now = it.here.clock.now()
        wire.events = [press("anna", "x", str(n), now) for n in range(4)] + [text("anna", "/help", "4", now)]
        await until(lambda: "4" in it.taken, it._look)
        assert [it.taken[str(n)].unsure for n in range(5)] == [True] * 4 + [False]
        wire.happens(press("anna", "x", "5", now))
        await until(lambda: "5" in it.taken, it._look)
        assert not it.taken["5"].unsure
        wire.late = [press("anna", "x", "6", now)]
        wire.breaks(OSError())
        await until(lambda: "6" in it.taken, it._look)
        assert it.taken["6"].unsure


async def test_a_press_of_unknown_time_counts_as_early_as_it_can_have_been_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wire = Wire(presses=150 * SECOND)
    async with case(monkeypatch, wire) as it:
        start = it.here.clock.now()
        await it.caught_up(start)
        for number, away, earliest in ((1, 20 * SECOND, 20 * SECOND), (2, HOUR, 150 * SECOND)):
            now = it.here.clock.now() + away
            wire.breaks(OSError())
            wire.late = [press("anna", "x", str(number), now), text("anna", "/help", f"t{number}", now)]
            it.here.clock.move(now)
            await until(lambda number=number: f"t{number}" in it.taken, it._look)  # type: ignore[misc]  # a lambda
            assert (it.taken[str(number)].at, it.taken[str(number)].unsure) == (now - earliest, True)
            assert it.taken[f"t{number}"].at == now


async def test_an_hour_is_reached_only_by_a_call_that_was_made_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async with case(monkeypatch) as it:
        await it.calls(2)
        hour = it.here.clock.now() + MINUTE
        it.wire.happens(text("anna", "/help", "1", hour))
        it.here.clock.move(hour)
        await it.calls(3)
        assert it.receiver.heard_until is not None
        assert it.receiver.heard_until < hour
        assert instant(ms(it.receiver.heard_until)) == it.receiver.heard_until


class Echo(Wire):
    """A platform that shows us our own words, too."""

    async def receive(self, cursor: str, wait: bool = True) -> Batch:
        batch = await super().receive(cursor, wait)
        others = tuple(event for event in batch.events if event.user != "us")
        return replace(batch, events=others, idle=not others)


async def test_a_cursor_behind_which_nothing_came_is_committed_with_what_comes_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with case(monkeypatch, Echo()) as it:
        await it.calls(2)
        committed = await it.here.store.read(queue.cursor, ACCOUNT)
        it.wire.happens(text("us", "our own words", "1", it.here.clock.now()))
        await it.calls(3)
        assert it.wire.calls[2] == ("#1", True), "it is asked for what lies behind it all the same"
        assert await it.here.store.read(queue.cursor, ACCOUNT) == committed
        it.wire.happens(text("anna", "/help", "2", it.here.clock.now()))
        await it.calls(4)
        assert await it.here.store.read(queue.cursor, ACCOUNT) == "#2"
        it.here.clock.move(it.here.clock.now() + MINUTE)
        it.wire.happens(text("us", "our own words", "3", it.here.clock.now()))
        await it.calls(5)
        assert await it.here.store.read(queue.cursor, ACCOUNT) == "#3", (
            "contact is noted once a minute, with the cursor"
        )


async def test_after_a_failure_the_call_begins_at_what_is_committed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with case(monkeypatch, Echo()) as it:
        await it.calls(2)
        it.wire.happens(text("us", "our own words", "1", it.here.clock.now()))
        await it.calls(3)
        it.wire.breaks(OSError("gone"))
        await it.calls(4)
        assert [cursor for cursor, _ in it.wire.calls[:4]] == ["", "", "#1", ""]


async def test_a_platform_that_says_how_long_is_obeyed_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire()
    wire.faults = [Retry(timedelta(seconds=0)), Retry(timedelta(seconds=20)), Retry(timedelta(days=1))]
    async with case(monkeypatch, wire, chance=0.0, short=30.0) as it:
        await until(lambda: it.naps.asked.count(LONGEST) == 4, it._look)  # three calls, and the wait of a day
        assert [nap for nap in it.naps.asked if nap != LONGEST] == [1.0, 20.0]
