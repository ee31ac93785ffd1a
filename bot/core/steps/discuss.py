"""A table talks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from bot.core import briefing, company, ending, facilitator, files, floor, guiding, lodging, pictures, talk, voices
from bot.core.effects import Effect, Lane, Put, Say
from bot.core.events import Answered, Due, Retold
from bot.core.facilitator import Patience
from bot.core.fields import Share, Span
from bot.core.files import Pictures
from bot.core.floor import Round
from bot.core.heard import Heard
from bot.core.message import Block, Button, Message, Part, Phrase, t
from bot.core.names import clean_text
from bot.core.scene import Scene
from bot.core.spans import until
from bot.core.state import Contribution, Seat, Stage
from bot.core.steps.base import Step
from bot.core.talk import Moves, Remark, changed, table_of
from bot.core.translation import interpreting
from bot.core.translation.translators import texts


class Discuss(Step):
    """People talk at their tables: what each one writes is passed on to the others, under the name they chose.

    `text` is the prompt. The talk ends at the same announced time at every table. `turns = "round"` gives everybody the
    floor in turn, in an order drawn by lot, for `turn_for` each (write hours where people answer over days); with
    `second_chance` those who missed their turn are asked once more; then the talk is free. `warn_at` says how long before
    the end the table is warned, `nudge_after` when those who have been silent are asked in private, once. `share_max` and
    `move_on_after` and `stalled_after`, like these two, say for this talk what `[facilitator]` says for all. `extend_max` is how
    much time a facilitator may add in all. `early_close = "all_answered"` offers a button "I have nothing to add": when
    everybody has pressed it, the table gets a minute's notice and closes. `max_length` counts the characters of a message.
    What is said in an `icebreaker` is never exported. Where fewer people are present than the group plan's `min_present`,
    they are offered another table, so that nobody sits alone.

    `pictures` says what becomes of pictures, films and documents: with `"ask"` the facilitator looks at each before it goes
    to the table, with `"pass"` they go at once, with `"no"` they do not go at all. `voice = "ask"` asks everybody at the
    table, at the first voice note, whether there may be any, because a voice can be recognised behind a chosen name; each
    then needs one written sentence to stand for it in the record. With `"no"` there are none.

        [[step]]
        id = "talk"
        type = "discuss"
        duration = "40m"
        turns = "round"
        turn_for = "90s"
        warn_at = ["10m", "2m"]
        text = "What was the last thing you threw away, and why?"
    """

    type: Literal["discuss"]
    scope: Literal["table"] = "table"
    turns: Literal["free", "round"] = "free"
    turn_for: Span = timedelta(seconds=90)
    second_chance: bool = True
    warn_at: tuple[Span, ...] | None = None
    nudge_after: Patience | None = None
    share_max: Literal["auto"] | Share | None = None
    move_on_after: Patience | None = None
    stalled_after: Patience | None = None
    extend_max: Span = timedelta(minutes=10)
    max_length: int = Field(default=2000, ge=1, le=3500)
    icebreaker: bool = False
    pictures: Pictures = "ask"
    voice: Literal["ask", "no"] = "ask"

    talk: ClassVar[bool] = True
    takes: ClassVar[frozenset[str]] = frozenset(files.FILES)
    closes_units: ClassVar[bool] = True
    reads: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "open": ("untranslated", "watched"),
        "answered": ("untranslated", "watched"),
        "retold": ("texts",),
    }

    @model_validator(mode="after")
    def _can_be_held(self) -> Self:
        if not self.text:
            raise ValueError('found no text; a talk needs a prompt: text = "What do you think of ...?"')
        self.must_end("a talk ends at an announced time, together at all tables")
        if self.turn_for < timedelta(seconds=10):
            raise ValueError(f"found turn_for = {self.turn_for.seconds} seconds; a turn takes at least 10s")
        if self.too_few:
            raise ValueError(
                f"found too_few = {self.too_few}; a talk has no answers to count: set min_present in its group plan"
            )
        return self

    # What the flow brings about

    def open(self, at: Scene) -> Iterator[Effect]:
        observed = {name: at.facts.get(name, 0) for name in ("watched", "guarded")}
        stage = changed(at.stage or at.fresh_stage(), **talk.FRESH, **observed)
        if len(table_of(at).reached) < company.wanted(at):
            yield Put((yield from company.look_for_company(at, stage)))
        else:
            yield Put((yield from self._begin(at, stage)))

    def answered(self, at: Scene, answer: Answered) -> Iterator[Effect]:
        stage, here = at.stage, len(table_of(at).reached)
        if answer.job != "merge" or stage is None or stage.state == "closed" or not stage.data["gathering"]:
            return
        stage = changed(stage, gathering=False)
        if answer.result["table"]:
            stage = yield from company.moved(at, stage, answer)
        elif not here:
            stage = yield from company.end_now(at, stage)
        elif here >= company.wanted(at):
            stage = yield from self._begin(at, stage)
        elif here >= company.ENOUGH:
            stage = yield from self._begin(at, changed(stage, few=here))
            yield from company.few(at, stage)
        else:
            stage = yield from company.alone(at, stage)
        yield Put(stage)

    def due(self, at: Scene, due: Due) -> Iterator[Effect]:
        stage = at.stage
        if stage is None or stage.state == "closed" or not stage.data["began"]:
            return
        match due.what:
            case "warn" if due.n == stage.n:
                yield from talk.warn(at, stage)
            case "remind" if not floor.running(stage):
                yield Put((yield from talk.nudge(at, stage)))
            case facilitator.NUDGE | facilitator.SILENT | facilitator.STALLED:
                yield Put((yield from facilitator.due(at, self, stage, due.what)))
            case "absent":
                yield from facilitator.absent(at, stage)
            case "room":
                yield from lodging.remind(at, table_of(at))
            case "half" if due.n == stage.data.get("turn"):
                yield from floor.half(at, stage)
            case "turn" if due.n == stage.data.get("turn"):
                yield Put((yield from floor.over(at, stage, self._round(at))))
            case "resume" if due.n == stage.data["rests"]:
                yield from self.resume(at)

    def welcome_late(self, at: Scene) -> Iterator[Effect]:
        stage, seat = at.stage, at.seat
        if stage is None or stage.state == "closed":
            return
        if not stage.data["began"]:
            yield Say(seat.unit, at.message(briefing.SOON), at.key("soon", seat.id))
            return
        mark = int(at.now.timestamp())
        yield talk.tell(
            at, f"came/{seat.id}/{mark}", t("{name} is here now.", name=talk.somebody(seat)), without=(seat.id,)
        )
        yield Say(seat.unit, briefing.recap(at, self, stage), at.key("recap", seat.id, mark), quiet=False)
        if seat.role == "facilitator":
            yield from guiding.talk(at, stage, seat)
        if seat.role == "participant":
            yield Put((yield from voices.came(at, floor.come(stage, seat.id))))

    def prolong(self, at: Scene) -> Iterator[Effect]:
        stage = at.stage
        if stage is not None and not stage.data["early"]:
            yield Put((yield from talk.ends(at, stage, talk.announced(at, stage), facilitator.warnings(at, self))))

    def close(self, at: Scene) -> Iterator[Effect]:
        stage = at.stage
        if stage is None:
            return
        yield from pictures.undecided(at, stage)
        yield from voices.ended(at, stage)
        if not stage.data.get("began"):
            return
        blocks: list[Block | Part] = [t("The talk at your table has ended. Thank you.")]
        if at.closes is not None and at.closes > at.now:
            blocks.append(t("The others may talk until {when}. Then it goes on.", when=until(at.closes, at.now)))
        yield Say(at.unit, at.message(*blocks), at.key("ended"))

    def hear(self, at: Scene, heard: Heard) -> Iterator[Effect]:
        key, what = heard.contribution, heard.press.split(":")[1:]
        stage, refusal = at.stage, briefing.not_now(at, self, heard)
        if refusal is not None or stage is None:
            if heard.press or not heard.room:  # in a room everybody talks as they like: nobody is told off
                told = refusal or at.message(briefing.ENDED)
                yield Say(at.seat.unit, told, at.key("not-now", key), Lane.ANSWER, quiet=False)
            return
        match what:
            case ["pass"]:
                stage = yield from floor.passes(at, stage, self._round(at), key)
            case ["done"]:
                stage = yield from ending.nothing_to_add(at, self, stage, key)
            case ["move", number, "on" | "longer" as choice] if number.isdecimal():
                stage = yield from facilitator.answer(at, stage, number, choice, key)
            case ["voice", "yes" | "no" as answer]:
                stage = yield from voices.answer(at, stage, answer == "yes", key)
            case [] if not heard.room and at.seat.focus.startswith(f"{at.step}:{voices.SENTENCE}:"):
                note = at.seat.focus.rpartition(":")[2]
                stage = yield from voices.sentence(at, stage, note, heard.text, key, shared=self.exported)
            case []:
                stage = yield from self._said(at, stage, heard)
        yield Put(stage)

    def edited(self, at: Scene, given: Contribution, text: str, key: str) -> Iterator[Effect]:
        stage, cleaned = at.stage, clean_text(text, self.max_length)
        if stage is None or stage.state == "closed" or given.kind != "message":
            return
        if cleaned.problem is not None or not cleaned.text or stage.state == "paused":
            why = cleaned.problem or (t("The talk rests.") if cleaned.text else t("A message needs words."))
            said = at.message(why, t("Your change was not passed on: the others read what you wrote first."))
            yield Say(at.seat.unit, said, at.key("edit", key), Lane.ANSWER, quiet=False)
            return
        yield from talk.reword(at, stage, given, cleaned.text, key)

    def left(self, at: Scene) -> Iterator[Effect]:
        """The seat of this event takes no part any longer: the floor goes on, and nobody is left alone."""
        stage, seat, table = at.stage, at.seat, table_of(at)
        if stage is None or stage.state == "closed" or not stage.data["began"] or seat.role != "participant":
            return
        members = tuple(m for m in table.members if m.id != seat.id)
        at = replace(at, state=replace(at.state, table=replace(table, members=members)))
        had_floor = stage.data.get("floor") == seat.id
        stage = yield from voices.went(at, floor.leave(stage, seat.id))
        if len(table_of(at).reached) < company.ENOUGH:
            stage = yield from company.look_for_company(at, stage)
        elif had_floor:
            stage = yield from floor.give(at, stage, self._round(at))
        else:
            stage = yield from ending.if_all_through(at, self, stage)
        yield Put((yield from facilitator.too_few(at, self, stage)))

    def joined(self, at: Scene, answer: Answered, why: Phrase) -> Iterator[Effect]:
        """Those who lead have put everybody here at another table."""
        if at.stage is not None:
            yield Put((yield from company.moved(at, at.stage, answer, why)))

    # What those who lead do: see `bot.core.commands`

    def gather(self, at: Scene) -> Iterator[Effect]:
        """Look for another table for those who are here."""
        if at.stage is not None and not at.stage.data["gathering"]:
            yield Put((yield from company.look_for_company(at, at.stage)))

    def extend(self, at: Scene, span: timedelta) -> Iterator[Effect]:
        """Add time at this table. The caller has checked `extend_max`."""
        if at.stage is not None:
            yield Put((yield from talk.extend(at, at.stage, span, facilitator.warnings(at, self))))

    def pause(self, at: Scene) -> Iterator[Effect]:
        """Let the talk at this table rest."""
        if at.stage is not None:
            yield Put((yield from talk.rest(at, floor.hold(at.stage))))

    def resume(self, at: Scene) -> Iterator[Effect]:
        """The talk at this table goes on."""
        if at.stage is not None and at.stage.state == "paused":
            stage = yield from talk.resume(at, at.stage)
            yield Put((yield from floor.again(at, stage, self._round(at))))

    def again(self, at: Scene, stage: Stage) -> Moves:
        """Whoever had the floor has it again, where all tables go on after a rest."""
        stage = changed(stage, since=at.now.isoformat())
        return (yield from floor.again(at, stage, self._round(at)))

    def end(self, at: Scene) -> Iterator[Effect]:
        """End the talk at this table, with a minute's notice."""
        if at.stage is not None:
            why = t(
                "{name} ends the talk in one minute. Is there something that must still be said?",
                name=talk.somebody(at.seat),
            )
            yield Put((yield from talk.end_soon(at, at.stage, why)))

    def nudge(self, at: Scene) -> Iterator[Effect]:
        """Ask those who have been silent, once in all."""
        if at.stage is not None:
            yield Put((yield from talk.nudge(at, at.stage)))

    def called(self, at: Scene, who: Seat) -> Iterator[Effect]:
        """Somebody is asked to speak by whoever leads the table."""
        if at.stage is not None:
            yield from floor.call_on(at, at.stage, who)

    def led(self, at: Scene, text: str, id: str, kind: str) -> Iterator[Effect]:
        """A `prompt` or a `summary` from somebody who leads the table, kept and said to it."""
        if at.stage is not None:
            said = Remark(id, at.seat.id, kind)
            yield Put((yield from talk.pass_on(at, at.stage, said, text, at.seat, shared=self.exported)))

    def show(self, at: Scene, given: Contribution, author: Seat) -> Iterator[Effect]:
        """Pass a picture on that has waited for whoever leads the table."""
        if at.stage is not None:
            yield Put((yield from pictures.show(at, at.stage, given, author, shared=self.exported)))

    def sentence(self, at: Scene, note: str, text: str, id: str, written: str = "") -> Iterator[Effect]:
        """A sentence that stands for a voice note, confirmed by its author."""
        if at.stage is not None:
            yield Put((yield from voices.sentence(at, at.stage, note, text, id, shared=self.exported, written=written)))

    def retold(self, at: Scene, told: Retold) -> Iterator[Effect]:
        text = texts(at.state).get(f"{told.contribution}@{told.language}")
        if text is None or text.given is None or at.stage is None:
            return
        shown, hidable = self.shown(at, text.given), at.stage.data["hidable"]
        here = hidable is not None and hidable["id"] == told.contribution
        led = replace(shown, buttons=(talk.hide_button(table_of(at), told.contribution),)) if here else shown
        yield from interpreting.changed(at, told, shown, led)

    def shown(self, at: Scene, given: Contribution) -> Message:
        entries = at.stage.data["recent"] if at.stage is not None else ()
        said = Remark(given.id, given.seat, given.kind, bool(given.text), given.media, given.target)
        return talk.passed(at, next((Remark(**entry) for entry in entries if entry["id"] == given.id), said))

    @property
    def exported(self) -> bool:
        """Whether what is said may stand in an export."""
        return self.record == "full" and not self.icebreaker

    def _round(self, at: Scene) -> Round:
        return Round(self.turn_for, self.second_chance, self._buttons(at))

    def _buttons(self, at: Scene) -> tuple[Button, ...]:
        through = Button(t("I have nothing to add"), at.press("done"))
        return (through,) if self.early_close == "all_answered" else ()

    def _begin(self, at: Scene, stage: Stage) -> Moves:
        """The talk begins at this table, or goes on in new company."""
        if stage.data["began"]:
            return stage
        stage = changed(stage, began=True)
        free = self.turns == "free"
        told = briefing.announcement(at, self, stage)
        buttons = (*(self._buttons(at) if free else ()), briefing.ask_button(at))
        said = at.message(*told, buttons=buttons, expects="text" if free else "")
        yield from briefing.opening(at, said)
        yield from guiding.talk(at, stage)
        if lodging.wanted(at.flow, table_of(at).plan) and not table_of(at).rooms:
            yield talk.ring(at, at.now + lodging.PATIENCE, "room", 0)
        yield from talk.timetable(at, stage, facilitator.warnings(at, self))
        if table_of(at).staff:
            yield talk.ring(at, at.now + facilitator.ABSENT, "absent", 0)
        yield talk.log(at, "talk_began", present=len(table_of(at).reached))
        stage = yield from facilitator.begin(at, self, stage)
        if self.turns == "round":
            stage = yield from floor.start(at, stage, self._round(at))
        return stage

    def _said(self, at: Scene, stage: Stage, heard: Heard) -> Moves:
        """Somebody has written or sent something: pass it on, unless it is somebody else's turn."""
        seat, key, cleaned = at.seat, heard.contribution, clean_text(heard.text, self.max_length)
        problem = cleaned.problem
        if problem is None and not cleaned.text and not heard.media:
            problem = t("I can pass on text only. Please write what you want to say.")
        if problem is None and not self._takes(heard.media):
            problem = pictures.WORDS_ONLY
        if problem is not None:
            yield Say(seat.unit, at.message(problem), at.key("length", key), Lane.ANSWER, quiet=False)
            return stage
        member = seat.role != "facilitator"
        if member and floor.running(stage) and stage.data["floor"] != seat.id:
            return (yield from floor.wait(at, stage, key, in_room=bool(heard.room)))
        first = seat.id not in stage.data["spoken"]
        said = Remark(key, seat.id, words=bool(cleaned.text), media=heard.media, answers=heard.answers)
        stands = heard.room != "" and not self._outside(at, heard.room)  # all have it before their eyes already
        if heard.media in files.SPOKEN and member:
            stage = yield from voices.note(at, stage, said, cleaned.text, shared=self.exported, asked=not stands)
        elif heard.media in files.LOOKED_AT and self.pictures == "ask" and member and not stands:
            stage = yield from pictures.ask(at, stage, said, cleaned.text)
        else:
            stage = yield from talk.pass_on(at, stage, said, cleaned.text, seat, shared=self.exported)
            if (first or seat.helped) and not heard.room:
                yield Say(seat.unit, briefing.receipt(at, key), at.key("sent", key), Lane.ANSWER, quiet=False)
            yield from briefing.asleep(at, stage)
        if seat.role == "participant":
            stage = yield from facilitator.counted(at, self, stage, cleaned.text)
        if member and floor.running(stage):
            stage = yield from floor.spoke(at, stage)
        if member and stage.data["early"]:
            stage = yield from ending.go_on(at, self, stage)
        return stage

    def _takes(self, media: str) -> bool:
        """Whether this talk passes such a file on at all."""
        refused = files.LOOKED_AT if self.pictures == "no" else frozenset()
        return media not in refused and not (media in files.SPOKEN and self.voice == "no")

    def _outside(self, at: Scene, room: str) -> bool:
        """Whether somebody at this table reads the talk elsewhere than in this room, be it in another one."""
        table = table_of(at)
        return any(m.room != room for m in table.everybody if m.id != at.seat.id)
