"""Handing a letter over to its transport, and back with what was answered."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.core.message import t
from bot.core.rendered import Rendered
from bot.engine.backlog import Line
from bot.engine.chats import Pick
from bot.engine.clock import Clock
from bot.engine.enclosures import attach
from bot.engine.letters import Letter, show
from bot.engine.outcomes import BACK_OFF
from bot.language.catalog import Catalogs
from bot.store.times import ms
from bot.transports.port import Receipt, Retry, Transport, Uncertain

LONGEST = 100.0
"""Seconds after which nobody waits for an answer any more."""

MISSING = t("(A file that came with this cannot be shown here.)")

WHOLE = 2000
"""Up to so many characters no message is cut."""


@dataclass(eq=False, slots=True)
class Leaving:
    """A letter on its way, from its line to the transport and back: what was answered, and between which instants (`started` is
    0 where it was not handed over). `pieces` is in how many messages it would be cut, where that was asked; one that takes more
    places than it has waits for them."""

    line: Line
    pick: Pick
    letter: Letter
    answer: Receipt | Exception | None = None
    started: int = 0
    ended: int = 0
    pieces: int = 0


async def hand_over(each: Leaving, transports: Mapping[str, Transport], catalogs: Catalogs, clock: Clock) -> None:
    """Render a letter, fetch its file, and give it to its transport. Whatever comes of it stands in `each`."""
    transport = transports[each.line.account]
    handed = False
    try:
        async with asyncio.timeout(None if each.line.batched else LONGEST):
            shown = show(each.letter, catalogs)
            if each.letter.file is not None:
                shown = replace(shown, attachment=await attach(each.letter.file, transports))
                if shown.attachment is None:
                    missing = catalogs.phrase(MISSING.text, None, 0, each.letter.readers[0].lang)
                    shown = replace(shown, blocks=(*shown.blocks, ("note", missing)))
            if each.pick.counted and each.letter.act == "say" and _long(shown):
                each.pieces = transport.pieces(shown)
                if each.pieces > each.pick.pieces:
                    return
            each.started = ms(clock.now())
            handed = True
            each.answer = await _give(transport, each.letter, shown)
    except TimeoutError:
        each.answer = Uncertain("no answer") if handed else Retry(BACK_OFF)
    except Exception as error:
        each.answer = error
    each.ended = ms(clock.now())


def _long(shown: Rendered) -> bool:
    """Whether a message may be cut in several."""
    return shown.attachment is not None or sum(len(text) for _, text in shown.blocks) > WHOLE


async def _give(transport: Transport, each: Letter, shown: Rendered) -> Receipt:
    match each.act:
        case "edit":
            return await transport.edit(each.place, shown, each.row.target)
        case "delete":
            await transport.delete(each.place, each.row.target)
        case "menu":
            if each.menu is not None:
                await transport.menu(each.place, each.menu)
        case _:
            return await transport.send(each.place, shown, f"{each.row.assembly}/{each.row.key}")
    return Receipt("")
