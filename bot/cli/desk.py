"""The commands of an operator's day: status, start, export, backup. Each works beside a running Pnyx."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.table import Table
from rich.text import Text

from bot.app.config import load_config
from bot.app.operations import Problem
from bot.cli.asking import config_option, do, in_words, out
from bot.core.problems import count
from bot.store.backup import restore as restore_backup
from bot.store.keys import KeyFile

DROPPED = {
    "nobody": "In its rooms, {told} came from somebody whom nobody can see (an anonymous administrator, a channel).",
    "no_seat": "In its rooms, {told} came from people who have no place at that table. Nothing of it was kept.",
    "not_theirs": "In its rooms, {told} were of buttons that were meant for somebody else, or are not there any more.",
}
"""What came to nothing in the rooms of tables, by why."""

BUTTONS = {"another's": "somebody else's buttons", "unknown": "buttons that nobody was sent"}
"""Whose buttons were pressed in vain."""


IGNORED = {
    "unreadable": ("message", "could not be read at first, since the key that opens it had not come"),
    "edit by another": ("edit", "of a message by somebody else"),
    "state in a cipher": ("message", "that only claimed to change a room"),
    "malformed": ("part", "of the homeserver's answers that no honest program writes so"),
    "malformed keys": ("message", "to the account's keys that no honest program writes so"),
    "verification": ("request", "to compare emojis, which no program can do"),
    "invitation by a stranger": ("invitation", "to a room by somebody unknown"),
    "too many invitations": ("invitation", "beyond what one person may send at once"),
}
"""What an account took no notice of, by why: what it is, and which."""


@click.command()
@config_option
@in_words
def status(config: Path) -> None:
    """Say where every assembly stands and what waits."""
    found = do(config, "status")
    if not found["assemblies"]:
        out.print("There is no assembly yet. The config names them; `pnyx run` makes and runs them.")
    for assembly in found["assemblies"]:
        out.print(Text(f"{assembly['title']}  ", style="bold").append(f"{assembly['id']} · {assembly['flow']}", "dim"))
        out.print(_courses(assembly["courses"]))
        for why, number in assembly["dropped"].items():
            out.print(DROPPED[why].format(told=count(number, "message or press", "messages and presses")), markup=False)
    queues = found["queues"]
    waiting, unsent = queues["inbox"].get("new", 0), queues["outbox"].get("new", 0)
    out.print(f"Waiting to happen: {waiting}. Waiting to be sent: {unsent}.")
    for account, heard in found["heard"].items():
        out.print(f"{account} was last heard {ago((found['now'] - heard) // 1000)}.", markup=False)
    for row in found["presses"]:
        told = count(row["number"], "press", "presses")
        out.print(
            f"{row['account']}: {told} of {BUTTONS[row['why']]} came to nothing since Pnyx began to run.", markup=False
        )
    for row in found["ignored"]:
        what, which = IGNORED[row["why"]]
        out.print(f"{row['account']}: {count(row['number'], what)} {which}, since Pnyx began to run.", markup=False)
    for row in found["parked"]:
        out.print(
            f"Set aside after three tries: event {row['number']} ({row['kind']}) of {row['assembly']}, {row['fault']}. "
            "The log says more.",
            style="yellow",
        )


def ago(seconds: int) -> str:
    """How long ago, in the one unit that says enough."""
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            return f"{count(seconds // size, unit)} ago"
    return f"{count(max(0, seconds), 'second')} ago"


def _courses(courses: list[dict[str, Any]]) -> Table:
    table = Table(show_edge=False, pad_edge=False, box=None, padding=(0, 3, 0, 0))
    for name in ("course", "state", "open now", "until (there)", "answered", "people"):
        table.add_column(name, header_style="dim")
    for course in courses:
        zone = ZoneInfo(course["zone"])
        steps = course["open"] or [None]
        for number, step in enumerate(steps):
            first = number == 0
            closes = step and step["closes"]
            table.add_row(
                course["id"] if first else "",
                f"{course['state']} ({course['done']} of {course['steps']} steps done)" if first else "",
                step["id"] if step else "nothing",
                f"{datetime.fromtimestamp(closes / 1000, UTC).astimezone(zone):%a %d %b %H:%M}" if closes else "",
                f"{step['done']} of {step['expected']}" if step and step["expected"] else "",
                f"{course['active']} of {course['members']}" if first else "",
            )
    return table


@click.command()
@click.argument("assembly")
@config_option
@in_words
def start(assembly: str, config: Path) -> None:
    """Start an assembly now, at every site."""
    found = do(config, "start", assembly=assembly)
    out.print(f"{assembly} has started: {', '.join(found['courses'])}.")


@click.command()
@click.argument("assembly")
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path),
    default=None,
    help="The folder to write; it must be new or an earlier export.",
)
@config_option
@in_words
def export(assembly: str, target: Path | None, config: Path) -> None:
    """Write transcripts, results and the record of the process into a folder."""
    place = (target or Path(f"{assembly}-export")).absolute()
    found = do(config, "export", "Writing the export", assembly=assembly, target=str(place))
    out.print(f"{len(found['files'])} files in {place}. README.txt says what is what.", soft_wrap=True)


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@config_option
@in_words
def backup(target: Path, config: Path) -> None:
    """Copy the database into a new file, also while Pnyx runs."""
    found = do(config, "backup", "Copying the database", target=str(target.absolute()))
    out.print(found["told"], soft_wrap=True, markup=False)


@click.command()
@click.argument("source", metavar="BACKUP", type=click.Path(path_type=Path))
@click.option(
    "--to", "target", type=click.Path(path_type=Path), default=None, help="Where, if not where the config says."
)
@config_option
@in_words
def restore(source: Path, target: Path | None, config: Path) -> None:
    """Make a database of a backup again, with the keys of people that lie beside it.

    Who was erased since then is erased in it, too. Pnyx must not be running on that database.
    """
    read = load_config(config)
    place = (target or read.database_path).absolute()
    erased = asyncio.run(restore_backup(source.absolute(), place, KeyFile.load(read.key_path)))
    out.print(
        f"The database {place} is as it was. `pnyx check` looks at it, `pnyx run` goes on with it.", soft_wrap=True
    )
    if erased:
        out.print(f"{count(erased, 'person', 'people')} who were erased since then are erased in it, too.")


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@config_option
@in_words
def publish(path: Path, config: Path) -> None:
    """Keep this version of a flow in the database; assemblies are then made of it, or upgraded to it."""
    found = do(config, "publish", flow=str(path.absolute()))
    out.print(f"Published: {found['title']}, as {found['ref']}.", markup=False)


@click.command()
@click.argument("assembly")
@click.argument("ref")
@click.option("--yes", is_flag=True, help="Do it. Without this the command only says what would happen.")
@config_option
@in_words
def upgrade(assembly: str, ref: str, yes: bool, config: Path) -> None:
    """Move a running assembly to another published version of its flow.

    First it says who stands where and what changes. Steps that have begun must be the same, to the letter.
    """
    found = do(config, "upgrade", assembly=assembly, ref=ref, do=yes)
    out.print(f"{found['assembly']}: from {found['from']} to {found['to']}", style="bold")
    for course in found["courses"]:
        here = ", ".join(course["open"]) or f"before {course['next']}" if course["next"] else "at its end"
        out.print(f"  {course['id']} ({course['state']}) stands at: {here}")
    for name in ("added", "removed", "changed"):
        if found[name]:
            out.print(f"  Steps {name}: {', '.join(found[name])}")
    if found["in_the_way"]:
        raise Problem("In the way: " + " ".join(found["in_the_way"]))
    out.print("Done." if found["done"] else "Nothing was changed yet. Add --yes to do it.")
