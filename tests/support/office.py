"""A post office: the real sender on the real store, people and rooms at accounts that are slow, strict or ill, on virtual time.

Every call of an account is written down, as its receiver sees it, so that windows, waits and order can be audited.
"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from bot.core.effects import Lane
from bot.core.message import Message, Plain, encode, message
from bot.core.rendered import Rendered, plain
from bot.engine.house import House
from bot.engine.patience import Patience
from bot.engine.sending import Sender
from bot.language.catalog import Catalogs
from bot.language.flowfiles import unbundle
from bot.store import courses, identities, people, queue, rooms
from bot.store.connection import MEMORY, Store, open_store
from bot.store.courses import Assembly, PublishedFlow
from bot.store.database import Database
from bot.store.keys import KeyFile
from bot.store.queue import OutRow
from bot.store.times import ms
from bot.transports.port import Abilities, Batch, Pace, PlainTransport, Receipt, Retry
from tests.support.evening import EVENING
from tests.support.room import ASSEMBLY, bundled
from tests.support.virtual import LoopClock, VirtualLoop

PACE = Pace(per_second=30, chat_gap=1.0, room_per_minute=20)


@dataclass(frozen=True)
class Call:
    """One call: when it left, when it arrived and when it was answered (seconds), what was wanted of which chat, and how it
    ended: `delivered` says whether the receiver has it, `error` what was answered."""

    left: float
    arrived: float
    answered: float
    act: str
    chat: str
    key: str
    text: str
    delivered: bool
    error: BaseException | None = None
    shown: Rendered | None = None


@dataclass
class Account(PlainTransport):
    """An account whose network has a way there and a way back (seconds, each drawn anew), and which answers as it is told.

    `fate` decides over each call by its act and chat: an error is raised; a number is how many seconds it hangs before; a pair
    (True, error) is raised although the message was delivered."""

    account: str = "test:main"
    abilities: Abilities = field(default_factory=lambda: Abilities(repeatable=False, edits=True, pace=PACE))
    there: Callable[[], float] = lambda: 0.0
    back: Callable[[], float] = lambda: 0.0
    fate: Callable[[str, str, str], object] = lambda act, chat, key: None
    calls: list[Call] = field(default_factory=list)
    under_way: int = 0
    widest: int = 0

    async def receive(self, cursor: str, wait: bool = True) -> Batch:
        raise EOFError

    def chat(self, place: str) -> str:
        return place.partition("/")[0]

    async def send(self, place: str, message: Rendered, key: str) -> Receipt:
        await self._call("say", place, key, message)
        return Receipt(f"m{len(self.calls)}")

    async def edit(self, place: str, message: Rendered, remote: str) -> Receipt:
        await self._call("edit", place, remote, message)
        return Receipt(remote)

    async def delete(self, place: str, remote: str) -> None:
        await self._call("delete", place, remote, None)

    async def close(self) -> None:
        """Nothing is open."""

    async def _call(self, act: str, place: str, key: str, shown: Rendered | None) -> None:
        now = asyncio.get_running_loop().time
        left = now()
        self.under_way += act == "say"
        self.widest = max(self.widest, self.under_way)
        arrived, delivered, error = left, False, None
        try:
            await asyncio.sleep(self.there())
            arrived = now()
            fate = self.fate(act, place, key)
            if isinstance(fate, int | float):
                await asyncio.sleep(fate)
                fate = None
            delivered, error = fate if isinstance(fate, tuple) else (fate is None, fate)
            await asyncio.sleep(self.back())
            if isinstance(error, BaseException):
                raise error
        except asyncio.CancelledError as cancelled:
            error = cancelled
            raise
        finally:
            self.under_way -= act == "say"
            text = plain(shown) if shown is not None else ""
            self.calls.append(
                Call(left, arrived, now(), act, self.chat(place), key, text, delivered, error, shown)  # type: ignore[arg-type]  # as told
            )

    # The audit

    def said(self, chat: str | None = None) -> list[Call]:
        """New messages that were delivered, in the order of their arrival."""
        found = (c for c in self.calls if c.act == "say" and c.delivered and chat in (None, c.chat))
        return sorted(found, key=lambda c: c.arrived)

    def texts(self, chat: str) -> list[str]:
        return [call.text for call in self.said(chat)]

    def fullest(self, span: float, acts: Iterable[str] = ("say",), chat: str | None = None) -> int:
        """The most calls that arrived within any half-open window of so many seconds."""
        times = sorted(c.arrived for c in self.calls if c.act in acts and chat in (None, c.chat))
        most = first = 0
        for last, at in enumerate(times):
            while at - times[first] >= span - 1e-9:
                first += 1
            most = max(most, last - first + 1)
        return most

    def breaches(self, rooms: Iterable[str] = ()) -> list[str]:
        """What was faster than the pace allows, or left within a wait that had been answered."""
        pace = self.abilities.pace
        assert pace is not None
        found = []
        if (n := self.fullest(1.0)) > pace.per_second:
            found.append(f"{n} within a second")
        by_chat: dict[str, list[Call]] = defaultdict(list)
        for call in self.calls:
            by_chat[call.chat].append(call)
        for chat in by_chat:
            acts = ("say", "edit") if chat in rooms else ("say",)
            if (n := self.fullest(pace.chat_gap, acts, chat)) > 1:
                found.append(f"{n} within a second to {chat}")
            if chat in rooms and (n := self.fullest(60.0, acts, chat)) > pace.room_per_minute:
                found.append(f"{n} within a minute to {chat}")
        for number, call in enumerate(self.calls, start=1):
            if isinstance(call.error, Retry):
                until = call.answered + call.error.after.total_seconds()
                everywhere = call.error.scope == "account"
                after = [c for c in self.calls[number:] if everywhere or c.chat == call.chat]
                early = [c for c in after if call.answered <= c.left < until - 1e-9]
                found += [f"to {c.chat} {until - c.left:.3f} s too early" for c in early]
        return found


class Office:
    """The sender at work."""

    def __init__(self, loop: VirtualLoop, store: Store, house: House, accounts: list[Account]) -> None:
        self.loop, self.store, self.house, self.accounts = loop, store, house, accounts
        self.clock = LoopClock(loop)
        self.stopping = asyncio.Event()
        self.sender = Sender(store, house, self.clock, accounts)
        self._running: asyncio.Task[None] | None = None

    @property
    def account(self) -> Account:
        return self.accounts[0]

    async def enrol(self, *names: str, account: str = "test:main") -> list[str]:
        """Seats of people who are reached in chats of their names."""
        return await self.store.transact(_enrol, self.house, account, names, ms(self.clock.now()))

    async def room(self, place: str, account: str = "test:main", table: str = "t1") -> bytes:
        """A room of a table, by its door."""
        found = await self.store.transact(rooms.bind, ASSEMBLY, table, account, place, "", ms(self.clock.now()))
        assert found is not None
        return found.door

    async def put(self, *rows: OutRow) -> None:
        await self.store.transact(queue.say, rows)
        self.sender.wake()

    def row(
        self, key: str, seat: str | None, lane: Lane = Lane.STEP, said: Message | None = None, **more: object
    ) -> OutRow:
        """A row of the outbox that says its key."""
        body = encode(said or message(Plain(key))).encode()
        at = more.pop("at", ms(self.clock.now()))
        return OutRow(key, ASSEMBLY, seat, int(lane), at, body, **more)  # type: ignore[arg-type]  # few fields, many tests

    async def open(self) -> None:
        """Begin to send, as after a start."""
        await self.sender.recover()
        self._running = asyncio.create_task(self.sender.run(Patience(self.stopping)))

    async def close(self) -> None:
        """End gracefully."""
        self.sender.stop()
        if self._running is not None:
            await self._running

    async def crash(self) -> None:
        """End at once, whatever is under way; and begin anew with an empty memory."""
        if self._running is not None:
            self.sender.stop()
            self._running.cancel()
            for task in [*self.sender._tasks]:
                task.cancel()
            await asyncio.gather(self._running, *self.sender._tasks, return_exceptions=True)
        self.sender = Sender(self.store, self.house, self.clock, self.accounts)

    async def drained(self, within: float = 1e6) -> float:
        """Until nothing waits and nothing is under way. How many seconds that took."""
        began = self.loop.time()
        while True:
            counts = (await self.store.read(queue.counts))["outbox"]
            if not counts.get("new", 0) and not counts.get("sending", 0):
                return self.loop.time() - began
            assert self._running is None or not self._running.done(), self._running
            assert self.loop.time() - began < within, f"{counts} are left after {within} s"
            await asyncio.sleep(1)

    async def states(self) -> dict[str, int]:
        return (await self.store.read(queue.counts))["outbox"]


@asynccontextmanager
async def office(loop: VirtualLoop, *accounts: Account, path: str | Path = MEMORY) -> AsyncIterator[Office]:
    """An office with these accounts, one usual one if none is given. It is not open yet."""
    taken = list(accounts) or [Account()]
    store = await open_store(path, KeyFile.from_seed(1), synchronous="OFF")
    loop.busy = lambda: bool(store._under_way)
    house = House(
        Catalogs({}),
        frozenset(a.account for a in taken if a.abilities.edits),
        frozenset(a.account for a in taken if a.abilities.press_bytes is not None),
    )
    try:
        await store.transact(_found)
        here = Office(loop, store, house, taken)
        try:
            yield here
        finally:
            await here.close()
    finally:
        loop.busy = lambda: True
        await store.close()


def shaky(rng: random.Random, least: float, most: float) -> Callable[[], float]:
    """A way that takes between so many seconds, mostly little."""
    return lambda: least + (most - least) * rng.random() ** 3


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def _found(db: Database) -> None:
    body = bundled(EVENING)
    flow = unbundle(body)
    courses.publish_flow(db, PublishedFlow(flow.ref, flow.file.flow.id, "", body, 0))
    courses.save_assembly(db, Assembly(ASSEMBLY, flow.ref, "seed", "open", 0))
    db.sql.execute(
        "INSERT INTO tables (assembly, id, plan, site, number, languages) VALUES (?, 't1', 'p', ?, 1, 'en')",
        (ASSEMBLY, flow.file.schedule.sites[0].id),
    )


def _enrol(db: Database, house: House, account: str, names: Iterable[str], now: int) -> list[str]:
    site = house.flow(db, ASSEMBLY).file.schedule.sites[0].id
    found = []
    for name in names:
        seat = identities.enrol(db, ASSEMBLY, account, name, name, "participant", site, "en", at=now)
        people.save_seat(db, replace(seat, status="active", name=name.title()))
        found.append(seat.id)
    return found
