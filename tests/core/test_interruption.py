"""An outage that was too long: the lost time is given back once, and everybody is told."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.core.effects import Note
from bot.core.heard import Interrupted
from bot.core.message import Message
from tests.support.plays import flow_of, read
from tests.support.stagehand import START, Stagehand
from tests.support.talks import GROUPS, MINUTE, TALK

HOUR = timedelta(hours=1)
SURVEY = """
[[step]]
id = "mood"
type = "survey"
title = "Your mood"
duration = "{0}"
questions = [{{ id = "q", text = "Well?", options = [{{ id = "a", text = "A" }}, {{ id = "b", text = "B" }}] }}]
"""
BREAK = '[[step]]\nid = "night"\ntype = "break"\nduration = "20h"\ntext = "Sleep well."\n'


def cast(steps: str) -> Stagehand:
    s = Stagehand(flow_of(GROUPS + steps))
    s.seat("anna", "ben", "lise", table="t1")
    s.seat("nora", "omar", "pia", table="t2")
    s.seat("maya", table="t1", role="facilitator")
    s.seat("cleo", role="coordinator")
    s.start()
    return s


def away(s: Stagehand, since: timedelta, back: timedelta) -> None:
    """Nothing was heard between these two, counted from the start; no timer rang."""
    s.now = START + back
    s.play(Interrupted("all", START + since, s.now))
    s.wait()


def ends(s: Stagehand, step: str) -> timedelta | None:
    """When a step closes, counted from the start; None where it is not open."""
    entry = s.courses["all"].open.get(step)
    return entry.closes - START if entry is not None and entry.closes is not None else None


def told(s: Stagehand, unit: str = "course:all") -> Message | None:
    return next((say.message for key, say in s.said.items() if "interrupted" in key and say.to == unit), None)


@pytest.mark.parametrize(
    ("duration", "since", "back", "closes"),
    [
        ("2h", HOUR, 31 * HOUR, 32 * HOUR),  # an hour was left, and is left again
        ("2h", 119 * MINUTE, 31 * HOUR, 31 * HOUR + 15 * MINUTE),  # hardly anything was left: a quarter of an hour
        ("5m", 4 * MINUTE, 31 * HOUR, 31 * HOUR + 5 * MINUTE),  # shorter than that as a whole: the whole again
        ("2h", -29 * HOUR, 90 * MINUTE, 210 * MINUTE),  # opened to deaf ears: the whole again, from the return
        ("2w", HOUR, 31 * HOUR, 14 * 24 * HOUR + 30 * HOUR),  # the end is far: the lost time is given back
    ],
)
def test_everybody_has_again_what_time_was_left(
    duration: str, since: timedelta, back: timedelta, closes: timedelta
) -> None:
    s = cast(SURVEY.format(duration))
    away(s, since, back)
    assert ends(s, "mood") == closes
    s.wait(START + closes - s.now - MINUTE)
    s.press("anna", "mood:q::a")
    assert s.choices["mood"].keys() == {"anna"}
    s.wait(2 * MINUTE)
    assert s.courses["all"].state == "ended"


def test_everybody_is_told_what_happened_and_until_when_there_is_time() -> None:
    s = cast(SURVEY.format("2h"))
    away(s, HOUR, 31 * HOUR)
    said = told(s)
    assert said is not None
    assert read(said) == (
        "What you wrote or pressed from 02 Mar 18:00 until 04 Mar 00:00 may not have reached me. I am sorry.\n"
        "Your mood: there is time until 04 Mar 01:00.\n"
        "Please check that your answers are there, and give again what is missing."
    )
    assert told(s, "coordinators:lyon") == said
    (note,) = [e for e in s.others if isinstance(e, Note) and e.act == "interrupted"]
    assert note.data == {
        "course": "all",
        "since": (START + HOUR).isoformat(),
        "until": (START + 31 * HOUR).isoformat(),
    }


def test_steps_without_a_title_are_not_called_by_their_id() -> None:
    s = cast(SURVEY.format("2h").replace('title = "Your mood"\n', ""))
    away(s, HOUR, 31 * HOUR)
    said = told(s)
    assert said is not None
    assert "What is open now stays open until 04 Mar 01:00." in read(said)


def test_the_same_outage_is_made_up_for_once_however_many_accounts_report_it() -> None:
    s = cast(SURVEY.format("2h"))
    away(s, HOUR, 31 * HOUR)
    away(s, HOUR - MINUTE, 31 * HOUR + MINUTE)
    assert ends(s, "mood") == 32 * HOUR
    away(s, HOUR, 31 * HOUR + 40 * MINUTE)  # the other account came back later: its forty minutes are added
    assert ends(s, "mood") == 32 * HOUR + 40 * MINUTE


def test_a_talk_goes_on_at_every_table_and_ends_at_its_new_hour() -> None:
    s = cast(TALK + 'warn_at = ["5m"]\n' + SURVEY.format("1h"))
    away(s, 5 * MINUTE, 30 * HOUR)
    for table in ("table:t1", "table:t2"):
        assert s.stages["talk", table].closes == START + 30 * HOUR + 15 * MINUTE
    s.write("anna", "We are back.")
    assert [c.text for c in s.contributions.values()] == ["We are back."]
    s.wait(14 * MINUTE)
    assert any("5 minutes left" in text for text in s.read_by("table:t1"))
    assert "talk" in s.courses["all"].open
    s.wait(MINUTE)
    assert s.courses["all"].done["talk"] == "done"
    assert s.read_by("table:t1").count("The talk at your table has ended. Thank you.") == 1


def test_a_table_that_had_more_time_keeps_it_on_top() -> None:
    s = cast(TALK + 'extend_max = "10m"\n' + SURVEY.format("1h"))
    s.write("maya", "/extend 10m")
    away(s, 5 * MINUTE, 30 * HOUR)
    assert s.stages["talk", "table:t1"].closes == START + 30 * HOUR + 25 * MINUTE
    assert s.stages["talk", "table:t2"].closes == START + 30 * HOUR + 15 * MINUTE
    s.wait(16 * MINUTE)
    assert s.stages["talk", "table:t1"].state == "open"
    assert s.stages["talk", "table:t2"].state == "closed"
    s.wait(10 * MINUTE)
    assert s.courses["all"].done["talk"] == "done"


def test_a_talk_that_its_table_had_ended_stays_ended() -> None:
    s = cast(TALK + 'early_close = "all_answered"\n' + SURVEY.format("1h"))
    for seat in ("anna", "ben", "lise"):
        s.press(seat, "talk:done")
    away(s, timedelta(seconds=20), 30 * HOUR)
    assert s.stages["talk", "table:t1"].state == "closed"
    assert s.stages["talk", "table:t2"].state == "open"


def test_a_talk_that_was_over_before_is_left_alone() -> None:
    s = cast(TALK + SURVEY.format("1h"))
    s.write("maya", "/next")
    s.wait(2 * MINUTE)
    over = s.stages["talk", "table:t1"]
    assert over.state == "closed"
    away(s, 5 * MINUTE, 30 * HOUR)
    assert s.stages["talk", "table:t1"] == over


def test_a_break_is_over_when_it_was_to_be_over() -> None:
    s = cast(BREAK + SURVEY.format("1h"))
    away(s, HOUR, 31 * HOUR)
    assert s.courses["all"].open.keys() == {"mood"}
    assert ends(s, "mood") == 32 * HOUR
    said = told(s)
    assert said is not None
    assert "there is time" not in read(said)
    assert "Please check" not in read(said)


def test_what_everybody_had_answered_is_not_opened_again() -> None:
    s = cast(SURVEY.format("2h") + 'early_close = "all_answered"\n')
    for seat in ("anna", "ben", "lise", "nora", "omar", "pia"):
        s.press(seat, "mood:q::a")
    assert s.courses["all"].open["mood"].notice
    away(s, timedelta(seconds=10), 31 * HOUR)
    assert s.courses["all"].state == "ended"


def test_nobody_is_reminded_of_what_is_over() -> None:
    s = cast(SURVEY.format("2h") + 'remind = ["1h"]\n')
    s.now = START + 3 * HOUR
    s.wait()
    assert s.courses["all"].state == "ended"
    assert [key for key in s.said if "remind" in key] == []


def test_a_course_that_has_not_begun_or_has_ended_is_left_alone() -> None:
    s = Stagehand(flow_of(SURVEY.format("1h")))
    s.seat("anna")
    away(s, HOUR, 31 * HOUR)
    assert told(s) is None
    assert s.courses["all"].resumed is None


def pressed_in_vain(s: Stagehand, since: timedelta, back: timedelta) -> Message | None:
    """Between these two, counted from the start, presses were lost on one account, and nothing else. What people are told."""
    s.now = START + back
    s.play(Interrupted("all", START + since, s.now, "wire:main"))
    s.wait()
    said = [say for say in s.said.values() if say.to == "waiting:all"]
    assert {say.on for say in said} <= {"wire:main"}
    return said[-1].message if said else None


@pytest.mark.parametrize(
    ("duration", "back", "closes"),
    [
        ("2h", HOUR, 120 * MINUTE),
        ("2h", 119 * MINUTE, 124 * MINUTE),
        ("2h", 123 * MINUTE, 128 * MINUTE),
        ("3m", 2 * MINUTE, 5 * MINUTE),
    ],
)
def test_where_only_presses_are_lost_there_is_time_to_press_again(
    duration: str, back: timedelta, closes: timedelta
) -> None:
    s = cast(SURVEY.format(duration))
    told = pressed_in_vain(s, back - 4 * MINUTE, back)
    assert told is not None
    assert "may not have reached me; what you wrote has." in read(told)
    assert "What is marked ✓ has reached me." in read(told)
    assert "There is time until" in read(told)
    assert ends(s, "mood") == closes
    s.wait(START + closes - s.now - timedelta(seconds=1))
    s.press("anna", "mood:q::a")
    assert s.choices["mood"].keys() == {"anna"}
    s.wait(MINUTE)
    assert s.courses["all"].state == "ended"


def test_nobody_hears_of_lost_presses_where_no_question_is_open() -> None:
    s = cast(TALK + SURVEY.format("1h"))
    closes = s.stages["talk", "table:t1"].closes
    assert pressed_in_vain(s, MINUTE, 5 * MINUTE) is None
    assert s.stages["talk", "table:t1"].closes == closes
    s = cast(SURVEY.format("2h") + 'early_close = "all_answered"\n')
    for seat in ("anna", "ben", "lise", "nora", "omar", "pia"):
        s.press(seat, "mood:q::a")
    assert pressed_in_vain(s, -4 * MINUTE, timedelta(seconds=10)) is None


def test_lost_presses_are_no_news_after_a_longer_outage_on_another_account() -> None:
    s = cast(SURVEY.format("2h"))
    away(s, HOUR, 31 * HOUR)
    assert pressed_in_vain(s, 30 * HOUR, 31 * HOUR + MINUTE) is None
    assert pressed_in_vain(s, 31 * HOUR + 2 * MINUTE, 31 * HOUR + 6 * MINUTE) is not None


def closed_meanwhile(s: Stagehand, *closed: str, presses: str = "wire:main") -> list[str]:
    """What everybody is told after an outage during which these steps closed."""
    s.wait(3 * HOUR)
    s.play(Interrupted("all", START + HOUR, s.now, presses, closed))
    said = [say for say in s.said.values() if "closed-meanwhile" in say.key]
    assert {(say.to, say.on) for say in said} <= {("course:all", presses)}
    return [read(say.message) for say in said]


def test_what_closed_during_an_outage_is_told_to_everybody_there() -> None:
    for presses in ("wire:main", ""):
        told = closed_meanwhile(cast(SURVEY.format("2h")), "mood", presses=presses)
        assert told == [
            "I was away from 02 Mar 18:00 until 02 Mar 20:00, and Your mood closed meanwhile.\n"
            "What you pressed or wrote there in that time may not be counted, and it cannot be given again. I am sorry."
        ]


def test_a_step_without_a_title_that_closed_is_a_question_and_talks_are_none() -> None:
    untitled = cast(SURVEY.format("2h").replace('title = "Your mood"\n', ""))
    assert "and a question closed meanwhile." in closed_meanwhile(untitled, "mood")[0]
    assert closed_meanwhile(cast(TALK + SURVEY.format("5h")), "talk") == []
    assert closed_meanwhile(cast(SURVEY.format("2h"))) == []


def test_what_closed_is_told_once_where_a_longer_outage_was_told_before() -> None:
    s = cast(SURVEY.format("2h") + SURVEY.format("90h").replace('"mood"', '"later"'))
    assert len(closed_meanwhile(s, "mood", presses="")) == 1
    s.play(Interrupted("all", START + HOUR, s.now + MINUTE, "wire:main", ("mood",)))
    assert len([key for key in s.said if "closed-meanwhile" in key]) == 1


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def test_reminders_are_set_anew() -> None:
    s = cast(SURVEY.format("2h") + 'remind = ["10m"]\n')
    away(s, HOUR, 31 * HOUR)
    s.wait(at(32) - s.now - 9 * MINUTE)
    when = int((at(32) - 10 * MINUTE).timestamp())
    assert [say.to for key, say in s.said.items() if key.endswith(f"anna/remind/{when}")] == ["seat:anna"]
