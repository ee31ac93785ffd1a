"""The bot as a process of its own that a test can kill: it does what it is told, a line at a time, on a shared clock.

    python -m tests.support.bot_process FOLDER API TOKEN [HOMESERVER USER TOKEN]

FOLDER holds the database and the clock; with a homeserver it serves Matrix too. Commands come as lines of JSON, and each is
answered by one: `["receive"]` until nothing more waits, `["settle"]`, `["due"]`, `["go_on"]` for these three, `["pass", MS]`
until an instant, `["pass", MS, STEP, COURSE]` until a step is open, `["over"]`, `["waiting"]`, `["open"]`, `["tables"]`,
`["rooms"]`, `["export"]`. What is sent is written to `sent.jsonl`: account, place, remote id, step, what is expected, kinds of
the blocks, presses.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from bot.core.rendered import Rendered
from bot.engine.engine import Engine
from bot.language.catalog import Catalogs
from bot.language.translation.service import simple as translators
from bot.paths import locales_dir
from bot.report.export import export_files
from bot.store import courses, identities, people, queue, rooms
from bot.store.connection import Store, open_store
from bot.store.database import Database
from bot.store.keys import KeyFile
from bot.store.times import instant, ms
from bot.transports.matrix import Matrix
from bot.transports.matrix.errors import Failed
from bot.transports.port import Batch, Receipt, Transport
from bot.transports.telegram import Telegram
from tests.support.shared_clock import SharedClock

ASSEMBLY, SEED = "evening", "7"


PATIENCE = 90.0
"""So many seconds a homeserver may be away."""


class Log:
    """What a transport has sent, written down so that invented people can read it as the engine meant it."""

    account: str
    log: Path

    async def send(self, place: str, message: Rendered, key: str) -> Receipt:
        receipt = await super().send(place, message, key)  # type: ignore[misc]  # of the transport beside it
        self.write(place, message, receipt)
        return receipt

    async def edit(self, place: str, message: Rendered, remote: str) -> Receipt:
        receipt = await super().edit(place, message, remote)  # type: ignore[misc]  # of the transport beside it
        self.write(place, message, receipt, remote)
        return receipt

    def write(self, place: str, message: Rendered, receipt: Receipt, changed: str = "") -> None:
        line = {
            "account": self.account,
            "place": place,
            "id": receipt.id,
            "changed": changed,
            "blocks": message.blocks,
            "step": message.step,
            "expects": message.expects,
            "buttons": [[b.label, b.press, b.chosen] for b in message.buttons],
        }
        with self.log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


class WrittenTelegram(Log, Telegram):
    """Telegram that writes down what it has sent."""


class WrittenMatrix(Log, Matrix):
    """Matrix that writes down what it has sent."""


class Process:
    """One life of the bot."""

    def __init__(self, store: Store, engine: Engine, transports: Sequence[Transport], clock: SharedClock) -> None:
        self.store, self.engine, self.transports, self.clock = store, engine, transports, clock
        self.can: dict[str, Callable[[], Awaitable[Any]]] = {
            "receive": self.receive,
            "settle": self.settle,
            "due": self.due,
            "go_on": self.go_on,
            "pass": self.pass_time,
            "open": self.open,
            "over": self.over,
            "waiting": self.waiting,
            "tables": self.tables,
            "rooms": self.rooms,
            "export": self.export,
        }

    async def receive(self) -> int:
        """Everything that waits at the servers."""
        return sum([await self._receive(each) for each in self.transports])

    async def _receive(self, transport: Transport) -> int:
        new = 0
        while True:
            cursor = await self.store.read(queue.cursor, transport.account)
            batch = await self._fetch(transport, cursor or "")
            if not batch.events and batch.cursor == (cursor or ""):
                return new
            await self.engine.take_in(transport.account, batch)
            new += len(batch.events)

    async def _fetch(self, transport: Transport, cursor: str) -> Batch:
        """What lies behind a cursor; a homeserver that was killed is back in a moment."""
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    return await transport.receive(cursor, wait=False)
                except Failed as error:
                    if not error.passing:
                        raise
                    await asyncio.sleep(0.05)

    async def settle(self) -> int:
        return await self.engine.settle()

    async def due(self) -> int | None:
        found = await self.engine.next_due()
        return ms(found) if found is not None else None

    async def go_on(self) -> int | None:
        await self.receive()
        await self.settle()
        return await self.due()

    async def pass_time(self, end: int, step: str = "", course: str = "") -> bool:
        """Hear what was said, and let time pass until an instant, or until this step of a course is open, which is then true;
        everything happens at its own instant."""
        await self.receive()
        before = None
        while True:
            done, due = await self.settle(), await self.due()
            if step and step in (await self.open()).get(course, ()):
                return True
            if done:
                before = None
            elif due is None or due > end or due == before:
                break
            else:
                before = due
                self.clock.move(max(instant(due), self.clock.now()))
        self.clock.move(max(instant(end), self.clock.now()))
        return False

    async def open(self) -> dict[str, list[str]]:
        """The open steps of each course."""
        return {course.id: [*course.open] for course in await self.store.read(courses.courses, ASSEMBLY)}

    async def over(self) -> bool:
        found = await self.store.read(courses.courses, ASSEMBLY)
        return bool(found) and all(course.state == "ended" for course in found)

    async def waiting(self) -> int:
        """How many messages wait to be sent."""
        return (await self.store.read(queue.counts))["outbox"].get("new", 0)

    async def tables(self) -> dict[str, list[list[str]]]:
        """Who sits at each table and leads it, by account and place where they are reached."""
        return await self.store.read(_tables)

    async def rooms(self) -> dict[str, list[list[str]]]:
        """In which rooms each table meets, by account and place."""
        return await self.store.read(_rooms)

    async def export(self) -> dict[str, str]:
        files = await self.store.read(export_files, self.engine.house, ASSEMBLY)
        return {name: base64.b64encode(data).decode() for name, data in files.items()}


def _tables(db: Database) -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {}
    for seat in people.roster(db, ASSEMBLY, roles=("participant", "facilitator")):
        where = identities.address(db, seat.id)
        if seat.table and where is not None:
            found.setdefault(seat.table, []).append(list(where))
    return found


def _rooms(db: Database) -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {}
    for (table,) in db.sql.execute("SELECT id FROM tables WHERE assembly = ?", (ASSEMBLY,)).fetchall():
        places = (rooms.address(db, bytes.fromhex(room)) for room in rooms.of_table(db, ASSEMBLY, table))
        found[table] = [list(place) for place in places if place is not None]
    return found


async def main(folder: Path, api: str, token: str, *matrix: str) -> None:
    clock = SharedClock(folder / "clock")
    store = await open_store(folder / "evening.db", KeyFile.from_seed(SEED))
    transports: list[WrittenTelegram | WrittenMatrix] = [WrittenTelegram("main", token, clock.now, api=api)]
    if matrix:
        transports.append(WrittenMatrix("main", *matrix, clock.now))
    for each in transports:
        each.log = folder / "sent.jsonl"
    engine = Engine(store, Catalogs.load(locales_dir()), clock, transports, translators("none"))
    await engine.open()
    process = Process(store, engine, transports, clock)
    print(json.dumps("ready"), flush=True)
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        command, *given = json.loads(line)
        print(json.dumps(await process.can[command](*given)), flush=True)
    for each in transports:
        await each.close()
    await store.close()


if __name__ == "__main__":
    folder, *servers = sys.argv[1:]
    asyncio.run(main(Path(folder), *servers))
