"""One person, one seat, on two platforms."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bot.core.guests import Guest
from bot.store import audit, ballots, codes, guests, identities, people
from bot.store.database import Database
from bot.store.times import ms
from bot.transports.port import Gone
from tests.support.chats import TALK
from tests.support.room import ASSEMBLY
from tests.support.talks import BY_HAND
from tests.support.two_platforms import Both, both

MINUTE = timedelta(minutes=1)
BALLOT = (
    '[[step]]\nid = "ballot"\ntype = "vote"\nduration = "2h"\nquestions = [{ id = "q", method = "yes_no_abstain", '
    'text = { en = "More bread?", de = "Mehr Brot?" } }]\n'
)


async def expect(b: Both, ref: str = "A-17", *, again: bool = False) -> str:
    """The code of somebody who is expected; with `again` a newer one."""

    def work(db: Database) -> str:
        now = b.room.clock.now()
        if not again:
            guests.expect(db, ASSEMBLY, Guest(ref, "participant", "linz"), ms(now), ms(now + timedelta(days=30)))
        who = guests.find(db, ASSEMBLY, ref)
        assert who is not None
        if again:
            return guests.reissue(db, ASSEMBLY, who, ms(now), ms(now + timedelta(days=30)))
        return guests.code(db, ASSEMBLY, who)

    return await b.room.store.transact(work)


async def come(b: Both) -> str:
    """Zoe comes in on her phone; her code."""
    b.on |= {"zoe": b.phones, "zoe@halls": b.halls}
    code = await expect(b)
    await b.write("zoe", f"/join {code}")
    return code


def number(b: Both, who: str = "zoe@halls") -> str:
    found = re.findall(r"already: (\d{3} \d{3})\.", "\n".join(b.shown(who)))
    assert found, b.shown(who)
    return str(found[-1])


async def seats(b: Both) -> int:
    return len(await b.room.store.read(people.roster, ASSEMBLY, "all", (), ("new", "active", "paused")))


async def reached(b: Both, who: str = "zoe") -> set[str]:
    return await b.room.store.read(identities.accounts, (await b.seat(who)).id)


async def test_the_number_of_the_new_chat_written_in_the_old_one_links_the_two() -> None:
    async with both(BALLOT) as b:
        code, before = await come(b), 0
        before = await seats(b)
        await b.write("zoe@halls", f"/join {code}")
        assert "This invitation is in use." in b.last("zoe@halls")
        assert "nobody gets in without that number" in b.last("zoe")
        assert number(b) not in "\n".join(b.shown("zoe")), "it proves that both chats are before the same eyes"
        await b.write("zoe", number(b).replace(" ", "").translate({48 + n: 0x660 + n for n in range(10)}))
        assert "the other chat is linked to your seat" in b.last("zoe")
        assert "This chat is linked to your seat now." in b.last("zoe@halls")
        assert await seats(b) == before
        assert await reached(b) == {"phones:main", "halls:main"}
        assert (await b.seat("zoe@halls")).id == (await b.seat("zoe")).id
        noted = [line.act for line in await b.room.store.read(audit.lines, ASSEMBLY)]
        assert noted.count("linked") == 1


async def test_the_chat_that_was_heard_last_is_written_to_and_votes_are_one() -> None:
    async with both(BALLOT) as b:
        code = await come(b)
        await b.write("zoe@halls", f"/join {code}")
        await b.write("zoe", number(b))
        await b.press("zoe", "I am 18 or older and agree")
        await b.press("zoe", "Yes")
        await b.write("zoe", "Zoe")
        assert b.count("zoe", "More bread?") == 1
        await b.press("zoe", "Yes")
        await b.write("zoe@halls", "/my")
        assert "Zoe" in b.last("zoe@halls")
        await b.write("zoe@halls", "no")
        assert "Did you mean this?" in b.last("zoe@halls")
        await b.write("zoe@halls", "1")
        cast = await b.room.store.read(ballots.choices_of, ASSEMBLY, (await b.seat("zoe")).id, "ballot")
        assert cast == {("q", ""): "no"}
        assert len(await b.room.store.read(ballots.voters, ASSEMBLY, "ballot")) == 1


@pytest.mark.parametrize("what", ["wrong", "late", "another's chat", "the new chat itself", "replaced"])
async def test_nothing_else_links(what: str) -> None:
    async with both(BALLOT) as b:
        code = await come(b)
        await b.write("zoe@halls", f"/join {code}")
        right = number(b)
        match what:
            case "wrong":
                await b.write("zoe", "000 001" if right != "000 001" else "000 002")
                assert "This is not the number" in b.last("zoe")
            case "late":
                await b.room.wait(16 * MINUTE)
                await b.write("zoe", right)
            case "another's chat":
                await b.write("anna", right)
            case "the new chat itself":
                await b.write("zoe@halls", right)
            case "replaced":
                b.on["thief"] = b.halls
                await b.write("thief", f"/join {code}")
                await b.write("zoe", right)
                assert await reached(b) == {"phones:main"} or number(b, "thief") == right
                return
        assert await reached(b) == {"phones:main"}


async def test_three_wrong_numbers_end_it() -> None:
    async with both(BALLOT) as b:
        code = await come(b)
        await b.write("zoe@halls", f"/join {code}")
        right = number(b)
        for wrong in ("000001", "000002", "000003"):
            await b.write("zoe", wrong)
        assert b.count("zoe", "This is not the number") == 2
        assert "so the two chats are not linked" in b.last("zoe")
        await b.write("zoe", right)
        assert await reached(b) == {"phones:main"}
        await b.write("zoe@halls", f"/join {code}")
        assert b.count("zoe", "Somebody has shown your invitation") == 1, "she was told a moment ago"
        await b.write("zoe", "000004")
        await b.write("zoe", number(b))
        assert await reached(b) == {"phones:main", "halls:main"}


async def test_it_was_somebody_else() -> None:
    async with both(BALLOT) as b:
        code = await come(b)
        b.on["thief"] = b.halls
        await b.write("thief", f"/join {code}")
        shown = number(b, "thief")
        await b.press("zoe", "That was not me")
        assert "your invitation links no other chat any more" in b.last("zoe")
        await b.write("zoe", shown)
        await b.write("thief", f"/join {code}")
        assert "This invitation is in use" not in b.last("thief")
        assert await reached(b) == {"phones:main"}


async def test_somebody_who_asks_a_hundred_times_is_told_of_once() -> None:
    async with both(BALLOT) as b:
        code = await come(b)
        for n in range(8):
            await b.write("zoe@halls", f"/join {code}", message=f"m{n}")
        assert b.count("zoe", "Somebody has shown your invitation") == 1
        await b.write("zoe", number(b))
        assert await reached(b) == {"phones:main", "halls:main"}


async def test_who_has_a_seat_of_their_own_and_a_second_phone_are_refused() -> None:
    async with both(BALLOT) as b:
        code = await come(b)
        await b.write("dora", f"/join {code}")
        assert "used already" in b.last("dora")
        b.on["zoe2"] = b.phones
        await b.write("zoe2", f"/join {code}")
        assert "used already" in b.last("zoe2")
        assert b.count("zoe", "Somebody has shown your invitation") == 0


async def test_who_took_a_seat_meanwhile_keeps_that_one() -> None:
    async with both(BALLOT) as b:
        code = await come(b)
        await b.write("zoe@halls", f"/join {code}")
        shown = number(b)
        other = await expect(b, "A-18")
        await b.write("zoe@halls", f"/join {other}")
        await b.write("zoe", shown)
        assert "has a seat of its own by now" in b.last("zoe")
        assert (await b.seat("zoe")).id != (await b.seat("zoe@halls")).id


async def test_a_new_invite_ends_the_link_and_an_old_one_links_nothing() -> None:
    async with both(BALLOT) as b:
        code = await come(b)
        await b.write("zoe@halls", f"/join {code}")
        await b.write("zoe", number(b))
        newer = await expect(b, again=True)
        b.on |= {"new phone": b.phones, "thief": b.halls}
        await b.write("new phone", f"/join {newer}")
        assert await reached(b, "new phone") == {"phones:main"}
        for gone in ("zoe", "zoe@halls"):
            assert "has moved to another chat" in b.last(gone)
        await b.write("thief", f"/join {code}")
        assert "This invitation is in use" not in b.last("thief")
        await b.write("thief", f"/join {newer}")
        await b.write("new phone", number(b, "thief"))
        assert await reached(b, "new phone") == {"phones:main", "halls:main"}, "the newest one links"


async def test_whoever_has_left_is_linked_to_nobody() -> None:
    async with both(BALLOT) as b:
        code = await come(b)
        await b.write("zoe", "/leave")
        await b.press("zoe", "Leave")
        await b.write("zoe@halls", f"/join {code}")
        assert "This invitation is in use" not in b.last("zoe@halls")


async def test_what_cannot_arrive_in_one_chat_arrives_in_the_other_once() -> None:
    async with both() as b:
        code = await codes_of(b, "anna")
        b.on["anna@halls"] = b.halls
        await b.write("anna@halls", f"/join {code}")
        await b.write("anna", number(b, "anna@halls"))
        b.phones.failing["anna"] = Gone("blocked")
        await b.write("ben", "Can you read me?")
        assert b.count("anna", "Can you read me?") == 0
        assert b.count("anna@halls", "Can you read me?") == 1
        assert (await b.seat("anna")).lost == ""
        assert b.count("maya", "I cannot reach") == 0


async def test_a_message_is_changed_where_it_stands() -> None:
    async with both() as b:
        code = await codes_of(b, "anna")
        b.on["anna@halls"] = b.halls
        await b.write("anna@halls", f"/join {code}")
        await b.write("anna", number(b, "anna@halls"))
        own = await b.write("ben", "Bred")
        await b.write("anna@halls", "I am here now")
        await b.write("ben", "Second")
        await b.edit("ben", own, "Bread")
        assert any("Bread" in text for text in b.shown("anna"))
        assert not any("Bred" in text for text in b.shown("anna"))
        assert b.count("anna@halls", "Second") == 1
        assert b.count("anna@halls", "Bread") == 0
        answered = b.halls.find("anna@halls", "Second")
        await b.write("anna@halls", "To the second", answers=answered)
        assert b.phones.answers("ben", "To the second") != ""
        await b.write("maya", "/hide", answers=b.halls.find("maya", "Bread"))
        assert not any("Bread" in text for text in b.shown("anna"))


async def codes_of(b: Both, who: str) -> str:
    """A used code of somebody who is in already."""
    seat = await b.seat(who)

    def work(db: Database) -> str:
        now = ms(b.room.clock.now())
        code = codes.make_code(db, ASSEMBLY, "participant", "linz", made=now, expires=now * 2)
        codes.spend(db, code, seat.id)
        return code

    return await b.room.store.transact(work)


async def link(b: Both, who: str) -> None:
    """Somebody links a chat on the other platform: `who@halls`."""
    code = await codes_of(b, who)
    b.on[f"{who}@halls"] = b.halls
    await b.write(f"{who}@halls", f"/join {code}")
    await b.write(who, number(b, f"{who}@halls"))


async def test_what_stands_in_either_chat_can_be_used_there() -> None:
    async with both(BALLOT) as b:
        await link(b, "anna")
        await b.write("anna@halls", "/my")
        await b.press("anna", "Yes")
        assert b.phones.find("anna", "Thank you, your vote is in.") < b.phones.find("anna", "Your table has a room now")
        await b.write("anna@halls", "no")
        await b.write("anna@halls", "1")
        assert "Changed. Your answer is now:\n  “No”" in b.last("anna@halls")
        assert any(text == "More bread?\n· No" for text in b.shown("anna")), "and shows the last answer"
        await b.write("anna", "/my")
        await b.write("anna@halls", "1", answers=b.halls.find("anna@halls", "Changed."))
        assert "[2] ✓ No" in b.last("anna@halls")
        await b.write("anna@halls", "3")
        votes = await b.room.store.read(ballots.voters, ASSEMBLY, "ballot")
        assert len(votes) == 1
        cast = await b.room.store.read(ballots.choices_of, ASSEMBLY, (await b.seat("anna")).id, "ballot")
        assert cast == {("q", ""): "abstain"}


async def test_what_was_written_in_either_chat_can_be_changed_and_deleted_there() -> None:
    async with both() as b:
        await link(b, "anna")
        there = await b.write("anna@halls", "From the hals")
        here = await b.write("anna", "From the phon")
        await b.edit("anna@halls", there, "From the halls")
        await b.edit("anna", here, "From the phone")
        assert [text for text in b.shown("ben") if "From the" in text] == [
            "Anna\n  “From the halls”\n· (edited)",
            "Anna\n  “From the phone”\n· (edited)",
        ]
        await b.edit("anna", there, "Not mine here")
        await b.deletes("anna@halls", here)
        assert sum("From the" in text for text in b.shown("ben")) == 2, "a message is named where it stands"
        await b.deletes("anna@halls", there)
        await b.deletes("anna", here)
        assert not any("From the" in text for text in b.shown("ben"))


async def test_who_speaks_in_one_chat_reads_nothing_of_it_in_the_other() -> None:
    async with both() as b:
        await link(b, "anna")
        await b.write("anna", "To my table")
        await b.write("anna@halls", "Once more")
        for words in ("To my table", "Once more"):
            assert b.count("anna", words) == b.count("anna@halls", words) == 0
            assert b.count("ben", words) == 1


async def test_a_helper_stays_a_helper_in_the_other_chat() -> None:
    async with both(BALLOT) as b:
        now = ms(b.room.clock.now())
        code = await b.room.store.transact(
            lambda db: codes.make_code(db, ASSEMBLY, "participant", "linz", made=now, expires=now * 2)
        )
        await b.write("dora", f"/join {code}")
        b.on["berta"] = b.phones
        await b.write("berta", f"/join {code}")
        await b.write("dora", number(b, "berta"))
        found = await b.room.store.read(lambda db: identities.seats_of(db, db.vault.lookup("phones:main", "berta")))
        assert [held.helper for held in found] == [True], "their own invite makes a seat of their own there"


async def test_the_new_chat_is_told_how_to_choose_with_the_first_question() -> None:
    loaves = (
        '[[step]]\nid = "loaves"\ntype = "survey"\nduration = "1h"\nquestions = [{ id = "n", method = "number", min = 1, '
        'max = 99, dont_know = true, text = { en = "How many loaves?", de = "Wie viele Brote?" } }]\n'
    )
    async with both(TALK + loaves + BY_HAND) as b:
        await link(b, "anna")
        await b.write("anna@halls", "Good morning")
        assert b.last("anna@halls") == "Sent to your table.\n[1] Undo"
        await b.room.wait(timedelta(hours=1))
        assert "To choose, write the letter that stands before it.\n[1] I don't know" in b.last("anna@halls")
        await b.write("anna@halls", "a")
        assert b.count("anna@halls", "“I don't know”") == 1


async def test_a_number_that_answers_a_question_is_no_wrong_one() -> None:
    loaves = (
        '[[step]]\nid = "loaves"\ntype = "survey"\nduration = "1h"\nquestions = [{ id = "n", method = "number", '
        'text = { en = "How many loaves?", de = "Wie viele Brote?" } }]\n'
    )
    async with both(loaves) as b:
        code = await codes_of(b, "anna")
        b.on["anna@halls"] = b.halls
        await b.write("anna@halls", f"/join {code}")
        await b.write("anna", "120000" if number(b, "anna@halls") != "120 000" else "130000")
        assert b.count("anna", "This is not the number") == 0
        assert b.count("anna", "that was the last question") == 1


async def test_the_linked_seat_is_the_current_one_in_the_new_chat() -> None:
    async with both(BALLOT) as b:
        await link(b, "anna")
        await b.write("anna@halls", "/my")
        current = await b.room.store.read(
            lambda db: identities.current_seat(db, db.vault.lookup("halls:main", "anna@halls"))
        )
        assert current == (await b.seat("anna")).id


async def test_a_code_that_several_were_given_links_nobody() -> None:
    async with both(BALLOT) as b:
        now = ms(b.room.clock.now())
        code = await b.room.store.transact(
            lambda db: codes.make_code(db, ASSEMBLY, "participant", "linz", uses=2, made=now, expires=now * 2)
        )
        for who, chats in (("zoe", b.phones), ("yves", b.phones), ("third", b.halls)):
            b.on[who] = chats
            await b.write(who, f"/join {code}")
        assert "used already" in b.last("third")
        assert b.count("yves", "Somebody has shown your invitation") == 0
