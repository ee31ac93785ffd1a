"""Something to read before people talk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from bot.core.asking import NOT_UNDERSTOOD
from bot.core.effects import Done, Effect, Lane, Redraw, Say
from bot.core.fields import MaterialFile, Text
from bot.core.heard import Heard
from bot.core.ids import derive
from bot.core.message import Button, Message, block, t
from bot.core.scene import Scene
from bot.core.steps.base import Step


class Inform(Step):
    """Sends each person a text, in their language and in parts that fit a small screen.

    `text` is the text itself; `parts` are further messages; `sources` says where it comes from. `media` is a picture, a film,
    a sound or a PDF file that goes with the text: a file in the folder `material` beside the flow, for everybody or one for
    each language. With `acknowledge` a button asks whether it was read, and people go on by themselves; without it the step
    ends as soon as it has been sent.

        [[step]]
        id = "reading"
        type = "inform"
        title = "What this is about"
        text = "Every year we throw away a third of our food."
        sources = "Environment Agency, 2026"
    """

    type: Literal["inform"]
    parts: tuple[Text, ...] = ()
    sources: Text = Field(default_factory=dict)
    media: MaterialFile = Field(default_factory=dict)
    acknowledge: bool = False

    reads: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.text and not self.parts:
            raise ValueError("found no text; an inform step needs text or parts")
        return self

    @property
    def waits(self) -> bool:  # type: ignore[override]  # here it depends on `acknowledge`
        return self.acknowledge

    def open(self, at: Scene) -> Iterator[Effect]:
        for number, said in enumerate(self._parts(at)):
            yield Say(at.unit, said, at.key("part", number))

    def hear(self, at: Scene, heard: Heard) -> Iterator[Effect]:
        if heard.press.split(":")[1:2] == ["read"]:
            yield Redraw((at.seat.id,), self._parts(at, read=True)[-1], at.key("read", derive(heard.id)))
            yield Done(at.step, at.unit)
        elif not heard.press and self.acknowledge:
            last = self._parts(at)[-1]
            said = replace(last, blocks=(block(NOT_UNDERSTOOD), *last.blocks), enclosed=None)
            yield Say(at.unit, said, at.key("typed", derive(heard.id)), Lane.ANSWER, quiet=False)

    def _parts(self, at: Scene, *, read: bool = False) -> list[Message]:
        """The messages in order; the last one has the button, marked once it is `read`."""
        texts, found = [text for text in (self.text, *self.parts) if text], list[Message]()
        for number, text in enumerate(texts):
            blocks = [block(at.local(self.title), kind="title")] if self.title and number == 0 else []
            blocks.append(block(at.local(text)))
            last = number == len(texts) - 1
            if last and self.sources:
                blocks.append(block(t("Source: {source}", source=at.local(self.sources)), kind="note"))
            asked = last and self.acknowledge
            button = (Button(t("I have read it"), at.press("read", "", ""), read),) if asked else ()
            said = at.message(*blocks, buttons=button)
            found.append(replace(said, enclosed=at.local(self.media)) if self.media and number == 0 else said)
        return found
