"""A platform with chats as people see them: messages have ids, can be changed and deleted, and reply to one another.

What stands in a chat now is `shown`; what people do there, they do to what they see.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot.core.rendered import Rendered, plain
from bot.store import opinions
from bot.store.connection import MEMORY
from bot.store.database import Database
from bot.transports.port import Abilities, Batch, Incoming, Media, Receipt, Refused
from tests.support.room import ACCOUNT, ASSEMBLY, Post, Room, room


class Chats(Post):
    """The platform. `stuck` are ids of messages that it does not let anybody change or delete any more,
    `changed` those that were to be changed."""

    def __init__(self, *, edits: bool = True, numbered: bool = False) -> None:
        super().__init__()
        self.abilities = Abilities(repeatable=True, edits=edits, numbered=numbered, sign="!" if numbered else "/")
        self.chats: dict[str, dict[str, Rendered]] = {}
        self.stuck: set[str] = set()
        self.rung: list[str] = []
        self.deleted: list[tuple[str, str]] = []
        self.changed: list[str] = []
        self._sent = 0

    async def send(self, place: str, message: Rendered, key: str) -> Receipt:
        await super().send(place, message, key)
        self._sent += 1
        self.chats.setdefault(place, {})[f"b{self._sent}"] = message
        self.rung += [] if message.silent else [place]
        file = message.attachment
        return Receipt(f"b{self._sent}", f"sent-{file.id}" if file is not None else "")

    async def edit(self, place: str, message: Rendered, remote: str) -> Receipt:
        self.changed.append(remote)
        if not self.abilities.edits or remote in self.stuck or remote not in self.chats.get(place, {}):
            raise Refused("cannot be changed")
        self.chats[place][remote] = message
        return Receipt(remote)

    async def delete(self, place: str, remote: str) -> None:
        if not self.abilities.edits or remote in self.stuck:
            raise Refused("cannot be deleted")
        self.chats.get(place, {}).pop(remote, None)
        self.deleted.append((place, remote))

    async def fetch(self, media: Media) -> bytes:
        return media.ref.encode()

    def shown(self, place: str) -> list[str]:
        """What stands in a chat now, as plain text."""
        return [plain(message) for message in self.chats.get(place, {}).values()]

    def find(self, place: str, words: str) -> str:
        """The id of the newest message in a chat that holds these words. KeyError where there is none."""
        for id, message in reversed(self.chats.get(place, {}).items()):
            if words in plain(message):
                return id
        raise KeyError(f"{words!r} does not stand with {place}: {self.shown(place)}")

    def answers(self, place: str, words: str) -> str:
        """The id of the message to which this one replies."""
        return self.chats[place][self.find(place, words)].answers


class Talkers:
    """People in their chats with a room (`tests.support.room`). What they write has the ids `anna-1`, `anna-2` …"""

    def __init__(self, room: Room, chats: Chats) -> None:
        self.room, self.chats = room, chats
        self._counts: dict[str, int] = {}

    async def write(self, who: str, text: str = "", **more: Any) -> str:
        """Somebody writes, sends or does something in their chat, and everything that follows happens. The message's id."""
        self._counts[who] = self._counts.get(who, 0) + 1
        own = f"{who}-{self._counts[who]}"
        await self._do(who, text=text, **{"message": own, **more})
        return own

    async def send(self, who: str, kind: Any, text: str = "", **more: Any) -> str:
        """Somebody sends a file; its platform name is `file-of-…`."""
        size, name = more.pop("size", 1000), more.pop("name", "")
        return await self.write(who, text, media=Media(kind, f"file-of-{who}", size, "", name), **more)

    async def edit(self, who: str, message: str, text: str, **more: Any) -> None:
        """Somebody changes one of their messages."""
        await self._do(who, **{"kind": "edit", "text": text, "message": message, **more})

    async def react(self, who: str, message: str, **more: Any) -> None:
        await self._do(who, **{"kind": "reaction", "text": "👍", "message": message, **more})

    async def tap(self, who: str, label: str, times: int = 1) -> None:
        """Somebody presses the newest button with this label; `times` says how often the platform reports it."""
        for id, message in reversed(self.chats.chats.get(who, {}).items()):
            press = next((b.press for b in message.buttons if b.label == label), None)
            if press is not None:
                for _ in range(times):
                    await self._do(who, kind="press", press=press, message=id)
                return
        raise KeyError(f"{who} sees no button {label}: {self.chats.shown(who)}")

    async def _do(self, who: str, **what: Any) -> None:
        self.room._count += 1
        done = Incoming(str(self.room._count), who, who, self.room.clock.now(), language="en")
        await self.room.engine.take_in(ACCOUNT, Batch((replace(done, **what),), str(self.room._count)))
        await self.room.engine.settle()

    def shown(self, who: str) -> list[str]:
        return self.chats.shown(who)

    def last(self, who: str) -> str:
        """The newest message in somebody's chat."""
        return self.chats.shown(who)[-1]


async def kept(t: Talkers) -> list[tuple[str, str, str]]:
    """What stands of all that was given: kind, file, words."""
    return await t.room.store.read(_kept)


def _kept(db: Database) -> list[tuple[str, str, str]]:
    ids = [id for (id,) in db.sql.execute("SELECT id FROM contribution ORDER BY seq")]
    found = (opinions.contribution(db, ASSEMBLY, id) for id in ids)
    return [(c.kind, c.media, c.text) for c in found if c is not None and c.state == "live"]


async def files(t: Talkers) -> int:
    """How many files are known."""
    return await t.room.store.read(lambda db: db.sql.execute("SELECT COUNT(*) FROM media").fetchone()[0])


FLOW = """
[flow]
id = "words"
source_language = "en"
languages = ["en", "de"]
title = "Bread"
[mandate]
by = "The town"
question = "What about bread?"
contact = "Claire, 03 00 00 00 00"
[schedule]
sites = [{ id = "linz", zone = "Europe/Vienna", languages = ["en", "de"] }]
[groups.tables]
size = { min = 2, target = 3, max = 6 }
min_present = 2
[[step]]
id = "consent"
type = "consent"
duration = "1h"
controllers = ["The town"]
delete_on = 2028-01-01
purposes = ["transcript"]
text = { en = "Your table sees your words.", de = "Ihr Tisch sieht Ihre Worte." }
[[step]]
id = "tables"
type = "assign"
plan = "tables"
"""
TALK = '[[step]]\nid = "talk"\ntype = "discuss"\nduration = "40m"\ntext = "What about bread?"\n'
PEOPLE = ("anna", "ben", "cleo")


@asynccontextmanager
async def table(
    steps: str = TALK, *, edits: bool = True, maya: bool = True, agreed: bool = True, numbered: bool = False,
    path: str | Path = MEMORY, names: Mapping[str, str] = MappingProxyType({}), people: tuple[str, ...] = PEOPLE,
    purposes: tuple[str, ...] = ("transcript",),
) -> AsyncIterator[Talkers]:  # fmt: skip
    """Anna, Ben and Cleo sit at a table that Maya leads (unless there is no `maya`); the step after the tables is open. Where
    they have not `agreed`, they have just been asked for their consent. `names` are other names that they choose. Where there
    are other `people`, there may be more tables. They agree to all `purposes`."""
    chats = Chats(edits=edits, numbered=numbered)
    asked = ", ".join(f'"{purpose}"' for purpose in purposes)
    flow = FLOW.replace('purposes = ["transcript"]', f"purposes = [{asked}]")
    async with room(flow + steps, chats, path) as here:
        talkers = Talkers(here, chats)
        for name in people:
            await here.enrol(name)
        if maya:
            await here.enrol("maya", "facilitator")
        await here.enrol("olga", "coordinator")
        await here.begin()
        if not agreed:
            yield talkers
            return
        for name in people:
            await talkers.tap(name, "I am 18 or older and agree")
            for _ in purposes:
                await talkers.tap(name, "Yes")
            await talkers.write(name, names.get(name, name.title()))
        await here.wait(timedelta(hours=1))
        await here.engine.settle()
        for chat in chats.chats.values():
            chat.clear()
        chats.rung.clear()
        yield talkers
