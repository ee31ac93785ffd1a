"""The sender at work on virtual time: audited as a strict receiver would, under load and in a storm."""

from __future__ import annotations

import asyncio
import random
from itertools import pairwise

import pytest

from bot.core.effects import Lane
from bot.engine.pacing import WIDEST
from bot.transports.port import Retry, Uncertain
from tests.support.delivering import account, broadcast
from tests.support.office import office, seconds
from tests.support.virtual import VirtualLoop, run


def test_a_broadcast_uses_the_pace_and_answers_do_not_wait_for_it() -> None:
    async def main(loop: VirtualLoop) -> None:
        async with office(loop, account()) as here:
            asking = await here.enrol(*(f"q{n}" for n in range(60)))
            await broadcast(here, 900)
            await here.open()
            rng, asked = random.Random(2), {}
            for n, seat in enumerate(asking):
                await asyncio.sleep(rng.random() * 0.9)
                asked[f"answer {n}"] = loop.time()
                await here.put(here.row(f"answer {n}", seat, Lane.ANSWER))
            took = await here.drained()
            said = here.account.said()
            assert len(said) == 960
            assert here.account.breaches() == []
            assert here.account.widest == 1
            assert 960 / 30 / (said[-1].arrived - said[0].arrived) > 0.97, took
            waits = sorted(call.arrived - asked[call.text] for call in said if call.text in asked)
            assert waits[-1] < 1
            assert waits[len(waits) // 2] < 0.1

    run(main)


@pytest.mark.parametrize("way", [(0.05, 0.06), (0.001, 0.4)])
def test_where_the_way_is_long_more_are_under_way_and_no_window_is_too_full(way: tuple[float, float]) -> None:
    async def main(loop: VirtualLoop) -> None:
        async with office(loop, account(way=way)) as here:
            await broadcast(here, 300)
            await here.open()
            await here.drained()
            assert here.account.breaches() == []
            assert 3 <= here.account.widest <= WIDEST

    run(main)


def test_a_room_gets_twenty_a_minute_and_its_topics_share_them() -> None:
    async def main(loop: VirtualLoop) -> None:
        async with office(loop, account()) as here:
            doors = [await here.room(place) for place in ("g1/7", "g1/8", "g2")]
            await here.open()
            for n in range(75):
                act, target = ("edit", "5") if n % 10 == 9 else ("say", "")
                await here.put(here.row(f"{n}", None, Lane.TALK, door=doors[n % 3], act=act, target=f"{target}{n}"))
            took = await here.drained()
            assert here.account.breaches(("g1", "g2")) == []
            assert here.account.texts("g1") == [f"{n}" for n in range(75) if n % 3 < 2 and n % 10 != 9]
            assert 115 < took < 135  # fifty to one group

    run(main)


def test_a_wait_is_kept_to_the_end_and_the_chat_is_slower_after() -> None:
    waits = {"anna": [Retry(seconds(5))]}

    def fate(act: str, chat: str, key: str) -> object:
        return waits[chat].pop() if waits.get(chat) else None

    async def main(loop: VirtualLoop) -> None:
        async with office(loop, account(fate=fate)) as here:
            anna, ben = await here.enrol("anna", "ben")
            await here.open()
            await here.put(*(here.row(f"{n}", seat) for n in range(12) for seat in (anna,)))
            await here.put(*(here.row(f"b{n}", ben) for n in range(4)))
            await here.drained()
            mail = here.account
            assert mail.breaches() == []
            assert mail.texts("anna") == [f"{n}" for n in range(12)]
            anna_at = [call.arrived for call in mail.said("anna")]
            assert 5 <= anna_at[0] < 5.1
            assert all(2 <= later - first < 2.2 for first, later in pairwise(anna_at))
            assert mail.said("ben")[-1].arrived < 3.3

    run(main)


def test_a_wait_of_the_account_holds_everything_there_and_nothing_elsewhere() -> None:
    left = [Retry(seconds(7), "account")]

    def fate(act: str, chat: str, key: str) -> object:
        return left.pop() if left else None

    async def main(loop: VirtualLoop) -> None:
        async with office(loop, account(fate=fate), account(2, account="other:main")) as here:
            one = await here.enrol("anna", "ben")
            two = await here.enrol("carl", account="other:main")
            await here.open()
            await here.put(*(here.row(f"{seat}", seat) for seat in (*one, *two)))
            await asyncio.sleep(1)
            await here.put(here.row("edit", one[1], act="edit", target="4"))
            await here.drained()
            first, second = here.accounts
            assert first.breaches() == []
            assert [call.left >= 7 for call in first.calls] == [False, True, True, True]
            assert second.said()[0].arrived < 1

    run(main)


def test_an_account_that_is_dead_delays_no_other_and_is_not_hammered(caplog: pytest.LogCaptureFixture) -> None:
    def dead(act: str, chat: str, key: str) -> object:
        return Retry(seconds(2), "account")

    async def main(loop: VirtualLoop) -> None:
        async with office(loop, account(fate=dead), account(2, account="other:main")) as here:
            one = await here.enrol(*(f"a{n}" for n in range(80)))
            two = await here.enrol(*(f"b{n}" for n in range(80)), account="other:main")
            await here.put(*(here.row(seat, seat, Lane.BROADCAST) for seat in (*one, *two)))
            await here.open()
            await asyncio.sleep(60)
            first, second = here.accounts
            assert len(second.said()) == 80
            assert second.said()[-1].arrived < 3
            assert first.fullest(1.0) == 1
            assert len(first.calls) <= 30
            assert (await here.states())["new"] == 80
            first.fate = lambda act, chat, key: None
            await here.drained(10)
            assert caplog.text.count("test:main takes nothing at present") == 1

    run(main)


@pytest.mark.parametrize("seed", range(6))
def test_a_storm_loses_nothing_and_breaks_no_rule(seed: int) -> None:
    rng = random.Random(seed)
    ends = False

    def weather(act: str, chat: str, key: str) -> object:
        if ends:
            return None
        drawn = rng.random()
        if drawn < 0.5:
            return Retry(seconds(rng.choice((1, 1, 2, 3, 7))), "account" if rng.random() < 0.1 else "chat")
        if drawn < 0.6:
            return ConnectionResetError("never written")
        if drawn < 0.65:
            return 200.0  # hangs for longer than anybody waits
        if drawn < 0.7:
            return True, Uncertain("cut after the request was written")
        return None

    async def main(loop: VirtualLoop) -> None:
        nonlocal ends
        async with office(loop, account(seed, fate=weather)) as here:
            seats = await here.enrol(*(f"p{n}" for n in range(12)))
            (lead,) = await here.enrol("maya")
            await here.store.transact(
                lambda db: db.sql.execute("UPDATE seat SET role = 'organiser' WHERE id = ?", (lead,)).rowcount
            )
            door = await here.room("group")
            await here.open()
            expected: dict[str, list[str]] = {}
            for n in range(160):
                await asyncio.sleep(rng.random() * 3)
                who = rng.randrange(13)
                chat = f"p{who}" if who < 12 else "group"
                lane = rng.choice((Lane.ANSWER, Lane.STEP, Lane.BROADCAST))
                row = here.row(f"{n:03}", seats[who] if who < 12 else None, lane, door=door if who == 12 else None)
                await here.put(row)
                expected.setdefault(chat, []).append(f"{n:03}")
                if n % 40 == 39:
                    await here.crash()
                    await here.open()
            await asyncio.sleep(300)
            ends = True
            await here.drained(3000)
            mail = here.account
            assert mail.breaches(("group",)) == []
            doubtful = await here.store.read(
                lambda db: {k for (k,) in db.sql.execute("SELECT key FROM outbox WHERE receipt = 'Uncertain'")}
            )
            for chat, keys in expected.items():
                texts = [text.removeprefix("· (This may be a repeat.)\n") for text in mail.texts(chat)]
                first = list(dict.fromkeys(text for text in texts if text in keys))
                assert [key for key in keys if key in first] == first, "in order, whatever has happened"
                assert set(keys) - set(first) <= doubtful, "nothing is lost"
                marked = [text for text in mail.texts(chat) if "repeat" in text]
                assert len(texts) - len(set(texts)) <= len(marked), "each repeat says so"
            told = len([text for text in mail.texts("maya") if "may not have reached" in text])
            assert told >= min(1, len(doubtful))

    run(main)
