"""Commands: how they are written, help, and what everybody may ask about themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.core.commands.call import number_named, parse
from bot.core.heard import Heard
from bot.core.state import Seat
from tests.support.stagehand import START
from tests.support.talks import ASK, MINUTE, button, cast

# How commands are written


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("/extend 10m", ("extend", "10m")),
        ("/Extend@pnyx_bot 10m", ("extend", "10m")),
        ("/ HELP", ("help", "")),
        ("/prompt\nTwo\nlines ", ("prompt", "Two\nlines")),
        ("/prompt   a@b", ("prompt", "a@b")),
        ("/", ("", "")),
        ("no command", ("", "")),
    ],
)
def test_parse(text: str, meant: tuple[str, str]) -> None:
    assert parse(text) == meant


@pytest.mark.parametrize(
    ("role", "text", "number"),
    [
        ("coordinator", "/extend 3 10m", 3),
        ("organiser", "/status 12", 12),
        ("organiser", "/invite facilitator table 4 2", 4),
        ("organiser", "/invite participant 40", None),
        ("coordinator", "/extend 10m", None),
        ("coordinator", "/prompt all Hello", None),
        ("coordinator", "/help 3", None),
        ("facilitator", "/extend 3 10m", None),
        ("coordinator", "3", None),
    ],
)
def test_the_table_that_a_command_names(role: Any, text: str, number: int | None) -> None:
    assert number_named(Seat("x", role, "lyon", "en"), Heard("1", "x", START, text)) == number


def test_what_is_not_known_is_met_with_a_hand() -> None:
    s = cast()
    assert s.write("maya", "/stat") == ["I do not know /stat. Did you mean /status?\n/help shows what you can do."]
    assert s.write("anna", "/xyzzy") == ["I do not know that command.\n/help shows what you can do."]
    assert s.write("anna", "/extend 5m") == [
        "/extend is for facilitators, coordinators, organisers.\n/help shows what you can do."
    ]
    assert s.press("anna", "-what:1") == ["This button does nothing any more. /help shows what you can do."]


def test_wrong_arguments_get_what_was_found_what_is_allowed_and_an_example() -> None:
    s = cast()
    assert s.write("maya", "/extend soon") == [
        "After /extend I found “soon”.\nPlease write how much time to add, in minutes or hours.\nFor example: /extend 10m"
    ]
    assert s.write("maya", "/prompt") == [
        "Something is missing after /prompt.\nPlease write your text after the command.\n"
        "For example: /prompt What speaks against it?"
    ]
    assert s.write("cleo", "/extend 10m") == [
        "After /extend I found “10m”.\nPlease write the table's number first.\nFor example: /extend 3 10m"
    ]
    assert len(s.write("maya", "/extend " + "x" * 5000)[0]) < 200


# Oneself


def test_my_tells_what_waits_and_never_a_choice() -> None:
    s = cast(ASK)
    said = s.write("anna", "/my")[0]
    assert said.splitlines() == [
        "Your name here: Anna.", "You are at table 1.", "You read in: en.", "Your mood: waits for you, until 02 Mar 17:20",
    ]  # fmt: skip
    s.press("anna", "mood:mood::tired")
    assert s.write("anna", "/my")[0].splitlines()[-1] == "Your mood: answered"
    assert "ired" not in s.write("anna", "/my")[0]


def test_who_opens_the_chat_again_reads_in_short_where_they_are() -> None:
    s = cast(ASK)
    assert s.write("anna", "/start") == [
        "You are at table 1.\nYour mood: waits for you, until 02 Mar 17:20\n/help shows what you can do."
    ]
    s.press("anna", "mood:mood::tired")
    assert s.write("anna", "/start")[0].splitlines() == [
        "Nothing waits for you now.", "You are at table 1.", "Your mood: answered", "/help shows what you can do.",
    ]  # fmt: skip
    talking = cast()
    assert talking.write("anna", "/start")[0].splitlines() == [
        "Your table talks now, until 02 Mar 17:20: it reads what you write.", "You are at table 1.",
        "/help shows what you can do.",
    ]  # fmt: skip
    assert "You are at table" not in talking.write("maya", "/start")[0]


def test_who_has_left_and_opens_the_chat_again_learns_how_to_come_back() -> None:
    s = cast(ASK)
    for status in ("paused", "left"):
        s.seats["anna"] = replace(s.seats["anna"], status=status)  # type: ignore[arg-type]  # one of them at a time
        assert s.write("anna", "/start") == s.write("anna", "/help") != []


def test_my_counts_messages_in_a_talk() -> None:
    s = cast()
    s.write("anna", "One")
    assert s.write("anna", "/my")[0].splitlines()[-1] == "Bread: 1 message of yours"


def test_the_language_by_code_or_by_button() -> None:
    s = cast()
    assert s.write("anna", "/lang") == ["In which language shall I write to you?\n[✓en] [fr]"]
    assert s.press("anna", "-lang:fr") == ["From now on I write to you in this language: fr."]
    assert s.seats["anna"].language == "fr"
    s.write("anna", "/lang EN-gb")
    assert s.seats["anna"].language == "en"
    assert s.write("anna", "/lang eo")[0].startswith("This assembly does not speak that language.")


def test_who_leads_is_read_by_a_name() -> None:
    s = cast()
    s.seats["maya"] = replace(s.seats["maya"], name="")
    s.write("maya", "Good evening.")
    assert s.read_by("table:t1")[-1].startswith("facilitator\n"), "no name was chosen yet"
    assert s.write("maya", "/name Maya") == ["Your name here is now Maya."]
    s.write("maya", "Good evening.")
    assert s.read_by("table:t1")[-1].startswith("maya (facilitator)\n")
    assert s.write("maya", "/name")[0].endswith("For example: /name Maya")
    assert s.write("anna", "/name Zorro") == ["Your name here is now Zorro."]
    assert s.read_by("table:t1")[-1] == "Anna is called Zorro from now on."


def test_undo_takes_the_last_message_back() -> None:
    s = cast()
    s.write("anna", "One")
    s.write("anna", "Two")
    s.write("ben", "Three")
    assert s.write("anna", "/undo")[0].startswith("Taken back. Your table has been told")
    assert [(c.text, c.state) for c in s.contributions.values()] == [
        ("One", "live"), ("Two", "withdrawn"), ("Three", "live"),
    ]  # fmt: skip
    assert s.read_by("table:t1")[-1] == "anna has taken a message back. Please treat it as not said."
    assert s.write("anna", "/undo") == ["There is no message of yours to take back in this talk."]
    recent = [said["id"] for said in s.stages["talk", "table:t1"].data["recent"]]
    assert recent == [c.id for c in s.contributions.values() if c.state == "live"]


def test_the_undo_button_works_during_and_after_the_talk_but_only_for_the_author() -> None:
    s = cast()
    s.write("anna", "One")
    undo = button(s.told("seat:anna")[-1], "Undo")
    assert s.press("ben", undo) == ["You can take back your own messages only."]
    assert [c.state for c in s.contributions.values()] == ["live"]
    s.wait(20 * MINUTE)
    assert s.press("anna", undo)[0].startswith("Taken back: it will not stand in the record.")
    assert [c.state for c in s.contributions.values()] == ["withdrawn"]
