"""What people see of the bot before they write to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.message import Phrase
from bot.core.rights import COMMANDS, of
from bot.language.catalog import Catalogs
from bot.transports.telegram import Telegram
from bot.transports.telegram.profile import ABOUT, IN_SHORT, LONGEST
from tests.support.telegram_account import TOKEN, Account


@pytest.fixture(scope="module")
def catalogs() -> Catalogs:
    return Catalogs.load(Path(__file__).resolve().parents[3] / "locales")


@pytest.fixture
async def at(catalogs: Catalogs) -> AsyncIterator[Account]:
    async with Account(catalog=catalogs, title="Assembly of the Rhine").open() as account:
        yield account


def set_calls(at: Account) -> list[str]:
    return [call.method for call in at.api.audit.calls if call.method.startswith("setMy")]


async def test_commands_fit_the_place_and_the_language(at: Account, catalogs: Catalogs) -> None:
    participants = [c.name for c in of("participant")]
    assert participants[0] == "help"
    assert len(participants) == len({c.name for c in COMMANDS.values() if "participant" in c.roles})
    assert at.anna.menu() == participants
    group = at.api.group("Table", [at.anna], bots=[at.bot])
    assert set(at.anna.menu(chat=group.chat)) < set(participants)
    assert {"help", "pass", "undo"} <= set(at.anna.menu(chat=group.chat))
    german = at.bot.commands["all_private_chats", "de"]
    assert german[0] == {"command": "help", "description": catalogs.phrase(COMMANDS["help"].brief.text, None, 0, "de")}
    assert at.bot.commands["all_private_chats", ""][0]["description"] == COMMANDS["help"].brief.text


async def test_it_says_who_it_is_in_every_language(at: Account, catalogs: Catalogs) -> None:
    assert at.bot.texts["name", ""] == "Assembly of the Rhine"
    for language in catalogs.languages:
        code = "" if language == "en" else language
        for field, phrase in (("description", ABOUT), ("short_description", IN_SHORT)):
            wanted = catalogs.phrase(phrase.text, None, 0, language)
            assert at.bot.texts.get((field, code), at.bot.texts[field, ""]) == wanted


@pytest.mark.parametrize(("phrase", "method"), [(ABOUT, "Description"), (IN_SHORT, "ShortDescription")])
def test_every_text_is_short_enough(catalogs: Catalogs, phrase: Phrase, method: str) -> None:
    for language in catalogs.languages:
        assert len(catalogs.phrase(phrase.text, None, 0, language)) <= LONGEST[method]


async def test_a_second_start_changes_nothing(at: Account, catalogs: Catalogs) -> None:
    before = len(set_calls(at))
    assert before > 0
    again = Telegram("main", TOKEN, at.clock, api=at.api.base_url, catalog=catalogs, title="Assembly of the Rhine")
    await again.open()
    await again.close()
    assert len(set_calls(at)) == before


async def test_only_what_differs_is_sent(at: Account, catalogs: Catalogs) -> None:
    at.bot.commands["all_group_chats", "de"] = []
    del at.bot.texts["name", ""]
    before = len(set_calls(at))
    again = Telegram("main", TOKEN, at.clock, api=at.api.base_url, catalog=catalogs, title="Assembly of the Rhine")
    await again.open()
    await again.close()
    assert set_calls(at)[before:] == ["setMyCommands", "setMyName"]


async def test_without_a_title_the_name_is_left_alone(catalogs: Catalogs) -> None:
    async with Account(catalog=catalogs).open() as at:
        assert "setMyName" not in set_calls(at)


async def test_a_refusal_keeps_nobody_waiting(catalogs: Catalogs, caplog: pytest.LogCaptureFixture) -> None:
    account = Account(catalog=catalogs)
    account.api.fail("setMyCommands", 500)
    async with account.open() as at:
        await at.anna.say("hello")
        assert [e.text for e in (await at.receive()).events] == ["hello"]
    assert "could not be renewed" in caplog.text
