"""What came out: results and digests. Both hold figures and pointers, never words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bot.core.effects import Record
from bot.core.state import Digest, DigestSentence
from bot.store.database import Database
from bot.store.times import instant, ms


def record(db: Database, assembly: str, result: Record, at: int) -> None:
    """Store the result of a step for a unit, in place of an earlier one."""
    data = json.dumps(dict(result.data), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    db.sql.execute(
        "INSERT INTO result (assembly, step, unit, data, at) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (assembly, step, unit) DO UPDATE SET data = excluded.data, at = excluded.at",
        (assembly, result.step, result.unit, data, at),
    )


def results(db: Database, assembly: str, step: str | None = None) -> list[tuple[str, str, Mapping[str, Any]]]:
    """`(step, unit, data)` of an assembly or of one step, by step and unit."""
    one, given = (" AND step = ?", (step,)) if step is not None else ("", ())
    found = db.sql.execute(
        f"SELECT step, unit, data FROM result WHERE assembly = ?{one} ORDER BY step, unit", (assembly, *given)
    )
    return [(step, unit, json.loads(data)) for step, unit, data in found]


def save_digest(db: Database, assembly: str, digest: Digest) -> None:
    """Store a digest, new or changed. It holds no words, only pointers to them."""
    d = digest
    data = json.dumps(
        {
            "sentences": [asdict(s) for s in d.sentences],
            "unheard": d.unheard,
            "members": d.members,
            "answers": d.answers,
            "more": d.more,
        },
        separators=(",", ":"),
    )
    db.sql.execute(
        "INSERT INTO digest (assembly, id, step, table_id, site, language, state, data, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (assembly, id) DO UPDATE SET state = excluded.state, data = excluded.data, at = excluded.at",
        (assembly, d.id, d.step, d.table, d.site, d.language, d.state, data, ms(d.at)),
    )


def load_digest(db: Database, assembly: str, id: str) -> Digest | None:
    return next(iter(_digests(db, "assembly = ? AND id = ?", (assembly, id))), None)


def digest_at(db: Database, assembly: str, step: str, table: str) -> Digest | None:
    """The digest of a step at one table."""
    return next(iter(digests(db, assembly, step, table)), None)


def digests(db: Database, assembly: str, step: str, table: str | None = None) -> list[Digest]:
    """The digests of a step, by table and id; those of one table, where it is given."""
    if table is not None:
        named = "SELECT id FROM digest WHERE assembly = ? AND step = ? AND table_id = ?"  # by its index, whatever else there is
        return _digests(db, f"assembly = ? AND id IN ({named})", (assembly, assembly, step, table))
    return _digests(db, "assembly = ? AND step = ?", (assembly, step))


def _digests(db: Database, where: str, given: Sequence[str]) -> list[Digest]:
    found = db.sql.execute(
        f"SELECT id, step, table_id, site, language, state, data, at FROM digest WHERE {where} ORDER BY table_id, id",
        given,
    )
    digests = []
    for id, step, table, site, language, state, text, at in found:
        data = json.loads(text)
        sentences = tuple(DigestSentence(**{**s, "sources": tuple(s["sources"])}) for s in data["sentences"])
        counts = data["unheard"], data["members"]
        more = data.get("answers", ""), data.get("more", 0)
        digests.append(Digest(id, step, table, site, language, state, sentences, *counts, instant(at), *more))
    return digests
