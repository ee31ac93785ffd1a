"""Voice notes at a virtual table: the consent of everybody, and one sentence that stands for each."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.effects import Wake
from bot.core.events import Joined
from tests.support.chats import TALK, Talkers, files, kept, table


async def test_a_voice_note_waits_until_everybody_has_agreed() -> None:
    async with table() as t:
        own = await t.send("anna", "voice")
        assert t.last("anna").startswith(
            "A voice can be recognised, also behind a chosen name. So your table is asked first"
        )
        assert "voice" not in "".join(t.shown("maya")), "whoever leads is not asked, and hears nothing yet"
        await t.tap("ben", "Yes", times=2)
        assert t.last("ben") == "Thank you. Voice notes are fine with you.\n[1] ✓ Yes  [2] No"
        assert "[voice]" not in "".join(t.shown("cleo"))
        await t.tap("cleo", "Yes")
        for who in ("ben", "cleo", "maya"):
            assert len([text for text in t.shown(who) if text.startswith("[voice]\nAnna")]) == 1
        asked = "Your voice note has gone to your table. What do you say in it, in one sentence?"
        assert t.chats.answers("anna", asked) == own
        await t.send("ben", "voice")
        assert t.last("cleo") == "[voice]\nBen", "everybody has agreed already"


async def test_one_no_is_enough_and_nobody_learns_whose_it_was() -> None:
    async with table() as t:
        await t.send("anna", "voice")
        await t.tap("ben", "Yes")
        await t.tap("cleo", "No")
        assert t.last("anna") == (
            "Not everybody at your table wants voice notes, so yours was not passed on. Please say it in writing."
        )
        assert "Cleo" not in "".join(t.shown("anna") + t.shown("ben"))
        assert await kept(t) == []
        await t.send("ben", "voice")
        assert t.last("ben").startswith("Not everybody at your table wants voice notes")
        assert await files(t) == 1, "the second one was not even kept"


async def test_who_was_not_asked_has_no_say() -> None:
    async with table() as t:
        await t.send("anna", "voice")
        await t.room.say("anna", press="talk:voice:no")
        await t.room.say("maya", press="talk:voice:no")
        await t.tap("ben", "Yes")
        await t.tap("cleo", "Yes")
        assert t.last("maya").startswith("[voice]\nAnna")


async def test_a_no_may_become_a_yes() -> None:
    async with table() as t:
        await t.send("anna", "voice")
        await t.tap("ben", "Yes")
        await t.tap("cleo", "No")
        await t.tap("cleo", "Yes")
        await t.send("anna", "voice")
        assert t.last("ben") == "[voice]\nAnna"


async def test_who_sits_down_while_a_voice_note_waits_is_asked_too() -> None:
    async with table() as t:
        await t.send("anna", "voice")
        await t.tap("ben", "Yes")
        dora = await t.room.enrol("dora")
        await t.room.apply([Wake(t.room.clock.now(), Joined(dora, "all"), "dora")])
        await t.room.engine.settle()
        await t.tap("dora", "I am 18 or older and agree")
        await t.tap("dora", "Yes")
        await t.write("dora", "Dora")
        await t.room.wait(timedelta(minutes=1))
        assert t.last("dora").startswith("Anna would like to send a voice note to your table.")
        await t.tap("cleo", "Yes")
        assert "[voice]" not in "".join(t.shown("ben")), "Dora has not answered yet"
        await t.tap("dora", "Yes")
        assert t.last("ben") == "[voice]\nAnna"


async def test_who_leaves_is_not_waited_for() -> None:
    async with table() as t:
        await t.send("anna", "voice")
        await t.tap("ben", "Yes")
        await t.write("cleo", "/leave")
        await t.tap("cleo", "Leave")
        assert t.last("ben") == "[voice]\nAnna"


async def test_silence_is_no_agreement() -> None:
    async with table() as t:
        await t.send("anna", "voice")
        await t.tap("ben", "Yes")
        await t.room.wait(timedelta(minutes=41))
        assert t.chats.find(
            "anna", "Not everybody at your table has answered in time, so your voice note was not passed on."
        )
        assert "[voice]" not in "".join(t.shown("ben"))
        assert await kept(t) == []


async def test_a_voice_note_taken_back_is_heard_by_nobody() -> None:
    async with table() as t:
        await t.send("anna", "voice")
        await t.tap("anna", "Take back")
        await t.tap("ben", "Yes")
        await t.tap("cleo", "Yes")
        assert "[voice]" not in "".join(t.shown("ben") + t.shown("maya"))


async def agreed(t: Talkers) -> str:
    """Anna's voice note has gone to her table. The id of Maya's copy."""
    await t.send("anna", "voice")
    await t.tap("ben", "Yes")
    await t.tap("cleo", "Yes")
    return t.chats.find("maya", "[voice]")


async def test_one_sentence_of_its_author_stands_for_it() -> None:
    async with table() as t:
        copy = await agreed(t)
        await t.write("anna", "The bus comes too rarely.")
        assert t.last("anna") == (
            "Is this the sentence for your voice note, or is it for your table?\n  “The bus comes too rarely.”\n"
            "[1] It is my sentence  [2] Send it to my table"
        )
        await t.tap("anna", "It is my sentence", times=2)
        assert t.chats.answers("maya", "The bus comes too rarely.") == copy
        assert await kept(t) == [("file", "voice", ""), ("message", "", "The bus comes too rarely.")]
        await t.write("anna", "And the train.")
        assert t.last("ben") == "Anna\n  “And the train.”", "nothing waits any more"


async def test_what_is_not_the_sentence_goes_to_the_table_and_is_not_asked_about_again() -> None:
    async with table() as t:
        await agreed(t)
        await t.write("anna", "Good evening!")
        await t.tap("anna", "Send it to my table")
        assert t.last("ben") == "Anna\n  “Good evening!”"
        await t.write("anna", "How are you?")
        assert t.last("ben") == "Anna\n  “How are you?”"
        await t.write("anna", "/sentence The bus comes too rarely.")
        await t.tap("anna", "Yes, that is my sentence")
        assert t.last("ben") == "Anna\n  “The bus comes too rarely.”"


@pytest.mark.parametrize("by_reply", [True, False])
async def test_whoever_leads_writes_the_sentence_and_the_author_confirms(by_reply: bool) -> None:
    async with table() as t:
        copy = await agreed(t)
        if by_reply:
            await t.write("maya", "/sentence The bus comes too rarely.", answers=copy)
        else:
            await t.write("maya", "/sentence anna The bus comes too rarely.")
        assert t.last("maya") == "Anna is asked whether this is what the voice note says."
        assert t.last("anna") == (
            "Maya (facilitator) suggests this sentence for your voice note:\n  “The bus comes too rarely.”\n"
            "[1] Yes, that is my sentence  [2] No"
        )
        assert "rarely" not in "".join(t.shown("ben"))
        await t.tap("anna", "Yes, that is my sentence", times=2)
        assert t.last("ben") == "Anna\n  “The bus comes too rarely.”"
        assert len([words for _, _, words in await kept(t) if words]) == 1
        await t.write("maya", "/sentence anna Another one.")
        assert t.last("maya") == "No voice note at this table waits for a sentence."


async def test_without_the_authors_yes_no_sentence_stands() -> None:
    async with table() as t:
        await agreed(t)
        await t.write("maya", "/sentence anna The bus is fine.")
        await t.tap("anna", "No")
        assert t.chats.find("anna", "Then it is not used.")
        await t.write("maya", "/sentence")
        assert t.last("maya").startswith("Something is missing after /sentence.")
        await t.room.wait(timedelta(minutes=41))
        assert t.chats.find("anna", "Your voice note has no sentence, so it does not stand in the record.")
        assert [words for _, _, words in await kept(t) if words] == []


async def test_the_flow_may_do_without_voice() -> None:
    async with table(TALK + 'voice = "no"\n') as t:
        await t.send("anna", "voice")
        assert t.last("anna") == "Only words are passed on here, so this was not sent. Please say it in words."
        assert t.shown("ben") == []
