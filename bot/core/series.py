"""A series of questions to one person, from the first to the thanks: what surveys, ballots and collections share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.core.asking import Reading, Slot, ask, focus, following, options, read
from bot.core.effects import Done, Effect, Lane, Put, Say
from bot.core.events import Heard
from bot.core.ids import derive
from bot.core.message import Block, Button, Local, Message, Part, Plain, Several, When, block, t
from bot.core.scene import Scene

Store = Callable[[Slot, Any], Iterator[Effect]]
"""How a step keeps a choice."""


def start(
    at: Scene, slots: Sequence[Slot], intro: tuple[Block, ...] = (), more: tuple[Button, ...] = ()
) -> Iterator[Effect]:
    """Open the series for a person: the introduction and the first question, in one message. Done at once without slots."""
    yield Put(at.with_data(answered=[]))
    if not slots:
        yield Done(at.step, at.unit)
        return
    first = ask(at, slots[0], 1, len(slots), more=more)
    yield Say(at.unit, replace(first, blocks=(*intro, *first.blocks)), at.key("ask"))
    yield from _focus(at, slots[0])


def carry_on(
    at: Scene,
    heard: Heard,
    slots: Sequence[Slot],
    choices: Mapping[str, Any],
    store: Store,
    thanks: Part,
    more: tuple[Button, ...] = (),
) -> Iterator[Effect]:
    """Take one input: keep the choice, ask the next question, or thank. `more` are buttons under every question."""
    stage = at.stage
    if stage is None:
        return
    answered: list[str] = list(stage.data.get("answered", []))
    key = derive(heard.id)
    current = following(slots, answered) or (slots[-1] if len(slots) == 1 else None)
    reading = read(at, heard, slots, choices, current)
    if isinstance(reading, Message):
        yield Say(at.unit, reading, at.key("fits", key), Lane.ANSWER, quiet=False)
        return
    if reading is None:
        yield Say(at.unit, _not_understood(at, slots, current), at.key("again", key), Lane.ANSWER, quiet=False)
        return
    yield from store(reading.slot, reading.choice)
    number = list(slots).index(reading.slot) + 1
    if not reading.final:
        shown = ask(at, reading.slot, number, len(slots), reading.choice, more)
        yield Say(at.unit, shown, at.key("pick", key), Lane.ANSWER, quiet=False)
        return
    again = reading.slot.key in answered
    if not again:
        answered.append(reading.slot.key)
        yield Put(at.with_data(answered=answered))
    following_slot = following(slots, answered)
    if following_slot is not None and not again:
        place = list(slots).index(following_slot) + 1
        shown = ask(at, following_slot, place, len(slots), choices.get(following_slot.key), more)
        yield Say(at.unit, shown, at.key("ask", key), Lane.ANSWER, quiet=False)
        yield from _focus(at, following_slot)
        return
    yield Say(at.unit, receipt(at, reading, thanks, again=again), at.key("kept", key), Lane.ANSWER, quiet=False)
    yield from _focus(at, None)
    if following_slot is None:
        yield Done(at.step, at.unit)


def receipt(at: Scene, reading: Reading, thanks: Part, *, again: bool) -> Message:
    """What was kept, and until when it can be changed."""
    said = block(chosen(at, reading.slot, reading.choice), kind="quote")
    head = t("Changed. Your answer is now:") if again else thanks
    blocks = [block(head), said]
    if at.seat.helped:
        blocks.insert(0, block(t("With help, for {name}:", name=at.seat.name), kind="note"))
    if at.closes is not None and at.step in at.course.open:
        blocks.append(block(t("You can change it until {when}.", when=When(at.closes)), kind="note"))
    return at.message(*blocks)


def chosen(at: Scene, slot: Slot, choice: Any) -> Part:
    """A choice in words."""
    labels = dict(options(slot))
    picked = choice if isinstance(choice, list) else ["dk" if choice == "dont_know" else str(choice)]
    if slot.question.typed and choice != "dont_know":
        return Plain(str(choice))
    if not picked:
        return t("none of them")
    return Several(tuple(at.local(p.texts) if isinstance(p, Local) else p for p in (labels[c] for c in picked)))


def _not_understood(at: Scene, slots: Sequence[Slot], current: Slot | None) -> Message:
    if current is None:
        return at.message(
            block(t("You have answered everything here. To change an answer, press another button above."))
        )
    asked = ask(at, current, list(slots).index(current) + 1, len(slots))
    return replace(
        asked, blocks=(block(t("I did not understand that. Please press one of the buttons.")), *asked.blocks)
    )


def _focus(at: Scene, slot: Slot | None) -> Iterator[Effect]:
    wanted = focus(at, slot)
    if at.seat.focus != wanted and (wanted or at.seat.focus.startswith(at.step + ":")):
        yield Put(replace(at.seat, focus=wanted))
