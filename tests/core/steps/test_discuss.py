"""A table talks: what passes and what does not, looking after people, and the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import ValidationError

from bot.core.effects import Lane
from bot.core.events import Answered
from bot.core.heard import Heard
from bot.core.steps.discuss import Discuss
from tests.support.plays import flow_of, read
from tests.support.stagehand import Stagehand
from tests.support.talks import (
    EARLY,
    GROUPS,
    MINUTE,
    TALK,
    ends,
    table,
    words,
)

# What passes


def test_a_talk_opens_with_who_is_here_until_when_and_the_prompt() -> None:
    assert table().read_by("table:t1") == [
        "Bread\nAt your table: anna, ben, lise.\nFacilitator: maya.\n"
        "Until 02 Mar 17:20 they read what you write here. /undo takes your last message back.\nWhat about bread?\n"
        "[Ask maya privately]"
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
    assert ("nothing of it stands in the record" in s.read_by("table:t1")[0]) == ("icebreaker" in how)


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


FAR = (
    '[schedule]\nsites = [{ id = "lyon", zone = "Europe/Paris", languages = ["en"] }, '
    '{ id = "quebec", zone = "America/Toronto", languages = ["en"] }]\n'
    "[schedule.quiet_hours]\nstart = 22:00:00\nend = 07:00:00\n"
)


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        (0, []),  # 18:00 and 12:00
        (5, ["Some of the others sleep now. They read it at 03 Mar 06:00."]),  # 23:00 and 17:00
        (11, ["The others sleep now. They read it at 03 Mar 12:00."]),  # 05:00 and 23:00
    ],
)
def test_who_writes_while_others_sleep_is_told_when_they_read_it(hours: int, told: list[str]) -> None:
    s = Stagehand(flow_of(GROUPS + TALK.replace("20m", "20h"), FAR))
    s.seat("anna", "ben", table="t1")
    s.seat("dora", table="t1", site="quebec")
    s.start()
    s.write("anna", "One")
    s.wait(timedelta(hours=hours))
    assert [text for text in s.write("anna", "Are you there?") if "sleep" in text] == told
    assert [text for text in s.write("anna", "Hello?") if "sleep" in text] == []


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


def test_a_facilitator_who_was_there_at_the_step_before_is_not_absent() -> None:
    for minutes, told in ((19, 0), (60, 1)):
        s = table()
        s.seats["maya"] = replace(s.seats["maya"], heard=s.now + 5 * MINUTE - minutes * MINUTE)
        s.wait(5 * MINUTE)
        assert sum("has not written yet" in text for text in s.read_by("coordinators:lyon")) == told


def test_a_latecomer_reads_what_it_is_about_and_the_last_words() -> None:
    s = table()
    for n in range(7):
        s.write("anna", f"Word {n}")
    s.seat("nils", table="t1")
    s.play(Answered("all", "", "catch_up", {"table": "t1"}, "seat:nils"))
    last = [c.id for c in s.contributions.values()][-5:]
    (recap,) = s.read_by("seat:nils")
    assert recap.startswith("Bread\nAt your table: anna, ben, lise, nils.")
    told = "7 messages so far. The last ones:\n" + "\n".join(f"anna\n{id}" for id in last)
    assert recap.endswith(f"{told}\n[Ask maya privately]")
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


def test_a_table_closes_early_when_nobody_has_anything_to_add() -> None:
    s = table(EARLY)
    assert s.read_by("table:t1")[0].endswith("[I have nothing to add] [Ask maya privately]")
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
