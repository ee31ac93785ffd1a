"""What a pressed button stands for, and whether the presser may press it.

On an account whose buttons carry a few bytes only, a button carries a key of ours (`bot.store.buttons`) and nothing else
counts: what is made up, what nobody has sent, and what stood in somebody else's chat is dropped in silence. The log counts it
and holds nothing of it.
"""

from __future__ import annotations

import logging
from collections.abc import Collection

from bot.engine.house import House
from bot.engine.knock import Knock
from bot.store import buttons
from bot.store.database import Database

log = logging.getLogger(__name__)


def pressed(db: Database, house: House, knock: Knock, holders: Collection[str]) -> tuple[str, str] | None:
    """In whose chat the pressed button stood ("" where the transport does not say), and what it stands for. `holders` are the
    seats for which the presser may press, or the room in which they pressed. None where it is none of theirs."""
    carried = knock.incoming.press
    if knock.account in house.keyed:
        found = buttons.find(db, carried)
        if found is not None and found.holder in holders:
            return found.holder, found.press
        why = "another's" if found is not None else "unknown"
    else:
        press, _, holder = carried.partition("@")
        if not holder or holder in holders:
            return holder, press
        why = "another's"
    _dropped(house, knock, why)
    return None


def _dropped(house: House, knock: Knock, why: str) -> None:
    """Count it, and say so ever more seldom: whoever presses a thousand times does not fill the log."""
    house.dropped[knock.account, why] += 1
    number = house.dropped[knock.account, why]
    if number & (number - 1) == 0:
        log.info("presses of buttons dropped on %s, %s: %d so far", knock.account, why, number)
