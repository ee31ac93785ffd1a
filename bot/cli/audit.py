"""`pnyx audit`, the log of who did what, and whether anybody has changed it; and `pnyx feed`, what was said, for the press."""

from __future__ import annotations

from pathlib import Path

import click

from bot.app.operations import Problem
from bot.cli.asking import config_option, do, in_words, out
from bot.core.problems import count, listed


@click.group()
def audit() -> None:
    """The log of who did what, and whether anybody has changed it."""


@audit.command("verify")
@click.option("--assembly", default="", help="Which assembly, where there are several.")
@config_option
@in_words
def verify(assembly: str, config: Path) -> None:
    """Check that no line of the log was changed, added or taken out."""
    found = do(config, "audit_verify", "Checking the log", assembly=assembly)
    if found["broken"]:
        lines = listed([str(seq) for seq in found["broken"][:10]])
        raise Problem(
            f"The log of {found['assembly']} was changed: {count(len(found['broken']), 'line')} of {found['lines']} "
            f"cannot be as they were written, {lines}. Compare them with a backup."
        )
    out.print(
        f"The log of {found['assembly']} is whole: {count(found['lines'], 'line')}. It ends with {found['head']}."
    )
    if found["erased"]:
        out.print(
            f"In {count(found['erased'], 'line')} somebody was erased who has asked for it; the rest of them holds."
        )
    if found["before"]:
        out.print(f"{count(found['before'], 'line')} before it cannot be checked: an older Pnyx wrote them.")


@audit.command("export")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--assembly", default="", help="Which assembly, where there are several.")
@config_option
@in_words
def export(target: Path, assembly: str, config: Path) -> None:
    """Write the log into a file, with everything that a stranger needs to check it."""
    found = do(config, "audit_export", "Writing the log", target=str(target.absolute()), assembly=assembly)
    out.print(f"{count(found['lines'], 'line')} in {found['target']}.", soft_wrap=True, markup=False)


@click.command()
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--assembly", default="", help="Which assembly, where there are several.")
@config_option
@in_words
def feed(target: Path, assembly: str, config: Path) -> None:
    """Write what was said at the tables into a file for the press: later, without names.

    The flow says so with `published = true` under [feed]; then the tables are told. Writing it again replaces the file.
    """
    found = do(config, "feed", "Writing the feed", target=str(target.absolute()), assembly=assembly)
    out.print(f"What may be read by now stands in {found['target']}.", soft_wrap=True, markup=False)
