"""What has been carried to a table: digests, and which of their sentences a translator put into the table's language.

The translated words themselves stand in `translation`, sealed under their authors' keys (`bot.store.translations`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from bot.core.state import Digest
from bot.store import findings
from bot.store.database import Database


class Arrival(NamedTuple):
    """A digest that has come. `texts` points, by contribution, at what was translated; `engine` says by what ("none" where the
    words are the original ones)."""

    digest: Digest
    engine: str
    texts: Mapping[str, str]


def arrive(
    db: Database, assembly: str, step: str, table: str, digest: str, engine: str, texts: Mapping[str, str], at: int
) -> bool:
    """Note that a digest has come to a table. `texts` are pointers, never words. False where it had come before."""
    done = db.sql.execute(
        "INSERT INTO arrival (assembly, step, table_id, digest, engine, texts, at) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (assembly, step, table_id, digest) DO NOTHING",
        (assembly, step, table, digest, engine, json.dumps(dict(texts)), at),
    )
    return done.rowcount == 1


def at_table(db: Database, assembly: str, step: str, table: str) -> tuple[Arrival, ...]:
    """What has come to a table in a step, in the order in which it came."""
    rows = db.sql.execute(
        "SELECT digest, engine, texts FROM arrival WHERE assembly = ? AND step = ? AND table_id = ? ORDER BY at, digest",
        (assembly, step, table),
    ).fetchall()
    found = ((findings.load_digest(db, assembly, id), engine, json.loads(texts)) for id, engine, texts in rows)
    return tuple(Arrival(digest, engine, texts) for digest, engine, texts in found if digest is not None)


def times(db: Database, assembly: str, step: str, table: str) -> dict[str, int]:
    """When each digest that has come to a table in a step has."""
    found = db.sql.execute(
        "SELECT digest, at FROM arrival WHERE assembly = ? AND step = ? AND table_id = ?", (assembly, step, table)
    )
    return dict(found.fetchall())


def brought(db: Database, assembly: str, digest: str) -> tuple[tuple[str, str], ...]:
    """The `(step, table)` to which a digest has come, in the order in which it did."""
    rows = db.sql.execute(
        "SELECT step, table_id FROM arrival WHERE assembly = ? AND digest = ? ORDER BY at, step, table_id",
        (assembly, digest),
    )
    return tuple((step, table) for step, table in rows)


def holding(db: Database, assembly: str, ids: Iterable[str]) -> list[tuple[str, str, str, str]]:
    """Where any of these contributions stands in a digest that has come: `(step, table, digest, contribution)`."""
    wanted = set(ids)
    rows = db.sql.execute(
        "SELECT a.step, a.table_id, a.digest, d.data FROM arrival a JOIN digest d ON d.assembly = a.assembly AND d.id = a.digest "
        "WHERE a.assembly = ? ORDER BY a.at, a.table_id, a.digest",
        (assembly,),
    ).fetchall() if wanted else []  # fmt: skip
    standing: dict[str, list[str]] = {}
    for _, _, digest, data in rows:
        if digest not in standing:
            named = (id for s in json.loads(data)["sentences"] for id in (*s["sources"], s.get("words", "")))
            standing[digest] = [id for id in dict.fromkeys(named) if id in wanted]
    return [(step, table, digest, id) for step, table, digest, _ in rows for id in standing[digest]]


def pointers(db: Database, assembly: str, step: str, table: str, digest: str = "") -> list[str]:
    """What has come to a table in its own language, as messages point at it: of one digest, or of all."""
    rows = db.sql.execute(
        "SELECT texts FROM arrival WHERE assembly = ? AND step = ? AND table_id = ? AND (digest = ? OR ? = '')",
        (assembly, step, table, digest, digest),
    )
    return [pointer for (texts,) in rows for pointer in json.loads(texts).values()]


def showing(db: Database, assembly: str, contribution: str, language: str) -> list[tuple[str, str, str]]:
    """The `(step, table, digest)` where people have read a contribution in this language."""
    rows = db.sql.execute(
        "SELECT step, table_id, digest, texts FROM arrival WHERE assembly = ? ORDER BY at, table_id, digest",
        (assembly,),
    )
    pointer = f"{contribution}@{language}"
    return [(step, table, digest) for step, table, digest, texts in rows if pointer in json.loads(texts).values()]
