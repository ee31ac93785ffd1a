"""One question to one person: how it is asked, and how an answer is read.

Ballots, surveys and consents are all made of questions. An answer comes as a press (`step:question:option`) or as typed
text; a typed word that matches an option is only taken after the person confirms it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from bot.core.fields import Id, Model, Text

Method = Literal["single", "multi", "yes_no_abstain", "approval", "score", "likert", "number", "open_text", "agree"]

FIXED: dict[str, tuple[str, ...]] = {
    "yes_no_abstain": ("yes", "no", "abstain"),
    "agree": ("agree", "disagree", "pass"),
}
LIKERT = ("1", "2", "3", "4", "5")


class Option(Model):
    """A possible answer. `id` stays the same in every language; `text` is what people read."""

    id: Id
    text: Text


class Question(Model):
    """A question with its ballot method.

    `method` is one of these: `single` one option · `multi` between `min` and `max` options · `approval` any number ·
    `yes_no_abstain` · `agree` agree, disagree or pass, one answer for each option (a list of statements) · `score` a whole
    number from `min` to `max` for each option · `likert` five grades from `labels` · `number` a number between `min` and
    `max` · `open_text` words, at most `max_length` characters.

    `id` is its name in results and conditions. `text` is the question. `options` are the possible answers, each with an
    `id` and a `text`. `min` is the fewest options, the lowest score or the smallest number. `max` is the most options, the
    highest score (5 where nothing is said) or the largest number. `labels` are the five grades, from the lowest to the
    highest. `dont_know` offers a way not to answer. `ordered` says that the options have an order and are never shuffled.
    `max_length` counts the characters of an open text. `attribute` keeps the answer of a survey under this name, for mixing
    tables and for conditions. `correct` names the right option of a quiz, which the person is told.
    """

    id: Id
    method: Method = "single"
    text: Text
    options: tuple[Option, ...] = ()
    min: int | None = None
    max: int | None = None
    labels: tuple[Text, ...] = ()
    dont_know: bool = False
    ordered: bool = False
    max_length: int = Field(default=1000, ge=1, le=3500)
    attribute: Id | None = None
    correct: Id | None = None

    @field_validator("options")
    @classmethod
    def _distinct(cls, options: tuple[Option, ...]) -> tuple[Option, ...]:
        ids = [o.id for o in options]
        if len(set(ids)) != len(ids):
            raise ValueError(f"found the options {', '.join(ids)}; each id may stand once")
        return options

    @model_validator(mode="after")
    def _fits(self) -> Self:
        needs = self.method in ("single", "multi", "approval", "score", "agree")
        if needs and len(self.options) < (1 if self.method in ("agree", "score", "approval") else 2):
            raise ValueError(f'found {len(self.options)} options; the method "{self.method}" needs a list of options')
        if not needs and self.options:
            raise ValueError(f'found options; the method "{self.method}" has none of its own: leave them out')
        if self.method == "score" and not (0 <= (self.min or 0) < (5 if self.max is None else self.max) <= 10):
            raise ValueError(
                f"found a scale from {self.min} to {self.max}; allowed are whole numbers from 0 to 10, min below max"
            )
        if self.method == "likert" and len(self.labels) != 5:
            raise ValueError(
                f'found {len(self.labels)} labels; the method "likert" needs five, from the lowest to the highest'
            )
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"found min = {self.min} above max = {self.max}; min may be at most max")
        if self.method == "multi" and self.max is not None and self.max > len(self.options):
            raise ValueError(
                f"found max = {self.max} with {len(self.options)} options; max may be at most their number"
            )
        if self.correct is not None and self.correct not in {o.id for o in self.options}:
            raise ValueError(f'found correct = "{self.correct}"; allowed are {", ".join(o.id for o in self.options)}')
        return self

    @property
    def items(self) -> tuple[str, ...]:
        """What is answered one by one: the options of `score` and `agree`, else the question itself ("")."""
        return tuple(o.id for o in self.options) if self.method in ("score", "agree") else ("",)

    @property
    def choices(self) -> tuple[str, ...]:
        """The ids that a ballot may name, in order, without `dont_know`."""
        if self.method in FIXED:
            return FIXED[self.method]
        if self.method == "likert":
            return LIKERT
        if self.method == "score":
            return tuple(str(n) for n in range(self.low, self.high + 1))
        return tuple(o.id for o in self.options)

    @property
    def low(self) -> int:
        return self.min or 0

    @property
    def high(self) -> int:
        return 5 if self.max is None else self.max

    @property
    def typed(self) -> bool:
        """True where the answer is typed, not pressed."""
        return self.method in ("number", "open_text")

    @property
    def many(self) -> bool:
        """True where several options may be chosen, and a press adds or removes one."""
        return self.method in ("multi", "approval")

    def read_press(self, option: str, before: Any) -> Any:
        """The choice after pressing `option`, given the choice before (None if none). ValueError if it is not on offer.

        Where many may be chosen the button says what it wants, `+buses` or `-buses` (`buses` alone is `+`): a press that
        comes twice changes nothing the second time. Who writes several at once, `=buses,bikes`, wants these and no others."""
        if option == "dk" and self.dont_know:
            return "dont_know"
        if self.many and option.startswith("="):
            return self._these(option[1:].split(","), before)
        name = option[1:] if self.many and option[:1] in ("+", "-") else option
        if name not in self.choices and not (self.method == "agree" and name == "unclear"):
            raise ValueError(option)
        if self.many:
            chosen = {*before} if isinstance(before, list) else set()
            return self._these(chosen - {name} if option.startswith("-") else chosen | {name}, before)
        return int(option) if self.method in ("score", "likert") else option

    def _these(self, wanted: Collection[str], before: Any) -> Any:
        """These options in their order, or the choice before, where they are too many. ValueError if one is not on offer."""
        if unknown := set(wanted) - {*self.choices}:
            raise ValueError(", ".join(sorted(unknown)))
        limit = self.max if self.method == "multi" and self.max is not None else len(self.options)
        return [c for c in self.choices if c in wanted] if len(set(wanted)) <= limit else before

    def read_text(self, text: str) -> Any:
        """The typed answer of a `number` (a decimal string) or an `open_text` question. ValueError if it does not fit."""
        if self.method == "open_text":
            if not text.strip() or len(text) > self.max_length:
                raise ValueError(text[:40])
            return text.strip()
        plain = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text.strip())
        plain = re.sub(r"[\s'’\u202f\u00a0]", "", plain).replace("−", "-").replace(",", ".")
        try:
            value = Decimal(plain)
        except InvalidOperation as error:
            raise ValueError(text[:40]) from error
        if not value.is_finite() or len(plain) > 20 or abs(value.adjusted()) > 15:
            raise ValueError(text[:40])
        if (self.min is not None and value < self.min) or (self.max is not None and value > self.max):
            raise ValueError(text[:40])
        return format(value.normalize(), "f")

    def complete(self, choice: Any) -> bool:
        """True if this choice (for one item) can stand as an answer."""
        if self.many and isinstance(choice, list):
            return len(choice) >= (self.min or (1 if self.method == "multi" else 0))
        return choice is not None
