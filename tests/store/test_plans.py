"""No statement reads a whole table that grows: every statement that three whole dialogues use is put to SQLite's planner."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.support.crashing.points import Watch
from tests.support.crashing.world import found, play, scenarios

WAITING = ("job_new", "outbox_sending", "outbox_new", "inbox_new")
"""Partial indexes of what still waits: going through one of them is not going through the table."""

SMALL = ("SCAN hold", "SCAN readers")
"""What a platform has asked us to wait for, looked at in the beginning; the rows that an index has found in a step."""

CONTROL = {"PRAGMA", "BEGIN", "COMMIT", "ROLLBACK"}


async def used(folder: Path) -> tuple[set[str], Path]:
    """The statements of the scenarios, and a database with the tables that they mean."""
    seen: set[str] = set()
    for scenario in scenarios():
        run = folder / scenario.name
        run.mkdir()
        watch = Watch(count=True)
        await found(scenario, run)
        await play(scenario, run, watch)
        seen |= {place.what for place in watch.passed if place.kind == "before"}
    return {sql for sql in seen if sql.split()[0] not in CONTROL}, run / "pnyx.db"


def scans(sql: sqlite3.Connection, statement: str) -> list[str]:
    plan = sql.execute(f"EXPLAIN QUERY PLAN {statement}", [None] * statement.count("?")).fetchall()
    steps = [row[3] for row in plan]
    return [
        s
        for s in steps
        if s.startswith("SCAN") and s not in SMALL and not s.endswith(WAITING) and "CONSTANT ROW" not in s
    ]


@pytest.mark.slow
async def test_no_statement_of_a_dialogue_reads_a_whole_table(tmp_path: Path) -> None:
    statements, path = await used(tmp_path)
    assert len(statements) > 70
    sql = sqlite3.connect(path)
    assert {s: found for s in sorted(statements) if (found := scans(sql, s))} == {}
    assert scans(sql, "SELECT key FROM inbox WHERE seat = ?"), "a scan must be seen where there is one"
    sql.close()
