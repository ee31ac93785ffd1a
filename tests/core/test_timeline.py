"""When steps open and close, reckoned before anybody has answered."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.core.flow import Flow
from bot.core.reading import read_flow
from bot.core.timeline import Endless, Planned, timeline
from tests.support.flows import SOUND, broken


def _flow(text: str) -> Flow:
    file = read_flow(text, "flow.toml").file
    assert file is not None, read_flow(text, "flow.toml").problems
    return Flow.of(file, "x@0")


def _plan(text: str = SOUND, start: datetime | None = None) -> dict[tuple[str, str], Planned]:
    return {(p.course, p.node.id): p for p in timeline(_flow(text), start)}


def _shown(plan: Planned) -> str:
    closes = f"{plan.closes:%H:%M}" if plan.closes else "-"
    return f"{'~' if plan.estimate else ''}{plan.opens:%H:%M}-{closes}"


def test_each_site_walks_by_its_own_clock_with_full_durations() -> None:
    plan = _plan()
    assert {step: _shown(p) for (site, step), p in plan.items() if site == "wien"} == {
        "hello": "17:00-17:30",  # the run of self-paced steps opens and closes together
        "consent": "17:00-17:30",
        "profile": "17:00-17:30",
        "seats": "17:30--",
        "talk.food": "~17:30-17:50",  # how long the draw takes is not known
        "side": "~17:50-18:00",
        "ideas": "~17:50-18:00",
        "digest": "~18:00-18:15",
        "carry": "~18:15-20:15",
        "ballot": "~20:15-20:25",
        "result": "~20:25--",
        "ready": "~20:25-20:35",  # a gate opens at the latest with its time-out
        "bye": "~20:35-20:35",
    }
    assert _shown(plan["london", "hello"]) == "18:00-18:30"


def test_a_step_with_a_time_of_its_own_is_certain_again() -> None:
    plan = _plan(broken(('id = "ballot"\n', 'id = "ballot"\nopens = 20:30:00\n')))
    assert _shown(plan["london", "ballot"]) == "~21:15-21:25", "what comes before takes longer"
    plan = _plan(broken(('id = "ballot"\n', 'id = "ballot"\nopens = 21:30:00\n')))
    assert [_shown(plan[site, "ballot"]) for site in ("wien", "london")] == ["20:30-20:40", "21:30-21:40"]


def test_what_ends_at_an_hour_of_its_own_makes_what_follows_certain() -> None:
    night = '[[step]]\nid = "night"\ntype = "break"\ncloses = 18:00:00\ntext = { en = "a", de = "b" }\n'
    plan = _plan(broken(('[[step]]\nid = "ballot"\n', f'{night}[[step]]\nid = "ballot"\n')))
    assert plan["london", "night"].estimate
    assert not plan["london", "ballot"].estimate


def test_a_step_that_is_for_another_place_is_left_out() -> None:
    plan = _plan(SOUND)
    assert ("wien", "ready") in plan
    assert ("london", "ready") not in plan
    both = _plan(broken(("when = 'site == \"wien\"'", "when = 'done.talk == \"done\"'")))
    assert ("london", "ready") in both, "whether that holds is not known beforehand"


def test_a_bare_time_after_a_night_is_of_the_next_day() -> None:
    night = '[[step]]\nid = "night"\ntype = "break"\ncloses = 18:00:00\ntext = { en = "a", de = "b" }\n'
    plan = _plan(broken(('[[step]]\nid = "ballot"\n', f'{night}[[step]]\nid = "ballot"\nopens = 18:30:00\n')))
    assert plan["wien", "night"].closes == datetime(2027, 3, 3, 17, tzinfo=UTC)
    assert plan["wien", "ballot"].opens == datetime(2027, 3, 3, 17, 30, tzinfo=UTC)


def test_a_parallel_ends_with_its_last_branch_or_its_first() -> None:
    second = '[[step]]\nid = "read"\ntype = "collect"\nwithin = "side"\nbranch = "b"\nduration = "{}"\ntext = "x"\n'
    for join, duration, end in (("all", "12m", "18:02"), ("any", "12m", "18:00"), ("all", "2d", "18:05")):
        text = broken(
            ('duration = "15m"\n', f'duration = "15m"\njoin = "{join}"\n'),
            ('[[step]]\nid = "digest"', second.format(duration) + '[[step]]\nid = "digest"'),
        )
        assert f"{_plan(text)['wien', 'digest'].opens:%H:%M}" == end


def test_over_a_clock_change_a_duration_stays_a_duration() -> None:
    plan = _plan(broken(("start = 2027-03-02T18:00:00", "start = 2027-03-28T01:50:00")))
    assert _shown(plan["wien", "consent"]) == "00:50-01:20"


def test_without_a_start_the_first_day_in_the_flow_counts_or_the_one_given() -> None:
    text = broken(("start = 2027-03-02T18:00:00\n", ""))
    assert _plan(text) == {}
    assert _shown(_plan(text, datetime(2027, 3, 2, 18))["wien", "hello"]) == "17:00-17:30"
    assert _shown(_plan(SOUND, datetime(2027, 3, 2, 9))["wien", "hello"]) == "08:00-08:30"
    opened = broken(
        ("start = 2027-03-02T18:00:00\n", ""), ('id = "hello"', 'id = "hello"\nopens = 2027-03-02T19:00:00')
    )
    assert _shown(_plan(opened)["wien", "hello"]) == "18:00-18:30"


def test_what_no_calendar_reaches_is_told() -> None:
    eras = '[[step]]\nid = "eras"\ntype = "repeat"\ntimes = 100\n' + "".join(
        f'[[step]]\nid = "e{i}"\ntype = "break"\nwithin = "eras"\nduration = "3650d"\n' for i in range(9)
    )
    with pytest.raises(Endless, match="longer than the calendar"):
        _plan(SOUND + eras)
