"""`python -m tests.support.botapi`: the strict server as a process. It prints the port, and runs until it is ended."""

from __future__ import annotations

import argparse
import asyncio
import signal

from tests.support.botapi.control import Controlled
from tests.support.botapi.pacing import Limits
from tests.support.botapi.server import TOKEN


async def serve(port: int, tokens: list[str], limits: Limits, latency: float) -> None:
    """Serve these bots until a signal comes."""
    api = Controlled(limits=limits, port=port)
    for token in tokens:
        api.bot(token)
    if latency:
        api.slow(seconds=latency, times=10**12)
    ended = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, ended.set)
    async with api:
        print(api.port, flush=True)
        await ended.wait()


if __name__ == "__main__":
    options = argparse.ArgumentParser(prog="tests.support.botapi", description="A strict Bot API on loopback.")
    options.add_argument("--port", type=int, default=0, help="0: a free one, which is printed")
    options.add_argument("--token", action="append", default=[], help="a bot's; may be given several times")
    options.add_argument("--refuse", action="store_true", help="answer 429 to what outruns the limits")
    options.add_argument("--latency", type=float, default=0.0, help="seconds that every answer takes")
    given = options.parse_args()
    asyncio.run(serve(given.port, given.token or [TOKEN], Limits(refuse=given.refuse), given.latency))
