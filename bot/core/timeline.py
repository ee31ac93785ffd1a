"""When every step opens and closes on every course, as far as it can be known before anybody has answered.

The walk is reckoned with full durations: a step that everybody answers early, or that a person ends, ends sooner. What
follows such a step is marked as an estimate until the next step that opens, or ends, at an hour of its own. A step that is
only for another place is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.core.audience import course_takes_part
from bot.core.conditions import ConditionError, parse
from bot.core.course import closing, moment, opening
from bot.core.flow import Flow
from bot.core.itinerary import TRUNK, Node
from bot.core.schedule import resolve
from bot.core.state import Course
from bot.core.steps.control import Parallel


class Endless(ValueError):
    """The steps last so long, one after the other, that no calendar reaches to the end."""


PLACE = frozenset({"site", "course"})
"""The names in a condition whose values are known before anybody has come."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One step on one course. `opens` and `closes` are instants in UTC; `closes` is None where only events end the step.

    `wanted` is the instant that the step itself names for its opening (it opens later if the steps before take longer),
    `until` the one that it names for its close. `before` is when the step before it ends. `estimate` is True where earlier
    steps may end sooner or later than reckoned.
    """

    course: str
    node: Node
    opens: datetime
    closes: datetime | None
    before: datetime
    wanted: datetime | None = None
    until: datetime | None = None
    estimate: bool = False


@dataclass
class _Clock:
    """Where the walk stands in time: the instant, the beginning of the present session, whether both are guesses."""

    now: datetime
    session: datetime
    estimate: bool = False


def timeline(flow: Flow, start: datetime | None = None) -> tuple[Planned, ...]:
    """The steps of every course in the order of the walk. `start` counts in place of the flow's own; without either, the
    first moment that names a day does. Empty if there is none. Raises `Endless`."""
    found: list[Planned] = []
    for course in flow.courses:
        begin = beginning(flow, course, start)
        if begin is None:
            continue
        try:
            found += _walk(flow, course, TRUNK, _Clock(begin, begin))
        except OverflowError as error:
            raise Endless("the steps together last longer than the calendar") from error
    return tuple(found)


def beginning(flow: Flow, course: str, start: datetime | None = None) -> datetime | None:
    """When a course starts, in UTC; None if nothing in the flow says so."""
    named = (start, flow.file.schedule.start, *(n.step.opens for n in flow.nodes.values()))
    first = next((m for m in named if isinstance(m, datetime)), None)
    return resolve(first, flow.zone(course)) if first is not None else None


def _walk(flow: Flow, course: str, sequence: str, clock: _Clock) -> Iterator[Planned]:
    row = flow.sequences[sequence]
    index = 0
    while index < len(row):
        if not _walked(flow, course, row[index]):
            index += 1
            continue
        run = flow.run_of(row[index])
        here = Course(course, session=clock.session)
        before = clock.now
        wanted = row[index].step.opens
        clock.now = opening(flow, here, row[index], before)
        absolute = moment(flow, here, wanted, before) if wanted is not None else None
        if absolute is not None and absolute >= before:
            clock.estimate = False
        opens, estimate = clock.now, clock.estimate
        closes = _end(row[index], opens) or closing(flow, here, row[index], opens)
        inner: list[Planned] = []
        if isinstance(row[index].step, Parallel):
            inner, closes = _branches(flow, course, row[index], clock, closes)
        for node in run:
            until = _named_close(flow, here, node, opens)
            yield Planned(course, node, opens, closes if node.step.waits else opens, before, absolute, until, estimate)
        yield from inner
        last = run[-1].step
        clock.now = closes if closes is not None and last.waits else opens
        open_ended = closes is None and last.waits
        unsure = estimate and not _fixed(run[-1])
        clock.estimate = unsure or open_ended or any(_may_differ(n) for n in run) or any(p.estimate for p in inner)
        if last.type == "break":
            clock.session = clock.now
        index += len(run)


def _branches(
    flow: Flow, course: str, node: Node, clock: _Clock, closes: datetime | None
) -> tuple[list[Planned], datetime]:
    """The steps of all branches of a parallel, and when it is over."""
    inner: list[Planned] = []
    ends: list[datetime] = []
    for branch in node.branches:
        own = _Clock(clock.now, clock.session, clock.estimate)
        inner += _walk(flow, course, branch, own)
        ends.append(own.now)
    through = max if getattr(node.step, "join", "all") == "all" else min
    end = through(ends, default=clock.now)
    return inner, end if closes is None else min(end, closes)


def _end(node: Node, opens: datetime) -> datetime | None:
    """The latest end of a step with a time-out of its own."""
    span = getattr(node.step, "timeout", None)
    return opens + span if isinstance(span, timedelta) else None


def _named_close(flow: Flow, course: Course, node: Node, opens: datetime) -> datetime | None:
    """The instant that a step names for its close; None for a span, and for a bare time that may be tomorrow's."""
    closes = node.step.closes
    if closes is None or (isinstance(closes, time) and node.step.next_day):
        return None
    return moment(flow, course, closes, opens)


def _walked(flow: Flow, course: str, node: Node) -> bool:
    """False where a step is surely not for this course."""
    return not _known(node) or course_takes_part(flow, node, Course(course), {})


def _known(node: Node) -> bool:
    """True where a condition of the step asks for nothing but the place."""
    try:
        return node.step.when is not None and parse(node.step.when).names <= PLACE
    except ConditionError:  # which a rule of its own tells
        return False


def _may_differ(node: Node) -> bool:
    """True where the end of a step is not certain when it opens, or where it may be left out altogether."""
    step = node.step
    doubtful = step.when is not None and not _known(node)
    return step.early_close != "never" or doubtful or node.until is not None or hasattr(step, "timeout")


def _fixed(node: Node) -> bool:
    """True where a step ends at an hour of its own, whenever it has opened."""
    return node.step.closes is not None and node.step.waits and not _may_differ(node)
