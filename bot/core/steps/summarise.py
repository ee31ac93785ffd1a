"""What a table said, in a few of its own sentences, approved by a person before it goes anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from bot.core.digest import Digest as Drawn
from bot.core.digest import Statement, draw, in_order, most_agreed
from bot.core.drafts import approval, helping
from bot.core.drafts.draft import Draft, members
from bot.core.effects import Done, Draw, Effect, Lane, Say
from bot.core.events import Answered, Due
from bot.core.fields import Id, Span
from bot.core.heard import Heard
from bot.core.ids import derive
from bot.core.message import Phrase, t
from bot.core.scene import Scene
from bot.core.state import Contribution, Digest, DigestSentence
from bot.core.steps.base import Step
from bot.core.talk import table_of

Content = Literal["digest", "top", "items", "questions", "talk"]

BOUND = 12
"""The most sentences of a digest."""
LIST = 60
"""The most statements of a list."""
TALK = 200
"""The most of a whole talk."""


class Summarise(Step):
    """Draws a digest for each table from what it said in the steps named in `of`, and has it approved.

    The digest has about `size` sentences. Each is a whole statement in its author's own words; no large minority stays
    without one. `votes` names a vote of agree, disagree or pass on these statements, not a secret one, which makes the choice
    fair. `content` says what is drawn: `"digest"`, or `"top"` (that with which most agree), `"items"` (all that was written, at
    most `size`; how many more there are is said), `"questions"` (of a collection with the side "question") or `"talk"`
    (everything that was said, in its order). Of an option, both sides are always in it.

    Each author reads in private which words of theirs stand in it, and can correct them or take them back; corrected words
    lose the support of the old ones. The facilitator reads the draft within the step's `duration` and approves it; leaves
    sentences out for a listed reason, which the table is told (the last one of a minority only the coordinator may leave out);
    proposes another wording, which counts only with the yes of its authors, as does putting two sentences together; or asks
    the table whether it finds in the draft what was said. Where fewer than three people wrote what stands in it, it goes only
    with the yes of each. Where nobody leads the table, the coordinator is asked; in any case once more before the end
    (`remind`). Without an approval the digest is held: it goes nowhere, and the assembly goes on. `wording = "model"` lets the
    language model of the config offer other words for a sentence that several people share; the facilitator, and all of these
    people, have to want them.

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
    content: Content = "digest"
    wording: Literal["own", "model"] = "own"
    size: int = Field(default=4, ge=1, le=LIST)
    scope: Literal["table"] = "table"
    early_close: Literal["all_answered", "never"] = "all_answered"
    remind: tuple[Span, ...] = (timedelta(minutes=5),)

    closes_units: ClassVar[bool] = True
    notice: ClassVar[bool] = False
    lasting: ClassVar[bool] = True
    names: ClassVar[Literal["", "table", "course"]] = "table"
    refers: ClassVar[tuple[str, ...]] = ("of", "votes")
    reads: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "open": ("items", "agreements", "gone"),
        "hear": ("digest", "items", "agreements", "wordings", "gone", "carried"),
        "answered": ("digest", "items", "agreements", "wordings", "gone"),
        "due": ("digest", "items", "agreements", "wordings"),
        "close": ("digest", "items", "agreements", "wordings"),
    }

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        self.must_end("a digest that nobody approves is held then, and the assembly goes on")
        if self.content in ("digest", "top") and self.size > BOUND:
            raise ValueError(
                f'found size = {self.size}; a digest is read in a minute: at most {BOUND}, or content = "items" for a list'
            )
        if self.content == "talk" and "size" in self.model_fields_set:
            raise ValueError(
                f'found size with content = "talk"; then all that was said is in it, up to {TALK} messages. Leave size out'
            )
        if self.votes is not None and self.content in ("questions", "talk"):
            raise ValueError(
                f'found votes with content = "{self.content}"; nobody votes on that. Leave votes out, or write '
                'content = "digest", "top" or "items"'
            )
        return self

    def open(self, at: Scene) -> Iterator[Effect]:
        table, items = table_of(at), self._items(at)
        id, here = derive(at.step, table.id), members(table)
        digest = Digest(
            id, at.step, table.id, table.site, table.languages[0], "draft", (), len(here), len(here), at.now
        )
        if not items:
            yield Draw(replace(digest, state="approved"))
            yield Say(table.unit, at.message(self._nothing()), at.key("empty"))
            yield Done(at.step, at.unit)
            return
        drawn = self._drawn(at, items, here, f"{at.flow.ref}/{id}")
        sentences = tuple(DigestSentence(s.sources, s.support, s.against, s.minority) for s in drawn.sentences)
        digest = replace(digest, sentences=sentences, unheard=drawn.unheard, more=drawn.more)
        draft = self._draft(at, digest)
        yield from approval.present(draft)
        yield from helping.doubles(draft)
        yield from self._words(draft)
        said = t(
            "A short summary of what your table said has been made of your own sentences. Somebody reads and approves it before "
            "it goes to other tables. You need not do anything."
        )
        knows = (*(s.id for s in table.staff), *draft.everybody)  # authors read the same below their words
        yield Say(table.unit, at.message(said), at.key("drawn"), without=knows)

    def hear(self, at: Scene, heard: Heard) -> Iterator[Effect]:
        digest: Digest | None = at.facts["digest"]
        if digest is None:
            only = at.message(t("Only those who lead this table can do that."))
            key = at.key("answer", at.seat.id, derive(heard.id))
            yield Say(at.seat.unit, only, key, Lane.ANSWER, quiet=False)
            return
        draft = self._draft(at, digest)
        after = yield from approval.hear(draft, heard, at.facts["carried"].get(digest.id, ()))
        if after != digest:
            yield from self._words(replace(draft, digest=after))
        if after.state == "approved" and digest.state != "approved":
            yield Done(at.step, at.unit)

    def answered(self, at: Scene, answer: Answered) -> Iterator[Effect]:
        if (digest := at.facts["digest"]) is not None:
            yield from helping.brought(self._draft(at, digest), answer)

    def edited(self, at: Scene, given: Contribution, text: str, key: str) -> Iterator[Effect]:
        """Words for a digest change only where somebody reads them again."""
        said = t("What you wrote first still stands. To change it, press the button above once more and write it anew.")
        yield Say(f"seat:{given.seat}", at.message(said), at.key("edited", key), Lane.ANSWER, quiet=False)

    def due(self, at: Scene, due: Due) -> Iterator[Effect]:
        if (digest := at.facts["digest"]) is not None:
            yield from approval.remind(self._draft(at, digest))

    def close(self, at: Scene) -> Iterator[Effect]:
        if (digest := at.facts["digest"]) is not None:
            yield from approval.close(self._draft(at, digest))

    def _draft(self, at: Scene, digest: Digest) -> Draft:
        facts = at.facts
        wordings, gone = facts.get("wordings", ()), facts.get("gone", frozenset())
        return Draft(at, digest, facts["items"], facts["agreements"], wordings, gone)

    def _words(self, draft: Draft) -> Iterator[Effect]:
        if self.wording == "model":
            yield from helping.words(draft)

    def _items(self, at: Scene) -> list[Contribution]:
        """What may stand in it, in the order in which it was said."""
        items: tuple[Contribution, ...] = at.facts["items"]
        fitting = (i for i in items if self.content != "questions" or i.side == "question")
        return sorted(fitting, key=lambda i: (i.at, i.id))

    def _drawn(self, at: Scene, items: list[Contribution], here: list[str], seed: str) -> Drawn:
        said = [
            Statement(i.id, i.seat, i.side, len(i.text.split()), n, i.step if i.side else "")
            for n, i in enumerate(items)
        ]
        votes, fold = at.facts["agreements"], {i.id: i.text for i in items}
        match self.content:
            case "digest":
                return draw(said, votes, here, self.size, seed, fold)
            case "top":
                return most_agreed(said, votes, here, self.size, seed, fold)
            case "talk":
                return in_order(said, votes, here, TALK, seed)
            case _:
                return in_order(said, votes, here, self.size, seed, fold)

    def _nothing(self) -> Phrase:
        if self.content == "questions":
            return t("Nobody at your table has asked a question, so there is nothing to pass on.")
        return t("There is no summary of your table this time, because nobody wrote anything that it could hold.")
