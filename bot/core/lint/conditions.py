"""Rules about conditions: that they can be read, and that what they compare exists."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from bot.core.conditions import Condition, ConditionError, parse
from bot.core.lint.rule import Finding, Rule, View, rule
from bot.core.problems import did_you_mean, listed
from bot.core.questions import Question
from bot.core.state import Role
from bot.core.steps.base import Step

CONDITIONS = ("when", "until", "condition")
"""The keys of steps that hold a condition."""

PLAIN = ("course", "site", "language", "role")


@rule("conditions-parse", "A condition that cannot be read would leave its step out, or everybody in.")
def conditions_parse(view: View) -> Iterator[Finding]:
    for step in view.file.step:
        for field in CONDITIONS:
            text = getattr(step, field, None)
            if isinstance(text, str):
                try:
                    parse(text)
                except ConditionError as error:
                    yield Finding(f"a condition that cannot be read: {error}", "", "", step.id, field)


@rule("conditions-names", "A name that does not exist is equal to nothing, so its condition is never true.")
def conditions_names(view: View) -> Iterator[Finding]:
    for step, field, condition in _parsed(view):
        for name in sorted(condition.names):
            kind, _, rest = name.partition(".")
            head = rest.split(".")[0]
            if kind == "attribute":
                known = sorted(_attributes(view))
                fine = rest in known
            elif kind in ("done", "result"):
                known = list(view.steps)
                fine = head in known
            else:
                known, fine = list(PLAIN), name in PLAIN
            if fine:
                continue
            if kind in ("attribute", "done", "result"):
                allowed = f"after {kind}. may stand {listed(known, 'or') or 'nothing, for there is none'}"
                advice = did_you_mean(head, known)
            else:
                allowed = f"the names are {', '.join(PLAIN)}, attribute.…, done.<step> and result.<step>.<question>"
                advice = did_you_mean(name, PLAIN) or "A text to compare with stands in quotes."
            yield Finding(f"the name {name} in {condition.text}", allowed, advice, step.id, field)


@rule("conditions-values", "Compared with a value that cannot occur, a condition is never true.")
def conditions_values(view: View) -> Iterator[Finding]:
    for step, field, condition in _parsed(view):
        for name, value in _compared(condition.text):
            known = _values(view, name)
            if known and value not in known:
                yield Finding(
                    f'{name} compared with "{value}"',
                    f"the values are {listed(known)}",
                    did_you_mean(value, known),
                    step.id,
                    field,
                )


def _parsed(view: View) -> Iterator[tuple[Step, str, Condition]]:
    for step in view.file.step:
        for field in CONDITIONS:
            text = getattr(step, field, None)
            if isinstance(text, str):
                try:
                    yield step, field, parse(text)
                except ConditionError:
                    continue  # another rule says so


def attribute_questions(view: View) -> dict[str, Question]:
    """The questions that keep an attribute, by its name."""
    return {q.attribute: q for _, q in view.questions if q.attribute is not None}


def _attributes(view: View) -> set[str]:
    return set(attribute_questions(view))


def _values(view: View, name: str) -> list[str]:
    """What a name can be equal to; empty where that is not known."""
    schedule = view.file.schedule
    if name in ("site", "course"):
        return [s.id for s in schedule.sites] + (["all"] if name == "course" else [])
    if name == "language":
        return list(view.file.flow.languages)
    if name == "role":
        return list(Role.__args__)  # type: ignore[attr-defined]  # a Literal
    question = attribute_questions(view).get(name.removeprefix("attribute.")) if name.startswith("attribute.") else None
    if question is None or question.typed:
        return []
    return [*question.choices, *(["dont_know"] if question.dont_know else [])]


def _compared(text: str) -> Iterator[tuple[str, str]]:
    """The names in a condition with each text that they are compared with."""
    for node in ast.walk(ast.parse(text.strip(), mode="eval")):
        if isinstance(node, ast.Compare):
            parts = [node.left, *node.comparators]
            names = [ast.unparse(p) for p in parts if isinstance(p, ast.Name | ast.Attribute)]
            for part in parts:
                entries = part.elts if isinstance(part, ast.Tuple | ast.List) else [part]
                values = [e.value for e in entries if isinstance(e, ast.Constant) and isinstance(e.value, str)]
                yield from ((name, value) for name in names for value in values)


RULES: tuple[Rule, ...] = (conditions_parse, conditions_names, conditions_values)
