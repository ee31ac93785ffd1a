"""Rules about people's data: deleted after the end and not before, and nobody too young without a guardian."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from bot.core.lint.rule import Finding, Rule, View, rule

GUARDED = 16
"""Under this age the law of most European countries asks for a guardian's consent."""


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


RULES: tuple[Rule, ...] = (deletion_after_end, minors)
