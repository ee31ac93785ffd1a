"""What goes with a role that is taken away: whatever its bearer has under way.

Invariants:

* Nothing that they had asked for happens any more, neither by itself nor because somebody else agrees to it.
* No code that they had made and nobody has used gives anything to anybody: whoever kept one for later cannot come back with it.
* Texts that they had taken to translate wait for others again.
* They are put out of every room that we have made. Out of one that people have made only those people can put them.
"""

from __future__ import annotations

from bot.core.holding import KIND
from bot.engine import lodging
from bot.engine.work import Work
from bot.store import codes, opinions, rooms, translations


def strip(work: Work, assembly: str, seat: str) -> None:
    """Somebody has lost their role."""
    for given in opinions.given_by(work.db, assembly, seat):
        if given.kind == KIND:
            opinions.withdraw(work.db, assembly, seat, given.id)
    codes.retire_made(work.db, seat)
    translations.give_back(work.db, assembly, seat)
    for table in dict.fromkeys(room.table for room in rooms.made(work.db, assembly)):
        lodging.put_out(work.db, assembly, seat, table, work.now, "left")
