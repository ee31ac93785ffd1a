"""The last words that a person reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from bot.core.effects import Done, Effect, Put, Say
from bot.core.fields import Span, Text
from bot.core.message import Block, Message, Name, Part, Plain, Several, When, block, t
from bot.core.scene import Scene
from bot.core.steps.base import Step
from bot.core.steps.consent import Consent


class Farewell(Step):
    """Thanks each person, says what happens next and when the words are deleted, and ends the dialogue for them.

    `text` are the thanks, `next` what happens with the results. The day of deletion is the one that `consent` has promised;
    in a flow without consent, `delete_after` counts from the farewell. If both are given, the earlier day is told.
    `certificate` adds a message that says who took part in what, and when.

        [[step]]
        id = "end"
        type = "farewell"
        text = "Thank you for two evenings of your time."
        next = "The Region answers by 30 June, here in this chat."
        delete_after = "90d"
        certificate = true
    """

    type: Literal["farewell"]
    next: Text = Field(default_factory=dict)
    delete_after: Span | None = None
    certificate: bool = False
    scope: Literal["person"] = "person"

    waits: ClassVar[bool] = False

    def open(self, at: Scene) -> Iterator[Effect]:
        blocks: list[Block] = [block(at.local(self.title), kind="title")] if self.title else []
        blocks.append(block(at.local(self.text) if self.text else t("Thank you for taking part.")))
        blocks += [block(part) for part in self.follows(at)]
        deleted = self.deleted_on(at)
        if deleted is not None:
            blocks.append(block(t("We delete our copy of what you wrote on {day}.", day=at.day(deleted))))
        blocks.append(block(t("This dialogue ends here. You need not do anything more.")))
        yield Say(at.unit, at.message(*blocks), at.key("thanks"))
        if self.certificate:
            yield Say(at.unit, self.attest(at), at.key("certificate"))
        yield Put(replace(at.seat, focus="", walk=""))
        yield Done(at.step, at.unit)

    def follows(self, at: Scene) -> list[Part]:
        """What happens next: in the organiser's words, else what the mandate says of the answer."""
        if self.next:
            return [at.local(self.next)]
        mandate = at.flow.file.mandate
        parts: list[Part] = []
        if mandate.addressees:
            parts.append(
                t("The results go to {names}.", names=Several(tuple(Plain(name) for name in mandate.addressees)))
            )
        if mandate.answer_due is not None:
            parts.append(t("An answer is promised by {day}.", day=at.day(mandate.answer_due)))
        return parts

    def deleted_on(self, at: Scene) -> date | None:
        """The day on which the words are deleted, never later than what consent has promised; None if nothing is said."""
        days = [n.step.delete_on for n in at.flow.nodes.values() if isinstance(n.step, Consent)]
        if self.delete_after is not None:
            days.append((at.now + self.delete_after).astimezone(at.flow.zone(at.course.id)).date())
        return min(days, default=None)

    def attest(self, at: Scene) -> Message:
        """That this person took part: title, days, name, and who called the assembly."""
        file, zone = at.flow.file, at.flow.zone(at.course.id)
        began = at.course.started or at.now
        first, last = When(began, "date"), When(at.now, "date")
        title = at.local(file.flow.title)
        name: Part = Name(at.seat.id)
        if began.astimezone(zone).date() == at.now.astimezone(zone).date():
            said = t("{name} took part in “{title}” on {day}.", name=name, title=title, day=last)
        else:
            said = t(
                "{name} took part in “{title}” from {first} to {last}.", name=name, title=title, first=first, last=last
            )
        blocks = [block(t("Certificate"), kind="title"), block(said)]
        blocks.append(block(t("Called by: {by}", by=at.local(file.mandate.by))))
        return at.message(*blocks)
