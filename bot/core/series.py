"""A series of questions to one person, from the first to the thanks: what surveys, ballots and collections share.

Invariants:

* It is one message that changes: the question whose button was pressed becomes the next one, or the thanks. What must not be
  missed is a new message: the first question, a reminder, and whatever follows typed words (an edit above what somebody has
  just written would not be seen); then the old question loses its buttons.
* The own choice is marked, and can be changed until the close; how long that is stands under every question.
* A press that comes twice shows the same again, and skips nothing: what is shown follows from what is answered.

`Stage.data["card"]` is the key under which the message that stands now was said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.core.asking import NOT_UNDERSTOOD, Reading, Slot, ask, focus, following, options, read, show, wanted, wording
from bot.core.effects import Amend, Done, Effect, Keep, Lane, Put, Redraw, Say
from bot.core.heard import Heard
from bot.core.helped import with_help
from bot.core.ids import derive
from bot.core.message import Block, Button, Message, Part, Plain, Several, block, t
from bot.core.scene import Scene
from bot.core.spans import until
from bot.core.state import Contribution, Seat

TOO_MANY = t("That is more than you can choose here, so nothing was changed.")

Store = Callable[[Slot, Any], Iterator[Effect]]
"""How a step keeps a choice."""

Remark = Callable[[Slot, Any], Block | None]
"""What is said about a choice, if anything."""


@dataclass(frozen=True, slots=True)
class Series:
    """The questions of one person, and how they are put. `choices` are the answers so far by slot key, `more` buttons under
    every question. An answer that is not `changeable` stands once it is given. `remark` is said about an answer on top of
    what comes next."""

    slots: Sequence[Slot]
    choices: Mapping[str, Any]
    thanks: Part
    more: tuple[Button, ...] = ()
    changeable: bool = True
    remark: Remark | None = None


def start(
    at: Scene, slots: Sequence[Slot], intro: tuple[Block, ...] = (), more: tuple[Button, ...] = (), **data: Any
) -> Iterator[Effect]:
    """Open the series for a person: the introduction and the first question, in one message. Done at once without slots.
    `data` is what else the stage is to remember."""
    key = at.key("ask")
    yield Put(at.with_data(answered=[], card=key, **data))
    if not slots:
        yield Done(at.step, at.unit)
        return
    first = ask(at, slots[0], 1, len(slots), more=more, dated=False)
    yield Say(at.unit, replace(first, blocks=(*intro, *first.blocks)), key)
    yield from _focus(at, slots[0])


def carry_on(at: Scene, heard: Heard, series: Series, store: Store) -> Iterator[Effect]:
    """Take one input: keep the choice, ask the next question, or thank."""
    stage = at.stage
    if stage is None:
        return
    slots, answered, key = series.slots, list[str](stage.data.get("answered", [])), derive(heard.id)
    looked_at = wanted(heard, slots)
    waiting = following(slots, answered)
    if looked_at is not False:
        slot = looked_at if isinstance(looked_at, Slot) else waiting
        yield from _show(at, heard, series, slot, answered, key)
        return
    current = _named(at, heard, slots) or _current(at, slots) or waiting or (slots[-1] if len(slots) == 1 else None)
    reading = read(at, heard, slots, series.choices, current)
    if isinstance(reading, Message):
        yield Say(at.unit, reading, at.key("fits", key), Lane.ANSWER, quiet=False)
        return
    if reading is None:
        yield _say(at, heard, _not_understood(at, series, current, answered), at.key("again", key))
        return
    again = reading.slot.key in answered
    if not series.changeable and again:
        yield _stands(at, key)
        return
    for effect in store(reading.slot, reading.choice):
        yield effect
        if isinstance(effect, Put) and isinstance(effect.value, Seat):  # what follows changes this seat further
            at = replace(at, state=replace(at.state, seat=effect.value))
    if not reading.final:
        shown = _card(at, series, reading.slot, answered, reading.choice)
        if reading.too_many:
            shown = replace(shown, blocks=(block(TOO_MANY), *shown.blocks))
        yield from _put(at, heard, shown, at.key("pick", key), answered)
        return
    yield from _settle_old(at, heard, series, reading, key)
    answered += [] if again else [reading.slot.key]
    following_slot = following(slots, answered)
    remark = series.remark(reading.slot, reading.choice) if series.remark is not None else None
    if following_slot is not None:
        shown = _card(at, series, following_slot, answered, series.choices.get(following_slot.key))
    else:
        changed = again and series.choices.get(reading.slot.key) != reading.choice
        shown = receipt(at, reading, series, changed=changed)
    shown = shown if remark is None else replace(shown, blocks=(remark, *shown.blocks))
    yield from _put(at, heard, shown, at.key("ask" if following_slot is not None else "kept", key), answered)
    yield from _focus(at, following_slot)
    if following_slot is None:
        yield Done(at.step, at.unit)


def _stands(at: Scene, key: str) -> Say:
    stands = at.message(t("You have answered this already. An answer cannot be changed here."))
    return Say(at.unit, stands, at.key("stands", key), Lane.ANSWER, quiet=False)


def _show(
    at: Scene, heard: Heard, series: Series, slot: Slot | None, answered: list[str], key: str
) -> Iterator[Effect]:
    """Show a question again, or the one that waits."""
    if slot is None:
        yield _say(at, heard, at.message(t("You have answered everything here. Thank you.")), at.key("shown", key))
        return
    if not series.changeable and slot.key in answered:
        yield _stands(at, key)
        return
    shown = _card(at, series, slot, answered, series.choices.get(slot.key))
    yield from _put(at, heard, shown, at.key("shown", key), answered)
    yield from _focus(at, slot)


def _card(at: Scene, series: Series, slot: Slot, answered: Sequence[str], choice: Any) -> Message:
    """A question, with the way to the one before and, where it is answered already, to the next."""
    slots = list(series.slots)
    place = slots.index(slot)
    ways: list[Button] = []
    if series.changeable and place:
        ways.append(show(at, t("Back"), slots[place - 1]))
    if slot.key in answered and place + 1 < len(slots):
        ways.append(show(at, t("Next"), slots[place + 1]))
    return ask(at, slot, place + 1, len(slots), choice, (*series.more, *ways))


def _put(at: Scene, heard: Heard, shown: Message, key: str, answered: list[str]) -> Iterator[Effect]:
    """What stands in the chat from now on."""
    yield Put(at.with_data(answered=answered, card=key))
    yield _say(at, heard, shown, key)


def _say(at: Scene, heard: Heard, shown: Message, key: str) -> Say:
    """An answer: in place of what was pressed, or below what was typed."""
    return Say(at.unit, shown, key, Lane.ANSWER, quiet=False, instead=heard.press != "")


def _settle_old(at: Scene, heard: Heard, series: Series, reading: Reading, key: str) -> Iterator[Effect]:
    """What follows typed words stands below them: the question above shows the answer, and has no buttons any more."""
    card = at.stage.data.get("card", "") if at.stage is not None else ""
    worded = reading.sure or not heard.press
    if heard.typed or (worded and card and not heard.asked):
        slots = list(series.slots)
        asked = ask(at, reading.slot, slots.index(reading.slot) + 1, len(slots), dated=False)
        given = block(chosen(at, reading.slot, reading.choice), kind="note")
        old = replace(asked, blocks=(*asked.blocks, given), buttons=(), expects="")
        yield Redraw((at.seat.id,), old, at.key("answered", key), said=card if worded else "")


def _named(at: Scene, heard: Heard, slots: Sequence[Slot]) -> Slot | None:
    """The slot to whose question this is a reply."""
    return next((s for s in slots if heard.asked == f"{at.step}:{s.key}"), None)


def _current(at: Scene, slots: Sequence[Slot]) -> Slot | None:
    """The slot that this person was last asked to type an answer for."""
    return next((s for s in slots if at.seat.focus and focus(at, s) == at.seat.focus), None)


def remind(at: Scene, slots: Sequence[Slot], choices: Mapping[str, Any], more: tuple[Button, ...]) -> Iterator[Effect]:
    """Put the question that still waits before the person once more, and say how long there is."""
    waiting = following(slots, at.stage.data.get("answered", []) if at.stage is not None else [])
    if waiting is None:
        return
    left = t("This question still waits for you, until {when}.", when=until(at.closes, at.now)) if at.closes else None
    place = list(slots).index(waiting) + 1
    asked = ask(at, waiting, place, len(slots), choices.get(waiting.key), more, dated=False)
    head = (block(left or t("This question still waits for you.")),)
    key = at.key("remind", int(at.now.timestamp()))
    yield Put(at.with_data(card=key))
    yield Say(at.unit, replace(asked, blocks=(*head, *asked.blocks)), key)
    yield from _focus(at, waiting)


def reword(at: Scene, slots: Sequence[Slot], given: Contribution, text: str, key: str) -> Iterator[Effect]:
    """The typed answer to an open question was edited: it has these words now, if they fit."""
    slot = next((s for s in slots if s.question.id == given.target and s.question.method == "open_text"), None)
    if slot is None or given.kind != "answer":
        return
    try:
        words = slot.question.read_text(text)
    except ValueError:
        kept = t("Your change does not fit here, so your first answer still stands.")
        yield Say(at.unit, at.message(kept), at.key("edit", key), Lane.ANSWER, quiet=False)
        return
    nothing = at.message(t("Changed."))
    yield Amend(at.seat.id, given.id, words, nothing, nothing, at.key("edit", key))
    said = at.message(t("Changed. Your answer is now:"), block(Plain(words), kind="quote"))
    yield Say(at.unit, said, at.key("edit", key), Lane.ANSWER, quiet=False)


def keep_words(at: Scene, slot: Slot, text: str, *, shared: bool) -> Keep:
    """The answer to an open question is a contribution; a new answer takes the place of the old one."""
    id, seat = derive(at.step, slot.key, at.seat.id), at.seat
    return Keep(
        Contribution(
            id, at.step, seat.table, seat.site, seat.id, "answer", text, at.now, seat.language,
            target=slot.question.id, shared=shared, helped=seat.helped,
        )
    )  # fmt: skip


def receipt(at: Scene, reading: Reading, series: Series, *, changed: bool) -> Message:
    """What was kept, and until when it can be changed."""
    said = block(chosen(at, reading.slot, reading.choice), kind="quote")
    kept = block(t("Changed. Your answer is now:") if changed else series.thanks)
    blocks = [*with_help(at.seat), kept, said]
    if not series.changeable or at.step not in at.course.open:
        return at.message(*blocks)
    if at.closes is not None:
        blocks.append(block(t("You can change it until {when}.", when=until(at.closes, at.now)), kind="note"))
    return at.message(*blocks, buttons=(show(at, t("Change"), series.slots[0]),))


def chosen(at: Scene, slot: Slot, choice: Any) -> Part:
    """A choice in words."""
    labels = dict(options(slot))
    picked = choice if isinstance(choice, list) else ["dk" if choice == "dont_know" else str(choice)]
    if slot.question.typed and choice != "dont_know":
        return Plain(str(choice))
    if not picked:
        return t("none of them")
    return Several(tuple(wording(at, labels[c]) for c in picked))


def _not_understood(at: Scene, series: Series, current: Slot | None, answered: Sequence[str]) -> Message:
    if current is None:
        done = at.message(t("You have answered everything here. Thank you."))
        change = (show(at, t("Change"), series.slots[0]),) if series.changeable and series.slots else ()
        return replace(done, buttons=change)
    asked = _card(at, series, current, answered, series.choices.get(current.key))
    return replace(asked, blocks=(block(NOT_UNDERSTOOD), *asked.blocks))


def _focus(at: Scene, slot: Slot | None) -> Iterator[Effect]:
    yield from focus_on(at, focus(at, slot))


def focus_on(at: Scene, wanted: str) -> Iterator[Effect]:
    """From now on what this person types answers this (`step:…`); with "", nothing of this step waits for words."""
    if at.seat.focus != wanted and (wanted or at.seat.focus.startswith(at.step + ":")):
        yield Put(replace(at.seat, focus=wanted))
