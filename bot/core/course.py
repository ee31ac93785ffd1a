"""The walk of a course through the flow: opening a step, closing it, going on.

Invariants:

* A step is opened once, closed once and finished once on a course, each by an event of its own, so that each sees the
  aggregates it needs and nothing else happens between reading and writing them.
* A step that waits has an end: its announced time, or everybody's answer, or a person's word. Nobody absent holds it open.
* Where a step closes units of its own (tables), it finishes when the last of them has closed, and a table may close at
  most as late as its facilitator has extended it.
* Steps of the same self-paced run open together and close together; each person goes through them at their own pace.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from bot.core import guiding, stopping
from bot.core.audience import course_takes_part
from bot.core.effects import Attest, Fan, Note, Request, Say, Seal, Wake
from bot.core.events import Due, Reached, Started
from bot.core.flow import Flow, follows
from bot.core.itinerary import TRUNK, Node
from bot.core.message import message, t, tn
from bot.core.schedule import resolve
from bot.core.state import Course, OpenStep
from bot.core.steps.control import Parallel
from bot.core.steps.vote import Vote
from bot.core.turn import NOTICE, Turn

LONGEST_WAY = timedelta(days=1)
"""How long after the opening, or after the holidays in which it opens, a step may still reach somebody and count its duration
from there."""


def moment(flow: Flow, course: Course, when: datetime | time, now: datetime) -> datetime:
    """The instant that a moment of the flow file means on this course: a bare time is that of the session's day."""
    zone = flow.zone(course.id)
    if isinstance(when, time):
        day = (course.session or now).astimezone(zone).date()
        when = datetime.combine(day, when)
    return resolve(when, zone)


def coming(flow: Flow, course: Course, when: time, after: datetime) -> datetime:
    """The next instant after `after` at which the clock of this course shows `when`."""
    zone = flow.zone(course.id)
    day = after.astimezone(zone).date()
    today = resolve(datetime.combine(day, when), zone)
    return today if today > after else resolve(datetime.combine(day + timedelta(days=1), when), zone)


def opening(flow: Flow, course: Course, node: Node, now: datetime) -> datetime:
    """When a step opens if the one before it ends now."""
    if node.step.opens is not None:
        return max(now, moment(flow, course, node.step.opens, now))
    return now + (node.step.after or timedelta())


def closing(flow: Flow, course: Course, node: Node, opened: datetime) -> datetime | None:
    """The announced end of a step that opens at `opened`; None where it has none."""
    ends: list[datetime] = []
    for other in flow.run_of(node):
        step = other.step
        if step.closes is not None:
            if step.next_day and isinstance(step.closes, time):
                ends.append(coming(flow, course, step.closes, opened))
            else:
                ends.append(max(opened, moment(flow, course, step.closes, opened)))
        elif step.duration is not None:
            ends.append(opened + step.duration)
    return max(ends, default=None)


def start(turn: Turn, event: Started) -> None:
    """The first step of the course is set to open."""
    course = turn.course
    if course.state != "waiting":
        return
    turn.put(replace(course, state="running", session=turn.now, started=turn.now, at={TRUNK: 0}))
    turn.effects.append(Note("started", data={"course": course.id}))
    await_opening(turn, TRUNK)


def await_opening(turn: Turn, sequence: str) -> None:
    """Set the timer that opens the next step of a sequence, or end the sequence."""
    row = turn.flow.sequences[sequence]
    index = turn.course.at[sequence]
    if index < len(row):
        node = row[index]
        turn.wake(opening(turn.flow, turn.course, node, turn.now), node, "open")
    elif sequence == TRUNK:
        turn.put(replace(turn.course, state="ended"))
        _leave_boxes(turn, *turn.flow.nodes.values())
        turn.effects.append(Note("ended", data={"course": turn.course.id}))
        turn.effects.append(Request("close_rooms", turn.course.id, "", f"close-rooms/{turn.course.id}"))
    else:
        branch_ended(turn, sequence)


def _leave_boxes(turn: Turn, *nodes: Node) -> None:
    """This course will not vote there any more: a secret vote that has closed everywhere else can be sealed off."""
    turn.effects += [Seal(node.id) for node in nodes if isinstance(node.step, Vote) and node.step.secret]


def branch_ended(turn: Turn, sequence: str) -> None:
    """A branch of a parallel is through; the parallel ends when all are, or any is, as it says."""
    parallel = turn.flow.owners[sequence]
    entry = turn.course.open.get(parallel.id)
    if entry is None or not isinstance(parallel.step, Parallel):
        return
    through = [turn.course.at.get(b, 0) >= len(turn.flow.sequences[b]) for b in parallel.branches]
    if all(through):
        turn.wake(turn.now, parallel, "finish")
    elif parallel.step.join == "any" and not entry.closing:
        turn.wake(turn.now, parallel, "close", n=1)


def due(turn: Turn, node: Node, event: Due) -> None:
    """A timer of the course itself."""
    match event.what:
        case "open":
            open_step(turn, node, forced=event.n == 1)
        case "early":
            end_early(turn, node)
        case "close":
            close_step(turn, node, forced=event.n == 1)
        case "finish":
            finish_step(turn, node, str(event.data.get("outcome", "done")))
        case "remind" if _over(turn, node):
            pass
        case "remind" if node.step.scope in ("person", "table"):
            turn.effects.append(Fan(node.id, "remind"))
        case _:
            turn.hook(
                node,
                event.unit or turn.course.unit,
                node.step.due(turn.scene(node, event.unit or turn.course.unit), event),
            )


def _over(turn: Turn, node: Node) -> bool:
    """Whether the announced end has passed: a reminder that rings late serves nobody."""
    entry = turn.course.open.get(node.id)
    return entry is not None and entry.closes is not None and entry.closes <= turn.now


def open_step(turn: Turn, node: Node, *, forced: bool = False) -> None:
    """Open a step on this course, with the self-paced steps that follow it; before its hour where somebody has `forced` it."""
    course = turn.course
    if course.state != "running" or node.id in course.open or node.id in course.done:
        return
    if course.at.get(node.sequence) != node.index or stopping.stops(turn, node, "open"):
        return
    opens = moment(turn.flow, course, node.step.opens, turn.now) if node.step.opens is not None else turn.now
    if opens > turn.now and not forced:
        turn.wake(opens, node, "open")
        return
    if not course_takes_part(turn.flow, node, course, turn.state.facts):
        turn.put(replace(course, done={**course.done, node.id: "skipped"}))
        _leave_boxes(turn, node)
        _tell_who_waits(turn, node)
        proceed(turn, node)
        return
    run = [node]
    row = turn.flow.sequences[node.sequence]
    while node.step.self_paced and run[-1].index + 1 < len(row) and follows(row[run[-1].index + 1]):
        run.append(row[run[-1].index + 1])
    closes = closing(turn.flow, course, node, turn.now)
    opened = {n.id: OpenStep(turn.now, closes) for n in run}
    turn.put(replace(course, open={**course.open, **opened}, at={**course.at, node.sequence: run[-1].index}))
    turn.effects.append(Note("opened", data={"course": course.id, "steps": [n.id for n in run]}))
    for each in run:
        turn.hook(each, course.unit, each.step.begin(turn.scene(each, course.unit)))
    if isinstance(node.step, Parallel):
        turn.put(replace(turn.course, at={**turn.course.at, **dict.fromkeys(node.branches, 0)}))
        for branch in node.branches:
            await_opening(turn, branch)
    elif node.step.scope in ("person", "table"):
        turn.effects.append(Fan(node.id, "open"))
    guiding.private(turn, run)
    if not node.step.waits:
        turn.wake(turn.now, node, "finish")
    if closes is not None and run[-1].step.waits:
        turn.wake(closes + node.step.grace, run[-1], "close")
        for each in run:
            for before in each.step.remind:
                if closes - before > turn.now:
                    turn.wake(closes - before, each, "remind")


def close_step(turn: Turn, node: Node, *, forced: bool = False) -> None:
    """The time of a step is over: close its units, then finish it."""
    entry = turn.course.open.get(node.id)
    if entry is None or entry.closing:
        return
    if not forced and entry.closes is not None and turn.now < entry.closes:
        return
    if not forced and (came_late(turn, node, entry) or too_few(turn, node, entry)):
        return
    turn.put(replace(turn.course, open={**turn.course.open, node.id: replace(entry, closing=True)}))
    if node.branches:
        close_branches(turn, node)
    elif node.step.closes_units and turn.counter(node, "expected") > turn.counter(node, "closed"):
        turn.effects.append(Fan(node.id, "close"))
    else:
        turn.wake(turn.now, node, "finish")


def end_early(turn: Turn, node: Node) -> None:
    """Those who lead close a step before its time, for everybody: a minute's notice, then it closes, at every table."""
    entry, closes = turn.course.open.get(node.id), turn.now + NOTICE
    if entry is None or entry.closing or (entry.closes is not None and entry.closes <= closes):
        return
    run = [each for each in turn.flow.run_of(node) if each.id in turn.course.open]
    ended = {n.id: replace(turn.course.open[n.id], closes=closes, notice=True, extended=True) for n in run}
    turn.put(replace(turn.course, open={**turn.course.open, **ended}))
    step = turn.flow.local(node.step.title or {"": node.id})
    said = t("“{step}” closes in one minute. Is there something that must still be said?", step=step)
    if node.step.scope == "person":
        said = t("“{step}” closes in one minute. Until then you can still answer.", step=step)
    key = f"{turn.course.id}/{node.id}/early/{int(turn.now.timestamp())}"
    turn.effects.append(Say(turn.course.unit, message(said, step=node.id), key))
    if node.step.closes_units:
        turn.effects.append(Fan(node.id, "shorten"))
    turn.wake(closes + node.step.grace, run[-1] if run else node, "close")


def shorten_unit(turn: Turn, node: Node, unit: str) -> None:
    """A table ends with the others, however much time it was given."""
    stage, entry = turn.state.stages.get((node.id, unit)), turn.course.open.get(node.id)
    if stage is None or entry is None or entry.closes is None or stage.state == "closed":
        return
    data = {**stage.data, "extended": 0} if "extended" in stage.data else stage.data
    turn.put(replace(stage, closes=min(stage.closes or entry.closes, entry.closes), data=data))


def came_late(turn: Turn, node: Node, entry: OpenStep) -> bool:
    """A private step is open until its announced end, or for its duration after it has reached the last person, whichever is
    later. True if it stays open for that reason. A step that everybody has answered waits for nobody."""
    step, last = node.step, turn.state.facts.get("delivered")
    if last is None or step.duration is None or step.self_paced or step.scope != "person" or entry.notice:
        return False
    woken = max(turn.flow.awake(site.id, entry.opened) for site in turn.flow.sites_of(turn.course.id))
    closes = min(last, woken + LONGEST_WAY) + step.duration
    if closes <= turn.now:
        return False
    turn.put(replace(turn.course, open={**turn.course.open, node.id: replace(entry, closes=closes)}))
    turn.wake(closes + step.grace, node, "close")
    return True


def close_branches(turn: Turn, parallel: Node) -> None:
    """The time of a parallel is over: close what is open in its branches; what has not opened yet never does."""
    at = dict(turn.course.at)
    busy = False
    for branch in parallel.branches:
        row = turn.flow.sequences[branch]
        here = [n for n in row if n.id in turn.course.open]
        for inner in here:
            turn.wake(turn.now, inner, "close", n=1)
        at[branch] = at[branch] if here else len(row)
        busy = busy or bool(here)
    turn.put(replace(turn.course, at=at))
    if not busy:
        turn.wake(turn.now, parallel, "finish")


def too_few(turn: Turn, node: Node, entry: OpenStep) -> bool:
    """Fewer have answered than the step asks for. True if it stays open for another time."""
    step, done = node.step, turn.counter(node, "done")
    if done >= step.too_few or turn.counter(node, "expected") == 0:
        return False
    turn.effects.append(Note("too_few", data={"course": turn.course.id, "step": node.id, "done": done}))
    if step.on_too_few == "extend_once" and not entry.extended and step.duration is not None:
        closes = turn.now + step.duration
        turn.put(replace(turn.course, open={**turn.course.open, node.id: replace(entry, closes=closes, extended=True)}))
        turn.wake(closes + step.grace, node, "close")
        return True
    if step.on_too_few == "tell_coordinator":
        told = message(
            tn(
                "Only {n} person has answered “{step}”; {wanted} were hoped for. The assembly goes on.",
                "Only {n} people have answered “{step}”; {wanted} were hoped for. The assembly goes on.",
                n=done,
                step=turn.flow.local(step.title or {"": node.id}),
                wanted=step.too_few,
            )
        )
        for site in turn.flow.sites_of(turn.course.id):
            turn.effects.append(Say(f"coordinators:{site.id}", told, f"{turn.course.id}/{node.id}/too-few/{site.id}"))
    return False


def close_unit(turn: Turn, node: Node, unit: str) -> None:
    """Close the stage of one unit, unless it was given more time than the others and is not done."""
    stage = turn.state.stages.get((node.id, unit))
    entry = turn.course.open.get(node.id)
    if stage is None or entry is None or stage.state == "closed":
        return
    if stage.n and stage.state != "done" and stage.closes is not None and stage.closes > turn.now:
        return
    turn.hook(node, unit, node.step.close(turn.scene(node, unit)))
    turn.put(replace(turn.state.stages[(node.id, unit)], state="closed"))
    closed = turn.count(node, "closed")
    if closed >= turn.counter(node, "expected") and turn.counter(node, "left") == 0:
        turn.wake(turn.now, node, "finish")


def finish_step(turn: Turn, node: Node, outcome: str) -> None:
    """The step is over on this course: results, then the next step."""
    if node.id not in turn.course.open or stopping.stops(turn, node, "finish", outcome):
        return
    run = [n for n in turn.flow.run_of(node) if n.id in turn.course.open]
    if run[0].id != node.id:  # the steps of a run finish in their order, each by an event of its own
        turn.wake(turn.now, run[0], "finish", outcome=outcome)
        return
    turn.hook(node, turn.course.unit, node.step.finish(turn.scene(node, turn.course.unit)))
    entry = turn.course.open[node.id]
    still = {step: each for step, each in turn.course.open.items() if step != node.id}
    lately = {step: turn.course.closed[step] for step in turn.course.lately(turn.now)}
    lately[node.id] = min(entry.closes or turn.now, turn.now)
    done = {**turn.course.done, node.id: outcome}
    turn.put(replace(turn.course, open=still, done=done, closed=lately))
    turn.effects.append(Note("closed", data={"course": turn.course.id, "steps": [node.id], "outcome": outcome}))
    _attest(turn, node)
    _tell_who_waits(turn, node)
    if len(run) > 1:
        turn.wake(
            turn.now, run[1], "finish", n=1, outcome=outcome
        )  # a timer of its own beside the one that sent us here
    else:
        proceed(turn, node)


def _attest(turn: Turn, node: Node) -> None:
    """Tell with which mark the log ends, to those whom the flow names."""
    post, key = turn.flow.file.log.post, f"{turn.course.id}/{node.id}/log"
    if post == "everybody":
        turn.effects.append(Attest(turn.course.unit, key))
    elif post == "leading":
        sites = turn.flow.sites_of(turn.course.id)
        turn.effects += [Attest(f"coordinators:{site.id}", f"{key}/{site.id}") for site in sites]


def _tell_who_waits(turn: Turn, node: Node) -> None:
    """This course is through with a step, or has left it out: other courses may wait for that."""
    if node.id in turn.flow.awaited:
        for other in turn.flow.courses:
            reached = Reached(other, node.id, turn.course.id)
            turn.effects.append(Wake(turn.now, reached, f"reached/{turn.course.id}/{node.id}/{other}"))


def proceed(turn: Turn, node: Node) -> None:
    """Go on behind a node that is done or skipped; in a parallel whose time is over, straight to the end of the branch."""
    following = node.index + 1
    owner = turn.flow.owners.get(node.sequence)
    entry = turn.course.open.get(owner.id) if owner is not None else None
    if entry is not None and entry.closing:
        following = len(turn.flow.sequences[node.sequence])
    turn.put(replace(turn.course, at={**turn.course.at, node.sequence: following}))
    await_opening(turn, node.sequence)


def next_opening(flow: Flow, course: Course, now: datetime) -> datetime | None:
    """When the next step opens, as far as its time is already known; None where it depends on what is open now."""
    if course.state == "waiting":
        when = flow.file.schedule.start
        return resolve(when, flow.zone(course.id)) if when is not None else None
    index = course.at.get(TRUNK, 0)
    if index < len(flow.trunk) and not course.open:
        return opening(flow, course, flow.trunk[index], now)
    return None


__all__ = [
    "close_unit", "closing", "due", "moment", "next_opening", "open_step", "opening", "shorten_unit", "start",
]  # fmt: skip
