"""One trial: a run that is killed at a point, a second one that recovers, and the verdict on what they leave.

The process that forks holds no loop, no connection and no thread; each child begins its own. A run that hangs is ended by
its own alarm and reported.
"""

from __future__ import annotations

import asyncio
import functools
import json
import logging
import os
import shutil
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from tests.support.crashing.judge import Record, at_the_end, record, right_after
from tests.support.crashing.points import Place, Point, Watch
from tests.support.crashing.world import Fault, Scenario, found, play

LONGEST = 30
"""Seconds after which a run counts as stuck."""


@dataclass
class Ground:
    """A scenario made ready: the state in which it starts, how often a run passes each place (and which of them outside of
    transactions), and what a clean run leaves."""

    scenario: Scenario
    folder: Path
    passed: Counter[Place] = field(default_factory=Counter)
    outside: frozenset[Place] = frozenset()
    clean: Record | None = None

    @property
    def start(self) -> Path:
        return self.folder / "start"


@dataclass(frozen=True)
class Verdict:
    """`failures` is empty where all invariants held."""

    scenario: str
    point: Point
    outcome: Literal["held", "failed", "not reached"]
    failures: tuple[str, ...] = ()
    seconds: float = 0.0


def prepare(scenario: Scenario, folder: Path) -> Ground:
    """Make the start, and run it three times to its end: twice to count, keeping for each place the smaller number of times,
    and once as a run that nobody watches. Raises RuntimeError where the scenario itself does not hold."""
    ground = Ground(scenario, folder)
    ground.start.mkdir(parents=True)
    _must(_child(ground.start, lambda: found(scenario, ground.start)), ground.start)
    counts = []
    for name in ("first", "second"):
        run = _copy(ground, name)
        _must(_child(run, functools.partial(_counted, scenario, run)), run)
        counts.append(_read_counts(run))
    ground.passed = counts[0][0] & counts[1][0]
    ground.outside = counts[0][1] & counts[1][1]
    run = _copy(ground, "clean")
    _must(_child(run, lambda: play(scenario, run, Watch())), run)
    ground.clean = record(run)
    if wrong := at_the_end(scenario, folder / "first", ground.clean, 0) + at_the_end(scenario, run, ground.clean, 0):
        raise RuntimeError(f"the scenario {scenario.name} does not hold without a kill: {wrong}")
    return ground


def attempt(ground: Ground, point: Point, fault: Fault | None = None) -> Verdict:
    """Kill a run at a point, recover, and judge."""
    began = time.perf_counter()
    scenario, clean = ground.scenario, ground.clean
    assert clean is not None
    run = _copy(ground, f"run-{os.getpid()}")
    killed = _child(run, lambda: _killed(scenario, run, point, fault))
    if killed == 0:
        return Verdict(scenario.name, point, "not reached", (), time.perf_counter() - began)
    failures = [] if killed == -signal.SIGKILL else [f"the run ended with {killed} before the point: {_why(run)}"]
    if not failures:
        aside = run.with_name(f"{run.name}-aside")
        shutil.rmtree(aside, ignore_errors=True)
        shutil.copytree(run, aside)
        failures += right_after(scenario, aside)
        recovered = _child(run, lambda: _recovered(scenario, run, fault))
        if recovered:
            failures.append(f"I9: the recovery ended with {recovered}: {_why(run)}")
        else:
            failures += at_the_end(scenario, run, clean, 1)
    seconds = time.perf_counter() - began
    return Verdict(scenario.name, point, "failed" if failures else "held", tuple(failures), seconds)


async def _counted(scenario: Scenario, run: Path) -> None:
    watch = Watch(count=True)
    watch.install()
    await play(scenario, run, watch)
    rows = [(p.kind, p.what, p.line, n, p in watch.outside) for p, n in watch.passed.items()]
    (run / "passed").write_text(json.dumps(rows))


def _read_counts(run: Path) -> tuple[Counter[Place], frozenset[Place]]:
    rows = [(Place(kind, what, line), n, out) for kind, what, line, n, out in json.loads((run / "passed").read_text())]
    return Counter({place: n for place, n, _ in rows}), frozenset(place for place, _, out in rows if out)


async def _killed(scenario: Scenario, run: Path, point: Point, fault: Fault | None) -> None:
    if fault is not None:
        fault()
    watch = Watch(point)
    watch.install()
    await play(scenario, run, watch)


async def _recovered(scenario: Scenario, run: Path, fault: Fault | None) -> None:
    if fault is not None:
        fault()
    await play(scenario, run, Watch())


def _copy(ground: Ground, name: str) -> Path:
    run = ground.folder / name
    shutil.rmtree(run, ignore_errors=True)
    shutil.copytree(ground.start, run)
    return run


def _child(run: Path, body: Callable[[], Coroutine[Any, Any, None]]) -> int:
    """Run something in a child. 0 where it came to its end, the number of the signal below zero where one ended it."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(LONGEST)
            logging.disable(logging.CRITICAL)
            asyncio.run(body())
            status = 0
        except BaseException:
            (run / "excuse").write_text(traceback.format_exc())
        finally:
            os._exit(status)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def _must(status: int, run: Path) -> None:
    if status:
        raise RuntimeError(f"a run that nobody kills ended with {status}: {_why(run)}")


def _why(run: Path) -> str:
    excuse = run / "excuse"
    return excuse.read_text().strip().splitlines()[-1] if excuse.exists() else "no reason given"
