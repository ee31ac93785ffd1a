"""The rule about pace: what virtual tables say to each other must fit through the accounts that pass it on.

How much a table says is reckoned from what people can do. A message has about twenty words. With the thumbs on a phone people
write 36 words a minute, so one takes 33 seconds; they read 240 a minute, so each message of somebody else takes them 5. And
they think: half of their time goes by without either. At a table of six everybody then writes once in two minutes; the larger
the table, the more there is to read, and the less often each one writes. In a round that fills the talk one person at a time
writes, all the time.

Every message goes to all others at the table and to its facilitator, so a table of six causes six sendings a message. An
account of a chat platform may send 30 messages a second, and each of the other three kinds of messages (answers, steps,
broadcasts) keeps a tenth of that: 21 a second are left to talk. What comes into one chat is never too fast: nobody writes
faster than the others read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from math import ceil

from bot.core.flow import GroupPlan
from bot.core.headcounts import table_sizes
from bot.core.itinerary import Node
from bot.core.lint.rule import Finding, Rule, View, rule
from bot.core.problems import count
from bot.core.steps.assign import Assign
from bot.core.steps.discuss import Discuss
from bot.core.timeline import Planned

WRITING, READING = 33, 5
"""Seconds that a message takes its author, and each of its readers."""

BUSY = Fraction(1, 2)
"""The part of their time that people spend with either."""

PER_ACCOUNT = Fraction(30) * Fraction(7, 10)
"""Messages of talk that an account sends in a second."""


def sendings(size: int, *, one_by_one: bool) -> Fraction:
    """The messages a second that a virtual table of so many people has to be sent."""
    if one_by_one:
        return Fraction(size, WRITING)
    return size * size * BUSY / (WRITING + READING * (size - 1))


@dataclass(frozen=True, slots=True)
class _Talk:
    """A talk at the virtual tables of a course: `rate` in sendings a second."""

    plan: Planned
    rate: Fraction
    tables: int
    people: int

    def lasts_at(self, at: datetime) -> bool:
        return self.plan.opens <= at and (self.plan.closes is None or at < self.plan.closes)


@rule("virtual-pace", "What is passed on too slowly comes too late: nobody can talk like that.", stage="walk")
def virtual_pace(view: View) -> Iterator[Finding]:
    if view.accounts is None:
        return
    talks = [talk for plan in view.planned if (talk := _talk(view, plan)) is not None]
    together = max(
        ([talk for talk in talks if talk.lasts_at(at)] for at in (talk.plan.opens for talk in talks)),
        key=_rate,
        default=[],
    )
    rate, allowed = _rate(together), view.accounts * PER_ACCOUNT
    if rate <= allowed:
        return
    yield Finding(
        f"{count(sum(t.people for t in together), 'person', 'people')} at "
        f"{count(sum(t.tables for t in together), 'virtual table')} who talk at the same time, "
        f"about {ceil(rate)} messages a second to pass on",
        f"{count(view.accounts, 'account')} can pass on {int(allowed)} a second and still answer everybody",
        f'Let tables meet in rooms (lives = "room"), take {ceil(rate / PER_ACCOUNT)} accounts (--accounts), let the sites talk '
        'at different hours, make smaller tables, or let turns = "round" fill the whole talk.',
        max(together, key=lambda talk: talk.rate).plan.node.step.id,
    )


def _rate(talks: Sequence[_Talk]) -> Fraction:
    return sum((talk.rate for talk in talks), Fraction())


def _talk(view: View, plan: Planned) -> _Talk | None:
    """The talk at a place in the walk; None where it is none, or its tables meet in rooms."""
    step, group = plan.node.step, _seated_by(view, plan.node)
    if not isinstance(step, Discuss) or group is None or group.lives == "room":
        return None
    sizes = [size for people in _gathered(view, group, plan.course) for size in _sizes(group, people)]
    lasts = plan.closes - plan.opens if plan.closes is not None else timedelta()
    rates = [sendings(n, one_by_one=step.turns == "round" and n * step.turn_for >= lasts) for n in sizes]
    return _Talk(plan, sum(rates, Fraction()), len(sizes), sum(sizes))


def _seated_by(view: View, talk: Node) -> GroupPlan | None:
    """The group plan by which people sit when this talk opens."""
    before = [n.step.plan for n in view.nodes if isinstance(n.step, Assign) and view.precedes(n, talk)]
    return view.file.groups.get(before[-1]) if before else None


def _gathered(view: View, plan: GroupPlan, course: str) -> Iterator[int]:
    """How many people are put at tables together, place by place."""
    expected = [s.expected for s in view.flow.sites_of(course)]
    yield from ([sum(expected)] if plan.across_sites and plan.common_language == "translate" else expected)


def _sizes(plan: GroupPlan, people: int) -> list[int]:
    size = plan.size
    return table_sizes(people, size.min, size.target, size.max)[0] if 2 <= size.min <= size.target <= size.max else []


RULES: tuple[Rule, ...] = (virtual_pace,)
