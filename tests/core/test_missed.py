"""What somebody is told who was away: the last steps with what came out of them, none that one goes through alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.core.events import Answered
from tests.support.plays import TWO_SITES, flow_of, read
from tests.support.stagehand import Stagehand

HOUR = timedelta(hours=1)
ASKED = 'questions = [{ id = "rye", method = "yes_no_abstain", text = "Rye?" }]\n'
SURVEY = f'[[step]]\nid = "about"\ntype = "survey"\ntitle = "About you"\nduration = "1h"\n{ASKED}'
NIGHT = '[[step]]\nid = "night"\ntype = "break"\ntitle = "Sleep well"\nduration = "1h"\ntext = "Until tomorrow."\n'
END = '[[step]]\nid = "end"\ntype = "break"\nduration = "9h"\ntext = "Bye."\n'


def vote(id: str, title: str = "", results: str = "on_close", more: str = "") -> str:
    named = f'title = "{title}"\n' if title else ""
    return f'[[step]]\nid = "{id}"\ntype = "vote"\n{named}results = "{results}"\nsecret = false\nduration = "1h"\n{more}{ASKED}'


def played(*steps: str) -> Stagehand:
    stage = Stagehand(flow_of("".join((*steps, END))))
    stage.seat("anna", "ben")
    stage.start()
    for step in steps:
        if 'type = "vote"' in step:
            id = step.split('"')[1]
            stage.press("ben", f"{id}:rye::yes")
        stage.wait(HOUR)
    return stage


def told(stage: Stagehand, *closed: str, since: int = 3) -> list[str]:
    """What Anna reads who comes back."""
    before = len(stage.told("seat:anna"))
    recorded: list[dict[str, Any]] = [{"step": id, "recorded": stage.records.get(id, {})} for id in closed]
    stage.play(Answered("all", "", "catch_up", {"table": "", "since": since, "closed": recorded}, "seat:anna"))
    return [read(message) for message in stage.told("seat:anna")[before:]]


def test_the_results_of_a_vote_stand_below_its_title() -> None:
    stage = played(vote("ballot", "The vote"))
    [first, *_] = told(stage, "ballot")
    assert first.startswith("What happened while you were away:\nThe vote\nRye?")
    assert "Yes" in first


def test_what_was_never_announced_to_all_is_not_told_here() -> None:
    stage = played(vote("ballot", "The vote", "never"))
    assert told(stage, "ballot")[0] == "What happened while you were away:\nThe vote"
    stage = played(vote("ballot", results="never"))
    assert not any("while you were away" in text for text in told(stage, "ballot")), (
        "nothing without a name or a result"
    )


def test_what_people_go_through_alone_and_breaks_are_left_out() -> None:
    stage = played(SURVEY, NIGHT)
    assert stage.courses["all"].done == {"about": "done", "night": "done"}
    assert not any("while you were away" in text for text in told(stage, "about", "night"))


def test_a_step_that_was_left_out_did_not_happen() -> None:
    stage = played(vote("ballot", "The vote", more="when = 'site == \"graz\"'\n"))
    stage.courses["all"] = stage.courses["all"].__class__("all", "running", done={"ballot": "skipped"})
    assert not any("The vote" in text for text in told(stage, "ballot"))


def test_only_the_last_ones_are_told() -> None:
    votes = [vote(f"b{n}", f"Vote {n}") for n in range(10)]
    stage = played(*votes)
    [first, *_] = told(stage, *(f"b{n}" for n in range(10)))
    assert "Vote 1\n" not in first
    assert all(f"Vote {n}\n" in first for n in range(2, 10))


def test_whoever_comes_for_the_first_time_was_not_away() -> None:
    stage = played(vote("ballot", "The vote"))
    assert told(stage, "ballot", since=0)[0].startswith("What has happened so far:\nThe vote")


def test_the_sites_of_the_course_alone_are_counted() -> None:
    stage = Stagehand(flow_of(vote("ballot", "The vote") + END, TWO_SITES))
    stage.seat("anna")
    stage.seat("ben", site="graz")
    stage.start()
    stage.press("ben", "ballot:rye::yes")
    stage.wait(HOUR)
    recorded = [{"step": "ballot", "recorded": stage.records["ballot"]}]
    stage.play(Answered("lyon", "", "catch_up", {"table": "", "since": 1, "closed": recorded}, "seat:anna"))
    own = stage.records["ballot"]["course:lyon"]["questions"]["rye"][""]["counts"]
    assert set(own.values()) == {0}
    said = next(text for text in stage.read_by("seat:anna") if "while you were away" in text)
    assert "Yes: 1" not in said
