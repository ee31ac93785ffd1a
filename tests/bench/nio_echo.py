"""`python -m tests.bench.nio_echo URL USER DEVICE TOKEN`: the bot that everybody writes first, against which ours is measured.

matrix-nio's own loop with its defaults, one message for each, nothing stored.
"""

from __future__ import annotations

import asyncio
import sys

from nio import AsyncClient, AsyncClientConfig, MatrixRoom, RoomMessageText

WAIT = 30_000
"""Milliseconds that a sync waits."""


async def main(url: str, user: str, device: str, token: str) -> None:
    client = AsyncClient(url, user, config=AsyncClientConfig(encryption_enabled=False))
    client.restore_login(user, device, token)

    async def echo(room: MatrixRoom, event: RoomMessageText) -> None:
        if event.sender != user:
            await client.room_send(room.room_id, "m.room.message", {"msgtype": "m.text", "body": event.body})

    await client.sync(0)
    client.add_event_callback(echo, RoomMessageText)
    await client.sync_forever(WAIT)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
