"""The flow laid out as a walk: repeats unrolled, branches side by side.

A `repeat` becomes its steps once for each item or round, with ids such as `talk.energy` or `talk.2`. A `parallel` becomes
one node with a sequence for each of its branches. What remains is finite: nothing is decided here but the order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.core.steps.base import Step
from bot.core.steps.control import Parallel, Repeat

TRUNK = ""
"""The name of the sequence that is not a branch."""

LIMIT = 1000
"""How many steps a flow may have once its repeats are unrolled."""


@dataclass(frozen=True, slots=True)
class Node:
    """A step at its place. `id` is the instance's id, `round` the unrolled suffix (`energy`, `2`, "" outside repeats),
    `sequence` and `index` its place; `until` a condition under which the rest of its repeat is skipped, checked before it
    opens, and `number` its count in the whole walk."""

    id: str
    step: Step
    round: str = ""
    sequence: str = TRUNK
    index: int = 0
    until: str | None = None
    number: int = 0
    branches: tuple[str, ...] = field(default=())


class TooLong(ValueError):
    """The flow has more steps than `LIMIT` once its repeats are unrolled."""


def lay_out(steps: Sequence[Step], lists: Mapping[str, Sequence[Any]], fill: Any) -> dict[str, tuple[Node, ...]]:
    """The sequences of a flow by name.

    `steps` are the flow's steps in order; `lists` the items of its lists; `fill(step, item or None, round)` gives the step
    with the placeholders of its texts filled in. Raises `TooLong`.
    """
    sequences: dict[str, list[Node]] = {}
    children: dict[str | None, list[Step]] = {}
    for step in steps:
        children.setdefault(step.within, []).append(step)
    count = 0

    def put(sequence: str, step: Step, id: str, suffix: str, until: str | None, branches: tuple[str, ...] = ()) -> None:
        nonlocal count
        count += 1
        if count > LIMIT:
            raise TooLong(count)
        row = sequences.setdefault(sequence, [])
        row.append(Node(id, step, suffix, sequence, len(row), until, count, branches))

    def walk(parent: str | None, branch: str | None, sequence: str, suffix: str, item: Any, until: str | None) -> None:
        for step in children.get(parent, []):
            if branch is not None and step.branch != branch:
                continue
            id = f"{step.id}.{suffix}" if suffix else step.id
            if isinstance(step, Repeat):
                for number, entry in enumerate(step.rounds(lists), 1):
                    name = getattr(entry, "id", None) or str(number)
                    inner = f"{suffix}.{name}" if suffix else name
                    walk(step.id, None, sequence, inner, entry, step.until if number > 1 else None)
            elif isinstance(step, Parallel):
                names = tuple(dict.fromkeys(s.branch for s in children.get(step.id, []) if s.branch))
                branches = tuple(f"{id}/{name}" for name in names)
                put(sequence, fill(step, item, suffix), id, suffix, until, branches)
                for name, inner in zip(names, branches, strict=True):
                    sequences.setdefault(inner, [])
                    walk(step.id, name, inner, suffix, item, None)
            else:
                put(sequence, fill(step, item, suffix), id, suffix, until)

    sequences[TRUNK] = []
    walk(None, None, TRUNK, "", None, None)
    return {name: tuple(nodes) for name, nodes in sequences.items()}
