"""Rooms in the core: what people are told, and what of a room is heard."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.core.effects import Request
from bot.core.events import Answered, Joined
from bot.core.heard import Bound, Entered, Exited, Unbound
from bot.core.state import Seat, Table
from tests.support.stagehand import Stagehand
from tests.support.talks import ASK, MINUTE, TALK, cast, data, heard_by, press, table, words

ROUND = TALK.replace('duration = "20m"', 'duration = "20m"\nturns = "round"')


def housed(more: str = "", **given: Any) -> Stagehand:
    """The talking table of `tests.support.talks`, with a room."""
    s = table(more, **given)
    s.bind("t1", "r1")
    return s


def link(s: Stagehand, *seats: str, url: str = "", may: bool = True, unit: str = "table:t1", room: str = "r1") -> None:
    result = {"room": room, "link": url, "may": may, "seats": list(seats), "n": "1"}
    s.play(Answered("all", "", "link", result, unit))


def asked(s: Stagehand, job: str) -> list[Request]:
    return [e for e in s.others if isinstance(e, Request) and e.job == job]


def test_a_room_that_is_gone_holds_nobody() -> None:
    anna, ben = Seat("anna", "participant", "lyon", "en", room="r1"), Seat("ben", "participant", "lyon", "en")
    lise = replace(ben, id="lise", lost="blocked")
    here = Table(
        "t1", "tables", "lyon", 1, ("en",), (anna, ben, lise, replace(anna, id="max", lost="blocked")), (), ("r1",)
    )
    assert [here.in_room(m) for m in here.members] == [True, False, False, True]
    assert [m.id for m in here.reached] == ["anna", "ben", "max"]
    gone = replace(here, rooms=())
    assert not any(gone.in_room(m) for m in gone.members)
    assert [m.id for m in gone.reached] == ["anna", "ben"]


# Binding and giving up


def test_bound_asks_for_one_link_and_takes_whoever_bound_it_into_the_room() -> None:
    s = housed()
    s.play(Bound("t1", "maya", s.now, "r1"))
    assert s.seats["maya"].room == "r1"
    (request,) = asked(s, "link")
    assert (request.unit, request.args) == ("table:t1", {"room": "r1"})
    (told,) = s.read_by("room:r1")
    assert "maya (facilitator), who wrote the code here, leads this table and has no vote in it." in told
    s.play(Bound("t1", "cleo", s.now, "r2"))
    assert len(asked(s, "link")) == 1, "that room is gone already"


def test_the_way_in_is_for_those_who_can_come_and_are_not_there() -> None:
    s = housed()
    s.seats["ben"] = replace(s.seats["ben"], room="r1")
    link(s, "anna", "ben", url="https://x")
    assert "https://x" in s.read_by("seat:anna")[-1]
    assert all("https://x" not in said for who in ("ben", "lise") for said in s.read_by(f"seat:{who}"))
    assert s.read_by("facilitators:t1") == []
    before = len(s.said)
    link(s, "anna", "ben", url="https://x", room="another")
    assert len(s.said) == before


def test_who_asks_alone_gets_the_way_alone_and_nobody_else_is_bothered() -> None:
    s = housed()
    assert s.write("lise", "/room") == []
    (request,) = asked(s, "link")
    assert request.unit == "seat:lise"
    link(s, "anna", "lise", unit="seat:lise")
    assert "Your facilitator can tell you the way in." in s.read_by("seat:lise")[-1]
    assert s.read_by("seat:anna") == []
    assert s.read_by("facilitators:t1") == []
    s.seats["lise"] = replace(s.seats["lise"], room="r1")
    assert "You are in the room of your table." in s.write("lise", "/room")[0]
    assert "You are in the room of your table already." in s.press("lise", "-stay:")[0]
    s.bind("t1")
    assert s.write("anna", "/room") == ["Your table has no room: you read and write here."]


def test_who_is_in_the_room_and_writes_in_private_is_asked_before_the_table_reads_it() -> None:
    s = housed()
    s.seats["anna"] = replace(s.seats["anna"], room="r1")
    (asked_first,) = s.write("anna", "Between us: I am not well.")
    assert "Send this to your table?" in asked_first
    said = len(s.read_by("table:t1"))
    press(s, "anna", "Do not send")
    assert len(s.read_by("table:t1")) == said
    s.write("anna", "We need a bridge.")
    press(s, "anna", "Send it to my table")
    s.write("ben", "I agree.")  # is not in the room: here is where Ben talks
    assert [text for _, text, state in words(s) if state == "live"] == ["We need a bridge.", "I agree."]


@pytest.mark.parametrize("talking", [True, False])
def test_a_lost_room_pauses_only_a_talk_that_goes_on(talking: bool) -> None:
    s = housed()
    s.seats["anna"] = replace(s.seats["anna"], room="r1")
    if not talking:
        s.write("maya", "/pause")
    rests = data(s)["rests"]
    s.bind("t1")
    s.play(Unbound("t1", "kicked", s.now, "r1"))
    assert s.seats["anna"].room == ""
    assert s.stages["talk", "table:t1"].state == "paused"
    assert data(s)["rests"] == rests + talking
    (letter,) = s.read_by("facilitators:t1")
    assert ("The talk rests for 15 minutes" in letter) == talking
    assert "/bind" in letter
    assert s.read_by("seat:ben") == [], "who was not there has nothing to learn"


def test_giving_up_lets_the_talk_go_on() -> None:
    s = housed()
    s.seats["anna"] = replace(s.seats["anna"], room="r1")
    assert s.write("maya", "/unbind")[-1].startswith("Table 1 has no room any more.")
    assert s.tables["t1"].rooms == ()
    assert s.seats["anna"].room == ""
    assert s.stages["talk", "table:t1"].state == "open"
    assert "is neither kept nor passed on" in s.read_by("room:r1")[-1]
    assert s.write("maya", "/unbind") == ["This table has no room. /bind gives it one."]


def test_a_coordinator_names_the_table() -> None:
    s = cast()
    assert "Please write the table's number first." in s.write("cleo", "/bind")[0]
    assert s.write("cleo", "/bind 2") == []
    (request,) = asked(s, "bind")
    assert request.args == {"table": "t2", "number": 2}
    s.play(
        Answered(
            "all", "", "bind", {"code": "ABCD-EFGH", "until": s.now.isoformat(), "number": 2, "id": "x"}, "seat:cleo"
        )
    )
    assert "/bind ABCD-EFGH" in s.read_by("seat:cleo")[-1]
    assert "not here" in s.write("cleo", "/bind 2 ABCD-EFGH")[0]
    assert len(asked(s, "bind")) == 1


# Who is there


def test_coming_and_going_is_told_to_the_one_who_does_it() -> None:
    s = housed()
    s.play(Entered("t1", "anna", s.now, "r1"))
    s.play(Entered("t1", "anna", s.now, "r1"))
    assert s.seats["anna"].room == "r1"
    assert len(s.read_by("seat:anna")) == 1
    s.play(Exited("t1", "anna", s.now, "another"))
    assert s.seats["anna"].room == "r1"
    s.play(Exited("t1", "anna", s.now, "r1"))
    assert s.seats["anna"].room == ""
    assert len(s.read_by("seat:anna")) == 2
    s.play(Entered("t1", "anna", s.now, "gone"))
    assert s.seats["anna"].room == ""


@pytest.mark.parametrize(
    ("who", "head"),
    [
        ("cleo", "cleo (coordinator) has come into the room of this table."),
        ("otto", "otto (observer) has come into the room of this table."),
        ("nora", "Somebody without a seat at this table has come into its room."),
        ("noah", "Somebody without a seat at this table has come into its room."),
        ("", "Somebody without a seat at this table has come into its room."),
    ],
)
def test_who_does_not_belong_there_is_announced_to_everybody_once(who: str, head: str) -> None:
    s = housed()
    s.seat("nora", table="t2")
    s.seat("noah", table="t1", status="new")
    s.seat("otto", role="observer")
    before = len(heard_by(s, "anna"))
    for _ in range(2):
        s.play(Entered("t1", who, s.now, "r1", "mark" if not who else ""))
    assert heard_by(s, "anna")[before:] == [f"{head}\nWhat they write is neither kept nor passed on."]
    assert not who or s.seats[who].room == ""


def test_who_is_put_out_again_is_announced_as_such() -> None:
    s = housed()
    s.play(Entered("t1", "", s.now, "r1", "mark", out=True))
    assert heard_by(s, "anna")[-1].endswith("What they write is neither kept nor passed on, and I put them out again.")


def test_who_leads_the_table_is_announced_in_its_room_once() -> None:
    s = housed()
    for _ in range(2):
        s.play(Entered("t1", "maya", s.now, "r1"))
        s.play(Exited("t1", "maya", s.now, "r1"))
    s.play(Entered("t1", "anna", s.now, "r1"))
    led = "maya (facilitator) has come in: they lead this table, and have no vote in it."
    assert s.read_by("room:r1") == [led]


def test_where_a_room_moves_alone_its_people_read_in_private_until_they_have_come_along() -> None:
    s = housed()
    s.play(Entered("t1", "anna", s.now, "r1"))
    s.play(Exited("t1", "anna", s.now, "r1", moved=True))
    assert s.seats["anna"].room == ""
    assert s.read_by("seat:anna")[-1].startswith("The room of your table has moved.")
    (request,) = asked(s, "admit")
    assert (request.unit, request.args["room"]) == ("seat:anna", "r1")


def test_a_facilitator_who_comes_later_is_told_the_way_in() -> None:
    s = housed()
    s.seat("nora", role="facilitator", table="t1")
    s.play(Joined("nora", "all"))
    assert [(r.unit, r.args) for r in asked(s, "link")] == [("seat:nora", {"room": "r1"})]


# What is heard there


def test_the_first_word_in_a_room_needs_no_receipt_but_takes_the_writer_there() -> None:
    s = housed()
    told = s.write("anna", "From the room", "r1")
    assert words(s) == [("anna", "From the room", "live")]
    assert len(told) == 1
    assert told[0].startswith("You are in the room of your table now")
    assert s.write("anna", "Again", "r1") == []


def test_a_room_of_another_table_hears_nothing() -> None:
    s = cast()
    s.bind("t2", "r2")
    assert s.write("anna", "Wrong door", "r2") == []
    assert words(s) == []
    assert s.seats["anna"].room == ""


def test_nobody_is_told_off_in_a_room() -> None:
    s = housed()
    s.write("anna", "I am here", "r1")
    s.write("maya", "/pause")
    assert s.write("anna", "While it rests", "r1") == []
    s.write("maya", "/resume")
    s.wait(25 * MINUTE)
    assert s.write("anna", "When it is over", "r1") == []
    s.seats["anna"] = replace(s.seats["anna"], status="paused")
    assert s.write("anna", "While I pause", "r1") == []
    assert [text for _, text, _ in words(s)] == ["I am here"]


def test_a_table_that_looks_for_company_is_not_told_off_in_its_room() -> None:
    s = table("", "anna", "ben", staff=False)
    assert data(s)["gathering"]
    s.bind("t1", "r1")
    s.seats["anna"] = replace(s.seats["anna"], room="r1")
    assert s.write("anna", "Is anybody here?", "r1") == []
    assert s.write("anna", "Is anybody here?") == ["Your table begins in a moment.\nWhat you wrote was not sent."]
    assert words(s) == []


def test_a_room_answers_no_private_question() -> None:
    s = cast(ASK)
    s.bind("t1", "r1")
    s.write("anna", "Hello", "r1")
    for text in ("Well", "1", "tired"):
        assert s.write("anna", text, "r1") == []
    assert s.choices == {}
    s.write("anna", "Well")
    assert "Well" in str(s.told("seat:anna")[-1])


def test_out_of_turn_a_room_is_told_once_a_turn_and_nothing_is_kept() -> None:
    s = Stagehand(table(ROUND.replace("talk", "around").replace("Bread", "Around")).flow)
    s.seat("anna", "ben", "lise", table="t1")
    s.bind("t1", "r1")
    s.seats |= {name: replace(s.seats[name], room="r1") for name in ("anna", "ben", "lise")}
    s.start()
    s.wait(20 * MINUTE)
    stage = s.stages["around", "table:t1"]
    waiting = next(name for name in ("anna", "ben", "lise") if name != stage.data["floor"])
    told = s.write(waiting, "Me first", "r1")
    assert len(told) == 1
    assert "What others write in the room now is not kept." in told[0]
    assert s.write(waiting, "Me, me", "r1") == []
    assert words(s) == []
    assert s.write(stage.data["floor"], "In turn", "r1") == []
    assert [text for _, text, _ in words(s)] == ["In turn"]
