"""The config file: what is good, and what is said about what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.app.config import NAME, BadConfig, load_config

GOOD = """
[database]
path = "data/pnyx.db"

[[assembly]]
id = "first"
flow = "flows/first"
"""
ENGINE = '[[engine]]\nname = "libre"\nkind = "libretranslate"\nurl = "http://127.0.0.1:5000"\n'
MATRIX = """
[[matrix]]
homeserver = "https://matrix.example.org"
user = "@pnyx:example.org"
"""


def written(folder: Path, text: str | bytes) -> Path:
    file = folder / NAME
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def test_paths_are_seen_from_the_config(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    config = load_config(tmp_path)
    assert config.database_path == tmp_path / "data" / "pnyx.db"
    assert config.key_path == tmp_path / "pnyx.key"
    assert config.assembly[0].id == "first"
    assert load_config(tmp_path / NAME) == config


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[databse]\npath = "x"\n', ["databse is not a key", "Did you mean database?"]),
        ('[database]\npaht = "x"\n', ["database.paht", "Did you mean path?"]),
        ('[translation]\nengines = ["magic"]\n', ['an engine "magic"', "There is none", "[[engine]]"]),
        ("[translation]\npairs = { fr_de = [] }\n", ["translation.pairs.fr_de"]),
        (ENGINE + '[translation]\npairs = { fr-de = ["lbre"] }\n', ['an engine "lbre"', "There are libre"]),
        (ENGINE + ENGINE, ["two engines are called libre"]),
        ('[[engine]]\nname = "a"\nkind = "libretranslate"\n', ["engine.0", "needs the url"]),
        ('[[engine]]\nname = "a"\nkind = "deepl"\n', ["engine.0", "needs a key"]),
        ('[[engine]]\nname = "a"\nkind = "magic"\n', ["engine.0.kind", "'magic'", "'libretranslate'", "'deepl'"]),
        ('[[engine]]\nname = "a"\nkind = "apertium"\nurl = "http://example.org"\n', ["engine.0.url", "https://"]),
        (
            '[[engine]]\nname = "a"\nkind = "google"\nkey = "abc"\n',
            ["engine.0.key", "never stands in the config", "key_file"],
        ),
        ('[model]\nurl = "http://127.0.0.1:8000/v1"\n', ["model: It needs the name of the model"]),
        ('[model]\nname = "small"\n', ["model: A model is described, but not where it listens"]),
        ('[model]\nurl = "http://example.org/v1"\nname = "small"\n', ["model.url", "https://"]),
        ('[model]\nurl = "https://example.org/v1"\nname = "a"\nseconds = 0\n', ["model.seconds"]),
        (
            '[model]\nurl = "https://example.org/v1"\nname = "a"\nkey_env = "A"\nkey_file = "b"\n',
            ["model: Give key_env or key_file, not both"],
        ),
        ('[model]\nkey = "abc"\n', ["model.key", "never stands in the config", "PNYX_MODEL_KEY", "key_file"]),
        ('[model]\nurll = "abc"\n', ["model.urll", "Did you mean url?"]),
        ('[console]\nenabled = "perhaps"\n', ["console.enabled", "'perhaps'"]),
        ('[[assembly]]\nid = "First"\nflow = "x"\n', ["assembly.0.id", "'First'"]),
        ('[[assembly]]\nid = "a"\n', ["assembly.0.flow", "Field required"]),
        (GOOD + '[[assembly]]\nid = "first"\nflow = "y"\n', ["two assemblies are called first"]),
        ('[[assembly]]\nid = "a"\nflow = "x"\nsede = 3\n', ["assembly.0.sede", "Did you mean seed?"]),
        (GOOD + "[[telegram]]\nnmae = 'x'\n", ["telegram.0.nmae", "Did you mean name?"]),
        (GOOD + "[[telegram]]\n[[telegram]]\n", ["two Telegram accounts are called main"]),
        (GOOD + "[[telegram]]\napi = 'http://example.org'\n", ["telegram.0.api", "https://"]),
        (GOOD + "[[telegram]]\nmode = 'push'\n", ["telegram.0.mode", "'poll'", "'webhook'"]),
        (GOOD + "[[telegram]]\nmode = 'webhook'\n", ["telegram.0: mode", "webhook = {"]),
        (
            GOOD + "[[telegram]]\nwebhook = { url = 'https://x.org' }\n",
            ["telegram.0: A webhook is described, but not used"],
        ),
        (GOOD + "[[telegram]]\nwebhook = { uri = 'x' }\n", ["telegram.0.webhook.uri", "Did you mean url?"]),
        (
            GOOD + "[[telegram]]\nmode = 'webhook'\nwebhook = { url = 'https://x.org', listen = '8443' }\n",
            ["telegram.0.webhook.listen", "127.0.0.1:8443"],
        ),
        (GOOD + "[[telegram]]\ntoken_env = 'A'\ntoken_file = 'b'\n", ["telegram.0: Give token_env or token_file"]),
        (GOOD + "[[telegram]]\nusername = 'a b'\n", ["telegram.0.username"]),
        (GOOD + MATRIX.replace("user", "usr"), ["matrix.0.usr", "Did you mean user?"]),
        (GOOD + MATRIX + MATRIX, ["two Matrix accounts are called main"]),
        (GOOD + MATRIX.replace("@pnyx:example.org", "pnyx"), ["matrix.0.user", "such as @pnyx:example.org"]),
        (GOOD + MATRIX.replace("https", "http"), ["matrix.0.homeserver", "https://"]),
        (GOOD + "[[matrix]]\nuser = '@a:b.org'\n", ["matrix.0.homeserver", "Field required"]),
        (GOOD + MATRIX + "encryption = true\n", ["matrix.0.encryption", "'none'", "'chats'", "'tables'"]),
        (GOOD + MATRIX + "encryption = 'none'\nkeys_file = 'k'\n", ["matrix.0: A file of keys is named"]),
        (GOOD + MATRIX + "token_env = 'A'\ntoken_file = 'b'\n", ["matrix.0: Give token_env or token_file"]),
        ("[database\n", ["is not TOML", "line 1"]),
        (b"\xff\xfe", ["is not a text in UTF-8"]),
        ('home = "/"\n', ["home is not a key"]),
    ],
)
def test_what_is_wrong_is_named_with_file_key_found_and_allowed(
    tmp_path: Path, text: str | bytes, said: list[str]
) -> None:
    file = written(tmp_path, text)
    with pytest.raises(BadConfig) as caught:
        load_config(tmp_path)
    assert str(file) in str(caught.value)
    for words in said:
        assert words in str(caught.value)


TOKEN = "123456789:AAEcanarycanarycanarycanarycanary_-"
ACCESS = "syt_cG55eA_canarycanarycanarycan_1AbCdE"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f'[[telegram]]\ntoken = "{TOKEN}"\n', "a token never stands in the config"),
        (f'[[telegram]]\ntoken_env = "{TOKEN}"\n', "the name of a variable"),
        (f'[[telegram]]\nname = "{TOKEN}"\n', "telegram.0.name"),
        (f'[[telegram]]\napi = "ftp://example.org/bot{TOKEN}"\n', "https://"),
        (f'[[telegram]]\nmode = "webhook"\nwebhook = {{ url = "https://x.org", secret = "{TOKEN}" }}\n', "secret_file"),
        (f'[telegram]\ntoken = "{TOKEN}"\n', "[[telegram]]"),
        (MATRIX + f'token = "{ACCESS}"\n', "PNYX_MATRIX_TOKEN"),
        (MATRIX + f'token_env = "{ACCESS}"\n', "the name of a variable"),
        (MATRIX + 'password = "a canary"\n', "docs/guide/matrix.md"),
        (MATRIX.replace("@pnyx:example.org", ACCESS), "such as @pnyx"),
    ],
)
def test_who_writes_a_token_into_the_config_learns_where_it_belongs_and_it_is_not_shown(
    tmp_path: Path, text: str, said: str
) -> None:
    written(tmp_path, text)
    with pytest.raises(BadConfig) as caught:
        load_config(tmp_path)
    assert said in str(caught.value)
    assert "canary" not in str(caught.value)


def test_bots_have_their_defaults_and_their_names(tmp_path: Path) -> None:
    written(
        tmp_path,
        GOOD + '[[telegram]]\nusername = "@PnyxBot"\n[[telegram]]\nname = "paris"\napi = "http://[::1]:8081/"\n',
    )
    main, paris = load_config(tmp_path).telegram
    assert (main.name, main.api, main.mode, main.webhook) == ("main", "https://api.telegram.org", "poll", None)
    assert paris.api == "http://[::1]:8081"
    assert load_config(tmp_path).names == {"telegram:main": "PnyxBot"}
    written(tmp_path, "[[telegram]]\napi = 'https://bots.example.org/'\n")
    assert load_config(tmp_path).telegram[0].api == "https://bots.example.org"


def test_keys_lie_beside_the_database_where_nothing_else_is_said(tmp_path: Path) -> None:
    more = MATRIX.replace("[[matrix]]", "[[matrix]]\nname = 'b'\nencryption = 'tables'\nkeys_file = 'other.keys'")
    third = MATRIX.replace("[[matrix]]", "[[matrix]]\nname = 'c'\nencryption = 'none'")
    written(tmp_path, GOOD + MATRIX + more + third)
    config = load_config(tmp_path)
    assert [m.encryption for m in config.matrix] == ["chats", "tables", "none"]
    assert [config.keys_of(m) for m in config.matrix] == [
        tmp_path / "data" / "matrix-main.keys",
        tmp_path / "other.keys",
        None,
    ]
    assert config.names == {f"matrix:{name}": "@pnyx:example.org" for name in ("main", "b", "c")}
    assert config.accounts is None, "how much a homeserver takes is not for us to say"


def test_no_config_names_the_command_that_writes_one(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="pnyx init"):
        load_config(tmp_path)


@pytest.mark.parametrize(
    ("more", "accounts"), [("", None), ("[[telegram]]\n", 1), ("[[telegram]]\n[[telegram]]\nname = 'b'\n", 2)]
)
def test_the_config_says_how_many_accounts_carry_the_talk(tmp_path: Path, more: str, accounts: int | None) -> None:
    written(tmp_path, GOOD + more)
    assert load_config(tmp_path).accounts == accounts
