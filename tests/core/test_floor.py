"""In a round everybody speaks in turn."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core.events import Answered
from bot.core.floor import BREATH
from tests.support.plays import ONE_SITE, flow_of
from tests.support.stagehand import Stagehand
from tests.support.talks import (
    EARLY,
    GROUPS,
    MINUTE,
    TALK,
    data,
    heard_by,
    table,
    words,
)

ROUND = 'turns = "round"\n'


def order(s: Stagehand) -> list[str]:
    return [data(s)["floor"], *data(s)["order"]]


def test_the_order_is_drawn_and_everybody_knows_it() -> None:
    s = table(ROUND)
    first, second, third = order(s)
    assert sorted(order(s)) == ["anna", "ben", "lise"]
    assert order(table(ROUND)) == [first, second, third], "the same draw every time"
    assert s.read_by(f"seat:{first}") == [
        "It is your turn.\nYou have 1 minute, 30 seconds. Your table reads what you write.\n[Pass]"
    ]
    notice = f"It is the turn of {first}, who has 1 minute, 30 seconds.\n{second} comes next."
    assert notice in heard_by(s, second)
    assert notice not in heard_by(s, first)


def test_only_who_has_the_floor_is_heard() -> None:
    s = table(ROUND)
    first, second, third = order(s)
    assert s.write(second, "Me!") == [
        f"It is the turn of {first}, so this was not sent.\nYours comes after {first}. Please send it then."
    ]
    assert s.write(third, "Me!") == [
        f"It is the turn of {first}, so this was not sent.\nYours comes after {second}. Please send it then."
    ]
    s.write(first, "Part one")
    s.write("maya", "Take your time.")
    s.wait(BREATH / 2)
    s.write(first, "Part two")
    s.wait(BREATH / 2)
    assert data(s)["floor"] == first, "a moment of silence counts from the last message"
    s.wait(BREATH / 2)
    assert data(s)["floor"] == second
    s.wait(timedelta(seconds=20))
    assert len(s.read_by(f"seat:{second}")) == 2, "the reminder at half of the first turn is void"
    assert s.write(first, "Part three") == [
        f"It is the turn of {second}, so this was not sent.\nAfter the round everybody can write again. Please send it then."
    ]
    assert [text for _, text, _ in words(s)] == ["Part one", "Take your time.", "Part two"]


def test_a_turn_has_a_limit_even_for_who_goes_on_writing() -> None:
    s = table(ROUND)
    first = data(s)["floor"]
    for _ in range(8):
        s.wait(timedelta(seconds=11))
        s.write(first, "and")
    s.wait(timedelta(seconds=2))
    assert data(s)["floor"] != first
    assert data(s)["missed"] == []


def test_who_misses_a_turn_is_reminded_at_half_and_asked_once_more_at_the_end() -> None:
    s = table(ROUND)
    first, second, third = order(s)
    s.wait(timedelta(seconds=45))
    assert s.read_by(f"seat:{first}")[-1] == "You still have the floor, for 45 seconds.\n[Pass]"
    s.wait(timedelta(seconds=45))
    assert (
        s.read_by(f"seat:{first}")[-1]
        == "Your time for this turn is over. You will be asked once more at the end of the round."
    )
    s.press(second, "talk:pass")
    assert f"{second} passes." in heard_by(s, first)
    s.write(third, "Here")
    s.wait(BREATH)
    assert data(s)["floor"] == first, "a pass is not a miss: only the one who missed the turn is asked again"
    assert s.read_by(f"seat:{first}")[-1].startswith("You missed your turn. Would you like to say something now?")
    s.wait(2 * MINUTE)
    assert s.read_by("table:t1")[-1] == "Everybody has had a turn. Until 02 Mar 17:20, write as you like."
    s.write(second, "Free")
    s.write(first, "At last")
    assert [seat for seat, _, _ in words(s)] == [third, second, first]


def test_without_a_second_chance_the_round_is_over_after_the_last() -> None:
    s = table(ROUND + "second_chance = false\n" + EARLY)
    s.wait(timedelta(seconds=270))
    assert s.read_by("table:t1")[-1].endswith("write as you like.\n[I have nothing to add]")


def test_pass_before_the_own_turn_and_without_one() -> None:
    s = table(ROUND)
    _, second, third = order(s)
    assert s.write(second, "/pass") == ["You will not be called in this round. After it you can write as you like."]
    assert data(s)["order"] == [third]
    assert s.write(second, "/pass") == ["It is not your turn, so there is nothing to pass."]


def test_a_latecomer_comes_last_and_a_leaver_gives_the_floor_on() -> None:
    s = table(ROUND)
    first, second, third = order(s)
    s.seat("nils", table="t1")
    s.play(Answered("all", "", "catch_up", {"table": "t1"}, "seat:nils"))
    assert data(s)["order"] == [second, third, "nils"]
    s.press(first, "-leave:leave")
    assert order(s) == [second, third, "nils"]
    s.press(third, "-leave:pause")
    assert order(s) == [second, "nils"]


def test_a_pause_gives_the_turn_back_in_full() -> None:
    s = table(ROUND)
    first = data(s)["floor"]
    s.wait(MINUTE)
    s.write("maya", "/pause")
    s.wait(3 * MINUTE)
    s.write("maya", "/resume")
    s.wait(MINUTE)
    assert data(s)["floor"] == first
    s.wait(MINUTE)
    assert data(s)["floor"] != first


def test_nobody_loses_a_turn_to_the_night() -> None:
    quiet = ONE_SITE + "[schedule.quiet_hours]\nstart = 22:00:00\nend = 07:00:00\n"
    s = Stagehand(flow_of(GROUPS + TALK.replace("20m", "5d") + ROUND + 'turn_for = "6h"\n', quiet))
    s.seat("anna", "ben", "lise", table="t1")
    s.start()  # 17:00 UTC is 18:00 in Lyon: six hours later is midnight
    assert datetime.fromisoformat(data(s)["ends"]) == datetime.fromisoformat("2027-03-03T06:00:00+00:00")
