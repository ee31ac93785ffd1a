"""Rules about questions: nobody is pushed, and nothing is asked without a purpose."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.lint.conditions import CONDITIONS, attribute_questions
from bot.core.lint.rule import Finding, Rule, View, question_ids, rule


@rule("way-out", "Who has no opinion, or does not want to tell, must be able to say so.", "warning")
def way_out(view: View) -> Iterator[Finding]:
    for step, question in view.questions:
        has_one = question.dont_know or question.method in ("yes_no_abstain", "agree", "open_text")
        a_fact = question.correct is not None
        if has_one or a_fact or "dont_know" in question.model_fields_set:
            continue
        yield Finding(
            "a question without a way not to answer",
            "who has no opinion, or would rather not say, needs a button for it",
            "Write dont_know = true; or dont_know = false, if everybody is meant to choose.",
            step.id if step else "",
            f"questions.{question.id}",
        )


@rule("shuffle", "Options that have an order lose their sense when they are shuffled.", "warning")
def shuffle(view: View) -> Iterator[Finding]:
    shared = {q.id: q for q in view.file.questions}
    for step in view.file.step:
        if not getattr(step, "shuffle", False):
            continue
        for question in view.asked_by(step):
            ids = [o.id for o in question.options]
            numbered = len(ids) > 2 and all(any(c.isdigit() for c in id) for id in ids)
            if numbered and not question.ordered:
                where = step.id if question.id not in shared or question.id not in question_ids(step) else ""
                yield Finding(
                    f"shuffle = true, and options that look ordered ({', '.join(ids)})",
                    "only options without an order are shuffled",
                    "Write ordered = true in the question, so that they stay as they are.",
                    where,
                    f"questions.{question.id}",
                )


@rule("attribute-used", "What is asked about a person is kept: it needs a purpose.", "warning")
def attribute_used(view: View) -> Iterator[Finding]:
    mixed = {a for plan in view.file.groups.values() for a in (*plan.mix_by, *plan.cluster_by)}
    texts = " ".join(str(getattr(s, field, None) or "") for s in view.file.step for field in CONDITIONS)
    broken_down = {a for s in view.file.step for a in getattr(s, "breakdown_by", ())}
    for name, question in attribute_questions(view).items():
        if name not in mixed | broken_down and f"attribute.{name}" not in texts:
            owner = next((s for s, q in view.questions if q is question and s is not None), None)
            yield Finding(
                f'attribute = "{name}", which nothing uses',
                "what is known about a person serves to mix tables (mix_by, cluster_by) or stands in a condition",
                "Use it, or delete the question: what is not asked cannot be lost.",
                owner.id if owner else "",
                f"questions.{question.id}.attribute",
            )


RULES: tuple[Rule, ...] = (way_out, shuffle, attribute_used)
