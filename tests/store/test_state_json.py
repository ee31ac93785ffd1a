"""Courses and stages go to JSON and back, every field of them."""

from __future__ import annotations

from dataclasses import MISSING, fields, replace
from datetime import UTC, datetime, timedelta

from bot.core.state import Course, Held, OpenStep, Stage
from bot.store.state_json import course_from_json, course_to_json, stage_from_json, stage_to_json

AT = datetime(2027, 3, 2, 18, 0, 0, 123456, tzinfo=UTC)


def unusual(value: object) -> None:
    """Every field of a value differs from what it is if nobody sets it; else the test would not see it lost."""
    for field in fields(value):  # type: ignore[arg-type]  # only dataclasses come here
        empty = field.default_factory() if field.default_factory is not MISSING else field.default
        assert getattr(value, field.name) != empty, field.name


def test_a_course_loses_nothing() -> None:
    entry = OpenStep(AT, AT + timedelta(hours=1), notice=True, closing=True, extended=True)
    course = Course(
        "at", "running", {"": 3, "p/a": 1}, {"talk": entry, "vote": OpenStep(AT)}, {"welcome": "done"}, AT, AT, AT
    )
    course = replace(course, halted=AT, held={"talk": Held("ann", 3, "close", "done", 2, True)}, closed={"welcome": AT})
    unusual(entry)
    unusual(course)
    assert course_from_json("at", course_to_json(course)) == course
    assert course_from_json("at", course_to_json(Course("at"))) == Course("at")


def test_a_stage_loses_nothing() -> None:
    stage = Stage(
        "talk", "table:at-1", AT, AT + timedelta(minutes=5), "paused", 3, {"count": 2, "recent": [["a", "b"]]}
    )
    unusual(stage)
    assert stage_from_json("talk", "table:at-1", stage_to_json(stage)) == stage
