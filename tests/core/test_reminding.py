"""Nobody is reminded of a question that has only just come, or has not come yet. In Lyon it is 18:00 when the vote opens."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.support.plays import ONE_SITE, flow_of
from tests.support.stagehand import START, Stagehand

HOUR = timedelta(hours=1)
VOTE = """
[[step]]
id = "ballot"
type = "vote"
duration = "4h"
remind = ["3h30m", "90m", "10m"]
questions = [{ id = "bottles", method = "yes_no_abstain", text = "Shall shops take back bottles?" }]
"""


def quiet(start: str, end: str) -> str:
    return f"{ONE_SITE}quiet_hours = {{ start = {start}, end = {end} }}\n"


def reminded(sites: str, came: timedelta = timedelta()) -> list[timedelta]:
    """How long after the opening a person is reminded to whom the question came so much later than to the others."""
    stage = Stagehand(flow_of(VOTE, sites))
    stage.seat("anna")
    stage.start()
    key = ("ballot", "seat:anna")
    stage.stages[key] = replace(stage.stages[key], opened=START + came)
    heard: list[timedelta] = []
    for _ in range(24):
        stage.wait(HOUR / 6)
        told = sum("still waits for you" in text for text in stage.read_by("seat:anna"))
        heard += [stage.now - START] * (told - len(heard))
    return heard


def test_by_day_everybody_is_reminded_whenever_the_flow_says() -> None:
    assert reminded(ONE_SITE) == [HOUR / 2, 2.5 * HOUR, 4 * HOUR - HOUR / 6]
    assert reminded(quiet("22:00:00", "07:00:00")) == reminded(ONE_SITE)


def test_not_in_the_night_in_which_the_question_waits_nor_in_the_hour_after_it() -> None:
    assert reminded(quiet("17:00:00", "20:00:00")) == [4 * HOUR - HOUR / 6]


def test_a_reminder_that_is_due_at_night_waits_for_the_morning_where_the_question_came_by_day() -> None:
    assert reminded(quiet("18:15:00", "20:00:00")) == reminded(ONE_SITE)


@pytest.mark.parametrize(
    ("came", "expected"),
    [
        (timedelta(minutes=4), [HOUR / 2, 2.5 * HOUR, 4 * HOUR - HOUR / 6]),
        (timedelta(minutes=20), [2.5 * HOUR, 4 * HOUR - HOUR / 6]),
        (2 * HOUR, [4 * HOUR - HOUR / 6]),
        (3.5 * HOUR, [4 * HOUR - HOUR / 6]),
        (timedelta(hours=3, minutes=48), []),
    ],
)
def test_nor_a_latecomer_who_has_only_just_been_asked(came: timedelta, expected: list[timedelta]) -> None:
    assert reminded(ONE_SITE, came) == expected
