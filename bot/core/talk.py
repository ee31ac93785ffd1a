"""Talk at a table: what one person writes is passed on to the others.

Invariants:

* Nothing is passed on before the talk has begun, while it rests or after it has closed.
* A message is kept first, and what is passed on is a pointer to it: words taken back in time never arrive.
* Every copy of a message is known by the message's id (`Message.about`): it can be changed, taken back and hidden everywhere.
* The stage knows who spoke how often and the ids of the last messages; it never holds a word.
* A timer carries the count under which it was set (`Stage.n` for the end of the talk); once the timetable has changed,
  older timers mean nothing.

The functions yield effects and return the stage as it then is; the hook that called them saves it, once.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.core import shares
from bot.core.effects import Amend, Effect, Keep, Lane, Note, Put, Recall, Redraw, Say, Wake, Withdraw
from bot.core.events import Due
from bot.core.message import Block, Button, Message, Name, Part, Phrase, Words, block, everywhere, t
from bot.core.scene import Scene
from bot.core.spans import left, spell, until
from bot.core.state import Contribution, Role, Seat, Stage, State, Table

if TYPE_CHECKING:
    from bot.core.flow import Flow
    from bot.core.itinerary import Node

Moves = Generator[Effect, None, Stage]

RECENT = 5
"""How many of the last messages a latecomer is shown."""

NOTICE = timedelta(seconds=60)
"""The notice that a table gets before its talk ends early."""

REST = timedelta(minutes=15)
"""After this a talk that was paused goes on by itself."""

LABELS: Mapping[Role, Phrase] = {
    "facilitator": t("facilitator"),
    "coordinator": t("coordinator"),
    "organiser": t("organiser"),
    "observer": t("observer"),
    "expert": t("expert"),
    "translator": t("translator"),
}
"""The label that stands beside the name of everybody who is no participant."""

NAMELESS: Mapping[Role, Phrase] = {
    "participant": t("somebody"),
    "facilitator": t("the facilitator"),
    "coordinator": t("the coordinator"),
    "organiser": t("the organiser"),
    "observer": t("an observer"),
    "expert": t("an expert"),
    "translator": t("a translator"),
}
"""What people read in place of a name that was not chosen."""

FRESH: Mapping[str, Any] = {
    "began": False,
    "gathering": False,
    "spoken": {},
    "last": {},
    "recent": [],
    "hidable": None,
    "waiting": {},
    "voice": {},
    "count": 0,
    "nudged": [],
    "through": [],
    "early": False,
    "extended": 0,
    "rests": 0,
}
"""The data of a stage at which nobody has said anything: messages by seat, each one's last message, the last remarks, the one
that can be hidden with a button, what waits for the facilitator (`bot.core.pictures`), where voice notes stand
(`bot.core.voices`), who was nudged, who has nothing to add, seconds added to the announced end, how often the talk rested."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that was said at a table: the contribution, whose it is, and how the others read it. `words` is False where
    there is nothing but a file, `media` its kind; `answers` is the contribution to which it replies."""

    id: str
    seat: str
    kind: str = "message"
    words: bool = True
    media: str = ""
    answers: str = ""
    edited: bool = False


def talk_at(flow: Flow, state: State, *, resting: bool = False) -> tuple[Node, str] | None:
    """The talk that is open at the loaded table; with `resting` also one that is paused."""
    table = state.table
    if table is None:
        return None
    for step in state.course.open:
        node = flow.nodes[step]
        stage = state.stages.get((step, table.unit))
        if node.step.talk and stage is not None and (stage.state == "open" or (resting and stage.state == "paused")):
            return node, table.unit
    return None


def changed(stage: Stage, **data: Any) -> Stage:
    """The stage with some of its data changed."""
    return replace(stage, data={**stage.data, **data})


def table_of(at: Scene) -> Table:
    """The table of this hook. LookupError where none was loaded."""
    if at.table is None:
        raise LookupError(f"no table is addressed at {at.step}")
    return at.table


def who(seat: Seat) -> Part:
    """A person as the others read who speaks: the chosen name, with a label for everybody who is no participant."""
    if seat.role == "participant":
        return Name(seat.id)
    label = LABELS[seat.role]
    return t("{name} ({role})", name=Name(seat.id), role=label) if seat.name else label


def somebody(seat: Seat) -> Part:
    """The same within a sentence."""
    return who(seat) if seat.name or seat.role == "participant" else NAMELESS[seat.role]


def tell(at: Scene, key: str, *blocks: Block | Part, without: tuple[str, ...] = ()) -> Say:
    """Something that the whole table is told."""
    return Say(table_of(at).unit, at.message(*blocks), at.key(key), Lane.TALK, without)


def ring(at: Scene, when: datetime, what: str, n: int, **data: Any) -> Wake:
    """A timer of this table."""
    due = Due(at.course.id, at.step, what, table_of(at).unit, n, data)
    return Wake(when, due, at.key(what, n, int(when.timestamp() * 1000)))


def pass_on(at: Scene, stage: Stage, said: Remark, text: str, by: Seat, *, shared: bool, written: str = "") -> Moves:
    """Keep what somebody said and pass it on to the table."""
    yield kept(at, said, text, by, shared=shared, written=written)
    return (yield from spread(at, stage, said, by))


def kept(at: Scene, said: Remark, text: str, by: Seat, *, shared: bool, written: str = "") -> Keep:
    """A remark as a contribution. One without words is a `file`: nothing can be drawn or counted from it. `written` is the
    language of the words where that is known to be another than the speaker's."""
    return Keep(
        Contribution(
            said.id, at.step, table_of(at).id, by.site, by.id, said.kind if text else "file", text, at.now, by.language,
            target=said.answers, shared=shared, helped=by.helped, media=said.media, written=written,
        )
    )  # fmt: skip


def spread(at: Scene, stage: Stage, said: Remark, by: Seat, seen: tuple[str, ...] = ()) -> Moves:
    """Pass on to the table what is kept; `seen` are those who read it already.

    Those who lead the table get a button that hides a message, under the newest one only. Under each it would fill half of
    their screen, and hide something whenever a thumb slips; what stands further up is hidden by replying `/hide` to it. So
    the button moves on with every message, where the platform can change messages."""
    table, data, remark = table_of(at), stage.data, asdict(said)
    led = by.role == "participant" and bool(table.staff)
    leading = (hide_button(table, said.id),) if led else ()
    yield Say(table.unit, passed(at, said), at.key("say", said.id), Lane.TALK, (by.id, *seen), leading=leading)
    before = data["hidable"]
    if led and before is not None:
        staff = tuple(s.id for s in table.staff)
        plain, key = passed(at, Remark(**before)), at.key("plain", before["id"], said.id)
        yield Redraw(staff, plain, key, contribution=before["id"])
    return changed(
        stage,
        spoken={**data["spoken"], by.id: data["spoken"].get(by.id, 0) + 1},
        last={**data["last"], by.id: said.id},
        recent=[*data["recent"], remark][-RECENT:],
        hidable=remark if led else before,
        count=data["count"] + 1,
        through=[s for s in data["through"] if s != by.id],
    )


def passed(at: Scene, said: Remark) -> Message:
    """A remark as the others read it."""
    name = speaker(at, said.seat)
    blocks = [block(t("Summary by {name}:", name=name) if said.kind == "summary" else name)]
    if said.words:
        own = everywhere(said.id) if said.kind == "prompt" else Words(said.id, own=True)
        blocks.append(block(own, kind="quote"))
    if said.edited:
        blocks.append(block(t("(edited)"), kind="note"))
    file = Words(said.id) if said.media else None
    return replace(at.message(*blocks), about=said.id, answers=said.answers, enclosed=file)


def speaker(at: Scene, seat: str) -> Part:
    """Somebody at the table by name, with a label for everybody who is no participant."""
    table = table_of(at)
    here = (*table.everybody, *((at.state.seat,) if at.state.seat is not None else ()))
    return next((who(s) for s in here if s.id == seat), Name(seat))


def hide_button(table: Table, id: str) -> Button:
    """Hides a message with one tap (`bot.core.commands.hiding`)."""
    return Button(t("Hide"), f"-hide:{id}:{table.id}")


def take_back(at: Scene, stage: Stage, id: str) -> Moves:
    """Take a message back wherever it stands, and tell the table."""
    yield Withdraw(at.seat.id, id)
    yield Recall(id, table_of(at).id, at.key("undo", id))
    yield tell(
        at, f"undo/{id}",
        t("{name} has taken a message back. Please treat it as not said.", name=somebody(at.seat)), without=(at.seat.id,),
    )  # fmt: skip
    given = at.facts.get("held", {}).get(id)
    return forgotten(shares.taken_back(stage, at.seat.id, id, given), id)


def forgotten(stage: Stage, id: str) -> Stage:
    """The stage without a message that nobody is to read any more."""
    hidable = stage.data["hidable"]
    return changed(
        stage,
        last={seat: last for seat, last in stage.data["last"].items() if last != id},
        recent=[said for said in stage.data["recent"] if said["id"] != id],
        hidable=None if hidable is not None and hidable["id"] == id else hidable,
        gone=stage.data.get("gone", 0) + 1,
    )


def reword(at: Scene, stage: Stage, given: Contribution, text: str, key: str) -> Iterator[Effect]:
    """A message has new words: they take the place of the old ones wherever it stands."""
    if text == given.text:
        return
    hidable = stage.data["hidable"]
    said = Remark(given.id, given.seat, given.kind, True, given.media, given.target, edited=True)
    head = t("{name} has changed a message:", name=speaker(at, given.seat))
    instead = replace(at.message(block(head), block(Words(given.id, own=True), kind="quote")), answers=given.id)
    button = (hide_button(table_of(at), given.id),) if hidable is not None and hidable["id"] == given.id else ()
    yield Amend(given.seat, given.id, text, passed(at, said), instead, at.key("edit", key), button)
    yield Put(
        changed(
            shares.reworded(stage, given, text),
            recent=[asdict(said) if entry["id"] == given.id else entry for entry in stage.data["recent"]],
            hidable=asdict(said) if button else hidable,
        )
    )


def timetable(at: Scene, stage: Stage, warn_at: tuple[timedelta, ...]) -> Iterator[Effect]:
    """The timers that hang on the end of the talk: warnings, and the end itself where it is this table's own."""
    if stage.closes is None:
        return
    for before in warn_at:
        if stage.closes - before > at.now:
            yield ring(at, stage.closes - before, "warn", stage.n)
    if stage.n:
        yield ring(at, stage.closes, "close_unit", stage.n)


def warn(at: Scene, stage: Stage) -> Iterator[Effect]:
    """Say how much time is left, if any is."""
    if stage.closes is not None and stage.closes > at.now:
        text = t(
            "{span} left: the talk ends at {when}.",
            span=left(stage.closes, at.now), when=until(stage.closes, at.now),
        )  # fmt: skip
        yield tell(at, f"warn/{stage.n}/{int(at.now.timestamp())}", text)
        yield log(at, "warned", seconds=int((stage.closes - at.now).total_seconds()))


def nudge(at: Scene, stage: Stage) -> Moves:
    """Ask those who have not written yet, in private, and each only once."""
    silent = [
        m.id
        for m in table_of(at).reached
        if m.id not in (*stage.data["spoken"], *stage.data["nudged"], *stage.data["through"])
    ]
    for seat in silent:
        text = at.message(
            t(
                "Your table would like to hear from you too, if you wish. One sentence is enough, and so is reading along."
            ),
            expects="text",
        )
        yield Say(f"seat:{seat}", text, at.key("nudge", seat), Lane.STEP)
    if silent:
        yield log(at, "nudged_silent", number=len(silent))
    return changed(stage, nudged=[*stage.data["nudged"], *silent])


def silent_until(stage: Stage, seat: str, now: datetime) -> datetime | None:
    """Until when somebody has been asked to listen; None where they may write."""
    over = stage.data.get("quiet", {}).get(seat)
    at = datetime.fromisoformat(over) if over else None
    return at if at is not None and at > now else None


def announced(at: Scene, stage: Stage) -> datetime | None:
    """The end that the table has been told: the step's, with what was added here."""
    return at.closes + timedelta(seconds=stage.data["extended"]) if at.closes is not None else None


def ends(at: Scene, stage: Stage, closes: datetime | None, warn_at: tuple[timedelta, ...] = ()) -> Moves:
    """Give this table an end of its own. Every older timer of its end is stale from now on."""
    stage = replace(stage, closes=closes, n=stage.n + 1)
    yield from timetable(at, stage, warn_at)
    return stage


def end_soon(at: Scene, stage: Stage, why: Phrase, *, early: bool = False) -> Moves:
    """A minute's notice, then the talk ends here. `early` where the table itself wanted it: then a word keeps it open."""
    closes = at.now + NOTICE
    if stage.closes is not None and stage.closes <= closes:
        return stage
    yield tell(at, f"ending/{stage.n}", why)
    stage = yield from ends(at, changed(stage, early=early), closes)
    return stage


def extend(at: Scene, stage: Stage, span: timedelta, warn_at: tuple[timedelta, ...]) -> Moves:
    """More time for this table. The caller has checked that it is allowed and that the talk has an end."""
    closes = (stage.closes or at.now) + span
    added = stage.data["extended"] + int(span.total_seconds())
    yield tell(
        at, f"extend/{stage.n}",
        t("Your table has {span} more, until {when}.", span=spell(span), when=until(closes, at.now)),
    )  # fmt: skip
    yield log(at, "extended", seconds=int(span.total_seconds()))
    return (yield from ends(at, changed(stage, extended=added, early=False), closes, warn_at))


def rest(at: Scene, stage: Stage) -> Moves:
    """Let the talk rest; it goes on by itself after a while. Its end stays where it was announced."""
    resumes = at.now + REST
    blocks: list[Block | Part] = [
        t("The talk rests now. It goes on by itself at {when}, or earlier.", when=until(resumes, at.now))
    ]
    if stage.closes is not None:
        blocks.append(t("It still ends at {when}.", when=until(stage.closes, at.now)))
    number = stage.data["rests"] + 1
    yield tell(at, f"rest/{number}", *blocks)
    yield ring(at, resumes, "resume", number)
    yield log(at, "paused")
    stage = changed(stage, rests=number, resumes=resumes.isoformat())
    return replace(stage, state="paused")


def resume(at: Scene, stage: Stage) -> Moves:
    """The talk goes on."""
    blocks: list[Block | Part] = [t("The talk goes on.")]
    if stage.closes is not None:
        blocks.append(t("It ends at {when}.", when=until(stage.closes, at.now)))
    yield tell(at, f"resume/{stage.data['rests']}", *blocks)
    yield log(at, "resumed")
    return replace(changed(stage, rests=stage.data["rests"] + 1, since=at.now.isoformat()), state="open")


def log(at: Scene, act: str, **data: Any) -> Note:
    """A line in the log about the talk at this table; by nobody where it happens by rule."""
    by = at.state.seat.id if at.state.seat is not None else ""
    return Note(act, by, {"course": at.course.id, "step": at.step, "table": table_of(at).id, **data})
