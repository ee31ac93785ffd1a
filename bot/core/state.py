"""What `advance` is given: the course, the addressed person, table and stages, and the aggregates a step type reads.

Never the whole assembly: the size of a `State` does not depend on how many people take part.

Units are strings: `seat:<id>`, `table:<id>`, `course:<id>`. A course is a site's walk through the flow (its id is the site's)
or, in a flow whose steps open everywhere at once, the assembly's (its id is `all`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

Role = Literal["participant", "facilitator", "coordinator", "organiser", "observer", "expert", "translator"]
Status = Literal["new", "active", "paused", "left", "refused"]
"""`new` has not consented yet, `active` takes part, `paused` wants no messages for now, `left` and `refused` are gone."""

LATELY = timedelta(minutes=2)
"""For so long after a step has closed somebody may still write the answer to it, and not notice."""

JOINT = "+"
"""Stands between the seats of those from whose words a language model has made a sentence: it is theirs together."""


def together(seats: Iterable[str]) -> str:
    """The author of words that were made from those of several people: all of them, the same in whatever order they come."""
    return JOINT.join(sorted(set(seats)))


@dataclass(frozen=True, slots=True)
class Seat:
    """One person's place. `focus` names the question that waits for a typed answer (`step:question`); `walk` the self-paced
    step at which a newcomer stands who is catching up; `helped` says that somebody else types for this person. `room` is the
    room of the table in which they read the talk, "" for the private chat; `lost` says in a word why nobody can write to them
    in private at present."""

    id: str
    role: Role
    site: str
    language: str
    status: Status = "new"
    name: str = ""
    table: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    focus: str = ""
    walk: str = ""
    helped: bool = False
    heard: datetime | None = None
    room: str = ""
    lost: str = ""

    @property
    def unit(self) -> str:
        return f"seat:{self.id}"


@dataclass(frozen=True, slots=True)
class Table:
    """A small group. `members` are its participants in order of seating, `staff` its facilitators, `experts` those who were
    announced to it, who speak and are never counted; `rooms` are the rooms in which it meets, one on each account at most, and
    none where it is virtual."""

    id: str
    plan: str
    site: str
    number: int
    languages: tuple[str, ...]
    members: tuple[Seat, ...] = ()
    staff: tuple[Seat, ...] = ()
    rooms: tuple[str, ...] = ()
    experts: tuple[Seat, ...] = ()

    @property
    def unit(self) -> str:
        return f"table:{self.id}"

    @property
    def everybody(self) -> tuple[Seat, ...]:
        """All who read what is said here."""
        return (*self.members, *self.staff, *self.experts)

    def in_room(self, seat: Seat) -> bool:
        """Whether somebody reads the talk in a room of this table. A room that is gone is none."""
        return seat.room in self.rooms

    @property
    def reached(self) -> tuple[Seat, ...]:
        """The members who read what the table says, in a room or in private: all but those who are lost."""
        return tuple(m for m in self.members if not m.lost or self.in_room(m))


@dataclass(frozen=True, slots=True)
class OpenStep:
    """A step that is open on a course. `closes` is the announced instant, None where no time is set; `notice` is True once
    the one minute's notice of an early close has been given, `closing` once its units are being closed, `extended` once it
    was prolonged because too few had answered."""

    opened: datetime
    closes: datetime | None = None
    notice: bool = False
    closing: bool = False
    extended: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A step that the guarantor `seat` has stopped (`bot.core.stopping`), at the second `n`. `waits` is what it would have done
    meanwhile, with which `outcome`; `asked` counts how often somebody wanted it to go on, `waiting` while that has no answer."""

    seat: str
    n: int
    waits: str = ""
    outcome: str = ""
    asked: int = 0
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """A walk through the flow. `at` is the next position by branch ("" is the trunk), `open` the open steps, `done` how each
    past step ended, `session` when the present session began (the start, or the end of the last break), `resumed` until when
    an outage lasted that has been made up for, `held` the steps that a guarantor has stopped,
    `halted` until when everything rests, `closed` when the steps closed that did so a moment ago (`LATELY`)."""

    id: str
    state: Literal["waiting", "running", "ended"] = "waiting"
    at: Mapping[str, int] = field(default_factory=dict)
    open: Mapping[str, OpenStep] = field(default_factory=dict)
    done: Mapping[str, str] = field(default_factory=dict)
    session: datetime | None = None
    started: datetime | None = None
    resumed: datetime | None = None
    halted: datetime | None = None
    held: Mapping[str, Held] = field(default_factory=dict)
    closed: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def unit(self) -> str:
        return f"course:{self.id}"

    def lately(self, at: datetime) -> tuple[str, ...]:
        """The steps that have closed so short a time before `at` that somebody may not have noticed."""
        return tuple(step for step, closed in self.closed.items() if at < closed + LATELY)


@dataclass(frozen=True, slots=True)
class Stage:
    """One open step for one unit. `n` counts changes of its timetable: a timer with an older `n` is stale.
    `data` is JSON and holds neither words nor choices, only where the unit stands."""

    step: str
    unit: str
    opened: datetime
    closes: datetime | None = None
    state: Literal["open", "paused", "done", "closed"] = "open"
    n: int = 0
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contribution:
    """What someone gave. `kind` is `message`, `idea`, `answer`, `prompt`, `summary` or `note` (a facilitator's, for the log
    alone), `file` (one without words), `reply` (to a sentence that came from another table), `sentence` (how its author, or
    somebody with its author's yes, words a statement for the digest), or `held` (it waits for somebody's word, see
    `bot.core.holding`); `target` what it answers (a question, an option, another contribution), or of a `sentence` the statement
    that it words: what a model has worded belongs to all its authors `together`. `shared` is False for words that stay off every
    transcript (an icebreaker, a note). `media` is the kind of file that came with it ("photo", "voice" …). `written` is the
    language of the words where it is known to be another than the author's `language`."""

    id: str
    step: str
    table: str
    site: str
    seat: str
    kind: str
    text: str
    at: datetime
    language: str
    side: str = ""
    target: str = ""
    state: Literal["live", "withdrawn", "hidden"] = "live"
    shared: bool = True
    helped: bool = False
    media: str = ""
    written: str = ""

    @property
    def spoken(self) -> str:
        """The language of the words."""
        return self.written or self.language

    @property
    def authors(self) -> tuple[str, ...]:
        """The seats whose words these are: one, but for what was made from the words of several; none where nobody's are."""
        return tuple(filter(None, self.seat.split(JOINT)))


@dataclass(frozen=True, slots=True)
class Translated:
    """Somebody's words in another language. `engine` and `version` made it, `via` the language in between; `by` is the seat of
    the person who has read or written it. A `machine` translation nobody has read yet; a `reviewed` one somebody has; one that
    is `questioned` a reader doubts; where one is `withdrawn`, or `held` until a translator has read it, the original stands in
    its place. `findings` are what the checks say against it (`bot.language.translation.checks`). `edition` counts the texts that
    stood here, from 1; `Words` points at one of them as `contribution@language~edition`."""

    contribution: str
    language: str
    text: str
    engine: str
    state: Literal["machine", "reviewed", "questioned", "withdrawn", "held"] = "machine"
    version: str = ""
    via: str = ""
    by: str = ""
    findings: tuple[str, ...] = ()
    edition: int = 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """Words that wait for a translator: into `language`, from `source`. `why` is `held` (nothing that a machine gave is good
    enough, or the flow wants a person), `questioned` (a reader doubts what there is) or `official`. `taken_by` has it until
    `until`; at `due` whoever waits for it goes on without it. `refused` are the seats that have given it back; it is `refused`
    once no translator is left."""

    contribution: str
    language: str
    source: str
    why: Literal["held", "questioned", "official"]
    at: datetime
    state: Literal["waiting", "taken", "done", "refused"] = "waiting"
    taken_by: str = ""
    until: datetime | None = None
    due: datetime | None = None
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Digest:
    """A short text drawn from contributions. Every sentence is a tuple of the contributions it stands for, never empty.
    `answers` is the digest to which it replies, "" where it replies to none; `more` how many statements had no room in it."""

    id: str
    step: str
    table: str
    site: str
    language: str
    state: Literal["draft", "approved", "held"]
    sentences: tuple[DigestSentence, ...]
    unheard: int
    members: int
    at: datetime
    answers: str = ""
    more: int = 0


@dataclass(frozen=True, slots=True)
class DigestSentence:
    sources: tuple[str, ...]
    support: int
    against: int
    minority: bool
    left_out: str = ""
    """Why the facilitator left it out, from the list of reasons; "" where it stands."""
    words: str = ""
    """The `sentence` that words it, by its id; "" where it stands in the words of its first source."""
    model: str = ""
    """The language model that has worded it; "" where a person has."""

    @property
    def worded(self) -> str:
        """The contribution whose words people read."""
        return self.words or self.sources[0]

    def __post_init__(self) -> None:
        if not self.sources:
            raise ValueError("a sentence of a digest needs a source")


@dataclass(frozen=True, slots=True)
class State:
    """All that one event may see.

    `facts` always holds `counters`, the small counts of the course's open steps by (step, name); further the aggregates that
    the addressed step's hook names in `reads` (`bot.engine.facts` says what each one is).
    """

    course: Course
    seat: Seat | None = None
    table: Table | None = None
    stages: Mapping[tuple[str, str], Stage] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
