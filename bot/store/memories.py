"""What is remembered of translations: what machines gave (a cache), and what people have written or read (the memory).

Both are found again by an HMAC of the words, so that the database alone does not tell who said "no"; both are sealed under the
key of whoever wrote the words, and gone with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from bot.core.digest import normal
from bot.store.database import Database


class Given(NamedTuple):
    """What an engine gave for some words. `via` is the language in between."""

    text: str
    engine: str
    version: str = ""
    via: str = ""


class Remembered(NamedTuple):
    """Words in two languages, as a person has translated or read them. `contribution` holds the original, `seat` is its author;
    both are "" where the memory was imported. `by` is who answers for the translation."""

    source: str
    target: str
    original: str
    translated: str
    contribution: str = ""
    seat: str = ""
    by: str = ""


class Imported(NamedTuple):
    """How many translations of an import are new, how many took the place of another one, and how many were there already."""

    new: int
    changed: int
    known: int


# What machines gave


def given(db: Database, keys: Iterable[str]) -> dict[str, Given]:
    """What engines gave, by key; nothing whose owner is erased."""
    found = {}
    for key in dict.fromkeys(keys):
        name = db.vault.fingerprint(key).hex()
        row = db.sql.execute(
            "SELECT seat, body, engine, version, via FROM machine_translation WHERE key = ?", (name,)
        ).fetchone()
        text = db.vault.open(row[0] or None, row[1], f"machine_translation/{name}") if row else None
        if text is not None:
            found[key] = Given(text.decode(), *row[2:])
    return found


def keep(db: Database, made: Mapping[str, tuple[str, Given]], at: int) -> None:
    """Keep what engines gave, by key; each with the seat whose words they are, "" for nobody's."""
    rows = []
    for key, (seat, one) in made.items():
        name = db.vault.fingerprint(key).hex()
        body = db.vault.seal(seat or None, one.text.encode(), f"machine_translation/{name}")
        rows.append((name, seat, one.engine, one.version, one.via, body, at))
    db.sql.executemany(
        "INSERT INTO machine_translation (key, seat, engine, version, via, body, at) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (key) DO UPDATE SET engine = excluded.engine, version = excluded.version, via = excluded.via, "
        "body = excluded.body, at = excluded.at",
        rows,
    )


# What people have translated


def recall(db: Database, assembly: str, source: str, target: str, originals: Iterable[str]) -> dict[str, str]:
    """Those of these words that a person has translated for this assembly, as long as they stand."""
    found = {}
    for original in dict.fromkeys(originals):
        row = _row(db, assembly, source, target, original)
        if row is not None:
            found[original] = row.translated
    return found


def learn(db: Database, assembly: str, one: Remembered, at: int) -> None:
    """Remember what a person has translated; what was remembered for these words before gives way."""
    hash = _hash(db, assembly, one.source, one.target, one.original)
    owner, label = one.seat or None, f"{assembly}/{one.source}/{one.target}/{hash.hex()}"
    db.sql.execute(
        'INSERT INTO memory (assembly, source, target, hash, contribution, seat, original, body, "by", at) '
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (assembly, source, target, hash) DO UPDATE SET "
        "contribution = excluded.contribution, seat = excluded.seat, original = excluded.original, body = excluded.body, "
        '"by" = excluded."by", at = excluded.at',
        (
            assembly, one.source, one.target, hash, one.contribution, one.seat,
            db.vault.seal(owner, one.original.encode(), f"memory/{label}"),
            db.vault.seal(owner, one.translated.encode(), f"memory_body/{label}"), one.by, at,
        ),
    )  # fmt: skip


def unlearn(db: Database, assembly: str, one: Remembered) -> None:
    """Forget a translation, whoever said the same words."""
    before = _row(db, assembly, one.source, one.target, one.original)
    if before is not None and (before.translated == one.translated or before.contribution == one.contribution):
        db.sql.execute(
            "DELETE FROM memory WHERE assembly = ? AND source = ? AND target = ? AND hash = ?",
            (assembly, one.source, one.target, _hash(db, assembly, one.source, one.target, one.original)),
        )


def changed(db: Database, assembly: str, contribution: str) -> None:
    """Forget what was remembered of words that stand no longer."""
    db.sql.execute("DELETE FROM memory WHERE assembly = ? AND contribution = ?", (assembly, contribution))


def forget(db: Database, seat: str) -> None:
    """Forget all translations of a person's words."""
    db.sql.execute("DELETE FROM machine_translation WHERE seat = ?", (seat,))
    db.sql.execute("DELETE FROM memory WHERE seat = ?", (seat,))


def take_in(db: Database, assembly: str, units: Iterable[Remembered], at: int) -> Imported:
    """Remember all that a file holds: all of it, or in case of an error nothing."""
    new = other = known = 0
    for unit in units:
        before = _row(db, assembly, unit.source, unit.target, unit.original)
        if before is not None and before.translated == unit.translated:
            known += 1
            continue
        new, other = (new + 1, other) if before is None else (new, other + 1)
        learn(db, assembly, unit, at)
    return Imported(new, other, known)


def everything(db: Database, assembly: str) -> Iterator[Remembered]:
    """All that is remembered of words that stand, by languages, in the order in which it came."""
    rows = db.sql.execute(
        f"SELECT {_COLUMNS} FROM memory m WHERE m.assembly = ? AND {_STANDS} ORDER BY source, target, at, hash",
        (assembly,),
    ).fetchall()
    return (one for row in rows if (one := _opened(db, assembly, row)) is not None)


def counted(db: Database, assembly: str) -> dict[tuple[str, str], int]:
    """How many translations an assembly remembers, by the languages from and into which they go."""
    rows = db.sql.execute(
        f"SELECT source, target, COUNT(*) FROM memory m WHERE m.assembly = ? AND {_STANDS} GROUP BY source, target",
        (assembly,),
    )
    return {(source, target): number for source, target, number in rows}


_COLUMNS = 'm.source, m.target, m.hash, m.contribution, m.seat, m.original, m.body, m."by"'
_STANDS = (
    "(m.contribution = '' OR EXISTS (SELECT 1 FROM contribution c WHERE c.assembly = m.assembly AND c.id = m.contribution "
    "AND c.state = 'live'))"
)


def _row(db: Database, assembly: str, source: str, target: str, original: str) -> Remembered | None:
    row = db.sql.execute(
        f"SELECT {_COLUMNS} FROM memory m WHERE m.assembly = ? AND m.source = ? AND m.target = ? AND m.hash = ? AND {_STANDS}",
        (assembly, source, target, _hash(db, assembly, source, target, original)),
    ).fetchone()
    return _opened(db, assembly, row) if row else None


def _opened(db: Database, assembly: str, row: tuple[Any, ...]) -> Remembered | None:
    """A row that can still be read."""
    source, target, hash, contribution, seat, sealed, body, by = row
    label = f"{assembly}/{source}/{target}/{hash.hex()}"
    original = db.vault.open(seat or None, sealed, f"memory/{label}")
    translated = db.vault.open(seat or None, body, f"memory_body/{label}")
    if original is None or translated is None:
        return None
    return Remembered(source, target, original.decode(), translated.decode(), contribution, seat, by)


def _hash(db: Database, assembly: str, source: str, target: str, original: str) -> bytes:
    return db.vault.fingerprint("\x1f".join((assembly, source, target, normal(original))))
