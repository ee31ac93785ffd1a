"""Interface texts come in the reader's language, in the right plural, and never fail to come."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.language.catalog import BrokenLocale, Catalogs

POLISH = """
msgid ""
msgstr ""
"Language: pl\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; "
"plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\\n"

msgid "Yes"
msgstr "Tak"

msgid "No"
msgstr ""

msgid "{n} vote"
msgid_plural "{n} votes"
msgstr[0] "{n} głos"
msgstr[1] "{n} głosy"
msgstr[2] "{n} głosów"
"""


@pytest.fixture
def catalogs(tmp_path: Path) -> Catalogs:
    write(tmp_path, "pl", POLISH)
    write(tmp_path, "pt_BR", 'msgid "Yes"\nmsgstr "Sim"\n')
    return Catalogs.load(tmp_path)


def write(locales: Path, lang: str, text: str) -> Path:
    path = locales / lang / "LC_MESSAGES" / "bot.po"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path


def test_languages_are_those_with_a_file_and_english_first(catalogs: Catalogs) -> None:
    assert catalogs.languages == ("en", "pl", "pt_BR")


@pytest.mark.parametrize(
    ("lang", "text"),
    [("pl", "Tak"), ("pl-PL", "Tak"), ("pl_PL", "Tak"), ("pt-BR", "Sim"), ("en", "Yes"), ("xx", "Yes"), ("", "Yes")],
)
def test_a_text_comes_in_the_language_or_its_base_or_english(catalogs: Catalogs, lang: str, text: str) -> None:
    assert catalogs.phrase("Yes", None, 0, lang) == text


@pytest.mark.parametrize("msgid", ["No", "Nobody has translated this", ""])
def test_what_is_not_translated_comes_in_english(catalogs: Catalogs, msgid: str) -> None:
    assert catalogs.phrase(msgid, None, 0, "pl") == msgid


@pytest.mark.parametrize(
    ("n", "polish", "english"),
    [
        (0, "głosów", "votes"),
        (1, "głos", "vote"),
        (3, "głosy", "votes"),
        (12, "głosów", "votes"),
        (22, "głosy", "votes"),
    ],
)
def test_plurals_follow_the_language(catalogs: Catalogs, n: int, polish: str, english: str) -> None:
    assert catalogs.phrase("{n} vote", "{n} votes", n, "pl") == f"{{n}} {polish}"
    assert catalogs.phrase("{n} vote", "{n} votes", n, "en") == f"{{n}} {english}"


def test_an_untranslated_plural_comes_in_english(catalogs: Catalogs) -> None:
    assert catalogs.phrase("{n} seat", "{n} seats", 1, "pl") == "{n} seat"
    assert catalogs.phrase("{n} seat", "{n} seats", 2, "pl") == "{n} seats"


def test_a_broken_file_is_named_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, "fr", 'msgid "Yes"\nmsgstr "Oui\n\nmsgid No\n')
    with pytest.raises(BrokenLocale, match=r"bot\.po, line \d+: .*make check") as caught:
        Catalogs.load(tmp_path)
    assert str(path) in str(caught.value)


def test_no_folder_means_english_only(tmp_path: Path) -> None:
    assert Catalogs.load(tmp_path / "nowhere").languages == ("en",)
