"""Presses of buttons on Telegram, against a bare bot of the platform's own library: each bot and each of their servers in a
process of its own, taking turns."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from tests.bench.crowd import OPTIONS
from tests.bench.processes import PNYX, cpu, ending, process
from tests.bench.voting import DATABASE, prepare
from tests.support.botapi.server import TOKEN

PEOPLE = 100
ACTS = 2000
ROUNDS = 7
AT_ONCE = OPTIONS
WARM = 400
"""Acts before anything is measured."""


@dataclass(frozen=True)
class Turn:
    """What one bot did in one round: acts per second, milliseconds of its CPU per call, and calls per act."""

    acts: float
    cpu: float


@dataclass(frozen=True)
class Presses:
    """Medians of all rounds. `ours` handles presses with two calls each, `bare` messages with one. `superseded` edits were
    never sent because a later one took their place, of `edits`; `wrong` is what came out of order."""

    ours: Turn
    bare: Turn
    faster: float
    cheaper: float
    superseded: int
    edits: int
    wrong: tuple[str, ...]


class Server:
    """The strict server with a crowd, in a process."""

    def __init__(self, port: int) -> None:
        self.port = port

    def do(self, what: str, **how: object) -> dict[str, Any]:
        here = HTTPConnection("127.0.0.1", self.port, timeout=300)
        here.request("POST", f"/control/{what}", json.dumps(how), {"Content-Type": "application/json"})
        found: dict[str, Any] = json.load(here.getresponse())
        here.close()
        return found

    @property
    def calls(self) -> dict[str, int]:
        """How many calls of each method there were since the last `reset`."""
        found: dict[str, int] = self.do("audit")["calls"]
        return found

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}/bot"


def presses(folder: Path, people: int = PEOPLE, acts: int = ACTS, rounds: int = ROUNDS) -> Presses:
    """Let both bots take turns. Raises RuntimeError where a bot did not do what it was to do."""
    with _server() as for_ours, _server() as for_bare:
        users = [str(user) for user in for_ours.do("gather", n=people)["people"]]
        for_bare.do("gather", n=people)
        asyncio.run(prepare(folder, for_ours.api, users))
        ours = process(folder / "ours.log", *PNYX, "run", "-c", str(folder), PNYX_TELEGRAM_TOKEN=TOKEN)
        bare = process(folder / "bare.log", "-m", "tests.bench.echo", for_bare.api, TOKEN)
        with ours as our_bot, bare as bare_bot:
            for_ours.do("ready")
            wrong = [
                *for_ours.do("press", acts=min(WARM, acts))["wrong"],
                *for_bare.do("say", acts=min(WARM, acts))["wrong"],
            ]
            found: list[tuple[Turn, Turn]] = []
            for _ in range(rounds):
                one, amiss = _turn(for_ours, our_bot, "press", acts, ("editMessageText", "answerCallbackQuery"))
                two, astray = _turn(for_bare, bare_bot, "say", acts, ("sendMessage",))
                found.append((one, two))
                wrong += [*amiss, *astray]
            superseded = _superseded(folder)
            wrong += for_ours.do("burst")["wrong"]
    return Presses(
        ours=_median([one for one, _ in found]),
        bare=_median([two for _, two in found]),
        faster=statistics.median(one.acts / two.acts for one, two in found),
        cheaper=statistics.median(one.cpu / two.cpu for one, two in found),
        superseded=superseded,
        edits=rounds * acts + min(WARM, acts),
        wrong=tuple(wrong),
    )


def _turn(server: Server, bot: int, how: str, acts: int, methods: tuple[str, ...]) -> tuple[Turn, list[str]]:
    server.do("reset")
    before = cpu(bot)
    done = server.do(how, acts=acts)
    spent, calls = cpu(bot) - before, server.calls
    number = sum(calls.get(method, 0) for method in methods)
    if min(calls.get(method, 0) for method in methods) < acts * 0.9:
        raise RuntimeError(f"{acts} acts were answered with {calls}: {done['wrong']}")
    return Turn(acts / done["seconds"], 1000 * spent / number), done["wrong"]


def _median(turns: list[Turn]) -> Turn:
    return Turn(statistics.median(turn.acts for turn in turns), statistics.median(turn.cpu for turn in turns))


def _superseded(folder: Path) -> int:
    with closing(sqlite3.connect(f"{(folder / DATABASE).as_uri()}?mode=ro", uri=True)) as sql:
        return int(sql.execute("SELECT COUNT(*) FROM outbox WHERE receipt = 'Superseded'").fetchone()[0])


@contextmanager
def _server() -> Iterator[Server]:
    started = subprocess.Popen([sys.executable, "-m", "tests.bench.crowd"], stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    with ending(started):
        yield Server(int(started.stdout.readline()))
