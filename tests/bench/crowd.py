"""`python -m tests.bench.crowd`: the strict server as a process, with people who act again as soon as they are answered.

Besides what `tests.support.botapi.control` can do:

    gather {"n": 100}        so many people who have opened the chat with the bot; their ids
    ready  {}                waits until a card with options stands before everybody
    press  {"acts": 2000}    everybody changes their choice, again and again, until there were so many presses in all
    say    {"acts": 2000}    so many numbers are written, all at once and in turn, each of which is to come back
    burst  {}                everybody presses every option of their card at once, without waiting

The last three tell how long it took until the last act was answered, and what was wrong with the order of what came.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from itertools import cycle, islice
from typing import Any

from tests.support.botapi.asking import Ask
from tests.support.botapi.control import Controlled
from tests.support.botapi.model import Json, Message
from tests.support.botapi.pacing import Call
from tests.support.botapi.people import Person
from tests.support.botapi.server import TOKEN

PATIENCE = 120.0
"""Seconds that the crowd waits at most."""

CHOSEN = "✓ "
OPTIONS = 4
"""So many buttons of a card are options; they come first."""


class Member:
    """Somebody in the crowd. `states` are the choices that the card has shown, and those that it will after each press that is
    not answered yet."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.acts = 0
        self.answered = 0
        self.states: list[frozenset[int]] = [frozenset()]

    @property
    def card(self) -> Message | None:
        return next((m for m in reversed(self.person.seen()) if len(m.labels) > OPTIONS), None)

    async def say(self) -> None:
        self.acts += 1
        await self.person.say(str(self.acts))

    def heard(self, text: str) -> str:
        """What is wrong with an answer; "" where nothing is."""
        self.answered += 1
        return "" if text == str(self.answered) else f"{self.person.name} heard {text!r} instead of {self.answered}"

    async def press(self) -> None:
        """Choose the next option, or take it back."""
        card, option = self.card, self.acts % OPTIONS
        assert card is not None
        self.acts += 1
        self.states.append(self.states[-1] ^ {option})
        await self.person.press_data(card, card.data(card.labels[option]))

    def seen(self) -> str:
        """What is wrong with the card, which has just changed; "" where it shows a later choice than before."""
        assert self.card is not None
        shown = frozenset(n for n, label in enumerate(self.card.labels[:OPTIONS]) if label.startswith(CHOSEN))
        if shown not in self.states[1:]:
            return f"{self.person.name} sees {sorted(shown)} when these were to come: {self.states[1:]}"
        del self.states[: self.states.index(shown, 1)]
        return ""


class Crowd(Controlled):
    """The server with its crowd. `_done` is set once as many acts as there were are answered."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        self._members: dict[int, Member] = {}
        self._left = 0
        self._under_way = 0
        self._again: Callable[[Member], Awaitable[None]] | None = None
        self._wrong: list[str] = []
        self._done = asyncio.Event()

    async def _answer_call(self, ask: Ask, call: Call) -> tuple[dict[str, Any], int]:
        answer = await super()._answer_call(ask, call)
        member = self._members.get(call.chat)
        if call.accepted and member is not None and self._again is not None:
            if call.method == "sendMessage":
                await self._answered(member, member.heard(str(call.params["text"])), 1)
            elif call.method == "editMessageText":
                before = len(member.states)
                wrong = member.seen()
                await self._answered(member, wrong, before - len(member.states))
        return answer

    async def _answered(self, member: Member, wrong: str, acts: int) -> None:
        """So many acts have been answered, and another one follows if there is one left."""
        if wrong:
            self._wrong.append(wrong)
        self._under_way -= acts
        if self._left and self._again is not None:
            await self._act(member, self._again)
        elif self._under_way <= 0:
            self._done.set()

    async def _act(self, member: Member, how: Callable[[Member], Awaitable[None]]) -> None:
        self._left -= 1
        self._under_way += 1
        await how(member)

    async def _rally(self, acts: int, how: Callable[[Member], Awaitable[None]], at_once: int = 1) -> Json:
        self._left, self._under_way, self._again, self._wrong = acts, 0, how, []
        self._done.clear()
        began = time.perf_counter()
        for member in islice(cycle(self._members.values()), min(acts, at_once * len(self._members))):
            await self._act(member, how)
        try:
            await asyncio.wait_for(self._done.wait(), PATIENCE)
            await self.until(self._acknowledged, PATIENCE)
        except TimeoutError:
            self._wrong.append(f"{self._under_way} acts were not answered within {PATIENCE:.0f} s")
        seconds, self._again = time.perf_counter() - began, None
        for bot in self.bots.values():
            bot.presses.clear()
        return {"seconds": seconds, "wrong": self._wrong[:10]}

    def _acknowledged(self) -> bool:
        return all(press.answered for bot in self.bots.values() for press in bot.presses.values())

    async def do_gather(self, n: int) -> Json:
        for k in range(int(n)):
            person = self.person(f"Person {k}")
            person.chat().opened = True
            self._members[person.id] = Member(person)
        return {"people": [*self._members]}

    async def do_ready(self) -> Json:
        await self.until(lambda: all(member.card is not None for member in self._members.values()), PATIENCE)
        return {}

    async def do_press(self, acts: int = 0, **_: Any) -> Json:
        return await self._rally(acts, Member.press)

    async def do_say(self, acts: int = 0, **_: Any) -> Json:
        return await self._rally(acts, Member.say, at_once=acts)

    async def do_burst(self) -> Json:
        return await self._rally(OPTIONS * len(self._members), Member.press, at_once=OPTIONS)


async def serve() -> None:
    """Serve one bot on a free port, which is printed, until a signal comes."""
    crowd = Crowd()
    crowd.bot(TOKEN)
    ended = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, ended.set)
    async with crowd:
        print(crowd.port, flush=True)
        await ended.wait()


if __name__ == "__main__":
    argparse.ArgumentParser(prog="tests.bench.crowd", description="The strict server with a crowd.").parse_args()
    asyncio.run(serve())
