"""Voice notes at a table.

A voice can be recognised, also behind a chosen name. And what nobody has written down cannot be counted, quoted or carried to
another table.

Invariants:

* Nothing spoken is passed on before every member of the table who is present has agreed; silence is never agreement, and one
  No is enough. Nobody learns whose it was.
* A voice note is kept as a file, never as an argument. One sentence stands for it: its author writes it, or somebody who leads
  the table does and the author confirms. Only that sentence is in the record, the digest and the votes.

In `Stage.data["voice"]`: `yes` and `no` who has answered how, `asked` who was asked, `waiting` the notes that wait for an
answer, `silent` those that were passed on and have no sentence yet, each with its author.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

from bot.core.effects import Effect, Lane, Put, Say, Withdraw
from bot.core.message import Button, Name, Phrase, block, t
from bot.core.names import clean_text
from bot.core.scene import Scene
from bot.core.state import Seat, Stage
from bot.core.talk import Moves, Remark, changed, kept, pass_on, spread, table_of

SENTENCE = "sentence"
"""What a seat's focus names while its author is asked for the sentence: `step:sentence:note`."""

LONGEST = 300
"""How long the sentence may be, in characters."""


def standing(stage: Stage) -> dict[str, Any]:
    """Where voice notes stand at this table."""
    return {"yes": [], "no": [], "asked": [], "waiting": [], "silent": {}, **stage.data["voice"]}


def note(at: Scene, stage: Stage, said: Remark, text: str, *, shared: bool, asked: bool = True) -> Moves:
    """Somebody sends a voice note: it passes where everybody has agreed, and waits where somebody has not answered yet. Where
    it was heard by all anyway, nobody needs to be `asked`."""
    seat, voice = at.seat, standing(stage)
    said = replace(said, kind="file")
    if not asked:
        yield kept(at, said, text, seat, shared=shared)
        stage = yield from spread(at, stage, said, seat)
        return (yield from _ask_sentence(at, stage, said, seat))
    if _refused(at, voice):
        yield _tell(at, seat.id, said.id, "refused", _REFUSED)
        return stage
    yield kept(at, said, text, seat, shared=shared)
    voice |= {"yes": _with(voice["yes"], seat.id), "waiting": [*voice["waiting"], asdict(said)]}
    missing = _missing(at, voice)
    if not missing:
        return (yield from _settle(at, changed(stage, voice=voice)))
    for member in missing:
        if member not in voice["asked"]:
            yield _question(at, member, seat.id)
    wait = t(
        "A voice can be recognised, also behind a chosen name. So your table is asked first, and you will be told."
    )
    undo = (Button(t("Take back"), f"-undo:{said.id}"),)
    yield Say(seat.unit, at.message(wait, buttons=undo), at.key("voice-waits", said.id), Lane.ANSWER, quiet=False)
    return changed(stage, voice=voice | {"asked": [*voice["asked"], *(m for m in missing if m not in voice["asked"])]})


def answer(at: Scene, stage: Stage, yes: bool, key: str) -> Moves:
    """A member of the table says whether voice notes may be passed on."""
    seat, voice = at.seat, standing(stage)
    if seat.id not in voice["asked"]:
        return stage
    said = (
        t("Thank you. Voice notes are fine with you.") if yes else t("Thank you. Then there are no voice notes here.")
    )
    buttons = _buttons(at, yes)
    yield Say(
        seat.unit, at.message(said, buttons=buttons), at.key("voiced", key), Lane.ANSWER, quiet=False, instead=True
    )
    voice |= {
        "yes": _with(voice["yes"], seat.id) if yes else [s for s in voice["yes"] if s != seat.id],
        "no": [s for s in voice["no"] if s != seat.id] if yes else _with(voice["no"], seat.id),
    }
    return (yield from _settle(at, changed(stage, voice=voice)))


def take_back(stage: Stage, id: str) -> Stage:
    """The stage without a note that its author has taken back."""
    voice = standing(stage)
    silent = {note: seat for note, seat in voice["silent"].items() if note != id}
    return changed(
        stage, voice=voice | {"silent": silent, "waiting": [said for said in voice["waiting"] if said["id"] != id]}
    )


def came(at: Scene, stage: Stage) -> Moves:
    """Somebody has sat down while a voice note waits: they are asked too."""
    voice, seat = standing(stage), at.seat.id
    if not voice["waiting"] or seat in voice["asked"] or seat not in [m.id for m in table_of(at).members]:
        return stage
    yield _question(at, seat, voice["waiting"][0]["seat"])
    return changed(stage, voice=voice | {"asked": [*voice["asked"], seat]})


def went(at: Scene, stage: Stage) -> Moves:
    """Somebody has left the table: perhaps all that are still there have agreed."""
    return (yield from _settle(at, stage))


def sentence(
    at: Scene, stage: Stage, note: str, text: str, id: str, *, shared: bool, written: str = ""
) -> Moves:  # fmt: skip
    """The author's sentence for a voice note: it is passed on, and stands for the note. `written` is its language where somebody
    else has put it into words, who reads another one."""
    seat, voice = at.seat, standing(stage)
    cleaned = clean_text(text, LONGEST)
    if cleaned.problem is not None or not cleaned.text:
        problem = cleaned.problem or t("Please write your sentence in words.")
        yield Say(seat.unit, at.message(problem, expects="text"), at.key("sentence", id), Lane.ANSWER, quiet=False)
        return stage
    if voice["silent"].get(note) != seat.id:
        done = t("This voice note has its sentence already.")
        yield Say(seat.unit, at.message(done), at.key("sentence", id), Lane.ANSWER, quiet=False)
        return stage
    said = Remark(id, seat.id, answers=note)
    stage = yield from pass_on(at, stage, said, cleaned.text, seat, shared=shared, written=written)
    if seat.focus.startswith(f"{at.step}:{SENTENCE}:"):
        yield Put(replace(seat, focus=""))
    done = t("Thank you. This sentence stands for your voice note.")
    yield Say(seat.unit, at.message(done), at.key("sentence", id), Lane.ANSWER, quiet=False, instead=True)
    return changed(stage, voice=voice | {"silent": {n: s for n, s in voice["silent"].items() if n != note}})


def ended(at: Scene, stage: Stage) -> Iterator[Effect]:
    """The talk has ended: what still waits was not passed on, what has no sentence is in no record."""
    voice = standing(stage)
    for said in voice["waiting"]:
        yield Withdraw(said["seat"], said["id"])
        text = t("Not everybody at your table has answered in time, so your voice note was not passed on.")
        yield _tell(at, said["seat"], said["id"], "late", text)
    for id, seat in voice["silent"].items():
        text = t("Your voice note has no sentence, so it does not stand in the record.")
        yield _tell(at, seat, id, "unsaid", text)


def _settle(at: Scene, stage: Stage) -> Moves:
    """Pass on what waits if everybody has agreed; tell its authors if somebody has refused."""
    voice, here = standing(stage), {m.id: m for m in table_of(at).members}
    if not voice["waiting"]:
        return stage
    if _refused(at, voice):
        for said in voice["waiting"]:
            yield Withdraw(said["seat"], said["id"])
            yield _tell(at, said["seat"], said["id"], "refused", _REFUSED)
        return changed(stage, voice=voice | {"waiting": []})
    if _missing(at, voice):
        return stage
    waiting = [Remark(**said) for said in voice["waiting"]]
    stage = changed(stage, voice=voice | {"waiting": []})
    for said in waiting:
        author = here.get(said.seat)
        if author is not None:
            stage = yield from spread(at, stage, said, author)
            stage = yield from _ask_sentence(at, stage, said, at.seat if author.id == at.seat.id else author)
    return stage


def _ask_sentence(at: Scene, stage: Stage, said: Remark, author: Seat) -> Moves:
    voice = standing(stage)
    asked = at.message(
        t("Your voice note has gone to your table. What do you say in it, in one sentence?"),
        block(t("Only this sentence stands in the record. Please write it here."), kind="note"),
        expects="text",
    )
    yield Say(author.unit, replace(asked, answers=said.id), at.key(SENTENCE, said.id), Lane.ANSWER, quiet=False)
    if not author.focus:
        yield Put(replace(author, focus=f"{at.step}:{SENTENCE}:{said.id}"))
    return changed(stage, voice=voice | {"silent": {**voice["silent"], said.id: author.id}})


def _question(at: Scene, member: str, author: str) -> Say:
    asked = at.message(
        t("{name} would like to send a voice note to your table. A voice can be recognised, also behind a chosen name.",
          name=Name(author)),
        t("May voice notes be passed on here, yours and those of the others? One No is enough, and nobody is told whose."),
        buttons=_buttons(at),
    )  # fmt: skip
    return Say(f"seat:{member}", asked, at.key("voice", member))


def _buttons(at: Scene, chosen: bool | None = None) -> tuple[Button, ...]:
    return (
        Button(t("Yes"), at.press("voice", "yes"), chosen is True),
        Button(t("No"), at.press("voice", "no"), chosen is False),
    )


_REFUSED: Phrase = t(
    "Not everybody at your table wants voice notes, so yours was not passed on. Please say it in writing."
)


def _refused(at: Scene, voice: dict[str, Any]) -> bool:
    return any(m.id in voice["no"] for m in table_of(at).members)


def _missing(at: Scene, voice: dict[str, Any]) -> list[str]:
    return [m.id for m in table_of(at).reached if m.id not in voice["yes"]]


def _with(seats: list[str], seat: str) -> list[str]:
    return seats if seat in seats else [*seats, seat]


def _tell(at: Scene, seat: str, note: str, what: str, text: Phrase) -> Say:
    said = replace(at.message(text), answers=note)
    return Say(f"seat:{seat}", said, at.key(f"voice-{what}", note), Lane.ANSWER, quiet=False)
