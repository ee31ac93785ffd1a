"""What a hook may see: the flow, the step, the time, and the state that was loaded for this event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from bot.core.message import Block, Button, Local, Message, Part, When, message
from bot.core.schedule import resolve
from bot.core.state import Course, Seat, Stage, State, Table

if TYPE_CHECKING:
    from bot.core.flow import Flow
    from bot.core.itinerary import Node


@dataclass(frozen=True, slots=True)
class Scene:
    """One hook's view. `unit` is whom the hook is for: `seat:…`, `table:…` or `course:…`."""

    flow: Flow
    node: Node
    now: datetime
    state: State
    unit: str

    @property
    def step(self) -> str:
        """The id of the step instance: `talk`, or `talk.energy` inside a `repeat`."""
        return self.node.id

    @property
    def course(self) -> Course:
        return self.state.course

    @property
    def seat(self) -> Seat:
        if self.state.seat is None:
            raise LookupError(f"no seat is addressed at {self.step}")
        return self.state.seat

    @property
    def table(self) -> Table | None:
        return self.state.table

    @property
    def stage(self) -> Stage | None:
        """The stage of this unit, None before it opened."""
        return self.state.stages.get((self.step, self.unit))

    @property
    def facts(self) -> Mapping[str, Any]:
        return self.state.facts

    @property
    def closes(self) -> datetime | None:
        """The announced end of the step on this course; for a person to whom a question comes only in the morning, because it
        opened in their quiet hours, the end of its duration from there."""
        entry, step, seat = self.course.open.get(self.step), self.node.step, self.state.seat
        if entry is None or entry.closes is None or seat is None or self.unit != seat.unit:
            return entry.closes if entry else None
        if step.scope != "person" or step.self_paced or step.duration is None or entry.notice:
            return entry.closes
        morning = self.flow.awake(seat.site, entry.opened)
        return max(entry.closes, morning + step.duration) if morning > entry.opened else entry.closes

    def fresh_stage(self, **data: Any) -> Stage:
        """A new open stage for this unit, with the announced end of the step."""
        return Stage(self.step, self.unit, self.now, self.closes, data=data)

    def with_data(self, **data: Any) -> Stage:
        """This unit's stage with some of its data changed."""
        stage = self.stage or self.fresh_stage()
        return replace(stage, data={**stage.data, **data})

    def day(self, day: date) -> When:
        """A day of the calendar as this person reads it, the same one in every zone."""
        return When(resolve(time(12), self.flow.sites[self.seat.site].zone, day), "date")

    def local(self, text: Mapping[str, str]) -> Local:
        """An organiser's text as a message part."""
        return self.flow.local(text)

    def message(
        self,
        *blocks: Block | Part,
        buttons: tuple[Button, ...] = (),
        expects: Any = "",
        asks: str = "",
        shows: str = "",
    ) -> Message:
        """A message that belongs to this step; `asks` is the question that a reply to it answers, `shows` the digest in it."""
        said = message(*blocks, buttons=buttons, step=self.step, expects=expects)
        return replace(said, asks=asks, shows=shows) if asks or shows else said

    def press(self, *parts: str) -> str:
        """What a button of this step carries."""
        return ":".join((self.step, *parts))

    def key(self, *parts: str | int) -> str:
        """A key unique to this step, unit and the parts."""
        return "/".join((self.course.id, self.step, self.unit, *map(str, parts)))
