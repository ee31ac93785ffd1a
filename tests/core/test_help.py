"""`/help`: what is of use now, on one screen of a phone; all the rest one tap away; what is offered is never refused."""

from __future__ import annotations

import re
from dataclasses import replace
from textwrap import wrap
from typing import Any, get_args

import pytest

from bot.core.message import Phrase
from bot.core.observing import GUARANTOR
from bot.core.rights import COMMANDS, NEEDS, OVERSEEING, may, of
from bot.core.state import Role
from tests.support.plays import read
from tests.support.stagehand import Stagehand
from tests.support.talks import ASK, MINUTE, TALK, button, cast

ROLES: tuple[Role, ...] = get_args(Role)
WIDTH, ROWS = 45, 26
"""Characters in a row of a chat on a phone, and rows on its screen; headings have an empty row before them."""
MOST_LINES, NARROW = 15, 72
"""The lines of a first answer, its button included; and the characters of one: two rows on a small phone."""

TALK_LEADS = [
    "Your table talks now, until 02 Mar 17:20: it reads what you write.",
    "The talk and its time",
    f"/status: {COMMANDS['status'].brief.text}",
    "/prompt …: write to your table, after a preview",
    "/extend 10m: more time for your table",
    "/next: end the talk in one minute",
    "The people",
    "/turn Anna: ask somebody to speak",
    "/nudge: remind those who have not answered",
    "When something goes wrong",
    "/hide: hide the message to which you reply",
    "/quiet Anna 10m: ask somebody to listen for a while",
    "/call: ask for a person, in private",
    "/help prompt explains one, with an example.",
    "[All commands]",
]
REFUSALS = (
    "is for", "No talk is open", "You have no table", "does nothing any more", "Nothing is open for you", "I do not know",
    "Something is missing",
    "rests already", "does not rest", "within a minute anyway", "all the time that the flow allows", "You have read no summary",
    "No gate waits", "No results are held back", "Nobody sits at this table", "has begun already",
    "no message of yours", "has no room",
)  # fmt: skip
"""What somebody reads whose command does nothing at all. Of these texts none may answer what /help has offered."""


def helped(s: Stagehand, seat: str, *more: str) -> list[str]:
    return s.write(seat, " ".join(("/help", *more)))[0].splitlines()


def offered(lines: list[str]) -> list[str]:
    """The names of the commands that stand at the beginning of a line."""
    return [found[1] for line in lines if (found := re.match(r"/(\w+)[^:]*: ", line))]


def evening(role: Role, moment: str) -> Stagehand:
    """Somebody of this role, at a moment of an evening with a talk and a question."""
    s = cast(TALK + 'extend_max = "15m"\n' + ASK, begun=False)
    s.seat("zoe", role=role, table="t1" if role in ("participant", "facilitator", "expert") else "")
    if moment != "before":
        s.start()
    if moment in ("rests", "alone", "said"):
        s.write("anna", "Bread is dear.")
    if moment == "rests":
        s.write("maya", "/pause")
    if moment == "alone":
        for gone in ("ben", "lise", *(("zoe",) if role == "participant" else ())):
            s.seats[gone] = replace(s.seats[gone], lost="blocked")
    if moment in ("answers", "after"):
        s.wait(20 * MINUTE)
    if moment == "after":
        s.wait(20 * MINUTE)
        s.given["over"] = True
    return s


MOMENTS = ("before", "said", "rests", "alone", "answers", "after")


def test_while_a_table_talks_its_facilitator_reads_what_helps_now() -> None:
    assert helped(cast(), "maya") == TALK_LEADS


def test_help_fits_the_moment() -> None:
    s = cast(begun=False)
    assert helped(s, "anna")[0] == "The assembly has not begun yet."
    assert "begin" in offered(helped(s, "olga"))
    assert "prompt" not in offered(helped(s, "maya")), "there is nobody to lead yet"
    s.start()
    assert "begin" not in offered(helped(s, "olga"))
    assert "resume" not in offered(helped(s, "maya", "all"))
    s.write("maya", "/pause")
    assert offered(helped(s, "maya"))[0] == "resume"
    assert "pause" not in offered(helped(s, "maya", "all"))
    s.write("maya", "/resume")
    assert "undo" not in offered(helped(s, "anna"))
    s.write("anna", "Hello")
    assert "undo" in offered(helped(s, "anna"))
    s.write("maya", "/extend 15m")
    assert "extend" not in offered(helped(s, "maya")), "there is no time left to give"
    s.write("maya", "/next")
    assert "next" not in offered(helped(s, "maya")), "it ends within a minute"


def test_while_people_answer_in_private_a_facilitator_is_told_so() -> None:
    s = evening("facilitator", "answers")
    assert helped(s, "maya")[0] == "Each answers in private now: Your mood. Nobody sees what people choose."
    assert offered(helped(s, "maya"))[:2] == ["status", "nudge"]


def test_where_hardly_anybody_is_there_a_facilitator_is_told_so() -> None:
    s = evening("facilitator", "alone")
    assert helped(s, "maya")[0] == "Only 1 person can be reached at your table."
    assert {"nudge", "team", "call"} <= set(offered(helped(s, "maya")))


def test_a_facilitator_whose_draft_waits_is_told_where_it_stands() -> None:
    s = cast(TALK + '[[step]]\nid = "digest"\ntype = "summarise"\nof = ["talk"]\nsize = 4\nduration = "15m"\n')
    s.write("anna", "Bread is dear here, and it is getting dearer every month.")
    s.wait(20 * MINUTE)
    assert helped(s, "maya")[0].startswith("A draft of your table waits above for your yes.")
    assert not {"extend", "next", "turn"} & set(offered(helped(s, "maya", "all")))


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("role", ROLES)
def test_it_fits_on_a_phone(role: Role, moment: str) -> None:
    lines = helped(evening(role, moment), "zoe")
    assert 3 <= len(lines) <= MOST_LINES
    assert [line for line in lines[1:-1] if len(line) > NARROW] == []
    assert lines[-1] == "[All commands]"
    empty = 2 + sum(line in [phrase.text for phrase in NEEDS.values()] for line in lines)
    assert empty + sum(len(wrap(line, WIDTH)) for line in lines) <= ROWS


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("role", ROLES)
def test_what_is_offered_is_never_refused(role: Role, moment: str) -> None:
    """Each command of the first answer and of all, given just as it is written there, on a stage of its own."""
    names = [*offered(helped(evening(role, moment), "zoe")), *offered(helped(evening(role, moment), "zoe", "all"))]
    assert names
    for name in dict.fromkeys(names):
        s = evening(role, moment)
        if name in ("join", "replace", "merge", "open", "close", "watch"):
            continue  # each needs what no stage has: a code, other tables, steps of this name
        if name in ("pause", "resume", "unbind") and role in OVERSEEING:
            continue  # of the tables that they lead some have what another one lacks
        wanted = {"coordinator": "1", "organiser": "1"}.get(role, "") if COMMANDS[name].where != "anywhere" else ""
        text = COMMANDS[name].sample.replace(f"/{name}", f"/{name} {wanted}".rstrip(), 1)
        said = "\n".join(s.write("zoe", text))
        assert [refusal for refusal in REFUSALS if refusal in said] == [], f"{role}, {moment}: {text}"


@pytest.mark.parametrize("role", ROLES)
def test_one_tap_shows_all_commands_by_what_they_are_for(role: Role) -> None:
    s = evening(role, "said")
    typed = helped(s, "zoe", "all")
    s.write("zoe", "/help")
    assert s.press("zoe", button(s.told("seat:zoe")[-1], "All commands"))[0].splitlines() == typed
    named = set(offered(typed)) | set(re.findall(r"/(\w+)", next((x for x in typed if x.startswith("Of no use")), "")))
    assert named == {c.name for c in of(role)} - {"help"}
    headings = [NEEDS[need].text for need in NEEDS if NEEDS[need].text in typed]
    assert [line for line in typed if line in headings] == headings, "in their order, each once"


def test_what_is_listed_stands_below_its_heading() -> None:
    lines = helped(cast(), "maya", "all")
    heading = ""
    for line in lines:
        heading = line if line in [phrase.text for phrase in NEEDS.values()] else heading
        for name in offered([line]):
            assert NEEDS[COMMANDS[name].need].text == heading


def test_help_explains_one_command() -> None:
    s = cast()
    assert helped(s, "maya", "/Extend") == [
        "Gives your table more time to talk, as far as the flow allows. The next step waits for your table.",
        "For example: /extend 10m",
    ]
    assert helped(s, "maya", "resume")[-1] == "It does nothing at this moment."
    assert helped(s, "cleo", "prompt")[-1] == "For example: /prompt 3 What speaks against it?"
    assert helped(s, "anna", "extend")[0].startswith("/extend is for facilitators, coordinators, organisers.")
    assert s.write("anna", "/join")[0].startswith("Takes a seat, or a role, with the code")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("/extand 10m", "extend"),
        ("/stauts", "status"),
        ("/promt Hello", "prompt"),
        ("/hlep", "help"),
        ("/help turm", "turn"),
    ],
)
def test_a_slip_is_met_with_the_command_that_was_meant(written: str, meant: str) -> None:
    name = written.split()[-1] if written.startswith("/help ") else written.split()[0][1:]
    assert cast().write("maya", written) == [
        f"I do not know /{name}. Did you mean /{meant}?\n/help shows what you can do."
    ]


def test_the_nearest_is_meant_of_what_they_may_do() -> None:
    s = cast()
    assert "/unbind?" in s.write("maya", "/unbin")[0]
    assert s.write("anna", "/statuss")[0].startswith("I do not know that command."), (
        "what others may do is not suggested"
    )


def test_who_cannot_do_anything_else_reads_what_stays_theirs() -> None:
    s = cast()
    s.seats["anna"] = replace(s.seats["anna"], status="paused")
    assert offered(helped(s, "anna"))
    assert set(offered(helped(s, "anna"))) <= {c.name for c in of("participant") if not c.active}


def test_examples_are_in_the_readers_language_where_they_hold_words() -> None:
    """A catalog that turns every phrase around shows which words were left as they are."""
    for command in COMMANDS.values():
        words = command.sample.removeprefix(command.example).strip()
        assert words == (command.words.text if command.words is not None else "")
        assert len(command.example.split()) < 4, f"{command.name}: words stand in `words`, where they are translated"
        if command.words is not None:
            part: Any = command.written("3" if may("coordinator", command.name) else "")
            assert isinstance(part, Phrase)
            assert part.params["words"] == command.words


def test_the_menus_show_what_help_shows() -> None:
    for role in ROLES:
        menu = of(role)
        assert menu[0].name == "help"
        lines = helped(evening(role, "said"), "zoe", "all")
        listed = offered(lines)
        assert listed == [c.name for c in menu if c.name in listed]
        for command in menu:
            if command.name in listed:
                assert any(line.endswith(f": {command.brief.text}") for line in lines)


def test_who_leads_several_tables_reads_what_is_open_and_may_end_it() -> None:
    s = evening("coordinator", "said")
    assert helped(s, "cleo")[0] == "Open now: Bread."
    assert {"board", "prompt", "close", "hide"} <= set(offered(helped(s, "cleo")))
    assert "extend" in offered(helped(s, "cleo", "all"))
    s.wait(40 * MINUTE)
    assert "extend" not in offered(helped(s, "cleo", "all")), "no table talks any more"


def test_when_all_is_over_a_role_that_ended_is_not_offered_any_more() -> None:
    everything = "\n".join(helped(evening("facilitator", "after"), "zoe", "all"))
    assert "/mydata" in everything
    assert "/extend" not in everything, "nor among what is of no use now: it never will be again"


def test_a_guarantor_is_shown_how_to_stop_a_step_and_other_observers_are_not() -> None:
    s = evening("observer", "said")
    assert not {"hold", "lift"} & set(offered(helped(s, "zoe")))
    s.seats["zoe"] = replace(s.seats["zoe"], attributes={GUARANTOR: "yes"})
    assert "hold" in offered(helped(s, "zoe"))
    s.write("zoe", "/hold mood The tables have not seen the sources.")
    assert "lift" in offered(helped(s, "zoe"))
    assert "lift" in offered(helped(s, "cleo"))


def test_a_coordinator_is_shown_a_gate_only_while_one_waits() -> None:
    s = cast(TALK + '[[step]]\nid = "go"\ntype = "gate"\nask = "Go on?"\nwho = "coordinator"\ntimeout = "1h"\n')
    assert "gate" not in offered(helped(s, "cleo", "all"))
    s.wait(20 * MINUTE)
    assert offered(helped(s, "cleo"))[0] == "gate"


def test_nothing_of_it_is_said_to_others() -> None:
    s = cast()
    before = [read(say.message) for say in s.said.values() if say.to != "seat:maya"]
    helped(s, "maya")
    helped(s, "maya", "all")
    assert [read(say.message) for say in s.said.values() if say.to != "seat:maya"] == before
