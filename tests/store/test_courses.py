"""Where an assembly stands, there and back without loss."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.effects import Note, Request
from bot.core.state import Course, Held, OpenStep, Stage
from bot.store import audit, courses
from bot.store.courses import Assembly, PublishedFlow
from bot.store.database import Database
from bot.store.state_json import course_from_json, course_to_json, stage_from_json, stage_to_json
from bot.store.times import instant, ms
from tests.store.filling import AT, NOON

words = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
instants = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)


OPEN_STEP = {
    "opened": instants,
    "closes": st.none() | instants,
    "notice": st.booleans(),
    "closing": st.booleans(),
    "extended": st.booleans(),
}
HELD = {
    "seat": words,
    "n": st.integers(0, 9),
    "waits": words,
    "outcome": words,
    "asked": st.integers(0, 9),
    "waiting": st.booleans(),
}
COURSE = {
    "id": words,
    "state": st.sampled_from(["waiting", "running", "paused", "ended"]),
    "at": st.dictionaries(words, st.integers(0, 1000), max_size=3),
    "open": st.dictionaries(words, st.builds(OpenStep, **OPEN_STEP), max_size=3),
    "done": st.dictionaries(words, words, max_size=3),
    "session": st.none() | instants,
    "started": st.none() | instants,
    "resumed": st.none() | instants,
    "halted": st.none() | instants,
    "held": st.dictionaries(words, st.builds(Held, **HELD), max_size=3),
    "closed": st.dictionaries(words, instants, max_size=3),
}
STAGE = {
    "step": words,
    "unit": words,
    "opened": instants,
    "closes": st.none() | instants,
    "state": st.sampled_from(["open", "paused", "done", "closed"]),
    "n": st.integers(0, 9),
    "data": st.dictionaries(words, json_values, max_size=3),
}


@given(st.builds(Course, **COURSE))
def test_a_course_goes_to_json_and_back(course: Course) -> None:
    assert course_from_json(course.id, course_to_json(course)) == course


@given(st.builds(Stage, **STAGE))
def test_a_stage_goes_to_json_and_back(stage: Stage) -> None:
    assert stage_from_json(stage.step, stage.unit, stage_to_json(stage)) == stage


def test_no_field_is_left_out_of_the_round_trip() -> None:
    for kind, strategies in ((Course, COURSE), (OpenStep, OPEN_STEP), (Held, HELD), (Stage, STAGE)):
        assert set(kind.__dataclass_fields__) == set(strategies), kind


@given(instants)
def test_instants_keep_their_milliseconds(at: datetime) -> None:
    assert instant(ms(at)) == at.replace(microsecond=at.microsecond // 1000 * 1000)


def test_no_float_sneaks_in_as_a_number_that_is_none() -> None:
    with pytest.raises(ValueError, match="JSON"):
        stage_to_json(Stage("s", "u", AT, data={"share": float("nan")}))


def test_courses_and_stages_are_saved(db: Database) -> None:
    course = Course("fr", "running", {"": 2}, {"talk": OpenStep(AT)})
    assert courses.load_course(db, "a1", "fr") is None
    courses.save_course(db, "a1", course)
    courses.save_course(db, "a1", replace(course, state="paused"))
    courses.save_course(db, "a1", Course("de"))
    courses.save_course(db, "a2", Course("fr"))
    assert courses.load_course(db, "a1", "fr") == replace(course, state="paused")
    assert [c.id for c in courses.courses(db, "a1")] == ["de", "fr"]
    one, two = Stage("talk", "table:t1", AT, data={"turn": 1}), Stage("talk", "seat:s1", AT)
    for stage in (one, two, replace(one, n=3)):
        courses.save_stage(db, "a1", stage)
    places = [("talk", "table:t1"), ("talk", "table:t9"), ("talk", "seat:s1")]
    assert courses.load_stages(db, "a1", places) == {places[0]: replace(one, n=3), places[2]: two}
    assert courses.stages_of(db, "a1", "talk") == [two, replace(one, n=3)]
    assert courses.load_stage(db, "a2", "talk", "table:t1") is None


def test_counters_count(db: Database) -> None:
    assert courses.count(db, "a1", "talk", "course:fr", "done") == 1
    assert courses.count(db, "a1", "talk", "course:fr", "done", 4) == 5
    assert courses.count(db, "a1", "talk", "course:fr", "left", -2) == -2
    assert courses.counters(db, "a1", "talk", "course:fr") == {"done": 5, "left": -2}
    assert courses.counters(db, "a2", "talk", "course:fr") == {}


def test_flows_and_assemblies(db: Database) -> None:
    flow = PublishedFlow("demo@abc", "demo", "Démo", json.dumps({"a": "ü"}), NOON)
    courses.publish_flow(db, flow)
    courses.publish_flow(db, replace(flow, title="never changes"))
    assert courses.load_flow(db, "demo@abc") == flow
    assert courses.load_flow(db, "demo@xyz") is None
    assert courses.flows(db) == [flow]
    first = Assembly("a1", "demo@abc", "seed", "running", NOON, {"k": 1})
    courses.save_assembly(db, first)
    courses.save_assembly(db, replace(first, id="a0", created=NOON + 1))
    courses.save_assembly(db, replace(first, state="ended", seed="other"))
    assert courses.load_assembly(db, "a1") == replace(first, state="ended")  # the seed is published: it never changes
    assert [a.id for a in courses.assemblies(db)] == ["a1", "a0"]
    assert courses.load_assembly(db, "a9") is None


def test_jobs_are_done_once_and_parked_after_three_failures(db: Database) -> None:
    request = Request("seating", "fr", "assign", "j1", "table:t1", {"n": [1, "x"]})
    courses.ask(db, "a1", request)
    courses.ask(db, "a1", replace(request, job="other"))
    courses.ask(db, "a2", replace(request, unit=""))
    assert [(j.assembly, j.request) for j in courses.open_jobs(db)] == [
        ("a1", request),
        ("a2", replace(request, unit="")),
    ]
    assert courses.finish_job(db, "a1", "j1")
    assert not courses.finish_job(db, "a1", "j1")
    assert [courses.fail_job(db, "a2", "j1") for _ in range(4)] == [False, False, True, False]
    assert courses.open_jobs(db) == []


def test_the_log_keeps_order(db: Database) -> None:
    for act in ("opened", "closed"):
        audit.note(db, "a1", Note(act, "s1", {"step": "talk"}), NOON)
    audit.note(db, "a2", Note("else"), NOON)
    assert [(line.act, line.by, line.data, line.at) for line in audit.lines(db, "a1")] == [
        ("opened", "s1", {"step": "talk"}, NOON),
        ("closed", "s1", {"step": "talk"}, NOON),
    ]
