"""Trying out before the first evening: each part, leaving one out, being stuck, going on later, and the list of names."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.core.effects import Blank, Redraw
from bot.core.events import Joined
from bot.core.lint import lint
from tests.support.plays import ONE_SITE, TWO_SITES, flow_of
from tests.support.stagehand import Stagehand

HOUR = timedelta(hours=1)
CONTACT = 'contact = "Claire, 03"\n'
STEP = '[[step]]\nid = "try"\ntype = "try_out"\ntitle = "A first try"\nduration = "1d"\n'
NIGHT = '[[step]]\nid = "night"\ntype = "break"\nduration = "9h"\ntext = "Sleep well."\n'
WAY = ("try:reads:", "try:choose::yes", "try:rethink:yes:no", "The sea.", "try:took:", "try:know:")


def played(steps: str = STEP, sites: str = ONE_SITE, people: tuple[str, ...] = ("anna",), **given: Any) -> Stagehand:
    stage = Stagehand(flow_of(steps, CONTACT + sites), **given)
    stage.seat(*people)
    stage.start()
    return stage


def last(stage: Stagehand, seat: str = "anna") -> str:
    return next(
        text for text in reversed(stage.read_by(f"seat:{seat}")) if "Thank you, that is all for now" not in text
    )


def go(stage: Stagehand, seat: str, *inputs: str) -> None:
    for each in inputs:
        (stage.press if each.startswith("try:") else stage.write)(seat, each)


def test_the_first_message_says_what_it_is_and_asks_for_the_language() -> None:
    stage = played()
    assert last(stage) == (
        "A first try\n"
        "Before we meet, let us try out what you will need. It takes three minutes, nothing of it is counted or kept, and you "
        "can leave out what you like.\n"
        "1 of 6\n"
        "Would you like to read and write in this language: en?\n"
        "[Yes] [fr] [Skip] [I am stuck]"
    )


def test_the_flows_own_words_stand_at_the_beginning_in_place_of_mine() -> None:
    stage = played(STEP + 'text = "On Tuesday we meet."\n')
    assert last(stage).startswith("A first try\nOn Tuesday we meet.\n1 of 6\n")


def test_every_part_in_its_turn_to_the_end() -> None:
    stage, read = played(), []
    for each in WAY:
        go(stage, "anna", each)
        read.append(last(stage))
    assert read == [
        "2 of 6\nThis is how you are asked for your choice. Do you like the sound of rain on a roof?\n"
        "Press one of these, or write it.\n[Yes] [No] [Abstain] [Skip] [I am stuck]",
        "3 of 6\nYou chose: Yes.\nAs long as a question is open, you can think again. Please choose something else now.\n"
        "[✓Yes] [No] [Abstain] [Skip] [I am stuck]",
        "Changed to: No. That is all it takes.\n4 of 6\nNow please write me a sentence, as you will write to your table: what "
        "you see from your window, for example. Nobody reads it, and it is not kept.\n[Skip] [I am stuck]",
        "5 of 6\nYour sentence has come. At your table the others could read it now, and Undo would take it back. Please try "
        "it.\nYou can also write /undo.\n[Undo] [Skip] [I am stuck]",
        "Taken back.\n6 of 6\nWhenever something is difficult, a person helps you: Claire, 03\nIf you write /call here, those "
        "who look after you read it, and answer you here. Nobody else sees it.\n[I know whom to call] [Skip] [I am stuck]",
        "That was all, and you are ready. Nothing of it was counted or kept.\nYou can try it again until 03 Mar 17:00.\n"
        "[Try it again]",
    ]
    assert stage.stages["try", "seat:anna"].state == "done"
    assert stage.counters["try", "course:all", "done"] == 1


def test_nothing_is_kept_and_nothing_counted() -> None:
    stage = played()
    go(stage, "anna", *WAY)
    stage.wait(timedelta(days=2))
    assert (stage.contributions, stage.choices, stage.records) == ({}, {}, {})
    data = stage.stages["try", "seat:anna"].data
    assert set(data) == {"part", "card", "stuck", "moved"}, "neither words nor choices stand in a stage"
    assert len([e for e in stage.others if isinstance(e, Blank)]) == 1, "the sentence that was written"
    assert stage.courses["all"].state == "ended"


def test_a_flow_in_one_language_asks_for_none_and_without_a_contact_names_call() -> None:
    flow = flow_of(STEP)
    file = flow.file.model_copy(update={"flow": flow.file.flow.model_copy(update={"languages": ("en",)})})
    stage = Stagehand(type(flow).of(file, flow.ref))
    stage.seat("anna")
    stage.start()
    assert "\n1 of 5\nThis is how you are asked" in last(stage)
    go(stage, "anna", *WAY[1:-1])
    assert "5 of 5\nIf you write /call here" in last(stage)


def test_another_language_is_taken_at_once_and_asked_about_once_more() -> None:
    stage = played()
    assert "in this language: fr?\n[Yes] [en]" in stage.press("anna", "try:lang:fr")[-1]
    assert stage.seats["anna"].language == "fr"
    assert "2 of 6" in stage.press("anna", "try:reads:")[-1]
    stage.press("anna", "try:lang:xx")
    assert stage.seats["anna"].language == "fr", "only a language of the flow"


@pytest.mark.parametrize("number", range(6))
def test_each_part_can_be_left_out(number: int) -> None:
    stage, parts = played(), ("language", "choose", "rethink", "write", "undo", "person")
    go(stage, "anna", *WAY[:number])
    go(stage, "anna", f"try:skip:{parts[number]}")
    assert stage.stages["try", "seat:anna"].data["part"] == (parts[number + 1] if number < 5 else "")
    assert stage.seats["anna"].focus == ("try:write:" if number == 2 else "")


def test_an_old_button_skips_nothing_else() -> None:
    stage = played()
    go(stage, "anna", *WAY[:2])
    assert last(stage).startswith("3 of 6")
    for old in (
        "try:skip:choose",
        "try:stuck:choose",
        "try:reads:",
        "try:choose::yes",
        "try:took:",
        "try:know:",
        "try:lang:xx",
    ):
        assert "3 of 6" in stage.press("anna", old)[-1]
    assert stage.stages["try", "seat:anna"].data["stuck"] == []


def test_the_same_choice_again_is_no_change() -> None:
    stage = played()
    go(stage, "anna", *WAY[:2])
    assert stage.press("anna", "try:rethink:yes:yes")[-1].startswith("That is what you chose before.")
    assert "[✓Yes]" in last(stage), "and what was chosen is still known"
    assert "Changed to: Abstain" in stage.press("anna", "try:rethink:yes:abstain")[-1]


def test_whoever_types_is_understood_and_asked_before_a_choice_counts() -> None:
    stage = played(meaning=frozenset({"No"}))
    go(stage, "anna", "try:reads:")
    assert stage.write("anna", "no")[-1] == "Did you mean this?\nNo\n[Yes, that is my answer]"
    assert "You chose: No." in stage.press("anna", "try:sure:choose::no")[-1]
    assert stage.write("anna", "2")[-1].startswith("Did you mean this?\nNo"), "the second of three"
    stage.given["meaning"] = frozenset({"Skip"})
    assert "4 of 6" in stage.write("anna", "skip")[-1], "what needs no second look is taken at once"
    assert "5 of 6" in stage.write("anna", "skip")[-1], "a sentence is a sentence, whatever its words"
    stage.given["meaning"] = frozenset({"Undo"})
    assert "Taken back." in stage.write("anna", "undo")[-1]
    stage.given["meaning"] = frozenset({"I know whom to call"})
    assert "That was all" in "".join(stage.write("anna", "I know whom to call"))


def test_what_is_not_understood_is_asked_again() -> None:
    stage = played()
    assert stage.write("anna", "hm")[-1].startswith("I did not understand that. Please choose one of these.\n1 of 6")
    go(stage, "anna", "try:reads:")
    assert stage.write("anna", "hm")[-1].startswith("I did not understand that. Please choose one of these.\n2 of 6")
    go(stage, "anna", *WAY[1:3], "A sentence.")
    assert stage.write("anna", "Another one.")[-1].startswith("I did not understand that.")


def test_undo_can_be_written_too_before_anybody_has_a_table() -> None:
    stage = played()
    go(stage, "anna", *WAY[:4])
    assert stage.write("anna", "/undo")[-1].startswith("Taken back.\n6 of 6")
    assert stage.write("anna", "/undo")[-1].startswith("You have no table yet"), "and else it is what it was"


def test_the_message_above_typed_words_loses_its_buttons() -> None:
    stage = played()
    go(stage, "anna", *WAY[:3])
    card = stage.stages["try", "seat:anna"].data["card"]
    go(stage, "anna", "A sentence.")
    old = [e for e in stage.others if isinstance(e, Redraw)]
    assert [(e.said, e.message.buttons, e.message.expects) for e in old] == [(card, (), "")]


def test_it_can_be_repeated_until_the_end_and_nobody_is_through_twice() -> None:
    stage = played()
    for _ in range(2):
        go(stage, "anna", *WAY, "try:again:")
        assert last(stage).startswith("1 of 6")
    assert stage.counters["try", "course:all", "done"] == 1
    stage.write("anna", "/undo")
    go(stage, "anna", *WAY[:4])
    assert stage.write("anna", "/undo")[-1].startswith("Taken back."), "also the second time"
    stage.wait(timedelta(days=1, hours=1))
    assert stage.press("anna", "try:again:") == ["This is closed now, so nothing was changed."]


def test_words_for_the_table_never_come_here_once_it_is_over() -> None:
    stage = played(STEP + NIGHT)
    go(stage, "anna", *WAY[:3])
    assert stage.seats["anna"].focus == "try:write:"
    stage.wait(timedelta(days=1, hours=1))
    assert stage.write("anna", "A sentence.")[-1].startswith("Nothing is open for you right now")


def test_who_comes_later_goes_on_without_it() -> None:
    survey = '[[step]]\nid = "one"\ntype = "survey"\nduration = "1d"\nquestions = [{ id = "q", method = "number", text = "?" }]\n'
    stage = played(survey + STEP + NIGHT)
    stage.wait(timedelta(days=1, hours=1))
    stage.seat("late", walk="one")
    stage.play(Joined("late", "all"))
    stage.wait()
    stage.write("late", "7")
    assert stage.stages["try", "seat:late"].state == "done"
    assert not [text for text in stage.read_by("seat:late") if "try out" in text]
    assert stage.seats["late"].walk == "", "and has come to where the others are"


def test_a_reminder_shows_where_one_stands_and_only_to_whom_it_helps() -> None:
    stage = played(STEP + 'remind = ["12h"]\n', people=("anna", "ben", "cara"))
    go(stage, "anna", *WAY)
    go(stage, "ben", *WAY[:2])
    before = {seat: len(stage.read_by(f"seat:{seat}")) for seat in ("anna", "ben", "cara")}
    stage.wait(13 * HOUR)
    new = {seat: stage.read_by(f"seat:{seat}")[n:] for seat, n in before.items()}
    assert new["anna"] == []
    [ben], [cara] = new["ben"], new["cara"]
    assert ben.startswith("Here is still something to try out with me, until 17:00") or "until 03 Mar 17:00" in ben
    assert "3 of 6\nAs long as a question is open, you can think again." in ben, "what was chosen is not known any more"
    assert "1 of 6" in cara
    assert "Changed to: Yes" in stage.press("ben", "try:rethink::yes")[-1]


# The list


def lists(stage: Stagehand, site: str = "lyon") -> list[str]:
    return stage.read_by(f"coordinators:{site}")


def test_the_coordinators_read_once_who_is_stuck_and_who_has_not_tried() -> None:
    stage = played(people=("anna", "ben", "cara", "dora", "emil"))
    stage.seats["emil"] = replace(stage.seats["emil"], name="")
    go(stage, "anna", *WAY)
    go(stage, "ben", *WAY[:4])
    assert stage.press("ben", "try:stuck:undo")[-1].startswith(
        "Thank you for saying so. Those who look after you here read it, and help you before we meet.\n"
        "Is it urgent? Claire, 03\n6 of 6"
    )
    go(stage, "cara", *WAY[:2])
    stage.wait(20 * HOUR)
    assert lists(stage) == []
    stage.wait(HOUR)
    assert lists(stage) == [
        "“A first try” closes at 03 Mar 17:00. 1 of 5 have tried it out so far.\n"
        "They have asked for help:\nben: taking it back\n"
        "They have begun:\ncara\n"
        "They have not begun:\ndora, 1 person without a name\n"
        "/nudge reminds, once, those who have not answered. /tell with a name writes to one of them. A call helps even more."
    ]
    stage.wait(5 * HOUR)
    assert len(lists(stage)) == 1, "no second one at the end"


def test_who_has_got_stuck_stays_on_the_list_when_they_are_through() -> None:
    stage = played(people=("anna", "ben"))
    go(stage, "anna", *WAY)
    go(stage, "ben", "try:stuck:language", *WAY[1:5], "try:stuck:person")
    stage.wait(22 * HOUR)
    assert (
        "2 of 2 have tried it out so far.\nThey have asked for help:\nben: the language, a person to call"
        in lists(stage)[0]
    )


def test_where_all_is_well_the_list_is_one_line() -> None:
    stage = played()
    go(stage, "anna", *WAY)
    stage.wait(22 * HOUR)
    assert lists(stage) == ["“A first try” closes at 03 Mar 17:00. 1 of 1 have tried it out so far."]


def test_a_step_that_ends_early_is_listed_at_its_end() -> None:
    stage = played(STEP + 'early_close = "all_answered"\n')
    go(stage, "anna", *WAY)
    stage.wait(HOUR)
    assert stage.courses["all"].done == {"try": "done"}
    assert lists(stage) == ["“A first try” is over. 1 of 1 have tried it out."]


def test_each_site_reads_its_own_people() -> None:
    stage = Stagehand(flow_of(STEP, TWO_SITES.replace('mode = "site"', 'mode = "together"')))
    stage.seat("anna")
    stage.seat("ben", site="graz")
    stage.start()
    stage.wait(22 * HOUR)
    assert ["anna" in lists(stage)[0], "ben" in lists(stage)[0]] == [True, False]
    assert ["anna" in lists(stage, "graz")[0], "ben" in lists(stage, "graz")[0]] == [False, True]


def test_a_long_list_names_forty() -> None:
    stage = played(people=tuple(f"p{n}" for n in range(43)))
    stage.wait(22 * HOUR)
    assert "p39, 3 more\n" in lists(stage)[0]
    assert "p40" not in lists(stage)[0]


def test_the_list_comes_before_the_quiet_hours_that_would_swallow_it() -> None:
    quiet = ONE_SITE + "[schedule.quiet_hours]\nstart = 12:00:00\nend = 18:30:00\n"  # it closes at 18:00 in Lyon
    stage = played(sites=quiet)
    stage.wait(16 * HOUR)
    assert lists(stage) == []
    stage.wait(HOUR)
    assert len(lists(stage)) == 1, "at eleven, not at three"


def test_a_short_step_is_listed_at_its_middle() -> None:
    stage = played(STEP.replace("1d", "1h"))
    stage.wait(timedelta(minutes=29))
    assert lists(stage) == []
    stage.wait(timedelta(minutes=1))
    assert len(lists(stage)) == 1


# Before there is any table


def test_where_two_have_the_same_name_nobody_reads_what_was_meant_for_the_other() -> None:
    stage = played(people=("anna", "ben", "ada"))
    stage.seat("cleo", role="coordinator")
    stage.seats["anna"] = replace(stage.seats["anna"], name="Ann")
    stage.seats["ada"] = replace(stage.seats["ada"], name="ann")
    before = len(stage.read_by("seat:anna"))
    assert stage.write("cleo", "/tell Ann hello")[-1].startswith("Several people here are called")
    assert len(stage.read_by("seat:anna")) == before
    stage.seats["ada"] = replace(stage.seats["ada"], name="Ann Two")
    assert stage.write("cleo", "/tell Ann Two hello") == ["ada reads it, and nobody else."], "the longest name is meant"
    assert "Here are anna, ben, ada." in stage.write("cleo", "/tell Zoe hello")[-1]
    stage.write("cleo", "/tell")
    assert "Something is missing after /tell." in last(stage, "cleo")


def test_only_those_who_lead_several_tables_need_not_name_one() -> None:
    stage = played(people=("anna",))
    stage.seat("maya", role="facilitator")
    stage.seat("cleo", role="coordinator")
    assert stage.write("maya", "/nudge")[-1].startswith("You lead no table now.")
    assert stage.write("maya", "/tell Anna hello")[-1].startswith("You lead no table now.")
    assert stage.write("cleo", "/nudge")[-1] == "1 person was reminded, in private."
    assert "[Show it to me]" in last(stage)
    assert "1 of 6" in stage.press("anna", "try:show:")[-1]
    assert stage.write("cleo", "/remove Anna")[-1].count("table's number") == 1, "what is harder still names the table"


# The flow


def test_it_is_for_each_person_and_before_the_first_talk() -> None:
    with pytest.raises(ValueError, match="scope"):
        flow_of(STEP + 'scope = "table"\n')
    talk = '[[step]]\nid = "talk"\ntype = "discuss"\nduration = "40m"\ntext = "Talk."\n'
    found = {(p.rule, p.severity) for p in lint(flow_of(talk + STEP).file, "play")}
    assert ("try-out-first", "warning") in found
    assert ("try-out-first", "warning") not in {(p.rule, p.severity) for p in lint(flow_of(STEP + talk).file, "play")}
