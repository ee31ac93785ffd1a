"""An outage that lasted longer than the platform keeps messages: the lost time is given back, and everybody is told.

Invariants:

* What is open stays open for as long after the outage as it would have stayed without it, up to its whole length once more, and
  for at least `LEAST` (or its whole length, where that is shorter). Nothing ever ends earlier than announced.
* The same time is given back once, however many accounts report that they were out of reach.
* A table's talk gets its new end by an event of its own; an older timer of its end means nothing.

Where only presses are lost (a platform keeps them less long than messages), everybody for whom a question is open is told, and
has `AGAIN` to press once more. What closed meanwhile, because the outage was longer than a close waits, stays closed: that is
said too.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.effects import Fan, Note, Say
from bot.core.heard import Interrupted
from bot.core.itinerary import Node
from bot.core.message import Block, Part, Several, When, message, t
from bot.core.spans import SAME_DAY, until
from bot.core.state import OpenStep, Stage
from bot.core.turn import Turn

LEAST = timedelta(minutes=15)
"""What everybody has at least, and how long an outage is that nobody needs to be told of once an earlier one has been made up
for."""

AGAIN = timedelta(minutes=5)
"""What everybody has at least to press again."""


def interrupted(turn: Turn, event: Interrupted) -> None:
    """Give the steps that are open on this course their time back, and say so."""
    course = turn.course
    _tell_of_closed(turn, event)
    if event.presses:
        _press_again(turn, event)
        return
    since = max(event.since, course.resumed or event.since)
    if course.state != "running" or event.until - since < LEAST:
        return
    turn.put(replace(course, resumed=event.until))
    ends: dict[datetime, list[Node]] = {}
    for step, entry in course.open.items():
        node = turn.flow.nodes[step]
        closes = _prolonged(turn, node, entry, since, event.until)
        if closes is not None and not node.step.idle:
            ends.setdefault(closes, []).append(node)
    turn.effects.append(
        Note(
            "interrupted",
            data={"course": course.id, "since": since.isoformat(), "until": event.until.isoformat()},
        )
    )
    _tell(turn, since, event.until, ends)


def _prolonged(turn: Turn, node: Node, entry: OpenStep, since: datetime, back: datetime) -> datetime | None:
    """The end of a step from now on; None where it has none, or was about to close anyway."""
    if entry.closes is None or entry.closing or entry.notice:
        return None
    closes = entry.closes
    if not node.step.idle:
        length = closes - entry.opened
        closes = max(closes, min(closes + (back - since), back + length), back + min(length, LEAST))
    if closes > entry.closes:
        _move(turn, node, entry, closes)
        if node.step.talk:
            turn.effects.append(Fan(node.id, "prolong"))
    return closes


def _move(turn: Turn, node: Node, entry: OpenStep, closes: datetime) -> None:
    """A step closes at this hour instead."""
    turn.put(replace(turn.course, open={**turn.course.open, node.id: replace(entry, closes=closes)}))
    if turn.flow.run_of(node)[-1].id == node.id:
        turn.wake(closes + node.step.grace, node, "close")
    for before in node.step.remind:
        if closes - before > turn.now:
            turn.wake(closes - before, node, "remind")


def _press_again(turn: Turn, event: Interrupted) -> None:
    """Only presses are lost, and only on one account: nobody else needs to hear of it."""
    course, asked, ends = turn.course, False, list[datetime]()
    if course.state != "running" or (course.resumed is not None and event.since < course.resumed):
        return
    for step, entry in course.open.items():
        node = turn.flow.nodes[step]
        if node.step.scope != "person" or entry.closing or entry.notice:
            continue
        asked = True
        if entry.closes is not None:
            closes = max(entry.closes, event.until + min(entry.closes - entry.opened, AGAIN))
            if closes > entry.closes:
                _move(turn, node, entry, closes)
            ends.append(closes)
    if not asked:
        return
    blocks: list[Block | Part] = [
        t(
            "I was away from {since} until {until}. A button that you pressed then may not have reached me; what you wrote has.",
            since=_hour(event.since, turn.now), until=_hour(event.until, turn.now),
        ),
        t("What is marked ✓ has reached me. If a question still stands there as before, please press once more."),
    ]  # fmt: skip
    if ends:
        blocks.append(t("There is time until {when}.", when=until(min(ends), turn.now)))
    key = f"{course.id}/presses/{int(event.until.timestamp())}"
    turn.effects.append(Say(f"waiting:{course.id}", message(*blocks), key, on=event.presses))


def _tell_of_closed(turn: Turn, event: Interrupted) -> None:
    """What closed while nothing could be heard was counted without what was given there in that time."""
    course = turn.course
    if course.resumed is not None and event.since < course.resumed:
        return
    ending = (step for step, entry in course.open.items() if entry.closing)
    nodes = [turn.flow.nodes[step] for step in dict.fromkeys((*event.closed, *ending)) if step in turn.flow.nodes]
    titles = [turn.flow.local(n.step.title) for n in nodes if n.step.scope == "person" and n.step.title]
    if not any(n.step.scope == "person" for n in nodes):
        return
    said = message(
        t(
            "I was away from {since} until {until}, and {steps} closed meanwhile.",
            since=_hour(event.since, turn.now), until=_hour(event.until, turn.now),
            steps=Several(tuple(titles)) if titles else t("a question"),
        ),
        t("What you pressed or wrote there in that time may not be counted, and it cannot be given again. I am sorry."),
    )  # fmt: skip
    key = f"{course.id}/closed-meanwhile/{int(event.until.timestamp())}"
    turn.effects.append(Say(course.unit, said, key, on=event.presses))


def _hour(at: datetime, now: datetime) -> When:
    """An instant that is past: the hour, with its day where that is long ago."""
    return When(at, "time" if now - at < SAME_DAY else "both")


def _tell(turn: Turn, since: datetime, back: datetime, ends: dict[datetime, list[Node]]) -> None:
    """Everybody on the course, and those who lead it."""
    blocks: list[Block | Part] = [
        t(
            "What you wrote or pressed from {since} until {until} may not have reached me. I am sorry.",
            since=until(since, turn.now), until=until(back, turn.now),
        )
    ]  # fmt: skip
    for closes, nodes in sorted(ends.items()):
        titles = tuple(turn.flow.local(node.step.title) for node in nodes if node.step.title)
        when = until(closes, turn.now)
        blocks.append(
            t("{steps}: there is time until {when}.", steps=Several(titles), when=when)
            if titles
            else t("What is open now stays open until {when}.", when=when)
        )
    if ends:
        blocks.append(t("Please check that your answers are there, and give again what is missing."))
    key = f"{turn.course.id}/interrupted/{int(back.timestamp())}"
    turn.effects.append(Say(turn.course.unit, message(*blocks), key))
    for site in turn.flow.sites_of(turn.course.id):
        turn.effects.append(Say(f"coordinators:{site.id}", message(*blocks), f"{key}/{site.id}"))


def prolong_unit(turn: Turn, node: Node, unit: str) -> None:
    """Give one table the new end of its step."""
    stage = turn.state.stages.get((node.id, unit))
    if stage is not None and stage.state != "closed" and node.id in turn.course.open:
        turn.hook(node, unit, node.step.prolong(turn.scene(node, unit)))


def stale(turn: Turn, stage: Stage) -> bool:
    """Whether a table's own end fell into an outage that has been made up for: then a new one is on its way. A talk that the
    table itself wanted to end has none."""
    resumed = turn.course.resumed
    return stage.closes is not None and resumed is not None and stage.closes <= resumed and not stage.data["early"]
