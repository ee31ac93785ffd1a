"""What every step has in common: the fields that the flow file may set, and the hooks that a step type may fill.

A step type is a `Step` with its own fields and some of the hooks below. Each hook gets a `Scene` (what it may see) and
yields effects; it changes nothing itself.

* `begin`   once for a course, when the step opens there
* `open`    once for every unit of its scope (a person, a table)
* `hear`    when somebody presses or writes and it belongs to this step
* `edited`  when somebody changes what they wrote in this step, while it is open; `withdrawn` when they delete it
* `due`     when one of its timers rings
* `answered` when a job that it asked for is done, `relayed` when a digest has come to a table, `retold` when a translation that
  the table has read in this step has changed
* `welcome_late` when a latecomer sits down at a table where it is open
* `recap`   when somebody is told what they have missed, and it is over
* `prolong` once for every table, when its talk goes on until a later hour
* `close`   once for every unit, if `closes_units`, when its time is over
* `finish`  once for a course, after all units have closed
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import ClassVar, Literal

from pydantic import Field

from bot.core.effects import Effect, Lane, Recall, Say, Withdraw
from bot.core.events import Answered, Due, Relayed, Retold
from bot.core.fields import Id, Model, Moment, Span, Text
from bot.core.heard import Heard
from bot.core.message import Block, Message, t
from bot.core.scene import Scene
from bot.core.state import Contribution, Role, Stage

Scope = Literal["person", "table", "site", "assembly"]


class Step(Model):
    """The fields common to every step.

    `id` is unique in the flow: a small letter first, then small letters, digits and underscores, at most 20. `type` says
    what happens. `title` and `text` are what people read. `within` names the `repeat` or `parallel` that the step belongs
    to, `branch` the branch of a `parallel`. `audience` are the roles that take part. `scope` says for whom the step opens:
    each person, each table, each site, or the whole assembly. `when` is a condition on the course or the person: where it
    does not hold, the step is left out. `opens` is the moment at which the step opens, at the earliest when the one before
    it has ended. `after` lets this span of time pass between the end of the step before and the opening. `closes` is the
    moment at which it ends. `duration` counts from the opening, or, where a private question reaches somebody later, from
    its arrival; where both are given, `closes` holds.
    `early_close = "all_answered"` ends the step one minute after everybody has answered. `grace` is how long after the
    announced end what was said in time is still taken, where a platform delivers late. `late` says whether newcomers may
    still do a step that people go through by themselves, after its close. `too_few` is the number of answers under which
    `on_too_few` applies at the close. `on_too_few` goes on, gives the step its duration once more, or goes on and tells the
    coordinator. `remind` lists how long before the close those who have not answered are reminded. `record` says what goes
    into the exports: everything, the items without their authors, only how many there were, or nothing.
    """

    id: Id
    type: str
    title: Text = Field(default_factory=dict)
    text: Text = Field(default_factory=dict)
    within: Id | None = None
    branch: Id | None = None
    audience: tuple[Role, ...] = ("participant",)
    scope: Scope = "person"
    when: str | None = None
    opens: Moment | None = None
    after: Span | None = None
    closes: Moment | None = None
    duration: Span | None = None
    early_close: Literal["all_answered", "never"] = "never"
    grace: Span = timedelta()
    late: Literal["accept", "reject"] = "accept"
    too_few: int = Field(default=0, ge=0)
    on_too_few: Literal["go_on", "extend_once", "tell_coordinator"] = "tell_coordinator"
    remind: tuple[Span, ...] = ()
    record: Literal["full", "items_only", "counts_only", "none"] = "full"

    waits: ClassVar[bool] = True
    """True where the step stays open until its time is over; False where it ends as soon as it has begun."""
    self_paced: ClassVar[bool] = False
    """True where people go on to the next self-paced step by themselves, without waiting for the others."""
    closes_units: ClassVar[bool] = False
    """True where every unit is closed on its own (tables are)."""
    talk: ClassVar[bool] = False
    """True where a table talks: what its members write goes to the others."""
    takes: ClassVar[frozenset[str]] = frozenset()
    """The kinds of files that it has a use for (`bot.core.files`)."""
    before_consent: ClassVar[bool] = False
    """True where people who have not consented yet take part."""
    reads: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """The aggregates that a hook needs, by hook name, or by the name of the timer of which `due` is told (`bot.engine.facts`)."""
    refers: ClassVar[tuple[str, ...]] = ()
    """The fields that name other steps."""
    notice: ClassVar[bool] = True
    """False where nobody could change anything in the minute before an early close: it then closes at once, in silence."""
    names: ClassVar[Literal["", "table", "course"]] = ""
    """What the third part of a press names, `step:what:<table>:more`, where people press who belong elsewhere."""
    shown_by: ClassVar[str] = ""
    """What a button carries, behind the step, that shows a person again what waits for them; "" where there is no such button."""
    lasting: ClassVar[bool] = False
    """True where its buttons still answer after its end: what was read can be shown again, doubted, or taken back."""
    idle: ClassVar[bool] = False
    """True where nobody need do anything while it is open."""
    next_day: ClassVar[bool] = False
    """True where a bare time in `closes` is the next such time after the opening, be it tomorrow."""

    def must_end(self, why: str) -> None:
        """For validators of steps that wait. ValueError where no end is set."""
        if self.duration is None and self.closes is None:
            raise ValueError(f'found no end; {why}. Write for example duration = "15m", or closes = 18:45:00')

    def replied(self, stage: Stage, to: str) -> str:
        """The question (`step:question:item`) that words in reply to something answer which this step has shown, by its id; ""
        where they answer none."""
        return ""

    def begin(self, at: Scene) -> Iterator[Effect]:
        yield from ()

    def open(self, at: Scene) -> Iterator[Effect]:
        yield from ()

    def hear(self, at: Scene, heard: Heard) -> Iterator[Effect]:
        yield from ()

    def edited(self, at: Scene, given: Contribution, text: str, key: str) -> Iterator[Effect]:
        yield from ()

    def withdrawn(self, at: Scene, given: Contribution, key: str) -> Iterator[Effect]:
        """The author has deleted the message that it came from."""
        yield Withdraw(at.seat.id, given.id)
        yield Recall(given.id, given.table, at.key("withdrawn", key), spared=True)
        said = t("You have deleted your message, so what it said is taken back.")
        yield Say(at.seat.unit, at.message(said), at.key("withdrawn", key), Lane.ANSWER, quiet=False)

    def due(self, at: Scene, due: Due) -> Iterator[Effect]:
        yield from ()

    def answered(self, at: Scene, answer: Answered) -> Iterator[Effect]:
        yield from ()

    def relayed(self, at: Scene, relay: Relayed) -> Iterator[Effect]:
        yield from ()

    def retold(self, at: Scene, told: Retold) -> Iterator[Effect]:
        yield from ()

    def shown(self, at: Scene, given: Contribution) -> Message | None:
        """A contribution as its table reads it, in each reader's language; None where this step shows none."""
        return None

    def welcome_late(self, at: Scene) -> Iterator[Effect]:
        yield from ()

    def recap(self, at: Scene) -> Iterator[Block]:
        """What came out of it, from what is recorded (`results`); below its title."""
        yield from ()

    def prolong(self, at: Scene) -> Iterator[Effect]:
        yield from ()

    def close(self, at: Scene) -> Iterator[Effect]:
        yield from ()

    def finish(self, at: Scene) -> Iterator[Effect]:
        yield from ()
