"""Small tables: nobody sits alone."""

from __future__ import annotations

from bot.core.effects import Note, Request
from bot.core.events import Answered
from bot.core.state import Table
from tests.support.plays import flow_of
from tests.support.stagehand import Stagehand
from tests.support.talks import (
    GROUPS,
    MINUTE,
    TALK,
    table,
)


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
        "At table 1 2 people are present; 3 were hoped for, and no other table was found.\nThey talk all the same.\n"
        "[Wait] [Ask how they are] [Look for another table] [Give a place to somebody new]"
    ]
    assert s.read_by("table:t1")[-1] == (
        "Fewer people are here than were hoped for, and no other table has room. The coordinator knows.\n"
        "You can talk all the same."
    )
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
