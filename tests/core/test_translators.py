"""Who is given which text, and what becomes of one that nobody finishes: without an engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.core.effects import Effect, Note, Say, Want
from bot.core.events import Queued
from bot.core.state import Contribution, Course, Seat, State, Wanted
from bot.core.translation import translators
from bot.core.translation.translators import Text, can, for_seat, meant, own, pressed, reads, take, taken
from bot.core.turn import Turn
from tests.support.plays import flow_of, read
from tests.support.stagehand import START

FLOW = flow_of('[[step]]\nid = "hello"\ntype = "inform"\ntext = "Hello."\n')
MINUTE = timedelta(minutes=1)
TOM = Seat("tom", "translator", "lyon", "de", "active")
TINA = replace(TOM, id="tina", language="fr")
TEXT = Wanted("c1", "fr", "de", "held", START)
GIVEN = Contribution("c1", "talk", "t1", "lyon", "anna", "message", "words", START, "de")


def turn(*queue: Wanted, seats: tuple[Seat, ...] = (TOM, TINA), **more: Any) -> Turn:
    texts = {"c1@fr": Text(GIVEN, wanted=next(iter(queue), None))}
    facts = {"queue": queue, "translators": seats, "texts": texts, **more}
    return Turn(FLOW, State(Course("all"), facts=facts), START + 10 * MINUTE)


def said(effects: list[Effect]) -> dict[str, str]:
    return {e.to: read(e.message) for e in effects if isinstance(e, Say)}


@pytest.mark.parametrize(
    ("language", "more", "source", "target", "can_do"),
    [
        ("de", "", "de", "fr", True),
        ("de", "", "fr", "de", True),
        ("de", "", "fr", "en", False),
        ("de-AT", "", "de", "fr", True),
        ("de", "", "de-CH", "fr-CH", True),
        ("de", "fr", "de", "fr", True),
        ("de", "fr", "fr", "en", False),
        ("de", "fr en", "fr", "en", True),
        ("de", "de", "de", "fr", True),
    ],
)
def test_who_reads_a_pair(language: str, more: str, source: str, target: str, can_do: bool) -> None:
    seat = replace(TOM, language=language, attributes={"languages": more} if more else {})
    assert reads(seat, source, target) is can_do


def test_who_may_be_given_a_text() -> None:
    assert can(TOM, TEXT)
    assert not can(replace(TOM, role="coordinator"), TEXT)
    assert not can(replace(TOM, status="paused"), TEXT)
    assert not can(TOM, replace(TEXT, refused=("tom",)))
    assert can(TINA, replace(TEXT, refused=("tom",)))


def test_what_is_taken_is_so_until_its_time_is_over() -> None:
    mine = replace(TEXT, state="taken", taken_by="tom", until=START + 5 * MINUTE)
    assert taken(mine, START + 4 * MINUTE) == "tom"
    assert taken(mine, START + 5 * MINUTE) == ""
    assert own(TOM, [mine], START) == mine
    assert own(TINA, [mine], START) is None
    assert for_seat(TINA, [mine], START) == []
    assert for_seat(TINA, [mine], START + 5 * MINUTE) == [mine]
    other = replace(TEXT, contribution="c0")
    assert for_seat(TINA, [other, TEXT], START) == [other, TEXT], "what came first stands in front"
    assert for_seat(TINA, [other, TEXT], START, but="c0@fr") == [TEXT]


def test_whoever_takes_it_has_five_minutes_and_a_timer() -> None:
    at = turn(TEXT)
    mine = take(at, TOM, TEXT)
    assert mine.until == at.now + 5 * MINUTE
    assert [type(e).__name__ for e in at.effects] == ["Want", "Wake"]
    assert at.effects[1].at == mine.until  # type: ignore[union-attr]


def test_it_comes_back_to_the_queue_and_the_others_know() -> None:
    mine = replace(TEXT, state="taken", taken_by="tom", until=START + 5 * MINUTE)
    at = turn(mine)
    translators.queued(at, Queued("all", "c1", "fr", "tom"))
    [back] = [e.wanted for e in at.effects if isinstance(e, Want)]
    assert (back.state, back.taken_by, back.until) == ("waiting", "", None)
    assert "Five minutes are over" in said(at.effects)["seat:tom"]
    assert "1 text waits for a translator." in said(at.effects)["seat:tina"]
    assert [e.act for e in at.effects if isinstance(e, Note)] == ["text_back"]


@pytest.mark.parametrize(
    "now",
    [
        replace(TEXT, state="taken", taken_by="tina", until=START + 30 * MINUTE),
        replace(TEXT, state="taken", taken_by="tom", until=START + 30 * MINUTE),
    ],
    ids=["somebody else has it", "it was prolonged"],
)
def test_a_timer_that_is_stale_changes_nothing(now: Wanted) -> None:
    at = turn(now)
    translators.queued(at, Queued("all", "c1", "fr", "tom"))
    assert at.effects == []


def test_a_timer_of_what_is_done_changes_nothing() -> None:
    at = turn()
    translators.queued(at, Queued("all", "c1", "fr", "tom"))
    assert at.effects == []


def test_who_is_at_work_or_out_of_reach_is_not_told() -> None:
    busy = replace(TEXT, contribution="c0", state="taken", taken_by="tom", until=START + 30 * MINUTE)
    at = turn(TEXT, busy, seats=(TOM, TINA, replace(TINA, id="tess", lost="blocked")))
    translators.queued(at, Queued("all", "c1", "fr"))
    assert set(said(at.effects)) == {"seat:tina"}


def test_what_comes_later_is_not_told_again() -> None:
    first = turn(TEXT)
    translators.queued(first, Queued("all", "c1", "fr"))
    second = turn(TEXT, replace(TEXT, contribution="c2", at=START + MINUTE))
    translators.queued(second, Queued("all", "c2", "fr"))
    keys = [[e.key for e in each.effects if isinstance(e, Say) and e.to == "seat:tina"] for each in (first, second)]
    assert keys[0] == keys[1], "one key, so it is said once"


def test_where_nobody_is_left_the_coordinator_is_told_once() -> None:
    at = turn(replace(TEXT, refused=("tom", "tina")))
    translators.queued(at, Queued("all", "c1", "fr", "tina"))
    assert set(said(at.effects)) == {"coordinators:lyon"}
    [given_up] = [e.wanted for e in at.effects if isinstance(e, Want)]
    assert given_up.state == "refused"
    again = turn(given_up)
    translators.queued(again, Queued("all", "c1", "fr"))
    assert again.effects == []


def test_a_text_on_a_button() -> None:
    assert meant(pressed("c1@de-AT")) == "c1@de-AT"
    assert "@" not in pressed("c1@de"), "there it would name a seat"
