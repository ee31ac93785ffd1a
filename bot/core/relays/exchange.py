"""Which digests can be answered at a table, until when, and what answers there are.

`Stage.data`: `windows` until when each digest can be answered (ISO), `given` which digest each answer is to, `through` who has
nothing to add to it, `ending` those whose window ends early, `drawn` those that cannot be answered any more.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.core.effects import Effect, Put, Wake
from bot.core.events import Due
from bot.core.message import Block, Button, block, t
from bot.core.relays.bringing import Manner, arrivals
from bot.core.retelling import standing
from bot.core.scene import Scene
from bot.core.spans import until
from bot.core.state import Contribution, Digest, DigestSentence
from bot.core.talk import table_of

Moves = Generator[Effect, None, dict[str, Any]]
"""Effects, and the stage's data as they are after them."""


class Exchange(Manner, Protocol):
    """What a flow says about answers (`bot.core.steps.relay.Relay`)."""

    @property
    def two_way(self) -> bool: ...
    @property
    def to(self) -> Any: ...
    @property
    def reply_for(self) -> timedelta | None: ...
    @property
    def rounds(self) -> int: ...
    @property
    def translator(self) -> Any: ...
    @property
    def on_language_gap(self) -> Any: ...


def answerable(at: Scene, how: Exchange, digest: Digest) -> bool:
    """Whether a digest that has come is there to be answered."""
    running = at.stage is None or at.stage.state == "open"
    return running and how.two_way and stands(digest) and depth(at, digest) < how.rounds


def window(at: Scene, how: Exchange) -> datetime | None:
    """Until when what is shown now can be answered. It counts from the morning where it comes in the quiet hours, and leaves time
    to read the answers before the step ends. None where there is no time left."""
    begins = at.flow.awake(table_of(at).site, at.now)
    ends = begins + (how.reply_for or timedelta())
    if at.closes is not None and ends >= at.closes:
        ends = begins + (at.closes - begins) // 2
    return ends if ends > begins else None


def buttons(at: Scene, digest: Digest) -> tuple[Button, ...]:
    """The buttons under a digest that can be answered. They come first, so that where people type numbers these are the same."""
    each = tuple(
        Button(t("Answer {number}", number=n), at.press("answer", "", digest.id, str(n)))
        for n, sentence in enumerate(digest.sentences, 1)
        if not sentence.left_out and not taken_back(at, digest, n)
    )
    return (*each, Button(t("Nothing to add"), at.press("enough", "", digest.id, "")))


def taken_back(at: Scene, digest: Digest, number: int) -> bool:
    """Whether this table has been told that the words of a sentence are gone (`bot.core.relays.bringing.gone`)."""
    return f"{digest.id}:{number}" in data_of(at).get("gone", ())


def opened(at: Scene, how: Exchange, data: dict[str, Any], digest: Digest) -> Moves:
    """From now on this digest can be answered."""
    ends = window(at, how)
    if ends is None or digest.id in data.get("windows", {}):
        return data
    yield ring(at, digest.id, ends, "answers")
    return {**data, "windows": {**data.get("windows", {}), digest.id: ends.isoformat()}}


def invitation(at: Scene, data: Mapping[str, Any], digest: Digest) -> tuple[Block, ...]:
    """That a digest can be answered, and until when; nothing where it cannot."""
    ends = ends_at(data, digest.id)
    said = t("You can answer until {when}.", when=until(ends, at.now)) if ends is not None else None
    return (block(said, kind="note"),) if said is not None else ()


def as_of(at: Scene, data: Mapping[str, Any], **facts: Any) -> Scene:
    """What a hook sees once the stage has these data and these facts hold."""
    stage = replace(at.stage or at.fresh_stage(), data=data)
    state = replace(at.state, stages={**at.state.stages, (at.step, at.unit): stage}, facts={**at.state.facts, **facts})
    return replace(at, state=state)


def stands(digest: Digest) -> bool:
    return digest.state == "approved" and bool(standing(digest))


def depth(at: Scene, digest: Digest) -> int:
    """How often it has gone back and forth: 0 for what a table said by itself, 1 for an answer to that, and so on."""
    known: dict[str, Digest] = {d.id: d for d in (*at.facts["answers"], *(each.digest for each in arrivals(at)))}
    found: Digest | None = digest
    rounds = 0
    while found is not None and found.answers:
        rounds, found = rounds + 1, known.get(found.answers)
    return rounds


def data_of(at: Scene) -> dict[str, Any]:
    return dict(at.stage.data) if at.stage is not None else {}


def ends_at(data: Mapping[str, Any], digest: str) -> datetime | None:
    """Until when a digest can be answered; None where it cannot, or not any more."""
    ends = data.get("windows", {}).get(digest)
    return datetime.fromisoformat(ends) if ends and digest not in data.get("drawn", ()) else None


def ring(at: Scene, digest: str, when: datetime, what: str) -> Wake:
    return Wake(when, Due(at.course.id, at.step, what, at.unit, 0, {"digest": digest}), at.key(what, digest))


def numbered(digest: Digest, number: str) -> DigestSentence | None:
    """The sentence of a number, as long as it stands."""
    if not number.isdecimal() or not 1 <= int(number) <= len(digest.sentences):
        return None
    sentence = digest.sentences[int(number) - 1]
    return sentence if not sentence.left_out else None


def number_in(digest: Digest, target: str) -> int:
    """The number of the sentence that is answered, 0 where all of the digest is."""
    return next((n for n, s in enumerate(digest.sentences, 1) if target in (s.worded, *s.sources)), 0)


def targets_of(digest: Digest) -> set[str]:
    """What an answer to this digest may answer."""
    return {digest.id, *(id for s in digest.sentences for id in (s.worded, *s.sources))}


def answers_to(at: Scene, digest: Digest) -> list[Contribution]:
    """The answers of this table to a digest that stand, in the order in which they were given."""
    return [r for r in at.facts["replies"] if r.target in targets_of(digest)]


def unfocus(at: Scene, digest: str) -> Iterator[Effect]:
    """What people type from now on answers this digest no more."""
    for seat in table_of(at).members:
        if seat.focus.startswith(f"{at.step}:{digest}:"):
            yield Put(replace(seat, focus=""))
