"""What has been carried to a table: digests, with what a translator gave for their sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from bot.core.state import Digest
from bot.store import findings, opinions
from bot.store.database import Database


class Arrival(NamedTuple):
    """A digest that has come. `texts` holds the translated words by contribution, `engine` says who translated ("none" where
    the words are the original ones)."""

    digest: Digest
    engine: str
    texts: Mapping[str, str]


def arrive(
    db: Database,
    assembly: str,
    step: str,
    table: str,
    digest: str,
    language: str,
    engine: str,
    texts: Mapping[str, str],
    at: int,
) -> bool:
    """Note that a digest has come to a table in its language, and keep the translated words under their authors' keys. False
    where it had come before."""
    for contribution, text in texts.items():
        opinions.save_translation(db, assembly, contribution, language, engine, text)
    done = db.sql.execute(
        "INSERT INTO arrival (assembly, step, table_id, digest, language, engine, at) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (assembly, step, table_id, digest) DO NOTHING",
        (assembly, step, table, digest, language, engine, at),
    )
    return done.rowcount == 1


def at_table(db: Database, assembly: str, step: str, table: str) -> tuple[Arrival, ...]:
    """What has come to a table in a step, in the order in which it came."""
    rows = db.sql.execute(
        "SELECT digest, language, engine FROM arrival WHERE assembly = ? AND step = ? AND table_id = ? ORDER BY at, digest",
        (assembly, step, table),
    ).fetchall()
    found = []
    for id, language, engine in rows:
        if digest := findings.load_digest(db, assembly, id):
            sources = [source for sentence in digest.sentences for source in sentence.sources]
            texts = {c: text for c, (text, _) in opinions.translations(db, assembly, sources, language).items()}
            found.append(Arrival(digest, engine, texts))
    return tuple(found)
