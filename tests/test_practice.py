"""The list of what practice demands names tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_every_demand_is_proved_by_tests_that_are_there(repo: Path) -> None:
    page = (repo / "docs" / "guide" / "practice.md").read_text()
    rows = [line for line in page.splitlines() if line.startswith("| ") and not line.startswith(("| what", "| ---"))]
    assert len(rows) >= 25
    assert [row for row in rows if not NAMED.search(row)] == [], "each has a test"
    missing = [
        f"{path}::{name}"
        for path, name in NAMED.findall(page)
        if not (repo / path).exists() or not re.search(rf"def {name}\(", (repo / path).read_text())
    ]
    assert missing == []
