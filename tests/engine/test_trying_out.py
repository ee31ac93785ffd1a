"""Trying out before the first evening, through the real store: with buttons and without, across a restart, on a holiday; and how
those who look after people reach them before there is any table."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from bot.engine.engine import Engine
from bot.language.translation.service import simple
from bot.store.connection import MEMORY
from bot.store.database import Database
from tests.support.chats import Chats, Talkers
from tests.support.room import CATALOGS, room

HOUR = timedelta(hours=1)
FLOW = """
[flow]
id = "bread"
source_language = "en"
languages = ["en", "de"]
title = "Bread"
[mandate]
by = "The town"
question = "What about bread?"
contact = "Claire, 03 00 00 00 00"
[schedule]
mode = "together"
sites = [
    { id = "linz", zone = "Europe/Vienna", languages = ["en", "de"] },
    { id = "graz", zone = "Europe/Vienna", languages = ["en"] },
]
[groups.tables]
size = { min = 2, target = 3, max = 6 }
[[step]]
id = "consent"
type = "consent"
duration = "1d"
controllers = ["The town"]
delete_on = 2028-01-01
purposes = ["transcript"]
text = { en = "Your table sees your words.", de = "Ihr Tisch sieht Ihre Worte." }
[[step]]
id = "first_try"
type = "try_out"
title = { en = "A first try", de = "Zum Ausprobieren" }
duration = "1d"
remind = ["12h"]
[[step]]
id = "tables"
type = "assign"
plan = "tables"
[[step]]
id = "talk"
type = "discuss"
duration = "40m"
text = "What about bread?"
"""
WORDS = "From my window I see a Kanarienvogel."


@asynccontextmanager
async def before_the_evening(
    flow: str = FLOW, *, numbered: bool = False, path: str | Path = MEMORY
) -> AsyncIterator[Talkers]:
    """Anna, Ben and Cleo have said yes in Linz, Dora in Graz, and are asked to try it out; Olga coordinates in Linz."""
    chats = Chats(edits=not numbered, numbered=numbered)
    async with room(flow, chats, path) as here:
        t = Talkers(here, chats)
        for name, site in (("anna", "linz"), ("ben", "linz"), ("cleo", "linz"), ("dora", "graz")):
            await here.enrol(name, site=site)
        await here.enrol("olga", "coordinator")
        await here.enrol("oscar", "organiser")
        await here.begin()
        for name in ("anna", "ben", "cleo", "dora"):
            await t.tap(name, "I am 18 or older and agree")
            await t.tap(name, "Yes")
            await t.write(name, name.title())
        yield t


async def restarted(t: Talkers) -> None:
    """The program was killed, and runs again."""
    engine = Engine(t.room.store, CATALOGS, t.room.clock, [t.chats], simple("none"))
    await engine.open()
    t.room.engine = engine


async def test_all_of_it_with_buttons() -> None:
    async with before_the_evening() as t:
        assert "Before we meet, let us try out what you will need." in t.last("anna")
        await t.tap("anna", "Deutsch")
        assert "Möchten Sie" in t.last("anna") or "Deutsch" in t.last("anna")
        await t.tap("anna", "English")
        await t.tap("anna", "Yes")
        await t.tap("anna", "Abstain")
        assert "You chose: Abstain." in t.last("anna")
        await t.tap("anna", "No")
        await t.write("anna", WORDS)
        await t.tap("anna", "Undo")
        await t.tap("anna", "I know whom to call")
        assert "That was all, and you are ready." in "\n".join(t.shown("anna"))


async def test_all_of_it_with_words_alone() -> None:
    async with before_the_evening(numbered=True) as t:
        assert "[1] Yes" in t.last("anna")
        await t.write("anna", "yes")
        assert "This is how you are asked for your choice." in t.last("anna")
        await t.write("anna", "No")
        assert "Did you mean this?" in t.last("anna"), "a word is confirmed, as in a vote"
        await t.write("anna", "1")
        assert "You chose: No." in t.last("anna")
        await t.write("anna", "1")
        assert "Changed to: Yes." in t.last("anna")
        await t.write("anna", WORDS)
        assert "Undo would take it back" in t.last("anna")
        await t.write("anna", "!undo")
        assert "Whenever something is difficult" in t.last("anna")
        await t.write("anna", "I am stuck")
        assert "Those who look after you here read it" in "\n".join(t.shown("anna"))
        assert "That was all" in "\n".join(t.shown("anna"))


async def test_no_word_of_it_is_kept() -> None:
    async with before_the_evening() as t:
        for label in ("Yes", "Yes", "No"):
            await t.tap("anna", label)
        await t.write("anna", WORDS)

        def kept(db: Database) -> tuple[int, int, int]:
            words = db.sql.execute("SELECT count(*) FROM contribution").fetchone()[0]
            votes = db.sql.execute("SELECT count(*) FROM ballot").fetchone()[0]
            typed = db.sql.execute("SELECT count(*) FROM inbox WHERE kind = 'heard' AND body IS NULL").fetchone()[0]
            return words, votes, typed

        assert await t.room.store.read(kept) == (0, 0, 1), "the sentence has gone from the inbox too"


async def test_after_a_restart_everybody_goes_on_where_they_were(tmp_path: Path) -> None:
    async with before_the_evening(path=tmp_path / "bread.db") as t:
        for label in ("Yes", "Yes", "No"):
            await t.tap("anna", label)
        await t.tap("ben", "Yes")
        await restarted(t)
        await t.write("anna", WORDS)
        assert "Undo would take it back" in t.last("anna")
        await t.tap("ben", "Yes")
        assert "You chose: Yes." in t.last("ben")
        await restarted(t)
        await t.write("anna", "/undo")
        assert "Taken back." in t.last("anna")


async def test_those_who_look_after_people_see_how_far_they_are_and_reach_them() -> None:
    async with before_the_evening() as t:
        for _ in range(6):
            await t.tap("anna", "Skip")
        await t.tap("ben", "I am stuck")
        await t.write("olga", "/status")
        assert "A first try: 1 of 4 have answered." in t.last("olga")
        await t.write("olga", "/board")
        assert "A first try: 1 of 4 have answered." in t.last("olga")
        await t.room.wait(21 * HOUR)
        told = "\n".join(t.shown("olga"))
        assert "1 of 3 have tried it out so far." in told, "those of her site"
        assert "They have asked for help:\n- Ben: the language" in told.replace("•", "-").replace("– ", "- ")
        assert "They have not begun:" in told
        assert "Dora" not in told
        await t.write("olga", "/nudge")
        assert t.last("olga") == "2 people were reminded, in private.", (
            "Ben and Cleo: Anna is through, Dora is elsewhere"
        )
        assert "A first try still waits for your answer, if you wish." in t.last("cleo")
        await t.tap("cleo", "Show it to me")
        assert "Would you like to read and write in this language" in t.last("cleo")
        await t.write("olga", "/nudge")
        assert t.last("olga") == "Everybody has answered, or was reminded before."
        await t.write("olga", "/tell Ben Shall I call you?")
        assert "“Shall I call you?”" in t.last("ben")
        await t.write("olga", "/tell Dora Hello")
        assert "Here are Anna, Ben and Cleo." in t.last("olga")
        await t.write("oscar", "/tell Dora Hello")
        assert "“Hello”" in t.last("dora"), "an organiser looks after all sites"


async def test_on_a_holiday_nobody_is_reminded() -> None:
    day_off = FLOW.replace('mode = "together"', 'mode = "together"\nholidays = ["2027-03-02"]')
    day_off = day_off.replace('duration = "1d"\nremind = ["12h"]', 'duration = "3d"\nremind = ["2d"]')
    async with before_the_evening(day_off) as t:
        before = len(t.shown("cleo"))
        await t.room.wait(45 * HOUR)  # it is seven in the morning of the third of March in Linz
        assert len(t.shown("cleo")) == before, "the reminder of the holiday waits"
        await t.room.wait(HOUR)
        assert "Here is still something to try out with me" in "\n".join(t.shown("cleo")[before:])


async def test_nobody_is_reminded_of_what_is_over_before_the_holiday_is() -> None:
    day_off = FLOW.replace('mode = "together"', 'mode = "together"\nholidays = ["2027-03-02"]')
    async with before_the_evening(day_off.replace('remind = ["12h"]', 'remind = ["8h"]')) as t:
        before = len(t.shown("cleo"))
        await t.room.wait(72 * HOUR)
        assert not any("try out with me" in text for text in t.shown("cleo")[before:])


async def test_whoever_begins_on_a_holiday_or_at_night_is_led_on_at_once() -> None:
    day_off = FLOW.replace('mode = "together"', 'mode = "together"\nholidays = ["2027-03-01"]')
    async with before_the_evening(day_off) as t:
        assert "Before we meet, let us try out what you will need." in t.last("cleo")
        for _ in range(6):
            await t.tap("cleo", "Skip")
        assert "That was all, and you are ready." in "\n".join(t.shown("cleo"))
        assert "You will hear from us here when the next step opens." in t.last("cleo")
