"""`pnyx tm`: the translation memory of an assembly. Each command works beside a running Pnyx."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bot.app.operations import Problem
from bot.cli.asking import config_option, do, in_words, out
from bot.core.problems import count

FILE = click.Path(dir_okay=False, path_type=Path)

assembly_option = click.option("--assembly", default="", metavar="ID", help="The assembly, where there are several.")


@click.group()
def tm() -> None:
    """Take an assembly's reviewed translations in and out, as a translation memory (TMX).

    What a person has translated or released is used before any machine, for the same words. TMX is what translators' tools read
    and write.
    """


@tm.command("import")
@click.argument("file", type=FILE)
@assembly_option
@config_option
@in_words
def tm_import(file: Path, assembly: str, config: Path) -> None:
    """Read reviewed translations in: all of the file, or in case of an error nothing.

    What the file says of words that the assembly knows already takes the place of what it knew.
    """
    found = do(config, "import_memory", "Reading", file=str(file.absolute()), assembly=assembly)
    told = ", ".join(f"{row['number']} from {row['pair']}" for row in found["pairs"])
    out.print(f"{found['assembly']} remembers {told}.", markup=False, soft_wrap=True)
    out.print(f"{found['new']} new, {found['changed']} changed, {found['known']} as before.")
    if found["other"]:
        out.print(f"Not read in, since nobody there speaks these languages: {found['other']}.")


@tm.command("export")
@click.argument("file", type=FILE)
@assembly_option
@click.option("--yes", is_flag=True, help="Do not ask before citizens' words leave the house.")
@config_option
@in_words
def tm_export(file: Path, assembly: str, yes: bool, config: Path) -> None:
    """Write the reviewed translations of an assembly into a new file.

    Citizens' words stand in it: of those only who take part and agreed to be quoted. What was taken back, hidden or erased is not
    in it.
    """
    given = {"file": str(file.absolute()), "assembly": assembly}
    found = do(config, "export_memory", **given)
    out.print(
        f"{count(found['units'], 'translation')}, {found['people']} of them in the words of citizens of {found['assembly']}. "
        "In that file they leave this house: whoever gets it can read them, and nobody can take them back.",
        markup=False, soft_wrap=True,
    )  # fmt: skip
    if found["withheld"]:
        held = count(found["withheld"], "translation")
        out.print(f"Left out: {held} of people who did not agree to be quoted, or may not be quoted any more.")
    if found["people"] and not yes:
        if not sys.stdin.isatty():
            raise Problem("Nothing was written. Add --yes, if these words may leave the house.")
        click.confirm("Write them?", abort=True)
    found = do(config, "export_memory", "Writing", **given, do=True)
    out.print(f"Written: {count(found['units'], 'translation')} in {file}.", markup=False, soft_wrap=True)
