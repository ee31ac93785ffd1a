"""The loop under fire: poison, doubles, several assemblies, a graceful end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.effects import Effect
from bot.core.events import Due, Started, encode
from bot.core.heard import Heard
from bot.core.scene import Scene
from bot.core.steps.vote import Vote
from bot.core.steps.welcome import Welcome
from bot.engine import handling
from bot.engine.sending import Sender
from bot.store import courses, queue
from bot.store.courses import Assembly
from bot.store.times import ms
from bot.transports.port import Batch, Incoming
from tests.engine.test_evening import HOUR, arrive
from tests.support.evening import EVENING
from tests.support.room import ACCOUNT, ASSEMBLY, Post, Room, room


async def test_a_poison_event_is_parked_and_reported_and_stops_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with room(EVENING) as here:
        await arrive(here, "anna", "ben", "cleo")
        await here.enrol("olga", "organiser")
        await here.wait(HOUR + timedelta(minutes=30))
        healthy = Vote.hear

        def poisoned(self: Vote, at: object, heard: Heard) -> object:
            if heard.press.endswith(":no"):
                raise ZeroDivisionError("my secret words")
            return healthy(self, at, heard)  # type: ignore[arg-type]  # a stand-in with the same shape

        monkeypatch.setattr(Vote, "hear", poisoned)
        await here.take_in("anna", press="ballot:trees::yes")
        await here.take_in("ben", press="ballot:trees::no")
        await here.take_in("cleo", press="ballot:trees::yes")
        await here.engine.settle()
        parked = await here.store.read(queue.parked)
        assert [(row.kind, row.error, row.tries) for row in parked] == [("heard", "ZeroDivisionError", 3)]
        assert "set aside" in here.post.text("olga")
        assert "ZeroDivisionError" in caplog.text
        assert "secret words" not in caplog.text
        assert (await here.store.read(queue.counts))["inbox"].get("new", 0) == await _timers(here)
        monkeypatch.setattr(Vote, "hear", healthy)
        await here.choose("ben", "Yes")
        assert "Yes" in here.post.text("ben")


async def _timers(here: object) -> int:
    """How many events wait for their time."""
    return await here.store.read(  # type: ignore[attr-defined]  # a room
        lambda db: db.sql.execute(
            "SELECT COUNT(*) FROM inbox WHERE state = 'new' AND at > ?", (ms(here.clock.now()),)
        ).fetchone()[0]  # type: ignore[attr-defined]
    )


async def test_the_same_remote_event_twice_counts_once() -> None:
    async with room(EVENING) as here:
        await arrive(here, "anna", "ben")
        await here.wait(HOUR)
        for _ in range(3):
            await here.say("ben", "Only once", id="m7")
        assert here.post.text("anna").count("Only once") == 1


async def test_events_and_cursor_are_committed_together() -> None:
    async with room(EVENING) as here:
        await here.enrol("anna")
        batch = Batch((Incoming("1", "anna", "anna", here.clock.now(), "/help"),), "cursor-1")
        await here.engine.take_in(ACCOUNT, batch)
        assert await here.store.read(queue.cursor, ACCOUNT) == "cursor-1"
        assert await here.store.read(queue.known, f"{ACCOUNT}/1")


async def test_two_assemblies_in_one_process_do_not_touch() -> None:
    async with room(EVENING) as here:
        await arrive(here, "anna", "ben")
        other = Assembly("a2", here.flow.ref, "other", "open", 0)
        await here.store.transact(courses.save_assembly, other)
        now = ms(here.clock.now())
        await here.store.transact(queue.put_event, "a2", "start/all", encode(Started("all")), "started", now, now)
        await here.wait(HOUR)
        first = await here.store.read(courses.load_course, ASSEMBLY, "all")
        second = await here.store.read(courses.load_course, "a2", "all")
        assert first is not None
        assert second is not None
        assert first.open.keys() == {"talk"}
        assert second.state == "running"
        assert "What do you miss there?" in here.post.text("anna")


async def test_a_timer_for_a_step_that_is_over_changes_nothing() -> None:
    async with room(EVENING) as here:
        await arrive(here, "anna", "ben")
        await here.wait(HOUR)
        before = await here.course()
        now = ms(here.clock.now())
        stale = Due("all", "welcome", "close")
        await here.store.transact(queue.put_event, ASSEMBLY, "stale", encode(stale), "due", now, now)
        unknown = Due("all", "nothing", "open")
        await here.store.transact(queue.put_event, ASSEMBLY, "unknown", encode(unknown), "due", now, now)
        await here.engine.settle()
        assert await here.course() == before
        assert await here.store.read(queue.parked) == []


async def test_stop_ends_the_loop_and_nothing_is_left_half_done() -> None:
    async with room(EVENING) as here:
        await arrive(here, "anna", "ben")
        running = asyncio.create_task(here.engine.run())
        await asyncio.sleep(0)
        here.engine.stop()
        await asyncio.wait_for(running, 10)
        assert "sending" not in (await here.store.read(queue.counts))["outbox"]


async def test_the_alarm_wakes_the_loop_when_something_is_due() -> None:
    post = Post()
    async with room(EVENING, post) as here:
        await here.enrol("anna")
        running = asyncio.create_task(here.engine.run())
        now = ms(here.clock.now())
        await here.store.transact(queue.put_event, ASSEMBLY, "go", encode(Started("all")), "started", now, now)
        here.engine.wake()
        for _ in range(1000):
            if post.delivered:
                break
            await asyncio.sleep(0)
            await here.store.read(queue.next_due)
        here.engine.stop()
        await asyncio.wait_for(running, 10)
        assert "I am Pnyx" in post.text("anna")


async def test_a_big_fan_out_lets_personal_answers_run_between() -> None:
    async with room(EVENING) as here:
        for number in range(450):
            await here.enrol(f"p{number}")
        await here.begin()
        now = here.clock.now()
        done = await here.store.transact(handling.handle_batch, here.engine.house, now, ms(now))
        assert done == 0
        rows = await here.store.read(
            lambda db: db.sql.execute("SELECT COUNT(*) FROM inbox WHERE kind = 'spread'").fetchone()[0]
        )
        assert rows == 4
        assert len({place for place, _, _ in here.post.delivered}) == 450


async def test_one_bad_unit_of_a_fan_out_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    async with room(EVENING) as here:
        seats = [await here.enrol(f"p{number}") for number in range(5)]
        healthy = Welcome.open

        def poisoned(self: Welcome, at: Scene) -> Iterator[Effect]:
            if at.seat.id == seats[2]:
                raise ZeroDivisionError
            return healthy(self, at)

        monkeypatch.setattr(Welcome, "open", poisoned)
        await here.begin()
        assert {place for place, _, _ in here.post.delivered} == {"p0", "p1", "p3", "p4"}
        assert [row.kind for row in await here.store.read(queue.parked)] == ["spread"]


async def test_a_full_disk_is_waited_for_and_nothing_is_lost(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    post = Post()
    async with room(EVENING, post, tmp_path / "pnyx.db") as here:
        for number in range(40):
            await here.enrol(f"p{number}")
        now = ms(here.clock.now())
        await here.store.transact(queue.put_event, ASSEMBLY, "go", encode(Started("all")), "started", now, now)
        await here.store.read(lambda db: db.sql.execute("PRAGMA max_page_count = 1").fetchall())
        running = asyncio.create_task(here.engine.run())
        await until(here, lambda: "goes on by itself" in caplog.text)
        assert not running.done()
        await here.store.read(lambda db: db.sql.execute("PRAGMA max_page_count = 100000").fetchall())
        await until(here, lambda: len({place for place, _, _ in post.delivered}) == 40)
        here.engine.stop()
        await asyncio.wait_for(running, 10)
        assert caplog.text.count("goes on by itself") == 1


async def test_a_loop_that_turns_without_its_sender_does_not_pass_for_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    async with room(EVENING) as here:
        running = asyncio.create_task(here.engine.run())
        await until(here, lambda: here.engine.looked > 2 or here.engine.wake() is not None)
        hangs = asyncio.Event()

        async def hang(self: object) -> int:
            await hangs.wait()
            return 0

        healthy = Sender._turn
        monkeypatch.setattr(Sender, "_turn", hang)
        for _ in range(50):
            here.engine.wake()
            await here.store.read(queue.next_due)
        stuck = here.engine.looked
        for _ in range(50):
            here.engine.wake()
            await here.store.read(queue.next_due)
        assert here.engine.looked == stuck
        monkeypatch.setattr(Sender, "_turn", healthy)
        hangs.set()
        await until(here, lambda: here.engine.looked > stuck + 1 or here.engine.wake() is not None)
        here.engine.stop()
        await asyncio.wait_for(running, 10)


async def until(here: Room, holds: Callable[[], bool]) -> None:
    """Let the loop run until something holds."""
    async with asyncio.timeout(20):
        while not holds():
            await here.store.read(queue.next_due)
