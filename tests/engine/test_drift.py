"""A clock that was set: noticed, told to those who lead, and nothing rings twice or never."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.engine.drift import MUCH, Drift, steady
from tests.engine.test_deadlines import CLOSES, Evening, evening
from tests.support.room import START

SECOND = timedelta(seconds=1)


def test_only_a_jump_of_more_than_five_minutes_is_one() -> None:
    passed = [0.0]
    drift = Drift(lambda: passed[0], START)
    for hours in (1, 5, 30):
        passed[0] = hours * 3600.0
        assert drift.jumped(START + timedelta(hours=hours)) is None
        assert drift.jumped(START + timedelta(hours=hours) + MUCH) is None
        assert drift.jumped(START + timedelta(hours=hours) - MUCH) is None
    now = START + timedelta(hours=30) + MUCH + SECOND
    assert drift.jumped(now) == MUCH + SECOND
    assert drift.jumped(now) is None
    assert drift.jumped(now - timedelta(hours=1)) == -timedelta(hours=1)


def test_real_seconds_pass() -> None:
    before = steady()
    assert steady() >= before


@pytest.mark.parametrize(
    ("by", "said"), [(timedelta(hours=2), "2 hours forward"), (timedelta(minutes=7), "7 minutes forward")]
)
async def test_organisers_are_told(by: timedelta, said: str) -> None:
    async with evening() as it:
        await it.here.enrol("olga", "organiser")
        await told(it, by)
        await it.turn()
        assert said in it.wire.text("olga")
        assert it.wire.text("olga").count("The clock of the computer") == 1


async def test_a_clock_that_is_set_back_is_told_as_such() -> None:
    async with evening() as it:
        await it.here.enrol("olga", "organiser")
        await told(it, -timedelta(minutes=10))
        await it.turn()
        assert "10 minutes back" in it.wire.text("olga")
        await it.listens()
        await it.at(CLOSES)
        await it.closed()


async def told(it: Evening, by: timedelta) -> None:
    """The engine runs, and the clock is set."""
    began, passed = it.here.clock.now(), [0.0]
    it.engine._drift = Drift(lambda: passed[0], began)
    await it.run()
    if by > timedelta():
        it.here.clock.move(began + by)
    else:
        passed[0] = -by.total_seconds()
