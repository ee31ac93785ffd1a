"""What goes with a role that is taken away: whatever its bearer has under way.

Invariants:

* Nothing that they had asked for happens any more, neither by itself nor because somebody else agrees to it.
* No code that they had made and nobody has used gives anything to anybody: whoever kept one for later cannot come back with it.
* Texts that they had taken to translate wait for others again, and what they had stopped goes on, on every course.
* They are put out of every room that we have made. Out of one that people have made only those people can put them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

from bot.core.events import Lapsed
from bot.core.holding import KIND
from bot.core.state import Course, Role, Table
from bot.engine import lodging
from bot.engine.work import Work
from bot.store import codes, opinions, people, rooms, translations
from bot.store.times import ms


def found(work: Work, assembly: str) -> dict[str, Any]:
    """Those who have a role (`staff`), and the tables of theirs that meet in rooms which people have made (`rooms_of_others`):
    their numbers, by id."""
    roles = tuple(role for role in get_args(Role) if role != "participant")
    staff = tuple(people.roster(work.db, assembly, roles=roles, statuses=("new", "active", "paused")))
    theirs = (work.table(assembly, seat.table) for seat in staff if seat.table)
    return {"staff": staff, "rooms_of_others": {t.id: t.number for t in theirs if t is not None and _open(work, t)}}


def strip(work: Work, assembly: str, here: Course, seat: str) -> None:
    """Somebody has lost their role. On the course that the event is about (`here`) the core has let go what they had stopped."""
    for given in opinions.given_by(work.db, assembly, seat):
        if given.kind == KIND:
            opinions.withdraw(work.db, assembly, seat, given.id)
    codes.retire_made(work.db, seat)
    translations.give_back(work.db, assembly, seat)
    for course in (work.course(assembly, id) for id in work.flow(assembly).courses if id != here.id):
        _let_go(work, assembly, course, seat)
    for table in dict.fromkeys(room.table for room in rooms.made(work.db, assembly)):
        lodging.put_out(work.db, assembly, seat, table, work.now, "left")


def _let_go(work: Work, assembly: str, course: Course, seat: str) -> None:
    """What somebody has stopped on a course goes on there, as if they had not answered in time."""
    mine = {step: held for step, held in course.held.items() if held.seat == seat}
    if mine:
        waiting = {step: replace(held, waiting=True) for step, held in mine.items()}
        work.put(assembly, replace(course, held={**course.held, **waiting}))
    for step, held in mine.items():
        lapsed = Lapsed(course.id, step, held.asked)
        work.happen(assembly, work.now, lapsed, f"{course.id}/stripped/{step}/{held.n}/{ms(work.now)}")


def _open(work: Work, table: Table) -> bool:
    """Whether a table meets in a room that people have made."""
    return any(room is not None and not room.made for room in (rooms.load(work.db, id) for id in table.rooms))
