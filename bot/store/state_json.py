"""A course and a stage as compact JSON, and back without loss. Written by hand: this runs for every event.

Instants are whole microseconds since 1970, UTC, so that nothing of a `datetime` is lost; nulls and empty parts are left out.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from bot.core.state import Course, Held, OpenStep, Stage

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def course_to_json(course: Course) -> str:
    data: dict[str, Any] = {"s": course.state}
    if course.at:
        data["at"] = dict(course.at)
    if course.open:
        data["open"] = {
            step: [_us(o.opened), _us(o.closes), o.notice, o.closing, o.extended] for step, o in course.open.items()
        }
    if course.done:
        data["done"] = dict(course.done)
    if course.session is not None:
        data["session"] = _us(course.session)
    if course.started is not None:
        data["started"] = _us(course.started)
    if course.resumed is not None:
        data["resumed"] = _us(course.resumed)
    if course.held:
        data["held"] = {step: [h.seat, h.n, h.waits, h.outcome, h.asked, h.waiting] for step, h in course.held.items()}
    if course.halted is not None:
        data["halted"] = _us(course.halted)
    if course.closed:
        data["closed"] = {step: _us(at) for step, at in course.closed.items()}
    return _dump(data)


@lru_cache(maxsize=256)  # a course is read for every event, and changes only when a step opens or closes
def course_from_json(id: str, text: str) -> Course:
    data = json.loads(text)
    return Course(
        id,
        data["s"],
        data.get("at", {}),
        {
            step: OpenStep(_at(opened), _maybe(closes), *marks)
            for step, (opened, closes, *marks) in data.get("open", {}).items()
        },
        data.get("done", {}),
        _maybe(data.get("session")),
        _maybe(data.get("started")),
        _maybe(data.get("resumed")),
        _maybe(data.get("halted")),
        held={step: Held(*parts) for step, parts in data.get("held", {}).items()},
        closed={step: _at(at) for step, at in data.get("closed", {}).items()},
    )


def stage_to_json(stage: Stage) -> str:
    return _dump([_us(stage.opened), _us(stage.closes), stage.state, stage.n, dict(stage.data)])


def stage_from_json(step: str, unit: str, text: str) -> Stage:
    opened, closes, state, n, data = json.loads(text)
    return Stage(step, unit, _at(opened), _maybe(closes), state, n, data)


def _us(at: datetime | None) -> int | None:
    return None if at is None else (at - _EPOCH) // _MICROSECOND


def _at(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=us)


def _maybe(us: int | None) -> datetime | None:
    return None if us is None else _at(us)
