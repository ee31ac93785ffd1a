"""Messages on Matrix, against a bare bot of nio on the same Synapse, in turns; and what was said while the bot was down."""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.store.keys import KeyFile
from tests.bench.assembly import OPENING, BenchAssembly, Where
from tests.bench.processes import PNYX, cpu, process
from tests.bench.writers import PATIENCE, Writer, writers
from tests.support.homeserver import Account, Homeserver

PEOPLE = 100
ACTS = 80
ROUNDS = 5
AT_ONCE = 4
"""So many people write at once, and wait for the answer before the next one writes."""

GAP = 10_000
SHORT_GAP = 2_000
"""Messages that are written while the bot is down; Synapse takes minutes for the first number."""

GAP_ROOMS = 50
CLIENTS = 8
"""So many clients fill the gap at once: no more than Synapse can answer."""

DATABASE = "pnyx.db"
CONFIG = """
[[matrix]]
name = "main"
homeserver = "{url}"
user = "{user}"
encryption = "none"
"""


@dataclass(frozen=True)
class Turn:
    """What one bot did in one round: seconds from sending to receiving, and milliseconds of its CPU per message."""

    waits: tuple[float, ...]
    cpu: float


@dataclass(frozen=True)
class Bot:
    """One bot over all rounds: milliseconds from sending to receiving, half and 99 in a hundred; CPU per message, in ms."""

    p50: float
    p99: float
    cpu: float


@dataclass(frozen=True)
class Gap:
    """`said` messages in `rooms` rooms while the bot was down, within `filling` seconds. `seconds` after it was started, `kept`
    of them were contributions."""

    said: int
    rooms: int
    filling: float
    kept: int
    seconds: float


@dataclass(frozen=True)
class Talk:
    """Medians of the rounds; `slower` and `dearer` are those of ours to bare within a round: latency (p50, p99), and CPU."""

    ours: Bot
    bare: Bot
    slower: tuple[float, float]
    dearer: float
    gap: Gap | None


def talk(
    folder: Path,
    people: int = PEOPLE,
    acts: int = ACTS,
    rounds: int = ROUNDS,
    gap: int = SHORT_GAP,
    gap_rooms: int = GAP_ROOMS,
) -> Talk:
    """Let both bots take turns, then fill a gap. Raises TimeoutError where a bot does not answer."""
    server = Homeserver().start()
    try:
        return asyncio.run(_talk(server, folder, people, acts, rounds, (gap, gap_rooms)))
    finally:
        server.stop()


async def _talk(server: Homeserver, folder: Path, people: int, acts: int, rounds: int, gap: tuple[int, int]) -> Talk:
    accounts = [server.register(f"person-{n}") for n in range(people)]
    ours, bare = server.register("ours"), server.register("bare")
    async with writers(server, accounts, ours, bare) as (with_ours, with_bare):
        partners = await _prepare(folder, server.url, ours, with_ours)
        pnyx = (*PNYX, "run", "-c", str(folder))
        echo = ("-m", "tests.bench.nio_echo", server.url, bare.user, bare.device, bare.token)
        one = process(folder / "ours.log", *pnyx, PNYX_MATRIX_TOKEN=ours.token)
        two = process(folder / "bare.log", *echo)
        with one as our_bot, two as bare_bot:
            answered = list(zip(with_ours, partners, strict=True))
            echoed = list(zip(with_bare, with_bare, strict=True))
            await asyncio.gather(*(each.catch_up() for each in (*with_ours, *with_bare)))
            await _wake(*answered[0])
            await _wake(*echoed[0])
            found: list[tuple[Turn, Turn]] = []
            for number in range(rounds):
                mine = await _turn(answered, our_bot, f"ours {number}", acts)
                found.append((mine, await _turn(echoed, bare_bot, f"bare {number}", acts)))
        filled = await _gap(folder, pnyx, ours, with_ours[: gap[1]], gap[0]) if gap[0] else None
    return Talk(
        _median([turn for turn, _ in found]),
        _median([turn for _, turn in found]),
        (_ratio(found, 0.5), _ratio(found, 0.99)),
        statistics.median(mine.cpu / theirs.cpu for mine, theirs in found),
        filled,
    )


async def _prepare(folder: Path, url: str, account: Account, there: Sequence[Writer]) -> list[Writer]:
    """A config and a database in which these people have begun to talk in pairs. To whom each of them talks."""
    (folder / "pnyx.toml").write_text(CONFIG.format(url=url, user=account.user))
    where = Where("matrix:main", [(each.user, each.room) for each in there])
    keys = KeyFile.create(folder / "pnyx.key")
    hall = await BenchAssembly.found(folder / DATABASE, keys, where, datetime.now(UTC) - OPENING, "FULL")
    await hall.hear(2 * len(there))  # who writes for the first time gets an answer
    await hall.engine.settle()
    tables = await hall.store.read(lambda db: dict(db.sql.execute("SELECT id, table_id FROM seat").fetchall()))
    await hall.store.close()
    members: dict[str, list[int]] = {}
    for number, seat in enumerate(hall.seats):
        members.setdefault(tables[seat], []).append(number)
    partners = {one: other for pair in members.values() for one, other in zip(pair, [*pair[1:], pair[0]], strict=True)}
    return [there[partners[number]] for number in range(len(there))]


async def _wake(one: Writer, other: Writer) -> None:
    """Write until the bot answers: what was said before its first look is not for it."""

    async def ask() -> None:
        while True:
            await one.say("Is anybody there? knock knock")
            await asyncio.sleep(1)

    asking = asyncio.create_task(ask())
    try:
        await other.hears("knock knock")
    finally:
        asking.cancel()


async def _turn(pairs: Sequence[tuple[Writer, Writer]], bot: int, name: str, acts: int) -> Turn:
    """So many messages, each to be heard by the other one of its pair; `AT_ONCE` pairs at a time."""
    waits: list[float] = []

    async def work(own: Sequence[tuple[Writer, Writer]], numbers: range) -> None:
        for number in numbers:
            one, other = own[number % len(own)]
            words = f"{name}, number {number}: "
            began = time.perf_counter()
            await one.say(f"{words}More buses in the evening, and a night train to the city.")
            await other.hears(words)
            waits.append(time.perf_counter() - began)

    shares = [pairs[n::AT_ONCE] for n in range(AT_ONCE)]
    before = cpu(bot)
    await asyncio.gather(*(work(own, range(n, acts, AT_ONCE)) for n, own in enumerate(shares) if own))
    return Turn(tuple(waits), 1000 * (cpu(bot) - before) / acts)


async def _gap(folder: Path, pnyx: Sequence[str], account: Account, there: Sequence[Writer], number: int) -> Gap:
    began = time.perf_counter()
    before, numbers = _kept(folder), iter(range(number))

    async def fill() -> None:
        for n in numbers:
            await there[n % len(there)].say(f"While you were away, {n}: more buses in the evening.")

    await asyncio.gather(*(fill() for _ in range(CLIENTS)))
    started = time.perf_counter()
    until = started + PATIENCE + number / 20
    with process(folder / "ours.log", *pnyx, PNYX_MATRIX_TOKEN=account.token):
        while _kept(folder) - before < number and time.perf_counter() < until:  # noqa: ASYNC110 - another process writes there
            await asyncio.sleep(0.05)
        seconds = time.perf_counter() - started
    return Gap(number, len(there), started - began, _kept(folder) - before, seconds)


def _kept(folder: Path) -> int:
    """How many contributions are kept."""
    with closing(sqlite3.connect(f"{(folder / DATABASE).as_uri()}?mode=ro", uri=True)) as sql:
        return int(sql.execute("SELECT COUNT(*) FROM contribution").fetchone()[0])


def _median(turns: Sequence[Turn]) -> Bot:
    return Bot(
        1000 * statistics.median(_quantile(turn.waits, 0.5) for turn in turns),
        1000 * _quantile([wait for turn in turns for wait in turn.waits], 0.99),
        statistics.median(turn.cpu for turn in turns),
    )


def _ratio(found: Sequence[tuple[Turn, Turn]], share: float) -> float:
    return statistics.median(_quantile(mine.waits, share) / _quantile(theirs.waits, share) for mine, theirs in found)


def _quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
