"""A word from those who lead: what is shown before is what people read, each in their language; and it can be taken back."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.language.translation.service import Orders, Translators
from bot.store import audit
from tests.engine.test_mixed_rooms import GROUP, met
from tests.support.chats import FLOW, TALK, Chats, Talkers, table
from tests.support.mixed_tables import FLOW_AT_NIGHT, MIXED, PATIENCE, Turning, mixed, reads, until
from tests.support.room import ASSEMBLY, room
from tests.support.two_platforms import LODGED, both

APART = MIXED.replace('\ncommon_language = "translate"\nmax_languages = 2', "")
"""Everybody sits with people of their own language: at the tables nothing is translated."""

LATER = '[[step]]\nid = "rest"\ntype = "break"\nduration = "40m"\n'
SOURCE = "translated by machine (turning) from English"


async def acts(t: Talkers) -> list[str]:
    return [line.act for line in await t.room.store.read(audit.lines, ASSEMBLY)]


async def test_a_preview_says_who_reads_what_in_which_language_and_when_and_sends_nothing() -> None:
    async with mixed() as (t, engine):
        before = {who: t.shown(who) for who in ("anna", "ben", "cleo")}
        await t.write("maya", "/prompt What speaks for it?")
        assert t.last("maya").replace("Cleo and Anna", "Anna and Cleo").splitlines() == [
            "This goes to table 1:",
            "  “What speaks for it?”",
            "As it was written, in English: Anna and Cleo.",
            "In German: Ben.",
            "  “tahW skaeps rof ti?”",
            f"· {SOURCE}",
            "It goes at once.",
            "· Nothing has been sent yet.",
            "[1] Send  [2] Do not send",
        ]
        assert {who: t.shown(who) for who in before} == before
        assert engine.asked == [("What speaks for it?", "en", "de")]


async def test_what_was_shown_is_what_is_sent() -> None:
    async with mixed() as (t, engine):
        await t.write("maya", "/prompt What speaks for it?")
        engine.gives = lambda text: "something else altogether"
        await t.tap("maya", "Send")
        assert "tahW skaeps rof ti?" in t.last("ben")
        assert t.last("cleo") == "Maya (facilitator)\n  “What speaks for it?”"
        assert engine.asked == [("What speaks for it?", "en", "de")], "nothing is translated a second time"


async def test_a_preview_waits_for_the_machine_and_no_longer_than_a_message_does() -> None:
    async with mixed() as (t, engine):
        engine.gates["de"] = asyncio.Event()
        asking = asyncio.create_task(t.write("maya", "/prompt What speaks for it?"))
        await until(lambda: bool(engine.asked))
        assert not any("This goes to" in text for text in t.shown("maya"))
        engine.gates["de"].set()
        await asking
        assert "tahW skaeps rof ti?" in t.last("maya")


async def test_where_nothing_translates_the_preview_says_who_reads_the_original() -> None:
    async with mixed(orders=Orders(())) as (t, _):
        await t.write("maya", "/prompt What speaks for it?")
        shown = t.last("maya")
        assert "In German: Ben.\n· Nothing can translate this here: they read it as it was written." in shown
        await t.tap("maya", "Send")
        await t.room.wait(PATIENCE)
        assert "“What speaks for it?”\n· auf Englisch, nicht übersetzt" in t.last("ben")


async def test_a_word_to_every_table_reaches_each_in_their_language_at_whatever_table() -> None:
    async with mixed(
        LATER, APART, {**dict.fromkeys(("anna", "cleo"), "en"), "ben": "de", "dora": "de", "maya": "en"}
    ) as (t, _):
        await t.room.enrol("olga", "organiser")
        await t.write("olga", "/prompt all Ten minutes left")
        assert t.last("olga").splitlines()[:5] == [
            "This goes to every table:",
            "  “Ten minutes left”",
            "As it was written, in English: 3 people.",
            "In German: 2 people.",
            "  “neT setunim tfel”",
        ], "who leads a table reads it too"
        await t.tap("olga", "Send")
        for who in ("anna", "cleo", "maya"):
            assert t.last(who) == "Olga (organiser)\n  “Ten minutes left”"
            assert reads(t, who, "Ten minutes left") == 1
        for who in ("ben", "dora"):
            assert "“neT setunim tfel”\n· maschinell übersetzt (turning), Original: Englisch" in t.last(who)
            await t.tap(who, "Original")
            assert "“Ten minutes left”" in t.last(who)
            await t.tap(who, "Übersetzung")
            assert "“neT setunim tfel”" in t.last(who)
        assert reads(t, "olga", "“Ten minutes left”") == 1, "who wrote it reads it where it was sent"


async def test_announcements_go_the_same_way() -> None:
    async with mixed(LATER, APART, {"anna": "en", "cleo": "en", "ben": "de", "dora": "de", "maya": "en"}) as (t, _):
        await t.room.enrol("olga", "coordinator")
        await t.write("olga", "/announce Coffee")
        assert "This goes to everybody at: linz." in t.last("olga")
        assert "In German: 2 people.\n  “eeffoC”" in t.last("olga")
        await t.tap("olga", "Send")
        assert "eeffoC" in t.last("ben")
        await t.tap("olga", "Take it back")
        for who in ("anna", "ben", "cleo", "dora", "maya"):
            assert not reads(t, who, "Coffee")
            assert not reads(t, who, "eeffoC")
        assert {"announced", "prompt_taken_back"} <= set(await acts(t))


async def test_at_a_table_of_one_language_who_leads_in_another_is_understood() -> None:
    async with mixed(TALK, APART, {"anna": "de", "ben": "de", "cleo": "de", "maya": "en"}) as (t, _):
        await t.room.enrol("olga", "organiser")
        await t.write("olga", "/prompt 1 Who begins?")
        assert "ohW snigeb?" in t.last("olga")
        await t.tap("olga", "Send")
        assert "ohW snigeb?" in t.last("anna")


async def test_in_the_quiet_hours_the_preview_says_when_people_get_it() -> None:
    async with mixed(LATER.replace("40m", "30h"), FLOW_AT_NIGHT) as (t, _):
        await t.room.enrol("olga", "organiser")
        await t.room.wait(timedelta(hours=12))
        await t.write("olga", "/prompt all Until tomorrow")
        assert "At linz people are not written to now: they get it at " in t.last("olga")
        assert "It goes at once" not in t.last("olga")
        await t.tap("olga", "Send")
        assert not reads(t, "anna", "Until tomorrow")
        await t.tap("olga", "Take it back")
        await t.room.wait(timedelta(hours=12))
        assert not reads(t, "anna", "Until tomorrow"), "taken back before it left, it never comes"


async def test_who_cannot_be_reached_is_counted_apart() -> None:
    async with table(LATER) as t:
        await t.write("olga", "/announce Hello")
        assert "As it was written, in English: 4 people." in t.last("olga"), "not who writes it"
        await t.write("olga", "/prompt all Hello")
        assert "As it was written, in English: 4 people." in t.last("olga")
        assert "cannot be reached" not in t.last("olga")
        await t.room.store.transact(
            lambda db: db.sql.execute("UPDATE seat SET lost = 'blocked' WHERE role = 'facilitator'")
        )
        await t.write("olga", "/prompt all Hello")
        assert "As it was written, in English: 3 people." in t.last("olga")
        assert "1 person cannot be reached at present." in t.last("olga")


# Undo


async def test_what_was_said_to_a_talk_is_taken_back_as_any_message() -> None:
    async with table() as t:
        await t.write("maya", "/prompt What speaks for it?")
        await t.tap("maya", "Send")
        assert reads(t, "anna", "What speaks for it?") == 1
        await t.tap("maya", "Take it back")
        assert t.last("maya").startswith("Taken back.")
        for who in ("anna", "ben", "cleo"):
            assert not reads(t, who, "What speaks for it?")
            assert t.last(who) == "Maya (facilitator) has taken a message back. Please treat it as not said."


async def test_copies_that_stay_are_told_honestly() -> None:
    async with table(LATER) as t:
        await t.write("olga", "/prompt all Hello")
        await t.tap("olga", "Send")
        for who in ("anna", "ben"):
            t.chats.stuck.add(t.chats.find(who, "Hello"))
        await t.tap("olga", "Take it back")
        told = "\n".join(t.shown("olga"))
        assert "Taken back: I delete every copy that I can. Some may have read it already." in told
        assert told.count("Some copies remain, because the chat app does not let me delete them.") == 1
        assert not reads(t, "cleo", "Hello")


async def test_where_nothing_can_be_deleted_that_is_told() -> None:
    async with table(LATER, edits=False) as t:
        await t.write("olga", "/prompt all Hello")
        await t.tap("olga", "Send")
        await t.tap("olga", "Take it back")
        assert "\n".join(t.shown("olga")).count("Some copies remain") == 1


async def test_it_is_taken_back_once_and_by_whoever_sent_it() -> None:
    async with table(LATER) as t:
        await t.room.enrol("omar", "coordinator")
        await t.write("olga", "/prompt all Hello")
        await t.tap("olga", "Send")
        press = next(b.press for m in t.chats.chats["olga"].values() for b in m.buttons if b.label == "Take it back")
        await t._do("omar", kind="press", press=press, message="x")
        assert t.last("omar") == "You can take back your own messages only."
        assert reads(t, "anna", "Hello") == 1
        await t._do("olga", kind="press", press=press, message="x")
        await t._do("olga", kind="press", press=press, message="x")
        assert t.last("olga") == "This is taken back or hidden already."
        assert (await acts(t)).count("prompt_taken_back") == 1


async def test_what_was_dropped_cannot_be_sent_nor_taken_back() -> None:
    async with table(LATER) as t:
        await t.write("olga", "/prompt all Hello")
        send = next(b.press for m in t.chats.chats["olga"].values() for b in m.buttons if b.label == "Send")
        await t.tap("olga", "Do not send")
        await t._do("olga", kind="press", press=send, message="x")
        assert t.last("olga") == "This was sent or dropped before. Nothing was sent now."
        assert not reads(t, "anna", "Hello")
        assert "prompt" not in await acts(t)


async def test_what_is_taken_back_before_it_was_spread_reaches_nobody() -> None:
    async with table(LATER) as t:
        await t.write("olga", "/prompt all Hello")
        send = next(b.press for m in t.chats.chats["olga"].values() for b in m.buttons if b.label == "Send")
        await t.room.take_in("olga", press=send)
        await t.room.take_in("olga", press=send.replace("-send", "-unsend"))
        await t.room.engine.settle()
        assert {"prompt", "prompt_taken_back"} <= set(await acts(t))
        assert not any(reads(t, who, "Hello") for who in ("anna", "ben", "cleo", "maya"))


async def test_what_somebody_else_has_prepared_cannot_be_sent() -> None:
    async with table(LATER) as t:
        await t.room.enrol("omar", "coordinator")
        await t.write("olga", "/prompt all Hello")
        send = next(b.press for m in t.chats.chats["olga"].values() for b in m.buttons if b.label == "Send")
        await t._do("omar", kind="press", press=send, message="x")
        assert t.last("omar") == "This was sent or dropped before. Nothing was sent now."
        assert not reads(t, "anna", "Hello")


@pytest.mark.parametrize("times", [2, 5])
async def test_however_often_send_is_pressed_it_goes_once(times: int) -> None:
    async with table(LATER) as t:
        await t.write("olga", "/prompt all Hello")
        await t.tap("olga", "Send", times=times)
        assert reads(t, "anna", "Hello") == 1
        assert (await acts(t)).count("prompt") == 1


def test_the_flows_above_say_what_they_are_meant_to() -> None:
    assert "translate" in MIXED
    assert "translate" not in APART
    assert "quiet_hours" in FLOW_AT_NIGHT
    assert "quiet_hours" not in FLOW
    assert Turning().gives("ab") == "ba"


# In rooms


async def test_in_a_room_the_translation_stands_below_and_both_can_be_taken_back() -> None:
    async with met("anna", "ben", "cleo") as (t, _):
        await t.write("maya", "/prompt What speaks for it?")
        await t.tap("maya", "Send")
        assert t.shown(GROUP) == [
            "Maya (facilitator)\nMaya (Moderation)\n  “What speaks for it?”",
            "  “tahW skaeps rof ti?”\n· maschinell übersetzt (turning), Original: Englisch",
        ]
        await t.tap("maya", "Take it back")
        assert not reads(t, GROUP, "What speaks for it?")
        assert not reads(t, GROUP, "tahW")


async def test_in_a_room_of_one_language_who_leads_in_another_is_understood() -> None:
    languages = dict.fromkeys(("anna", "ben", "cleo", "maya"), "de")
    async with met("anna", "ben", flow=APART, languages=languages) as (t, _):
        await t.room.enrol("olga", "organiser")
        await t.write("olga", "/prompt 1 Who begins?")
        assert "In German: " in t.last("olga")
        await t.tap("olga", "Send")
        assert "ohW snigeb?" in t.last(GROUP)
        assert "ohW snigeb?" in t.last("cleo"), "who reads in private too"


async def test_on_a_holiday_nobody_is_written_to_and_the_preview_says_so() -> None:
    flow = APART.replace("[schedule]", "[schedule]\nholidays = [2027-03-02]")
    async with mixed(LATER.replace("40m", "60h"), flow) as (t, _):
        await t.room.enrol("olga", "organiser")
        await t.room.wait(timedelta(hours=20))
        await t.write("olga", "/prompt all Hello")
        assert "At linz people are not written to now: they get it at " in t.last("olga")
        await t.tap("olga", "Send")
        assert not reads(t, "anna", "Hello")
        await t.room.wait(timedelta(hours=30))
        assert reads(t, "anna", "Hello") == 1


async def test_a_coordinator_announces_to_their_own_site_alone() -> None:
    flow = FLOW.replace(
        'languages = ["en", "de"] }]',
        'languages = ["en", "de"] }, { id = "graz", zone = "Europe/Vienna", languages = ["en", "de"] }]',
    )
    chats = Chats()
    async with room(flow + TALK, chats) as here:
        for name, site in (("anna", "linz"), ("ben", "graz"), ("cleo", "graz")):
            await here.enrol(name, "expert", site)
        await here.enrol("olga", "coordinator", "linz")
        t = Talkers(here, chats)
        await t.write("olga", "/announce Hello")
        assert "As it was written, in English: 1 person." in t.last("olga")
        await t.tap("olga", "Send")
        assert reads(t, "anna", "Hello") == 1
        assert not reads(t, "ben", "Hello")


# On two platforms


async def test_on_both_platforms_a_word_to_all_comes_and_goes() -> None:
    engine = Turning()
    async with both(LATER, LODGED, translate=Translators(Orders((engine,)))) as b:
        await b.enrol(b.halls, "olga", role="organiser")
        for who in ("ben", "emil"):
            await b.write(who, "/lang de")
        b.clear()
        await b.write("olga", "/prompt all Ten minutes left")
        assert "In German: 2 people.\n  “neT setunim tfel”" in b.last("olga")
        await b.press("olga", "Send")
        assert all("“Ten minutes left”" in b.last(who) for who in ("anna", "dora", "maya"))
        assert "“neT setunim tfel”" in b.last("ben")
        assert "“neT setunim tfel”\n· maschinell" in b.last("emil")
        await b.press("olga", "Take it back")
        for who in ("anna", "ben", "dora", "emil", "maya"):
            assert not any("minutes" in text or "setunim" in text for text in b.shown(who)), who
        assert "Some copies remain" not in "\n".join(b.shown("olga"))


async def test_where_numbers_are_written_help_leads_on_with_a_number() -> None:
    async with both(TALK, LODGED) as b:
        await b.write("maya", "!help")
        assert b.last("maya").endswith("[1] All commands")
        await b.write("maya", "1")
        await b.press("maya", "It is my answer")  # while the table talks, a bare number might be for it
        assert "note …: keep a note, which your table does not see" in b.last("maya")
        await b.write("maya", "!help all")
        assert "note …: keep a note, which your table does not see" in b.last("maya")
