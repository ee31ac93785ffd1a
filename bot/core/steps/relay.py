"""Carries what one table said to other tables, in words that a person has approved there, and their answers back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from bot.core.drafts import approval
from bot.core.effects import Done, Effect, Lane, Put, Request, Say, Wake
from bot.core.events import Due, Relayed, Retold
from bot.core.fields import Id, Moment, Span
from bot.core.heard import Heard
from bot.core.ids import derive
from bot.core.message import Block, block, t
from bot.core.relays import answering, exchange, replies
from bot.core.relays.bringing import (
    FATES,
    arrivals,
    bring,
    content,
    goals,
    gone,
    heading,
    origins,
    read_by,
    retold,
    source,
)
from bot.core.relays.partners import Partner, Rule
from bot.core.scene import Scene
from bot.core.schedule import resolve
from bot.core.spans import until
from bot.core.state import Contribution, Digest, Stage
from bot.core.steps.base import Step
from bot.core.talk import table_of
from bot.core.translation import doubting

SEEN = ("routes", "arrivals", "digests", "answers", "replies", "targets", "known", "texts", "wordings", "carried")
"""What every hook looks at."""


class Relay(Step):
    """Brings each table the approved digests of other tables, labelled with where they come from and who translated them.

    `of` is the `summarise` step. `to` says who reads whom: `mirror` (the counterpart at the next site), `next` (the next
    table of the same site, in a ring), `ring` (the next table in one ring through all sites), `theme` (every other table with
    the same theme: what the group plan's `cluster_by` has brought together), `all` (every other table) or `plenary` (every
    other table, and each person reads it in their own chat and language). Where that would be more than `most` digests, each
    table reads so many others, and is read by as many. Nobody gets a digest twice, nor their own. A digest that nobody
    approved stays where it is, and the table that waits for it is told.

    With `direction = "two_way"` those who read a digest can answer each of its sentences for `reply_for`, in their own words.
    Their table reads each answer at once; the other table reads them once whoever leads the table has approved them, within
    the time of the step, else they are held. With `rounds = 2` the first table can answer the answers, with 3 once more.

    `translator` is `machine` (a translation is read at once, and labelled), `human` (none is read before a translator has
    released it) or `machine_then_human` (it is read at once, and a translator looks at it afterwards).
    `on_language_gap` says what becomes of a sentence of which there is no translation: `send_original` shows it as it was
    written, and says so; `hold` lets it wait for a translator, at the latest until the step ends, and then shows the original.
    With `show_original` a button shows what was written before it was translated. `source_shown`: `table`, `site` or
    `hidden`. Until the moment `embargo` nobody reads what has come, so that early sites do not sway late ones.

    The step ends when every table has got what comes to it, and its answers, or when its time is over; what comes later is
    shown when it comes.

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
        direction = "two_way"
        reply_for = "10m"
        duration = "20m"
    """

    type: Literal["relay"]
    of: Id
    to: Rule = "mirror"
    most: int = Field(default=12, ge=1, le=50)
    direction: Literal["one_way", "two_way"] = "one_way"
    reply_for: Span | None = None
    rounds: int = Field(default=1, ge=1, le=3)
    translator: Literal["machine", "human", "machine_then_human"] = "machine"
    on_language_gap: Literal["send_original", "hold"] = "send_original"
    embargo: Moment | None = None
    source_shown: Literal["table", "site", "hidden"] = "table"
    show_original: bool = True
    scope: Literal["table"] = "table"
    early_close: Literal["all_answered", "never"] = "all_answered"

    closes_units: ClassVar[bool] = True
    notice: ClassVar[bool] = False
    lasting: ClassVar[bool] = True
    names: ClassVar[Literal["", "table", "course"]] = "table"
    refers: ClassVar[tuple[str, ...]] = ("of",)
    reads: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "open": (*SEEN, "incoming"),
        "relayed": SEEN,
        "hear": SEEN,
        "due": SEEN,
        "retold": SEEN,
        "close": SEEN,
    }

    @property
    def two_way(self) -> bool:
        return self.direction == "two_way"

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        self.must_end("the other tables go on then, whatever has come")
        if self.two_way and self.reply_for is None:
            raise ValueError(
                'found direction = "two_way" without reply_for; it says how long people can answer: reply_for = "10m"'
            )
        if not self.two_way and (self.reply_for is not None or self.rounds > 1):
            found = "rounds" if self.reply_for is None else "reply_for"
            raise ValueError(
                f'found {found} with direction = "one_way"; answers go back with direction = "two_way": write that, or leave '
                f"{found} out"
            )
        return self

    def replied(self, stage: Stage, to: str) -> str:
        return f"{stage.step}:{to}:" if to in stage.data.get("windows", {}) else ""

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
        opens = self._embargo(at)
        if opens is not None and opens > at.now:
            said = t(
                "What other tables said is shown to everybody at the same time: {when}.", when=until(opens, at.now)
            )
            yield Say(at.unit, at.message(said), at.key("embargo"))
        yield from self._show(at)

    def relayed(self, at: Scene, relay: Relayed) -> Iterator[Effect]:
        """A digest has come, and stands among the `arrivals`. Before the step has opened here it waits for that."""
        if at.stage is not None and at.course.state == "running":
            yield from self._show(at)

    def retold(self, at: Scene, told: Retold) -> Iterator[Effect]:
        """A translation of what has come has changed: whoever has read it is told."""
        data = dict(at.stage.data) if at.stage is not None else {}
        come = next(
            (c for c in arrivals(at) if c.digest.id == told.digest and told.digest in data.get("shown", ())), None
        )
        if come is not None:
            asked = exchange.invitation(at, data, come.digest) if exchange.answerable(at, self, come.digest) else ()
            buttons = exchange.buttons(at, come.digest) if asked else ()
            if told.state in FATES:
                yield from gone(at, self, come, told, asked, buttons)
            else:
                yield from retold(at, self, come, told, asked, buttons)

    def hear(self, at: Scene, heard: Heard) -> Iterator[Effect]:
        what = [*heard.press.split(":"), "", "", "", ""]
        if what[1] == "original":
            for digest, _, _ in arrivals(at):
                if digest.id == what[3] and digest.state == "approved" and not self._waits(at):
                    shown = at.message(heading(at, self, digest, "none"), *content(at, digest), shows=digest.id)
                    key = at.key("original", at.seat.id, derive(heard.id))
                    yield Say(at.seat.unit, shown, key, Lane.ANSWER, quiet=False)
        elif what[1] == "doubt":
            for come in arrivals(at):
                if come.digest.id == what[3] and not self._waits(at):
                    own = read_by(come, at.seat)[1]
                    yield from doubting.ask(at, come.digest, own.texts, derive(heard.id))
        elif what[1] in replies.PRESSES or not (heard.press or approval.concerns(heard, at.seat.focus)):
            yield from replies.hear(at, heard)
        else:
            yield from self._approval(at, heard)

    def edited(self, at: Scene, given: Contribution, text: str, key: str) -> Iterator[Effect]:
        yield from replies.edited(at, given, text, key)

    def due(self, at: Scene, due: Due) -> Iterator[Effect]:
        if due.what in ("answers", "answers_early"):
            after = yield from answering.due(at, self, due)
            yield from self._through(after)
        elif due.what == "remind":
            for digest in at.facts["answers"]:
                yield from approval.remind(answering.draft(at, digest))

    def close(self, at: Scene) -> Iterator[Effect]:
        """The time is over: say what has not come yet, so that nobody waits for it in silence."""
        yield from answering.close(at, self)
        come = {each.digest.table for each in arrivals(at)}
        for partner in origins(at):
            if partner.id not in come:
                blocks = (
                    block(source(at, self, partner.id, partner.site), kind="title"),
                    block(t("Nothing has come yet. We go on; what still comes is shown to you here.")),
                )
                yield Say(at.unit, at.message(*blocks), at.key("nothing", partner.id))
        yield from answering.nothing_yet(at, self)

    def _approval(self, at: Scene, heard: Heard) -> Iterator[Effect]:
        """Something was pressed under the draft of this table's answers, or typed that it asked for."""
        named = approval.named(heard, at.seat.focus)
        draft = next((d for d in at.facts["answers"] if d.id == named), None)
        if draft is None:
            return
        digest = yield from approval.hear(answering.draft(at, draft), heard, at.facts["carried"].get(draft.id, ()))
        if digest.state == "approved" and draft.state != "approved":
            yield from answering.carry(at, self, digest)
            drafts = tuple(digest if d.id == digest.id else d for d in at.facts["answers"])
            yield from self._through(exchange.as_of(at, at.stage.data if at.stage else {}, answers=drafts))

    def _carry(self, at: Scene, digest: Digest, to: Sequence[Partner], key: str) -> Request:
        """Have a digest brought to tables. A course that comes here late fetches what the others have approved meanwhile."""
        return Request("relay", at.course.id, at.step, key, at.unit, answering.errand(at, self, digest, to))

    def _show(self, at: Scene) -> Iterator[Effect]:
        """Show what has come and was not shown yet, each digest once."""
        data = dict((at.stage or at.fresh_stage()).data)
        shown = list(data.get("shown", ()))
        opens = self._embargo(at)
        for come in arrivals(at):
            if come.digest.id in shown:
                continue
            if opens is not None and opens > at.now:
                again = Relayed(at.course.id, at.step, come.digest.id, table_of(at).id, come.engine, come.texts)
                yield Wake(opens, again, at.key("embargo", come.digest.id))
                continue
            shown.append(come.digest.id)
            if come.digest.id in at.facts["known"]:
                continue
            asked: tuple[Block, ...] = ()
            if exchange.answerable(at, self, come.digest):
                data = yield from exchange.opened(at, self, data, come.digest)
                asked = exchange.invitation(at, data, come.digest)
            buttons = exchange.buttons(at, come.digest) if asked else ()
            yield from bring(at, self, come, asked, buttons)
            data["read"] = {**data.get("read", {}), **doubting.read(at, come.texts)}
        data["shown"] = shown
        yield Put(at.with_data(**data))
        yield from self._through(exchange.as_of(at, data))

    def _through(self, at: Scene) -> Iterator[Effect]:
        """Whether all has come that is due here, and nothing waits for an answer or for an approval."""
        data = (at.stage or at.fresh_stage()).data
        first = [each for each in arrivals(at) if not each.digest.answers]
        if len(first) < len(origins(at)) * len(at.flow.instances(self.of, at.node)):
            return
        if any(each.digest.id not in data.get("shown", ()) for each in arrivals(at)):
            return
        if at.stage is not None and at.stage.state != "open":
            return
        if not answering.busy(at, data) and not answering.still_awaited(at, self):
            yield Done(at.step, at.unit)

    def _embargo(self, at: Scene) -> datetime | None:
        """The instant before which nothing is shown."""
        if self.embargo is None:
            return None
        zone = at.flow.zone(at.course.id)
        return resolve(self.embargo, zone, (at.course.session or at.now).astimezone(zone).date())

    def _waits(self, at: Scene) -> bool:
        opens = self._embargo(at)
        return opens is not None and opens > at.now
