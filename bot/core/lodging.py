"""Tables that are to live in a room.

Where an account that makes rooms reaches somebody at a new table, the engine makes the room (job `lodge`). Where none does,
whoever leads the table is asked to bind a group, and reminded once, a minute into the table's first talk. Until there is a room
the table is virtual, and nothing waits for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core.effects import Effect, Request, Say
from bot.core.events import Answered
from bot.core.message import Phrase, message, t
from bot.core.scene import Scene
from bot.core.state import Table

if TYPE_CHECKING:
    from bot.core.flow import Flow
    from bot.core.turn import Turn

PATIENCE = timedelta(minutes=1)
"""So long after its talk has begun a table may be without the room that is being made for it."""


def wanted(flow: Flow, plan: str) -> bool:
    """Whether the tables of a group plan are to live in rooms."""
    return plan in flow.plans and flow.plans[plan].lives == "room"


def ask(at: Scene, plan: str, table: str) -> Iterator[Effect]:
    """A new table: let it have its rooms, where its plan wants any."""
    if wanted(at.flow, plan):
        yield lodge(at.course.id, table, f"lodge/{table}", at.step)


def lodge(course: str, table: str, key: str, step: str = "", *, again: bool = False) -> Request:
    """Ask the engine for the rooms of a table, as far as there are accounts that can make them. `again`: somebody has come who
    may need one, and nobody is to be asked to bind a group for that."""
    return Request("lodge", course, step, key, f"table:{table}", {"again": again})


def lodged(turn: Turn, event: Answered) -> None:
    """The engine answers with `making`, how many rooms it makes, `again`, and whether the table is `led`. Those rooms are bound
    once they are there."""
    table, found = turn.state.table, event.result
    if table is None or found["making"] or found["again"] or table.rooms:
        return
    told = t(
        "Table {number} shall meet in a room of its own: a group or a topic of this chat app.", number=table.number
    )
    until = t("Until it has one, everybody reads and writes in their own chat with me.")
    said = message(told, _how(table, led=found["led"]), until, step=event.step)
    turn.effects.append(Say(f"facilitators:{table.id}", said, f"room-wanted/{table.id}"))


def remind(at: Scene, table: Table) -> Iterator[Say]:
    """Remind those who lead the table when its talk has begun and it has no room yet."""
    if wanted(at.flow, table.plan) and not table.rooms:
        led = any(s.status == "active" and not s.lost for s in table.staff)
        told = t(
            "Table {number} has no room yet, so its talk begins in everybody's own chat with me.", number=table.number
        )
        said = message(told, _how(table, led=led), step=at.step)
        yield Say(f"facilitators:{table.id}", said, f"room-reminded/{table.id}")


def _how(table: Table, *, led: bool) -> Phrase:
    """The command as its reader writes it: who leads several tables names the table."""
    command = "/bind" if led else f"/bind {table.number}"
    return t("Please write {command} here: it tells you how, and it is never too late.", command=command)
