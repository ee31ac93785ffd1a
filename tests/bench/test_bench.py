"""The measurements measure what they say: every event of the bench is one contribution and one message to somebody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import border, broadcast, matrix, parts, telegram
from tests.bench.__main__ import _table
from tests.bench.assembly import BenchAssembly


@pytest.mark.parametrize("batch", [1, 8])
async def test_an_event_is_a_contribution_and_a_message(tmp_path: Path, batch: int) -> None:
    hall = await BenchAssembly.open(tmp_path / "bench.db", 4, "FULL")
    await hall.hear(4)
    await hall.handle(4, batch)  # the first message of each person is answered too
    before = await said(hall)
    await hall.hear(12)
    await hall.handle(12, batch)
    assert await hall.kept() == 16
    assert await said(hall) - before == 12
    await hall.store.close()


async def said(hall: BenchAssembly) -> int:
    return int(await hall.store.read(lambda db: db.sql.execute("SELECT COUNT(*) FROM outbox").fetchone()[0]))


def test_a_broadcast_keeps_the_pace_and_a_question_is_open_for_its_time_from_its_delivery() -> None:
    found = broadcast.broadcast(400)
    assert found.used > 0.97
    assert (found.fullest, found.refused) == (30, 0)
    assert found.waited < 2
    opened = broadcast.question(200)
    assert 6 < opened.spread < 8
    assert opened.least >= broadcast.MINUTES
    assert opened.fullest == 30


@pytest.mark.slow
def test_every_press_is_answered_by_an_edit_and_in_order(tmp_path: Path) -> None:
    found = telegram.presses(tmp_path, people=6, acts=60, rounds=1)
    assert found.wrong == ()
    assert found.edits == 120
    assert found.superseded == 0
    assert min(found.ours.acts, found.bare.acts, found.ours.cpu, found.bare.cpu, found.faster, found.cheaper) > 0


@pytest.mark.homeserver
def test_every_message_on_matrix_reaches_its_pair_and_none_is_lost_in_a_gap(tmp_path: Path) -> None:
    found = matrix.talk(tmp_path, people=4, acts=8, rounds=1, gap=30, gap_rooms=3)
    assert min(found.ours.p50, found.bare.p50, *found.slower) > 0
    assert found.gap is not None
    assert (found.gap.said, found.gap.rooms, found.gap.kept) == (30, 3, 30)


def test_every_table_has_a_draft_and_reads_its_partner(tmp_path: Path) -> None:
    found = border.cross(tmp_path, tables=4)
    assert len(found.drafted) == len(found.carried) == 4
    drafted, carried, both = found.p99
    assert 0 < drafted < both
    assert 0 < carried < both
    assert found.messages > 4 * (2 * border.SEATS + 2), "a draft, and a digest for each person"


def test_what_was_translated_before_costs_no_call_of_the_engine() -> None:
    seconds, calls = border.again(60)
    assert seconds > 0
    assert calls == 0


def test_the_parts_run() -> None:
    assert parts.digest(arguments=30, members=10, size=3) > 0
    assert parts.seating(50) > 0


def test_a_table_lines_up() -> None:
    rows = [*_table(("what", "rate"), [("events", "1,200"), ("x", "3")])]
    assert rows[:3] == ["| what   | rate  |", "|--------|-------|", "| events | 1,200 |"]
