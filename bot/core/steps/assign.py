"""People are put at tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from bot.core import lodging
from bot.core.briefing import SOON
from bot.core.effects import Effect, End, Note, Request, Say, Seated
from bot.core.events import Answered
from bot.core.fields import Id
from bot.core.message import Block, Message, Name, Part, Plain, Several, block, message, t, tn
from bot.core.scene import Scene
from bot.core.steps.base import Scope, Step


class Assign(Step):
    """Puts everybody who takes part at a table.

    `plan` names a group plan of the flow (`[groups.NAME]`).
    The draw is balanced, seeded and repeatable; its seed is in the exports. Facilitators are spread over the tables that
    speak their language. Who comes later is seated at the table that needs them most. Who is at the table is said here,
    unless a `discuss` follows at once, which says it.

        [groups.tables]
        size = { min = 4, target = 6, max = 7 }
        mix_by = ["area"]

        [[step]]
        id = "tables"
        type = "assign"
        plan = "tables"
    """

    type: Literal["assign"]
    plan: Id
    scope: Scope = "site"

    def begin(self, at: Scene) -> Iterator[Effect]:
        yield Request("seating", at.course.id, at.step, at.key("seating"), args={"plan": self.plan})

    def answered(self, at: Scene, answer: Answered) -> Iterator[Effect]:
        """The job gives `tables`: a list of {id, number, site, languages, seats, staff}, and `unplaced`: a list of seats."""
        for table in answer.result["tables"]:
            seats = (*table["seats"], *table["staff"])
            languages = tuple(table["languages"])
            yield Seated(table["id"], self.plan, table["site"], table["number"], languages, seats)
            for seat in table["seats"]:
                others: list[Part] = [Name(s) for s in table["seats"] if s != seat]
                yield Say(
                    f"seat:{seat}",
                    self.place(at, table["number"], others, [Name(s) for s in table["staff"]]),
                    at.key("place", seat),
                )
            for seat in table["staff"]:
                told = self.lead(at, table["number"], [Name(s) for s in table["seats"]])
                yield Say(f"seat:{seat}", told, at.key("staff", seat))
            yield from lodging.ask(at, self.plan, table["id"])
        yield from self._unled(at, answer.result["tables"])
        if answer.result["unplaced"]:
            yield Note("unplaced", data={"seats": list(answer.result["unplaced"])})
            for seat in answer.result["unplaced"]:
                yield Say(
                    f"seat:{seat}",
                    message(
                        t("We could not find a table in your language yet. Somebody will write to you here."),
                        step=at.step,
                    ),
                    at.key("unplaced", seat),
                )
            for site in at.flow.sites_of(at.course.id):
                told = message(
                    tn(
                        "{n} person has no table yet.",
                        "{n} people have no table yet.",
                        n=len(answer.result["unplaced"]),
                    ),
                    step=at.step,
                )
                yield Say(f"coordinators:{site.id}", told, at.key("unplaced", site.id))
        yield End(at.step)

    def _unled(self, at: Scene, tables: list[dict[str, Any]]) -> Iterator[Effect]:
        """Tables begin without a facilitator. Where others have one, the coordinators learn which have none."""
        for site in at.flow.sites_of(at.course.id):
            here = [table for table in tables if table["site"] == site.id]
            without: list[Part] = [Plain(str(table["number"])) for table in here if not table["staff"]]
            if without and len(without) < len(here):
                example = f"/invite facilitator table {next(table['number'] for table in here if not table['staff'])}"
                told = message(
                    tn(
                        "Nobody facilitates table {tables} yet. It begins all the same.",
                        "Nobody facilitates tables {tables} yet. They begin all the same.",
                        n=len(without),
                        tables=Several(tuple(without)),
                    ),
                    block(t("{example} makes a code for somebody who leads it.", example=example), kind="note"),
                    step=at.step,
                )
                yield Say(f"coordinators:{site.id}", told, at.key("unled", site.id))

    def place(self, at: Scene, number: int, others: list[Part], staff: list[Part]) -> Message:
        """What a person reads who gets a place."""
        if _talk_follows(at):
            blocks = [block(t("You are at table {number}.", number=number)), block(SOON)]
        else:
            blocks = [block(t("You are at table {number}, with {names}.", number=number, names=_listed(others)))]
            if staff:
                blocks.append(block(t("Facilitator: {names}.", names=_listed(staff))))
        blocks.append(block(t("What you write during a talk goes to your table. You vote separately, in private.")))
        return message(*blocks, step=at.step)

    def lead(self, at: Scene, number: int, seats: list[Part]) -> Message:
        """What a facilitator reads who gets a table."""
        blocks: list[Block | Part] = [t("You facilitate table {number}.", number=number)]
        if not _talk_follows(at):
            blocks.append(t("At your table: {names}.", names=_listed(seats)))
        return message(*blocks, t("/help shows what you can do."), step=at.step)


def _talk_follows(at: Scene) -> bool:
    """Whether a talk, which names everybody at the table, opens as soon as this step has ended."""
    step = next((node.step for node in at.flow.sequences[at.node.sequence][at.node.index + 1 :]), None)
    return step is not None and step.talk and step.when is None and step.opens is None and step.after is None


def _listed(parts: list[Part]) -> Part:
    return Several(tuple(parts)) if parts else t("nobody else yet")
