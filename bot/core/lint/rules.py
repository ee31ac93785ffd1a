"""All rules, and a flow looked at with each of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from bot.core.flow import Flow, FlowFile
from bot.core.itinerary import TooLong
from bot.core.lint import (
    conditions,
    decisions,
    digests,
    entry,
    groups,
    languages,
    material,
    order,
    pace,
    privacy,
    questions,
    references,
    relays,
    sittings,
    structure,
    terms,
    times,
)
from bot.core.lint.rule import Finding, Rule, View
from bot.core.problems import Problem, count

TOO_LARGE = "too-large"
"""The name under which too many steps are reported."""

RULES: tuple[Rule, ...] = (
    *structure.RULES,
    *references.RULES,
    *conditions.RULES,
    *languages.RULES,
    *terms.RULES,
    *entry.RULES,
    *groups.RULES,
    *questions.RULES,
    *material.RULES,
    *order.RULES,
    *times.RULES,
    *decisions.RULES,
    *digests.RULES,
    *relays.RULES,
    *pace.RULES,
    *sittings.RULES,
    *privacy.RULES,
)


STOPPING = structure.NAMES | {conditions.conditions_parse.name, TOO_LARGE}
"""The rules without which there is no walk that could be looked at."""


def lint(file: FlowFile, name: str, accounts: int | None = None, files: Collection[str] = ()) -> tuple[Problem, ...]:
    """Every problem that the rules find in a flow file called `name`, what concerns the whole file first. With `accounts` also
    whether so many accounts on a chat platform can carry its talks. `files` are the names of the files beside it."""
    view = View(file, accounts, files)
    found = [p for rule in RULES if rule.stage == "file" for p in rule.problems(view, name)]
    if not walkable(found):
        return _in_order(found, view)
    try:
        view.flow = Flow.of(file, "")
    except TooLong as error:
        too_long = Finding(
            f"{count(int(str(error)), 'step')} or more once the repeats are unrolled",
            "at most 1,000 are allowed",
            "Repeat fewer times, or over a shorter list.",
        )
        return _in_order([*found, too_long.problem(TOO_LARGE, "error", name)], view)
    found += [p for rule in RULES if rule.stage == "walk" for p in rule.problems(view, name)]
    return _in_order(found, view)


def walkable(problems: Iterable[Problem]) -> bool:
    """True if nothing among the problems keeps a flow from being laid out."""
    return not any(p.severity == "error" and p.rule in STOPPING for p in problems)


def _in_order(found: list[Problem], view: View) -> tuple[Problem, ...]:
    """What belongs to no step first, then step by step as they stand in the file."""
    places = {id: number for number, id in enumerate(view.steps)}
    return tuple(sorted(found, key=lambda p: places.get(p.step, -1)))
