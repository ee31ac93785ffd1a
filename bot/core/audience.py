"""Who takes part in a step: roles, consent, and the conditions of `when`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.core.state import Course, Seat, State

if TYPE_CHECKING:
    from bot.core.flow import Flow
    from bot.core.itinerary import Node

PERSONAL = ("attribute", "language", "role")
"""The names in a condition that speak of a person."""


def takes_part(flow: Flow, node: Node, state: State, unit: str) -> bool:
    """True if the step is for this unit. A table takes part in every step of tables; its condition is the course's. Who is
    lost takes part again once they are back (`bot.core.reach`)."""
    if not unit.startswith("seat:"):
        return True
    seat = state.seat
    if seat is None or seat.role not in node.step.audience or seat.lost:
        return False
    if node.step.before_consent:
        if seat.status not in ("new", "active"):
            return False
    elif seat.status != "active":
        return False
    when = node.step.when
    return when is None or flow.conditions[when].holds(values(flow, state.course, seat, state.facts))


def course_takes_part(flow: Flow, node: Node, course: Course, facts: Mapping[str, Any]) -> bool:
    """True if the step opens on this course at all. What a condition says of persons is left to each of them."""
    if node.until is not None and flow.conditions[node.until].holds(values(flow, course, None, facts)):
        return False
    when = node.step.when
    if when is None:
        return True
    condition = flow.conditions[when]
    if any(name.split(".")[0] in PERSONAL for name in condition.names) or (
        course.id == "all" and "site" in condition.names
    ):
        return True
    return condition.holds(values(flow, course, None, facts))


def values(flow: Flow, course: Course, seat: Seat | None, facts: Mapping[str, Any]) -> dict[str, object]:
    """What the names in a condition stand for."""
    found: dict[str, object] = {"course": course.id, "site": course.id}
    found |= {f"done.{step}": outcome for step, outcome in course.done.items()}
    for step, items in facts.get("outcomes", {}).items():
        found |= {f"result.{step}.{item}": outcome for item, outcome in items.items()}
    if seat is not None:
        found |= {"site": seat.site, "language": seat.language, "role": seat.role}
        found |= {f"attribute.{name}": value for name, value in seat.attributes.items()}
    return found
