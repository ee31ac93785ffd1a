"""What invented people do about words that cross a border: authors about their own, readers about what has come, translators
about what waits for them, and those who lead a table about its draft.

They do it as people do: some answer, some have nothing to add; hardly anybody changes their words; who finds a translation odd
says so, once (`Voices.better` names what reads odd). Who has a voice of their own stays with what is recorded of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from bot.core.rendered import Choice, Rendered
from bot.rehearsal import corpus
from bot.rehearsal.voices import same

if TYPE_CHECKING:
    from bot.rehearsal.people import Villager

ANSWERS_ONE_IN, DOUBTS_ONE_IN, CORRECTS_ONE_IN, KEEPS_ONE_IN = 2, 3, 12, 8
"""One in so many answers what has come, says that a translation looks wrong, words their own anew, keeps their words at home."""

DRAFT = frozenset(("edit", "leave", "back", "fold", "pair", "ask", "which", "reason"))
"""The buttons under a draft besides the one that approves it."""

_NUMBER = re.compile(r"^\d+(?:\.| ·) ")
_TRANS = re.compile(r"[/!]trans(?! [a-z]{2}\b)")
"""The command, where it is not the example of how one names languages."""


class Wish(NamedTuple):
    """What somebody wants to press or say; a later wish about the same `topic` replaces it."""

    topic: str
    text: str = ""
    press: str = ""


def word(button: Choice) -> str:
    """What a button does: the second part of what a step's button carries, the first of a command's."""
    parts = button.press.split(":")
    return parts[0][1:] if parts[0].startswith("-") else "".join(parts[1:2])


def wishes(person: Villager, message: Rendered) -> tuple[Wish, ...] | None:
    """What somebody does about a message; None where it is about nothing that crosses a border."""
    by = {word(button): button for button in reversed(message.buttons)}
    if person.role == "translator":
        return _translates(person, message, by)
    if person.role != "participant":
        return _leads(message, by)
    if "answer" in by:
        return _reads(person, message, by)
    if "doubt" in by:
        return _doubts(person, message, [b for b in message.buttons if word(b) == "doubt"])
    if {"may", "correct", "take"} & by.keys():
        return _owns(person, message, by)
    if message.expects == "text" and message.step in person.relays:
        return (Wish(f"{message.step}/answer", person.lots.choice(corpus.speech(person.language).answers)),)
    if message.expects == "text" and message.step in person.digests:
        return (Wish(f"{message.step}/words", _anew(person)),)
    return None


def quotes(message: Rendered) -> Sequence[str]:
    """The words that a message quotes, without their numbers."""
    return tuple(_NUMBER.sub("", text) for kind, text in message.blocks if kind == "quote")


def _leads(message: Rendered, by: Mapping[str, Choice]) -> tuple[Wish, ...] | None:
    """Who leads a table approves its draft, and leaves everything else about words to those who gave them."""
    if "approve" in by:
        return (Wish(f"{message.step}/draft", press=by["approve"].press),)
    return () if {"answer", "doubt", "original"} & by.keys() or DRAFT & by.keys() else None


def _reads(person: Villager, message: Rendered, by: Mapping[str, Choice]) -> tuple[Wish, ...]:
    """Words have come that can be answered."""
    found = [*_doubted(person, message, by)]
    digest = by["answer"].press.split(":")[3]
    if digest not in person.dealt:
        person.dealt.add(digest)
        answers = [button for button in message.buttons if word(button) == "answer"]
        wants = person.lots.below(ANSWERS_ONE_IN) == 0 or "enough" not in by
        press = person.lots.choice(answers) if wants else by["enough"]
        found.append(Wish(f"{message.step}/{digest}", press=press.press))
    return tuple(found)


def _doubted(person: Villager, message: Rendered, by: Mapping[str, Choice]) -> tuple[Wish, ...]:
    odd = [text for text in quotes(message) if _better(person, text) and text not in person.dealt]
    person.dealt.update(odd)
    if not odd or "doubt" not in by or person.lots.below(DOUBTS_ONE_IN):
        return ()
    return (Wish(f"{message.step}/doubt", press=by["doubt"].press),)


def _doubts(person: Villager, message: Rendered, buttons: Sequence[Choice]) -> tuple[Wish, ...]:
    """Which translation looks wrong; or the button below something that cannot be answered."""
    if len(buttons) == 1 and not buttons[0].press.startswith("-"):
        return _doubted(person, message, {"doubt": buttons[0]})
    pairs = zip(quotes(message), buttons, strict=False)
    return tuple(Wish("doubt", press=button.press) for text, button in pairs if _better(person, text))[:1]


def _owns(person: Villager, message: Rendered, by: Mapping[str, Choice]) -> tuple[Wish, ...]:
    """Words of one's own stand in a draft: they may go, mostly, and mostly as they are."""
    found = []
    may = [button for button in message.buttons if word(button) == "may"]
    if may and not any(button.chosen for button in may):
        yes, no = may
        found.append(Wish(f"{message.step}/may", press=(no if person.lots.below(KEEPS_ONE_IN) == 0 else yes).press))
    correct = [button for button in message.buttons if word(button) == "correct"]
    for button, text in zip(correct, quotes(message), strict=False):
        if text in person.dealt:
            continue
        person.dealt.add(text)
        if person.voices is None and person.lots.below(CORRECTS_ONE_IN) == 0:
            found.append(Wish(f"{message.step}/correct", press=button.press))
            break
    return tuple(found)


def _anew(person: Villager) -> str:
    """One's own words, put better."""
    return person.lots.choice(person.phrases) if person.phrases else corpus.sentence(person.lots, person.language)


def _translates(person: Villager, message: Rendered, by: Mapping[str, Choice]) -> tuple[Wish, ...]:
    """A translator takes what waits, puts right what somebody doubts, and releases what stands."""
    if "take" in by:
        return (Wish("trans", press=by["take"].press),)
    if "anew" in by and "release" in by:
        return (Wish("trans", press=by["release"].press),)
    if "cannot" in by:
        better = next((found for text in quotes(message) if (found := _better(person, text))), "")
        if better:
            return (Wish("trans", better),)
        return (Wish("trans", press=by.get("release", by["cannot"]).press),)
    if not message.buttons and any(_TRANS.search(text) for _, text in message.blocks):
        return (Wish("trans", "/trans"),)
    return ()


def _better(person: Villager, text: str) -> str:
    """How a translation reads better, where it is known to be odd; "" where it is not."""
    return person.voices.better.get(same(text), "") if person.voices is not None else ""
