"""Whether the record of an assembly holds together: every sentence of every digest leads to what people gave, nothing crossed
that nobody had approved, and nothing belongs to something that is not there.

Nothing is opened that its owner could not read: of words only that they are there. Nothing is changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from bot.core.provenance import Fate, Source
from bot.core.state import Digest, DigestSentence
from bot.store import archive, opinions, provenance, translations
from bot.store.database import Database
from bot.store.errors import Unreadable

Fault = Literal[
    "missing_source", "foreign_source", "missing_wording", "foreign_wording", "no_such_digest", "unread", "no_translation",
    "foreign_translation", "unreadable", "orphan",
]  # fmt: skip

BELONGING = ("translation", "translation_edition", "wanted", "flag", "version", "memory")
"""The tables whose rows belong to a contribution."""


class Broken(NamedTuple):
    """Something that does not hold: where it stands (a digest, a contribution, a table of the database) and, of a digest, in
    which sentence; `rows` is how many there are."""

    fault: Fault
    where: str
    sentence: int = 0
    rows: int = 1


class Record(NamedTuple):
    """What was looked at, and what was found. `sentences` counts the sources of all sentences by what became of them."""

    digests: int
    sentences: int
    sources: dict[Fate, int]
    silent: int
    """How many standing sentences of approved digests have no words left: all who wrote them took them back, or they were
    hidden or erased. People read that at their place."""
    arrivals: int
    translations: int
    broken: list[Broken]


def audit(db: Database, assembly: str) -> Record:
    """Look at everything that digests, relays and translations of an assembly point at."""
    digests, carried = archive.digests(db, assembly), archive.carried(db, assembly)
    fates: Counter[Fate] = Counter()
    broken: list[Broken] = []
    silent = 0
    known = {digest.id for digest in digests}
    for digest in digests:
        if digest.answers and digest.answers not in known:
            broken.append(Broken("no_such_digest", digest.id))
        for number, sentence in enumerate(digest.sentences, 1):
            found = tuple(_look(db, assembly, id, broken) for id in sentence.sources)
            fates.update(each.fate for each in found)
            broken += _of_sentence(digest, number, sentence, found)
            wording = _look(db, assembly, sentence.words, broken) if sentence.words else None
            broken += _of_wording(digest, number, wording, found) if wording is not None else ()
            standing = digest.state == "approved" and not sentence.left_out
            silent += standing and (wording or found[0]).fate != "live"
    for come in carried:
        if come.arrival.digest.state == "draft":
            broken.append(Broken("unread", come.arrival.digest.id))
        broken += _of_arrival(db, assembly, come)
    broken += _lost_arrivals(db, assembly, known)
    count = _count(db, "SELECT COUNT(*) FROM translation WHERE assembly = ?", assembly)
    broken += [*_unreadable(db, assembly), *_orphans(db, assembly)]
    return Record(
        len(digests), sum(len(d.sentences) for d in digests), dict(fates), silent, len(carried), count, broken
    )


def _look(db: Database, assembly: str, id: str, broken: list[Broken]) -> Source:
    """A contribution and what became of it. One that no key opens is broken."""
    try:
        return provenance.sources(db, assembly, (id,))[0]
    except Unreadable:
        broken.append(Broken("unreadable", id))
        return Source(id, "missing")


def _of_sentence(digest: Digest, number: int, sentence: DigestSentence, found: Sequence[Source]) -> Iterator[Broken]:
    for each in found:
        if each.fate == "missing":
            yield Broken("missing_source", digest.id, number)
        elif each.given is not None and each.given.table != digest.table:
            yield Broken("foreign_source", digest.id, number)


def _of_wording(digest: Digest, number: int, wording: Source, found: Sequence[Source]) -> Iterator[Broken]:
    authors = {seat for each in found if each.given is not None for seat in each.given.authors}
    if wording.fate == "missing":
        yield Broken("missing_wording", digest.id, number)
    elif wording.given is not None and authors and not authors & set(wording.given.authors):
        yield Broken("foreign_wording", digest.id, number)


def _of_arrival(db: Database, assembly: str, come: archive.Carried) -> Iterator[Broken]:
    """Where a translation was carried it is there, of a sentence of this digest; or its words are gone with their author's."""
    digest, _, texts = come.arrival
    worded = {s.worded: n for n, s in enumerate(digest.sentences, 1)}
    for id, pointer in texts.items():
        target, _, language = pointer.partition("@")
        if target not in worded or id != target:
            yield Broken("foreign_translation", digest.id)
        elif not _translated(db, assembly, target, language.partition("~")[0]):
            yield Broken("no_translation", digest.id, worded[target])


def _translated(db: Database, assembly: str, id: str, language: str) -> bool:
    """Whether there is a translation of words that stand; what does not stand needs none. One that no key opens is told of for
    itself."""
    try:
        return not opinions.words(db, assembly, [id]) or translations.load(db, assembly, id, language) is not None
    except Unreadable:
        return True


def _lost_arrivals(db: Database, assembly: str, known: set[str]) -> Iterator[Broken]:
    rows = db.sql.execute("SELECT DISTINCT digest FROM arrival WHERE assembly = ? ORDER BY digest", (assembly,))
    yield from (Broken("no_such_digest", id) for (id,) in rows.fetchall() if id not in known)


def _unreadable(db: Database, assembly: str) -> Iterator[Broken]:
    """Translations of standing words that no key opens."""
    rows = db.sql.execute(
        "SELECT contribution, language FROM translation WHERE assembly = ? ORDER BY contribution, language", (assembly,)
    ).fetchall()
    for id, language in rows:
        try:
            translations.load(db, assembly, id, language)
        except Unreadable:
            yield Broken("unreadable", id)


def _orphans(db: Database, assembly: str) -> Iterator[Broken]:
    """Rows that belong to a contribution which is not there, or to one of nobody; and such as point at no digest."""
    for table in BELONGING:
        rows = _count(
            db,
            f"SELECT COUNT(*) FROM {table} t WHERE t.assembly = ? AND t.contribution <> '' AND NOT EXISTS "
            "(SELECT 1 FROM contribution c WHERE c.assembly = t.assembly AND c.id = t.contribution)",
            assembly,
        )
        if rows:
            yield Broken("orphan", table, rows=rows)
    rows = _count(
        db,
        "SELECT COUNT(*) FROM wording_source w WHERE w.assembly = ? AND (NOT EXISTS (SELECT 1 FROM contribution c WHERE "
        "c.assembly = w.assembly AND c.id = w.source) OR NOT EXISTS (SELECT 1 FROM contribution c WHERE "
        "c.assembly = w.assembly AND c.id = w.wording))",
        assembly,
    )
    if rows:
        yield Broken("orphan", "wording_source", rows=rows)


def _count(db: Database, query: str, assembly: str) -> int:
    return int(db.sql.execute(query, (assembly,)).fetchone()[0])
