"""The walk of a course: order, times, runs, repeats, branches, early and late ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.effects import Note, Seal
from bot.core.events import Due, Joined
from bot.core.heard import Heard
from bot.core.itinerary import TooLong
from tests.support.plays import TWO_SITES, flow_of
from tests.support.stagehand import START, Stagehand

TEXT = '[[step]]\nid = "{0}"\ntype = "inform"\ntext = "{0}"\n'
SURVEY = """
[[step]]
id = "{0}"
type = "survey"
duration = "1h"
{1}
questions = [{{ id = "q", text = "Well?", options = [{{ id = "a", text = "A" }}, {{ id = "b", text = "B" }}] }}]
"""


def opened(stage: Stagehand, course: str = "all") -> list[str]:
    """The steps in the order in which they opened."""
    return [
        s
        for e in stage.others
        if isinstance(e, Note) and e.act == "opened" and e.data["course"] == course
        for s in e.data["steps"]
    ]


def test_steps_come_one_after_the_other_and_the_course_ends() -> None:
    stage = Stagehand(flow_of(TEXT.format("one") + TEXT.format("two")))
    stage.seat("anna")
    stage.start()
    assert opened(stage) == ["one", "two"]
    assert stage.courses["all"].state == "ended"
    assert stage.courses["all"].done == {"one": "done", "two": "done"}


def test_a_step_waits_for_its_time_and_for_its_pause() -> None:
    late = '[[step]]\nid = "late"\ntype = "inform"\ntext = "x"\nopens = 2027-03-03T08:00:00Z\n'
    after = '[[step]]\nid = "after"\ntype = "inform"\ntext = "x"\nafter = "90m"\n'
    stage = Stagehand(flow_of(late + after))
    stage.seat("anna")
    stage.start()
    assert opened(stage) == []
    stage.wait(datetime(2027, 3, 3, 7, 59, tzinfo=UTC) - START)
    assert opened(stage) == []
    stage.wait(timedelta(minutes=2))
    assert opened(stage) == ["late"]
    stage.wait(timedelta(minutes=88))
    assert opened(stage) == ["late"]
    stage.wait(timedelta(minutes=2))
    assert opened(stage) == ["late", "after"]


def test_a_wall_clock_time_is_each_sites_own() -> None:
    steps = '[[step]]\nid = "morning"\ntype = "inform"\ntext = "x"\nopens = 2027-03-03T09:00:00\n'
    sites = TWO_SITES.replace("Europe/Paris", "Pacific/Auckland")
    stage = Stagehand(flow_of(steps, sites))
    stage.seat("anna", site="lyon")
    stage.seat("ben", site="graz")
    stage.start()
    stage.wait(datetime(2027, 3, 2, 20, 1, tzinfo=UTC) - START)
    assert (opened(stage, "lyon"), opened(stage, "graz")) == (["morning"], [])
    stage.wait(timedelta(hours=12))
    assert opened(stage, "graz") == ["morning"]


def test_self_paced_steps_open_together_and_each_person_goes_alone() -> None:
    stage = Stagehand(flow_of(SURVEY.format("one", "") + SURVEY.format("two", "") + TEXT.format("end")))
    stage.seat("anna", "ben")
    stage.start()
    assert set(stage.courses["all"].open) == {"one", "two"}
    assert ("two", "seat:anna") not in stage.stages
    stage.press("anna", "one:q::a")
    assert stage.stages[("one", "seat:anna")].state == "done"
    assert stage.stages[("two", "seat:anna")].state == "open"
    assert ("two", "seat:ben") not in stage.stages
    stage.wait(timedelta(hours=1))
    assert stage.courses["all"].done == {"one": "done", "two": "done", "end": "done"}


def test_a_repeat_goes_through_its_list_and_fills_the_texts() -> None:
    toml = (
        '[[lists.themes]]\nid = "food"\ntext = { en = "Food", fr = "La table" }\n'
        '[[lists.themes]]\nid = "travel"\ntext = "Travel"\n'
        '[[step]]\nid = "themes"\ntype = "repeat"\nover = "themes"\n'
        + TEXT.format("talk").replace(
            'text = "talk"', 'within = "themes"\ntext = { en = "On {item}", fr = "Sur {item}" }'
        )
    )
    flow = flow_of(toml)
    assert list(flow.nodes) == ["talk.food", "talk.travel"]
    assert flow.nodes["talk.food"].step.text == {"en": "On Food", "fr": "Sur La table"}
    stage = Stagehand(flow)
    stage.seat("anna")
    stage.start()
    assert opened(stage) == ["talk.food", "talk.travel"]


def test_references_inside_a_repeat_mean_the_same_round() -> None:
    toml = (
        '[[step]]\nid = "rounds"\ntype = "repeat"\ntimes = 2\n'
        + SURVEY.format("ask", 'within = "rounds"')
        + '[[step]]\nid = "show"\ntype = "publish"\nwithin = "rounds"\nwhat = ["ask"]\n'
        + '[[step]]\nid = "all_of_it"\ntype = "publish"\nwhat = ["ask"]\n'
    )
    flow = flow_of(toml)
    assert [n.id for n in flow.instances("ask", flow.nodes["show.2"])] == ["ask.2"]
    assert [n.id for n in flow.instances("ask", flow.nodes["all_of_it"])] == ["ask.1", "ask.2"]


def test_too_many_rounds_are_refused() -> None:
    rounds = "".join(
        f'[[step]]\nid = "r{n}"\ntype = "repeat"\ntimes = 100\n' + (f'within = "r{n - 1}"\n' if n else "")
        for n in range(3)
    )
    with pytest.raises(TooLong):
        flow_of(rounds + TEXT.format("x").replace("type", 'within = "r2"\ntype'))


def test_branches_go_side_by_side_and_join_when_all_are_through() -> None:
    toml = (
        '[[step]]\nid = "side"\ntype = "parallel"\nduration = "3h"\n'
        + SURVEY.format("slow", 'within = "side"\nbranch = "a"')
        + SURVEY.format("quick", 'within = "side"\nbranch = "b"\nearly_close = "all_answered"')
        + TEXT.format("end")
    )
    stage = Stagehand(flow_of(toml))
    stage.seat("anna")
    stage.start()
    assert set(stage.courses["all"].open) == {"side", "slow", "quick"}
    stage.press("anna", "quick:q::a")
    stage.wait(timedelta(minutes=2))
    assert set(stage.courses["all"].open) == {"side", "slow"}
    stage.wait(timedelta(hours=1))
    assert opened(stage)[-1] == "end"
    assert stage.courses["all"].state == "ended"


def test_the_time_of_a_parallel_ends_what_is_still_open_in_it() -> None:
    toml = (
        '[[step]]\nid = "side"\ntype = "parallel"\nduration = "30m"\n'
        + SURVEY.format("slow", 'within = "side"\nbranch = "a"')
        + TEXT.format("never").replace("type", 'within = "side"\nbranch = "a"\nafter = "2h"\ntype')
        + TEXT.format("end")
    )
    stage = Stagehand(flow_of(toml))
    stage.seat("anna")
    stage.start()
    stage.wait(timedelta(minutes=31))
    assert opened(stage)[-1] == "end"
    assert stage.courses["all"].state == "ended"
    stage.wait(timedelta(hours=5))
    assert "never" not in opened(stage)


def test_too_few_answers_give_another_time_once() -> None:
    stage = Stagehand(flow_of(SURVEY.format("ask", 'too_few = 2\non_too_few = "extend_once"') + TEXT.format("end")))
    stage.seat("anna", "ben")
    stage.start()
    stage.press("anna", "ask:q::a")
    stage.wait(timedelta(minutes=61))
    assert "ask" in stage.courses["all"].open
    stage.wait(timedelta(hours=1))
    assert stage.courses["all"].state == "ended"


def test_only_those_who_have_not_answered_are_reminded() -> None:
    stage = Stagehand(flow_of(SURVEY.format("ask", 'remind = ["15m"]')))
    stage.seat("anna", "ben")
    stage.start()
    stage.press("anna", "ask:q::a")
    stage.wait(timedelta(minutes=46))
    reminded = [say.to for key, say in stage.said.items() if "remind" in key]
    assert reminded == ["seat:ben"]


def test_a_condition_on_a_person_and_one_on_a_site() -> None:
    toml = (
        SURVEY.format("mine", "when = \"attribute.area == 'city'\"")
        + '[[step]]\nid = "here"\ntype = "inform"\ntext = "x"\nwhen = "site == \'graz\'"\n'
    )
    stage = Stagehand(flow_of(toml, TWO_SITES))
    stage.seat("anna", attributes={"area": "city"})
    stage.seat("ben", attributes={"area": "land"})
    stage.seat("gerda", site="graz")
    stage.start()
    assert ("mine", "seat:anna") in stage.stages
    assert ("mine", "seat:ben") not in stage.stages
    stage.wait(timedelta(hours=2))
    assert stage.courses["lyon"].done["here"] == "skipped"
    assert stage.courses["graz"].done["here"] == "done"


def test_a_course_that_leaves_a_secret_vote_out_or_ends_does_not_keep_its_box_open() -> None:
    vote = (
        '[[step]]\nid = "ballot"\ntype = "vote"\nduration = "1h"\nwhen = "site == \'graz\'"\n'
        'questions = [{ id = "q", method = "yes_no_abstain", text = "?" }]\n'
        '[[step]]\nid = "hands"\ntype = "vote"\nsecret = false\nduration = "1h"\n'
        'questions = [{ id = "q", method = "yes_no_abstain", text = "?" }]\n'
    )
    stage = Stagehand(flow_of(vote, TWO_SITES))
    stage.seat("anna")
    stage.seat("gerda", site="graz")
    stage.start("lyon")
    assert stage.courses["lyon"].done["ballot"] == "skipped"
    assert stage.others.count(Seal("ballot")) == 1
    stage.wait(timedelta(hours=2))
    assert stage.courses["lyon"].state == "ended"
    assert stage.others.count(Seal("ballot")) == 2
    assert Seal("hands") not in stage.others


def test_what_was_said_in_time_counts_during_the_grace() -> None:
    stage = Stagehand(flow_of(SURVEY.format("ask", 'grace = "2m"\nlate = "reject"')))
    stage.seat("anna", "ben")
    stage.start()
    stage.wait(timedelta(minutes=61))
    assert "ask" in stage.courses["all"].open
    stage.play(Heard("1", "anna", START + timedelta(minutes=59), press="ask:q::a"))
    stage.play(Heard("2", "ben", START + timedelta(minutes=61), press="ask:q::a"))
    assert stage.choices["ask"].keys() == {"anna"}
    stage.wait(timedelta(minutes=2))
    assert stage.courses["all"].state == "ended"


def test_events_twice_and_stale_timers_change_nothing() -> None:
    stage = Stagehand(flow_of(SURVEY.format("ask", "") + TEXT.format("end")))
    stage.seat("anna")
    stage.start()
    before = (dict(stage.courses), dict(stage.stages))
    for stale in (
        Due("all", "ask", "open"),
        Due("all", "ask", "close"),
        Due("all", "end", "finish"),
        Due("all", "end", "open"),
    ):
        stage.play(stale)
    assert (dict(stage.courses), dict(stage.stages)) == before


def test_who_joins_before_the_start_hears_that_the_seat_is_kept() -> None:
    stage = Stagehand(flow_of(SURVEY.format("ask", "")))
    stage.seat("anna", status="new")
    stage.play(Joined("anna", "all"))
    assert any(say.to == "seat:anna" for say in stage.said.values())
    assert not stage.stages
