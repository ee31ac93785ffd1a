"""What the demo shows: whole in a small terminal, at every instant, and never what anybody voted."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from bot.demo.picture import Picture
from bot.demo.screen import frame, turnout
from bot.demo.show import play_demo
from bot.language.flowfiles import bundle
from bot.rehearsal.happenings import Happening
from bot.rehearsal.play import open_rehearsal

SMALL = "tests/rehearsal/small"


def shown(picture: Picture, width: int, height: int) -> list[str]:
    screen = io.StringIO()
    console = Console(file=screen, width=width, height=height)
    console.print(frame(picture, console))
    return screen.getvalue().rstrip("\n").split("\n")


async def happenings(repo: Path) -> tuple[Picture, list[Happening]]:
    seen: list[Happening] = []
    rehearsal = await open_rehearsal(bundle(repo / SMALL), seed="7", observer=seen.append)
    try:
        await rehearsal.seat_everybody()
        await rehearsal.begin()
        await rehearsal.run()
    finally:
        await rehearsal.close()
    return Picture(rehearsal.flow), seen


@pytest.mark.slow
async def test_the_picture_fits_at_every_instant(repo: Path) -> None:
    picture, seen = await happenings(repo)
    assert len(seen) > 500
    for number, happening in enumerate(seen):
        if not picture.take(happening) and number % 50:
            continue
        for width, height in ((80, 24), (100, 30)):
            lines = shown(picture, width, height)
            assert len(lines) < height, lines
            assert max(map(cell_len, lines)) <= width, lines


@pytest.mark.slow
async def test_the_picture_shows_the_course_the_talk_and_how_many_have_voted_but_not_what(repo: Path) -> None:
    picture, seen = await happenings(repo)
    frames = []
    for happening in seen:
        if picture.take(happening):
            frames.append("\n".join(shown(picture, 100, 30)))
    everything = "\n".join(frames)
    assert "● Welcome, Consent, Profile  until 10:00" in everything
    assert "─ table cork-1 ─" in everything
    assert "Graz ████" in everything
    assert "approves it" in everything
    for option in ("Safer cycle lanes", "Nachtzüge", "Abstain", "Enthaltung"):
        assert option not in everything
    assert picture.sites[0].talk
    assert [site.turnout["ballot"] for site in picture.sites] == [(7, 7), (6, 6)]
    assert all("ballot" in site.results for site in picture.sites)


def test_a_bar_is_full_only_when_all_have_voted() -> None:
    assert [turnout(n, 24, 12).count("█") for n in (0, 1, 2, 23, 24)] == [0, 0, 1, 11, 12]
    assert turnout(0, 0, 5) == "░░░░░"


@pytest.mark.slow
async def test_without_a_terminal_the_demo_is_read_aloud_and_leaves_its_files(repo: Path, tmp_path: Path) -> None:
    screen = io.StringIO()
    target = tmp_path / "out"
    outcome = await play_demo(Console(file=screen, width=80), target, 45, repo / SMALL)
    text = screen.getvalue()
    assert outcome.ended
    assert "Cork         Mon 1 Mar, 09:00  ● Welcome opens, until Mon 1 Mar, 10:00" in text
    assert "Ballot: 7 of 7 have voted" in text
    assert "Results: Graz" in text
    written = [line.strip() for line in text.partition("Written:")[2].split("\n") if line.strip()]
    assert len(written) > 5
    assert all(Path(path.partition(" (")[0]).exists() for path in written)
    assert any(path.endswith("results.csv") for path in written)
    assert any("transcript" in path for path in written)
