"""Tasks beside the loop that handles events, each under a name of its own: begun as there is something to do, until all is
stopped. The host of the platforms (`bot.engine.hosting`) and the machines (`bot.engine.beside`) do their jobs with it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

from bot.engine.patience import PASSING, Patience

AGAIN = 60.0
"""Seconds after which it looks, whatever has happened."""

Name = TypeVar("Name", bound=Hashable)


class UnderWay(Generic[Name]):
    """What is under way. `label` is how the log calls it."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._tasks: dict[Name, asyncio.Task[None]] = {}
        self._troubles: list[BaseException] = []
        self._woken = asyncio.Event()
        self._stopping = False

    def __contains__(self, name: Name) -> bool:
        return name in self._tasks

    def __len__(self) -> int:
        return len(self._tasks)

    def begin(self, name: Name, work: Coroutine[Any, Any, None], ended: Callable[[], None] = lambda: None) -> None:
        """Begin something that is not under way. `ended` is called at its end, however it ends."""

        def end(task: asyncio.Task[None]) -> None:
            del self._tasks[name]
            ended()
            if not task.cancelled() and (trouble := task.exception()) is not None:
                self._troubles.append(trouble)
            self._woken.set()

        task = self._tasks[name] = asyncio.create_task(work, name=f"{self._label} {name}")
        task.add_done_callback(end)

    async def settle(self) -> None:
        """Wait for what is under way. Raises what has gone wrong with the database."""
        if self._tasks:
            await asyncio.wait(self._tasks.values())
        self._complain()

    async def run(self, turn: Callable[[], Awaitable[float]], patience: Patience) -> None:
        """Take turns until `stop`: each begins what it can, and says after how many seconds the next one comes, unless somebody
        wakes it. A disk that does not take what is written is waited for."""
        try:
            while not self._stopping:
                self._woken.clear()
                try:
                    self._complain()
                    rest = await turn()
                except PASSING as error:
                    await patience.rest(self._label, error)
                    continue
                patience.over(self._label)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), rest)
        finally:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def wake(self) -> None:
        """There may be something to do."""
        self._woken.set()

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopping = True
        self._woken.set()

    def _complain(self) -> None:
        if self._troubles:
            raise self._troubles.pop(0)
