"""Pnyx is killed at many points of six scenarios, and goes on where it was. (`make crash` kills it everywhere.)

The harness runs in a process of its own: what it forks must not hold the loops and connections of other tests.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ENOUGH = 500


def harness(repo: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.support.crash", "--jobs", "2", *arguments]
    return subprocess.run(command, cwd=repo, capture_output=True, text=True, timeout=900)


def test_nothing_is_lost_and_nothing_counts_twice(repo: Path, tmp_path: Path) -> None:
    ran = harness(repo, "--json", str(tmp_path / "verdicts.json"))
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
    verdicts = json.loads((tmp_path / "verdicts.json").read_text())
    outcomes = Counter(outcome for *_, outcome, _ in verdicts)
    assert outcomes["held"] >= ENOUGH
    assert outcomes["not reached"] * 20 < len(verdicts), ran.stdout[-4000:]
    reached = [(scenario, kind, what) for scenario, kind, what, _, outcome, _ in verdicts if outcome == "held"]
    tried = Counter(scenario for scenario, _, _ in reached)
    assert tried.keys() == {"argue", "border", "relay", "vote", "ballot", "table"}
    assert min(tried[name] for name in ("argue", "border", "relay", "vote")) > 60
    assert min(tried[name] for name in ("ballot", "table")) > 20
    files = {what for _, kind, what in reached if kind == "line"}
    for folder in ("engine", "store", "transports/telegram"):
        assert len([file for file in files if file.startswith(f"bot/{folder}/")]) > 2, folder
    for kind in ("before", "after"):
        statements = {what for _, of, what in reached if of == kind}
        assert len(statements) > 80
        assert "COMMIT" in statements


@pytest.mark.parametrize(
    ("fault", "scenario", "found"),
    [
        ("done_too_early", "vote", "I"),
        ("done_too_late", "table", "same: "),
        ("confirmed_first", "vote", "I1: "),
        ("unmarked", "vote", "I4: "),
        ("unmarked", "ballot", "I4: "),
        ("answered_first", "ballot", "I1: "),
    ],
)
def test_the_harness_finds_a_bug_that_was_planted(repo: Path, fault: str, scenario: str, found: str) -> None:
    ran = harness(repo, "--fault", fault, "--scenario", scenario, "--points", "900")
    assert ran.returncode == 1, ran.stdout[-2000:] + ran.stderr[-2000:]
    assert any(f": {found}" in line for line in ran.stdout.splitlines()), ran.stdout


def test_a_point_that_is_not_reached_is_told_and_counts_for_nothing(repo: Path) -> None:
    ran = harness(repo, "--scenario", "vote", "--at", "bot/engine/engine.py:1", "--time", "77")
    assert "not reached: vote, bot/engine/engine.py:1 (time 77)" in ran.stdout
    assert ran.returncode == 1


def test_a_line_is_killed_at_and_recovered_from(repo: Path) -> None:
    ran = harness(repo, "--scenario", "vote", "--at", "COMMIT", "--time", "50")
    assert ran.returncode == 0, ran.stdout
    assert "1 points in" in ran.stdout
