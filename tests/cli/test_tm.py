"""`pnyx tm`: what an operator types, and what they read before citizens' words leave the house."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.app.config import load_config
from bot.cli import main
from bot.core.effects import Grant
from bot.core.state import Contribution
from bot.language.translation.tmx import Unit, write
from bot.store import identities, memories, opinions
from bot.store.connection import open_store
from bot.store.database import Database
from bot.store.keys import KeyFile
from bot.store.memories import Remembered
from tests.store.filling import AT, NOON


def tm(home: Path, *words: object, code: int = 0) -> str:
    """Run a command; what it printed."""
    done = CliRunner().invoke(main, ["tm", *(str(word) for word in words), "-c", str(home)])
    assert done.exit_code == code, done.output
    return done.output


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "try"
    assert CliRunner().invoke(main, ["init", str(folder)]).exit_code == 0
    return folder


def _said(db: Database, quoted: bool) -> None:
    """Somebody's words that a translator has released."""
    who = f"anna-{quoted}"
    seat = identities.enrol(db, "first", "test:main", who, who, "participant", "here", "de", at=NOON).id
    opinions.keep(db, "first", Contribution(who, "talk", "", "here", seat, "message", f"Brot {quoted}", AT, "de"))
    opinions.grant(db, "first", Grant(seat, "quotes", quoted, "v1", "de"), NOON)
    memories.learn(db, "first", Remembered("de", "en", f"Brot {quoted}", "bread", who, seat), NOON)


async def fill(home: Path) -> None:
    config = load_config(home)
    store = await open_store(config.database_path, KeyFile.load(config.key_path))
    for quoted in (True, False):
        await store.transact(_said, quoted)
    await store.close()


def test_reading_in_says_what_was_read(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "ours.tmx"
    file.write_text(write([Unit("de", "en", "Milch", "milk"), Unit("de", "it", "Milch", "latte")], "de"))
    told = tm(home, "import", file)
    assert "first remembers 1 from de to en, 1 from en to de." in told
    assert "2 new, 0 changed, 0 as before." in told
    assert "Not read in, since nobody there speaks these languages: 2." in told
    assert "no XML" in tm(home, "import", home / "pnyx.toml", code=1)
    assert "No such file" in tm(home, "import", tmp_path / "none.tmx", code=1)


def test_citizens_words_leave_the_house_only_after_a_yes(home: Path, tmp_path: Path) -> None:
    asyncio.run(fill(home))
    file = tmp_path / "ours.tmx"
    told = tm(home, "export", file, code=1)
    assert "1 translation, 1 of them in the words of citizens of first." in told
    assert "Left out: 1 translation of people who did not agree to be quoted" in told
    assert "Nothing was written. Add --yes" in told
    assert not file.exists()
    assert f"Written: 1 translation in {file}." in tm(home, "export", file, "--yes")
    assert "Brot True" in file.read_text()
    assert "Brot False" not in file.read_text()
    assert "It is kept: name another file." in tm(home, "export", file, "--yes", code=1)


def test_there_is_nothing_to_write_at_first(home: Path, tmp_path: Path) -> None:
    assert "first remembers no translation" in tm(home, "export", tmp_path / "ours.tmx", code=1)
