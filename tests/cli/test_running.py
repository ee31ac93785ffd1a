"""`pnyx init`, `run`, `status` beside it, and a kill in the middle: as a newcomer would, in processes of their own."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.cli.desk import ago

PNYX = (sys.executable, "-c", "from bot.cli import main; main()")
PATIENCE = 60.0

pytestmark = pytest.mark.slow


def pnyx(*words: object) -> str:
    """Run a command to its end; what it printed."""
    done = subprocess.run([*PNYX, *map(str, words)], capture_output=True, text=True, timeout=60, check=False)
    return done.stdout + done.stderr


class Running:
    """A `pnyx run` of its own, at whose keyboard the test sits."""

    def __init__(self, folder: Path, screen: Path) -> None:
        self._screen = screen
        self._output = screen.open("a")
        self.process = subprocess.Popen(
            [*PNYX, "run", "-c", str(folder)],
            stdin=subprocess.PIPE,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "COLUMNS": "200"},
        )
        self.shows("You play everybody here")

    def say(self, line: str, then: str) -> None:
        """Type a line, and wait until the screen shows what it leads to."""
        before = len(self._screen.read_text())
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        self.shows(then, before)

    def shows(self, words: str, behind: int = 0) -> None:
        end = time.monotonic() + PATIENCE
        while words not in self._screen.read_text()[behind:]:
            assert self.process.poll() is None, self._screen.read_text()
            assert time.monotonic() < end, f"{words!r} did not come:\n{self._screen.read_text()}"
            time.sleep(0.02)

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        code = self.process.wait(PATIENCE)
        self._output.close()
        if self.process.stdin is not None:
            self.process.stdin.close()
        return code


@contextmanager
def running(folder: Path, screen: Path) -> Iterator[Running]:
    run = Running(folder, screen)
    try:
        yield run
    finally:
        if run.process.poll() is None:
            run.end(signal.SIGKILL)


def set_up(folder: Path) -> tuple[Path, str]:
    """A folder that `pnyx init` has filled, and the organiser's code."""
    told = pnyx("init", folder)
    found = re.search(r"me: /join (\S+)", told)
    assert found, told
    return folder, found[1]


@pytest.fixture
def home(tmp_path: Path) -> tuple[Path, str]:
    return set_up(tmp_path / "try")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return set_up(tmp_path_factory.mktemp("shared") / "try")[0]


def test_a_newcomer_plays_and_a_kill_in_the_middle_loses_nothing(home: tuple[Path, str], tmp_path: Path) -> None:
    folder, code = home
    with running(folder, tmp_path / "screen1") as run:
        run.say("anna: hello", "Your seat is reserved")
        run.say("ben: hello", "▌ben")
        run.say(f"me: /join {code}", "organiser")
        run.say("me: /begin", "Begin now")
        run.say("me: 1", "I am Pnyx")
        run.say("anna: 1", "agree")
        run.say("anna: 1", "May your words stand")
        run.say("anna: 1", "What shall your table call you?")
        run.say("anna: Anna Livia", "Thank you, Anna Livia.")
        beside = pnyx("status", "-c", folder)
        assert "running" in beside
        assert "welcome" in beside
        second = pnyx("run", "-c", folder)
        assert f"process {run.process.pid}" in second
        assert "Traceback" not in second
        assert "Backup" in pnyx("backup", tmp_path / "copy.db", "-c", folder).title()
        run.end(signal.SIGKILL)
    after = pnyx("status", "-c", folder)
    assert "running" in after
    with running(folder, tmp_path / "screen2") as run:
        run.say("anna: /my", "Anna Livia")
        run.say("ben: hello again", "I am Pnyx")
        assert run.end(signal.SIGTERM) == 0
    told = pnyx("export", "first", "-c", folder, "--to", tmp_path / "out")
    assert "README.txt says what is what" in told
    record = json.loads((tmp_path / "out" / "process.json").read_text())
    assert json.dumps(record).count("first@")
    rows = sqlite3.connect(folder / "pnyx.db").execute("SELECT count(*) FROM seat").fetchone()
    assert rows == (3,)


def test_the_database_shows_nobodys_words_or_names(home: tuple[Path, str], tmp_path: Path) -> None:
    folder, code = home
    with running(folder, tmp_path / "screen") as run:
        run.say("zebrafish: hello", "Your seat is reserved")
        run.say(f"me: /join {code}", "organiser")
        run.say("me: /begin", "Begin now")
        run.say("me: 1", "I am Pnyx")
        run.say("zebrafish: 1", "agree")
        run.say("zebrafish: 1", "May your words stand")
        run.say("zebrafish: 1", "What shall your table call you?")
        run.say("zebrafish: Quetzalcoatl", "Thank you, Quetzalcoatl.")
        run.end(signal.SIGTERM)
    for file in folder.glob("pnyx.db*"):
        data = file.read_bytes()
        assert b"zebrafish" not in data, file
        assert b"Quetzalcoatl" not in data, file


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("init", "{full}"), "is not empty"),
        (("run", "-c", "{none}"), "pnyx init"),
        (("status", "-c", "{none}"), "pnyx init"),
        (("export", "nothing", "-c", "{home}"), "no assembly called nothing"),
        (("people", "invite", "first", "--role", "king", "-c", "{home}"), "no role called king"),
        (("start", "other", "-c", "{home}"), "no assembly called other"),
        (("flow", "publish", "{none}", "-c", "{home}"), "none"),
        (("flow", "upgrade", "first", "first@000000000000", "-c", "{home}"), "no published flow"),
        (("backup", "{home}/pnyx.db", "-c", "{home}"), "pnyx.db"),
    ],
)
def test_what_goes_wrong_is_told_in_words(shared: Path, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    places = {"full": shared, "home": shared, "none": tmp_path / "none"}
    told = pnyx(*(w.format_map(places) for w in words))
    assert said in told
    assert "Traceback" not in told


def test_alone_it_explains_itself() -> None:
    told = pnyx()
    for command in ("demo", "init", "check", "run", "status", "people", "flow", "rehearse", "export", "backup"):
        assert command in told


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "0 seconds ago"),
        (1, "1 second ago"),
        (119, "119 seconds ago"),
        (120, "2 minutes ago"),
        (7300, "2 hours ago"),
        (180_000, "2 days ago"),
    ],
)
def test_how_long_ago_is_said_in_one_unit(seconds: int, said: str) -> None:
    assert ago(seconds) == said
