"""Leading a table by commands: what is going on, a prompt, a note, a summary, and the time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.core import floor, shares
from bot.core.commands import halting
from bot.core.commands.call import Call, Talk, find, named, worded
from bot.core.effects import Keep, Note, Say
from bot.core.ids import derive
from bot.core.message import Block, Button, Name, Part, Phrase, Several, block, message, t, tn
from bot.core.rights import OVERSEEING
from bot.core.schedule import duration
from bot.core.spans import left, spell, until
from bot.core.state import Contribution, Seat
from bot.core.talk import NOTICE

ALL = "all"


def status(call: Call) -> None:
    """Who is here, who has spoken and answered (never what), and how much time is left."""
    table = call.table
    if table is None:
        _course(call)
        return
    members = table.members
    blocks: list[Block | Part] = [
        block(t("Table {number}", number=table.number), kind="title"),
        t("Here: {names}.", names=_names(table.reached)),
    ]
    if lost := tuple(m for m in members if m not in table.reached):
        blocks.append(t("Cannot be reached: {names}.", names=_names(lost)))
    if table.rooms:
        there = tuple(m for m in members if table.in_room(m))
        blocks.append(t("In the room: {names}.", names=_names(there)))
    head = len(blocks)
    if talk := call.talk():
        spoken = talk.stage.data["spoken"]
        blocks.append(t("Have written: {names}.", names=_names(tuple(m for m in members if m.id in spoken))))
        blocks.append(t("Not yet: {names}.", names=_names(tuple(m for m in table.reached if m.id not in spoken))))
        if (shared := shares.shown(talk.stage, members)) is not None:
            blocks.append(shared)
        if talk.stage.state == "paused":
            blocks.append(t("The talk rests now."))
        if talk.stage.closes is not None:
            blocks.append(_time(call, talk.stage.closes))
    answered = call.turn.state.facts.get("answered_by", {})
    for step, entry in call.turn.course.open.items():
        node = call.flow.nodes[step]
        if node.step.scope != "person":
            continue
        done = tuple(m for m in members if m.id in answered.get(step, ()))
        blocks.append(
            t("{step}: {done} of {all} have answered: {names}.",
              step=named(call.flow, node), done=len(done), all=len({m.id for m in (*table.reached, *done)}), names=_names(done))
        )  # fmt: skip
        if entry.closes is not None:
            blocks.append(_time(call, entry.closes))
    if len(blocks) == head:
        blocks.append(t("Nothing is open at this table now."))
    call.reply(*blocks)


def _course(call: Call) -> None:
    """All tables together: how many have answered each open step."""
    turn = call.turn
    blocks: list[Block | Part] = []
    for step, entry in turn.course.open.items():
        node = turn.flow.nodes[step]
        done, expected = turn.counter(node, "done"), turn.counter(node, "expected")
        text = t("{step} is open.", step=named(turn.flow, node))
        if node.step.scope == "person":
            text = t("{step}: {done} of {all} have answered.", step=named(turn.flow, node), done=done, all=expected)
        blocks.append(text)
        if node.step.talk and entry.closes is not None and entry.closes <= turn.now:
            blocks.append(t("The time is over; tables that were given more time still talk."))
        elif entry.closes is not None:
            blocks.append(_time(call, entry.closes))
    if not blocks:
        state: dict[str, Phrase] = {
            "waiting": t("The assembly has not begun yet."),
            "running": t("No step is open now."),
            "ended": t("The assembly is over."),
        }
        blocks.append(state[turn.course.state])
    blocks.append(block(t("/status and a table's number shows one table."), kind="note"))
    call.reply(*blocks)


def note(call: Call) -> None:
    """Keep a note for the log. It never stands in a transcript, so it is not shared."""
    text, table = worded(call, call.args), call.table
    if text is None or table is None:
        return
    talk, id, seat = call.talk(), derive(call.event.id), call.seat
    step = talk.node.id if talk is not None else ""
    kept = Contribution(
        id, step, table.id, seat.site, seat.id, "note", text, call.turn.now, seat.language, shared=False
    )
    call.turn.effects.append(Keep(kept))
    call.turn.effects.append(Note("noted", seat.id, {"contribution": id, "table": table.id}))
    call.reply(t("Kept in the log. Your table does not see it."))


def summary(call: Call) -> None:
    """Say a summary to the table, and keep it with the talk."""
    text, talk = worded(call, call.args), call.talk()
    if text is None or talk is None:
        return
    id = derive(call.event.id)
    talk.take(talk.step.led(talk.scene, text, id, "summary"))
    call.turn.effects.append(Note("summary", call.seat.id, {"contribution": id}))
    call.reply(t("Your summary has gone to the table."))


def extend(call: Call) -> None:
    """More time, as far as the flow allows."""
    talk, span = call.talk(), _span(call.args)
    if talk is None:
        return
    if span is None:
        call.wrong(t("Please write how much time to add, in minutes or hours."))
        return
    remaining = talk.step.extend_max - timedelta(seconds=talk.stage.data["extended"])
    if remaining <= timedelta():
        call.reply(t("This talk has been given all the time that the flow allows."))
    elif span > remaining:
        call.reply(t("You can add {span} at most, because the others wait.", span=spell(remaining)))
    else:
        talk.take(talk.step.extend(talk.scene, span))
        _done(call)


def time(call: Call) -> None:
    """How much time is left, at the table and for the person."""
    blocks: list[Block | Part] = []
    talk = call.talk() if call.table is not None else None
    if talk is not None and talk.stage.closes is not None:
        blocks.append(t("{step}: {left}", step=named(call.flow, talk.node), left=_time(call, talk.stage.closes)))
    for step, entry in call.turn.course.open.items():
        node = call.flow.nodes[step]
        if entry.closes is not None and not (talk is not None and talk.node.id == step):
            blocks.append(t("{step}: {left}", step=named(call.flow, node), left=_time(call, entry.closes)))
    call.reply(*(blocks or [t("Nothing is open now that ends at a fixed time.")]))


def turn(call: Call) -> None:
    """Somebody is asked to speak: next in a round, or at once where the talk is free."""
    talk, found = call.talk(), find(call, call.args)
    if talk is None or found is None:
        return
    who, _ = found
    talk.take(talk.step.called(talk.scene, who))
    call.turn.effects.append(
        Note("called_on", call.seat.id, {"table": talk.unit.removeprefix("table:"), "seat": who.id})
    )
    call.reply(t("{name} is asked to speak.", name=Name(who.id)))


def nudge(call: Call) -> None:
    """Remind those who have not answered or written, each once in a step: at the table, or, where whoever leads several has named
    none, all those for whom a question waits."""
    talk, table = call.talk(), call.table
    morning = call.flow.awake(table.site if table is not None else call.seat.site or _site(call), call.turn.now)
    if morning > call.turn.now:
        call.reply(
            t("Nobody is reminded in the quiet hours, so nothing was sent. You can do it from {when} on.",
              when=until(morning, call.turn.now))
        )  # fmt: skip
        return
    if talk is not None and talk.stage.state == "open" and floor.running(talk.stage):
        call.reply(t("People speak in turn now, so nobody is reminded. /turn and a name asks somebody to speak."))
        return
    if table is not None and talk is not None:
        before = len(talk.stage.data["nudged"])
        talk.take(talk.step.nudge(talk.scene))
        after = call.turn.state.stages[(talk.node.id, talk.unit)]
        reminded = len(after.data["nudged"]) - before
    else:
        reminded = _remind(call)
    where = table.id if table is not None else ""
    call.turn.effects.append(Note("nudged", call.seat.id, {"table": where, "number": reminded}))
    call.reply(
        tn("{n} person was reminded, in private.", "{n} people were reminded, in private.", n=reminded)
        if reminded
        else t("Everybody has answered, or was reminded before.")
    )


def _site(call: Call) -> str:
    """The first site of the course, for whoever leads several."""
    return call.flow.sites_of(call.turn.course.id)[0].id


def _remind(call: Call) -> int:
    """Remind people of the private questions that they have not answered. How many people."""
    answered, table = call.turn.state.facts.get("answered_by", {}), call.table
    waiting: Mapping[str, tuple[Seat, ...]] = call.turn.state.facts.get("waiting", {})
    reminded = set()
    for step, entry in call.turn.course.open.items():
        node = call.flow.nodes[step]
        if node.step.scope != "person":
            continue
        here = waiting.get(step, ())
        if table is not None:
            before = call.turn.state.facts.get("reminded", {}).get(step, ())
            here = tuple(m for m in table.reached if m.id not in answered.get(step, ()) and m.id not in before)
        left = (_time(call, entry.closes),) if entry.closes is not None else ()
        text = t("Something still waits for your answer, if you wish.")
        if node.step.title:
            text = t("{step} still waits for your answer, if you wish.", step=named(call.flow, node))
        show = (Button(t("Show it to me"), f"{step}:{node.step.shown_by}"),) if node.step.shown_by else ()
        for member in here:
            said = message(text, *left, buttons=show, step=step)
            call.turn.effects.append(Say(member.unit, said, f"nudge/{step}/{member.id}"))
            reminded.add(member.id)
    return len(reminded)


def pause(call: Call) -> None:
    """The talk rests; with all behind it, everything does."""
    if call.args.casefold().split()[:1] == [ALL]:
        _everything(call, halting.pause_all)
        return
    if talk := call.talk():
        if talk.stage.state == "paused":
            call.reply(t("The talk rests already. /resume lets it go on."))
            return
        talk.take(talk.step.pause(talk.scene))
        _done(call)


def resume(call: Call) -> None:
    """The talk goes on; with all behind it, everything does."""
    if call.args.casefold().split()[:1] == [ALL]:
        _everything(call, halting.resume_all)
        return
    if talk := call.talk():
        if talk.stage.state != "paused":
            call.reply(t("The talk does not rest, so there is nothing to resume."))
            return
        talk.take(talk.step.resume(talk.scene))
        _done(call)


def _everything(call: Call, do: Callable[[Call], None]) -> None:
    if call.seat.role in OVERSEEING:
        do(call)
    else:
        call.reply(
            t(
                "Only coordinators and organisers can let everything rest. /{name} alone is for your table.",
                name=call.name,
            )
        )


def next(call: Call) -> None:
    """End the talk, with a minute's notice."""
    if talk := call.talk():
        if _ending(talk, call):
            call.reply(t("The talk ends within a minute anyway."))
            return
        talk.take(talk.step.end(talk.scene))
        call.turn.effects.append(Note("ended_early", call.seat.id, {"step": talk.node.id, "unit": talk.unit}))
        _done(call)


def _ending(talk: Talk, call: Call) -> bool:
    return talk.stage.closes is not None and talk.stage.closes <= call.turn.now + NOTICE


def _done(call: Call) -> None:
    """Whoever does not sit at the table is told that the table was told."""
    if call.seat.role in OVERSEEING:
        call.reply(t("Done. The table has been told."))


def _span(text: str) -> timedelta | None:
    """A span as people type it: "10m", "10 min", "10", "1h"."""
    plain = "".join(text.casefold().split()).replace("minutes", "m").replace("min", "m")
    try:
        span = duration(f"{plain}m" if plain.isdecimal() else plain)
    except ValueError:
        return None
    return span if span > timedelta() else None


def _names(seats: tuple[Seat, ...]) -> Part:
    return Several(tuple(Name(s.id) for s in seats)) if seats else t("nobody")


def _time(call: Call, closes: datetime) -> Part:
    now = call.turn.now
    if closes <= now:
        return t("The time is over.")
    return t("{span} left, until {when}.", span=left(closes, now), when=until(closes, now))
