"""Moving a running assembly to another version of its flow: first said, then done.

What people have answered cannot change its meaning: the steps that are open or over must be the same in the new version, to
the letter, or the upgrade is refused. Steps that are still to come may change, come or go.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.app.operations import Desk, Problem
from bot.core.course import opening
from bot.core.effects import Note
from bot.core.events import Due, encode
from bot.core.flow import Flow
from bot.core.state import Course
from bot.language.flowfiles import unbundle
from bot.store import audit, courses, queue
from bot.store.database import Database
from bot.store.queue import InRow
from bot.store.times import ms


async def upgrade(desk: Desk, assembly: str, ref: str, do: bool = False) -> dict[str, Any]:
    """Say who stands where under the new version and what stands in the way; with `do`, move the assembly."""
    if not do:
        return await desk.store.read(_plan, desk, assembly, ref)
    done = await desk.store.transact(_do, desk, assembly, ref)
    desk.house.forget(assembly)
    desk.wake()
    return done


def _plan(db: Database, desk: Desk, assembly: str, ref: str) -> dict[str, Any]:
    old, new = _both(db, desk, assembly, ref)
    found = courses.courses(db, assembly)
    in_the_way = [reason for course in found for reason in _reasons(course, old, new)]
    return {
        "assembly": assembly,
        "from": old.ref,
        "to": new.ref,
        "courses": [{"id": c.id, "state": c.state, "open": sorted(c.open), "next": _next(c, old)} for c in found],
        "added": [id for id in new.nodes if id not in old.nodes],
        "removed": [id for id in old.nodes if id not in new.nodes],
        "changed": [id for id, node in new.nodes.items() if id in old.nodes and node.step != old.nodes[id].step],
        "in_the_way": in_the_way,
        "done": False,
    }


def _do(db: Database, desk: Desk, assembly: str, ref: str) -> dict[str, Any]:
    plan = _plan(db, desk, assembly, ref)
    if plan["in_the_way"]:
        raise Problem("The assembly was not moved: " + " ".join(plan["in_the_way"]))
    old, new = _both(db, desk, assembly, ref)
    now = desk.clock.now()
    for course in courses.courses(db, assembly):
        there = moved(course, old, new)
        courses.save_course(db, assembly, there)
        queue.put_events(db, _timers(assembly, there, new, now))
    row = courses.load_assembly(db, assembly)
    if row is not None:
        courses.save_assembly(db, replace(row, flow=ref))
    audit.note(db, assembly, Note("upgraded", data={"from": old.ref, "to": ref}), ms(desk.clock.now()))
    return {**plan, "done": True}


def _both(db: Database, desk: Desk, assembly: str, ref: str) -> tuple[Flow, Flow]:
    try:
        old = desk.house.flow(db, assembly)
    except LookupError:
        raise Problem(f"There is no assembly called {assembly}.") from None
    published = courses.load_flow(db, ref)
    if published is None:
        known = ", ".join(f.ref for f in courses.flows(db)) or "none"
        raise Problem(f"There is no published flow {ref}. Published are: {known}. `pnyx flow publish PATH` adds one.")
    if published.id != old.file.flow.id:
        raise Problem(f"The assembly runs the flow {old.file.flow.id}; {ref} is another flow, not a version of it.")
    return old, unbundle(published.body)


def _reasons(course: Course, old: Flow, new: Flow) -> list[str]:
    found = []
    for step in (*course.open, *course.done):
        if step not in new.nodes:
            found.append(f'The step "{step}" has begun at {course.id} and is missing in the new version.')
        elif new.nodes[step].step != old.nodes[step].step:
            found.append(f'The step "{step}" has begun at {course.id} and is changed in the new version.')
        elif new.nodes[step].sequence != old.nodes[step].sequence:
            found.append(f'The step "{step}" has begun at {course.id} and stands in another branch in the new version.')
    if new.courses != old.courses:
        found.append("The new version has other sites, or another mode.")
    return found


def _timers(assembly: str, course: Course, new: Flow, now: datetime) -> list[InRow]:
    """The timers that open what comes next: the old ones may name steps that are gone."""
    rows = []
    for sequence, index in course.at.items():
        row = new.sequences[sequence]
        if course.state == "running" and index < len(row) and row[index].id not in course.open:
            due = Due(course.id, row[index].id, "open")
            at = opening(new, course, row[index], now)
            rows.append(
                InRow(assembly, f"upgraded/{new.ref}/{course.id}/{due.step}", due.kind, ms(at), ms(now), encode(due))
            )
    return rows


def _next(course: Course, old: Flow) -> str:
    index, row = course.at.get("", 0), old.trunk
    return row[index].id if index < len(row) else ""


def moved(course: Course, old: Flow, new: Flow) -> Course:
    """The course under the new version: behind every step that has begun there, at the first one that has not."""
    begun = {*course.open, *course.done}
    at = {}
    for sequence, index in course.at.items():
        row = new.sequences[sequence]
        here = old.sequences[sequence][index].id if index < len(old.sequences[sequence]) else ""
        if here in course.open:
            at[sequence] = next(n.index for n in row if n.id == here)
        else:
            at[sequence] = 1 + max((n.index for n in row if n.id in begun), default=-1)
    return replace(course, at=at)
