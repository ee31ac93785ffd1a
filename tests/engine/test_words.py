"""What people do with messages in a chat: answer one another, change what they wrote, take it back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.state import Contribution
from bot.store import copies, opinions
from bot.store.database import Database
from tests.support.chats import Talkers, table
from tests.support.room import ASSEMBLY

BALLOT = """[[step]]
id = "ballot"
type = "vote"
duration = "1h"
questions = [{ id = "why", method = "open_text", max_length = 20, text = { en = "Why?", de = "Warum?" } }]
"""
BESIDE = """[[step]]
id = "side"
type = "parallel"
duration = "40m"
[[step]]
id = "talk"
type = "discuss"
within = "side"
branch = "table"
duration = "40m"
text = "What about bread?"
[[step]]
id = "ideas"
type = "collect"
within = "side"
branch = "alone"
duration = "30m"
max_each = 3
text = { en = "Your ideas?", de = "Ihre Ideen?" }
"""
IDEAS = """[[step]]
id = "ideas"
type = "collect"
duration = "30m"
max_each = 3
show = "table"
text = { en = "Your ideas?", de = "Ihre Ideen?" }
"""


async def kept(t: Talkers) -> list[Contribution]:
    """What stands of what was said, in order."""
    return await t.room.store.read(_kept)


def _kept(db: Database) -> list[Contribution]:
    found = [
        opinions.contribution(db, ASSEMBLY, id) for (id,) in db.sql.execute("SELECT id FROM contribution ORDER BY seq")
    ]
    return [c for c in found if c is not None and c.state == "live"]


async def said(t: Talkers) -> list[tuple[str, str]]:
    return [(c.kind, c.text) for c in await kept(t)]


# Replies


async def test_an_answer_replies_to_each_readers_own_copy() -> None:
    async with table() as t:
        own = await t.write("anna", "I bake.")
        await t.write("ben", "Me too.", answers=t.chats.find("ben", "I bake."))
        assert t.chats.answers("anna", "Me too.") == own
        for who in ("cleo", "maya"):
            assert t.chats.answers(who, "Me too.") == t.chats.find(who, "I bake.")
        first, second = await kept(t)
        assert (first.target, second.target) == ("", first.id)


async def test_an_answer_to_what_nobody_knows_is_a_message_like_others() -> None:
    async with table() as t:
        await t.write("anna", "Hello.", answers="b999")
        assert t.chats.answers("ben", "Hello.") == ""
        assert [c.target for c in await kept(t)] == [""]


# Changes


async def test_a_change_reaches_every_copy_in_its_place() -> None:
    async with table() as t:
        own = await t.write("anna", "I bake.")
        before = {who: t.chats.find(who, "I bake.") for who in ("ben", "cleo", "maya")}
        await t.edit("anna", own, "I bake a lot.")
        for who, id in before.items():
            assert t.chats.find(who, "I bake a lot.”\n· (edited)") == id
            assert "I bake.”" not in "".join(t.shown(who))
        assert t.last("maya").endswith("[1] Hide"), "the newest message can still be hidden"
        (now,) = await kept(t)
        assert now.text == "I bake a lot."
        assert await t.room.store.read(opinions.earlier, ASSEMBLY, now.id) == ["I bake."]
        await t.edit("anna", own, "I bake a lot.")
        assert await t.room.store.read(opinions.earlier, ASSEMBLY, now.id) == ["I bake."], (
            "the same words are no change"
        )


async def test_where_messages_cannot_be_changed_the_table_is_told() -> None:
    async with table(edits=False) as t:
        own = await t.write("anna", "I bake.")
        await t.edit("anna", own, "I bake a lot.")
        assert t.last("ben") == "Anna has changed a message:\n  “I bake a lot.”"
        assert [text for text in t.shown("anna") if "changed" in text] == []
        assert "Anna\n  “I bake.”" in t.shown("cleo")


async def test_a_copy_that_can_no_longer_be_changed_is_followed_by_the_new_words() -> None:
    async with table() as t:
        own = await t.write("anna", "I bake.")
        t.chats.stuck.add(t.chats.find("ben", "I bake."))
        await t.edit("anna", own, "I bake a lot.")
        assert t.shown("ben") == ["Anna\n  “I bake.”", "Anna\n  “I bake a lot.”\n· (edited)"]
        assert t.shown("cleo") == ["Anna\n  “I bake a lot.”\n· (edited)"]
        t.chats.stuck.add(t.chats.find("maya", "I bake a lot."))
        await t.write("ben", "Me too.")
        assert len(t.shown("maya")) == 2, "that only a button has gone is no news"


@pytest.mark.parametrize("words", ["/pause", "/leave", "/undo"])
async def test_a_change_is_never_a_command(words: str) -> None:
    async with table() as t:
        own = await t.write("maya", "Good evening.")
        await t.edit("maya", own, words)
        assert t.chats.find("anna", f"“{words}”")
        assert "rests" not in "".join(t.shown("anna"))
        for command in ("/note They came late.", "/prompt They came late."):
            own = await t.write("maya", command)
            before = t.shown("maya")
            await t.edit("maya", own, words)
            assert t.shown("maya") == before, "an edited command is nothing at all"
        assert [text for _, text in await said(t)].count("They came late.") == 2


async def test_after_the_close_what_was_written_first_stands() -> None:
    async with table() as t:
        own = await t.write("anna", "I bake.")
        await t.room.wait(timedelta(minutes=41))
        await t.edit("anna", own, "I never said that.")
        assert t.last("anna") == "This is closed now: what you wrote first still stands."
        assert await said(t) == [("message", "I bake.")]


async def test_while_the_talk_rests_nothing_changes() -> None:
    async with table() as t:
        own = await t.write("anna", "I bake.")
        await t.write("maya", "/pause")
        await t.edit("anna", own, "I bake a lot.")
        assert t.last("anna") == "The talk rests.\nYour change was not passed on: the others read what you wrote first."
        assert await said(t) == [("message", "I bake.")]
        await t.write("maya", "/resume")
        await t.edit("anna", own, " ")
        assert t.last("anna").startswith("A message needs words.")
        await t.edit("anna", own, "x" * 2001)
        assert t.last("anna").startswith("Your text has 2001 characters")


async def test_nobody_changes_what_another_wrote() -> None:
    async with table() as t:
        own = await t.write("anna", "I bake.")
        await t.edit("ben", own, "I do not bake.")
        await t.edit("ben", t.chats.find("ben", "I bake."), "I do not bake.")
        assert await said(t) == [("message", "I bake.")]


async def test_a_typed_answer_changes_with_its_message_until_the_close() -> None:
    async with table(BALLOT) as t:
        own = await t.write("anna", "Because.")
        await t.edit("anna", own, "Because of you.")
        assert t.last("anna") == "Changed. Your answer is now:\n  “Because of you.”"
        await t.edit("anna", own, "x" * 21)
        assert t.last("anna") == "Your change does not fit here, so your first answer still stands."
        assert await said(t) == [("answer", "Because of you.")]
        await t.room.wait(timedelta(hours=2))
        await t.edit("anna", own, "Never.")
        assert await said(t) == [("answer", "Because of you.")]


async def test_whoever_has_left_gets_no_more_messages() -> None:
    async with table(edits=False) as t:
        own = await t.write("anna", "I bake.")
        await t.write("ben", "/leave")
        await t.tap("ben", "Leave")
        before = t.shown("ben")
        await t.edit("anna", own, "I bake a lot.")
        assert t.shown("ben") == before
        assert t.last("cleo") == "Anna has changed a message:\n  “I bake a lot.”"


async def test_a_counted_number_does_not_change_with_its_message() -> None:
    number = BALLOT.replace('"open_text", max_length = 20', '"number"')
    async with table(number) as t:
        own = await t.write("anna", "44")
        before = t.shown("anna")
        await t.edit("anna", own, "45")
        assert t.shown("anna") == before


async def test_an_idea_changes_where_its_table_reads_it() -> None:
    async with table(IDEAS) as t:
        own = await t.write("anna", "More ovens.")
        await t.edit("anna", own, "More and better ovens.")
        assert t.last("anna").startswith("Changed. It is now:\n  “More and better ovens.”")
        assert t.last("ben") == "Somebody at your table writes:\n  “More and better ovens.”\n· (edited)"
        await t.edit("anna", own, "\u200b")
        assert "What you wrote first still stands" in t.last("anna")
        assert await said(t) == [("idea", "More and better ovens.")]


async def test_what_waits_is_not_changed_behind_anybodys_back() -> None:
    async with table(BESIDE) as t:
        own = await t.write("anna", "Ovens!")
        assert t.last("anna").startswith("Is this your answer to the question above, or is it for your table?")
        await t.edit("anna", own, "You are all fools.")
        assert t.last("anna").startswith("What you wrote first still waits.")
        await t.tap("anna", "Send it to my table")
        assert t.last("ben") == "Anna\n  “Ovens!”"
        assert t.chats.find("anna", "For your table:\n  “Ovens!”"), "the question shows what became of it"
        await t.edit("anna", own, "More ovens!")
        assert t.last("ben") == "Anna\n  “More ovens!”\n· (edited)", "it is the same contribution still"


# Taking back


async def test_undo_deletes_every_copy() -> None:
    async with table() as t:
        await t.write("anna", "I bake.")
        await t.tap("anna", "Undo")
        for who in ("ben", "cleo", "maya"):
            assert t.shown(who) == ["Anna has taken a message back. Please treat it as not said."]
        assert t.last("anna").startswith("Taken back.")
        assert "Undo" not in "".join(t.shown("anna"))
        assert await kept(t) == []


async def test_copies_that_remain_are_named_to_whoever_took_them_back() -> None:
    async with table() as t:
        await t.write("anna", "I bake.")
        t.chats.stuck.add(t.chats.find("ben", "I bake."))
        await t.tap("anna", "Undo")
        assert t.last("anna") == (
            "1 copy remains: what stands in the chat of Ben.\n· The chat app does not let me delete it."
        )
        assert "remains" not in "".join(t.shown("maya"))


async def test_where_nothing_can_be_deleted_all_that_remain_are_named_at_once() -> None:
    async with table(edits=False) as t:
        await t.write("anna", "I bake.")
        await t.tap("anna", "Undo")
        (told,) = (text for text in t.shown("anna") if "remain" in text)
        assert told.startswith("3 copies remain: what stands in the chat of ")
        assert all(name in told for name in ("Ben", "Cleo", "Maya"))


async def test_what_is_taken_back_before_it_was_sent_is_not_sent() -> None:
    async with table() as t:
        await t.room.take_in("anna", "I bake.")
        await t.room.take_in("anna", "/undo")
        await t.room.engine.settle()
        assert t.shown("ben") == ["Anna has taken a message back. Please treat it as not said."]
        assert t.chats.deleted == [], "nothing had to be deleted"


async def test_nobody_takes_back_what_another_wrote() -> None:
    async with table() as t:
        await t.write("anna", "I bake.")
        (press,) = (b.press for m in t.chats.chats["anna"].values() for b in m.buttons)
        await t.room.say("ben", press=press)
        assert t.last("ben") == "You can take back your own messages only."
        assert t.chats.find("cleo", "I bake.")
        await t.tap("anna", "Undo", times=2)
        assert [text for text in t.shown("cleo") if "taken a message back" in text] != []
        assert len(t.shown("cleo")) == 1


async def test_an_idea_that_is_taken_back_is_deleted_at_the_table() -> None:
    async with table(IDEAS) as t:
        await t.write("anna", "More ovens.")
        await t.tap("anna", "Take back")
        assert t.shown("ben") == t.shown("cleo") == []


async def test_the_authors_own_message_stays_in_the_authors_chat() -> None:
    async with table() as t:
        own = await t.write("anna", "I bake.")
        (message,) = await kept(t)
        await t.tap("anna", "Undo")
        left = await t.room.store.read(copies.copies, ASSEMBLY, message.id)
        assert [(copy.remote, copy.original) for copy in left] == [(own, True)]
