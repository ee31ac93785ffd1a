"""Whole rehearsals against the real engine: they end, they are the same every time, and a restart changes nothing."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from bot.language.flowfiles import bundle
from bot.rehearsal.happenings import Acted, Closed, Counted, Happening, Opened, Placed, Read
from bot.rehearsal.play import Outcome, Rehearsal, open_rehearsal
from bot.rehearsal.record import changes, replay
from bot.rehearsal.script import Script, read_script, write_script
from bot.store import queue

SMALL = "tests/rehearsal/small"


async def played(
    repo: Path, seed: str = "7", *, restarts: tuple[timedelta, ...] = (), drop: Fraction | None = None, people: int = 13
) -> tuple[Script, Outcome]:
    rehearsal = await open_rehearsal(bundle(repo / SMALL), seed=seed, people=people, drop=drop, record=True)
    try:
        await rehearsal.seat_everybody()
        await rehearsal.begin()
        for span in restarts:
            await rehearsal.run(span)
            await rehearsal.restart()
        outcome = await rehearsal.run()
        assert await rehearsal.hall.store.read(queue.parked) == []
        return await rehearsal.script(SMALL), outcome
    finally:
        await rehearsal.close()


def heard(script: Script) -> str:
    return "\n".join(line.what for line in script.lines if line.verb == "hears")


@pytest.mark.slow
async def test_a_flow_is_played_to_its_end(repo: Path) -> None:
    script, outcome = await played(repo)
    assert outcome.ended
    assert outcome.people == 13 + 4 + 2 + 1
    assert outcome.played > timedelta(days=1)
    assert outcome.acts > 100
    assert "This dialogue ends here." in heard(script)
    assert "Danke." in heard(script)


@pytest.mark.slow
async def test_two_same_seeds_are_the_same_rehearsal_and_another_one_is_not(repo: Path) -> None:
    first, _ = await played(repo)
    again, _ = await played(repo)
    other, _ = await played(repo, "8")
    assert changes(first.lines, again.lines) == []
    assert changes(first.lines, other.lines) != []


@pytest.mark.slow
async def test_restarts_in_the_middle_change_nothing(repo: Path) -> None:
    spans = (timedelta(minutes=20), timedelta(minutes=50), timedelta(minutes=3))
    broken, outcome = await played(repo, restarts=spans)
    whole, _ = await played(repo)
    assert outcome.ended
    assert [line.verb for line in broken.lines].count("restart") == 3
    assert heard(broken) == heard(whole)


@pytest.mark.slow
async def test_what_was_written_down_can_be_played_again(repo: Path, tmp_path: Path) -> None:
    script, _ = await played(repo, restarts=(timedelta(hours=1, minutes=5),))
    path = tmp_path / "script.toml"
    path.write_text(write_script(script), encoding="utf-8")
    written = read_script(path)
    assert written == script
    assert changes(script.lines, (await replay(written, repo)).lines) == []


@pytest.mark.slow
async def test_it_ends_also_where_most_people_drop_out(repo: Path) -> None:
    for share in (Fraction(1, 2), Fraction(1)):
        script, outcome = await played(repo, drop=share, people=20)
        assert outcome.ended, outcome.standing
        assert any('"/leave"' in line.what for line in script.lines)


@pytest.mark.slow
async def test_the_observer_is_told_what_happens(repo: Path) -> None:
    seen: list[Happening] = []
    rehearsal = await open_rehearsal(bundle(repo / SMALL), seed="7", people=6, observer=seen.append)
    await _through(rehearsal)
    opened = [(e.course, e.step) for e in seen if isinstance(e, Opened)]
    closed = [(e.course, e.step) for e in seen if isinstance(e, Closed)]
    assert ("cork", "talk") in opened
    assert ("graz", "bye") in closed
    assert len(set(opened)) == len(opened)
    assert {e.step for e in seen if isinstance(e, Closed)} == set(rehearsal.flow.nodes)
    votes = [(e.done, e.expected) for e in seen if isinstance(e, Counted) and (e.course, e.step) == ("cork", "ballot")]
    assert votes == sorted(votes)
    assert votes[-1] == (3, 3)
    seated = [e.tables for e in seen if isinstance(e, Placed)][-1]
    assert seated["cork-1"] == {"cork-alice", "cork-ben", "cork-clare", "cork-facilitator-1"}
    acts = [e for e in seen if isinstance(e, Acted)]
    assert [e.at for e in acts] == sorted(e.at for e in acts)
    assert any(isinstance(e, Read) and e.message.step == "ballot" for e in seen)


async def _through(rehearsal: Rehearsal) -> None:
    try:
        await rehearsal.seat_everybody()
        await rehearsal.begin()
        await rehearsal.run()
    finally:
        await rehearsal.close()
