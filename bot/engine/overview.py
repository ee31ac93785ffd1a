"""What those read who lead a table, or a whole course: its tables with their people, and who has dropped out.

* `tables`    the tables of the course at which people sit, with their people
* `dropped`   who has left, pauses or cannot be reached, of the table that is named
* `unplaced`  who takes part on the course and has no table
* `board`     the numbers of every table (`bot.core.board.Row`), in order
* `queue`     how many texts wait for a translator
* `here`      who takes part, at the site of whoever leads there
* `one_hand`  who came in by a code of whoever agrees to something, or gave them theirs; without organisers
* `reminded`  who at the table that is named was reminded by hand before, by open step
* `waiting`   who of them has not answered, nor been reminded by hand, by open step of people
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.core.board import Row
from bot.core.commands.call import parse
from bot.core.company import HELP
from bot.core.flow import Flow
from bot.core.heard import Heard
from bot.core.rights import OVERSEEING
from bot.core.state import Course, Seat, Stage, Table
from bot.engine import addressed
from bot.engine.work import Work
from bot.store import codes, courses, findings, outbox, people, translations

LATELY = timedelta(minutes=20)
"""Whoever has written or pressed anything within this is there."""


def found(
    work: Work, assembly: str, flow: Flow, course: Course, seat: Seat, table: Table | None, event: Heard
) -> dict[str, Any]:
    """The facts for a typed command, and for the buttons that do the same; none for all others."""
    name = parse(event.text)[0] if event.text.startswith("/") else ""
    if name == "nudge" and table is not None:
        return {"reminded": _reminded(work, assembly, course, table)}
    if seat.role not in OVERSEEING:
        return {}
    if name in ("tell", "nudge") and table is None:
        return _people(work, assembly, flow, course, seat)
    if name in ("prompt", "announce"):
        return addressed.found(work.db, assembly, flow, course, seat, event)
    if event.press.startswith("-agree:"):
        hand = codes.of_one_hand(work.db, seat.id) if seat.role != "organiser" else frozenset()
        return {"one_hand": frozenset(id for id in hand if work.seat(id).role != "organiser")}
    if name in ("move", "merge"):
        return {"tables": tables(work, assembly, course)}
    if name == "board":
        drafts, rows = _drafts(work, assembly, course), tables(work, assembly, course)
        board = tuple(_row(work, assembly, flow, course, each, drafts.get(each.id, 0)) for each in rows)
        return {"board": board, "queue": len(translations.waiting(work.db, assembly))}
    if (name == "replace" or event.press.startswith(f"{HELP}:")) and table is not None:
        everybody = people.roster(work.db, assembly, course.id, statuses=("active", "paused", "left", "refused"))
        here = [s for s in everybody if s.table == table.id and (s.status != "active" or s.lost)]
        waiting = [s for s in everybody if not s.table and s.status == "active" and not s.lost]
        near = [s for s in waiting if s.site == table.site or flow.plans[table.plan].across_sites]
        return {"dropped": tuple(here), "unplaced": tuple(near)}
    return {}


def _people(work: Work, assembly: str, flow: Flow, course: Course, leads: Seat) -> dict[str, Any]:
    """Who takes part: for a coordinator at their site. Who cannot be reached is not waited for."""
    everybody = people.roster(work.db, assembly, course.id, statuses=("new", "active"))
    here = {s.unit: s for s in everybody if not s.lost and (leads.role == "organiser" or s.site == leads.site)}
    waiting: dict[str, tuple[Seat, ...]] = {}
    for step in course.open:
        if flow.nodes[step].step.scope == "person":
            standing = courses.stages_of(work.db, assembly, step)
            asked = [here[s.unit] for s in standing if s.state == "open" and s.unit in here]
            waiting[step] = tuple(
                s for s in asked if not outbox.known(work.db, assembly, f"nudge/{step}/{s.id}@{s.id}")
            )
    return {"here": tuple(s for s in here.values() if s.status == "active"), "waiting": waiting}


def _reminded(work: Work, assembly: str, course: Course, table: Table) -> dict[str, frozenset[str]]:
    """Who at a table was reminded by hand before, by open step."""
    return {
        step: frozenset(s.id for s in table.members if outbox.known(work.db, assembly, f"nudge/{step}/{s.id}@{s.id}"))
        for step in course.open
    }


def tables(work: Work, assembly: str, course: Course) -> tuple[Table, ...]:
    """The tables of a course at which somebody sits, with their people."""
    units = people.units(work.db, assembly, course.id, "table")
    found = (work.table(assembly, unit.removeprefix("table:")) for unit in units)
    return tuple(table for table in found if table is not None)


def _drafts(work: Work, assembly: str, course: Course) -> dict[str, int]:
    """How many drafts wait for somebody who leads a table, by table."""
    found: dict[str, int] = {}
    for step in course.open:
        for digest in findings.digests(work.db, assembly, step):
            if digest.state == "draft":
                found[digest.table] = found.get(digest.table, 0) + 1
    return found


def _row(work: Work, assembly: str, flow: Flow, course: Course, table: Table, drafts: int) -> Row:
    """A table in numbers. Who was heard from in this session, or lately, is here; a facilitator who was lately, is there."""
    since, lately = course.session or work.now, work.now - LATELY
    here = [m for m in table.reached if m.heard is not None and m.heard >= min(since, lately)]
    stages = work.stages(assembly, [(step, table.unit) for step in course.open])
    talk = next((s for s in stages.values() if flow.nodes[s.step].step.talk and s.state in ("open", "paused")), None)
    if talk is not None:
        done, closes = len([m for m in table.members if m.id in talk.data.get("spoken", {})]), talk.closes
    else:
        asked = [step for step in course.open if flow.nodes[step].step.scope == "person"]
        own = work.stages(assembly, [(step, m.unit) for step in asked for m in table.members])
        answered = {m.id for m in table.members if asked and all(_through(own, step, m.unit) for step in asked)}
        done, closes = len(answered), min((e for s in asked if (e := course.open[s].closes)), default=None)
    left = max(0, -(-int((closes - work.now).total_seconds()) // 60)) if closes is not None else -1
    there = any(s.heard is not None and s.heard >= lately for s in table.staff)
    rests = (talk is not None and talk.state == "paused") or course.halted is not None
    return Row(
        table.number,
        len(table.members),
        len(here),
        done,
        left,
        bool(table.staff),
        there,
        drafts,
        rests,
        talk is not None,
    )


def _through(stages: Mapping[tuple[str, str], Stage], step: str, unit: str) -> bool:
    stage = stages.get((step, unit))
    return stage is not None and stage.state in ("done", "closed")
