"""The whole path of one event against a bare commit, and how it grows with the number of people."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import aiosqlite

from bot.engine.memory import sort_out_seldom
from tests.bench.assembly import BenchAssembly

ROUNDS = 7
EVENTS = 400
SIZES = (100, 1_000, 10_000)
BATCHES = (1, 8, 64)


@dataclass(frozen=True)
class Rates:
    """Per second, medians of `ROUNDS` rounds: bare commits, and events by the size of their batch."""

    bare: float
    events: dict[int, float]


@dataclass(frozen=True)
class Growth:
    """With `size` people: milliseconds per event by the size of the batch, and the process's memory in MB."""

    size: int
    per_event: dict[int, float]
    memory: float


async def against_bare(folder: Path) -> Rates:
    """Rounds of bare commits and of events take turns on the same file, so that both see the same weather."""
    path = folder / "path.db"
    hall = await BenchAssembly.open(path, 100, "FULL")
    sort_out_seldom()
    bare = await aiosqlite.connect(path, isolation_level=None)
    await bare.execute("PRAGMA synchronous = FULL")
    await bare.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, body BLOB)")
    found: dict[int, list[float]] = {0: [], **{batch: [] for batch in BATCHES}}
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(EVENTS):
            await bare.execute("BEGIN IMMEDIATE")
            await bare.execute("INSERT INTO bare (body) VALUES (?)", (b"x" * 300,))
            await bare.execute("COMMIT")
        found[0].append(EVENTS / (time.perf_counter() - began))
        for batch in BATCHES:
            await hall.hear(EVENTS)
            began = time.perf_counter()
            await hall.handle(EVENTS, batch)
            found[batch].append(EVENTS / (time.perf_counter() - began))
    kept = await hall.kept()
    assert kept > 0
    await bare.close()
    await hall.store.close()
    medians = {batch: statistics.median(rates) for batch, rates in found.items()}
    return Rates(medians.pop(0), medians)


def growth(folder: Path) -> list[Growth]:
    """Each size in a process of its own, so that memory can be told apart; in turns, the best of three."""
    context = multiprocessing.get_context("spawn")
    runs: dict[int, list[Growth]] = {size: [] for size in SIZES}
    for turn in range(3):
        for size in SIZES:
            with context.Pool(1) as pool:
                runs[size].append(pool.apply(_grown, (str(folder / f"growth-{turn}-{size}.db"), size)))
    return [
        Growth(
            size,
            {b: min(r.per_event[b] for r in found) for b in BATCHES},
            statistics.median(r.memory for r in found),
        )
        for size, found in runs.items()
    ]


def _grown(path: str, size: int) -> Growth:
    return asyncio.run(_grow(path, size))


async def _grow(path: str, size: int) -> Growth:
    hall = await BenchAssembly.open(path, size, "OFF")
    sort_out_seldom()
    per_event = {}
    for batch in BATCHES:
        await hall.hear(200)
        await hall.handle(200, batch)
        taken = []
        for _ in range(5):
            await hall.hear(EVENTS // 2)
            gc.collect()
            began = time.perf_counter()
            await hall.handle(EVENTS // 2, batch)
            taken.append((time.perf_counter() - began) / (EVENTS // 2))
        per_event[batch] = 1000 * min(taken)
    resident = memory()
    await hall.store.close()
    return Growth(size, per_event, resident)


def memory() -> float:
    """The resident memory of this process, in MB."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1000
