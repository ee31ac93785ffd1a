"""What `pnyx status` tells of things that came to nothing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.cli import desk, main
from bot.transports import matrix

NOTHING: dict[str, Any] = {
    "presses": [],
    "ignored": [],
    "parked": [],
    "heard": {},
    "queues": {"inbox": {}, "outbox": {}},
    "now": 0,
}
SQUARE = {"id": "a1", "flow": "square@1", "title": "The square", "courses": []}


def status(monkeypatch: pytest.MonkeyPatch, dropped: dict[str, int], *presses: tuple[str, int]) -> list[str]:
    """What is told beyond what always is."""
    rows = [{"account": "telegram:main", "why": why, "number": number} for why, number in presses]
    found = {**NOTHING, "assemblies": [{**SQUARE, "dropped": dropped}], "presses": rows}
    monkeypatch.setattr(desk, "do", lambda config, what: found)
    done = CliRunner(env={"COLUMNS": "300"}).invoke(main, ["status"])
    assert done.exit_code == 0, done.output
    return [line.strip() for line in done.output.splitlines()][2:]


ALWAYS = "Waiting to happen: 0. Waiting to be sent: 0."


def test_where_all_is_well_nothing_more_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert status(monkeypatch, {}) == [ALWAYS]


def test_what_came_to_nothing_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    told = status(
        monkeypatch, {"no_seat": 1, "nobody": 3, "not_theirs": 2}, ("another's", 1), ("unknown", 1000)
    )  # fmt: skip
    assert told == [
        "In its rooms, 1 message or press came from people who have no place at that table. Nothing of it was kept.",
        "In its rooms, 3 messages and presses came from somebody whom nobody can see (an anonymous administrator, a channel).",
        "In its rooms, 2 messages and presses were of buttons that were meant for somebody else, or are not there any more.",
        ALWAYS,
        "telegram:main: 1 press of somebody else's buttons came to nothing since Pnyx began to run.",
        "telegram:main: 1,000 presses of buttons that nobody was sent came to nothing since Pnyx began to run.",
    ]


def test_what_an_account_took_no_notice_of_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"account": "matrix:main", "why": why, "number": n} for n, why in enumerate(desk.IGNORED, 1)]
    found = {**NOTHING, "assemblies": [{**SQUARE, "dropped": {}}], "ignored": rows}
    monkeypatch.setattr(desk, "do", lambda config, what: found)
    told = CliRunner(env={"COLUMNS": "300"}).invoke(main, ["status"]).output.splitlines()
    assert "matrix:main: 2 edits of a message by somebody else, since Pnyx began to run." in told
    assert len([line for line in told if line.startswith("matrix:main: ")]) == len(desk.IGNORED)


def test_whatever_is_counted_has_words() -> None:
    """Each kind that the transport counts is told."""
    source = "".join(path.read_text() for path in Path(matrix.__file__).parent.glob("*.py"))
    assert set(re.findall(r'counts\["([a-z\' ]+)"\] \+=', source)) == set(desk.IGNORED)
