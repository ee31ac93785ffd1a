"""The door: with an invite, with a code that is not good, without anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.state import Role
from bot.store import accounts, audit, codes, courses, identities, refusals
from bot.store.database import Database
from bot.store.times import ms
from bot.transports.port import Batch
from tests.support.doorway import ASKED, expect, found, knocks, opened, reissue, seats
from tests.support.evening import EVENING
from tests.support.room import ACCOUNT, ASSEMBLY, Post, room

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


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
        noted = [line for line in await here.store.read(audit.lines, ASSEMBLY) if line.act == "joined"]
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


@pytest.mark.parametrize(("role", "next"), [
    ("facilitator", "need do nothing until your table begins"), ("coordinator", "/board shows you all tables"),
    ("organiser", "/begin begins the assembly"), ("observer", "/watch"), ("expert", "until your table begins"),
    ("translator", "/trans shows what waits"),
])  # fmt: skip
async def test_whoever_gets_a_role_reads_what_to_do_first_and_where_the_rest_is(role: Role, next: str) -> None:
    async with room(EVENING) as here:
        await here.say("zoe", f"/join {await expect(here, 'Z', role=role)}")
        (first,) = [text for text in here.post.text("zoe").split("Your role in this assembly: ") if "/help" in text]
        assert "Please write it like this: /name Maya" in first
        assert next in first
        assert len(first) < 700, "it is read on a phone"


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
        assert "until then I take no code" in here.post.text("thief")
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
        assert "Please wait 10 seconds: until then I take no code, not even the right one." in post.text("anna")
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
