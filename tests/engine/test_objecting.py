"""Moderation that can be defended: whoever it concerns objects with one button, and somebody else decides."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.store import audit
from tests.support.chats import TALK, Talkers, table
from tests.support.room import ASSEMBLY


async def acts(t: Talkers) -> list[str]:
    return [line.act for line in await t.room.store.read(audit.lines, ASSEMBLY)]


async def hidden(t: Talkers) -> None:
    await t.write("anna", "You are fools.")
    await t.tap("maya", "Hide")
    await t.tap("maya", "it insults somebody")


async def test_the_coordinator_reads_the_message_and_the_reason() -> None:
    async with table() as t:
        await hidden(t)
        await t.tap("anna", "I object", times=2)
        asked = [text for text in t.shown("olga") if "objects" in text]
        assert len(asked) == 1
        assert asked[0].startswith(
            "Anna objects to the hiding of this message. It was hidden because: it insults somebody.\n  “You are fools.”"
        )
        assert "Your objection has been passed on." in t.last("anna")
        for who in ("ben", "cleo", "maya"):
            assert not any("fools" in text or "objects" in text for text in t.shown(who))
        assert "objected" in await acts(t)


async def test_kept_hidden_the_author_is_told() -> None:
    async with table() as t:
        await hidden(t)
        await t.tap("anna", "I object")
        await t.tap("olga", "Keep it hidden")
        assert "has looked at your objection: the message stays hidden." in t.last("anna")
        assert not any("fools" in text for text in t.shown("ben"))
        assert "objection_refused" in await acts(t)


async def test_put_back_the_table_reads_it_again() -> None:
    async with table() as t:
        await hidden(t)
        await t.tap("anna", "I object")
        await t.tap("olga", "Put it back")
        assert t.last("ben") == "Anna\n  “You are fools.”"
        assert any("has put your message back" in text for text in t.shown("anna"))
        await t.tap("anna", "I object")
        assert "is not hidden any more" in t.last("anna")


async def test_nobody_else_objects_in_the_authors_name() -> None:
    async with table() as t:
        await hidden(t)
        press = next(b.press for m in t.chats.chats["anna"].values() for b in m.buttons if b.label == "I object")
        await t._do("ben", kind="press", press=press, message="b1")
        assert not any("objects" in text for text in t.shown("olga"))


async def test_who_listens_against_their_will_may_write_again() -> None:
    async with table() as t:
        await t.write("maya", "/quiet Anna 5m")
        await t.tap("anna", "I object")
        assert "Anna objects: they were asked to listen until" in t.last("olga")
        await t.tap("olga", "It stays as it is")
        assert "you are still asked to listen." in t.last("anna")
        await t.write("maya", "/quiet Anna 6m")
        await t.tap("anna", "I object")
        await t.tap("olga", "They may write again")
        assert "you can write to your table again." in t.last("anna")
        await t.write("anna", "Thank you.")
        assert any("Thank you." in text for text in t.shown("ben"))


async def test_who_is_to_be_removed_is_heard_first() -> None:
    async with table() as t:
        await t.write("maya", "/remove Anna")
        await t.tap("maya", "nobody else can speak")
        await t.tap("anna", "I object")
        assert "Anna objects to being removed. The reason that was given: nobody else can speak." in t.last("olga")
        await t.tap("olga", "Stop it")
        await t.write("anna", "I am still here.")
        assert any("I am still here." in text for text in t.shown("ben"))


async def test_in_words_also_after_one_has_left() -> None:
    async with table() as t:
        await t.write("anna", "/leave")
        await t.tap("anna", "Leave")
        await t.write("anna", "/object I was pushed out.")
        assert "Anna objects:\n  “I was pushed out.”" in t.last("olga")
        assert "Your objection has been passed on." in t.last("anna")


DIGEST = TALK + '[[step]]\nid = "digest"\ntype = "summarise"\nof = ["talk"]\nduration = "15m"\n'


@pytest.mark.parametrize("hide", [True, False])
async def test_what_is_hidden_stands_in_no_digest(hide: bool) -> None:
    async with table(DIGEST) as t:
        await t.write("anna", "Bread is too dear.")
        await t.write("ben", "Bread is good.")
        if hide:
            await t.write("maya", "/hide", answers=t.chats.find("maya", "too dear"))
        t.chats.chats.clear()
        await t.write("maya", "/next")
        await t.room.wait(timedelta(minutes=2))
        await t.room.engine.settle()
        drafts = "\n".join(text for chat in t.chats.chats for text in t.shown(chat))
        assert "Bread is good." in drafts
        assert ("too dear" in drafts) is not hide
