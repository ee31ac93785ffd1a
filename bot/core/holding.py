"""Words that wait for their author's word: a prompt before it is sent, a text that may be an answer or for the table.

A held text is kept as a contribution of kind `held` that belongs to no step, so that nothing else ever finds it; its words
come back in `facts["held"]` when a button names it, and once released it is withdrawn: no press counts twice.
"""

from __future__ import annotations

from bot.core.effects import Keep, Withdraw
from bot.core.state import Contribution, Seat
from bot.core.turn import Turn

KIND = "held"


def hold(turn: Turn, seat: Seat, id: str, text: str, target: str = "") -> None:
    """Keep a text until its author says where it goes."""
    turn.effects.append(
        Keep(
            Contribution(
                id, "", seat.table, seat.site, seat.id, KIND, text, turn.now, seat.language, target=target,
                shared=False, helped=seat.helped,
            )
        )
    )  # fmt: skip


def release(turn: Turn, seat: Seat, id: str) -> Contribution | None:
    """The held text, which is held no longer; None where it is not this person's, or was released before."""
    found = turn.state.facts.get("held", {}).get(id)
    if not isinstance(found, Contribution) or found.seat != seat.id or found.kind != KIND or found.state != "live":
        return None
    turn.effects.append(Withdraw(seat.id, id))
    return found
