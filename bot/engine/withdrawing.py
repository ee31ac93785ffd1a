"""Words that are taken back: wherever another table has read them in a digest, it is told, and they are read there no more."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.events import Retold
from bot.core.flow import Flow
from bot.engine.work import Work
from bot.store import arrivals, opinions, tables

GONE = "gone"
"""What has become of words that stand nowhere any more, in every language (`Retold.state`)."""


def withdraw(work: Work, assembly: str, flow: Flow, seat: str, id: str) -> None:
    """Somebody takes back a contribution, or ("") all that they have given."""
    ids = [id] if id else [given.id for given in opinions.given_by(work.db, assembly, seat)]
    opinions.withdraw(work.db, assembly, seat, id)
    gone(work, assembly, flow, ids)


def gone(work: Work, assembly: str, flow: Flow, ids: Sequence[str]) -> None:
    """These words are read nowhere any more, nor what a model has made from them: the tables to which a digest has brought them
    hear of it."""
    fallen = [*ids, *opinions.resting(work.db, assembly, ids)]
    for step, id, digest, contribution in arrivals.holding(work.db, assembly, fallen):
        table = tables.load_table(work.db, assembly, id)
        if table is not None:
            told = Retold(flow.course_of(table.site), step, id, contribution, "", GONE, digest)
            work.happen(assembly, work.now, told, f"gone/{step}/{id}/{digest}/{contribution}")
