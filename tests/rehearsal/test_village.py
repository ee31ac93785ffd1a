"""The village: people act as time goes by, each thing once, and the same every time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.lots import Lots
from bot.core.rendered import Choice, Rendered
from bot.engine.clock import ManualClock
from bot.rehearsal.people import Villager
from bot.rehearsal.village import Village
from bot.transports.port import Gone, Incoming

START = datetime(2027, 3, 2, 18, tzinfo=UTC)


def question(number: int) -> Rendered:
    return Rendered(
        (("text", f"Question {number}"),), (Choice("Yes", f"s{number}:q::yes"), Choice("No", f"s{number}:q::no"))
    )


def village(clock: ManualClock, seed: str = "7", people: int = 5) -> Village:
    folk = [
        Villager(
            f"p{n}", f"P{n}", "at", "de", "participant", "steady", timedelta(minutes=4), Lots(seed, str(n)), named=True
        )
        for n in range(people)
    ]
    return Village(folk, clock.now)


async def play(seed: str) -> list[Incoming]:
    """Ten questions to each, one after the other."""
    clock, done = ManualClock(START), []
    there = village(clock, seed)
    for user in there.people:
        await there.send(user, question(0), f"{user}/0")
    while (following := there.next_time()) is not None:
        clock.move(following)
        for event in there.act().events:
            done.append(event)
            number = int(event.press.split(":")[0][1:]) + 1
            if number < 10:
                await there.send(event.user, question(number), f"{event.user}/{number}")
    return done


async def test_everybody_acts_in_order_of_time() -> None:
    done = await play("7")
    assert len(done) == 50
    assert [e.at for e in done] == sorted(e.at for e in done)
    assert len({e.id for e in done}) == 50


async def test_two_same_seeds_do_the_same_and_another_one_does_not() -> None:
    first, again, other = await play("7"), await play("7"), await play("8")
    assert first == again
    assert [e.press for e in first] != [e.press for e in other]


async def test_a_message_that_comes_twice_is_read_once() -> None:
    clock = ManualClock(START)
    there = village(clock)
    for _ in range(2):
        await there.send("p0", question(1), "k")
    await there.send("p1", question(1), "k")
    clock.move(START + timedelta(hours=1))
    assert sorted(e.user for e in there.act().events) == ["p0", "p1"]
    assert there.messages == 2


async def test_nobody_acts_before_the_time() -> None:
    clock = ManualClock(START)
    there = village(clock)
    there.plan("p3", START + timedelta(minutes=1, microseconds=1), "/join X")
    following = there.next_time()
    assert following is not None
    assert following > START + timedelta(minutes=1)
    clock.move(START + timedelta(minutes=1))
    assert there.act().events == ()
    clock.move(following)
    assert [(e.user, e.text, e.at) for e in there.act().events] == [("p3", "/join X", following)]
    assert there.next_time() is None


async def test_latecomers_come_so_long_after_the_first_step_opened_at_their_site() -> None:
    clock = ManualClock(START)
    there = village(clock)
    there.plan_late("p4", timedelta(minutes=30), "/join X")
    assert there.next_time() is None
    await there.send("p0", Rendered((("text", "Your seat is reserved."),)), "k0")
    assert there.next_time() is None
    clock.move(START + timedelta(days=1))
    await there.send("p0", Rendered((("text", "Good evening."),), step="welcome"), "k1")
    assert there.next_time() == START + timedelta(days=1, minutes=30)


async def test_nobody_else_lives_here() -> None:
    with pytest.raises(Gone, match="nobody called zoe"):
        await village(ManualClock(START)).send("zoe", question(1), "k")


async def test_the_cursor_moves_with_what_was_done() -> None:
    clock = ManualClock(START)
    there = village(clock)
    there.plan("p0", START, "hello")
    first = await there.receive("")
    there.plan("p0", START, "hello again")
    second = await there.receive(first.cursor)
    assert [e.text for e in (*first.events, *second.events)] == ["hello", "hello again"]
    assert first.cursor != second.cursor
