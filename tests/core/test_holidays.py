"""Holidays: on these days nobody at a site is written to unasked, wherever quiet hours are minded too."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bot.core.lint import lint
from bot.core.schedule import QuietHours, Rest, is_quiet, next_allowed
from tests.support.plays import ONE_SITE, flow_of
from tests.support.stagehand import Stagehand

PARIS = "Europe/Paris"
NIGHT = QuietHours(time(22), time(8))
NOON = QuietHours(time(12), time(14))
NEW_YEAR = frozenset({date(2027, 1, 1)})
STEP = '[[step]]\nid = "q"\ntype = "survey"\nquestions = [{ id = "n", method = "number", text = "?" }]\n'


def paris(*when: int) -> datetime:
    year, month, day, hour = (*when, 0)[:4]
    return datetime(year, month, day, hour, tzinfo=ZoneInfo(PARIS)).astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "at", "allowed"),
    [
        (NIGHT, (2026, 12, 31, 21), (2026, 12, 31, 21)),
        (NIGHT, (2026, 12, 31, 22), (2027, 1, 2, 8)),
        (NIGHT, (2027, 1, 1, 12), (2027, 1, 2, 8)),
        (NIGHT, (2027, 1, 2, 7), (2027, 1, 2, 8)),
        (NIGHT, (2027, 1, 2, 8), (2027, 1, 2, 8)),
        (None, (2026, 12, 31, 23), (2026, 12, 31, 23)),
        (None, (2027, 1, 1, 0), (2027, 1, 2, 8)),
        (None, (2027, 1, 2, 3), (2027, 1, 2, 8)),
        (None, (2027, 1, 3, 3), (2027, 1, 3, 3)),
        (NOON, (2027, 1, 1, 13), (2027, 1, 2, 8)),
        (NOON, (2027, 1, 2, 13), (2027, 1, 2, 14)),
        (QuietHours(time(0), time(6)), (2027, 1, 1, 13), (2027, 1, 2, 6)),
    ],
)  # fmt: skip
def test_a_holiday_lasts_until_the_next_morning(
    hours: QuietHours | None, at: tuple[int, ...], allowed: tuple[int, ...]
) -> None:
    rest = Rest(hours, NEW_YEAR)
    assert next_allowed(paris(*at), PARIS, rest) == paris(*allowed)
    assert is_quiet(paris(*at), PARIS, rest) == (at != allowed)


def test_holidays_in_a_row_are_one() -> None:
    rest = Rest(NIGHT, frozenset({date(2026, 12, 27)}), frozenset({(12, 25), (12, 26)}))
    for year in (2026, 2031):
        ends = paris(2026, 12, 28, 8) if year == 2026 else paris(2031, 12, 27, 8)
        assert next_allowed(paris(year, 12, 24, 23), PARIS, rest) == ends


def test_each_site_has_its_own_clock_on_a_holiday() -> None:
    rest = Rest(None, NEW_YEAR)
    noon = datetime(2026, 12, 31, 12, tzinfo=UTC)
    assert not is_quiet(noon, PARIS, rest)
    assert is_quiet(noon, "Pacific/Auckland", rest), "there it is one in the morning of the first of January"


def test_a_day_that_clocks_change_is_a_holiday_from_midnight_to_morning() -> None:
    for day in (date(2027, 3, 28), date(2027, 10, 31)):
        rest = Rest(NIGHT, frozenset({day}))
        hours = [datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=20 * n) for n in range(-9, 96)]
        quiet = [is_quiet(at, PARIS, rest) for at in hours]
        assert [a != b for a, b in pairwise(quiet)].count(True) <= 1, "never awake in between"


# In a flow


def of(site: str = "", schedule: str = "", steps: str = STEP + 'duration = "1d"\n') -> Stagehand:
    where = ONE_SITE.replace('"fr"] }', f'"fr"]{site} }}') + schedule
    return Stagehand(flow_of(steps, where))


def test_a_flow_says_them_for_all_sites_or_for_one() -> None:
    flow = of(', holidays = ["05-01", 2027-05-06]', 'holidays = ["2027-03-03"]\n').flow
    assert flow.file.schedule.sites[0].holidays == ("05-01", "2027-05-06"), "with quotes or without"
    for day in ((2027, 5, 1), (2030, 5, 1), (2027, 5, 6), (2027, 3, 3)):
        assert flow.holiday("lyon", paris(*day, 12))
        assert flow.awake("lyon", paris(*day, 12)) > paris(*day, 12)
    for day in ((2028, 5, 6), (2028, 3, 3), (2027, 3, 4)):
        assert not flow.holiday("lyon", paris(*day, 12))
    assert of().flow.rests == {"lyon": None}


def test_a_leap_day_is_a_holiday_when_there_is_one() -> None:
    assert of(schedule='holidays = ["02-29"]\n').flow.holiday("lyon", paris(2028, 2, 29, 9))


@pytest.mark.parametrize(
    "day", ['"2027-13-01"', '"02-30"', '"Easter"', '"1-1"', "12", '"2027-01-01T10:00:00"', "2027-01-01T10:00:00"]
)
def test_what_is_no_day_is_said_so(day: str) -> None:
    with pytest.raises(
        ValueError, match=r'allowed is a day such as "2027-04-05", or "12-25" for that day of every year'
    ):
        of(schedule=f"holidays = [{day}]\n")


def test_the_check_warns_of_steps_that_begin_or_end_on_a_holiday() -> None:
    dated = STEP + "opens = 2027-05-01T18:00:00\ncloses = 2027-05-06T09:00:00\n"
    stage = of(schedule='holidays = ["05-01", "2027-05-06"]\n', steps=dated)
    found = [p for p in lint(stage.flow.file, "play") if p.rule == "holidays"]
    assert [p.severity for p in found] == ["warning", "warning"]
    text = "\n".join(map(str, found))
    assert "an opening on 2027-05-01 at 18:00, a holiday at lyon" in text
    assert "an end on 2027-05-06 at 09:00, a holiday at lyon" in text
    clean = of(schedule='holidays = ["05-02"]\n', steps=dated)
    assert [p for p in lint(clean.flow.file, "play") if p.rule == "holidays"] == []


def test_a_private_question_of_a_holiday_has_its_time_from_the_next_morning_on() -> None:
    vote = STEP.replace('"q"', '"v"').replace("survey", "vote") + 'duration = "2h"\n'
    stage = of(schedule='holidays = ["2027-03-02"]\n', steps=vote)
    stage.seat("anna")
    stage.start()  # it is 18:00 in Lyon on the second of March
    assert stage.stages["v", "seat:anna"].closes == paris(2027, 3, 3, 10)


def test_a_talk_says_that_others_have_a_holiday() -> None:
    groups = "[groups.tables]\nsize = { min = 3, target = 4, max = 6 }\n"
    talk = '[[step]]\nid = "talk"\ntype = "discuss"\ntext = "Bread?"\nduration = "20m"\n'
    stage = of(schedule='holidays = ["2027-03-02"]\n', steps=groups + talk)
    stage.seat("anna", "ben", "lise", table="t1")
    stage.start()
    said = "\n".join(stage.write("anna", "Rye, if anybody reads this today."))
    assert "Some of the others have a holiday. They read it at 03 Mar 07:00." in said
