"""Carries what one table said to other tables, in words that a person there has approved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from bot.core.bringing import arrivals, bring, goals, heading, origins, source
from bot.core.effects import Done, Effect, Lane, Put, Request, Say
from bot.core.events import Heard, Relayed
from bot.core.fields import Id
from bot.core.ids import derive
from bot.core.message import block, t
from bot.core.partners import Partner, Rule, read_in
from bot.core.retelling import told
from bot.core.scene import Scene
from bot.core.state import Digest
from bot.core.steps.base import Step
from bot.core.talk import table_of


class Relay(Step):
    """Brings each table the approved digests of other tables, labelled with where they come from and who translated them.

    `of` is the `summarise` step. `to` says who reads whom: `mirror` (the counterpart at the next site), `next` (the next
    table of the same site, in a ring), `ring` (the next table in one ring through all sites), `theme` (every other table with
    the same theme: what the group plan's `cluster_by` has brought together), `all` (every other table) or `plenary` (every
    other table, and each person reads it in their own chat and language). Where that would be more than `most` digests, each
    table reads so many others, and is read by as many. `source_shown`: `table`, `site` or `hidden`. With
    `show_original` a button shows what was written before it was translated. A digest that nobody approved stays where it
    is, and the table that waits for it is told. The step ends when every table has got what comes to it, or when its time
    is over; what comes later is shown when it comes.

        [[step]]
        id = "talk"
        type = "discuss"
        duration = "40m"
        text = "What would you change?"

        [[step]]
        id = "digest"
        type = "summarise"
        of = ["talk"]
        duration = "15m"

        [[step]]
        id = "carry"
        type = "relay"
        of = "digest"
        to = "mirror"
        duration = "10m"
    """

    type: Literal["relay"]
    of: Id
    to: Rule = "mirror"
    most: int = Field(default=12, ge=1, le=50)
    source_shown: Literal["table", "site", "hidden"] = "table"
    show_original: bool = True
    scope: Literal["table"] = "table"
    early_close: Literal["all_answered", "never"] = "all_answered"

    closes_units: ClassVar[bool] = True
    notice: ClassVar[bool] = False
    lasting: ClassVar[bool] = True
    refers: ClassVar[tuple[str, ...]] = ("of",)
    reads: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "open": ("digests", "routes", "arrivals", "incoming"),
        "relayed": ("routes", "arrivals"),
        "hear": ("routes", "arrivals"),
        "close": ("routes", "arrivals"),
    }

    @model_validator(mode="after")
    def _ends(self) -> Self:
        self.must_end("the other tables go on then, whatever has come")
        return self

    def open(self, at: Scene) -> Iterator[Effect]:
        table, to = table_of(at), goals(at)
        for digest in at.facts["digests"]:
            if digest.state in ("approved", "held") and to:
                yield self._carry(at, digest, to, at.key("relay", digest.id))
        here = (Partner(table.id, table.number, table.site, at.course.id, table.languages),)
        come = {each.digest.id for each in arrivals(at)}
        for digest in at.facts["incoming"]:
            if digest.state in ("approved", "held") and digest.id not in come:
                yield self._carry(at, digest, here, at.key("fetch", digest.id, table.id))
        yield from self._show(at)

    def relayed(self, at: Scene, relay: Relayed) -> Iterator[Effect]:
        """A digest has come, and stands among the `arrivals`. Before the step has opened here it waits for that."""
        if at.stage is not None and at.course.state == "running":
            yield from self._show(at)

    def hear(self, at: Scene, heard: Heard) -> Iterator[Effect]:
        what = heard.press.split(":")
        for digest, _, _ in arrivals(at):
            if what[1:2] == ["original"] and what[3:] == [digest.id] and digest.state == "approved":
                shown = at.message(heading(at, self, digest, "none"), *told(digest), shows=digest.id)
                yield Say(
                    at.seat.unit, shown, at.key("original", at.seat.id, derive(heard.id)), Lane.ANSWER, quiet=False
                )

    def close(self, at: Scene) -> Iterator[Effect]:
        """The time is over: say what has not come yet, so that nobody waits for it in silence."""
        come = {each.digest.table for each in arrivals(at)}
        for partner in origins(at):
            if partner.id not in come:
                blocks = (
                    block(source(at, self, partner.id, partner.site), kind="title"),
                    block(t("Nothing has come yet. We go on; what still comes is shown to you here.")),
                )
                yield Say(at.unit, at.message(*blocks), at.key("nothing", partner.id))

    def _carry(self, at: Scene, digest: Digest, to: Sequence[Partner], key: str) -> Request:
        """Have a digest brought to tables. A course that comes here late fetches what the others have approved meanwhile."""
        args = {
            "digest": digest.id,
            "source_language": digest.language,
            "targets": [
                {"table": p.id, "course": p.course, "language": read_in(p.languages, digest.language)} for p in to
            ],
        }
        return Request("relay", at.course.id, at.step, key, at.unit, args)

    def _show(self, at: Scene) -> Iterator[Effect]:
        """Show what has come and was not shown yet, each digest once."""
        stage = at.stage or at.fresh_stage()
        shown = list(stage.data.get("shown", ()))
        for come in arrivals(at):
            if come.digest.id not in shown:
                shown.append(come.digest.id)
                yield from bring(at, self, come)
        yield Put(at.with_data(shown=shown))
        expected = len(origins(at)) * len(at.flow.instances(self.of, at.node))
        if len(shown) >= expected and stage.state == "open":
            yield Done(at.step, at.unit)
