"""Questions about a person: for mixing tables, for breakdowns, a quiz, an evaluation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar, Literal

from pydantic import Field

from bot.core.asking import WAITING, Slot, slots_of
from bot.core.counting import record_counts
from bot.core.effects import Cast, Effect, Put, Say
from bot.core.heard import Heard
from bot.core.message import Block, block, t
from bot.core.questions import Question
from bot.core.scene import Scene
from bot.core.series import Series, carry_on, keep_words, reword, start
from bot.core.state import Contribution
from bot.core.steps.base import Step

LATE = t("The others answered this before you came, so your answers no longer go into the results.")
PLACED = t(
    "The others answered this before you came, so your answers no longer go into the results. They help to find a table "
    "for you."
)


class Survey(Step):
    """Asks each person in private, one question after the other.

    `questions` are written here, each with its ballot method.
    A question with `attribute` keeps its answer for mixing tables (`mix_by`) and for conditions; one with `correct` is a
    quiz question, and the person is told whether it was right. Answers are counted like a secret ballot; only the counts
    are shown or exported.

        [[step]]
        id = "profile"
        type = "survey"
        duration = "2d"
        text = "Three short questions, so that every table is mixed."
        questions = [
          { id = "area", attribute = "area", text = "Where do you live?", options = [
            { id = "city", text = "In a city" }, { id = "country", text = "In the country" } ] },
        ]
    """

    type: Literal["survey"]
    questions: tuple[Question, ...] = Field(min_length=1)

    self_paced: ClassVar[bool] = True
    shown_by: ClassVar[str] = WAITING
    reads: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "hear": ("choices", "meaning"),
        "finish": ("ballots",),
    }

    def open(self, at: Scene) -> Iterator[Effect]:
        intro = [block(at.local(self.text))] if self.text else []
        if at.step not in at.course.open:
            intro.append(block(PLACED if any(q.attribute for q in self.questions) else LATE, kind="note"))
        yield from start(at, slots_of(self.questions), tuple(intro))

    def hear(self, at: Scene, heard: Heard) -> Iterator[Effect]:
        def store(slot: Slot, choice: Any) -> Iterator[Effect]:
            question = slot.question
            if question.method == "open_text" and choice != "dont_know":
                yield keep_words(at, slot, choice, shared=self.record in ("full", "items_only"))
            elif question.method != "open_text":
                yield Cast(at.step, at.seat.id, question.id, slot.item, choice, secret=True)
            if question.attribute is not None and isinstance(choice, str | int):
                yield Put(replace(at.seat, attributes={**at.seat.attributes, question.attribute: str(choice)}))

        def remark(slot: Slot, choice: Any) -> Block | None:
            question = slot.question
            if question.correct is None:
                return None
            right = next(o for o in question.options if o.id == question.correct)
            if choice == question.correct:
                return block(t("That is right."))
            return block(t("Not quite. It is: {answer}", answer=at.local(right.text)))

        thanks = t("Thank you, that was the last question. Your answer:")
        slots = slots_of(self.questions)
        yield from carry_on(at, heard, Series(slots, at.facts.get("choices", {}), thanks, remark=remark), store)

    def edited(self, at: Scene, given: Contribution, text: str, key: str) -> Iterator[Effect]:
        yield from reword(at, slots_of(self.questions), given, text, key)
        asked = next((q for q in self.questions if q.id == given.target and q.attribute), None)
        if asked is not None and asked.attribute is not None and 0 < len(text.strip()) <= asked.max_length:
            yield Put(replace(at.seat, attributes={**at.seat.attributes, asked.attribute: text.strip()}))

    def due(self, at: Scene, due: object) -> Iterator[Effect]:
        yield Say(
            at.unit,
            at.message(t("A question above still waits for you. It takes a minute.")),
            at.key("remind", int(at.now.timestamp())),
        )

    def finish(self, at: Scene) -> Iterator[Effect]:
        yield from record_counts(at, slots_of(self.questions), secret=True)
