"""Facts: everything that happens. Each is one row of the inbox, and goes to JSON and back without loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

What = Literal["open", "close", "remind"]
"""What a fan-out does for each unit."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A seat wrote or pressed something in its private chat. `id` is unique for the remote event; `at` when it was said,
    as far as the platform tells; `press` what a button carries, "" for typed text."""

    id: str
    seat: str
    at: datetime
    text: str = ""
    press: str = ""
    kind: Literal["heard"] = "heard"


@dataclass(frozen=True, slots=True)
class Joined:
    """A person took a seat. The seat is already stored; its course is now told."""

    seat: str
    course: str
    kind: Literal["joined"] = "joined"


@dataclass(frozen=True, slots=True)
class Due:
    """A timer rang for a step on a course, for the course itself or one unit of it. `what` is the step type's word
    (`open`, `close`, `warn` …), `n` the timetable's count when it was set."""

    course: str
    step: str
    what: str
    unit: str = ""
    n: int = 0
    data: Mapping[str, Any] = field(default_factory=dict)
    kind: Literal["due"] = "due"


@dataclass(frozen=True, slots=True)
class Spread:
    """A part of a fan-out: `what` is done for each of these units (open or close a stage, remind), 200 to a row."""

    course: str
    step: str
    what: What
    units: tuple[str, ...]
    last: bool
    kind: Literal["spread"] = "spread"


@dataclass(frozen=True, slots=True)
class Answered:
    """A job finished. `job` is what was asked for, `result` JSON."""

    course: str
    step: str
    job: str
    result: Mapping[str, Any]
    unit: str = ""
    kind: Literal["answered"] = "answered"


@dataclass(frozen=True, slots=True)
class Relayed:
    """A digest has been carried to a table of this course. `texts` holds what the translator gave, by contribution id and
    only where it differs from the original; `engine` which translator ("none" for the original words)."""

    course: str
    step: str
    digest: str
    table: str
    engine: str
    texts: Mapping[str, str] = field(default_factory=dict)
    kind: Literal["relayed"] = "relayed"


@dataclass(frozen=True, slots=True)
class Started:
    """The organiser, or the clock, starts a course."""

    course: str
    kind: Literal["started"] = "started"


@dataclass(frozen=True, slots=True)
class Reached:
    """Another course has come to the end of a step that this one waits for."""

    course: str
    step: str
    by: str
    kind: Literal["reached"] = "reached"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A part of a broadcast: an encoded message for each of these seats, 200 to a row. The engine's own; no step sees it."""

    message: str
    key: str
    seats: tuple[str, ...]
    lane: int
    quiet: bool
    kind: Literal["spoken"] = "spoken"


Event = Heard | Joined | Due | Spread | Answered | Relayed | Started | Reached | Spoken

_adapter: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])


def encode(event: Event) -> bytes:
    """The event as JSON."""
    return _adapter.dump_json(event)


def decode(data: bytes | str) -> Event:
    """The event that `encode` wrote."""
    return _adapter.validate_json(data)


__all__ = [
    "Answered",
    "Due",
    "Event",
    "Heard",
    "Joined",
    "Reached",
    "Relayed",
    "Spoken",
    "Spread",
    "Started",
    "decode",
    "encode",
]
