"""What a table said, in a few of its own sentences, approved by a person before it goes anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from bot.core import approval
from bot.core.digest import Statement, draw
from bot.core.draft import Draft, members
from bot.core.effects import Done, Draw, Effect, Lane, Say
from bot.core.events import Due, Heard
from bot.core.fields import Id, Span
from bot.core.ids import derive
from bot.core.message import t
from bot.core.scene import Scene
from bot.core.state import Contribution, Digest, DigestSentence, Table
from bot.core.steps.base import Step
from bot.core.talk import table_of


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
        "due": ("digest", "items", "agreements"),
        "close": ("digest", "items", "agreements"),
    }

    @model_validator(mode="after")
    def _ends(self) -> Self:
        self.must_end("a digest that nobody approves is held then, and the assembly goes on")
        return self

    def open(self, at: Scene) -> Iterator[Effect]:
        table, items = table_of(at), at.facts["items"]
        id, here = derive(at.step, table.id), members(table)
        digest = Digest(id, at.step, table.id, table.site, _language(table), "draft", (), len(here), len(here), at.now)
        if not items:
            yield Draw(replace(digest, state="approved"))
            said = t("There is no digest of your table this time, because nobody wrote anything that it could hold.")
            yield Say(table.unit, at.message(said), at.key("empty"))
            yield Done(at.step, at.unit)
            return
        drawn = draw(
            [Statement(i.id, i.seat, i.side, len(i.text.split()), n) for n, i in enumerate(_in_order(items))],
            at.facts["agreements"],
            here,
            self.size,
            f"{at.flow.ref}/{id}",
            {i.id: i.text for i in items},
        )
        sentences = tuple(DigestSentence(s.sources, s.support, s.against, s.minority) for s in drawn.sentences)
        digest = replace(digest, sentences=sentences, unheard=drawn.unheard)
        yield from approval.present(self._draft(at, digest))
        said = t(
            "A short digest of what you said has been drawn, in your own words. It is read and approved before it "
            "goes to other tables."
        )
        yield Say(table.unit, at.message(said), at.key("drawn"), without=tuple(s.id for s in table.staff))

    def hear(self, at: Scene, heard: Heard) -> Iterator[Effect]:
        digest: Digest | None = at.facts["digest"]
        if digest is None:
            only = at.message(t("Only those who lead this table can do that."))
            key = at.key("answer", at.seat.id, derive(heard.id))
            yield Say(at.seat.unit, only, key, Lane.ANSWER, quiet=False)
            return
        after = yield from approval.hear(self._draft(at, digest), heard)
        if after.state == "approved" and digest.state != "approved":
            yield Done(at.step, at.unit)

    def due(self, at: Scene, due: Due) -> Iterator[Effect]:
        if (digest := at.facts["digest"]) is not None:
            yield from approval.remind(self._draft(at, digest))

    def close(self, at: Scene) -> Iterator[Effect]:
        if (digest := at.facts["digest"]) is not None:
            yield from approval.close(self._draft(at, digest))

    def _draft(self, at: Scene, digest: Digest) -> Draft:
        return Draft(at, digest, at.facts["items"], at.facts["agreements"])


def _language(table: Table) -> str:
    return table.languages[0]


def _in_order(items: tuple[Contribution, ...]) -> list[Contribution]:
    return sorted(items, key=lambda i: (i.at, i.id))
