"""An account whose answers come after a while, and a message to many."""

from __future__ import annotations

import random

from bot.core.effects import Lane
from tests.support.office import Account, Office, shaky

WAY = (0.002, 0.02)


def account(seed: int = 1, *, way: tuple[float, float] = WAY, **more: object) -> Account:
    rng = random.Random(seed)
    return Account(there=shaky(rng, *way), back=shaky(rng, *way), **more)  # type: ignore[arg-type]  # few fields, many tests


async def broadcast(here: Office, people: int) -> None:
    seats = await here.enrol(*(f"p{n}" for n in range(people)))
    await here.put(*(here.row(f"b{n}", seat, Lane.BROADCAST) for n, seat in enumerate(seats)))
