"""One event's way through the core: the state as it changes, and the effects as they come.

A `Turn` lives for one call of `advance` and is never seen outside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.core.audience import takes_part
from bot.core.effects import Count, Done, Effect, End, Put, Say, Wake
from bot.core.events import Due
from bot.core.flow import Flow
from bot.core.itinerary import Node
from bot.core.joining import settle
from bot.core.message import message, t
from bot.core.scene import Scene
from bot.core.state import Course, Seat, Stage, State

NOTICE = timedelta(seconds=60)
"""The notice that an early close gives."""


class Turn:
    """Collects the effects of one event and keeps the state that later hooks of the same event see."""

    def __init__(self, flow: Flow, state: State, now: datetime) -> None:
        self.flow = flow
        self.state = state
        self.now = now
        self.effects: list[Effect] = []

    @property
    def course(self) -> Course:
        return self.state.course

    def scene(self, node: Node, unit: str) -> Scene:
        return Scene(self.flow, node, self.now, self.state, unit)

    def hook(self, node: Node, unit: str, effects: Iterator[Effect]) -> None:
        """Take what a hook of this node yields."""
        self.take(effects, node, unit)

    def take(self, effects: Iterable[Effect], node: Node | None = None, unit: str = "") -> None:
        for effect in effects:
            match effect:
                case Put(value):
                    self.put(value)
                case Done(step, of):
                    self.done(self.flow.nodes[step], of)
                case Count(step, of, name, by) if of == self.course.unit:
                    self.count(self.flow.nodes[step], name, by)
                    self.close_if_all_done(self.flow.nodes[step])
                case End(step, outcome):
                    self.wake(self.now, self.flow.nodes[step], "finish", outcome=outcome)
                case _:
                    self.effects.append(effect)

    def put(self, value: Stage | Course | Seat) -> None:
        """A new value: seen by what comes later in this turn, saved once at its end."""
        match value:
            case Course():
                self.state = replace(self.state, course=value)
            case Seat():
                if self.state.seat is not None and self.state.seat.id == value.id:
                    self.state = replace(self.state, seat=value)
            case Stage():
                self.state = replace(self.state, stages={**self.state.stages, (value.step, value.unit): value})
        self.effects = [e for e in self.effects if not (isinstance(e, Put) and _same(e.value, value))]
        self.effects.append(Put(value))

    def wake(self, at: datetime, node: Node, what: str, unit: str = "", n: int = 0, **data: Any) -> None:
        """Set a timer of this course for a step."""
        key = f"{self.course.id}/{node.id}/{what}/{unit}/{n}/{int(at.timestamp() * 1000)}"
        self.effects.append(Wake(at, Due(self.course.id, node.id, what, unit, n, data), key))

    def count(self, node: Node, name: str, by: int = 1) -> int:
        """Add to a counter of the step on this course; returns its new value."""
        value = self.counter(node, name) + by
        counters = {**self.state.facts.get("counters", {}), (node.id, name): value}
        self.state = replace(self.state, facts={**self.state.facts, "counters": counters})
        self.effects.append(Count(node.id, self.course.unit, name, by))
        return value

    def counter(self, node: Node, name: str) -> int:
        """A counter of the step on this course: `expected`, `done`, `closed` units, or `left` rows of its fan-out."""
        return int(self.state.facts.get("counters", {}).get((node.id, name), 0))

    def done(self, node: Node, unit: str) -> None:
        """A unit has finished its part: mark it, count it, let a person go on, and end the step early if all are through."""
        stage = self.state.stages.get((node.id, unit))
        if stage is None or stage.state == "done":
            return
        self.put(replace(stage, state="done"))
        if node.id in self.course.open:
            self.count(node, "done")
            self.close_if_all_done(node)
        if unit.startswith("seat:"):
            self.go_on(node, unit)

    def waiting(self) -> list[Node]:
        """The open steps that wait for the addressed person."""
        unit = self.state.seat.unit if self.state.seat is not None else ""
        return [
            self.flow.nodes[step]
            for step in self.course.open
            if (stage := self.state.stages.get((step, unit))) is not None and stage.state == "open"
        ]

    def close_if_all_done(self, node: Node) -> None:
        """End the step early if its flow says so, all its units are there and all are through. Self-paced steps end together:
        when everybody has come to the end of the last one."""
        run = self.flow.run_of(node)
        last = run[-1]
        entry = self.course.open.get(last.id)
        if entry is None or last.step.early_close != "all_answered" or entry.notice:
            return
        here = [each for each in run if each.id in self.course.open]
        through = all(
            self.counter(each, "done") >= self.counter(each, "expected") and self.counter(each, "left") == 0
            for each in here
        )
        if through and any(self.counter(each, "done") for each in here):
            self.close_early(last)

    def close_early(self, node: Node) -> None:
        """Everybody has answered: give a minute's notice, then close; at once where a minute would serve nobody."""
        entry = self.course.open[node.id]
        closes = self.now + NOTICE if node.step.notice else self.now
        if entry.closes is not None and entry.closes <= closes:
            return
        opened = {**self.course.open, node.id: replace(entry, closes=closes, notice=True)}
        self.put(replace(self.course, open=opened))
        text = t("Everyone has answered. This closes in one minute; until then you can still change your answer.")
        if node.step.notice and not node.step.self_paced:
            self.effects.append(
                Say(
                    f"answering:{self.course.id}:{node.id}",
                    message(text, step=node.id),
                    f"{self.course.id}/{node.id}/notice",
                )
            )
        self.wake(closes + node.step.grace, node, "close")

    def go_on(self, node: Node, unit: str) -> None:
        """A person who has finished a self-paced step goes on to the next one of the run; at night too, if they are awake."""
        before = {id(effect) for effect in self.effects}
        run = self.flow.run_of(node)
        place = next(i for i, n in enumerate(run) if n.id == node.id)
        opened = any(self.open_unit(following, unit) for following in run[place + 1 :])
        seat = self.state.seat
        if not opened and seat is not None and node.step.self_paced and seat.status == "active":
            self.settle(node, seat)
        if seat is not None and seat.unit == unit and seat.heard is not None and seat.heard >= self.now:
            self.effects = [
                replace(e, quiet=False) if isinstance(e, Say) and e.to == unit and id(e) not in before else e
                for e in self.effects
            ]

    def open_unit(self, node: Node, unit: str) -> bool:
        """Open a step's stage for one unit, if it takes part. False if the step is not for it."""

        if (node.id, unit) in self.state.stages or not takes_part(self.flow, node, self.state, unit):
            return False
        scene = self.scene(node, unit)
        self.put(scene.fresh_stage())
        if node.id in self.course.open:
            self.count(node, "expected")
        self.hook(node, unit, node.step.open(self.scene(node, unit)))
        return True

    def settle(self, node: Node, seat: Seat) -> None:
        """A person has finished the opening steps. Who is late gets a table and the steps that are open now."""

        self.take(settle(self.flow, self.state, seat, node, self.now), node, seat.unit)


def _same(a: Any, b: Any) -> bool:
    if type(a) is not type(b):
        return False
    if isinstance(a, Stage):
        return bool(a.step == b.step and a.unit == b.unit)
    return bool(a.id == b.id)
