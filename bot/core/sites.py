"""The sites of an assembly, their clocks, and when nobody there is written to unasked."""

from __future__ import annotations

from datetime import date
from typing import Literal
from zoneinfo import available_timezones

from pydantic import Field, field_validator

from bot.core.fields import Clock, Holiday, Id, Instant, Language, Model, Text
from bot.core.schedule import QuietHours as Hours
from bot.core.schedule import Rest

_ZONES = available_timezones()
"""Asked once: it looks through the whole time zone database."""


class QuietHours(Model):
    """`[schedule.quiet_hours]`: between these hours of a site's clock nothing but an answer is sent.

    `start` is when they begin. `end` is when they are over, be it on the next morning.
    """

    start: Clock
    end: Clock


class Site(Model):
    """`[[schedule.sites]]`: a place with a time zone and languages.

    `id` is its name in commands. `name` is what people read. `zone` is a name of the time zone database, such as
    "Europe/Vienna". `languages` are those that people there may choose; the first one is offered first. `min_age` is its
    age rule, which the consent names. `expected` is how many people are expected, for the checks and for a rehearsal.
    `holidays` are the days on which nobody there is written to unasked, beside those of all sites.
    """

    id: Id
    name: Text = Field(default_factory=dict)
    zone: str
    languages: tuple[Language, ...] = Field(min_length=1)
    min_age: int = Field(default=18, ge=0, le=30)
    expected: int = Field(default=0, ge=0, le=100_000)
    holidays: tuple[Holiday, ...] = Field(default=(), max_length=60)

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        if zone not in _ZONES:
            raise ValueError(f'found "{zone}"; allowed is a name of the time zone database such as "Europe/Vienna"')
        return zone


class Schedule(Model):
    """`[schedule]`: where and from when.

    With `mode = "site"` every site walks through the flow by its own clock, with `"together"` all sites open each step at
    the same instant. `start` is when the first step opens; without it the organiser starts the assembly. `sites` are the
    places. `quiet_hours` are the hours in which nobody is woken. `holidays` are the days on which nobody is written to
    unasked, at any site: `["2027-04-05", "12-25"]`, the second one in every year.
    """

    mode: Literal["site", "together"] = "together"
    start: Instant | None = None
    sites: tuple[Site, ...] = Field(min_length=1)
    quiet_hours: QuietHours | None = None
    holidays: tuple[Holiday, ...] = Field(default=(), max_length=60)


def rest(schedule: Schedule, site: Site) -> Rest | None:
    """When nobody at a site is written to unasked; None where there is no such time."""
    hours, days = schedule.quiet_hours, (*schedule.holidays, *site.holidays)
    if hours is None and not days:
        return None
    awake = hours is None or hours.start == hours.end  # a check says that these are none (`quiet-hours-valid`)
    once = frozenset(date.fromisoformat(day) for day in days if len(day) == len("2027-01-01"))
    yearly = frozenset((int(day[:2]), int(day[3:])) for day in days if len(day) == len("01-01"))
    return Rest(None if hours is None or awake else Hours(hours.start, hours.end), once, yearly)
