"""What is done at a table by rule, where nobody need lead it: shares of words are counted, the table is asked whether to move on,
and a table at which nothing happens, or too few are, is brought before those who can help it.

The floor, the warnings and the nudges themselves stand in `bot.core.floor` and `bot.core.talk`; when they come is said here.

Invariants:

* It never decides for people: it asks the table, or tells those who lead. Only a majority of those present ends a talk.
* Where a person leads the table, what that person sees and does better is left to them (`led`).
* Each thing is said once: to a person in a step, to a table and its coordinators for one silence.
* Every move is a setting of the flow, and a line in the log.

In `Stage.data`: `room_asked` who was asked to leave room; `since` when the last words came; `for_silence` at which count of
messages the table was asked, or its coordinators told; `move` the number of the last question, `moving` the answers to it,
`moved` whether it is settled; `few` with how few people those who lead were last told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from bot.core import company, floor, shares
from bot.core.company import HELP
from bot.core.effects import Effect, Lane, Say
from bot.core.fields import Model, Share, Span
from bot.core.message import Button, Name, Part, Phrase, Several, block, t, tn
from bot.core.scene import Scene
from bot.core.spans import spell
from bot.core.state import Stage
from bot.core.talk import NOTICE, Moves, changed, end_soon, log, nudge, ring, table_of, tell

if TYPE_CHECKING:
    from bot.core.steps.discuss import Discuss

Patience = Literal["auto", "never"] | Span
"""How long something may last before somebody is asked: `auto` goes by the length of the talk."""

NUDGE, SILENT, STALLED = "nudge", "silent", "stalled"
AUTO: Mapping[str, tuple[Fraction, timedelta]] = {
    NUDGE: (Fraction(1, 3), timedelta(minutes=5)),
    SILENT: (Fraction(1, 8), timedelta(minutes=3)),
    STALLED: (Fraction(1, 4), timedelta(minutes=5)),
}
"""Which share of a talk `auto` is, and how long it is at least."""

SETTINGS: Mapping[str, str] = {NUDGE: "nudge_after", SILENT: "move_on_after", STALLED: "stalled_after"}
"""The setting of the flow that says after how long each happens."""

MUCH = Fraction(1, 2)
"""The share of the words that is large, where `share_max` is `auto`."""

LONG_ENOUGH = 3
"""A talk is warned by rule of its end only where it lasts so many times as long as what is left then."""

AGAIN = timedelta(minutes=2)
"""So long the nudge waits for the end of a round, and then looks again."""

ENOUGH_WORDS = 100
ENOUGH_MESSAGES = 3
"""Before so many words have been said at a table, and so many messages by one person, nobody's share means anything."""

ABSENT = timedelta(minutes=5)
"""After this a table whose facilitator has not written is reported to the coordinator."""

QUARTER = timedelta(minutes=15)
"""The steps in which the hours are counted in which people are awake."""

LATELY = timedelta(minutes=20)
"""Whoever has written or pressed anything within this is there, even if it was at the step before."""


class Facilitator(Model):
    """`[facilitator]`: what I do by myself at the tables that talk. All of it holds without this table too; it is there to say it
    otherwise, and a step `discuss` may do so for itself.

    `warn_at` is how long before its end a table is warned, where its talk lasts three times as long at least; `[]` warns of
    nothing. `nudge_after` is when those who have been silent are asked in private, once in a step: a span of time, `"never"`, or
    `"auto"`, a third of the talk's time, and not while people speak in turn. `share_max` is the share of the words at a table
    above which somebody is asked in private, once in a step, to leave the others room; with 1 nobody is, and `"auto"` is a half,
    at tables that no person leads. `move_on_after` is how long nobody writes before the table is asked whether to move on, and a
    majority of those present ends the talk: a span of time, `"never"`, or `"auto"`, an eighth of the talk's time at tables that
    no person leads. `stalled_after` is how long nobody writes before the coordinators are told what they can do, as they are
    when fewer people are left than the group plan's `min_present`: a span of time, `"never"`, or `"auto"`, a quarter of the
    talk's time.
    """

    warn_at: tuple[Span, ...] = (timedelta(minutes=5),)
    nudge_after: Patience = "auto"
    share_max: Literal["auto"] | Share = "auto"
    move_on_after: Patience = "auto"
    stalled_after: Patience = "auto"


def warnings(at: Scene, step: Discuss) -> tuple[timedelta, ...]:
    """How long before its end this talk is warned of it."""
    if step.warn_at is not None or at.closes is None:
        return step.warn_at or ()
    entry = at.course.open.get(at.step)
    lasts = at.closes - (entry.opened if entry is not None else at.now)
    return tuple(before for before in at.flow.file.facilitator.warn_at if lasts >= LONG_ENOUGH * before)


def led(at: Scene, stage: Stage) -> bool:
    """Whether a person who facilitates is there: has written at this talk, or written or pressed anything of late."""
    lately = at.now - LATELY
    return any(s.id in stage.data["spoken"] or (s.heard is not None and s.heard >= lately) for s in table_of(at).staff)


def begin(at: Scene, step: Discuss, stage: Stage) -> Moves:
    """The talk begins: from now on silence is measured."""
    stage = changed(stage, since=at.now.isoformat())
    for what in SETTINGS:
        span = _patience(at, step, stage, what)
        if span is not None:
            yield _look(at, what, at.now + span)
    return (yield from too_few(at, step, stage))


def counted(at: Scene, step: Discuss, stage: Stage, text: str) -> Moves:
    """Somebody at the table has said this: count it, and ask who has said most of everything to leave room. In a round each has
    their time, so it waits until the talk is free."""
    seat, members = at.seat, table_of(at).members
    stage = changed(shares.said(stage, seat.id, text), since=at.now.isoformat())
    most, asked = _share_max(at, step, stage), stage.data.get("room_asked", [])
    if most is None or seat.id in asked or floor.running(stage) or len(table_of(at).reached) < company.USUAL:
        return stage
    number, often = shares.by_seat(stage, members), stage.data["spoken"].get(seat.id, 0)
    total = sum(number.values())
    if total < ENOUGH_WORDS or often < ENOUGH_MESSAGES or Fraction(number.get(seat.id, 0), total) <= most:
        return stage
    kindly = at.message(
        t("You have given your table much to think about. Some people need a moment to come in: please leave them room for a "
          "while, or ask them what they think."),
        block(t("Nobody else reads this. You may write as before."), kind="note"),
    )  # fmt: skip
    yield Say(seat.unit, kindly, at.key("leave-room", seat.id), Lane.STEP)
    yield log(at, "asked_to_leave_room")
    return changed(stage, room_asked=[*asked, seat.id])


def due(at: Scene, step: Discuss, stage: Stage, what: str) -> Moves:
    """Look whether anybody has written of late; for the nudge, whether it is its time."""
    span = _patience(at, step, stage, what)
    if what == NUDGE:
        if span is not None and (stage.state != "open" or floor.running(stage)):
            yield _look(at, what, at.now + AGAIN)
            return stage
        return (yield from nudge(at, stage)) if span is not None else stage
    if span is None:
        return stage
    if stage.state != "open" or stage.data["gathering"]:
        yield _look(at, what, at.now + span)
        return changed(stage, since=at.now.isoformat())
    stage = yield from too_few(at, step, stage)
    over = _silent_until(at, stage, span)
    if at.now < over:
        yield _look(at, what, over)
        return stage
    yield _look(at, what, at.now + span)
    count, before = stage.data["count"], stage.data.get("for_silence", {})
    if before.get(what) == count:
        return stage
    if what == STALLED:
        yield from _tell(
            at, t("nobody has written for {span}", span=_minutes(span)), at.key("stalled", count), "told_stalled"
        )
    elif floor.running(stage) or _ends_soon(at, stage) or (led(at, stage) and _auto(at, step, what)):
        return stage
    else:
        stage = yield from _ask(at, stage, span)
    return changed(stage, for_silence={**before, what: count})


def too_few(at: Scene, step: Discuss, stage: Stage) -> Moves:
    """Tell those who can help it of a table at which fewer are left than its plan wants, each time that they are fewer."""
    here, wanted = len(table_of(at).reached), company.wanted(at)
    told = stage.data.get("few", wanted)
    if here >= wanted or _patience(at, step, stage, STALLED) is None:
        return changed(stage, few=wanted) if told != wanted else stage
    if here < told:
        few = tn("You are {n} at this table now.", "You are {n} at this table now.", n=here)
        yield tell(
            at, f"few/{here}/{stage.data['count']}", few, t("The coordinator knows, and the talk goes on meanwhile.")
        )
        why = tn("{n} person is left", "{n} people are left", n=here)
        yield from _tell(at, why, at.key("under-quorum", here, stage.data["count"]), "told_too_few")
    return changed(stage, few=here)


def answer(at: Scene, stage: Stage, number: str, choice: str, key: str) -> Moves:
    """Somebody says whether to move on."""
    if at.seat.role != "participant":
        yield _reply(at, key, t("The participants of the table decide this."))
        return stage
    if int(number) != stage.data.get("move", 0) or stage.data.get("moved", False) or stage.data["early"]:
        yield _reply(at, key, t("This has been settled already."))
        return stage
    here = {m.id for m in table_of(at).reached}
    moving = {seat: said for seat, said in stage.data["moving"].items() if seat in here} | {at.seat.id: choice}
    stage = changed(stage, moving=moving)
    yield _reply(
        at, key, t("Thank you. Your table is told as soon as most have said so. Until then you can change it.")
    )
    said = [*moving.values()]
    if 2 * said.count("on") > len(here):
        yield log(at, "moved_on", answers=len(said))
        why = t("Most of you want to move on. The talk ends in one minute; whoever writes keeps it open.")
        return (yield from end_soon(at, changed(stage, moved=True), why, early=True))
    if 2 * said.count("longer") >= len(here):
        yield log(at, "stayed", answers=len(said))
        yield tell(at, f"stay/{number}", t("At least half of you need longer, so the talk goes on."))
        return changed(stage, moved=True)
    return stage


def absent(at: Scene, stage: Stage) -> Iterator[Effect]:
    """The talk has begun, and whoever facilitates has not been seen."""
    table = table_of(at)
    if led(at, stage):
        return
    text = t(
        "The talk at table {number} began five minutes ago, and {names} has not written yet. "
        "The talk goes on without a facilitator.",
        number=table.number, names=Several(tuple(Name(s.id) for s in table.staff)),
    )  # fmt: skip
    told = at.message(text, buttons=company.ways(table))
    yield Say(f"coordinators:{table.site}", told, at.key("absent"))
    yield log(at, "told_absent")


def _minutes(span: timedelta) -> Part:
    """So long it was quiet; nobody counts the seconds."""
    return spell(max(span - span % timedelta(minutes=1), timedelta(minutes=1)))


def _ask(at: Scene, stage: Stage, span: timedelta) -> Moves:
    number = stage.data.get("move", 0) + 1
    asked = at.message(
        t("It has been quiet here for {span}. Shall we move on?", span=_minutes(span)),
        t("If most of you want to move on, the talk ends a minute later. If you need longer, it goes on."),
        buttons=(
            Button(t("Move on"), at.press("move", str(number), "on")),
            Button(t("We need longer"), at.press("move", str(number), "longer")),
        ),
    )  # fmt: skip
    yield Say(table_of(at).unit, asked, at.key("move-on", number), Lane.TALK)
    yield log(at, "asked_to_move_on")
    return changed(stage, move=number, moving={}, moved=False)


def _tell(at: Scene, why: Phrase, key: str, act: str) -> Iterator[Effect]:
    table = table_of(at)
    said = at.message(
        block(t("Table {number} needs you: {why}.", number=table.number, why=why)),
        t("Of {all} people {n} can be reached there; {wanted} were hoped for.",
          all=len(table.members), n=len(table.reached), wanted=company.wanted(at)),
        t("You can wait, ask them, or let me look for another table for them, to which a second person agrees. You can also give "
          "the place of somebody who dropped out to somebody new."),
        buttons=company.ways(table),
    )  # fmt: skip
    yield Say(f"coordinators:{table.site}", said, key)
    yield log(at, act, present=len(table.reached))


def _reply(at: Scene, key: str, text: Part) -> Say:
    return Say(at.seat.unit, at.message(text), at.key("moving", key), Lane.ANSWER, quiet=False)


def _silent_until(at: Scene, stage: Stage, span: timedelta) -> datetime:
    """When nobody will have written for so long. Silence in the quiet hours, and on a holiday, is no silence: only the hours in
    which people are awake count."""
    site, left = table_of(at).site, span
    over = at.flow.awake(site, datetime.fromisoformat(stage.data["since"]))
    while left > timedelta():
        step = min(left, QUARTER)
        over, left = at.flow.awake(site, over + step), left - step
    return over


def _look(at: Scene, what: str, when: datetime) -> Effect:
    """Look again then, and never at night."""
    return ring(at, at.flow.awake(table_of(at).site, when), what, 0)


def _ends_soon(at: Scene, stage: Stage) -> bool:
    return stage.data["early"] or (stage.closes is not None and stage.closes - at.now <= 2 * NOTICE)


def _setting(at: Scene, step: Discuss, name: str) -> Any:
    """What the step says, else the flow."""
    own = getattr(step, name)
    return own if own is not None else getattr(at.flow.file.facilitator, name)


def _auto(at: Scene, step: Discuss, what: str) -> bool:
    return bool(_setting(at, step, SETTINGS[what]) == "auto")


def _patience(at: Scene, step: Discuss, stage: Stage, what: str) -> timedelta | None:
    """How long a silence may last at this step; None where nobody minds."""
    said = _setting(at, step, SETTINGS[what])
    if isinstance(said, timedelta):
        return said
    if said == "never" or at.closes is None:
        return None
    share, least = AUTO[what]
    return max(least, (at.closes - stage.opened) * share.numerator / share.denominator)


def _share_max(at: Scene, step: Discuss, stage: Stage) -> Fraction | None:
    most = _setting(at, step, "share_max")
    if most == "auto":
        return None if led(at, stage) else MUCH
    return most if most < 1 else None


__all__ = [
    "HELP",
    "NUDGE",
    "SILENT",
    "STALLED",
    "Facilitator",
    "Patience",
    "answer",
    "begin",
    "counted",
    "due",
    "led",
    "too_few",
    "warnings",
]
