"""A break: people are told when it goes on, and a new session begins then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from tests.support.plays import ONE_SITE, flow_of
from tests.support.stagehand import START, Stagehand

HOUR = timedelta(hours=1)
PAUSE = """
[[step]]
id = "pause"
type = "break"
{more}
[[step]]
id = "after"
type = "inform"
text = "We go on."
"""


def in_break(more: str, sites: str = ONE_SITE) -> Stagehand:
    stage = Stagehand(flow_of(PAUSE.format(more=more), sites))
    stage.seat("anna")
    stage.start()
    return stage


def test_it_says_when_it_goes_on_and_begins_a_new_session() -> None:
    stage = in_break('duration = "3h"\ntext = "Have a walk."')
    assert stage.read_by("course:all") == [
        "Have a walk.\nWe go on here on 02 Mar 20:00. You need not do anything until then."
    ]
    assert stage.courses["all"].session == START
    stage.wait(3 * HOUR - timedelta(seconds=1))
    assert stage.read_by("seat:anna") == []
    stage.wait(timedelta(seconds=1))
    assert stage.courses["all"].session == START + 3 * HOUR
    assert stage.read_by("seat:anna") == ["We go on."]


@pytest.mark.parametrize(
    ("clock", "ends"),
    [
        ("19:00:00", datetime(2027, 3, 2, 18, 0, tzinfo=UTC)),  # it is 18:00 in Lyon
        ("18:00:00", datetime(2027, 3, 3, 17, 0, tzinfo=UTC)),
        ("09:30:00", datetime(2027, 3, 3, 8, 30, tzinfo=UTC)),
        ("2027-03-09T18:00:00", datetime(2027, 3, 9, 17, 0, tzinfo=UTC)),
    ],
)
def test_a_bare_time_is_the_next_such_time(clock: str, ends: datetime) -> None:
    stage = in_break(f"closes = {clock}")
    entry = stage.courses["all"].open["pause"]
    assert entry.closes == ends
    stage.wait(ends - START)
    assert stage.courses["all"].session == ends


def test_a_night_with_a_clock_change_ends_by_the_wall_clock() -> None:
    stage = Stagehand(flow_of(PAUSE.format(more="closes = 09:00:00")))
    stage.now = datetime(2027, 3, 27, 20, 0, tzinfo=UTC)
    stage.start()
    assert stage.courses["all"].open["pause"].closes == datetime(2027, 3, 28, 7, 0, tzinfo=UTC)


def test_people_are_called_back() -> None:
    stage = in_break('duration = "1d"\nremind = ["1h", "2d"]')
    stage.wait(23 * HOUR)
    assert stage.read_by("course:all")[1:] == ["We go on here on 03 Mar 17:00. We look forward to seeing you again."]


def test_what_is_written_in_a_break_reaches_nobody() -> None:
    stage = in_break('duration = "1h"')
    stage.seat("ben", "anna", table="t1")
    stage.write("anna", "Hello?")
    assert stage.told("table:t1") == stage.told("seat:ben") == []
    assert stage.contributions == {}


def test_a_break_needs_an_end() -> None:
    with pytest.raises(ValidationError, match="found no end; a break says when it goes on"):
        flow_of(PAUSE.format(more=""))
