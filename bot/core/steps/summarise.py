"""What a table said, in a few of its own sentences, approved by a person before it goes anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from bot.core.digest import Statement, draw
from bot.core.effects import Done, Draw, Effect, Lane, Note, Say
from bot.core.events import Due, Heard
from bot.core.fields import Id, Span
from bot.core.ids import derive
from bot.core.leading import leads
from bot.core.message import Block, Button, Message, Phrase, block, t
from bot.core.retelling import REASONS, WITHDRAWN, quoted, standing, told
from bot.core.scene import Scene
from bot.core.spans import until
from bot.core.state import Contribution, Digest, DigestSentence, Seat, Table
from bot.core.steps.base import Step
from bot.core.talk import table_of

DECIDER: Mapping[str, Phrase] = {
    "facilitator": t("Your facilitator"),
    "coordinator": t("The coordinator"),
    "organiser": t("The organiser"),
}


class Summarise(Step):
    """Draws a digest for each table from what it said in the steps named in `of`, and has it approved.

    The digest has about `size` sentences. Each is a whole statement in its author's own words; no large minority stays
    without one, and nobody can rewrite them. `votes` names a vote of agree, disagree or pass on these statements, which
    makes the choice fair. The facilitator reads the draft and approves it within the step's `duration`, or leaves sentences
    out for a listed reason, which the table is told; the last sentence of a minority only the coordinator may leave out.
    Where nobody leads the table, the coordinator is asked; in any case once more before the end (`remind`). Without an
    approval the digest is held: it goes nowhere, and the assembly goes on.

        [[step]]
        id = "talk"
        type = "discuss"
        duration = "40m"
        text = "What would you change?"

        [[step]]
        id = "digest"
        type = "summarise"
        of = ["talk"]
        size = 4
        duration = "15m"
    """

    type: Literal["summarise"]
    of: tuple[Id, ...] = Field(min_length=1)
    votes: Id | None = None
    size: int = Field(default=4, ge=1, le=12)
    scope: Literal["table"] = "table"
    early_close: Literal["all_answered", "never"] = "all_answered"
    remind: tuple[Span, ...] = (timedelta(minutes=5),)

    closes_units: ClassVar[bool] = True
    notice: ClassVar[bool] = False
    names: ClassVar[Literal["", "table", "course"]] = "table"
    refers: ClassVar[tuple[str, ...]] = ("of", "votes")
    reads: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "open": ("items", "agreements"),
        "hear": ("digest", "items", "agreements"),
        "due": ("digest",),
        "close": ("digest",),
    }

    @model_validator(mode="after")
    def _ends(self) -> Self:
        self.must_end("a digest that nobody approves is held then, and the assembly goes on")
        return self

    def open(self, at: Scene) -> Iterator[Effect]:
        table, items = table_of(at), at.facts["items"]
        id, members = derive(at.step, table.id), _members(table)
        digest = Digest(
            id, at.step, table.id, table.site, _language(table), "draft", (), len(members), len(members), at.now
        )
        if not items:
            yield Draw(replace(digest, state="approved"))
            said = t("There is no digest of your table this time, because nobody wrote anything that it could hold.")
            yield Say(table.unit, at.message(said), at.key("empty"))
            yield Done(at.step, at.unit)
            return
        drawn = draw(
            [Statement(i.id, i.seat, i.side, len(i.text.split()), n) for n, i in enumerate(_in_order(items))],
            at.facts["agreements"],
            members,
            self.size,
            f"{at.flow.ref}/{id}",
            {i.id: i.text for i in items},
        )
        sentences = tuple(DigestSentence(s.sources, s.support, s.against, s.minority) for s in drawn.sentences)
        digest = replace(digest, sentences=sentences, unheard=drawn.unheard)
        yield Draw(digest)
        yield Say(f"facilitators:{table.id}", self.draft(at, digest), at.key("draft"))
        said = t(
            "A short digest of what you said has been drawn, in your own words. It is read and approved before it "
            "goes to other tables."
        )
        yield Say(table.unit, at.message(said), at.key("drawn"), without=tuple(s.id for s in table.staff))

    def hear(self, at: Scene, heard: Heard) -> Iterator[Effect]:
        what = [*heard.press.split(":"), "", "", ""]
        digest: Digest | None = at.facts["digest"]
        if digest is None or not leads(at.seat, table_of(at)):
            yield self._answer(at, heard, at.message(t("Only those who lead this table can do that.")))
        elif digest.state == "approved":
            yield self._answer(at, heard, at.message(t("This digest has been approved already.")))
        elif digest.state == "held" or (at.stage is not None and at.stage.state == "closed"):
            yield self._answer(
                at, heard, at.message(t("The time is over, and this digest is held. Nothing was changed."))
            )
        elif what[1] == "approve":
            yield from self._approve(at, heard, self._now(at, digest))
        elif what[1] in ("leave", "reason", "back"):
            number, _, reason = what[3].partition("-")
            if number.isdecimal() and 1 <= int(number) <= len(digest.sentences):
                yield from self._change(at, heard, self._now(at, digest), what[1], int(number), reason)

    def due(self, at: Scene, due: Due) -> Iterator[Effect]:
        """A reminder: whoever leads the table, and the coordinator too, so that somebody approves it in time."""
        digest = at.facts["digest"]
        if digest is not None and digest.state == "draft":
            for to in (f"facilitators:{digest.table}", f"coordinators:{digest.site}"):
                yield Say(to, self.draft(at, digest), at.key("remind", int(at.now.timestamp())))

    def close(self, at: Scene) -> Iterator[Effect]:
        digest, table = at.facts["digest"], table_of(at)
        if digest is None or digest.state != "draft":
            return
        yield Draw(replace(digest, state="held"))
        yield Note("held", data={"digest": digest.id})
        called = t(
            "Nobody has approved the digest of table {number} in time. It is held and goes nowhere; the assembly "
            "goes on. Please ask the table's facilitator what happened.",
            number=table.number,
        )
        yield Say(f"coordinators:{table.site}", at.message(called), at.key("held"))
        said = t(
            "Nobody has approved the digest of your table in time, so it is held: it goes nowhere. The "
            "coordinator knows. The assembly goes on."
        )
        yield Say(table.unit, at.message(said), at.key("held"))

    def draft(self, at: Scene, digest: Digest) -> Message:
        """The draft, with what can be done about it. Nothing can be rewritten."""
        table, closes = table_of(at), (at.stage.closes if at.stage else None) or at.closes
        blocks: list[Block] = [block(t("Digest of table {number}, to be approved", number=table.number), kind="title")]
        buttons = [Button(t("Approve"), at.press("approve", table.id, ""))]
        for number, sentence in enumerate(digest.sentences, 1):
            blocks.append(block(t("Sentence {number}", number=number), kind="note"))
            if not sentence.left_out:
                blocks += quoted(sentence)
                buttons.append(Button(t("Leave out {number}", number=number), at.press("leave", table.id, str(number))))
            elif sentence.left_out == WITHDRAWN:
                blocks.append(block(t("Taken back by whoever wrote it.")))
            else:
                blocks.append(block(t("Left out: {reason}.", reason=REASONS[sentence.left_out])))
                buttons.append(Button(t("Put {number} back", number=number), at.press("back", table.id, str(number))))
        blocks += told(replace(digest, sentences=()))
        text = t(
            "Is this what the table said? Once approved, it goes to other tables. If nobody approves it, it goes nowhere."
        )
        blocks.append(block(text))
        if closes is not None:
            blocks.append(block(t("Please decide by {when}.", when=until(closes, at.now)), kind="note"))
        return at.message(*blocks, buttons=tuple(buttons), shows=digest.id)

    def _approve(self, at: Scene, heard: Heard, digest: Digest) -> Iterator[Effect]:
        table = table_of(at)
        if not standing(digest):
            said = t("Every sentence is left out, so there is nothing to approve. Put one back, or the digest is held.")
            yield self._answer(at, heard, at.message(said))
            return
        yield Draw(replace(digest, state="approved", at=at.now))
        yield Note("approved", at.seat.id, {"digest": digest.id})
        yield Done(at.step, at.unit)
        shown = at.message(t("This goes to the other tables:"), *told(digest), shows=digest.id)
        yield Say(table.unit, shown, at.key("approved"))
        if not _staffed_by(table, at.seat):
            said = t("Thank you. The digest of table {number} is approved.", number=table.number)
            yield self._answer(at, heard, at.message(said))

    def _change(self, at: Scene, heard: Heard, digest: Digest, what: str, number: int, reason: str) -> Iterator[Effect]:
        """Leave a sentence out, in two presses (which, and why), or put it back."""
        table, sentence = table_of(at), digest.sentences[number - 1]
        if what == "back" and sentence.left_out in REASONS:
            said = at.message(
                t("{who} has put a sentence back into your digest.", who=DECIDER[at.seat.role]), *quoted(sentence)
            )
            yield from self._changed(at, heard, digest, number, "", said)
        elif what == "leave" and not sentence.left_out:
            buttons = tuple(
                Button(label, at.press("reason", table.id, f"{number}-{id}")) for id, label in REASONS.items()
            )
            why = block(t("Why is it left out? Your table will read the reason. Disagreeing with it is not a reason."))
            yield self._answer(at, heard, at.message(*quoted(sentence), why, buttons=buttons))
        elif what == "reason" and not sentence.left_out and reason in REASONS:
            if at.seat.role == "facilitator" and self._last_of_minority(at, digest, sentence):
                yield from self._ask_coordinator(at, heard, number, sentence, reason)
                return
            blocks = [block(t("{who} has left a sentence out of your digest.", who=DECIDER[at.seat.role]))]
            if reason in ("off-topic", "double"):
                blocks += quoted(sentence)
            blocks.append(block(t("The reason given: {reason}.", reason=REASONS[reason])))
            yield from self._changed(at, heard, digest, number, reason, at.message(*blocks))

    def _changed(
        self, at: Scene, heard: Heard, digest: Digest, number: int, reason: str, told_table: Message
    ) -> Iterator[Effect]:
        table, key = table_of(at), derive(heard.id)
        sentences = list(digest.sentences)
        sentences[number - 1] = replace(sentences[number - 1], left_out=reason)
        digest = self._now(at, replace(digest, sentences=tuple(sentences)))
        yield Draw(digest)
        yield Note(
            "left_out" if reason else "put_back",
            at.seat.id,
            {"digest": digest.id, "sentence": number, "reason": reason},
        )
        yield Say(table.unit, told_table, at.key("changed", key), without=tuple(s.id for s in table.staff))
        yield Say(f"facilitators:{table.id}", self.draft(at, digest), at.key("draft", key), Lane.ANSWER, quiet=False)
        if table.staff and not _staffed_by(table, at.seat):
            yield self._answer(at, heard, self.draft(at, digest))

    def _ask_coordinator(
        self, at: Scene, heard: Heard, number: int, sentence: DigestSentence, reason: str
    ) -> Iterator[Effect]:
        table = table_of(at)
        said = t(
            "This is the last sentence of a minority at your table. The coordinator decides whether it is left "
            "out and has been asked. Until then it stands."
        )
        yield self._answer(at, heard, at.message(said))
        asked = at.message(
            t(
                "The facilitator of table {number} wants to leave out the last sentence of a minority.",
                number=table.number,
            ),
            *quoted(sentence),
            block(t("The reason given: {reason}.", reason=REASONS[reason])),
            block(t("If you do nothing, it stands.")),
            buttons=(Button(t("Leave it out"), at.press("reason", table.id, f"{number}-{reason}")),),
        )
        yield Note(
            "asked_coordinator", at.seat.id, {"step": at.step, "table": table.id, "sentence": number, "reason": reason}
        )
        yield Say(f"coordinators:{table.site}", asked, at.key("minority", number, reason))

    def _answer(self, at: Scene, heard: Heard, message: Message) -> Say:
        return Say(at.seat.unit, message, at.key("answer", at.seat.id, derive(heard.id)), Lane.ANSWER, quiet=False)

    def _now(self, at: Scene, digest: Digest) -> Digest:
        """The digest as it is now: without what was taken back since, and with those for whom no sentence speaks any more."""
        live = {i.id for i in at.facts["items"]}
        sentences = []
        for sentence in digest.sentences:
            sources = tuple(s for s in sentence.sources if s in live)
            sentences.append(replace(sentence, sources=sources) if sources else replace(sentence, left_out=WITHDRAWN))
        digest = replace(digest, sentences=tuple(sentences))
        members = set(_members(table_of(at)))
        heard = {seat for s in standing(digest) for seat in self._holders(at, s)}
        return replace(digest, unheard=len(members - heard), members=len(members))

    def _last_of_minority(self, at: Scene, digest: Digest, sentence: DigestSentence) -> bool:
        """True if somebody who holds this minority's view would be left without any sentence of a minority."""
        if not sentence.minority:
            return False
        others = [s for s in standing(digest) if s.minority and s is not sentence]
        spoken_for = {seat for other in others for seat in self._holders(at, other)}
        return not self._holders(at, sentence) <= spoken_for

    def _holders(self, at: Scene, sentence: DigestSentence) -> set[str]:
        """Who agrees with a sentence: its authors, and those who voted for it."""
        items: Mapping[str, str] = {i.id: i.seat for i in at.facts["items"]}
        votes = [at.facts["agreements"].get(source, {}) for source in sentence.sources]
        agree = {seat for cast in votes for seat, vote in cast.items() if vote > 0}
        reject = {seat for cast in votes for seat, vote in cast.items() if vote < 0}
        return (agree - reject) | {items[s] for s in sentence.sources if s in items}


def _members(table: Table) -> list[str]:
    return [s.id for s in table.members if s.status == "active"]


def _staffed_by(table: Table, seat: Seat) -> bool:
    return any(s.id == seat.id for s in table.staff)


def _language(table: Table) -> str:
    return table.languages[0]


def _in_order(items: tuple[Contribution, ...]) -> list[Contribution]:
    return sorted(items, key=lambda i: (i.at, i.id))
