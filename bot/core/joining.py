"""Coming in: the first words to a newcomer, and the way of somebody who is late to a table and the open steps.

A newcomer goes through the opening steps (the self-paced run at the start of the flow) whenever they come: with the
others, or alone once the others are further. Only then does a late person get a place at a table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from bot.core.effects import Effect, Put, Request, Say
from bot.core.flow import Flow
from bot.core.itinerary import Node
from bot.core.message import Button, Message, Part, When, message, t, tn
from bot.core.state import Course, Seat, State
from bot.core.steps.assign import Assign


def first_run(flow: Flow) -> tuple[Node, ...]:
    """The self-paced steps with which the flow begins; empty if it begins otherwise."""
    first = flow.trunk[0]
    return flow.run_of(first) if first.step.self_paced else ()


def waiting(flow: Flow, seat: Seat, opens: datetime | None) -> Iterator[Effect]:
    """The assembly has not begun: say that the seat is taken and when it begins."""
    text = message(
        t("Welcome to “{title}”. Your seat is reserved.", title=flow.local(flow.file.flow.title)),
        t("We begin on {when}. You need not do anything until then.", when=When(opens))
        if opens is not None
        else t("You will hear from us here when it begins."),
    )
    yield Say(seat.unit, text, f"waiting/{seat.id}", quiet=False)


def shut(flow: Flow, why: str) -> tuple[Part, ...]:
    """Why nobody can come in now without a code of their own: `full`, `paused` or `ended`."""
    title = flow.local(flow.file.flow.title)
    if why == "ended":
        return (t("“{title}” has ended: nobody can come in any more. Thank you for your interest.", title=title),)
    said = t("“{title}” has no place left for people without a personal invitation.", title=title)
    if why == "paused":
        said = t(
            "Just now nobody can come into “{title}” without a personal invitation. Please try again later.",
            title=title,
        )
    code = t("If you have a code, please write /join and the code.")
    contact = flow.file.mandate.contact
    if not contact:
        return said, code
    return said, code, t("Would you rather speak to a person? {contact}", contact=flow.local(contact))


def alarm(came: int, *, paused: bool) -> Message:
    """For those who lead: more people come than the flow expects. With `paused` nobody else comes in until they allow it."""
    said = tn(
        "{n} person has come in within a minute without a personal code.",
        "{n} people have come in within a minute without a personal code.",
        n=came,
    )
    if paused:
        then = t("Nobody else can come in this way until you allow it. Personal codes still work.")
        return message(said, then, buttons=(Button(t("Let people in again"), "-joining:allow"),))
    then = t("More can still come. If that does not look right, let nobody else in: personal codes still work.")
    return message(said, then, buttons=(Button(t("Let nobody else in"), "-joining:pause"),))


def settle(flow: Flow, state: State, seat: Seat, node: Node, now: datetime) -> Iterator[Effect]:
    """The opening steps are done. Who is on time waits with the others; who is late is brought to where they are."""
    course = state.course
    if node.id in course.open:
        yield Say(
            seat.unit,
            message(t("Thank you, that is all for now. You will hear from us here when the next step opens.")),
            f"settled/{seat.id}/{node.id}",
        )
        return
    yield Put(replace(seat, walk=""))
    yield from catch_up(flow, course, seat, node.id, f"catch-up/{seat.id}/{node.id}")


def catch_up(flow: Flow, course: Course, seat: Seat, step: str, key: str) -> Iterator[Effect]:
    """Ask for a place at a table, for whoever has none, and for the steps that are open now."""
    plan = next(
        (n.step.plan for n in reversed(flow.trunk) if isinstance(n.step, Assign) and course.done.get(n.id) == "done"),
        "",
    )
    yield Request("catch_up", course.id, step, key, seat.unit, {"seat": seat.id, "plan": plan})
