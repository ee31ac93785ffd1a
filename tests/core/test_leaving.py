"""Pausing, leaving, taking words back, and coming back."""

from __future__ import annotations

from bot.core.effects import Request
from tests.support.talks import ASK, TALK, cast, notes, press


def test_leave_explains_three_ways_and_stay_changes_nothing() -> None:
    s = cast()
    (said,) = s.write("anna", "/leave")
    assert said.endswith("[Pause] [Leave] [Leave and take back my words] [Stay]")
    assert len(said.splitlines()) == 5
    assert press(s, "anna", "Stay") == ["Good that you stay. Nothing has changed."]
    assert s.seats["anna"].status == "active"


def test_a_pause_and_the_way_back() -> None:
    s = cast(ASK + TALK)
    s.write("anna", "/leave")
    press(s, "anna", "Pause")
    assert s.seats["anna"].status == "paused"
    assert s.read_by("table:t1")[-1] == "anna takes a break."
    assert s.counters["mood", "course:all", "expected"] == 5
    for what in ({"text": "Hello"}, {"press": "mood:mood::well"}, {"text": "/my"}):
        assert s._hear("anna", **what) == ["You are taking a break, so this was not kept or passed on.\n[Come back]"]
    assert s.choices == {}
    assert s.write("anna", "/help")[0]
    s.press("anna", "-leave:stay")
    s.press("anna", "-back:")
    assert s.seats["anna"].status == "active"
    assert s.counters["mood", "course:all", "expected"] == 6
    assert s.read_by("seat:anna")[-2:] == ["Welcome back.", "A question above still waits for you. It takes a minute."]
    assert [e.job for e in s.others if isinstance(e, Request) and e.unit == "seat:anna"] == ["catch_up"]
    assert notes(s)[-2:] == [("paused", "anna"), ("returned", "anna")]
    assert s.press("anna", "-back:") == ["You are here already."]


def test_nobody_is_waited_for_who_has_left() -> None:
    s = cast(ASK)
    for seat in ("anna", "ben", "lise", "nora", "omar"):
        s.press(seat, "mood:mood::well")
    assert s.courses["all"].open["mood"].notice is False
    s.press("pia", "-leave:leave")
    assert s.courses["all"].open["mood"].notice is True
    assert s.seats["pia"].status == "left"
    assert s.write("pia", "Hello") == s.press("pia", "-back:")
    assert s.write("pia", "/help")[0].startswith("You are not taking part")
    s.press("pia", "-leave:leave")
    assert s.counters["mood", "course:all", "expected"] == 5, "nobody leaves twice"


def test_who_leaves_out_of_a_pause_is_not_missed_twice() -> None:
    s = cast(ASK)
    s.press("anna", "-leave:pause")
    s.press("anna", "-leave:leave")
    assert s.seats["anna"].status == "left"
    assert s.counters["mood", "course:all", "expected"] == 5


def test_leave_and_take_my_words_back_asks_once_more() -> None:
    s = cast()
    s.write("anna", "One")
    s.write("ben", "Two")
    s.write("anna", "/leave")
    press(s, "anna", "Leave and take back my words")
    assert s.seats["anna"].status == "active"
    press(s, "anna", "Yes, leave and take back my words")
    assert s.seats["anna"].status == "left"
    assert [(c.seat, c.state) for c in s.contributions.values()] == [("anna", "withdrawn"), ("ben", "live")]
    assert s.read_by("table:t1")[-1].startswith("anna has left and has taken back what they wrote.")


def test_before_consent_one_may_leave_but_not_pause_and_never_slips_in() -> None:
    s = cast()
    s.seat("new", status="new")
    assert s.write("new", "/leave")[0].endswith("[Leave] [Stay]")
    s.press("new", "-leave:pause")
    s.press("new", "-leave:withdraw-yes")
    s.press("new", "-back:")
    assert s.seats["new"].status == "new"
    assert s.write("new", "/my") == ["Please finish the first questions above, then you can use /my."]
    s.press("new", "-leave:leave")
    assert s.seats["new"].status == "left"


def test_when_a_facilitator_goes_the_coordinator_is_told() -> None:
    s = cast()
    s.press("maya", "-leave:leave")
    assert s.read_by("coordinators:lyon") == [
        "maya (facilitator), who facilitates table 1, does not take part any longer."
    ]
