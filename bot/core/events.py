"""Everything that happens, each a fact: what accounts tell (bot/core/heard.py), and what follows from it or from the clock. Each
is one row of the inbox, and goes to JSON and back without loss.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from bot.core.heard import (
    Bound,
    Edited,
    Entered,
    Exited,
    Found,
    Heard,
    Interrupted,
    Lost,
    Redacted,
    Remained,
    Unbound,
)

What = Literal["open", "close", "remind", "prolong", "shorten", "halt", "go_on"]
"""What a fan-out does for each unit."""


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
class Retold:
    """A translation that people at this table have read in this step has changed: it was reviewed, questioned or withdrawn
    (`state`), or is `late`: nobody was there to review it in time; or the words themselves are `gone`, in
    every language, because they were taken back, or `hidden`, or stand `again` after that. `digest` is the one in which it
    stands, "" where it was said in the talk itself."""

    course: str
    step: str
    table: str
    contribution: str
    language: str
    state: str
    digest: str = ""
    kind: Literal["retold"] = "retold"


@dataclass(frozen=True, slots=True)
class Queued:
    """Words wait for a translator: they have come into the queue, or may have to go back into it from whoever has taken them, or
    has given them back (`seat`)."""

    course: str
    contribution: str
    language: str
    seat: str = ""
    kind: Literal["queued"] = "queued"


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
class Forgotten:
    """A person who has asked for it is erased now, or once the last message to them has left, at `until` at the latest. The
    engine's own; no step sees it."""

    seat: str
    until: datetime
    kind: Literal["forgotten"] = "forgotten"


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A guarantor who was asked for the `n`th time to let a step go on has had the time to answer (`bot.core.stopping`)."""

    course: str
    step: str
    n: int
    kind: Literal["lapsed"] = "lapsed"


@dataclass(frozen=True, slots=True)
class Fed:
    """What was said at a table reaches those who observed it then (`bot.engine.feeding`). The engine's own; no step sees it."""

    contribution: str
    table: str
    seats: tuple[str, ...]
    kind: Literal["fed"] = "fed"


@dataclass(frozen=True, slots=True)
class Removed:
    """A seat does not take part any longer, because those who lead have decided so; `why` is one of the listed reasons."""

    seat: str
    why: str
    kind: Literal["removed"] = "removed"


@dataclass(frozen=True, slots=True)
class Ripe:
    """What `seat` asked for a while ago happens now, unless somebody has stopped it (`bot.core.commands.pending`). `id` is
    what was held, `table` the table that it concerns, "" where it concerns none."""

    course: str
    id: str
    seat: str
    table: str = ""
    kind: Literal["ripe"] = "ripe"


@dataclass(frozen=True, slots=True)
class Halted:
    """Everything on a course rests `until` then, or goes on, where that is None: by itself at the end of the rest `of` which this
    was announced, or at the word of a seat (`by`)."""

    course: str
    until: datetime | None = None
    by: str = ""
    of: datetime | None = None
    kind: Literal["halted"] = "halted"


@dataclass(frozen=True, slots=True)
class Expired:
    """The day (`2027-09-01`) has come on which everything that people wrote is deleted, or (`soon`) it is a week away. The
    engine's own; no step sees it."""

    what: Literal["soon", "now"]
    day: str
    kind: Literal["expired"] = "expired"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A part of a broadcast: an encoded message for each of these seats, 200 to a row. The engine's own; no step sees it."""

    message: str
    key: str
    seats: tuple[str, ...]
    lane: int
    quiet: bool
    kind: Literal["spoken"] = "spoken"


Event = (
    Heard
    | Edited
    | Redacted
    | Joined
    | Lost
    | Found
    | Bound
    | Unbound
    | Entered
    | Exited
    | Remained
    | Interrupted
    | Due
    | Spread
    | Answered
    | Relayed
    | Retold
    | Queued
    | Started
    | Reached
    | Removed
    | Ripe
    | Halted
    | Expired
    | Forgotten
    | Fed
    | Lapsed
    | Spoken
)

_adapter: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])


def encode(event: Event) -> bytes:
    """The event as JSON."""
    return _adapter.dump_json(event)


def decode(data: bytes | str) -> Event:
    """The event that `encode` wrote."""
    return _adapter.validate_json(data)
