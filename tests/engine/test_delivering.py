"""The sender at work on virtual time: audited as a strict receiver would, under load, after crashes, and in a storm."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bot.core.effects import Lane
from bot.engine import handing
from bot.engine.pacing import WIDEST
from bot.store import identities, outbox
from bot.store.database import Database
from bot.store.times import ms
from bot.transports.port import Abilities, Gone, Refused, Retry, Uncertain
from tests.support.office import PACE, Account, Office, office, seconds, shaky
from tests.support.virtual import VirtualLoop, run

WAY = (0.002, 0.02)


def account(seed: int = 1, *, way: tuple[float, float] = WAY, **more: object) -> Account:
    rng = random.Random(seed)
    return Account(there=shaky(rng, *way), back=shaky(rng, *way), **more)  # type: ignore[arg-type]  # few fields, many tests


async def broadcast(here: Office, people: int) -> None:
    seats = await here.enrol(*(f"p{n}" for n in range(people)))
    await here.put(*(here.row(f"b{n}", seat, Lane.BROADCAST) for n, seat in enumerate(seats)))


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


def test_an_account_that_is_dead_delays_no_other_and_is_not_hammered() -> None:
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


def test_the_pace_is_kept_over_a_restart(tmp_path: Path) -> None:
    async def main(loop: VirtualLoop) -> None:
        async with office(loop, account(way=(0, 0)), path=tmp_path / "pnyx.db") as here:
            seats = await here.enrol(*(f"p{n}" for n in range(100)))
            door = await here.room("group")
            await here.put(*(here.row(f"a{n}", seat, Lane.ANSWER) for n, seat in enumerate(seats)))
            await here.put(*(here.row(f"r{n}", None, Lane.TALK, door=door) for n in range(30)))
            for _ in range(40):
                await here.open()
                await asyncio.sleep(0.37)
                await here.crash()
            await here.open()
            await here.drained()
            assert here.account.breaches(("group",)) == []
            assert here.account.texts("group") == [f"r{n}" for n in range(30)]

    run(main)


def test_a_wait_is_kept_over_a_restart() -> None:
    left = [Retry(seconds(50), "account"), Retry(seconds(30))]

    def fate(act: str, chat: str, key: str) -> object:
        return left.pop() if left else None

    async def main(loop: VirtualLoop) -> None:
        async with office(loop, account(fate=fate, way=(0, 0))) as here:
            anna, ben = await here.enrol("anna", "ben")
            await here.put(here.row("1", anna), here.row("2", anna, Lane.ANSWER), here.row("3", ben))
            for _ in range(9):
                await here.open()
                await asyncio.sleep(4)
                await here.crash()
            await here.open()
            await here.drained()
            assert here.account.breaches() == []
            assert len(here.account.calls) == 5
            assert [call.arrived >= 50 for call in here.account.said()] == [True] * 3
            anna_at = [call.arrived for call in here.account.said("anna")]
            assert anna_at[1] - anna_at[0] >= 2, "it is slower for a while, after a restart too"

    run(main)


def test_after_a_crash_all_that_was_under_way_says_that_it_may_be_a_repeat() -> None:
    async def main(loop: VirtualLoop) -> None:
        async with office(loop, account(way=(0.1, 0.11))) as here:
            await broadcast(here, 200)
            await here.open()
            await asyncio.sleep(4)
            under_way = here.account.under_way
            assert 3 <= under_way <= WIDEST
            await here.crash()
            await here.open()
            await here.drained()
            texts = [call.text for call in here.account.said()]
            marked = [text for text in texts if "repeat" in text]
            assert len(marked) <= under_way
            assert len(texts) - len(set(texts)) == 0
            plain = {text.removeprefix("· (This may be a repeat.)\n") for text in texts}
            assert plain == {f"b{n}" for n in range(200)}

    run(main)


def test_changes_are_repeated_and_count_for_nothing_in_a_private_chat() -> None:
    left = [Uncertain("cut")]

    def fate(act: str, chat: str, key: str) -> object:
        return left.pop() if act == "edit" and left else None

    async def main(loop: VirtualLoop) -> None:
        async with office(loop, account(fate=fate)) as here:
            (anna,) = await here.enrol("anna")
            await here.open()
            for n in range(20):
                await here.put(here.row(f"e{n}", anna, Lane.ANSWER, act="edit", target="7"))
                await here.put(here.row(f"d{n}", anna, Lane.TALK, act="delete", target=f"1{n}"))
                await asyncio.sleep(0.2 if n else 0.001)
            await here.drained()
            edits = [call for call in here.account.calls if call.act == "edit"]
            assert [call.text for call in edits][-1] == "e19"
            assert len(edits) < 21, "what was not sent gave way to what came later"
            assert len([call for call in here.account.calls if call.act == "delete"]) == 20
            assert "repeat" not in "".join(call.text for call in edits)
            states = await here.states()
            assert states["sent"] + states["gone"] == 40

    run(main)


def test_changes_of_many_chats_run_beside_each_other() -> None:
    async def main(loop: VirtualLoop) -> None:
        async with office(loop, account(way=(0.05, 0.05))) as here:
            seats = await here.enrol(*(f"p{n}" for n in range(64)))
            await here.put(
                *(here.row(f"e{n}", seat, Lane.ANSWER, act="edit", target="7") for n, seat in enumerate(seats))
            )
            await here.open()
            await here.drained()
            assert max(call.arrived for call in here.account.calls) < 0.5

    run(main)


def test_a_long_message_takes_as_many_places_as_it_has_pieces() -> None:
    class Cutting(Account):
        def pieces(self, message: object) -> int:
            return 3

    async def main(loop: VirtualLoop) -> None:
        async with office(loop, Cutting(there=lambda: 2.0)) as here:
            seats = await here.enrol(*(f"p{n}" for n in range(30)))
            said = "long " * 500
            await here.put(*(here.row(f"{said}{n}", seat, Lane.BROADCAST) for n, seat in enumerate(seats)))
            await here.open()
            await here.drained()
            arrived = [call.arrived for call in here.account.said()]
            assert len(arrived) == 30
            assert here.account.fullest(1.0) <= 10

    run(main)


def test_nobody_waits_for_ever_for_an_answer() -> None:
    hangs = [1e9]

    def fate(act: str, chat: str, key: str) -> object:
        return hangs.pop() if hangs else None

    async def main(loop: VirtualLoop) -> None:
        async with office(loop, account(fate=fate)) as here:
            anna, ben = await here.enrol("anna", "ben")
            await here.put(here.row("1", anna), here.row("2", ben))
            await here.open()
            await here.drained(handing.LONGEST + 10)
            assert {call.text for call in here.account.said()} == {"2", "· (This may be a repeat.)\n1"}

    run(main)


def test_a_reader_who_is_reached_elsewhere_by_now_reads_there() -> None:
    async def main(loop: VirtualLoop) -> None:
        async with office(loop, account(), account(2, account="other:main")) as here:
            (anna,) = await here.enrol("anna")
            await here.open()
            await here.put(*(here.row(f"{n}", anna) for n in range(6)))
            await asyncio.sleep(2.5)
            now = ms(here.clock.now())

            def move(db: Database) -> None:
                identities.link(db, identities.meet(db, "other:main", "anna", "@anna", now), anna)

            await here.store.transact(move)
            await here.drained()
            first, second = here.accounts
            assert first.texts("anna") + second.texts("@anna") == [f"{n}" for n in range(6)]
            assert len(second.texts("@anna")) == 3

    run(main)


def test_what_others_have_changed_in_the_outbox_is_noticed() -> None:
    async def main(loop: VirtualLoop) -> None:
        async with office(loop, account()) as here:
            anna, ben = await here.enrol("anna", "ben")
            await here.put(*(here.row(f"{n}", anna) for n in range(3)))
            await here.put(here.row("held", ben))
            await here.store.transact(
                lambda db: db.sql.execute("UPDATE outbox SET state = 'held' WHERE seq = 4").rowcount
            )
            await here.open()
            await asyncio.sleep(0.5)
            await here.store.transact(lambda db: outbox.gone(db, 2, "Recalled"))
            await here.store.transact(
                lambda db: db.sql.execute("UPDATE outbox SET state = 'new' WHERE seq = 4").rowcount
            )
            await here.drained(100)
            assert here.account.texts("anna") == ["0", "2"]
            assert here.account.texts("ben") == ["held"]

    run(main)


def test_a_repeatable_transport_with_a_memory_is_trusted_as_long_as_it_remembers() -> None:
    able = Abilities(repeatable=True, edits=True, pace=PACE, remembers=timedelta(hours=24))

    async def main(loop: VirtualLoop) -> None:
        async with office(loop, account(abilities=able, fate=lambda act, chat, key: 1e9)) as here:
            anna, ben = await here.enrol("anna", "ben")
            await here.open()
            await here.put(here.row("1", anna))
            await asyncio.sleep(1)
            await here.crash()
            here.account.fate = lambda act, chat, key: None
            await here.open()
            await here.drained()
            assert here.account.texts("anna") == ["1"]
            here.account.fate = lambda act, chat, key: 1e9
            await here.put(here.row("2", ben))
            await asyncio.sleep(1)
            await here.crash()
            await asyncio.sleep(25 * 3600)
            here.account.fate = lambda act, chat, key: None
            await here.open()
            await here.drained()
            assert here.account.texts("ben") == ["· (This may be a repeat.)\n2"]

    run(main)


@pytest.mark.parametrize("error", [Gone("blocked"), Refused("too long"), ValueError("a bug of the transport's")])
def test_what_will_never_arrive_is_given_up_and_stops_nobody(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    async def main(loop: VirtualLoop) -> None:
        async with office(loop, account(fate=lambda act, chat, key: error if chat == "anna" else None)) as here:
            anna, ben = await here.enrol("anna", "ben")
            await here.open()
            await here.put(here.row("1", anna), here.row("2", ben))
            await here.drained(3600)
            assert here.account.texts("ben") == ["2"]
            assert (await here.states()) == {"gone": 1, "sent": 1}

    run(main)
    assert "a bug of" not in caplog.text
