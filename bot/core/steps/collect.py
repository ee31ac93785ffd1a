"""People give ideas and arguments, each in private."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from bot.core.effects import Amend, Done, Effect, Keep, Lane, Put, Recall, Say, Withdraw
from bot.core.events import Due, Retold
from bot.core.fields import Text
from bot.core.heard import Heard
from bot.core.helped import with_help
from bot.core.message import Block, Button, Message, Name, Phrase, Words, block, t, tn
from bot.core.names import clean_name, clean_text
from bot.core.scene import Scene
from bot.core.series import focus_on
from bot.core.spans import until
from bot.core.state import Contribution
from bot.core.steps.base import Step
from bot.core.translation import interpreting
from bot.core.translation.translators import texts

Side = Literal["for", "against", "condition", "question"]

SIDES: Mapping[str, Phrase] = {
    "for": t("For"),
    "against": t("Against"),
    "condition": t("Only if"),
    "question": t("A question"),
}


class Collect(Step):
    """Asks each person in private for ideas or arguments, in their own words.

    `text` is what is asked. Each person gives from `min_each` to `max_each` items of at most `max_length` characters and can
    take each of them back for as long as it is open. With `sides` a button asks what an item is: "for", "against",
    "condition" or "question", before it is written or after. `show = "table"` passes each item on to the author's
    table, without a name unless `named`. With `pictures = "pass"` an item may come with a picture or a film, which is then
    shown with it at once; nobody looks at it first.

        [[step]]
        id = "arguments"
        type = "collect"
        duration = "15m"
        text = "Should every shop take back bottles? Write your arguments, one message for each."
        sides = ["for", "against"]
        max_each = 3
        show = "table"
    """

    type: Literal["collect"]
    text: Text
    min_each: int = Field(default=1, ge=0, le=20)
    max_each: int = Field(default=5, ge=1, le=20)
    max_length: int = Field(default=500, ge=20, le=3500)
    sides: tuple[Side, ...] = ()
    show: Literal["never", "table"] = "never"
    named: bool = False
    pictures: Literal["pass", "no"] = "no"

    takes: ClassVar[frozenset[str]] = frozenset(("photo", "video", "animation"))
    reads: ClassVar[Mapping[str, tuple[str, ...]]] = {"hear": ("own",), "retold": ("texts",)}

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if not self.text:
            raise ValueError("found no text; a collect step asks for something: say in text what people are to write")
        if self.min_each > self.max_each:
            raise ValueError(
                f"found min_each = {self.min_each} above max_each = {self.max_each}; min_each may be at most max_each"
            )
        if len(set(self.sides)) != len(self.sides) or len(self.sides) == 1:
            raise ValueError(
                f"found the sides {', '.join(self.sides)}; leave sides out, or name two or more of {', '.join(SIDES)}, each once"
            )
        if self.pictures == "pass" and self.show == "never":
            raise ValueError(
                'found pictures = "pass" with show = "never"; a picture is only kept to be shown: show = "table"'
            )
        if self.named and self.show == "never":
            raise ValueError('found named with show = "never"; a name is only shown with show = "table"')
        return self

    def open(self, at: Scene) -> Iterator[Effect]:
        yield Put(at.with_data(items=[], side=""))
        yield Put(replace(at.seat, focus=self._text(at)))
        asked = at.message(*self._asked(at), buttons=self._sides(at), expects="text", asks=self._text(at))
        yield Say(at.unit, asked, at.key("ask"))

    def hear(self, at: Scene, heard: Heard) -> Iterator[Effect]:
        what, key = heard.press.split(":"), heard.contribution
        match what[1:]:
            case ["side", "", side] if side in self.sides:
                yield from self._choose(at, side, key)
            case ["side", id, side] if side in self.sides:
                yield from self._mark(at, id, side, key)
            case ["back", id, ""]:
                yield from self._take_back(at, id, key)
            case ["change", "", ""]:
                yield from self._answer(
                    at, key, *self._listed(at), buttons=self._each_back(at), expects="text", instead=True
                )
            case ["all", "", ""]:
                yield from self._enough(at, key)
            case _ if heard.press:
                yield from self._answer(at, key, *self._asked(at), buttons=self._sides(at))
            case _:
                yield from self._take(at, heard, key)

    def edited(self, at: Scene, given: Contribution, text: str, key: str) -> Iterator[Effect]:
        cleaned = clean_text(text, self.max_length)
        if cleaned.problem is not None or not clean_name(cleaned.text):
            why = cleaned.problem or t("I see no text there. Please write it in words.")
            yield from self._answer(at, key, block(why), block(t("What you wrote first still stands.")))
            return
        shown = self._shown(at, given)
        edited = replace(shown, blocks=(*shown.blocks, block(t("(edited)"), kind="note")))
        instead = replace(shown, blocks=(block(t("This has been changed:"), kind="note"), *shown.blocks))
        yield Amend(given.seat, given.id, cleaned.text, edited, instead, at.key("edit", key))
        said = (block(t("Changed. It is now:")), block(Words(given.id), kind="quote"))
        yield from self._answer(at, key, *said, buttons=(self._back(at, given.id),))

    def withdrawn(self, at: Scene, given: Contribution, key: str) -> Iterator[Effect]:
        yield from self._take_back(at, given.id, key)

    def due(self, at: Scene, due: Due) -> Iterator[Effect]:
        if due.what == "remind":
            buttons = (*self._sides(at), self._all(at))
            said = at.message(*self._asked(at), buttons=buttons, expects="text", asks=self._text(at))
            yield Say(at.unit, said, at.key("remind", int(at.now.timestamp())))

    def _take(self, at: Scene, heard: Heard, key: str) -> Iterator[Effect]:
        """Something was written: keep it whole, or say why not."""
        items, cleaned = self._items(at), clean_text(heard.text, self.max_length)
        if len(items) >= self.max_each:
            full = t("This one was not kept: you have given {n}, and that is all there is room for.", n=len(items))
            instead = t("You can take one of them back and write again.")
            yield from self._answer(at, key, block(full), block(instead))
            return
        if cleaned.problem is not None:
            yield from self._answer(at, key, block(cleaned.problem), block(t("It was not kept yet.")), expects="text")
            return
        if not clean_name(cleaned.text):
            why = t("I see no text there. Please write it in words.")
            if heard.media:
                why = t("A picture alone cannot be counted. Please send it again with a sentence beside it.")
            yield from self._answer(at, key, block(why), expects="text")
            return
        if heard.media and self.pictures == "no":
            yield from self._answer(
                at, key, block(t("Only words can be taken here, so this was not kept.")), expects="text"
            )
            return
        side = str(at.stage.data.get("side", "")) if at.stage is not None else ""
        given = Contribution(
            key, at.step, at.seat.table, at.seat.site, at.seat.id, "idea", cleaned.text, at.now, at.seat.language,
            side=side, shared=self.record in ("full", "items_only"), helped=at.seat.helped, media=heard.media,
        )  # fmt: skip
        items = [*items, key]
        last = len(items) >= self.max_each
        yield Keep(given)
        yield Put(at.with_data(items=items, side=""))
        yield from focus_on(at, "" if last else self._text(at))
        yield from self._kept(at, given, len(items), asks_side=bool(self.sides) and not side)
        yield from self._pass_on(at, given)
        if last:
            yield Done(at.step, at.unit)

    def _kept(self, at: Scene, given: Contribution, number: int, *, asks_side: bool) -> Iterator[Effect]:
        blocks = list(with_help(at.seat))
        blocks.append(block(t("Thank you. I have kept ({number} of {most}):", number=number, most=self.max_each)))
        blocks.append(block(Words(given.id), kind="quote"))
        if asks_side:
            blocks.append(block(t("Which of these is it?")))
        elif number < self.max_each:
            blocks.append(block(t("You can write another one."), kind="note"))
        buttons = [*(self._sides(at, given.id) if asks_side else ()), self._back(at, given.id)]
        buttons += [self._all(at)] if number < self.max_each else []
        more = "text" if number < self.max_each else ""
        yield from self._answer(at, given.id, *blocks, buttons=tuple(buttons), expects=more)

    def _choose(self, at: Scene, side: str, key: str) -> Iterator[Effect]:
        """The side first, then the text. The question stays above it, with the side marked."""
        yield Put(at.with_data(side=side))
        yield from focus_on(at, self._text(at))
        asked = (*self._asked(at), block(t("{side}: please write it now.", side=SIDES[side])))
        buttons = self._sides(at, chosen=side)
        yield from self._answer(at, key, *asked, buttons=buttons, expects="text", instead=True)

    def _mark(self, at: Scene, id: str, side: str, key: str) -> Iterator[Effect]:
        """The side of something already written."""
        given = next((c for c in at.facts["own"] if c.id == id), None)
        if given is None:
            yield from self._answer(at, key, block(t("You have taken this back.")), instead=True)
            return
        yield Keep(replace(given, side=side))
        said = t("Noted: {side}.", side=SIDES[side])
        buttons = (*self._sides(at, id, chosen=side), self._back(at, id), self._all(at))
        yield from self._answer(at, key, block(said), block(Words(id), kind="quote"), buttons=buttons, instead=True)

    def _take_back(self, at: Scene, id: str, key: str) -> Iterator[Effect]:
        items = self._items(at)
        if id in items:
            yield Withdraw(at.seat.id, id)
            yield Recall(id, at.seat.table, at.key("back", id))
            yield Put(at.with_data(items=[i for i in items if i != id]))
            yield from focus_on(at, self._text(at))
        taken = (
            t("Taken back; your table may already have read it. You can write another one.")
            if self.show == "table"
            else t("Taken back. You can write another one.")
        )
        yield from self._answer(at, key, block(taken), buttons=self._sides(at), expects="text", instead=True)

    def _enough(self, at: Scene, key: str) -> Iterator[Effect]:
        n = len(self._items(at))
        if n < self.min_each:
            wanted = tn(
                "Please write one before you go on.", "Please write {n} in all before you go on.", self.min_each
            )
            yield from self._answer(at, key, block(wanted), buttons=self._sides(at), expects="text", instead=True)
            return
        blocks = [block(tn("Thank you for your contribution.", "Thank you for your {n} contributions.", n))]
        if at.closes is not None:
            when = until(at.closes, at.now)
            blocks.append(block(t("You can add to it or take it back until {when}.", when=when), kind="note"))
        change = (Button(t("Change"), at.press("change", "", "")),) if n else ()
        yield from self._answer(at, key, *blocks, buttons=change, instead=True)
        yield from focus_on(at, "")
        yield Done(at.step, at.unit)

    def _pass_on(self, at: Scene, given: Contribution) -> Iterator[Effect]:
        """Let the author's table read it."""
        if self.show == "table" and at.seat.table:
            table, key = f"table:{at.seat.table}", at.key("item", given.id)
            yield Say(table, self._shown(at, given), key, Lane.TALK, without=(at.seat.id,))

    def _shown(self, at: Scene, given: Contribution) -> Message:
        """An item as the author's table reads it."""
        new = t("{name} writes:", name=Name(given.seat)) if self.named else t("Somebody at your table writes:")
        side = (block(SIDES[given.side], kind="note"),) if given.side else ()
        said = at.message(block(new), block(Words(given.id, own=True), kind="quote"), *side)
        return replace(said, about=given.id, enclosed=Words(given.id) if given.media else None)

    def retold(self, at: Scene, told: Retold) -> Iterator[Effect]:
        text = texts(at.state).get(f"{told.contribution}@{told.language}")
        shown = self.shown(at, text.given) if text is not None and text.given is not None else None
        if shown is not None:
            yield from interpreting.changed(at, told, shown, shown)

    def shown(self, at: Scene, given: Contribution) -> Message | None:
        return self._shown(at, given) if self.show == "table" else None

    def _listed(self, at: Scene) -> tuple[Block, ...]:
        """What this person has given, numbered."""
        items = self._items(at)
        blocks = [block(t("This is what you have given. You can take it back, or write another one."))]
        for number, id in enumerate(items, 1):
            blocks += [block(t("Number {number}", number=number), kind="note"), block(Words(id), kind="quote")]
        return tuple(blocks)

    def _each_back(self, at: Scene) -> tuple[Button, ...]:
        items = enumerate(self._items(at), 1)
        return tuple(Button(t("Take {number} back", number=n), at.press("back", id, "")) for n, id in items)

    def _asked(self, at: Scene) -> tuple[Block, ...]:
        title = (block(at.local(self.title), kind="title"),) if self.title else ()
        who = (
            t("Your table reads it under your name.")
            if self.named
            else t("Your table reads it, without your name.")
            if self.show == "table"
            else t("For now nobody else reads it.")
        )
        blocks = (*title, block(at.local(self.text)), block(who, kind="note"))
        if at.closes is None:
            return blocks
        return (*blocks, block(t("You can write until {when}.", when=until(at.closes, at.now)), kind="note"))

    def _answer(
        self,
        at: Scene,
        key: str,
        *blocks: Block,
        buttons: tuple[Button, ...] = (),
        expects: Any = "",
        instead: bool = False,
    ) -> Iterator[Effect]:
        said = at.message(*blocks, buttons=buttons, expects=expects, asks=self._text(at) if expects else "")
        yield Say(at.unit, said, at.key("answer", key), Lane.ANSWER, quiet=False, instead=instead)

    def _items(self, at: Scene) -> list[str]:
        """The ids of what this person has given and not taken back."""
        return list(at.stage.data.get("items", [])) if at.stage is not None else []

    def _sides(self, at: Scene, id: str = "", chosen: str = "") -> tuple[Button, ...]:
        return tuple(Button(SIDES[side], at.press("side", id, side), side == chosen) for side in self.sides)

    def _back(self, at: Scene, id: str) -> Button:
        return Button(t("Take back"), at.press("back", id, ""))

    def _all(self, at: Scene) -> Button:
        return Button(t("That is all"), at.press("all", "", ""))

    def _text(self, at: Scene) -> str:
        """What the seat's focus is while typed text is one more item."""
        return f"{at.step}:text"
