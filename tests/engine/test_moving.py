"""A seat moves to another chat: a lost phone, a lost letter, and everything that can happen meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.store import audit, identities
from tests.support.doorway import CONTACT, expect, found, link, opened, reissue, seats
from tests.support.evening import EVENING
from tests.support.room import ACCOUNT, ASSEMBLY, room

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


async def test_a_lost_phone_the_seat_moves_and_the_old_chat_gets_nothing_more() -> None:
    async with room(CONTACT) as here:
        first = await expect(here, language="de")
        await here.begin()
        await here.say("old", f"/join {first}")
        await here.choose("old", "Weiter", "Ich bin mindestens 18 und stimme zu")
        await here.say("old", "Anna")
        (before,) = await seats(here)
        second = await reissue(here)
        here.post.delivered.clear()
        await here.say("new", f"/join {second}")
        (after,) = await seats(here)
        assert (after.id, after.name) == (before.id, "Anna")
        assert "„Der Platz“" in here.post.text("old")
        assert "Klara, 03 00" in here.post.text("old")
        assert "Anna" in here.post.text("new"), "what waits is shown in the new chat"
        here.post.delivered.clear()
        await here.say("old", "is anybody here?")
        await here.say("old", "hello?")
        await here.say("old", press="ballot:trees::yes")
        await here.wait(HOUR)
        assert len(here.post.to("old")) == 1
        assert here.post.to("new")
        assert len(await seats(here)) == 1
        await here.say("thief", f"/join {first}")
        assert len(await seats(here)) == 1
        acts = [line.act for line in await here.store.read(audit.lines, ASSEMBLY)]
        assert acts.count("moved") == 1


async def test_a_new_code_before_anybody_came_ends_the_first_one() -> None:
    async with room(EVENING) as here:
        first = await expect(here)
        second = await reissue(here)
        await here.say("anna", f"/join {first}")
        assert "There is a newer code in place of this one." in here.post.text("anna")
        await here.say("anna", f"/join {second}")
        assert [s.status for s in await seats(here)] == ["new"]
        assert (await here.store.read(found)).seat


@pytest.mark.parametrize("first_wins", [True, False])
async def test_a_new_code_while_the_old_one_is_used(first_wins: bool) -> None:
    """Whichever comes first: one seat, reached through one chat."""
    async with room(EVENING) as here:
        first = await expect(here)
        if first_wins:
            await here.take_in("anna", f"/join {first}")
            second = await reissue(here)
        else:
            second = await reissue(here)
            await here.take_in("anna", f"/join {first}")
        await here.take_in("phone", f"/join {second}")
        await here.engine.settle()
        (seat,) = await seats(here)
        assert await here.store.read(identities.address, seat.id) == (ACCOUNT, "phone")
        assert await here.store.read(lambda db: identities.seats_of(db, db.vault.lookup(ACCOUNT, "anna"))) == []


async def test_on_the_same_phone_a_new_code_changes_nothing() -> None:
    async with room(EVENING) as here:
        await here.begin()
        await here.say("anna", f"/join {await expect(here)}")
        before = await seats(here)
        second = await reissue(here)
        await here.say("anna", f"/join {second}")
        await here.say("anna", f"/join {second}")
        assert here.post.text("anna").count("Your seat is in this chat already") == 1
        assert [s.id for s in await seats(here)] == [s.id for s in before]
        await here.choose("anna", "Continue")
        await here.say("thief", f"/join {second}")
        assert "used already" in here.post.text("thief")


async def test_before_consent_the_new_chat_begins_where_the_old_one_stood() -> None:
    async with room(EVENING) as here:
        await here.say("old", f"/join {await expect(here)}")
        await here.say("new", f"/join {await reissue(here)}")
        assert "The assembly has not begun yet." in here.post.text("new")
        await here.begin()
        assert "I am Pnyx" not in here.post.text("old")
        here.post.delivered.clear()
        await here.say("third", f"/join {await reissue(here)}")
        assert [b.label for b in here.post.to("third")[-1].buttons] == ["Continue", "Deutsch"]


async def test_a_seat_that_moves_to_a_helper_is_marked_and_back_again_is_not() -> None:
    async with room(EVENING) as here:
        await here.say("anna", f"/join {await expect(here)}")
        await here.say("ben", f"/join {await expect(here, 'B')}")
        await here.say("ben", f"/join {await reissue(here)}")
        assert sorted(s.helped for s in await seats(here)) == [False, True]
        assert "You now also answer for somebody else." in here.post.text("ben")
        await here.say("anna", f"/join {await reissue(here)}")
        assert [s.helped for s in await seats(here)] == [False, False]
        held = await here.store.read(lambda db: identities.seats_of(db, db.vault.lookup(ACCOUNT, "ben")))
        assert len(held) == 1


async def test_a_seat_with_two_chats_that_moves_to_one_of_them_is_not_helped() -> None:
    async with room(EVENING) as here:
        await here.say("anna", f"/join {await expect(here)}")
        (seat,) = await seats(here)
        await here.say("tablet", "hello")
        await here.store.transact(lambda db: identities.link(db, db.vault.lookup(ACCOUNT, "tablet"), seat.id))
        await here.say("anna", f"/join {await reissue(here)}")
        assert [s.helped for s in await seats(here)] == [False]
        assert "has moved to another chat" in here.post.text("tablet")


async def test_in_an_open_assembly_the_old_chat_gets_no_second_seat() -> None:
    async with room(opened("open = true\nlinks = true")) as here:
        await here.say("old", f"/join {await expect(here)}")
        await here.say("new", f"/join {await reissue(here)}")
        await here.say("old", "hello")
        await here.wait(2 * MINUTE)
        await here.say("old", f"/start {await link(here)}")
        assert len(await seats(here)) == 1
        assert here.post.text("old").count("Please write to me there.") == 2


async def test_who_was_erased_meanwhile_does_not_come_back_with_the_new_code() -> None:
    async with room(EVENING) as here:
        await here.say("old", f"/join {await expect(here)}")
        second = await reissue(here)
        (seat,) = await seats(here)
        await here.store.transact(identities.erase, seat.id)
        await here.say("new", f"/join {second}")
        assert await here.store.read(lambda db: identities.seats_of(db, db.vault.lookup(ACCOUNT, "new"))) == []
        assert "a newer code" in here.post.text("new")
