"""A whole assembly: invented people with their apps, and the bot in a process to be killed (`tests.support.bot_at_work`).

Some tables meet in rooms of a platform. What people read there they read in the room; everybody else reads it in private. The
apps stand in `tests.support.stage_telegram` and `tests.support.stage_matrix`.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from bot.core.heard import PICK
from bot.core.rendered import Choice, Rendered
from bot.rehearsal.cast import Part
from bot.rehearsal.village import Village
from bot.store.times import instant
from bot.transports.port import Incoming
from tests.support.bot_at_work import BotAtWork
from tests.support.shared_clock import SharedClock

TICK = timedelta(seconds=1)
TOGETHER = timedelta(seconds=4)
"""What people do within such a span reaches the bot together, as from a busy platform."""

_KEYED = re.compile(r"([a-z2-7]{16}):(\d{1,3})")

Place = tuple[str, str]
"""An account of the bot, and a chat on its platform."""


@dataclass(eq=False)
class Room:
    """Where a table meets on one platform, who is there, and what they have said there."""

    table: str
    at: Place
    people: set[str] = field(default_factory=set)
    said: list[str] = field(default_factory=list)


class App(Protocol):
    """Somebody's app of one platform: `account` is the bot there, `place` their own chat with it."""

    account: str

    @property
    def place(self) -> str: ...

    async def write(self, text: str, room: Room | None) -> None:
        """Write in private, or in a room."""
        ...

    async def choose(self, press: str, room: Room | None) -> bool:
        """Choose the newest of what is offered in private or in a room that stands for this. False where nothing does."""
        ...


class Stage(BotAtWork):
    """People, their apps, and the bot. `chosen` is what people have chosen last, by question and person."""

    def __init__(self, folder: Path, servers: Sequence[str], clock: SharedClock, parts: Sequence[Part]) -> None:
        super().__init__(folder, servers)
        self.clock, self.parts = clock, parts
        self.village = Village((part.person for part in parts), clock.now)
        self.apps: dict[str, dict[str, App]] = {part.person.user: {} for part in parts}
        self.rooms: dict[Place, Room] = {}
        self.chosen: dict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
        self._users: dict[Place, str] = {}
        self._where: dict[str, Place] = {}
        self._keys = 0
        self._sql: sqlite3.Connection | None = None
        self._meanings: dict[str, str] = {}

    async def end(self) -> None:
        if self._sql is not None:
            self._sql.close()
        await super().end()

    # People

    def equip(self, user: str, app: App) -> None:
        """Somebody has an app of a platform; they use it from now on."""
        self.apps[user][app.account] = app
        self._users[app.account, app.place] = user
        self._where[user] = app.account, app.place

    async def take_other_app(self, user: str) -> None:
        """Somebody puts one app away, and asks in the next one of theirs what is open."""
        names = sorted(self.apps[user])
        account = names[(names.index(self._where[user][0]) + 1) % len(names)]
        self._where[user] = account, self.apps[user][account].place
        await self.apps[user][account].write("/help", None)

    def user_at(self, place: Sequence[str]) -> str:
        """Whose chat with the bot this is, by account and place."""
        account, where = place
        return self._users[account, where]

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

    async def pass_on(self) -> None:
        """Let the bot take in what was done, and answer it, however long its pace takes."""
        await self.ask("receive")
        await self.ask("settle")
        while (due := await self.ask("due")) is not None and instant(due) <= self.clock.now() + 5 * TICK:
            self.clock.move(max(instant(due), self.clock.now()))
            await self.ask("settle")
        await self.read()

    async def read(self) -> None:
        """Everybody reads what has come since."""
        for line in self.new_lines():
            place = line["account"], line["place"]
            shown = Rendered(
                tuple((kind, text) for kind, text in line["blocks"]),
                tuple(Choice(label, self.meaning(press), chosen) for label, press, chosen in line["buttons"]),
                line["step"],
                line["expects"],
            )
            if not self.arrives(line, place, shown):
                continue
            if place in self.rooms:
                await self._read_in_room(self.rooms[place], shown)
            elif place in self._users:
                await self._reads(self._users[place], shown, place)

    def arrives(self, line: Mapping[str, Any], place: Place, shown: Rendered) -> bool:
        """A message has come, or was changed. False where it has been read before."""
        return True

    def meaning(self, data: str) -> str:
        """What a button stands for: where it carries a key, only the database knows."""
        if (found := _KEYED.fullmatch(data)) is None:
            return data
        if data not in self._meanings:
            if self._sql is None:
                self._sql = sqlite3.connect(f"file:{self.folder}/evening.db?mode=ro", uri=True)
            row = self._sql.execute("SELECT presses FROM button WHERE key = ?", (found[1],)).fetchone()
            self._meanings[data] = str(json.loads(row[0])[int(found[2])]) if row else ""
        return self._meanings[data]

    async def _read_in_room(self, room: Room, shown: Rendered, without: str = "") -> None:
        for user in sorted(room.people - {without}):
            await self._reads(user, shown, room.at)

    async def _reads(self, user: str, shown: Rendered, place: Place) -> None:
        if shown.expects or place in self.rooms:
            self._where[user] = place
        meant = [b for b in shown.buttons if b.press.startswith(f"{PICK}:")]
        if meant:  # what they wrote was a choice, and they say so
            shown = replace(shown, buttons=tuple(meant))
        self._keys += 1
        await self.village.send(user, shown, str(self._keys))

    async def _act(self) -> None:
        """People do what they would do by now; each does one thing after the other."""
        for event in self.village.act().events:
            await self.do(event)

    async def do(self, event: Incoming) -> None:
        """Somebody writes or chooses."""
        account, _ = where = self._where[event.user]
        room = self.rooms.get(where)
        if event.press:
            await self._choose(event.user, event.press)
        elif room is not None and not event.text.startswith("/"):
            await self.apps[event.user][account].write(event.text, room)
            room.said.append(event.text)
            named = (("text", self.village.people[event.user].name), ("quote", event.text))
            await self._read_in_room(room, Rendered(named), event.user)
        else:
            await self.apps[event.user][account].write(event.text, None)

    async def _choose(self, user: str, press: str) -> None:
        """Choose where they have read last, else in another of their apps; nobody chooses what has gone."""
        last = self._where[user][0]
        for account, app in sorted(self.apps[user].items(), key=lambda each: each[0] != last):
            room = next((r for r in self.rooms.values() if r.at[0] == account and user in r.people), None)
            if await app.choose(press, room):
                parts = press.partition("@")[0].split(":")
                if len(parts) == 4:
                    self.chosen[tuple(parts[:3])][user] = parts[3]
                return
