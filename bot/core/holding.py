"""Words that wait for somebody's word: a prompt before it is sent, a text that may be an answer or for the table, a picture
that the facilitator looks at first.

A held text is kept as a contribution of kind `held` that belongs to no step, so that nothing else ever finds it; its words
come back in `facts["held"]` when a button names it. Once released it is withdrawn, unless it is kept anew as what it became,
under the same id: no press counts twice.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from bot.core.effects import Keep, Withdraw
from bot.core.state import Contribution, Seat

if TYPE_CHECKING:
    from bot.core.turn import Turn

KIND = "held"


def held(
    seat: Seat, id: str, text: str, at: datetime, target: str = "", media: str = "", written: str = ""
) -> Keep:  # fmt: skip
    """Keep what somebody gave until somebody says where it goes. `written` is the language of the words where somebody else has
    put them, who reads another one."""
    return Keep(
        Contribution(
            id, "", seat.table, seat.site, seat.id, KIND, text, at, seat.language, target=target,
            shared=False, helped=seat.helped, media=media, written=written,
        )
    )  # fmt: skip


def hold(
    turn: Turn, seat: Seat, id: str, text: str, target: str = "", media: str = "", at: datetime | None = None,
    written: str = "",
) -> None:  # fmt: skip
    """Keep a text until its author says where it goes. `at` is when it was typed, where that may have been a while ago."""
    turn.effects.append(held(seat, id, text, at or turn.now, target, media, written))


def release(turn: Turn, seat: Seat, id: str) -> Contribution | None:
    """The held text, which is held no longer; None where it is not this person's, or was released before."""
    found = waiting(turn, id)
    if found is None or found.seat != seat.id:
        return None
    turn.effects.append(Withdraw(seat.id, id))
    return found


def waiting(turn: Turn, id: str) -> Contribution | None:
    """A held text, whoever gave it; None where it was released before."""
    found = turn.state.facts.get("held", {}).get(id)
    return found if isinstance(found, Contribution) and found.kind == KIND and found.state == "live" else None
