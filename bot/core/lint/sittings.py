"""The rule about how much is asked of people before they can rest."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.lint.rule import Finding, Rule, View, rule
from bot.core.steps.break_ import Break
from bot.core.steps.vote import MOST, Vote


@rule(
    "statements-a-sitting",
    "Who is asked about many statements one after the other reads the last ones no more.",
    "warning",
    stage="walk",
)
def statements_a_sitting(view: View) -> Iterator[Finding]:
    asked = 0
    for node in view.nodes:
        step = node.step
        if isinstance(step, Break):
            asked = 0
        elif isinstance(step, Vote) and step.over:
            asked += step.per_person
            if asked > MOST:
                yield Finding(
                    f"{asked} statements of others that each person is asked about in one sitting",
                    f"at most {MOST} are read with care",
                    f"Lower per_person so that all votes over contributions of one session ask about {MOST} together, or put "
                    "a break between them.",
                    step.id,
                    "per_person",
                )
                return


RULES: tuple[Rule, ...] = (statements_a_sitting,)
