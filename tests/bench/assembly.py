"""An assembly of any size, in the middle of a talk at tables of two: what one of them writes is one contribution, one changed
stage and seat, and one message to the other."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Literal

from bot.core.events import Started, encode
from bot.core.heard import Heard
from bot.core.rendered import Rendered
from bot.engine import handling
from bot.engine.clock import ManualClock
from bot.engine.engine import Engine
from bot.language.catalog import Catalogs
from bot.language.flowfiles import FLOW, unbundle
from bot.language.translation.service import simple as translators
from bot.store import courses, identities, people, queue
from bot.store.connection import Store, open_store
from bot.store.courses import Assembly, PublishedFlow
from bot.store.database import Database
from bot.store.keys import KeyFile
from bot.store.queue import InRow
from bot.store.times import ms
from bot.transports.port import Batch, PlainTransport, Receipt

ID = "bench"
START = datetime(2027, 3, 1, 9, tzinfo=UTC)
OPENING = timedelta(hours=2)
"""How long after its start everybody is seated and may talk."""

FLOW_TOML = """
[flow]
id = "bench"
source_language = "en"
languages = ["en"]
title = "Bench"
[mandate]
by = "The Region"
question = "How shall we travel?"
[schedule]
sites = [{ id = "west", zone = "Europe/Berlin", languages = ["en"] }]
[[step]]
id = "consent"
type = "consent"
duration = "1h"
controllers = ["The Region"]
delete_on = 2100-12-31
purposes = []
text = "Your table sees your words."
[groups.pairs]
size = { min = 2, target = 2, max = 3 }
min_present = 2
[[step]]
id = "seats"
type = "assign"
plan = "pairs"
[[step]]
id = "talk"
type = "discuss"
duration = "300d"
text = "What would you change?"
"""
WORDS = "More buses in the evening, and a night train to the city on Fridays and Saturdays. "


class Sink(PlainTransport):
    """A transport that brings nothing and takes everything."""

    def __init__(self, account: str) -> None:
        self.account = account

    async def receive(self, cursor: str) -> Batch:
        raise EOFError

    async def send(self, place: str, message: Rendered, key: str) -> Receipt:
        return Receipt("")

    async def close(self) -> None:
        pass


@dataclass(frozen=True)
class Where:
    """Where people are: their user ids and chats on an account."""

    account: str
    chats: Sequence[tuple[str, str]]


def somewhere(size: int) -> Where:
    """So many people, on no platform."""
    return Where("bench:main", [(f"u{n}", f"u{n}") for n in range(size)])


class BenchAssembly:
    """An assembly of people who talk in pairs."""

    def __init__(self, store: Store, engine: Engine, clock: ManualClock, seats: list[str]) -> None:
        self.store, self.engine, self.clock, self.seats = store, engine, clock, seats
        self._said = 0

    @classmethod
    async def open(cls, path: str | Path, size: int, synchronous: Literal["FULL", "OFF"]) -> BenchAssembly:
        return await cls.found(path, KeyFile.from_seed("bench"), somewhere(size), START, synchronous)

    @classmethod
    async def found(
        cls, path: str | Path, keys: KeyFile, where: Where, start: datetime, synchronous: Literal["FULL", "OFF"]
    ) -> BenchAssembly:
        """An assembly of these people, who are in the middle of their talk `OPENING` after `start`."""
        store = await open_store(path, keys, synchronous=synchronous)
        clock = ManualClock(start)
        engine = Engine(store, Catalogs({}), clock, [Sink(where.account)], translators("none"))
        seats = await store.transact(_found, where, start)
        await engine.settle()
        while (due := await engine.next_due()) is not None and due < start + OPENING:
            clock.move(due)
            await engine.settle()
        return cls(store, engine, clock, seats)

    async def hear(self, number: int) -> None:
        """Put so many messages into the inbox, each from another person, round and round."""
        rows = []
        for n in range(self._said, self._said + number):
            seat = self.seats[n * 7 % len(self.seats)]
            event = Heard(f"bench/{n}", seat, self.clock.now(), f"{n}: {WORDS}")
            at = ms(self.clock.now())
            rows.append(InRow(ID, event.id, event.kind, at, at, encode(event), seat))
        self._said += number
        await self.store.transact(queue.put_events, rows)

    async def handle(self, number: int, batch: int) -> None:
        """Handle so many events, so many in one transaction."""
        now = self.clock.now()
        usual, handling.BATCH = handling.BATCH, batch
        try:
            done = 0
            while done < number:
                done += await self.store.transact(handling.handle_batch, self.engine.house, now, ms(now))
        finally:
            handling.BATCH = usual

    async def kept(self) -> int:
        """How many contributions there are."""
        return int(await self.store.read(lambda db: db.sql.execute("SELECT COUNT(*) FROM contribution").fetchone()[0]))


def _found(db: Database, where: Where, start: datetime) -> list[str]:
    body = json.dumps({FLOW: FLOW_TOML})
    flow = unbundle(body)
    courses.publish_flow(db, PublishedFlow(flow.ref, "bench", "", body, 0))
    courses.save_assembly(db, Assembly(ID, flow.ref, "seed", "open", 0))
    enrol = partial(identities.enrol, db, ID, where.account, role="participant", site="west", language="en", at=0)
    seats = []
    for n, (user, place) in enumerate(where.chats):
        seat = enrol(user=user, place=place)
        people.save_seat(db, replace(seat, status="active", name=f"Person {n}"))
        seats.append(seat.id)
    event = Started("all")
    queue.put_event(db, ID, "start", encode(event), event.kind, ms(start), ms(start))
    return seats
