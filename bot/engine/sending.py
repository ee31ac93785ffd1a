"""The sender: from the outbox to people, beside the loop that handles events.

It sleeps until something may leave, takes a turn (`bot.engine.dispatch`), and hands over what the turn has taken, on each
account at its own pace (`bot.engine.backlog`, `bot.engine.pacing`). What comes of it is written in the next turn.

Invariants:

* What is under way where a repeat would be seen is marked before it is handed over. After a crash that is all that may repeat:
  one message for each account, or as many as it takes to hold the pace (docs/decisions/0009).
* Nothing here waits for one chat, or one account, on behalf of another.
* What keeps a message from leaving (a pace, a wait, an hour) is known, so nothing is tried in vain.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable

from bot.engine.chats import Chat
from bot.engine.clock import Clock
from bot.engine.dispatch import Dispatch, Turn
from bot.engine.handing import Leaving, hand_over
from bot.engine.house import House
from bot.engine.outcomes import Outcome
from bot.engine.patience import PASSING, Patience
from bot.store.connection import Store
from bot.store.times import ms
from bot.transports.port import Receipt, Retry, Transport

ANEW = 60.0
"""Seconds after which what waits is read anew, whatever has happened."""

TICK = 10.0
"""Seconds that the sender sleeps at most."""

LETTING_GO = 10.0
"""Seconds that what is under way has to end when the sender stops."""


class Sender:
    """Sends what is due through the transports that are there."""

    def __init__(self, store: Store, house: House, clock: Clock, transports: Iterable[Transport]) -> None:
        self.turns = 0
        """How many turns were taken: a number that grows as long as the sender lives."""
        self._store = store
        self._house = house
        self._clock = clock
        self._transports = {tr.account: tr for tr in transports}
        self._dispatch = Dispatch(house, self._transports)
        self._arrived: list[Leaving] = []
        self._unwritten: list[Outcome] = []
        self._read = 0.0
        self._tasks: set[asyncio.Task[None]] = set()
        self._turning = asyncio.Lock()
        self._woken = asyncio.Event()
        self._stopping = False

    async def recover(self) -> int:
        """After a start: what was under way may have arrived. How many messages that were."""
        async with self._turning:
            return await self._store.transact(self._dispatch.recover, ms(self._clock.now()))

    async def flush(self) -> int:
        """Send everything that may leave now, and what that makes way for, until nothing is under way. How many rows were dealt
        with."""
        total = 0
        while True:
            dealt = await self._turn()
            total += dealt
            if self._tasks:
                await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
            elif not (dealt or self._arrived or self._dispatch.more):
                return total

    async def run(self, patience: Patience) -> None:
        """Send until `stop`. A disk that does not take what is written is waited for."""
        try:
            while not self._stopping:
                self._woken.clear()
                try:
                    await self._turn()
                except PASSING as error:
                    await patience.rest("sending", error)
                    continue
                patience.over("sending")
                if not (self._dispatch.more or self._arrived):
                    await self._sleep()
        finally:
            await self._let_go()

    def wake(self) -> None:
        """There may be something to send."""
        self._woken.set()

    def stop(self) -> None:
        """Hand over nothing more; what is under way ends."""
        self._stopping = True
        self._woken.set()

    async def next_due(self) -> int | None:
        """When something may leave next, in milliseconds; None where nothing waits."""
        now = ms(self._clock.now())
        async with self._turning:
            if await self._store.read(self._dispatch.unseen, now):
                return now
            return self._dispatch.next(now)

    async def _turn(self) -> int:
        """Write what was answered, look, and hand over what may leave. How many rows were dealt with."""
        async with self._turning:
            self.turns += 1
            now = ms(self._clock.now())
            arrived, self._arrived = self._arrived, []
            self._unwritten += [self._dispatch.came_back(each, now) for each in arrived]
            clock = asyncio.get_running_loop().time()
            if clock - self._read > ANEW:
                self._read = clock
                self._dispatch.anew()
            turn = Turn()
            try:
                await self._store.transact(self._dispatch.exchange, turn, self._unwritten, now, take=not self._stopping)
            except BaseException:
                self._dispatch.undo(turn, now)
                self._dispatch.anew()
                raise
            self._unwritten = []
            for run in turn.runs:
                self._dispatch.leaves(run)
                task = asyncio.create_task(self._carry(run))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            return turn.dealt

    async def _carry(self, run: list[Leaving]) -> None:
        """Hand letters over, one after the other. Behind one that failed, its chat's later ones are not; behind a wait of the
        account, none is."""
        behind: set[Chat] = set()
        for each in run:
            if each.pick.chat not in behind:
                await hand_over(each, self._transports, self._house.catalogs, self._clock)
                if not isinstance(each.answer, Receipt):
                    behind.add(each.pick.chat)
                if isinstance(each.answer, Retry) and each.answer.scope == "account":
                    break
        self._arrived += run
        self._woken.set()

    async def _sleep(self) -> None:
        """Until somebody wakes us, or something may leave."""
        now = ms(self._clock.now())
        due = self._dispatch.next(now)
        wait = TICK if due is None else max(0.0, min(TICK, (due - now + 1) / 1000))
        alarm = asyncio.get_running_loop().call_later(wait, self._woken.set)
        try:
            await self._woken.wait()
        finally:
            alarm.cancel()

    async def _let_go(self) -> None:
        """Let what is under way end, and write what came of it."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=LETTING_GO)
        for task in [*self._tasks]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(*PASSING):
            await self._turn()
