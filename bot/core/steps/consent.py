"""A person's yes or no, purpose by purpose, before anything that they write is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal, Self, cast

from pydantic import Field, model_validator

from bot.core.asking import LABELS, NOT_UNDERSTOOD
from bot.core.effects import Count, Done, Effect, Grant, Lane, Put, Redraw, Say
from bot.core.fields import Day, Text
from bot.core.heard import Heard
from bot.core.ids import derive
from bot.core.message import Block, Button, Message, Name, Phrase, block, t
from bot.core.names import clean_name
from bot.core.naming import check_name, renamed
from bot.core.scene import Scene
from bot.core.steps.base import Step

if TYPE_CHECKING:
    from bot.core.flow import Flow

Purpose = Literal["transcript", "quotes", "open_data", "research"]

PURPOSES: Mapping[Purpose, Phrase] = {
    "transcript": t("May your words stand in the transcript of your table, under the name you choose?"),
    "quotes": t("May single sentences of yours be quoted outside your table, without your name?"),
    "open_data": t("May your words be published as open data, without your name?"),
    "research": t("May researchers read your words, without your name?"),
}


DRAWS = 3
"""How many names are drawn for a person at most, where names are given: the first one, and two others if they like."""


def drawn(flow: Flow) -> bool:
    """Whether names are drawn in this flow, and not chosen."""
    return any(isinstance(node.step, Consent) and node.step.naming == "given" for node in flow.nodes.values())


TYPED: Mapping[str, frozenset[str]] = {
    "yes": frozenset({"Yes", "1", "one", "the first"}),
    "no": frozenset({"No", "2", "two", "the second"}),
}
"""What people write in place of pressing a button: a number, or one of our texts that means it in their language."""


class Consent(Step):
    """Asks each person for consent: who is responsible, who helps, until when the data is kept, from which age.

    `controllers` and `processors` are named in full, `delete_on` is the day on which the words are deleted. The age rule is
    the site's (`min_age`). `purposes` are asked one by one after the first yes; refusing them never excludes anybody.
    `platform` says what the chat platform itself can read. After the yes each person chooses a name for the table, unless
    `ask_name` is false. With `naming = "given"` nobody chooses: a first name is drawn for each person, another one in each
    assembly, and they may have it drawn anew twice. Before the yes nothing that a person writes is kept.

        [[step]]
        id = "consent"
        type = "consent"
        duration = "2d"
        controllers = ["The Region, Main Street 1"]
        processors = ["Example Agency, who run this program"]
        delete_on = 2027-09-01
        purposes = ["transcript", "quotes"]
        text = "Your table sees your words under a name you choose."
    """

    type: Literal["consent"]
    controllers: tuple[str, ...] = Field(min_length=1)
    processors: tuple[str, ...] = ()
    delete_on: Day
    purposes: tuple[Purpose, ...] = ("transcript", "quotes")
    platform: Text = Field(default_factory=dict)
    ask_name: bool = True
    naming: Literal["chosen", "given"] = "chosen"

    self_paced: ClassVar[bool] = True
    before_consent: ClassVar[bool] = True
    reads: ClassVar[Mapping[str, tuple[str, ...]]] = {"open": ("given",), "hear": ("called", "given", "meaning")}

    @model_validator(mode="after")
    def _names_are_given_to_those_who_have_one(self) -> Self:
        if self.naming == "given" and not self.ask_name:
            raise ValueError(
                'found naming = "given" and ask_name = false: with that nobody has a name. Leave one of the two out'
            )
        return self

    def open(self, at: Scene) -> Iterator[Effect]:
        if at.seat.status == "active":
            yield from self._next(at, 0)
        else:
            yield Say(at.unit, self.letter(at), at.key("letter"), quiet=False)

    def hear(self, at: Scene, heard: Heard) -> Iterator[Effect]:
        what, key = heard.press.split(":"), derive(heard.id)
        if at.seat.status == "new":
            yield from self._first(at, heard, what[-1], key)
        elif what[1:2] == ["purpose"] and what[2] in self.purposes and what[3] in ("yes", "no"):
            purpose, given = what[2], what[3] == "yes"
            yield Grant(at.seat.id, purpose, given, at.flow.ref, at.seat.language)
            yield Redraw((at.seat.id,), self._asked(at, purpose, given), at.key("marked", key))
            yield from self._next(at, 1 + self.purposes.index(purpose))
        elif what[1:2] == ["name"]:
            yield from self._another(at, key)
        elif not heard.press and f"{at.step}:name" in (at.seat.focus, heard.asked):
            yield from self._name(at, heard.text, key)
        elif not heard.press:
            yield from self._typed(at, heard, key)

    def due(self, at: Scene, due: object) -> Iterator[Effect]:
        if at.seat.status == "new":
            yield Say(at.unit, self.letter(at), at.key("remind", int(at.now.timestamp())))

    def letter(self, at: Scene, *, full: bool = False, agreed: bool = False) -> Message:
        """The letter that asks for the first yes; `full` with everybody who is responsible by name. Who has `agreed` keeps it,
        whole and without buttons: it says what was agreed to."""
        age = at.flow.sites[at.seat.site].min_age
        deleted = at.day(self.delete_on)
        blocks: list[Block] = [block(at.local(text)) for text in (self.text, self.platform) if text]
        blocks.append(block(t("We delete our copy on {day}. You can withdraw at any time.", day=deleted)))
        if "quotes" in self.purposes:
            blocks.append(block(t("Quotes are asked separately.")))
        blocks.append(block(t("Responsible: {names}.", names="; ".join(self.controllers))))
        if full:
            if self.processors:
                blocks.append(block(t("Working for them: {names}.", names="; ".join(self.processors))))
            blocks.append(
                block(
                    t(
                        "What we keep: what you write and choose here, when, and in which language. "
                        "Your account is kept apart from your words. Before you say yes, nothing that you write is kept."
                    )
                )
            )
            blocks.append(block(t("/leave ends your participation, and takes back your words if you wish.")))
        if agreed:
            return at.message(*blocks, block(t("You have agreed."), kind="note"))
        buttons = [
            Button(t("I am {age} or older and agree", age=age), at.press("first", "", "yes")),
            Button(t("No, thank you"), at.press("first", "", "no")),
        ]
        if not full:
            buttons.append(Button(t("Read everything"), at.press("first", "", "full")))
        return at.message(*blocks, buttons=tuple(buttons))

    def _first(self, at: Scene, heard: Heard, answer: str, key: str) -> Iterator[Effect]:
        if answer == "yes":
            yield Grant(at.seat.id, "participate", True, at.flow.ref, at.seat.language)
            yield Put(replace(at.seat, status="active"))
            yield Redraw((at.seat.id,), self.letter(at, full=True, agreed=True), at.key("agreed", key))
            yield from self._next(at, 0)
        elif answer == "no":
            yield Grant(at.seat.id, "participate", False, at.flow.ref, at.seat.language)
            yield Put(replace(at.seat, status="refused"))
            yield Count(at.step, at.course.unit, "expected", -1)
            said = at.message(
                t("That is fine. Nothing of yours was kept, and you will get no more messages. Thank you for reading.")
            )
            yield Say(at.unit, said, at.key("no", key), Lane.ANSWER, quiet=False, instead=True)
        else:
            letter = self.letter(at, full=answer == "full")
            if not heard.press:
                letter = replace(letter, blocks=(block(NOT_UNDERSTOOD), *letter.blocks))
            yield Say(at.unit, letter, at.key("letter", key), Lane.ANSWER, quiet=False, instead=heard.press != "")

    def _asked(self, at: Scene, purpose: str, given: bool | None = None) -> Message:
        """The question for a purpose. It stays where it is, with the choice marked: a person may think better of it any day."""
        return at.message(
            PURPOSES[cast(Purpose, purpose)],
            block(t("Whatever you answer, you take part in everything."), kind="note"),
            buttons=(
                Button(t("Yes"), at.press("purpose", purpose, "yes"), given is True),
                Button(t("No"), at.press("purpose", purpose, "no"), given is False),
            ),
            asks=f"{at.step}:purpose:{purpose}",
        )

    def _typed(self, at: Scene, heard: Heard, key: str) -> Iterator[Effect]:
        """Words while a purpose waits for an answer: what they mean is confirmed, like everything that is typed."""
        known = at.facts.get("meaning", frozenset()) | {heard.text.strip().strip(".!)#")}
        named, waits = (
            [*heard.asked.split(":"), "", ""][2],
            at.stage.data.get("waits", "") if at.stage is not None else "",
        )
        purpose = named if named in self.purposes else waits
        given = next((choice for choice, words in TYPED.items() if known & words), "")
        if purpose not in self.purposes or (at.stage is not None and at.stage.state == "done" and not named):
            said = at.message(t("Nothing is open for you right now, so this was not passed on."))
        elif given:
            button = Button(t("Yes, that is my answer"), at.press("purpose", purpose, given))
            said = at.message(
                block(t("Did you mean this?")),
                block(LABELS[given], kind="quote"),
                buttons=(button,),
                asks=f"{at.step}:purpose:{purpose}",
            )
        else:
            said = self._asked(at, purpose)
            said = replace(said, blocks=(block(NOT_UNDERSTOOD), *said.blocks))
        yield Say(at.unit, said, at.key("typed", key), Lane.ANSWER, quiet=False)

    def _next(self, at: Scene, number: int) -> Iterator[Effect]:
        """The next question after the first yes: a purpose, the name, or nothing more. Each is put once."""
        seat = replace(at.seat, status="active")
        if number < len(self.purposes):
            purpose = self.purposes[number]
            yield Put(at.with_data(waits=purpose))
            yield Say(at.unit, self._asked(at, purpose), at.key("purpose", purpose), Lane.ANSWER, quiet=False)
        elif self.ask_name and not seat.name and self.naming == "given":
            yield Put(replace(seat, name=at.facts["given"]))
            yield Put(at.with_data(drawn=1))
            yield Say(at.unit, self._given(at, 1), at.key("name"), Lane.ANSWER, quiet=False)
            yield Done(at.step, at.unit)
        elif self.ask_name and not seat.name:
            asked = at.message(
                t(
                    "What shall your table call you? A first name is enough, and it need not be your own. Please write it."
                ),
                expects="text",
                asks=f"{at.step}:name",
            )
            yield Put(replace(seat, focus=f"{at.step}:name"))
            yield Say(at.unit, asked, at.key("name"), Lane.ANSWER, quiet=False)
        else:
            yield Done(at.step, at.unit)

    def _given(self, at: Scene, drawn: int) -> Message:
        """The name that somebody was given, and, while it can be drawn anew, a button for that."""
        said = t(
            "Your table calls you {name}. This name was drawn for you: it tells nothing about you.",
            name=Name(at.seat.id),
        )
        again = (Button(t("Draw another name"), at.press("name", "again")),) if drawn < DRAWS else ()
        return at.message(said, buttons=again)

    def _another(self, at: Scene, key: str) -> Iterator[Effect]:
        """Somebody would like to be called something else than what was drawn for them."""
        drawn = at.stage.data.get("drawn", 0) if at.stage is not None else 0
        if not 0 < drawn < DRAWS:
            said = at.message(
                t("Your name stays {name} now: it was drawn anew as often as it can be.", name=Name(at.seat.id))
            )
            yield Say(at.unit, said, at.key("stays", key), Lane.ANSWER, quiet=False)
            return
        if at.seat.table:
            told = renamed(at.seat, at.facts["given"])
            yield Say(f"table:{at.seat.table}", told, at.key("renamed", key), Lane.TALK, (at.seat.id,))
        yield Put(replace(at.seat, name=at.facts["given"]))
        yield Put(at.with_data(drawn=drawn + 1))
        yield Say(at.unit, self._given(at, drawn + 1), at.key("name", key), Lane.ANSWER, quiet=False, instead=True)

    def _name(self, at: Scene, text: str, key: str) -> Iterator[Effect]:
        name = clean_name(text)
        problem = check_name(name, at.facts["called"])
        if problem is not None:
            yield Say(at.unit, at.message(problem, expects="text"), at.key("name", key), Lane.ANSWER, quiet=False)
            return
        yield Put(replace(at.seat, name=name, focus=""))
        yield Say(
            at.unit, at.message(t("Thank you, {name}.", name=name)), at.key("named", key), Lane.ANSWER, quiet=False
        )
        yield Done(at.step, at.unit)
