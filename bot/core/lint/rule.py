"""What a rule is, and what it may look at."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from bot.core.flow import Flow, FlowFile
from bot.core.itinerary import TRUNK, Node
from bot.core.problems import Problem, Severity
from bot.core.questions import Question
from bot.core.steps.base import Step
from bot.core.timeline import Endless, Planned, timeline

Stage = Literal["file", "walk"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something against a rule: what was found, what is allowed, what to do; the step and the key where it stands.
    `severity` overrides the rule's."""

    found: str
    allowed: str
    advice: str = ""
    step: str = ""
    field: str = ""
    severity: Severity | None = None

    def problem(self, rule: str, severity: Severity, file: str) -> Problem:
        return Problem(
            file, self.step, self.field, self.found, self.allowed, rule, self.severity or severity, self.advice
        )


class View:
    """A flow as the rules see it: the file, and, once it can be walked, the flow. `accounts` is how many accounts on a chat
    platform serve it; None where that is not asked. `files` are the names of all its files."""

    flow: Flow

    def __init__(self, file: FlowFile, accounts: int | None = None, files: Collection[str] = ()) -> None:
        self.file = file
        self.accounts = accounts
        self.files = files

    @cached_property
    def steps(self) -> dict[str, Step]:
        """The steps by id; of two with one id the first."""
        found: dict[str, Step] = {}
        for step in self.file.step:
            found.setdefault(step.id, step)
        return found

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every step at its places in the walk, in order."""
        return tuple(self.flow.nodes.values())

    @cached_property
    def planned(self) -> tuple[Planned, ...]:
        """When every step opens and closes, by the flow's own start; empty if that cannot be reckoned."""
        try:
            return timeline(self.flow)
        except Endless:
            return ()

    @cached_property
    def questions(self) -> tuple[tuple[Step | None, Question], ...]:
        """Every question with the step in which it stands; None for those of `[[questions]]`."""
        shared: list[tuple[Step | None, Question]] = [(None, q) for q in self.file.questions]
        return (*shared, *((s, q) for s in self.file.step for q in own_questions(s)))

    def asked_by(self, step: Step) -> tuple[Question, ...]:
        """The questions that a step asks, its own and those of `[[questions]]` that it names."""
        shared = {q.id: q for q in self.file.questions}
        return (*own_questions(step), *(shared[id] for id in question_ids(step) if id in shared))

    def precedes(self, one: Node, other: Node) -> bool:
        """True if one step is certainly over when the other opens: it comes before it, and not in a branch beside it."""
        for a, b in zip(self._holders(one), self._holders(other), strict=False):
            if a is not b:
                return a.sequence == b.sequence and a.number < b.number
        return False

    def _holders(self, node: Node) -> tuple[Node, ...]:
        """The parallels around a step, from the outermost in, and the step itself."""
        found = [node]
        while found[-1].sequence != TRUNK:
            found.append(self.flow.nodes[found[-1].sequence.rpartition("/")[0]])
        return tuple(reversed(found))

    def first(self, step: str) -> Node | None:
        """The first place of a step in the walk."""
        return next((n for n in self.nodes if n.step.id == step), None)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its name, the sentence why it exists, and the function that looks for what breaks it."""

    name: str
    why: str
    severity: Severity
    stage: Stage
    look: Callable[[View], Iterator[Finding]]

    def problems(self, view: View, file: str) -> Iterator[Problem]:
        for finding in self.look(view):
            yield finding.problem(self.name, self.severity, file)


def rule(
    name: str, why: str, severity: Severity = "error", stage: Stage = "file"
) -> Callable[[Callable[[View], Iterator[Finding]]], Rule]:
    """Makes a rule of the function below."""
    return lambda look: Rule(name, why, severity, stage, look)


def own_questions(step: Step) -> tuple[Question, ...]:
    """The questions that stand in the step itself."""
    return tuple(q for q in getattr(step, "questions", ()) if isinstance(q, Question))


def question_ids(step: Step) -> tuple[str, ...]:
    """The questions of `[[questions]]` that a step names."""
    return tuple(q for q in getattr(step, "questions", ()) if isinstance(q, str))
