"""Telegram and the people on it, in a process that a kill of Pnyx does not touch: the strict server, a script, and the time.

The script is played a line at a time (`telegram_script`). Each line waits until everything before it is handled and sent, and
happens at an hour of its own, twenty seconds after the one before: so every run does the same at the same time.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from bot.core.schedule import duration
from bot.store.times import instant, ms
from tests.support.botapi.bots import Bot
from tests.support.botapi.control import Controlled
from tests.support.botapi.groups import Group
from tests.support.botapi.model import Chat, Json, Message
from tests.support.botapi.people import Person
from tests.support.botapi.server import TOKEN
from tests.support.crashing.telegram_script import Scripted
from tests.support.crashing.world import START
from tests.support.shared_clock import SharedClock

BETWEEN = timedelta(seconds=20)
QUIET = timedelta(minutes=1)
"""So long nothing happens at most before Pnyx hears that there is nothing."""

LONGEST = 60
"""Seconds after which a world is ended in any case."""

NUMBERS = 100
"""So many messages an act may lead to."""

FIRST = 500_000_001
"""The id of the first person of the cast; the others follow."""

_CODE = re.compile(r"/bind ([A-Z2-7-]+)")
_LINE = re.compile(r"(\w+)(?: in (\w+))?: (.*)")
_MARK = "✓ "


@dataclass(frozen=True)
class Act:
    """Something that somebody did: the number of the first update that says so, who, and which press it was, and what the button
    carried."""

    update: int
    user: str
    press: str = ""
    data: str = ""


class World(Controlled):
    """The server, which plays the script a line at a time, whenever Pnyx asks for it."""

    def __init__(self, scenario: Scripted, folder: Path, clock: SharedClock) -> None:
        super().__init__(clock=clock.now)
        self.pnyx: Bot = self.bot(TOKEN)
        self.apps: dict[str, Person] = {}
        self.groups: dict[str, Group] = {}
        self.left: list[Chat] = []
        self.acts: list[Act] = []
        self._time = clock
        self._codes: dict[str, str] = json.loads((folder / "codes.json").read_text())
        self._lines = [line for line in scenario.lines if not line.startswith("@cast")]
        self._hour = START + BETWEEN
        self._acted, self._first = 0, self.pnyx.queue.next_id
        self._since: dict[int, int] = {}
        for name, _, _, language, *more in scenario.cast:
            self.apps[name] = self.person(name.capitalize(), language)
            self.apps[name].chat(self.pnyx).opened = more != ["invited"]

    # What Pnyx asks for, and the judge

    async def do_next(self, cursor: str = "", due: int | None = None) -> Json:
        """Pnyx has handled what lies before the cursor, and has nothing to do before `due`: let something happen. Says what:
        `act`, `time`, `wait` (something was on its way), `end`, or why the script does not go on."""
        try:
            return await self._next(int(cursor or self._first), due)
        except Exception as error:
            return {"what": f"{type(error).__name__}: {error}"}

    async def _next(self, offset: int, due: int | None) -> Json:
        if offset < self.pnyx.queue.next_id or self.pnyx.poll is None:
            await self.until(lambda: not self.pnyx.queue.waiting and self.pnyx.poll is not None, LONGEST)
            return {"what": "wait"}
        line = self._lines[0]
        if line == "@end":
            self._hour = instant(due) if due is not None else self._hour
        elif line.startswith("@") and (span := line[1:]).rstrip("smhd").isdecimal():
            self._hour = START + duration(span)
        now, next = self._time.now(), instant(due) if due is not None else None
        if line == "@end" and next is None:
            return {"what": "end"}
        until = next if next is not None and next <= self._hour else self._hour
        if until > now + QUIET:
            self._time.move(now + QUIET)
            self.pnyx.wake()
            return {"what": "time"}
        self._time.move(max(until, now))
        if until == next:
            return {"what": "time"}
        self._hour += BETWEEN
        del self._lines[0]
        self._number()
        before = self.pnyx.queue.next_id
        await self._do(line)
        named = _LINE.fullmatch(line)
        if named or line.startswith("@enter"):
            act = Act(before, named[1] if named else line.split()[1])
            if named and named[3].startswith("["):
                press = [*self.pnyx.presses.values()][-1]
                act = replace(act, press=press.id, data=press.data)
            self.acts.append(act)
        return {"what": "act"}

    async def do_confirmed(self) -> list[Json]:
        """What people did, and whether Pnyx has taken it over: it has asked for what comes after, or has told the presser so."""
        waiting = {update.id for update in self.pnyx.queue.waiting}
        return [
            {
                **vars(act),
                "confirmed": act.update not in waiting
                or (act.press in self.pnyx.presses and self.pnyx.presses[act.press].answered),
            }
            for act in self.acts
        ]

    async def do_told(self) -> list[Json]:
        """What stands in each chat, of what Pnyx has said there, and what it said at first."""
        chats = {name: app.chat(self.pnyx) for name, app in self.apps.items()}
        chats |= {f"left {n}": chat for n, chat in enumerate(self.left)}
        chats |= {name: group.chat for name, group in self.groups.items()}
        return [
            {
                "chat": name,
                "group": chat.is_group,
                "id": m.id,
                "at": ms(m.date),
                "sent": (m.history or [m.text])[0],
                "text": m.text,
                "labels": m.labels,
                "deleted": m.deleted,
            }
            for name, chat in chats.items()
            for m in chat.messages.values()
            if m.sender is self.pnyx and m.kind != "service"
        ]

    # The script

    def _number(self) -> None:
        """Messages are numbered anew before each act, so that one that was repeated shifts no number for long."""
        self._acted += 1
        assert self.pnyx.last_message < NUMBERS * self._acted, "an act led to too many messages"
        self.pnyx.last_message = NUMBERS * self._acted
        for chat in self.chats.values():
            self._since.setdefault(chat.id, self._acted)
            chat.last_id = NUMBERS * (1 + self._acted - self._since[chat.id])

    async def _do(self, line: str) -> None:
        word, *rest = line.split()
        match word:
            case "@group":
                title, *names = rest
                self.groups[title] = self.group(title, [self.apps[name] for name in names], bots=[self.pnyx])
                await self.groups[title].promote(self.pnyx)
            case "@enter":
                await self.groups[rest[1]].add(self.apps[rest[0]])
            case "@migrate":
                group = self.groups[rest[0]]
                self.left.append(group.chat)
                await group.migrate(told=rest[1:] != ["untold"])
            case _ if not line.startswith("@"):
                await self._act(line)

    async def _act(self, line: str) -> None:
        found = _LINE.fullmatch(line)
        assert found is not None, f"{line!r} is no line of a script"
        app, words = self.apps[found[1]], found[3]
        chat = self.groups[found[2]].chat if found[2] else app.chat(self.pnyx)
        if words.startswith("["):
            await self._press(app, chat, words[1:-1])
        elif words.startswith("~ "):
            own = [m for m in chat.messages.values() if m.sender is app and not m.deleted]
            await app.edit(own[-1], words[2:])
        else:
            app.put(chat, self._filled(app, words))

    def _filled(self, app: Person, words: str) -> str:
        if "{invitation}" in words:
            words = words.replace("{invitation}", self._codes[app.name.lower()])
        if "{code}" in words:
            words = words.replace("{code}", next(c[1] for m in reversed(app.got) if (c := _CODE.search(m.text))))
        return words

    async def _press(self, app: Person, chat: Chat, start: str) -> None:
        shown: list[tuple[Message, str]] = [
            (m, label)
            for m in chat.messages.values()
            if m.sender is self.pnyx and not m.deleted
            for label in m.labels
            if label.removeprefix(_MARK).startswith(start)
        ]
        assert shown, f"{app.name} sees no button {start!r}"
        message, label = shown[-1]
        await app.press_data(message, message.data(label))


@contextmanager
def around(scenario: Scripted, folder: Path) -> Iterator[None]:
    """The world in a process of its own, for as long as the context lasts. Its port stands in the file `port`."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        _be(scenario, folder, writing)
    os.close(writing)
    try:
        port = os.read(reading, 16)
        if not port:
            raise RuntimeError(f"the world of {scenario.name} did not begin")
        (folder / "port").write_bytes(port)
        yield
    finally:
        os.close(reading)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _be(scenario: Scripted, folder: Path, writing: int) -> None:
    """Be the world until somebody ends it."""

    async def serve() -> None:
        world = World(scenario, folder, SharedClock(folder / "clock", START))
        async with world:
            os.write(writing, str(world.port).encode())
            os.close(writing)
            await asyncio.Event().wait()

    try:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(LONGEST)
        asyncio.run(serve())
    finally:
        os._exit(1)


def port(folder: Path) -> int:
    return int((folder / "port").read_text())


def asked(folder: Path, what: str) -> list[dict[str, Any]]:
    """What the world answers to a question."""
    line = HTTPConnection("127.0.0.1", port(folder), timeout=LONGEST)
    line.request("GET", f"/control/{what}")
    found: list[dict[str, Any]] = json.load(line.getresponse())
    line.close()
    return found
