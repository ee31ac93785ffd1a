"""The crash harness: kill Pnyx at a line or a statement, start it again, and see that nothing is lost and nothing counts twice.

    python -m tests.support.crash            a sample: every line of engine and store, every statement, lines of the rest
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
from tests.support.crashing.points import Place, Point
from tests.support.crashing.trial import Ground, Verdict, attempt, prepare
from tests.support.crashing.world import scenarios, warm

FIRST = ("bot/engine/", "bot/store/")
"""Whose lines a sample takes before all others."""

Target = tuple[str, Point]
"""A scenario and a point in it."""

_grounds: dict[str, Ground] = {}
_fault: str = ""


def sample(grounds: Iterable[Ground], size: int) -> list[Target]:
    """Each place of engine and store and each statement once, then lines of the rest until there are `size`; which scenario,
    and which time it is passed, is drawn by the hash of the place, so that the same code gives the same sample."""
    where: dict[Place, list[Ground]] = defaultdict(list)
    for ground in grounds:
        for place in ground.passed:
            where[place].append(ground)
    order = sorted(where, key=lambda place: (not _comes_first(place), _draw(place)))
    taken = [place for place in order if _comes_first(place)]
    taken += order[len(taken) : max(size, len(taken))]
    found = []
    for place in taken:
        ground = where[place][_draw(place) % len(where[place])]
        found.append((ground.scenario.name, Point(place, 1 + _draw(place) // 7 % ground.passed[place])))
    return found


def everything(grounds: Iterable[Ground]) -> list[Target]:
    """Every place of every scenario: the first time, one in the middle, and the last."""
    return [
        (ground.scenario.name, Point(place, occurrence))
        for ground in grounds
        for place, n in sorted(ground.passed.items())
        for occurrence in sorted({1, (n + 1) // 2, n})
    ]


def run(targets: Sequence[Target], jobs: int, fault: str = "") -> Iterator[Verdict]:
    """Try the points, several at once."""
    global _fault
    _fault = fault
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        yield from pool.imap_unordered(_attempt, targets, chunksize=4)


def _attempt(target: Target) -> Verdict:
    scenario, point = target
    return attempt(_grounds[scenario], point, faults.FAULTS[_fault] if _fault else None)


def _comes_first(place: Place) -> bool:
    return place.kind != "line" or place.what.startswith(FIRST)


def _draw(place: Place) -> int:
    return int.from_bytes(hashlib.sha256(repr(place).encode()).digest()[:6], "big")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Kill Pnyx at many points, and see that nothing is lost.")
    parser.add_argument("--all", action="store_true", help="every line and statement, early, in the middle and late")
    parser.add_argument("--points", type=int, default=600, help="how many points a sample has at least")
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
