"""A flow as a picture: lines for the terminal, a chart for wikis. And its form for editors."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.flow import FlowFile
from bot.core.outline import lines, mermaid, outline, span_text
from bot.core.reading import read_flow
from bot.core.schedule import duration
from bot.core.schema import schema_text
from bot.core.wording import STEPS
from tests.support.flows import SOUND


@pytest.fixture
def file() -> FlowFile:
    found = read_flow(SOUND, "flow.toml").file
    assert found is not None
    return found


def test_the_outline_shows_what_stands_within_what(file: FlowFile) -> None:
    found = [(depth, id, more) for depth, id, _, more in lines(outline(file))]
    assert found[4:9] == [
        (0, "themes", "over themes"),
        (1, "talk", "for 20m"),
        (0, "side", "for 15m"),
        (1, "[writing]", ""),
        (2, "ideas", "for 10m"),
    ]
    assert (0, "ready", 'when site == "wien"') in found
    assert [id for depth, id, _ in found if depth == 0 or id in ("talk", "ideas")] == [s.id for s in file.step]


def test_the_chart_joins_every_step_to_the_one_before(file: FlowFile) -> None:
    chart = mermaid(file).splitlines()
    assert chart[0] == "flowchart TD"
    for edge in (
        "s_hello --> s_consent",
        "s_seats --> s_talk",
        "s_talk --> s_side",
        "s_side --> s_ideas",
        "s_ideas --> s_digest",
    ):
        assert any(line.strip() == edge for line in chart), edge
    assert "  s_digest -.-> s_carry" in chart
    assert chart.count("  end") == [line.strip().split()[0] for line in chart].count("subgraph") == 2
    assert "s_ready[\"ready<br/>gate<br/>when site == 'wien'\"]" in mermaid(file)


@pytest.mark.parametrize("text", ["3w", "2d", "1h30m", "40m", "90s", "1m30s", "0s"])
def test_a_span_is_said_as_it_is_written(text: str) -> None:
    span = duration(text) if text != "0s" else timedelta()
    assert duration(span_text(span.total_seconds())) == span
    assert span_text(timedelta(minutes=90).total_seconds()) == "1h30m"


def test_the_schema_in_the_repository_is_the_one_of_the_code(repo: Path) -> None:
    assert (repo / "flows" / "schema.json").read_text(encoding="utf-8") == schema_text(), (
        "run `pnyx flow schema --write`"
    )


def test_the_schema_speaks_of_toml() -> None:
    schema = json.loads(schema_text())
    assert schema_text() == schema_text()
    assert '"null"' not in schema_text()
    assert set(schema["properties"]["step"]["items"]["discriminator"]["mapping"]) == set(STEPS)
    discuss = schema["$defs"]["Discuss"]["properties"]
    assert discuss["turn_for"]["default"] == "1m30s"
    assert discuss["title"]["description"] == "a text in the source language, or one for each language"
    assert "from" in schema["$defs"]["Vote"]["properties"]
