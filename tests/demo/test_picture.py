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
from bot.rehearsal import corpus
from bot.rehearsal.happenings import Happening
from bot.rehearsal.play import open_rehearsal
from bot.rehearsal.voices import read_voices
from tests.support.played import Played

SMALL = "tests/rehearsal/small"


def shown(picture: Picture, width: int, height: int) -> list[str]:
    screen = io.StringIO()
    console = Console(file=screen, width=width, height=height)
    console.print(frame(picture, console))
    return screen.getvalue().rstrip("\n").split("\n")


async def happenings(repo: Path) -> tuple[Picture, list[Happening]]:
    seen: list[Happening] = []
    folder = repo / SMALL
    rehearsal = await open_rehearsal(bundle(folder), seed="7", voices=read_voices(folder), observer=seen.append)
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


@pytest.mark.slow
def test_words_cross_with_their_label_are_answered_doubted_and_put_right(cross_border: Played) -> None:
    picture = Picture(cross_border.flow)
    said: dict[str, list[str]] = {site.id: [] for site in picture.sites}
    for happening in cross_border.happened:
        if picture.take(happening):
            for site in picture.sites:
                spoken = site.talk[-1] if site.talk else None
                if spoken is not None and said[site.id][-1:] != [f"{spoken.who}: {spoken.words}"]:
                    said[site.id].append(f"{spoken.who}: {spoken.words}")
    order = (
        "From table 1 in Austria · translated by people from German: “1. ",
        "Translation questioned",
        "A translator has corrected a translation",
        "has read the answers and approves them",
        "Answer to your sentence",
    )
    places = [next(n for n, line in enumerate(said["nz"]) if words in line) for words in order]
    assert places == sorted(places)
    assert sum("answers to sentence" in line for line in said["nz"]) > 1
    assert any("Neuseeland" in line and "von Menschen übersetzt" in line for line in said["at"])
    answered = " ".join(said["at"])
    assert any(each in answered for each in corpus.speech("de").answers), (
        "what New Zealand has answered is read in German"
    )
    assert not any("machine" in line for lines in said.values() for line in lines), "it needs no service"


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
