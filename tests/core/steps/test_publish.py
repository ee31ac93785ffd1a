"""Results told: per site and in total, after the last site, without unmasking anybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from bot.core.state import Contribution, Digest, DigestSentence
from tests.support.plays import ONE_SITE, TWO_SITES, flow_of
from tests.support.stagehand import START, Stagehand

MINUTE = timedelta(minutes=1)
VOTE = """
[[step]]
id = "ballot"
type = "vote"
title = "The vote"
duration = "10m"
questions = [{ id = "bottles", method = "yes_no_abstain", text = "Take bottles back?" }]
"""


def publish(what: str, extra: str = "") -> str:
    return f"""
    [[step]]
    id = "results"
    type = "publish"
    title = "What came out"
    what = [{what}]
    {extra}
    """


WAITING = publish('"ballot"', 'wait = "last_site"\nduration = "2h"')


def vote(stage: Stagehand, course: str, seats: str, yes: int) -> None:
    """A course begins, its people vote, and its ballot closes."""
    stage.start(course)
    for seat in [s for s in stage.seats if s.startswith(seats)]:
        stage.press(seat, f"ballot:bottles::{'yes' if int(seat[1:]) < yes else 'no'}")
    stage.wait(11 * MINUTE)


def two_sites(lyon: int, graz: int, steps: str) -> Stagehand:
    stage = Stagehand(flow_of(VOTE + steps, TWO_SITES))
    stage.seat(*(f"l{n}" for n in range(lyon)))
    stage.seat(*(f"g{n}" for n in range(graz)), site="graz")
    return stage


# -- counts -----------------------------------------------------------------------------------------------------------


def test_results_of_all_sites_are_told_after_the_last_one() -> None:
    stage = two_sites(20, 10, WAITING)
    vote(stage, "lyon", "l", 15)
    assert stage.read_by("course:lyon") == [
        "The results follow once the other sites are through, on 02 Mar 19:10 at the latest."
    ]
    vote(stage, "graz", "g", 3)
    for course in ("lyon", "graz"):
        assert stage.read_by(f"course:{course}")[-1] == (
            "What came out\nThe vote\nTake bottles back?\n"
            "Yes: 18 of 30 (60 %)\nNo: 12 of 30 (40 %)\nAbstain: 0 of 30 (0 %)\n"
            "Lyon – Yes: 75 %, No: 25 %, Abstain: 0 %\nGraz – Yes: 30 %, No: 70 %, Abstain: 0 %"
        )
        assert stage.courses[course].state == "ended"


def test_after_its_own_deadline_it_tells_what_is_there() -> None:
    stage = two_sites(20, 10, WAITING)
    vote(stage, "lyon", "l", 15)
    stage.wait(timedelta(hours=2))
    told = stage.read_by("course:lyon")[-1]
    assert "Yes: 15 of 20 (75 %)" in told
    assert told.endswith("Not in yet: Graz.")


def test_who_left_the_vote_out_is_through_with_it_and_not_missing() -> None:
    only_lyon = VOTE.replace('id = "ballot"', 'id = "ballot"\nwhen = \'site == "lyon"\'')
    stage = Stagehand(flow_of(only_lyon + WAITING, TWO_SITES))
    stage.seat(*(f"l{n}" for n in range(20)))
    vote(stage, "lyon", "l", 15)
    assert "The results follow" in stage.read_by("course:lyon")[-1], "Graz has not begun"
    stage.start("graz")
    told = stage.read_by("course:lyon")[-1]
    assert "Yes: 15 of 20 (75 %)" in told
    assert "Not in yet" not in told
    assert stage.read_by("course:graz")[-1] == told


def test_a_small_site_is_told_in_words_and_so_is_a_total_that_would_betray_it() -> None:
    stage = two_sites(20, 4, WAITING)
    vote(stage, "lyon", "l", 15)
    vote(stage, "graz", "g", 4)
    told = stage.read_by("course:graz")[-1]
    assert "Yes: most\nNo: few\nAbstain: few" in told
    assert "Lyon – Yes: 75 %, No: 25 %" in told
    assert "Graz – Yes: most, No: few, Abstain: few" in told


def test_two_people_are_not_told_of_even_in_words() -> None:
    stage = two_sites(2, 0, publish('"ballot"'))
    vote(stage, "lyon", "l", 2)
    assert "Too few people answered to show a result." in stage.read_by("course:lyon")[-1]
    assert "most" not in stage.read_by("course:lyon")[-1]


def test_a_site_may_be_told_its_own_results_only() -> None:
    stage = two_sites(20, 10, publish('"ballot"', 'to = "site"'))
    vote(stage, "graz", "g", 3)
    vote(stage, "lyon", "l", 15)
    assert "Yes: 15 of 20 (75 %)" in stage.read_by("course:lyon")[-1]
    assert "Graz" not in stage.read_by("course:lyon")[-1]


def test_without_comparison_only_the_total_is_told() -> None:
    stage = two_sites(20, 10, publish('"ballot"', 'compare = false\nwait = "last_site"\nduration = "2h"'))
    vote(stage, "lyon", "l", 15)
    vote(stage, "graz", "g", 3)
    assert "Yes: 18 of 30 (60 %)" in stage.read_by("course:lyon")[-1]
    assert "Graz" not in stage.read_by("course:lyon")[-1]


QUESTIONS = """
[[step]]
id = "ask"
type = "survey"
duration = "10m"
questions = [
  { id = "mood", method = "likert", text = "How was it?", labels = ["Bad", "Poor", "Fair", "Good", "Great"] },
  { id = "km", method = "number", text = "How far?", min = 0, max = 99, dont_know = true },
  { id = "points", method = "score", text = "Points?", max = 5, options = [{ id = "buses", text = "Buses" }] },
  { id = "why", method = "open_text", text = "Why?" },
]
"""


def test_grades_numbers_and_points_are_told_with_their_middle_or_mean() -> None:
    stage = Stagehand(flow_of(QUESTIONS + publish('"ask"')))
    people = [f"p{n}" for n in range(12)]
    stage.seat(*people)
    stage.start()
    for n, person in enumerate(people):
        stage.press(person, f"ask:mood::{2 + n % 3}")
        stage.press(person, "ask:km::dk") if n == 0 else stage.write(person, str(n))
        stage.press(person, f"ask:points:buses:{5 if n % 2 else 2}")
        stage.write(person, "Because.")
    stage.wait(11 * MINUTE)
    told = stage.read_by("course:all")[-1]
    assert "Bad: 0 of 12 (0 %)\nPoor: 4 of 12 (33 %)" in told
    assert "The middle answer is: Fair" in told
    assert "The middle answer is 6; 11 people answered." in told, "the lowest and the highest are somebody's own"
    assert "3.5 points on average, on a scale from 0 to 5; 12 people answered." in told
    assert "Why?" not in told


# -- decisions, digests, collections ----------------------------------------------------------------------------------


def test_a_decision_is_told_with_its_rule() -> None:
    adopt = """
    [[step]]
    id = "decision"
    type = "adopt"
    over = "ballot"
    rule = "majority"
    base = "cast"
    quorum = "none"
    ties = "rejected"
    """
    stage = two_sites(12, 0, adopt + publish('"decision"', 'to = "site"'))
    vote(stage, "lyon", "l", 8)
    told = stage.read_by("course:lyon")[-1]
    assert told.startswith("What came out\nA proposal is adopted if more than half of those who voted are in favour.")
    assert "Take bottles back?\nThis is adopted." in told


DIGEST = """
[[step]]
id = "args"
type = "collect"
text = "Write."
duration = "5m"
sides = ["for", "against"]
[[step]]
id = "digest"
type = "summarise"
of = ["args"]
duration = "5m"
"""


def digest(id: str, state: str, *sources: str) -> Digest:
    sentences = (DigestSentence(sources, 1, 0, False), DigestSentence(("rude",), 1, 0, False, left_out="insult"))
    return Digest(id, "digest", "t1", "lyon", "en", state, sentences, 0, 12, START)  # type: ignore[arg-type]  # a literal


def test_only_approved_digests_are_told_and_their_sources_counted() -> None:
    given = (digest("d1", "approved", "c1", "c2"), digest("d2", "held", "c3"), digest("d3", "draft", "c4"))
    stage = Stagehand(flow_of(DIGEST + publish('"digest"')), digests=given)
    stage.seat("anna")
    stage.start()
    stage.wait(timedelta(hours=1))
    told = stage.read_by("course:all")[-1]
    assert "A table in Lyon says, drawn from 2 contributions:\n1. c1" in told
    assert not any(word in told for word in ("c3", "c4", "rude"))


def test_the_digests_of_many_tables_come_in_several_messages() -> None:
    given = tuple(digest(f"d{n}", "approved", f"c{n}") for n in range(5))
    stage = Stagehand(flow_of(DIGEST + publish('"digest"')), digests=given)
    stage.seat("anna")
    stage.start()
    stage.wait(timedelta(hours=1))
    told = [text for text in stage.read_by("course:all") if "A table in Lyon says" in text]
    assert [text.count("A table in Lyon says") for text in told] == [3, 2]
    assert [text.startswith("What came out\n") for text in told] == [True, False]


def collected(*authors: str) -> Stagehand:
    items = tuple(
        Contribution(f"c{n}", "args", "", "lyon", seat, "idea", "…", START, "en", side="against" if n % 2 else "for")
        for n, seat in enumerate(authors)
    )
    stage = Stagehand(flow_of(DIGEST.split('[[step]]\nid = "digest"')[0] + publish('"args"')), quotable=items)
    stage.seat("anna")
    stage.start()
    stage.wait(10 * MINUTE)
    return stage


def test_what_was_collected_is_told_side_by_side() -> None:
    told = collected("anna", "ben", "cara").read_by("course:all")[-1]
    assert told.endswith("3 contributions may be shown.\nFor\nc0\nc2\nAgainst\nc1")


def test_the_words_of_fewer_than_three_people_are_not_told() -> None:
    told = collected("anna", "ben", "ben", "anna").read_by("course:all")[-1]
    assert told.endswith("Too few people wrote something that may be shown here.")
    assert "c0" not in told


def test_where_two_sites_walk_together_collected_words_stay_untold() -> None:
    sites = TWO_SITES.replace('mode = "site"\n', "")
    items = tuple(Contribution(f"c{n}", "args", "", "lyon", f"p{n}", "idea", "…", START, "en") for n in range(5))
    stage = Stagehand(flow_of(DIGEST.split('[[step]]\nid = "digest"')[0] + publish('"args"'), sites), quotable=items)
    stage.seat("anna")
    stage.start()
    stage.wait(10 * MINUTE)
    assert stage.read_by("course:all")[-1].endswith("does not go to other sites before a person has read it.")


def test_of_very_many_a_few_are_drawn_by_lot() -> None:
    told = collected(*(f"p{n}" for n in range(30))).read_by("course:all")[-1]
    assert sum(line.startswith("c") for line in told.splitlines()) == 12
    assert told.endswith("18 contributions are not shown here.")
    assert told == collected(*(f"p{n}" for n in range(30))).read_by("course:all")[-1]


def test_nothing_to_tell_is_said() -> None:
    stage = Stagehand(flow_of(DIGEST + publish('"digest"')), digests=())
    stage.seat("anna")
    stage.start()
    stage.wait(timedelta(hours=1))
    assert stage.read_by("course:all")[-1] == "What came out\nThere are no results to tell you yet."


OPINIONS = """
[[step]]
id = "ideas"
type = "collect"
text = "Write."
duration = "5m"
[[step]]
id = "opinions"
type = "vote"
duration = "5m"
over = ["ideas"]
[[step]]
id = "good"
type = "adopt"
over = "opinions"
rule = "majority"
base = "cast"
quorum = "none"
ties = "rejected"
scope = "assembly"
duration = "1h"
"""


@pytest.mark.parametrize("what", ["opinions", "good", "ideas"])
def test_what_people_wrote_is_told_at_their_own_site_only(what: str) -> None:
    stage = Stagehand(flow_of(OPINIONS + publish(f'"{what}"', 'wait = "last_site"\nduration = "2h"'), TWO_SITES))
    for site in ("lyon", "graz"):
        stage.seat(*(f"{site}{n}" for n in range(12)), site=site)
    stage.start()
    for seat in stage.seats:
        stage.write(seat, f"Words of {seat}.")
    stage.wait(6 * MINUTE)
    for seat in stage.seats:
        for id in stage.stages["opinions", f"seat:{seat}"].data["shown"]:
            stage.press(seat, f"opinions:statement:{id}:agree")
    stage.wait(timedelta(hours=4))
    for site in ("lyon", "graz"):
        lines = "\n".join(stage.read_by(f"course:{site}")).splitlines()
        told = {stage.contributions[line].site for line in lines if line in stage.contributions}
        assert told == {site}, "and something was told at all"


# -- what an organiser may write --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ('wait = "last_site"', "say how long to wait"),
        ('scope = "table"', "leave scope out"),
        ('to = "world"', "'assembly' or 'site'"),
    ],
)
def test_what_cannot_be_published_is_said_in_plain_words(extra: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        flow_of(VOTE + publish('"ballot"', extra), ONE_SITE)
