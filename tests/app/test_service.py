"""What systemd hears: ready, alive as long as the loop turns, stopping."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

import pytest

from bot.app.service import READY, Service


@pytest.fixture
def manager(tmp_path: Path) -> socket.socket:
    line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    line.bind(str(tmp_path / "notify"))
    line.setblocking(False)
    return line


def heard(manager: socket.socket) -> list[str]:
    found = []
    while True:
        try:
            found.append(manager.recv(100).decode())
        except BlockingIOError:
            return found


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    return {"NOTIFY_SOCKET": str(tmp_path / "notify"), **more}


def test_it_says_when_it_is_ready(tmp_path: Path, manager: socket.socket) -> None:
    with manager:
        Service(environment(tmp_path)).tell(READY)
        assert heard(manager) == ["READY=1"]


def test_nobody_listens(tmp_path: Path) -> None:
    Service({}).tell(READY)
    Service(environment(tmp_path)).tell(READY)


def test_an_abstract_name(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(f"\0pnyx-{os.getpid()}-{tmp_path.name}")
        line.setblocking(False)
        Service({"NOTIFY_SOCKET": f"@pnyx-{os.getpid()}-{tmp_path.name}"}).tell(READY)
        assert heard(line) == ["READY=1"]


@pytest.mark.parametrize("turns", [True, False])
async def test_it_lives_as_long_as_the_loop_turns(tmp_path: Path, manager: socket.socket, turns: bool) -> None:
    count, woken = 0, asyncio.Semaphore(0)

    def wake() -> None:
        nonlocal count
        count += turns
        woken.release()

    with manager:
        watching = asyncio.create_task(Service(environment(tmp_path, WATCHDOG_USEC="2000")).watch(lambda: count, wake))
        for _ in range(3):
            await woken.acquire()
        watching.cancel()
        assert heard(manager) == (["WATCHDOG=1"] * 2 if turns else [])


@pytest.mark.parametrize("more", [{}, {"WATCHDOG_USEC": "2000", "WATCHDOG_PID": "1"}, {"WATCHDOG_USEC": "x"}])
async def test_where_no_watchdog_is_asked_for_nothing_is_watched(tmp_path: Path, more: dict[str, str]) -> None:
    await asyncio.wait_for(Service(environment(tmp_path, **more)).watch(lambda: 0, lambda: None), 10)
