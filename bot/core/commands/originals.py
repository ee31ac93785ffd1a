"""The way from a translation to what was written, and back (`bot.core.translation.interpreting`)."""

from __future__ import annotations

from dataclasses import replace

from bot.core.commands.call import Call
from bot.core.effects import Lane
from bot.core.leading import leads
from bot.core.message import Block, Button, Lang, Message, Name, Part, Words, block, everywhere, message, t
from bot.core.state import Contribution
from bot.core.talk import Remark, hide_button
from bot.core.translation.doubting import WRONG
from bot.core.translation.interpreting import as_written, reads_in, translation_button
from bot.core.translation.translators import pressed

UNREAD = ("held", "note")
"""The kinds of contributions that their authors alone read."""

PROMPT = "prompt"
"""What those who lead say: all read it in their own language, wherever they sit."""

GONE = t("This was taken back or hidden, so it cannot be shown.")


def typed(call: Call) -> None:
    """`/original`, in reply to a message; without one, the last messages of the talk as they were written."""
    if call.event.answers:
        given = _given(call, call.event.answers)
        if given is None:
            call.reply(GONE)
        else:
            said = replace(_noted(_shown(call, given), given), about="", answers=given.id, buttons=_doubt(call, given))
            call.say(call.seat.unit, said, "original", Lane.ANSWER, quiet=False)
        return
    talk = call.talk()
    remarks = [Remark(**entry) for entry in talk.stage.data["recent"]] if talk is not None else []
    others = [remark for remark in remarks if remark.words and remark.seat != call.seat.id]
    if not others:
        call.reply(t("Reply to a message with /original, and you read it as it was written."))
        return
    blocks: list[Block | Part] = [t("As it was written:")]
    for remark in others:
        blocks += [block(Name(remark.seat)), block(Words(remark.id), kind="quote")]
    call.reply(*blocks)


def one(call: Call) -> None:
    """The button under a translation: in its place stands what was written, with a button that leads back."""
    given = _given(call, call.args)
    if given is None:
        call.reply(GONE, instead=False)
        return
    said = _noted(_shown(call, given), given)
    _in_place(call, replace(said, buttons=(translation_button(given.id), *_doubt(call, given), *said.buttons)))


def back(call: Call) -> None:
    """The button that leads back."""
    given = _given(call, call.args)
    if given is None:
        call.reply(GONE, instead=False)
    else:
        _in_place(call, _shown(call, given))


def several(call: Call) -> None:
    """The button under what holds several, or more than a translation: the originals come below it."""
    found = [given for id in call.args.split(":") if (given := _given(call, id)) is not None]
    blocks: list[Block | Part] = [t("As it was written:")] if found else [GONE]
    for given in found:
        blocks += [block(Words(given.id), kind="quote"), _note(given)]
    call.reply(*blocks, instead=False)


def _given(call: Call, id: str) -> Contribution | None:
    """What this person may read and is not taken back."""
    given = call.turn.state.facts.get("named", {}).get(id)
    if not isinstance(given, Contribution) or given.state != "live":
        return None
    return given if given.kind not in UNREAD or given.seat == call.seat.id else None


def _shown(call: Call, given: Contribution) -> Message:
    """What was said, as its step shows it; a button to hide it where there was one."""
    turn, table = call.turn, call.turn.state.table
    node = call.flow.nodes.get(given.step)
    said = None
    if node is not None and table is not None:
        said = node.step.shown(turn.scene(node, table.unit), given)
    if said is None:
        words = everywhere(given.id) if given.kind == PROMPT else Words(given.id, own=True)
        said = replace(message(block(Name(given.seat)), block(words, kind="quote")), about=given.id)
    return replace(said, buttons=_hide(call, given))


def _hide(call: Call, given: Contribution) -> tuple[Button, ...]:
    talk, table = call.talk(), call.turn.state.table
    hidable = talk.stage.data["hidable"] if talk is not None else None
    led = table is not None and leads(call.seat, table) and hidable is not None and hidable["id"] == given.id
    return (hide_button(table, given.id),) if led and table is not None else ()


def _doubt(call: Call, given: Contribution) -> tuple[Button, ...]:
    """Whoever compares may find the translation wrong."""
    everywhere = given.kind == PROMPT
    language = reads_in(call.flow, call.turn.state.table, given, call.seat, everywhere=everywhere)
    return (Button(WRONG, f"-doubt:{pressed(f'{given.id}@{language}')}"),) if language else ()


def _noted(said: Message, given: Contribution) -> Message:
    written = as_written(said)
    return replace(written, blocks=(*written.blocks, _note(given)))


def _note(given: Contribution) -> Block:
    return block(t("as it was written, in {language}", language=Lang(given.spoken)), kind="note")


def _in_place(call: Call, said: Message) -> None:
    call.say(call.seat.unit, said, "original", Lane.ANSWER, quiet=False, instead=True)
