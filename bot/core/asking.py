"""Asking one person: a series of questions in private, one after the other.

A series is a tuple of slots, (question, item) pairs. Where a person stands is only this: which slots are answered. The
choices themselves are elsewhere (a ballot, a contribution, an attribute), so that a stage never tells how somebody voted.
Every button says what shall be, not what shall change: pressing it twice changes nothing the second time. An earlier question
can be answered anew for as long as the step is open.

What buttons carry: `step:question:item:option` is a choice, `step:sure:question:item:option` one that was typed and is
confirmed, `step:change::question:item` shows a question (again).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.core.heard import Heard
from bot.core.message import Block, Button, Local, Message, Part, Phrase, Words, block, t, tn
from bot.core.questions import Question
from bot.core.scene import Scene
from bot.core.spans import until

SUBMIT = "ok"
WAITING = "change:::"
"""What a button carries behind the step that shows the question that waits (`show`)."""


LABELS: Mapping[str, Phrase] = {
    "yes": t("Yes"),
    "no": t("No"),
    "abstain": t("Abstain"),
    "agree": t("Agree"),
    "disagree": t("Disagree"),
    "pass": t("Pass"),
    "unclear": t("I don't understand"),
    "dk": t("I don't know"),
}

ORDINALS: tuple[Phrase, ...] = (
    t("the first"), t("the second"), t("the third"), t("the fourth"), t("the fifth"),
    t("the sixth"), t("the seventh"), t("the eighth"), t("the ninth"), t("the tenth"),
)  # fmt: skip
CARDINALS: tuple[Phrase, ...] = (
    t("one"), t("two"), t("three"), t("four"), t("five"), t("six"), t("seven"), t("eight"), t("nine"), t("ten"),
)  # fmt: skip
"""What people type instead of pressing; recognised in every language, confirmed before it counts."""

NOT_UNDERSTOOD = t("I did not understand that. Please choose one of these.")


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing to answer: a question, or one item of it. `words` is the contribution that is asked about, if it is one."""

    question: Question
    item: str = ""
    words: str = ""

    @property
    def key(self) -> str:
        return f"{self.question.id}:{self.item}"


@dataclass(frozen=True, slots=True)
class Reading:
    """What an input means: this slot gets this choice. `final` is False while several options are being picked, `too_many` True
    where one more than may be; `sure` is True for a typed answer that was confirmed."""

    slot: Slot
    choice: Any
    final: bool
    sure: bool = False
    too_many: bool = False


def slots_of(questions: Sequence[Question]) -> tuple[Slot, ...]:
    """The slots of questions in order."""
    return tuple(Slot(q, item) for q in questions for item in q.items)


def following(slots: Sequence[Slot], answered: Sequence[str]) -> Slot | None:
    """The first slot that is not answered yet."""
    return next((s for s in slots if s.key not in answered), None)


def options(slot: Slot) -> tuple[tuple[str, Part], ...]:
    """What can be pressed: option ids and labels, in order."""
    question = slot.question
    found: list[tuple[str, Part]] = []
    if question.method in ("single", "multi", "approval"):
        found = [(o.id, Local(o.text)) for o in question.options]
    elif question.method == "likert":
        found = [(str(n), Local(label)) for n, label in enumerate(question.labels, 1)]
    elif question.method == "score":
        found = [(str(n), tn("{n} point", "{n} points", n=n)) for n in range(question.low, question.high + 1)]
    elif not question.typed:
        found = [(c, LABELS[c]) for c in question.choices]
        if slot.words:
            found.append(("unclear", LABELS["unclear"]))
    if question.dont_know:
        found.append(("dk", LABELS["dk"]))
    return tuple(found)


def ask(
    at: Scene, slot: Slot, number: int, total: int, choice: Any = None, more: tuple[Button, ...] = (), *,
    dated: bool = True,
) -> Message:  # fmt: skip
    """The message that asks one slot; the person's present choice is marked. `dated` says until when it can be answered."""
    question = slot.question
    blocks = [*_place(at, number, total, dated=dated)]
    blocks.append(block(at.local(question.text) if question.text else t("Somebody wrote this. Do you agree?")))
    if slot.words:
        blocks.append(block(Words(slot.words, own=True), kind="quote"))
    elif slot.item:
        blocks.append(block(at.local(next(o.text for o in question.options if o.id == slot.item)), kind="quote"))
    if question.method == "multi":
        blocks.append(block(_how_many(question), kind="note"))
    elif question.method == "approval":
        blocks.append(block(t("Choose as many as you like."), kind="note"))
    picked = choice if isinstance(choice, list) else [] if choice is None else [str(choice)]
    picked = ["dk" if c == "dont_know" else c for c in picked]
    buttons = [
        Button(
            wording(at, label), at.press(question.id, slot.item, _carried(question, id, picked)), chosen=id in picked
        )
        for id, label in options(slot)
    ]
    if question.many:
        buttons.append(Button(t("That is my choice"), at.press(question.id, slot.item, SUBMIT)))
    expects = "number" if question.method == "number" else "text" if question.typed else ""
    return at.message(*blocks, buttons=(*buttons, *more), expects=expects, asks=f"{at.step}:{slot.key}")


def _place(at: Scene, number: int, total: int, *, dated: bool) -> Iterator[Block]:
    """Which question of how many it is, and until when it can be answered."""
    when = until(at.closes, at.now) if dated and at.closes is not None and at.closes > at.now else None
    if total > 1 and when is not None:
        yield block(t("{number} of {total}, until {when}", number=number, total=total, when=when), kind="note")
    elif total > 1:
        yield block(t("{number} of {total}", number=number, total=total), kind="note")
    elif when is not None:
        yield block(t("Until {when}", when=when), kind="note")


def _carried(question: Question, option: str, picked: Sequence[str]) -> str:
    """What the button of an option carries: where many may be chosen, whether it adds the option or takes it out."""
    if not question.many or option == "dk":
        return option
    return f"-{option}" if option in picked else f"+{option}"


def show(at: Scene, label: Part, slot: Slot | None) -> Button:
    """A button that shows a question, to be answered or to be changed; without a slot the first that is not answered."""
    question, item = (slot.question.id, slot.item) if slot is not None else ("", "")
    return Button(label, at.press("change", "", question, item))


def wanted(heard: Heard, slots: Sequence[Slot]) -> Slot | bool:
    """The slot that a button of `show` names; True where it names none; False where something else was pressed or typed."""
    parts = heard.press.split(":")
    if len(parts) != 5 or parts[1] != "change":
        return False
    return next((s for s in slots if (s.question.id, s.item) == (parts[3], parts[4])), True)


def focus(at: Scene, slot: Slot | None) -> str:
    """What `Seat.focus` becomes when this slot is asked: set only where the answer is typed."""
    return f"{at.step}:{slot.key}" if slot is not None and slot.question.typed else ""


def read(
    at: Scene, heard: Heard, slots: Sequence[Slot], choices: Mapping[str, Any], current: Slot | None
) -> Reading | Message | None:
    """What was pressed or typed. A message where it does not fit or is to be confirmed; None where it means nothing here.

    `choices` are the person's choices so far by slot key, `current` the slot that is being asked.
    """
    if heard.press:
        return _read_press(at, heard.press, slots, choices)
    if current is None:
        return None
    if current.question.typed:
        try:
            return Reading(current, current.question.read_text(heard.text), final=True)
        except ValueError:
            expects = "number" if current.question.method == "number" else "text"
            return at.message(_what_fits(current.question), expects=expects, asks=f"{at.step}:{current.key}")
    meant = meaning(at, heard.text, current)
    if meant is None:
        return None
    id, label = meant
    return at.message(
        block(t("Did you mean this?")),
        block(wording(at, label), kind="quote"),
        buttons=(Button(t("Yes, that is my answer"), at.press("sure", current.question.id, current.item, id)),),
        asks=f"{at.step}:{current.key}",
    )


def meaning(at: Scene, text: str, slot: Slot) -> tuple[str, Part] | None:
    """The option that typed words stand for: its label, its number, or its place."""
    offered = options(slot)
    said = text.strip().strip(".!)#").casefold()
    known = at.facts.get("meaning", frozenset())
    graded = slot.question.method in ("score", "likert")  # a number is a grade there, and no place in the list
    if re.fullmatch(r"\d{1,2}", said) and not graded and 1 <= int(said) <= len(offered):
        return offered[int(said) - 1]
    for places in (ORDINALS,) if graded else (ORDINALS, CARDINALS):
        for option, phrase in zip(offered, places, strict=False):
            if phrase.text in known:
                return option
    for id, label in offered:
        if isinstance(label, Phrase):
            if label.text in known:
                return id, label
        elif isinstance(label, Local) and said in {words.strip().casefold() for words in label.texts.values()}:
            return id, label
        if graded and said == id:
            return id, label
    return None


def _read_press(at: Scene, press: str, slots: Sequence[Slot], choices: Mapping[str, Any]) -> Reading | None:
    parts = press.split(":")
    sure = len(parts) == 5 and parts[1] == "sure"
    if sure:
        del parts[1]
    if len(parts) != 4:
        return None
    slot = next((s for s in slots if s.question.id == parts[1] and s.item == parts[2]), None)
    if slot is None:
        return None
    before = choices.get(slot.key)
    if parts[3] == SUBMIT and slot.question.many:
        chosen = before if before is not None else []
        return Reading(slot, chosen, final=slot.question.complete(chosen))
    try:
        choice = slot.question.read_press(parts[3], before)
    except ValueError:
        return None
    if not slot.question.many or choice == "dont_know":
        return Reading(slot, choice, final=True, sure=sure)
    added = set(parts[3].lstrip("+=").split(",")) if not parts[3].startswith("-") else set()
    return Reading(slot, choice, final=False, sure=sure, too_many=not added <= {*(choice or ())})


def _how_many(question: Question) -> Phrase:
    least, most = question.min or 1, question.max or len(question.options)
    if least == most:
        return t("Choose exactly {least}.", least=least)
    return t("Choose from {least} to {most}.", least=least, most=most)


def _what_fits(question: Question) -> Phrase:
    if question.method == "open_text":
        return t(
            "Please write a few words, at most {most} characters. Yours were not kept yet.", most=question.max_length
        )
    if question.min is not None and question.max is not None:
        return t("Please write one number from {least} to {most}, in digits.", least=question.min, most=question.max)
    return t("Please write one number, in digits.")


def wording(at: Scene, label: Part) -> Part:
    """An option's label as people read it: an organiser's text gets its source language first."""
    return at.local(label.texts) if isinstance(label, Local) else label
