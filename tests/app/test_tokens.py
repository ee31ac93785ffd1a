"""Tokens and secrets: where they are looked for, and what is said where they are missing or wrong, without showing them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.app import veil
from bot.app.config import BadConfig, Config, load_config
from bot.app.tokens import access, accesses, hook, token, tokens

TOKEN = "123456789:AAEcanarycanarycanarycanarycanary_-"
OTHER = "987654321:AAEcanaryanothercanaryanothercan_-"
SECRET = "a-canary-that-nobody-may-see"
ACCESS = "syt_cG55eA_canarycanarycanarycan_1AbCdE"
MATRIX = '[[matrix]]\nhomeserver = "https://m.example.org"\nuser = "@pnyx:example.org"\n'


def config(folder: Path, text: str) -> Config:
    (folder / "pnyx.toml").write_text(text)
    return load_config(folder)


def held(folder: Path, name: str, text: str, mode: int = 0o600) -> Path:
    file = folder / name
    file.write_text(text)
    file.chmod(mode)
    return file


def refused(read: object, *given: object) -> str:
    with pytest.raises(BadConfig) as caught:
        read(*given)  # type: ignore[operator]  # one of the functions under test
    assert "canary" not in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_token_stands_in_the_environment(tmp_path: Path) -> None:
    read = config(tmp_path, "[[telegram]]\n[[telegram]]\nname = 'b'\ntoken_env = 'OTHER_TOKEN'\n")
    found = tokens(read, {"PNYX_TELEGRAM_TOKEN": f" {TOKEN}\n", "OTHER_TOKEN": OTHER})
    assert found == {"main": TOKEN, "b": OTHER}
    assert veil.veiled(f"x {TOKEN} {OTHER}") == "x [secret] [secret]"


def test_a_token_stands_in_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    read = config(tmp_path, "[[telegram]]\ntoken_file = 'bot.token'\n")
    file = held(tmp_path, "bot.token", TOKEN + "\n")
    assert token(read, read.telegram[0], {}) == TOKEN
    for mode in (0o644, 0o640, 0o604, 0o620):
        file.chmod(mode)
        assert f"chmod 600 {file}" in refused(token, read, read.telegram[0], {})


@pytest.mark.parametrize("text", ["", "  \n"])
def test_an_empty_file_and_an_empty_variable_are_said(tmp_path: Path, text: str) -> None:
    held(tmp_path, "bot.token", text)
    read = config(tmp_path, "[[telegram]]\ntoken_file = 'bot.token'\n[[telegram]]\nname = 'b'\n")
    assert "is empty" in refused(token, read, read.telegram[0], {})
    assert "no token in the variable PNYX_TELEGRAM_TOKEN" in refused(
        token, read, read.telegram[1], {"PNYX_TELEGRAM_TOKEN": text}
    )


@pytest.mark.parametrize(
    "wrong", ["canary", "canary-from-a-mangled-paste", TOKEN[:20], TOKEN.replace(":", "-"), f"bot{TOKEN}", TOKEN + " x"]
)
def test_what_is_no_token_is_said_and_not_shown(tmp_path: Path, wrong: str) -> None:
    read = config(tmp_path, "[[telegram]]\n")
    assert "not a token of Telegram" in refused(token, read, read.telegram[0], {"PNYX_TELEGRAM_TOKEN": wrong})
    if len(wrong) >= veil.SHORTEST:
        assert "canary" not in veil.veiled(f"It is no token, but it may be half of one: {wrong}")


def test_a_missing_file_and_a_folder_are_said(tmp_path: Path) -> None:
    read = config(tmp_path, "[[telegram]]\ntoken_file = 'bot.token'\n")
    assert "No such file" in refused(token, read, read.telegram[0], {})
    (tmp_path / "bot.token").mkdir(mode=0o700)
    assert "is not a file" in refused(token, read, read.telegram[0], {})


def test_two_accounts_cannot_have_one_token(tmp_path: Path) -> None:
    read = config(tmp_path, "[[telegram]]\n[[telegram]]\nname = 'b'\n")
    assert "telegram:main and telegram:b have the same token" in refused(tokens, read, {"PNYX_TELEGRAM_TOKEN": TOKEN})


HOOK = (
    "[[telegram]]\nmode = 'webhook'\nwebhook = {{ url = 'https://example.org/x', listen = '[::1]:80', {0} = '{1}' }}\n"
)


def test_a_webhook_has_its_secret_from_a_file_or_the_environment_or_draws_one(tmp_path: Path) -> None:
    held(tmp_path, "hook.secret", SECRET)
    read = config(tmp_path, HOOK.format("secret_file", "hook.secret"))
    found = hook(read, read.telegram[0], {})
    assert found is not None
    assert (found.url, found.host, found.port, found.secret) == ("https://example.org/x", "::1", 80, SECRET)
    assert "canary" not in repr(found)
    read = config(tmp_path, HOOK.format("secret_env", "HOOK"))
    assert hook(read, read.telegram[0], {"HOOK": SECRET}) == found
    assert "is missing" in refused(hook, read, read.telegram[0], {})
    assert "16 to 256" in refused(hook, read, read.telegram[0], {"HOOK": "canary with spaces in it"})
    read = config(tmp_path, "[[telegram]]\nmode = 'webhook'\nwebhook = { url = 'https://example.org/x' }\n")
    found = hook(read, read.telegram[0], {})
    assert found is not None
    assert (found.secret, found.host, found.port) == ("", "127.0.0.1", 8443)


def test_who_polls_has_no_webhook(tmp_path: Path) -> None:
    read = config(tmp_path, "[[telegram]]\n")
    assert hook(read, read.telegram[0], {}) is None


def test_an_access_token_stands_where_that_of_a_bot_would(tmp_path: Path) -> None:
    held(tmp_path, "own.token", f"{ACCESS}\n")
    other = MATRIX.replace("@pnyx", "@other") + 'name = "b"\ntoken_file = "own.token"\n'
    read = config(tmp_path, MATRIX + other)
    assert accesses(read, {"PNYX_MATRIX_TOKEN": f"{ACCESS}2"}) == {"main": f"{ACCESS}2", "b": ACCESS}
    assert veil.veiled(f"Bearer {ACCESS}2 {ACCESS}") == "Bearer [secret] [secret]"
    assert "the access token of @pnyx:example.org" in refused(access, read, read.matrix[0], {})


@pytest.mark.parametrize("found", ["my canary, the password", "canary", f"Bearer {ACCESS}", f"{ACCESS}\n{ACCESS}"])
def test_what_is_no_access_token_is_said_and_not_shown(tmp_path: Path, found: str) -> None:
    read = config(tmp_path, MATRIX)
    said = refused(access, read, read.matrix[0], {"PNYX_MATRIX_TOKEN": found})
    assert "is not an access token" in said


def test_one_account_is_served_once(tmp_path: Path) -> None:
    read = config(tmp_path, MATRIX + MATRIX + 'name = "b"\n')
    assert "both @pnyx:example.org" in refused(accesses, read, {"PNYX_MATRIX_TOKEN": ACCESS})
