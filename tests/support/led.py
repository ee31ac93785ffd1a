"""Evenings that are led from chats: everybody has an app, the bot is a process that can be killed, and a test says, like a
script, who does what and who reads what then.

Texts are given in English; everybody is expected to read them in their own language. What stands in braces and is not given
may be anything.
"""

from __future__ import annotations

import asyncio
import re
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from bot.engine import founding
from bot.language.flowfiles import bundle, unbundle
from bot.rehearsal.hall import first_instant
from bot.store import codes
from bot.store.connection import open_store
from bot.store.keys import KeyFile
from bot.store.times import ms
from tests.support.apps import Apps
from tests.support.bot_at_work import BotAtWork
from tests.support.bot_process import ASSEMBLY, SEED
from tests.support.botapi import BotApi, Limits
from tests.support.homeserver import Account
from tests.support.matrix_people import Gathering
from tests.support.room import CATALOGS
from tests.support.shared_clock import SharedClock

BREATH = timedelta(seconds=10)
"""So long the bot may take to say what it has to say, by its own clock: the pace of Telegram is a message a second in a chat."""

HOLE = re.compile(r"\{(\w+)\}")


class Evenings(Apps):
    """`work` is the bot at work, `tongues` are the languages in which people read."""

    def __init__(self, folder: Path, clock: SharedClock, api: BotApi, gathering: Gathering, account: Account) -> None:
        super().__init__(api, gathering, account)
        self.clock = clock
        servers = (api.base_url, self.bot.token, gathering.server.url, account.user, account.token)
        self.work = BotAtWork(folder, servers)
        self.tongues: dict[str, str] = {}

    # The bot, and time

    async def go_on(self) -> None:
        """Let the bot hear what was done and answer it, at its own pace."""
        await self.wait(BREATH)

    async def wait(self, span: timedelta) -> None:
        """Time passes; everything happens at its own instant."""
        await self.work.ask("pass", ms(self.clock.now() + span))

    async def until(self, at: str) -> None:
        """Time passes until then: `2027-03-02T19:00+13:00`."""
        end = datetime.fromisoformat(at)
        assert end > self.clock.now(), f"it is {self.clock.now()} already"
        await self.work.ask("pass", ms(end))

    async def until_open(self, step: str, course: str) -> None:
        """Time passes until a step is open, and the bot has said what it has to say."""
        opened = await self.work.ask("pass", ms(self.clock.now() + timedelta(hours=5)), step, course)
        assert opened, f"{step} does not open at {course}: {await self.work.ask('open')}"
        await self.go_on()

    async def killed(self, sent: int) -> None:
        """The bot is killed once it has sent so many messages more, and started anew."""
        assert await self.work.kill_at_work(sent), "the bot had nothing to do"
        await self.go_on()

    # People

    async def on_telegram(self, language: str, **invited: str) -> None:
        """These people follow the links of their invitations on their phones."""
        for name, code in invited.items():
            self.tongues[name] = language
            self.apps[name] = self.api.person(name.title(), language)
            await self.apps[name].start(code)

    async def on_matrix(self, language: str, **invited: str) -> None:
        """These people open a chat with the bot, and write what their invitations say."""
        for name in invited:
            self.tongues[name] = language
            await self.stranger(name)
            self.chats[name] = await self.clients[name].dm(self.account.user)
        await self.work.ask("receive")
        for name, code in invited.items():
            await self.says(name, f"/join {code}")

    async def says(self, who: str, words: str, place: str = "") -> str:
        """Write to the bot, or in a room: commands begin as the platform wants them. The message's id."""
        if who in self.clients and words.startswith("/"):
            words = f"!{words[1:]}"
        return await self.clients[who].say(place, words) if place else await self.write(who, words)

    async def asks(self, who: str, words: str, place: str = "") -> None:
        """The same, and the bot answers."""
        await self.says(who, words, place)
        await self.go_on()

    async def replies(self, who: str, to: str, words: str, place: str = "") -> None:
        """Write in reply to the newest message with these words; the bot answers."""
        found = await self.find(who, to, place)
        if who in self.apps:
            await self.apps[who].reply(found, words)
        else:
            words = f"!{words[1:]}" if words.startswith("/") else words
            await self.clients[who].reply(place or self.chats[who], found.event, words)
        await self.go_on()

    async def taps(self, who: str, label: str, **values: str) -> None:
        """Press a button, or write its number; the bot answers."""
        await self.choose(who, self.local(who, label).format(**values))
        await self.go_on()

    async def all_tap(self, names: Iterable[str], label: str, **values: str) -> None:
        """All of these people do."""
        for name in names:
            await self.choose(name, self.local(name, label).format(**values))
        await self.go_on()

    async def offered(self, who: str, label: str) -> bool:
        """Whether the newest question that somebody has still to answer can be answered so."""
        words = self.local(who, label)
        if who in self.apps:
            asked = next((m for m in reversed(self.apps[who].got) if m.labels), None)
            return asked is not None and words in asked.labels
        newest = next((m.text for m in reversed(await self.messages(who)) if m.sender == self.account.user), "")
        return re.search(rf"\d {re.escape(words)}", newest) is not None

    # What they read

    def local(self, who: str, text: str) -> str:
        """One of the bot's texts as somebody reads it, with its holes."""
        return CATALOGS.phrase(text, None, 0, self.tongues[who])

    async def reads(self, who: str, *texts: str, place: str = "", **values: str) -> str:
        """The newest message that somebody has got since they last looked with the first of these texts; the others are in it,
        too."""
        shown = await self.shown(who, place)
        wanted = [self._pattern(who, text, values) for text in texts]
        found = next((message for message in reversed(shown) if wanted[0].search(message)), None)
        assert found is not None, f"{who} does not read {wanted[0].pattern!r}, but {shown[-6:]}"
        for pattern in wanted[1:]:
            assert pattern.search(found), f"{who} does not read {pattern.pattern!r} in {found!r}"
        return found

    async def where(self, words: str, place: str = "", by: str = "", but: str = "") -> dict[str, int]:
        """In whose chats these words stand, and how often, `but` for one person's; with a `place`, which `by` sees, in that room
        too."""
        found = {name: await self.count(name, words) for name in (*self.apps, *self.chats)}
        found |= {"room": await self.count(by, words, place)} if place else {}
        return {name: number for name, number in found.items() if number and name != but}

    async def standing(self, words: str) -> dict[str, int]:
        """In whose chats these words stand, and how often, whenever they came there."""
        apps = {name: sum(words in m.text for m in app.sees) for name, app in self.apps.items()}
        chats = {name: sum(words in seen.text for seen in await self.messages(name)) for name in self.chats}
        return {name: number for name, number in {**apps, **chats}.items() if number}

    def _pattern(self, who: str, text: str, values: Mapping[str, str]) -> re.Pattern[str]:
        parts = HOLE.split(self.local(who, text))
        made = [re.escape(part).replace("/", "[/!]") if n % 2 == 0 else re.escape(values[part]) if part in values else "[^\n]+?"
                for n, part in enumerate(parts)]  # fmt: skip
        return re.compile("".join(made))

    # Where they are

    async def tables(self) -> dict[str, list[str]]:
        """Who sits at each table, by name; those who lead it last."""
        known = {("telegram:main", str(app.id)): name for name, app in self.apps.items()}
        known |= {("matrix:main", chat): name for name, chat in self.chats.items()}
        seated = await self.work.ask("tables")
        return {table: sorted(known[account, place] for account, place in at) for table, at in seated.items()}

    async def hall(self, table: str) -> str:
        """The room that was made for a table."""
        ((_, place),) = (await self.work.ask("rooms"))[table]
        return str(place)


@asynccontextmanager
async def evenings(folder: Path, flow: Path, gathering: Gathering) -> AsyncIterator[tuple[Evenings, str]]:
    """An assembly of the flow in a folder, to which nobody has come yet; and the code of its organiser."""
    body = bundle(flow)
    read = unbundle(body)
    clock = SharedClock(folder / "clock", first_instant(read))
    store = await open_store(folder / "evening.db", KeyFile.from_seed(SEED))
    await store.transact(founding.found, ASSEMBLY, read, body, SEED, ms(clock.now()))
    made, expires = ms(clock.now()), ms(clock.now() + timedelta(days=30))
    code = await store.transact(codes.make_code, ASSEMBLY, "organiser", made=made, expires=expires)
    await store.close()
    account = gathering.server.login(gathering.pool.account("led"))  # a device that has sent nothing yet
    async with BotApi(clock=clock.now, limits=Limits()) as api:
        e = Evenings(folder, clock, api, gathering, account)
        await e.work.live()
        try:
            yield e, code
        finally:
            await e.work.end()


async def pnyx(folder: Path, *words: str) -> str:
    """What a command prints whose config is the one of these evenings."""
    keys, config = folder / "evening.key", folder / "pnyx.toml"
    if not config.exists():
        keys.write_text(f'secret = "{KeyFile.from_seed(SEED).secret.hex()}"\n')
        keys.chmod(0o600)
        config.write_text('[database]\npath = "evening.db"\n[keys]\nfile = "evening.key"\n')
    run = [sys.executable, "-c", "from bot.cli import main; main()", *words, "-c", str(config)]
    done = await asyncio.create_subprocess_exec(*run, stdout=PIPE, stderr=STDOUT)
    out, _ = await done.communicate()
    assert done.returncode == 0, out.decode()
    return " ".join(out.decode().split())
