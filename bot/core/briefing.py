"""What a table is told about its talk: the announcement, a latecomer's recap, a receipt, and why something did not pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.core import floor
from bot.core.effects import Effect, Lane, Say
from bot.core.files import named
from bot.core.heard import Heard
from bot.core.helped import with_help
from bot.core.message import Block, Button, Message, Name, Phrase, Several, Words, block, t, tn
from bot.core.observing import announced
from bot.core.scene import Scene
from bot.core.spans import spell, until
from bot.core.state import Stage
from bot.core.talk import Remark, silent_until, somebody, table_of
from bot.core.translation.interpreting import told_at_first

if TYPE_CHECKING:
    from bot.core.steps.discuss import Discuss

ASK = "-call"
"""The button that asks for a person, in private."""

SOON = t("Your table begins in a moment.")
ENDED = t("The talk at your table has ended.")


def announcement(at: Scene, step: Discuss, stage: Stage) -> list[Block]:
    """Who is here, until when, how people speak, and the prompt."""
    table = table_of(at)
    blocks = [block(at.local(step.title), kind="title")] if step.title else []
    blocks.append(block(t("At your table: {names}.", names=Several(tuple(Name(m.id) for m in table.members)))))
    named_staff = tuple(Name(m.id) for m in table.staff if m.name)
    if named_staff:
        blocks.append(block(t("Facilitator: {names}.", names=Several(named_staff))))
    experts = tuple(somebody(s) for s in table.experts)
    if experts:
        blocks.append(block(t("Also here, without a vote: {names}.", names=Several(experts))))
    when = until(stage.closes or at.now, at.now)
    read = t("Until {when} they read what you write here. /undo takes your last message back.", when=when)
    blocks.append(block(read))
    if step.turns == "round":
        each = spell(step.turn_for)
        turns = t("First everybody speaks in turn, {span} each. You will be told when it is your turn.", span=each)
        blocks.append(block(turns))
    feed = at.flow.file.feed
    if feed.covers(step.id, exported=step.exported):
        watched, guarded = stage.data.get("watched", 0), stage.data.get("guarded", False)
        blocks += [block(told) for told in announced(watched, guarded=guarded, feed=feed)]
    if step.icebreaker:
        blocks.append(
            block(t("This is only to get to know each other: nothing of it stands in the record."), kind="note")
        )
    blocks += told_at_first(at.flow, table, at.facts.get("untranslated", ()))
    return [*blocks, block(at.local(step.text))]


def opening(at: Scene, said: Message) -> Iterator[Effect]:
    """The first words of a talk. Whoever leads the table is not told how to ask themselves, but in a room all read the same."""
    table = table_of(at)
    leading = tuple(s for s in table.staff if not table.in_room(s))
    yield Say(at.unit, said, at.key("begin"), without=tuple(s.id for s in leading))
    own = replace(said, buttons=tuple(button for button in said.buttons if button.press != ASK))
    for seat in leading:
        yield Say(seat.unit, own, at.key("begin", seat.id))


def ask_button(at: Scene) -> Button:
    """Whoever leads the table, or else the coordinator, is asked to write to the person in private."""
    leads = next((m for m in table_of(at).staff if m.name), None)
    label = t("Ask {name} privately", name=Name(leads.id)) if leads is not None else t("Ask for a person, privately")
    return Button(label, ASK)


def recap(at: Scene, step: Discuss, stage: Stage) -> Message:
    """What a latecomer reads: the announcement, how much was said, and the last words."""
    blocks = announcement(at, step, stage)
    number = max(stage.data["count"] - stage.data.get("gone", 0), len(stage.data["recent"]))
    if number:
        text = tn("{n} message so far. The last:", "{n} messages so far. The last ones:", n=number)
        blocks.append(block(text, kind="note"))
        for entry in stage.data["recent"]:
            said = Remark(**entry)
            blocks.append(block(Name(said.seat)))
            blocks += [block(named(said.media), kind="note")] if said.media else []
            blocks += [block(Words(said.id, own=True), kind="quote")] if said.words else []
    return at.message(*blocks, buttons=(ask_button(at),), expects="" if floor.running(stage) else "text")


def receipt(at: Scene, id: str) -> Message:
    """The message has gone to the table, and can be taken back."""
    sent = block(t("Sent to your table."))
    return at.message(*with_help(at.seat), sent, buttons=(Button(t("Undo"), f"-undo:{id}"),))


def asleep(at: Scene, stage: Stage) -> Iterator[Effect]:
    """Tell somebody who writes while others sleep, or have a holiday, when they read it: once a night."""
    seat = at.seat
    others = [s for s in table_of(at).everybody if s.id != seat.id]
    mornings = [at.flow.awake(s.site, at.now) for s in others]
    late = [morning for morning in mornings if morning > at.now]
    if late:
        when = until(max(late), at.now)
        text = t("The others sleep now. They read it at {when}.", when=when)
        if len(late) < len(others):
            text = t("Some of the others sleep now. They read it at {when}.", when=when)
        if any(at.flow.holiday(s.site, at.now) for s in others):
            text = t("Some of the others have a holiday. They read it at {when}.", when=when)
        key = at.key("asleep", seat.id, int(max(late).timestamp()))
        yield Say(seat.unit, at.message(text), key, Lane.ANSWER, quiet=False)


def not_now(at: Scene, step: Discuss, heard: Heard) -> Message | None:
    """Why nothing passes at this moment; None if it does."""
    stage = at.stage
    if at.seat.role not in (*step.audience, "facilitator", "expert"):
        return at.message(t("You are at this table to listen, so what you write here is not passed on."))
    why: Phrase | None = None
    if stage is None or stage.state == "closed" or (stage.closes is not None and heard.at > stage.closes):
        why = ENDED
    elif not stage.data["began"] or stage.data["gathering"]:
        why = SOON
    elif at.course.halted is not None and at.course.halted > at.now:
        why = t("The talk rests until {when}.", when=until(at.course.halted, at.now))
    elif stage.state == "paused":
        resumes = datetime.fromisoformat(stage.data["resumes"])
        why = t("The talk rests until {when}.", when=until(resumes, at.now))
    elif (over := silent_until(stage, at.seat.id, at.now)) is not None and not heard.press:
        why = t("You have been asked to listen until {when}.", when=until(over, at.now))
    if why is None:
        return None
    return at.message(why, *(() if heard.press else (t("What you wrote was not sent."),)))
