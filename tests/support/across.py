"""Two tables of two countries: the German one on the real homeserver, the English one on the strict Telegram server, with a
translator at each site, the real engine between them, a reviewed memory for some sentences and a machine for the others.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.core.state import Course
from bot.language.translation.libretranslate import LibreTranslate
from bot.language.translation.service import Orders, Translators
from bot.language.translation.tmx import Unit, write
from tests.support.matrix_people import Gathering
from tests.support.room import CATALOGS
from tests.support.translating import misbehaving
from tests.support.two_servers import HOUR, Servers, served

FLOW = """
[flow]
id = "across"
source_language = "en"
languages = ["en", "de"]
title = { en = "Across", de = "Hinüber" }

[mandate]
by = { en = "The Ferry", de = "Die Fähre" }
question = { en = "What shall become of the ferry?", de = "Was soll aus der Fähre werden?" }

[schedule]
mode = "site"
sites = [
  { id = "wien", name = { en = "Vienna", de = "Wien" }, zone = "Europe/Vienna", languages = ["de"], expected = 12 },
  { id = "leeds", name = "Leeds", zone = "Europe/London", languages = ["en"], expected = 12 },
]

[groups.tables]
size = { min = 2, target = 6, max = 8 }
min_present = 2

[[step]]
id = "consent"
type = "consent"
duration = "1h"
controllers = ["The Ferry"]
delete_on = 2028-01-01
purposes = ["transcript", "quotes"]
text = { en = "Your table sees your words.", de = "Ihr Tisch sieht Ihre Worte." }

[[step]]
id = "tables"
type = "assign"
plan = "tables"

[[step]]
id = "talk"
type = "discuss"
duration = "30m"
text = { en = "What should change on the river?", de = "Was soll sich am Fluss ändern?" }

[[step]]
id = "digest"
type = "summarise"
of = ["talk"]
size = 4
duration = "15m"

[[step]]
id = "carry"
type = "relay"
of = "digest"
to = "mirror"
duration = "1h"
%(relay)s

[[step]]
id = "bye"
type = "farewell"
text = { en = "Thank you.", de = "Danke." }
"""

VIENNA = {
    "dora": "Die Fähre soll auch am Sonntag fahren.",
    "emil": "Ich will nicht mehr als drei Euro für die Fähre zahlen.",
    "fritz": "Der Fluss ist zu laut geworden.",
}
"""On Matrix, and what they say."""

LEEDS = {
    "anna": "The ferry should carry bicycles for free.",
    "ben": "I do not want a bridge here.",
    "cleo": "The last boat leaves too early for the late shift.",
}
"""On Telegram, and what they say."""

CORRECTED = "Die Fähre soll an jedem Sonntag fahren."
"""How Dora puts her words better, once they stand in the digest."""

REVIEWED = {
    CORRECTED: "The ferry should run every Sunday.",
    VIENNA["dora"]: "The ferry should run on Sundays too.",
    VIENNA["emil"]: "I do not want to pay more than three euros for the ferry.",
    LEEDS["anna"]: "Die Fähre soll Fahrräder umsonst mitnehmen.",
    LEEDS["ben"]: "Ich will hier keine Brücke.",
}
"""What people have translated before; the rest is left to the machine."""


def memory() -> str:
    """The reviewed wordings as the flow's file."""
    return write(
        [
            Unit("en", "de", said, made) if said in LEEDS.values() else Unit("de", "en", said, made)
            for said, made in REVIEWED.items()
        ],
        "en",
    )


async def until(s: Servers, step: str) -> None:
    """Let time pass until a step is open at both sites. AssertionError where it never opens."""
    for _ in range(200):
        open_ = [await s.here.course(site) for site in ("wien", "leeds")]
        if all(isinstance(c, Course) and step in c.open for c in open_):
            return
        due = await s.here.engine.next_due()
        assert due is not None, f"{step} never opens"
        await s.wait(max(due - s.here.clock.now(), HOUR / 60))
    raise AssertionError(f"{step} never opened at both sites")


@asynccontextmanager
async def across(gathering: Gathering, relay: str = "", translators: bool = True) -> AsyncIterator[Servers]:
    """Both tables, seated, in their talk. Vienna is led by `maya`, Leeds by `nils`; `tess` translates in Vienna. `relay` are
    more settings of the relay."""
    async with misbehaving() as machine:
        engines = Translators(Orders((LibreTranslate(machine.url),)))
        how = {"translate": engines, "more": {"memory.tmx": memory()}}
        try:
            async with served(gathering, FLOW % {"relay": relay}, "ferry", **how) as s:
                await s.on_matrix(*VIENNA, language="de", site="wien")
                await s.on_matrix("maya", role="facilitator", language="de", site="wien")
                await s.on_telegram(*LEEDS, site="leeds")
                await s.on_telegram("nils", role="facilitator", site="leeds")
                if translators:
                    await s.on_matrix("tess", role="translator", language="de", site="wien")
                await s.go_on()
                await s.forget()
                await s.here.begin()
                await s.go_on()
                await _opening(s)
                await until(s, "talk")
                yield s
        finally:
            await engines.close()


async def tap(s: Servers, who: str, label: str, **values: str) -> None:
    """Press a button, or write its number, by its English label."""
    language = (await s.seat(who)).language
    await s.choose(who, CATALOGS.phrase(label, None, 0, language).format(**values))


async def _opening(s: Servers) -> None:
    """All participants agree, each in their language, and choose their names."""
    for label in ("I am {age} or older and agree", "Yes", "Yes"):
        for name in (*VIENNA, *LEEDS):
            await tap(s, name, label, age="18")
        await s.go_on()
    for name in (*VIENNA, *LEEDS):
        await s.write(name, name.title())
    await s.go_on()
