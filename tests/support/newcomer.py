"""Somebody who has never seen the bot, and knows nothing but what it writes to them.

They have wishes in words of every day ("more time"). What to write for one they find in what they have read: a line that says
`/command example: what it does`. If no message names it, they ask for help as the messages say; if that does not name it either,
they tap on for all commands; and then they are stuck, which fails the test.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Protocol

from bot.engine.clock import ManualClock
from bot.engine.engine import Engine
from bot.language.flowfiles import unbundle
from bot.language.translation.service import simple as translators
from bot.store import codes
from bot.store.connection import MEMORY, open_store
from bot.store.keys import KeyFile
from bot.store.times import ms
from bot.transports.telegram import Telegram
from tests.support.botapi import BotApi, Person
from tests.support.chats import Chats, Talkers
from tests.support.room import ASSEMBLY, CATALOGS, START, Room, _begin, _make, bundled, room

LINE = re.compile(r"^(?:[•\-*] )?(/\w+[^:\n]*): (.+)$", re.MULTILINE)
"""A line that names a command: how it is written, and what it does."""

ASIDE = re.compile(r"(/\w+) (?:shows|explains|lists)")
"""A command that a sentence names by the way."""

MONTH = timedelta(days=30)


class Stuck(AssertionError):
    """Nothing that they read says how to do what they want."""


class Phone(Protocol):
    """What somebody sees and does in their chat with the bot."""

    def texts(self) -> list[str]:
        """What stands there, oldest first."""
        ...

    def labels(self) -> list[str]:
        """The buttons of the newest message that has any."""
        ...

    async def say(self, text: str) -> None: ...

    async def reply(self, words: str, text: str) -> None:
        """Reply to the newest message that holds these words."""
        ...

    async def press(self, label: str) -> None: ...


class Evening(Protocol):
    """A place where an assembly is held: everybody has a phone, and time passes."""

    def phone(self, who: str) -> Phone: ...

    async def wait(self, span: timedelta) -> None: ...


class Newcomer:
    """Leads with what they read. `done` are the wishes that came true, with what was written for each."""

    def __init__(self, phone: Phone, name: str) -> None:
        self.phone, self.name = phone, name
        self.done: dict[str, str] = {}
        self._told = 0

    def news(self) -> str:
        """What has been written to them since they looked last."""
        texts = self.phone.texts()
        fresh, self._told = texts[self._told :] or texts[-1:], len(texts)
        return "\n".join(fresh)

    async def introduces_themselves(self) -> None:
        """They are asked for a name, and shown how to write it."""
        asked = next((text for text in self.phone.texts() if "call you" in text), None)
        shown = re.search(r"write it like this: (/\w+) ", asked or "")
        if shown is None:
            raise Stuck(f"nothing says how to give a name: {self.phone.texts()}")
        await self._write(f"{shown[1]} {self.name}", "a name")

    async def wants(self, wish: str, *, somebody: str = "", words: str = "", about: str = "") -> None:
        """Do what is described like this; about `somebody`, with `words` of their own, in reply to what somebody said."""
        how = await self._look_up(wish)
        command, *example = how.split()
        given = [command]
        for part in example:
            given.append(words if part == "…" else somebody if part[:1].isupper() else part)
        text = " ".join(given)
        if "reply" in self._says(how):
            await self.phone.reply(about, text)
            self.done[wish] = text
        else:
            await self._write(text, wish)

    async def chooses(self, words: str) -> None:
        """Tap on what sounds like this, of what is offered."""
        fitting = [label for label in self.phone.labels() if words.casefold() in label.casefold()]
        if not fitting:
            raise Stuck(f"no button offers “{words}”: {self.phone.labels()}, below {self.phone.texts()[-1]!r}")
        await self.phone.press(fitting[0])

    async def _look_up(self, wish: str) -> str:
        """How to write what is described like this: in the news; else where these say that help is; else among everything."""
        news = self.news()
        if (how := _named(news, wish)) is not None:
            return how
        offered = [name for text in self.phone.texts() for name in ASIDE.findall(text)]
        if not offered:
            raise Stuck(f"nothing says where help is: {self.phone.texts()}")
        before = len(self.phone.texts())
        await self.phone.say(offered[0])
        answer = "\n".join(self.phone.texts()[before:])
        if (how := _named(answer, wish)) is None:
            before = len(self.phone.texts())
            await self.chooses("all commands")
            how = _named("\n".join(self.phone.texts()[before:]), wish)
        self._told = len(self.phone.texts())
        if how is None:
            raise Stuck(f"nothing says how to do this: {wish}")
        return how

    def _says(self, how: str) -> str:
        return next((brief for text in self.phone.texts() for line, brief in LINE.findall(text) if line == how), "")

    async def _write(self, text: str, wish: str) -> None:
        await self.phone.say(text)
        self.done[wish] = text


def _named(text: str, wish: str) -> str | None:
    """How the command is written whose line says this."""
    return next((how for how, brief in LINE.findall(text) if wish in brief), None)


# On a platform in memory


class _Chat:
    def __init__(self, talkers: Talkers, who: str) -> None:
        self._talkers, self._who = talkers, who

    def texts(self) -> list[str]:
        return self._talkers.shown(self._who)

    def labels(self) -> list[str]:
        shown = reversed(self._talkers.chats.chats.get(self._who, {}).values())
        return next(([b.label for b in message.buttons] for message in shown if message.buttons), [])

    async def say(self, text: str) -> None:
        await self._talkers.write(self._who, text)

    async def reply(self, words: str, text: str) -> None:
        await self._talkers.write(self._who, text, answers=self._talkers.chats.find(self._who, words))

    async def press(self, label: str) -> None:
        await self._talkers.tap(self._who, label)


class InMemory:
    def __init__(self, talkers: Talkers) -> None:
        self.talkers = talkers

    def phone(self, who: str) -> Phone:
        return _Chat(self.talkers, who)

    async def wait(self, span: timedelta) -> None:
        await self.talkers.room.wait(span)


@asynccontextmanager
async def in_memory(flow: str, people: Sequence[str], leads: str) -> AsyncIterator[InMemory]:
    """An evening on a platform in memory. Whoever leads has their seat already."""
    chats = Chats()
    async with room(flow, chats) as here:
        for name in people:
            await here.enrol(name)
        await here.enrol(leads, "facilitator")
        await here.begin()
        yield InMemory(Talkers(here, chats))


# On Telegram


class _Telephone:
    def __init__(self, evening: OnTelegram, person: Person) -> None:
        self._evening, self.person = evening, person

    def texts(self) -> list[str]:
        return [message.text for message in self.person.got]

    def labels(self) -> list[str]:
        return next((message.labels for message in reversed(self.person.got) if message.labels), [])

    async def say(self, text: str) -> None:
        await self.person.say(text)
        await self._evening.go_on()

    async def reply(self, words: str, text: str) -> None:
        found = next(message for message in reversed(self.person.got) if words in message.text)
        await self.person.reply(found, text)
        await self._evening.go_on()

    async def press(self, label: str) -> None:
        await self.person.press(label)
        await self._evening.go_on()


class OnTelegram:
    """The real transport on the strict server; everybody comes in with the link of their invitation."""

    def __init__(self, room: Room, telegram: Telegram, api: BotApi) -> None:
        self.room, self._telegram, self.api = room, telegram, api
        self.phones: dict[str, _Telephone] = {}
        self._cursor = ""

    def phone(self, who: str) -> Phone:
        return self.phones[who]

    async def comes(self, who: str, code: str) -> None:
        self.phones[who] = _Telephone(self, self.api.person(who.title(), "en"))
        await self.phones[who].person.start(code)
        await self.go_on()

    async def go_on(self) -> None:
        """Hear what was done, and answer it, at the pace that Telegram wants."""
        batch = await self._telegram.receive(self._cursor, False)
        self._cursor = batch.cursor
        await self.room.engine.take_in(self._telegram.account, batch)
        await self.room.wait(timedelta(seconds=5))

    async def wait(self, span: timedelta) -> None:
        await self.room.wait(span)


@asynccontextmanager
async def on_telegram(flow: str, people: Sequence[str], leads: str) -> AsyncIterator[OnTelegram]:
    """The same evening on Telegram."""
    body, clock = bundled(flow), ManualClock(START)
    read = unbundle(body)
    store = await open_store(MEMORY, KeyFile.from_seed(1), synchronous="OFF")
    async with BotApi(clock=clock.now) as api:
        telegram = Telegram("main", api.bot().token, clock.now, api=api.base_url)
        try:
            engine = Engine(store, CATALOGS, clock, [telegram], translators("none"))
            await engine.open()
            await store.transact(_make, read, body)
            evening = OnTelegram(Room(store, engine, clock, telegram, read), telegram, api)  # type: ignore[arg-type]  # no Post
            for name in (leads, *people):
                role = "facilitator" if name == leads else "participant"
                expires = ms(clock.now() + MONTH)
                code = await store.transact(
                    lambda db, role=role, expires=expires: codes.make_code(
                        db, ASSEMBLY, role, made=ms(clock.now()), expires=expires
                    )
                )
                await evening.comes(name, code)
            await store.transact(_begin, read, clock.now())
            await evening.wait(timedelta(seconds=20))
            yield evening
        finally:
            await telegram.close()
            await store.close()
