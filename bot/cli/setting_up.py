"""`pnyx init`, `pnyx check` and `pnyx run`: from an empty folder to a running assembly."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from rich.text import Text

from bot.app.config import NAME, Config, load_config
from bot.app.findings import Finding
from bot.app.operations import Problem
from bot.app.running import ask, run
from bot.app.veil import guard
from bot.cli.asking import config_option, err, in_words, out
from bot.cli.flow import report_problems
from bot.engine.clock import SystemClock
from bot.language.catalog import Catalogs
from bot.language.flowfiles import load_flow
from bot.paths import first_files, locales_dir
from bot.store.backup import check as check_database
from bot.store.connection import check_keys
from bot.store.keys import KeyFile
from bot.transports.console import Console
from bot.transports.lines import TypedLines, typed

FIRST = "first"
"""The id of the assembly that `pnyx init` sets up."""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@in_words
def init(folder: Path) -> None:
    """Write a config and a first flow into a folder, and make your code as the organiser."""
    if folder.exists() and any(folder.iterdir()):
        raise Problem(f"{folder} is not empty, so nothing was written. Name a new folder.")
    folder.mkdir(parents=True, exist_ok=True)
    for name in (NAME, "flows"):
        source = first_files() / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copyfile(source, folder / name)
    config = load_config(folder)
    KeyFile.create(config.key_path)
    flow = config.place(config.assembly[0].flow).absolute()
    asyncio.run(ask(config, "create", id=FIRST, flow=str(flow)))
    made = asyncio.run(ask(config, "invite", assembly=FIRST, role="organiser"))
    out.print(
        f"Everything is in {folder}: the config {NAME}, the key file, and a first flow in flows/first.", soft_wrap=True
    )
    out.print(f"\nStart it:            [bold]pnyx run -c {folder}[/bold]")
    out.print("Be the organiser:    type this line there. The code works once:")
    click.echo(f"    me: /join {made['codes'][0]}")
    out.print("Be a participant:    anna: hello")
    out.print("Begin:               me: /begin")


@click.command()
@config_option
@click.argument("flows", type=click.Path(path_type=Path), nargs=-1)
@click.option("--assembly", is_flag=True,
              help="Look at the record instead: does every sentence of a digest lead to what somebody gave?")  # fmt: skip
@in_words
def check(config: Path, flows: tuple[Path, ...], assembly: bool) -> None:
    """Check the config, its flows, the languages, the keys, the database and the bots. With FLOWS, check only these."""
    if flows:
        raise SystemExit(max(report_problems(load_flow(path)) for path in flows))
    read = load_config(config)
    if assembly:
        raise SystemExit(_check_record(read))
    out.print(f"Config      {read.home / NAME}: good.", soft_wrap=True)
    worst = 0
    for row in read.assembly:
        worst = max(worst, report_problems(load_flow(read.place(row.flow), read.accounts)))
    spoken = Catalogs.load(locales_dir()).languages
    out.print(
        f"Languages   Pnyx speaks {', '.join(spoken)}; other languages of a flow see its own texts and English around them."
    )
    keys = KeyFile.load(read.key_path)
    if read.database_path.exists():
        check_keys(read.database_path, keys)
    out.print(f"Keys        {read.key_path}: good. Keep a copy of it in another place.", soft_wrap=True)
    if read.database_path.exists():
        version = check_database(read.database_path)
        out.print(f"Database    {read.database_path}: whole, version {version}.", soft_wrap=True)
    else:
        out.print(f"Database    {read.database_path}: not there yet; `pnyx run` makes it.", soft_wrap=True)
    raise SystemExit(max(worst, _check_borders(read), _check_model(read), _check_telegram(read), _check_matrix(read)))


def _check_borders(config: Config) -> int:
    """Say of each pair of languages that the assemblies need who translates it. 1 where an engine cannot be asked at all."""
    from bot.app.borders import look_at_borders, look_at_translators, progress

    known = asyncio.run(ask(config, "translated")) if config.database_path.exists() else {}
    done, there = known.get("assemblies", {}), known.get("translators", {})
    worst = 0
    for row in config.assembly:
        path = config.place(row.flow)
        if (flow := load_flow(path).flow) is not None:
            found = asyncio.run(look_at_borders(config, path, flow, progress(done.get(row.id, []))))
            found += look_at_translators(flow, there.get(row.id, 0)) if row.id in done else []
            worst = max(worst, _told("Translation" if len(config.assembly) == 1 else row.id, found))
    return worst


def _check_model(config: Config) -> int:
    """Say whether the language model answers. 1 where it does not: nobody waits for it, but somebody wanted it."""
    from bot.app.helping import asks_model, look_at_model  # heavy

    flows = (load_flow(config.place(row.flow)).flow for row in config.assembly)
    wanted = any(flow is not None and asks_model(flow) for flow in flows)
    return _told("Model", asyncio.run(look_at_model(config, wanted=wanted)))


def _check_record(config: Config) -> int:
    """Say of each assembly whether its record holds together. 1 where something is broken."""
    if not config.database_path.exists():
        raise Problem(f"{config.database_path} is not there yet; `pnyx run` makes it.")
    found = asyncio.run(ask(config, "soundness"))["assemblies"]
    if not found:
        out.print("There is no assembly yet.")
    return max((_told(each["id"], [Finding(*f) for f in each["findings"]]) for each in found), default=0)


def _check_telegram(config: Config) -> int:
    """Say how each Telegram account stands. 1 where one cannot work."""
    if not config.telegram:
        return 0
    from bot.app.checking import look_at  # heavy, and only those with a bot need it

    return max(_told("Telegram", asyncio.run(look_at(config, table))) for table in config.telegram)


def _check_matrix(config: Config) -> int:
    """Say how each Matrix account stands, and whether it reaches those who are expected. 1 where one cannot work."""
    if not config.matrix:
        return 0
    from bot.app.homeservers import look_at  # heavy, too

    people = asyncio.run(ask(config, "servers"))["servers"] if config.database_path.exists() else {}
    return max(_told("Matrix", asyncio.run(look_at(config, table, people))) for table in config.matrix)


def _told(head: str, findings: Sequence[Finding]) -> int:
    """Print what was found. 1 where something keeps the account from working."""
    for found in findings:
        style = {"good": "", "note": "yellow", "bad": "red"}[found.weight]
        out.print(Text(f"{head:<12}").append(found.text, style), soft_wrap=True)
        if found.command:
            click.echo(f"{'':<12}  {found.command}")
        head = ""
    return int(any(found.weight == "bad" for found in findings))


@click.command("run")
@config_option
@click.option(
    "--log", "level", type=click.Choice(["error", "warning", "info", "debug"]), default="warning", show_default=True,
    help="How much is told on the error output. Nobody's words and no token stand there, whatever you choose.",
)  # fmt: skip
@in_words
def run_command(config: Path, level: str) -> None:
    """Run the assemblies of the config until you press Ctrl-C."""
    guard(level)
    read = load_config(config)
    if not read.console.enabled and not read.telegram and not read.matrix:
        raise Problem(
            f"Nobody can be reached. Set enabled = true under [console] in {read.home / NAME}, or describe a bot under "
            "[[telegram]] (docs/guide/telegram.md) or an account under [[matrix]] (docs/guide/matrix.md)."
        )
    asyncio.run(_run(read))
    err.print("Stopped. Everything is kept; `pnyx run` goes on from here.", style="dim")


async def _run(config: Config) -> None:
    def ready() -> None:
        accounts = [f"telegram:{t.name}" for t in config.telegram] + [f"matrix:{m.name}" for m in config.matrix]
        for account in accounts:
            err.print(f"{account} is served here. Ctrl-C ends it.", style="dim")

    if not config.console.enabled:
        await run(config, ready=ready)
        return
    clock = SystemClock()
    console = Console(TypedLines(typed(sys.stdin), f"{clock.now().timestamp():.0f}"), clock.now)
    console.explain()
    await run(config, [console], ready)
