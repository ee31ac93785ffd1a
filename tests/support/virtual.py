"""An event loop on which hours pass in an instant: where nothing is left to do but to wait, the clock jumps.

What runs on another thread (the database) is waited for in earnest; `busy` says whether there is any of it.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")

BEGIN = datetime(2027, 3, 1, 9, tzinfo=UTC)


class _Selector(selectors.DefaultSelector):  # type: ignore[misc, valid-type]  # chosen at run time
    """Waits for the other thread only; time that nobody needs is skipped."""

    loop: VirtualLoop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None or self.loop.busy():
            return super().select(1.0)
        self.loop.skip(timeout)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """Its time begins at 0 and jumps."""

    def __init__(self) -> None:
        selector = _Selector()
        selector.loop = self
        self.busy: Callable[[], bool] = lambda: True
        self._skipped = 0.0
        super().__init__(selector)

    def time(self) -> float:
        return self._skipped

    def skip(self, seconds: float) -> None:
        self._skipped += seconds


class LoopClock:
    """The engine's clock, by a virtual loop's time."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=self._loop.time())


def run(main: Callable[[VirtualLoop], Coroutine[Any, Any, T]]) -> T:
    """Run something on a loop of its own."""
    loops: list[VirtualLoop] = []

    def make() -> VirtualLoop:
        loops.append(VirtualLoop())
        return loops[-1]

    with asyncio.Runner(loop_factory=make) as runner:
        runner.get_loop()
        return runner.run(main(loops[0]))
