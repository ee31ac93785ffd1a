"""A small engine over a Matrix account that is killed at marked points or lines, and started again, as often as asked.

Run as a program. Its argument is a JSON object: where the homeserver is, who the bot is, a folder, and whether it has `keys`.
Each line of its input names a point (`where method`, see `POINTS`), or is `line N`, `rest N` or `end`: it forks a child that
receives, commits, and answers every message, and that dies by SIGKILL when it comes to the point, or to the Nth line of the
transport that it has not been at before. A child that lives goes on until it has heard the word "end", or "end line N" or "end
rest N", and answered it. For each line of its input it prints one: `killed` or `ended`.
"""

from __future__ import annotations

import asyncio
import functools
import json
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from nio.crypto.olm_machine import Olm
from nio.store.database import MatrixStore

from bot.core.rendered import Rendered
from bot.transports import matrix as transport
from bot.transports.matrix import Matrix, receiving, sending
from bot.transports.matrix.keys import Keys
from bot.transports.matrix.session import Client
from bot.transports.port import Batch, Retry

TRANSPORT = str(Path(transport.__file__).parent)

SCHEMA = """
CREATE TABLE IF NOT EXISTS inbox (id TEXT PRIMARY KEY, text TEXT, bar TEXT);
CREATE TABLE IF NOT EXISTS outbox (key TEXT PRIMARY KEY, place TEXT, text TEXT, sent INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS cursor (only INTEGER PRIMARY KEY CHECK (only = 1), at TEXT);
"""


class Desk:
    """The smallest engine: an inbox, an outbox, a cursor, in one file."""

    def __init__(self, file: Path) -> None:
        self.db = sqlite3.connect(file, isolation_level=None)
        self.db.executescript("PRAGMA synchronous=FULL;" + SCHEMA)

    def cursor(self) -> str:
        row = self.db.execute("SELECT at FROM cursor").fetchone()
        return row[0] if row else ""

    def commit(self, batch: Batch) -> None:
        self.db.execute("BEGIN IMMEDIATE")
        for event in batch.events:
            if event.kind == "message":
                self.db.execute("INSERT OR IGNORE INTO inbox VALUES (?, ?, ?)", (event.id, event.text, event.bar))
                answer = (f"answer/{event.id}", event.place, f"heard {event.text}")
                self.db.execute("INSERT OR IGNORE INTO outbox (key, place, text) VALUES (?, ?, ?)", answer)
        self.db.execute("INSERT OR REPLACE INTO cursor VALUES (1, ?)", (batch.cursor,))
        self.db.execute("COMMIT")

    def unsent(self) -> list[tuple[str, str, str]]:
        return self.db.execute("SELECT key, place, text FROM outbox WHERE sent = 0 ORDER BY rowid").fetchall()

    def settle(self, key: str) -> None:
        self.db.execute("UPDATE outbox SET sent = 1 WHERE key = ?", (key,))

    def heard(self, word: str) -> bool:
        return bool(self.db.execute("SELECT 1 FROM inbox WHERE text = ?", (word,)).fetchone())


POINTS: dict[str, tuple[Any, str]] = {
    "begin": (Keys, "begin"),
    "absorb": (Client, "absorb"),
    "engine": (Desk, "commit"),
    "commit": (Keys, "commit"),
    "token": (MatrixStore, "save_sync_token"),
    "tend": (receiving, "tend"),
    "upload": (Client, "keys_upload"),
    "publish": (Olm, "mark_keys_as_published"),
    "encrypt": (sending, "encrypt"),
    "share": (Client, "hand_over"),
    "put": (Client, "put"),
    "settle": (Desk, "settle"),
}


def mark(point: str) -> None:
    """Die `before` or `after` the first call of a method, or at a line."""
    where, _, name = point.partition(" ")
    if where == "line":
        watch(int(name))
        return
    owner, method = POINTS[name]
    setattr(owner, method, dying(getattr(owner, method), where))


def watch(number: int) -> None:
    """Die at the so-many-th different line of the transport that is reached."""
    reached: set[tuple[str, int]] = set()

    def lines(frame: FrameType, event: str, _: object) -> Any:
        reached.add((frame.f_code.co_filename, frame.f_lineno))
        if event == "line" and len(reached) >= number:
            os.kill(os.getpid(), signal.SIGKILL)
        return lines

    sys.settrace(lambda frame, *_: lines if frame.f_code.co_filename.startswith(TRANSPORT) else None)


def dying(method: Callable[..., Any], where: str) -> Callable[..., Any]:
    """The method, with a death before or after it."""

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    @functools.wraps(method)
    async def waited(*args: Any, **kwargs: Any) -> Any:
        if where == "before":
            die()
        await method(*args, **kwargs)
        die()

    @functools.wraps(method)
    def called(*args: Any, **kwargs: Any) -> Any:
        if where == "before":
            die()
        method(*args, **kwargs)
        die()

    return waited if asyncio.iscoroutinefunction(method) else called


async def serve(setting: dict[str, str], end: str) -> None:
    """Receive, commit and answer until the word `end` was heard and everything is answered."""
    folder = Path(setting["folder"])
    desk = Desk(folder / "desk.db")
    now: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731 - one expression
    keys = folder / "keys.db" if setting["keys"] else None
    matrix = Matrix("test", setting["url"], setting["user"], setting["token"], now, keys=keys, secret="secret")
    there = asyncio.Event()

    async def receive() -> None:
        while not (desk.heard(end) and not desk.unsent()):
            wait = not desk.unsent() and there.is_set()
            batch = await matrix.receive(desk.cursor(), wait)
            desk.commit(batch)
            there.set()

    async def send() -> None:
        await there.wait()
        while True:
            for key, place, text in desk.unsent():
                try:
                    await matrix.send(place, Rendered((("text", text),)), key)
                except Retry:
                    continue
                desk.settle(key)
            await asyncio.sleep(0)

    sender = asyncio.create_task(send())
    await receive()
    sender.cancel()
    await matrix.close()


def main() -> None:
    setting = json.loads(sys.argv[1])
    for line in sys.stdin:
        point = line.strip()
        child = os.fork()
        if child == 0:
            if not point.startswith(("end", "rest")):
                mark(point)
            asyncio.run(serve(setting, f"end {point}" if point.startswith(("line ", "rest ")) else "end"))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print("killed" if os.WIFSIGNALED(status) else "ended", flush=True)


if __name__ == "__main__":
    main()
