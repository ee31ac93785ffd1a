"""Names at the tables: nobody there who could be mistaken for somebody else, whatever people do and wherever they come from."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.effects import Put, Seated
from bot.core.given import pool
from bot.engine import own
from bot.report.export import export_files
from bot.report.feed import feed
from bot.store import identities, people
from tests.support.chats import FLOW, TALK, Chats, Talkers, table
from tests.support.room import ASSEMBLY, room
from tests.support.sitting import SIX, YES, assert_nobody_can_be_mistaken, called, come, seat_by, seat_of, sitting

GIVEN = FLOW.replace('purposes = ["transcript"]', 'purposes = []\nnaming = "given"')


# Choosing


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Maya", "you could be taken for them"),
        ("Мауа", "you could be taken for them"),
        ("Olga", "you could be taken for them"),
        ("Moderation", "a role or my own name"),
        ("t.me/anna", "an address or a link"),
    ],
)
async def test_with_the_consent_nobody_takes_a_name_that_is_not_theirs(name: str, says: str) -> None:
    async with table(agreed=False) as t:
        await t.tap("anna", YES)
        await t.tap("anna", "Yes")
        await t.write("anna", name)
        assert says in t.last("anna")
        await t.write("anna", "Anna")
        assert "Thank you, Anna." in t.shown("anna")


async def test_another_name_is_told_to_the_table_and_never_that_of_somebody_there() -> None:
    async with table() as t:
        await t.write("anna", "/name Веn")
        assert "Somebody at your table is called Ben" in t.last("anna")
        await t.write("anna", "/name Maya 2")
        assert "Somebody who has a role here is called Maya" in t.last("anna")
        await t.write("anna", "/name Olga")
        assert "Somebody who has a role here is called Olga" in t.last("anna"), "also where she is at no table"
        await t.write("anna", "/name Lena")
        assert t.last("anna") == "Your name here is now Lena."
        assert t.last("ben") == "Anna is called Lena from now on."
        assert t.last("maya") == "Anna is called Lena from now on."
        await t.write("ben", "/name Anna")
        assert t.last("ben") == "Your name here is now Anna.", "it is free now"
        await t.write("anna", "/name lena.")
        assert await called(t) == ["Anna", "Cleo", "Maya", "lena."], "one's own name may be written otherwise"


async def test_a_name_of_before_stays_veiled_where_names_are_and_stands_in_the_own_data() -> None:
    async with table(names={"ben": "Zdenka"}) as t:
        await t.room.enrol("otto", "observer")
        await t.write("otto", "/watch 1")
        await t.write("anna", "As Zdenka says.")
        await t.write("ben", "/name Quentin")
        await t.write("ben", "So says Quentin.")
        await t.write("cleo", "Zdenka, Quentin and Anna are right.")
        await t.room.wait(timedelta(minutes=16))
        told = "\n".join(t.shown("otto"))
        assert "are right." in told
        assert [name for name in ("Zdenka", "Quentin", "Anna") if name in told] == []
        (code,) = set(re.findall(r"As \[(\w+)\] says", told))
        assert f"So says [{code}]." in told
        assert re.search(rf"\[{code}\], \[{code}\] and \[\w+\] are right", told)
        ben = await seat_of(t.room, "Quentin")
        for form in ("text", "json"):
            kept = await t.room.store.read(own.written, t.room.engine.house, ASSEMBLY, ben.id, form)
            assert kept is not None
            assert b"Zdenka" in kept
        await t.write("ben", "/name Zdenka")
        await t.write("ben", "/name Odile")
        assert await t.room.store.read(people.former, ben.id) == ["Zdenka", "Quentin"]
        await t.room.store.transact(identities.erase, ben.id)
        assert await t.room.store.read(people.ever_called, [ben.id]) == []
        rows = await t.room.store.read(lambda db: db.sql.execute("SELECT name, former FROM seat").fetchall())
        assert [row for row in rows if row[0] is None and row[1] is not None] == []


async def test_nor_do_the_press_or_researchers_read_a_name_of_before() -> None:
    flow = FLOW.replace('["transcript"]', '["transcript", "quotes", "open_data", "research"]')
    async with room(flow + TALK + "[feed]\npublished = true\n", chats := Chats()) as here:
        t = Talkers(here, chats)
        for who in ("anna", "ben", "cleo"):
            await here.enrol(who)
        await here.begin()
        for who, name in (("anna", "Anna"), ("ben", "Zdenka"), ("cleo", "Cleo")):
            await t.tap(who, YES)
            for _ in range(4):
                await t.tap(who, "Yes")
            await t.write(who, name)
        await here.wait(timedelta(hours=1))
        await t.write("anna", "As Zdenka says.")
        await t.write("ben", "/name Quentin")
        await t.write("ben", "So says Quentin.")
        await t.write("cleo", "Zdenka and Quentin are right.")
        await here.wait(timedelta(minutes=50))
        fed = (await here.store.read(feed, here.engine.house, ASSEMBLY, here.clock.now())).decode()
        researched = (await here.store.read(export_files, here.engine.house, ASSEMBLY))["research.jsonl"].decode()
        for told in (fed, researched):
            assert "are right." in told
            assert "Zdenka" not in told
            assert "Quentin" not in told


async def test_who_leads_takes_nobodys_name_at_the_table_either() -> None:
    async with table() as t:
        await t.write("maya", "/name Anna")
        assert "Somebody at your table is called Anna" in t.last("maya")
        await t.write("olga", "/name Anna")
        assert t.last("olga") == "Your name here is now Anna.", "she sits at no table"


async def test_who_pauses_keeps_their_name() -> None:
    async with table() as t:
        await t.write("anna", "/leave")
        await t.tap("anna", "Pause")
        await t.write("ben", "/name Anna")
        assert "Somebody at your table is called Anna" in t.last("ben")


# Coming together


async def test_at_the_seating_the_later_one_gets_a_number_and_both_are_told_once() -> None:
    async with table(names={"ben": "Аnna"}) as t:
        names = await called(t)
        assert names in (["Anna", "Cleo", "Maya", "Аnna 2"], ["Anna 2", "Cleo", "Maya", "Аnna"]), "as the lots fell"
    async with table(names={"ben": "anna", "cleo": "ANNA."}, agreed=False) as t:
        for who, name in (("anna", "Anna"), ("ben", "anna"), ("cleo", "ANNA.")):
            await t.tap(who, YES)
            await t.tap(who, "Yes")
            await t.write(who, name)
        await t.room.wait(timedelta(hours=1))
        everybody = [text for who in ("anna", "ben", "cleo") for text in t.shown(who)]
        assert sum("so that nobody mistakes" in text.casefold() for text in everybody) == 2
        assert sum("At your table sits somebody whose name is like yours." in text for text in everybody) == 2
        assert sum("You can choose another name: /name Maya" in text for text in everybody) == 2
        await assert_nobody_can_be_mistaken(t.room)


async def test_whoever_leads_keeps_their_name_and_who_could_be_taken_for_them_does_not() -> None:
    async with table(maya=False) as t:
        lead = await t.room.enrol("mia", "facilitator")
        await t.write("mia", "/name Anna")
        assert t.last("mia") == "Your name here is now Anna."
        at = next(iter((await sitting(t.room)).values()))[0].table
        await t.room.apply([Seated(at, "tables", "linz", 1, ("en",), (lead,))])
        await t.room.engine.settle()
        assert await called(t) == ["Anna", "Anna 2", "Ben", "Cleo"]
        assert (await seat_of(t.room, "Anna")).role == "facilitator"
        assert "you are called Anna 2 there" in t.last("anna")
        assert "There they are called Anna 2." in t.last("mia")


async def test_who_moves_is_looked_at_where_they_come() -> None:
    async with table(TALK, maya=False, people=SIX, names={"fred": "Anna", "emil": "Anna"}) as t:
        await assert_nobody_can_be_mistaken(t.room)
        at = await sitting(t.room)
        annas = {n: [s.name for s in seats if s.name.startswith("Anna")] for n, seats in at.items()}
        here, there = sorted(annas, key=lambda n: -len(annas[n]))[:2]
        await t.write("olga", f"/move {here} {annas[here][0]} {there}")
        assert not {"Anna", "Anna 2"} - {*await called(t, here), *await called(t, there)}
        await assert_nobody_can_be_mistaken(t.room)


async def test_where_two_tables_become_one_everybody_is_looked_at() -> None:
    async with table(TALK, maya=False, people=SIX) as t:
        await t.room.enrol("rita", "coordinator")
        for number, seats in (await sitting(t.room)).items():
            await t.room.apply([Put(replace(seats[0], name="Anna"))])
            assert "Anna" in await called(t, number)
            await assert_nobody_can_be_mistaken(t.room)
        await t.write("olga", "/merge 1 2")
        await t.tap("rita", "I agree")
        assert {"Anna", "Anna 2"} < set(await called(t, 2)), "those who sat there keep their names"
        assert len(await called(t, 2)) == 6, "and all have come"
        await assert_nobody_can_be_mistaken(t.room)


async def test_a_latecomer_is_looked_at_too() -> None:
    async with table() as t:
        await come(t.room, t, "gerd")
        await t.tap("gerd", YES)
        await t.tap("gerd", "Yes")
        await t.write("gerd", "Аnnа")
        assert await called(t) == ["Anna", "Ben", "Cleo", "Maya", "Аnnа 2"]
        assert any("you are called Аnnа 2 there" in text for text in t.shown("gerd"))
        assert any("There they are called Аnnа 2." in text for text in t.shown("anna"))
        assert not any("whose name is like yours" in text for text in t.shown("ben"))
        await t.write("gerd", "/name Gerd")
        assert t.last("anna") == "Аnnа 2 is called Gerd from now on."


async def test_the_place_of_who_has_left_gives_their_name_to_nobody() -> None:
    """What they said still stands at the table."""
    async with table() as t:
        anna = await seat_of(t.room, "Anna")
        await t.room.apply([Put(replace(anna, status="left"))])
        await t.write("ben", "/name Anna")
        assert "Somebody at your table is called Anna" in t.last("ben")


# Drawn


def drawn_for(t: Talkers, who: str) -> str:
    return next(text for text in reversed(t.shown(who)) if text.startswith("Your table calls you"))


async def test_names_are_drawn_and_may_be_drawn_anew_twice() -> None:
    async with room(GIVEN + TALK, chats := Chats()) as here:
        t = Talkers(here, chats)
        for who in SIX:
            await here.enrol(who)
        await here.begin()
        for who in SIX:
            await t.tap(who, YES)
            assert any("This name was drawn for you: it tells nothing about you." in text for text in t.shown(who))
        names = [s.name for s in await here.store.read(people.roster, ASSEMBLY)]
        assert len(set(names)) == 6
        assert set(names) <= set(pool("en"))
        seen = [drawn_for(t, "anna")]
        for _ in range(2):
            await t.tap("anna", "Draw another name")
            seen.append(drawn_for(t, "anna"))
        assert len(set(seen)) == 3
        with pytest.raises(KeyError):
            await t.tap("anna", "Draw another name")
        await t.write("anna", "/name Anna")
        assert "names are drawn and not chosen" in t.last("anna")
        await t.write("anna", "Hello.")
        await here.wait(timedelta(hours=1))
        await assert_nobody_can_be_mistaken(here)
        before = (await seat_by(here, "ben")).name
        await t.tap("ben", "Draw another name")
        told = [text for who in SIX for text in t.shown(who) if text.endswith(" from now on.")]
        assert told == [f"{before} is called {(await seat_by(here, 'ben')).name} from now on."] * 2
        await assert_nobody_can_be_mistaken(here)


async def test_an_old_button_draws_no_fourth_name() -> None:
    async with room(GIVEN + TALK, chats := Chats(edits=False)) as here:
        t = Talkers(here, chats)
        await here.enrol("anna")
        await here.begin()
        await t.tap("anna", YES)
        names = []
        for _ in range(4):
            await t.tap("anna", "Draw another name")
            names.append((await here.store.read(people.roster, ASSEMBLY))[0].name)
        assert names[1] == names[2] == names[3] != names[0]
        assert "as often as it can be" in t.last("anna")


async def test_more_people_than_names_share_some_but_never_at_one_table() -> None:
    toml = GIVEN.replace("size = { min = 2, target = 3, max = 6 }", "size = { min = 50, target = 90, max = 100 }")
    count = len(pool("en")) + 8
    async with room(toml + TALK, chats := Chats()) as here:
        for n in range(count):
            await here.enrol(f"p{n}")
        await here.begin()
        press = next(b.press for m in chats.to("p0") for b in m.buttons if b.label == YES)
        for n in range(count):
            await here.take_in(f"p{n}", press=press)
        await here.wait(timedelta(hours=1))
        everybody = [s for seats in (await sitting(here)).values() for s in seats]
        assert len(everybody) == count
        assert all(s.name for s in everybody)
        await assert_nobody_can_be_mistaken(here)
