"""The list of what practice demands names tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
PARTS = {
    "Talk": 30,
    "Harm": 10,
    "Across languages and tables": 25,
    "Law and trust": 10,
    "The three texts a participant reads first": 4,
}
"""The parts of what practice demands, and how many demands each holds at least, split into what can be proved."""


def rows(page: str) -> list[str]:
    return [line for line in page.splitlines() if line.startswith("| ") and not line.startswith(("| what", "| ---"))]


@pytest.fixture
def page(repo: Path) -> str:
    return (repo / "docs" / "guide" / "practice.md").read_text()


def test_every_part_is_there_with_its_demands(page: str) -> None:
    found = {part.partition("\n")[0]: len(rows(part)) for part in page.split("\n## ")[1:]}
    assert found.keys() == PARTS.keys()
    assert {part: number for part, number in found.items() if number < PARTS[part]} == {}


def test_every_demand_is_proved_by_tests_that_are_there(page: str, repo: Path) -> None:
    assert [row for row in rows(page) if not NAMED.search(row)] == [], "each has a test"
    assert [row for row in rows(page) if len(NAMED.findall(row)) > 2] == [], "one or two, which somebody has looked at"
    missing = [
        f"{path}::{name}"
        for path, name in NAMED.findall(page)
        if not (repo / path).exists()
        or not re.search(rf"^(async )?def {name}\(", (repo / path).read_text(), re.MULTILINE)
    ]
    assert missing == []


def test_no_demand_stands_there_twice(page: str) -> None:
    demands = [row.split(" | ")[0] for row in rows(page)]
    assert len(demands) == len(set(demands))
