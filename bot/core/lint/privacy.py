"""Rules about people's data: deleted after the end and not before, no minors without a guardian, and what others may read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bot.core.lint.rule import Finding, Rule, View, rule
from bot.core.problems import count, did_you_mean, listed
from bot.core.steps.consent import Consent
from bot.core.steps.discuss import Discuss

GUARDED = 16
"""Under this age the law of most European countries asks for a guardian's consent."""

SHORTEST = timedelta(minutes=5)
"""A delay that leaves a facilitator time to hide something."""


@rule(
    "deletion-after-end", "Words are not deleted while people still talk, and not kept long after.", "warning", "walk"
)
def deletion_after_end(view: View) -> Iterator[Finding]:
    ends = [
        (plan.closes or plan.opens).astimezone(ZoneInfo(site.zone)).date()
        for plan in view.planned
        for site in view.flow.sites_of(plan.course)
    ]
    for step in view.file.step:
        day = getattr(step, "delete_on", None)
        if isinstance(day, date) and ends and day <= max(ends):
            yield Finding(
                f"delete_on = {day}, and a dialogue that goes on until {max(ends)}",
                "the words are deleted after the end",
                "Write a later day; or end earlier.",
                step.id,
                "delete_on",
            )


@rule("minors", "Young people take part with their guardians' consent.", "warning")
def minors(view: View) -> Iterator[Finding]:
    for site in view.file.schedule.sites:
        if site.min_age < GUARDED:
            yield Finding(
                f"min_age = {site.min_age}",
                f"under {GUARDED}, most countries ask for a guardian's consent, which Pnyx does not collect",
                "Collect it on paper before you hand out the codes, or write a higher age.",
                field=f"schedule.sites.{site.id}.min_age",
            )


@rule("feed-steps", "What others may read along are talks that are on record.")
def feed_steps(view: View) -> Iterator[Finding]:
    talks = [step.id for step in view.file.step if isinstance(step, Discuss) and step.exported]
    for id in view.file.feed.steps:
        if id not in talks:
            yield Finding(
                f'steps with "{id}"',
                f"the talks that may be read along are {listed(talks)}"
                if talks
                else "no talk of this flow may be read along",
                did_you_mean(id, talks) or "Name a talk that is no icebreaker and is on record, or delete it.",
                field="feed.steps",
            )


@rule("feed-published", "What is published needs the tables' knowledge and each person's yes.")
def feed_published(view: View) -> Iterator[Finding]:
    feed = view.file.feed
    if not feed.published:
        return
    if not feed.open:
        yield Finding(
            "published = true beside open = false",
            "what nobody may read along is not published",
            "Delete one of the two.",
            field="feed.published",
        )
    asked = {p for step in view.file.step if isinstance(step, Consent) for p in step.purposes}
    if not asked & {"quotes", "open_data"}:
        yield Finding(
            "published = true, and no consent that asks for quotes or open_data",
            "people's words are published with their own yes only",
            'Add "quotes" to the purposes of the consent step.',
            field="feed.published",
        )


@rule("feed-delay", "The delay is there so that what harms somebody is hidden before others read it.", "warning")
def feed_delay(view: View) -> Iterator[Finding]:
    feed = view.file.feed
    if feed.open and feed.delay < SHORTEST:
        yield Finding(
            f"a delay of {count(int(feed.delay.total_seconds()) // 60, 'minute')}",
            "a facilitator needs some minutes to see what harms somebody, and to hide it",
            'Write delay = "5m" or more.',
            field="feed.delay",
        )


RULES: tuple[Rule, ...] = (deletion_after_end, minors, feed_steps, feed_published, feed_delay)
