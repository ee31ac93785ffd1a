"""Rules about what a step refers to: other steps, group plans, questions, lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.core.lint.rule import Finding, Rule, View, question_ids, rule
from bot.core.problems import did_you_mean, listed
from bot.core.steps.base import Step
from bot.core.steps.control import Repeat

FITTING: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("vote", "over"): ("collect", "discuss"),
    ("publish", "what"): ("adopt", "collect", "summarise", "survey", "vote"),
    ("summarise", "of"): ("collect", "discuss"),
    ("summarise", "votes"): ("vote",),
}
"""Which types of steps a field may refer to, by type and field; the rules of votes and relays know about their own."""


@rule("references-exist", "A step that refers to another one names it by its id.")
def references_exist(view: View) -> Iterator[Finding]:
    known = [s.id for s in view.file.step if not isinstance(s, Repeat)]
    for step in view.file.step:
        for field in step.refers:
            for id in _values(step, field):
                if id not in known:
                    found = f'{field} = "{id}"' + (", which is a repeat" if id in view.steps else "")
                    others = [k for k in known if k != step.id]
                    advice = did_you_mean(id, others) or "Write the id of the step that is meant."
                    yield Finding(found, f"the steps are {listed(others) or 'none'}", advice, step.id, field)


@rule("references-fit", "A vote on contributions, a digest and its votes need steps in which people gave something.")
def references_fit(view: View) -> Iterator[Finding]:
    for step in view.file.step:
        for field in step.refers:
            fitting = FITTING.get((step.type, field))
            for id in _values(step, field):
                other = view.steps.get(id)
                if fitting is not None and other is not None and other.type not in fitting:
                    yield Finding(
                        f'{field} = "{id}", a step of type "{other.type}"',
                        f"what fits here are steps of type {listed(fitting, 'or')}",
                        "Name the step in which people write or vote.",
                        step.id,
                        field,
                        "warning" if step.type == "summarise" else None,
                    )


@rule("references-precede", "What a step works with has been said or decided before.", stage="walk")
def references_precede(view: View) -> Iterator[Finding]:
    for node in view.nodes:
        for field in node.step.refers:
            for id in _values(node.step, field):
                late = [n for n in view.flow.instances(id, node) if not view.precedes(n, node)]
                if late and node is view.first(node.step.id):
                    yield Finding(
                        f'{field} = "{id}", a step that comes '
                        + ("at the same time, in another branch" if late[0].number < node.number else "later"),
                        "a step can only use what is over when it opens",
                        f'Move "{node.step.id}" behind "{id}".',
                        node.step.id,
                        field,
                    )


@rule("plan-exists", "People are put at tables by a group plan.")
def plan_exists(view: View) -> Iterator[Finding]:
    plans = list(view.file.groups)
    for step in view.file.step:
        plan = getattr(step, "plan", None)
        if isinstance(plan, str) and plan not in plans:
            allowed = f"the group plans are {listed(plans)}" if plans else "this flow has no group plan"
            advice = did_you_mean(plan, plans) or f"Write [groups.{plan}] with a size."
            yield Finding(f'plan = "{plan}"', allowed, advice, step.id, "plan")


@rule("questions-exist", "A ballot that names a question finds it under [[questions]].")
def questions_exist(view: View) -> Iterator[Finding]:
    known = [q.id for q in view.file.questions]
    for step in view.file.step:
        for id in question_ids(step):
            if id not in known:
                allowed = f"the questions are {listed(known)}" if known else "this flow has no [[questions]]"
                advice = did_you_mean(id, known) or f'Write [[questions]] with id = "{id}".'
                yield Finding(f'the question "{id}"', allowed, advice, step.id, "questions")


@rule("used", "What is written and never used was meant for something.", "warning")
def used(view: View) -> Iterator[Finding]:
    asked = {id for step in view.file.step for id in question_ids(step)}
    for question in view.file.questions:
        if question.id not in asked:
            yield Finding(
                f'the question "{question.id}", which no step asks',
                "a question stands under [[questions]] to be asked by a step",
                "Name it in a vote or survey, or delete it.",
                field=f"questions.{question.id}",
            )
    plans = {getattr(step, "plan", None) for step in view.file.step}
    for plan in view.file.groups:
        if plan not in plans:
            yield Finding(
                f'the group plan "{plan}", which no step uses',
                "an assign step puts people at tables by a plan",
                f'Write plan = "{plan}" in an assign step, or delete it.',
                field=f"groups.{plan}",
            )
    lists = {getattr(step, "over", None) for step in view.file.step}
    for name in view.file.lists:
        if name not in lists:
            yield Finding(
                f'the list "{name}", which no step uses',
                "a repeat goes over a list",
                f'Write over = "{name}" in a repeat, or delete it.',
                field=f"lists.{name}",
            )


@rule("table-needs-assign", "Nobody sits at a table before people have been put at tables.", stage="walk")
def table_needs_assign(view: View) -> Iterator[Finding]:
    assigns = [n for n in view.nodes if n.step.type == "assign"]
    told: set[str] = set()
    for node in view.nodes:
        step = node.step
        if _needs_tables(step) and step.id not in told and not any(view.precedes(a, node) for a in assigns):
            told.add(step.id)
            yield Finding(
                f'a step of type "{step.type}" for tables, and no tables yet',
                "an assign step must come before it",
                'Write a [[step]] with type = "assign" and a plan before this one.',
                step.id,
                "type",
            )


def _needs_tables(step: Step) -> bool:
    """True for what happens at tables, and for what people see of those at their table."""
    return step.scope == "table" or "table" in (getattr(step, "show", ""), getattr(step, "from_", ""))


@rule("audience", "Somebody takes part in every step.")
def audience(view: View) -> Iterator[Finding]:
    for step in view.file.step:
        if not step.audience:
            yield Finding(
                "an empty audience", "at least one role takes part in a step", "Name one, or delete the line.",
                step.id, "audience",
            )  # fmt: skip


def _values(step: Step, field: str) -> tuple[str, ...]:
    value = getattr(step, field)
    return (value,) if isinstance(value, str) else tuple(value or ())


RULES: tuple[Rule, ...] = (
    references_exist,
    references_fit,
    references_precede,
    plan_exists,
    questions_exist,
    used,
    table_needs_assign,
    audience,
)
