"""The bot as a process of its own that a test can kill: it does what it is told, a line at a time, on a shared clock.

    python -m tests.support.bot_process FOLDER API TOKEN

FOLDER holds the database and the clock. Commands come as lines of JSON and are answered by a line of JSON each: `["receive"]`
until nothing more waits, `["settle"]`, `["due"]`, `["go_on"]` for these three, `["over"]`, `["tables"]`, `["export"]`. What is
sent is written to `sent.jsonl`: place, remote id, step, what is expected, kinds of the blocks, presses.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from bot.core.rendered import Rendered
from bot.engine.engine import Engine
from bot.language.catalog import Catalogs
from bot.language.translate import engine as translator
from bot.paths import locales_dir
from bot.report.export import export_files
from bot.store import courses, identities, people, queue
from bot.store.connection import Store, open_store
from bot.store.database import Database
from bot.store.keys import KeyFile
from bot.store.times import ms
from bot.transports.port import Receipt
from bot.transports.telegram import Telegram
from tests.support.shared_clock import SharedClock

ASSEMBLY, SEED = "evening", "7"


class Written(Telegram):
    """Telegram that writes down what it has sent, so that invented people can read it as the engine meant it."""

    log: Path

    async def send(self, place: str, message: Rendered, key: str) -> Receipt:
        receipt = await super().send(place, message, key)
        self._write(place, message, receipt)
        return receipt

    async def edit(self, place: str, message: Rendered, remote: str) -> Receipt:
        receipt = await super().edit(place, message, remote)
        self._write(place, message, receipt)
        return receipt

    def _write(self, place: str, message: Rendered, receipt: Receipt) -> None:
        line = {
            "place": place,
            "id": receipt.id,
            "blocks": message.blocks,
            "step": message.step,
            "expects": message.expects,
            "buttons": [[b.label, b.press, b.chosen] for b in message.buttons],
        }
        with self.log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


class Process:
    """One life of the bot."""

    def __init__(self, store: Store, engine: Engine, telegram: Telegram) -> None:
        self.store, self.engine, self.telegram = store, engine, telegram
        self.can: dict[str, Callable[[], Awaitable[Any]]] = {
            "receive": self.receive,
            "settle": self.settle,
            "due": self.due,
            "go_on": self.go_on,
            "over": self.over,
            "tables": self.tables,
            "export": self.export,
        }

    async def receive(self) -> int:
        """Everything that waits at the server."""
        new = 0
        while True:
            cursor = await self.store.read(queue.cursor, self.telegram.account)
            batch = await self.telegram.receive(cursor or "", wait=False)
            if not batch.events and batch.cursor == (cursor or ""):
                return new
            await self.engine.take_in(self.telegram.account, batch)
            new += len(batch.events)

    async def settle(self) -> int:
        return await self.engine.settle()

    async def due(self) -> int | None:
        found = await self.engine.next_due()
        return ms(found) if found is not None else None

    async def go_on(self) -> int | None:
        await self.receive()
        await self.settle()
        return await self.due()

    async def over(self) -> bool:
        found = await self.store.read(courses.courses, ASSEMBLY)
        return bool(found) and all(course.state == "ended" for course in found)

    async def tables(self) -> dict[str, list[str]]:
        """Who sits at each table and leads it, by the place where they are reached."""
        return await self.store.read(_tables)

    async def export(self) -> dict[str, str]:
        files = await self.store.read(export_files, self.engine.house, ASSEMBLY)
        return {name: base64.b64encode(data).decode() for name, data in files.items()}


def _tables(db: Database) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for seat in people.roster(db, ASSEMBLY, roles=("participant", "facilitator")):
        where = identities.address(db, seat.id)
        if seat.table and where is not None:
            found.setdefault(seat.table, []).append(where[1])
    return found


async def main(folder: Path, api: str, token: str) -> None:
    clock = SharedClock(folder / "clock")
    store = await open_store(folder / "evening.db", KeyFile.from_seed(SEED))
    telegram = Written("main", token, clock.now, api=api)
    telegram.log = folder / "sent.jsonl"
    engine = Engine(store, Catalogs.load(locales_dir()), clock, [telegram], translator("none"))
    await engine.open()
    process = Process(store, engine, telegram)
    print(json.dumps("ready"), flush=True)
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        (command,) = json.loads(line)
        print(json.dumps(await process.can[command]()), flush=True)
    await telegram.close()
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
