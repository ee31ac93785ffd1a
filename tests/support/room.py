"""A room for one assembly: the real store in memory, the real engine, a manual clock, and a transport that remembers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot.core.effects import Effect
from bot.core.events import Started, encode
from bot.core.flow import Flow
from bot.core.rendered import Rendered, plain
from bot.core.state import Course, Role
from bot.engine.carrying import carry_out
from bot.engine.clock import ManualClock
from bot.engine.drafting import NOBODY, Helpers
from bot.engine.engine import Engine
from bot.engine.work import Work
from bot.language.catalog import Catalogs
from bot.language.flowfiles import unbundle
from bot.language.translation.service import Translators
from bot.language.translation.service import simple as translators
from bot.paths import locales_dir
from bot.store import courses, identities, people, queue
from bot.store.connection import MEMORY, Store, open_store
from bot.store.courses import Assembly, PublishedFlow
from bot.store.database import Database
from bot.store.keys import KeyFile
from bot.store.times import ms
from bot.transports.port import Abilities, Batch, Incoming, Kind, PlainTransport, Receipt

ACCOUNT = "test:main"
ASSEMBLY = "a1"
MINUTE = timedelta(minutes=1)
START = datetime(2027, 3, 1, 9, tzinfo=UTC)
CATALOGS = Catalogs.load(locales_dir())
ENGLISH = Catalogs({})
"""Whoever reads another language reads our own texts in English here: the test is about something else."""


class Post(PlainTransport):
    """A transport that remembers what it delivered, and fails when told to."""

    account = ACCOUNT

    def __init__(self, *, repeatable: bool = True) -> None:
        self.abilities = Abilities(repeatable=repeatable)
        self.delivered: list[tuple[str, str, Rendered]] = []
        self.failures: list[Exception] = []
        self.failing: dict[str, Exception] = {}
        """Places to which nothing can be sent, and why."""
        self.links: dict[str, str | Exception] = {}
        """The ways into rooms."""

    async def receive(self, cursor: str) -> Batch:
        raise EOFError

    async def send(self, place: str, message: Rendered, key: str) -> Receipt:
        if self.failures:
            raise self.failures.pop(0)
        if place in self.failing:
            raise self.failing[place]
        self.delivered.append((place, key, message))
        return Receipt(key)

    def chat(self, place: str) -> str:
        return place.partition("/")[0]

    async def link(self, place: str) -> str:
        found = self.links.get(place, "")
        if isinstance(found, Exception):
            raise found
        return found

    async def close(self) -> None:
        """Nothing is open."""

    def to(self, place: str) -> list[Rendered]:
        """Everything that somebody got, in order."""
        return [message for where, _, message in self.delivered if where == place]

    def text(self, place: str) -> str:
        """The same as plain text."""
        return "\n".join(plain(message) for message in self.to(place))


class Room:
    """People write and press here, and time passes."""

    def __init__(self, store: Store, engine: Engine, clock: ManualClock, post: Post, flow: Flow) -> None:
        self.store, self.engine, self.clock, self.post, self.flow = store, engine, clock, post, flow
        self._count = 0

    async def enrol(self, name: str, role: Role = "participant", site: str = "", language: str = "en") -> str:
        """Give somebody a seat, as a code would; a participant then walks through the opening steps. Their seat's id."""
        return await self.store.transact(_enrol, self.flow, name, role, site, language, self.clock.now())

    async def begin(self) -> None:
        await self.store.transact(_begin, self.flow, self.clock.now())
        await self.engine.settle()

    async def say(self, who: str, text: str = "", press: str = "", id: str = "") -> None:
        """Somebody writes or presses, and everything that follows at once happens."""
        await self.take_in(who, text, press, id)
        await self.engine.settle()

    async def take_in(self, who: str, text: str = "", press: str = "", id: str = "") -> None:
        """Somebody writes or presses; nothing follows yet."""
        self._count += 1
        incoming = Incoming(id or str(self._count), who, who, self.clock.now(), text, press, "en")
        await self.engine.take_in(ACCOUNT, Batch((incoming,), str(self._count)))

    async def room_says(self, who: str, place: str, text: str = "", **more: Any) -> None:
        """Somebody writes in a group (or does something else there), and everything that follows at once happens."""
        await self.room_event(who, place, text, **more)
        await self.engine.settle()

    async def room_event(self, who: str, place: str, text: str = "", **more: Any) -> None:
        """The same, and nothing follows yet."""
        self._count += 1
        given = {"message": f"{place}-{self._count}", "language": "en", "room": True, **more}
        incoming = Incoming(str(self._count), who, place, self.clock.now(), text, **given)
        await self.engine.take_in(ACCOUNT, Batch((incoming,), str(self._count)))

    async def happens(self, kind: Kind, who: str = "", place: str = "", **more: Any) -> None:
        """Something happens to a room or a person without a word, and everything that follows."""
        await self.room_says(who, place, kind=kind, message="", **{"room": False, **more})

    async def choose(self, who: str, *labels: str) -> None:
        """Somebody presses buttons by their labels, of the newest message that has such a button."""
        for label in labels:
            buttons = [b for m in reversed(self.post.to(who)) for b in m.buttons]
            press = next((b.press for b in buttons if b.label == label), None)
            assert press is not None, f"{who} has {[b.label for b in buttons]}, not {label}"
            await self.say(who, press=press)

    async def wait(self, span: timedelta) -> None:
        """Time passes; everything happens at its own instant."""
        end = self.clock.now() + span
        while True:
            await self.engine.settle()
            due = await self.engine.next_due()
            if due is None or due > end:
                break
            self.clock.move(due)
        self.clock.move(end)

    async def until(self, step: str) -> None:
        """Time passes until a step is open everywhere, and all that follows from it at once has happened. AssertionError where
        it never opens."""
        for _ in range(24 * 60):
            found = [await self.course(id) for id in self.flow.courses]
            if all(isinstance(course, Course) and step in course.open for course in found):
                await self.engine.settle()
                return
            await self.wait(MINUTE)
        raise AssertionError(f"{step} never opens everywhere")

    async def course(self, id: str = "all") -> object:
        return await self.store.read(courses.load_course, ASSEMBLY, id)

    async def apply(self, effects: Iterable[Effect]) -> None:
        """Carry effects out as if an event had led to them."""
        await self.store.transact(_apply, self.engine, tuple(effects), self.clock.now())


def bundled(toml: str, more: Mapping[str, str] = MappingProxyType({})) -> str:
    """A flow's text, and the files beside it, as the bundle that the store keeps."""
    return json.dumps({"flow.toml": toml, **more}, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


@asynccontextmanager
async def room(
    toml: str,
    post: Post | None = None,
    path: str | Path = MEMORY,
    translate: str | Translators = "none",
    others: Sequence[Post] = (),
    more: Mapping[str, str] = MappingProxyType({}),
    helpers: Helpers = NOBODY,
    catalogs: Catalogs = CATALOGS,
) -> AsyncIterator[Room]:
    """A room with an assembly of this flow in it, that has not begun. `others` are further accounts, `more` the files beside the
    flow, `helpers` those who help with drafts."""
    body = bundled(toml, more)
    flow, post, clock = unbundle(body), post or Post(), ManualClock(START)
    store = await open_store(path, KeyFile.from_seed(1), synchronous="OFF")
    try:
        machines = translators(translate) if isinstance(translate, str) else translate
        engine = Engine(store, catalogs, clock, [post, *others], machines, helpers=helpers)
        await engine.open()
        await store.transact(_make, flow, body)
        yield Room(store, engine, clock, post, flow)
    finally:
        await store.close()


def _make(db: Database, flow: Flow, body: str) -> None:
    courses.publish_flow(db, PublishedFlow(flow.ref, flow.file.flow.id, "", body, 0))
    courses.save_assembly(db, Assembly(ASSEMBLY, flow.ref, "seed", "open", 0))


def _enrol(db: Database, flow: Flow, name: str, role: Role, site: str, language: str, now: datetime) -> str:
    where = site or flow.file.schedule.sites[0].id
    seat = identities.enrol(db, ASSEMBLY, ACCOUNT, name, name, role, where, language, at=ms(now))
    if role != "participant":
        people.save_seat(db, replace(seat, status="active", name=name.title()))
    return seat.id


def _begin(db: Database, flow: Flow, now: datetime) -> None:
    for course in flow.courses:
        queue.put_event(db, ASSEMBLY, f"start/{course}", encode(Started(course)), "started", ms(now), ms(now))


def _apply(db: Database, engine: Engine, effects: tuple[Effect, ...], now: datetime) -> None:
    work = Work(db, engine.house, now)
    carry_out(work, ASSEMBLY, work.course(ASSEMBLY, "all"), effects)
    work.flush()
