"""The first words that a person reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar, Literal

from pydantic import Field

from bot.core.effects import Done, Effect, Lane, Put, Redraw, Say
from bot.core.fields import MaterialFile, Text
from bot.core.heard import Heard
from bot.core.ids import derive
from bot.core.message import Block, Button, Lang, Message, Plain, block, t
from bot.core.scene import Scene
from bot.core.steps.base import Step


class Welcome(Step):
    """Greets each person in private: who asks, what is asked, what happens with the answers, how long it takes, whom to call.

    The mandate comes from `[mandate]`; `text` is the greeting, `rules` the rules of the talk, `hint` how long it takes.
    `language_choice` offers the flow's other languages as buttons. `media` is a picture, a film, a sound or a PDF file that
    goes with it, from the folder `material` beside the flow. Nothing that a person writes is kept here.

        [[step]]
        id = "welcome"
        type = "welcome"
        duration = "2d"
        text = "Good evening. Two evenings, 90 minutes each. You need no knowledge and may stop at any time."
    """

    type: Literal["welcome"]
    rules: Text = Field(default_factory=dict)
    hint: Text = Field(default_factory=dict)
    language_choice: bool = True
    media: MaterialFile = Field(default_factory=dict)

    self_paced: ClassVar[bool] = True
    before_consent: ClassVar[bool] = True
    shown_by: ClassVar[str] = "show:"

    def open(self, at: Scene) -> Iterator[Effect]:
        yield Say(at.unit, self.greeting(at), at.key("hello"), quiet=False)

    def hear(self, at: Scene, heard: Heard) -> Iterator[Effect]:
        what, key = heard.press.split(":"), derive(heard.id)
        if what[1:2] == ["go"]:
            yield Redraw((at.seat.id,), replace(self.greeting(at), buttons=()), at.key("read", key))
            yield Done(at.step, at.unit)
        elif what[1:2] == ["lang"] and what[-1] in at.flow.languages:
            yield Put(replace(at.seat, language=what[-1]))
            greeting = self.greeting(at, what[-1])
            yield Say(at.unit, greeting, at.key("hello", key), Lane.ANSWER, quiet=False, instead=True)
        else:
            yield Say(at.unit, self.greeting(at), at.key("again", key), Lane.ANSWER, quiet=False)

    def due(self, at: Scene, due: object) -> Iterator[Effect]:
        yield Say(at.unit, self.greeting(at), at.key("remind", int(at.now.timestamp())))

    def greeting(self, at: Scene, language: str = "") -> Message:
        """The greeting, with the languages this person does not read yet as buttons."""
        mandate = at.flow.file.mandate
        blocks: list[Block] = [block(at.local(self.title), kind="title")] if self.title else []
        greeting = (at.local(self.text), Plain(" ")) if self.text else ()
        blocks.append(block(*greeting, t("I am Pnyx, a program.")))
        asked = t("{by} would like to know: {question}", by=at.local(mandate.by), question=at.local(mandate.question))
        blocks.append(block(asked))
        blocks += [block(at.local(text)) for text in (mandate.promise, self.hint, self.rules) if text]
        if mandate.contact:
            blocks.append(block(t("Would you rather speak to a person? {contact}", contact=at.local(mandate.contact))))
        others = [c for c in at.flow.languages if c != (language or at.seat.language)] if self.language_choice else []
        buttons = [Button(t("Continue"), at.press("go", "", ""))]
        buttons += [Button(Lang(code, own=True), at.press("lang", "", code)) for code in others]
        said = at.message(*blocks, buttons=tuple(buttons))
        return replace(said, enclosed=at.local(self.media)) if self.media else said
