"""What everybody may ask about themselves: my name, what I gave, my language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.core.commands.call import Call, named
from bot.core.commands.moments import now, waiting
from bot.core.effects import Lane, Show
from bot.core.message import Block, Button, Lang, Name, Part, block, t, tn
from bot.core.names import clean_name
from bot.core.naming import check_name, renamed
from bot.core.spans import until
from bot.core.steps.consent import drawn
from bot.core.translation import interpreting


def name(call: Call) -> None:
    """Another name. Participants choose their first one with their consent, and none where names are drawn."""
    seat, wanted, takes_part = call.seat, clean_name(call.args), call.seat.role == "participant"
    if takes_part and not seat.name:
        call.reply(t("You are asked for a name once it is needed."))
        return
    if takes_part and drawn(call.flow):
        call.reply(t("In this assembly names are drawn and not chosen. Yours is {name}.", name=Name(seat.id)))
        return
    problem = check_name(wanted, call.turn.state.facts.get("called", ()), serves=not takes_part)
    if problem is not None:
        call.reply(problem, t("For example: {example}", example=call.command.written()))
        return
    call.turn.put(replace(seat, name=wanted))
    call.reply(t("Your name here is now {name}.", name=wanted))
    if seat.name and seat.table and wanted != seat.name:
        call.say(f"table:{seat.table}", renamed(seat, wanted), "renamed", Lane.TALK, without=(seat.id,))


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
    asked = call.talk() is None and waiting(call)
    blocks: list[Block | Part] = [] if asked else [now(call)]
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
