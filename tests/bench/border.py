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
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.core.events import Started, encode
from bot.core.heard import Heard
from bot.core.message import Message, Phrase, decode
from bot.core.rendered import Rendered
from bot.core.state import Course, Role
from bot.engine.clock import ManualClock
from bot.engine.engine import Engine
from bot.engine.memory import sort_out_seldom
from bot.engine.together import Together
from bot.engine.translating import Remembering
from bot.language.catalog import Catalogs
from bot.language.flowfiles import FLOW, unbundle
from bot.language.translation.port import Made
from bot.language.translation.service import Orders, Source, Translators
from bot.store import courses, identities, people, queue
from bot.store.connection import MEMORY, Store, open_store
from bot.store.courses import Assembly, PublishedFlow
from bot.store.database import Database
from bot.store.keys import KeyFile
from bot.store.queue import InRow
from bot.store.times import ms
from bot.transports.port import Abilities, Batch, Incoming, Pace, PlainTransport, Receipt

TABLES = 200
SEATS = 5
"""At a table, besides its facilitator."""
PACE = Pace(per_second=30, chat_gap=1, room_per_minute=20)
"""As Telegram allows it."""

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
    """An engine that takes no time; its words are never the original ones. `calls` counts how often it was asked."""

    name, longest, at_once = "instant", 5000, 50

    def __init__(self) -> None:
        self.calls = 0

    async def pairs(self) -> frozenset[tuple[str, str]]:
        return frozenset({("en", "de"), ("de", "en")})

    async def translate(self, texts: Sequence[str], source: str, target: str) -> list[Made]:
        self.calls += 1
        return [Made(text[::-1], "1") for text in texts]

    async def close(self) -> None:
        """Nothing is open."""


class Post(PlainTransport):
    """A transport that takes everything, at its pace."""

    account = ACCOUNT

    def __init__(self, pace: Pace | None = None) -> None:
        self.abilities = Abilities(pace=pace)

    async def receive(self, cursor: str) -> Batch:
        await asyncio.Event().wait()
        raise EOFError

    async def send(self, place: str, message: Rendered, key: str) -> Receipt:
        return Receipt(key)

    async def close(self) -> None:
        """Nothing is open."""


class Timed:
    """The store's transactions, and how far the outbox was after each."""

    def __init__(self, store: Store) -> None:
        self.commits: list[tuple[float, int]] = []
        self._transact = store.transact

    async def transact(self, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        def counted(db: Database) -> tuple[Any, int]:
            return work(db, *args, **kwargs), _last_row(db)

        done, last = await self._transact(counted)
        self.commits.append((time.perf_counter(), last))
        return done

    def when(self, seq: int) -> float:
        """When a row of the outbox was on the disk."""
        return next(at for at, last in self.commits if last >= seq)


def cross(folder: Path, tables: int = TABLES) -> Crossing:
    """So many tables close together on a disk of their own."""
    return asyncio.run(_cross(folder / "border.db", tables))


def again(number: int = 500) -> tuple[float, int]:
    """So many sentences are translated, and then once more: the seconds, and the calls of the engine, of the second time."""
    return asyncio.run(_again(number))


async def _again(number: int) -> tuple[float, int]:
    store = await open_store(MEMORY, KeyFile.from_seed("bench"))
    engine = Instant()
    here = Translators(Orders((engine,)), Remembering(store, Together(store), ManualClock(START)))
    texts = [Source(f"{n}: {WORDS[n % len(WORDS)]}") for n in range(number)]
    await here.translate(texts, "en", "de")
    before, began = engine.calls, time.perf_counter()
    await here.translate(texts, "en", "de")
    taken = time.perf_counter() - began
    await store.close()
    return taken, engine.calls - before


async def _cross(path: Path, tables: int) -> Crossing:
    store = await open_store(path, KeyFile.from_seed("bench"), synchronous="FULL")
    clock, engines = ManualClock(START), Translators(Orders((Instant(),)))
    before_hand = Engine(store, Catalogs({}), clock, [Post()], engines)
    engine = Engine(store, Catalogs({}), clock, [Post(PACE)], engines)
    try:
        seats = await store.transact(_found, tables)
        await _until_it_opens(before_hand, clock, "talk", store)
        await store.transact(_say_something, seats, clock.now())
        await before_hand.settle()
        await _go_to_the_end_of(before_hand, clock, "talk", store)
        sort_out_seldom()
        watch = Timed(store)
        store.transact = watch.transact  # type: ignore[method-assign]  # every part of the engine commits through it
        before = await store.read(_last_row)
        began = time.perf_counter()
        running = asyncio.create_task(engine.run())
        try:
            leaders = [f"lead{n}" for n in range(tables)]
            drafted = await _arrived(store, watch, "digest", "/draft@", began, tables)
            await _until_nothing_waits(store)  # people take their time to read
            presses = await store.read(_buttons, "Approve")
            all_ = [Incoming(f"p{n}", who, who, clock.now(), "", presses[who], "en") for n, who in enumerate(leaders)]
            began = time.perf_counter()
            await engine.take_in(ACCOUNT, Batch(tuple(all_), "1"))
            carried = await _arrived(store, watch, "carry", "/shown/", began, tables)
        finally:
            engine.stop()
            await running
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


async def _go_to_the_end_of(engine: Engine, clock: ManualClock, step: str, store: Store) -> None:
    """All is done that comes before a step's end, and that is now."""
    closes = (await _course(store)).open[step].closes
    assert closes is not None
    while (due := await engine.next_due()) is not None and due < closes:
        clock.move(due)
        await engine.settle()
    clock.move(closes)


async def _arrived(store: Store, watch: Timed, step: str, mark: str, began: float, tables: int) -> list[float]:
    """For each table, how long it took until all rows of this kind were there, in the order in which they came."""
    last: dict[str, int] = {}
    while len(last) < tables or watch.commits[-1][1] < max(last.values()):
        await asyncio.sleep(0.1)
        rows = await store.read(
            lambda db: db.sql.execute("SELECT seq, key FROM outbox WHERE step = ? ORDER BY seq", (step,)).fetchall()
        )
        last = {key.partition("@")[0]: seq for seq, key in rows if mark in key}
    return sorted(watch.when(seq) - began for seq in last.values())


async def _until_nothing_waits(store: Store) -> None:
    waits = True
    while waits:
        await asyncio.sleep(0.1)
        waits = await store.read(_job_waits)


def _job_waits(db: Database) -> bool:
    return db.sql.execute("SELECT 1 FROM job WHERE state = 'new' LIMIT 1").fetchone() is not None


def _buttons(db: Database, label: str) -> dict[str, str]:
    """What the button with this label stands for in what was said to somebody, by their user id."""
    found: dict[str, str] = {}
    for key, seat, body in db.sql.execute("SELECT key, seat, body FROM outbox WHERE step = 'digest' ORDER BY seq"):
        opened = db.vault.open(seat, body, f"outbox/{ID}/{key}")
        said = decode(opened.decode()) if opened is not None else Message(())
        for button in said.buttons:
            if isinstance(button.label, Phrase) and button.label.text == label:
                (user,) = [user for _, user in identities.users(db, seat)]
                found[user] = button.press
    return found


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
