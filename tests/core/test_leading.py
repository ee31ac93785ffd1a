"""Leading by commands: prompts, notes, the time, the state of things, invitations."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.effects import Request
from bot.core.events import Answered, Joined
from bot.core.rights import COMMANDS
from tests.support.plays import TWO_SITES, read
from tests.support.stagehand import START, Stagehand
from tests.support.talks import ASK, MINUTE, TALK, button, cast, notes, press

# Leading


def test_a_prompt_is_shown_first_and_sent_once() -> None:
    s = cast()
    assert s.write("maya", "/prompt Why bread?")[0].startswith("This goes to table 1:\n")
    (held,) = s.contributions.values()
    assert (held.kind, held.text, held.shared, held.step) == ("held", "Why bread?", False, "")
    assert len(s.read_by("table:t1")) == 1
    assert press(s, "maya", "Send") == [f"Sent.\n{held.id}\n[Take it back]"]
    sent = list(s.contributions.values())[-1]
    assert (sent.kind, sent.text, sent.shared, sent.table) == ("prompt", "Why bread?", True, "t1")
    assert s.read_by("table:t1")[-1] == f"maya (facilitator)\n{sent.id}@"
    assert sent.id == held.id, "what was shown is what was sent, with the translations that were shown"
    again = f"-send:{held.id}:t1"
    assert s.press("maya", again) == ["This was sent or dropped before. Nothing was sent now."]
    assert notes(s) == [("prompt", "maya")]


def test_a_prompt_can_be_dropped() -> None:
    s = cast()
    s.write("maya", "/prompt Why bread?")
    send = button(s.told("seat:maya")[-1], "Send")
    assert press(s, "maya", "Do not send") == ["Nothing was sent."]
    assert s.press("maya", send) == ["This was sent or dropped before. Nothing was sent now."]
    assert len(s.read_by("table:t1")) == 1


def test_a_held_text_is_of_no_use_to_others() -> None:
    s = cast()
    s.seat("max", table="t2", role="facilitator")
    s.write("maya", "/prompt Why bread?")
    send = button(s.told("seat:maya")[-1], "Send")
    assert s.press("max", send) == ["This table is not yours, so nothing was sent."]
    assert s.press("max", send.replace("t1", "t2")) == ["This was sent or dropped before. Nothing was sent now."]
    assert s.press("maya", send.replace("t1", "all")) == ["Only coordinators and organisers write to every table."]
    assert s.press("anna", send)[0].startswith("/prompt is for")
    assert s.press("maya", send)[0].startswith("Sent.")


def test_who_leads_several_tables_names_one_or_all() -> None:
    s = cast()
    s.write("cleo", "/prompt 2 all of you: why?")
    press(s, "cleo", "Send")
    assert s.read_by("table:t2")[-1].startswith("cleo (coordinator)\n")
    assert list(s.contributions.values())[-1].text == "all of you: why?"
    assert s.write("olga", "/prompt ALL Ten minutes left")[0].startswith("This goes to every table:")
    press(s, "olga", "Send")
    assert s.read_by("course:all")[-1].startswith("olga (organiser)\n")
    assert list(s.contributions.values())[-1].text == "Ten minutes left"
    assert s.write("cleo", "/prompt 7 Hello") == ["There is no table 7 of yours."]
    s.seat("cleo", role="coordinator", table="t1")
    assert s.write("cleo", "/prompt 7 Hello") == ["There is no table 7 of yours."], "where they sat once is not meant"
    s.write("cleo", "/prompt 2 Hello")
    elsewhere = button(s.told("seat:cleo")[-1], "Send").replace("t2", "t1")
    assert s.press("cleo", elsewhere) == ["This was sent or dropped before. Nothing was sent now."]
    assert s.write("maya", "/prompt all Hello")[0].startswith("This goes to table 1:")


def test_a_coordinator_of_another_site_leads_nothing_here() -> None:
    s = cast(sites=TWO_SITES)
    s.seat("gert", role="coordinator", site="graz")
    assert s.write("gert", "/extend 1 5m") == ["There is no table 1 of yours."]
    assert s.write("olga", "/extend 1 5m") == ["Done. The table has been told."]


def test_a_note_stays_off_the_table_and_the_transcript() -> None:
    s = cast()
    assert s.write("maya", "/note They laughed a lot.") == ["Kept in the log. Your table does not see it."]
    (kept,) = s.contributions.values()
    assert (kept.kind, kept.shared, kept.table) == ("note", False, "t1")
    assert len(s.read_by("table:t1")) == 1
    assert notes(s) == [("noted", "maya")]


def test_a_summary_goes_to_the_table_and_stays_with_the_talk() -> None:
    s = cast()
    s.write("maya", "/summary Most of us bake.")
    (kept,) = s.contributions.values()
    assert (kept.kind, kept.shared, kept.step) == ("summary", True, "talk")
    assert s.read_by("table:t1")[-1] == f"Summary by maya (facilitator):\n{kept.id}"


def test_time_can_be_added_up_to_the_limit_of_the_flow() -> None:
    s = cast()
    for written in ("10 min", "3"):
        assert s.write("maya", f"/extend {written}") == []
    assert s.stages["talk", "table:t1"].closes == START + 33 * MINUTE
    assert s.write("maya", "/extend 5m") == ["You can add 2 minutes at most, because the others wait."]
    s.write("maya", "/extend 2m")
    assert s.write("maya", "/extend 1m") == ["This talk has been given all the time that the flow allows."]
    assert s.stages["talk", "table:t2"].closes == START + 20 * MINUTE
    assert s.write("maya", "/extend 0m")[0].startswith("After /extend I found “0m”.")


def test_commands_that_do_not_fit_the_moment_say_so() -> None:
    s = cast()
    assert s.write("maya", "/resume") == ["The talk does not rest, so there is nothing to resume."]
    s.write("maya", "/pause")
    assert s.write("maya", "/pause") == ["The talk rests already. /resume lets it go on."]
    s.write("maya", "/next")
    assert s.write("maya", "/next") == ["The talk ends within a minute anyway."]
    s.wait(MINUTE)
    assert s.write("maya", "/pause") == ["No talk is open at this table now."]
    s.seat("max", role="facilitator")
    assert s.write("max", "/note Hm") == ["You lead no table now. You will be told here when you do."]


def test_status_does_not_call_the_time_over_for_tables_that_were_given_more() -> None:
    s = cast()
    s.write("maya", "/extend 10m")
    s.wait(22 * MINUTE)
    assert "tables that were given more time still talk." in s.write("cleo", "/status")[0]
    assert "8 minutes left" in s.write("maya", "/status")[0]


def test_status_says_who_never_what() -> None:
    s = cast(ASK + TALK)
    s.press("anna", "mood:mood::tired")
    said = s.write("maya", "/status")[0]
    assert (
        said
        == "Table 1\nHere: anna, ben, lise.\nYour mood: 1 of 3 have answered: anna.\n20 minutes left, until 02 Mar 17:20."
    )
    assert s.write("cleo", "/status") == [
        "Your mood: 1 of 6 have answered.\n20 minutes left, until 02 Mar 17:20.\n/status and a table's number shows one table."
    ]
    s.wait(20 * MINUTE)
    s.write("anna", "Hello")
    said = s.write("cleo", "/status 1")[0]
    assert "Have written: anna.\nNot yet: ben, lise.\n" in said
    assert "Of the words" not in said, "of one voice there are no shares"
    s.wait(3 * MINUTE)
    s.write("ben", "Hello")
    assert "Of the words: anna 50 %, ben 50 %. Only those who lead" in s.write("cleo", "/status 1")[0]
    assert "\n20 minutes left" in said
    s.wait(20 * MINUTE)
    assert s.write("maya", "/status")[0].endswith("Nothing is open at this table now.")
    assert s.write("olga", "/status")[0].startswith("The assembly is over.")


# Organising


def test_the_organiser_begins_after_a_question() -> None:
    s = cast(begun=False)
    assert s.write("olga", "/begin") == ["Shall the assembly begin now, for everybody at: Lyon?\n[Begin now] [Not yet]"]
    s.press("olga", "-begin:no")
    assert s.courses["all"].state == "waiting"
    s.press("olga", "-begin:yes")
    assert s.courses["all"].state == "running"
    assert s.write("olga", "/begin") == ["The assembly has begun already."]


@pytest.mark.parametrize(
    ("seat", "text", "args"),
    [
        ("olga", "participant 10", ("participant", "lyon", "", 10)),
        ("olga", "Participants graz 3", ("participant", "graz", "", 3)),
        ("olga", "facilitator table 2", ("facilitator", "lyon", "t2", 1)),
        ("olga", "coordinator graz", ("coordinator", "graz", "", 1)),
        ("cleo", "facilitator", ("facilitator", "lyon", "", 1)),
    ],
)
def test_invitations_are_asked_of_the_engine(seat: str, text: str, args: tuple[Any, ...]) -> None:
    s = cast(sites=TWO_SITES)
    assert s.write(seat, f"/invite {text}") == []
    (request,) = [e for e in s.others if isinstance(e, Request) and e.job == "invite"]
    assert tuple(request.args.values()) == args
    s.play(Answered("lyon", "", "invite", {**request.args, "codes": ["AAAA", "BBBB"], "id": "1"}, request.unit))
    role = {"participant": "participants", "facilitator": "facilitators", "coordinator": "coordinators"}[args[0]]
    assert s.read_by(f"seat:{seat}")[-1] == (
        f"2 codes for: {role}\nAAAA\nBBBB\nEach works once. People write /join and the code, for example: /join AAAA"
    )


@pytest.mark.parametrize(
    ("seat", "text", "answer"),
    [
        ("cleo", "coordinator", "Please begin with one of these: participant, facilitator."),
        ("cleo", "participant graz 3", "You can invite people to your own site only: lyon."),
        ("olga", "", "Please begin with one of these: participant, facilitator, coordinator, organiser"),
        ("olga", "king", "Please begin with one of these:"),
        (
            "olga",
            "participant 51",
            "After the role, write a site (lyon, graz) if you wish, and how many, from 1 to 50.",
        ),
        ("olga", "participant 0", "from 1 to 50"),
        ("olga", "participant paris", "from 1 to 50"),
        ("olga", "participant ٣", "from 1 to 50"),
        ("olga", "facilitator table 9", "There is no table 9 of yours."),
    ],
)
def test_invitations_that_cannot_be(seat: str, text: str, answer: str) -> None:
    s = cast(sites=TWO_SITES)
    assert answer in s.write(seat, f"/invite {text}")[0]
    assert [e for e in s.others if isinstance(e, Request) and e.job == "invite"] == []


def test_the_organiser_of_several_sites_names_one() -> None:
    s = cast(sites=TWO_SITES)
    s.seat("oda", role="organiser", site="")
    assert "Please name the site: lyon, graz." in s.write("oda", "/invite participant 3")[0]


# What those who lead read at each step


def cues(s: Stagehand) -> list[str]:
    return [read(say.message) for say in s.said.values() if say.to.startswith("facilitating:")]


def test_who_leads_is_told_what_helps_while_people_answer_alone() -> None:
    s = cast(ASK)
    assert cues(s) == [
        "Open until 02 Mar 17:20, for each in private: Your mood.\nNobody sees what people choose, and you need do nothing.\n"
        f"/status: {COMMANDS['status'].brief.text}\n/nudge: {COMMANDS['nudge'].brief.text}\n"
        "/help shows the rest, whenever you need it."
    ]


def test_who_leads_is_promised_no_secret_where_people_write_what_others_read() -> None:
    s = cast('[[step]]\nid = "ideas"\ntype = "collect"\ntext = "What is missing?"\nduration = "20m"\n')
    assert "each in private: ideas.\nYou need do nothing.\n" in cues(s)[0]
    assert s.write("maya", "/help")[0].startswith("Each answers in private now: ideas.\n")


def test_who_leads_is_told_nothing_of_steps_that_ask_nothing_of_their_table() -> None:
    consent = (
        '[[step]]\nid = "yes"\ntype = "consent"\nduration = "10m"\ncontrollers = ["The town"]\ndelete_on = 2028-01-01\n'
        'purposes = []\ntext = "Yes?"\n'
    )
    rest = '[[step]]\nid = "rest"\ntype = "break"\nduration = "10m"\n'
    s = cast(consent + rest + TALK)
    s.wait(20 * MINUTE)
    assert "talk" in s.courses["all"].open
    assert cues(s) == []


def test_who_leads_is_told_what_helps_in_a_talk_and_so_is_who_comes_later() -> None:
    s = cast()
    told = s.read_by("seat:maya")[-1:]
    assert [text.splitlines()[0] for text in told] == [
        "You lead this talk, until 02 Mar 17:20. What you write without / goes to your table, like everybody's words."
    ]
    assert [line.split(":")[0] for line in told[0].splitlines()[1:-1]] == ["/status", "/prompt …", "/turn Anna"]
    assert not any(
        "You lead this talk" in text for who in ("anna", "cleo", "olga") for text in s.read_by(f"seat:{who}")
    )
    s.seat("mona", table="t1", role="facilitator")
    s.play(Joined("mona", "all"))
    assert s.told("seat:mona")
    assert read(s.told("seat:mona")[-1]) == told[0]
    assert any("is here now" in text for text in s.read_by("table:t1")), "the table is told who leads it"
