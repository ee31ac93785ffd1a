"""The door: with an invite, by a link, without anything; wrong codes; a seat that moves to another chat."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest

from bot.core.guests import Guest
from bot.core.state import Seat, Status
from bot.store import accounts, codes, courses, guests, identities, joining, people, refusals
from bot.store.codes import Invite
from bot.store.database import Database
from bot.store.guests import Expected
from bot.store.times import ms
from bot.transports.port import Batch, Incoming
from tests.support.evening import EVENING
from tests.support.room import ACCOUNT, ASSEMBLY, Post, Room, room

CONTACT = EVENING.replace("[mandate]\n", '[mandate]\ncontact = { en = "Claire, 03 00", de = "Klara, 03 00" }\n')
ASKED = "please write /join and the code from your invitation"
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def opened(more: str) -> str:
    """The evening with a `[joining]` of its own."""
    return CONTACT.replace("[groups.tables]", f"[joining]\n{more}\n[groups.tables]")


async def expect(here: Room, ref: str = "A-17", **more: object) -> str:
    """Somebody is expected. Their code."""
    guest = replace(Guest(ref, "participant", "linz"), **more)  # type: ignore[arg-type]

    def work(db: Database) -> str:
        now = here.clock.now()
        guests.expect(db, ASSEMBLY, guest, ms(now), ms(now + timedelta(days=30)))
        return guests.code(db, ASSEMBLY, found(db, ref))

    return await here.store.transact(work)


def found(db: Database, ref: str = "A-17") -> Expected:
    who = guests.find(db, ASSEMBLY, ref)
    assert who is not None
    return who


async def reissue(here: Room, ref: str = "A-17") -> str:
    def work(db: Database) -> str:
        now = here.clock.now()
        return guests.reissue(db, ASSEMBLY, found(db, ref), ms(now), ms(now + timedelta(days=30)))

    return await here.store.transact(work)


async def link(here: Room, way: str = "linz") -> str:
    """The link of an open assembly."""

    def work(db: Database) -> str:
        now, code = here.clock.now(), codes.spell(db.vault.invite(ASSEMBLY, f"link/{way}", 1))
        invite = Invite(ASSEMBLY, "participant", "linz", "", way=way)
        codes.put_code(db, code, invite, uses=codes.MANY, made=ms(now), expires=ms(now + timedelta(days=30)))
        return code

    return await here.store.transact(work)


async def knocks(here: Room, *texts: tuple[str, str], language: str = "en", **more: object) -> None:
    """People write in one batch, and everything that follows at once happens."""
    here._count += len(texts)
    heard = [
        Incoming(f"{here._count}.{n}", who, who, here.clock.now(), text, language=language, **more)  # type: ignore[arg-type]
        for n, (who, text) in enumerate(texts)
    ]
    await here.engine.take_in(ACCOUNT, Batch(tuple(heard), str(here._count)))
    await here.engine.settle()


async def seats(here: Room) -> list[Seat]:
    return await here.store.read(people.roster, ASSEMBLY, roles=(), statuses=get_args(Status))


# With an invite


async def test_an_invite_gives_the_seat_that_the_list_tells_of() -> None:
    async with room(EVENING) as here:
        code = await expect(here, language="de", attributes={"area": "city"})
        await knocks(here, ("anna", f"/start {code.replace('-', '')}"), language="fr")
        (seat,) = await seats(here)
        assert (seat.role, seat.site, seat.language, seat.status) == ("participant", "linz", "de", "new")
        assert seat.attributes == {"area": "city"}
        assert "Ihr Platz ist reserviert" in here.post.text("anna")
        who = await here.store.read(found)
        assert (who.seat, who.guest.attributes) == (seat.id, {})
        noted = [line for line in await here.store.read(courses.log, ASSEMBLY) if line.act == "joined"]
        assert [line.by for line in noted] == [seat.id]


@pytest.mark.parametrize(
    ("invited", "phone", "reads"), [("", "de-AT", "de"), ("", "fr", "en"), ("", "", "en"), ("en", "de", "en")]
)
async def test_the_first_language_comes_from_the_invite_and_only_then_from_the_phone(
    invited: str, phone: str, reads: str
) -> None:
    async with room(EVENING) as here:
        code = await expect(here, language=invited)
        await knocks(here, ("anna", f"/join {code}"), language=phone)
        assert [s.language for s in await seats(here)] == [reads]


async def test_the_first_message_offers_the_other_language() -> None:
    async with room(EVENING) as here:
        await here.begin()
        code = await expect(here, language="de")
        await here.say("anna", f"/join {code}")
        assert [b.label for b in here.post.to("anna")[-1].buttons] == ["Weiter", "English"]
        await here.choose("anna", "English")
        assert [s.language for s in await seats(here)] == ["en"]


@pytest.mark.parametrize(
    "text",
    [
        "/join {code}", "/JOIN   {code}", "/start {plain}", "/start@pnyx_bot {plain}", "/join {lower}", "/join\n{code}",
        "{code}", "{plain}", "https://t.me/pnyx_bot?start={plain}", "Hello, my code is {lower}, thank you!",
    ],
)  # fmt: skip
async def test_a_code_is_taken_however_it_is_sent(text: str) -> None:
    async with room(EVENING) as here:
        code = await expect(here)
        await here.say("anna", text.format(code=code, plain=code.replace("-", ""), lower=code.lower()))
        assert len(await seats(here)) == 1, here.post.text("anna")


@pytest.mark.parametrize("more", [{"kind": "edit"}, {"bar": "forwarded"}, {"bar": "via_bot"}, {"kind": "reaction"}])
async def test_a_code_counts_in_a_new_message_of_ones_own_only(more: dict[str, str]) -> None:
    async with room(EVENING) as here:
        code = await expect(here)
        await knocks(here, ("anna", f"/join {code}"), **more)
        await knocks(here, ("anna", code), **more)
        assert await seats(here) == []
        await here.say("anna", f"/join {code}")
        assert len(await seats(here)) == 1


async def test_an_invite_is_for_one_person_and_one_seat() -> None:
    async with room(EVENING) as here:
        code = await expect(here)
        await knocks(here, ("anna", f"/join {code}"), ("thief", f"/join {code}"), ("anna", f"/join {code}"))
        await here.say("anna", f"/start {code}")
        assert len(await seats(here)) == 1
        assert here.post.text("thief") == (
            "This code has been used already. Whoever gave it to you can make a new one."
        )
        assert here.post.text("anna").count("The assembly has not begun yet.") == 2, "the owner may tap the link again"
        assert "used already" not in here.post.text("anna")
        assert await here.store.read(lambda db: refusals.waiting(db, db.vault.lookup(ACCOUNT, "anna"), 0)) is None


async def test_who_serves_begins_at_once_and_takes_a_table_that_is_there() -> None:
    async with room(EVENING) as here:
        maya = await expect(here, "M", role="facilitator", table="1")
        for name in ("anna", "ben"):
            await here.enrol(name)
        await here.begin()
        for name in ("anna", "ben"):
            await here.choose(name, "Continue", "I am 18 or older and agree")
            await here.say(name, name.title())
        await here.wait(HOUR)
        await here.say("maya", f"/join {maya}")
        (seat,) = [s for s in await seats(here) if s.role == "facilitator"]
        assert (seat.status, seat.table) == ("active", "linz-1")
        assert "Your role in this assembly: facilitator" in here.post.text("maya")


async def test_a_second_invite_on_one_phone_is_for_somebody_else() -> None:
    async with room(EVENING) as here:
        first, second = await expect(here), await expect(here, "A-18")
        await here.say("anna", f"/join {first}")
        await here.say("anna", f"/join {second}")
        assert [s.helped for s in await seats(here)] == [False, True]
        assert "You now also answer for somebody else." in here.post.text("anna")


async def test_who_sits_here_takes_a_role_and_no_second_seat() -> None:
    async with room(EVENING) as here:
        seat = await here.enrol("anna")
        code = await expect(here, role="facilitator")
        await here.say("anna", f"/join {code}")
        assert [(s.id, s.role) for s in await seats(here)] == [(seat, "facilitator")]
        assert (await here.store.read(found)).seat == seat


async def test_the_role_is_the_one_that_the_list_has_now() -> None:
    async with room(EVENING) as here:
        code = await expect(here)
        assert await expect(here, role="observer") == code
        await here.say("anna", f"/join {code}")
        assert [(s.role, s.status) for s in await seats(here)] == [("observer", "active")]
        second = await expect(here, "A-18")
        await expect(here, "A-18", role="expert")
        await here.say("anna", f"/join {second}")
        assert [s.role for s in await seats(here)] == ["expert"]


async def test_who_shows_an_invite_again_speaks_for_its_seat() -> None:
    async with room(EVENING) as here:
        first, second = await expect(here), await expect(here, "A-18")
        await here.say("anna", f"/join {first}")
        await here.say("anna", f"/join@pnyx_bot {second}")
        current = await here.store.read(lambda db: identities.current_seat(db, db.vault.lookup(ACCOUNT, "anna")))
        await here.say("anna", f"/join {first}")
        again = await here.store.read(lambda db: identities.current_seat(db, db.vault.lookup(ACCOUNT, "anna")))
        own, helped = await seats(here)
        assert (current, again) == (helped.id, own.id)


async def test_who_sits_here_passes_a_code_on_as_words() -> None:
    """A code in what somebody says is not theirs: only a command takes it."""
    async with room(EVENING) as here:
        await here.enrol("anna")
        await here.say("anna", await expect(here))
        assert len(await seats(here)) == 1


async def test_a_code_that_many_share_gives_each_of_them_one_seat() -> None:
    async with room(EVENING) as here:

        def work(db: Database) -> str:
            now = ms(here.clock.now())
            return codes.make_code(db, ASSEMBLY, "participant", "linz", uses=2, made=now, expires=now + 1)

        code = await here.store.transact(work)
        await knocks(here, ("anna", f"/join {code}"), ("anna", f"/join {code}"), ("ben", f"/join {code}"))
        await here.say("cleo", f"/join {code}")
        assert [s.helped for s in await seats(here)] == [False, False]
        assert "used already" in here.post.text("cleo")


# Codes that are not good


async def test_what_is_said_of_a_code_depends_on_what_one_may_know() -> None:
    async with room(EVENING) as here:
        used, late, old = await expect(here), await expect(here, "late"), await expect(here, "old")
        await here.say("owner", f"/join {used}")
        await reissue(here, "old")
        here.clock.move(here.clock.now() + timedelta(days=31))
        answers = {
            "stranger": ["used already", "too old", "a newer code"],
            "elsewhere": ["I do not know this code"] * 3,
            "member": ["used already", "too old", "a newer code"],
        }
        await here.enrol("member")
        await here.store.transact(_seat_in_another_assembly, ms(here.clock.now()))
        for who, expected in answers.items():
            for code, words in zip((used, late, old), expected, strict=True):
                here.post.delivered.clear()
                await here.say(who, f"/join {code}")
                assert words in here.post.text(who), (who, words)


def _seat_in_another_assembly(db: Database, at: int) -> None:
    assembly = courses.load_assembly(db, ASSEMBLY)
    assert assembly is not None
    courses.save_assembly(db, replace(assembly, id="a2"))
    identities.enrol(db, "a2", ACCOUNT, "elsewhere", "elsewhere", "participant", "linz", "en", at=at)


async def test_who_came_in_starts_anew_with_wrong_codes() -> None:
    async with room(EVENING) as here:
        code = await expect(here)
        for text in ("AAAA", "BBBB", code, "CCCC", "DDDD"):
            await here.say("anna", f"/join {text}")
        assert "Please wait" not in here.post.text("anna")


async def test_a_thousand_guesses_get_nobody_in_and_few_answers() -> None:
    async with room(EVENING) as here:
        code = await expect(here)
        guesses = [("thief", f"/start {codes.spell(n.to_bytes(16))}") for n in range(1000)]
        for start in range(0, 1000, 50):
            await knocks(here, *guesses[start : start + 50])
            await here.wait(6 * SECOND)
        assert await seats(here) == []
        assert 4 <= len(here.post.to("thief")) <= 10
        assert "until then I look at no code" in here.post.text("thief")
        await here.say("anna", f"/join {code}")
        assert len(await seats(here)) == 1, "nobody else waits"


async def test_during_the_wait_not_even_the_right_code_is_looked_at(tmp_path: Path) -> None:
    """And the wait outlives the process."""
    post = Post()
    async with room(EVENING, post, tmp_path / "pnyx.db") as here:
        code = await expect(here)
        for wrong in ("AAAA", "BBBB", "CCCC"):
            await here.say("anna", f"/join {wrong}")
        assert "Please wait 30 seconds" in post.text("anna")
        await here.wait(20 * SECOND)
        post.delivered.clear()
        await here.say("anna", f"/join {code}")
        assert "Please wait 10 seconds: until then I look at no code, not even at the right one." in post.text("anna")
        path = Path(here.store.path)
        when = here.clock.now()
    async with room(EVENING, post, path) as here:
        here.clock.move(when)
        here._count = 100
        await here.say("anna", f"/join {code}")
        assert len(post.to("anna")) == 1, "told once"
        assert await seats(here) == []
        await here.wait(10 * SECOND)
        await here.say("anna", f"/join {code}")
        assert len(await seats(here)) == 1


async def test_an_account_tells_its_name_with_what_it_brings() -> None:
    async with room(EVENING) as here:
        for name in ("", "old_bot", "square_bot", ""):
            await here.engine.take_in(ACCOUNT, Batch((), name, name=name))
        assert await here.store.read(accounts.names) == {ACCOUNT: "square_bot"}


# Without anything


async def test_a_newcomer_without_a_code_is_answered_once_a_minute() -> None:
    async with room(EVENING) as here:
        for _ in range(40):
            await here.say("anna", "hello?")
        await here.say("anna", press="vote:x")
        assert len(here.post.to("anna")) == 1
        assert ASKED in here.post.text("anna")
        await here.wait(61 * SECOND)
        await here.say("anna", "hello?")
        assert len(here.post.to("anna")) == 2
        await here.say("ben", "hello?")
        assert len(here.post.to("ben")) == 1


async def test_a_newcomer_is_answered_in_the_language_of_their_phone() -> None:
    async with room(EVENING) as here:
        await knocks(here, ("anna", "Guten Tag"), language="de-AT")
        await knocks(here, ("ben", "Buna ziua"), language="ro")
        assert here.post.text("anna").startswith("Guten Tag. Ich bin Pnyx")
        assert here.post.text("ben").startswith("Good day. I am Pnyx")


async def test_reactions_edits_and_the_like_of_newcomers_are_not_answered() -> None:
    async with room(opened("open = true")) as here:
        for kind in ("edit", "reaction", "reachable"):
            await knocks(here, ("anna", "hello"), kind=kind)
        assert here.post.to("anna") == []
        assert await seats(here) == []


async def test_a_chat_that_is_opened_again_shows_what_is_open() -> None:
    async with room(EVENING) as here:
        await here.enrol("anna")
        await here.say("anna", "/start")
        assert "The assembly has not begun yet." in here.post.text("anna")


# Open assemblies


async def test_a_link_lets_in_up_to_the_caps_and_each_person_once() -> None:
    async with room(opened("links = true\ncap = 3\ncaps = { linz = 2 }")) as here:
        code = await link(here)
        await here.say("anna", f"/start {code}")
        await here.say("anna", f"/start {code}")
        await here.say("ben", f"/start {code}")
        await here.say("cleo", f"/start {code}")
        assert len(await seats(here)) == 2
        assert "The assembly has not begun yet." in here.post.text("anna"), "who follows it again is simply in"
        assert here.post.text("cleo").startswith(
            "All places in “The square” that could be taken without a personal invitation are taken."
        )
        assert "Claire, 03 00" in here.post.text("cleo")
        await here.say("cleo", f"/start {code}")
        assert len(here.post.to("cleo")) == 1
        await here.say("dora", "hello")
        assert ASKED in here.post.text("dora"), "links = true is not open = true"
        own = await expect(here)
        await here.say("dora", f"/join {own}")
        assert len(await seats(here)) == 3, "a code of one's own is good where no place is left"
        assert await here.store.read(joining.came, ASSEMBLY) == {"linz": 2}


async def test_an_open_assembly_lets_in_whoever_writes_as_long_as_there_is_room() -> None:
    async with room(opened("open = true\ncap = 2")) as here:
        await knocks(here, *((f"p{n}", "hello") for n in range(5)), language="de")
        found = await seats(here)
        assert [s.language for s in found] == ["de", "de"]
        assert here.post.text("p4").startswith("Alle Plätze") or here.post.text("p4").startswith("All places")
        await here.say("p0", "hello")
        assert len(await seats(here)) == 2


async def test_an_assembly_that_is_closed_lets_nobody_in() -> None:
    async with room(opened("open = true")) as here:
        row = await here.store.read(courses.load_assembly, ASSEMBLY)
        assert row is not None
        await here.store.transact(courses.save_assembly, replace(row, state="closed"))
        await here.say("anna", "hello")
        assert await seats(here) == []
        assert ASKED in here.post.text("anna")


async def test_a_rush_rings_the_alarm_once_and_the_caps_hold() -> None:
    """1,000 people follow 20 links within a minute."""
    links = opened("links = true\ncap = 300\ncaps = { linz = 250 }\nalarm = 30")
    async with room(links) as here:
        await here.enrol("olga", "organiser")
        await here.enrol("carl", "coordinator")
        ways = [await link(here, f"linz/{n}") for n in range(20)]
        for start in range(0, 1000, 50):
            await knocks(here, *((f"p{n}", f"/start {ways[n % 20]}") for n in range(start, start + 50)))
            await here.wait(3 * SECOND)
        assert await here.store.read(joining.came, ASSEMBLY) == {"linz": 250}
        for who in ("olga", "carl"):
            assert here.post.text(who).count("without a code of their own") == 1
            assert "They go on coming in" in here.post.text(who)
        assert all(len(here.post.to(f"p{n}")) == 1 for n in range(1000)), "each is answered, once"
        assert [line.act for line in await here.store.read(courses.log, ASSEMBLY)].count("joining_alarm") == 1


async def test_the_alarm_rings_again_in_the_next_rush() -> None:
    async with room(opened("open = true\nalarm = 2")) as here:
        await here.enrol("olga", "organiser")
        rings = []
        for n in range(30):
            await here.say(f"p{n}", "hello")
            rings.append(here.post.text("olga").count("within a minute"))
            await here.wait(timedelta(minutes=6) if n in (5, 20) else 10 * SECOND)
        assert rings[1:3] == [0, 1]
        assert rings[5] == 1
        assert rings[8] == 2
        assert rings[20] == 2
        assert rings[29] == 3


async def test_a_rush_can_close_the_door_until_somebody_opens_it() -> None:
    async with room(opened('links = true\nalarm = 2\non_alarm = "pause"')) as here:
        await here.enrol("carl", "coordinator")
        code = await link(here)
        await knocks(here, *((f"p{n}", f"/start {code}") for n in range(5)))
        assert len(await seats(here)) == 4
        assert "Nobody else comes in like that until you allow it." in here.post.text("carl")
        assert here.post.text("p4").startswith("Just now nobody can come into “The square”")
        own = await expect(here)
        await here.say("dora", f"/join {own}")
        assert len(await seats(here)) == 5, "a code of one's own works as before"
        await here.choose("carl", "Let people in again")
        assert "3 people came in without a code of their own." in here.post.text("carl")
        await here.say("p4", f"/start {code}")
        assert len(await seats(here)) == 6
        await here.say("carl", "/joining pause")
        await here.say("carl", "/joining pause")
        assert "Nobody else comes in like that now." in here.post.text("carl")
        await here.say("emma", f"/start {code}")
        assert len(await seats(here)) == 6
        acts = [line.act for line in await here.store.read(courses.log, ASSEMBLY) if line.act.startswith("joining")]
        assert acts == ["joining_alarm", "joining_allowed", "joining_paused"]


async def test_an_assembly_for_invited_people_has_no_such_door() -> None:
    async with room(EVENING) as here:
        await here.enrol("olga", "organiser")
        await here.say("olga", "/joining")
        assert "with a code of their own only" in here.post.text("olga")
        await here.say("olga", "/joining loudly")
        assert "After /joining I found “loudly”." in here.post.text("olga")


# A seat that moves


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
        assert "“Der Platz”" in here.post.text("old")
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
        acts = [line.act for line in await here.store.read(courses.log, ASSEMBLY)]
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
