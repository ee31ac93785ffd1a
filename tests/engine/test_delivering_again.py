"""The sender at work on virtual time: after restarts and crashes, and what becomes of what cannot be delivered."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.effects import Lane
from bot.engine import handing
from bot.engine.pacing import WIDEST
from bot.store import identities, outbox
from bot.store.database import Database
from bot.store.times import ms
from bot.transports.port import Abilities, Gone, Refused, Retry, Uncertain
from tests.support.delivering import account, broadcast
from tests.support.office import PACE, Account, office, seconds
from tests.support.virtual import VirtualLoop, run


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


def test_where_nothing_is_held_back_a_wait_of_the_account_keeps_back_the_rest_of_the_row() -> None:
    left: list[object] = [Retry(seconds(9), "account"), None]

    def fate(act: str, chat: str, key: str) -> object:
        return left.pop() if left else None

    async def main(loop: VirtualLoop) -> None:
        async with office(loop, Account(abilities=Abilities(), fate=fate)) as here:
            seats = await here.enrol(*(f"p{n}" for n in range(5)))
            await here.put(*(here.row(f"{n}", seat) for n, seat in enumerate(seats)))
            await here.open()
            await here.drained()
            early = [call.text for call in here.account.calls if call.left < 9]
            assert early == ["0", "1"]
            assert [call.text for call in here.account.said()] == ["0", "1", "2", "3", "4"]
            assert await here.states() == {"sent": 5}

    run(main)
