"""The course of the demo: the rehearsal runs ahead, the picture follows at a pace that people can read.

On a terminal it takes about as long as it is told to; without one (in a pipe, in CI) it prints plain lines and waits for
nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.text import Text

from bot.core.rendered import Rendered
from bot.demo.picture import Picture, SiteView
from bot.demo.screen import NOTE, frame, moment
from bot.language.flowfiles import bundle, unbundle
from bot.paths import flows_dir
from bot.rehearsal.files import write_files
from bot.rehearsal.happenings import Acted, Closed, Counted, Happening, Opened, Read
from bot.rehearsal.play import Outcome, Rehearsal, open_rehearsal
from bot.rehearsal.voices import read_voices

SEED = "7"
USUAL = 220.0
"""About what all happenings weigh together: the pace goes by it until the rehearsal has run to its end and the sum is known."""

LONGEST = 2.5
"""No picture stands for more seconds than this."""


async def play_demo(console: Console, out: Path, pace: float, flow: Path | None = None) -> Outcome:
    """Play the cross-border dialogue, show it, write its files into `out`. Raises `NotAFlow`, `BadVoices`, `StoreError`."""
    folder = flow or flows_dir() / "cross-border"
    body = bundle(folder)
    ahead = Picture(unbundle(body))
    waiting: deque[tuple[Happening, float]] = deque()
    rehearsal = await open_rehearsal(
        body, seed=SEED, voices=read_voices(folder), observer=lambda h: waiting.append((h, ahead.take(h)))
    )
    picture = Picture(rehearsal.flow)
    picture.people = sum(part.person.role == "participant" for part in rehearsal.parts)
    playing = asyncio.create_task(_play(rehearsal))
    try:
        if console.is_terminal and pace:
            await _project(console, picture, waiting, playing, pace)
        else:
            await _read_aloud(console, picture, waiting, playing)
        outcome = await playing
        files = await write_files(rehearsal.hall, out)
    finally:
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)
        await rehearsal.close()
    _tell_end(console, picture, outcome, files)
    return outcome


async def _play(rehearsal: Rehearsal) -> Outcome:
    await rehearsal.seat_everybody()
    await rehearsal.begin()
    return await rehearsal.run()


async def _project(
    console: Console,
    picture: Picture,
    waiting: deque[tuple[Happening, float]],
    playing: asyncio.Task[Outcome],
    pace: float,
) -> None:
    """Show the picture, and let each happening stand as long as it deserves."""
    end = time.monotonic() + pace
    shown = 0.0
    with Live(get_renderable=lambda: frame(picture, console), console=console, screen=True, refresh_per_second=8):
        while waiting or not playing.done():
            if not waiting:
                await asyncio.sleep(0.05)
                continue
            happening, weight = waiting.popleft()
            picture.take(happening)
            if not weight:
                continue
            shown += weight
            left = sum(w for _, w in waiting) if playing.done() else max(USUAL - shown, weight)
            await asyncio.sleep(min(LONGEST, max(0.0, end - time.monotonic()) * weight / (left + weight)))
        await asyncio.sleep(min(LONGEST, pace / 20))


async def _read_aloud(
    console: Console, picture: Picture, waiting: deque[tuple[Happening, float]], playing: asyncio.Task[Outcome]
) -> None:
    """The same in plain lines, as fast as it goes."""
    console.print(Text(NOTE, "dim"), soft_wrap=True)
    told: dict[tuple[str, str], int] = {}

    def say(site: SiteView, words: str) -> None:
        at = moment(picture.now, site) if picture.now is not None else ""
        console.print(Text(f"{site.name:<12} {at}  {words}"), soft_wrap=True)

    while waiting or not playing.done():
        if not waiting:
            await asyncio.sleep(0.02)
            continue
        happening, weight = waiting.popleft()
        said = [len(site.talk) and site.talk[-1] for site in picture.sites]
        picture.take(happening)
        if weight:
            _one_line(picture, happening, told, say)
            for site, before in zip(picture.sites, said, strict=True):
                if isinstance(happening, Read | Acted) and site.talk and site.talk[-1] is not before:
                    spoken = site.talk[-1]
                    say(site, f"[table {site.table}] {spoken.who + ': ' if spoken.who else ''}{spoken.words}")


def _one_line(
    picture: Picture, happening: Happening, told: dict[tuple[str, str], int], say: Callable[[SiteView, str], None]
) -> None:
    for site in picture.sites:
        match happening:
            case Opened(course=site.course, step=step, closes=closes):
                until = f", until {moment(closes, site)}" if closes is not None else ""
                say(site, f"● {picture.title(step)} opens{until}")
            case Closed(course=site.course, step=step):
                say(site, f"✓ {picture.title(step)}")
            case Counted(course=site.course, step=step, done=done, expected=expected):
                quarter = 4 * done // expected
                if quarter > told.get((site.id, step), 0):
                    told[site.id, step] = quarter
                    say(site, f"{picture.title(step)}: {done} of {expected} have voted")
            case _:
                pass


def _tell_end(console: Console, picture: Picture, outcome: Outcome, files: list[Path]) -> None:
    """The results as the people read them, and where the files are."""
    for site in picture.sites:
        console.print()
        console.rule(Text(f"Results: {site.name}", "bold"), align="left", style="dim")
        for message in site.results.values():
            console.print(_result(message))
    console.print()
    days, hours = outcome.played.days, outcome.played.seconds // 3600
    console.print(
        Text(
            f"{days} days and {hours} hours of a dialogue: {outcome.acts:,} things said or pressed, "
            f"{outcome.messages:,} messages read, {outcome.seconds:.1f} seconds of computing.",
            "dim",
        ),
        soft_wrap=True,
    )
    console.print(Text(NOTE, "dim"), soft_wrap=True)
    console.print("Written:")
    for line in listed(files):
        console.print(Text(f"  {line}"), soft_wrap=True)


def listed(files: list[Path]) -> list[str]:
    """Files by their paths; of a folder with several of them only the folder, and how many there are."""
    folders = Counter(path.parent for path in files)
    top = min(folders, key=lambda folder: len(folder.parts), default=Path())
    single = [str(path) for path in files if path.parent == top or folders[path.parent] == 1]
    return single + [f"{folder}/ ({n} files)" for folder, n in folders.items() if folder != top and n > 1]


def _result(message: Rendered) -> Text:
    styles = {"title": "bold", "item": "", "quote": "italic", "note": "dim", "folded": "dim", "text": ""}
    marks = {"item": "  • ", "quote": "  “"}
    lines = [
        Text(f"{marks.get(kind, '')}{text}{'”' if kind == 'quote' else ''}", styles[kind])
        for kind, text in message.blocks
    ]
    return Text("\n").join([*lines, Text()])
