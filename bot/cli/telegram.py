"""`pnyx telegram`: what concerns Telegram alone."""

from __future__ import annotations

import asyncio
import os
import sys

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.transports.telegram.client import API
from bot.transports.telegram.contract import CannotTry, Contract, Tried, in_words

TOKEN = "PNYX_TELEGRAM_TOKEN"  # noqa: S105 # the name of the variable, not a token

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


@click.group()
def telegram() -> None:
    """What concerns Telegram alone."""


@telegram.command("contract")
@click.option("--chat", type=int, default=0, help="Your own id. Without it: whoever wrote to the bot last.")
@click.option("--api", default=API, show_default=True, help="Where the Bot API is spoken.")
@click.option("--pause", type=float, default=1.1, show_default=True, help="Seconds between two messages.")
def contract(chat: int, api: str, pause: float) -> None:
    """Compare Telegram's answers with what Pnyx expects, line by line.

    Make a bot for this alone with BotFather, put its token into PNYX_TELEGRAM_TOKEN, and write /start to it. About 40
    calls go into your chat with it, and are deleted again. What waits for the bot is dropped. Takes a minute.
    """
    token = os.environ.get(TOKEN, "").strip()
    if not token:
        err.print(f"There is no token in {TOKEN}. Put that of a bot made for this alone there, and run it again.")
        sys.exit(1)
    try:
        tried = asyncio.run(Contract(token, chat, api, pause).run())
    except CannotTry as why:
        err.print(str(why), style="red", markup=False, soft_wrap=True)
        sys.exit(1)
    out.print(_table(tried))
    different = sum(not t.same for t in tried)
    if different:
        out.print(
            f"{different} of {len(tried)} lines differ. Telegram may have changed, or the test server is wrong there."
        )
        sys.exit(1)
    out.print(f"All {len(tried)} lines are as expected.")


def _table(tried: list[Tried]) -> Table:
    table = Table(box=None, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("", "line", "call", "expected", "found"):
        table.add_column(name, header_style="dim", overflow="fold")
    for one in tried:
        mark = Text("✓", "green") if one.same else Text("✗", "bold red")
        found = Text("the same", "dim") if one.same else Text(one.found, "bold red")
        table.add_row(mark, Text(one.line.name), Text(one.line.method, "dim"), Text(in_words(one.line)), found)
    return table
