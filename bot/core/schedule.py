"""From what a flow's author writes about time to instants.

Three traps are closed here, and only here:

* On the day clocks go forward some wall-clock times do not exist: they become the first instant that does.
* On the day clocks go back some happen twice: the first one is meant.
* Arithmetic on local times is not elapsed time (one day later may be 23 hours, and both 02:30 of one night compare
  equal). So everything is compared and added in UTC; a local time is only ever read or shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_SECOND = timedelta(seconds=1)


def _zone(zone: str | ZoneInfo) -> ZoneInfo:
    if isinstance(zone, ZoneInfo):
        return zone
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone {zone!r}; write one such as Europe/Paris") from error


def _offset(local: datetime, zone: ZoneInfo, fold: int) -> timedelta:
    return local.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta()


def resolve(moment: datetime | time, zone: str | ZoneInfo, day: date | None = None) -> datetime:
    """The instant, in UTC, that is meant by `moment`.

    A datetime with an offset is one instant for the world. A datetime without is the wall clock of `zone`. A time is the
    wall clock of `zone` on `day`. ValueError for an unknown zone, a time without its day, a year that cannot be reckoned.
    """
    if isinstance(moment, time):
        if day is None:
            raise ValueError(f"{moment:%H:%M} needs a day")
        if moment.tzinfo is not None:
            raise ValueError(f"{moment} has an offset, but a time of day is meant on the site's own clock")
        moment = datetime.combine(day, moment)
    try:
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
        return _from_wall(moment, _zone(zone))
    except OverflowError as error:
        raise ValueError(f"the year {moment.year} cannot be reckoned with") from error


def _from_wall(local: datetime, zone: ZoneInfo) -> datetime:
    before, after = _offset(local, zone, 0), _offset(local, zone, 1)
    bare = local.replace(tzinfo=UTC, fold=0)
    if before >= after:
        return bare - before
    # A gap. The clocks jump somewhere after `early` and not after `late`; halve until the second is found.
    early = bare.replace(microsecond=0) - after
    late = bare.replace(microsecond=0) - before
    while late - early > _SECOND:
        middle = early + (late - early) // _SECOND // 2 * _SECOND
        if middle.astimezone(zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late


def clock_note(
    moment: datetime | time, zone: str | ZoneInfo, day: date | None = None
) -> Literal["gap", "twice"] | None:
    """Whether a wall-clock time does not exist ("gap") or happens twice in `zone`. Instants of the world never do."""
    if isinstance(moment, time):
        if day is None:
            raise ValueError(f"{moment:%H:%M} needs a day")
        moment = datetime.combine(day, moment)
    if moment.tzinfo is not None:
        return None
    before, after = (_offset(moment, _zone(zone), fold) for fold in (0, 1))
    if before == after:
        return None
    return "gap" if before < after else "twice"


_UNITS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
_DURATION = re.compile(
    r"(?:([0-9]{1,9})w)?\s*(?:([0-9]{1,9})d)?\s*(?:([0-9]{1,9})h)?\s*(?:([0-9]{1,9})m)?\s*(?:([0-9]{1,9})s)?"
)
LONGEST = timedelta(days=3660)


def duration(text: str) -> timedelta:
    """ "40m", "1h30m", "2d", "90s", "3w": weeks, days, hours, minutes, seconds, in this order. At most ten years."""
    found = _DURATION.fullmatch(text.strip())
    if not found or not any(found.groups()):
        raise ValueError(
            f'"{text[:40]}" is not a duration; write whole weeks, days, hours, minutes or seconds, largest first: '
            '"3w", "2d", "1h30m", "40m" or "90s"'
        )
    seconds = sum(int(number) * unit for number, unit in zip(found.groups("0"), _UNITS.values(), strict=True))
    if seconds > LONGEST.total_seconds():
        raise ValueError(f'"{text[:40]}" is longer than ten years; shorten it')
    return timedelta(seconds=seconds)


@dataclass(frozen=True)
class QuietHours:
    """The hours in which nobody is written to, on the reader's wall clock; `start` later than `end` spans midnight."""

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.start == self.end:
            raise ValueError(
                f"quiet hours from {self.start:%H:%M} to {self.end:%H:%M} leave no time at all; change one"
            )
        if self.start.tzinfo or self.end.tzinfo:
            raise ValueError("quiet hours stand on the site's own clock; write them without an offset")


MORNING = time(8)
"""When a holiday is over, on the day after it, where no quiet hours hold that night."""


@dataclass(frozen=True)
class Rest:
    """When nobody at a site is written to unasked: every day in its quiet `hours`, and on its holidays. These are `days`, and the
    (month, day) of every year in `yearly`. A holiday lasts until the next morning."""

    hours: QuietHours | None = None
    days: frozenset[date] = frozenset()
    yearly: frozenset[tuple[int, int]] = frozenset()

    def holiday(self, day: date) -> bool:
        """Whether nobody is written to on this day of the calendar."""
        return day in self.days or (day.month, day.day) in self.yearly

    @property
    def wakes(self) -> time:
        """When a holiday ends on the day after it: at midnight, where quiet hours hold from there until the morning."""
        nightly = self.hours is not None and (self.hours.start > self.hours.end or self.hours.start == time())
        return time() if nightly else MORNING


def _quiet_until(instant: datetime, zone: str | ZoneInfo, rest: Rest) -> datetime | None:
    """The end of the quiet hours, or of the holiday, that hold `instant`."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs its offset")
    place = _zone(zone)
    today = instant.astimezone(place).date()
    for day in (today, today - timedelta(days=1)):
        if rest.holiday(day) and instant < (end := resolve(rest.wakes, place, day + timedelta(days=1))):
            return end
    if rest.hours is None:
        return None
    quiet = rest.hours
    for days in (-2, -1, 0, 1):  # a site may skip a whole date, as Samoa did in 2011
        first = today + timedelta(days=days)
        last = first if quiet.start < quiet.end else first + timedelta(days=1)
        end = resolve(quiet.end, place, last)
        if resolve(quiet.start, place, first) <= instant < end:
            return end
    return None


def is_quiet(instant: datetime, zone: str | ZoneInfo, rest: Rest | None) -> bool:
    """Whether nobody in `zone` is written to at `instant`: the start of quiet hours belongs to them, the end does not."""
    return rest is not None and _quiet_until(instant, zone, rest) is not None


def next_allowed(instant: datetime, zone: str | ZoneInfo, rest: Rest | None) -> datetime:
    """`instant` in UTC, or the first instant after it at which people in `zone` are written to."""
    utc = instant.astimezone(UTC)
    return _next_allowed(utc, zone, rest) if rest is not None else utc


@lru_cache(maxsize=4096)
def _next_allowed(instant: datetime, zone: str | ZoneInfo, rest: Rest) -> datetime:
    """Remembered, since everybody at a table asks, and everybody to whom a step has opened. The instant is in UTC: two of another
    zone may count as the same one when its clocks are put back."""
    allowed = instant
    while (end := _quiet_until(allowed, zone, rest)) is not None:
        allowed = end
    return allowed


WEEK = timedelta(days=7)


def deletion(day: date, zone: str | ZoneInfo) -> dict[Literal["soon", "now"], datetime]:
    """When everything is deleted that was promised for a day: at three at night; and when organisers are told, a week before at
    noon."""
    return {"soon": resolve(time(12), zone, day - WEEK), "now": resolve(time(3), zone, day)}
