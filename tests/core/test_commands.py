"""Commands: what people type, what they read, and what follows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.core.commands.call import number_named, parse
from bot.core.effects import Note, Request
from bot.core.events import Answered, Heard
from bot.core.message import Message
from bot.core.state import Seat
from tests.support.plays import TWO_SITES, flow_of
from tests.support.stagehand import START, Stagehand

MINUTE = timedelta(minutes=1)
GROUPS = "[groups.tables]\nsize = { min = 3, target = 4, max = 6 }\n"
TALK = (
    '[[step]]\nid = "talk"\ntype = "discuss"\ntitle = "Bread"\ntext = "What about bread?"\nduration = "20m"\n'
    'extend_max = "15m"\n'
)
ASK = (
    '[[step]]\nid = "mood"\ntype = "survey"\ntitle = "Your mood"\nduration = "20m"\nearly_close = "all_answered"\n'
    'questions = [{ id = "mood", text = "How are you?", options = [\n'
    '{ id = "well", text = "Well" }, { id = "tired", text = "Tired" }] }]\n'
)


def cast(steps: str = TALK, *, begun: bool = True, **more: Any) -> Stagehand:
    """Two tables, a facilitator at the first, a coordinator and an organiser."""
    s = Stagehand(flow_of(GROUPS + steps, **more))
    s.seat("anna", "ben", "lise", table="t1")
    s.seat("nora", "omar", "pia", table="t2")
    s.seat("maya", table="t1", role="facilitator")
    s.seat("cleo", role="coordinator")
    s.seat("olga", role="organiser")
    if begun:
        s.start()
    return s


def notes(s: Stagehand) -> list[tuple[str, str]]:
    return [(e.act, e.by) for e in s.others if isinstance(e, Note) and e.by]


def button(message: Message, label: str) -> str:
    return next(b.press for b in message.buttons if getattr(b.label, "text", "") == label)


def press(s: Stagehand, seat: str, label: str) -> list[str]:
    """Press a button of the last message that this person read."""
    return s.press(seat, button(s.told(f"seat:{seat}")[-1], label))


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
        "Something is missing after /prompt.\nPlease write the text behind the command.\n"
        "For example: /prompt What speaks against it?"
    ]
    assert s.write("cleo", "/extend 10m") == [
        "After /extend I found “10m”.\nPlease write the table's number first.\nFor example: /extend 3 10m"
    ]
    assert len(s.write("maya", "/extend " + "x" * 5000)[0]) < 200


# Help


def test_help_fits_role_and_moment() -> None:
    s = cast(begun=False)
    assert s.write("anna", "/help")[0].splitlines()[0] == "The assembly has not begun yet."
    assert "/begin" in s.write("olga", "/help")[0]
    s.start()
    assert s.write("anna", "/help") == [
        "Your table talks now, until 02 Mar 17:20: it reads what you write.\n"
        "/my: your name, your table, what waits for you\n"
        "/lang: read in another language\n"
        "/join K7PX-93QD: take a seat with a code\n"
        "Also: /for /leave. /help my explains one."
    ]
    assert s.write("maya", "/help") == [
        "Your table talks now, until 02 Mar 17:20: it reads what you write.\n"
        "/status: who is here, who has spoken, how much time is left\n"
        "/prompt What speaks against it?: write something to your table, after a preview\n"
        "/extend 10m: more time for your table\n"
        "/pause: let the talk rest\n"
        "Also: /next /summary /note /lang /join /leave. /help status explains one."
    ]
    s.write("maya", "/pause")
    assert "/resume" in s.write("maya", "/help")[0]
    s.write("maya", "/resume")
    s.write("anna", "Hello")
    assert "/undo" in s.write("anna", "/help")[0]
    assert "/begin" not in s.write("olga", "/help")[0]


@pytest.mark.parametrize(
    "role", ["participant", "facilitator", "coordinator", "organiser", "observer", "expert", "translator"]
)
def test_help_is_three_to_six_lines_for_everybody(role: Any) -> None:
    s = cast(TALK + ASK, begun=False)
    s.seat("zoe", role=role, table="t1" if role in ("participant", "facilitator") else "")
    for _ in range(3):
        assert 3 <= len(s.write("zoe", "/help")[0].splitlines()) <= 6
        s.start() if s.courses["all"].state == "waiting" else s.wait(20 * MINUTE)


def test_help_explains_one_command() -> None:
    s = cast()
    assert s.write("maya", "/help /Extend") == [
        "Gives your table more time to talk, as far as the flow allows. The next step waits for your table.\n"
        "For example: /extend 10m"
    ]
    assert s.write("anna", "/help extend")[0].startswith("/extend is for facilitators, coordinators, organisers.")
    assert s.write("anna", "/help nothing")[0].startswith("I do not know that command.")
    assert s.write("anna", "/join")[0].startswith("Takes a seat, or a role, with the code")


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
    recent = [id for id, _ in s.stages["talk", "table:t1"].data["recent"]]
    assert recent == [c.id for c in s.contributions.values() if c.state == "live"]


def test_the_undo_button_works_during_and_after_the_talk_but_only_for_the_author() -> None:
    s = cast()
    s.write("anna", "One")
    undo = button(s.told("seat:anna")[-1], "Undo")
    assert s.press("ben", undo) == ["You can take back your own messages only."]
    assert [c.state for c in s.contributions.values()] == ["live"]
    s.wait(20 * MINUTE)
    assert s.press("anna", undo)[0].startswith("Taken back: it will stand in no export.")
    assert [c.state for c in s.contributions.values()] == ["withdrawn"]


# Leaving


def test_leave_explains_three_ways_and_stay_changes_nothing() -> None:
    s = cast()
    (said,) = s.write("anna", "/leave")
    assert said.endswith("[Pause] [Leave] [Leave and take back my words] [Stay]")
    assert len(said.splitlines()) == 5
    assert press(s, "anna", "Stay") == ["Good that you stay. Nothing has changed."]
    assert s.seats["anna"].status == "active"


def test_a_pause_and_the_way_back() -> None:
    s = cast(ASK + TALK)
    s.write("anna", "/leave")
    press(s, "anna", "Pause")
    assert s.seats["anna"].status == "paused"
    assert s.read_by("table:t1")[-1] == "anna takes a break."
    assert s.counters["mood", "course:all", "expected"] == 5
    for what in ({"text": "Hello"}, {"press": "mood:mood::well"}, {"text": "/my"}):
        assert s._hear("anna", **what) == ["You are taking a break, so this was not kept or passed on.\n[Come back]"]
    assert s.choices == {}
    assert s.write("anna", "/help")[0]
    s.press("anna", "-leave:stay")
    s.press("anna", "-back:")
    assert s.seats["anna"].status == "active"
    assert s.counters["mood", "course:all", "expected"] == 6
    assert s.read_by("seat:anna")[-2:] == ["Welcome back.", "A question above still waits for you. It takes a minute."]
    assert [e.job for e in s.others if isinstance(e, Request) and e.unit == "seat:anna"] == ["catch_up"]
    assert notes(s)[-2:] == [("paused", "anna"), ("returned", "anna")]
    assert s.press("anna", "-back:") == ["You are here already."]


def test_nobody_is_waited_for_who_has_left() -> None:
    s = cast(ASK)
    for seat in ("anna", "ben", "lise", "nora", "omar"):
        s.press(seat, "mood:mood::well")
    assert s.courses["all"].open["mood"].notice is False
    s.press("pia", "-leave:leave")
    assert s.courses["all"].open["mood"].notice is True
    assert s.seats["pia"].status == "left"
    assert s.write("pia", "Hello") == s.press("pia", "-back:")
    assert s.write("pia", "/help")[0].startswith("You are not taking part")
    s.press("pia", "-leave:leave")
    assert s.counters["mood", "course:all", "expected"] == 5, "nobody leaves twice"


def test_who_leaves_out_of_a_pause_is_not_missed_twice() -> None:
    s = cast(ASK)
    s.press("anna", "-leave:pause")
    s.press("anna", "-leave:leave")
    assert s.seats["anna"].status == "left"
    assert s.counters["mood", "course:all", "expected"] == 5


def test_leave_and_take_my_words_back_asks_once_more() -> None:
    s = cast()
    s.write("anna", "One")
    s.write("ben", "Two")
    s.write("anna", "/leave")
    press(s, "anna", "Leave and take back my words")
    assert s.seats["anna"].status == "active"
    press(s, "anna", "Yes, leave and take back my words")
    assert s.seats["anna"].status == "left"
    assert [(c.seat, c.state) for c in s.contributions.values()] == [("anna", "withdrawn"), ("ben", "live")]
    assert s.read_by("table:t1")[-1].startswith("anna has left and has taken back what they wrote.")


def test_before_consent_one_may_leave_but_not_pause_and_never_slips_in() -> None:
    s = cast()
    s.seat("new", status="new")
    assert s.write("new", "/leave")[0].endswith("[Leave] [Stay]")
    s.press("new", "-leave:pause")
    s.press("new", "-leave:withdraw-yes")
    s.press("new", "-back:")
    assert s.seats["new"].status == "new"
    assert s.write("new", "/my") == ["Please finish the first questions above, then you can use /my."]
    s.press("new", "-leave:leave")
    assert s.seats["new"].status == "left"


def test_when_a_facilitator_goes_the_coordinator_is_told() -> None:
    s = cast()
    s.press("maya", "-leave:leave")
    assert s.read_by("coordinators:lyon") == [
        "maya (facilitator), who facilitates table 1, does not take part any longer."
    ]


# Leading


def test_a_prompt_is_shown_first_and_sent_once() -> None:
    s = cast()
    assert s.write("maya", "/prompt Why bread?")[0].startswith("This goes to table 1:\n")
    (held,) = s.contributions.values()
    assert (held.kind, held.text, held.shared, held.step) == ("held", "Why bread?", False, "")
    assert len(s.read_by("table:t1")) == 1
    assert press(s, "maya", "Send") == ["Sent."]
    sent = list(s.contributions.values())[-1]
    assert (sent.kind, sent.text, sent.shared, sent.table) == ("prompt", "Why bread?", True, "t1")
    assert s.read_by("table:t1")[-1] == f"maya (facilitator)\n{sent.id}"
    assert s.contributions[held.id].state == "withdrawn"
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
    assert s.press("maya", send) == ["Sent."]


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
    assert s.write("cleo", "/prompt 7 Hello") == ["I know no table 7 of yours."]
    s.seat("cleo", role="coordinator", table="t1")
    assert s.write("cleo", "/prompt 7 Hello") == ["I know no table 7 of yours."], "where they sat once is not meant"
    s.write("cleo", "/prompt 2 Hello")
    elsewhere = button(s.told("seat:cleo")[-1], "Send").replace("t2", "t1")
    assert s.press("cleo", elsewhere) == ["This was sent or dropped before. Nothing was sent now."]
    assert s.write("maya", "/prompt all Hello")[0].startswith("This goes to table 1:")


def test_a_coordinator_of_another_site_leads_nothing_here() -> None:
    s = cast(sites=TWO_SITES)
    s.seat("gert", role="coordinator", site="graz")
    assert s.write("gert", "/extend 1 5m") == ["I know no table 1 of yours."]
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
    assert s.write("max", "/note Hm") == ["You have no table yet. You will be told here when you have one."]


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
    s.write("ben", "Hello")
    said = s.write("cleo", "/status 1")[0]
    assert "Have written: ben.\nNot yet: anna, lise.\n20 minutes left" in said
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
        ("cleo", "participant graz 3", "You can invite to your own site only: lyon."),
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
        ("olga", "facilitator table 9", "I know no table 9 of yours."),
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
