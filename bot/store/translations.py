"""Somebody's words in other languages, who waits for a translator, and who doubts what there is.

A translation is sealed under the key of whoever wrote the words: once that is erased, no language has them any more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from bot.core.state import Translated, Wanted
from bot.store.database import Database
from bot.store.times import instant, ms

_WANTED = "contribution, language, source, why, at, state, taken_by, until, due"


def save(db: Database, assembly: str, made: Translated, at: int) -> None:
    """Keep a translation, new or changed. Raises LookupError where there is no such contribution."""
    author = db.sql.execute(
        "SELECT seat FROM contribution WHERE assembly = ? AND id = ?", (assembly, made.contribution)
    ).fetchone()
    if author is None:
        raise LookupError(f"there is no contribution {made.contribution}")
    label = f"translation/{assembly}/{made.contribution}/{made.language}"
    body = db.vault.seal(author[0] or None, made.text.encode(), label)
    db.sql.execute(
        "INSERT INTO translation (assembly, contribution, language, engine, body, version, via, state, \"by\", at, findings) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (assembly, contribution, language) DO UPDATE SET "
        "engine = excluded.engine, body = excluded.body, version = excluded.version, via = excluded.via, "
        "state = excluded.state, \"by\" = excluded.\"by\", at = excluded.at, findings = excluded.findings",
        (
            assembly, made.contribution, made.language, made.engine, body, made.version, made.via, made.state, made.by, at,
            json.dumps(made.findings),
        ),
    )  # fmt: skip


def load(db: Database, assembly: str, id: str, language: str) -> Translated | None:
    """A contribution that stands, in a language; None where it was not translated, or its author was erased."""
    return load_all(db, assembly, (id,), language).get(id)


def load_all(db: Database, assembly: str, ids: Iterable[str], language: str) -> dict[str, Translated]:
    """Those of the contributions that stand and were translated into a language, by id; withdrawn translations too."""
    found = {}
    for id in dict.fromkeys(ids):
        row = db.sql.execute(
            'SELECT c.seat, t.body, t.engine, t.state, t.version, t.via, t."by", t.findings FROM translation t '
            "JOIN contribution c ON c.assembly = t.assembly AND c.id = t.contribution "
            "WHERE t.assembly = ? AND t.contribution = ? AND t.language = ? AND c.state = 'live'",
            (assembly, id, language),
        ).fetchone()
        text = db.vault.open(row[0] or None, row[1], f"translation/{assembly}/{id}/{language}") if row else None
        if text is not None:
            _, _, engine, state, version, via, by, findings = row
            found[id] = Translated(
                id, language, text.decode(), engine, state, version, via, by, tuple(json.loads(findings))
            )
    return found


# The translators' queue


def want(db: Database, assembly: str, wanted: Wanted) -> None:
    """Put words into the queue, or change what stands there."""
    w = wanted
    db.sql.execute(
        f"INSERT INTO wanted (assembly, {_WANTED}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (assembly, contribution, language) DO UPDATE SET source = excluded.source, why = excluded.why, "
        "at = excluded.at, state = excluded.state, taken_by = excluded.taken_by, until = excluded.until, due = excluded.due",
        (
            assembly, w.contribution, w.language, w.source, w.why, ms(w.at), w.state, w.taken_by,
            ms(w.until) if w.until is not None else None, ms(w.due) if w.due is not None else None,
        ),
    )  # fmt: skip


def wanted(db: Database, assembly: str, id: str, language: str) -> Wanted | None:
    """What stands in the queue for a contribution and a language."""
    row = db.sql.execute(
        f"SELECT {_WANTED} FROM wanted WHERE assembly = ? AND contribution = ? AND language = ?",
        (assembly, id, language),
    ).fetchone()
    return _wanted(row) if row else None


def waiting(db: Database, assembly: str) -> list[Wanted]:
    """What waits for a translator or has been taken by one, what came first in front."""
    found = db.sql.execute(
        f"SELECT {_WANTED} FROM wanted WHERE assembly = ? AND state IN ('waiting', 'taken') ORDER BY at, contribution",
        (assembly,),
    ).fetchall()
    return [_wanted(row) for row in found]


def _wanted(row: tuple[Any, ...]) -> Wanted:
    contribution, language, source, why, at, state, taken_by, until, due = row
    ends = instant(until) if until is not None else None
    return Wanted(
        contribution, language, source, why, instant(at), state, taken_by, ends,
        instant(due) if due is not None else None,
    )  # fmt: skip


# Doubts


def flag(db: Database, assembly: str, id: str, language: str, seat: str, at: int) -> bool:
    """Note that a reader doubts a translation. False where they have said so before."""
    done = db.sql.execute(
        "INSERT INTO flag (assembly, contribution, language, seat, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (assembly, id, language, seat, at),
    )
    return done.rowcount == 1


def flags(db: Database, assembly: str, id: str, language: str) -> tuple[str, ...]:
    """The seats that doubt a translation."""
    found = db.sql.execute(
        "SELECT seat FROM flag WHERE assembly = ? AND contribution = ? AND language = ? ORDER BY at, seat",
        (assembly, id, language),
    )
    return tuple(seat for (seat,) in found)
