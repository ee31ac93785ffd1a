"""The bot in a process of its own (`tests.support.bot_process`): it is told what to do, killed at work, and started again."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

WAITS = 120.0
"""So many seconds the bot may take for one command, on a busy machine."""


class BotAtWork:
    """The bot with its `folder`; `servers` are the rest of what its program is called with. `kills` counts how often it
    was killed at work."""

    def __init__(self, folder: Path, servers: Sequence[str]) -> None:
        self.folder = folder
        self.kills = 0
        self._servers = tuple(servers)
        self._process: asyncio.subprocess.Process | None = None
        self._read = 0

    async def live(self) -> None:
        """Start the bot, as often as one likes."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.support.bot_process", str(self.folder), *self._servers,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=64 * 1024 * 1024,
        )  # fmt: skip
        assert await self._line() == "ready"

    async def ask(self, command: str, *given: Any) -> Any:
        self._tell(command, *given)
        return await self._line()

    async def kill_at_work(self, sent: int) -> bool:
        """Let the bot go on, kill it once it has sent so many messages more, and start it anew. False where it had done all
        there was to do before."""
        at_work = await self.while_at_work(sent, self.kill, kills=True)
        await self.live()
        self.kills += at_work
        return at_work

    async def while_at_work(self, sent: int, act: Callable[[], Awaitable[None]], *, kills: bool = False) -> bool:
        """Let the bot go on, and do something once it has sent so many messages more; then it goes on to its end, unless what
        was done `kills` it. False where it had done all there was to do before."""
        assert self._process is not None
        assert self._process.stdout is not None
        before = self._sent_so_far()
        self._tell("go_on")
        done = asyncio.create_task(self._process.stdout.readline())
        while not done.done() and self._sent_so_far() < before + sent:  # noqa: ASYNC110 - another process writes this file
            await asyncio.sleep(0)
        at_work = not done.done()
        await act()
        async with asyncio.timeout(WAITS):
            line = await done
        assert line or kills, "the bot has ended; its last words stand above"
        return at_work

    async def kill(self) -> None:
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process.pid, signal.SIGKILL)
        await self._process.wait()

    async def end(self) -> None:
        if self._process is not None and self._process.returncode is None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            async with asyncio.timeout(WAITS):
                await self._process.wait()

    def new_lines(self) -> list[Any]:
        """What was sent since the last time."""
        file = self.folder / "sent.jsonl"
        if not file.exists():
            return []
        with file.open("rb") as lines:
            lines.seek(self._read)
            new = lines.read()
        whole = new[: new.rfind(b"\n") + 1]  # the last line may be half, where the bot was killed while it wrote
        self._read += len(whole)
        return [json.loads(line) for line in whole.splitlines()]

    def _sent_so_far(self) -> int:
        file = self.folder / "sent.jsonl"
        return file.read_bytes().count(b"\n") if file.exists() else 0

    def _tell(self, *command: Any) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command).encode() + b"\n")

    async def _line(self) -> Any:
        assert self._process is not None
        assert self._process.stdout is not None
        async with asyncio.timeout(WAITS):
            line = await self._process.stdout.readline()
        assert line, "the bot has ended; its last words stand above"
        return json.loads(line)
