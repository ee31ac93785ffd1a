"""Observers: which tables they have chosen, who of them is a guarantor, and what a table is told of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.core.message import Phrase, t, tn
from bot.core.spans import spell
from bot.core.state import Seat

if TYPE_CHECKING:
    from bot.core.openness import Feed

WATCH, GUARANTOR = "watch", "guarantor"
"""Attributes of an observer's seat: the tables that they observe, and whether they stand surety for the procedure."""

ALL = "all"


def watches(seat: Seat, table: str) -> bool:
    """Whether an observer reads what is said at this table."""
    chosen = seat.attributes.get(WATCH, "").split()
    return table != "" and (ALL in chosen or table in chosen)


def guarantees(seat: Seat) -> bool:
    """Whether somebody may put a step off: an observer to whom the organiser has given that with the code."""
    return seat.role == "observer" and seat.attributes.get(GUARANTOR) == "yes"


def announced(number: int, *, guarded: bool, feed: Feed) -> Iterator[Phrase]:
    """What a table is told, before anything of it is read elsewhere: how many observe, whether one of them is a guarantor
    (`guarded`), and whether the press reads it too."""
    span = spell(feed.delay)
    if number:
        yield tn(
            "{n} person observes this talk, {span} later and without your names.",
            "{n} people observe this talk, {span} later and without your names.",
            n=number,
            span=span,
        )
    if number and guarded:
        yield t("Among them is a guarantor, who watches over the procedure.")
    if feed.published:
        yield t(
            "What is said in this talk is also published for the press, {span} later and without your names, as far as "
            "each of you has agreed to be quoted.",
            span=span,
        )
