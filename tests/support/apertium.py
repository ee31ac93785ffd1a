"""A real engine that translates: Debian's Apertium with its web service, on a free loopback port, without a word outwards.

`make test` installs it where it may. No pair of Debian's has German in it: what goes across here is English, French and
Spanish.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import ClientError, ClientSession

MODES = Path("/usr/share/apertium/modes")
SYSTEM = "/usr/bin/python3"
"""Debian's own Python: the service is one of its packages."""
PACKAGES = ("apertium", "apertium-apy", "apertium-eng-spa", "apertium-fr-es")
"""What the tests need of Debian's packages; the Makefile names the same."""

_ONLY_HERE = """
import sys; sys.path.insert(0, "/usr/lib/python3/dist-packages")
from tornado.httpserver import HTTPServer
bind, listen = HTTPServer.bind, HTTPServer.listen
HTTPServer.bind = lambda self, port, address=None, *a, **k: bind(self, port, "127.0.0.1", *a, **k)
HTTPServer.listen = lambda self, port, address="", *a, **k: listen(self, port, "127.0.0.1", *a, **k)
from apertium_apy.apy import main; main()
"""
"""Apertium's web service listens on every interface and has no option for it."""


@contextlib.asynccontextmanager
async def apertium() -> AsyncIterator[str]:
    """The address of a real Apertium with the pairs that the machine has. RuntimeError names the packages where they are
    missing."""
    if not MODES.is_dir() or shutil.which("apertium") is None:
        raise RuntimeError(f"These tests need Apertium. On Debian and Ubuntu: apt install {' '.join(PACKAGES)}")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [SYSTEM, "-c", _ONLY_HERE, "-p", str(port), "-i", "1", "-m", "60", str(MODES)]
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, stdout=quiet, stderr=quiet)
    url = f"http://127.0.0.1:{port}"
    try:
        await _until_there(process, f"{url}/listPairs")
        yield url
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _until_there(process: asyncio.subprocess.Process, url: str) -> None:
    async with ClientSession() as session, asyncio.timeout(60):
        while not await _answers(session, url):
            if process.returncode is not None:
                raise RuntimeError(f"Apertium ended at once, with {process.returncode}")
            await asyncio.sleep(0.05)


async def _answers(session: ClientSession, url: str) -> bool:
    with contextlib.suppress(ClientError, OSError):
        async with session.get(url) as response:
            return response.status == 200
    return False
