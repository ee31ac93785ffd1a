"""The clock of the conversations: what a server dates by its own clock counts at the hour that the test's clock showed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.transports.matrix import Matrix
from tests.support.mapped_clock import MappedClock, machine
from tests.support.matrix_people import Gathering

START = datetime(2030, 5, 1, 18, tzinfo=UTC)
REAL = datetime(2026, 1, 1, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


class Real:
    """A server's clock."""

    def __init__(self) -> None:
        self.at = REAL

    def __call__(self) -> datetime:
        return self.at


def test_an_instant_of_the_server_is_the_hour_that_the_clock_showed_then() -> None:
    real = Real()
    clock = MappedClock(START, real)
    for number in range(1, 4):
        real.at += SECOND
        clock.move(START + number * HOUR)
    shown = [clock.showed(REAL + number * SECOND / 2) for number in range(8)]
    assert [(at - START) // HOUR for at in shown] == [0, 0, 1, 1, 2, 2, 3, 3]


def test_what_came_before_the_beginning_came_at_the_beginning() -> None:
    assert MappedClock(START, Real()).showed(REAL - HOUR) == START


def test_the_very_millisecond_of_a_jump_belongs_to_what_comes_after_it() -> None:
    real = Real()
    clock = MappedClock(START, real)
    real.at += timedelta(microseconds=1_000_900)
    clock.move(START + HOUR)
    assert clock.showed(REAL + SECOND) == START + HOUR, "servers cut off what is finer than a millisecond"
    assert clock.showed(REAL + SECOND - timedelta(milliseconds=1)) == START


def test_a_clock_that_is_told_to_stay_where_it_is_has_not_jumped() -> None:
    real = Real()
    clock = MappedClock(START, real)
    clock.move(START - HOUR)
    real.at += SECOND
    assert clock.now() == clock.showed(real.at) == START


@pytest.mark.homeserver
async def test_what_was_said_in_time_was_said_in_time_though_it_is_read_hours_later(homeserver: Gathering) -> None:
    bot = homeserver.server.login(homeserver.pool.account("narrator"))
    anna = await homeserver.person("guest-1")
    chat = await homeserver.room(anna, bot, private=True)
    clock = MappedClock(START)
    matrix = Matrix("main", homeserver.server.url, bot.user, bot.token, machine)
    try:
        cursor = (await matrix.receive("", wait=False)).cursor
        for words in ("in time", "late", "much later"):
            await anna.say(chat, words)
            clock.move(clock.now() + HOUR)
        heard: dict[str, datetime] = {}
        while len(heard) < 3:
            batch = await matrix.receive(cursor)
            cursor = batch.cursor
            heard |= {event.text: clock.showed(event.at) for event in batch.events}
    finally:
        await matrix.close()
    assert heard == {"in time": START, "late": START + HOUR, "much later": START + 2 * HOUR}
