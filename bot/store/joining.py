"""Coming in without a code of one's own: how many did, how fast, and whether it goes on."""

from __future__ import annotations

from dataclasses import dataclass

from bot.store.database import Database


@dataclass(frozen=True, slots=True)
class Doors:
    """`paused`: nobody comes in without a code of their own. `rung` is when more people came than the alarm allows, the last
    time; 0 for never."""

    paused: bool = False
    rung: int = 0


def doors(db: Database, assembly: str) -> Doors:
    row = db.sql.execute("SELECT paused, rung FROM joining WHERE assembly = ?", (assembly,)).fetchone()
    return Doors(bool(row[0]), row[1]) if row else Doors()


def save_doors(db: Database, assembly: str, doors: Doors) -> None:
    db.sql.execute(
        "INSERT INTO joining (assembly, paused, rung) VALUES (?, ?, ?) "
        "ON CONFLICT (assembly) DO UPDATE SET paused = excluded.paused, rung = excluded.rung",
        (assembly, doors.paused, doors.rung),
    )


def came(db: Database, assembly: str) -> dict[str, int]:
    """How many hold a seat who came without a code of their own, by site."""
    found = db.sql.execute(
        "SELECT site, COUNT(*) FROM seat WHERE assembly = ? AND way <> '' AND status NOT IN ('left', 'refused') GROUP BY site",
        (assembly,),
    )
    return dict(found.fetchall())


def ways(db: Database, assembly: str) -> dict[str, int]:
    """The same by the way that they came: `open`, or a link."""
    found = db.sql.execute(
        "SELECT way, COUNT(*) FROM seat WHERE assembly = ? AND way <> '' AND status NOT IN ('left', 'refused') "
        "GROUP BY way ORDER BY way",
        (assembly,),
    )
    return dict(found.fetchall())


def by_site(db: Database, assembly: str) -> dict[tuple[str, str], int]:
    """How many participants ever took a seat, by site and way; the way is "" for a code of one's own."""
    found = db.sql.execute(
        "SELECT site, way, COUNT(*) FROM seat WHERE assembly = ? AND role = 'participant' GROUP BY site, way ORDER BY site, way",
        (assembly,),
    )
    return {(site, way): n for site, way, n in found.fetchall()}


def came_since(db: Database, assembly: str, since: int) -> int:
    """How many of them came after an instant, even if they are gone again."""
    row = db.sql.execute(
        "SELECT COUNT(*) FROM seat WHERE assembly = ? AND way <> '' AND joined > ?", (assembly, since)
    ).fetchone()
    return int(row[0])
