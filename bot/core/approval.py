"""What can be done with a draft until a person has approved it: whatever goes to another table goes through here.

For every step that has a digest to be approved: what a table said (`summarise`), and what it answers to others (`relay`). The
step makes a `Draft` of what its hook is given, and takes the digest back as it then is.

Invariants:

* Only a person who leads the table approves. Silence never does: at the end of the time the digest is held.
* Nobody can rewrite a sentence. One is left out for a listed reason, which the table reads; the last one of a minority only by
  the coordinator.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace

from bot.core.draft import Draft
from bot.core.effects import Draw, Effect, Lane, Note, Say
from bot.core.events import Heard
from bot.core.ids import derive
from bot.core.leading import leads
from bot.core.message import Block, Button, Message, Phrase, block, t
from bot.core.retelling import REASONS, WITHDRAWN, quoted, standing, told
from bot.core.spans import until
from bot.core.state import Digest, DigestSentence, Seat, Table

Moves = Generator[Effect, None, Digest]
"""Effects, and the digest as it is after them."""

DECIDER: Mapping[str, Phrase] = {
    "facilitator": t("Your facilitator"),
    "coordinator": t("The coordinator"),
    "organiser": t("The organiser"),
}


def named(heard: Heard) -> str:
    """The id of the digest that a press under a draft names; "" where the step has but one at each table."""
    return [*heard.press.split(":"), "", "", "", ""][4]


def present(draft: Draft) -> Iterator[Effect]:
    """Store a digest that has just been drawn, and bring it to those who lead the table."""
    yield Draw(draft.digest)
    yield Say(f"facilitators:{draft.table.id}", shown(draft), _key(draft, "draft"))


def hear(draft: Draft, heard: Heard) -> Moves:
    """Somebody has pressed a button under this draft. Whatever a step does once a digest is approved follows from its state."""
    at, digest = draft.at, draft.digest
    what = [*heard.press.split(":"), "", "", ""]
    if not leads(at.seat, draft.table):
        yield _answer(draft, heard, at.message(t("Only those who lead this table can do that.")))
    elif digest.state == "approved":
        yield _answer(draft, heard, at.message(t("This digest has been approved already.")))
    elif digest.state == "held" or (at.stage is not None and at.stage.state == "closed"):
        said = t("The time is over, and this digest is held. Nothing was changed.")
        yield _answer(draft, heard, at.message(said))
    elif what[1] == "approve":
        return (yield from _approve(draft.now(), heard))
    elif what[1] in ("leave", "reason", "back"):
        number, _, reason = what[3].partition("-")
        if number.isdecimal() and 1 <= int(number) <= len(digest.sentences):
            return (yield from _change(draft.now(), heard, what[1], int(number), reason))
    return digest


def remind(draft: Draft) -> Iterator[Effect]:
    """Whoever leads the table, and the coordinator too, so that somebody approves it in time."""
    if draft.digest.state == "draft":
        for to in (f"facilitators:{draft.table.id}", f"coordinators:{draft.table.site}"):
            yield Say(to, shown(draft), _key(draft, "remind", int(draft.at.now.timestamp())))


def close(draft: Draft) -> Moves:
    """The time is over: what nobody has approved is held. The coordinator is called, and the table told."""
    at, table, digest = draft.at, draft.table, draft.digest
    if digest.state != "draft":
        return digest
    digest = replace(digest, state="held")
    yield Draw(digest)
    yield Note("held", data={"digest": digest.id})
    called = t(
        "Nobody has approved the digest of table {number} in time. It is held and goes nowhere; the assembly "
        "goes on. Please ask the table's facilitator what happened.",
        number=table.number,
    )
    yield Say(f"coordinators:{table.site}", at.message(called), _key(draft, "held"))
    said = t(
        "Nobody has approved the digest of your table in time, so it is held: it goes nowhere. The "
        "coordinator knows. The assembly goes on."
    )
    yield Say(table.unit, at.message(said), _key(draft, "held"))
    return digest


def shown(draft: Draft) -> Message:
    """The draft, with what can be done about it. Nothing can be rewritten."""
    at, table, digest = draft.at, draft.table, draft.digest
    closes = (at.stage.closes if at.stage else None) or at.closes
    blocks: list[Block] = [block(t("Digest of table {number}, to be approved", number=table.number), kind="title")]
    buttons = [Button(t("Approve"), draft.press("approve"))]
    for number, sentence in enumerate(digest.sentences, 1):
        blocks.append(block(t("Sentence {number}", number=number), kind="note"))
        if not sentence.left_out:
            blocks += quoted(sentence)
            buttons.append(Button(t("Leave out {number}", number=number), draft.press("leave", str(number))))
        elif sentence.left_out == WITHDRAWN:
            blocks.append(block(t("Taken back by whoever wrote it.")))
        else:
            blocks.append(block(t("Left out: {reason}.", reason=REASONS[sentence.left_out])))
            buttons.append(Button(t("Put {number} back", number=number), draft.press("back", str(number))))
    blocks += told(replace(digest, sentences=()))
    text = t(
        "Is this what the table said? Once approved, it goes to other tables. If nobody approves it, it goes nowhere."
    )
    blocks.append(block(text))
    if closes is not None:
        blocks.append(block(t("Please decide by {when}.", when=until(closes, at.now)), kind="note"))
    return at.message(*blocks, buttons=tuple(buttons), shows=digest.id)


def _approve(draft: Draft, heard: Heard) -> Moves:
    at, table, digest = draft.at, draft.table, draft.digest
    if not standing(digest):
        said = t("Every sentence is left out, so there is nothing to approve. Put one back, or the digest is held.")
        yield _answer(draft, heard, at.message(said))
        return digest
    digest = replace(digest, state="approved", at=at.now)
    yield Draw(digest)
    yield Note("approved", at.seat.id, {"digest": digest.id})
    goes = at.message(t("This goes to the other tables:"), *told(digest), shows=digest.id)
    yield Say(table.unit, goes, _key(draft, "approved"))
    if not _staffed_by(table, at.seat):
        said = t("Thank you. The digest of table {number} is approved.", number=table.number)
        yield _answer(draft, heard, at.message(said))
    return digest


def _change(draft: Draft, heard: Heard, what: str, number: int, reason: str) -> Moves:
    """Leave a sentence out, in two presses (which, and why), or put it back."""
    at, sentence = draft.at, draft.digest.sentences[number - 1]
    if what == "back" and sentence.left_out in REASONS:
        said = at.message(
            t("{who} has put a sentence back into your digest.", who=DECIDER[at.seat.role]), *quoted(sentence)
        )
        return (yield from _changed(draft, heard, number, "", said))
    if what == "leave" and not sentence.left_out:
        buttons = tuple(Button(label, draft.press("reason", f"{number}-{id}")) for id, label in REASONS.items())
        why = block(t("Why is it left out? Your table will read the reason. Disagreeing with it is not a reason."))
        yield _answer(draft, heard, at.message(*quoted(sentence), why, buttons=buttons))
    elif what == "reason" and not sentence.left_out and reason in REASONS:
        if at.seat.role == "facilitator" and draft.last_of_minority(sentence):
            yield from _ask_coordinator(draft, heard, number, sentence, reason)
            return draft.digest
        blocks = [block(t("{who} has left a sentence out of your digest.", who=DECIDER[at.seat.role]))]
        if reason in ("off-topic", "double"):
            blocks += quoted(sentence)
        blocks.append(block(t("The reason given: {reason}.", reason=REASONS[reason])))
        return (yield from _changed(draft, heard, number, reason, at.message(*blocks)))
    return draft.digest


def _changed(draft: Draft, heard: Heard, number: int, reason: str, told_table: Message) -> Moves:
    at, table, key = draft.at, draft.table, derive(heard.id)
    sentences = list(draft.digest.sentences)
    sentences[number - 1] = replace(sentences[number - 1], left_out=reason)
    draft = draft.with_sentences(tuple(sentences))
    yield Draw(draft.digest)
    about = {"digest": draft.digest.id, "sentence": number, "reason": reason}
    yield Note("left_out" if reason else "put_back", at.seat.id, about)
    yield Say(table.unit, told_table, _key(draft, "changed", key), without=tuple(s.id for s in table.staff))
    yield Say(f"facilitators:{table.id}", shown(draft), _key(draft, "draft", key), Lane.ANSWER, quiet=False)
    if table.staff and not _staffed_by(table, at.seat):
        yield _answer(draft, heard, shown(draft))
    return draft.digest


def _ask_coordinator(
    draft: Draft, heard: Heard, number: int, sentence: DigestSentence, reason: str
) -> Iterator[Effect]:
    at, table = draft.at, draft.table
    said = t(
        "This is the last sentence of a minority at your table. The coordinator decides whether it is left "
        "out and has been asked. Until then it stands."
    )
    yield _answer(draft, heard, at.message(said))
    asked = at.message(
        t(
            "The facilitator of table {number} wants to leave out the last sentence of a minority.",
            number=table.number,
        ),
        *quoted(sentence),
        block(t("The reason given: {reason}.", reason=REASONS[reason])),
        block(t("If you do nothing, it stands.")),
        buttons=(Button(t("Leave it out"), draft.press("reason", f"{number}-{reason}")),),
    )
    about = {"step": at.step, "table": table.id, "sentence": number, "reason": reason}
    yield Note("asked_coordinator", at.seat.id, about)
    yield Say(f"coordinators:{table.site}", asked, _key(draft, "minority", number, reason))


def _answer(draft: Draft, heard: Heard, message: Message) -> Say:
    at = draft.at
    return Say(at.seat.unit, message, at.key("answer", at.seat.id, derive(heard.id)), Lane.ANSWER, quiet=False)


def _key(draft: Draft, *parts: str | int) -> str:
    return draft.at.key(*([draft.digest.id] if draft.digest.answers else []), *parts)


def _staffed_by(table: Table, seat: Seat) -> bool:
    return any(s.id == seat.id for s in table.staff)
