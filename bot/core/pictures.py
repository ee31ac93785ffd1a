"""Pictures, films and documents that wait until somebody who leads the table has looked at them.

Invariants:

* Until then they are held (`bot.core.holding`): nobody else at the table sees them, nothing counts or exports them.
* `Stage.data["waiting"]` says what waits and whose it is. Whoever sent it is told what became of it, at the latest when the
  talk ends; what nobody has decided about was not passed on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.core.effects import Effect, Lane, Recall, Redraw, Say, Withdraw
from bot.core.holding import held
from bot.core.message import Button, Message, Name, Phrase, Words, block, t
from bot.core.scene import Scene
from bot.core.state import Contribution, Seat, Stage
from bot.core.talk import Moves, Remark, changed, hide_button, kept, passed, spread, table_of

WORDS_ONLY = t("Only words are passed on here, so this was not sent. Please say it in words.")


def ask(at: Scene, stage: Stage, said: Remark, text: str) -> Moves:
    """Ask whoever leads the table whether this may be shown to it."""
    seat, table = at.seat, table_of(at)
    yield held(seat, said.id, text, at.now, said.answers, said.media)
    asked = t("{name} would like to show this to table {number}:", name=Name(seat.id), number=table.number)
    blocks = (block(asked), *((block(Words(said.id, own=True), kind="quote"),) if text else ()))
    buttons = (
        Button(t("Pass on"), f"-show:{said.id}:{table.id}"),
        Button(t("Do not pass on"), f"-drop:{said.id}:{table.id}"),
    )
    shown = replace(at.message(*blocks, buttons=buttons), about=said.id, enclosed=Words(said.id))
    yield Say(f"facilitators:{table.id}", shown, at.key("look", said.id))
    told = t("Your facilitator looks at pictures and files before they go to the table. You will be told about yours.")
    undo = (Button(t("Take back"), f"-undo:{said.id}"),)
    yield Say(seat.unit, at.message(told, buttons=undo), at.key("waits", said.id), Lane.ANSWER, quiet=False)
    return changed(stage, waiting={**stage.data["waiting"], said.id: seat.id})


def show(at: Scene, stage: Stage, given: Contribution, author: Seat, *, shared: bool) -> Moves:
    """Pass it on. What whoever leads the table was shown becomes their copy."""
    table = table_of(at)
    said = Remark(given.id, given.seat, "message", bool(given.text), given.media, given.target)
    staff = tuple(s.id for s in table.staff)
    yield kept(at, said, given.text, author, shared=shared)
    stage = yield from spread(at, _decided(stage, given.id), said, author, staff)
    copy = replace(passed(at, said), buttons=(hide_button(table, given.id),))
    yield Say(at.seat.unit, copy, at.key("shown", given.id), Lane.ANSWER, quiet=False, instead=True)
    others = tuple(s for s in staff if s != at.seat.id)
    yield Redraw(others, copy, at.key("shown", given.id), contribution=given.id)
    yield _told(at, given.id, given.seat, t("It has gone to your table."))
    return stage


def drop(at: Scene, stage: Stage, given: Contribution) -> Moves:
    """Do not pass it on."""
    yield from _gone(at, given.id, given.seat)
    yield _told(at, given.id, given.seat, t("Your facilitator has not passed it on. You can say it in words."))
    done = t("It was not passed on, and {name} knows.", name=Name(given.seat))
    yield Say(at.seat.unit, at.message(done), at.key("dropped", given.id), Lane.ANSWER, quiet=False)
    return _decided(stage, given.id)


def take_back(at: Scene, stage: Stage, id: str) -> Moves:
    """Its author does not want to show it any more."""
    yield from _gone(at, id, at.seat.id)
    return _decided(stage, id)


def undecided(at: Scene, stage: Stage) -> Iterator[Effect]:
    """The talk has ended, and nobody has decided."""
    for id, seat in stage.data["waiting"].items():
        yield from _gone(at, id, seat)
        yield _told(at, id, seat, t("Nobody has looked at it in time, so it was not passed on to your table."))


def _gone(at: Scene, id: str, seat: str) -> Iterator[Effect]:
    yield Withdraw(seat, id)
    yield Recall(id, table_of(at).id, at.key("unseen", id), spared=True)


def _decided(stage: Stage, id: str) -> Stage:
    return changed(stage, waiting={other: seat for other, seat in stage.data["waiting"].items() if other != id})


def _told(at: Scene, id: str, seat: str, text: Phrase) -> Say:
    said: Message = replace(at.message(text), answers=id)
    return Say(f"seat:{seat}", said, at.key("decided", id), Lane.ANSWER, quiet=False)
