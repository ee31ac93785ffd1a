"""Rules about votes and what they decide. What a decision must name, its step type asks for itself."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.lint.rule import Finding, Rule, View, rule
from bot.core.problems import listed
from bot.core.tally import IN_FAVOUR

FEWEST = 10
"""No count of a secret ballot under so many people is shown."""


@rule("adopt-vote", "Only what has been voted on can be adopted.")
def adopt_vote(view: View) -> Iterator[Finding]:
    for step in view.file.step:
        if step.type != "adopt":
            continue
        vote = view.steps.get(getattr(step, "over", ""))
        if vote is None:
            continue  # another rule says so
        if vote.type != "vote":
            votes = [s.id for s in view.file.step if s.type == "vote"]
            yield Finding(
                f'over = "{vote.id}", a step of type "{vote.type}"',
                f"only a vote can be decided: {listed(votes)}"
                if votes
                else "only a vote can be decided, and there is none",
                "Write the id of the vote.",
                step.id,
                "over",
            )
            continue
        for question in view.asked_by(vote):
            if question.method not in IN_FAVOUR:
                yield Finding(
                    f'the method "{question.method}" of the question "{question.id}"',
                    f"what is adopted needs votes in favour: {listed(IN_FAVOUR)}",
                    "Ask this question in a vote of its own, or with another method.",
                    step.id,
                    "over",
                )


@rule("secret-small", "In a small group a count gives away who voted how.", "warning")
def secret_small(view: View) -> Iterator[Finding]:
    small = [s for s in view.file.schedule.sites if 0 < s.expected < FEWEST]
    for step in view.file.step:
        if step.type != "vote" or not getattr(step, "secret", True):
            continue
        for site in small:
            yield Finding(
                f"a secret ballot, and {site.expected} people expected at {site.id}",
                f"no count of a secret ballot under {FEWEST} people is shown, not even in the exports",
                "Expect more people there; or write secret = false, and say so before they vote.",
                step.id,
                "secret",
            )


RULES: tuple[Rule, ...] = (adopt_vote, secret_small)
