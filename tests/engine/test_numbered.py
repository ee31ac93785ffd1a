"""Where there are no buttons to press: numbers are presses of the newest message, words are meant, deleting takes back."""

from __future__ import annotations

import pytest

from tests.engine.test_cards import BALLOT, SURVEY, choices, opened
from tests.support.chats import table


async def test_a_number_is_a_press_of_the_newest_message() -> None:
    async with table(BALLOT, numbered=True) as t:
        await opened(t)
        await t.write("anna", "2")
        assert await choices(t) == {"trees": "no"}
        assert "What first?" in t.last("anna"), "what comes next stands below what was typed"
        await t.write("anna", "2", bar="forwarded")
        assert "✓" not in t.last("anna"), "somebody else's number is no press"
        assert [id for id in t.chats.changed if id.startswith("anna")] == [], "nobody can change what another wrote"
        await t.write("anna", " 3. ")
        await t.write("anna", "1)")
        assert "[1] ✓ Buses" in t.last("anna")
        await t.write("anna", "9")
        await t.write("anna", "4")
        assert "What last?" in t.last("anna")
        assert (await choices(t))["first"] in (["bus", "train"], ["train", "bus"])


async def test_a_word_of_an_option_counts_once_it_is_confirmed() -> None:
    async with table(BALLOT, numbered=True) as t:
        await opened(t)
        await t.write("anna", "abstain")
        assert "Did you mean this?" in t.last("anna")
        assert await choices(t) == {}
        await t.write("anna", "1")
        assert await choices(t) == {"trees": "abstain"}


async def test_where_a_number_is_asked_for_it_is_the_answer_itself() -> None:
    async with table(SURVEY, numbered=True) as t:
        await opened(t)
        await t.write("anna", "1")
        assert "18" in t.last("anna"), "the buttons of an earlier message are not meant"
        await t.write("anna", "34")
        assert "How much?" in t.last("anna")


async def test_numbers_are_words_where_there_are_buttons() -> None:
    async with table() as t:
        await t.write("anna", "Two loaves!")
        await t.write("anna", "1")
        assert any("“1”" in text for text in t.shown("ben"))


@pytest.mark.parametrize("words", ["1", "I bake."])
async def test_deleting_a_message_takes_it_back(words: str) -> None:
    async with table() as t:
        own = await t.write("anna", words)
        await t.write("ben", kind="redaction", message=own)
        assert any(words in text for text in t.shown("cleo")), "nobody takes back what is another's"
        await t.write("anna", kind="redaction", message=own)
        assert t.shown("cleo") == ["Anna has taken a message back. Please treat it as not said."]
        await t.write("anna", kind="redaction", message="nothing of ours")
        assert t.last("anna").startswith("Taken back.")


async def test_who_wrote_what_cannot_be_read_is_asked_to_send_it_again() -> None:
    async with table() as t:
        await t.write("anna", "", bar="unreadable")
        assert t.last("anna").startswith("I cannot read your message: it is encrypted")
        assert t.shown("ben") == []


async def test_commands_are_told_and_taken_as_people_can_write_them_there() -> None:
    async with table(numbered=True) as t:
        await t.write("anna", "!help")
        assert "!my: your name" in t.last("anna")
        await t.write("anna", "!help !my")
        assert t.last("anna").endswith("For example: !my")
        await t.write("ben", "/help my")
        assert t.last("ben") == t.last("anna")
        await t.write("anna", "!not so fast, says /help")
        assert "!not so fast, says /help" in t.last("ben"), "words stay as they are"


async def test_whoever_cannot_be_read_is_asked_once_more_from_the_first_message_on() -> None:
    async with table(numbered=True, agreed=False) as t:
        for who in ("anna", "somebody new"):
            await t.write(who, "", bar="unreadable")
            assert "I cannot read your message" in t.last(who)
            assert "!join" not in t.last(who)
