"""The folder of invites: `invites.csv` for letters and e-mails, `invites.html` to print. Only its owner can read it."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.app.operations import Problem
from bot.app.sheet import Card, page
from bot.core.flow import Flow
from bot.core.spreadsheet import Sheet
from bot.language.catalog import Catalogs

TABLE = "invites.csv"
ON_A_PAGE = 400
"""How many cards one file holds at most, so that a browser can still show it."""

_OURS = re.compile(r"invites(-\d+)?\.(csv|html)")
_PERSON = ("ref", "site", "language", "role")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table. `own` are the organiser's cells for the person."""

    ref: str
    site: str
    language: str
    role: str
    card: Card
    own: tuple[str, ...] = ()


def write_invites(
    target: Path, flow: Flow, cards: Sequence[Card], rows: Sequence[Row], sheet: Sheet | None, catalogs: Catalogs
) -> list[Path]:
    """Write cards, and rows if there are any, into a folder that is new, empty, or holds earlier invites, which are replaced.
    The files. Raises `Problem`."""
    files = {TABLE: table(flow, rows, sheet)} if rows else {}
    parts = [cards[start : start + ON_A_PAGE] for start in range(0, len(cards), ON_A_PAGE)]
    for number, part in enumerate(parts, 1):
        name = "invites.html" if len(parts) == 1 else f"invites-{number}.html"
        files[name] = page(flow, part, catalogs).encode()
    if target.exists() and not target.is_dir():
        raise Problem(f"{target} is not a folder. Name another place.")
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    foreign = sorted(path.name for path in target.iterdir() if not _OURS.fullmatch(path.name))
    if foreign:
        raise Problem(f"{target} holds other things ({foreign[0]}). Name a new folder: what is in it is written anew.")
    for path in target.iterdir():
        path.unlink()
    for name, content in files.items():
        with open(os.open(target / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    return [target / name for name in files]


def table(flow: Flow, rows: Sequence[Row], sheet: Sheet | None) -> bytes:
    """The table: the organiser's own columns as they are, then ours. UTF-8 with the mark by which spreadsheets know it."""
    own = list(sheet.head) if sheet is not None else []
    names = [link.name for link in rows[0].card.links] if rows else []
    ours = {"link" if len(names) == 1 else f"link @{name}": number for number, name in enumerate(names)}
    kept = [n for n, name in enumerate(own) if name.casefold() not in (*ours, "code", "expires")]
    taken = {own[n].casefold() for n in kept}
    person = [name for name in _PERSON if name not in taken]
    written = StringIO()
    writer = csv.writer(written, delimiter=sheet.separator if sheet is not None else ",", lineterminator="\r\n")
    writer.writerow([*(own[n] for n in kept), *person, *ours, "code", "expires"])
    for row in rows:
        zone = ZoneInfo(flow.sites[row.site].zone)
        writer.writerow(
            [
                *(row.own[n] for n in kept),
                *(getattr(row, name) for name in person),
                *(row.card.links[number].url for number in ours.values()),
                row.card.code,
                f"{row.card.until.astimezone(zone):%Y-%m-%d %H:%M}",
            ]
        )
    return written.getvalue().encode("utf-8-sig")
