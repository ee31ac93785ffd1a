"""`pnyx check --assembly`: an operator reads whether the record holds together, and a script sees it by the exit code."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from click.testing import CliRunner, Result

from bot.app.config import load_config
from bot.cli import main


def pnyx(*words: object) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(main, [str(word) for word in words])


def test_it_ends_well_where_all_is_well_and_with_an_error_where_something_is_broken(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    assert pnyx("init", folder).exit_code == 0
    sound = pnyx("check", "--assembly", "-c", folder)
    assert (sound.exit_code, "There are no digests yet." in sound.output) == (0, True), sound.output
    with sqlite3.connect(load_config(folder).database_path) as sql:
        sql.execute(
            "INSERT INTO flag (assembly, contribution, language, seat, at) VALUES ('first', 'nowhere', 'de', 's', 0)"
        )
    sql.close()
    broken = pnyx("check", "--assembly", "-c", folder)
    assert broken.exit_code == 1
    assert "In the table flag 1 row belongs to words that are not in the database." in broken.output
    assert "restore your last backup" in broken.output
    assert "Config" not in broken.output, "it looks at nothing else"


def test_without_a_database_it_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    assert pnyx("init", folder).exit_code == 0
    load_config(folder).database_path.unlink()
    told = pnyx("check", "--assembly", "-c", folder)
    assert told.exit_code == 1
    assert "is not there yet; `pnyx run` makes it." in told.output
