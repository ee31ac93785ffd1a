"""The facilitator by rule: shares of words, the question whether to move on, and tables that need somebody."""

from __future__ import annotations

import pytest

from bot.core.effects import Note, Request
from bot.core.events import Answered
from bot.core.flow import FlowFile
from bot.core.heard import Edited, Heard
from bot.core.schema import schema_text
from tests.support.plays import ONE_SITE, flow_of
from tests.support.stagehand import Stagehand
from tests.support.talks import BY_HAND, GROUPS, MINUTE, TALK, data, ends, heard_by, press

BY_RULE = ""
LONG = "I think that bread is made of flour and water and of time, and of much patience, and of salt too. " * 2
QUIET = "It has been quiet here for 3 minutes. Shall we move on?"
LEAVE_ROOM = "You have given your table much to think about."


def play(more: str = "", *people: str, rules: str = BY_RULE, staff: bool = False) -> Stagehand:
    """A talk of 20 minutes: `auto` is 3 minutes of silence before the table is asked, and 5 before the coordinators are told."""
    s = Stagehand(flow_of(GROUPS + rules + TALK + more))
    s.seat(*(people or ("anna", "ben", "lise")), table="t1")
    if staff:
        s.seat("maya", table="t1", role="facilitator")
    s.seat("cleo", role="coordinator")
    s.start()
    return s


def acts(s: Stagehand) -> list[str]:
    return [e.act for e in s.others if isinstance(e, Note)]


def merges(s: Stagehand) -> list[int]:
    """With how many present another table was looked for."""
    return [e.args["present"] for e in s.others if isinstance(e, Request) and e.job == "merge"]


def asked(s: Stagehand) -> list[str]:
    return [said for said in s.read_by("table:t1") if "Shall we move on?" in said]


# Shares of words


def test_who_has_said_most_is_asked_once_in_private_to_leave_room() -> None:
    s = play()
    s.write("ben", "Yes.")
    for _ in range(2):
        s.write("anna", LONG)
    assert LEAVE_ROOM not in str(s.read_by("seat:anna")), "two messages are no flood"
    s.write("anna", LONG)
    s.write("anna", LONG)
    assert [said.startswith(LEAVE_ROOM) for said in s.read_by("seat:anna")].count(True) == 1
    assert LEAVE_ROOM not in str([heard_by(s, other) for other in ("ben", "lise")]), "nobody else reads it"
    assert acts(s).count("asked_to_leave_room") == 1
    assert len(s.contributions) == 5, "what they write goes to the table as before"


@pytest.mark.parametrize(
    ("rules", "more"),
    [
        (BY_HAND, ""),
        ("[facilitator]\nshare_max = 1\n", ""),
        (BY_RULE, 'share_max = "100%"\n'),
        ('[facilitator]\nshare_max = "95%"\n', ""),
    ],
)
def test_the_flow_says_whose_share_is_large(rules: str, more: str) -> None:
    s = play(more, rules=rules)
    s.write("ben", "This is a sentence of some eight words.")
    for _ in range(3):
        s.write("anna", LONG)
    assert LEAVE_ROOM not in str(s.read_by("seat:anna"))
    s = play('share_max = "30%"\n', rules=rules)
    s.write("ben", LONG)
    for _ in range(3):
        s.write("anna", LONG)
    assert LEAVE_ROOM in str(s.read_by("seat:anna")), "the step's own word counts more"


def test_few_words_and_two_people_have_no_shares_to_speak_of() -> None:
    s = play()
    for _ in range(8):
        s.write("anna", "Some more words.")
    assert LEAVE_ROOM not in str(s.read_by("seat:anna"))
    s = play()
    s.seat("lise", table="t1", lost="blocked")
    for _ in range(4):
        s.write("anna", LONG)
    assert LEAVE_ROOM not in str(s.read_by("seat:anna"))


def test_words_in_turns_are_counted_and_nobody_is_asked_during_their_turn() -> None:
    s = play('turns = "round"\nturn_for = "10m"\n')
    first = data(s)["floor"]
    for _ in range(4):
        s.write(first, LONG)
    assert data(s)["words"] == {first: 4 * 42}
    assert LEAVE_ROOM not in str(s.read_by(f"seat:{first}"))
    for _ in range(2):
        s.press(data(s)["floor"], "talk:pass")
    s.press(data(s)["floor"], "talk:pass")
    s.write(first, "And one thing more.")
    assert LEAVE_ROOM in str(s.read_by(f"seat:{first}")), "the talk is free now, and the words in turns count"


@pytest.mark.parametrize(
    ("text", "n"), [("Don't go, it's 5 o'clock!", 5), ("面包是面粉", 3), ("…", 0), ("so-called", 1)]
)
def test_words_are_counted(text: str, n: int) -> None:
    s = play()
    s.write("anna", text)
    assert data(s).get("words", {}).get("anna", 0) == n


def test_who_leads_sees_the_shares_with_or_without_the_rules() -> None:
    s = play(rules=BY_HAND, staff=True)
    assert "Of the words" not in s.write("maya", "/status")[-1]
    s.write("anna", "one two three")
    s.write("ben", "one")
    s.write("maya", "What else is there to say?")
    told = "Of the words: anna 75 %, ben 25 %. Only those who lead the table read this."
    assert told in s.write("maya", "/status")[-1]
    assert told in s.write("cleo", "/status 1")[-1]
    assert "Of the words" not in str([heard_by(s, other) for other in ("anna", "ben", "lise")])


def test_what_nobody_reads_any_more_counts_no_longer() -> None:
    s = play(staff=True)
    s.write("anna", "one two three")
    first = next(iter(s.contributions))
    s.write("ben", "one two")
    s.write("ben", "three four five six")
    assert data(s)["words"] == {"anna": 3, "ben": 6}
    s.write("ben", "/undo")
    assert data(s)["words"] == {"anna": 3, "ben": 2}
    s.play(Heard("hide", "maya", s.now, "/hide", answers=first))
    assert data(s)["words"] == {"anna": 0, "ben": 2}
    press(s, "maya", "It was a mistake: put it back")
    assert data(s)["words"] == {"anna": 3, "ben": 2}
    assert "anna 60 %, ben 40 %" in s.write("maya", "/status")[-1]


def test_words_that_are_edited_count_as_they_are_read_now() -> None:
    s = play()
    s.write("anna", "one two three")
    s.play(Edited("edit", "anna", s.now, next(iter(s.contributions)), "one"))
    assert data(s)["words"] == {"anna": 1}
    s.write("anna", "/undo")
    assert data(s)["words"] == {"anna": 0}, "the last message as it was edited"


def test_who_has_left_counts_neither_in_the_shares_nor_beside_the_others() -> None:
    s = play("", "anna", "ben", "lise", "omar", staff=True)
    s.write("anna", "one two three")
    s.write("ben", "one")
    s.write("omar", LONG)
    assert "omar 91 %" in s.write("maya", "/status")[-1]
    s.write("omar", "/leave")
    press(s, "omar", "Leave")
    assert "Of the words: anna 75 %, ben 25 %." in s.write("maya", "/status")[-1]


def test_experts_and_those_who_lead_have_no_share() -> None:
    s = play(staff=True)
    s.seat("erik", table="t1", role="expert")
    for who in ("erik", "maya"):
        s.write(who, LONG)
    s.write("anna", "one two three")
    assert data(s)["words"] == {"anna": 3}


def test_where_a_person_leads_they_see_the_shares_and_speak_themselves() -> None:
    s = play(staff=True)
    s.write("maya", "Good evening.")
    s.write("ben", "Yes.")
    for _ in range(4):
        s.write("anna", LONG)
    assert LEAVE_ROOM not in str(s.read_by("seat:anna"))
    s = play(rules='[facilitator]\nshare_max = "50%"\n', staff=True)
    s.write("maya", "Good evening.")
    s.write("ben", "Yes.")
    for _ in range(4):
        s.write("anna", LONG)
    assert LEAVE_ROOM in str(s.read_by("seat:anna")), "the flow wants it in any case"


# Shall we move on?


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


def test_at_night_nobody_is_asked_and_silence_in_the_night_is_no_silence() -> None:
    quiet = ONE_SITE + "[schedule.quiet_hours]\nstart = 22:00:00\nend = 07:00:00\n"
    s = Stagehand(flow_of(GROUPS + '[facilitator]\nmove_on_after = "6h"\n' + TALK.replace("20m", "2d"), quiet))
    s.seat("anna", "ben", "lise", table="t1")
    s.start()
    s.wait(13 * 60 * MINUTE - MINUTE)
    assert asked(s) == [], "it is one minute to seven in Lyon"
    s.wait(MINUTE)
    assert len(asked(s)) == 1


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


def test_the_schema_knows_the_table() -> None:
    assert "facilitator" in FlowFile.model_fields
    assert '"move_on_after"' in schema_text()
