"""The log of decisions as a file to read: for guarantors, who watch over the procedure, and for those who lead.

It is made when the letter leaves. Whoever did something is a role at a site; ids, numbers and listed reasons stand in it,
nobody's name, words or choices.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.message import Part, message, t
from bot.core.record import DECISIONS, told
from bot.core.rendered import plain
from bot.core.talk import LABELS
from bot.engine.house import House
from bot.language.render import Reader, render
from bot.store import audit, people, tables
from bot.store.audit import LogLine
from bot.store.database import Database
from bot.store.times import instant

FILE = ("log.txt", "text/plain")
MARK = 16
"""How many hexadecimal digits of the log's last hash people are told: enough to compare, few enough to copy."""


def written(db: Database, house: House, assembly: str, seat: str) -> bytes | None:
    """The file, in the language and the hours of whoever reads it; None where there is no such person (any more)."""
    found = people.load_seat(db, seat)
    if found is None:
        return None
    flow = house.flow(db, assembly)
    site = flow.sites.get(found.site) or flow.file.schedule.sites[0]
    reader, zone = Reader(found.language, site.zone), ZoneInfo(site.zone)

    def say(part: Part) -> str:
        return plain(render(message(part), reader, {}, {}, house.catalogs))

    lines = [
        say(t("What was done in “{title}”, and by whom. Nobody's words and nobody's choices stand here.",
              title=flow.local(flow.file.flow.title))),
        "",
    ]  # fmt: skip
    for line in audit.lines(db, assembly):
        if told(line.act, line.data):
            by = people.load_seat(db, line.by) if line.by else None
            who = f"{say(LABELS.get(by.role, t('participant')))}, {by.site}" if by is not None else "-"
            when = instant(line.at).astimezone(zone)
            lines.append(
                f"{when:%Y-%m-%d %H:%M}  {line.act.replace('_', ' ')}  ({who})  {_details(db, assembly, line)}".rstrip()
            )
    lines += ["", say(t("The log of this assembly ends with {mark} now.", mark=audit.head(db, assembly).hex()[:MARK]))]
    return ("\n".join(lines) + "\n").encode()


def _details(db: Database, assembly: str, line: LogLine) -> str:
    """What is told of a line; a table by its number."""
    found: Mapping[str, Any] = {name: line.data[name] for name in DECISIONS[line.act] if name in line.data}
    said = []
    for name, value in found.items():
        table = tables.load_table(db, assembly, str(value)) if name in ("table", "into", "from", "to") else None
        said.append(f"{name.replace('_', ' ')} {table.number if table is not None else value}")
    return ", ".join(said)
