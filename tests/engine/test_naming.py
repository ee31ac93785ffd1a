"""Names at the tables: nobody there who could be mistaken for somebody else, whatever people do and wherever they come from."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.effects import Put, Seated, Unseat
from bot.core.given import pool
from bot.core.lookalikes import alike
from bot.core.state import Seat
from bot.engine import own
from bot.report.export import export_files
from bot.report.feed import feed
from bot.store import codes, identities, people, tables
from bot.store.database import Database
from bot.store.times import ms
from tests.support.chats import FLOW, TALK, Chats, Talkers, table
from tests.support.room import ACCOUNT, ASSEMBLY, Room, room

SIX = ("anna", "ben", "cleo", "dora", "emil", "fred")
GIVEN = FLOW.replace('purposes = ["transcript"]', 'purposes = []\nnaming = "given"')
YES = "I am 18 or older and agree"


async def sitting(here: Room) -> dict[int, list[Seat]]:
    """Everybody whose place is at a table, by its number: also who leads it, pauses or has left."""

    def found(db: Database) -> dict[int, list[Seat]]:
        numbers = db.sql.execute(
            "SELECT number, id FROM tables WHERE assembly = ? ORDER BY number", (ASSEMBLY,)
        ).fetchall()
        return {
            n: [s for i in tables.seats_at(db, ASSEMBLY, id) if (s := people.load_seat(db, i))] for n, id in numbers
        }

    return await here.store.read(found)


async def called(t: Talkers, number: int = 1) -> list[str]:
    return sorted(s.name for s in (await sitting(t.room))[number])


async def seat_of(here: Room, name: str) -> Seat:
    def found(db: Database) -> Seat:
        for (id,) in db.sql.execute("SELECT id FROM seat WHERE assembly = ?", (ASSEMBLY,)):
            seat = people.load_seat(db, id)
            if seat is not None and seat.name == name:
                return seat
        raise LookupError(name)

    return await here.store.read(found)


async def seat_by(here: Room, user: str) -> Seat:
    def found(db: Database) -> Seat:
        row = db.sql.execute("SELECT seat FROM channel WHERE lookup = ?", (db.vault.lookup(ACCOUNT, user),)).fetchone()
        seat = people.load_seat(db, row[0])
        assert seat is not None
        return seat

    return await here.store.read(found)


async def come(here: Room, t: Talkers, who: str) -> None:
    """Somebody comes in with a code, while the others talk."""
    now = ms(here.clock.now())
    code = await here.store.transact(
        lambda db: codes.make_code(db, ASSEMBLY, "participant", made=now, expires=now + 1000)
    )
    await t.write(who, f"/join {code}")


async def assert_nobody_can_be_mistaken(here: Room) -> None:
    for number, seats in (await sitting(here)).items():
        names = [s.name for s in seats if s.name]
        assert [(a, b) for i, a in enumerate(names) for b in names[:i] if alike(a, b)] == [], f"at table {number}"


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


# Whatever people do

NAMES = st.sampled_from(
    ["Anna", "anna ", "Аnna", "Ânna", "Anna.", "Ann\u200da", "AnnaI", "Annal", "Anna 1", "Anna 2", "Anna 3", "Maya", "Мауа",
     "Maya 2", "Ben", "Bеn 2", "Rn", "M", "Ida", "lda", "IDA", "Moderation", "Olga"]
)  # fmt: skip
WHO = st.sampled_from(SIX)
DOINGS = st.lists(
    st.one_of(
        st.tuples(st.just("name"), st.sampled_from([*SIX, "maya", "olga"]), NAMES),
        st.tuples(st.just("move"), WHO, st.sampled_from(["1", "2"])),
        st.tuples(st.just("merge"), st.sampled_from(["1 2", "2 1"]), st.just("")),
        st.tuples(st.just("pause"), WHO, st.just("")),
        st.tuples(st.just("leave"), WHO, st.just("")),
        st.tuples(st.just("back"), WHO, st.just("")),
        st.tuples(st.just("late"), NAMES, st.just("")),
        st.tuples(st.just("expert"), NAMES, st.sampled_from(["1", "2"])),
        st.tuples(st.just("facilitator"), NAMES, st.sampled_from(["1", "2"])),
        st.tuples(st.just("drawn"), st.permutations(range(10)), st.integers(2, 8)),
        st.tuples(st.just("stands"), WHO, st.just("")),
    ),
    max_size=10,
)


async def do(t: Talkers, n: int, what: str, who: object, more: object) -> None:
    here, names = t.room, {s.id: s for seats in (await sitting(t.room)).values() for s in seats}
    match what:
        case "name":
            await t.write(str(who), f"/name {more}")
        case "move":
            seat = await seat_by(here, str(who))
            number = next((n for n, seats in (await sitting(here)).items() if seat.id in {s.id for s in seats}), 0)
            await t.write("olga", f"/move {number} {seat.name} {more}")
        case "merge":
            await t.write("olga", f"/merge {who}")
            await here.wait(timedelta(minutes=11))
        case "pause" | "leave" | "back":
            status = {"pause": "paused", "leave": "left", "back": "active"}[what]
            await here.apply([Put(replace(await seat_by(here, str(who)), status=status))])  # type: ignore[arg-type]
        case "late":
            await come(here, t, f"late{n}")
            await t.tap(f"late{n}", YES)
            await t.tap(f"late{n}", "Yes")
            await t.write(f"late{n}", str(who))
        case "expert" | "facilitator":
            seat = await here.store.read(people.load_seat, await here.enrol(f"staff{n}", what))  # type: ignore[arg-type]
            assert seat is not None
            await here.apply([Put(replace(seat, name=str(who).strip())), _to(more, [seat.id], await sitting(here))])
        case "drawn":
            assert isinstance(who, list)
            assert isinstance(more, int)
            order = [list(names)[i] for i in who if i < len(names)]
            at = await sitting(here)
            await here.apply([_to(1, order[:more], at), _to(2, order[more:], at)])
        case "stands":
            await here.apply([Unseat((await seat_by(here, str(who))).id)])


def _to(number: object, seats: Sequence[str], at: dict[int, list[Seat]]) -> Seated:
    own = {n: next((s.table for s in seats if s.table), "") for n, seats in at.items()}
    return Seated(
        own.get(int(str(number))) or f"new{number}", "tables", "linz", int(str(number)), ("en",), tuple(seats)
    )


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(NAMES, min_size=6, max_size=6), DOINGS)
def test_nothing_that_people_do_leads_to_two_at_a_table_who_can_be_mistaken(
    chosen: list[str], doings: list[tuple[str, object, object]]
) -> None:
    async def play() -> None:
        async with table(TALK, people=SIX, names=dict(zip(SIX, chosen, strict=True))) as t:
            await assert_nobody_can_be_mistaken(t.room)
            for n, (what, who, more) in enumerate(doings):
                await do(t, n, what, who, more)
                await assert_nobody_can_be_mistaken(t.room)
                at = await sitting(t.room)
                for seats in at.values():
                    lead = [s.name for s in seats if s.role != "participant"]
                    assert not any(alike(s.name, name) for s in seats if s.role == "participant" for name in lead)

    asyncio.run(play())
