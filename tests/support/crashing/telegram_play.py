"""Pnyx on Telegram, as the crash harness lets it run: the real engine, store and transport, which ask the world to go on
whenever they have nothing to do (`telegram_world`)."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import aiohttp

from bot.core.events import Started, encode
from bot.core.rendered import Rendered
from bot.core.state import Role
from bot.engine.engine import Engine
from bot.language.flowfiles import bundle, unbundle
from bot.language.translation.service import simple as translators
from bot.store import codes, courses, identities, people, queue, rooms
from bot.store.connection import Store, open_store
from bot.store.courses import Assembly, PublishedFlow
from bot.store.database import Database
from bot.store.times import ms
from bot.transports.port import Receipt
from bot.transports.telegram import Telegram
from tests.support.botapi.server import TOKEN
from tests.support.crashing.points import Watch
from tests.support.crashing.rest import rest
from tests.support.crashing.telegram_script import Scripted
from tests.support.crashing.telegram_world import FIRST, port
from tests.support.crashing.world import ASSEMBLY, CATALOGS, KEYS, START
from tests.support.shared_clock import SharedClock

ACCOUNT = "telegram:main"


class Telling(Telegram):
    """Telegram that tells the watch when something has reached somebody."""

    watch: Watch

    async def send(self, place: str, message: Rendered, key: str) -> Receipt:
        receipt = await super().send(place, message, key)
        self.watch.delivered()
        return receipt

    async def edit(self, place: str, message: Rendered, remote: str) -> Receipt:
        receipt = await super().edit(place, message, remote)
        self.watch.delivered()
        return receipt

    async def delete(self, place: str, remote: str) -> None:
        await super().delete(place, remote)
        self.watch.delivered()


class Attentive(Engine):
    """An engine that goes through the world's script: whenever it has nothing to do, it lets something happen."""

    def __init__(self, store: Store, clock: SharedClock, telegram: Telegram) -> None:
        super().__init__(store, CATALOGS, clock, [telegram], translators("pseudo"))
        self.failed: BaseException | None = None
        self._opened = asyncio.Event()

    async def open(self) -> None:
        await super().open()
        self._opened.set()

    async def go_through(self, port: int) -> None:
        """Begins once what an earlier run was about to send is taken up: until then it looks as if there were nothing to do."""
        try:
            await self._opened.wait()
            async with aiohttp.ClientSession() as session:
                while (what := await self._ask(session, port)) != "end":
                    if what not in ("act", "time", "wait"):
                        raise RuntimeError(what)
                    self.wake()
        except BaseException as error:
            self.failed = error
            raise
        finally:
            self.stop()

    async def _ask(self, session: aiohttp.ClientSession, port: int) -> str:
        cursor = await self.store.read(queue.cursor, ACCOUNT)
        due = await rest(self)
        told = {"cursor": cursor or "", "due": None if due is None else ms(due)}
        async with session.post(f"http://127.0.0.1:{port}/control/next", json=told) as answer:
            return str((await answer.json())["what"])


async def found(scenario: Scripted, folder: Path) -> None:
    """Make the state from which every run of a scenario starts: who is in has their seat, who is invited a code."""
    store = await open_store(folder / "pnyx.db", KEYS)
    made = await store.transact(_found, scenario)
    await store.close()
    (folder / "codes.json").write_text(json.dumps(made))
    SharedClock(folder / "clock", START)


def _found(db: Database, scenario: Scripted) -> dict[str, str]:
    body = bundle(scenario.flow)
    flow, at = unbundle(body), ms(START)
    courses.publish_flow(db, PublishedFlow(flow.ref, flow.file.flow.id, "", body, at))
    courses.save_assembly(db, Assembly(ASSEMBLY, flow.ref, "seed", "open", at))
    made: dict[str, str] = {}
    for number, (name, role, site, language, *more) in enumerate(scenario.cast):
        if more == ["invited"]:
            expires = ms(START + timedelta(days=1))
            made[name] = codes.make_code(db, ASSEMBLY, cast(Role, role), site, made=at, expires=expires)
            continue
        user = str(FIRST + number)
        seat = identities.enrol(db, ASSEMBLY, ACCOUNT, user, user, cast(Role, role), site, language, at=at)
        if not more:
            people.save_seat(db, replace(seat, status="active", name=name.capitalize()))
    for course in flow.courses:
        event = Started(course)
        queue.put_event(db, ASSEMBLY, f"start/{course}", encode(event), event.kind, at, at)
    return made


async def play(folder: Path, watch: Watch) -> None:
    """Run Pnyx on a folder, from wherever that stands to the end of the script."""
    rooms.secrets = SimpleNamespace(token_bytes=_same)  # type: ignore[attr-defined]  # so that rooms are called alike
    clock = SharedClock(folder / "clock")
    store = await open_store(folder / "pnyx.db", KEYS, connect=watch.connect)
    telegram = Telling(
        "main", TOKEN, clock.now, api=f"http://127.0.0.1:{port(folder)}", pause=partial(asyncio.sleep, 0)
    )
    telegram.watch = watch
    engine = Attentive(store, clock, telegram)
    through = asyncio.create_task(engine.go_through(port(folder)))
    await engine.run()
    await asyncio.wait([through])
    await telegram.close()
    await store.close()
    if engine.failed is not None:
        raise engine.failed


def _same(number: int) -> bytes:
    return hashlib.sha256(b"%d" % number).digest()[:number]
