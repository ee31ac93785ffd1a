"""Receiving: one receiver for each account, for ever.

Invariants:

* Events, cursor and the time of contact are committed together; the next call, with the new cursor, is what confirms the batch
  to the remote side. A cursor behind which nothing came is committed with the next one behind which something did.
* Only `Stopped` ends a receiver. Whatever else fails is tried again after a pause of 1 to 8 seconds. An event that cannot be
  taken in is left out and logged, so that it holds up nobody else's. A platform that says how long to wait is obeyed, for a
  minute and a half at most.
* A call that makes no progress for `LONGEST` is cancelled, and a new one made.
* Where the transport drains, `heard_until` is an hour before which nothing is on its way any more.
* A press has no time of its own on some platforms. One that comes while timers wait for what was done before their hour counts
  as made before it, and stands before them in the inbox; the time of one that comes first after contact was lost is not known.
  It says so, and counts as made as early as it can have been.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.engine import outages
from bot.engine.clock import Clock
from bot.engine.faults import place
from bot.engine.house import House
from bot.engine.intake import take_in
from bot.store import contact, queue
from bot.store.connection import Store
from bot.store.database import Database
from bot.store.errors import StoreError
from bot.store.times import instant, ms
from bot.transports.port import Batch, Incoming, Retry, Stopped, Transport

log = logging.getLogger(__name__)

SHORTEST_PAUSE = 1.0
LONGEST_PAUSE = 8.0
"""Seconds between two tries. The bound doubles with each failure; chance spreads the tries, so that a platform that comes back is
not called by everybody at once."""

LONGEST = 90.0
"""Seconds without progress after which a call is given up. A call that waits comes back within half a minute."""

LETTING_GO = 5.0
"""Seconds that a cancelled call has to end."""

HEARTBEAT = timedelta(minutes=1)
"""How often contact is written down where nothing else is."""

_MOMENT = timedelta(milliseconds=1)

_chance = random.SystemRandom().random


class NoProgress(Exception):
    """A call has brought nothing for `LONGEST`."""


class Receiver:
    """Receives from one account. `wake` is called when there is something to do, `sleep` and `chance` stand in for time."""

    def __init__(
        self,
        transport: Transport,
        store: Store,
        house: House,
        clock: Clock,
        wake: Callable[[], None],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = _chance,
    ) -> None:
        self.account = transport.account
        self.drains = transport.abilities.drains
        self.heard_until: datetime | None = None
        self._transport = transport
        self._store, self._house, self._clock = store, house, clock
        self._wake, self._sleep, self._chance = wake, sleep, chance
        self._lost = self._behind = self.drains
        self._since: datetime | None = None
        self._noted: datetime | None = None
        self._cursor: str | None = None  # the next call's; None where it has to be read
        self._wanted: datetime | None = None
        self._nudged = asyncio.Event()

    def catch_up(self, hour: datetime) -> None:
        """Timers up to this hour wait until everything that was done before has come."""
        if self.heard_until is not None and self.heard_until >= hour:
            return
        self._wanted = hour
        self._behind = True
        self._nudged.set()

    async def run(self) -> None:
        """Receive until this is cancelled, or nothing will ever come. Raises `Stopped`."""
        failures = 0
        while True:
            try:
                await self._once()
                failures = 0
            except EOFError:
                log.info("nothing more comes in from %s", self.account)
                return
            except Stopped:
                raise
            except Exception as error:
                failures += 1
                self._cursor = None
                if not self._lost:
                    self._since = self.heard_until
                self._lost = self._behind = self.drains
                log.warning("receiving from %s failed and is tried again: %s", self.account, _why(error))
                asked = error.after.total_seconds() if isinstance(error, Retry) else 0.0
                await self._sleep(max(self._pause(failures), min(asked, LONGEST)))

    async def leave(self) -> None:
        """Write down until when the account was heard: this receiver ends, and somebody will want to know."""
        if self.heard_until is not None:
            with contextlib.suppress(StoreError):
                await self._store.transact(contact.note, self.account, ms(self.heard_until))

    def _pause(self, failures: int) -> float:
        most = min(LONGEST_PAUSE, SHORTEST_PAUSE * 2.0**failures)
        return SHORTEST_PAUSE + self._chance() * (most - SHORTEST_PAUSE)

    async def _once(self) -> None:
        """One call, and what it brought."""
        if self._cursor is None:
            self._cursor = await self._store.read(queue.cursor, self.account) or ""
        cursor = self._cursor
        if self.heard_until is None and (heard := await self._store.read(contact.last, self.account)) is not None:
            self._since = self._since or instant(heard)
        draining, began = self._behind, self._clock.now()
        batch = await self._call(cursor, wait=not draining)
        if batch is None:
            return
        await self._commit(batch, cursor, self._clock.now())
        self._cursor = batch.cursor
        if self.drains and not batch.more:
            self._caught_up(began)
        else:
            self._behind = self.drains

    async def _call(self, cursor: str, wait: bool) -> Batch | None:
        """What the transport brings; None where a timer came due meanwhile, and the next call must not wait. Raises `NoProgress`,
        and whatever the transport raises."""
        if not self.drains:
            return await self._transport.receive(cursor)
        self._nudged.clear()
        call = asyncio.ensure_future(self._transport.receive(cursor, wait))
        limit = asyncio.ensure_future(self._sleep(LONGEST))
        nudge = asyncio.ensure_future(self._nudged.wait())
        try:
            await asyncio.wait((call, limit, nudge) if wait else (call, limit), return_when=asyncio.FIRST_COMPLETED)
            if call.done():
                return call.result()
            if limit.done():
                raise NoProgress
            return None
        finally:
            for task in (call, limit, nudge):
                task.cancel()
            await asyncio.wait((call, limit, nudge), timeout=LETTING_GO)

    def _caught_up(self, until: datetime) -> None:
        self.heard_until = until
        self._lost = False
        self._behind = self._wanted is not None and until < self._wanted
        if self._wanted is not None:
            self._wake()
        if not self._behind:
            self._wanted = None

    async def _commit(self, batch: Batch, cursor: str, now: datetime) -> None:
        """Take in what came. Nothing is written where nothing came and contact was noted a moment ago."""
        nothing = not batch.events and (batch.idle or batch.cursor == cursor)
        if nothing and self._noted is not None and now - self._noted < HEARTBEAT:
            return
        able = self._transport.abilities
        known = _Known(self.account, able.keeps, able.keeps_presses, self.heard_until, self._lost, self._since)
        try:
            await self._store.transact(_commit, self._house, known, batch, now)
        except StoreError:
            raise
        except Exception as error:
            log.warning("what came from %s is taken in one by one: %s", self.account, _why(error))
            for event in batch.events:
                await self._alone(known, Batch((event,), cursor), now)
            await self._store.transact(_commit, self._house, known, replace(batch, events=()), now)
        self._noted = now
        if batch.events:
            self._wake()

    async def _alone(self, known: _Known, batch: Batch, now: datetime) -> None:
        try:
            await self._store.transact(_commit, self._house, known, batch, now)
        except StoreError:
            raise
        except Exception as error:
            log.error("something that came from %s is left out: %s", self.account, _why(error))
            await self._store.transact(queue.remember, "", f"{self.account}/{batch.events[0].id}", ms(now))


@dataclass(frozen=True, slots=True)
class _Known:
    """What a receiver knows of its account: until when everything has come, whether contact was lost since, and since when it
    was lost, now or last."""

    account: str
    keeps: timedelta | None
    keeps_presses: timedelta | None
    heard_until: datetime | None
    lost: bool
    since: datetime | None


def _commit(db: Database, house: House, known: _Known, batch: Batch, now: datetime) -> None:
    outages.notice(db, house, known.account, known.keeps, now, known.keeps_presses)
    if known.lost or known.heard_until is not None:
        batch = _dated(db, known, batch, now)
    take_in(db, house, known.account, batch, now)
    contact.note(db, known.account, ms(now))


def _dated(db: Database, known: _Known, batch: Batch, now: datetime) -> Batch:
    """The batch with what is known of the time of its presses."""
    if not any(event.press for event in batch.events):
        return batch
    held = queue.held(db, ms(now), ms(known.heard_until) if known.heard_until is not None else 0)
    latest = instant(held[0]) - _MOMENT if held is not None else now
    kept = now - known.keeps_presses if known.keeps_presses is not None else None
    earliest = max((at for at in (known.since, kept) if at is not None), default=now)

    def dated(event: Incoming) -> Incoming:
        if not event.press:
            return event
        unsure = event.unsure or known.lost
        return replace(event, at=min(event.at, earliest if unsure else latest), unsure=unsure)

    return replace(batch, events=tuple(dated(event) for event in batch.events))


def _why(error: Exception) -> str:
    if isinstance(error, NoProgress):
        return f"no progress for {LONGEST:.0f} seconds"
    return f"{type(error).__name__} at {place(error)}"
