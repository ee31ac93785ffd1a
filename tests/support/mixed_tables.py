"""A table whose people read different languages, and the machine that translates for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.engine.engine import SPARE
from bot.language.translation.port import Made
from bot.language.translation.service import Orders, Translators
from tests.support.chats import FLOW, TALK, Chats, Talkers
from tests.support.room import room
from tests.support.translating import turned

INSTANT = timedelta(milliseconds=1)
BUDGET = 5.0
"""Seconds that the machine has."""
PATIENCE = timedelta(seconds=BUDGET) + SPARE
"""How long a message waits for it."""


class Turning:
    """An engine that turns words round. `gates` hold back what is put into a language, or a text, until they are set; `gives` is
    what it makes of a text."""

    name, longest, at_once = "turning", 20_000, 50

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self.gates: dict[str, asyncio.Event] = {}
        self.gives: Callable[[str], str] = turned

    async def translate(self, texts: Sequence[str], source: str, target: str) -> list[Made]:
        self.asked += [(text, source, target) for text in texts]
        for gate in {*texts, target} & self.gates.keys():
            await self.gates[gate].wait()
        return [Made(self.gives(text), "1") for text in texts]

    async def close(self) -> None:
        """Nothing is open."""


MIXED = (
    FLOW.replace('languages = ["en", "de"]\ntitle', 'languages = ["en", "de", "fr"]\ntitle')
    .replace('languages = ["en", "de"] }]', 'languages = ["en", "de", "fr"] }]')
    .replace("min_present = 2", 'min_present = 2\ncommon_language = "translate"\nmax_languages = 2')
    .replace(
        'de = "Ihr Tisch sieht Ihre Worte."', 'de = "Ihr Tisch sieht Ihre Worte.", fr = "Votre table lit vos mots."'
    )
)
FLOW_AT_NIGHT = MIXED.replace("[schedule]", "[schedule]\nquiet_hours = { start = 20:00:00, end = 08:00:00 }")
AGREE = {
    "en": "I am 18 or older and agree", "de": "Ich bin mindestens 18 und stimme zu",
    "fr": "J'ai 18 ans ou plus et j'accepte",
}  # fmt: skip
YES = {"en": "Yes", "de": "Ja", "fr": "Oui"}
LANGUAGES = {"anna": "en", "ben": "de", "cleo": "en", "maya": "en"}


@asynccontextmanager
async def mixed(
    steps: str = TALK, flow: str = MIXED, languages: dict[str, str] = LANGUAGES, engine: Turning | None = None,
    budget: float = BUDGET, numbered: bool = False, orders: Orders | None = None, most: int = 2,
) -> AsyncIterator[tuple[Talkers, Turning]]:  # fmt: skip
    """Anna and Cleo read English, Ben German; Maya leads the table. The step after the seating is open."""
    chats, engine = Chats(numbered=numbered), engine or Turning()
    translators = Translators(orders or Orders((engine,)), budget=budget)
    flow = flow.replace("max_languages = 2", f"max_languages = {most}")
    async with room(flow + steps, chats, translate=translators) as here:
        people = Talkers(here, chats)
        for name, language in languages.items():
            await here.enrol(name, "facilitator" if name == "maya" else "participant", language=language)
        await here.begin()
        for name, language in languages.items():
            if name != "maya":
                await people.tap(name, AGREE[language])
                await people.tap(name, YES[language])
                await people.write(name, name.title())
        await here.wait(timedelta(hours=1))
        await here.engine.settle()
        engine.asked.clear()
        yield people, engine


DE = "· maschinell übersetzt (turning), Original: Englisch"


def reads(people: Talkers, who: str, words: str) -> int:
    """How many messages in somebody's chat hold these words."""
    return sum(words in text for text in people.shown(who))


async def until(holds: Callable[[], bool]) -> None:
    """Let others work until something holds."""
    while not holds():  # noqa: ASYNC110  # nothing tells when it does
        await asyncio.sleep(0)


async def under_way(people: Talkers, engine: Turning, who: str, text: str) -> asyncio.Task[str]:
    """Somebody writes; everything that needs no machine has happened, and a machine has been asked."""
    before = len(engine.asked)
    writing = asyncio.create_task(people.write(who, text))
    while len(engine.asked) == before:
        assert not writing.done()
        await asyncio.sleep(0)
    return writing
