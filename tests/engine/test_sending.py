"""What becomes of messages that do not go out at once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.effects import Lane, Say
from bot.core.message import message, t
from bot.core.rendered import plain
from bot.store import outbox, queue
from bot.store.times import ms
from bot.transports.port import Gone, Refused, Retry, Uncertain
from tests.support.evening import EVENING
from tests.support.room import Post, Room, room


def hello(to: str, key: str = "k", lane: Lane = Lane.STEP) -> Say:
    return Say(to, message(t("Thank you, {name}.", name=key)), key, lane)


async def states(here: Room) -> dict[str, int]:
    return (await here.store.read(queue.counts))["outbox"]


async def test_a_message_that_was_put_off_goes_out_later_and_once() -> None:
    post = Post()
    async with room(EVENING, post) as here:
        seat = await here.enrol("anna")
        post.failures = [Retry(timedelta(seconds=30)), Retry(timedelta(seconds=30))]
        await here.apply([hello(f"seat:{seat}")])
        await here.engine.settle()
        assert post.delivered == []
        await here.wait(timedelta(seconds=29))
        assert post.delivered == []
        await here.wait(timedelta(minutes=2))
        assert len(post.delivered) == 1
        assert await states(here) == {"sent": 1}


async def test_when_something_may_leave_next_is_known_before_anybody_has_looked() -> None:
    post = Post()
    async with room(EVENING, post) as here:
        seat = await here.enrol("anna")
        await here.engine.settle()
        assert await here.engine.next_due() is None
        await here.apply([hello(f"seat:{seat}")])
        assert await here.engine.next_due() == here.clock.now()
        await here.engine.settle()
        assert await here.engine.next_due() is None


async def test_later_messages_wait_behind_one_that_is_tried_again() -> None:
    post = Post()
    async with room(EVENING, post) as here:
        seat = await here.enrol("anna")
        post.failures = [Retry(timedelta(seconds=30))]
        await here.apply([hello(f"seat:{seat}", "first"), hello(f"seat:{seat}", "second")])
        await here.wait(timedelta(minutes=2))
        assert [plain(m) for m in post.to("anna")] == ["Thank you, first.", "Thank you, second."]


@pytest.mark.parametrize("failure", [Gone("blocked"), Refused("too long")])
async def test_what_will_never_arrive_is_given_up_and_stops_nobody(failure: Exception) -> None:
    post = Post()
    async with room(EVENING, post) as here:
        anna, ben = await here.enrol("anna"), await here.enrol("ben")
        post.failures = [failure]
        await here.apply([hello(f"seat:{anna}"), hello(f"seat:{ben}")])
        await here.engine.settle()
        assert await states(here) == {"gone": 1, "sent": 1}


async def test_what_may_have_arrived_is_sent_once_more_and_says_so() -> None:
    post = Post(repeatable=False)
    async with room(EVENING, post) as here:
        seat = await here.enrol("anna")
        post.failures = [Uncertain("no answer"), Uncertain("no answer")]
        await here.apply([hello(f"seat:{seat}")])
        await here.wait(timedelta(minutes=1))
        assert len(post.delivered) == 1
        assert plain(post.to("anna")[0]).count("(This may be a repeat.)") == 1


async def test_what_the_platform_has_forgotten_may_show_twice_and_says_so() -> None:
    """It would know the key of a message again, but not after so long a time without an answer."""
    post = Post()
    async with room(EVENING, post) as here:
        seat = await here.enrol("anna")
        post.failures = [Uncertain("no answer"), Uncertain("no answer for a day", forgotten=True)]
        await here.apply([hello(f"seat:{seat}")])
        await here.wait(timedelta(minutes=1))
        assert [plain(each).count("(This may be a repeat.)") for each in post.to("anna")] == [1]


async def test_after_a_crash_what_was_under_way_is_sent_once_more_and_says_so(tmp_path: Path) -> None:
    post = Post(repeatable=False)
    async with room(EVENING, post, tmp_path / "pnyx.db") as here:
        seat = await here.enrol("anna")
        await here.apply([hello(f"seat:{seat}", "first"), hello(f"seat:{seat}", "second")])
        await here.store.transact(outbox.mark, [1], ms(here.clock.now()))
        await here.engine.open()
        await here.engine.settle()
        texts = [plain(m) for m in post.to("anna")]
        assert len(texts) == 2
        assert "(This may be a repeat.)" in texts[0]
        assert "(This may be a repeat.)" not in texts[1]


async def test_an_answer_goes_before_steps_and_steps_before_broadcasts() -> None:
    post = Post()
    async with room(EVENING, post) as here:
        names = ("anna", "ben", "cleo")
        seats = [await here.enrol(name) for name in names]
        await here.apply(
            [
                hello(f"seat:{seats[0]}", "broadcast", Lane.BROADCAST),
                hello(f"seat:{seats[1]}", "step", Lane.STEP),
                hello(f"seat:{seats[2]}", "answer", Lane.ANSWER),
            ]
        )
        await here.engine.settle()
        assert [place for place, _, _ in post.delivered] == ["cleo", "ben", "anna"]


async def test_in_quiet_hours_only_answers_are_sent() -> None:
    quiet = EVENING.replace("[[step]]", "[schedule.quiet_hours]\nstart = 21:00:00\nend = 08:00:00\n\n[[step]]", 1)
    post = Post()
    async with room(quiet, post) as here:
        seat = await here.enrol("anna")
        await here.wait(timedelta(hours=12))
        await here.apply([hello(f"seat:{seat}", "step"), hello(f"seat:{seat}", "answer", Lane.ANSWER)])
        await here.engine.settle()
        assert [plain(m) for m in post.to("anna")] == ["Thank you, answer."]
        await here.wait(timedelta(hours=9, minutes=59))
        assert len(post.delivered) == 1
        await here.wait(timedelta(minutes=2))
        assert [plain(m) for m in post.to("anna")] == ["Thank you, answer.", "Thank you, step."]
