"""What is done at a table without a word of the flow, with a person who leads and without, by day and by night."""

from __future__ import annotations

from bot.core.effects import Note
from bot.core.events import Answered
from tests.support.by_rule import acts, asked, play
from tests.support.plays import ONE_SITE, flow_of
from tests.support.stagehand import Stagehand
from tests.support.talks import BY_HAND, GROUPS, MINUTE, TALK, data

# Where a person leads, and where nobody does


def test_where_a_person_leads_only_they_ask_whether_to_move_on() -> None:
    s = play(staff=True)
    s.write("maya", "Good evening.")
    s.wait(10 * MINUTE)
    assert asked(s) == []
    assert acts(s).count("told_stalled") == 1, "the coordinators learn of a stalled table in any case"
    s = play(staff=True)
    s.seat("maya", table="t1", role="facilitator", heard=s.now)
    s.wait(4 * MINUTE)
    assert asked(s) == [], "she has pressed or written something a moment ago"
    s = play(staff=True)
    s.wait(4 * MINUTE)
    assert len(asked(s)) == 1, "she is not there"


def test_a_table_without_its_facilitator_is_brought_before_the_coordinator_with_what_can_be_done() -> None:
    s = play(staff=True)
    s.write("anna", "Is anybody here?")
    s.wait(5 * MINUTE)
    (told,) = [said for said in s.read_by("coordinators:lyon") if "has not written yet" in said]
    assert told.endswith("[Wait] [Ask how they are] [Look for another table] [Give a place to somebody new]")


def test_silence_is_counted_anew_after_a_rest() -> None:
    s = play(staff=True)
    s.write("maya", "/pause")
    s.wait(14 * MINUTE)
    s.write("maya", "/resume")
    s.wait(2 * MINUTE)
    assert asked(s) == [], "they have had two minutes, not three"
    s.wait(MINUTE)
    assert len(asked(s)) == 1


def test_a_table_that_begins_small_is_told_of_once() -> None:
    s = play("", "anna", "ben")
    s.play(Answered("all", "talk", "merge", {"table": ""}, "table:t1"))
    (told,) = s.read_by("coordinators:lyon")
    assert told.startswith("At table 1 2 people are present")
    assert "told_too_few" not in acts(s)


# By default


def test_without_a_word_of_the_flow_a_table_is_warned_and_its_silent_are_asked_once() -> None:
    s = play("", "anna", "ben", "lise")
    s.write("anna", "Good evening.")
    s.write("ben", "Good evening.")
    s.wait(7 * MINUTE)
    nudged = [say.to for say in s.said.values() if say.key.endswith(("/nudge/lise", "nudge/lise"))]
    assert nudged == ["seat:lise"]
    assert [e.data["number"] for e in s.others if isinstance(e, Note) and e.act == "nudged_silent"] == [1]
    assert acts(s).count("warned") == 0
    s.wait(8 * MINUTE)
    assert [said for said in s.read_by("table:t1") if said.startswith("5 minutes left")] != []
    assert acts(s).count("nudged_silent") == 1


def test_a_short_talk_is_not_warned_of_its_end_by_rule() -> None:
    s = Stagehand(flow_of(GROUPS + TALK.replace("20m", "14m")))
    s.seat("anna", "ben", "lise", table="t1")
    s.start()
    s.wait(13 * MINUTE)
    assert acts(s).count("warned") == 0


def test_by_hand_nothing_happens_by_rule() -> None:
    s = play(rules=BY_HAND)
    s.wait(19 * MINUTE)
    by_rule = {"warned", "nudged_silent", "asked_to_move_on", "told_stalled", "told_too_few", "asked_to_leave_room"}
    assert not by_rule & {*acts(s)}


def test_the_silent_are_asked_once_by_whomever() -> None:
    s = play('nudge_after = "4m"\n', staff=True)
    s.write("anna", "Good evening.")
    assert s.write("maya", "/nudge") == ["2 people were reminded, in private."]
    s.wait(6 * MINUTE)
    assert s.write("maya", "/nudge") == ["Everybody has answered, or was reminded before."]
    for who in ("ben", "lise"):
        assert sum("would like to hear from you too" in said for said in s.read_by(f"seat:{who}")) == 1
    s = play('nudge_after = "4m"\n', staff=True)
    s.wait(5 * MINUTE)
    assert s.write("maya", "/nudge") == ["Everybody has answered, or was reminded before."]


def test_nobody_is_nudged_while_people_speak_in_turn_but_afterwards() -> None:
    s = play('turns = "round"\nturn_for = "2m"\nsecond_chance = false\nnudge_after = "3m"\n', staff=True)
    assert s.write("maya", "/nudge") == [
        "People speak in turn now, so nobody is reminded. /turn and a name asks somebody to speak."
    ]
    s.wait(5 * MINUTE)
    assert acts(s).count("nudged_silent") == 0
    s.wait(4 * MINUTE)
    assert acts(s).count("nudged_silent") == 1


def test_nobody_is_nudged_in_the_quiet_hours_neither_by_rule_nor_by_hand() -> None:
    quiet = ONE_SITE + "[schedule.quiet_hours]\nstart = 17:30:00\nend = 07:00:00\n"
    s = Stagehand(flow_of(GROUPS + TALK.replace("20m", "2d") + 'nudge_after = "1h"\n', quiet))
    s.seat("anna", "ben", "lise", table="t1")
    s.seat("maya", table="t1", role="facilitator")
    s.start()
    s.wait(60 * MINUTE)
    assert s.write("maya", "/nudge") == [
        "Nobody is reminded in the quiet hours, so nothing was sent. You can do it from 03 Mar 06:00 on."
    ]
    s.wait(11 * 60 * MINUTE + 59 * MINUTE)
    assert acts(s).count("nudged_silent") == 0
    s.wait(MINUTE)
    assert acts(s).count("nudged_silent") == 1


def test_only_participants_say_that_nothing_is_to_be_added() -> None:
    s = play('early_close = "all_answered"\n', staff=True)
    s.seat("erik", table="t1", role="expert")
    assert s.press("maya", "talk:done") == ["The participants of the table decide this."]
    assert "for the participants" in s.press("erik", "talk:done")[0]
    assert data(s)["through"] == []
    for who in ("anna", "ben", "lise"):
        s.press(who, "talk:done")
    assert s.read_by("table:t1")[-1].startswith("Nobody has anything to add.")


def test_a_table_that_shrinks_reads_what_happens() -> None:
    s = play("", "anna", "ben", "lise", "omar")
    for who in ("omar", "lise"):
        s.press(who, "-leave:pause")
    assert s.read_by("table:t1")[-1] == (
        "You are 2 at this table now.\nThe coordinator knows, and the talk goes on meanwhile."
    )
