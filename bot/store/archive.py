"""What an export reads: a whole assembly in bulk, each part in a fixed order.

The queries of the loop look at one person or one table; these look at everything once, and they see what is no longer
readable, so that an export can say that something stood there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from bot.core.state import Contribution, Digest, Table, Translated
from bot.store import findings, translations
from bot.store.arrivals import Arrival, at_table
from bot.store.database import Database
from bot.store.times import instant

TALKED = ("message", "idea")
"""The kinds of contributions that are counted where their words are not exported."""


class Given(NamedTuple):
    """A contribution that was not taken back. `erased` says that its author was: then its text is empty."""

    contribution: Contribution
    erased: bool


class Carried(NamedTuple):
    """A digest that has come to a table in a step."""

    step: str
    table: str
    arrival: Arrival


def given(db: Database, assembly: str) -> list[Given]:
    """Everything that was given for others to read and not taken back, in order of arrival; without what was hidden."""
    return _given(db, assembly, "live")


def hidden(db: Database, assembly: str) -> list[Given]:
    """What was given for others to read and then hidden, in order of arrival. Nobody opens its words for an export."""
    return _given(db, assembly, "hidden")


def remarks(db: Database, assembly: str) -> list[Given]:
    """What observers have put on record, in order of arrival: it is shown to no table."""
    return _given(db, assembly, "live", "shared = 0 AND kind = 'remark'")


def _given(db: Database, assembly: str, state: str, which: str = "shared = 1") -> list[Given]:
    found = []
    for row in db.sql.execute(
        "SELECT id, step, table_id, site, seat, kind, body, at, language, side, target, helped, media, written FROM contribution "
        f"WHERE assembly = ? AND state = ? AND {which} ORDER BY seq",
        (assembly, state),
    ).fetchall():
        id, step, table, site, seat, kind, body, at, language, side, target, helped, media, written = row
        text = db.vault.open(seat or None, body, f"contribution/{assembly}/{id}") if state == "live" else b""
        said = Contribution(
            id, step, table, site, seat, kind, text.decode() if text is not None else "", instant(at), language, side, target,
            helped=bool(helped), media=media, written=written,
        )  # fmt: skip
        found.append(Given(said, text is None))
    return found


def versions(db: Database, assembly: str) -> dict[str, int]:
    """How many other words each contribution had before, where it had any."""
    found = db.sql.execute(
        "SELECT contribution, COUNT(*) FROM version WHERE assembly = ? GROUP BY contribution ORDER BY contribution",
        (assembly,),
    )
    return dict(found.fetchall())


def translated(db: Database, assembly: str) -> list[Translated]:
    """Every translation of what stands, by contribution and language."""
    rows = db.sql.execute(
        "SELECT contribution, language FROM translation WHERE assembly = ? ORDER BY contribution, language", (assembly,)
    ).fetchall()
    found = (translations.load(db, assembly, id, language) for id, language in rows)
    return [made for made in found if made is not None]


def counted(db: Database, assembly: str) -> dict[tuple[str, str], int]:
    """How much was said in a step at a table and not taken back, by (step, table), whether it is exported or not."""
    found = db.sql.execute(
        "SELECT step, table_id, COUNT(*) FROM contribution WHERE assembly = ? AND state = 'live' AND kind IN (?, ?) "
        "GROUP BY step, table_id ORDER BY step, table_id",
        (assembly, *TALKED),
    )
    return {(step, table): n for step, table, n in found}


def consents(db: Database, assembly: str) -> dict[tuple[str, str], bool]:
    """Everybody's last word on each purpose they were asked about, by (seat, purpose)."""
    found = db.sql.execute(
        "SELECT seat, purpose, given FROM consent WHERE assembly = ? ORDER BY seat, purpose, at", (assembly,)
    )
    return {(seat, purpose): bool(yes) for seat, purpose, yes in found}


def tables(db: Database, assembly: str) -> list[Table]:
    """All tables there ever were, without their people, by site, plan and number."""
    found = db.sql.execute(
        "SELECT id, plan, site, number, languages FROM tables WHERE assembly = ? ORDER BY site, plan, number, id",
        (assembly,),
    )
    return [Table(id, plan, site, number, tuple(languages.split())) for id, plan, site, number, languages in found]


def sat(db: Database, assembly: str) -> dict[str, int]:
    """How many participants have ever sat at each table."""
    found = db.sql.execute(
        "SELECT m.table_id, COUNT(DISTINCT m.seat) FROM membership m JOIN seat s ON s.id = m.seat "
        "WHERE m.assembly = ? AND s.role = 'participant' GROUP BY m.table_id ORDER BY m.table_id",
        (assembly,),
    )
    return dict(found.fetchall())


def voted(db: Database, assembly: str) -> list[tuple[str, str, int]]:
    """Step, site and instant of each person's last answer to it: what they answered stands elsewhere."""
    found = db.sql.execute(
        "SELECT v.step, s.site, v.at FROM vote_cast v JOIN seat s ON s.id = v.seat WHERE v.assembly = ? "
        "ORDER BY v.step, s.site, v.at",
        (assembly,),
    )
    return found.fetchall()


def talks(db: Database, assembly: str) -> frozenset[tuple[str, str]]:
    """The (step, table) at which a step has opened for a table."""
    found = db.sql.execute(
        "SELECT step, unit FROM stage WHERE assembly = ? AND unit LIKE 'table:%' ORDER BY step, unit", (assembly,)
    )
    return frozenset((step, unit.removeprefix("table:")) for step, unit in found)


def digests(db: Database, assembly: str) -> list[Digest]:
    """All digests, by step, table and id."""
    steps = db.sql.execute("SELECT DISTINCT step FROM digest WHERE assembly = ? ORDER BY step", (assembly,)).fetchall()
    return [digest for (step,) in steps for digest in findings.digests(db, assembly, step)]


def carried(db: Database, assembly: str) -> list[Carried]:
    """All that was carried from table to table, by step and table, then in the order in which it came."""
    places = db.sql.execute(
        "SELECT DISTINCT step, table_id FROM arrival WHERE assembly = ? ORDER BY step, table_id", (assembly,)
    ).fetchall()
    return [Carried(step, table, arrival) for step, table in places for arrival in at_table(db, assembly, step, table)]


def results(db: Database, assembly: str) -> dict[str, dict[str, Mapping[str, object]]]:
    """What was recorded, by step and unit."""
    found: dict[str, dict[str, Mapping[str, object]]] = {}
    for step, unit, data in findings.results(db, assembly):
        found.setdefault(step, {})[unit] = data
    return found
