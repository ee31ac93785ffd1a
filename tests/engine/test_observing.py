"""Observers read what is said, later and without names; the table is told; what was hidden meanwhile they never read."""

from __future__ import annotations

import json
from datetime import timedelta

from bot.store import audit
from tests.support.chats import TALK, Talkers, table
from tests.support.room import ASSEMBLY

MINUTE = timedelta(minutes=1)
ICE = TALK.replace("duration", "icebreaker = true\nduration")


async def observer(t: Talkers, wish: str = "/watch 1") -> None:
    await t.room.enrol("otto", "observer")
    await t.write("otto", wish)


async def later(t: Talkers, minutes: int = 16) -> None:
    await t.room.wait(minutes * MINUTE)
    await t.room.engine.settle()


async def chat(t: Talkers) -> None:
    """The others say something too: of fewer than three nothing leaves the table."""
    await t.write("ben", "Yes.")
    await t.write("cleo", "No.")
    await t.write("anna", "Perhaps.")


def read(t: Talkers) -> str:
    return "\n".join(t.shown("otto"))


async def test_what_is_said_comes_fifteen_minutes_later_without_names() -> None:
    async with table() as t:
        await t.write("anna", "Said before anybody was told.")
        await observer(t)
        assert t.last("ben") == "1 person observes this talk, 15 minutes later and without your names."
        await t.write("anna", "Bread is dear, as Ben says.")
        await chat(t)
        await later(t, 14)
        assert "Bread" not in read(t)
        await later(t, 2)
        assert "Bread is dear, as [" in read(t)
        assert "Voice " in read(t)
        for secret in ("Anna", "Ben", "Said before"):
            assert secret not in read(t)
        await t.write("maya", "Please go on.")
        await later(t)
        assert "the facilitator\n  “Please go on.”" in read(t)
        assert "Maya" not in read(t)


async def test_what_was_hidden_or_taken_back_meanwhile_is_never_read() -> None:
    async with table() as t:
        await observer(t, "/watch all")
        await t.write("anna", "You are fools.")
        await t.tap("maya", "Hide")
        await t.write("ben", "I regret this.")
        await t.write("ben", "/undo")
        await t.write("cleo", "This stands.")
        await chat(t)
        await later(t)
        assert "This stands." in read(t)
        assert "fools" not in read(t)
        assert "regret" not in read(t)


async def test_what_is_hidden_later_goes_from_the_observers_chat_too_and_edits_bring_no_names() -> None:
    async with table() as t:
        await observer(t)
        await chat(t)
        own = await t.write("anna", "You are fools.")
        await later(t)
        assert "fools" in read(t)
        await t.edit("anna", own, "You are wrong.")
        assert "fools" not in read(t), "the old words go at once"
        assert "You are wrong." not in read(t), "and the new ones take their time"
        await later(t)
        assert "You are wrong." in read(t)
        assert "Anna" not in read(t)
        await t.write("maya", "/hide", answers=t.chats.find("maya", "wrong"))
        assert "wrong" not in read(t)


async def test_an_icebreaker_is_not_observed() -> None:
    async with table(ICE) as t:
        await observer(t)
        await t.write("anna", "I like boats.")
        await later(t)
        assert "boats" not in read(t)
        assert not any("observes" in text for text in t.shown("ben"))


async def test_who_stops_reads_no_more_and_a_table_that_begins_is_told_first() -> None:
    second = TALK + TALK.replace('id = "talk"', 'id = "again"').replace("What about bread?", "And butter?")
    async with table(second) as t:
        await observer(t)
        await t.write("anna", "One.")
        await t.write("otto", "/watch stop")
        await later(t)
        assert "One." not in read(t)
        await t.write("otto", "/watch all")
        for chat in t.chats.chats.values():
            chat.clear()
        await later(t, 60)
        began = [text for text in t.shown("ben") if "And butter?" in text]
        assert "1 person observes this talk, 15 minutes later and without your names." in began[0]


async def test_a_flow_may_say_that_nobody_observes() -> None:
    async with table("[feed]\nopen = false\n" + TALK) as t:
        await observer(t)
        assert "Nobody observes the talks" in t.last("otto")


async def test_a_remark_is_on_record_and_the_organisers_read_it() -> None:
    async with table() as t:
        await t.room.enrol("ora", "organiser")
        await observer(t, "/remark The table began late.")
        assert "The table began late." in t.last("ora")
        lines = await t.room.store.read(audit.lines, ASSEMBLY)
        assert "remarked" in [line.act for line in lines]
        from bot.report.export import export_files

        files = await t.room.store.read(export_files, t.room.engine.house, ASSEMBLY)
        (remark,) = json.loads(files["process.json"])["remarks"]
        assert (remark["text"], remark["by"]) == ("The table began late.", "observer")
        await t.write("anna", "/remark Me too")
        assert "/remark is for" in t.last("anna")


async def test_what_is_changed_within_the_delay_waits_from_its_last_change_on() -> None:
    async with table() as t:
        await observer(t)
        await chat(t)
        own = await t.write("anna", "You are fools.")
        await later(t, 14)
        await t.edit("anna", own, "You are wrong.")
        await later(t, 2)
        assert "fools" not in read(t)
        assert "wrong" not in read(t), "the new words take the whole delay"
        await later(t, 14)
        assert read(t).count("You are wrong.") == 1
        assert "fools" not in read(t)


async def test_the_words_of_two_wait_for_a_third_voice() -> None:
    async with table() as t:
        await observer(t)
        await t.write("anna", "Bread is dear.")
        await t.write("ben", "It is.")
        await t.write("maya", "Go on, please.")
        await later(t)
        assert "Bread" not in read(t)
        assert "It is." not in read(t)
        assert "Go on, please." in read(t), "whoever leads speaks openly"
        await t.write("cleo", "No.")
        await later(t)
        assert read(t).count("Bread is dear.") == read(t).count("It is.") == read(t).count("“No.”") == 1


async def test_where_nobody_else_speaks_the_words_of_two_never_leave_the_table() -> None:
    async with table() as t:
        await observer(t)
        await t.write("anna", "Bread is dear.")
        await t.write("ben", "It is.")
        await later(t, 180)
        assert "Bread" not in read(t)


async def test_two_who_have_agreed_to_be_quoted_are_read() -> None:
    async with table(purposes=("transcript", "quotes")) as t:
        await observer(t)
        await t.write("anna", "Bread is dear.")
        await t.write("ben", "It is.")
        await later(t)
        assert "Bread is dear." in read(t)
        assert "It is." in read(t)


async def test_a_table_is_told_of_a_guarantor_and_only_of_a_real_one() -> None:
    async with table() as t:
        await observer(t)
        assert "guarantor" not in "\n".join(t.shown("ben"))
