"""Tables that are to live in a room: whoever leads one is asked to bind it when the table is made, and reminded once, when its
first talk begins without one. Until then the table is virtual, and nothing waits for the room."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.effects import Say
from bot.core.message import Phrase, message, t
from bot.core.scene import Scene
from bot.core.state import Table


def ask(at: Scene, plan: str, table: str, number: int, *, led: bool) -> Iterator[Say]:
    """Ask whoever leads a new table for its room, where the plan wants one."""
    if at.flow.plans[plan].lives == "room":
        told = t("Table {number} shall meet in a room of its own: a group or a topic of this chat app.", number=number)
        until = t("Until it has one, everybody reads and writes in their own chat with me.")
        said = message(told, _how(number, led=led), until, step=at.step)
        yield Say(f"facilitators:{table}", said, f"room-wanted/{table}")


def remind(at: Scene, table: Table) -> Iterator[Say]:
    """Remind them when the table talks for the first time and has no room yet."""
    plan = at.flow.plans.get(table.plan)
    if plan is not None and plan.lives == "room" and not table.rooms:
        led = any(s.status == "active" and not s.lost for s in table.staff)
        told = t(
            "Table {number} has no room yet, so its talk begins in everybody's own chat with me.", number=table.number
        )
        yield Say(
            f"facilitators:{table.id}",
            message(told, _how(table.number, led=led), step=at.step),
            f"room-reminded/{table.id}",
        )


def _how(number: int, *, led: bool) -> Phrase:
    """The command as its reader writes it: who leads several tables names the table."""
    command = "/bind" if led else f"/bind {number}"
    return t("Please write {command} here: it tells you how, and it is never too late.", command=command)
