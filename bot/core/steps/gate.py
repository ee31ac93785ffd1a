"""A door that a person or a condition opens, and time in any case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from bot.core.audience import values
from bot.core.effects import Effect, End, Lane, Note, Say, Wake
from bot.core.events import Due
from bot.core.fields import Span, Text
from bot.core.heard import Heard
from bot.core.ids import derive
from bot.core.message import Block, Button, Message, Part, block, t
from bot.core.scene import Scene
from bot.core.spans import until
from bot.core.steps.base import Step

Keeper = Literal["coordinator", "organiser"]


class Gate(Step):
    """Waits until a person says that it may go on, or until a condition holds; never longer than `timeout`.

    `who` is asked with the words of `ask` and a `checklist`; the first who presses *Go on* opens the gate. `condition` is
    looked at when the gate is reached and when its time is over. `on_timeout = "go_on"` goes on then; `"hold_once"` waits
    for the same time once more and says so. In conditions `done.<id>` is `"opened"` or `"timed_out"`.

        [[step]]
        id = "ready"
        type = "gate"
        who = "coordinator"
        ask = "Is everybody back from the break?"
        checklist = ["The interpreters are there", "The doors are closed"]
        timeout = "20m"
        on_timeout = "hold_once"
    """

    type: Literal["gate"]
    who: Keeper = "coordinator"
    ask: Text = Field(default_factory=dict)
    checklist: tuple[Text, ...] = ()
    condition: str | None = None
    timeout: Span
    on_timeout: Literal["go_on", "hold_once"] = "go_on"
    scope: Literal["site"] = "site"

    names: ClassVar[Literal["", "table", "course"]] = "course"

    @model_validator(mode="after")
    def _opens(self) -> Self:
        if not self.ask and self.condition is None:
            raise ValueError(
                'found nothing that opens the gate; write ask = "…" for a person, or condition = "…", or both'
            )
        if self.duration is not None or self.closes is not None:
            raise ValueError('found duration or closes; a gate ends by its own timeout = "20m"')
        return self

    def begin(self, at: Scene) -> Iterator[Effect]:
        if self._holds(at):
            yield End(at.step, "opened")
            return
        yield self._timer(at, 0)
        if self.ask:
            yield from self._ask(at, self.asked(at, at.now + self.timeout), "ask")

    def hear(self, at: Scene, heard: Heard) -> Iterator[Effect]:
        if heard.press.split(":")[1:2] != ["go"]:
            return
        key = at.key("answer", at.seat.id, derive(heard.id))
        if not self._may_open(at):
            said = t("Only the coordinator or an organiser can do that.")
            yield Say(at.seat.unit, at.message(said), key, Lane.ANSWER, quiet=False)
            return
        yield Note("opened_gate", at.seat.id, {"course": at.course.id, "step": at.step})
        yield Say(at.seat.unit, at.message(t("Thank you. We go on.")), key, Lane.ANSWER, quiet=False)
        yield End(at.step, "opened")

    def due(self, at: Scene, due: Due) -> Iterator[Effect]:
        if due.what != "timeout":
            return
        if self._holds(at):
            yield End(at.step, "opened")
        elif self.on_timeout == "hold_once" and due.n == 0:
            yield self._timer(at, 1)
            yield from self._ask(at, self.asked(at, at.now + self.timeout, again=True), "again")
        else:
            yield Note("gate_timed_out", data={"course": at.course.id, "step": at.step})
            said = t("Nobody opened “{step}” in time. The assembly goes on.", step=self._name(at))
            yield from self._ask(at, at.message(said), "timed-out")
            yield End(at.step, "timed_out")

    def asked(self, at: Scene, end: datetime, *, again: bool = False) -> Message:
        """The question to those who may open the gate, with what happens if nobody answers."""
        blocks: list[Block] = [block(self._name(at), kind="title")]
        if again:
            blocks.append(block(t("The assembly is still waiting here. This is the last time it waits.")))
        blocks += [block(at.local(self.ask))] if self.ask else []
        blocks += [block(at.local(item), kind="item") for item in self.checklist]
        when = until(end, at.now)
        if again or self.on_timeout == "go_on":
            blocks.append(block(t("At {when} the assembly goes on by itself.", when=when), kind="note"))
        else:
            blocks.append(block(t("You will be asked once more at {when}.", when=when), kind="note"))
        return at.message(*blocks, buttons=(Button(t("Go on"), at.press("go", at.course.id, "")),))

    def _may_open(self, at: Scene) -> bool:
        here = any(at.seat.site == site.id for site in at.flow.sites_of(at.course.id))
        keeper = at.seat.role == "organiser" or (at.seat.role == self.who == "coordinator" and here)
        return keeper and at.seat.status == "active"

    def _ask(self, at: Scene, message: Message, key: str) -> Iterator[Effect]:
        if self.who == "organiser":
            yield Say("organisers:", message, at.key(key))
        else:
            for site in at.flow.sites_of(at.course.id):
                yield Say(f"coordinators:{site.id}", message, at.key(key))

    def _timer(self, at: Scene, n: int) -> Wake:
        return Wake(at.now + self.timeout, Due(at.course.id, at.step, "timeout", n=n), at.key("timeout", n))

    def _holds(self, at: Scene) -> bool:
        if self.condition is None:
            return False
        return at.flow.conditions[self.condition].holds(values(at.flow, at.course, None, at.facts))

    def _name(self, at: Scene) -> Part:
        return at.local(self.title or {"": self.id})
