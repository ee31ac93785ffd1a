"""Logging a Matrix account in: once, into a file that only its owner reads, and never over something that is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.app import veil
from bot.app.config import Config, load_config
from bot.app.login import log_in, token_file
from bot.app.operations import Problem
from bot.cli import main

ONE = '[[matrix]]\nname = "one"\nhomeserver = "{url}"\nuser = "{user}"\ntoken_file = "secret/one.token"\n'
TWO = '[[matrix]]\nname = "two"\nhomeserver = "https://x.org"\nuser = "@two:x.org"\n'


def config(folder: Path, text: str = ONE + TWO, url: str = "http://127.0.0.1:1", user: str = "@one:x.org") -> Config:
    (folder / "pnyx.toml").write_text(text.format(url=url, user=user))
    return load_config(folder)


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("", "", "no account under [[matrix]]"),
        (ONE + TWO, "", "Say which account: --name, one of one, two."),
        (ONE + TWO, "three", "one of one, two."),
        (ONE + TWO, "two", 'matrix:two has no file for its token. Write token_file = "matrix.token"'),
    ],
)
def test_which_account(tmp_path: Path, text: str, name: str, said: str) -> None:
    with pytest.raises(Problem) as caught:
        token_file(config(tmp_path, text), name)
    assert said in str(caught.value)
    table, path = token_file(config(tmp_path), "one")
    assert (table.name, path) == ("one", tmp_path / "secret" / "one.token")


@pytest.mark.parametrize(
    ("there", "said"),
    [
        ("secret/one.token", "one.token is there already, and the token in it belongs to the keys of matrix:one"),
        ("matrix-one.keys", "holds the keys of an earlier device of matrix:one"),
    ],
)
def test_token_and_keys_of_an_earlier_device_stay(tmp_path: Path, there: str, said: str) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / there).write_text("mine")
    with pytest.raises(Problem) as caught:
        token_file(config(tmp_path), "one")
    assert said in str(caught.value)
    assert (tmp_path / there).read_text() == "mine"


async def test_no_homeserver(tmp_path: Path) -> None:
    table, path = token_file(config(tmp_path), "one")
    with pytest.raises(Problem, match=r"Nothing answers at http://127\.0\.0\.1:1"):
        await log_in(table, "a password", path)
    assert not path.exists()


@pytest.mark.homeserver
def test_a_password_becomes_a_token_and_is_kept_nowhere(tmp_path: Path, synapse) -> None:  # type: ignore[no-untyped-def]  # a Pool
    account = synapse.fresh("bot")
    config(tmp_path, ONE, synapse.server.url, account.user)

    def login(typed: str, code: int = 0) -> str:
        done = CliRunner().invoke(main, ["matrix", "login", "-c", str(tmp_path)], input=typed)
        assert done.exit_code == code, done.output
        return done.output

    assert f"knows no {account.user} with this password" in login("wrong\n", 1)
    path = tmp_path / "secret" / "one.token"
    assert not path.exists()
    assert f"{account.user} is logged in, on the device" in " ".join(login(f"{account.password}\n").split())
    assert path.stat().st_mode & 0o777 == 0o600
    token = path.read_text().strip()
    assert synapse.server.ask("GET", "/_matrix/client/v3/account/whoami", token=token)["user_id"] == account.user
    kept = [file.read_text() for file in tmp_path.rglob("*") if file.is_file()]
    assert not any(account.password in text for text in kept)
    assert veil.veiled(f"{token} {account.password}") == "[secret] [secret]"
    assert "is there already" in login(f"{account.password}\n", 1)
    assert path.read_text().strip() == token
