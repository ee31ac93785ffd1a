"""Tables: who sits where, and who has sat together.

A seat's place stands on the seat (`table_id`, and `chair` for the order of seating) and changes by `sit` only; `membership` is
the history.
"""

from __future__ import annotations

from bot.core.effects import Seated
from bot.core.state import Table
from bot.store.database import Database
from bot.store.people import SEAT_COLUMNS, attributes_in, next_chair, read_seat
from bot.store.rooms import of_table


def load_table(db: Database, assembly: str, table: str) -> Table | None:
    """A table with its active participants in order of seating, those who lead it, and its experts."""
    row = db.sql.execute(
        "SELECT id, plan, site, number, languages FROM tables WHERE assembly = ? AND id = ?", (assembly, table)
    ).fetchone()
    if row is None:
        return None
    seats = [
        read_seat(db, found)
        for found in db.sql.execute(
            f"SELECT {SEAT_COLUMNS} FROM seat WHERE assembly = ? AND table_id = ? AND status IN ('new', 'active') "
            "ORDER BY chair, number",
            (assembly, table),
        ).fetchall()
    ]
    members = tuple(s for s in seats if s.role == "participant" and s.status == "active")
    staff = tuple(s for s in seats if s.role == "facilitator")
    experts = tuple(s for s in seats if s.role == "expert" and s.status == "active")
    id, plan, site, number, languages = row
    return Table(id, plan, site, number, tuple(languages.split()), members, staff, of_table(db, assembly, id), experts)


def plan_of(db: Database, assembly: str, table: str) -> str:
    """The group plan of a table; "" where there is no such table."""
    row = db.sql.execute("SELECT plan FROM tables WHERE assembly = ? AND id = ?", (assembly, table)).fetchone()
    return str(row[0]) if row else ""


def of_plan(db: Database, assembly: str, plan: str) -> list[Table]:
    """The tables of a group plan at which people sit now, without their people, by site and number."""
    found = db.sql.execute(
        "SELECT id, plan, site, number, languages FROM tables WHERE assembly = ? AND plan = ? AND EXISTS "
        "(SELECT 1 FROM seat WHERE seat.assembly = tables.assembly AND seat.table_id = tables.id) ORDER BY site, number, id",
        (assembly, plan),
    )
    return [Table(id, plan, site, number, tuple(languages.split())) for id, plan, site, number, languages in found]


def sitting(db: Database, assembly: str, plan: str) -> list[tuple[Table, list[tuple[str, str, dict[str, str]]]]]:
    """The same tables, each with the participants who are there: their seats, sites and attributes. One look at all of them."""
    found: dict[str, list[tuple[str, str, dict[str, str]]]] = {}
    for table, seat, site, attributes in db.sql.execute(
        "SELECT t.id, s.id, s.site, s.attributes FROM tables t JOIN seat s ON s.assembly = t.assembly AND s.table_id = t.id "
        "WHERE t.assembly = ? AND t.plan = ? AND s.role = 'participant' AND s.status = 'active'",
        (assembly, plan),
    ).fetchall():
        found.setdefault(table, []).append((seat, site, attributes_in(db, seat, attributes)))
    return [(table, found[table.id]) for table in of_plan(db, assembly, plan) if table.id in found]


def numbered(db: Database, assembly: str, number: int, site: str) -> str:
    """The table of this number where people sit now, first of all at this site; "" if there is none."""
    row = db.sql.execute(
        "SELECT id FROM tables WHERE assembly = ? AND number = ? AND EXISTS "
        "(SELECT 1 FROM seat WHERE seat.assembly = tables.assembly AND seat.table_id = tables.id) "
        "ORDER BY CASE WHEN site = ? THEN 0 ELSE 1 END, site, id",
        (assembly, number, site),
    ).fetchone()
    return str(row[0]) if row else ""


def seats_at(db: Database, assembly: str, table: str) -> list[str]:
    """Everybody whose place is at a table, in whatever role and also who pauses or has left, in order of seating."""
    found = db.sql.execute(
        "SELECT id FROM seat WHERE assembly = ? AND table_id = ? ORDER BY chair, number", (assembly, table)
    )
    return [seat for (seat,) in found]


def sit(db: Database, assembly: str, seated: Seated, at: int) -> None:
    """Move seats to a table, which is made if it is new; they leave the table where they sat."""
    s = seated
    db.sql.execute(
        "INSERT INTO tables (assembly, id, plan, site, number, languages) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (assembly, id) DO UPDATE SET languages = excluded.languages",
        (assembly, s.table, s.plan, s.site, s.number, " ".join(s.languages)),
    )
    for chair, seat in enumerate(s.seats, next_chair(db, assembly, s.table)):
        moved = db.sql.execute(
            "UPDATE seat SET table_id = ?, chair = ? WHERE id = ? AND assembly = ? AND table_id <> ?",
            (s.table, chair, seat, assembly, s.table),
        )
        if moved.rowcount:
            db.sql.execute(
                "UPDATE membership SET until = ? WHERE assembly = ? AND seat = ? AND until IS NULL",
                (at, assembly, seat),
            )
            db.sql.execute(
                "INSERT INTO membership (assembly, table_id, seat, since) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (assembly, table_id, seat, since) DO UPDATE SET until = NULL",
                (assembly, s.table, seat, at),
            )


def stand(db: Database, assembly: str, seat: str, at: int) -> None:
    """A seat leaves its table, and has none."""
    db.sql.execute("UPDATE seat SET table_id = '', chair = 0 WHERE id = ? AND assembly = ?", (seat, assembly))
    db.sql.execute(
        "UPDATE membership SET until = ? WHERE assembly = ? AND seat = ? AND until IS NULL", (at, assembly, seat)
    )


def ever(db: Database, assembly: str, table: str) -> list[str]:
    """The seats of everybody who has ever sat at a table."""
    found = db.sql.execute(
        "SELECT DISTINCT seat FROM membership WHERE assembly = ? AND table_id = ? ORDER BY seat", (assembly, table)
    )
    return [seat for (seat,) in found]


def sat_together(db: Database, assembly: str) -> list[tuple[str, ...]]:
    """Who has sat together so far: the seats of each table, past and present, tables in order of their ids."""
    tables: dict[str, list[str]] = {}
    for table, seat in db.sql.execute(
        "SELECT DISTINCT table_id, seat FROM membership WHERE assembly = ? ORDER BY table_id, seat", (assembly,)
    ):
        tables.setdefault(table, []).append(seat)
    return [tuple(seats) for seats in tables.values()]
