"""What stands behind the sentences of digests: from which contributions each came, and what became of those.

Every contribution that a digest points at has one of five fates: it is `live`; its author has `withdrawn` it; it was `hidden`;
its author was `erased`; or it is `missing`, which must never be: then something was broken by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.core.provenance import Fate, Read, Source
from bot.core.state import Digest
from bot.store import findings, opinions
from bot.store.database import Database


def sources(db: Database, assembly: str, ids: Iterable[str]) -> tuple[Source, ...]:
    """These contributions with what became of each, in this order."""
    return tuple(_source(db, assembly, id) for id in dict.fromkeys(ids))


def _source(db: Database, assembly: str, id: str) -> Source:
    row = db.sql.execute("SELECT state FROM contribution WHERE assembly = ? AND id = ?", (assembly, id)).fetchone()
    if row is None:
        return Source(id, "missing")
    given = opinions.contribution(db, assembly, id)
    if given is None:
        return Source(id, "erased")
    fate: Fate = given.state
    changed = db.sql.execute(
        "SELECT 1 FROM version WHERE assembly = ? AND contribution = ? LIMIT 1", (assembly, id)
    ).fetchone()
    return Source(id, fate, given if fate == "live" else None, changed is not None)


def read_by(db: Database, assembly: str, holders: Sequence[str], table: str) -> tuple[Read, ...]:
    """The digests that have come into these chats, the one that was read last in front; with the step by which each came to
    this table, "" for one that did not come by a relay."""
    marks = ", ".join("?" * len(holders))
    found = db.sql.execute(
        f"SELECT d.id, MAX(c.at), (SELECT MIN(a.step) FROM arrival a WHERE a.assembly = d.assembly AND a.digest = d.id "
        "AND a.table_id = ?) FROM copy c JOIN digest d ON d.assembly = c.assembly AND d.id = c.contribution "
        f"WHERE c.assembly = ? AND c.holder IN ({marks}) GROUP BY d.id ORDER BY MAX(c.at) DESC, d.id",
        (table, assembly, *holders),
    ).fetchall()
    digests = ((findings.load_digest(db, assembly, id), step) for id, _, step in found)
    return tuple(Read(digest, step or "") for digest, step in digests if isinstance(digest, Digest))
