"""`pnyx people`: who takes part, and how people come in. Each command works beside a running Pnyx."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from bot.cli.asking import config_option, do, in_words, out
from bot.core.problems import count, listed

STANDINGS = {
    "joined": "have come",
    "moving": "changing phones",
    "waiting": "still to come",
    "expired": "invite too old",
}

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)

assembly_option = click.option("--assembly", default="", metavar="ID", help="The assembly, where there are several.")
until_option = click.option(
    "--until", default="", metavar="DAY", help="The last day, as 2027-03-30. [default: 30 days]"
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")


@click.group()
def people() -> None:
    """See who takes part, and let people in."""


@people.command("list")
@click.argument("assembly", default="")
@click.option("--seats", is_flag=True, help="Everybody's seat too, as `pnyx people reissue` takes it.")
@config_option
@in_words
def people_list(assembly: str, seats: bool, config: Path) -> None:
    """Say how many people there are, in which role, who sits at which table, and who has still to come.

    Where there is only one assembly, its ID can be left out.
    """
    found = do(config, "people", assembly=assembly, seats=seats)
    table = Table(show_edge=False, pad_edge=False, box=None, padding=(0, 3, 0, 0))
    for name in ("site", "role", "status", "people"):
        table.add_column(name, header_style="dim")
    for row in found["people"]:
        table.add_row(row["site"], row["role"], row["status"], str(row["number"]))
    out.print(table if found["people"] else "Nobody has taken a seat yet.")
    for row in found["tables"]:
        out.print(Text(f"Table {row['number']}", "bold").append(f"  {', '.join(row['people'])}", "default"))
    if found["expected"]:
        out.print(_expected(found["expected"]))
    for row in found["ways"]:
        out.print(f"Came by {row['way']}: {row['number']}", markup=False)
    if seats:
        out.print(_seats(found["seats"]))


def _seats(rows: list[dict[str, Any]]) -> Table:
    table = Table(show_edge=False, pad_edge=False, box=None, padding=(0, 3, 0, 0))
    for name in ("seat", "name", "role", "site", "table", "status"):
        table.add_column(name, header_style="dim", overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(row[name] or "")) for name in ("seat", "name", "role", "site", "table", "status")))
    return table


def _expected(rows: list[dict[str, Any]]) -> Table:
    """How far those have come who are expected, by site."""
    table = Table(show_edge=False, pad_edge=False, box=None, padding=(0, 3, 0, 0))
    for name in ("expected at", *STANDINGS.values()):
        table.add_column(name, header_style="dim")
    for site in dict.fromkeys(row["site"] for row in rows):
        numbers = {row["standing"]: row["number"] for row in rows if row["site"] == site}
        table.add_row(site, *(str(numbers.get(standing, 0)) for standing in STANDINGS))
    return table


@people.command("invite")
@click.argument("assembly")
@click.option("--role", default="participant", show_default=True, help="What the code makes its user.")
@click.option("--site", default="", help="The site of the flow at which this person takes part or serves.")
@click.option("--number", default=1, show_default=True, type=click.IntRange(1, 10_000), help="How many codes.")
@click.option(
    "--uses", default=1, show_default=True, type=click.IntRange(1, 10_000), help="How often each can be used."
)
@config_option
@in_words
def people_invite(assembly: str, role: str, site: str, number: int, uses: int, config: Path) -> None:
    """Make codes. Whoever writes one of these lines to the bot gets the seat or the role.

    A code is shown once and lasts 30 days. Only its hash is kept.
    """
    found = do(config, "invite", assembly=assembly, role=role, site=site, number=number, uses=uses)
    for line in found["written"]:
        click.echo(line)


@people.command("import")
@click.argument("file", type=FILE)
@assembly_option
@until_option
@json_option
@config_option
@in_words
def people_import(file: Path, assembly: str, until: str, as_json: bool, config: Path) -> None:
    """Read who is expected from a CSV file, and make an invite for each.

    The columns: ref (your own word for the person), site, language, role, table, matrix (their Matrix id, to see before the day
    whether it can be reached), and what the flow asks people about themselves. Other columns are not read. The same file
    again changes and adds.
    """
    found = do(config, "import", "Importing", file=str(file.absolute()), assembly=assembly, until=until)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    total = found["new"] + found["changed"] + found["same"]
    out.print(f"{found['assembly']} expects {count(total, 'person', 'people')} of this list, until {found['until']}:")
    out.print(f"  {found['new']} new, {found['changed']} changed, {found['same']} as before.")
    if found["joined"]:
        out.print(f"  {found['joined']} more have come already; their seats stay as they are.")
    if found["left"]:
        out.print(f"  {found['left']} had everything erased and are not invited again.")
    if found["unread"]:
        out.print(f"Not read, and not kept: {listed(found['unread'])}.", markup=False, soft_wrap=True)
    if total:
        out.print("Now write their invites: pnyx people invites --to FOLDER")


@people.command("invites")
@click.option(
    "--to", "target", type=FOLDER, required=True, help="The folder to write; new, or one with earlier invites."
)
@click.option("--csv", type=FILE, help="Your own list: its columns come along, in its order.")
@assembly_option
@json_option
@config_option
@in_words
def people_invites(target: Path, csv: Path | None, assembly: str, as_json: bool, config: Path) -> None:
    """Write the invites of those who have still to come: a table, and a sheet to print.

    Whoever reads these files can take these seats. Delete them when everybody has come.
    """
    given = str(csv.absolute()) if csv is not None else ""
    found = do(config, "invites", "Writing", target=str(target.absolute()), csv=given, assembly=assembly)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    out.print(f"Invites for {count(found['people'], 'person', 'people')}:")
    for path in found["files"]:
        out.print(f"  {path}", soft_wrap=True, markup=False)
    if found["joined"]:
        out.print(f"{found['joined']} have come already.")
    if found["expired"]:
        out.print(
            f"{found['expired']} have an invite that is too old: import the list again, with --until and a later day."
        )
    _without_links(found["accounts"])
    out.print("Whoever reads these files can take these seats. Delete them when everybody has come.", soft_wrap=True)


@people.command("reissue")
@click.argument("who", metavar="REF|SEAT")
@assembly_option
@until_option
@json_option
@config_option
@in_words
def people_reissue(who: str, assembly: str, until: str, as_json: bool, config: Path) -> None:
    """Make a new invite for somebody who has lost theirs, or their phone.

    The one before works no longer. Whoever sits already moves to the phone where the new one is used; the old chat is told,
    and gets nothing more. Call the person back first, on a number that you know.
    """
    found = do(config, "reissue", who=who, assembly=assembly, until=until)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    what = "moves the seat of" if found["moves"] else "lets in"
    out.print(f"This {what} {found['who']}, once, until {found['until']}:", markup=False)
    _ways(found)


@people.command("link")
@click.option("--site", default="", help="The site whose link it is.")
@click.option("--name", default="", help="Tells several links of a site apart, such as radio and school.")
@click.option("--new", is_flag=True, help="Make a new link; the one before works no longer.")
@click.option("--to", "target", type=FOLDER, help="Write a sheet to print into this folder.")
@assembly_option
@until_option
@json_option
@config_option
@in_words
def people_link(
    site: str, name: str, new: bool, target: Path | None, assembly: str, until: str, as_json: bool, config: Path
) -> None:
    """Show the link with which anybody comes into an open assembly, as far as its caps allow.

    The flow says whether there is one: links = true under [joining].
    """
    to = str(target.absolute()) if target is not None else ""
    found = do(config, "link", site=site, name=name, new=new, target=to, assembly=assembly, until=until)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    out.print(f"For {count(found['cap'], 'person', 'people')} at {found['site']} at most, until {found['until']}:")
    _ways(found)
    for path in found.get("files", ()):
        out.print(f"  {path}", soft_wrap=True, markup=False)


def _ways(found: dict[str, Any]) -> None:
    """A code, with its links where there are any."""
    for way in found["links"]:
        click.echo(f"  {way['url']}")
    click.echo(f"  {found['written']}")
    _without_links([way["name"] for way in found["links"]])


def _without_links(accounts: list[str]) -> None:
    if not accounts:
        out.print(
            "No account on a platform is known yet, so there are no links. People write /join and the code.",
            style="yellow",
            soft_wrap=True,
        )
