"""When each account was last heard, and whom it reaches: so that an outage is noticed, and told to those whom it concerns."""

from __future__ import annotations

import json

from bot.store.database import Database


def last(db: Database, account: str) -> int | None:
    """When contact with an account was last noted; None where it never was."""
    row = db.sql.execute("SELECT heard FROM cursor WHERE account = ?", (account,)).fetchone()
    return row[0] or None if row else None


def note(db: Database, account: str, at: int) -> None:
    """An account was heard: everything that waited there until now has come."""
    db.sql.execute(
        "INSERT INTO cursor (account, value, heard) VALUES (?, '', ?) ON CONFLICT (account) DO UPDATE SET heard = excluded.heard",
        (account, at),
    )


def accounts(db: Database) -> dict[str, int]:
    """When contact with each account was last noted; those that never were are left out."""
    return dict(db.sql.execute("SELECT account, heard FROM cursor WHERE heard > 0 ORDER BY account").fetchall())


def closed(db: Database, assembly: str, course: str, since: int) -> tuple[str, ...]:
    """The steps that have closed on a course since then, in order."""
    rows = db.sql.execute(
        "SELECT data FROM log WHERE assembly = ? AND act = 'closed' AND at >= ? ORDER BY seq", (assembly, since)
    ).fetchall()
    told = [json.loads(data) for (data,) in rows]
    return tuple(step for line in told if line["course"] == course for step in line["steps"])


def sites(db: Database, account: str) -> set[tuple[str, str]]:
    """The assemblies, with their sites, in which somebody is reached through this account."""
    found: set[tuple[str, str]] = set()
    rows = db.sql.execute(
        "SELECT s.assembly, s.site, i.lookup, i.sealed FROM seat s JOIN channel c ON c.seat = s.id "
        "JOIN identity i ON i.lookup = c.lookup ORDER BY s.assembly, s.site, s.id"
    )
    for assembly, site, lookup, sealed in rows:
        if (assembly, site) in found:
            continue
        opened = db.vault.open(None, sealed, f"identity/{lookup.hex()}")
        if opened is not None and json.loads(opened)[0] == account:
            found.add((assembly, site))
    return found
