"""The facilitator by rule: the question whether to move on, and tables that need somebody."""

from __future__ import annotations

import pytest

from bot.core.effects import Note
from bot.core.events import Answered
from bot.core.flow import FlowFile
from bot.core.schema import schema_text
from tests.support.by_rule import BY_RULE, acts, asked, merges, play
from tests.support.plays import ONE_SITE, flow_of
from tests.support.stagehand import Stagehand
from tests.support.talks import BY_HAND, GROUPS, MINUTE, TALK, ends, press

QUIET = "It has been quiet here for 3 minutes. Shall we move on?"


# Shall we move on?


def test_nobody_counts_the_seconds_of_a_silence() -> None:
    s = Stagehand(flow_of(GROUPS + TALK.replace("20m", "30m")))
    s.seat("anna", "ben", "lise", table="t1")
    s.start()
    s.wait(6 * MINUTE)
    (said,) = asked(s)
    assert said.startswith("It has been quiet here for 3 minutes. Shall we move on?"), "3 minutes and 45 seconds"


def test_a_silent_table_is_asked_whether_to_move_on_once_for_each_silence() -> None:
    s = play()
    s.write("anna", "Good evening.")
    s.wait(2 * MINUTE)
    s.write("ben", "Good evening.")
    s.wait(2 * MINUTE)
    assert asked(s) == [], "nobody was silent for three minutes"
    s.wait(MINUTE)
    (said,) = asked(s)
    assert said.startswith(QUIET)
    assert said.endswith("[Move on] [We need longer]")
    s.wait(6 * MINUTE)
    assert len(asked(s)) == 1
    s.write("anna", "Hm.")
    s.wait(4 * MINUTE)
    assert len(asked(s)) == 2
    assert acts(s).count("asked_to_move_on") == 2


def test_a_majority_of_those_present_moves_on_and_a_word_keeps_the_talk_open() -> None:
    s = play("", "anna", "ben", "lise", "omar")
    s.wait(3 * MINUTE)
    s.press("anna", "talk:move:1:on")
    assert s.press("ben", "talk:move:1:on")[0].startswith("Thank you. Your table is told")
    assert "move on" not in s.read_by("table:t1")[-1] or len(s.read_by("table:t1")) == 2, "half is no majority"
    end = ends(s)
    s.press("lise", "talk:move:1:on")
    assert s.read_by("table:t1")[-1].startswith("Most of you want to move on. The talk ends in one minute")
    assert (acts(s).count("moved_on"), ends(s)) == (1, s.now + MINUTE)
    s.write("omar", "Wait, one thing!")
    assert ends(s) == end
    assert s.read_by("table:t1")[-1].startswith("The talk goes on.")
    assert s.press("anna", "talk:move:1:on") == ["This has been settled already."]


def test_the_talk_ends_a_minute_after_the_majority() -> None:
    s = play()
    s.wait(3 * MINUTE)
    s.press("anna", "talk:move:1:on")
    s.press("lise", "talk:move:1:on")
    s.wait(MINUTE)
    assert s.read_by("table:t1")[-1].startswith("The talk at your table has ended.")


def test_half_of_those_present_keep_it_open_and_an_answer_can_be_changed() -> None:
    s = play("", "anna", "ben", "lise", "omar")
    s.wait(3 * MINUTE)
    s.press("anna", "talk:move:1:longer")
    s.press("anna", "talk:move:1:on")
    s.press("ben", "talk:move:1:longer")
    assert acts(s).count("stayed") == 0
    s.press("lise", "talk:move:1:longer")
    assert s.read_by("table:t1")[-1] == "At least half of you need longer, so the talk goes on."
    assert s.press("omar", "talk:move:1:on") == ["This has been settled already."]
    assert acts(s).count("stayed") == 1


def test_those_who_lead_do_not_decide_it_and_old_questions_are_over() -> None:
    s = play(staff=True)
    s.wait(3 * MINUTE)
    assert s.press("maya", "talk:move:1:on") == ["The participants of the table decide this."]
    s.write("anna", "Hm.")
    s.wait(4 * MINUTE)
    assert s.press("anna", "talk:move:1:on") == ["This has been settled already."]
    assert s.press("anna", "talk:move:2:on")[0].startswith("Thank you.")


@pytest.mark.parametrize(
    ("rules", "more", "after"),
    [
        (BY_HAND, "", None),
        ("", "", 3),
        ('[facilitator]\nmove_on_after = "never"\n', "", None),
        (BY_RULE, 'move_on_after = "never"\n', None),
        (BY_RULE, 'move_on_after = "6m"\n', 6),
        ('[facilitator]\nmove_on_after = "4m"\n', "", 4),
        (BY_HAND, 'move_on_after = "auto"\n', 3),
    ],
)
def test_the_flow_says_when_the_table_is_asked(rules: str, more: str, after: int | None) -> None:
    s = play(more, rules=rules)
    s.wait(((after or 15) * 60 - 1) * MINUTE / 60)
    assert asked(s) == []
    s.wait(MINUTE / 60)
    assert len(asked(s)) == (after is not None)


def test_nobody_is_asked_while_people_speak_in_turn_while_the_talk_rests_or_just_before_its_end() -> None:
    s = play('turns = "round"\nturn_for = "6m"\n')
    s.wait(5 * MINUTE)
    assert asked(s) == []
    s = play(staff=True)
    s.write("maya", "/pause")
    s.wait(6 * MINUTE)
    assert asked(s) == []
    s.write("maya", "/resume")
    s.wait(6 * MINUTE)
    assert len(asked(s)) == 1
    s = play('move_on_after = "18m"\n')
    s.wait(20 * MINUTE)
    assert asked(s) == []


# A table that needs somebody


def test_the_coordinators_are_told_of_a_stalled_table_and_what_they_can_do() -> None:
    s = play()
    s.write("anna", "Good evening.")
    s.wait(5 * MINUTE)
    (told,) = s.read_by("coordinators:lyon")
    assert told.startswith("Table 1 needs you: nobody has written for 5 minutes.\nOf 3 people 3 can be reached there")
    assert told.endswith("[Wait] [Ask how they are] [Look for another table] [Give a place to somebody new]")
    s.wait(10 * MINUTE)
    assert len(s.read_by("coordinators:lyon")) == 1, "one silence, one message"
    assert acts(s).count("told_stalled") == 1


@pytest.mark.parametrize(
    ("rules", "more", "after"),
    [
        ("", "", 5),
        (BY_HAND, "", None),
        (BY_RULE, 'stalled_after = "never"\n', None),
        ('[facilitator]\nstalled_after = "9m"\n', "", 9),
    ],
)
def test_the_flow_says_when_a_table_is_stalled(rules: str, more: str, after: int | None) -> None:
    s = play(more, rules=rules)
    s.wait(((after or 15) * 60 - 1) * MINUTE / 60)
    assert s.read_by("coordinators:lyon") == []
    s.wait(MINUTE / 60)
    assert len(s.read_by("coordinators:lyon")) == (after is not None)


def test_a_coordinator_waits_asks_or_looks_for_another_table() -> None:
    s = play()
    s.wait(5 * MINUTE)
    assert s.press("cleo", "-stalled:wait:t1") == ["Table 1 goes on as it is."]
    assert s.press("cleo", "-stalled:ask:t1") == ["Table 1 has been asked."]
    assert s.read_by("table:t1")[-1].startswith("cleo (coordinator) asks how you are getting on.")
    s.press("cleo", "-stalled:merge:t1")
    assert merges(s) == [], "what moves people waits for a second person"
    assert s.read_by("table:t1")[-1].startswith("You may move to another table at 02 Mar 17:15, or earlier")
    s.seat("olga", role="organiser")
    press(s, "cleo", "Stop it")
    s.press("cleo", "-stalled:merge:t1")
    s.wait(10 * MINUTE)
    assert merges(s) == [3], "ten minutes have passed, and nobody has stopped it"
    assert acts(s).count("attended") == 4
    s.play(Answered("all", "talk", "merge", {"table": ""}, "table:t1"))
    s.write("anna", "We are here.")
    assert s.contributions, "where no other table is found the talk goes on"
    s.seat("otto", role="coordinator", site="linz")
    assert s.press("otto", "-stalled:merge:t1") == ["This table is not yours, so nothing was changed."]
    s.wait(20 * MINUTE)
    assert s.press("cleo", "-stalled:ask:t1") == ["No talk is open at this table now."]


def test_a_table_under_quorum_is_told_of_each_time_that_it_shrinks() -> None:
    s = play("", "anna", "ben", "lise", "omar")
    for who in ("omar", "lise"):
        s.press(who, "-leave:pause")
    (told,) = s.read_by("coordinators:lyon")
    assert told.startswith("Table 1 needs you: 2 people are left.")
    assert acts(s).count("told_too_few") == 1
    s.wait(4 * MINUTE)
    assert len(s.read_by("coordinators:lyon")) == 1


def test_whoever_is_lost_in_silence_is_missed_at_the_next_look() -> None:
    s = play()
    s.seat("lise", table="t1", lost="blocked")
    s.wait(3 * MINUTE)
    assert s.read_by("coordinators:lyon")[0].startswith("Table 1 needs you: 2 people are left.")


# The log, and the night


def test_every_move_is_a_line_in_the_log() -> None:
    s = play('turns = "round"\nturn_for = "1m"\nnudge_after = "8m"\nwarn_at = ["5m"]\n', staff=True)
    s.wait(16 * MINUTE)
    found = {e.act: e for e in s.others if isinstance(e, Note)}
    moves = {"talk_began", "gave_floor", "nudged_silent", "warned", "told_absent", "asked_to_move_on", "told_stalled"}
    assert moves <= set(found)
    assert all(found[act].data["table"] == "t1" and found[act].by == "" for act in moves)


@pytest.mark.parametrize(("patience", "after"), [(6, 15), (4, 13), (20, 38)])
def test_at_night_nobody_is_asked_and_silence_in_the_night_is_no_silence(patience: int, after: int) -> None:
    """The talk begins at six in the evening, and people sleep from ten to seven: six hours of silence are over at nine."""
    quiet = ONE_SITE + "[schedule.quiet_hours]\nstart = 22:00:00\nend = 07:00:00\n"
    s = Stagehand(
        flow_of(GROUPS + f'[facilitator]\nmove_on_after = "{patience}h"\n' + TALK.replace("20m", "3d"), quiet)
    )
    s.seat("anna", "ben", "lise", table="t1")
    s.start()
    s.wait(after * 60 * MINUTE - MINUTE)
    assert asked(s) == []
    s.wait(MINUTE)
    assert len(asked(s)) == 1


def test_words_in_the_night_begin_a_silence_in_the_morning() -> None:
    quiet = ONE_SITE + "[schedule.quiet_hours]\nstart = 22:00:00\nend = 07:00:00\n"
    s = Stagehand(flow_of(GROUPS + '[facilitator]\nmove_on_after = "2h"\n' + TALK.replace("20m", "3d"), quiet))
    s.seat("anna", "ben", "lise", table="t1")
    s.start()
    s.wait(7 * 60 * MINUTE)
    before = len(asked(s))
    s.write("anna", "I cannot sleep.")
    s.wait(8 * 60 * MINUTE - MINUTE)
    assert len(asked(s)) == before, "it is one minute to nine"
    s.wait(MINUTE)
    assert len(asked(s)) == before + 1


def test_the_schema_knows_the_table() -> None:
    assert "facilitator" in FlowFile.model_fields
    assert '"move_on_after"' in schema_text()
