"""`pnyx matrix`: what concerns Matrix alone."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click

from bot.app.config import load_config
from bot.app.login import log_in, token_file
from bot.cli.asking import config_option, in_words, out


@click.group()
def matrix() -> None:
    """What concerns Matrix alone."""


@matrix.command("login")
@click.option("--name", default="", help="Which account of the config, where there are several.")
@config_option
@in_words
def login(name: str, config: Path) -> None:
    """Log the account of the config in, and write its access token into its token_file.

    Asks for the password, or reads it from a pipe, and keeps it nowhere. Once is enough: the token stays good.
    """
    table, path = token_file(load_config(config), name)
    if sys.stdin.isatty():
        password = click.prompt(f"The password of {table.user}", hide_input=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    device = asyncio.run(log_in(table, password, path))
    out.print(
        f"{table.user} is logged in, on the device {device}. Its token lies in {path}.", soft_wrap=True, markup=False
    )
