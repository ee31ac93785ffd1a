"""A whole assembly on Telegram: invented people with their apps on the strict server, and the bot in a process to be killed.

Some tables meet in groups. What people read there they read in the group; everybody else reads it in private.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import sqlite3
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from bot.core.rendered import Choice, Rendered
from bot.rehearsal.cast import Part
from bot.rehearsal.village import Village
from bot.store.times import instant
from bot.transports.port import Incoming
from tests.support.botapi import Bot, BotApi, Group, Message, Person, Topic
from tests.support.shared_clock import SharedClock

TICK = timedelta(seconds=1)
TOGETHER = timedelta(seconds=4)
"""What people do within such a span reaches the bot together, as from a busy platform."""

BIND = re.compile(r"/bind ([A-Z0-9-]{16,})")
WAITS = 120.0
"""So many seconds the bot may take for one command, on a busy machine."""


@dataclass
class Room:
    """A group, or a topic of one, in which a table meets."""

    group: Group
    topic: Topic | None
    people: set[str] = field(default_factory=set)

    @property
    def place(self) -> str:
        return f"{self.group.id}/{self.topic.id}" if self.topic else str(self.group.id)


class Stage:
    """People, their apps, and the bot. `kills` counts how often it was killed at work; `chosen` is what people have pressed
    last, by question and person; `said` what they have said in rooms."""

    def __init__(self, folder: Path, api: BotApi, bot: Bot, clock: SharedClock, parts: list[Part]) -> None:
        self.folder, self.api, self.bot, self.clock, self.parts = folder, api, bot, clock, parts
        self.village = Village((part.person for part in parts), clock.now)
        self.apps: dict[str, Person] = {
            part.person.user: api.person(part.person.user, part.person.language) for part in parts
        }
        self.users = {str(person.id): user for user, person in self.apps.items()}
        self.rooms: dict[str, Room] = {}
        self.chosen: dict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
        self.said: dict[str, list[str]] = defaultdict(list)
        self.kills = 0
        self._where: dict[str, str] = {}
        self._read = 0
        self._keys = 0
        self._process: asyncio.subprocess.Process | None = None
        self._sql: sqlite3.Connection | None = None
        self._meanings: dict[str, str] = {}

    # The bot

    async def live(self) -> None:
        """Start the bot, as often as one likes."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.support.bot_process", str(self.folder), self.api.base_url, self.bot.token,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=64 * 1024 * 1024,
        )  # fmt: skip
        assert await self._line() == "ready"

    async def ask(self, command: str) -> Any:
        self._tell(command)
        return await self._line()

    async def kill_at_work(self, sent: int) -> bool:
        """Let the bot go on, kill it once it has sent so many messages more, and start it anew. False where it had done all
        there was to do before."""
        assert self._process is not None
        assert self._process.stdout is not None
        before = self._sent_so_far()
        self._tell("go_on")
        done = asyncio.create_task(self._process.stdout.readline())
        while not done.done() and self._sent_so_far() < before + sent:  # noqa: ASYNC110 - another process writes this file
            await asyncio.sleep(0)
        at_work = not done.done()
        await self.kill()
        await asyncio.gather(done, return_exceptions=True)
        await self.live()
        self.kills += at_work
        return at_work

    async def kill(self) -> None:
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process.pid, signal.SIGKILL)
        await self._process.wait()

    async def end(self) -> None:
        if self._sql is not None:
            self._sql.close()
        if self._process is not None and self._process.returncode is None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            async with asyncio.timeout(WAITS):
                await self._process.wait()

    def _tell(self, command: str) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([command]).encode() + b"\n")

    async def _line(self) -> Any:
        assert self._process is not None
        assert self._process.stdout is not None
        async with asyncio.timeout(WAITS):
            line = await self._process.stdout.readline()
        assert line, "the bot has ended; its last words stand above"
        return json.loads(line)

    def _sent_so_far(self) -> int:
        file = self.folder / "sent.jsonl"
        return file.read_bytes().count(b"\n") if file.exists() else 0

    # People

    async def seat_everybody(self, codes: Mapping[str, str]) -> None:
        """Everybody follows the link of their invitation; who is late will do so later."""
        for part in self.parts:
            user = part.person.user
            words = f"/start {codes[user]}"
            if part.late is None:
                self.village.plan(user, self.clock.now(), words)
                if part.person.role != "participant":
                    self.village.plan(user, self.clock.now(), f"/name {part.person.name}")
            else:
                self.village.plan_late(user, part.late, words)
        await self._act()

    async def step(self) -> bool:
        """Everything until the next instant at which something happens. False once nothing does."""
        due = await self.ask("go_on")
        await self.read()
        acts = self.village.next_time()
        coming = [at for at in (instant(due) if due is not None else None, acts) if at is not None]
        if not coming:
            return False
        if acts is not None and acts == min(coming):
            together = acts + TOGETHER if due is None else min(acts + TOGETHER, max(acts, instant(due)))
            self.clock.move(max(together, self.clock.now()))
            await self._act()
        else:
            self.clock.move(max(min(coming), self.clock.now()))
        return True

    async def read(self) -> None:
        """Everybody reads what has come since."""
        for line in self._new_lines():
            shown = Rendered(
                tuple((kind, text) for kind, text in line["blocks"]),
                tuple(Choice(label, self.meaning(press), chosen) for label, press, chosen in line["buttons"]),
                line["step"],
                line["expects"],
            )
            room = next((room for room in self.rooms.values() if room.place == line["place"]), None)
            if room is not None:
                await self._read_in_room(room, shown)
            elif line["place"] in self.users:
                await self._reads(self.users[line["place"]], shown, "")

    def _new_lines(self) -> list[Any]:
        file = self.folder / "sent.jsonl"
        if not file.exists():
            return []
        with file.open("rb") as lines:
            lines.seek(self._read)
            new = lines.read()
        whole = new[: new.rfind(b"\n") + 1]  # the last line may be half, where the bot was killed while it wrote
        self._read += len(whole)
        return [json.loads(line) for line in whole.splitlines()]

    def meaning(self, data: str) -> str:
        """What a button stands for: only the database knows."""
        if data not in self._meanings:
            if self._sql is None:
                self._sql = sqlite3.connect(f"file:{self.folder}/evening.db?mode=ro", uri=True)
            key, _, number = data.partition(":")
            row = self._sql.execute("SELECT presses FROM button WHERE key = ?", (key,)).fetchone()
            self._meanings[data] = str(json.loads(row[0])[int(number)]) if row else ""
        return self._meanings[data]

    async def _read_in_room(self, room: Room, shown: Rendered, without: str = "") -> None:
        for user in sorted(room.people - {without}):
            await self._reads(user, shown, room.place)

    async def _reads(self, user: str, shown: Rendered, place: str) -> None:
        if shown.expects or place:
            self._where[user] = place
        self._keys += 1
        await self.village.send(user, shown, str(self._keys))

    async def _act(self) -> None:
        for event in self.village.act().events:
            await self._do(event)

    async def _do(self, event: Incoming) -> None:
        person, place = self.apps[event.user], self._where.get(event.user, "")
        room = next((room for room in self.rooms.values() if place and room.place == place), None)
        if event.press:
            await self._press(person, event.press, room)
        elif room is not None and not event.text.startswith("/"):
            await room.group.say(person, event.text, room.topic)
            self.said[room.place].append(event.text)
            named = (("text", person.name), ("quote", event.text))
            await self._read_in_room(room, Rendered(named), event.user)
        else:
            await person.say(event.text)

    async def _press(self, person: Person, press: str, room: Room | None) -> None:
        """Press the newest button that stands for this; nobody presses what has gone."""
        shown: list[Message] = list(person.got)
        if room is not None:
            shown += [m for m in room.group.seen(room.topic) if isinstance(m.sender, Bot)]
        for message in sorted(shown, key=lambda m: m.date, reverse=True):
            for label in message.labels:
                if self.meaning(message.data(label)) == press:
                    await person.press_data(message, message.data(label))
                    parts = press.partition("@")[0].split(":")
                    if len(parts) == 4:
                        self.chosen[tuple(parts[:3])][person.name] = parts[3]
                    return

    # Rooms

    async def bind(self, table: str, topics: bool, stays_out: int = 1) -> Room:
        """The facilitator of a table takes it into a group, or a topic; all but `stays_out` of its people go there."""
        places: list[str] = (await self.ask("tables"))[table]
        users = [self.users[place] for place in places]
        facilitator = next(u for u in users if self.village.people[u].role == "facilitator")
        app = self.apps[facilitator]
        await app.say("/bind")
        await self._pass_on()
        codes = [found[1] for message in reversed(app.got) if (found := BIND.search(message.text))]
        assert codes, f"no code to bind {table} in: {[message.text for message in app.got][-3:]}"
        group = self.api.group(f"Table {table}", [app], topics=topics, bots=[self.bot])
        await group.promote(self.bot)
        topic = await group.topic(table) if topics else None
        room = Room(group, topic)
        await group.say(app, f"/bind {codes[0]}", topic)
        await self._pass_on()
        goes = [u for u in users if self.village.people[u].role == "participant"][stays_out:]
        self.rooms[table] = room
        room.people = {facilitator, *goes}
        for user in goes:
            await group.add(self.apps[user])
        await self._pass_on()
        return room

    async def _pass_on(self) -> None:
        """Let the bot take in what was done, and answer it, however long its pace takes."""
        await self.ask("receive")
        await self.ask("settle")
        while (due := await self.ask("due")) is not None and instant(due) <= self.clock.now() + 5 * TICK:
            self.clock.move(max(instant(due), self.clock.now()))
            await self.ask("settle")
        await self.read()

    # What is to be seen at the end

    def repeats(self) -> list[Message]:
        """The messages that say that they may be repeats."""
        chats = [app.chat() for app in self.apps.values()] + [room.group.chat for room in self.rooms.values()]
        marks = ("(This may be a repeat.)", "(Das ist vielleicht eine Wiederholung.)")
        return [m for chat in chats for m in chat.messages.values() if m.text.startswith(marks)]

    def doubled(self) -> Counter[tuple[int, str]]:
        """What stands twice in somebody's chat, word for word, one directly below the other."""
        found: Counter[tuple[int, str]] = Counter()
        for app in self.apps.values():
            for one, two in pairwise(app.got):
                if one.text == two.text and one.labels == two.labels and two.date - one.date < timedelta(minutes=1):
                    found[(app.id, one.text[:80])] += 1
        return found
