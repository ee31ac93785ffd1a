"""Two who lead a table press the button at the same moment, each on their own platform: it is approved once."""

from __future__ import annotations

from datetime import timedelta

from bot.store import audit, queue
from bot.transports.port import Batch, Incoming
from tests.support.chats import FLOW, TALK, Chats
from tests.support.room import ASSEMBLY
from tests.support.two_platforms import both

DRAFT = """
[[step]]
id = "digest"
type = "summarise"
of = ["talk"]
duration = "15m"
[[step]]
id = "bye"
type = "break"
duration = "5h"
"""
GOES = "This goes to the other tables:"
PHONES, HALLS = ("anna", "ben"), ("dora",)


async def test_it_is_approved_once_and_whoever_was_second_is_told_so() -> None:
    async with both(TALK + DRAFT, FLOW, PHONES, HALLS) as b:
        await b.enrol(b.phones, "olga", role="coordinator")
        for name in (*PHONES, *HALLS):
            await b.write(name, f"What {name} would change.")
        await b.room.wait(timedelta(minutes=51))
        await b.room.engine.settle()
        at = b.room.clock.now()
        (press, id), (_, asked) = _approve(b.phones, "olga"), _approve(b.halls, "maya")
        one = Incoming("p1", "olga", "olga", at, language="en", kind="press", press=press, message=id)
        other = Incoming("h1", "maya", "maya", at, text="1", language="en", message="maya-1", answers=asked)
        await b.room.engine.take_in(b.phones.account, Batch((one,), "901"))
        await b.room.engine.take_in(b.halls.account, Batch((other,), "902"))
        await b.room.engine.settle()
        acts = [line.act for line in await b.room.store.read(audit.lines, ASSEMBLY)]
        assert acts.count("approved") == 1
        for name in (*PHONES, *HALLS, "maya"):
            assert b.count(name, GOES) == 1
        assert b.count("maya", "This has been approved already.") == 1
        assert await b.room.store.read(queue.parked) == []


def _approve(chats: Chats, who: str) -> tuple[str, str]:
    """The newest button with which somebody approves: what it carries, and the message below which it stands."""
    shown = reversed(chats.chats[who].items())
    return next((x.press, id) for id, message in shown for x in message.buttons if x.label == "Approve")
