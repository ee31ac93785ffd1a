"""A digest: drawn from what a table said, approved by a person or held, and never rewritten."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import ValidationError

from bot.core.effects import Note
from bot.core.ids import derive
from bot.core.message import Message, Words
from bot.core.retelling import for_nobody, support_of
from bot.core.state import Contribution, Digest, DigestSentence
from tests.support.plays import TWO_SITES, flow_of, read
from tests.support.stagehand import START, Stagehand

MINUTE = timedelta(minutes=1)
STEPS = """
[[step]]
id = "ideas"
type = "inform"
text = "Write."
[[step]]
id = "digest"
type = "summarise"
of = ["ideas"]
size = 2
duration = "15m"
[[step]]
id = "after"
type = "inform"
text = "We go on."
"""
VOTES = {
    "trains": {"anna": 1, "ben": 1, "cleo": 1, "dora": -1},
    "buses": {"anna": 1, "ben": 1, "cleo": 0, "dora": -1},
    "roads": {"anna": -1, "ben": -1, "cleo": -1, "dora": 1},
}


def said(id: str, seat: str, table: str = "t1") -> Contribution:
    return Contribution(id, "ideas", table, "lyon", seat, "message", f"SAID of {id}", START, "en", shared=True)


def a_table(*contributions: Contribution, steps: str = STEPS, **given: object) -> Stagehand:
    stage = Stagehand(flow_of(steps), **given)
    stage.seat("anna", "ben", "cleo", "dora", table="t1")
    stage.seat("maya", table="t1", role="facilitator")
    stage.seat("claire", role="coordinator")
    stage.seat("otto", role="organiser")
    stage.contributions = {c.id: c for c in contributions}
    stage.start()
    return stage


def three_views() -> Stagehand:
    """Two sentences, of two people, who agree that their words may leave the table."""
    stage = a_table(said("trains", "anna"), said("buses", "ben"), said("roads", "dora"), agreements=VOTES)
    agree(stage, "anna", "dora")
    return stage


def agree(stage: Stagehand, *seats: str) -> None:
    """Where few have written, these let their words go."""
    for seat in seats:
        stage.press(seat, f"digest:may:{stage.seats[seat].table}:yes")


def digest_of(stage: Stagehand, table: str = "t1") -> Digest:
    return next(d for d in stage.digests.values() if d.table == table)


def number_of(stage: Stagehand, source: str) -> int:
    """The number under which the facilitator sees a statement."""
    return next(n for n, s in enumerate(digest_of(stage).sentences, 1) if source in s.sources)


def words_in(message: Message) -> list[str]:
    return [p.contribution for b in message.blocks for p in b.parts if isinstance(p, Words)]


def test_facilitator_gets_the_draft_in_the_words_of_the_table() -> None:
    stage = three_views()
    digest = digest_of(stage)
    assert (digest.state, digest.id, digest.members) == ("draft", derive("digest", "t1"), 4)
    [draft] = stage.told("facilitators:t1")
    assert words_in(draft) == [s.sources[0] for s in digest.sentences] == ["trains", "roads"]
    assert read(draft).splitlines() == [
        "Summary of table 1, to be approved",
        "Sentence 1",
        "trains",
        "Most of those who answered agree.",
        "Sentence 2",
        "roads",
        "Some of those who answered agree, most do not. This is what a minority says.",
        "Fewer than three people wrote this, so everybody could guess who. Each of them is asked, and the words of those who do "
        "not agree stay at the table.",
        "Is this what the table said? Once approved, it goes to other tables. If nobody approves it, it goes nowhere.",
        "Please decide by 02 Mar 17:15.",
        "[Approve] [Edit 1] [Leave out 1] [Edit 2] [Leave out 2] [Two say the same] [Ask the table]",
    ]
    assert "made of your own sentences" in stage.read_by("table:t1")[0]


def test_approval_is_shown_to_the_table_and_the_step_ends_without_notice() -> None:
    stage = three_views()
    stage.press("maya", "digest:approve:t1:")
    assert digest_of(stage).state == "approved"
    shown = stage.told("table:t1")[-1]
    assert read(shown).startswith("This goes to the other tables:")
    assert words_in(shown) == ["trains", "roads"]
    assert stage.courses["all"].done["digest"] == "done"
    assert stage.now == START
    assert not stage.read_by("answering:all:digest")


def test_step_waits_for_every_table() -> None:
    stage = Stagehand(flow_of(STEPS))
    for table, one, two in (("t1", "anna", "ben"), ("t2", "cleo", "dora")):
        stage.seat(one, two, table=table)
        stage.seat(f"maya-{table}", table=table, role="facilitator")
    stage.contributions = {c.id: c for c in (said("trains", "anna"), said("roads", "dora", "t2"))}
    stage.start()
    agree(stage, "anna", "dora")
    stage.press("maya-t1", "digest:approve:t1:")
    assert "digest" in stage.courses["all"].open
    assert [d.state for d in (digest_of(stage, "t1"), digest_of(stage, "t2"))] == ["approved", "draft"]
    stage.press("maya-t2", "digest:approve:t2:")
    assert stage.courses["all"].done["digest"] == "done"


@pytest.mark.parametrize("seat", ["anna", "stranger"])
def test_nobody_else_can_approve(seat: str) -> None:
    stage = three_views()
    stage.seat("stranger", table="t2", role="facilitator")
    assert stage.press(seat, "digest:approve:t1:") == ["Only those who lead this table can do that."]
    assert digest_of(stage).state == "draft"


def test_coordinator_of_another_site_cannot_approve() -> None:
    stage = Stagehand(flow_of(STEPS, TWO_SITES))
    stage.seat("anna", table="t1")
    stage.seat("claire", role="coordinator", site="lyon")
    stage.seat("gerd", role="coordinator", site="graz")
    stage.contributions = {"trains": said("trains", "anna")}
    stage.start()
    agree(stage, "anna")
    assert stage.press("gerd", "digest:approve:t1:") == ["Only those who lead this table can do that."]
    assert stage.press("claire", "digest:approve:t1:") == ["Thank you. What table 1 says is approved."]


def test_organiser_of_no_course_approves_a_table_of_any_site() -> None:
    stage = Stagehand(flow_of(STEPS, TWO_SITES))
    stage.seat("anna", table="t1", site="graz")
    stage.seat("otto", role="organiser", site="lyon")
    stage.contributions = {"trains": replace(said("trains", "anna"), site="graz")}
    stage.start()
    agree(stage, "anna")
    assert stage.press("otto", "digest:approve:t1:") == ["Thank you. What table 1 says is approved."]
    assert stage.courses["graz"].done["digest"] == "done"


def test_a_second_approval_changes_nothing() -> None:
    stage = three_views()
    stage.seat("mo", table="t1", role="facilitator")
    stage.seat("x", table="t2")
    stage.press("maya", "digest:approve:t1:")
    approved = [e for e in stage.others if isinstance(e, Note) and e.act == "approved"]
    stage.press("mo", "digest:approve:t1:")
    assert [e for e in stage.others if isinstance(e, Note) and e.act == "approved"] == approved


def test_second_approval_while_other_tables_are_open() -> None:
    stage = Stagehand(flow_of(STEPS))
    stage.seat("anna", table="t1")
    stage.seat("ben", table="t2")
    stage.seat("maya", table="t1", role="facilitator")
    stage.contributions = {c.id: c for c in (said("trains", "anna"), said("roads", "ben", "t2"))}
    stage.start()
    agree(stage, "anna")
    stage.press("maya", "digest:approve:t1:")
    assert stage.press("maya", "digest:approve:t1:") == ["This has been approved already. There is nothing left to do."]
    assert stage.press("maya", "digest:approve:t1:") == [], "it is said kindly, and once"


def test_leaving_out_asks_for_a_listed_reason_and_tells_the_table() -> None:
    stage = three_views()
    number = number_of(stage, "trains")
    [asked] = stage.press("maya", f"digest:leave:t1:{number}")
    assert "[it insults somebody] [it tells who somebody is]" in asked
    assert digest_of(stage).sentences[number - 1].left_out == ""
    stage.press("maya", f"digest:reason:t1:{number}-off-topic")
    assert digest_of(stage).sentences[number - 1].left_out == "off-topic"
    told = stage.read_by("table:t1")[-1]
    assert told.startswith("Your facilitator has left a sentence out of your summary.\ntrains")
    assert told.endswith("The reason given: it is about something else.")
    assert f"[Put {number} back]" in stage.read_by("facilitators:t1")[-1]


@pytest.mark.parametrize(
    "press", ["reason:t1:1-boring", "reason:t1:9-double", "leave:t1:0", "leave:t1:x", "nonsense:t1:"]
)
def test_there_is_no_other_reason_and_no_other_sentence(press: str) -> None:
    stage = three_views()
    before = digest_of(stage)
    stage.press("maya", f"digest:{press}")
    assert digest_of(stage) == before


def test_an_insult_is_not_repeated_to_the_table() -> None:
    stage = three_views()
    stage.press("maya", f"digest:reason:t1:{number_of(stage, 'trains')}-insult")
    assert "trains" not in words_in(stage.told("table:t1")[-1])


def test_left_out_sentences_leave_their_people_unheard_and_can_be_put_back() -> None:
    stage = three_views()
    number = number_of(stage, "trains")
    assert digest_of(stage).unheard == 0
    stage.press("maya", f"digest:reason:t1:{number}-double")
    assert digest_of(stage).unheard == 3
    assert "These sentences speak for half of the table at most." in stage.read_by("facilitators:t1")[-1]
    stage.press("maya", f"digest:back:t1:{number}")
    assert digest_of(stage).unheard == 0
    stage.press("maya", "digest:approve:t1:")
    assert words_in(stage.told("table:t1")[-1]) == ["trains", "roads"]


def test_last_sentence_of_a_minority_needs_the_coordinator() -> None:
    stage = three_views()
    number = number_of(stage, "roads")
    [answer] = stage.press("maya", f"digest:reason:t1:{number}-off-topic")
    assert answer.startswith("This is the last sentence of a minority")
    assert digest_of(stage).sentences[number - 1].left_out == ""
    asked = stage.told("coordinators:lyon")[-1]
    assert words_in(asked) == ["roads"]
    [button] = asked.buttons
    stage.press("claire", button.press)
    assert digest_of(stage).sentences[number - 1].left_out == "off-topic"
    assert stage.read_by("table:t1")[-1].startswith("The coordinator has left a sentence out")


def test_one_of_two_sentences_of_the_same_minority_may_go() -> None:
    many, few = ("anna", "ben", "cleo", "fred"), ("dora", "emil")
    votes = {id: dict.fromkeys(many, 1) | dict.fromkeys(few, -1) for id in ("trains", "buses")}
    votes |= {id: dict.fromkeys(many, -1) | dict.fromkeys(few, 1) for id in ("roads", "lanes")}
    stage = Stagehand(flow_of(STEPS.replace("size = 2", "size = 6")), agreements=votes)
    stage.seat(*many, *few, table="t1")
    stage.seat("maya", table="t1", role="facilitator")
    items = (said("trains", "anna"), said("buses", "ben"), said("roads", "dora"), said("lanes", "emil"))
    stage.contributions = {c.id: c for c in items}
    stage.start()
    assert [s.sources[0] for s in digest_of(stage).sentences if s.minority] in (["roads", "lanes"], ["lanes", "roads"])
    stage.press("maya", f"digest:reason:t1:{number_of(stage, 'roads')}-double")
    assert digest_of(stage).sentences[number_of(stage, "roads") - 1].left_out == "double"
    [answer] = stage.press("maya", f"digest:reason:t1:{number_of(stage, 'lanes')}-double")
    assert answer.startswith("This is the last sentence of a minority")


def test_an_empty_selection_is_not_approved() -> None:
    stage = a_table(said("trains", "anna"))
    stage.press("maya", "digest:reason:t1:1-off-topic")
    [answer] = stage.press("maya", "digest:approve:t1:")
    assert answer.startswith("Every sentence is left out")
    assert digest_of(stage).state == "draft"


def test_unapproved_digest_is_held_and_the_assembly_goes_on() -> None:
    stage = three_views()
    stage.wait(15 * MINUTE)
    assert digest_of(stage).state == "held"
    assert "so it goes nowhere" in stage.read_by("coordinators:lyon")[-1]
    assert "so it goes to no other table" in stage.read_by("table:t1")[-1]
    assert stage.read_by("seat:anna")[-1] == "We go on."
    assert stage.press("maya", "digest:approve:t1:") == [
        "The time is over, so this stays at the table. Nothing was changed."
    ]
    assert digest_of(stage).state == "held"


def test_it_is_held_as_well_where_the_steps_around_it_end_first() -> None:
    inside = 'within = "side"\nbranch = "one"\n'
    around = '[[step]]\nid = "side"\ntype = "parallel"\nduration = "5m"\n'
    steps = around + STEPS.replace('id = "ideas"\n', f'id = "ideas"\n{inside}').replace(
        'id = "digest"\n', f'id = "digest"\n{inside}'
    )
    stage = a_table(said("trains", "anna"), steps=steps)
    assert digest_of(stage).state == "draft"
    stage.wait(5 * MINUTE)
    assert digest_of(stage).state == "held"
    assert stage.read_by("seat:anna")[-1] == "We go on."


def test_leaders_and_coordinator_are_reminded_and_the_coordinator_can_still_approve() -> None:
    stage = three_views()
    stage.wait(9 * MINUTE)
    assert stage.told("coordinators:lyon") == []
    stage.wait(MINUTE)
    draft, theirs = stage.told("coordinators:lyon")[-1], stage.told("facilitators:t1")[-1]
    assert read(draft).startswith("Nobody at this table has approved this yet.")
    assert read(theirs).startswith("This still waits for you.")
    assert draft.blocks[1:] == theirs.blocks[1:], "and below that the same"
    assert stage.press("claire", draft.buttons[0].press) == ["Thank you. What table 1 says is approved."]
    assert digest_of(stage).state == "approved"


def test_a_table_without_words_does_not_wait() -> None:
    stage = a_table()
    assert digest_of(stage).state == "approved"
    assert digest_of(stage).sentences == ()
    assert "nobody wrote anything" in stage.read_by("table:t1")[-1]
    assert stage.told("facilitators:t1") == []
    assert stage.courses["all"].done["digest"] == "done"


def test_what_its_author_took_back_does_not_go_out() -> None:
    stage = three_views()
    stage.contributions["trains"] = replace(stage.contributions["trains"], state="withdrawn")
    stage.press("maya", "digest:approve:t1:")
    assert words_in(stage.told("table:t1")[-1]) == ["roads"]
    assert digest_of(stage).sentences[0].left_out == "withdrawn"
    assert digest_of(stage).unheard == 3


def test_state_and_messages_hold_no_words() -> None:
    stage = three_views()
    stage.press("maya", "digest:approve:t1:")
    assert "SAID of" not in repr((stage.stages, stage.digests, stage.said, stage.others))


def test_same_table_same_digest() -> None:
    one, other = three_views(), three_views()
    assert digest_of(one) == digest_of(other)


@pytest.mark.parametrize(
    ("support", "against", "expected"),
    [
        (1, 0, None),
        (2, 0, "Most of those who answered agree."),
        (4, 2, "Most of those who answered agree."),
        (3, 3, "About half of those who answered agree."),
        (2, 4, "Some of those who answered agree, most do not."),
        (8, 1, "Most of those who answered agree."),
        (8, 2, "8 of the 10 people who answered agree."),
        (3, 9, "3 of the 12 people who answered agree."),
    ],
)
def test_support_below_ten_is_told_in_words(support: int, against: int, expected: str | None) -> None:
    told = support_of(DigestSentence(("a",), support, against, minority=False))
    assert (told and read(told)) == expected


@pytest.mark.parametrize(
    ("unheard", "members", "expected"),
    [
        (0, 6, None),
        (2, 6, "These sentences do not speak for everybody at the table."),
        (3, 6, "These sentences speak for half of the table at most."),
        (3, 12, "None of these sentences speaks for 3 of the 12 people at this table."),
    ],
)
def test_the_unheard_are_named(unheard: int, members: int, expected: str | None) -> None:
    told = for_nobody(Digest("d", "s", "t", "lyon", "en", "draft", (), unheard, members, START))
    assert (told and read(told)) == expected


def test_a_digest_needs_an_end() -> None:
    with pytest.raises(ValidationError, match=r"found no end; a digest that nobody approves is held"):
        flow_of(STEPS.replace('duration = "15m"', ""))


def test_silence_is_never_approval() -> None:
    stage = three_views()
    stage.wait(timedelta(days=2))
    assert digest_of(stage).state == "held"
    assert not any(isinstance(e, Note) and e.act == "approved" for e in stage.others)
