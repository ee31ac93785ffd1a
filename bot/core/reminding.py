"""Whether a reminder helps: nobody is reminded of a question that has only just come, or has not come yet.

That is so for who got it later than the others: a latecomer, or somebody for whom it opened in their quiet hours, so that it
waits for the morning. A reminder of the same night would arrive together with it. Nor of what is over by the time that they may
be written to again.
"""

from __future__ import annotations

from datetime import timedelta

from bot.core.scene import Scene

FRESH = timedelta(hours=1)
"""So long nobody is reminded of what reached them later than the others, or for half of the time that they have, where that is
less."""

TOGETHER = timedelta(minutes=5)
"""Up to so long after the opening a question counts as come at the opening."""


def helps(at: Scene) -> bool:
    """Whether a reminder that is due now is said to this unit."""
    stage, entry, seat = at.stage, at.course.open.get(at.step), at.state.seat
    if stage is None or entry is None or seat is None or at.unit != seat.unit:
        return True
    came = at.flow.awake(seat.site, stage.opened)
    if at.closes is not None and at.flow.awake(seat.site, at.now) >= at.closes:
        return False
    if came - entry.opened <= TOGETHER:
        return True
    wait = FRESH if at.closes is None else min(FRESH, (at.closes - came) / 2)
    return at.now >= came + wait
