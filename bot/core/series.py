"""A series of questions to one person, from the first to the thanks: what surveys, ballots and collections share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.core.asking import Reading, Slot, ask, focus, following, options, read, wording
from bot.core.effects import Done, Effect, Keep, Lane, Put, Say
from bot.core.events import Heard
from bot.core.ids import derive
from bot.core.message import Block, Button, Message, Part, Plain, Several, When, block, t
from bot.core.scene import Scene
from bot.core.state import Contribution

Store = Callable[[Slot, Any], Iterator[Effect]]
"""How a step keeps a choice."""


def start(
    at: Scene, slots: Sequence[Slot], intro: tuple[Block, ...] = (), more: tuple[Button, ...] = (), **data: Any
) -> Iterator[Effect]:
    """Open the series for a person: the introduction and the first question, in one message. Done at once without slots.
    `data` is what else the stage is to remember."""
    yield Put(at.with_data(answered=[], **data))
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
    *,
    changeable: bool = True,
) -> Iterator[Effect]:
    """Take one input: keep the choice, ask the next question, or thank. `more` are buttons under every question; an answer
    that is not `changeable` stands once it is given."""
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
        said = _not_understood(at, slots, current, more, changeable=changeable)
        yield Say(at.unit, said, at.key("again", key), Lane.ANSWER, quiet=False)
        return
    if not changeable and reading.slot.key in answered:
        stands = at.message(t("You have answered this already. An answer cannot be changed here."))
        yield Say(at.unit, stands, at.key("stands", key), Lane.ANSWER, quiet=False)
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
    kept = receipt(at, reading, thanks, again=again, changeable=changeable)
    yield Say(at.unit, kept, at.key("kept", key), Lane.ANSWER, quiet=False)
    yield from _focus(at, None)
    if following_slot is None:
        yield Done(at.step, at.unit)


def remind(at: Scene, slots: Sequence[Slot], choices: Mapping[str, Any], more: tuple[Button, ...]) -> Iterator[Effect]:
    """Put the question that still waits before the person once more, and say how long there is."""
    waiting = following(slots, at.stage.data.get("answered", []) if at.stage is not None else [])
    if waiting is None:
        return
    left = t("This question still waits for you, until {when}.", when=When(at.closes)) if at.closes else None
    asked = ask(at, waiting, list(slots).index(waiting) + 1, len(slots), choices.get(waiting.key), more)
    head = (block(left or t("This question still waits for you.")),)
    yield Say(at.unit, replace(asked, blocks=(*head, *asked.blocks)), at.key("remind", int(at.now.timestamp())))
    yield from _focus(at, waiting)


def keep_words(at: Scene, slot: Slot, text: str, *, shared: bool) -> Keep:
    """The answer to an open question is a contribution; a new answer takes the place of the old one."""
    id, seat = derive(at.step, slot.key, at.seat.id), at.seat
    return Keep(
        Contribution(
            id, at.step, seat.table, seat.site, seat.id, "answer", text, at.now, seat.language,
            target=slot.question.id, shared=shared, helped=seat.helped,
        )
    )  # fmt: skip


def receipt(at: Scene, reading: Reading, thanks: Part, *, again: bool, changeable: bool = True) -> Message:
    """What was kept, and until when it can be changed."""
    said = block(chosen(at, reading.slot, reading.choice), kind="quote")
    head = t("Changed. Your answer is now:") if again else thanks
    blocks = [block(head), said]
    if at.seat.helped:
        blocks.insert(0, block(t("With help, for {name}:", name=at.seat.name), kind="note"))
    if changeable and at.closes is not None and at.step in at.course.open:
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
    return Several(tuple(wording(at, labels[c]) for c in picked))


def _not_understood(
    at: Scene, slots: Sequence[Slot], current: Slot | None, more: tuple[Button, ...], *, changeable: bool
) -> Message:
    if current is None and not changeable:
        return at.message(t("You have answered everything here. Thank you."))
    if current is None:
        return at.message(t("You have answered everything here. To change an answer, press another button above."))
    asked = ask(at, current, list(slots).index(current) + 1, len(slots), more=more)
    return replace(
        asked, blocks=(block(t("I did not understand that. Please press one of the buttons.")), *asked.blocks)
    )


def _focus(at: Scene, slot: Slot | None) -> Iterator[Effect]:
    yield from focus_on(at, focus(at, slot))


def focus_on(at: Scene, wanted: str) -> Iterator[Effect]:
    """From now on what this person types answers this (`step:…`); with "", nothing of this step waits for words."""
    if at.seat.focus != wanted and (wanted or at.seat.focus.startswith(at.step + ":")):
        yield Put(replace(at.seat, focus=wanted))
