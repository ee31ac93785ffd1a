"""The promised day: everything that people wrote is deleted by itself, and nothing before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.core.events import Expired
from bot.engine import retention
from bot.engine.work import Work
from bot.store import audit, courses
from bot.store.database import Database
from tests.support.chats import Talkers, table
from tests.support.room import ASSEMBLY

DAY = datetime(2028, 1, 1, 2, tzinfo=UTC)  # three at night in Vienna
FAREWELL = '[[step]]\nid = "end"\ntype = "farewell"\ndelete_after = "30d"\n'
SOON = "everything that people wrote in"


async def comes(t: Talkers, at: datetime) -> list[tuple[str, str]]:
    """It is that hour, and Pnyx looks."""
    t.room.clock.move(at)
    found = await t.room.store.transact(retention.look, t.room.engine.house, at)
    await t.room.engine.settle()
    return found


def keys(db: Database) -> int:
    return int(db.sql.execute("SELECT COUNT(*) FROM seat_key WHERE wrapped IS NOT NULL").fetchone()[0])


def texts(db: Database) -> list[Any]:
    """Everything in the database that is not encrypted and could be somebody's."""
    found: list[Any] = []
    for query in (
        "SELECT body FROM outbox WHERE body IS NOT NULL", "SELECT body FROM contribution WHERE body <> x''",
        "SELECT body FROM translation", "SELECT sealed FROM identity", "SELECT hash FROM code",
    ):  # fmt: skip
        found += db.sql.execute(query).fetchall()
    return found


async def test_on_the_day_everything_is_deleted_and_not_an_hour_before() -> None:
    async with table() as t:
        await t.room.enrol("orla", "organiser")
        await t.write("anna", "We want a bus.")
        assert await comes(t, DAY - timedelta(hours=1)) == [(ASSEMBLY, "soon")]
        assert SOON in t.last("orla")
        assert await t.room.store.read(keys) == 6
        before = len(t.shown("orla"))
        assert await comes(t, DAY) == [(ASSEMBLY, "soon"), (ASSEMBLY, "now")]
        assert await t.room.store.read(keys) == 0
        assert await t.room.store.read(texts) == []
        assert len(t.shown("orla")) == before
        row = await t.room.store.read(courses.load_assembly, ASSEMBLY)
        assert row is not None
        assert row.state == "deleted"
        lines = await t.room.store.read(audit.lines, ASSEMBLY)
        assert lines[-1].act == "deleted"
        assert (await t.room.store.read(audit.verify, ASSEMBLY)).broken == ()
        assert await comes(t, DAY + timedelta(days=9)) == []


async def test_people_are_erased_in_parts_and_a_restart_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    async with table() as t:
        t.room.clock.move(DAY)
        await t.room.store.transact(retention.look, t.room.engine.house, DAY)
        left = []
        while (await t.room.engine._do_due()) and len(left) < 20:
            left.append(await t.room.store.read(keys))
        assert left[-1] == 0
        await t.room.engine.settle()
        assert await t.room.store.read(texts) == []


async def test_what_a_farewell_promised_holds_once_all_is_over() -> None:
    async with table(FAREWELL) as t:
        ended = [line.at for line in await t.room.store.read(audit.lines, ASSEMBLY) if line.act == "ended"]
        over = datetime.fromtimestamp(ended[-1] / 1000, UTC)
        assert await comes(t, over + timedelta(days=29)) == [(ASSEMBLY, "soon")]
        assert await t.room.store.read(keys) > 0
        await comes(t, over + timedelta(days=31))
        assert await t.room.store.read(keys) == 0


async def test_a_day_that_is_promised_no_more_means_nothing() -> None:
    async with table() as t:
        t.room.clock.move(DAY)

        def ring(db: Database) -> None:
            work = Work(db, t.room.engine.house, DAY)
            retention.come(work, ASSEMBLY, Expired("now", "2027-06-01"))
            work.flush()

        await t.room.store.transact(ring)
        assert await t.room.store.read(keys) > 0
