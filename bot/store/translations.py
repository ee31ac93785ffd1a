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

_WANTED = "contribution, language, source, why, at, state, taken_by, until, due, refused"


def save(db: Database, assembly: str, made: Translated, at: int) -> None:
    """Keep a translation, new or changed; a text that it replaces stays as an earlier edition, whatever edition it says of
    itself. Raises LookupError where there is no such contribution."""
    author = db.sql.execute(
        "SELECT seat FROM contribution WHERE assembly = ? AND id = ?", (assembly, made.contribution)
    ).fetchone()
    if author is None:
        raise LookupError(f"there is no contribution {made.contribution}")
    before = edition(db, assembly, made.contribution, made.language)
    same = before > 0 and edited(db, assembly, made.contribution, made.language, before) == made.text
    number = before if same else before + 1
    label = _label(assembly, made.contribution, made.language)
    body = db.vault.seal(author[0] or None, made.text.encode(), label)
    if before == 0:  # what stood here translated other words
        db.sql.execute(
            "DELETE FROM translation_edition WHERE assembly = ? AND contribution = ? AND language = ?",
            (assembly, made.contribution, made.language),
        )
    if not same:
        db.sql.execute(
            "INSERT INTO translation_edition (assembly, contribution, language, edition, body) VALUES (?, ?, ?, ?, ?)",
            (
                assembly, made.contribution, made.language, number,
                db.vault.seal(author[0] or None, made.text.encode(), f"{label}/{number}"),
            ),
        )  # fmt: skip
    db.sql.execute(
        "INSERT INTO translation (assembly, contribution, language, engine, body, version, via, state, \"by\", at, findings, "
        "edition) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (assembly, contribution, language) DO UPDATE SET "
        "engine = excluded.engine, body = excluded.body, version = excluded.version, via = excluded.via, "
        "state = excluded.state, \"by\" = excluded.\"by\", at = excluded.at, findings = excluded.findings, "
        "edition = excluded.edition",
        (
            assembly, made.contribution, made.language, made.engine, body, made.version, made.via, made.state, made.by, at,
            json.dumps(made.findings), number,
        ),
    )  # fmt: skip


def edition(db: Database, assembly: str, id: str, language: str) -> int:
    """The number of the last text that was kept for a contribution in a language; 0 where none was."""
    row = db.sql.execute(
        "SELECT edition FROM translation WHERE assembly = ? AND contribution = ? AND language = ?",
        (assembly, id, language),
    ).fetchone()
    return int(row[0]) if row else 0


def edited(db: Database, assembly: str, id: str, language: str, number: int) -> str | None:
    """One of the texts that stood for a contribution in a language; None where there is none, or its author was erased."""
    row = db.sql.execute(
        "SELECT c.seat, e.body FROM translation_edition e JOIN contribution c "
        "ON c.assembly = e.assembly AND c.id = e.contribution "
        "WHERE e.assembly = ? AND e.contribution = ? AND e.language = ? AND e.edition = ? AND c.state = 'live'",
        (assembly, id, language, number),
    ).fetchone()
    label = f"{_label(assembly, id, language)}/{number}"
    text = db.vault.open(row[0] or None, row[1], label) if row else None
    return text.decode() if text is not None else None


def _label(assembly: str, id: str, language: str) -> str:
    return f"translation/{assembly}/{id}/{language}"


def load(db: Database, assembly: str, id: str, language: str) -> Translated | None:
    """A contribution that stands, in a language; None where it was not translated, or its author was erased."""
    return load_all(db, assembly, (id,), language).get(id)


def load_all(db: Database, assembly: str, ids: Iterable[str], language: str) -> dict[str, Translated]:
    """Those of the contributions that stand and were translated into a language, by id; withdrawn translations too."""
    found = {}
    for id in dict.fromkeys(ids):
        row = db.sql.execute(
            'SELECT c.seat, t.body, t.engine, t.state, t.version, t.via, t."by", t.findings, t.edition FROM translation t '
            "JOIN contribution c ON c.assembly = t.assembly AND c.id = t.contribution "
            "WHERE t.assembly = ? AND t.contribution = ? AND t.language = ? AND c.state = 'live'",
            (assembly, id, language),
        ).fetchone()
        text = db.vault.open(row[0] or None, row[1], f"translation/{assembly}/{id}/{language}") if row else None
        if text is not None:
            _, _, engine, state, version, via, by, findings, number = row
            found[id] = Translated(
                id, language, text.decode(), engine, state, version, via, by, tuple(json.loads(findings)), number
            )
    return found


def counted(db: Database, assembly: str) -> dict[tuple[str, str], tuple[int, int]]:
    """How many contributions were translated, and of how many of these a person has read or written the translation; by the
    languages from and into which they go, without countries."""
    rows = db.sql.execute(
        "SELECT CASE WHEN c.written <> '' THEN c.written ELSE c.language END, t.language, t.state = 'reviewed', COUNT(*) "
        "FROM translation t JOIN contribution c ON c.assembly = t.assembly AND c.id = t.contribution "
        "WHERE t.assembly = ? AND c.state = 'live' GROUP BY 1, 2, 3",
        (assembly,),
    )
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for source, target, read, number in rows:
        pair = source.split("-")[0], target.split("-")[0]
        made, reviewed = found.get(pair, (0, 0))
        found[pair] = made + number, reviewed + (number if read else 0)
    return found


# The translators' queue


def want(db: Database, assembly: str, wanted: Wanted) -> None:
    """Put words into the queue, or change what stands there."""
    w = wanted
    db.sql.execute(
        f"INSERT INTO wanted (assembly, {_WANTED}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (assembly, contribution, language) DO UPDATE SET source = excluded.source, why = excluded.why, "
        "at = excluded.at, state = excluded.state, taken_by = excluded.taken_by, until = excluded.until, due = excluded.due, "
        "refused = excluded.refused",
        (
            assembly, w.contribution, w.language, w.source, w.why, ms(w.at), w.state, w.taken_by,
            ms(w.until) if w.until is not None else None, ms(w.due) if w.due is not None else None,
            json.dumps(w.refused),
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
    """What waits for a translator, or has been taken or given back by one; what came first in front."""
    found = db.sql.execute(
        f"SELECT {_WANTED} FROM wanted WHERE assembly = ? AND state <> 'done' ORDER BY at, contribution",
        (assembly,),
    ).fetchall()
    return [_wanted(row) for row in found]


def _wanted(row: tuple[Any, ...]) -> Wanted:
    contribution, language, source, why, at, state, taken_by, until, due, refused = row
    ends = instant(until) if until is not None else None
    return Wanted(
        contribution, language, source, why, instant(at), state, taken_by, ends,
        instant(due) if due is not None else None, tuple(json.loads(refused)),
    )  # fmt: skip


def give_back(db: Database, assembly: str, seat: str) -> None:
    """What this translator had taken waits for others again."""
    db.sql.execute(
        "UPDATE wanted SET state = 'waiting', taken_by = '', until = NULL WHERE assembly = ? AND taken_by = ? "
        "AND state = 'taken'",
        (assembly, seat),
    )


def reworded(db: Database, assembly: str, id: str) -> None:
    """Words were changed by their author: nobody waits for a translation of the old ones, and nobody doubts what is gone."""
    db.sql.execute(
        "UPDATE wanted SET state = 'done', taken_by = '', until = NULL WHERE assembly = ? AND contribution = ?",
        (assembly, id),
    )
    db.sql.execute("DELETE FROM flag WHERE assembly = ? AND contribution = ?", (assembly, id))


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
