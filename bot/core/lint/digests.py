"""Rules about what is drawn from what a table said."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.lint.rule import Finding, Rule, View, rule
from bot.core.problems import listed
from bot.core.steps.collect import Collect
from bot.core.steps.summarise import Summarise
from bot.core.steps.vote import Vote


@rule("digest-votes", "A digest is drawn from who agreed with which statement of it.")
def digest_votes(view: View) -> Iterator[Finding]:
    for step in view.file.step:
        vote = view.steps.get(step.votes or "") if isinstance(step, Summarise) else None
        if not isinstance(step, Summarise) or not isinstance(vote, Vote):
            continue  # another rule says what a digest needs
        if not set(vote.over) & set(step.of):
            over = ", ".join(f'"{id}"' for id in step.of)
            yield Finding(
                f'votes = "{vote.id}", which asks about other things than {listed(step.of)}',
                "people say agree, disagree or pass to the statements from which the digest is drawn",
                f"Write over = [{over}] in that vote, or leave votes out here.",
                step.id,
                "votes",
            )
        elif vote.secret:
            yield Finding(
                f'votes = "{vote.id}", a secret ballot',
                "a digest in which nobody is forgotten is drawn from who agreed with what, and a secret ballot tells nobody that",
                "Write secret = false in that vote, and say so before people answer; or leave votes out here.",
                step.id,
                "votes",
            )


@rule("digest-questions", "Questions are passed on where people can ask some.")
def digest_questions(view: View) -> Iterator[Finding]:
    for step in view.file.step:
        if not isinstance(step, Summarise) or step.content != "questions":
            continue
        asked = [view.steps.get(id) for id in step.of]
        if not any(isinstance(source, Collect) and "question" in source.sides for source in asked):
            yield Finding(
                f'content = "questions" of {listed(step.of)}, where nobody is asked for any',
                'questions are what people write in a collect step with the side "question"',
                'Write sides = ["for", "against", "question"] there, or content = "items" here.',
                step.id,
                "content",
            )


RULES: tuple[Rule, ...] = (digest_votes, digest_questions)
