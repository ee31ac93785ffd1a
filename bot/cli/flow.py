"""`pnyx flow`: look at flows. Check them, draw them, see when they happen, have them translated."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from bot.cli.desk import publish, upgrade
from bot.cli.texts import texts
from bot.core.flow import Flow
from bot.core.lint import RULES
from bot.core.outline import lines, mermaid, outline
from bot.core.problems import Problem, count, errors, listed
from bot.core.schema import schema_text
from bot.core.timeline import Endless, Planned, beginning, timeline
from bot.language.flowfiles import Loaded, load_flow
from bot.paths import flows_dir

PATH = click.Path(path_type=Path)
REASONS = {rule.name: rule.why for rule in RULES}
COLOURS = {"error": "bold red", "warning": "yellow"}


@click.group()
def flow() -> None:
    """Look at flows: check them, draw them, see when they happen, have them translated.

    A flow is named by its folder or by its TOML file.
    """


@flow.command("check")
@click.argument("paths", type=PATH, nargs=-1, required=True, metavar="PATH...")
@click.option("--why", is_flag=True, help="Say of each rule why it exists.")
@click.option("--accounts", type=click.IntRange(min=1), default=1, show_default=True,
              help="How many accounts on a chat platform pass on what tables say.")  # fmt: skip
def check_command(paths: tuple[Path, ...], why: bool, accounts: int) -> None:
    """Say what is wrong with flows, or that nothing is."""
    raise SystemExit(check_flows(paths, why=why, accounts=accounts))


def check_flows(paths: Iterable[Path], *, why: bool = False, accounts: int | None = None) -> int:
    """Check flows and print what is found; the exit code, 1 if one of them cannot run."""
    every = list(paths)
    err = Console(stderr=True)
    watched = len(every) > 1 and err.is_terminal
    loaded = [
        load_flow(p, accounts) for p in (track(every, "Checking", console=err, transient=True) if watched else every)
    ]
    return max((report_problems(each, why=why) for each in loaded), default=0)


def report_problems(loaded: Loaded, console: Console | None = None, *, why: bool = False) -> int:
    """Print what is wrong with a flow, step by step; the exit code, 0 if it may run. `why` adds the reason of each rule."""
    out = console or Console()
    out.print(Text(str(loaded.path), style="bold"), soft_wrap=True)
    for step, group in groupby(loaded.problems, key=lambda p: p.step):
        out.print(Text(f'  Step "{step}"' if step else "  The flow as a whole", style="bold"), soft_wrap=True)
        for problem in sorted(group, key=lambda p: p.severity):
            _print_problem(out, problem, REASONS.get(problem.rule, "") if why else "")
    out.print(Text("  " + _summary(loaded), style="green" if loaded.sound else "bold red"), soft_wrap=True)
    return 0 if loaded.sound else 1


def _print_problem(out: Console, problem: Problem, reason: str) -> None:
    elsewhere = not problem.file.endswith(".toml")
    place = ", ".join(part for part in (problem.file if elsewhere else "", problem.field) if part)
    head = Text(f"    {problem.severity}", style=COLOURS[problem.severity])
    if place:
        head.append(f"  {place}", style="cyan")
    head.append(f"  ({problem.rule})", style="dim")
    out.print(head, soft_wrap=True)
    body = Text(problem.sentence)
    if reason:
        body.append(f"\nWhy: {reason}", style="italic")
    out.print(body if out.width < 40 else _indented(body, 6))


def _indented(text: Text, by: int) -> Table:
    grid = Table.grid(padding=0)
    grid.add_column(width=by)
    grid.add_column(overflow="fold")
    grid.add_row("", text)
    return grid


def _summary(loaded: Loaded) -> str:
    wrong = len(errors(loaded.problems))
    warned = len(loaded.problems) - wrong
    counted = listed([*([count(wrong, "error")] if wrong else []), *([count(warned, "warning")] if warned else [])])
    if loaded.flow is None or wrong:
        return f"{counted}. It cannot run like this: mend the errors first."
    file = loaded.flow.file
    about = (
        f"{count(len(file.step), 'step')}, {count(len(file.schedule.sites), 'site')}, {', '.join(file.flow.languages)}"
    )
    return f"Sound, with {counted}: {about}. {loaded.flow.ref}" if warned else f"Sound: {about}. {loaded.flow.ref}"


def _walkable(path: Path) -> Flow:
    """The flow at this path, if it can be walked; else what is wrong is printed and the command ends."""
    loaded = load_flow(path)
    if loaded.flow is None:
        raise SystemExit(report_problems(loaded, Console(stderr=True)) or 1)
    wrong = len(errors(loaded.problems))
    if wrong:
        click.echo(f"{path} has {count(wrong, 'error')}; pnyx flow check {path} lists them.", err=True)
    return loaded.flow


@flow.command("graph")
@click.argument("path", type=PATH)
@click.option("--format", "form", type=click.Choice(["text", "mermaid"]), default="text", show_default=True)
def graph_command(path: Path, form: str) -> None:
    """Draw the order of the steps, as text or for Mermaid."""
    loaded = _walkable(path)
    if form == "mermaid":
        click.echo(mermaid(loaded.file), nl=False)
        return
    rows = list(lines(outline(loaded.file)))
    wide = max(2 * depth + len(id) for depth, id, _, _ in rows)
    for depth, id, kind, more in rows:
        name = "  " * depth + id
        click.echo(f"{name:<{wide}}  {kind:<9}  {more}".rstrip())


@flow.command("schema")
@click.option("--write", is_flag=True, help="Write it to flows/schema.json.")
def schema_command(write: bool) -> None:
    """Print the JSON Schema of flow files, with which editors complete and check."""
    if write:
        target = flows_dir() / "schema.json"
        try:
            target.write_text(schema_text(), encoding="utf-8")
        except OSError as error:
            raise click.ClickException(f"{target} cannot be written: {error.strerror}.") from error
        click.echo(f"Written: {target}")
    else:
        click.echo(schema_text(), nl=False)


@flow.command("timeline")
@click.argument("path", type=PATH)
@click.option("--start", type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]), default=None,
              help="When it starts, on each site's clock. Without it the start of the flow counts.")  # fmt: skip
def timeline_command(path: Path, start: datetime | None) -> None:
    """Say when each step opens and closes at each site, in its own time and in UTC."""
    loaded = _walkable(path)
    assumed = ""
    if start is None and any(beginning(loaded, course) is None for course in loaded.courses):
        start = (datetime.now(UTC) + timedelta(days=1)).replace(hour=18, minute=0, second=0, microsecond=0, tzinfo=None)
        assumed = f"The flow has no start. Reckoned from {start:%Y-%m-%d %H:%M}; --start names another time."
    out = Console()
    try:
        planned = timeline(loaded, start)
    except Endless as error:
        raise click.ClickException(f"{path} cannot be reckoned: {error}. Shorten their durations.") from error
    out.print(timeline_table(loaded, planned))
    out.print(
        Text("~ at the latest, or about then: a step before it may end sooner, wait for somebody, or be left out.")
    )
    if assumed:
        out.print(Text(assumed))


def timeline_table(loaded: Flow, planned: Iterable[Planned]) -> Table:
    """The timeline as a table: one row for each step at each site, local time above UTC."""
    table = Table(title=loaded.ref, title_justify="left", box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for name in ("step", "site", "opens", "closes"):
        table.add_column(name, header_style="dim", overflow="fold")
    for plan in planned:
        for site in loaded.sites_of(plan.course):
            mark = "~" if plan.estimate else ""
            step = Text(plan.node.id).append(f"\n{plan.node.step.type}", "dim")
            table.add_row(step, site.id, _instant(plan.opens, site.zone, mark), _instant(plan.closes, site.zone, mark))
    return table


def _instant(at: datetime | None, zone: str, mark: str) -> Text:
    if at is None:
        return Text("when it is done")
    return Text(f"{mark}{at.astimezone(ZoneInfo(zone)):%a %d %b %Y %H:%M}").append(f"\n{at:%Y-%m-%d %H:%M} UTC", "dim")


flow.add_command(texts)
flow.add_command(publish)
flow.add_command(upgrade)
