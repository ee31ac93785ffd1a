"""Many tables come to a relay at the same instant: what they cost together grows with their number, and not with its square."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.relays import partners
from bot.core.relays.partners import Partner, Routes
from bot.engine import crossing
from bot.store import arrivals
from bot.store.database import Database
from tests.support.room import ASSEMBLY, Room, room

FLOW = """
[flow]
id = "many"
source_language = "en"
languages = ["en", "de"]
title = { en = "Many", de = "Viele" }
[mandate]
by = { en = "The Ferry", de = "Die Fähre" }
question = { en = "What now?", de = "Was nun?" }
[schedule]
sites = [
  { id = "wien", zone = "UTC", languages = ["de"] },
  { id = "leeds", zone = "UTC", languages = ["en"] },
]
[groups.tables]
size = { min = 2, target = 2, max = 3 }
min_present = 2
[[step]]
id = "consent"
type = "consent"
duration = "1m"
controllers = ["The Ferry"]
delete_on = 2028-01-01
purposes = []
text = { en = "Your table sees your words.", de = "Ihr Tisch sieht Ihre Worte." }
[[step]]
id = "tables"
type = "assign"
plan = "tables"
[[step]]
id = "before"
type = "collect"
duration = "1m"
text = { en = "What?", de = "Was?" }
[[step]]
id = "digest"
type = "summarise"
of = ["before"]
duration = "5m"
early_close = "never"
[[step]]
id = "carry"
type = "relay"
of = "digest"
to = "TO"
direction = "two_way"
reply_for = "5m"
duration = "20m"
[[step]]
id = "after"
type = "break"
duration = "5h"
"""
MINUTE = timedelta(minutes=1)


async def seated(here: Room, tables: int) -> None:
    """People for so many tables of two, half of them at either site."""
    for n in range(2 * tables):
        site, language = ("wien", "de") if n % 2 else ("leeds", "en")
        await here.enrol(f"p{n}", "participant", site, language)
    await here.store.transact(lambda db: db.sql.execute("UPDATE seat SET status = 'active'") and None)


async def cost(tables: int, to: str) -> float:
    """What the database does while so many tables go through a relay, in thousands of its steps."""
    counted = [0]

    def step() -> int:
        counted[0] += 1
        return 0

    async with room(FLOW.replace("TO", to)) as here:
        await seated(here, tables)
        await here.begin()
        await here.wait(3 * MINUTE)
        await here.store.transact(lambda db: db.sql.set_progress_handler(step, 1000))
        await here.wait(25 * MINUTE)
        await here.store.transact(lambda db: db.sql.set_progress_handler(None, 0))
        come = await here.store.read(
            _come, [f"{site}-{n}" for site in ("wien", "leeds") for n in range(1, tables // 2 + 1)]
        )
        assert all(come), "every table has read something"
        return counted[0]


def _come(db: Database, tables: list[str]) -> list[int]:
    return [len(arrivals.at_table(db, ASSEMBLY, "carry", table)) >= 1 for table in tables]


@pytest.mark.parametrize("to", ["mirror", "all"])
async def test_twice_as_many_tables_cost_twice_as_much(to: str) -> None:
    few, many = await cost(16, to), await cost(48, to)
    assert many < 3 * few * 1.5, f"{few} and {many}"


async def test_who_reads_whom_is_worked_out_once_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def counting(rule: partners.Rule, tables: list[Partner], sites: tuple[str, ...], most: int) -> Routes:
        asked.append(len(tables))
        return partners.routes(rule, tables, sites, most)

    monkeypatch.setattr(crossing, "routes", counting)
    async with room(FLOW.replace("TO", "mirror")) as here:
        await seated(here, 40)
        await here.begin()
        await here.wait(30 * MINUTE)
    assert asked, "it was asked at all"
    assert set(asked) == {40}
    assert len(asked) <= 20, "once in a transaction, and not once for each table"
