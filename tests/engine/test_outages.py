"""An account that was out of reach for more than a day: whom it concerns is told, and gets time; a shorter outage is silent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.events import decode, encode
from bot.core.heard import Interrupted
from bot.store import contact, courses, identities, queue
from bot.store.database import Database
from bot.store.times import ms
from tests.engine.test_deadlines import CLOSES, Evening, evening, vote
from tests.engine.test_evening import HOUR, arrive
from tests.support.evening import EVENING
from tests.support.room import ACCOUNT, ASSEMBLY, START, Room, room
from tests.support.wire import Wire, text, until

DAY = timedelta(hours=24)
SECOND = timedelta(seconds=1)


async def heard(it: Evening) -> None:
    """The account is heard a last time, now."""
    it.wire.abilities = Wire().abilities
    await it.here.store.transact(contact.note, ACCOUNT, ms(it.here.clock.now()))


async def events(here: Room) -> list[Interrupted]:
    """The outages that were put into the inbox."""
    return await here.store.read(_events)


def _events(db: Database) -> list[Interrupted]:
    rows = db.sql.execute("SELECT seq, key, assembly, seat, body FROM inbox WHERE kind = 'interrupted' ORDER BY seq")
    found = []
    for _, key, assembly, seat, sealed in rows.fetchall():
        body = db.vault.open(seat, sealed, f"inbox/{assembly}/{key}")
        assert body is not None
        event = decode(body)
        assert isinstance(event, Interrupted)
        found.append(event)
    return found


@pytest.mark.parametrize(("away", "told"), [(HOUR, 0), (DAY, 0), (DAY + SECOND, 1), (7 * DAY, 1)])
async def test_only_what_is_longer_than_the_platform_keeps_messages_is_told(away: timedelta, told: int) -> None:
    async with evening() as it:
        await heard(it)
        since = it.here.clock.now()
        it.here.clock.move(since + away)
        await it.run()
        await it.listens()
        await it.turn()
        found = await events(it.here)
        assert [(event.course, event.since, event.until) for event in found] == [("all", since, since + away)] * told
        for who in ("anna", "ben", "cleo"):
            assert it.wire.text(who).count("may not have reached me") == told
        if not told:
            await it.closed()


async def test_after_a_day_away_the_ballot_is_open_again_and_takes_votes() -> None:
    async with evening() as it:
        await heard(it)
        back = it.here.clock.now() + 30 * HOUR
        it.here.clock.move(back)
        it.wire.events = [vote("ben", back)]
        await it.run()
        await it.listens()
        await it.turn()
        assert await it.is_open()
        await it.at(back + timedelta(minutes=59))
        it.wire.happens(vote("anna", it.here.clock.now()))
        await it.turn()
        assert await it.is_open()
        await it.at(back + HOUR)
        await it.closed()
        assert await it.voters() == 2
        rows = await it.here.store.read(
            lambda db: db.sql.execute("SELECT at FROM inbox WHERE kind = 'interrupted'").fetchall()
        )
        assert rows == [(ms(back - 30 * HOUR),)], "it goes before the timers that rang for nobody"
        assert len(await events(it.here)) == 1, "the first contact finds the same outage, and puts nothing new"


async def test_an_outage_that_ends_while_pnyx_runs_is_noticed_too() -> None:
    async with evening() as it:
        await it.run()
        await it.listens()
        await heard(it)
        back = CLOSES - HOUR / 2
        it.here.clock.move(back)
        await it.here.store.transact(contact.note, ACCOUNT, ms(back - DAY - SECOND))
        it.wire.happens(text("anna", "/my", "late", back))
        await until(lambda: "Your name here" in it.wire.text("anna"), it.look)
        await it.turn()
        (found,) = await events(it.here)
        assert found.until == back
        assert it.wire.text("anna").count("may not have reached me") == 1


PRESSES = timedelta(seconds=150)


@pytest.mark.parametrize(("gap", "told"), [(PRESSES, 0), (PRESSES + SECOND, 1), (HOUR / 2, 1)])
async def test_lost_presses_are_told_to_those_for_whom_a_question_is_open(gap: timedelta, told: int) -> None:
    async with evening() as it:
        await heard(it)
        it.wire.abilities = replace(it.wire.abilities, keeps_presses=PRESSES)
        await it.here.say("ben", press="ballot:trees::yes", id="ben-yes")
        back = it.here.clock.now() + gap
        it.here.clock.move(back)
        await it.run()
        await it.listens()
        await it.turn()
        assert [event.presses for event in await events(it.here)] == [ACCOUNT] * told
        assert it.wire.text("anna").count("A button that you pressed then") == told
        assert it.wire.text("ben").count("A button that you pressed then") == 0, "ben has answered"
        assert await it.is_open()


async def test_lost_presses_concern_only_the_account_on_which_they_were_lost() -> None:
    wire = Wire()
    async with room(EVENING, wire) as here:
        await arrive(here, "anna", "ben")
        await here.wait(2 * HOUR)
        for account, told in (("test:other", 0), (ACCOUNT, 1)):
            now = here.clock.now()
            event = Interrupted("all", now - HOUR / 10, now, account)
            row = queue.InRow(ASSEMBLY, f"presses/{account}", event.kind, ms(now), ms(now), encode(event))
            await here.store.transact(queue.put_events, [row])
            await here.engine.settle()
            assert wire.text("anna").count("A button that you pressed then") == told


async def test_nobody_is_told_who_is_reached_otherwise_or_for_whom_nothing_is_open() -> None:
    wire = Wire()
    async with room(EVENING, wire) as here:
        await arrive(here, "anna", "ben")
        await here.store.transact(contact.note, "test:other", ms(START - 2 * DAY))
        assert await here.store.read(contact.sites, "test:other") == set()
        assert await here.store.read(contact.sites, ACCOUNT) == {(ASSEMBLY, "linz")}
        await here.store.transact(_other, here)
        assert await here.store.read(contact.sites, "test:other") == {("a2", "linz")}
        await here.wait(10 * DAY)
        assert (await here.store.read(courses.load_course, ASSEMBLY, "all")).state == "ended"
        await here.store.transact(contact.note, ACCOUNT, ms(here.clock.now()))
        await here.wait(10 * DAY)
        await here.engine.open()
        assert await events(here) == []


async def test_those_whose_step_closed_meanwhile_are_told_even_where_nothing_is_open_any_more() -> None:
    wire = Wire()
    async with room(EVENING, wire) as here:
        await arrive(here, "anna", "ben")
        await here.wait(2 * HOUR)
        assert (await here.store.read(courses.load_course, ASSEMBLY, "all")).open.keys() == {"ballot"}
        await here.store.transact(contact.note, ACCOUNT, ms(here.clock.now()))
        await here.wait(10 * DAY)
        await here.engine.open()
        (event,) = await events(here)
        assert event.closed[0] == "ballot"
        await here.engine.settle()
        for who in ("anna", "ben"):
            assert wire.text(who).count("closed meanwhile") == 1


def _other(db: Database, here: Room) -> None:
    courses.save_assembly(db, courses.Assembly("a2", here.flow.ref, "seed", "open", 0))
    identities.enrol(db, "a2", "test:other", "zoe", "zoe", "participant", "linz", "en", at=1)


async def test_an_account_that_was_never_heard_was_never_lost() -> None:
    wire = Wire()
    async with room(EVENING, wire) as here:
        await arrive(here, "anna", "ben")
        assert await here.store.read(contact.last, ACCOUNT) is None
        await here.engine.open()
        await here.store.transact(queue.move_cursor, ACCOUNT, "x")
        assert await here.store.read(contact.last, ACCOUNT) is None
        await here.store.transact(contact.note, ACCOUNT, 5)
        assert await here.store.read(queue.cursor, ACCOUNT) == "x"
        assert await here.store.read(contact.last, ACCOUNT) == 5
