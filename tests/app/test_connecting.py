"""The Matrix accounts that the config names: what is encrypted, with what, and what is said where that cannot be."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import connecting, homeservers
from bot.app.config import BadConfig, Config, load_config
from bot.app.connecting import crypto_secret, matrices
from bot.store.keys import KeyFile

KEYS = KeyFile.from_seed(1)
ACCOUNT = '[[matrix]]\nname = "{name}"\nhomeserver = "https://x.org"\nuser = "@{name}:x.org"\ntoken_env = "A_TOKEN"\n'


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setenv("A_TOKEN", "syt_canarycanarycanary")
    ways = {"plain": "none", "chats": "chats", "tables": "tables"}
    text = "".join(f'{ACCOUNT.format(name=name)}encryption = "{how}"\n' for name, how in ways.items())
    (tmp_path / "pnyx.toml").write_text(text)
    return load_config(tmp_path)


def test_a_setting_says_what_is_encrypted(config: Config) -> None:
    made = {each.account: each for each in matrices(config, now, KEYS)}
    assert {account: each.abilities.encrypts for account, each in made.items()} == {
        "matrix:plain": False, "matrix:chats": False, "matrix:tables": True,
    }  # fmt: skip
    files = {account: each._session.keys for account, each in made.items()}
    assert files["matrix:plain"] is None
    assert files["matrix:chats"] is not None
    assert files["matrix:chats"].file == config.home / "matrix-chats.keys"
    assert all(each.abilities.sign == "!" for each in made.values())
    assert not list(config.home.glob("*.keys")), "nothing is made before it is needed"


def test_without_the_package_an_account_that_encrypts_does_not_begin(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "can_encrypt", lambda: False)
    with pytest.raises(BadConfig) as caught:
        matrices(config, now, KEYS)
    assert "matrix:chats: Encrypted rooms need one more package. Install it with: pip install 'pnyx[e2e]'." in str(
        caught.value
    )
    assert 'Or write encryption = "none"' in str(caught.value)
    plain = config.model_copy(update={"matrix": config.matrix[:1]})
    assert len(matrices(plain, now, KEYS)) == 1


async def test_the_check_says_so_too(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(homeservers, "can_encrypt", lambda: False)
    about = await homeservers._about_keys(config, config.matrix[1], None, "DEVICE")  # type: ignore[arg-type]  # not asked
    assert [(each.weight, each.text[:42]) for each in about] == [("bad", "Encrypted rooms need one more package. Ins")]


def test_the_key_file_seals_the_keys_of_each_account_in_another_way(config: Config) -> None:
    secrets = {crypto_secret(keys, table) for table in config.matrix for keys in (KEYS, KeyFile.from_seed(2))}
    assert len(secrets) == 6
    assert all(len(secret) == 64 for secret in secrets)
