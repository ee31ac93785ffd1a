"""A ballot: asked in private, changed until the close, counted per site, and told without unmasking anybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from bot.core.effects import Seal
from bot.core.state import Contribution
from tests.support.plays import ONE_SITE, flow_of, read
from tests.support.stagehand import START, Stagehand

MINUTE = timedelta(minutes=1)
VOTE = """
[[step]]
id = "ballot"
type = "vote"
duration = "10m"
early_close = "all_answered"
remind = ["2m"]
results = "on_close"
text = "Now your own vote."
questions = [
  { id = "bottles", method = "yes_no_abstain", text = "Take bottles back?" },
  { id = "more", method = "approval", text = "What else?", options = [
    { id = "buses", text = "Buses" }, { id = "lanes", text = "Lanes" }, { id = "trains", text = "Trains" } ] },
]
"""
OPINIONS = """
[[step]]
id = "ideas"
type = "inform"
text = "Write."
[[step]]
id = "opinions"
type = "vote"
duration = "10m"
over = ["ideas"]
per_person = 2
"""


def one_question(extra: str = "") -> str:
    return f"""
    [[step]]
    id = "ballot"
    type = "vote"
    duration = "10m"
    results = "on_close"
    {extra}
    questions = [{{ id = "bottles", method = "yes_no_abstain", text = "Take bottles back?" }}]
    """


def staged(steps: str, people: int = 2, sites: str = ONE_SITE) -> Stagehand:
    stage = Stagehand(flow_of(steps, sites))
    stage.seat(*(f"p{n}" for n in range(people)))
    stage.start()
    return stage


def statement(id: str, seat: str) -> Contribution:
    return Contribution(id, "ideas", "", "lyon", seat, "idea", f"words of {id}", START, "en")


# -- one person's ballot ----------------------------------------------------------------------------------------------


def test_a_ballot_says_what_is_asked_who_sees_it_and_how_long_it_is_open() -> None:
    stage = staged(VOTE)
    asked = stage.read_by("seat:p0")[-1]
    assert "Now your own vote." in asked
    assert "Take bottles back?" in asked
    assert "1 of 2" in asked
    assert "Your vote is secret" in asked
    assert "You can vote until 02 Mar 17:10." in asked
    assert "[Yes] [No] [Abstain]" in asked


def test_an_open_ballot_says_so() -> None:
    assert "This ballot is open" in staged(one_question("secret = false")).read_by("seat:p0")[-1]


def test_a_person_votes_and_changes_the_vote_until_the_close() -> None:
    stage = staged(VOTE)
    assert "What else?" in stage.press("p0", "ballot:bottles::yes")[-1]
    assert "[✓Buses] [Lanes]" in stage.press("p0", "ballot:more::buses")[-1]
    assert "[✓Buses] [✓Lanes]" in stage.press("p0", "ballot:more::lanes")[-1]
    thanks = stage.press("p0", "ballot:more::ok")[-1]
    assert "Thank you, your vote is in. Your last choice was:\nBuses, Lanes" in thanks
    assert "change it until 02 Mar 17:10" in thanks
    assert "Changed. Your answer is now:\nNo" in stage.press("p0", "ballot:bottles::no")[-1]
    assert stage.choices["ballot"]["p0"] == {"bottles:": "no", "more:": ["buses", "lanes"]}
    stage.wait(11 * MINUTE)
    assert stage.press("p0", "ballot:bottles::yes") == ["This is closed now, so nothing was changed."]
    assert stage.choices["ballot"]["p0"]["bottles:"] == "no"


def test_a_stage_never_tells_how_somebody_voted() -> None:
    stage = staged(VOTE)
    stage.press("p0", "ballot:bottles::no")
    card = stage.stages["ballot", "seat:p0"].data["card"]
    assert stage.stages["ballot", "seat:p0"].data == {"answered": ["bottles:"], "card": card}
    assert "no" not in card


def test_an_answer_may_stand_as_it_was_given() -> None:
    stage = staged(one_question("change_until_close = false"))
    assert "change it until" not in stage.press("p0", "ballot:bottles::yes")[-1]
    said = stage.press("p0", "ballot:bottles::no")
    assert said == ["You have answered this already. An answer cannot be changed here."]
    assert stage.choices["ballot"]["p0"] == {"bottles:": "yes"}


def test_a_typed_answer_counts_only_once_confirmed() -> None:
    stage = staged(one_question(), people=1)
    stage.given["meaning"] = frozenset({"Yes"})
    assert stage.write("p0", "oui") == ["Did you mean this?\nYes\n[Yes, that is my answer]"]
    assert stage.choices == {}
    stage.press("p0", stage.told("seat:p0")[-1].buttons[0].press)
    assert stage.choices["ballot"]["p0"] == {"bottles:": "yes"}


def test_who_has_not_answered_is_asked_again_before_the_close_and_nobody_else() -> None:
    stage = staged(one_question('remind = ["2m"]'))
    stage.press("p0", "ballot:bottles::yes")
    before = len(stage.read_by("seat:p0"))
    stage.wait(9 * MINUTE)
    assert len(stage.read_by("seat:p0")) == before
    reminder = stage.read_by("seat:p1")[-1]
    assert "This question still waits for you, until 02 Mar 17:10." in reminder
    assert "[Yes] [No]" in reminder


def test_it_closes_a_minute_after_everybody_has_answered() -> None:
    stage = staged(VOTE)
    for person in ("p0", "p1"):
        stage.press(person, "ballot:bottles::yes")
        stage.press(person, "ballot:more::buses")
        assert "ballot" in stage.courses["all"].open
        stage.press(person, "ballot:more::ok")
    assert "closes in one minute" in stage.read_by("answering:all:ballot")[-1]
    stage.wait(MINUTE - timedelta(seconds=1))
    stage.press("p0", "ballot:bottles::no")
    assert stage.choices["ballot"]["p0"]["bottles:"] == "no", "until the last second an answer can be changed"
    stage.wait(timedelta(seconds=1))
    assert stage.courses["all"].done == {"ballot": "done"}


def test_options_are_shuffled_for_each_person_and_kept_in_the_order_of_the_ballot() -> None:
    options = ", ".join(f'{{ id = "o{n}", text = "O{n}" }}' for n in range(6))
    steps = f"""
    [[step]]
    id = "ballot"
    type = "vote"
    duration = "10m"
    shuffle = true
    questions = [
      {{ id = "free", method = "multi", text = "Which?", options = [{options}] }},
      {{ id = "fixed", ordered = true, text = "How much?", options = [{options}] }},
    ]
    """
    stage = staged(steps, people=4)
    orders = {tuple(read(b.label) for b in stage.told(f"seat:p{n}")[-1].buttons) for n in range(4)}
    assert len(orders) > 1
    assert {frozenset(o) for o in orders} == {frozenset([*(f"O{n}" for n in range(6)), "That is my choice"])}
    for option in ("o4", "o0", "o2"):
        stage.press("p1", f"ballot:free::{option}")
    assert stage.choices["ballot"]["p1"]["free:"] == ["o0", "o2", "o4"]
    fixed = stage.press("p1", "ballot:free::ok")[-1]
    assert fixed.endswith("[O0] [O1] [O2] [O3] [O4] [O5] [Back]")
    assert staged(steps, people=4).read_by("seat:p3") == stage.read_by("seat:p3"), "the same lots for the same person"


# -- what others wrote ------------------------------------------------------------------------------------------------


def on_opinions() -> Stagehand:
    stage = Stagehand(flow_of(OPINIONS))
    stage.seat("anna", "ben", "cara")
    stage.contributions = {c.id: c for c in (statement("s1", "anna"), statement("s2", "ben"), statement("s3", "ben"))}
    stage.start()
    return stage


def test_people_see_what_others_wrote_least_shown_first_and_never_their_own() -> None:
    stage = on_opinions()
    shown = {seat: stage.stages["opinions", f"seat:{seat}"].data["shown"] for seat in ("anna", "ben", "cara")}
    assert shown == {"anna": ["s2", "s3"], "ben": ["s1"], "cara": ["s1", "s2"]}
    assert stage.shown == {"s1": 2, "s2": 2, "s3": 1}
    assert "s2\n[Agree] [Disagree] [Pass] [I don't understand] [Enough for now]" in stage.read_by("seat:anna")[-1]


def test_of_however_many_a_person_is_asked_about_seven_and_may_stop_at_each() -> None:
    stage = Stagehand(flow_of(OPINIONS.replace("per_person = 2\n", "")))
    stage.seat("anna", "ben", "cara")
    stage.contributions = {f"s{n:02}": statement(f"s{n:02}", "anna" if n % 4 == 0 else "ben") for n in range(24)}
    stage.start()
    asked: list[str] = []
    while len(asked) < 24:
        last = stage.told("seat:anna")[-1]
        labels = [read(b.label) for b in last.buttons]
        if "I don't understand" not in labels:
            break
        assert "Enough for now" in labels
        asked.append(last.buttons[0].press.split(":")[2])
        stage.press("anna", last.buttons[labels.index("I don't understand")].press)
    assert len(asked) == len(set(asked)) == 7
    assert not {id for id in asked if stage.contributions[id].seat == "anna"}, "none of her own"


def test_nobody_answers_their_own_words_whatever_is_offered() -> None:
    stage = Stagehand(flow_of(OPINIONS), statements=(statement("s1", "anna"), statement("s2", "ben")))
    stage.seat("anna", "ben")
    stage.start()
    assert [stage.stages["opinions", f"seat:{seat}"].data["shown"] for seat in ("anna", "ben")] == [["s2"], ["s1"]]


def test_enough_for_now_ends_it_and_the_answers_so_far_count() -> None:
    stage = on_opinions()
    stage.press("anna", "opinions:statement:s2:unclear")
    assert "that is enough" in stage.press("anna", "opinions:enough::")[-1]
    assert stage.stages["opinions", "seat:anna"].state == "done"
    assert "Thank you, your vote is in." in stage.press("anna", "opinions:statement:s3:agree")[-1]
    stage.wait(11 * MINUTE)
    counts = {
        id: tally["counts"] for id, tally in stage.records["opinions"]["course:all"]["questions"]["statement"].items()
    }
    nobody = {"agree": 0, "disagree": 0, "pass": 0, "unclear": 0}
    assert counts == {"s2": nobody | {"unclear": 1}, "s3": nobody | {"agree": 1}}


def test_a_statement_that_was_not_shown_cannot_be_answered() -> None:
    stage = on_opinions()
    told = stage.press("ben", "opinions:statement:s3:agree")[-1]
    assert "I did not understand" in told
    assert told.endswith("[Enough for now]"), "who is not understood may stop all the same"
    assert stage.choices == {}


def test_where_nobody_wrote_anything_people_are_told_and_go_on() -> None:
    stage = staged(OPINIONS)
    assert stage.read_by("seat:p0")[-1].startswith("Nobody else has written anything yet")
    assert stage.stages["opinions", "seat:p0"].state == "done"


# -- the count --------------------------------------------------------------------------------------------------------


def voted(yes: int, no: int, extra: str = "") -> Stagehand:
    stage = staged(one_question(extra), people=yes + no)
    for n in range(yes + no):
        stage.press(f"p{n}", f"ballot:bottles::{'yes' if n < yes else 'no'}")
    stage.wait(11 * MINUTE)
    return stage


def test_results_are_recorded_for_sites_and_total_and_the_box_is_sealed() -> None:
    stage = voted(7, 3)
    counts = {"method": "yes_no_abstain", "counts": {"yes": 7, "no": 3, "abstain": 0}, "ballots": 10}
    wanted = {"questions": {"bottles": {"": counts}}, "secret": True, "members": 10, "present": 10, "answered": 10}
    assert stage.records["ballot"] == {"site:lyon": wanted, "course:all": wanted}
    assert Seal("ballot") in stage.others


def test_results_are_told_at_the_close_in_the_order_of_the_ballot() -> None:
    told = voted(3, 7).read_by("course:all")[-1]
    assert "Yes: 3 of 10 (30 %)\nNo: 7 of 10 (70 %)\nAbstain: 0 of 10 (0 %)" in told


def test_a_secret_ballot_under_ten_is_told_in_words_only() -> None:
    told = voted(6, 3).read_by("course:all")[-1]
    assert "Yes: most\nNo: few\nAbstain: few" in told
    assert not any(c.isdigit() for c in told)


def test_an_open_ballot_is_told_in_counts_and_recorded_by_table() -> None:
    stage = Stagehand(flow_of(one_question("secret = false")))
    stage.seat("anna", "ben", table="t1")
    stage.seat("cara", table="t2")
    stage.start()
    for seat, choice in (("anna", "yes"), ("ben", "no"), ("cara", "yes")):
        stage.press(seat, f"ballot:bottles::{choice}")
    stage.wait(11 * MINUTE)
    records = stage.records["ballot"]
    assert set(records) == {"site:lyon", "course:all", "table:t1", "table:t2"}
    assert records["table:t1"]["questions"]["bottles"][""]["counts"] == {"yes": 1, "no": 1, "abstain": 0}
    assert (records["table:t1"]["answered"], records["table:t1"]["members"]) == (2, None)
    assert "Yes: 2 of 3 (67 %)" in stage.read_by("course:all")[-1]
    assert Seal("ballot") not in stage.others


def test_silence_counts_nowhere() -> None:
    stage = staged(one_question(), people=3)
    stage.wait(11 * MINUTE)
    tally = stage.records["ballot"]["course:all"]["questions"]["bottles"][""]
    assert (tally["ballots"], set(tally["counts"].values())) == (0, {0})
    assert "Nobody has answered this." in stage.read_by("course:all")[-1]


# -- what an organiser may write --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ('audience = ["participant", "facilitator"]', "only participants vote"),
        ('scope = "table"', "a ballot is put before each person"),
        ('over = ["ideas"]', "found both questions and over"),
    ],
)
def test_what_a_vote_cannot_be_is_said_in_plain_words(extra: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        flow_of(one_question(extra))


def test_an_empty_vote_is_refused() -> None:
    with pytest.raises(ValidationError, match="a vote needs either questions"):
        flow_of('[[step]]\nid = "ballot"\ntype = "vote"')


def test_more_than_seven_statements_a_sitting_are_refused() -> None:
    with pytest.raises(ValidationError, match="less than or equal to 7"):
        flow_of(OPINIONS.replace("per_person = 2", "per_person = 8"))


def test_a_flow_says_from_and_a_repeat_may_hold_a_vote() -> None:
    steps = '[[step]]\nid = "twice"\ntype = "repeat"\ntimes = 2\n' + OPINIONS.replace(
        "per_person", 'from = "table"\nwithin = "twice"\nper_person'
    )
    flow = flow_of(steps)
    assert [getattr(flow.nodes[f"opinions.{n}"].step, "from_", None) for n in (1, 2)] == ["table", "table"]
