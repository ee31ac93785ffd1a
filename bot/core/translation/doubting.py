"""What becomes of a translation that people have read: a reader doubts it, a translator corrects, keeps or withdraws it.

Invariants:

* A flag takes nothing away. It puts what was written beside the translation, and the text into the translators' queue. Only a
  translator withdraws.
* Whoever has read a translation hears of every change to it, in a new message; once, however many doubt it, and nobody learns who
  they are or how many. Where the platform can, the old message reads as things stand now, too.
* What is held for a translator nobody reads before, in any language, until its time is over: then it is read as it was written.

In `Stage.data["read"]`: which edition of a translation was read here last, 0 for the words as they were written, and "questioned"
behind it where readers know of the doubt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.core.effects import Effect, Flag, Lane, Note, Put, Retell, Say, Wake, Want
from bot.core.events import Retold
from bot.core.message import Block, Button, Lang, Part, Phrase, Plain, Words, block, message, t
from bot.core.retelling import quoted
from bot.core.scene import Scene
from bot.core.spans import until
from bot.core.state import Digest, DigestSentence, Seat, Wanted
from bot.core.translation.translators import Text, pressed, texts

WRONG = t("This translation looks wrong")
"""The button."""


def doubted(
    seat: Seat, pointer: str, text: Text | None, now: datetime, key: str, *, instead: bool = False
) -> Iterator[Effect]:
    """Somebody says that a translation looks wrong. `key` tells this press from others; the answer comes `instead` of the
    question which one."""
    answer, effects = _doubted(seat, pointer, text, now)
    yield from effects
    yield Say(seat.unit, message(answer), f"doubted/{key}", Lane.ANSWER, quiet=False, instead=instead)


def _doubted(seat: Seat, pointer: str, text: Text | None, now: datetime) -> tuple[Phrase, list[Effect]]:
    if text is None or text.given is None or not text.stands:
        return t("These words have been taken back, so there is nothing to be translated any more."), []
    if text.made is None or not text.readable:
        return t("This stands as it was written: no translation of it is read."), []
    if seat.id in text.flags:
        return t("Thank you. You have said so already, and a translator knows."), []
    id, _, language = pointer.partition("@")
    where = {"contribution": id, "language": language, "step": text.given.step, "table": text.given.table}
    effects: list[Effect] = [Flag(seat.id, id, language), Note("flagged", seat.id, where)]
    wanted, before = Wanted(id, language, text.given.spoken, "questioned", now), text.wanted
    if before is not None and before.state != "done":  # whoever has it keeps it
        wanted = replace(before, why="questioned")
    if before is not None and before.why == "questioned" and before.state == "done":
        # A translator has let it stand already: they look once more, and nobody else is told again.
        looked = t("Thank you. A translator has looked at this before, and looks at it once more.")
        return looked, [*effects, Want(wanted)]
    if text.made.state != "questioned":
        effects += [Retell(replace(text.made, state="questioned")), Want(wanted)]
    thanks = t(
        "Thank you. A translator looks at it. Until then everybody who reads it sees that it is questioned, and what was written "
        "beside it. Nobody learns who has said so."
    )
    return thanks, effects


def ask(at: Scene, digest: Digest, pointers: Mapping[str, str], key: str) -> Iterator[Effect]:
    """Somebody has pressed the button under a digest: at once where one sentence of it is translated, else they say which."""
    found = texts(at.state)
    numbered = [(n, pointers.get(s.worded, "")) for n, s in enumerate(digest.sentences, 1) if not s.left_out]
    here = [(number, pointer) for number, pointer in numbered if pointer in found and found[pointer].readable]
    if len(here) == 1:
        pointer = here[0][1]
        yield from doubted(at.seat, pointer, found[pointer], at.now, key)
        return
    asked: list[Block | Part] = [t("Which of these translations looks wrong?")]
    for number, pointer in here:
        asked += [block(Plain(f"{number} · "), Words(pointer), kind="quote")]
    buttons = [Button(t("Sentence {number}", number=number), f"-doubt:{pressed(pointer)}") for number, pointer in here]
    if not here:
        asked = [t("This stands as it was written: no translation of it is read.")]
    yield Say(at.seat.unit, at.message(*asked, buttons=tuple(buttons)), at.key("doubt", key), Lane.ANSWER, quiet=False)


# As it is read


def sentence(at: Scene, one: DigestSentence, number: int, pointers: Mapping[str, str]) -> tuple[Block, ...]:
    """A sentence for readers of another language, as its translation stands now. `pointers` name what was translated."""
    name = pointers.get(one.worded, one.worded)
    text = texts(at.state).get(name)
    if text is not None and held(text, at.now):
        return (block(Plain(f"{number}. "), _waits(text, at.now), kind="note"),)
    return (*quoted(one, lambda _: Words(name), number), *marks(one.worded, text))


def engines(at: Scene, pointers: Mapping[str, str], come: str) -> str:
    """Who has translated what is read now, joined by +, "none" where nothing of it is; `come` is who had when it came."""
    found = [texts(at.state).get(pointer) for pointer in pointers.values() if "@" in pointer]
    if not found or None in found:
        return come
    readable = [text.made for text in found if text is not None and text.made is not None and text.readable]
    return "+".join(sorted({name for made in readable for name in made.engine.split("+")})) or "none"


def held(text: Text, now: datetime) -> bool:
    """Whether nobody may read a text yet, in any language."""
    wanted = text.wanted
    waits = wanted is not None and wanted.state in ("waiting", "taken") and wanted.why != "questioned"
    return waits and not text.readable and wanted is not None and (wanted.due is None or wanted.due > now)


def _waits(text: Text, now: datetime) -> Phrase:
    due = text.wanted.due if text.wanted is not None else None
    if due is None:
        return t("This waits for a translator. It is shown to you when it is ready.")
    return t("This waits for a translator, until {when} at the latest.", when=until(due, now))


def marks(contribution: str, text: Text | None) -> tuple[Block, ...]:
    """What is said below a translation: that it is questioned, and what was written; that it was withdrawn, or reviewed."""
    if text is None or text.given is None:
        return ()
    language = Lang(text.given.spoken)
    match text.made.state if text.made is not None else "held":
        case "questioned":
            note = t("Translation questioned. In {language} it says:", language=language)
            return block(note, kind="note"), block(Words(contribution), kind="quote")
        case "withdrawn":
            return (
                block(
                    t("Translation withdrawn: this is what was written, in {language}.", language=language), kind="note"
                ),
            )
        case "reviewed" if text.made is not None and text.made.by:
            return (block(t("A translator has read this translation."), kind="note"),)
        case "held" if text.wanted is not None:
            return (block(_untranslated(language), kind="note"),)
    return ()


def read(at: Scene, pointers: Mapping[str, str]) -> dict[str, Any]:
    """What is read at this table now that these texts are shown there: for `Stage.data["read"]`."""
    found = texts(at.state)
    return {pointer: _edition(found[pointer]) for pointer in pointers.values() if pointer in found}


def late(at: Scene, digest: Digest, pointers: Mapping[str, str]) -> Iterator[Wake]:
    """The timers for what is held: when its time is over it is read as it was written."""
    for contribution, pointer in pointers.items():
        text = texts(at.state).get(pointer)
        due = text.wanted.due if text is not None and text.wanted is not None else None
        if text is not None and due is not None and held(text, at.now):
            table, language = at.unit.partition(":")[2], pointer.partition("@")[2]
            told = Retold(at.course.id, at.step, table, contribution, language, "late", digest.id)
            yield Wake(due, told, at.key("late", digest.id, pointer))


def over(
    at: Scene, digest: Digest, pointers: Mapping[str, str], change: Retold, said: str, head: Block
) -> Iterator[Say]:
    """The time of what was held for a translator is over: its readers get in one message all that was written and ran out of time
    together. `head` says where it comes from."""
    found = texts(at.state)
    due = _due(found.get(f"{change.contribution}@{change.language}"))
    if due is None:
        return
    late: dict[str, list[Block]] = {}
    for number, one in enumerate(digest.sentences, 1):
        text = found.get(pointers.get(one.worded, ""))
        if one.left_out or text is None or text.given is None or not text.stands or text.readable or _due(text) != due:
            continue
        quote = block(Plain(f"{number}. "), Words(one.worded), kind="quote")
        late.setdefault(text.given.spoken, []).append(quote)
    for spoken, quotes in late.items():
        written = t("No translator was there in time: this is what was written, in {language}.", language=Lang(spoken))
        key = at.key("late", digest.id, change.language, spoken, int(due.timestamp() * 1000))
        yield Say(f"readers:{said}", at.message(head, written, *quotes), key)


def _due(text: Text | None) -> datetime | None:
    return text.wanted.due if text is not None and text.wanted is not None else None


def _edition(text: Text) -> list[Any]:
    if text.made is None or not text.readable:
        return [0, ""]
    return [text.made.edition, "questioned" if text.made.state == "questioned" else ""]


# As it changes


def news(
    at: Scene, retold: Retold, said: str, title: tuple[Part, ...], seats: tuple[str, ...] = ()
) -> Iterator[Effect]:
    """Tell those who have read a text under the key `said` (or these `seats`, below what they have read) what has become of it.
    `title` says where it comes from. Nothing where it makes no difference to what they have read."""
    pointer = f"{retold.contribution}@{retold.language}"
    text = texts(at.state).get(pointer)
    if text is None or text.given is None or not text.stands:
        return
    stage = at.stage or at.fresh_stage()
    noted: dict[str, Any] = dict(stage.data.get("read", {}))
    before, doubt = noted.get(pointer, [1, ""])
    found = _news(pointer, text, retold, before, doubt == "questioned")
    if found is None:
        return
    noted[pointer] = _edition(text)
    yield Put(at.with_data(read=noted))
    key = at.key("retold", pointer, retold.state, text.made.edition if text.made is not None else 0, str(before))
    first = text.readable and before == 0  # what they have not read before they can doubt here
    wrong = (Button(WRONG, f"-doubt:{pressed(pointer)}"),) if first else ()
    told = at.message(block(*title, kind="title"), *found, buttons=wrong)
    for seat in seats:
        yield Say(f"seat:{seat}", replace(told, answers=retold.contribution), key)
    if said:
        yield Say(f"readers:{said}", told, key)


def _news(pointer: str, text: Text, retold: Retold, before: int, doubted: bool) -> tuple[Block | Part, ...] | None:
    made, contribution = text.made, retold.contribution
    given = text.given
    if given is None:
        return None
    language = Lang(given.spoken)
    now = block(Words(f"{pointer}~{made.edition}" if made is not None else contribution), kind="quote")
    written = block(Words(contribution), kind="quote")
    match retold.state:
        case "questioned" if made is not None and made.state == "questioned" and not doubted:
            return (
                t("Translation questioned: to somebody who has read this translation it looks wrong."),
                now,
                t("What was written, in {language}:", language=language),
                written,
                block(t("A translator looks at it."), kind="note"),
            )
        case "withdrawn" if made is not None and made.state == "withdrawn":
            withdrawn = t("Translation withdrawn: a translator has withdrawn a translation that you have read.")
            return withdrawn, t("What was written, in {language}:", language=language), written
        case "reviewed" if made is not None and made.state == "reviewed" and before == 0:
            return t("A translator has translated this from {language}:", language=language), now
        case "reviewed" if made is not None and made.state == "reviewed" and before != made.edition:
            earlier = block(Words(f"{pointer}~{before}"), kind="quote")
            corrected = t("A translator has corrected a translation that you have read. It says:")
            return corrected, now, t("It was:"), earlier
        case "reviewed" if made is not None and made.state == "reviewed" and doubted:
            return t("A translator has looked at the translation that was questioned: it stands as it is."), now
    return None


def _untranslated(language: Lang) -> Phrase:
    return t("Not translated: this is what was written, in {language}.", language=language)


__all__ = ["WRONG", "ask", "doubted", "engines", "held", "late", "marks", "news", "over", "read", "sentence"]
