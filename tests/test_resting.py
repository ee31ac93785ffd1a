"""Whether Pnyx rests, as the crash harness asks it while Pnyx' own loops run beside (`tests.support.crashing.rest`)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from bot.core.effects import Lane
from bot.core.state import Seat
from bot.engine.clock import ManualClock
from bot.engine.engine import Engine
from bot.language.translation.service import simple as translators
from bot.store import people, queue
from bot.store.connection import open_store
from bot.store.database import Database
from bot.store.queue import OutRow
from bot.store.times import ms
from tests.support.crashing.rest import look, rest
from tests.support.crashing.telegram_play import found
from tests.support.crashing.telegram_script import scripted
from tests.support.crashing.world import ASSEMBLY, CATALOGS, KEYS, START


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    """Before an agreement that closes a minute after the start; then people are seated, and their talk opens."""
    await found(next(each for each in scripted() if each.name == "table"), tmp_path)
    store = await open_store(tmp_path / "pnyx.db", KEYS)
    yield Engine(store, CATALOGS, ManualClock(START), [], translators("none"))
    await store.close()


@pytest.mark.parametrize("done", range(4))
async def test_what_moves_on_while_somebody_looks_is_not_overlooked(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, done: int
) -> None:
    """`done` is how far Pnyx has come when somebody looks first: an event, its jobs, an event …"""
    closing = await rest(engine)
    assert closing == START + timedelta(minutes=1)
    engine.clock.move(closing)  # type: ignore[attr-defined]  # it is a ManualClock
    read, steps = engine.store.read, cycle((engine._handle_due, lambda: _do_jobs(engine)))

    async def and_the_loop_goes_on(work: Any, *args: Any) -> Any:
        seen = await read(work, *args)
        with monkeypatch.context() as patch:
            patch.setattr(engine.store, "read", read)
            await next(steps)()
        return seen

    for _ in range(done):
        await next(steps)()
    monkeypatch.setattr(engine.store, "read", and_the_loop_goes_on)
    while (seen := await look(engine)).busy:
        await engine._sender._turn()
    monkeypatch.undo()
    assert seen.due == await rest(engine), "there was something to do before"


async def _do_jobs(engine: Engine) -> None:
    await engine._jobs.do((await engine._ahead()).jobs, engine.clock.now())


async def test_it_does_not_rest_while_a_message_is_new_or_an_answer_unwritten(engine: Engine) -> None:
    await rest(engine)
    await engine.store.transact(_say, engine.clock.now())
    assert (await look(engine)).busy
    await engine._sender._turn()
    assert not (await look(engine)).busy
    engine._sender._arrived.append(None)  # type: ignore[arg-type]  # whatever was answered
    assert (await look(engine)).busy


def _say(db: Database, now: datetime) -> None:
    seat: Seat = people.roster(db, ASSEMBLY)[0]
    queue.say(db, [OutRow("hello", ASSEMBLY, seat.id, int(Lane.STEP), ms(now), b'{"parts": []}')])
