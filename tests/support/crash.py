"""The crash harness: kill Pnyx at a line or a statement, start it again, and see that nothing is lost and nothing counts twice.

    python -m tests.support.crash            a sample of 530 points
    python -m tests.support.crash --all      every line and statement of every scenario, early, in the middle and late,
                                             and right after every commit and every delivery
    python -m tests.support.crash --scenario vote --at bot/engine/sending.py:120 --time 3
                                             one point, to look at it again

Where a RAM disk is there (/dev/shm), the databases lie on it: a kill of the process, unlike a power cut, does not care.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path

from tests.support.crashing import faults
from tests.support.crashing.points import COMMITTED, COMMITTING, DELIVERED, Place, Point
from tests.support.crashing.staged import Staged, staged, warm
from tests.support.crashing.trial import Ground, Verdict, attempt, prepare

RAM = Path("/dev/shm")
FIRST = ("bot/engine/", "bot/store/", "bot/transports/telegram/")
"""Whose lines a sample takes before others."""

Target = tuple[str, Point]
"""A scenario and a point in it."""

_grounds: dict[str, Ground] = {}
_fault: str = ""


def sample(grounds: Iterable[Ground], size: int) -> list[Target]:
    """So many points, the most telling ones first: a fifth of them right before or after a commit, or after a delivery,
    spread over the scenarios; then statements, at most three fifths of what is left; then every line of engine, store and
    Telegram that runs outside of transactions, then lines inside of them (a kill there undoes a transaction) and lines of the
    other layers, each file in turn. Where a place is passed in several scenarios, or several times, the hash of the place says
    which one is taken: the same code gives the same sample. Of the scenarios that take long, only what the others do not pass
    is tried, and of that a seventh part."""
    grounds = tuple(grounds)
    quick, slow = [g for g in grounds if not g.scenario.slow], [g for g in grounds if g.scenario.slow]
    known = {place for ground in quick for place in ground.passed}
    few = size // 7 if quick and slow else size if slow else 0
    return [*_drawn(quick, size - few, set()), *_drawn(slow, few, known)]


def _drawn(grounds: Sequence[Ground], size: int, known: Collection[Place]) -> list[Target]:
    if not grounds:
        return []
    edges = (COMMITTING, COMMITTED, DELIVERED)
    each = max(1, size // 5 // len(grounds) // len(edges))
    spread = [_spread(ground, place, each) for ground in grounds for place in edges]
    found = [target for targets in zip_longest(*spread) for target in targets if target is not None]
    where: dict[Place, list[Ground]] = defaultdict(list)
    for ground in grounds:
        for place in ground.passed:
            where[place].append(ground)
    left = sorted(where.keys() - {*edges, *known}, key=_draw)
    statements = [place for place in left if place.kind != "line"][: (size - len(found)) * 3 // 5]
    between = {place for ground in grounds for place in ground.outside}
    lines = _in_turn([place for place in left if place.kind == "line"], between)
    for place in [*statements, *lines][: size - len(found)]:
        ground = where[place][_draw(place) % len(where[place])]
        found.append((ground.scenario.name, Point(place, 1 + _draw(place) // 7 % ground.passed[place])))
    return found


def _in_turn(lines: Iterable[Place], between: Collection[Place]) -> Iterator[Place]:
    """Lines, the more telling ones first, and of those that are alike one of each file, then a second one, and so on."""
    ranks: tuple[dict[str, list[Place]], ...] = (defaultdict(list), defaultdict(list), defaultdict(list))
    for place in lines:
        ranks[2 - place.what.startswith(FIRST) - (place in between)][place.what].append(place)
    for files in ranks:
        yield from (place for row in zip_longest(*files.values()) for place in row if place is not None)


def everything(grounds: Iterable[Ground]) -> list[Target]:
    """Every place of every scenario: the first time, one in the middle, and the last; and every commit and delivery. Where a
    scenario takes long, once for what the others pass too."""
    grounds = tuple(grounds)
    known = {place for ground in grounds if not ground.scenario.slow for place in ground.passed}

    def often(ground: Ground, place: Place, n: int) -> int:
        if place in (COMMITTED, DELIVERED):
            return n
        return 1 if ground.scenario.slow and place in known else 3

    return [
        target
        for ground in grounds
        for place, n in sorted(ground.passed.items())
        for target in _spread(ground, place, often(ground, place, n))
    ]


def _spread(ground: Ground, place: Place, number: int) -> list[Target]:
    """A place at so many of the times that it is passed, evenly from the first to the last."""
    last = ground.passed[place] - 1
    times = {1 + i * last // max(number - 1, 1) for i in range(number)} if last >= 0 else set()
    return [(ground.scenario.name, Point(place, n)) for n in sorted(times)]


def run(targets: Sequence[Target], jobs: int, fault: str = "") -> Iterator[Verdict]:
    """Try the points, several at once."""
    global _fault
    _fault = fault
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        yield from pool.imap_unordered(_attempt, targets)


def _attempt(target: Target) -> Verdict:
    scenario, point = target
    return attempt(_grounds[scenario], point, faults.FAULTS[_fault] if _fault else None)


def _ready(folder: Path, names: Sequence[str], jobs: int, counted: bool) -> None:
    """Prepare the scenarios, several at once."""
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        made = pool.starmap(_prepare, [(name, folder / name, counted) for name in names], chunksize=1)
    _grounds.update(zip(names, made, strict=True))


def _prepare(name: str, folder: Path, counted: bool) -> Ground:
    return prepare(next(s for s in staged() if s.name == name), folder, counted)


def _slow_first(scenario: Staged) -> bool:
    return not scenario.slow


def _draw(place: Place) -> int:
    return int.from_bytes(hashlib.sha256(repr(place).encode()).digest()[:6], "big")


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _asked(arguments)
    folder = Path(tempfile.mkdtemp(prefix="pnyx-crash-", dir=RAM if os.access(RAM, os.W_OK) else None))
    try:
        warm()
        names = [s.name for s in sorted(staged(), key=_slow_first) if asked.scenario in ("", s.name)]
        _ready(folder, names, asked.jobs, counted=not asked.at)
        if asked.at:
            targets = [(name, Point(_place(asked.at), asked.time)) for name in _grounds]
        else:
            targets = everything(_grounds.values()) if asked.all else sample(_grounds.values(), asked.points)
        verdicts = _try(targets, asked.jobs, asked.fault)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if asked.json is not None:
        rows = [
            (v.scenario, v.point.place.kind, v.point.place.what, v.point.place.line, v.outcome, v.failures)
            for v in verdicts
        ]
        asked.json.write_text(json.dumps(rows))
    outcomes = {v.outcome for v in verdicts}
    return int("failed" in outcomes or "held" not in outcomes)


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Kill Pnyx at many points, and see that nothing is lost.")
    parser.add_argument("--all", action="store_true", help="every line and statement, early, in the middle and late")
    parser.add_argument("--points", type=int, default=530, help="how many points a sample has")
    parser.add_argument("--scenario", default="", choices=["", *(s.name for s in staged())])
    parser.add_argument("--at", default="", help="one place: FILE:LINE, or a statement (after it)")
    parser.add_argument("--time", type=int, default=1, help="with --at: the how manieth time")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--fault", default="", choices=["", *faults.FAULTS], help="plant a bug; stops once it is found")
    parser.add_argument("--json", type=Path, help="write the verdicts here")
    return parser.parse_args(arguments)


def _place(text: str) -> Place:
    file, _, line = text.rpartition(":")
    return Place("line", file, int(line)) if line.isdecimal() else Place("after", text)


def _try(targets: Sequence[Target], jobs: int, fault: str) -> list[Verdict]:
    """Progress as it goes, and a table at the end."""
    began, verdicts = time.perf_counter(), []
    for verdict in run(targets, jobs, fault):
        verdicts.append(verdict)
        for failure in verdict.failures[:3]:
            print(f"\n{verdict.scenario}, {verdict.point}: {failure}")
        if sys.stdout.isatty() or len(verdicts) % 500 == 0:
            rate = len(verdicts) / (time.perf_counter() - began)
            print(f"\r{len(verdicts)} of {len(targets)} points, {rate:.0f} a second ", end="", flush=True)
        if fault and verdict.failures:
            break
    seconds = time.perf_counter() - began
    print(f"\n\n{'scenario':10} {'held':>6} {'failed':>7} {'not reached':>12}")
    for name in sorted(_grounds):
        tally = Counter(v.outcome for v in verdicts if v.scenario == name)
        print(f"{name:10} {tally['held']:6} {tally['failed']:7} {tally['not reached']:12}")
    for verdict in verdicts:
        if verdict.outcome == "not reached":
            print(f"not reached: {verdict.scenario}, {verdict.point}")
    print(f"{len(verdicts)} points in {seconds:.0f} s, {len(verdicts) / seconds:.1f} a second, {jobs} at a time")
    return verdicts


if __name__ == "__main__":
    sys.exit(main())
