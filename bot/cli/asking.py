"""What the commands that look at a database share: the config, the call, and errors in words instead of tracebacks."""

from __future__ import annotations

import asyncio
import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click
from rich.console import Console
from rich.progress import Progress

from bot.app.config import BadConfig, Config, load_config
from bot.app.operations import Problem
from bot.app.running import ask
from bot.app.veil import veiled
from bot.language.flowfiles import NotAFlow
from bot.report.export import CannotExport
from bot.store.errors import StoreError

P = ParamSpec("P")
T = TypeVar("T")

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def config_option(function: Callable[P, T]) -> Callable[P, T]:
    """`--config`: the config file, or the folder it lies in."""
    return click.option(
        "--config", "-c", "config", type=click.Path(path_type=Path), default=Path(), show_default="this folder",
        help="The config file, or the folder it lies in.",
    )(function)  # fmt: skip


def in_words(function: Callable[P, T]) -> Callable[P, T]:
    """What goes wrong is told in one sentence, and the exit code is 1, or 78 where to try again at once would not help. No
    traceback reaches a person."""

    @functools.wraps(function)
    def told(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        except (Problem, BadConfig, StoreError, NotAFlow, CannotExport) as error:
            err.print(veiled(str(error)), style="red", markup=False, soft_wrap=True)
            sys.exit(getattr(error, "code", 1))
        except OSError as error:
            err.print(
                f"{error.filename or 'A file'}: {error.strerror or error}.", style="red", markup=False, soft_wrap=True
            )
        sys.exit(1)

    return told


def do(config: Path, what: str, label: str = "", **given: object) -> dict[str, Any]:
    """Ask for an operation, with a progress bar where it takes a while."""
    read: Config = load_config(config)
    with Progress(console=err, transient=True, disable=not (label and err.is_terminal)) as bar:
        task = bar.add_task(label or what, total=None)
        return asyncio.run(ask(read, what, lambda done, total: bar.update(task, completed=done, total=total), **given))
