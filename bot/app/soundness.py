"""What `pnyx check --assembly` says: whether every sentence that people read leads to what somebody gave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from bot.app.findings import Finding
from bot.app.operations import Desk
from bot.core.problems import count
from bot.store import courses
from bot.store.database import Database
from bot.store.soundness import Broken, Fault, Record, audit

FAULTS: dict[Fault, str] = {
    "missing_source": "points at words that are not in the database",
    "foreign_source": "points at words of another table",
    "missing_wording": "is worded by words that are not in the database",
    "foreign_wording": "is worded in the name of somebody who wrote none of its sources",
    "no_such_digest": "is named where a digest should be, and there is none",
    "unread": "has gone to another table, though nobody has approved it",
    "no_translation": "was shown in a translation that is not in the database",
    "foreign_translation": "was shown with a translation that belongs to none of its sentences",
    "unreadable": "are there, or a translation of them is, but no key opens it",
    "orphan": "",
}
GONE = {"withdrawn": "taken back", "hidden": "hidden", "erased": "erased with whoever wrote them"}
WHAT_TO_DO = (
    "Something has changed this database that is not Pnyx, or Pnyx has a fault. Keep the file as it is, restore your last backup "
    "to another place and check that one, and tell us what stands above: it holds no words and no names."
)


async def soundness(desk: Desk) -> dict[str, Any]:
    """The findings for every assembly: `{"assemblies": [{"id", "findings": [[weight, text]]}]}`."""
    return {
        "assemblies": [
            {"id": id, "findings": [[f.weight, f.text] for f in findings(record)]}
            for id, record in (await desk.store.read(_audits)).items()
        ]
    }


def _audits(db: Database) -> dict[str, Record]:
    return {row.id: audit(db, row.id) for row in courses.assemblies(db)}


def findings(record: Record) -> Iterator[Finding]:
    """What was found, in the operator's words."""
    total = sum(record.sources.values())
    gone = {fate: n for fate, n in record.sources.items() if fate in GONE}
    lost = record.sources.get("missing", 0)
    digests, sentences = count(record.digests, "digest"), count(record.sentences, "sentence")
    if not record.digests:
        yield Finding("good", "There are no digests yet.")
    elif not lost:
        yield Finding(
            "good", f"{digests}, {sentences}: 100 % of them lead to what somebody gave ({count(total, 'source')})."
        )
    if gone:
        told = ", ".join(f"{n} {GONE[fate]}" for fate, n in sorted(gone.items()))
        yield Finding("good", f"Of these sources some are not shown any more, and people read why: {told}.")
    if record.silent:
        yield Finding(
            "note",
            f"In {count(record.silent, 'sentence')} of approved digests no words are left; “(withdrawn)” stands there.",
        )
    if record.arrivals or record.translations:
        came = count(record.arrivals, "digest has", "digests have")
        made = count(record.translations, "translation belongs", "translations belong")
        yield Finding("good", f"{came} come to other tables; {made} to what was given here.")
    yield from _broken(record.broken)
    if record.broken:
        yield Finding("bad", WHAT_TO_DO)


def _broken(broken: Iterable[Broken]) -> Iterator[Finding]:
    for (fault, where), each in groupby(sorted(set(broken)), key=lambda b: (b.fault, b.where)):
        found = list(each)
        if fault == "orphan":
            rows = count(found[0].rows, "row belongs", "rows belong")
            yield Finding("bad", f"In the table {where} {rows} to words that are not in the database.")
            continue
        numbers = ", ".join(str(b.sentence) for b in found if b.sentence)
        thing = (
            f"Sentence {numbers} of digest {where}"
            if numbers
            else f"{'The words' if fault == 'unreadable' else 'Digest'} {where}"
        )
        yield Finding("bad", f"{thing} {FAULTS[fault]}.")
