"""People's apps on two servers at once: real clients on the homeserver, phones on the strict Telegram server.

What somebody does is on its server when the call returns; what the bot makes of it is up to whoever has the bot.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from nio import ErrorResponse

from tests.support import botapi
from tests.support.botapi import Bot, BotApi, Group
from tests.support.homeserver import Account
from tests.support.matrix_people import Gathering, Person, Seen


class Apps:
    """`account` is the bot on Matrix, `bot` it is on Telegram. `apps` are those on Telegram, `clients` those on Matrix, each by
    name; `chats` are their own chats with the bot there."""

    def __init__(self, api: BotApi, gathering: Gathering, account: Account) -> None:
        self.api, self.gathering, self.account = api, gathering, account
        self.bot: Bot = api.bot()
        self.apps: dict[str, botapi.Person] = {}
        self.clients: dict[str, Person] = {}
        self.chats: dict[str, str] = {}
        self._old: dict[str, set[Any]] = {}

    async def stranger(self, name: str) -> Person:
        """Somebody on Matrix without a seat."""
        client = self.clients[name] = await self.gathering.person(name)
        return client

    # What they do

    async def write(self, who: str, text: str) -> str:
        """Write to the bot. The message's id."""
        if who in self.apps:
            return str((await self.apps[who].say(text)).id)
        return await self.clients[who].say(self.chats[who], text)

    async def choose(self, who: str, label: str) -> None:
        """Press the newest button with this label; where there are none, write the mark that stands before it, in reply to the
        message if there is a newer one."""
        if who in self.apps:
            await self.apps[who].press(label)
            return
        newest = True
        for seen in reversed(await self.messages(who)):
            mark = re.search(rf"(?:^|\n|· )(\w+)\)? (?:✓ )?{re.escape(label)}(?= ·|\n|$)", seen.text)
            if mark and seen.sender == self.account.user:
                client, chat = self.clients[who], self.chats[who]
                await (client.say(chat, mark[1]) if newest else client.reply(chat, seen.event, mark[1]))
                return
            newest = newest and seen.sender != self.account.user
        raise AssertionError(f"{who} sees no {label!r}: {await self.shown(who)}")

    async def invites(self, who: str, other: str, place: str) -> None:
        """Somebody asks another one into a room, with their own client."""
        answer = await self.clients[who].client.room_invite(place, self.clients[other].user)
        assert not isinstance(answer, ErrorResponse), answer

    async def enter(self, who: str, place: str) -> None:
        await self.clients[who].join(place)
        await self.clients[who].sync()

    # What they see

    async def messages(self, who: str, place: str = "") -> list[Seen]:
        """What stands in a Matrix room, or in somebody's own chat there."""
        return await self.clients[who].stands(place or self.chats[who])

    async def shown(self, who: str, place: str | Group = "") -> list[str]:
        """The texts that stand in somebody's chat, or in a room where they are, since they were last told to `forget`."""
        old = self._old.get(who, set())
        if isinstance(place, Group):
            return [m.text for m in place.sees if (place.id, m.id) not in old and m.kind != "service"]
        if who in self.apps:
            return [m.text for m in self.apps[who].sees if m.id not in old]
        return [m.text for m in await self.messages(who, place) if m.event not in old and not m.deleted]

    async def count(self, who: str, words: str, place: str | Group = "") -> int:
        """In how many messages that stand there these words are."""
        return sum(words in text for text in await self.shown(who, place))

    async def find(self, who: str, words: str, place: str = "") -> Any:
        """The newest message with these words in somebody's chat, or in a room on Matrix."""
        shown: Sequence[Any] = self.apps[who].sees if who in self.apps else await self.messages(who, place)
        found = next((m for m in reversed(shown) if words in m.text), None)
        assert found is not None, f"{words!r} does not stand with {who}: {await self.shown(who, place)}"
        return found

    async def forget(self, *places: str) -> None:
        """Everybody forgets what stands in their chats, and in these rooms on Matrix."""
        for name, app in self.apps.items():
            self._old[name] = {m.id for m in app.sees}
        for name, client in self.clients.items():
            await client.sync()
            self._old[name] = {s.event for room in client.client.rooms for s in await client.stands(room, look=False)}
