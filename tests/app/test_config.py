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
        ('[translation]\nengine = "magic"\n', ["translation.engine", "'magic'", "'none'", "'pseudo'"]),
        ('[console]\nenabled = "perhaps"\n', ["console.enabled", "'perhaps'"]),
        ('[[assembly]]\nid = "First"\nflow = "x"\n', ["assembly.0.id", "'First'"]),
        ('[[assembly]]\nid = "a"\n', ["assembly.0.flow", "Field required"]),
        (GOOD + '[[assembly]]\nid = "first"\nflow = "y"\n', ["two assemblies are called first"]),
        ('[[assembly]]\nid = "a"\nflow = "x"\nsede = 3\n', ["assembly.0.sede", "Did you mean seed?"]),
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


def test_no_config_names_the_command_that_writes_one(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="pnyx init"):
        load_config(tmp_path)
