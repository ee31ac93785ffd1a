"""Rules about votes and what they decide."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from bot.core.lint.rule import Finding, Rule, View, rule
from bot.core.problems import listed
from bot.core.steps.base import Step
from bot.core.tally import IN_FAVOUR

FEWEST = 10
"""No count of a secret ballot under so many people is shown."""

STATED = ("base", "quorum", "ties")
"""What must be said before anything is adopted; a threshold also needs `op`."""


@rule("adopt-stated", "“70 %” means nothing without: of whom, reached or passed, with how many, and what of a tie.")
def adopt_stated(view: View) -> Iterator[Finding]:
    for step in _adopts(view):
        threshold: Fraction | None = getattr(step, "threshold", None)
        needed = (*STATED, *(("op",) if threshold is not None else ()))
        missing = [name for name in needed if getattr(step, name, None) is None]
        if missing:
            yield Finding(
                f"no {listed(missing, 'and no')}",
                "a decision names its base, op, quorum and ties",
                'For example base = "cast_without_abstentions", op = ">=", quorum = "none", ties = "rejected".',
                step.id,
                missing[0],
            )
        if threshold is not None and not 0 < threshold <= 1:
            yield Finding(
                f"threshold = {threshold}",
                "a threshold is a share above 0 and up to 1",
                'Write 0.7, "70%" or "2/3".',
                step.id,
                "threshold",
            )


@rule("adopt-vote", "Only what has been voted on can be adopted.")
def adopt_vote(view: View) -> Iterator[Finding]:
    for step in _adopts(view):
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


@rule("only-participants-vote", "Who leads a dialogue, or speaks in it as an expert or official, does not vote.")
def only_participants_vote(view: View) -> Iterator[Finding]:
    for step in view.file.step:
        if step.type == "vote" and tuple(step.audience) != ("participant",):
            yield Finding(
                f"the audience {listed(step.audience)}",
                "only participants vote",
                "Leave audience out.",
                step.id,
                "audience",
            )


@rule("secret-small", "In a small group a count gives away who voted how.", "warning")
def secret_small(view: View) -> Iterator[Finding]:
    small = [s for s in view.file.schedule.sites if 0 < s.expected < FEWEST]
    for step in view.file.step:
        if step.type != "vote" or not getattr(step, "secret", True):
            continue
        if getattr(step, "results", "") == "live":
            yield Finding(
                'secret = true with results = "live"',
                "each vote would show as it comes in",
                'Write results = "on_close".',
                step.id,
                "results",
                "error",
            )
        for site in small if step.results != "never" else ():
            yield Finding(
                f"a secret ballot, and {site.expected} people expected at {site.id}",
                f"no count of a secret ballot under {FEWEST} people is shown, not even in the exports",
                "Expect more people there; or write secret = false, and say so before they vote.",
                step.id,
                "secret",
            )


def _adopts(view: View) -> Iterator[Step]:
    return (step for step in view.file.step if step.type == "adopt")


RULES: tuple[Rule, ...] = (adopt_stated, adopt_vote, only_participants_vote, secret_small)
