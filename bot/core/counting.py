"""From ballots to results: per site and in total, per table only where the ballot is open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.core.effects import Effect
from bot.core.questions import Question
from bot.core.scene import Scene


def record_counts(at: Scene, questions: Sequence[Question], *, secret: bool) -> Iterator[Effect]:
    """Record the counts of every question for the course's sites (and, where a table's vote is open, its tables)."""
    yield from ()
