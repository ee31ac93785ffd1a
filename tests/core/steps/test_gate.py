"""A gate: opened by a person, by a condition, or by time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from bot.core.effects import Note
from tests.support.plays import TWO_SITES, flow_of
from tests.support.stagehand import Stagehand

MINUTE = timedelta(minutes=1)
GATE = """
[[step]]
id = "ready"
type = "gate"
title = "Ready?"
ask = "Is everybody back?"
checklist = ["The doors are closed"]
timeout = "20m"
{more}
[[step]]
id = "after"
type = "inform"
text = "We go on."
"""


def at_gate(more: str = "", sites: str | None = None) -> Stagehand:
    text = GATE.format(more=more)
    stage = Stagehand(flow_of(text, sites) if sites else flow_of(text))
    stage.seat("anna")
    stage.seat("claire", role="coordinator")
    stage.seat("gerd", role="coordinator", site="graz")
    stage.seat("otto", role="organiser")
    stage.start()
    return stage


def test_coordinator_is_asked_and_opens() -> None:
    stage = at_gate()
    [asked] = stage.told("coordinators:lyon")
    assert stage.read_by("coordinators:lyon") == [
        "Ready?\nIs everybody back?\nThe doors are closed\nAt 02 Mar 17:20 the assembly goes on by itself.\n[Go on]"
    ]
    assert stage.read_by("seat:anna") == []
    assert stage.press("claire", asked.buttons[0].press) == ["Thank you. We go on."]
    assert stage.courses["all"].done["ready"] == "opened"
    assert stage.read_by("seat:anna") == ["We go on."]
    stage.wait(60 * MINUTE)
    assert stage.courses["all"].done["ready"] == "opened"


@pytest.mark.parametrize("seat", ["anna", "gerd"])
def test_nobody_else_opens(seat: str) -> None:
    stage = at_gate()
    assert stage.press(seat, "ready:go:all:") == ["Only the coordinator or an organiser can do that."]
    assert "ready" in stage.courses["all"].open


def test_coordinator_cannot_open_a_gate_for_the_organiser() -> None:
    stage = at_gate('who = "organiser"')
    assert stage.told("coordinators:lyon") == []
    [asked] = stage.told("organisers:")
    stage.press("claire", asked.buttons[0].press)
    assert "ready" in stage.courses["all"].open
    stage.press("otto", asked.buttons[0].press)
    assert stage.courses["all"].done["ready"] == "opened"


def test_a_press_opens_the_gate_of_the_course_that_it_names() -> None:
    stage = at_gate(sites=TWO_SITES)
    assert stage.press("claire", "ready:go:graz:") == ["Only the coordinator or an organiser can do that."]
    stage.press("otto", stage.told("coordinators:graz")[0].buttons[0].press)
    assert "ready" in stage.courses["lyon"].open
    assert stage.courses["graz"].done["ready"] == "opened"


def test_time_opens_it_too() -> None:
    stage = at_gate()
    stage.wait(19 * MINUTE)
    assert "ready" in stage.courses["all"].open
    stage.wait(MINUTE)
    assert stage.courses["all"].done["ready"] == "timed_out"
    assert stage.read_by("coordinators:lyon")[-1] == "Nobody opened “Ready?” in time. The assembly goes on."
    assert stage.read_by("seat:anna") == ["We go on."]
    assert stage.press("claire", "ready:go:all:") == ["This is closed now, so nothing was changed."]


def test_it_holds_once_and_no_longer() -> None:
    stage = at_gate('on_timeout = "hold_once"')
    assert "You will be asked once more at 02 Mar 17:20." in stage.read_by("coordinators:lyon")[0]
    stage.wait(20 * MINUTE)
    assert "This is the last time it waits." in stage.read_by("coordinators:lyon")[-1]
    assert "At 02 Mar 17:40 the assembly goes on by itself." in stage.read_by("coordinators:lyon")[-1]
    stage.wait(19 * MINUTE)
    assert "ready" in stage.courses["all"].open
    stage.wait(MINUTE)
    assert stage.courses["all"].done["ready"] == "timed_out"


def test_a_gate_opened_while_it_holds_is_not_timed_out_later() -> None:
    stage = at_gate('on_timeout = "hold_once"')
    stage.wait(25 * MINUTE)
    stage.press("claire", "ready:go:all:")
    stage.wait(60 * MINUTE)
    assert not any(isinstance(e, Note) and e.act == "gate_timed_out" for e in stage.others)


CONDITION = """
[[step]]
id = "first"
type = "gate"
ask = "Shall we?"
timeout = "5m"
[[step]]
id = "second"
type = "gate"
condition = 'done.first == "opened"'
timeout = "20m"
"""


def test_a_condition_that_holds_opens_at_once() -> None:
    stage = Stagehand(flow_of(CONDITION))
    stage.seat("claire", role="coordinator")
    stage.start()
    stage.press("claire", "first:go:all:")
    assert stage.courses["all"].done == {"first": "opened", "second": "opened"}


def test_a_condition_that_does_not_hold_waits_for_the_time_and_asks_nobody() -> None:
    stage = Stagehand(flow_of(CONDITION))
    stage.seat("claire", role="coordinator")
    stage.start()
    stage.wait(5 * MINUTE)
    before = len(stage.told("coordinators:lyon"))
    assert "second" in stage.courses["all"].open
    stage.wait(19 * MINUTE)
    assert len(stage.told("coordinators:lyon")) == before
    stage.wait(MINUTE)
    assert stage.courses["all"].done["second"] == "timed_out"


def test_a_condition_is_looked_at_again_when_the_time_is_over() -> None:
    stage = at_gate("condition = 'result.choice.buses == \"adopted\"'")
    stage.wait(10 * MINUTE)
    stage.records["choice"] = {"all": {"items": {"buses": {"outcome": "adopted"}}}}
    stage.wait(10 * MINUTE)
    assert stage.courses["all"].done["ready"] == "opened"


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        (GATE.replace('timeout = "20m"', "").format(more=""), "timeout"),
        (GATE.replace('ask = "Is everybody back?"', "").format(more=""), "found nothing that opens the gate"),
        (GATE.format(more='duration = "5m"'), "a gate ends by its own timeout"),
        (GATE.format(more='on_timeout = "stop"'), "'go_on' or 'hold_once'"),
        (GATE.format(more='who = "participant"'), "'coordinator' or 'organiser'"),
    ],
)
def test_errors_of_the_flow_file(steps: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        flow_of(steps)
