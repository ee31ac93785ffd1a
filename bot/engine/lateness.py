"""Whom a question reached late: for them it is open for its whole duration from there."""

from __future__ import annotations

from datetime import datetime

from bot.core.flow import Flow
from bot.core.heard import Heard
from bot.core.state import Course
from bot.engine.work import Work
from bot.store import deliveries
from bot.store.times import instant


def reached(work: Work, assembly: str, flow: Flow, course: Course, heard: Heard) -> dict[str, datetime]:
    """When the questions whose announced end has passed by now had reached this person, by step."""
    found = {}
    for id, entry in course.open.items():
        step = flow.nodes[id].step
        if step.scope == "person" and not step.self_paced and entry.closes is not None and heard.at > entry.closes:
            at = deliveries.of(work.db, assembly, id, heard.seat)
            if at is not None:
                found[id] = instant(at)
    return found
