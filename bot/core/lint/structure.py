"""Rules without which a flow cannot be laid out: ids, `within`, `branch`, lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from bot.core.lint.rule import Finding, Rule, View, rule
from bot.core.problems import count, did_you_mean, listed
from bot.core.steps.base import Step
from bot.core.steps.control import Parallel, Repeat

MOST_ROUNDS = 1000
DEEPEST = 4


@rule("ids-unique", "An id names one thing: ballots, texts and references would be mixed up otherwise.")
def ids_unique(view: View) -> Iterator[Finding]:
    file = view.file
    for id in _twice(s.id for s in file.step):
        yield Finding(f'several steps with the id "{id}"', "each id may stand once", "Rename all but one.", id, "id")
    for step in file.step:
        questions = [q for owner, q in view.questions if owner is step]
        for id in _twice([*(q.id for q in questions), *_named(step)]):
            yield Finding(
                f'the question "{id}" more than once',
                "each id may stand once in a step",
                "Rename one of them, and choose a word that says what is asked.",
                step.id,
                "questions",
            )
    for id in _twice(q.id for q in file.questions):
        yield Finding(f'several questions "{id}"', "each id may stand once", "Rename all but one.", "", "questions")
    for id in _twice(s.id for s in file.schedule.sites):
        yield Finding(f'several sites "{id}"', "each id may stand once", "Rename all but one.", "", "schedule.sites")
    for name, items in file.lists.items():
        for id in _twice(i.id for i in items):
            yield Finding(
                f'several items "{id}"', "each id may stand once in a list", "Rename one.", "", f"lists.{name}"
            )


@rule("ids-free", "A few names mean something already.")
def ids_free(view: View) -> Iterator[Finding]:
    for site in view.file.schedule.sites:
        if site.id == "all":
            yield Finding(
                'a site called "all"',
                '"all" stands for all sites together',
                "Give the site the name of its place.",
                field="schedule.sites.all.id",
            )
    for step, question in view.questions:
        taken = {"dk", "dont_know"} if question.method != "agree" else {"dk", "dont_know", "unclear"}
        for option in question.options:
            if option.id in taken:
                yield Finding(
                    f'an option called "{option.id}"',
                    "this name is taken by the button for people who do not know",
                    "Write dont_know = true instead of an option of your own, or choose another id.",
                    step.id if step else "",
                    f"questions.{question.id}.options.{option.id}",
                )


@rule("within-exists", "A step inside another one names the repeat or parallel that it belongs to.")
def within_exists(view: View) -> Iterator[Finding]:
    holders = [s.id for s in view.file.step if isinstance(s, Repeat | Parallel)]
    for step in view.file.step:
        if step.within is None:
            continue
        holder = view.steps.get(step.within)
        if holder is None:
            allowed = f"allowed are {listed(holders)}" if holders else "this flow has no repeat and no parallel"
            advice = did_you_mean(step.within, holders) or "Add the repeat, or delete the line."
            yield Finding(f'within = "{step.within}"', allowed, advice, step.id, "within")
        elif not isinstance(holder, Repeat | Parallel):
            yield Finding(
                f'within = "{step.within}", which is a step of type "{holder.type}"',
                "only a repeat or a parallel can hold other steps",
                "Name one of those, or delete the line.",
                step.id,
                "within",
            )


@rule("reachable", "A step that the walk never comes to is a step that somebody forgot.")
def reachable(view: View) -> Iterator[Finding]:
    for step in view.file.step:
        chain = _chain(view, step)
        if chain and chain[-1].within is not None and chain[-1].within in view.steps:
            yield Finding(
                f"a ring: {' within '.join([step.id, *(s.id for s in chain[1:]), chain[-1].within])}",
                "a step may not stand within itself",
                "Take one of them out of the ring by deleting its within.",
                step.id,
                "within",
            )
        elif len(chain) > DEEPEST + 1:
            yield Finding(
                f"a step within {len(chain) - 1} others",
                f"at most {DEEPEST} levels are allowed",
                "Write the steps one after the other where you can.",
                step.id,
                "within",
            )


@rule("branches", "The branches of a parallel are known by their names; a step without one would be left out.")
def branches(view: View) -> Iterator[Finding]:
    for step in view.file.step:
        holder = view.steps.get(step.within or "")
        if isinstance(holder, Parallel) and step.branch is None:
            yield Finding(
                f'no branch, within the parallel "{holder.id}"',
                "every step of a parallel names its branch",
                'Write branch = "…", the same name for the steps that follow each other.',
                step.id,
                "branch",
            )
        if step.branch is not None and not isinstance(holder, Parallel):
            yield Finding(
                f'branch = "{step.branch}" outside a parallel',
                "only the steps within a parallel have branches",
                'Delete the line, or write within = "<the parallel>".',
                step.id,
                "branch",
            )


@rule("holds-something", "A repeat or parallel without steps does nothing.")
def holds_something(view: View) -> Iterator[Finding]:
    holders = {s.within for s in view.file.step}
    for step in view.file.step:
        if isinstance(step, Repeat | Parallel) and step.id not in holders:
            yield Finding(
                "no step within it",
                f"a {step.type} holds at least one step",
                f'Write within = "{step.id}" in the steps that belong to it, or delete it.',
                step.id,
            )


@rule("repeat-ends", "Every repeat has a known number of rounds.")
def repeat_ends(view: View) -> Iterator[Finding]:
    lists = view.file.lists
    for step in view.file.step:
        if isinstance(step, Repeat) and step.over is not None and not lists.get(step.over):
            known = [name for name, items in lists.items() if items]
            allowed = f"the lists are {listed(known)}" if known else "this flow has no list"
            found = f'over = "{step.over}", a list ' + (
                "that is empty" if step.over in lists else "that does not exist"
            )
            advice = (
                did_you_mean(step.over, known) or f"Write [[lists.{step.over}]] with an id and a text for each item."
            )
            yield Finding(found, allowed, advice, step.id, "over")
        rounds = 1
        for holder in _chain(view, step)[: DEEPEST + 1]:
            rounds *= max(1, len(holder.rounds(lists))) if isinstance(holder, Repeat) else 1
        if isinstance(step, Repeat) and rounds > MOST_ROUNDS:
            yield Finding(
                f"{count(rounds, 'round')}, with those of the repeats around it",
                f"at most {MOST_ROUNDS:,} are allowed",
                "Repeat fewer times, or over a shorter list.",
                step.id,
                "times" if step.times else "over",
            )


def _twice(ids: Iterable[str]) -> list[str]:
    return [id for id, times in Counter(ids).items() if times > 1]


def _named(step: Step) -> list[str]:
    return [q for q in getattr(step, "questions", ()) if isinstance(q, str)]


def _chain(view: View, step: Step) -> list[Step]:
    """The step and those around it, from the inside out, until the trunk or until one comes again."""
    found = {step.id: step}
    inner = step
    while (holder := view.steps.get(inner.within or "")) is not None and holder.id not in found:
        found[holder.id] = inner = holder
    return list(found.values())


RULES: tuple[Rule, ...] = (ids_unique, ids_free, within_exists, reachable, branches, holds_something, repeat_ends)
NAMES = frozenset(r.name for r in RULES)
