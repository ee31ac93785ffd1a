"""Trying out, before the first meeting, what the meeting needs. It is never counted, and no word of it is kept.

Invariants:

* Where a person stands is `Stage.data["part"]` ("" once all are behind them), so that they go on there whatever happened in
  between. What they chose stands only in the buttons under it, what they wrote nowhere.
* Each part can be left out, and all of it repeated for as long as the step is open. Who has been through once is through.
* Nobody waits for anybody: who comes after the end goes on to the next step at once.

`Stage.data["stuck"]` are the parts at which a person has asked for help, `"card"` the key under which the message was said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar, Literal

from bot.core.asking import LABELS, NOT_UNDERSTOOD, Slot, options, read
from bot.core.effects import Blank, Done, Effect, Lane, Put, Redraw, Say, Show, Wake
from bot.core.events import Due
from bot.core.fields import Span
from bot.core.heard import Heard
from bot.core.ids import derive
from bot.core.message import Block, Button, Lang, Message, Part, Phrase, block, t
from bot.core.questions import Question
from bot.core.scene import Scene
from bot.core.series import focus_on
from bot.core.spans import until
from bot.core.steps.base import Step
from bot.core.trying import LIST, listed

PARTS: Mapping[str, Phrase] = {
    "language": t("the language"),
    "choose": t("making a choice"),
    "rethink": t("changing a choice"),
    "write": t("writing a sentence"),
    "undo": t("taking it back"),
    "person": t("a person to call"),
}
"""What is tried, in this order, and how those who help read of it."""

WORDS = (t("Skip"), t("I am stuck"), t("Undo"), t("I know whom to call"), t("Try it again"))
"""The labels that people may type where they cannot press."""

HOUR = timedelta(hours=1)


class TryOut(Step):
    """Lets each person try out in private, before the first meeting, what the meeting needs: make a choice and change it, write
    a sentence and take it back, read in the right language, know whom to call.

    People come to it by themselves, at a time of their own, and can leave out what they like and repeat it until the end.
    Nothing is counted and no word is kept. Who comes later goes on without it. `text` is said at the beginning, in place of
    words of mine. `list_before` is how long before the end the coordinators read, in one message, who has not tried it and who
    has asked for help: then there is time to remind them or to call.

        [[step]]
        id = "first_try"
        type = "try_out"
        title = "Let us try it out"
        duration = "2d"
        remind = ["1d"]
    """

    type: Literal["try_out"]
    scope: Literal["person"] = "person"
    late: Literal["reject"] = "reject"
    list_before: Span = timedelta(hours=3)

    self_paced: ClassVar[bool] = True
    notice: ClassVar[bool] = False
    shown_by: ClassVar[str] = "show:"
    reads: ClassVar[Mapping[str, tuple[str, ...]]] = {"hear": ("meaning",), LIST: ("tried",), "finish": ("tried",)}

    def begin(self, at: Scene) -> Iterator[Effect]:
        closes = at.course.open[at.step].closes
        for site in at.flow.sites_of(at.course.id):
            if closes is not None:
                when = closes - min(self.list_before, (closes - at.now) / 2)
                while at.flow.awake(site.id, when) > when and when - HOUR > at.now:
                    when -= HOUR
                yield Wake(when, Due(at.course.id, at.step, LIST, data={"site": site.id}), at.key(LIST, site.id))

    def open(self, at: Scene) -> Iterator[Effect]:
        if at.step not in at.course.open:
            yield Done(at.step, at.unit)
            return
        title = (block(at.local(self.title), kind="title"),) if self.title else ()
        words = at.local(self.text) if self.text else t(
            "Before we meet, let us try out what you will need. It takes three minutes, nothing of it is counted or kept, "
            "and you can leave out what you like."
        )  # fmt: skip
        yield from self._show(at, self._parts(at)[0], at.key("ask"), (*title, block(words)), Lane.STEP)

    def hear(self, at: Scene, heard: Heard) -> Iterator[Effect]:
        if at.stage is None:
            return
        part, key = self._part(at), derive(heard.id)
        press = heard.press or ("" if part == "write" else self._named(at, part, heard.text))
        what, item, *_ = [*press.split(":")[1:], "", ""]
        if not heard.press:
            yield Blank()
        match what:
            case "skip" | "stuck":
                if item == part:
                    yield from self._leave(at, part, key, heard, stuck=what == "stuck")
                else:
                    yield from self._show(at, part, at.key("ask", key), heard=heard)
            case "again":
                yield from self._show(at, self._parts(at)[0], at.key("ask", key), heard=heard)
            case "lang" if item in at.flow.languages:
                seat = replace(at.seat, language=item)
                yield Put(seat)
                yield Show(seat.id)
                at = replace(at, state=replace(at.state, seat=seat))
                yield from self._show(at, "language", at.key("ask", key), heard=heard)
            case "reads" if part == "language":
                yield from self._next(at, part, key, (), heard)
            case "took" if part == "undo":
                yield from self.taken_back(at, key, heard)
            case "know" if part == "person":
                yield from self._next(at, part, key, (), heard)
            case _ if part == "write" and not heard.press and heard.text.strip():
                yield from self._next(at, part, key, (), heard)
            case _ if part in ("choose", "rethink"):
                yield from self._chosen(at, heard, part, key)
            case _:
                again = () if heard.press else (block(NOT_UNDERSTOOD),)
                yield from self._show(at, part, at.key("ask", key), again, heard=heard)

    def takes_back(self, at: Scene) -> bool:
        """Whether this person is about to try Undo here."""
        return at.stage is not None and at.stage.state != "closed" and self._part(at) == "undo"

    def taken_back(self, at: Scene, key: str, heard: Heard | None = None) -> Iterator[Effect]:
        """The sentence is taken back, with the button or with /undo."""
        if heard is None:
            yield from self._settle_old(at, key)
        yield from self._next(at, "undo", key, (block(t("Taken back.")),), heard)

    def due(self, at: Scene, due: Due) -> Iterator[Effect]:
        entry = at.course.open.get(at.step)
        if due.what == LIST and entry is not None:
            yield from listed(at, str(due.data["site"]), entry.closes, PARTS)
        elif due.what == "remind" and at.stage is not None:
            head = t("Here is still something to try out with me. It takes three minutes.")
            if at.closes is not None:
                when = until(at.closes, at.now)
                head = t("Here is still something to try out with me, until {when}. It takes three minutes.", when=when)
            yield from self._show(
                at, self._part(at), at.key("remind", int(at.now.timestamp())), (block(head),), Lane.STEP
            )

    def finish(self, at: Scene) -> Iterator[Effect]:
        for site in at.flow.sites_of(at.course.id):
            yield from listed(at, site.id, None, PARTS)

    # Where somebody stands

    def _parts(self, at: Scene) -> tuple[str, ...]:
        return tuple(part for part in PARTS if part != "language" or len(at.flow.languages) > 1)

    def _part(self, at: Scene) -> str:
        return str(at.stage.data.get("part", "")) if at.stage is not None else ""

    def _next(
        self, at: Scene, part: str, key: str, head: tuple[Block, ...], heard: Heard | None, first: str = ""
    ) -> Iterator[Effect]:
        """This part is behind them: the next one, or the end."""
        parts = self._parts(at)
        following = parts.index(part) + 1
        if following < len(parts):
            yield from self._show(at, parts[following], at.key("ask", key), head, heard=heard, first=first)
            return
        yield from self._show(at, "", at.key("through", key), head, heard=heard)
        yield Done(at.step, at.unit)

    def _leave(self, at: Scene, part: str, key: str, heard: Heard, *, stuck: bool) -> Iterator[Effect]:
        if not stuck:
            yield from self._next(at, part, key, (), heard)
            return
        marked = list(dict.fromkeys([*self._stuck(at), part]))
        at = replace(
            at, state=replace(at.state, stages={**at.state.stages, (at.step, at.unit): at.with_data(stuck=marked)})
        )
        said = [t("Thank you for saying so. Those who look after you here read it, and help you before we meet.")]
        if at.flow.file.mandate.contact:
            said.append(t("Is it urgent? {contact}", contact=at.local(at.flow.file.mandate.contact)))
        yield from self._next(at, part, key, tuple(block(each) for each in said), heard)

    def _stuck(self, at: Scene) -> list[str]:
        return list(at.stage.data.get("stuck", ())) if at.stage is not None else []

    # What was meant

    def _named(self, at: Scene, part: str, text: str) -> str:
        """The button that somebody has written in words; "" where it is none of those that need no second look."""
        known = at.facts.get("meaning", frozenset())
        buttons = (b for b in self._card(at, part).buttons if b.press.count(":") == 2)
        return next((b.press for b in buttons if isinstance(b.label, Phrase) and b.label.text in known), "")

    def _chosen(self, at: Scene, heard: Heard, part: str, key: str) -> Iterator[Effect]:
        parts = heard.press.split(":")
        item = parts[-2] if len(parts) in (4, 5) and part in parts[1:3] else heard.asked.partition(f":{part}:")[2]
        slot = _slot(part, item)
        reading = read(at, heard, (slot,), {}, slot)
        if isinstance(reading, Message):
            yield Say(at.unit, reading, at.key("fits", key), Lane.ANSWER, quiet=False)
        elif reading is None:
            again = () if heard.press else (block(NOT_UNDERSTOOD),)
            yield from self._show(at, part, at.key("ask", key), again, heard=heard)
        elif part == "rethink" and reading.choice == item:
            same = block(t("That is what you chose before. Please choose something else, or skip this."))
            yield from self._show(at, part, at.key("ask", key), (same,), heard=heard, first=item)
        else:
            said = t("Changed to: {choice}. That is all it takes.", choice=LABELS[reading.choice])
            head = (block(said),) if part == "rethink" else ()
            yield from self._next(at, part, key, head, heard, first=reading.choice)

    # What is read

    def _show(
        self, at: Scene, part: str, key: str, head: tuple[Block, ...] = (), lane: Lane = Lane.ANSWER, *,
        heard: Heard | None = None, first: str = "",
    ) -> Iterator[Effect]:  # fmt: skip
        card, instead = self._card(at, part, first), heard is not None and heard.press != ""
        if heard is not None and (not heard.press or heard.press.startswith(at.press("sure", ""))):
            yield from self._settle_old(at, key)
        moved = lane == Lane.ANSWER or bool(at.stage and at.stage.data.get("moved"))
        yield Put(at.with_data(part=part, card=key, stuck=self._stuck(at), moved=moved))
        said = replace(card, blocks=(*head, *card.blocks))
        yield Say(at.unit, said, key, lane, quiet=lane != Lane.ANSWER, instead=instead)
        yield from focus_on(at, f"{at.step}:write:" if part == "write" else "")

    def _settle_old(self, at: Scene, key: str) -> Iterator[Effect]:
        """What follows typed words stands below them: the message above loses its buttons."""
        card = at.stage.data.get("card", "") if at.stage is not None else ""
        if card:
            old = replace(self._card(at, self._part(at)), buttons=(), expects="")
            yield Redraw((at.seat.id,), old, at.key("answered", key), said=card)

    def _card(self, at: Scene, part: str, first: str = "") -> Message:
        """One part, with its place; the end, where it is "". `first` is what was chosen before."""
        if not part:
            return self._end(at)
        parts, buttons, asks = self._parts(at), list[Button](), ""
        number = t("{number} of {total}", number=parts.index(part) + 1, total=len(parts))
        blocks: list[Block] = [block(number, kind="note")]
        match part:
            case "language":
                language = Lang(at.seat.language, own=True)
                blocks.append(
                    block(t("Would you like to read and write in this language: {language}?", language=language))
                )
                buttons.append(Button(t("Yes"), at.press("reads", "")))
                others = (code for code in at.flow.languages if code != at.seat.language)
                buttons += [Button(Lang(code, own=True), at.press("lang", code)) for code in others]
            case "choose" | "rethink":
                blocks += [block(text) for text in _asked(part, first)]
                slot = _slot(part, first)
                buttons += [Button(label, at.press(part, first, id), id == first) for id, label in options(slot)]
                asks = f"{at.step}:{slot.key}"
            case "write":
                asked = t(
                    "Now please write me a sentence, as you will write to your table: what you see from your window, for "
                    "example. Nobody reads it, and it is not kept."
                )
                blocks.append(block(asked))
                asks = f"{at.step}:write:"
            case "undo":
                asked = t(
                    "Your sentence has come. At your table the others could read it now, and Undo would take it back. "
                    "Please try it."
                )
                blocks.append(block(asked))
                blocks.append(block(t("You can also write /undo."), kind="note"))
                buttons.append(Button(t("Undo"), at.press("took", "")))
            case _:
                blocks += [block(text) for text in self._person(at)]
                buttons.append(Button(t("I know whom to call"), at.press("know", "")))
        buttons += [Button(t("Skip"), at.press("skip", part)), Button(t("I am stuck"), at.press("stuck", part))]
        return at.message(*blocks, buttons=tuple(buttons), expects="text" if part == "write" else "", asks=asks)

    def _person(self, at: Scene) -> Iterator[Part]:
        contact = at.flow.file.mandate.contact
        if contact:
            yield t("Whenever something is difficult, a person helps you: {contact}", contact=at.local(contact))
        yield t("If you write /call here, those who look after you read it, and answer you here. Nobody else sees it.")

    def _end(self, at: Scene) -> Message:
        blocks: list[Part] = [t("That was all, and you are ready. Nothing of it was counted or kept.")]
        if at.closes is None:
            return at.message(*blocks)
        blocks.append(t("You can try it again until {when}.", when=until(at.closes, at.now)))
        return at.message(*blocks, buttons=(Button(t("Try it again"), at.press("again", "")),))


def _slot(part: str, item: str) -> Slot:
    return Slot(Question(id=part, method="yes_no_abstain", text={}), item)


def _asked(part: str, first: str) -> tuple[Part, ...]:
    if part == "choose":
        asked = t("This is how you are asked for your choice. Do you like the sound of rain on a roof?")
        return asked, t("Press one of these, or write it.")
    again = t("As long as a question is open, you can think again. Please choose something else now.")
    return (t("You chose: {choice}.", choice=LABELS[first]), again) if first else (again,)


__all__ = ["PARTS", "WORDS", "TryOut"]
