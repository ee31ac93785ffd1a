"""Ballots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import AliasChoices, Discriminator, Field, Tag, field_validator, model_validator

from bot.core.asking import WAITING, Slot, show, slots_of
from bot.core.counting import read_counts, record_counts, result_blocks
from bot.core.effects import Cast, Done, Effect, Lane, Record, Say, Seal, Shown
from bot.core.events import Due
from bot.core.fields import Id
from bot.core.heard import Heard
from bot.core.ids import derive
from bot.core.lots import Lots
from bot.core.message import Block, Button, block, t
from bot.core.questions import Option, Question
from bot.core.scene import Scene
from bot.core.series import Series, carry_on, keep_words, remind, reword, start
from bot.core.spans import until
from bot.core.state import Contribution, Role
from bot.core.steps.base import Scope, Step
from bot.core.tally import DONT_KNOW

if TYPE_CHECKING:
    from bot.core.flow import Flow

MOST = 7
"""So many statements of others are put before a person at one sitting, at most."""

STATEMENT = Question(
    id="statement", method="agree", text={}, options=(Option(id="statement", text={"": "a contribution"}),)
)
"""The question that is asked about each contribution. Its items are the ids of the contributions."""

Asked = Annotated[
    Annotated[Id, Tag("id")] | Annotated[Question, Tag("question")],
    Discriminator(lambda value: "id" if isinstance(value, str) else "question"),
]


class Vote(Step):
    """Puts a ballot before each person, in private.

    `questions` are ids of the flow's `[[questions]]`, or questions written here. In place of them, `over` names steps in
    which people wrote: then each person says agree, disagree or pass to at most `per_person` contributions of others, those
    shown least so far, `from = "site"` or only from their own `"table"`. `secret` ballots are counted per site and in
    total, open ones per table as well; no count of a secret ballot under ten people is shown. With `change_until_close`
    the last choice before the close counts. `shuffle` gives each person the options in an order of their own, save where
    a question says `ordered`. `results = "on_close"` tells the results as soon as it closes. Only participants vote.

        [[step]]
        id = "measures"
        type = "vote"
        duration = "10m"
        early_close = "all_answered"
        remind = ["2m"]
        results = "on_close"
        text = "Now your own vote, after all that was said."
        questions = [
          { id = "bottles", method = "yes_no_abstain", text = "Shall every shop take back bottles?" },
          { id = "first", text = "What should come first?", options = [
            { id = "buses", text = "More buses" }, { id = "lanes", text = "Safer cycle lanes" } ], dont_know = true },
        ]
    """

    type: Literal["vote"]
    questions: tuple[Asked, ...] = ()
    over: tuple[Id, ...] = ()
    per_person: int = Field(default=MOST, ge=1, le=MOST)
    from_: Literal["site", "table"] = Field(default="site", validation_alias=AliasChoices("from", "from_"))
    secret: bool = True
    change_until_close: bool = True
    shuffle: bool = False
    results: Literal["on_close", "never"] = "never"

    reads: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "open": ("statements",),
        "hear": ("choices", "meaning"),
        "due": ("choices",),
        "finish": ("ballots",),
    }
    refers: ClassVar[tuple[str, ...]] = ("over",)
    shown_by: ClassVar[str] = WAITING

    @field_validator("audience")
    @classmethod
    def _participants(cls, audience: tuple[Role, ...]) -> tuple[Role, ...]:
        if audience != ("participant",):
            raise ValueError(
                f"found {', '.join(audience) or 'nobody'}; only participants vote: facilitators, experts and officials "
                "never do. Leave audience out"
            )
        return audience

    @field_validator("scope")
    @classmethod
    def _each_person(cls, scope: Scope) -> Scope:
        if scope != "person":
            raise ValueError(
                f'found "{scope}"; a ballot is put before each person, and counted per site and in total. Leave scope out'
            )
        return scope

    @model_validator(mode="after")
    def _something_to_vote_on(self) -> Self:
        if bool(self.questions) == bool(self.over):
            found = "both" if self.over else "neither"
            raise ValueError(
                f"found {found} questions and over; a vote needs either questions (a ballot that you write) or over (steps "
                "whose contributions people agree or disagree with)"
            )
        ids = [q if isinstance(q, str) else q.id for q in self.questions]
        if len(set(ids)) != len(ids):
            raise ValueError(f"found the questions {', '.join(ids)}; each question may stand once on a ballot")
        if self.over and self.shuffle:
            raise ValueError(
                "found shuffle with over; contributions come in an order that is fair to all: leave shuffle out"
            )
        return self

    def ballot(self, flow: Flow) -> tuple[Question, ...]:
        """The questions of the ballot as everybody gets them; the one about contributions for `over`."""
        return tuple(flow.questions[q] if isinstance(q, str) else q for q in self.questions) or (STATEMENT,)

    def counted(self, flow: Flow, items: Sequence[str]) -> tuple[Slot, ...]:
        """What is counted: the slots of the ballot, or one for each contribution of `items`."""
        return tuple(Slot(STATEMENT, id, words=id) for id in items) if self.over else slots_of(self.ballot(flow))

    def open(self, at: Scene) -> Iterator[Effect]:
        intro = (*((block(at.local(self.text)),) if self.text else ()), *self._terms(at))
        if not self.over:
            yield from start(at, self._slots(at), intro)
            return
        shown = tuple(c.id for c in at.facts.get("statements", ()) if c.seat != at.seat.id)[: self.per_person]
        if shown:
            yield Shown(shown)
        else:
            nothing = t("Nobody else has written anything yet, so there is nothing to answer here.")
            yield Say(at.unit, at.message(nothing), at.key("nothing"))
        slots = self.counted(at.flow, shown)
        yield from start(at, slots, intro, self._enough(at), shown=list(shown))

    def hear(self, at: Scene, heard: Heard) -> Iterator[Effect]:
        if self.over and heard.press.split(":")[1:2] == ["enough"]:
            said = t("Thank you, that is enough. You can answer more for as long as this is open.")
            said_so = at.message(said, buttons=(show(at, t("Answer more"), None),))
            key = at.key("enough", derive(heard.id))
            yield Say(at.unit, said_so, key, Lane.ANSWER, quiet=False, instead=True)
            yield Done(at.step, at.unit)
            return
        slots, thanks = self._slots(at), t("Thank you, your vote is in. You chose:")
        if len(slots) > 1:
            thanks = t("Thank you, your vote is in. Your last choice was:")
        choices, more = at.facts.get("choices", {}), self._enough(at)
        series = Series(slots, choices, thanks, more, changeable=self.change_until_close)
        yield from carry_on(at, heard, series, lambda slot, choice: self._store(at, slot, choice))

    def edited(self, at: Scene, given: Contribution, text: str, key: str) -> Iterator[Effect]:
        if self.change_until_close:
            yield from reword(at, self._slots(at), given, text, key)

    def due(self, at: Scene, due: Due) -> Iterator[Effect]:
        if due.what == "remind":
            yield from remind(at, self._slots(at), at.facts.get("choices", {}), self._enough(at))

    def finish(self, at: Scene) -> Iterator[Effect]:
        items = tuple(dict.fromkeys(item for question, item in at.facts["ballots"] if question == STATEMENT.id))
        slots = self.counted(at.flow, items)
        found: dict[str, Mapping[str, Any]] = {}
        for effect in record_counts(at, slots, secret=self.secret):
            if isinstance(effect, Record):
                found[effect.unit] = effect.data
            yield effect
        if self.secret:
            yield Seal(at.step)
        if self.results == "on_close":
            parts = {site.id: read_counts(found[f"site:{site.id}"]) for site in at.flow.sites_of(at.course.id)}
            blocks = result_blocks(at, slots, read_counts(found[at.course.unit]), secret=self.secret, parts=parts)
            title = block(at.local(self.title) if self.title else t("The result of the vote"), kind="title")
            yield Say(at.course.unit, at.message(title, *blocks), at.key("results"))

    def recap(self, at: Scene) -> Iterator[Block]:
        units = at.facts["results"].get(at.step, {})
        if self.results == "on_close" and at.course.unit in units:
            found = {unit: read_counts(data) for unit, data in units.items()}
            total = found[at.course.unit]
            parts = {s.id: found[f"site:{s.id}"] for s in at.flow.sites_of(at.course.id) if f"site:{s.id}" in found}
            slots = self.counted(at.flow, tuple(total.get(STATEMENT.id, ())))
            yield from result_blocks(at, slots, total, secret=self.secret, parts=parts)

    def _slots(self, at: Scene) -> tuple[Slot, ...]:
        """This person's ballot, in their own order."""
        if self.over:
            return self.counted(at.flow, at.stage.data.get("shown", ()) if at.stage is not None else ())
        asked = self.ballot(at.flow)
        if self.shuffle:
            asked = tuple(_shuffled(at, q) for q in asked)
        return slots_of(asked)

    def _store(self, at: Scene, slot: Slot, choice: Any) -> Iterator[Effect]:
        question = slot.question
        if question.method == "open_text":
            if choice != DONT_KNOW:
                yield keep_words(at, slot, choice, shared=self.record in ("full", "items_only"))
            return
        if isinstance(choice, list):  # in the order of the ballot, so that a choice tells nothing of a shuffled order
            order = next(q.choices for q in self.ballot(at.flow) if q.id == question.id)
            choice = [option for option in order if option in choice]
        yield Cast(at.step, at.seat.id, question.id, slot.item, choice, self.secret)

    def _terms(self, at: Scene) -> tuple[Block, ...]:
        """Who can see the vote, and until when it is open."""
        who = (
            t("Your vote is secret: nobody in this assembly sees it. The chat platform can read this chat.")
            if self.secret
            else t("This ballot is open: it is counted table by table, so others may learn how you voted.")
        )
        if at.closes is None:
            return (block(who, kind="note"),)
        when = t("You can vote until {when}.", when=until(at.closes, at.now))
        return (block(who, kind="note"), block(when, kind="note"))

    def _enough(self, at: Scene) -> tuple[Button, ...]:
        return (Button(t("Enough for now"), at.press("enough", "", "")),) if self.over else ()


def _shuffled(at: Scene, question: Question) -> Question:
    """The question with its options in an order drawn for this person."""
    if question.ordered:
        return question
    lots = Lots(at.flow.ref, at.step, question.id, at.seat.id)
    return question.model_copy(update={"options": tuple(lots.shuffle(question.options))})
