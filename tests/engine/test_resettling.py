"""People and tables: moved, merged, replaced; and a word to everybody."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from datetime import timedelta

from bot.core.state import Table
from bot.store import audit, courses, people, tables
from bot.store.database import Database
from tests.support.chats import TALK, Talkers, table
from tests.support.room import ASSEMBLY

MINUTE = timedelta(minutes=1)
SIX = ("anna", "ben", "cleo", "dora", "emil", "fred")


def two_tables(steps: str = TALK) -> AbstractAsyncContextManager[Talkers]:
    return table(steps, maya=False, people=SIX)


async def acts(t: Talkers) -> list[str]:
    return [line.act for line in await t.room.store.read(audit.lines, ASSEMBLY)]


async def seated(t: Talkers) -> dict[int, list[str]]:
    """Who sits where, by the number of the table; in small letters, as their chats are called."""

    def found(db: Database) -> dict[int, list[str]]:
        ids = [id for (id,) in db.sql.execute("SELECT id FROM tables WHERE assembly = ? ORDER BY number", (ASSEMBLY,))]
        loaded: list[Table] = [each for id in ids if (each := tables.load_table(db, ASSEMBLY, id)) is not None]
        return {each.number: [m.name.casefold() for m in each.members] for each in loaded}

    return await t.room.store.read(found)


# /move


async def test_somebody_moves_and_everybody_concerned_is_told() -> None:
    async with two_tables() as t:
        at = await seated(t)
        who, stays, there = at[1][0], at[1][1], at[2][0]
        await t.write(there, "Rye is best.")
        await t.write("olga", f"/move 1 {who.title()} 2")
        assert t.last("olga") == f"{who.title()} sits at table 2 now. Both tables are told."
        assert who in (await seated(t))[2]
        assert any("You sit at table 2 from now on." in text for text in t.shown(who))
        assert "“Rye is best.”" in t.last(who), "and what was said there so far"
        assert f"{who.title()} sits at table 2 now." in "".join(t.shown(stays))
        assert f"{who.title()} is here now." in t.last(there)
        await t.write(who, "I came over.")
        assert "I came over." in t.last(there)
        assert not any("I came over." in text for text in t.shown(stays))
        assert "moved" in await acts(t)


async def test_nobody_moves_to_a_table_that_is_not_there() -> None:
    async with two_tables() as t:
        who = (await seated(t))[1][0].title()
        await t.write("olga", f"/move 1 {who} 9")
        assert "Please write the number of the other table last: 2." in t.last("olga")
        await t.write("olga", f"/move 1 {who} 1")
        assert "Please write the number of the other table last: 2." in t.last("olga")
        await t.write("olga", "/move 1 Nobody 2")
        assert "At this table are" in t.last("olga")


async def test_a_full_table_and_one_of_another_language_take_nobody() -> None:
    async with two_tables() as t:

        def foreign(db: Database) -> None:
            db.sql.execute("UPDATE tables SET languages = 'de' WHERE number = 2")

        who = (await seated(t))[1][0]
        await t.room.store.transact(foreign)
        await t.write("olga", f"/move 1 {who.title()} 2")
        assert t.last("olga") == "Table 2 speaks German, which not everybody here reads."
        assert who in (await seated(t))[1]


async def test_whoever_moves_leaves_the_floor_to_the_next() -> None:
    async with two_tables(TALK.replace("duration", 'turns = "round"\nturn_for = "2m"\nduration')) as t:

        def floor(db: Database) -> str:
            stage = next(s for s in courses.stages_of(db, ASSEMBLY, "talk") if s.unit.endswith("-1"))
            return people.names(db, [stage.data["floor"]])[stage.data["floor"]]

        who = await t.room.store.read(floor)
        await t.write("olga", f"/move 1 {who} 2")
        assert await t.room.store.read(floor) != who


# /merge


async def test_two_tables_become_one_once_a_second_person_agrees() -> None:
    async with two_tables() as t:
        await t.room.enrol("rita", "coordinator")
        at = await seated(t)
        await t.write(at[2][0], "Rye is best.")
        await t.write("olga", "/merge 1 2")
        for name in SIX:
            assert "Tables 1 and 2 become one, table 2" in t.last(name)
        await t.tap("rita", "I agree")
        assert sorted((await seated(t))[2]) == list(SIX)
        assert (await seated(t))[1] == []
        assert any("you sit at table 2" in text for text in t.shown(at[1][0]))
        assert any("“Rye is best.”" in text for text in t.shown(at[1][0]))
        await t.write(at[1][0], "Hello all.")
        assert "Hello all." in t.last(at[2][0])
        for act in ("asked_for", "agreed_to", "joined"):
            assert act in await acts(t)


async def test_without_a_second_person_it_takes_ten_minutes() -> None:
    async with two_tables() as t:
        await t.write("olga", "/merge 1 2")
        await t.room.wait(9 * MINUTE)
        assert len((await seated(t))[1]) == 3
        await t.room.wait(2 * MINUTE)
        assert (await seated(t))[1] == []


async def test_tables_that_are_too_many_together_do_not_join() -> None:
    async with two_tables(TALK) as t:
        await t.room.enrol("gerd")

        def crowd(db: Database) -> None:
            seat = next(s for s in people.roster(db, ASSEMBLY, statuses=("new",)))
            db.sql.execute("UPDATE seat SET status = 'active', table_id = (SELECT id FROM tables WHERE number = 2) "
                           "WHERE id = ?", (seat.id,))  # fmt: skip

        await t.room.store.transact(crowd)
        await t.write("olga", "/merge 1 2")
        assert t.last("olga") == "Table 2 has room for 2 people more."


# /replace


async def test_a_place_goes_to_whoever_has_the_code() -> None:
    async with two_tables() as t:
        who = (await seated(t))[1][0]
        await t.write("olga", f"/replace 1 {who.title()}")
        assert "takes part. A place becomes free" in t.last("olga")
        await t.write(who, "/leave")
        await t.tap(who, "Leave")
        await t.write("olga", f"/replace 1 {who.title()}")
        code = next(text for text in t.shown("olga") if "/join" in text).split("/join ")[-1].split()[0]
        await t.write("gerd", f"/join {code}")
        await t.tap("gerd", "I am 18 or older and agree")
        await t.tap("gerd", "Yes")
        await t.write("gerd", "Gerd")
        await t.tap("gerd", "It is my answer")
        assert "gerd" in (await seated(t))[1]
        assert "replaced" in await acts(t)
        await t.write("olga", f"/replace 1 {who.title()}")
        assert "Nobody of this table has dropped out." in t.last("olga")


# /announce


async def test_a_word_to_everybody_is_shown_first() -> None:
    async with two_tables() as t:
        await t.room.enrol("maya", "facilitator")
        await t.write("olga", "/announce The coffee is ready.")
        assert "This goes to everybody at: linz." in t.last("olga")
        assert not any("coffee" in text for name in (*SIX, "maya") for text in t.shown(name))
        await t.tap("olga", "Send")
        for name in (*SIX, "maya"):
            assert "The coffee is ready." in t.last(name)
        before = len(t.shown("anna"))
        await t.write("olga", "/announce Never mind")
        await t.tap("olga", "Do not send")
        assert len(t.shown("anna")) == before
        assert "announced" in await acts(t)
