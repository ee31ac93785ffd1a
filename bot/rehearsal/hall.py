"""The hall in which one assembly is rehearsed: a database, an engine and a clock that moves when it is told to.

The hall can close and open again in the middle, as after a crash: everything is then read from the database anew.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.core.flow import Flow
from bot.core.schedule import resolve
from bot.core.state import Course, Role
from bot.engine import founding
from bot.engine.clock import ManualClock
from bot.engine.engine import Engine
from bot.language.catalog import Catalogs
from bot.language.flowfiles import unbundle
from bot.language.translation.service import simple as translators
from bot.paths import locales_dir
from bot.store import codes, courses, identities, people
from bot.store.connection import MEMORY, Store, open_store
from bot.store.database import Database
from bot.store.keys import KeyFile
from bot.store.times import ms
from bot.transports.port import Batch, Transport

ASSEMBLY = "rehearsal"
USUAL_START = datetime(2027, 3, 1, 9, tzinfo=UTC)
BEFORE = timedelta(hours=1)
"""The clock of a rehearsal begins so long before the assembly does, so that people can take their seats."""


@dataclass
class Hall:
    """One assembly on a manual clock. Made by `open_hall`."""

    flow: Flow
    clock: ManualClock
    seed: str
    path: str
    transports: Sequence[Transport]
    translator: str
    store: Store
    engine: Engine
    folder: tempfile.TemporaryDirectory[str] | None = None

    async def codes(self, wanted: Mapping[str, tuple[Role, str]]) -> dict[str, str]:
        """A code for each person: by account name, for a role at a site."""
        return await self.store.transact(_codes, wanted, self.clock.now())

    async def begin(self) -> None:
        """Start the assembly."""
        await self.store.transact(founding.begin, ASSEMBLY, self.flow, ms(self.clock.now()))

    async def take_in(self, account: str, batch: Batch) -> None:
        """What people did at this instant."""
        await self.engine.take_in(account, batch)

    async def wait_until(self, instant: datetime) -> None:
        """Let time pass. Everything that is due before this instant happens at its own; the clock ends up at it."""
        while True:
            await self.engine.settle()
            due = await self.engine.next_due()
            if due is None or due >= instant:
                break
            self.clock.move(due)
        self.clock.move(instant)

    async def to_the_end(self) -> None:
        """Let time pass until every course has ended, or nothing waits any more."""
        while True:
            await self.engine.settle()
            due = await self.engine.next_due()
            if due is None or await self.over():
                break
            self.clock.move(due)

    async def over(self) -> bool:
        """Whether every course has come to its end."""
        now = await self.courses()
        return len(now) == len(self.flow.courses) and all(c.state == "ended" for c in now)

    async def courses(self) -> list[Course]:
        """Where the courses stand."""
        return await self.store.read(courses.courses, ASSEMBLY)

    async def tables(self) -> dict[str, frozenset[str]]:
        """Who sits at each table, participants and facilitators, by the place where they are reached."""
        return await self.store.read(_tables)

    async def finished(self) -> dict[tuple[str, str], tuple[int, int]]:
        """How many have finished each open step, and how many are expected to, by course and step."""
        return await self.store.read(_finished)

    async def restart(self) -> None:
        """Close everything and open it again on the same file. Raises ValueError for a hall in memory."""
        if self.path == MEMORY:
            raise ValueError("a rehearsal in memory cannot be restarted; give it a file")
        await self.store.close()
        self.store, self.engine = await _enter(self.path, self.seed, self.clock, self.transports, self.translator)

    async def close(self) -> None:
        await self.store.close()
        for transport in self.transports:
            await transport.close()
        if self.folder is not None:
            self.folder.cleanup()


async def open_hall(
    bundle: str,
    seed: str,
    transports: Sequence[Transport],
    clock: ManualClock,
    *,
    path: Path | None = None,
    translate: str = "none",
) -> Hall:
    """Open a hall for a flow, as `bot.language.flowfiles.bundle` gives it.

    Without `path` the database lies in a temporary folder and goes with the hall. Raises `NotAFlow`, `StoreError`.
    """
    flow, folder = unbundle(bundle), None
    if path is None:
        folder = tempfile.TemporaryDirectory(prefix="pnyx-")
        path = Path(folder.name) / "rehearsal.db"
    store, engine = await _enter(str(path), seed, clock, transports, translate)
    await store.transact(founding.found, ASSEMBLY, flow, bundle, seed, ms(clock.now()))
    return Hall(flow, clock, seed, str(path), transports, translate, store, engine, folder)


def first_instant(flow: Flow) -> datetime:
    """When a rehearsal of this flow begins: before everything that the flow dates."""
    zones = [site.zone for site in flow.file.schedule.sites]
    moments = [
        flow.file.schedule.start,
        *(m for node in flow.nodes.values() for m in (node.step.opens, node.step.closes)),
    ]
    dated = [resolve(m, zone) for m in moments if isinstance(m, datetime) for zone in zones]
    return min(dated, default=USUAL_START) - BEFORE


async def _enter(
    path: str, seed: str, clock: ManualClock, transports: Sequence[Transport], translate: str
) -> tuple[Store, Engine]:
    store = await open_store(path, KeyFile.from_seed(seed), synchronous="OFF")
    engine = Engine(store, Catalogs.load(locales_dir()), clock, transports, translators(translate))
    await engine.open()
    return store, engine


def _codes(db: Database, wanted: Mapping[str, tuple[Role, str]], now: datetime) -> dict[str, str]:
    made, expires = ms(now), ms(now + timedelta(days=3660))
    return {
        user: codes.make_code(db, ASSEMBLY, role, site, made=made, expires=expires)
        for user, (role, site) in wanted.items()
    }


def _finished(db: Database) -> dict[tuple[str, str], tuple[int, int]]:
    found = {}
    for course in courses.courses(db, ASSEMBLY):
        for step in course.open:
            counted = courses.counters(db, ASSEMBLY, step, course.unit)
            found[course.id, step] = counted.get("done", 0), counted.get("expected", 0)
    return found


def _tables(db: Database) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for seat in people.roster(db, ASSEMBLY, roles=("participant", "facilitator")):
        where = identities.address(db, seat.id)
        if seat.table and where is not None:
            found.setdefault(seat.table, set()).add(where[1])
    return {table: frozenset(places) for table, places in sorted(found.items())}
