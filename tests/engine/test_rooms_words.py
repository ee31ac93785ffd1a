"""What people do with messages where a table meets in a room, and some of its members read it in their own chats."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from tests.support.chats import TALK, Talkers, table

GROUP = "group-7"
THERE: dict[str, Any] = {"room": True, "place": GROUP}


@asynccontextmanager
async def met(*inside: str, steps: str = TALK) -> AsyncIterator[Talkers]:
    """The table of Anna, Ben and Cleo meets in a room; those `inside` are in it, and so is Maya."""
    async with table(steps) as t:
        await t.write("maya", "/bind")
        (code,) = re.findall(r"/bind (\S+)", t.last("maya"))
        await t.write("maya", f"/bind {code}", **THERE)
        for who in inside:
            await t.room.happens("entered", who, GROUP)
        for chat in t.chats.chats.values():
            chat.clear()
        yield t


async def test_an_answer_in_private_replies_to_the_message_in_the_room() -> None:
    async with met("anna") as t:
        own = await t.write("anna", "I bake.", **THERE)
        await t.write("ben", "Me too.", answers=t.chats.find("ben", "I bake."))
        assert t.shown(GROUP) == ["Ben\n  “Me too.”"]
        assert t.chats.answers(GROUP, "Me too.") == own
        assert t.chats.answers("cleo", "Me too.") == t.chats.find("cleo", "I bake.")
        await t.write("anna", "Where?", answers=t.chats.find(GROUP, "Me too."), **THERE)
        assert t.chats.answers("ben", "Where?") == "ben-2"


async def test_a_change_in_the_room_reaches_those_who_read_elsewhere_and_the_other_way_round() -> None:
    async with met("anna") as t:
        own = await t.write("anna", "I bake.", **THERE)
        await t.edit("anna", own, "I bake a lot.", **THERE)
        assert t.shown("ben") == ["Anna\n  “I bake a lot.”\n· (edited)"]
        assert t.shown(GROUP) == [], "there they see it themselves"
        own = await t.write("ben", "Me too.")
        await t.edit("ben", own, "Me neither.")
        assert t.shown(GROUP) == ["Ben\n  “Me neither.”\n· (edited)"]


@pytest.mark.parametrize("stuck", [False, True])
async def test_undo_deletes_the_message_in_the_room_too(stuck: bool) -> None:
    async with met("anna") as t:
        own = await t.write("anna", "I bake.", **THERE)
        t.chats.stuck |= {own} if stuck else set()
        await t.write("anna", "/undo", **THERE)
        assert [text for text in t.shown("ben") if "bake" in text] == []
        assert ((GROUP, own) in t.chats.deleted) is not stuck
        assert ("1 copy remains: the message itself in the room." in "".join(t.shown("anna"))) is stuck


@pytest.mark.parametrize("who", ["maya", "olga"])
async def test_a_reply_hides_it_in_the_room(who: str) -> None:
    async with met("anna") as t:
        own = await t.write("anna", "You are fools.", **THERE)
        await t.write(who, "/hide", answers=own, **THERE)
        assert (GROUP, own) in t.chats.deleted
        assert [text for text in t.shown("ben") if "fools" in text] == []
        assert t.last(who).startswith("Hidden: nobody reads what Anna wrote")
        assert "Hidden" not in "".join(t.shown(GROUP)), "the reason is asked for in private"
        assert t.chats.find("anna", "has hidden what you wrote at")


async def test_where_everybody_is_in_the_room_a_picture_stands_there_already() -> None:
    async with met("anna", "ben", "cleo") as t:
        await t.send("anna", "photo", "Our oven.", **THERE)
        await t.write("anna", "Look there.", bar="forwarded", **THERE)
        assert t.shown("maya") == t.shown("anna") == t.shown("ben") == t.shown(GROUP) == []


async def test_for_those_who_are_not_in_the_room_the_facilitator_looks_at_it() -> None:
    async with met("anna", "ben") as t:
        own = await t.send("anna", "photo", "Our oven.", **THERE)
        assert t.shown("cleo") == []
        await t.tap("maya", "Pass on")
        assert t.shown("cleo") == ["[photo]\nAnna\n  “Our oven.”"]
        assert t.shown(GROUP) == t.shown("ben") == []
        other = await t.send("anna", "photo", "The neighbour.", **THERE)
        await t.tap("maya", "Do not pass on")
        assert [text for text in t.shown("cleo") if "neighbour" in text] == []
        assert (GROUP, own) not in t.chats.deleted
        assert (GROUP, other) not in t.chats.deleted, "it was not passed on, that is all"


async def test_what_cannot_pass_from_the_room_is_named_where_somebody_reads_elsewhere() -> None:
    async with met("anna") as t:
        await t.write("anna", "Look there.", bar="forwarded", **THERE)
        assert t.last("anna").startswith("A forwarded message is not passed on")
        assert t.shown(GROUP) == []


async def test_a_voice_note_that_all_have_heard_needs_no_consent_but_a_sentence() -> None:
    async with met("anna", "ben", "cleo") as t:
        await t.send("anna", "voice", **THERE)
        assert t.shown("ben") == []
        assert t.last("anna").startswith(
            "Your voice note has gone to your table. What do you say in it, in one sentence?"
        )
    async with met("anna", "ben") as t:
        await t.send("anna", "voice", **THERE)
        assert "May voice notes be passed on here" in t.last("ben")


async def test_a_reaction_in_the_room_is_told_in_private_and_once() -> None:
    async with met("anna") as t:
        own = await t.write("anna", "I bake.", **THERE)
        for _ in range(2):
            await t.react("anna", own, **THERE)
        assert [text for text in t.shown("anna") if "not counted" in text] == [
            "A reaction is not counted. Please write what you want to say, or choose below a question."
        ]
        assert t.shown(GROUP) == []


async def test_the_talk_in_a_room_ends_with_what_still_waits() -> None:
    async with met("anna") as t:
        await t.send("anna", "photo", **THERE)
        await t.room.wait(timedelta(minutes=41))
        assert t.chats.find("anna", "Nobody has looked at it in time")
