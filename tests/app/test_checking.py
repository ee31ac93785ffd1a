"""How `pnyx check` looks at a bot: on the strict server, one thing wrong at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.app.checking import look_at
from bot.app.config import load_config
from bot.app.findings import Finding
from tests.support.botapi import BotApi
from tests.support.botapi.bots import Webhook

TOKEN = "7000001:AAEcanarycanarycanary-canary_canary"


async def found(folder: Path, api: BotApi, more: str = "", token: str = TOKEN) -> list[Finding]:
    (folder / "bot.token").write_text(token)
    (folder / "bot.token").chmod(0o600)
    (folder / "pnyx.toml").write_text(
        f'[[telegram]]\napi = "http://127.0.0.1:{api.port}"\ntoken_file = "bot.token"\n{more}'
    )
    config = load_config(folder)
    findings = await look_at(config, config.telegram[0])
    assert all("canary" not in finding.text for finding in findings), findings
    return findings


async def test_a_bot_that_can_work(tmp_path: Path) -> None:
    async with BotApi() as api:
        api.bot(TOKEN, username="pnyx_test_bot").privacy = False
        assert await found(tmp_path, api) == [
            Finding("good", "telegram:main is @pnyx_test_bot: https://t.me/pnyx_test_bot")
        ]


async def test_privacy_mode_is_a_note_with_what_to_do(tmp_path: Path) -> None:
    async with BotApi() as api:
        api.bot(TOKEN, username="pnyx_test_bot").privacy = True
        _, note = await found(tmp_path, api)
        assert note.weight == "note"
        assert "/setprivacy" in note.text


async def test_a_token_that_is_not_known_and_one_that_is_none(tmp_path: Path) -> None:
    async with BotApi() as api:
        (bad,) = await found(tmp_path, api)
        assert bad.weight == "bad"
        assert "does not know the token" in bad.text
        (bad,) = await found(tmp_path, api, token="canary")
        assert "is not a token" in bad.text


async def test_a_platform_that_is_away(tmp_path: Path) -> None:
    async with BotApi() as api:
        api.bot(TOKEN)
        api.fail("getMe", 502, times=9)
        (bad,) = await found(tmp_path, api)
        assert bad.weight == "bad"
        assert bad.text == (
            f"Telegram cannot be asked about telegram:main: http://127.0.0.1:{api.port} answers “Bad Gateway (502)”. "
            "Is that the address of a Bot API server?"
        )
    async with BotApi() as api:
        api.bot(TOKEN)
        api.fail("getMe", 429, times=9)
        (bad,) = await found(tmp_path, api)
        assert "was asked too often. Please try again in " in bad.text
    (bad,) = await found(tmp_path, api)
    assert bad.text == (
        f"Telegram cannot be asked about telegram:main: no connection to http://127.0.0.1:{api.port} comes about. "
        "Is there a network, and is the address right?"
    )


async def test_another_name_in_the_config(tmp_path: Path) -> None:
    async with BotApi() as api:
        api.bot(TOKEN, username="pnyx_test_bot").privacy = False
        _, bad = await found(tmp_path, api, 'username = "other_bot"\n')
        assert bad == Finding(
            "bad", "telegram:main is called @pnyx_test_bot, but the config says @other_bot. Correct username there."
        )
        assert len(await found(tmp_path, api, 'username = "@Pnyx_Test_bot"\n')) == 1


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("", "`pnyx run` takes that away"),
        ('mode = "webhook"\nwebhook = { url = "https://other.example/x" }\n', "`pnyx run` sets the one of the config"),
        ('mode = "webhook"\nwebhook = { url = "http://127.0.0.1:1/canary" }\n', ""),
        ("", "could not reach that webhook last time"),
    ],
)
async def test_a_webhook_that_is_set(tmp_path: Path, more: str, said: str) -> None:
    async with BotApi() as api:
        bot = api.bot(TOKEN, username="pnyx_test_bot")
        bot.privacy = False
        bot.webhook = Webhook("http://127.0.0.1:1/canary", last_error="Connection refused", last_error_at=api.clock())
        await api.person("Anna").start()
        findings = await found(tmp_path, api, more)
        assert findings[-1] == Finding("note", "At Telegram wait 1 message or press, for a day at most.")
        assert any(said in finding.text for finding in findings)
        assert said or not any("Its webhook is at" in finding.text for finding in findings)
