"""The rules that a flow must keep beyond its form: what refers to what, languages, times, groups, votes, consent, the walk.

Each rule is a small function with a name and one sentence that says why it exists. A rule of stage `file` looks at the
file as it stands. The others look at the walk that it describes, and are asked only once the file can be walked.
"""

from __future__ import annotations

from bot.core.flow import Flow, FlowFile
from bot.core.itinerary import TooLong
from bot.core.lint import (
    conditions,
    decisions,
    groups,
    languages,
    order,
    privacy,
    questions,
    references,
    relays,
    structure,
    times,
    walk,
)
from bot.core.lint.rule import Finding, Rule, View
from bot.core.problems import Problem, count

RULES: tuple[Rule, ...] = (
    *structure.RULES,
    *references.RULES,
    *conditions.RULES,
    *languages.RULES,
    *groups.RULES,
    *questions.RULES,
    *order.RULES,
    *times.RULES,
    *decisions.RULES,
    *relays.RULES,
    *privacy.RULES,
    *walk.RULES,
)


def lint(file: FlowFile, name: str) -> tuple[Problem, ...]:
    """Every problem that the rules find in a flow file called `name`, errors of its structure first."""
    view = View(file)
    found = [p for rule in RULES if rule.stage == "file" for p in rule.problems(view, name)]
    if any(p.severity == "error" and p.rule in structure.NAMES for p in found):
        return tuple(found)
    try:
        view.flow = Flow.of(file, "")
    except TooLong as error:
        too_long = Finding(
            f"{count(int(str(error)), 'step')} or more once the repeats are unrolled",
            "at most 1,000 are allowed",
            "Repeat fewer times, or over a shorter list.",
        )
        return (*found, too_long.problem("too-large", "error", name))
    found += [p for rule in RULES if rule.stage == "walk" for p in rule.problems(view, name)]
    return tuple(found)


__all__ = ["RULES", "Finding", "Rule", "View", "lint"]
