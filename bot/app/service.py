"""What a service manager (systemd) is told: that Pnyx is ready, that it lives, that it ends.

It lives as long as its loop turns: a process that is there and does nothing is restarted. Where no manager listens, nothing is
said.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable, Mapping

READY, ALIVE, STOPPING = "READY=1", "WATCHDOG=1", "STOPPING=1"


class Service:
    """The manager that the environment names, if any."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        place = environment.get("NOTIFY_SOCKET", "")
        self._place = f"\0{place[1:]}" if place.startswith("@") else place
        every = environment.get("WATCHDOG_USEC", "")
        mine = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self._every = int(every) / 2_000_000 if every.isdecimal() and mine else 0.0

    def tell(self, what: str) -> None:
        """Say one of the words above. A manager that does not listen changes nothing for us."""
        if not self._place:
            return
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.setblocking(False)
            line.sendto(what.encode(), self._place)

    async def watch(self, turns: Callable[[], int], wake: Callable[[], None]) -> None:
        """Say for ever that we live, as often as is asked for, but only if the loop has turned since it was last woken."""
        while self._place and self._every:
            before = turns()
            wake()
            await asyncio.sleep(self._every)
            if turns() != before:
                self.tell(ALIVE)
