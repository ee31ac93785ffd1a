"""People who are lost and found, in the core: who is waited for, and who is told."""

from __future__ import annotations

from dataclasses import replace

from bot.core.effects import Request
from bot.core.heard import Found, Lost
from tests.support.plays import flow_of
from tests.support.stagehand import Stagehand
from tests.support.talks import ASK, EARLY, GROUPS, MINUTE, cast, data, table


def expected(s: Stagehand) -> int:
    return s.counters["mood", "course:all", "expected"]


def test_who_is_lost_is_expected_no_more_and_who_is_found_is_again() -> None:
    s = cast(ASK)
    before = expected(s)
    s.play(Lost("anna", "blocked"))
    s.play(Lost("anna", "blocked"))
    assert expected(s) == before - 1
    assert s.seats["anna"].lost == "blocked"
    s.play(Found("anna"))
    s.play(Found("anna"))
    assert expected(s) == before
    assert s.seats["anna"].lost == ""
    assert [e.unit for e in s.others if isinstance(e, Request) and e.job == "catch_up"] == ["seat:anna"]


def test_who_has_answered_already_is_not_taken_off() -> None:
    s = cast(ASK)
    s.press("anna", "mood:mood::tired")
    before = expected(s)
    s.play(Lost("anna", "blocked"))
    s.play(Found("anna"))
    assert expected(s) == before
    assert s.choices["mood"] == {"anna": {"mood:": "tired"}}


def test_the_last_who_is_waited_for_is_lost_so_it_closes() -> None:
    s = cast(ASK)
    people = [name for name, seat in s.seats.items() if seat.role == "participant"]
    for name in people[1:]:
        s.press(name, "mood:mood::well")
    assert not s.courses["all"].open["mood"].notice
    s.play(Lost(people[0], "blocked"))
    s.wait(2 * MINUTE)
    assert s.courses["all"].done["mood"] == "done"


def test_who_pauses_is_counted_once_only() -> None:
    s = cast(ASK)
    before = expected(s)
    s.press("anna", "-leave:pause")
    assert expected(s) == before - 1
    told = len(s.read_by("facilitators:t1"))
    s.play(Lost("anna", "blocked"))
    assert expected(s) == before - 1
    assert len(s.read_by("facilitators:t1")) == told, "who pauses is missed by nobody"
    s.play(Found("anna"))
    assert expected(s) == before - 1
    s.press("anna", "-back:")
    assert expected(s) == before


def test_a_table_of_people_who_are_through_does_not_wait_for_the_lost_one() -> None:
    s = table(EARLY)
    s.press("anna", "talk:done")
    s.press("ben", "talk:done")
    assert not data(s)["early"]
    s.play(Lost("lise", "blocked"))
    assert data(s)["early"]


ROUND = '[[step]]\nid = "around"\ntype = "discuss"\ntext = "In turn?"\nduration = "20m"\nturns = "round"\n'


def around(*lost: str) -> Stagehand:
    """A table that speaks in turn, some of it lost before it begins."""
    s = Stagehand(flow_of(GROUPS + ROUND))
    s.seat("anna", "ben", "lise", "max", table="t1")
    s.bind("t1", "r1")
    s.seats |= {name: replace(s.seats[name], lost="blocked") for name in lost}
    s.start()
    return s


def test_who_is_lost_gets_no_turn() -> None:
    stage = around("ben").stages["around", "table:t1"]
    assert sorted([stage.data["floor"], *stage.data["order"]]) == ["anna", "lise", "max"]


def test_who_is_lost_in_private_keeps_the_floor_in_the_room() -> None:
    s = around()
    speaker = s.stages["around", "table:t1"].data["floor"]
    s.seats[speaker] = replace(s.seats[speaker], room="r1")
    s.play(Lost(speaker, "blocked"))
    assert s.stages["around", "table:t1"].data["floor"] == speaker
    s.seats[speaker] = replace(s.seats[speaker], room="", lost="")
    s.play(Lost(speaker, "blocked"))
    assert s.stages["around", "table:t1"].data["floor"] not in ("", speaker)


def test_a_new_person_who_is_lost_worries_nobody() -> None:
    s = cast(ASK)
    s.seats["anna"] = replace(s.seats["anna"], status="new")
    s.play(Lost("anna", "blocked"))
    assert s.read_by("facilitators:t1") == []
    assert s.seats["anna"].lost == "blocked"


def test_somebody_without_a_table_is_reported_to_the_coordinator() -> None:
    s = cast(ASK)
    s.seat("zoe")
    s.play(Lost("zoe", "odd"))
    assert s.read_by("coordinators:lyon") == [
        "I cannot reach zoe any more: the chat app does not say why.\n"
        "Their place and their vote stay theirs. If you can, ask them to write to me; then I bring them up to date."
    ]
