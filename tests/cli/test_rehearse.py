"""`pnyx rehearse` and `pnyx demo` as somebody types them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.rehearsal.script import read_script

SMALL = "tests/rehearsal/small"


def run(*args: str, typed: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(main, args, input=typed)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.mark.slow
def test_a_rehearsal_tells_how_it_went(repo: Path, tmp_path: Path) -> None:
    script, out = tmp_path / "script.toml", tmp_path / "out"
    code, said = run(
        "rehearse",
        str(repo / SMALL),
        "--people",
        "8",
        "--drop",
        "25%",
        "--record",
        str(script),
        "--out",
        str(out),
        "--profile",
    )
    assert code == 0, said
    assert "13 people" in said
    assert "It came to its end." in said
    assert "store" in said
    assert len(read_script(script).people) == 13
    assert (out / "results.csv").is_file()


@pytest.mark.slow
def test_one_can_play_along(repo: Path) -> None:
    keys = "anna: 1\nanna: 1\n/wait soon\n/wait 5m\nanna: hm\n/quit\nben: 1\n"
    code, said = run("rehearse", str(repo / SMALL), "--interactive", "--people", "6", typed=keys)
    assert code == 0, said
    assert "You play anna, ben and the facilitator maya" in said
    assert "▌anna  consent" in said
    assert '"soon" is not a duration' in said
    assert "It is Monday 01 March, 09:05:00." in said
    assert "▌ben  consent" not in said


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("nowhere",), "there is no such file or folder"),
        ((SMALL, "--drop", "110%"), "a share from 0% to 100%"),
        ((SMALL, "--drop", "many"), "many"),
        ((SMALL, "--people", "0"), "0"),
    ],
)
def test_what_makes_no_sense_is_said_in_words(repo: Path, args: tuple[str, ...], told: str) -> None:
    flow, *rest = args
    code, said = run("rehearse", str(repo / flow), *rest)
    assert code != 0
    assert told in said
    assert "Traceback" not in said


def test_the_help_names_both() -> None:
    code, said = run("--help")
    assert code == 0
    assert "rehearse" in said
    assert "demo" in said
