"""What was said at the tables, for the press and everybody: as observers read it, in a file.

Invariants:

* Only a flow that says so (`[feed] published = true`) is published: then every table was told before anybody spoke.
* Words leave after the flow's delay, counted from their last change. What was hidden or taken back by then leaves nothing; what
  was hidden later leaves a mark.
* A participant's words stand here only if they agreed to be quoted, or to open data, and did not refuse the transcript. Nobody is
  named, nor by others: pseudonyms stand in the place of names, others at each table.
* Where fewer than three people have spoken, their words stay at the table, unless each has agreed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.feed import KINDS, enough, veil, voice
from bot.core.message import t
from bot.core.state import Contribution, Role, Table
from bot.core.steps.discuss import Discuss
from bot.report.material import House, Material, gather
from bot.report.release import HIDDEN, WITHHELD, Released, released
from bot.store import opinions, people, tables
from bot.store.archive import Given
from bot.store.database import Database
from bot.store.times import instant


class NotPublished(Exception):
    """The flow does not say that its talks are published. `str()` is a text for the operator."""


def feed(db: Database, house: House, assembly: str, now: datetime) -> bytes:
    """What may be read by now. The same at every moment at which nothing more has left. Raises LookupError, `NotPublished`."""
    material = gather(db, house, assembly)
    file = material.flow.file
    if not (file.feed.published and file.feed.open):
        raise NotPublished(
            f"The flow of {assembly} does not say that its talks are published, so nobody at the tables was told. A flow says "
            "so with published = true under [feed], before it begins."
        )
    lines = [material.text(file.flow.title), ""]
    lines += [
        material.say(
            t("What was said at the tables, under pseudonyms. {withheld} stands for words of somebody who has not agreed to be "
              "quoted, {hidden} for words that were hidden later.", withheld=WITHHELD, hidden=HIDDEN)
        )
    ]  # fmt: skip
    for table in material.tables:
        for node in material.flow.nodes.values():
            step = node.step
            if isinstance(step, Discuss) and file.feed.covers(step.id, exported=step.exported):
                lines += _talk(db, material, node.id, table, now - file.feed.delay)
    return ("\n".join(lines) + "\n").encode()


def _talk(db: Database, material: Material, step: str, table: Table, until: datetime) -> list[str]:
    """What has left of a talk at a table."""
    given = [g for g in material.given if _here(g, step, table) and _stood(db, material, g.contribution) <= until]
    hidden = [g for g in material.hidden if _here(g, step, table) and g.contribution.at <= until]
    hidden = [g for g in hidden if _hidden_after(material, g.contribution)]
    if not given and not hidden:
        return []
    number = material.say(t("Table {number}", number=table.number))
    head = ["", f"{number} · {material.site_name(table.site)} · {material.title(step)}", ""]
    spoken = {g.contribution.seat for g in given if _role(material, g.contribution) == "participant"}
    agreed = {g.contribution.seat for g in given if _released(material, g.contribution).free}
    if not enough(spoken, agreed):
        told = t("Fewer than three people have spoken here so far, so their words stay at the table.")
        return [*head, material.say(told)]
    names = people.ever_called(db, tables.ever(db, material.assembly.id, table.id))
    zone = material.flow.sites[table.site].zone if table.site in material.flow.sites else "UTC"
    return [*head, *_entries(material, sorted([*given, *hidden], key=lambda g: g.contribution.at), table, names, zone)]


def _entries(
    material: Material, given: list[Given], table: Table, names: list[tuple[str, str]], zone: str
) -> Iterator[str]:
    for each in given:
        said = each.contribution
        who = material.say(voice(material.secret, table.id, said.seat, _role(material, said)))
        words = _released(material, said)
        text = veil(material.secret, table.id, words.text, names) if words.free else words.text
        yield f"{said.at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}  {who}: {' '.join(text.split())}"


def _here(given: Given, step: str, table: Table) -> bool:
    said = given.contribution
    return said.step == step and said.table == table.id and said.kind in KINDS


def _stood(db: Database, material: Material, said: Contribution) -> datetime:
    """Since when the words are as they stand."""
    changed = opinions.changed(db, material.assembly.id, said.id) if said.id in material.versions else None
    return instant(changed) if changed is not None else said.at


def _hidden_after(material: Material, said: Contribution) -> bool:
    """Whether something was hidden only after it had left."""
    delay = material.flow.file.feed.delay
    found = [
        line for line in material.log if line.act in ("hid", "hidden") and line.data.get("contribution") == said.id
    ]
    return bool(found) and instant(found[0].at) >= said.at + delay


def _released(material: Material, said: Contribution) -> Released:
    """The words, where their author has agreed to both: to the record, and to being quoted elsewhere."""
    record = released(material, said.id, "transcript")
    refused = material.consents.get((said.seat, "transcript")) is False
    quoted = released(material, said.id, "quotes")
    return record if refused and not record.free else quoted


def _role(material: Material, said: Contribution) -> Role:
    seat = material.seats.get(said.seat)
    return seat.role if seat is not None else "participant"


__all__ = ["NotPublished", "feed"]
