"""`pnyx rehearse` and `pnyx demo`: play a flow with invented people, on a clock that jumps."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from bot.app.operations import Problem
from bot.cli.asking import in_words
from bot.core.tally import fraction
from bot.demo import play_demo
from bot.engine.memory import sort_out_seldom
from bot.language.flowfiles import bundle, toml_file, unbundle
from bot.rehearsal.files import write_files
from bot.rehearsal.front import Front
from bot.rehearsal.play import Outcome, Rehearsal, open_rehearsal
from bot.rehearsal.profile import Profile
from bot.rehearsal.script import write_script
from bot.rehearsal.voices import BadVoices, read_voices
from bot.store import queue
from bot.transports.lines import TypedLines, typed

FOLDER = click.Path(file_okay=False, path_type=Path)


class Share(click.ParamType):  # type: ignore[type-arg]  # generic in newer versions of click only
    """A share of people, as "10%"."""

    name = "share"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Fraction:
        try:
            found = value if isinstance(value, Fraction) else fraction(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if not 0 <= found <= 1:
            self.fail(f'found "{value}"; allowed is a share from 0% to 100%', param, ctx)
        return found


@click.command()
@click.argument("flow", type=click.Path(path_type=Path))
@click.option(
    "--people", "-n", type=click.IntRange(1, 100_000), help="How many take part. [default: as the flow expects]"
)
@click.option(
    "--seed", default="7", show_default=True, help="Who does what is drawn from it; the same seed plays the same."
)
@click.option("--drop", type=Share(), metavar="SHARE", help="The share that falls silent or leaves, such as 10%.")
@click.option(
    "--record", type=click.Path(dir_okay=False, path_type=Path), help="Write what happened as a conversation test."
)
@click.option("--out", type=FOLDER, help="Write transcripts and results into this folder.")
@click.option("--profile", is_flag=True, help="Say where the time went.")
@click.option("--interactive", "-i", is_flag=True, help="Play along: you are anna, ben and the facilitator maya.")
@in_words
def rehearse(
    flow: Path,
    people: int | None,
    seed: str,
    drop: Fraction | None,
    record: Path | None,
    out: Path | None,
    profile: bool,
    interactive: bool,
) -> None:
    """Play a flow with invented people: months in seconds.

    Where the flow brings voices (a folder voices/ beside it), people say and vote what is recorded there.
    """
    sys.exit(asyncio.run(_rehearse(flow, people, seed, drop, record, out, profile, interactive)))


@click.command()
@click.option(
    "--pace", type=click.FloatRange(0, 600), default=45, show_default=True, help="About how many seconds it takes."
)
@click.option("--out", type=FOLDER, default=Path("pnyx-demo"), show_default=True, help="Where the files are written.")
@in_words
def demo(pace: float, out: Path) -> None:
    """Watch a whole dialogue across a border, in under a minute."""
    asyncio.run(play_demo(Console(highlight=False), out, pace))


async def _rehearse(
    flow: Path,
    people: int | None,
    seed: str,
    drop: Fraction | None,
    record: Path | None,
    out: Path | None,
    profile: bool,
    interactive: bool,
) -> int:
    """Rehearse, and tell how it went. The exit code: 1 where the flow did not end, or something was set aside."""
    console = Console(highlight=False)
    body = bundle(flow)
    if interactive:
        front = Front(TypedLines(typed(sys.stdin), "keyboard"), console)
        rehearsal = await front.play(body, unbundle(body), seed=seed, people=people)
    else:
        try:
            voices = read_voices(toml_file(flow).parent)
        except BadVoices as error:
            raise Problem(str(error)) from None
        rehearsal = await open_rehearsal(
            body, seed=seed, people=people, drop=drop, voices=voices, record=record is not None
        )
    try:
        sort_out_seldom()
        measured = Profile(rehearsal.hall.store) if profile and not interactive else None
        async with measured or contextlib.nullcontext():
            if not interactive:
                await _play(rehearsal, console)
        outcome = await rehearsal.outcome()
        failed = await _tell(rehearsal, outcome, seed, console)
        if measured is not None:
            console.print(_where(measured))
        if record is not None and not interactive:
            _write(record, write_script(await rehearsal.script(str(flow))))
            console.print(Text(f"Written down: {record}"), soft_wrap=True)
        if out is not None:
            for path in await write_files(rehearsal.hall, out):
                console.print(Text(f"  {path}"), soft_wrap=True)
    finally:
        await rehearsal.close()
    return 1 if failed and not interactive else 0


async def _play(rehearsal: Rehearsal, console: Console) -> None:
    """From the first to the last step, with a line of progress on a terminal."""
    total = len(rehearsal.flow.nodes) * len(rehearsal.flow.courses)
    with _progress(console) as bar:
        task = bar.add_task("people take their seats", total=total)
        await rehearsal.seat_everybody()
        await rehearsal.begin()
        while await rehearsal.step():
            now = ", ".join(f"{course}: {steps or 'waiting'}" for course, steps in rehearsal.open_steps().items())
            bar.update(task, completed=rehearsal.steps_done, description=f"{rehearsal.now:%d %b %H:%M} UTC  {now}"[:70])


@contextlib.contextmanager
def _progress(console: Console) -> Iterator[Progress]:
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        yield bar


async def _tell(rehearsal: Rehearsal, outcome: Outcome, seed: str, console: Console) -> bool:
    """Say how it went. True if something went wrong."""
    flow, days = rehearsal.flow, outcome.played.days
    span = f"{days} {'day' if days == 1 else 'days'} and " if days else ""
    span += f"{outcome.played.seconds // 3600} h {outcome.played.seconds // 60 % 60:02} min"
    console.print(Text(f"{flow.ref}, seed {seed}: {outcome.people:,} people, {span}.", "bold"), soft_wrap=True)
    console.print(
        f"{outcome.acts:,} things said or pressed, {outcome.messages:,} messages read, in {outcome.seconds:.1f} seconds."
    )
    parked = await rehearsal.hall.store.read(queue.parked)
    for row in parked:
        told = f"Set aside after three tries: event {row.seq} ({row.kind}), {row.error}."
        console.print(Text(told, "red"), soft_wrap=True)
    for course, steps in outcome.standing.items():
        told = f"It did not come to its end: {course} stands at {', '.join(steps) or 'the beginning'}."
        console.print(Text(told, "red"), soft_wrap=True)
    if outcome.ended:
        console.print(Text("It came to its end.", "green"))
    return bool(parked) or not outcome.ended


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _where(profile: Profile) -> Table:
    table = Table(title="where the time went", box=None, title_justify="left", title_style="dim", show_header=False)
    for group, share in profile.shares():
        table.add_row(group, f"{share} %", "█" * (share // 2))
    return table
