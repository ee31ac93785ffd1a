"""The translators' queue: who can do what, and who is told that something waits.

Invariants:

* What somebody has taken nobody else gets for five minutes; then it comes back by itself.
* Translators are told once that something waits, and not for each text.
* Where nobody is left who could translate a text, the coordinator of its site knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from bot.core.effects import Lane, Note, Say, Wake, Want
from bot.core.events import Queued
from bot.core.message import Block, Lang, Part, block, message, t, tn
from bot.core.spans import until
from bot.core.state import Contribution, Seat, State, Translated, Wanted

if TYPE_CHECKING:
    from bot.core.turn import Turn

TIME = timedelta(minutes=5)
"""How long a text that was taken waits for whoever took it."""

LANGUAGES = "languages"
"""The attribute in which a translator's further languages stand, parted by spaces."""


class Text(NamedTuple):
    """Somebody's words and what has become of them in one language: the words as `given` (None where they were erased), what was
    `made` of them, what is `wanted` of translators, and the seats that doubt it (`flags`). `table` is the number of the table
    where they were said, `before` the contribution that stands before them in their digest, "" for none."""

    given: Contribution | None
    made: Translated | None = None
    wanted: Wanted | None = None
    flags: frozenset[str] = frozenset()
    table: int = 0
    before: str = ""

    @property
    def stands(self) -> bool:
        """Whether the words are still there to be translated."""
        return self.given is not None and self.given.state == "live"

    @property
    def readable(self) -> bool:
        """Whether people read the translation, and not the words as they were written."""
        return self.made is not None and self.made.state not in ("held", "withdrawn")


def pointer(wanted: Wanted) -> str:
    """How buttons and messages name a text in a language."""
    return f"{wanted.contribution}@{wanted.language}"


def pressed(name: str) -> str:
    """A text (`contribution@language`) as a button carries it."""
    return name.replace("@", "~")


def meant(press: str) -> str:
    """The text that a button carries."""
    return press.replace("~", "@")


def texts(state: State) -> Mapping[str, Text]:
    """What was loaded about texts, by `contribution@language`."""
    found: Mapping[str, Text] = state.facts.get("texts", {})
    return found


def queue(state: State) -> tuple[Wanted, ...]:
    """All that waits, what came first in front."""
    return tuple(state.facts.get("queue", ()))


def translators(state: State) -> tuple[Seat, ...]:
    """All translators of the assembly."""
    return tuple(state.facts.get("translators", ()))


def languages(seat: Seat) -> tuple[str, ...]:
    """The languages that a translator reads: their own, and those that they have named."""
    return tuple(dict.fromkeys((seat.language, *seat.attributes.get(LANGUAGES, "").split())))


def reads(seat: Seat, source: str, target: str) -> bool:
    """Whether somebody can translate between two languages. Who has named none besides their own serves every pair with it."""
    known = [language.split("-")[0] for language in languages(seat)]
    pair = [source.split("-")[0], target.split("-")[0]]
    return any(each in known for each in pair) if len(known) == 1 else all(each in known for each in pair)


def taken(wanted: Wanted, now: datetime) -> str:
    """The seat that has it now, "" for none."""
    here = wanted.state == "taken" and wanted.until is not None and wanted.until > now
    return wanted.taken_by if here else ""


def can(seat: Seat, wanted: Wanted) -> bool:
    """Whether somebody may be given a text: they read the languages, and have not given it back."""
    here = seat.role == "translator" and seat.status == "active" and seat.id not in wanted.refused
    return here and reads(seat, wanted.source, wanted.language)


def own(seat: Seat, waiting: Iterable[Wanted], now: datetime) -> Wanted | None:
    """The text that somebody has taken."""
    return next((w for w in waiting if taken(w, now) == seat.id), None)


def for_seat(seat: Seat, waiting: Iterable[Wanted], now: datetime, but: str = "") -> list[Wanted]:
    """What somebody may take, what came first in front; without the one that is named."""
    return [w for w in waiting if not taken(w, now) and can(seat, w) and pointer(w) != but]


def take(turn: Turn, seat: Seat, wanted: Wanted) -> Wanted:
    """Give a text to somebody, for five minutes from now."""
    ends = turn.now + TIME
    mine = replace(wanted, state="taken", taken_by=seat.id, until=ends)
    back = Queued(turn.course.id, wanted.contribution, wanted.language, seat.id)
    turn.take([Want(mine), Wake(ends, back, f"back/{pointer(wanted)}/{int(ends.timestamp() * 1000)}")])
    return mine


def queued(turn: Turn, event: Queued) -> None:
    """Something has come into the queue, or comes back into it: tell those who could do it."""
    waiting, again = queue(turn.state), ""
    name = f"{event.contribution}@{event.language}"
    found = next((w for w in waiting if pointer(w) == name), None)
    if found is None:
        return
    if event.seat and found.state == "taken":
        if found.taken_by != event.seat or taken(found, turn.now):
            return  # somebody else has it, or has had more time
        back = replace(found, state="waiting", taken_by="", until=None)
        told = t("Five minutes are over, so the text has gone back to the queue. /trans shows what waits.")
        key = f"back/{name}/{int(turn.now.timestamp() * 1000)}"
        turn.take([Want(back), Note("text_back", event.seat, log_line(back))])
        turn.take([Say(f"seat:{event.seat}", message(told), key, Lane.ANSWER, quiet=False)])
        waiting = tuple(back if w is found else w for w in waiting)
        again, found = f"/{int(turn.now.timestamp() * 1000)}", back
    elif event.seat:
        again = f"/{event.seat}"
    _announce(turn, waiting, but=event.seat, again=again)
    nobody_left(turn, found, translators(turn.state))


def _announce(turn: Turn, waiting: Sequence[Wanted], *, but: str, again: str) -> None:
    """Tell every translator what waits for them; once, until the first of it is done. Who is at work sees it anyway."""
    for seat in translators(turn.state):
        mine = for_seat(seat, waiting, turn.now)
        if mine and seat.id != but and not seat.lost and own(seat, waiting, turn.now) is None:
            key = f"queue/{pointer(mine[0])}/{int(mine[0].at.timestamp() * 1000)}{again}"
            turn.take([Say(seat.unit, message(*waits(mine, turn.now)), key)])


def waits(mine: Sequence[Wanted], now: datetime) -> tuple[Block | Part, ...]:
    """How many texts wait for somebody, and until when."""
    due = min((w.due for w in mine if w.due is not None and w.due > now), default=None)
    if due is None:
        said: Part = tn("{n} text waits for a translator.", "{n} texts wait for a translator.", n=len(mine))
    else:
        said = tn(
            "{n} text waits for a translator, until {when}.", "{n} texts wait for a translator, the first until {when}.",
            n=len(mine), when=until(due, now),
        )  # fmt: skip
    return said, block(t("/trans shows the first one."), kind="note")


def nobody_left(turn: Turn, wanted: Wanted, everybody: Iterable[Seat]) -> bool:
    """Whether nobody could be given a text any more: then the coordinator is told, once, and nobody waits for it in vain."""
    if any(can(seat, wanted) for seat in everybody):
        return False
    if wanted.state == "refused":
        return True
    text = texts(turn.state).get(pointer(wanted))
    site = text.given.site if text is not None and text.given is not None else ""
    pair = {"source": Lang(wanted.source), "language": Lang(wanted.language)}
    if wanted.refused:
        why = t(
            "Every translator from {source} into {language} has given a text back, so it waits for nobody now.", **pair
        )
    else:
        why = t("A text waits to be translated from {source} into {language}, and nobody here translates that.", **pair)
    how = t("An organiser can invite somebody: {example}", example="/invite translator 1")
    rest = t("Until then people read it as it was written.") if wanted.why != "questioned" else _BOTH
    key = f"nobody/{pointer(wanted)}/{int(wanted.at.timestamp() * 1000)}"
    turn.take([Want(replace(wanted, state="refused", taken_by="", until=None))])
    turn.take([Say(f"coordinators:{site}", message(why, rest, block(how, kind="note")), key)])
    return True


_BOTH = t("Until then people read the translation and, beside it, what was written.")


def log_line(wanted: Wanted) -> dict[str, str]:
    """What a line of the log says about a text."""
    return {"contribution": wanted.contribution, "language": wanted.language}
