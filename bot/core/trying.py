"""Who has tried out what the meeting needs: one list for those who look after people, while there is time to help."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from bot.core.effects import Effect, Say
from bot.core.message import Block, Name, Part, Phrase, Several, block, message, t, tn
from bot.core.scene import Scene
from bot.core.spans import until
from bot.core.state import Seat, Stage

LIST = "list"
"""The timer of the list, and the name under which the step says what it reads."""

MOST = 40
"""So many names stand in a row; of the others only how many they are."""


def listed(at: Scene, site: str, closes: datetime | None, parts: Mapping[str, Phrase]) -> Iterator[Effect]:
    """The list for a site, once for each step: who has asked for help, has begun, has not begun. Without `closes` the step is
    over; then it is said only where no list came before."""
    here: list[tuple[Seat, Stage | None]] = [(s, stage) for s, stage in at.facts["tried"] if s.site == site]
    if not here:
        return
    done = [s for s, stage in here if stage is not None and stage.state == "done"]
    stuck = [(s, stage.data["stuck"]) for s, stage in here if stage is not None and stage.data.get("stuck")]
    asked = {s.id for s, _ in stuck} | {s.id for s in done}
    begun = [s for s, stage in here if s.id not in asked and stage is not None and _moved(stage)]
    idle = [s for s, stage in here if s.id not in asked and (stage is None or not _moved(stage))]
    step = at.local(at.node.step.title or {"": at.step})
    count = t("“{step}” is over. {done} of {total} have tried it out.", step=step, done=len(done), total=len(here))
    if closes is not None:
        count = t(
            "“{step}” closes at {when}. {done} of {total} have tried it out so far.",
            step=step, when=until(closes, at.now), done=len(done), total=len(here),
        )  # fmt: skip
    blocks: list[Block] = [block(count)]
    if stuck:
        blocks.append(block(t("They have asked for help:")))
        for seat, where in stuck[:MOST]:
            places = Several(tuple(parts[part] for part in where))
            blocks.append(block(t("{name}: {places}", name=_called(seat), places=places), kind="item"))
    blocks += _row(t("They have begun:"), begun)
    blocks += _row(t("They have not begun:"), idle)
    if closes is not None and (stuck or begun or idle):
        how = t(
            "/nudge reminds, once, those who have not answered. /tell with a name writes to one of them. A call helps even more."
        )
        blocks.append(block(how, kind="note"))
    yield Say(f"coordinators:{site}", message(*blocks), at.key("list", site))


def _moved(stage: Stage) -> bool:
    """Whether somebody has done anything: their message is not the first one any more."""
    return bool(stage.data.get("moved"))


def _row(head: Phrase, seats: Sequence[Seat]) -> Iterator[Block]:
    """People by name under a line of their own; who has no name yet is counted."""
    if not seats:
        return
    named = [s for s in seats if s.name]
    without, more = len(seats) - len(named), max(0, len(named) - MOST)
    said: list[Part] = [Name(s.id) for s in named[:MOST]]
    if more:
        said.append(tn("{n} more", "{n} more", n=more))
    if without:
        said.append(tn("{n} person without a name", "{n} people without a name", n=without))
    yield block(head)
    yield block(Several(tuple(said)), kind="item")


def _called(seat: Seat) -> Part:
    return Name(seat.id) if seat.name else t("somebody without a name")


__all__ = ["LIST", "listed"]
