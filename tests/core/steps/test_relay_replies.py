"""What a table answers to what another one said: asked for, kept, approved, and sent back, there and back again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.effects import Recall, Redraw, Request
from bot.core.heard import Edited, Heard
from bot.core.message import Message, Words
from bot.core.state import Contribution, Digest, Table
from tests.support.plays import flow_of, read
from tests.support.stagehand import START, Stagehand

MINUTE = timedelta(minutes=1)
SITES = (
    '[schedule]\nmode = "{mode}"\nsites = [{{ id = "lyon", name = "France", zone = "Europe/Paris", languages = ["fr"] }}, '
    '{{ id = "graz", name = "Austria", zone = "Europe/Vienna", languages = ["de"] }}]\n{quiet}'
)
STEPS = """
[[step]]
id = "ideas"
type = "inform"
text = "Write."
[[step]]
id = "digest"
type = "summarise"
of = ["ideas"]
duration = "15m"
[[step]]
id = "carry"
type = "relay"
of = "digest"
to = "mirror"
direction = "two_way"
reply_for = "10m"
duration = "30m"
{more}
[[step]]
id = "after"
type = "break"
duration = "2h"
"""
SEATS = {"t1": ("lyon", "fr", "anna", "ben"), "t2": ("graz", "de", "gerd", "hanna", "ilse", "jan")}
SECRET = "a citizen's own words"


def two_tables(more: str = "", mode: str = "together", quiet: str = "") -> Stagehand:
    """Table 1 in France and table 2 in Austria, whose digests have come to each other; two sentences of t1, one of t2."""
    stage = Stagehand(flow_of(STEPS.format(more=more), SITES.format(mode=mode, quiet=quiet)))
    for number, (table, (site, language, *people)) in enumerate(SEATS.items(), 1):
        stage.tables[table] = Table(table, "tables", site, number, (language,))
        stage.seat(*people, table=table, site=site, language=language)
        stage.seat(f"lead-{table}", table=table, site=site, language=language, role="facilitator")
        stage.seat(f"chief-{site}", site=site, language=language, role="coordinator")
    for id, table, seat in (("one", "t1", "anna"), ("two", "t1", "ben"), ("three", "t2", "gerd")):
        site, language, *_ = SEATS[table]
        given = Contribution(id, "ideas", table, site, seat, "message", f"{SECRET} {id}", START, language)
        stage.contributions[id] = given
    stage.start()
    for table in SEATS:
        stage.agree("digest", table)
        stage.press(f"lead-{table}", f"digest:approve:{table}:")
    stage.carry()
    return stage


def digest_of(stage: Stagehand, table: str) -> Digest:
    return next(d for d in stage.digests.values() if (d.step, d.table) == ("digest", table))


def number_of(stage: Stagehand, statement: str) -> int:
    digest = next(d for d in stage.digests.values() if any(s.worded == statement for s in d.sentences))
    return [s.worded for s in digest.sentences].index(statement) + 1


def answers_of(stage: Stagehand, table: str, to: str = "") -> Digest:
    found = [d for d in stage.digests.values() if d.step == "carry" and d.table == table]
    return next(d for d in found if not to or d.answers == to)


def answer(stage: Stagehand, seat: str, statement: str, text: str) -> list[str]:
    """Press the button of a sentence, and write."""
    digest = next(d for d in stage.digests.values() if any(s.worded == statement for s in d.sentences))
    stage.press(seat, f"carry:answer::{digest.id}:{number_of(stage, statement)}")
    return stage.write(seat, text)


def approve(stage: Stagehand, table: str, to: str = "") -> None:
    stage.agree("carry", table)
    stage.press(f"lead-{table}", f"carry:approve:{table}::{answers_of(stage, table, to).id}")


def shown_at(stage: Stagehand, table: str) -> list[Message]:
    return [m for m in stage.told(f"table:{table}") if m.step == "carry"]


def pointers(message: Message) -> list[str]:
    found = []
    for each in message.blocks:
        for part in each.parts:
            inner = getattr(part, "params", {}).values()
            found += [p.contribution for p in (part, *inner) if isinstance(p, Words)]
    return found


def replies(stage: Stagehand) -> list[Contribution]:
    return [c for c in stage.contributions.values() if c.kind == "reply"]


# Asking, and what is written


def test_under_what_came_each_sentence_can_be_answered() -> None:
    stage = two_tables()
    [shown] = shown_at(stage, "t2")
    digest = digest_of(stage, "t1")
    assert [read(b.label) for b in shown.buttons] == ["Answer 1", "Answer 2", "Nothing to add"]
    assert shown.asks == f"carry:{digest.id}:", "a reply in words answers it too"
    assert "You can answer until 02 Mar 17:10." in read(shown)
    [asked] = stage.press("gerd", shown.buttons[1].press)
    assert digest.sentences[1].worded in asked
    assert stage.seats["gerd"].focus == f"carry:{digest.id}:2"


def test_an_answer_is_kept_confirmed_and_read_at_the_own_table_only() -> None:
    stage = two_tables()
    [kept] = answer(stage, "gerd", "two", "Bei uns auch.")
    number = number_of(stage, "two")
    [given] = replies(stage)
    assert (given.seat, given.table, given.target, given.text) == ("gerd", "t2", "two", "Bei uns auch.")
    assert (given.language, given.step) == ("de", "carry")
    assert kept.splitlines()[:2] == [f"Kept, as an answer to sentence {number}:", given.id]
    assert kept.endswith("[Take back] [That is all]")
    last = shown_at(stage, "t2")[-1]
    assert read(last) == f"gerd answers to sentence {number}:\n{given.id}"
    assert last.about == given.id, "every copy of it is known, so that it can be taken back"
    assert all(given.id not in pointers(m) for m in shown_at(stage, "t1")), "nothing crosses unread"
    assert stage.seats["gerd"].focus == "", "what is written next answers nothing"


def test_a_reply_to_the_message_answers_it() -> None:
    stage = two_tables()
    digest = digest_of(stage, "t1")
    for text in ("Das ist alles richtig.", "2. Das hier nicht.", "2 Busse fahren hier."):
        stage.play(Heard(f"reply {text}", "gerd", stage.now, text, asked=f"carry:{digest.id}:"))
    assert [(r.target, r.text) for r in replies(stage)] == [
        (digest.id, "Das ist alles richtig."),
        (digest.sentences[1].worded, "Das hier nicht."),
        (digest.id, "2 Busse fahren hier."),
    ]
    stage.play(Heard("fourth", "gerd", stage.now, "Noch etwas.", asked=f"carry:{digest.id}:1"))
    assert "you have given 3 answers" in stage.read_by("seat:gerd")[-1]
    assert len(replies(stage)) == 3


def test_in_a_room_too_a_reply_to_the_message_answers_it_and_nothing_else_does() -> None:
    stage = two_tables()
    digest = digest_of(stage, "t1")
    stage.bind("t2", "room")
    stage.seats["gerd"] = replace(stage.seats["gerd"], room="room")
    stage.play(Heard("one", "gerd", stage.now, "Bei uns auch.", room="room", answers=digest.id))
    stage.play(Heard("two", "gerd", stage.now, "Nur so.", room="room"))
    stage.play(Heard("three", "hanna", stage.now, "2. Nein.", answers=digest.id))
    assert [(r.seat, r.target, r.text) for r in replies(stage)] == [
        ("gerd", digest.id, "Bei uns auch."),
        ("hanna", digest.sentences[1].worded, "Nein."),
    ]
    stage.wait(10 * MINUTE)
    stage.play(Heard("four", "gerd", stage.now, "Zu spät.", room="room", answers=digest.id))
    assert len(replies(stage)) == 2


@pytest.mark.parametrize("text", ["ا" * 900 + "لعربية", "👩‍👩‍👧‍👦 ja!", "fu\u200bture", "Zeile\nZeile", "x" * 1000])
def test_every_answer_is_kept_whole(text: str) -> None:
    stage = two_tables()
    answer(stage, "gerd", "one", text)
    assert [r.text for r in replies(stage)] == [text]


@pytest.mark.parametrize(
    ("text", "why"), [("x" * 10_000, "10000 characters"), ("\u200b \u2060", "no text"), ("  ", "no text")]
)
def test_what_cannot_be_kept_is_said_and_asked_for_again(text: str, why: str) -> None:
    stage = two_tables()
    [said] = answer(stage, "gerd", "one", text)
    assert why in said
    assert "not kept yet" in said
    assert replies(stage) == []
    assert stage.seats["gerd"].focus, "the next words are taken"


def test_taken_back_before_it_is_approved_it_goes_nowhere() -> None:
    stage = two_tables()
    answer(stage, "gerd", "one", "Doch nicht.")
    [given] = replies(stage)
    [said] = stage.press("gerd", f"carry:unsay::{given.id}:")
    assert said == "Taken back. Your table may already have read it."
    assert any(isinstance(e, Recall) and e.contribution == given.id for e in stage.others)
    assert stage.contributions[given.id].state == "withdrawn"
    assert stage.press("gerd", f"carry:unsay::{given.id}:") == ["You have taken this back already."]
    stage.wait(10 * MINUTE)
    assert answers_of(stage, "t2").sentences == ()


def test_nobody_takes_back_what_another_has_written() -> None:
    stage = two_tables()
    answer(stage, "gerd", "one", "Meins.")
    [given] = replies(stage)
    stage.press("hanna", f"carry:unsay::{given.id}:")
    assert stage.contributions[given.id].state == "live"


def test_an_edit_changes_the_answer_while_it_can_be_given() -> None:
    stage = two_tables()
    answer(stage, "gerd", "one", "Erst so.")
    [given] = replies(stage)
    stage.play(Edited("e1", "gerd", stage.now, given.id, "Dann so."))
    assert "Your answer is now:" in stage.read_by("seat:gerd")[-1]
    stage.wait(11 * MINUTE)
    stage.play(Edited("e2", "gerd", stage.now, given.id, "Und anders."))
    assert "what you wrote first still stands" in stage.read_by("seat:gerd")[-1]


def test_those_who_lead_answer_nothing_and_a_stranger_neither() -> None:
    stage = two_tables()
    digest = digest_of(stage, "t1")
    [said] = stage.press("lead-t2", f"carry:answer::{digest.id}:1")
    assert said.startswith("The members of the table answer.")
    assert stage.press("anna", f"carry:answer::{digest.id}:1") == ["The time for answers is over, so nothing was kept."]


# The window, and the draft


def test_at_the_end_of_the_window_the_answers_are_drafted() -> None:
    stage = two_tables()
    answer(stage, "gerd", "two", "Bei uns auch.")
    answer(stage, "hanna", "two", "bei uns  auch.")
    answer(stage, "ilse", "one", "Bei uns nicht.")
    stage.wait(9 * MINUTE)
    assert [d for d in stage.digests.values() if d.step == "carry"] == []
    stage.wait(MINUTE)
    drawn, came = answers_of(stage, "t2"), digest_of(stage, "t1")
    assert (drawn.state, drawn.answers, drawn.language) == ("draft", came.id, "de")
    targets = [[stage.contributions[id].target for id in s.sources] for s in drawn.sentences]
    assert targets == [["two", "two"], ["one"]] or targets == [["one"], ["two", "two"]], "doubles are one sentence"
    assert targets == sorted(targets, key=lambda each: number_of(stage, each[0])), "in the order of what they answer"
    [draft] = [m for m in stage.told("facilitators:t2") if m.step == "carry"]
    assert "[Approve]" in read(draft)
    said = answer(stage, "gerd", "one", "Zu spät.")
    assert said[-1] != "Zu spät."
    assert len(replies(stage)) == 3, "the time is over"


def test_everybody_is_through_and_it_ends_a_minute_later() -> None:
    stage = two_tables()
    digest = digest_of(stage, "t1")
    answer(stage, "gerd", "one", "Ja.")
    stage.press("hanna", f"carry:enough::{digest.id}:")
    assert not any("In one minute" in said for said in stage.read_by("table:t2"))
    stage.press("ilse", f"carry:enough::{digest.id}:")
    stage.press("jan", f"carry:enough::{digest.id}:")
    assert any("In one minute" in said for said in stage.read_by("table:t2"))
    answer(stage, "ilse", "one", "Doch noch eins.")
    stage.wait(MINUTE)
    assert len(answers_of(stage, "t2").sentences) == 2
    stage.wait(10 * MINUTE)
    assert len([d for d in stage.digests.values() if d.step == "carry" and d.table == "t2"]) == 1


def test_each_author_comes_to_word_before_anybody_does_twice() -> None:
    stage = two_tables()
    people = [f"p{n}" for n in range(12)]
    stage.seat(*people, table="t2", site="graz", language="de")
    for seat in people:
        for n in range(3):
            answer(stage, seat, "one", f"{seat} {n}")
    stage.wait(10 * MINUTE)
    drawn = answers_of(stage, "t2")
    authors = [stage.contributions[s.worded].seat for s in drawn.sentences]
    assert len(authors) == len(set(authors)) == 10
    assert drawn.unheard == 6, "two who have answered, and four who have not"


def test_approved_it_comes_back_below_what_it_answers() -> None:
    stage = two_tables()
    answer(stage, "gerd", "two", "Bei uns auch.")
    stage.play(Heard("all", "hanna", stage.now, "Danke!", asked=f"carry:{digest_of(stage, 't1').id}:"))
    stage.wait(10 * MINUTE)
    asked = [e for e in stage.others if isinstance(e, Request) and e.unit == "table:t2"]
    assert asked == []
    approve(stage, "t2")
    [request] = [e for e in stage.others if isinstance(e, Request) and e.unit == "table:t2"]
    assert request.args["targets"] == [{"table": "t1", "course": "all", "language": "fr"}]
    ids = {c.target: c.id for c in replies(stage)}
    stage.carry("pseudo", **{id: f"{id}@fr" for id in ids.values()})
    shown = shown_at(stage, "t1")[-1]
    lines = read(shown).splitlines()
    number = number_of(stage, "two")
    assert lines[0] == "From table 2 in Austria · translated by machine (pseudo) from de"
    assert lines[1:3] == [f"Answer to your sentence {number} (“two”):", f"1. {ids['two']}@fr"]
    assert lines[3:5] == ["Answer to what your table said:", f"2. {ids[digest_of(stage, 't1').id]}@fr"]
    assert [read(b.label) for b in shown.buttons] == ["Show the original", "This translation looks wrong"], "one round"


def test_words_in_a_draft_of_answers_are_corrected_by_their_author() -> None:
    stage = two_tables()
    answer(stage, "gerd", "two", "Bei uns auch.")
    stage.wait(10 * MINUTE)
    id = answers_of(stage, "t2").id
    stage.press("gerd", f"carry:correct:t2:1:{id}")
    stage.write("gerd", "Bei uns seit langem.")
    [sentence] = answers_of(stage, "t2").sentences
    assert stage.contributions[sentence.worded].text == "Bei uns seit langem."
    assert stage.press("lead-t2", f"carry:approve:t2::{id}")[-1].startswith("New words have come in")
    stage.press("gerd", f"carry:may:t2:yes:{id}")
    stage.press("lead-t2", f"carry:approve:t2:1:{id}")
    assert answers_of(stage, "t2").state == "approved"


def test_unapproved_it_is_held_and_both_tables_are_told() -> None:
    stage = two_tables()
    answer(stage, "gerd", "one", "Ja.")
    stage.wait(30 * MINUTE)
    assert answers_of(stage, "t2").state == "held"
    assert any("Nobody has approved the answers of table 2" in said for said in stage.read_by("coordinators:graz"))
    stage.carry("pseudo", **{c.id: f"{c.id}@fr" for c in replies(stage)})
    [told] = [m for m in shown_at(stage, "t1") if "No answer has come yet" in read(m)]
    [instead] = [each for each in stage.others if isinstance(each, Redraw)]
    assert read(told).startswith("From table 2 in Austria")
    assert "has approved their answers in time" in read(instead.message), "they hear once that none comes"
    assert pointers(instead.message) == []
    assert "after" in stage.courses["all"].open, "and the assembly goes on"


def test_where_nobody_answers_that_is_said() -> None:
    stage = two_tables()
    stage.wait(10 * MINUTE)
    stage.carry()
    assert "Nobody there has written an answer" in read(shown_at(stage, "t1")[-1])
    assert "Nobody there has written an answer" in read(shown_at(stage, "t2")[-1])
    assert stage.courses["all"].done["carry"] == "done", "all that was due has come"
    assert stage.now == START + 10 * MINUTE


def test_the_step_waits_for_answers_and_approvals_and_no_longer() -> None:
    stage = two_tables()
    answer(stage, "gerd", "one", "Ja.")
    stage.wait(10 * MINUTE)
    stage.carry()
    assert "carry" in stage.courses["all"].open, "a draft waits for its approval"
    approve(stage, "t2")
    assert "carry" in stage.courses["all"].open, "and the other table for the answer"
    stage.carry()
    assert stage.courses["all"].done["carry"] == "done"


def test_what_has_not_come_by_the_end_is_said_and_shown_when_it_comes() -> None:
    stage = two_tables()
    answer(stage, "gerd", "one", "Ja.")
    stage.wait(29 * MINUTE)
    approve(stage, "t2")
    stage.wait(MINUTE)
    assert any("No answer has come yet." in said for said in stage.read_by("table:t1"))
    stage.carry()
    assert replies(stage)[0].id in pointers(shown_at(stage, "t1")[-1])


def test_what_was_still_typed_at_the_end_is_held_too() -> None:
    stage = two_tables(more='early_close = "never"')
    answer(stage, "gerd", "one", "Ja.")
    stage.stages["carry", "table:t2"] = replace(
        stage.stages["carry", "table:t2"],
        data={
            **stage.stages["carry", "table:t2"].data,
            "windows": {digest_of(stage, "t1").id: "2099-01-01T00:00:00+00:00"},
        },
    )
    stage.press("gerd", f"carry:answer::{digest_of(stage, 't1').id}:1")
    stage.wait(30 * MINUTE)
    assert answers_of(stage, "t2").state == "held"
    assert stage.seats["gerd"].focus == "", "what people type from now on answers nothing any more"
