"""Clocks tell whole milliseconds, so that what is written down with an hour comes at that hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.engine.clock import ManualClock, SystemClock
from bot.store.keys import KeyFile
from bot.store.times import instant, ms
from tests.bench.assembly import BenchAssembly, somewhere

AT = datetime(2027, 3, 1, 9, 0, 0, 123_456, tzinfo=UTC)


def test_what_a_clock_tells_can_be_stored() -> None:
    for clock in (SystemClock(), ManualClock(AT)):
        now = clock.now()
        assert instant(ms(now)) == now


def test_a_clock_that_is_moved_tells_whole_milliseconds_and_never_goes_back() -> None:
    clock = ManualClock(AT)
    clock.move(AT + timedelta(seconds=1))
    assert clock.now() == datetime(2027, 3, 1, 9, 0, 1, 123_000, tzinfo=UTC)
    clock.move(AT)
    assert clock.now() == datetime(2027, 3, 1, 9, 0, 1, 123_000, tzinfo=UTC)


async def test_a_dialogue_that_begins_between_two_milliseconds_goes_on(tmp_path: Path) -> None:
    hall = await BenchAssembly.found(tmp_path / "a.db", KeyFile.from_seed("a"), somewhere(4), AT, "OFF")
    opened = await hall.store.read(
        lambda db: db.sql.execute("SELECT COUNT(*) FROM log WHERE act = 'opened'").fetchone()[0]
    )
    await hall.store.close()
    assert opened == 3
