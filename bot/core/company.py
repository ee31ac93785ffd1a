"""Nobody sits alone: what happens where too few people are present at a table for a talk. Whoever cannot be reached is not
present (`Table.reached`).

The engine looks for another table (job `merge`) and moves everybody there. It answers with `table`, its id, or "" where there
is none; with its `number`; and with `seats`, who has moved. It takes only tables of the same plan that share a language with
these people, have room, and seat enough people already, so that two small tables never move to each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.core.effects import Effect, Note, Request, Say
from bot.core.events import Answered
from bot.core.message import Button, Phrase, block, t, tn
from bot.core.scene import Scene
from bot.core.state import Stage, Table
from bot.core.talk import Moves, changed, ring, table_of, tell

ENOUGH = 2
"""So many can talk where no other table is found."""

USUAL = 3
"""How many should be present where the flow has no group plan for the table."""

HELP = "-stalled"
"""The buttons of those who are told of a table that needs them: `-stalled:what:table` (`bot.core.commands.attending`)."""


def ways(table: Table) -> tuple[Button, ...]:
    """What those who lead can do for a table: each button does it."""
    return (
        Button(t("Wait"), f"{HELP}:wait:{table.id}"),
        Button(t("Ask how they are"), f"{HELP}:ask:{table.id}"),
        Button(t("Look for another table"), f"{HELP}:merge:{table.id}"),
        Button(t("Give a place to somebody new"), f"{HELP}:replace:{table.id}"),
    )


def wanted(at: Scene) -> int:
    """How many people the table's plan wants to be present."""
    plan = at.flow.plans.get(table_of(at).plan)
    return plan.min_present if plan is not None else USUAL


def look_for_company(at: Scene, stage: Stage) -> Moves:
    """Ask the engine for another table; an empty table just closes."""
    table = table_of(at)
    if not table.reached:
        return (yield from end_now(at, stage))
    number = len(table.reached)
    args = {"plan": table.plan, "present": number}
    yield Request("merge", at.course.id, at.step, at.key("merge", stage.n, number), table.unit, args)
    return changed(stage, gathering=True)


def end_now(at: Scene, stage: Stage) -> Moves:
    """Close this table's stage, in silence."""
    stage = replace(stage, closes=at.now, n=stage.n + 1)
    yield ring(at, at.now, "close_unit", stage.n)
    return changed(stage, began=False, gathering=False)


def moved(at: Scene, stage: Stage, answer: Answered, why: Phrase | None = None) -> Moves:
    """Everybody here sits at another table now: tell them why (that few are here, where nothing else is said), and bring them
    into the talk there."""
    old, found = table_of(at), answer.result
    few = t("Few people are at your table just now. So that nobody sits alone, you are now at table {number}.",
            number=found["number"])  # fmt: skip
    for seat in found["seats"]:
        text = at.message(
            why or few,
            t("What you write during the talk goes to the people there."),
        )  # fmt: skip
        yield Say(f"seat:{seat}", text, at.key("moved", found["table"], seat))
        catch_up = {"seat": seat, "plan": old.plan}
        key = at.key("catch-up", found["table"], seat)
        yield Request("catch_up", at.course.id, at.step, key, f"seat:{seat}", catch_up)
    yield Note("merged", data={"course": at.course.id, "step": at.step, "table": old.id, "into": found["table"]})
    return (yield from end_now(at, stage))


def alone(at: Scene, stage: Stage) -> Moves:
    """No other table was found and one person is here: the talk does not take place for them."""
    for seat in table_of(at).reached:
        text = at.message(
            t("Nobody else is at your table just now, and no other table in your language has room."),
            t("You need not wait here. The coordinator knows, and you will hear from us when the next step opens."),
        )
        yield Say(seat.unit, text, at.key("alone", stage.n), quiet=False)
    yield from tell_coordinators(at, stage, t("Nobody talks there now. Write to them, or invite more people."))
    return (yield from end_now(at, stage))


def few(at: Scene, stage: Stage) -> Iterator[Effect]:
    """No other table was found, and some are here: they talk, and both they and the coordinators know what else there is."""
    yield tell(
        at, f"few/{stage.n}",
        t("Fewer people are here than were hoped for, and no other table has room. The coordinator knows."),
        t("You can talk all the same."),
    )  # fmt: skip
    yield from tell_coordinators(at, stage, t("They talk all the same."), ways(table_of(at)))


def tell_coordinators(at: Scene, stage: Stage, what: Phrase, buttons: tuple[Button, ...] = ()) -> Iterator[Effect]:
    """Too few are at a table: how many, and what becomes of it."""
    table = table_of(at)
    text = at.message(
        block(
            tn(
                "At table {number} {n} person is present; {wanted} were hoped for, and no other table was found.",
                "At table {number} {n} people are present; {wanted} were hoped for, and no other table was found.",
                n=len(table.reached), number=table.number, wanted=wanted(at),
            )
        ),
        what,
        buttons=buttons,
    )  # fmt: skip
    yield Say(f"coordinators:{table.site}", text, at.key("too-few", stage.n))
