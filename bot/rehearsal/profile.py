"""Where the time of a rehearsal goes: cProfile on the loop's thread and on the database's, summed up by parts of the program.

What a library does counts for the part that called it, however deep. Waiting does not count.
"""

from __future__ import annotations

import cProfile
import pstats
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import bot
from bot.store.connection import Store
from bot.store.database import Database

GROUPS: Mapping[str, str] = {
    "core": "core",
    "engine": "engine",
    "store": "store",
    "language": "rendering",
    "rehearsal": "village",
    "transports": "village",
}
"""What each part of the program counts as; the rest is `other`."""

_HOME = str(Path(bot.__file__).resolve().parent) + "/"
_WAITING = ("poll' of 'select", "SimpleQueue' objects", "'acquire' of", "select.select")
_DEEPEST = 8

Function = tuple[str, int, str]


class Profile:
    """Measures while it is on."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._here, self._there = cProfile.Profile(), cProfile.Profile()
        self._both = sys.version_info < (3, 12)  # from then on one profile sees all threads, and allows no second one

    async def __aenter__(self) -> Profile:
        if self._both:
            await self._store.read(_switch, self._there, True)
        self._here.enable()
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._here.disable()
        if self._both:
            await self._store.read(_switch, self._there, False)

    def shares(self) -> list[tuple[str, int]]:
        """The parts with their share of the busy time in whole per cent, the largest first."""
        stats = pstats.Stats(self._here)
        if self._both:
            stats.add(self._there)
        spent = _by_group(stats.stats)  # type: ignore[attr-defined]  # there since ever, and missing in the stubs
        total = sum(spent.values()) or 1.0
        return sorted(((group, round(100 * time / total)) for group, time in spent.items()), key=lambda row: -row[1])


def _switch(db: Database, profile: cProfile.Profile, on: bool) -> None:
    """On the database's own thread."""
    if on:
        profile.enable()
    else:
        profile.disable()


def _by_group(stats: Mapping[Function, Any]) -> dict[str, float]:
    spent: dict[str, float] = defaultdict(float)
    for function, (_, _, own, _, callers) in stats.items():
        if any(word in function[2] for word in _WAITING):
            continue
        for group, share in _shares(stats, function, callers, _DEEPEST).items():
            spent[group] += own * share
    return spent


def _shares(
    stats: Mapping[Function, Any], function: Function, callers: Mapping[Function, Any], deep: int
) -> dict[str, float]:
    """Which parts a function works for: its own, or those of its callers in proportion to the time they cause."""
    if function[0].startswith(_HOME):
        return {GROUPS.get(function[0].removeprefix(_HOME).partition("/")[0], "other"): 1.0}
    weights = {caller: float(row[3]) for caller, row in callers.items() if caller in stats and caller != function}
    total = sum(weights.values())
    if not deep or not total:
        return {"other": 1.0}
    found: dict[str, float] = defaultdict(float)
    for caller, weight in sorted(weights.items(), key=lambda row: -row[1])[:3]:
        for group, share in _shares(stats, caller, stats[caller][4], deep - 1).items():
            found[group] += share * weight
    known = sum(found.values()) or 1.0
    return {group: share / known for group, share in found.items()}
