"""Where somebody stands in the evening: what is open for them, and which commands are of use to them now."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from bot.core import company, floor, voices
from bot.core.commands.call import Call, Talk, named
from bot.core.commands.translating import texts_waiting
from bot.core.course import next_opening
from bot.core.guiding import answered_alone, chosen
from bot.core.itinerary import Node
from bot.core.message import Part, Several, When, t, tn
from bot.core.observing import guarantees
from bot.core.rights import OVERSEEING, Command, lasts
from bot.core.spans import until
from bot.core.talk import NOTICE
from bot.core.translation import interpreting

Moment = Literal["before", "talk", "rests", "alone", "answers", "draft", "between", "after"]
"""The assembly has not begun; the table (or, for those who lead several, some table) talks, or its talk rests; hardly anybody can
be reached there; people answer in private; a draft waits for those who lead the table; nothing is open; the assembly is over."""

TOLD = ("summarise", "relay", "publish")
"""The types of steps that show people a summary."""


def moment(call: Call) -> Moment:
    """Where this person stands now."""
    course, talk, table = call.turn.course, call.talk(), call.table
    if course.state == "waiting":
        return "before"
    if course.state == "ended" or call.turn.state.facts.get("over"):
        return "after"
    if call.seat.role == "facilitator" and table is not None and len(table.reached) < company.ENOUGH:
        return "alone"
    if call.seat.role in OVERSEEING and any(node.step.talk for node in _open(call)):
        return "talk"
    if talk is not None:
        return "rests" if talk.stage.state == "paused" else "talk"
    if call.seat.role == "facilitator" and drafts(call):
        return "draft"
    own = waiting(call) if call.seat.role == "participant" else private(call)
    return "answers" if own else "between"


def waiting(call: Call) -> list[Node]:
    """The steps that wait for this person's answer."""
    stages = call.turn.state.stages
    return [
        call.turn.flow.nodes[step]
        for step in call.turn.course.open
        if (stage := stages.get((step, call.seat.unit))) is not None and stage.state == "open"
    ]


def private(call: Call) -> list[Node]:
    """The open steps at which people answer each for themselves."""
    return [node for node in _open(call) if answered_alone(node)]


def drafts(call: Call) -> list[Node]:
    """The open steps at which a draft of this table waits for those who lead it."""
    table, stages = call.table, call.turn.state.stages
    if table is None:
        return []
    found = [(node, stages.get((node.id, table.unit))) for node in _open(call) if node.step.type == "summarise"]
    return [node for node, stage in found if stage is not None and stage.state == "open"]


def _open(call: Call) -> list[Node]:
    return [call.flow.nodes[step] for step in call.turn.course.open]


# What is said of it


def now(call: Call) -> Part:
    """One sentence: what is open for this person now."""
    turn, talk, role = call.turn, call.talk(), call.seat.role
    if turn.course.state == "waiting":
        return t("The assembly has not begun yet.")
    if role == "facilitator" and (said := _led(call)) is not None:
        return said
    if talk is not None:
        return _talking(call, talk)
    if role == "translator" and (waits := texts_waiting(call)) is not None:
        return waits
    if role == "participant" and (asked := waiting(call)):
        return t("This waits for your answer: {step}.", step=named(turn.flow, asked[-1]))
    if turn.course.state == "ended":
        return t("The assembly is over. Thank you for taking part.")
    if role in OVERSEEING and (steps := _open(call)):
        return t("Open now: {steps}.", steps=Several(tuple(named(call.flow, node) for node in steps)))
    return t("Nothing waits for you now.")


def coming(call: Call) -> Part | None:
    """When it goes on, for somebody for whom nothing is open; None where nobody knows yet."""
    at, opens = moment(call), next_opening(call.flow, call.turn.course, call.turn.now)
    if at not in ("before", "between") or opens is None:
        return None
    if at == "before":
        return t("It begins on {when}, and I write to you then.", when=When(opens))
    return t("It goes on at {when}.", when=until(opens, call.turn.now))


def _led(call: Call) -> Part | None:
    """What somebody who leads a table reads of it, where that is more than whether it talks."""
    match moment(call):
        case "alone" if call.table is not None:
            here = len(call.table.reached)
            return tn(
                "Only {n} person can be reached at your table.", "Only {n} people can be reached at your table.", n=here
            )
        case "draft":
            return t("A draft of your table waits above for your yes. It has buttons to approve and to change it.")
        case "answers":
            asked = private(call)
            steps = Several(tuple(named(call.flow, node) for node in asked))
            if not chosen(asked):
                return t("Each answers in private now: {steps}.", steps=steps)
            return t("Each answers in private now: {steps}. Nobody sees what people choose.", steps=steps)
        case "between" if call.table is None:
            return t("You have no table yet. You will be told here when you have one.")
    return None


def _talking(call: Call, talk: Talk) -> Part:
    if talk.stage.state == "paused":
        return t("The talk at your table rests.")
    if talk.stage.closes is None:
        return t("Your table talks now: it reads what you write.")
    when = until(talk.stage.closes, call.turn.now)
    return t("Your table talks now, until {when}: it reads what you write.", when=when)


# What is of use


def fits(call: Call, command: Command) -> bool:
    """Whether a command does something at this moment; what it would refuse is never offered."""
    seat, course, at = call.seat, call.turn.course, moment(call)
    if command.active and seat.status != "active":
        return False
    if at == "after" and not lasts(seat.role, command.name):
        return False
    match command.name:
        case "begin":
            return course.state == "waiting"
        case "original":
            return call.table is not None and interpreting.mixed(call.flow, call.table)
        case "source":
            shown = (step for step in (*course.open, *course.done) if step in call.flow.nodes)
            return any(call.flow.nodes[step].step.type in TOLD for step in shown)
        case "for":
            return seat.helped
        case "hold":
            return guarantees(seat)
        case "lift":
            return bool(course.held)
        case "gate" | "publish":
            return any(node.step.type == command.name for node in _open(call))
        case "close" | "open":
            return course.state == "running"
        case "time":
            return any(entry.closes is not None for entry in course.open.values())
        case "trans" | "release":
            return texts_waiting(call) is not None
    if seat.role in OVERSEEING:
        if command.where == "talk":
            return any(node.step.talk for node in _open(call))
        return command.where in ("anywhere", "course") or course.state == "running"
    return command.where == "anywhere" or (call.table is not None and _at_table(call, command, at))


def _at_table(call: Call, command: Command, at: Moment) -> bool:
    """Whether a command for a table does something at this one."""
    talk, table = call.talk(), call.table
    named_people = table is not None and any(m.name for m in table.members)
    match command.name:
        case "pass":
            return talk is not None and floor.running(talk.stage)
        case "undo":
            return talk is not None and call.seat.id in talk.stage.data["last"]
        case "sentence":
            silent = voices.standing(talk.stage)["silent"].values() if talk is not None else ()
            return bool(silent) and (call.seat.role != "participant" or call.seat.id in silent)
        case "bind":
            return table is not None and not table.rooms
        case "unbind" | "room":
            return table is not None and bool(table.rooms)
        case "pause" | "resume":
            return talk is not None and (talk.stage.state == "paused") == (command.name == "resume")
        case "extend":
            return talk is not None and talk.step.extend_max > timedelta(seconds=talk.stage.data["extended"])
        case "next":
            return talk is not None and not _ending(call, talk)
        case "nudge":
            return talk is not None or bool(private(call))
        case "turn" | "quiet":
            return talk is not None and named_people
        case "tell" | "remove":
            return named_people
        case "prompt" | "note":
            return at != "before"
    return command.where != "talk" or talk is not None


def _ending(call: Call, talk: Talk) -> bool:
    return talk.stage.closes is not None and talk.stage.closes <= call.turn.now + NOTICE
