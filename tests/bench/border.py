"""Many tables close together, and what they said crosses to their partners: how long the machine takes for that, without the
people who approve it and without the engine that translates it.

Half of the tables sit at one site and half at another, each across from its partner. The talk of all of them ends at the same
instant. The first measurement goes from there to the drafts that lie before the facilitators; then all of them approve at the
same instant, and the second goes from there to the rows of the outbox with which the digests reach the partner tables.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.core.events import Heard, Started, encode
from bot.core.rendered import Rendered
from bot.core.state import Course, Role
from bot.engine.clock import ManualClock
from bot.engine.engine import Engine
from bot.engine.memory import sort_out_seldom
from bot.language.catalog import Catalogs
from bot.language.flowfiles import FLOW, unbundle
from bot.language.translation.port import Made
from bot.language.translation.service import Orders, Translators
from bot.store import courses, identities, people, queue
from bot.store.connection import Store, open_store
from bot.store.courses import Assembly, PublishedFlow
from bot.store.database import Database
from bot.store.keys import KeyFile
from bot.store.queue import InRow
from bot.store.times import ms
from bot.transports.port import Batch, Incoming, PlainTransport, Receipt

TABLES = 200
SEATS = 5
"""At a table, besides its facilitator."""
ID, ACCOUNT = "border", "bench:main"
START = datetime(2027, 3, 1, 9, tzinfo=UTC)

FLOW_TOML = """
[flow]
id = "border"
source_language = "en"
languages = ["en", "de"]
title = { en = "Border", de = "Grenze" }
[mandate]
by = { en = "The Region", de = "Die Region" }
question = { en = "How shall we travel?", de = "Wie wollen wir reisen?" }
[schedule]
mode = "together"
sites = [
  { id = "east", zone = "Europe/Vienna", languages = ["de"], expected = 500 },
  { id = "west", zone = "Europe/Vienna", languages = ["en"], expected = 500 },
]
[[step]]
id = "consent"
type = "consent"
duration = "1h"
controllers = ["The Region"]
delete_on = 2100-12-31
purposes = []
text = { en = "Your table sees your words.", de = "Ihr Tisch sieht Ihre Worte." }
[groups.tables]
size = { min = 3, target = 5, max = 6 }
min_present = 2
[[step]]
id = "seats"
type = "assign"
plan = "tables"
[[step]]
id = "talk"
type = "discuss"
duration = "30m"
text = { en = "What would you change?", de = "Was würden Sie ändern?" }
[[step]]
id = "digest"
type = "summarise"
of = ["talk"]
size = 4
duration = "15m"
[[step]]
id = "carry"
type = "relay"
of = "digest"
to = "mirror"
duration = "10m"
[[step]]
id = "bye"
type = "farewell"
text = { en = "Thank you.", de = "Danke." }
"""


@dataclass(frozen=True)
class Crossing:
    """Seconds, one for each table: to its draft, and to its words at the partner table. `messages` were written for that."""

    tables: int
    drafted: Sequence[float]
    carried: Sequence[float]
    messages: int

    @property
    def p99(self) -> tuple[float, float, float]:
        """Of the drafts, of what was carried, and of both together."""
        both = [a + b for a, b in zip(self.drafted, self.carried, strict=True)]
        return _p99(self.drafted), _p99(self.carried), _p99(both)


class Instant:
    """An engine that takes no time; its words are never the original ones."""

    name, longest, at_once = "instant", 5000, 50

    async def pairs(self) -> frozenset[tuple[str, str]]:
        return frozenset({("en", "de"), ("de", "en")})

    async def translate(self, texts: Sequence[str], source: str, target: str) -> list[Made]:
        return [Made(text[::-1], "1") for text in texts]

    async def close(self) -> None:
        """Nothing is open."""


class Post(PlainTransport):
    """A transport that keeps who got which buttons."""

    account = ACCOUNT

    def __init__(self) -> None:
        self.got: dict[str, list[Rendered]] = {}

    async def receive(self, cursor: str) -> Batch:
        raise EOFError

    async def send(self, place: str, message: Rendered, key: str) -> Receipt:
        self.got.setdefault(place, []).append(message)
        return Receipt(key)

    async def close(self) -> None:
        """Nothing is open."""

    def press(self, place: str, label: str) -> str:
        """What the newest button of this label in somebody's chat stands for."""
        return next(b.press for m in reversed(self.got[place]) for b in m.buttons if b.label == label)


class Timed:
    """The store's transactions, and how far the outbox was after each."""

    def __init__(self, store: Store) -> None:
        self.commits: list[tuple[float, int]] = []
        self._transact = store.transact
        self._store = store

    async def transact(self, *args: Any, **kwargs: Any) -> Any:
        done = await self._transact(*args, **kwargs)
        at = time.perf_counter()
        self.commits.append((at, await self._store.read(_last_row)))
        return done

    def when(self, seq: int) -> float:
        """When a row of the outbox was on the disk."""
        return next(at for at, last in self.commits if last >= seq)


def cross(folder: Path, tables: int = TABLES) -> Crossing:
    """So many tables close together on a disk of their own."""
    return asyncio.run(_cross(folder / "border.db", tables))


async def _cross(path: Path, tables: int) -> Crossing:
    store = await open_store(path, KeyFile.from_seed("bench"), synchronous="FULL")
    clock, post = ManualClock(START), Post()
    engine = Engine(store, Catalogs({}), clock, [post], Translators(Orders((Instant(),))))
    try:
        seats = await store.transact(_found, tables)
        await _until_it_opens(engine, clock, "talk", store)
        await store.transact(_say_something, seats, clock.now())
        await engine.settle()
        sort_out_seldom()
        watch = Timed(store)
        store.transact = watch.transact  # type: ignore[method-assign]  # every part of the engine commits through it
        before = await store.read(_last_row)
        await _until_it_closes(engine, clock, "talk", store)
        began = time.perf_counter()
        await engine._do_all()
        drafted = await _arrived(store, watch, "digest", "/draft@", began, tables)
        await engine.settle()
        leaders = [f"lead{n}" for n in range(tables)]
        presses = [
            Incoming(f"p{n}", who, who, clock.now(), "", post.press(who, "Approve"), "en")
            for n, who in enumerate(leaders)
        ]
        began = time.perf_counter()
        await engine.take_in(ACCOUNT, Batch(tuple(presses), "1"))
        await engine._do_all()
        carried = await _arrived(store, watch, "carry", "/shown/", began, tables)
        return Crossing(tables, drafted, carried, await store.read(_last_row) - before)
    finally:
        await store.close()


async def _course(store: Store) -> Course:
    found = await store.read(courses.load_course, ID, "all")
    assert found is not None
    return found


async def _until_it_opens(engine: Engine, clock: ManualClock, step: str, store: Store) -> None:
    await engine.settle()
    while step not in (await _course(store)).open:
        due = await engine.next_due()
        assert due is not None
        clock.move(due)
        await engine.settle()


async def _until_it_closes(engine: Engine, clock: ManualClock, step: str, store: Store) -> None:
    """All is done that comes before a step's end, and that is now."""
    closes = (await _course(store)).open[step].closes
    assert closes is not None
    while (due := await engine.next_due()) is not None and due < closes:
        clock.move(due)
        await engine.settle()
    clock.move(closes)


async def _arrived(store: Store, watch: Timed, step: str, mark: str, began: float, tables: int) -> list[float]:
    """For each table, how long it took until all rows of this kind were there, in the order in which they came."""
    rows = await store.read(
        lambda db: db.sql.execute("SELECT seq, key FROM outbox WHERE step = ? ORDER BY seq", (step,)).fetchall()
    )
    last: dict[str, int] = {}
    for seq, key in rows:
        if mark in key:
            last[key.partition("@")[0]] = seq
    assert len(last) == tables, (step, len(last), [key for _, key in rows[:5]])
    return sorted(watch.when(seq) - began for seq in last.values())


def _p99(taken: Sequence[float]) -> float:
    return sorted(taken)[max(0, round(len(taken) * 0.99) - 1)]


def _last_row(db: Database) -> int:
    return int(db.sql.execute("SELECT COALESCE(MAX(seq), 0) FROM outbox").fetchone()[0])


def _found(db: Database, tables: int) -> list[str]:
    """Everybody has come in and agreed; the assembly begins."""
    body = json.dumps({FLOW: FLOW_TOML})
    flow = unbundle(body)
    courses.publish_flow(db, PublishedFlow(flow.ref, "border", "", body, 0))
    courses.save_assembly(db, Assembly(ID, flow.ref, "seed", "open", 0))
    seats = []

    def enrol(name: str, role: Role, site: str, language: str) -> str:
        seat = identities.enrol(db, ID, ACCOUNT, name, name, role, site, language, at=0)
        people.save_seat(db, replace(seat, status="active", name=name.title()))
        return seat.id

    for n in range(tables):
        site, language = (("east", "de"), ("west", "en"))[n % 2]
        enrol(f"lead{n}", "facilitator", site, language)
        seats += [enrol(f"person{n}x{k}", "participant", site, language) for k in range(SEATS)]
    queue.put_event(db, ID, "start", encode(Started("all")), "started", ms(START), ms(START))
    return seats


WORDS = (
    "A night bus that waits for the late shift would help all of us.",
    "I do not want to pay more for a ticket than I pay now.",
    "The trains on Sundays are full, and nobody can sit down.",
    "Whoever lives in the villages needs a car today, and that is not right.",
    "We should build nothing new before the old line is repaired.",
)


def _say_something(db: Database, seats: Sequence[str], now: datetime) -> None:
    rows = []
    for n, seat in enumerate(seats):
        event = Heard(f"said/{n}", seat, now + timedelta(seconds=1), f"{WORDS[n % len(WORDS)]} ({n})")
        rows.append(InRow(ID, event.id, event.kind, ms(now), ms(now), encode(event), seat))
    queue.put_events(db, rows)
