"""Every interface text is there in every language, and the tool that says so sees what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tools import locales

CODE = """
from bot.core.message import t, tn
A = t("Hello {name}")
B = tn("One vote", "{n} votes", n=2)
C = t("Are you sure?")
"""


def test_the_code_marks_its_texts() -> None:
    assert len(locales.extract()) > 20, "hardly any text found: the tests of this module would see nothing"


def test_every_language_has_every_text() -> None:
    assert list(locales.problems()) == []


def test_texts_are_found_wherever_they_stand(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "nested.py").write_text(
        """a = t("Outer {x}", x=t("In another text"))\nb = f"*{say(t('In a string'))}*"\nc = t("Cut " "in two")\nd = t(text)\n"""
    )
    found = {message.id for message in locales.extract(tmp_path) if message.id}
    assert found == {"Outer {x}", "In another text", "In a string", "Cut in two"}


@pytest.fixture
def code(tmp_path: Path) -> Path:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "steps.py").write_text(CODE)
    return tmp_path / "code"


@pytest.fixture
def folder(tmp_path: Path, code: Path) -> Path:
    """A folder of locales for `code` with a complete French."""
    folder = tmp_path / "locales"
    folder.mkdir()
    locales.po(folder, code, ["fr"])
    for msgid, msgstr in [
        ("Hello {name}", "Bonjour {name}"), ("{n} votes", "[0] Une voix\n[1] {n} voix"), ("Are you sure?", "Vraiment\u202f?"),
    ]:  # fmt: skip
        translate(folder, msgid, msgstr)
    assert list(locales.problems(folder, code, ["fr"])) == []
    return folder


def french(folder: Path) -> Path:
    return folder / "fr" / "LC_MESSAGES" / "bot.po"


def translate(folder: Path, msgid: str, msgstr: str) -> None:
    """Write the lines after `msgid`: one msgstr, or `[i] text` lines for plural forms."""
    head, _, rest = french(folder).read_text().partition(f'"{msgid}"\n')
    assert rest, f"{msgid!r} is not in the file"
    tail = rest.partition("\n\n")[2]
    lines = msgstr.split("\n") if msgstr.startswith("[") else [f" {msgstr}"]
    made = [f'msgstr{line.partition(" ")[0]} "{line.partition(" ")[2]}"' for line in lines]
    french(folder).write_text(f'{head}"{msgid}"\n' + "\n".join(made) + f"\n\n{tail}")


@pytest.mark.parametrize(
    ("msgid", "msgstr", "complaint"),
    [
        ("Hello {name}", "", "is not translated"),
        ("Hello {name}", "Bonjour {nom}", "found the placeholders {nom}; allowed are exactly {name}"),
        ("Hello {name}", "Bonjour", "found the placeholders none"),
        ("Hello {name}", "Bonjour {name}.", "ends or begins differently"),
        ("Hello {name}", " Bonjour {name}", "ends or begins differently"),
        ("Are you sure?", "Vraiment", "ends or begins differently"),
        ("Are you sure?", "Vraiment\u202f? ", "ends or begins differently"),
        ("Are you sure?", "Vraiment ?", "found 'Vraiment ?'. Write a space that holds there"),
        ("Hello {name}", "Bonjour « {name}\u00a0»", "found '« {name}\\xa0»'. Write a space that holds there"),
        ("{n} votes", "[0] Une voix\n[1] ", "is not translated"),
        ("{n} votes", "[0] Une voix\n[1] {m} voix", "found the placeholders {m}"),
        ("{n} votes", "[0] Une voix", "is not translated"),
        ("{n} votes", "[0] Une\n[1] {n} voix\n[2] {n} voix", "cannot be read: msg has more translations"),
    ],
)
def test_what_does_not_fit_is_named(folder: Path, code: Path, msgid: str, msgstr: str, complaint: str) -> None:
    translate(folder, msgid, msgstr)
    (found, *_) = locales.problems(folder, code, ["fr"])
    assert found.startswith("fr: ")
    assert complaint in found


def test_a_fuzzy_text_a_missing_text_and_a_stray_text_are_named(folder: Path, code: Path) -> None:
    text = french(folder).read_text().replace('msgid "Hello', '#, fuzzy\nmsgid "Hello').replace("Are you", "Is he")
    french(folder).write_text(text)
    found = " ".join(locales.problems(folder, code, ["fr"]))
    assert "'Hello {name}': is marked fuzzy" in found
    assert "'Are you sure?': is not in the file" in found
    assert "'Is he sure?': the code no longer says this" in found


def test_a_changed_plural_and_a_wrong_number_of_forms_are_named(folder: Path, code: Path) -> None:
    (code / "steps.py").write_text(CODE.replace("{n} votes", "{n} ballots"))
    assert "'One vote': is not in the file" in " ".join(locales.problems(folder, code, ["fr"]))
    (code / "steps.py").write_text(CODE)
    text = french(folder).read_text().replace("nplurals=2", "nplurals=1").replace('msgstr[1] "{n} voix"\n', "")
    french(folder).write_text(text)
    assert list(locales.problems(folder, code, ["fr"])) == [
        "fr: 'One vote': has 1 forms; the language needs 2. Add the missing msgstr[...] lines and mend Plural-Forms."
    ]


def test_a_missing_language_and_an_old_pot_are_named(folder: Path, code: Path) -> None:
    (code / "more.py").write_text('D = t("New")\n')
    found = list(locales.problems(folder, code, ["fr", "de"]))
    assert [line for line in found if line.startswith("locales/bot.pot is not")]
    assert [line for line in found if line.startswith("de: there is no ")]


def test_new_texts_come_in_and_translations_stay(folder: Path, code: Path) -> None:
    (code / "steps.py").write_text(CODE.replace("Are you sure?", "Is it so?"))
    locales.po(folder, code, ["fr"])
    assert "Are you sure?" not in french(folder).read_text()
    with french(folder).open("rb") as file:
        catalog = read_po(file, locale="fr")
    assert {m.id: m.string for m in catalog if m.id} == {
        "Hello {name}": "Bonjour {name}",
        "Is it so?": "",
        ("One vote", "{n} votes"): ("Une voix", "{n} voix"),
    }


def test_writing_twice_gives_the_same_files(folder: Path, code: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*.po*")}
    locales.po(folder, code, ["fr"])
    assert len(before) == 2
    assert before == {path: path.read_bytes() for path in folder.rglob("*.po*")}
