"""Leading the whole course by commands: a step opens now, a step closes early, a gate is opened, results are told.

Who leads several courses writes the site last: `/open talk linz`. What takes something from people waits for a second person
(`bot.core.commands.pending`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.core.board import Row, line
from bot.core.commands import pending
from bot.core.commands.call import Call, named
from bot.core.course import opening
from bot.core.effects import Lane, Note, Wake
from bot.core.events import Due
from bot.core.itinerary import Node
from bot.core.message import Block, Button, Drawn, Part, Phrase, Plain, Several, block, message, t, tn
from bot.core.spans import until
from bot.core.steps.gate import Gate
from bot.core.steps.publish import Publish
from bot.core.steps.survey import Survey
from bot.core.steps.vote import Vote

MANY = 25
"""So many tables stand in lines; a phone shows no more in one message."""


def open_next(call: Call) -> None:
    """The next step opens now, although its hour has not come."""
    text = _here(call)
    if text is None:
        return
    coming, course = _coming(call), call.turn.course
    if not text and coming:
        _offer(call, t("This comes next:"), coming)
        return
    if not text:
        now = tuple(named(call.flow, node) for node in _open(call))
        call.reply(
            t("Nothing can open before these have ended: {steps}.", steps=Several(now))
            if now
            else t("No further step can be opened.")
        )
        return
    node = _step(call, text, coming)
    if node is None:
        return
    if node.id in course.open:
        call.reply(t("{step} is open already.", step=named(call.flow, node)))
    elif node.id in course.done:
        call.reply(t("{step} is over. A step opens once.", step=named(call.flow, node)))
    elif node not in coming:
        before = tuple(named(call.flow, call.flow.nodes[step]) for step in course.open)
        call.reply(
            t("Before {step} these must end: {steps}.", step=named(call.flow, node), steps=Several(before))
            if before
            else t("Other steps come before {step}.", step=named(call.flow, node))
        )
    else:
        call.turn.wake(call.turn.now, node, "open", n=1)
        call.turn.effects.append(Note("opened_early", call.seat.id, {"course": course.id, "step": node.id}))
        call.reply(t("{step} opens now. Everybody is told by the step itself.", step=named(call.flow, node)))


def close(call: Call) -> None:
    """An open step closes early, at all tables: a second person agrees, or ten minutes pass."""
    text = _here(call)
    if text is None:
        return
    here = _open(call)
    node = here[0] if not text and len(here) == 1 else None if not text else _step(call, text, here)
    if node is None:
        if not text:
            _offer(call, t("Which of these?") if here else t("No step is open now."), here)
        return
    if node not in here:
        call.reply(t("{step} is not open.", step=named(call.flow, node)))
        return
    if isinstance(node.step, Gate):
        call.reply(t("{step} is a gate: /gate opens it.", step=named(call.flow, node)))
        return
    step, course = named(call.flow, node), call.turn.course
    # At a table also those who lead it or read along are told.
    told = f"answering:{course.id}:{node.id}" if node.step.scope == "person" else course.unit
    pending.ask(
        call, f"{course.id}:{node.id}", t("“{step}” closes early, for everybody.", step=step),
        t("“{step}” may close early: at {when}, or a little before. Please do not wait with your answer.", step=step, when=""),
        (told,),
    )  # fmt: skip


def closed(call: Call) -> None:
    """It closes, with a minute's notice."""
    _ring(call, "early", "closed_early")


def gate(call: Call) -> None:
    """The gate that waits, for whom, and the way to open it."""
    if _here(call) is None:
        return
    waiting = [node for node in _open(call) if isinstance(node.step, Gate)]
    if not waiting:
        call.reply(t("No gate waits now."))
    for node in waiting:
        step, opened = node.step, call.turn.course.open[node.id].opened
        if not isinstance(step, Gate):
            continue
        who = t("a coordinator, or an organiser") if step.who == "coordinator" else t("an organiser")
        blocks: list[Block | Part] = [block(named(call.flow, node), kind="title")]
        blocks += [call.flow.local(step.ask)] if step.ask else []
        blocks += [block(call.flow.local(item), kind="item") for item in step.checklist]
        blocks.append(t("It waits for {who}.", who=who))
        end = opened + step.timeout
        if end > call.turn.now:
            blocks.append(t("By itself it waits until {when}.", when=until(end, call.turn.now)))
        may = call.seat.role == "organiser" or step.who == "coordinator"
        buttons = (Button(t("Go on"), f"{node.id}:go:{call.turn.course.id}:"),) if may else ()
        call.reply(*blocks, buttons=buttons)


def publish(call: Call) -> None:
    """Results that wait for other sites are told now: a second person agrees, or ten minutes pass."""
    text = _here(call)
    if text is None:
        return
    here = tuple(node for node in _open(call) if isinstance(node.step, Publish))
    asked = next((node for node in call.flow.nodes.values() if text and node.id.casefold() == text.casefold()), None)
    if asked is not None and asked not in here and isinstance(asked.step, Vote | Survey):
        call.reply(_told_where(call, asked))
        return
    if not here:
        call.reply(t("No results are held back now. What a step may tell is told by the flow when it comes to that."))
        return
    node = here[0] if not text and len(here) == 1 else _step(call, text, here)
    if node is None:
        return
    if node not in here:
        call.reply(t("{step} holds no results back.", step=named(call.flow, node)))
        return
    what = t("{step}: the results are told now, although not all sites are through.", step=named(call.flow, node))
    pending.ask(call, f"{call.turn.course.id}:{node.id}", what)


def _told_where(call: Call, asked: Node) -> Phrase:
    """Where the results of a vote are told, if they are told at all: a flow decides that before anybody votes."""
    step = named(call.flow, asked)
    nodes = (node for node in call.flow.nodes.values() if isinstance(node.step, Publish))
    later = next((node for node in nodes if isinstance(node.step, Publish) and asked.step.id in node.step.what), None)
    if isinstance(asked.step, Vote) and asked.step.results == "on_close":
        return t("{step} tells its results by itself when it closes.", step=step)
    if later is not None and later.id in call.turn.course.done:
        return t("The results of {step} have been told, at “{later}”.", step=step, later=named(call.flow, later))
    if later is not None:
        return t("The results of {step} are told at “{later}”, when the flow comes to it.", step=step,
                 later=named(call.flow, later))  # fmt: skip
    return t("In this assembly the results of {step} are not told in the chat: its flow said so before anybody answered, and "
             "that holds. Those who organise it find them in the report.", step=step)  # fmt: skip


def published(call: Call) -> None:
    """They are told."""
    _ring(call, "finish", "published_early")


def board(call: Call) -> None:
    """Every table in a line, and all of them in a picture."""
    if _here(call) is None:
        return
    facts, course, now = call.turn.state.facts, call.turn.course, call.turn.now
    rows: tuple[Row, ...] = facts.get("board", ())
    blocks: list[Block | Part] = []
    for step, entry in course.open.items():
        node = call.flow.nodes[step]
        name = named(call.flow, node)
        if node.step.scope == "person":
            done, expected = call.turn.counter(node, "done"), call.turn.counter(node, "expected")
            blocks.append(t("{step}: {done} of {all} have answered.", step=name, done=done, all=expected))
        blocks.append(
            t("{step}: open until {when}.", step=name, when=until(entry.closes, now))
            if entry.closes is not None
            else t("{step} is open.", step=name)
        )
    if course.halted is not None:
        blocks.append(t("Everything rests until {when}.", when=until(course.halted, now)))
    if not course.open:
        blocks.append(t("No step is open now."))
    blocks += [line(row) for row in rows[:MANY]] or [t("Nobody sits at a table yet.")]
    if len(rows) > MANY:
        more = tn("{n} table more stands in the picture.", "{n} tables more stand in the picture.", n=len(rows) - MANY)
        blocks.append(more)
    if facts.get("queue"):
        blocks.append(tn("{n} text waits for a translator.", "{n} texts wait for a translator.", n=facts["queue"]))
    key = block(t("In the picture: full squares have written or answered, empty ones are here, dots are not; F: a facilitator is "
                  "there; the bar: the time left, at most an hour."), kind="note")  # fmt: skip
    said = message(*blocks, *((key,) if rows else ()))
    if rows:
        said = replace(said, enclosed=Drawn(tuple(row.numbers for row in rows)))
    call.say(call.seat.unit, said, "board", Lane.ANSWER, quiet=False)


def _ring(call: Call, what: str, act: str) -> None:
    """Let it happen on the course that was meant, which need not be that of whoever agrees."""
    course, _, step = call.args.partition(":")
    due = Due(course, step, what)
    call.turn.effects.append(Wake(call.turn.now, due, f"{course}/{step}/{what}/{call.event.id}"))
    call.turn.effects.append(Note(act, call.seat.id, {"course": course, "step": step}))


def _here(call: Call) -> str | None:
    """The arguments without the site; None where the person was told why nothing happens."""
    words, course = call.args.split(), call.turn.course
    if words and words[-1].casefold() in call.flow.sites:
        words.pop()
    sites = [site.id for site in call.flow.sites_of(course.id)]
    if call.seat.role == "coordinator" and call.seat.site not in sites:
        call.reply(t("You lead your own site only: {site}.", site=call.seat.site))
        return None
    told: dict[str, Phrase] = {
        "waiting": t("The assembly has not begun yet."),
        "ended": t("The assembly is over."),
    }
    if course.state in told:
        call.reply(told[course.state])
        return None
    return " ".join(words)


def _open(call: Call) -> tuple[Node, ...]:
    """The open steps; of those that people go through by themselves the last, with which they all end."""
    flow, here = call.flow, call.turn.course.open
    ends = (flow.run_of(flow.nodes[step])[-1].id if flow.nodes[step].step.self_paced else step for step in here)
    return tuple(flow.nodes[step] for step in dict.fromkeys(ends) if step in here)


def _coming(call: Call) -> tuple[Node, ...]:
    """The steps that come next, one in each part of the flow that runs."""
    course = call.turn.course
    rows = ((call.flow.sequences[name], index) for name, index in course.at.items() if name in call.flow.sequences)
    nexts = (row[index] for row, index in rows if index < len(row))
    return tuple(node for node in nexts if node.id not in course.open and node.id not in course.done)


def _step(call: Call, text: str, meant: Iterable[Node]) -> Node | None:
    """The step of this name or title; None where the person was told which there are."""
    said = text.casefold()
    for node in (*meant, *call.flow.nodes.values()):
        titles = (title.casefold() for title in node.step.title.values())
        if said and (said == node.id.casefold() or said in titles):
            return node
    names = ", ".join(node.id for node in meant)
    call.wrong(t("Please write one of these: {steps}.", steps=names) if names else t("There is no such step now."))
    return None


def _offer(call: Call, head: Phrase, nodes: Iterable[Node]) -> None:
    """The steps, and how each is named in a command; for one that comes, when."""
    course, now, rows = call.turn.course, call.turn.now, list[Block]()
    for node in nodes:
        row: tuple[Part | str, ...] = (Plain(f"/{call.name} {node.id}"), " · ", named(call.flow, node))
        if node.id not in course.open and not course.open and (at := opening(call.flow, course, node, now)) > now:
            row = (*row, " · ", t("not before {when}", when=until(at, now)))
        rows.append(block(*row, kind="item"))
    call.reply(head, *rows)


__all__ = ["board", "close", "closed", "gate", "open_next", "publish", "published"]
