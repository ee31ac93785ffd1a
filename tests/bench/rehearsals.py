"""A whole dialogue rehearsed with many people: how long, how much memory, and where the time goes."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

from bot.engine.memory import sort_out_seldom
from bot.language.flowfiles import bundle
from bot.paths import flows_dir
from bot.rehearsal.play import open_rehearsal
from bot.rehearsal.profile import Profile
from bot.store import queue
from tests.bench.path import memory

FLOW = "cross-border"


@dataclass(frozen=True)
class Rehearsed:
    """`seconds` for `people` people to come to the end of the flow; `events` rows of the inbox, `messages` of the outbox;
    `shares` of the time by part of the program, where it was profiled."""

    people: int
    seconds: float
    events: int
    messages: int
    played: timedelta
    memory: float
    shares: tuple[tuple[str, int], ...] = ()


def rehearse(people: int, folder: Path, *, profile: bool = False) -> Rehearsed:
    """In a process of its own. Raises RuntimeError where the flow does not come to its end."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_rehearsed, (people, str(folder / f"rehearsal-{people}-{profile}.db"), profile))


def _rehearsed(people: int, path: str, profile: bool) -> Rehearsed:
    return asyncio.run(_rehearse(people, Path(path), profile))


async def _rehearse(people: int, path: Path, profile: bool) -> Rehearsed:
    body = bundle(flows_dir() / FLOW)
    began = time.perf_counter()
    rehearsal = await open_rehearsal(body, seed="7", people=people, drop=Fraction(1, 10), path=path)
    sort_out_seldom()
    measured = Profile(rehearsal.hall.store) if profile else None
    async with measured or nullcontext():
        await rehearsal.seat_everybody()
        await rehearsal.begin()
        outcome = await rehearsal.run()
    seconds = time.perf_counter() - began
    counts = await rehearsal.hall.store.read(queue.counts)
    await rehearsal.close()
    parked = counts["inbox"].get("parked", 0)
    if not outcome.ended or parked:
        raise RuntimeError(f"the rehearsal stands at {outcome.standing}, {parked} events are parked")
    shares = tuple(measured.shares()) if measured is not None else ()
    return Rehearsed(people, seconds, sum(counts["inbox"].values()), outcome.messages, outcome.played, memory(), shares)
