"""Spans of time and instants, as people read them."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core.message import Part, Several, When, tn

SAME_DAY = timedelta(hours=16)
"""Up to this far ahead the hour alone says when; beyond it the day is named too."""


def spell(span: timedelta) -> Part:
    """A span in words, by its two largest units: "1 hour and 30 minutes", "45 seconds". Never less than a second."""
    seconds = max(1, round(span.total_seconds()))
    days, hours, minutes = seconds // 86_400, seconds // 3_600 % 24, seconds // 60 % 60
    units = (
        (days, tn("{n} day", "{n} days", n=days)),
        (hours, tn("{n} hour", "{n} hours", n=hours)),
        (minutes, tn("{n} minute", "{n} minutes", n=minutes)),
        (seconds % 60, tn("{n} second", "{n} seconds", n=seconds % 60)),
    )
    first = next(i for i, (count, _) in enumerate(units) if count)
    named = [part for count, part in units[first : first + 2] if count]
    return named[0] if len(named) == 1 else Several(tuple(named))


def left(closes: datetime, now: datetime) -> Part:
    """How much time remains, in whole minutes once it is more than two."""
    span = closes - now
    return spell(timedelta(minutes=round(span / timedelta(minutes=1))) if span > timedelta(minutes=2) else span)


def until(at: datetime, now: datetime) -> When:
    """An instant to come: the hour, with its day where that is not near."""
    return When(at, "time" if at - now < SAME_DAY else "both")
