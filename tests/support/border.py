"""Two tables of one assembly, one German and one English: what the German one has said has been approved and crosses, translated
by a machine that is scripted. Theo and Tina translate."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from bot.core.effects import Draw, Keep
from bot.core.state import Contribution, DigestSentence, Translated, Wanted
from bot.engine.clock import ManualClock
from bot.engine.engine import Engine
from bot.language.flowfiles import unbundle
from bot.language.translation.port import Made
from bot.language.translation.service import Orders, Translators
from bot.store import audit, findings, identities, people, translations
from bot.store.connection import MEMORY, open_store
from bot.store.database import Database
from bot.store.keys import KeyFile
from tests.support.chats import Chats, Talkers
from tests.support.room import ASSEMBLY, ENGLISH, Post, Room, bundled, room
from tests.support.table_room import GROUP, bind

FLOW = """
[flow]
id = "border"
source_language = "en"
languages = ["en", "de"]
title = { en = "The ferry", de = "Die Fähre" }
[mandate]
by = { en = "The Ferry", de = "Die Fähre" }
question = { en = "What shall become of it?", de = "Was soll daraus werden?" }
[schedule]
sites = [
  { id = "wien", name = { en = "Vienna", de = "Wien" }, zone = "UTC", languages = ["de"] },
  { id = "leeds", name = { en = "Leeds", de = "Leeds" }, zone = "UTC", languages = ["en"] },
]
[groups.tables]
size = { min = 2, target = 4, max = 8 }
min_present = 2
[[step]]
id = "consent"
type = "consent"
duration = "1m"
controllers = ["The Ferry"]
delete_on = 2028-01-01
purposes = []
text = { en = "Your table sees your words.", de = "Ihr Tisch sieht Ihre Worte." }
[[step]]
id = "tables"
type = "assign"
plan = "tables"
[[step]]
id = "talk"
type = "discuss"
title = { en = "The talk", de = "Das Gespräch" }
duration = "20m"
text = { en = "What should change?", de = "Was soll sich ändern?" }
[[step]]
id = "digest"
type = "summarise"
of = ["talk"]
duration = "5m"
[[step]]
id = "pause"
type = "break"
duration = "5m"
[[step]]
id = "carry"
type = "relay"
of = "digest"
to = "mirror"
duration = "30m"
early_close = "never"
RELAY
[[step]]
id = "bye"
type = "break"
duration = "5h"
text = { en = "Thank you.", de = "Danke." }
"""
WIEN = ("dora", "emil", "fritz")
LEEDS = ("anna", "ben", "cleo")
SAID = ("Die Fähre fährt nur 3 Mal am Tag.", "Wir brauchen keine Brücke hier.", "Ihr seid alle Dummköpfe dort.")
MINUTE = timedelta(minutes=1)
HUMAN = 'translator = "human"'
"""A relay in which no machine is read before a person has been."""


class Scripted:
    """A machine that gives what stands here, and fails for anything else."""

    name = "scripted"
    longest = 10_000
    at_once = 100

    def __init__(self, script: Mapping[str, str]) -> None:
        self.script = dict(script)
        self.asked: list[str] = []

    async def pairs(self) -> None:
        """Any pair."""

    async def translate(self, texts: Sequence[str], source: str, target: str) -> list[Made]:
        self.asked += texts
        return [Made(self.script.get(text, text)) for text in texts]

    async def close(self) -> None:
        """There is nothing to let go of."""


SCRIPT = {
    SAID[0]: "The ferry runs only 3 times a day.",
    SAID[1]: "We need a bridge here.",
    SAID[2]: "You are all fools over there.",
}
WRONG = {**SCRIPT, SAID[0]: "The ferry runs only 8 times a day."}
"""The checks see that the number is another one."""


@asynccontextmanager
async def border(
    said: Sequence[str] = SAID[:2], script: Mapping[str, str] | Scripted = SCRIPT, relay: str = "", *, numbered: bool = False,
    edits: bool = True, translators: Mapping[str, str] = MappingProxyType({"theo": "de", "tina": "en"}),
    language_of: Mapping[str, str] = MappingProxyType({}), elsewhere: Mapping[str, str] = MappingProxyType({}),
    path: str | Path = MEMORY, others: Sequence[Post] = (),
    in_room: Collection[str] = (),
) -> AsyncIterator[Talkers]:  # fmt: skip
    """The tables of Vienna (Dora, Emil, Fritz) and of Leeds (Anna, Ben, Cleo), as the relay has just opened. What was `said` in
    Vienna are the contributions `said-0`, `said-1` …"""
    chats = Chats(edits=edits, numbered=numbered)
    engine = script if isinstance(script, Scripted) else Scripted(script)
    machines, flow = Translators(Orders((engine,))), FLOW.replace("RELAY", relay)
    async with room(flow, chats, path, machines, others, catalogs=ENGLISH) as here:
        seats = {name: await here.enrol(name, "participant", "wien", "de") for name in WIEN}
        seats |= {name: await here.enrol(name, "participant", "leeds", "en") for name in LEEDS}
        for name, language in translators.items():
            await here.enrol(name, "translator", "wien", language)
        await here.enrol("olga", "coordinator", "wien")
        if in_room:
            await here.enrol("maya", "facilitator", "leeds")
        await here.store.transact(_awake, seats)
        await here.store.transact(_moved, seats, elsewhere)
        await here.begin()
        await here.until("pause")
        await here.store.transact(_read_in, seats, language_of)
        if in_room:
            await bind(here)
            for name in in_room:
                await here.happens("entered", name, GROUP)
        given = [
            Contribution(
                f"said-{n}", "talk", "wien-1", "wien", seats[WIEN[n]], "message", words, here.clock.now(), "de"
            )
            for n, words in enumerate(said)
        ]
        sentences = tuple(DigestSentence((each.id,), 1, 0, False) for each in given)
        empty = await here.store.read(findings.digest_at, ASSEMBLY, "digest", "wien-1")
        assert empty is not None
        drawn = replace(empty, state="approved", sentences=sentences, members=3)
        await here.apply([*(Keep(each) for each in given), Draw(drawn)])
        await here.until("carry")
        yield Talkers(here, chats)


@asynccontextmanager
async def again(path: Path, moment: datetime, script: Mapping[str, str] = SCRIPT) -> AsyncIterator[Talkers]:
    """The same after a restart, at a moment."""
    chats = Chats()
    store = await open_store(path, KeyFile.from_seed(1), synchronous="OFF")
    try:
        clock = ManualClock(moment)
        engine = Engine(store, ENGLISH, clock, [chats], Translators(Orders((Scripted(script),))))
        await engine.open()
        here = Room(store, engine, clock, chats, unbundle(bundled(FLOW.replace("RELAY", ""))))
        here._count = 1000  # what is said from now on is new
        yield Talkers(here, chats)
    finally:
        await store.close()


async def made(t: Talkers, id: str) -> Translated | None:
    """What stands for some words in English."""
    return await t.room.store.read(translations.load, ASSEMBLY, id, "en")


async def wanted(t: Talkers, id: str) -> Wanted | None:
    return await t.room.store.read(translations.wanted, ASSEMBLY, id, "en")


async def seat_of(t: Talkers, name: str) -> str:
    def find(db: Database) -> str:
        ids = [id for (id,) in db.sql.execute("SELECT id FROM seat")]
        return next(s.id for id in ids if (s := people.load_seat(db, id)) is not None and s.name == name)

    return await t.room.store.read(find)


async def queued(t: Talkers, id: str) -> tuple[str, str]:
    """How a text stands in the queue, and who has it."""
    found = await wanted(t, id)
    assert found is not None
    return found.state, found.taken_by


def news(t: Talkers, who: str, words: str) -> list[str]:
    return [text for text in t.shown(who) if words in text]


async def acts(t: Talkers) -> list[str]:
    """The acts of the log that concern translations, in order."""
    known = ("text", "translation", "flag", "author")
    return [line.act for line in await t.room.store.read(audit.lines, ASSEMBLY) if line.act.startswith(known)]


def _awake(db: Database, seats: Mapping[str, str]) -> None:
    for name, id in seats.items():
        seat = people.load_seat(db, id)
        assert seat is not None
        people.save_seat(db, replace(seat, status="active", name=name.title()))


def _read_in(db: Database, seats: Mapping[str, str], languages: Mapping[str, str]) -> None:
    for name, language in languages.items():
        seat = people.load_seat(db, seats[name])
        assert seat is not None
        people.save_seat(db, replace(seat, language=language))


def _moved(db: Database, seats: Mapping[str, str], elsewhere: Mapping[str, str]) -> None:
    """These people use another platform."""
    for name, account in elsewhere.items():
        lookup = identities.meet(db, account, name, name, 0)
        identities.move(db, lookup, seats[name], helper=False)
