"""Everything rests, at those who lead's word: every open talk and every timer of a course waits, and all announced times move.

Invariants:

* A rest has an end that is announced; it goes on earlier when somebody who leads says so, and by itself at that end.
* Every timer that lies ahead moves by as long as the rest lasts; what would be set meanwhile waits for its end. So nothing opens,
  closes, warns or reminds while it lasts, and afterwards everything has as much time as before.
* Private answers count while it lasts; nothing passes at a table.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core import facilitator, floor, talk
from bot.core.commands import pending
from bot.core.commands.call import Call
from bot.core.effects import Delay, Fan, Note, Put, Say, Wake
from bot.core.events import Due, Halted
from bot.core.itinerary import Node
from bot.core.message import Phrase, message, t
from bot.core.schedule import duration
from bot.core.spans import spell, until
from bot.core.steps.discuss import Discuss
from bot.core.turn import Turn

USUAL, LONGEST = timedelta(minutes=15), timedelta(hours=4)


def pause_all(call: Call) -> None:
    """`/pause all 20m`: once a second person agrees, or after ten minutes."""
    words = call.args.split()[1:]
    try:
        span = duration(words[0]) if words else USUAL
    except ValueError:
        span = timedelta()
    if len(words) > 1 or not timedelta() < span <= LONGEST:
        call.wrong(t("After the word all you can write for how long: up to {span}.", span=spell(LONGEST)))
        return
    if call.turn.course.state != "running":
        call.reply(t("Nothing runs now that could rest."))
        return
    what = t("Everything rests for {span}: every talk, every step. All announced times move.", span=spell(span))
    told = t("Everything may rest for {span}, from {when} or earlier. You will be told.", span=spell(span), when="")
    units = tuple(f"course:{course}" for course in _courses(call))
    pending.ask(call, f"{int(span.total_seconds())}:{'+'.join(_courses(call))}", what, told, units)


def paused(call: Call) -> None:
    """It rests from now on."""
    seconds, _, courses = call.args.partition(":")
    over = call.turn.now + timedelta(seconds=int(seconds))
    for course in courses.split("+"):
        event = Halted(course, over, call.seat.id)
        call.turn.effects.append(Wake(call.turn.now, event, f"halted/{course}/{call.event.id}"))


def resume_all(call: Call) -> None:
    """`/resume all`: everything goes on now."""
    if call.turn.course.halted is None:
        call.reply(t("Nothing rests as a whole now. /resume and a table's number lets a table go on."))
        return
    for course in _courses(call):
        event = Halted(course, None, call.seat.id)
        call.turn.effects.append(Wake(call.turn.now, event, f"goes-on/{course}/{call.event.id}"))
    call.reply(t("Everything goes on. Everybody is told."))


def halted(turn: Turn, event: Halted) -> None:
    """A rest of the course begins, or ends."""
    course = turn.course
    if event.until is not None and course.state == "running" and course.halted is None:
        _begin(turn, event.until, event.by)
    elif event.until is None and course.halted is not None and event.of in (None, course.halted):
        _end(turn, course.halted, event.by)


def _begin(turn: Turn, over: datetime, by: str) -> None:
    span = over - turn.now
    turn.put(replace(turn.course, halted=over))
    _shift(turn, span)
    _fan(turn, "halt")
    said = t("Everything rests now. It goes on by itself at {when}, or earlier.", when=until(over, turn.now))
    _tell(turn, said, t("Every announced time moves by as much."), over)
    turn.effects.append(Note("halted", by, {"course": turn.course.id, "seconds": int(span.total_seconds())}))
    event = Halted(turn.course.id, None, of=over)
    turn.effects.append(Wake(over, event, f"goes-on/{turn.course.id}/{int(over.timestamp() * 1000)}"))


def _end(turn: Turn, over: datetime, by: str) -> None:
    turn.put(replace(turn.course, halted=None))
    _shift(turn, min(turn.now - over, timedelta()))
    _fan(turn, "go_on")
    ends = [entry.closes for entry in turn.course.open.values() if entry.closes is not None and not entry.closing]
    later = t("What is open now closes at {when}.", when=until(min(ends), turn.now)) if ends else None
    _tell(turn, t("Everything goes on."), later, turn.now)
    turn.effects.append(Note("went_on", by, {"course": turn.course.id}))


def _shift(turn: Turn, span: timedelta) -> None:
    """All that is announced, and every timer ahead, moves by this span."""
    if not span:
        return
    moved = {
        step: replace(entry, closes=entry.closes + span) if entry.closes is not None and not entry.closing else entry
        for step, entry in turn.course.open.items()
    }
    turn.put(replace(turn.course, open=moved))
    turn.effects.append(Delay(turn.course.id, span))


def _fan(turn: Turn, what: str) -> None:
    for step in turn.course.open:
        if turn.flow.nodes[step].step.closes_units:
            turn.effects.append(Fan(step, "halt" if what == "halt" else "go_on"))


def _tell(turn: Turn, said: Phrase, more: Phrase | None, at: datetime) -> None:
    told = message(said, *((more,) if more is not None else ()))
    key = f"{turn.course.id}/rests/{int(turn.now.timestamp())}/{int(at.timestamp())}"
    turn.effects.append(Say(turn.course.unit, told, key, quiet=False))
    for site in turn.flow.sites_of(turn.course.id):
        turn.effects.append(Say(f"team:{site.id}", told, f"{key}/{site.id}", quiet=False))


def halt_unit(turn: Turn, node: Node, unit: str, *, go_on: bool) -> None:
    """A table rests with all the others, or goes on with them: its own end moves too, and whoever had the floor has it again."""
    stage, at = turn.state.stages.get((node.id, unit)), turn.scene(node, unit)
    if stage is None or stage.state == "closed":
        return
    if not isinstance(node.step, Discuss):
        entry = turn.course.open.get(node.id)
        if entry is not None and stage.n == 0 and stage.closes is not None:
            turn.put(replace(stage, closes=entry.closes))
        return
    step = node.step

    def effects() -> talk.Moves:
        warned = facilitator.warnings(at, step)
        moved = stage if stage.data["early"] else (yield from talk.ends(at, stage, talk.announced(at, stage), warned))
        moved = (yield from step.again(at, moved)) if go_on else floor.hold(moved)
        yield Put(moved)
        return moved

    turn.hook(node, unit, effects())


def hold_timers(turn: Turn) -> None:
    """What would ring on the course while it rests rings at the end of the rest."""
    over = turn.course.halted
    if over is None or over <= turn.now:
        return
    turn.effects = [
        replace(e, at=over)
        if isinstance(e, Wake) and isinstance(e.event, Due) and e.event.course == turn.course.id and e.at < over
        else e
        for e in turn.effects
    ]


def _courses(call: Call) -> tuple[str, ...]:
    return call.flow.courses if call.seat.role == "organiser" else (call.turn.course.id,)


__all__ = ["halt_unit", "halted", "hold_timers", "pause_all", "paused", "resume_all"]
