"""The engine and a homeserver: somebody opens a chat, comes in with a code, and answers by number, in the clear or encrypted."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.engine.clock import ManualClock
from bot.store import codes
from bot.store.database import Database
from bot.store.times import ms
from bot.transports.matrix import Matrix
from tests.support.chats import FLOW, TALK
from tests.support.matrix_people import Gathering
from tests.support.room import ASSEMBLY, Room, room

pytestmark = pytest.mark.homeserver


async def invite(here: Room) -> str:
    def make(db: Database) -> str:
        now = ms(here.clock.now())
        return codes.make_code(db, ASSEMBLY, "participant", "linz", made=now, expires=now + 10**9)

    return await here.store.transact(make)


@pytest.mark.parametrize("encrypted", [False, True])
async def test_from_an_empty_chat_to_a_name(homeserver: Gathering, tmp_path: Path, encrypted: bool) -> None:
    bot = homeserver.server.login(homeserver.pool.account("bot"))
    anna = await homeserver.person("anna", encrypted=encrypted, fresh=True)
    clocks: list[ManualClock] = []
    keys = tmp_path / "keys.db" if encrypted else None
    matrix = Matrix(
        "main", homeserver.server.url, bot.user, bot.token, lambda: clocks[0].now(), keys=keys, secret="secret"
    )
    async with room(FLOW + TALK, matrix) as here:
        clocks.append(here.clock)
        code = await invite(here)
        await here.begin()
        running = asyncio.create_task(here.engine.run())
        try:
            chat = await anna.dm(bot.user, encrypted=encrypted)
            await anna.reads(chat, "the code from your invitation")
            await anna.say(chat, f"!join {code}")
            await anna.reads(chat, "1 I am 18 or older and agree")
            await anna.say(chat, "1")
            await anna.reads(chat, "1 Yes · 2 No")
            await anna.say(chat, "1")
            await anna.reads(chat, "What shall your table call you?")
            await anna.say(chat, "Annabelle")
            seen = await anna.sees(chat, lambda all_: all_[-1].sender == bot.user and "Annabelle" in all_[-1].text)
        finally:
            here.engine.stop()
            await running
    await matrix.close()
    assert [s.text for s in seen if s.sender == anna.user] == [f"!join {code}", "1", "1", "Annabelle"]
    assert not any(s.locked for s in seen)
