"""A pause: minutes, a night, or weeks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar, Literal, Self

from pydantic import model_validator

from bot.core.effects import Effect, Put, Say
from bot.core.events import Due
from bot.core.message import Block, When, block, t
from bot.core.scene import Scene
from bot.core.steps.base import Step


class Break(Step):
    """Pauses the dialogue for a `duration`, or until `closes`, and tells everybody when it goes on.

    A bare time in `closes` is the next such time, be it tomorrow. Nothing that people write in a break reaches their table.
    Each span in `remind` calls people back so long before the end. With the end a new session begins: bare times in later
    steps are times of that day, and only who has been heard since then counts as present.

        [[step]]
        id = "night"
        type = "break"
        text = "Thank you for this first evening. Sleep well."
        closes = 18:00:00
        remind = ["1h"]
    """

    type: Literal["break"]
    scope: Literal["site"] = "site"

    idle: ClassVar[bool] = True
    next_day: ClassVar[bool] = True

    @model_validator(mode="after")
    def _ends(self) -> Self:
        self.must_end("a break says when it goes on")
        return self

    def begin(self, at: Scene) -> Iterator[Effect]:
        blocks: list[Block] = [block(at.local(self.title), kind="title")] if self.title else []
        blocks.append(block(at.local(self.text) if self.text else t("It is time for a break.")))
        if at.closes is not None:
            blocks.append(
                block(t("We go on here on {when}. You need not do anything until then.", when=When(at.closes)))
            )
        yield Say(at.course.unit, at.message(*blocks), at.key("break"))

    def due(self, at: Scene, due: Due) -> Iterator[Effect]:
        """A reminder that it goes on soon."""
        if due.what == "remind" and at.closes is not None:
            said = t("We go on here on {when}. We look forward to seeing you again.", when=When(at.closes))
            yield Say(at.course.unit, at.message(said), at.key("remind", int(at.now.timestamp())))

    def finish(self, at: Scene) -> Iterator[Effect]:
        yield Put(replace(at.course, session=at.now))
