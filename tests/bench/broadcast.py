"""A broadcast to many private chats, and a private question that opens for all of them, on virtual time: the real engine and
sender, against a receiver that counts every window and refuses what is too much."""

from __future__ import annotations

import asyncio
import json
import random
import resource
from collections import deque
from dataclasses import dataclass, replace

from bot.core.effects import Lane
from bot.core.events import Started, encode
from bot.engine.engine import Engine
from bot.engine.patience import Patience
from bot.language.catalog import Catalogs
from bot.language.flowfiles import FLOW, unbundle
from bot.language.translation.service import simple as translators
from bot.store import courses, identities, people, queue
from bot.store.connection import MEMORY, open_store
from bot.store.courses import Assembly, PublishedFlow
from bot.store.database import Database
from bot.store.keys import KeyFile
from bot.store.times import ms
from bot.transports.port import Retry
from tests.support.office import Account, office, seconds, shaky
from tests.support.room import ASSEMBLY
from tests.support.virtual import LoopClock, VirtualLoop, run

WAYS = (0.001, 0.012)
"""Seconds that a call takes there, and back: from and to, mostly little."""

MINUTES = 5
QUESTION = f"""
[flow]
id = "question"
source_language = "en"
languages = ["en"]
title = "A question"
[mandate]
by = "The Region"
question = "How shall we travel?"
[schedule]
sites = [{{ id = "west", zone = "Europe/Berlin", languages = ["en"] }}]
[[step]]
id = "consent"
type = "consent"
duration = "10m"
controllers = ["The Region"]
delete_on = 2027-12-31
purposes = []
text = "We count your choice."
[[step]]
id = "ballot"
type = "vote"
duration = "{MINUTES}m"
questions = [{{ id = "trees", method = "yes_no_abstain", text = "More trees?" }}]
[[step]]
id = "bye"
type = "farewell"
text = "Thank you."
"""


@dataclass(frozen=True)
class Broadcast:
    """`used` is the share of the allowed rate, `fullest` the most messages within any second, `refused` how many calls were
    answered with 429, `waited` the seconds that a personal answer took at the 99th percentile, `wide` how many messages were
    under way at once at most, `cpu` milliseconds for each message, those of the receiver included."""

    people: int
    took: float
    used: float
    fullest: int
    refused: int
    answers: int
    waited: float
    wide: int
    cpu: float


@dataclass(frozen=True)
class Opened:
    """A question that was open for `least` minutes at least, from its delivery, for each of `people`; the last one got it
    `spread` seconds after the first."""

    people: int
    spread: float
    least: float
    fullest: int


class Strict(Account):
    """An account that refuses the thirty-first message within a second, and the second one to a chat."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed)
        super().__init__(there=shaky(rng, *WAYS), back=shaky(rng, *WAYS), fate=self._judge)
        self.refused = 0
        self._all: deque[float] = deque()
        self._chats: dict[str, float] = {}

    def _judge(self, act: str, chat: str, key: str) -> Retry | None:
        now = asyncio.get_running_loop().time()
        while self._all and self._all[0] <= now - 1:
            self._all.popleft()
        if act != "say":
            return None
        if len(self._all) >= 30 or now - self._chats.get(chat, -1.0) < 1:
            self.refused += 1
            return Retry(seconds(1), "account")
        self._all.append(now)
        self._chats[chat] = now
        return None


def broadcast(number: int = 10_000, every: float = 1.0) -> Broadcast:
    """Something for everybody, while somebody else gets a personal answer every so many seconds."""

    async def main(loop: VirtualLoop) -> Broadcast:
        mail = Strict(1)
        async with office(loop, mail) as here:
            seats = await here.enrol(*(f"p{n}" for n in range(number)))
            asking = await here.enrol(*(f"q{n}" for n in range(int(number / 30 / every))))
            await here.put(*(here.row(f"b{n}", seat, Lane.BROADCAST) for n, seat in enumerate(seats)))
            began = _cpu()
            await here.open()
            rng, asked = random.Random(2), dict[str, float]()
            for n, seat in enumerate(asking):
                await asyncio.sleep(every * 2 * rng.random())
                asked[f"answer {n}"] = loop.time()
                await here.put(here.row(f"answer {n}", seat, Lane.ANSWER))
            await here.drained()
            said = mail.said()
            took = said[-1].arrived - said[0].arrived
            waits = sorted(call.arrived - asked[call.text] for call in said if call.text in asked)
            return Broadcast(
                number, took, (len(said) - 1) / took / 30, mail.fullest(1.0), mail.refused, len(waits),
                waits[len(waits) * 99 // 100], mail.widest, 1000 * (_cpu() - began) / len(said),
            )  # fmt: skip

    return run(main)


def question(number: int = 10_000) -> Opened:
    """A private question for everybody that takes longer to deliver than it is open for."""

    async def main(loop: VirtualLoop) -> Opened:
        mail, clock = Strict(3), LoopClock(loop)
        store = await open_store(MEMORY, KeyFile.from_seed("bench"), synchronous="OFF")
        loop.busy = lambda: bool(store._under_way)
        engine = Engine(store, Catalogs({}), clock, [mail], translators("none"))
        await store.transact(_found, number, ms(clock.now()))
        await engine.open()
        sending = asyncio.create_task(engine._sender.run(Patience(asyncio.Event())))
        closed = 0
        while True:
            while await engine._do_due():
                engine._sender.wake()
            closed = await store.read(_closed)
            if closed:
                break
            due = (await engine._ahead()).due
            assert due is not None, "the question closes"
            await asyncio.sleep(max((due - clock.now()).total_seconds(), 0))
        sent = await store.read(_sent)
        engine._sender.stop()
        await sending
        loop.busy = lambda: True
        await store.close()
        assert len(sent) == number
        return Opened(number, (sent[-1] - sent[0]) / 1000, (closed - sent[-1]) / 60_000, mail.fullest(1.0))

    return run(main)


def _found(db: Database, number: int, now: int) -> None:
    body = json.dumps({FLOW: QUESTION})
    flow = unbundle(body)
    courses.publish_flow(db, PublishedFlow(flow.ref, "question", "", body, 0))
    courses.save_assembly(db, Assembly(ASSEMBLY, flow.ref, "seed", "open", 0))
    for n in range(number):
        seat = identities.enrol(db, ASSEMBLY, "test:main", f"u{n}", f"u{n}", "participant", "west", "en", at=now)
        people.save_seat(db, replace(seat, status="active"))
    event = Started("all")
    queue.put_event(db, ASSEMBLY, "start", encode(event), event.kind, now, now)


def _closed(db: Database) -> int:
    """When the question has closed; 0 as long as it is open."""
    row = db.sql.execute("SELECT MIN(at) FROM log WHERE act = 'closed' AND data LIKE '%\"ballot\"%'").fetchone()
    return int(row[0] or 0)


def _sent(db: Database) -> list[int]:
    """When the question has reached people, the first one first."""
    found = db.sql.execute("SELECT MIN(sent) FROM outbox WHERE step = 'ballot' GROUP BY seat ORDER BY 1")
    return [at for (at,) in found if at is not None]


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
