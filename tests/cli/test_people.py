"""`pnyx people`: what an operator types, and what they read."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main

DAY = (date.today() + timedelta(days=60)).isoformat()
LIST = "ref,name,language\nA-17,Zoë,\nA-18,Max,en\n"


def pnyx(*words: object, code: int = 0) -> str:
    """Run a command; what it printed, in lines without the breaks of the screen."""
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exit_code == code, done.output
    return done.output


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder as `pnyx init` fills it, and a list of people."""
    folder = tmp_path / "try"
    pnyx("init", folder)
    (tmp_path / "people.csv").write_text(LIST)
    return folder


def people(home: Path, *words: object, code: int = 0) -> str:
    return pnyx("people", *words, "-c", home, code=code)


def test_from_a_list_to_invites(home: Path, tmp_path: Path) -> None:
    told = people(home, "import", tmp_path / "people.csv", "--until", DAY)
    assert f"first expects 2 people of this list, until {DAY} 23:59:" in told
    assert "2 new, 0 changed, 0 as before." in told
    assert "Not read, and not kept: name." in told
    assert "pnyx people invites --to FOLDER" in told
    told = people(home, "invites", "--to", tmp_path / "out", "--csv", tmp_path / "people.csv")
    assert "Invites for 2 people:" in told
    assert str(tmp_path / "out" / "invites.csv") in told
    assert "No account on a platform is known yet" in told
    assert "Delete them when everybody has come." in told
    assert "name" in (tmp_path / "out" / "invites.csv").read_text("utf-8-sig").splitlines()[0]
    told = people(home, "list", "first")
    assert re.search(r"expected at +have come +changing phones +still to come +invite too old", told)
    assert re.search(r"here +0 +0 +2 +0", told)


def test_links_lead_to_the_bot_that_the_config_names(home: Path, tmp_path: Path) -> None:
    config = home / "pnyx.toml"
    config.write_text(config.read_text() + '\n[[telegram]]\nusername = "@square_bot"\n')
    people(home, "import", tmp_path / "people.csv")
    told = people(home, "reissue", "A-17")
    assert re.search(r"https://t\.me/square_bot\?start=[A-Z2-7]{26}\n", told)
    assert "No account" not in told


def test_a_new_invite_and_a_link(home: Path, tmp_path: Path) -> None:
    people(home, "import", tmp_path / "people.csv")
    told = people(home, "reissue", "A-17")
    assert "This lets in A-17, once, until 20" in told
    assert re.search(r"^  /join ([A-Z2-7]{4}-){6}[A-Z2-7]{2}$", told, re.MULTILINE)
    assert re.search(r"seat +name +role +site +table +status", people(home, "list", "first", "--seats"))
    assert people(home, "list") == people(home, "list", "first"), "there is only one assembly"
    told = people(home, "link", "--to", tmp_path / "poster")
    assert "at here at most, until 20" in told
    assert str(tmp_path / "poster" / "invites.html") in told


def test_answers_as_json(home: Path, tmp_path: Path) -> None:
    answers = {
        "import": people(home, "import", tmp_path / "people.csv", "--json"),
        "invites": people(home, "invites", "--to", tmp_path / "out", "--json"),
        "reissue": people(home, "reissue", "A-17", "--json"),
        "link": people(home, "link", "--json"),
    }
    read = {name: json.loads(answer) for name, answer in answers.items()}
    assert {name: answer["assembly"] for name, answer in read.items()} == dict.fromkeys(answers, "first")
    assert read["import"]["unread"] == ["name"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("import", "{tmp}/none.csv"), "No such file"),
        (("import", "{tmp}/bad.csv"), 'bad.csv, line 1: found the columns name. One column is called "ref"'),
        (("invites", "--to", "{tmp}/out"), "There is nobody to invite."),
        (("reissue", "nobody"), "Nobody in first is called nobody."),
        (("link", "--site", "mars"), "Say which site: --site, one of here. Found mars."),
        (("link", "--assembly", "second"), "There is no assembly called second. There are first."),
        (("list", "second"), "There is no assembly called second. There are first."),
    ],
)
def test_what_goes_wrong_is_told_in_words(home: Path, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    (tmp_path / "bad.csv").write_text("name\nZoë\n")
    told = people(home, *(word.format(tmp=tmp_path) for word in words), code=1)
    assert said in told.replace("\n", " ")
    assert "Traceback" not in told
