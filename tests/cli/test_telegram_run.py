"""`pnyx run` on Telegram, as a process of its own against the strict server: from an invite link to an answer, through a kill,
and what is said where the token or the account is in use or no longer good."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import os
import re
import shutil
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.app.config import load_config
from bot.app.running import ask
from bot.paths import first_files
from bot.store.keys import KeyFile
from tests.support.botapi import BotApi, Person

PNYX = (sys.executable, "-c", "from bot.cli import main; main()")
TOKEN = "7000001:AAEcanarycanarycanary-canary_canary"
OTHER = "7000002:AAEcanaryanothercanary-another_cana"
PATIENCE = 60.0
HALTED = 78

pytestmark = pytest.mark.slow


class Site:
    """A folder with a config for one bot, or two, and the server that they talk to."""

    def __init__(self, folder: Path, api: BotApi, telegram: str) -> None:
        self.folder, self.api = folder, api
        self.tokens = {"PNYX_TELEGRAM_TOKEN": TOKEN}
        shutil.copytree(first_files(), folder)
        file = folder / "pnyx.toml"
        plain = file.read_text().replace("enabled = true", "enabled = false")
        at = plain.index("[[assembly]]")
        file.write_text(plain[:at] + telegram.format(api=f"http://127.0.0.1:{api.port}") + plain[at:])
        self.config = load_config(folder)
        KeyFile.create(self.config.key_path)

    async def ask(self, what: str, **given: object) -> dict[str, Any]:
        """An operation, as a command would do it."""
        return await ask(self.config, what, **given)

    async def pnyx(self, *words: str) -> str:
        """Run a command to its end; what it printed."""
        process = await self._start(*words)
        printed, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
        return printed.decode()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Run]:
        run = Run(await self._start("run", "--log", "debug"))
        try:
            yield run
        finally:
            if run.process.returncode is None:
                run.process.kill()
            await run.end()

    async def polled(self, times: int = 1) -> None:
        """Wait until somebody has asked for news."""
        calls = self.api.audit.calls
        await self.api.until(lambda: sum(c.method == "getUpdates" for c in calls) >= times, PATIENCE)

    def seats(self) -> list[tuple[str, str]]:
        """Who has a seat: role and status."""
        with contextlib.closing(sqlite3.connect(self.config.database_path)) as sql:
            return sql.execute("SELECT role, status FROM seat ORDER BY role").fetchall()

    async def _start(self, *words: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *PNYX, *words, "-c", str(self.folder),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, "COLUMNS": "300", **self.tokens},
        )  # fmt: skip


class Run:
    """A `pnyx run` of its own, with all that it prints."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self._printed = b""
        self._reading = asyncio.create_task(self._read())

    @property
    def printed(self) -> str:
        return self._printed.decode()

    async def end(self, how: signal.Signals | None = None) -> int:
        """Send a signal, or wait for its own end; the exit code."""
        if how is not None:
            self.process.send_signal(how)
        code = await asyncio.wait_for(self.process.wait(), PATIENCE)
        await self._reading
        assert "canary" not in self.printed, self.printed
        assert "Traceback" not in self.printed, self.printed
        return code

    def last_line(self) -> str:
        """What it said at its end, without the log."""
        told = [line for line in self.printed.splitlines() if not re.match(r"\d{4}-\d\d-\d\d ", line)]
        return told[-1] if told else ""

    async def _read(self) -> None:
        assert self.process.stdout is not None
        while piece := await self.process.stdout.read(65_536):
            self._printed += piece


ONE = '[[telegram]]\napi = "{api}"\n\n'
TWO = ONE + '[[telegram]]\nname = "two"\ntoken_env = "TOKEN_TWO"\napi = "{api}"\n\n'


@asynccontextmanager
async def site(tmp_path: Path, telegram: str = ONE) -> AsyncIterator[Site]:
    async with BotApi() as api:
        api.bot(TOKEN, username="pnyx_test_bot")
        yield Site(tmp_path / "try", api, telegram)


async def sees(at: Site, person: Person, words: str) -> None:
    """Wait until somebody reads these words."""
    try:
        await at.api.until(lambda: any(words in m.text for m in person.got), PATIENCE)
    except TimeoutError:
        raise AssertionError(f"{words!r} did not come: {[m.text for m in person.got]}") from None


async def invites(at: Site, folder: Path) -> dict[str, str]:
    """What the links of the invites carry, by the organiser's word for these people. They wait for the bot's own name."""
    while True:
        await at.ask("invites", target=str(folder))
        with next(folder.glob("*.csv")).open(encoding="utf-8-sig", newline="") as file:
            rows = {row["ref"]: row["link"] for row in csv.DictReader(file) if row.get("link")}
        if rows:
            assert all(link.startswith("https://t.me/pnyx_test_bot?start=") for link in rows.values())
            return {ref: link.partition("start=")[2] for ref, link in rows.items()}


async def test_from_an_invite_link_to_an_answer_and_a_kill_loses_nothing(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        anna, ben, olga = (at.api.person(name) for name in ("Anna", "Ben", "Olga"))
        (tmp_path / "people.csv").write_text("ref,site,language,role\nA1,here,en,participant\nO1,here,en,organiser\n")
        async with at.running() as run:
            await at.polled()
            await at.ask("import", file=str(tmp_path / "people.csv"))
            codes = await invites(at, tmp_path / "invites")
            await anna.start(codes["A1"])
            await sees(at, anna, "Your seat is reserved")
            await olga.start(codes["O1"])
            await sees(at, olga, "organiser")
            await olga.say("/begin")
            await sees(at, olga, "begin now")
            await olga.press("Begin now")
            await sees(at, anna, "I am Pnyx")
            await anna.press(anna.last.labels[0])
            await sees(at, anna, "Your table sees your words")
            await run.end(signal.SIGKILL)
        await anna.press(anna.last.labels[0])  # while nobody is there to hear it
        await ben.start(codes["A1"])
        async with at.running() as run:
            await sees(at, anna, "May your words stand")
            await sees(at, ben, "used")
            assert await run.end(signal.SIGTERM) == 0
        assert at.seats() == [("organiser", "active"), ("participant", "active")]
        assert list((await at.ask("status"))["heard"]) == ["telegram:main"]


async def test_a_revoked_token_ends_with_one_line(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        async with at.running() as run:
            await at.polled()
            at.api.bots.pop(TOKEN).wake()
            assert await run.end() == HALTED
        assert "Telegram does not know the token of telegram:main" in run.last_line()
        assert "Everything is kept" in run.last_line()


async def test_two_processes_with_the_same_token_end_with_one_line(tmp_path: Path) -> None:
    async with site(tmp_path) as at, at.running() as first:
        await at.polled()
        async with Site(tmp_path / "second", at.api, ONE).running() as second:
            ends = [asyncio.create_task(run.process.wait()) for run in (first, second)]
            done, _ = await asyncio.wait(ends, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
            assert done
            ended = first if ends[0] in done else second
            assert await ended.end() == HALTED
            assert "Another program receives what people write to telegram:main" in ended.last_line()


async def test_an_account_that_stops_ends_all_and_the_other_one_loses_nothing(tmp_path: Path) -> None:
    async with site(tmp_path, TWO) as at:
        two = at.api.bot(OTHER, username="pnyx_second_bot")
        at.tokens["TOKEN_TWO"] = OTHER
        anna = at.api.person("Anna")
        async with at.running() as run:
            await anna.start(to=two)
            await at.api.until(lambda: any("reserved" in m.text for m in anna.seen(two)), PATIENCE)
            at.api.bots.pop(TOKEN).wake()
            assert await run.end() == HALTED
        assert "telegram:main" in run.last_line()
        assert at.seats() == [("participant", "new")]


@pytest.mark.parametrize(
    ("telegram", "said"),
    [
        ("", "Nobody can be reached"),
        (TWO, "There is no token in the variable TOKEN_TWO"),
    ],
)
async def test_what_is_wrong_with_the_config_is_one_sentence(tmp_path: Path, telegram: str, said: str) -> None:
    async with site(tmp_path, telegram) as at:
        told = await at.pnyx("run")
        assert said in told
        assert len(told.strip().splitlines()) == 1


async def test_check_tells_how_each_bot_stands(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        told = await at.pnyx("check")
        assert "telegram:main is @pnyx_test_bot" in told
        assert "canary" not in told
