"""A key file that is lost, another one, damaged or open to all: every command says what was found and what to do."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.app.config import Config, load_config
from bot.cli import main
from bot.store.keys import KeyFile

COMMANDS = [("run",), ("check",), ("status",), ("export", "out"), ("people", "list"), ("backup", "b.db"), ("audit", "verify"),
            ("check", "--assembly")]  # fmt: skip


def pnyx(*words: object) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(main, [str(word) for word in words])


@pytest.fixture(autouse=True)
def _log_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """`pnyx run` sets up the log of its whole process, which is that of all tests here."""
    monkeypatch.setattr("bot.cli.setting_up.guard", lambda level: None)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as `pnyx init` makes it."""
    folder = tmp_path_factory.mktemp("installed") / "mine"
    assert pnyx("init", folder).exit_code == 0
    return folder


def lost(config: Config) -> None:
    config.key_path.unlink()


def another(config: Config) -> None:
    config.key_path.unlink()
    KeyFile.create(config.key_path)


def damaged(config: Config) -> None:
    config.key_path.write_text(config.key_path.read_text().replace('"', "", 1))


def shortened(config: Config) -> None:
    config.key_path.write_text(re.sub(r'[0-9a-f]"', '"', config.key_path.read_text()))


def open_to_all(config: Config) -> None:
    config.key_path.chmod(0o644)


def a_folder(config: Config) -> None:
    config.key_path.unlink()
    config.key_path.mkdir()


CASES: list[tuple[Callable[[Config], None], str, str]] = [
    (lost, "cannot be read: No such file", "Put your copy of it there"),
    (another, "was written with another key file", "Put your copy of the right one"),
    (damaged, "is not a key file of Pnyx, or is damaged", "Put your copy of it there"),
    (shortened, "is not a key file of Pnyx, or is damaged", "64 hexadecimal digits"),
    (open_to_all, "Other users of this machine can read the key file", "Run: chmod 600"),
    (a_folder, "cannot be read: Is a directory", "Put your copy of it there"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(("happens", "found", "advice"), CASES, ids=[case[0].__name__ for case in CASES])
def test_every_command_says_what_was_found_and_what_to_do(
    tmp_path: Path, installed: Path, command: tuple[str, ...], happens: Callable[[Config], None], found: str, advice: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    folder = Path(shutil.copytree(installed, tmp_path / "mine"))
    config = load_config(folder)
    before = _content(config)
    happens(config)
    told = pnyx(*command, "-c", folder)
    assert told.exit_code not in (0, None)
    assert found in told.output
    assert advice in told.output
    assert str(config.key_path) in told.output or str(config.database_path) in told.output
    assert "Traceback" not in told.output
    assert "good. Keep a copy" not in told.output, "and nothing is said to be well"
    assert _content(config) == before, "nothing was changed"
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "b.db").exists()


def _content(config: Config) -> list[tuple[object, ...]]:
    with sqlite3.connect(config.database_path) as sql:
        rows = sql.execute("SELECT * FROM meta ORDER BY 1").fetchall()
    sql.close()
    return rows


def test_with_the_copy_back_in_its_place_all_is_well(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    assert pnyx("init", folder).exit_code == 0
    config = load_config(folder)
    copy = config.key_path.read_text()
    another(config)
    assert pnyx("check", "-c", folder).exit_code == 1
    config.key_path.write_text(copy)
    assert pnyx("check", "-c", folder).exit_code == 0


def test_the_guide_says_what_each_of_these_means(repo: Path) -> None:
    page = " ".join((repo / "docs" / "guide" / "first-assembly.md").read_text().split())
    for words in ("cannot be read", "can be read by other users", "or is damaged", "is another one", "`people.keys`",
                  "nothing in the database and in no backup can be read again"):  # fmt: skip
        assert words in page
