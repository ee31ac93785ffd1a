"""Rules about time: one clock for a session, steps in order, hours that exist and in which people are awake."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.flow import Site
from bot.core.lint.rule import Finding, Rule, View, rule
from bot.core.problems import listed
from bot.core.schedule import QuietHours, Rest, clock_note, is_quiet, resolve
from bot.core.steps.base import Step
from bot.core.timeline import Endless, Planned, timeline

LINK = ("relay", "publish", "gate")
"""Types that may wait for one instant of the world in a session that goes by each site's clock."""

LONGEST = timedelta(days=20 * 365)
"""A dialogue that lasts longer has a mistake in it."""

_WALL = "{:%Y-%m-%d %H:%M}"


@rule("times-mixed", "A session goes by one clock: each site's own, or one instant for all.")
def times_mixed(view: View) -> Iterator[Finding]:
    local: tuple[str, str] | None = None
    world: tuple[str, str] | None = None
    for step, field, moment in _moments(view):
        if step is not None and step.type == "break":
            local = world = None
        if step is not None and step.type in LINK:
            continue
        here = (step.id if step else "", field)
        if moment.tzinfo is None:
            local = local or here
        else:
            world = world or here
        if local and world:
            other = local if here == world else world
            place = f'{other[1]} of "{other[0]}"' if other[0] else other[1]
            kind = "without an offset" if moment.tzinfo is None else "with an offset"
            yield Finding(
                f"{moment.isoformat()}, a time {kind}, beside {place}, which is the other kind",
                "in one session all times are each site's clock (18:00:00) or all are one instant (18:00:00Z)",
                "Write them all in the same way.",
                *here,
            )
            return


@rule("times-together", "Where all sites open a step together, its time must be the same instant everywhere.")
def times_together(view: View) -> Iterator[Finding]:
    schedule = view.file.schedule
    if schedule.mode != "together":
        return
    for step, field, moment in _all_moments(view):
        if moment.tzinfo is not None:
            continue
        on = moment if isinstance(moment, datetime) else _some_day(view, moment)
        meant = {resolve(on, site.zone): site for site in schedule.sites}
        if len(meant) > 1:
            (one, first), (two, second) = sorted(meant.items())[:2]
            yield Finding(
                f"{_toml(moment)} without an offset, with sites whose clocks differ: at {first.id} that is {one:%H:%M} UTC, "
                f"at {second.id} {two:%H:%M} UTC",
                'mode = "together" opens a step everywhere at one instant, which needs an offset',
                f'Write {_example(moment, first)}; or mode = "site", if every site goes by its own clock.',
                step.id if step else "",
                field,
            )


@rule("clock-changes", "On the nights when clocks change some times do not exist, and some happen twice.", "warning")
def clock_changes(view: View) -> Iterator[Finding]:
    for step, field, moment in _moments(view):
        told: set[str] = set()
        for site in view.file.schedule.sites:
            note = clock_note(moment, site.zone)
            if note is None or site.zone in told:
                continue
            told.add(site.zone)
            used = resolve(moment, site.zone)
            wall = _WALL.format(used.astimezone(ZoneInfo(site.zone)))
            what = "does not exist" if note == "gap" else "happens twice"
            first = "the first moment after it" if note == "gap" else "the first of the two"
            yield Finding(
                f"{_toml(moment)}, which {what} at {site.id} ({site.zone}), because the clocks change",
                f"used is {first}: {wall} there, {used:%H:%M} UTC",
                "Choose another hour, if that is not meant.",
                step.id if step else "",
                field,
            )


@rule("times-in-order", "A step closes after it has opened, and opens after the one before it.", stage="walk")
def times_in_order(view: View) -> Iterator[Finding]:
    told: set[tuple[str, str]] = set()
    for plan in view.planned:
        step = plan.node.step
        if plan.wanted is not None and plan.wanted < plan.before and (step.id, "opens") not in told:
            told.add((step.id, "opens"))
            yield Finding(
                f"opens = {_toml(step.opens)}, {_ago(plan.before - plan.wanted)} before the step before it ends"
                + _at(view, plan),
                "a step opens when the one before it is over",
                "Write a later time, or shorten what comes before.",
                step.id,
                "opens",
                "warning" if plan.estimate else None,
            )
        if plan.until is not None and plan.until <= plan.opens and (step.id, "closes") not in told:
            told.add((step.id, "closes"))
            yield Finding(
                f"closes = {_toml(step.closes)}, which is not after its opening" + _at(view, plan),
                "a step closes after it has opened",
                "Write a later time, or a duration.",
                step.id,
                "closes",
            )


@rule("times-end", "A dialogue ends while people remember how it began.", stage="walk")
def times_end(view: View) -> Iterator[Finding]:
    longest = max((p.closes or p.opens) - p.opens for p in view.planned) if view.planned else timedelta()
    begin = min((p.opens for p in view.planned), default=None)
    end = max((p.closes or p.opens for p in view.planned), default=None)
    if begin is not None and end is not None and end - begin > LONGEST:
        last = next(p.node.step.id for p in view.planned if (p.closes or p.opens) - p.opens == longest)
        yield Finding(
            f"a dialogue of {(end - begin).days // 365} years, from {begin:%Y-%m-%d} to {end:%Y-%m-%d}",
            f"at most {LONGEST.days // 365} years are allowed",
            f'Shorten its steps; the longest is "{last}".',
        )
    try:
        timeline(view.flow)
    except Endless as error:
        yield Finding("steps without end in sight", str(error), "Shorten their durations, or repeat them less often.")


@rule("reminders", "A reminder comes while the step is open.", "warning", "walk")
def reminders(view: View) -> Iterator[Finding]:
    told: set[str] = set()
    for plan in view.planned:
        step = plan.node.step
        open_for = plan.closes - plan.opens if plan.closes is not None else step.duration
        early = [span for span in step.remind if open_for is not None and span >= open_for]
        if early and step.waits and step.id not in told:
            told.add(step.id)
            yield Finding(
                f"a reminder {_ago(early[0])} before the close of a step that is open for {_ago(open_for or early[0])}",
                "a reminder comes while the step is open",
                "Write a shorter span, or leave it out.",
                step.id,
                "remind",
            )


@rule("quiet-hours", "People are not woken: what begins at night is read in the morning.", "warning", "walk")
def quiet_hours(view: View) -> Iterator[Finding]:
    hours = view.file.schedule.quiet_hours
    if hours is None or hours.start == hours.end:
        return
    quiet = Rest(QuietHours(hours.start, hours.end))
    told: set[str] = set()
    for plan in view.planned:
        step = plan.node.step
        if plan.wanted is None or step.id in told:
            continue
        for site in view.flow.sites_of(plan.course):
            if is_quiet(plan.opens, site.zone, quiet):
                told.add(step.id)
                wall = plan.opens.astimezone(ZoneInfo(site.zone))
                yield Finding(
                    f"an opening at {wall:%H:%M} at {site.id}, within the quiet hours",
                    f"nothing is sent there from {hours.start:%H:%M} to {hours.end:%H:%M}",
                    "Choose another hour, or change the quiet hours.",
                    step.id,
                    "opens",
                )
                break


@rule(
    "holidays",
    "People are left in peace on their holidays: what begins or ends then reaches nobody that day.",
    "warning",
    "walk",
)
def holidays(view: View) -> Iterator[Finding]:
    told: set[tuple[str, str]] = set()
    for plan in view.planned:
        step = plan.node.step
        for field, at in (("opens", plan.opens), ("closes", plan.closes)):
            site = next((s for s in view.flow.sites_of(plan.course) if at and view.flow.holiday(s.id, at)), None)
            if at is None or site is None or (step.id, field) in told or not step.waits or step.idle:
                continue
            told.add((step.id, field))
            day = at.astimezone(ZoneInfo(site.zone))
            what = "an opening" if field == "opens" else "an end"
            yield Finding(
                f"{what} on {day:%Y-%m-%d} at {day:%H:%M}, a holiday at {site.id}",
                "on a holiday nobody there is written to who does not write first: no question, no reminder, no last call",
                "Choose another day, or take this one out of the holidays.",
                step.id,
                field,
            )


@rule("quiet-hours-valid", "Quiet hours leave some of the day for the dialogue.")
def quiet_hours_valid(view: View) -> Iterator[Finding]:
    hours = view.file.schedule.quiet_hours
    if hours is not None and hours.start == hours.end:
        yield Finding(
            f"quiet hours from {hours.start:%H:%M} to {hours.end:%H:%M}",
            "they must end at another time than they begin",
            "Write for example start = 22:00:00 and end = 08:00:00.",
            field="schedule.quiet_hours",
        )


def _moments(view: View) -> Iterator[tuple[Step | None, str, datetime]]:
    """Every moment that names a day, in the order of the file."""
    yield from ((s, f, m) for s, f, m in _all_moments(view) if isinstance(m, datetime))


def _all_moments(view: View) -> Iterator[tuple[Step | None, str, datetime | time]]:
    if view.file.schedule.start is not None:
        yield None, "schedule.start", view.file.schedule.start
    for step in view.file.step:
        for field in type(step).model_fields:
            value = getattr(step, field)
            if isinstance(value, datetime | time):
                yield step, field, value


def _some_day(view: View, moment: time) -> datetime:
    """A bare time on the first day that the flow names, else on a day without a change of clocks."""
    days = [m for _, _, m in _moments(view)]
    return datetime.combine(days[0].date() if days else datetime(2027, 1, 15).date(), moment)


def _at(view: View, plan: Planned) -> str:
    return f" at {plan.course}" if plan.course != "all" and len(view.flow.courses) > 1 else ""


def _ago(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    days, minutes = divmod(minutes, 1440)
    hours, minutes = divmod(minutes, 60)
    parts = [(days, "day"), (hours, "hour"), (minutes, "minute")]
    said = [f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in parts if n]
    return listed(said) or f"{int(span.total_seconds())} seconds"


def _toml(moment: datetime | time | None) -> str:
    return moment.isoformat() if moment is not None else ""


def _example(moment: datetime | time, site: Site) -> str:
    if isinstance(moment, time):
        return f"a date and an offset, such as 2027-03-02T{moment.isoformat()}Z"
    return resolve(moment, site.zone).strftime("%Y-%m-%dT%H:%M:%SZ")


RULES: tuple[Rule, ...] = (
    times_mixed,
    times_together,
    clock_changes,
    times_in_order,
    times_end,
    reminders,
    quiet_hours,
    quiet_hours_valid,
    holidays,
)
