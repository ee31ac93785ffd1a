"""The crash harness: kill Pnyx at a line or a statement, start it again, and see that nothing is lost and nothing counts twice.

    python -m tests.support.crash            a sample of 750 points
    python -m tests.support.crash --all      every line and statement of every scenario, early, in the middle and late

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
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tests.support.crashing import faults
from tests.support.crashing.points import COMMITTED, DELIVERED, Place, Point
from tests.support.crashing.trial import Ground, Verdict, attempt, prepare
from tests.support.crashing.world import scenarios, warm

FIRST = ("bot/engine/", "bot/store/")
"""Whose lines a sample takes before others."""

Target = tuple[str, Point]
"""A scenario and a point in it."""

_grounds: dict[str, Ground] = {}
_fault: str = ""


def sample(grounds: Iterable[Ground], size: int) -> list[Target]:
    """So many points, the most telling ones first: a third of them right after a commit or a delivery, spread over the
    scenarios; then every statement, every line that runs outside of transactions, the other lines of engine and store (a
    kill there undoes a transaction), and the rest. Where a place is passed in several scenarios, or several times, the hash
    of the place says which one is taken: the same code gives the same sample."""
    grounds = tuple(grounds)
    where: dict[Place, list[Ground]] = defaultdict(list)
    outside = {place for ground in grounds for place in ground.outside}
    for ground in grounds:
        for place in ground.passed:
            where[place].append(ground)

    def rank(place: Place) -> tuple[int, int]:
        inner = not place.what.startswith(FIRST)
        return (0 if place.kind != "line" else 1 + inner if place in outside else 3 + inner), _draw(place)

    each = size // 3 // len(grounds) // 2
    found = [t for ground in grounds for place in (COMMITTED, DELIVERED) for t in _spread(ground, place, each)]
    for place in sorted(where, key=rank)[: size - len(found)]:
        ground = where[place][_draw(place) % len(where[place])]
        found.append((ground.scenario.name, Point(place, 1 + _draw(place) // 7 % ground.passed[place])))
    return found


def everything(grounds: Iterable[Ground]) -> list[Target]:
    """Every place of every scenario: the first time, one in the middle, and the last; and every commit and delivery."""
    return [
        target
        for ground in grounds
        for place, n in sorted(ground.passed.items())
        for target in _spread(ground, place, n if place in (COMMITTED, DELIVERED) else 3)
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
        yield from pool.imap_unordered(_attempt, targets, chunksize=4)


def _attempt(target: Target) -> Verdict:
    scenario, point = target
    return attempt(_grounds[scenario], point, faults.FAULTS[_fault] if _fault else None)


def _draw(place: Place) -> int:
    return int.from_bytes(hashlib.sha256(repr(place).encode()).digest()[:6], "big")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Kill Pnyx at many points, and see that nothing is lost.")
    parser.add_argument("--all", action="store_true", help="every line and statement, early, in the middle and late")
    parser.add_argument("--points", type=int, default=750, help="how many points a sample has")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--fault", default="", choices=["", *faults.FAULTS], help="plant a bug, which must be found")
    parser.add_argument("--json", type=Path, help="write the verdicts here")
    asked = parser.parse_args(arguments)
    ram = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="pnyx-crash-", dir=ram if os.access(ram, os.W_OK) else None))
    try:
        warm()
        for scenario in scenarios():
            _grounds[scenario.name] = prepare(scenario, folder / scenario.name)
        targets = everything(_grounds.values()) if asked.all else sample(_grounds.values(), asked.points)
        return _report(targets, asked.jobs, asked.fault, asked.json)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _report(targets: Sequence[Target], jobs: int, fault: str, to: Path | None) -> int:
    """Progress, and a table at the end. 0 where everything held."""
    began, verdicts = time.perf_counter(), []
    for verdict in run(targets, jobs, fault):
        verdicts.append(verdict)
        for failure in verdict.failures[:3]:
            print(f"\n{verdict.scenario}, {verdict.point}: {failure}")
        if sys.stdout.isatty() or len(verdicts) % 500 == 0:
            rate = len(verdicts) / (time.perf_counter() - began)
            print(f"\r{len(verdicts)} of {len(targets)} points, {rate:.0f} a second ", end="", flush=True)
    seconds = time.perf_counter() - began
    print(f"\n\n{'scenario':10} {'held':>6} {'failed':>7} {'not reached':>12}")
    for name in sorted(_grounds):
        tally = Counter(v.outcome for v in verdicts if v.scenario == name)
        print(f"{name:10} {tally['held']:6} {tally['failed']:7} {tally['not reached']:12}")
    for verdict in verdicts:
        if verdict.outcome == "not reached":
            print(f"not reached: {verdict.scenario}, {verdict.point}")
    print(f"{len(verdicts)} points in {seconds:.0f} s, {len(verdicts) / seconds:.1f} a second, {jobs} at a time")
    if to is not None:
        rows = [[v.scenario, v.point.place.kind, v.point.place.what, v.point.place.line, v.outcome, *v.failures] for v in verdicts]
        to.write_text(json.dumps(rows))
    return int(any(v.outcome == "failed" for v in verdicts))


if __name__ == "__main__":
    sys.exit(main())
