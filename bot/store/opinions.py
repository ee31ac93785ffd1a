"""What people gave: contributions, their earlier words, and consents.

Words, and every version of them, are sealed under their author's key: once that is erased, they read as if taken back. What a
model has made from several statements stands no longer than each of them. What was hidden stays sealed as evidence; no query of
the loop finds it, but by its id.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bot.core.effects import Grant
from bot.core.state import Contribution
from bot.store import memories, translations
from bot.store.database import Database
from bot.store.times import instant, ms

_COLUMNS = (
    "id, step, table_id, site, seat, kind, body, at, language, side, target, state, shared, helped, media, written"
)

# Contributions


def keep(db: Database, assembly: str, given: Contribution) -> None:
    """Keep a contribution. The same id again says anew what it is: its words, and where they belong; not when they came."""
    c = given
    body = db.vault.seal(c.seat or None, c.text.encode(), f"contribution/{assembly}/{c.id}")
    db.sql.execute(
        "INSERT INTO contribution (assembly, id, step, table_id, site, seat, kind, side, language, target, body, "
        "at, state, shared, helped, media, written) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (assembly, id) DO UPDATE SET step = excluded.step, table_id = excluded.table_id, kind = excluded.kind, "
        "side = excluded.side, language = excluded.language, target = excluded.target, body = excluded.body, "
        "state = excluded.state, shared = excluded.shared, media = excluded.media, written = excluded.written "
        "WHERE contribution.seat = excluded.seat",
        (
            assembly,
            c.id,
            c.step,
            c.table,
            c.site,
            c.seat,
            c.kind,
            c.side,
            c.language,
            c.target,
            body,
            ms(c.at),
            c.state,
            c.shared,
            c.helped,
            c.media,
            c.written,
        ),
    )


def rest(db: Database, assembly: str, wording: str, sources: Iterable[str]) -> None:
    """A wording was made from these contributions. Once one of them is taken back, hidden or changed, so is the wording."""
    db.sql.executemany(
        "INSERT INTO wording_source (assembly, source, wording) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(assembly, source, wording) for source in sources],
    )


def resting(db: Database, assembly: str, sources: Iterable[str]) -> list[str]:
    """The wordings that were made from any of these contributions."""
    found: dict[str, None] = {}
    for source in sources:
        rows = db.sql.execute(
            "SELECT wording FROM wording_source WHERE assembly = ? AND source = ?", (assembly, source)
        )
        found |= dict.fromkeys(wording for (wording,) in rows)
    return list(found)


def _fall(db: Database, assembly: str, where: str, given: str) -> None:
    """Take back the wordings that were made from contributions which do not stand as they were."""
    db.sql.execute(
        "UPDATE contribution SET state = 'withdrawn' WHERE assembly = ? AND state = 'live' AND id IN (SELECT w.wording FROM "
        f"wording_source w JOIN contribution s ON s.assembly = w.assembly AND s.id = w.source WHERE w.assembly = ? AND {where})",
        (assembly, assembly, given),
    )


def withdraw(db: Database, assembly: str, seat: str, id: str = "") -> int:
    """Take back one contribution of a seat, or all of them. How many."""
    one, given = (" AND id = ?", (id,)) if id else ("", ())
    done = db.sql.execute(
        f"UPDATE contribution SET state = 'withdrawn' WHERE seat = ? AND assembly = ? AND state = 'live'{one}",
        (seat, assembly, *given),
    )
    _fall(db, assembly, "s.seat = ? AND s.state <> 'live'", seat)
    return done.rowcount


def spoken(db: Database, assembly: str, id: str, language: str) -> None:
    """Note in which language a contribution is written, where that is another one than its author's."""
    db.sql.execute("UPDATE contribution SET written = ? WHERE assembly = ? AND id = ?", (language, assembly, id))


def hide(db: Database, assembly: str, id: str) -> bool:
    """Hide a contribution: its words stay where they are, sealed. False where it did not stand."""
    done = db.sql.execute(
        "UPDATE contribution SET state = 'hidden' WHERE assembly = ? AND id = ? AND state = 'live'", (assembly, id)
    )
    _fall(db, assembly, "w.source = ? AND s.state <> 'live'", id)
    return done.rowcount == 1


def taken_back(db: Database, assembly: str, id: str) -> bool:
    """Whether a contribution was withdrawn or hidden."""
    row = db.sql.execute("SELECT state FROM contribution WHERE assembly = ? AND id = ?", (assembly, id)).fetchone()
    return row is not None and row[0] in ("withdrawn", "hidden")


def amend(db: Database, assembly: str, seat: str, id: str, text: str, at: int) -> int:
    """Give a standing contribution of a seat new words. The old ones are kept as an earlier version, their translations are
    dropped. The number of the version that was left, from 1; 0 where nothing of that kind stands."""
    row = db.sql.execute(
        "SELECT body FROM contribution WHERE assembly = ? AND id = ? AND seat = ? AND state = 'live'",
        (assembly, id, seat),
    ).fetchone()
    old = db.vault.open(seat, row[0], f"contribution/{assembly}/{id}") if row else None
    if old is None:
        return 0
    n = int(
        db.sql.execute(
            "SELECT COUNT(*) FROM version WHERE assembly = ? AND contribution = ?", (assembly, id)
        ).fetchone()[0]
    )
    db.sql.execute(
        "INSERT INTO version (assembly, contribution, n, seat, body, at) VALUES (?, ?, ?, ?, ?, ?)",
        (assembly, id, n + 1, seat, db.vault.seal(seat, old, f"version/{assembly}/{id}/{n + 1}"), at),
    )
    db.sql.execute(
        "UPDATE contribution SET body = ? WHERE assembly = ? AND id = ?",
        (db.vault.seal(seat, text.encode(), f"contribution/{assembly}/{id}"), assembly, id),
    )
    db.sql.execute("DELETE FROM translation WHERE assembly = ? AND contribution = ?", (assembly, id))
    translations.reworded(db, assembly, id)
    memories.changed(db, assembly, id)
    _fall(db, assembly, "w.source = ?", id)
    return n + 1


def version(db: Database, assembly: str, id: str) -> int:
    """How often a contribution has been given new words."""
    found = db.sql.execute("SELECT COUNT(*) FROM version WHERE assembly = ? AND contribution = ?", (assembly, id))
    return int(found.fetchone()[0])


def changed(db: Database, assembly: str, id: str) -> int | None:
    """When a contribution was last given new words; None where it has its first ones."""
    found = db.sql.execute("SELECT MAX(at) FROM version WHERE assembly = ? AND contribution = ?", (assembly, id))
    at = found.fetchone()[0]
    return int(at) if at is not None else None


def earlier(db: Database, assembly: str, id: str) -> list[str]:
    """The earlier words of a contribution, the first ones first; none of an erased author."""
    found = db.sql.execute(
        "SELECT n, seat, body FROM version WHERE assembly = ? AND contribution = ? ORDER BY n", (assembly, id)
    ).fetchall()
    opened = (db.vault.open(seat, body, f"version/{assembly}/{id}/{n}") for n, seat, body in found)
    return [text.decode() for text in opened if text is not None]


def words(db: Database, assembly: str, ids: Iterable[str]) -> dict[str, str]:
    """The texts of these contributions, by id. What was withdrawn or erased is left out."""
    found = {}
    for id in dict.fromkeys(ids):
        row = db.sql.execute(
            "SELECT seat, body FROM contribution WHERE assembly = ? AND id = ? AND state = 'live'", (assembly, id)
        ).fetchone()
        if row and (text := db.vault.open(row[0] or None, row[1], f"contribution/{assembly}/{id}")) is not None:
            found[id] = text.decode()
    return found


def contribution(db: Database, assembly: str, id: str) -> Contribution | None:
    """One contribution, whatever became of it; None where there is none, or its author was erased."""
    row = db.sql.execute(
        f"SELECT {_COLUMNS} FROM contribution WHERE assembly = ? AND id = ?", (assembly, id)
    ).fetchone()
    return _contribution(db, assembly, row) if row else None


def targets(db: Database, assembly: str, ids: Iterable[str]) -> dict[str, str]:
    """What these contributions answer, by id."""
    found = {}
    for id in dict.fromkeys(ids):
        row = db.sql.execute("SELECT target FROM contribution WHERE assembly = ? AND id = ?", (assembly, id)).fetchone()
        if row is not None:
            found[id] = str(row[0])
    return found


def contributions(
    db: Database,
    assembly: str,
    step: str,
    *,
    table: str | None = None,
    site: str | None = None,
    kinds: Sequence[str] = (),
) -> list[Contribution]:
    """What was given in a step and stands, in order of arrival; at one table, at one site, of some kinds."""
    where = "assembly = ? AND step = ? AND state = 'live'"
    given = [assembly, step, *kinds]
    if kinds:
        where += f" AND kind IN ({', '.join('?' * len(kinds))})"
    narrower, more = _where(table, site)
    return _contributions(db, assembly, f"{where}{narrower} ORDER BY seq", (*given, *more))


def given_by(db: Database, assembly: str, seat: str) -> list[Contribution]:
    """All that a seat has given and not taken back, in order."""
    return _contributions(db, assembly, "seat = ? AND assembly = ? AND state = 'live' ORDER BY seq", (seat, assembly))


def statements(
    db: Database,
    assembly: str,
    steps: Sequence[str],
    seat: str,
    limit: int,
    *,
    table: str | None = None,
    site: str | None = None,
) -> list[Contribution]:
    """Others' statements in some steps to agree or disagree with, at a table, at a site or everywhere: those that were shown
    least, then in a fixed order; none of `seat`'s own, none that is not shared, and
    none by anybody but participants."""
    narrower, more = _where(table, site)
    found: list[tuple[Any, ...]] = []
    for step in steps:  # one by one, so that an index gives each in order, and only as many as are wanted
        found += db.sql.execute(
            f"SELECT shown, {_COLUMNS} FROM contribution WHERE assembly = ? AND step = ?{narrower} "
            "AND kind IN ('idea', 'message') AND state = 'live' AND shared = 1 AND seat <> ? AND NOT EXISTS "
            "(SELECT 1 FROM seat WHERE seat.id = contribution.seat AND seat.role <> 'participant') ORDER BY shown, id LIMIT ?",
            (assembly, step, *more, seat, limit),
        ).fetchall()
    least = sorted(found, key=lambda row: row[:2])[:limit]
    return [c for row in least if (c := _contribution(db, assembly, row[1:]))]


def shown(db: Database, assembly: str, ids: Iterable[str]) -> None:
    """These contributions were put before one more person."""
    db.sql.executemany(
        "UPDATE contribution SET shown = shown + 1 WHERE assembly = ? AND id = ?", [(assembly, id) for id in ids]
    )


def _contributions(db: Database, assembly: str, where: str, given: Sequence[str | int]) -> list[Contribution]:
    found = db.sql.execute(f"SELECT {_COLUMNS} FROM contribution WHERE {where}", given).fetchall()
    return [c for row in found if (c := _contribution(db, assembly, row))]


def _contribution(db: Database, assembly: str, row: tuple[Any, ...]) -> Contribution | None:
    text = db.vault.open(row[4] or None, row[6], f"contribution/{assembly}/{row[0]}")
    if text is None:
        return None
    id, step, table, site, seat, kind, _, at, language, side, target, state, shared, helped, media, written = row
    return Contribution(
        id,
        step,
        table,
        site,
        seat,
        kind,
        text.decode(),
        instant(at),
        language,
        side,
        target,
        state,
        bool(shared),
        bool(helped),
        media,
        written,
    )


def _where(table: str | None, site: str | None) -> tuple[str, tuple[str, ...]]:
    """What narrows a query to a table or a site."""
    wanted = [(column, value) for column, value in (("table_id", table), ("site", site)) if value is not None]
    return "".join(f" AND {column} = ?" for column, _ in wanted), tuple(value for _, value in wanted)


# Consents


def grant(db: Database, assembly: str, grant: Grant, at: int) -> None:
    """Store a yes or no to a purpose. Earlier ones stay: they are the proof."""
    db.sql.execute(
        "INSERT INTO consent (assembly, seat, purpose, given, version, language, at) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (seat, purpose, at) DO UPDATE "
        "SET given = excluded.given, version = excluded.version, language = excluded.language",
        (assembly, grant.seat, grant.purpose, grant.given, grant.version, grant.language, at),
    )


def granted(db: Database, seat: str, purpose: str) -> bool | None:
    """A person's last word on a purpose; None where they were not asked or have not answered."""
    row = db.sql.execute(
        "SELECT given FROM consent WHERE seat = ? AND purpose = ? ORDER BY at DESC LIMIT 1", (seat, purpose)
    ).fetchone()
    return bool(row[0]) if row else None
