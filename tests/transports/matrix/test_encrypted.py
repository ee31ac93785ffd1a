"""Encrypted rooms: both ways, across kills at every marked point, with keys that are late, lost, or another device's."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
from pathlib import Path

import pytest

from bot.transports.matrix.cursor import Cursor
from tests.support import matrix_kills
from tests.support.homeserver import PATIENCE, ROOT
from tests.support.matrix_people import Gathering

pytestmark = pytest.mark.homeserver


async def test_killed_at_every_point_of_an_encrypted_account(homeserver: Gathering, tmp_path: Path) -> None:
    """Nothing is lost, nothing unreadable, nothing answered twice, though the account also sends all the while."""
    names = [name for name in matrix_kills.POINTS if name not in ("upload", "publish")]
    points = [f"{where} {name}" for name in names for where in ("before", "after")]
    bot = homeserver.server.login(homeserver.pool.account("bot"))
    anna = await homeserver.person("anna", encrypted=True)
    setting = {"url": homeserver.server.url, "user": bot.user, "token": bot.token, "folder": str(tmp_path)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.matrix_kills", json.dumps(setting),
        cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None

    async def until_killed(point: str) -> str:
        process.stdin.write(f"{point}\n".encode())
        async with asyncio.timeout(PATIENCE):
            return (await process.stdout.readline()).decode().strip()

    # The homeserver has one-time keys of the bot's device, and the process that uploaded them has heard nothing of it.
    for point in ("before upload", "before publish"):
        assert await until_killed(point) == "killed"
    room = await homeserver.room(anna, bot, encrypted=True, fresh=True)
    await anna.sync()
    said: list[str] = []
    fates: dict[str, str] = {}
    for point in points:
        said.append(f"before {point}")
        await anna.say(room, said[-1])
        anna.client.invalidate_outbound_session(room)
        fates[point] = await until_killed(point)
    await anna.say(room, "end")
    assert await until_killed("end") == "ended"
    process.stdin.close()
    await process.wait()

    assert set(fates.values()) == {"killed"}, fates
    with sqlite3.connect(tmp_path / "desk.db") as db:
        heard = [text for text, _ in db.execute("SELECT text, bar FROM inbox ORDER BY rowid")]
        (cursor,) = db.execute("SELECT at FROM cursor").fetchone()
    db.close()
    assert heard == [*said, "end"]
    assert Cursor.decode(cursor).locked == ()
    answers = [f"heard {text}" for text in (*said, "end")]
    seen = await anna.sees(room, lambda all_: any(s.text == answers[-1] for s in all_))
    assert [s.text for s in seen if s.sender == bot.user] == answers
    assert [s for s in seen if s.locked] == []
