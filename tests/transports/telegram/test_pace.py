"""The sender against the strict server, by the real client and the machine's clock: nothing is refused, no window is too full."""

from __future__ import annotations

import asyncio

import pytest

from bot.core.effects import Lane
from bot.core.message import Plain, encode, message
from bot.engine.clock import SystemClock
from bot.engine.house import House
from bot.engine.patience import Patience
from bot.engine.sending import Sender
from bot.language.catalog import Catalogs
from bot.store import identities, queue
from bot.store.connection import MEMORY, open_store
from bot.store.database import Database
from bot.store.keys import KeyFile
from bot.store.queue import OutRow
from bot.store.times import ms
from bot.transports.telegram import Telegram
from tests.support.botapi import BotApi, Limits

PEOPLE = 100


@pytest.mark.slow
async def test_the_machines_own_clock_and_network_break_no_window() -> None:
    clock = SystemClock()
    async with BotApi(clock.now, Limits(refuse=True)) as api:
        bot = api.bot()
        mail = Telegram("main", bot.token, clock.now, api=api.base_url)
        people = [api.person(f"p{n}") for n in range(PEOPLE)]
        for person in people:
            await person.start()
        store = await open_store(MEMORY, KeyFile.from_seed(1), synchronous="OFF")
        sender = Sender(store, House(Catalogs({})), clock, [mail])

        def say(db: Database) -> None:
            now = ms(clock.now())
            for n, person in enumerate(people):
                door = identities.meet(db, mail.account, str(person.id), str(person.id), now)
                for part in range(2):
                    body = encode(message(Plain(f"{n}: {part}"))).encode()
                    queue.say(db, [OutRow(f"{n}/{part}", "", None, int(Lane.ANSWER), now, body, door=door)])

        await store.transact(say)
        await sender.recover()
        sending = asyncio.create_task(sender.run(Patience(asyncio.Event())))
        while (await store.read(queue.counts))["outbox"].get("sent", 0) < 2 * PEOPLE:
            assert not sending.done()
            await asyncio.sleep(0.05)
        sender.stop()
        await sending
        await store.close()
        await mail.close()
        assert api.audit.breaches() == []
        assert [call.code for call in api.audit.of("sendMessage") if call.code != 200] == []
        assert all(api.audit.order(person.id) == [f"{n}: 0", f"{n}: 1"] for n, person in enumerate(people))
