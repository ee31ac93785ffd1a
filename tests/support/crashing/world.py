"""The world around Pnyx that a kill does not touch: what people write, what has reached them, and what time it is.

A scenario is a flow (`scenarios/NAME.toml`) and a script (`scenarios/NAME.txt`), a file of the console's lines. The place in
the script is the console's cursor. Lines that begin with `@` are the world's own:

    @cast anna participant west de     anna takes part from the start, at the site west, in German; if the line ends with
                                       `new`, she has not consented yet
    @50m                               time passes until fifty minutes after the start
    @end                               time passes until nothing waits any more

Each line waits until everything before it is handled and sent, so that every run does the same. `anna: [vote:first]` presses
the last button that has reached anna and carries something that begins so.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from rich.console import Console as Terminal

from bot.core.events import Started, encode
from bot.core.message import Lang, Plain, Several, When, message
from bot.core.rendered import Rendered
from bot.core.schedule import duration
from bot.core.state import Role
from bot.engine import beside, house
from bot.engine.clock import ManualClock
from bot.engine.engine import Engine
from bot.language.catalog import Catalogs
from bot.language.flowfiles import bundle, unbundle
from bot.language.render import Reader, render
from bot.language.translation.service import simple as translators
from bot.paths import locales_dir
from bot.store import courses, identities, people, queue
from bot.store.connection import Store, open_store
from bot.store.courses import Assembly, PublishedFlow
from bot.store.database import Database
from bot.store.keys import KeyFile
from bot.store.times import ms
from bot.transports.console import Console
from bot.transports.lines import FileLines
from bot.transports.port import Receipt, Transport
from tests.support.crashing.points import Watch
from tests.support.crashing.rest import rest

SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"
ACCOUNT = "console:main"
ASSEMBLY = "a1"
START = datetime(2100, 1, 5, 9, tzinfo=UTC)
"""In the far future, so that the engine's alarm, which reads the machine's clock, never rings during a scenario."""

KEYS = KeyFile.from_seed("crash")
_BUTTON = re.compile(r"(?P<user>\w+): \[(?P<start>[^\]]+)\]")
CATALOGS = Catalogs.load(locales_dir())


@dataclass(frozen=True)
class Person:
    name: str
    role: Role
    site: str
    language: str
    new: bool


@dataclass(frozen=True)
class Said:
    """A line of the script: the console's cursor behind it, and who wrote or pressed what."""

    cursor: int
    user: str
    words: str

    @property
    def key(self) -> str:
        """Under which key it stands in the inbox."""
        return f"{ACCOUNT}/{ACCOUNT}/{self.cursor}"

    @property
    def press(self) -> tuple[str, ...]:
        """The parts of what a button carried; empty for typed text."""
        return tuple(self.words[1:].strip().split(":")) if self.words.startswith(">") else ()


@dataclass(frozen=True)
class Scenario:
    name: str

    @property
    def script(self) -> Path:
        return SCENARIOS / f"{self.name}.txt"

    @property
    def people(self) -> tuple[Person, ...]:
        rows = [line.split()[1:] for line in self.script.read_text().splitlines() if line.startswith("@cast")]
        return tuple(Person(row[0], cast(Role, row[1]), row[2], row[3], row[4:] == ["new"]) for row in rows)

    @property
    def said(self) -> tuple[Said, ...]:
        """What people write and press, in order."""
        return tuple(self._said())

    def _said(self) -> Iterator[Said]:
        place = 0
        for line in self.script.read_bytes().splitlines(keepends=True):
            place += len(line)
            user, colon, words = line.decode().strip().partition(": ")
            if colon and not user.startswith("@"):
                yield Said(place, user, words)


def scenarios() -> tuple[Scenario, ...]:
    return tuple(Scenario(path.stem) for path in sorted(SCENARIOS.glob("*.toml")))


def warm() -> None:
    """Let the processes that are forked from here on find read what takes long to read and is no part of a scenario: flows,
    and how dates and lists are written."""
    house.unbundle = lru_cache(unbundle)  # type: ignore[attr-defined]  # the name that the engine calls
    for scenario in scenarios():
        house.unbundle(bundle(SCENARIOS / f"{scenario.name}.toml"))  # type: ignore[attr-defined]  # as above
        for person in scenario.people:
            said = message(When(START), Lang("en"), Several((Plain("one"), Plain("two"))))
            render(said, Reader(person.language, "Europe/Berlin"), {}, {}, CATALOGS)
    for language in CATALOGS.languages:
        CATALOGS.phrase("Yes", None, 0, language)
    gc.collect()
    gc.freeze()


class WorldClock(ManualClock):
    """A clock that a kill does not stop: where it stands is in a file."""

    def __init__(self, place: Path) -> None:
        self._file = os.open(place, os.O_RDWR | os.O_CREAT)
        written = os.read(self._file, 64).decode().strip()
        super().__init__(datetime.fromisoformat(written) if written else START)

    def move(self, to: datetime) -> None:
        super().move(to)
        os.pwrite(self._file, self.now().isoformat().encode().ljust(40), 0)


class Silent(Terminal):
    """A terminal on which nothing is drawn: that would take most of the time."""

    def print(self, *shown: object, **how: object) -> None:
        pass


class Telling(Console):
    """A console that tells the watch when a message has reached somebody."""

    watch: Watch

    async def send(self, place: str, message: Rendered, key: str) -> Receipt:
        receipt = await super().send(place, message, key)
        self.watch.delivered()
        return receipt


class Attentive(Engine):
    """An engine that tells when it has nothing to do."""

    def __init__(self, store: Store, clock: WorldClock, transport: Transport) -> None:
        beside.AT_ONCE = 1  # what is done side by side ends in any order, and every run must do the same
        super().__init__(store, CATALOGS, clock, [transport], translators("pseudo"))
        self.due: datetime | None = None

    async def rest(self) -> None:
        """Until everything that is due has been done."""
        self.due = await rest(self)


class Director(FileLines):
    """Reads the script, a line once everything before it is done, and carries out the world's own lines."""

    def __init__(self, script: Path, folder: Path, clock: WorldClock) -> None:
        super().__init__(script)
        self.engine: Attentive | None = None
        self.failed: Exception | None = None
        self._folder = folder
        self._clock = clock

    async def after(self, cursor: str) -> tuple[str, str] | None:
        assert self.engine is not None
        try:
            await self.engine.rest()
            found = await super().after(cursor)
            assert found is not None, "a script ends with @end"
            return self._pressed(found[0]), found[1]
        except Exception as error:
            await self._end(error)
            raise

    async def sees(self, line: str) -> bool:
        """True if the line is the world's own."""
        if line == "@end":
            await self._pass(None)
            await self._end()
        elif line.startswith("@") and not line.startswith("@cast"):
            await self._pass(START + duration(line[1:].strip()))
        return line.startswith("@")

    def _pressed(self, line: str) -> str:
        """The line with the button that it names."""
        named = _BUTTON.fullmatch(line)
        if named is None:
            return line
        shown = [row for row in delivered(self._folder) if row["place"] == named["user"]]
        presses = [press for row in shown for _, press in row["buttons"] if press.startswith(named["start"])]
        return f"{named['user']}: >{presses[-1]}"

    async def _pass(self, until: datetime | None) -> None:
        assert self.engine is not None
        while (due := self.engine.due) is not None and (until is None or due <= until):
            self._clock.move(due)
            await self.engine.rest()
        if until is not None:
            self._clock.move(until)

    async def _end(self, error: Exception | None = None) -> None:
        """Stop, and wait to be cancelled: the place in the script stays before its last line."""
        assert self.engine is not None
        self.failed = error
        self.engine.stop()
        await asyncio.Event().wait()


async def found(scenario: Scenario, folder: Path) -> None:
    """Make the state from which every run of a scenario starts: the people have their seats, and the hour has come."""
    store = await open_store(folder / "pnyx.db", KEYS)
    await store.transact(_found, scenario)
    await store.close()


def _found(db: Database, scenario: Scenario) -> None:
    body = bundle(SCENARIOS / f"{scenario.name}.toml")
    flow, at = unbundle(body), ms(START)
    courses.publish_flow(db, PublishedFlow(flow.ref, flow.file.flow.id, "", body, at))
    courses.save_assembly(db, Assembly(ASSEMBLY, flow.ref, "seed", "open", at))
    for p in scenario.people:
        seat = identities.enrol(db, ASSEMBLY, ACCOUNT, p.name, p.name, p.role, p.site, p.language, at=at)
        if not p.new:
            people.save_seat(db, replace(seat, status="active", name=p.name.capitalize()))
    for course in flow.courses:
        event = Started(course)
        queue.put_event(db, ASSEMBLY, f"start/{course}", encode(event), event.kind, at, at)


async def play(scenario: Scenario, folder: Path, watch: Watch) -> None:
    """Run Pnyx on a folder with a state of this scenario, from wherever that stands to the end."""
    clock = WorldClock(folder / "clock")
    director = Director(scenario.script, folder, clock)
    store = await open_store(folder / "pnyx.db", KEYS, connect=watch.connect)
    console = Telling(
        director,
        clock.now,
        account=ACCOUNT,
        terminal=Silent(),
        delivered=folder / "delivered",
        hook=director.sees,
    )
    console.watch = watch
    engine = director.engine = Attentive(store, clock, console)
    await engine.run()
    await store.close()
    if director.failed is not None:
        raise director.failed


def delivered(folder: Path) -> list[dict[str, Any]]:
    """What has reached people, in order."""
    place = folder / "delivered"
    return [json.loads(line) for line in place.read_text().splitlines()] if place.exists() else []


Fault = Callable[[], None]
"""A bug that is planted in a process before it plays, to see that the harness finds it."""

__all__ = ["Fault", "Person", "Said", "Scenario", "delivered", "found", "play", "scenarios", "warm"]
