"""What can be done with a draft until a person has approved it: whatever goes to another table goes through here.

For every step that has a digest to be approved: what a table said (`summarise`), and what it answers to others (`relay`). The
step makes a `Draft` of what its hook is given, and takes the digest back as it then is.

Invariants:

* Only a person who leads the table approves, and only words that they have been shown: where new ones have come in since, the
  draft is shown anew. Silence never approves: at the end of the time the digest is held.
* Nobody can rewrite a sentence without its authors (`bot.core.drafts.rewording`). One is left out for a listed reason, which
  the table reads; the last one of a minority only by the coordinator.
* Where fewer than three people wrote what stands, it goes only with the yes of each; whoever does not agree keeps their words.
* The words of an approved digest never change. They can be taken back.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import replace

from bot.core.drafts import authorship, folding, helping, rewording, sounding
from bot.core.drafts.authorship import answer
from bot.core.drafts.draft import Draft
from bot.core.drafts.presenting import reshown, shown, staffed_by
from bot.core.effects import Draw, Effect, Lane, Note, Put, Say
from bot.core.heard import Heard
from bot.core.ids import derive
from bot.core.leading import leads
from bot.core.message import Button, Message, Phrase, block, t
from bot.core.retelling import KEPT, REASONS, WITHDRAWN, in_own, quoted, standing, told
from bot.core.series import focus_on
from bot.core.state import Digest, DigestSentence

Moves = Generator[Effect, None, Digest]
"""Effects, and the digest as it is after them."""
Changes = Generator[Effect, None, Draft]

DECIDER: Mapping[str, Phrase] = {
    "facilitator": t("Your facilitator"),
    "coordinator": t("The coordinator"),
    "organiser": t("The organiser"),
}

AUTHORS = frozenset(("correct", "words", "take", "may", "word", "same", "says"))
"""What people at the table do; everything else is for those who lead it."""
ONE_OF_MANY = frozenset(("correct", "take", "edit", "leave", "back"))
"""What can be done with one of many sentences, once its number is typed."""


def named(heard: Heard, focus: str = "") -> str:
    """The id of the digest that a press under a draft names, or the question that typed words answer (`focus`, where they reply
    to none); "" where the step has but one at each table."""
    return _asked(heard, heard.asked or focus)[3]


def concerns(heard: Heard, focus: str) -> bool:
    """Whether typed words answer a question about a draft; `focus` is what the seat's words answer at present."""
    return not heard.press and _asked(heard, heard.asked or focus)[1] in (*AUTHORS, "wording", "two", "number")


def present(draft: Draft) -> Iterator[Effect]:
    """Store a digest that has just been drawn; bring it to those who lead the table, and to each author their own words."""
    yield Draw(draft.digest)
    yield Say(f"facilitators:{draft.table.id}", shown(draft), draft.key("draft"))
    yield from authorship.ask(draft)


def hear(draft: Draft, heard: Heard, carried: Iterable[str] = ()) -> Moves:
    """Somebody has pressed a button under this draft, or typed what it asked for. What a step does once a digest is approved
    follows from its state. `carried` are the tables that have read it."""
    before, seat = draft, draft.at.seat
    table, what, rest, _ = _asked(heard, heard.asked or seat.focus)
    if table != draft.table.id:  # asked at a table where this person does not sit any more
        yield answer(draft, heard, block(t("This is closed now, so nothing was changed.")))
        return draft.digest
    if what == "which" and rest in ONE_OF_MANY:
        question = draft.press("number", rest)
        yield from focus_on(draft.at, question)
        yield answer(draft, heard, block(t("Which one? Please write its number.")), asks=question)
        return draft.digest
    if what == "number" and rest in ONE_OF_MANY:
        what, rest = rest, heard.text.strip().rstrip(".")
        found = draft.digest.sentences[int(rest) - 1 : int(rest)] if rest.isdecimal() and int(rest) else ()
        if not found:
            asks = draft.press("number", what)
            wrong = t("Please write the number of a sentence, from 1 to {last}.", last=len(draft.digest.sentences))
            yield answer(draft, heard, block(wrong), asks=asks)
            return draft.digest
        yield from focus_on(draft.at, "")
    closed = draft.at.stage is not None and draft.at.stage.state == "closed"
    if draft.digest.state == "draft" and not closed:
        draft = draft.now()
        if draft.unread(before):
            draft = draft.reworded()
    if what in AUTHORS:
        draft = yield from _author(draft, heard, what, rest, carried)
    elif not leads(seat, draft.table):
        yield answer(draft, heard, block(t("Only those who lead this table can do that.")))
    elif draft.digest.state == "approved":
        said = draft.at.message(t("This has been approved already. There is nothing left to do."))
        yield Say(seat.unit, said, draft.key("already", seat.id), Lane.ANSWER, quiet=False)
    elif draft.digest.state == "held" or closed:
        yield answer(draft, heard, block(t("The time is over, so this stays at the table. Nothing was changed.")))
    else:
        draft = yield from _leader(draft, heard, what, rest)
    if draft.digest.state == "draft":
        if before.note("approved", "") and not draft.note("approved", ""):
            head = t("New words have come in since this was approved. Please read it once more.")
            yield from reshown(draft, derive(heard.id), head=head)
        draft = yield from _fewer(draft)
    if draft.digest != before.digest:
        yield Draw(draft.digest)
    if draft.notes is not None:
        yield Put(draft.stage())
    return draft.digest


def remind(draft: Draft) -> Iterator[Effect]:
    """Whoever leads the table, and the coordinator too, so that somebody approves it in time."""
    if draft.digest.state == "draft" and not draft.note("approved", ""):
        key = draft.key("remind", int(draft.at.now.timestamp()))
        waits = t("This still waits for you. If nobody approves it, it goes nowhere.")
        yield Say(f"facilitators:{draft.table.id}", shown(draft.now(), waits), key)
        absent = t("Nobody at this table has approved this yet. You can do it in their place.")
        yield Say(f"coordinators:{draft.table.site}", shown(draft.now(), absent), key)


def close(draft: Draft) -> Moves:
    """The time is over: what nobody has approved is held. The coordinator is called, and the table told. What is approved and
    waits for authors goes with the words of those who have agreed."""
    at, table, digest = draft.at, draft.table, draft.digest
    if digest.state != "draft":
        return digest
    if by := draft.note("approved", ""):
        now = draft.now()
        for number in now.unread(draft):  # nobody has approved these words
            now = now.changing(number, replace(now.digest.sentences[number - 1], left_out=WITHDRAWN))
        digest = (yield from _release(now, by)).digest
        yield Draw(digest)
        return digest
    digest = replace(digest, state="held")
    yield Draw(digest)
    yield Note("held", data={"digest": digest.id})
    called = t(
        "Nobody has approved the summary of table {number} in time, so it goes nowhere. The assembly goes on. Please ask the "
        "table's facilitator what happened.",
        number=table.number,
    )
    said = t(
        "Nobody has approved the summary of your table in time, so it goes to no other table. The coordinator knows, and we "
        "go on."
    )
    if digest.answers:
        called = t(
            "Nobody has approved the answers of table {number} in time, so they go nowhere. The assembly goes on. Please ask "
            "the table's facilitator what happened.",
            number=table.number,
        )
        said = t(
            "Nobody has approved the answers of your table in time, so they go to no other table. The coordinator knows, and "
            "we go on."
        )
    yield Say(f"coordinators:{table.site}", at.message(called), draft.key("held"))
    yield Say(table.unit, at.message(said), draft.key("held"))
    return digest


def _asked(heard: Heard, focus: str) -> tuple[str, str, str, str]:
    """At which table what is done, with what, and the digest that is named: by a press, or by the question that words answer."""
    parts = [*(heard.press or focus).split(":"), "", "", "", ""]
    return parts[2], parts[1], parts[3], parts[4]


def _author(draft: Draft, heard: Heard, what: str, rest: str, carried: Iterable[str]) -> Changes:
    match what:
        case "correct":
            return (yield from authorship.correct(draft, heard, rest))
        case "words" if not heard.press:
            return (yield from authorship.words(draft, heard, rest))
        case "take":
            return (yield from authorship.take(draft, heard, rest, carried))
        case "may":
            return (yield from authorship.may(draft, heard, rest))
        case "says":
            return (yield from sounding.says(draft, heard, rest))
    if draft.digest.state != "draft":
        yield answer(draft, heard, block(folding.SETTLED))
        return draft
    decide = rewording.decide if what == "word" else folding.same
    return (yield from decide(draft, heard, rest))


def _leader(draft: Draft, heard: Heard, what: str, rest: str) -> Changes:
    match what:
        case "approve":
            return (yield from _approve(draft, heard, rest))
        case "leave" | "reason" | "back":
            number, _, reason = rest.partition("-")
            if number.isdecimal() and 1 <= int(number) <= len(draft.digest.sentences):
                return (yield from _change(draft, heard, what, int(number), reason))
        case "edit":
            return (yield from rewording.edit(draft, heard, rest))
        case "wording" if not heard.press:
            return (yield from rewording.wording(draft, heard, rest))
        case "model":
            return (yield from helping.take(draft, heard, rest))
        case "fold":
            return (yield from folding.fold(draft, heard))
        case "two" if not heard.press:
            return (yield from folding.two(draft, heard))
        case "pair":
            return (yield from folding.pair(draft, heard, rest))
        case "ask":
            return (yield from sounding.ask(draft, heard))
    return draft


def _approve(draft: Draft, heard: Heard, version: str) -> Changes:
    seat = draft.at.seat
    if not standing(draft.digest):
        said = t(
            "Every sentence is left out, so there is nothing to approve. Put one back, or nothing goes to other tables."
        )
        yield answer(draft, heard, block(said))
        return draft
    if (version or "0") != str(draft.note("version", 0)):
        head = t("New words have come in since this was shown to you. Please read it once more.")
        key = draft.key("answer", seat.id, derive(heard.id))
        yield Say(seat.unit, shown(draft, head), key, Lane.ANSWER, quiet=False)
        return draft
    if draft.note("approved", ""):
        yield answer(
            draft, heard, block(t("It is approved, and goes as soon as those who wrote it have all answered."))
        )
        return draft
    if _open(draft):
        draft = draft.noted(approved=seat.id)
        said = t(
            "Thank you. Few people wrote it, so it goes once each of them has answered, and at the end in any case."
        )
        yield answer(draft, heard, block(said))
        return draft
    draft = yield from _release(draft, seat.id)
    if not staffed_by(draft.table, seat):
        said = t("Thank you. What table {number} says is approved.", number=draft.table.number)
        yield answer(draft, heard, block(said))
    return draft


def _open(draft: Draft) -> list[str]:
    """Where few wrote, those who have not answered yet whether their words may go."""
    return [seat for seat in draft.everybody if draft.few and seat not in draft.note("may", {})]


def _fewer(draft: Draft) -> Changes:
    """Where few authors are left now, each of them is asked, once; when all have answered, what is approved goes."""
    yield from authorship.ask(draft, _open(draft))
    by = draft.note("approved", "")
    if by and standing(draft.digest) and not _open(draft):
        return (yield from _release(draft, by))
    return draft


def _release(draft: Draft, by: str) -> Changes:
    """It is approved, and goes: without the words of those who do not agree, where they have been asked."""
    may = draft.note("may", {})
    draft = _kept(draft, [seat for seat in draft.everybody if may.get(seat) is False])
    if draft.few:
        draft = _kept(draft, [seat for seat in draft.everybody if not may.get(seat)])
    digest = replace(draft.digest, state="approved", at=draft.at.now)
    draft = replace(draft.noted(approved=by), digest=digest)
    yield Note("approved", by, {"digest": digest.id})
    if not standing(digest):
        none = t("Nothing of what your table said goes to other tables: those who wrote it keep it here.")
        yield Say(draft.table.unit, draft.at.message(none), draft.key("approved"))
        return draft
    head = t("This goes to the table that you answer:") if digest.answers else t("This goes to the other tables:")
    goes = draft.at.message(head, *told(digest, in_own), shows=digest.id)
    yield Say(draft.table.unit, goes, draft.key("approved"))
    return draft


def _kept(draft: Draft, seats: list[str]) -> Draft:
    """The draft without the words of these authors, which stay at their table."""
    here = (s if s.left_out else draft.without(s, seats, KEPT) for s in draft.digest.sentences)
    return draft.having(here)


def _change(draft: Draft, heard: Heard, what: str, number: int, reason: str) -> Changes:
    """Leave a sentence out, in two presses (which, and why), or put it back."""
    at, sentence = draft.at, draft.digest.sentences[number - 1]
    if what == "back" and sentence.left_out in REASONS:
        said = at.message(
            t("{who} has put a sentence back into your summary.", who=DECIDER[at.seat.role]), *quoted(sentence)
        )
        return (yield from _changed(draft, heard, number, "", said))
    if what == "leave" and not sentence.left_out:
        buttons = tuple(Button(label, draft.press("reason", f"{number}-{id}")) for id, label in REASONS.items())
        why = block(t("Why is it left out? Your table will read the reason. Disagreeing with it is not a reason."))
        yield answer(draft, heard, *quoted(sentence), why, buttons=buttons)
    elif what == "reason" and not sentence.left_out and reason in REASONS:
        if at.seat.role == "facilitator" and draft.last_of_minority(sentence):
            yield from _ask_coordinator(draft, heard, number, sentence, reason)
            return draft
        blocks = [block(t("{who} has left a sentence out of your summary.", who=DECIDER[at.seat.role]))]
        if reason in ("off-topic", "double"):
            blocks += quoted(sentence)
        blocks.append(block(t("The reason given: {reason}.", reason=REASONS[reason])))
        return (yield from _changed(draft, heard, number, reason, at.message(*blocks)))
    return draft


def _changed(draft: Draft, heard: Heard, number: int, reason: str, told_table: Message) -> Changes:
    table, key = draft.table, derive(heard.id)
    draft = draft.changing(number, replace(draft.digest.sentences[number - 1], left_out=reason))
    about = {"digest": draft.digest.id, "sentence": number, "reason": reason}
    yield Note("left_out" if reason else "put_back", draft.at.seat.id, about)
    yield Say(table.unit, told_table, draft.key("changed", key), without=tuple(s.id for s in table.staff))
    yield from reshown(draft, key, draft.at.seat)
    return draft


def _ask_coordinator(
    draft: Draft, heard: Heard, number: int, sentence: DigestSentence, reason: str
) -> Iterator[Effect]:
    at, table = draft.at, draft.table
    said = t(
        "This is the last sentence of a minority at your table. The coordinator decides whether it is left "
        "out and has been asked. Until then it stands."
    )
    yield answer(draft, heard, block(said))
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
    yield Say(f"coordinators:{table.site}", asked, draft.key("minority", number, reason))
