"""What everybody may ask about themselves: help, what I gave, my language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.core import floor, voices
from bot.core.commands.call import Call, Talk, example, named
from bot.core.commands.translating import texts_waiting
from bot.core.effects import Show
from bot.core.itinerary import Node
from bot.core.message import Block, Button, Lang, Part, Plain, Several, block, t, tn
from bot.core.names import check_name, clean_name
from bot.core.rights import COMMANDS, OVERSEEING, ROLES, Command, may
from bot.core.spans import until
from bot.core.translation import interpreting

FIRST = {"participant": 3}
"""How many commands `/help` explains; four where nothing else is said. The others are only named."""


def help(call: Call) -> None:
    """What is open, and what can be done now; or one command explained."""
    wanted = call.args.lstrip("/!").casefold().split("@")[0].split()
    if wanted:
        _one(call, wanted[0])
        return
    usable = [c for c in COMMANDS.values() if c.name != "help" and may(call.seat.role, c.name) and _fits(call, c)]
    first = FIRST.get(call.seat.role, 4)
    blocks: list[Block | Part] = [_now(call)]
    blocks += [
        block(t("{example}: {brief}", example=example(call.seat, c), brief=c.brief), kind="item")
        for c in usable[:first]
    ]
    if usable[first:]:
        names = Plain(" ".join(f"/{c.name}" for c in usable[first:]))
        one = Plain(f"/help {usable[0].name}")
        blocks.append(block(t("Also: {commands}. {help} explains one.", commands=names, help=one)))
    contact = call.flow.file.mandate.contact
    if contact and call.seat.role == "participant":
        blocks.append(
            block(t("Would you rather speak to a person? {contact}", contact=call.flow.local(contact)), kind="note")
        )
    call.reply(*blocks)


def explain(call: Call) -> None:
    """A command that is carried out before it comes here, once it is complete: say how it is written."""
    _one(call, call.name)


def name(call: Call) -> None:
    """The name of somebody who leads, observes or helps; participants choose theirs with their consent."""
    wanted = clean_name(call.args)
    problem = check_name(wanted)
    if problem is not None:
        call.reply(problem, t("For example: {example}", example=call.command.written()))
        return
    call.turn.put(replace(call.seat, name=wanted))
    call.reply(t("Your name here is now {name}.", name=wanted))


def my(call: Call) -> None:
    """The person's name, table and language, and what is open for them. Never what they chose."""
    seat, table, turn = call.seat, call.table, call.turn
    blocks: list[Block | Part] = [
        t("Your name here: {name}.", name=seat.name) if seat.name else t("You have not chosen a name yet."),
        t("You are at table {number}.", number=table.number) if table is not None else t("You have no table yet."),
        t("You read in: {language}.", language=Lang(seat.language)),
    ]
    if seat.helped:
        blocks.append(t("Somebody helps you to answer."))
    blocks += _open(call)
    if talk := call.talk():
        written = talk.stage.data["spoken"].get(seat.id, 0)
        count = tn("{n} message of yours", "{n} messages of yours", n=written)
        blocks.append(block(t("{step}: {count}", step=named(turn.flow, talk.node), count=count), kind="item"))
    call.reply(*blocks)


def here(call: Call) -> None:
    """Somebody has opened the chat again: where they are, and where to read more."""
    at = call.table if call.seat.role == "participant" else None
    asked = call.talk() is None and _waiting(call)
    blocks: list[Block | Part] = [] if asked else [_now(call)]
    blocks += [t("You are at table {number}.", number=at.number)] if at is not None else []
    call.reply(*blocks, *_open(call), t("/help shows what you can do."))


def _open(call: Call) -> Iterator[Block]:
    """What is open for this person, and whether they have answered it."""
    turn = call.turn
    for step, entry in turn.course.open.items():
        stage, node = turn.state.stages.get((step, call.seat.unit)), turn.flow.nodes[step]
        if stage is None:
            continue
        if stage.state == "done":
            text = t("{step}: answered", step=named(turn.flow, node))
        elif entry.closes is None:
            text = t("{step}: waits for you", step=named(turn.flow, node))
        else:
            text = t(
                "{step}: waits for you, until {when}",
                step=named(turn.flow, node), when=until(entry.closes, turn.now),
            )  # fmt: skip
        yield block(text, kind="item")


def lang(call: Call) -> None:
    """Another language: by its code, or as buttons."""
    offered = {code.casefold(): code for code in call.flow.languages}
    wanted = offered.get(call.args.casefold()) or offered.get(call.args.casefold().split("-")[0])
    if wanted is not None:
        call.turn.put(replace(call.seat, language=wanted))
        call.turn.take([Show(call.seat.id)])
        blocks: list[Block | Part] = [
            t("From now on I write to you in this language: {language}.", language=Lang(wanted))
        ]
        if call.table is not None and (note := interpreting.told_in(call.flow, call.table, call.seat.id, wanted)):
            blocks.append(block(note, kind="note"))
        call.reply(*blocks)
        return
    buttons = tuple(
        Button(Lang(code, own=True), f"-lang:{code}", chosen=code == call.seat.language) for code in call.flow.languages
    )
    text = t("In which language shall I write to you?")
    if call.args:
        text = t("This assembly does not speak that language. In which of these shall I write to you?")
    call.reply(text, buttons=buttons)


def _one(call: Call, name: str) -> None:
    command = COMMANDS.get(name)
    if command is None:
        call.reply(t("I do not know that command."), t("/help shows what you can do."))
        return
    blocks: list[Block | Part] = [
        command.full,
        block(t("For example: {example}", example=example(call.seat, command)), kind="note"),
    ]
    if not may(call.seat.role, name):
        roles: tuple[Part, ...] = tuple(ROLES[r] for r in ROLES if r in command.roles)
        blocks = [t("/{name} is for {roles}.", name=name, roles=Several(roles)), command.full]
    call.reply(*blocks)


def _fits(call: Call, command: Command) -> bool:
    """Whether a command is of use at this moment."""
    if command.active and call.seat.status != "active":
        return False
    if command.name == "begin":
        return call.turn.course.state == "waiting"
    if command.name == "original":
        return call.table is not None and interpreting.mixed(call.flow, call.table)
    if call.seat.role in OVERSEEING:
        return True
    talk = call.talk()
    match command.name:
        case "pass":
            return talk is not None and floor.running(talk.stage)
        case "undo":
            return talk is not None and call.seat.id in talk.stage.data["last"]
        case "hide":
            return talk is not None and bool(talk.stage.data["recent"])
        case "sentence":
            silent = voices.standing(talk.stage)["silent"].values() if talk is not None else ()
            return bool(silent) and (call.seat.role != "participant" or call.seat.id in silent)
        case "bind":
            return call.table is not None and not call.table.rooms
        case "unbind" | "room":
            return call.table is not None and bool(call.table.rooms)
        case "pause" | "resume":
            return talk is not None and (talk.stage.state == "paused") == (command.name == "resume")
    if command.where == "talk":
        return talk is not None
    return command.where == "anywhere" or call.table is not None


def _now(call: Call) -> Part:
    """One sentence: what is open for this person now."""
    turn, talk = call.turn, call.talk()
    if turn.course.state == "waiting":
        return t("The assembly has not begun yet.")
    if talk is not None:
        return _talking(call, talk)
    if call.seat.role == "translator" and (waits := texts_waiting(call)) is not None:
        return waits
    if waiting := _waiting(call):
        return t("This waits for your answer: {step}.", step=named(turn.flow, waiting[-1]))
    if turn.course.state == "ended":
        return t("The assembly is over. Thank you for taking part.")
    return t("Nothing waits for you now.")


def _waiting(call: Call) -> list[Node]:
    """The steps that wait for this person's answer."""
    stages = call.turn.state.stages
    return [
        call.turn.flow.nodes[step]
        for step in call.turn.course.open
        if (stage := stages.get((step, call.seat.unit))) is not None and stage.state == "open"
    ]


def _talking(call: Call, talk: Talk) -> Part:
    if talk.stage.state == "paused":
        return t("The talk at your table rests.")
    if talk.stage.closes is None:
        return t("Your table talks now: it reads what you write.")
    when = until(talk.stage.closes, call.turn.now)
    return t("Your table talks now, until {when}: it reads what you write.", when=when)
