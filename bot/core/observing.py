"""Observers: which tables they have chosen, who of them is a guarantor, and what a table is told of them."""

from __future__ import annotations

from datetime import timedelta

from bot.core.message import Phrase, tn
from bot.core.spans import spell
from bot.core.state import Seat

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


def observed(number: int, delay: timedelta) -> Phrase:
    """What a table is told, before anything of it is read elsewhere."""
    return tn(
        "{n} person observes this talk, {span} later and without your names.",
        "{n} people observe this talk, {span} later and without your names.",
        n=number,
        span=spell(delay),
    )
