"""Who is called how at a table: no two people there whom one could mistake for each other.

Invariants:

* Whenever people come to a table or a name there changes, `settle` looks at everybody who sits there, also at who pauses or has
  left: what they said stands there under their names.
* Whoever serves keeps their name, then whoever sat there first. Who comes later is shown with a number behind the name; they and
  those whose name it was are told once.
* Names are read for one table, for those who have a role, and, where names are drawn, for an assembly that is no larger than the
  names suffice for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, get_args

from bot.core.effects import Lane
from bot.core.flow import Flow
from bot.core.given import pool
from bot.core.heard import Heard
from bot.core.ids import derive
from bot.core.lookalikes import alike, distinct
from bot.core.lots import Lots
from bot.core.message import Block, Name, Part, encode, message, t
from bot.core.naming import Called
from bot.core.rights import COMMANDS
from bot.core.state import Role, Seat
from bot.core.steps.consent import Consent, drawn
from bot.engine.house import House
from bot.engine.work import Work
from bot.store import people, tables
from bot.store.database import Database

if TYPE_CHECKING:
    from bot.engine.facts import Asked

SERVING: tuple[Role, ...] = tuple(role for role in get_args(Role) if role != "participant")


def settle(work: Work, assembly: str, table: str) -> None:
    """See to it that nobody at a table has a name that could be mistaken for another one there."""
    sitting = [work.seat(id) for id in tables.seats_at(work.db, assembly, table)]
    first: dict[str, Seat] = {}
    for seat in sorted(sitting, key=lambda s: (s.role == "participant", s.status in ("active", "paused"))):
        name = distinct(seat.name, first) if seat.name else ""
        if name and name != seat.name:
            other = next(first[taken] for taken in first if alike(taken, seat.name))
            work.put(assembly, replace(seat, name=name))
            _tell(work, assembly, seat, other, name)
        if name:
            first[name] = seat


def settled(db: Database, house: House, assembly: str, table: str, now: datetime) -> None:
    """The same, where people were seated by a job or at the door."""
    work = Work(db, house, now)
    settle(work, assembly, table)
    work.flush()


def _tell(work: Work, assembly: str, seat: Seat, other: Seat, name: str) -> None:
    """Tell somebody that they are called otherwise from now on, and the person for whom they could have been taken."""
    why: list[Block | Part] = [
        t("At your table somebody is called {other} already. So that nobody mistakes one of you for the other, you are called "
          "{name} there.", other=Name(other.id), name=name),
    ]  # fmt: skip
    if seat.role != "participant" or not drawn(work.flow(assembly)):
        why.append(t("You can choose another name: {example}", example=COMMANDS["name"].written()))
    near = message(t("At your table sits somebody whose name is like yours. There they are called {name}.", name=name))
    for reader, said in ((seat, message(*why)), (other, near)):
        if reader.status == "active":
            key = f"alike/{derive(seat.table, seat.id, name)}/{other.id}"
            work.say(assembly, reader.id, encode(said).encode(), key, int(Lane.STEP), "", True)


def called(work: Work, assembly: str, seat: Seat) -> tuple[Called, ...]:
    """Those with whom somebody must not be confused: everybody at their table and, for a participant, whoever has a role."""
    ids = tables.seats_at(work.db, assembly, seat.table) if seat.table else []
    others = {id: work.seat(id) for id in ids}
    if seat.role == "participant":
        serving = people.roster(work.db, assembly, roles=SERVING, statuses=("new", "active", "paused"))
        others |= {s.id: work.seat(s.id) for s in serving}
    return tuple(Called(s.name, s.role != "participant") for s in others.values() if s.name and s.id != seat.id)


def next_name(work: Work, assembly: str, flow: Flow, seat: Seat) -> str:
    """The name that is drawn for somebody now. The order is the person's own and differs from assembly to assembly; nobody can
    work it out without the key file."""
    names = Lots(work.db.vault.secret_seed(assembly), seat.id).shuffle(pool(flow.source_language))
    at = names.index(seat.name) + 1 if seat.name in names else 0
    others = [c.name for c in called(work, assembly, seat)]
    if people.number(work.db, assembly) <= len(names):
        everybody = people.roster(work.db, assembly, statuses=())
        others += [work.seat(s.id).name for s in everybody if s.id != seat.id]
    taken = {name for name in names if any(alike(name, other) for other in others if other)}
    in_turn = [*names[at:], *names[:at]]
    return next((name for name in in_turn if name not in taken and name != seat.name), in_turn[0])


def _called(a: Asked) -> dict[str, Any]:
    typed = isinstance(a.event, Heard) and a.event.text
    return {"called": called(a.work, a.assembly, a.seat) if typed and a.seat is not None else ()}


def _given(a: Asked) -> dict[str, Any]:
    given = a.seat is not None and isinstance(a.node.step, Consent) and a.node.step.naming == "given"
    return {"given": next_name(a.work, a.assembly, a.flow, a.seat) if given and a.seat is not None else ""}


READERS: Mapping[str, Callable[[Asked], dict[str, Any]]] = {"called": _called, "given": _given}

__all__ = ["READERS", "called", "next_name", "settle", "settled"]
