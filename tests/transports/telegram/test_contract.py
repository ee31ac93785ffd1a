"""The contract test: every line holds on the strict server, and a server that differs is found out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.transports.telegram.contract import CannotTry, Contract, in_words
from bot.transports.telegram.contract_lines import LINES, PRESENT, Line, Refusal
from tests.support.botapi import BotApi, sending
from tests.support.botapi.asking import METHODS

TOKEN = "7000001:strict-server-token"


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as server:
        server.bot(TOKEN)
        yield server


def contract(api: BotApi, chat: int = 0) -> Contract:
    return Contract(TOKEN, chat, api.base_url, pause=0)


async def run(api: BotApi, *words: str, token: str = TOKEN) -> Result:
    """`pnyx telegram contract` as somebody types it, in a thread, since it has a loop of its own."""
    command = ["telegram", "contract", "--api", api.base_url, "--pause", "0", *words]
    env = {"PNYX_TELEGRAM_TOKEN": token, "COLUMNS": "300"}
    result = await asyncio.to_thread(CliRunner().invoke, main, command, env=env)
    assert "Traceback" not in result.output
    assert not token or token not in result.output
    return result


async def test_every_line_holds_on_the_strict_server(api: BotApi) -> None:
    anna = api.person("Anna")
    await anna.start()
    tried = await contract(api, chat=anna.id).run()
    assert {t.line.name: t.found for t in tried if not t.same} == {}
    assert len(tried) == len(LINES) >= 30
    assert anna.got == [], "everything is deleted again"
    assert {t.line.name for t in tried} == {line.name for line in LINES}


async def test_every_refusal_is_one_of_telegrams() -> None:
    refusals = [line.expected for line in LINES if isinstance(line.expected, Refusal)]
    starts = {400: "Bad Request: ", 401: "Unauthorized", 409: "Conflict: "}
    assert len(refusals) > 15
    assert all(r.text.startswith(starts[r.code]) for r in refusals)


async def test_the_chat_is_that_of_whoever_wrote_last(api: BotApi) -> None:
    with pytest.raises(CannotTry, match="Nobody has written to this bot"):
        await contract(api).run()
    anna, berta = api.person("Anna"), api.person("Berta")
    await anna.start()
    await berta.start()
    await contract(api).run(LINES[7:8])
    assert (len(anna.got), len(berta.got)) == (0, 1)


async def test_a_server_that_differs_is_found_out(api: BotApi, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = api.person("Anna")
    await anna.start()
    monkeypatch.setattr(sending, "MOST_TEXT", 4000)
    monkeypatch.setitem(METHODS, "deletemessage", lambda ask: True)
    monkeypatch.setitem(METHODS, "sendchataction", lambda ask: False)
    monkeypatch.setitem(METHODS, "getfile", lambda ask: {"file_id": "x", "file_size": 5})
    tried = await contract(api, chat=anna.id).run()
    assert {t.line.name: t.found for t in tried if not t.same} == {
        "4,096 units": "400 Bad Request: message is too long",
        "the bot is writing": "result false",
        "where the file lies": "file_size 5, file_path null",
        "a deletion of what is gone": "no refusal",
    }


async def test_other_words_are_found_out(api: BotApi) -> None:
    anna = api.person("Anna")
    await anna.start()
    line = Line(
        "a missing chat", "sendMessage", {"chat_id": "1", "text": "a"}, Refusal(400, "Bad Request: no such chat")
    )
    (tried,) = await contract(api, chat=anna.id).run([line])
    assert (tried.same, tried.found) == (False, "400 Bad Request: chat not found")


async def test_a_wait_that_is_asked_for_is_kept(api: BotApi) -> None:
    anna = api.person("Anna")
    await anna.start()
    api.flood(api.bot(TOKEN), seconds=0.05)
    (tried,) = await contract(api, chat=anna.id).run(LINES[7:8])
    assert tried.same
    assert [c.code for c in api.audit.of("sendMessage")] == [429, 200]


async def test_as_somebody_types_it(api: BotApi) -> None:
    await api.person("Anna").start()
    result = await run(api)
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, f"All {len(LINES)} lines are as expected.")
    assert "400 Bad Request: message is too long" in result.output


async def test_it_says_how_many_lines_differ(api: BotApi, monkeypatch: pytest.MonkeyPatch) -> None:
    await api.person("Anna").start()
    monkeypatch.setattr(sending, "MOST_TEXT", 4000)
    result = await run(api)
    assert result.exit_code == 1
    assert f"1 of {len(LINES)} lines differ." in result.output


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("", "There is no token in PNYX_TELEGRAM_TOKEN."),
        ("nonsense", "This is no token of a bot."),
        ("7000001:another", "Telegram does not know this token."),
    ],
)
async def test_tokens_that_are_none(api: BotApi, token: str, words: str) -> None:
    result = await run(api, token=token)
    assert result.exit_code == 1
    assert words in result.output


async def test_nobody_there(api: BotApi) -> None:
    api.cut("getUpdates")
    result = await run(api)
    assert result.exit_code == 1
    assert "No answer from http://127.0.0.1:" in result.output


def test_expectations_in_words() -> None:
    assert in_words(Line("", "getMe", {}, Refusal(401, "Unauthorized"))) == "401 Unauthorized"
    assert in_words(Line("", "getMe", {}, {"id": PRESENT, "x": None, "y": 1})) == "id is there, x is missing, y 1"
