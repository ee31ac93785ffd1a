"""The one sentence that stands for a voice note: written by its author, or by whoever leads the table and confirmed."""

from __future__ import annotations

from dataclasses import replace

from bot.core import voices
from bot.core.commands.call import Call
from bot.core.effects import Lane
from bot.core.holding import hold, release, waiting
from bot.core.ids import derive
from bot.core.message import Button, Name, Words, block, message, t
from bot.core.names import clean_text
from bot.core.state import Seat
from bot.core.translation.interpreting import same


def sentence(call: Call) -> None:
    """`/sentence TEXT` for one's own voice note, `/sentence NAME TEXT` (or in reply to the note) for somebody else's. The author
    confirms it in any case."""
    talk = call.talk()
    if talk is None:
        return
    silent: dict[str, str] = voices.standing(talk.stage)["silent"]
    found = _meant(call, silent)
    if found is None and not silent:
        call.reply(t("No voice note at this table waits for a sentence."))
        return
    note, author, text = found or ("", call.seat, "")
    cleaned = clean_text(text, voices.LONGEST)
    if cleaned.problem is not None:
        call.reply(cleaned.problem)
        return
    if not note or not cleaned.text:
        call.wrong(
            t("Please write whose voice note you mean, and then the sentence; or reply to the note with the sentence.")
        )
        return
    id = derive(call.event.id)
    own = author.id == call.seat.id
    written = "" if own or same(author.language, call.seat.language) else call.seat.language
    hold(call.turn, author, id, cleaned.text, note, written=written)
    asked = message(
        t("Shall this sentence stand for your voice note?")
        if own
        else t("{name} suggests this sentence for your voice note:", name=call.by),
        block(Words(id, own=not own), kind="quote"),
        buttons=(Button(t("Yes, that is my sentence"), f"-mine:{id}"), Button(t("No"), f"-not-mine:{id}")),
    )
    call.say(author.unit, replace(asked, answers=note), "sentence", Lane.ANSWER, quiet=False)
    if not own:
        call.reply(t("{name} is asked whether this is what the voice note says.", name=Name(author.id)))


def confirm(call: Call) -> None:
    """The author confirms."""
    talk, held = call.talk(), waiting(call.turn, call.args)
    if talk is None or talk.stage.state != "open" or held is None or held.seat != call.seat.id:
        call.reply(t("This is closed now, so nothing was changed."), instead=False)
        return
    talk.take(talk.step.sentence(talk.scene, held.target, held.text, held.id, held.written))


def reject(call: Call) -> None:
    """The author does not: the note has no sentence still."""
    if release(call.turn, call.seat, call.args) is not None:
        call.reply(t("Then it is not used. You can write your own sentence like this: {example}",
                     example="/sentence The bus comes too rarely."))  # fmt: skip


def _meant(call: Call, silent: dict[str, str]) -> tuple[str, Seat, str] | None:
    """The note that is meant, its author, and the sentence."""
    table = call.table
    if table is None:
        return None
    people = {m.id: m for m in table.members}
    if call.event.answers in silent and silent[call.event.answers] in people:
        return call.event.answers, people[silent[call.event.answers]], call.args
    if call.seat.role == "participant":
        mine = [note for note, seat in silent.items() if seat == call.seat.id]
        return (mine[-1], call.seat, call.args) if mine else None
    words = call.args.casefold()
    for note, seat in reversed(silent.items()):
        name = people[seat].name if seat in people else ""
        if name and words.startswith(f"{name.casefold()} "):
            return note, people[seat], call.args[len(name) :]
    return None
