"""What those read who lead a whole course: its tables with their people, and who has dropped out.

* `tables`    the tables of the course at which people sit, with their people
* `dropped`   who has left, pauses or cannot be reached, of the table that is named
* `unplaced`  who takes part on the course and has no table
"""

from __future__ import annotations

from typing import Any

from bot.core.commands.call import parse
from bot.core.events import Heard
from bot.core.flow import Flow
from bot.core.state import Course, Table
from bot.engine.work import Work
from bot.store import people


def found(work: Work, assembly: str, flow: Flow, course: Course, table: Table | None, event: Heard) -> dict[str, Any]:
    """The facts for a typed command; none for all others."""
    name = parse(event.text)[0] if event.text.startswith("/") else ""
    if name in ("move", "merge"):
        return {"tables": tables(work, assembly, course)}
    if name == "replace" and table is not None:
        everybody = people.roster(work.db, assembly, course.id, statuses=("active", "paused", "left", "refused"))
        here = [s for s in everybody if s.table == table.id and (s.status != "active" or s.lost)]
        waiting = [s for s in everybody if not s.table and s.status == "active" and not s.lost]
        near = [s for s in waiting if s.site == table.site or flow.plans[table.plan].across_sites]
        return {"dropped": tuple(here), "unplaced": tuple(near)}
    return {}


def tables(work: Work, assembly: str, course: Course) -> tuple[Table, ...]:
    """The tables of a course at which somebody sits, with their people."""
    units = people.units(work.db, assembly, course.id, "table")
    found = (work.table(assembly, unit.removeprefix("table:")) for unit in units)
    return tuple(table for table in found if table is not None)
