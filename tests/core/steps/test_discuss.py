"""A table talks: what passes and what does not, turns, the end, and small tables."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from bot.core.effects import Lane, Note, Request
from bot.core.events import Answered, Heard
from bot.core.floor import BREATH
from bot.core.state import Table
from bot.core.steps.discuss import Discuss
from tests.support.plays import ONE_SITE, flow_of, read
from tests.support.stagehand import Stagehand

MINUTE = timedelta(minutes=1)
GROUPS = "[groups.tables]\nsize = { min = 3, target = 4, max = 6 }\n"
TALK = '[[step]]\nid = "talk"\ntype = "discuss"\ntitle = "Bread"\ntext = "What about bread?"\nduration = "20m"\n'


def table(more: str = "", *people: str, sites: str = ONE_SITE, groups: str = GROUPS, staff: bool = True) -> Stagehand:
    """A table of three (or of these people) with Maya who facilitates; the talk is open."""
    s = Stagehand(flow_of(groups + TALK + more, sites))
    s.seat(*(people or ("anna", "ben", "lise")), table="t1")
    if staff:
        s.seat("maya", table="t1", role="facilitator")
    s.seat("cleo", role="coordinator")
    s.start()
    return s


def data(s: Stagehand) -> Any:
    return s.stages["talk", "table:t1"].data


def ends(s: Stagehand) -> datetime | None:
    return s.stages["talk", "table:t1"].closes


def heard_by(s: Stagehand, seat: str) -> list[str]:
    """All that one person at the table reads, in order."""
    units = (f"seat:{seat}", "table:t1", "course:all")
    return [read(say.message) for say in s.said.values() if say.to in units and seat not in say.without]


def words(s: Stagehand) -> list[tuple[str, str, str]]:
    return [(c.seat, c.text, c.state) for c in s.contributions.values()]


# What passes


def test_a_talk_opens_with_who_is_here_until_when_and_the_prompt() -> None:
    assert table().read_by("table:t1") == [
        "Bread\nAt your table: anna, ben, lise.\nmaya facilitates.\n"
        "Until 02 Mar 17:20 they read what you write here. /undo takes your last message back.\nWhat about bread?"
    ]


def test_what_one_writes_goes_to_the_others_and_is_kept() -> None:
    s = table()
    assert s.write("anna", "I bake my own.") == ["Sent to your table.\n[Undo]"]
    (kept,) = s.contributions.values()
    assert (kept.step, kept.table, kept.seat, kept.kind, kept.text) == (
        "talk",
        "t1",
        "anna",
        "message",
        "I bake my own.",
    )
    assert kept.shared
    (said,) = [say for say in s.said.values() if say.lane == Lane.TALK]
    assert (said.to, said.without, read(said.message)) == ("table:t1", ("anna",), f"anna\n{kept.id}")
    assert "bake" not in repr(s.said) + repr(s.stages), "the words stand in the contribution only"


def test_the_receipt_comes_once_but_always_where_somebody_helps() -> None:
    s = table()
    s.write("anna", "One")
    assert s.write("anna", "Two") == []
    s.seat("ben", table="t1", helped=True)
    assert s.write("ben", "One") == s.write("ben", "Two") == ["With help, for Ben:\nSent to your table.\n[Undo]"]
    assert [c.helped for c in s.contributions.values()] == [False, False, True, True]


def test_who_leads_is_labelled_and_who_listens_is_not_passed_on() -> None:
    s = table()
    s.seat("otto", table="t1", role="observer")
    s.write("maya", "Go on!")
    assert s.read_by("table:t1")[-1].startswith("maya (facilitator)\n")
    assert s.write("otto", "Ha!") == ["You are at this table to listen, so what you write here is not passed on."]
    assert [c.seat for c in s.contributions.values()] == ["maya"]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("x" * 41, "Your text has 41 characters, and 40 are possible. Please shorten it, or send it in parts."),
        ("\x00\u202e ", "I can pass on text only. Please write what you want to say."),
    ],
)
def test_what_cannot_pass_is_explained(text: str, answer: str) -> None:
    s = table("max_length = 40\n")
    assert s.write("anna", text) == [answer]
    assert s.contributions == {}


def test_hidden_characters_are_taken_out() -> None:
    s = table()
    s.write("anna", "so\x00 \u202egood")
    assert words(s) == [("anna", "so good", "live")]


@pytest.mark.parametrize("how", ['record = "none"\n', "icebreaker = true\n"])
def test_an_icebreaker_is_never_shared(how: str) -> None:
    s = table(how)
    s.write("anna", "I like tea.")
    assert [c.shared for c in s.contributions.values()] == [False]
    assert ("nothing of it is exported" in s.read_by("table:t1")[0]) == ("icebreaker" in how)


def test_after_the_end_nothing_passes() -> None:
    s = table()
    s.wait(20 * MINUTE)
    assert s.read_by("table:t1")[-1] == "The talk at your table has ended. Thank you."
    assert s.write("anna", "One more!") == [
        "Nothing is open for you right now, so this was not passed on.\n/help shows what you can do."
    ]
    assert s.contributions == {}
    assert s.courses["all"].state == "ended"


def test_what_was_said_in_time_passes_within_the_grace_and_nothing_later() -> None:
    s = table('grace = "1m"\n')
    s.wait(20 * MINUTE + MINUTE / 2)
    s.play(Heard("slow", "anna", s.now - MINUTE, "In time"))
    assert s.write("ben", "Too late") == ["The talk at your table has ended.\nWhat you wrote was not sent."]
    assert words(s) == [("anna", "In time", "live")]


# Looking after people


def test_the_silent_are_asked_once_and_in_private() -> None:
    s = table('nudge_after = "5m"\nremind = ["8m"]\n')
    s.write("anna", "Hello")
    s.wait(5 * MINUTE)
    asked = [say.to for say in s.said.values() if "hear from you" in read(say.message)]
    assert asked == ["seat:ben", "seat:lise"]
    s.wait(10 * MINUTE)
    assert [say.to for say in s.said.values() if "hear from you" in read(say.message)] == asked


@pytest.mark.parametrize("writes", [False, True])
def test_the_coordinator_hears_of_an_absent_facilitator(writes: bool) -> None:
    s = table()
    if writes:
        s.write("maya", "Here I am.")
    s.wait(5 * MINUTE)
    told = [text for text in s.read_by("coordinators:lyon") if "has not written yet" in text]
    assert len(told) == (not writes)


def test_a_latecomer_reads_what_it_is_about_and_the_last_words() -> None:
    s = table()
    for n in range(7):
        s.write("anna", f"Word {n}")
    s.seat("nils", table="t1")
    s.play(Answered("all", "", "catch_up", {"table": "t1"}, "seat:nils"))
    last = [c.id for c in s.contributions.values()][-5:]
    (recap,) = s.read_by("seat:nils")
    assert recap.startswith("Bread\nAt your table: anna, ben, lise, nils.")
    assert recap.endswith("7 messages so far. The last ones:\n" + "\n".join(f"anna\n{id}" for id in last))
    arrival = [say for say in s.said.values() if read(say.message) == "nils is here now."]
    assert [(say.to, say.without) for say in arrival] == [("table:t1", ("nils",))]


# The time


def test_the_table_is_warned_before_the_end() -> None:
    s = table('warn_at = ["30m", "10m", "2m"]\n')
    s.wait(18 * MINUTE)
    assert s.read_by("table:t1")[1:] == [
        "10 minutes left: the talk ends at 02 Mar 17:20.",
        "2 minutes left: the talk ends at 02 Mar 17:20.",
    ]


def test_more_time_moves_warnings_and_end_and_the_course_waits() -> None:
    s = table('warn_at = ["2m"]\n')
    s.write("maya", "/extend 5m")
    s.wait(20 * MINUTE)
    assert s.read_by("table:t1")[1:] == ["Your table has 5 minutes more, until 02 Mar 17:25."]
    s.write("anna", "Still here")
    assert "talk" in s.courses["all"].open
    s.wait(5 * MINUTE)
    assert s.read_by("table:t1")[-2:] == [
        "2 minutes left: the talk ends at 02 Mar 17:25.",
        "The talk at your table has ended. Thank you.",
    ]
    assert s.courses["all"].state == "ended"


def test_buttons_work_on_at_a_table_that_was_given_more_time() -> None:
    s = table('early_close = "all_answered"\n')
    s.write("maya", "/extend 5m")
    s.wait(21 * MINUTE)
    assert s.press("anna", "talk:done")[0].startswith("Thank you.")


def test_a_pause_ends_by_itself_and_never_moves_the_end() -> None:
    s = table()
    s.write("maya", "/pause")
    assert s.write("anna", "Hello?") == ["The talk rests until 02 Mar 17:15.\nWhat you wrote was not sent."]
    s.wait(15 * MINUTE)
    assert s.read_by("table:t1")[-1] == "The talk goes on.\nIt ends at 02 Mar 17:20."
    s.write("anna", "Hello!")
    assert words(s) == [("anna", "Hello!", "live")]
    s.write("maya", "/pause")
    s.wait(5 * MINUTE)
    assert s.courses["all"].state == "ended"


def test_a_pause_that_was_ended_by_hand_does_not_end_the_next_one() -> None:
    s = table()
    s.write("maya", "/pause")
    s.wait(2 * MINUTE)
    s.write("maya", "/resume")
    s.write("maya", "/pause")
    s.wait(14 * MINUTE)
    assert s.stages["talk", "table:t1"].state == "paused"


def test_next_gives_a_minute() -> None:
    s = table()
    s.write("maya", "/next")
    assert s.read_by("table:t1")[-1] == (
        "maya (facilitator) ends the talk in one minute. Is there something that must still be said?"
    )
    s.wait(timedelta(seconds=59))
    s.write("anna", "Yes: thank you.")
    s.wait(timedelta(seconds=1))
    assert s.read_by("table:t1")[-1].startswith("The talk at your table has ended.")
    assert len(s.contributions) == 1


EARLY = 'early_close = "all_answered"\n'


def test_a_table_closes_early_when_nobody_has_anything_to_add() -> None:
    s = table(EARLY)
    assert s.read_by("table:t1")[0].endswith("[I have nothing to add]")
    for seat in ("anna", "ben"):
        s.press(seat, "talk:done")
    assert ends(s) == s.now + 20 * MINUTE
    s.press("lise", "talk:done")
    assert ends(s) == s.now + MINUTE
    s.wait(MINUTE)
    assert s.courses["all"].state == "ended"


def test_a_word_within_the_minute_keeps_the_table_open() -> None:
    s = table(EARLY + 'warn_at = ["5m"]\n')
    for seat in ("anna", "ben", "lise"):
        s.press(seat, "talk:done")
    s.wait(MINUTE / 2)
    s.write("ben", "But …")
    assert s.read_by("table:t1")[-1] == "The talk goes on.\nIt ends at 02 Mar 17:20."
    s.wait(15 * MINUTE)
    assert [text for text in s.read_by("table:t1") if "left:" in text] == [
        "5 minutes left: the talk ends at 02 Mar 17:20."
    ]
    s.press("anna", "talk:done")
    assert ends(s) == s.now + MINUTE * 4.5, "who has written since must say so again"
    s.press("ben", "talk:done")
    assert ends(s) == s.now + MINUTE


def test_another_table_is_told_that_the_others_still_talk() -> None:
    s = table(EARLY)
    s.seat("x", "y", "z", table="t2")
    for seat in ("anna", "ben", "lise"):
        s.press(seat, "talk:done")
    s.wait(MINUTE)
    assert s.read_by("table:t1")[-1].endswith("The others may talk until 02 Mar 17:20. Then it goes on.")


# Turns

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
    assert s.write(second, "/pass") == ["You are left out of this round. After it you can write as you like."]
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


# Small tables


def merges(s: Stagehand) -> list[Request]:
    return [e for e in s.others if isinstance(e, Request) and e.job == "merge"]


def small(*people: str) -> Stagehand:
    s = table("", *people, staff=False)
    s.seat("nora", "omar", "pia", table="t2")
    return s


def test_a_small_table_waits_for_word_of_another_one() -> None:
    s = small("anna", "ben")
    (asked,) = merges(s)
    assert (asked.unit, asked.args) == ("table:t1", {"plan": "tables", "present": 2})
    assert s.read_by("table:t1") == []
    assert s.write("anna", "Hello?") == ["Your table begins in a moment.\nWhat you wrote was not sent."]


def test_people_of_a_small_table_are_moved_and_told() -> None:
    s = small("anna", "ben")
    s.seat("anna", "ben", table="t2")
    s.play(Answered("all", "talk", "merge", {"table": "t2", "number": 2, "seats": ["anna", "ben"]}, "table:t1"))
    s.wait()
    for seat in ("anna", "ben"):
        assert s.read_by(f"seat:{seat}")[-1].startswith(
            "Few people are at your table just now. So that nobody sits alone, you are now at table 2."
        )
    late = [e.unit for e in s.others if isinstance(e, Request) and e.job == "catch_up"]
    assert late == ["seat:anna", "seat:ben"]
    assert s.stages["talk", "table:t1"].state == "closed"
    assert s.read_by("table:t1") == [], "a talk that never was does not end aloud"
    assert [e.data["into"] for e in s.others if isinstance(e, Note) and e.act == "merged"] == ["t2"]
    s.wait(20 * MINUTE)
    assert s.courses["all"].state == "ended"


NONE = Answered("all", "talk", "merge", {"table": ""}, "table:t1")


def test_two_talk_where_no_other_table_is_found() -> None:
    s = small("anna", "ben")
    s.play(NONE)
    assert s.read_by("coordinators:lyon") == [
        "At table 1 2 people are present; 3 were hoped for, and no other table was found.\nThey talk all the same."
    ]
    s.write("anna", "Just us.")
    assert len(s.contributions) == 1


def test_nobody_sits_alone() -> None:
    s = small("anna")
    s.play(NONE)
    s.wait()
    assert s.read_by("seat:anna")[0].startswith("Nobody else is at your table just now")
    assert "1 person is present" in s.read_by("coordinators:lyon")[0]
    assert s.stages["talk", "table:t1"].state == "closed"
    assert s.write("anna", "Hello?")[0].startswith("Nothing is open for you right now")


def test_a_table_that_filled_meanwhile_begins() -> None:
    s = small("anna", "ben")
    s.seat("lise", table="t1")
    s.play(NONE)
    assert s.read_by("table:t1")[0].startswith("Bread\nAt your table: anna, ben, lise.")


def test_an_empty_table_closes_in_silence() -> None:
    s = Stagehand(flow_of(GROUPS + TALK))
    s.tables["t9"] = Table("t9", "tables", "lyon", 9, ("en",))
    s.seat("anna", "ben", "lise", table="t1")
    s.start()
    assert s.stages["talk", "table:t9"].state == "closed"
    assert s.read_by("coordinators:lyon") == merges(s) == []


def test_who_is_left_alone_during_a_talk_finds_company_or_an_end() -> None:
    s = table("", staff=False)
    s.press("ben", "-leave:leave")
    assert merges(s) == []
    s.press("anna", "-leave:pause")
    assert [e.args["present"] for e in merges(s)] == [1]
    s.play(NONE)
    s.wait()
    assert s.stages["talk", "table:t1"].state == "closed"
    assert [text for text in s.read_by("table:t1") if "has ended" in text] == []


def test_an_answer_that_nobody_waits_for_changes_nothing() -> None:
    s = table()
    before = s.stages["talk", "table:t1"]
    s.play(NONE)
    assert s.stages["talk", "table:t1"] == before


# The file


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (("text = ", "title = "), "found no text; a talk needs a prompt"),
        (('duration = "20m"', ""), "found no end"),
        (("duration", 'turn_for = "2s"\nduration'), "found turn_for = 2 seconds"),
        (("duration", "too_few = 3\nduration"), "found too_few = 3"),
        (("duration", 'scope = "site"\nduration'), "'table'"),
    ],
)
def test_what_a_talk_cannot_be(change: tuple[str, str], found: str) -> None:
    with pytest.raises(ValidationError, match=found):
        flow_of(GROUPS + TALK.replace('title = "Bread"\n', "").replace(*change))


def test_the_example_in_the_docstring_plays() -> None:
    example = (Discuss.__doc__ or "").partition("[[step]]")[2].replace("\n        ", "\n")
    s = Stagehand(flow_of(GROUPS + "[[step]]" + example))
    s.seat("anna", "ben", "lise", table="t1")
    s.start()
    s.wait(40 * MINUTE)
    assert s.courses["all"].state == "ended"
