"""Erasing a person who has asked for it: first every copy of their words, then, once the last message to them has left, all
that is kept of them.

Invariants:

* From the moment they ask, nobody reads their words anew: they are taken back in the same transaction.
* They are erased at the latest `PATIENCE` after that, whatever has become of the last message.
* A process that ends in between goes on with it when it starts again: what is left to do stands in the inbox.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core.effects import Note, Recall
from bot.core.events import Forgotten
from bot.engine import changing
from bot.engine.work import Work
from bot.store import audit, copies, identities, outbox
from bot.store.times import ms

PATIENCE = timedelta(minutes=10)
AGAIN = timedelta(seconds=20)


def begin(work: Work, assembly: str, seat: str) -> None:
    """Delete the copies of what a person has written, and set the rest going."""
    for contribution, table in copies.authored(work.db, assembly, seat):
        changing.recall(work, assembly, Recall(contribution, table, f"forget/{contribution}"))
    _later(work, assembly, seat, work.now + PATIENCE)


def go_on(work: Work, assembly: str, event: Forgotten) -> None:
    """Erase the person, unless something is still on its way to them."""
    if work.now < event.until and outbox.waits_for(work.db, event.seat):
        _later(work, assembly, event.seat, event.until)
        return
    audit.note(work.db, assembly, Note("forgotten"), ms(work.now))
    identities.erase(work.db, event.seat)


def _later(work: Work, assembly: str, seat: str, until: datetime) -> None:
    at = min(work.now + AGAIN, until)
    work.happen(assembly, at, Forgotten(seat, until), f"forget/{seat}/{ms(at)}")
