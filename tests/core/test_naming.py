"""What somebody may be called: nothing that shows an account, no role, nobody else's name; and the names that are drawn."""

from __future__ import annotations

import pytest

from bot.core.given import ANYWHERE, OWN, pool
from bot.core.lookalikes import alike
from bot.core.message import Phrase
from bot.core.names import clean_name, visible_length
from bot.core.naming import LONGEST_NAME, OURS, OURS_ALONE, Called, check_name
from bot.core.rights import ROLES
from bot.core.talk import LABELS, NAMELESS
from bot.engine.door import ROLES as AT_THE_DOOR
from bot.language.catalog import Catalogs
from bot.paths import locales_dir
from bot.rehearsal import corpus


def said(phrase: Phrase | None) -> str:
    return phrase.text if phrase else ""


@pytest.mark.parametrize(
    "name",
    ["Anna", "Łukasz", "李", "Dr. Weiß", "J. P.", "St. Anna", "Bea", "Anna 2", "O’Neill", "فاطمة", "Ada 🌻", "Garance", "Talbot",
     "Padmini", "Organa", "Animesh", "Hostilian"],
)  # fmt: skip
def test_names_that_will_do(name: str) -> None:
    assert check_name(name) is None


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "cannot see a name"),
        (" \u200b\u3164", "cannot see a name"),
        ("a" * 25, "too long"),
        ("a" + "\u0301\u0302\u0303" * 30, "too long"),
        ("@anna", "address or a link"),
        ("anna@example.org", "address or a link"),
        ("Anna ＠Anna", "address or a link"),
        ("https://x.org", "address or a link"),
        ("www.anna", "address or a link"),
        ("example.com", "address or a link"),
        ("t.me/anna", "address or a link"),
        ("<b>Anna</b>", "address or a link"),
        ("<b>Anna", "these signs"),
        ("*Anna*", "these signs"),
        ("[Anna](x)", "these signs"),
        ("_Anna_", "these signs"),
        ("`Anna`", "these signs"),
        ("12345", "like a number"),
        ("🌻🌻", "like a number"),
        ("+33 6 12 34", "like a number"),
        ("p-0042", "like a number"),
        ("DE 12345", "like a number"),
        ("Pnyx", "a role or my own name"),
        ("Рпух", ""),
        ("Pnуx", "a role or my own name"),  # Cyrillic у
        ("P n y x", "a role or my own name"),
        ("PNYX Bot", "a role or my own name"),
        ("bot", "a role or my own name"),
        ("Moderation", "a role or my own name"),
        ("MODERATI0N", "a role or my own name"),
        ("Мoderation", "a role or my own name"),  # Cyrillic М
        ("Die Moderation", "a role or my own name"),
        ("Moderatorin Maya", "a role or my own name"),
        ("Faciⅼitator", "a role or my own name"),  # a small Roman numeral fifty
        ("Maya (facilitator)", "a role or my own name"),
        ("L’animatrice", "a role or my own name"),
        ("Équipe d’organisation", "a role or my own name"),
        ("Übersetzung", "a role or my own name"),
        ("Admin", "a role or my own name"),
    ],
)
def test_names_that_will_not(name: str, says: str) -> None:
    assert (says in said(check_name(name))) if says else check_name(name) is None


def test_the_signs_that_were_found_are_named_once() -> None:
    problem = check_name("**An_na**")
    assert problem is not None
    assert problem.params["signs"].text == "*_"  # type: ignore[union-attr]


@pytest.mark.parametrize("lang", ["en", "fr", "de"])
def test_no_role_in_any_language_is_a_name(lang: str) -> None:
    catalogs = Catalogs.load(locales_dir())
    phrases = [
        *ROLES.values(),
        *LABELS.values(),
        *(said for role, said in NAMELESS.items() if role != "participant"),
        *AT_THE_DOOR.values(),
    ]
    texts = {catalogs.phrase(phrase.text, None, 0, lang) for phrase in phrases}
    assert len(texts) > 10
    assert [text for text in texts if check_name(text[:LONGEST_NAME]) is None] == []


def test_each_of_the_words_that_are_ours_is_looked_at() -> None:
    for word in (*OURS, *OURS_ALONE):
        assert "a role or my own name" in said(check_name(word.title())), word


def test_the_limit_counts_what_one_sees() -> None:
    marked = "q\u0303" * LONGEST_NAME  # no composed form: two code points each
    assert (visible_length(marked), len(marked)) == (LONGEST_NAME, 2 * LONGEST_NAME)
    assert check_name(marked) is None
    problem = check_name("q\u0303" * (LONGEST_NAME + 1))
    assert problem is not None
    assert "most" in problem.params


# Others

MAYA, ANNA = Called("Maya", serves=True), Called("Anna")


@pytest.mark.parametrize("name", ["Maya", "maya", "Мауа", "Máya", "Maya.", "M a y a", "Maya 2", "Maya 1", "Ma\u200dya"])
def test_nobody_takes_the_name_of_whoever_leads(name: str) -> None:
    assert "could be taken for them" in said(check_name(name, (ANNA, MAYA)))


@pytest.mark.parametrize("name", ["Anna", "anna ", "Аnna", "Ânna", "Anna.", "Anna\u200d", "ANNA", "Anna 1", "An-na"])
def test_nobody_takes_the_name_of_somebody_at_their_table(name: str) -> None:
    problem = check_name(name, (MAYA, ANNA))
    assert "mistaken for each other" in said(problem)
    assert problem is not None
    assert problem.params["name"].text == "Anna"  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["Ann", "Annabel", "Anna B.", "Hannah", "Maja", "May"])
def test_a_letter_more_is_enough(name: str) -> None:
    assert check_name(name, (MAYA, ANNA)) is None


def test_who_has_a_role_is_told_the_same_of_everybody_and_may_have_a_number() -> None:
    assert "mistaken for each other" in said(check_name("Maya", (MAYA,), serves=True))
    assert "mistaken for each other" in said(check_name("Anna", (ANNA,), serves=True))
    assert check_name("Maya 2", (MAYA,), serves=True) is None


# Drawn names


@pytest.mark.parametrize("language", ["en", "fr", "de", "de-AT", "it"])
def test_the_names_that_are_drawn_suffice_and_could_be_chosen(language: str) -> None:
    names = pool(language)
    assert len(names) >= (150 if language != "it" else 100)
    assert [n for n in names if check_name(n) is not None or clean_name(n) != n] == []
    assert [(a, b) for i, a in enumerate(names) for b in names[:i] if alike(a, b)] == []


def test_each_language_has_names_of_its_own() -> None:
    assert set(OWN) == {"en", "fr", "de"}
    assert all(not set(own) & set(ANYWHERE) for own in OWN.values())


def test_what_rehearsing_people_are_called_could_be_chosen() -> None:
    names = [n for lists in (corpus.NAMES, corpus.STAFF) for own in lists.values() for n in own]
    assert len(names) > 50
    assert [n for n in names if check_name(n) is not None] == []
