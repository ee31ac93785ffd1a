"""The engines that need nothing from outside."""

from __future__ import annotations

import pytest

from bot.language.translate import Translation, engine


async def test_none_hands_the_original_on() -> None:
    assert await engine("none").translate(["Mehr Züge", ""], "de", "en") == [
        Translation("Mehr Züge", "none", machine=False),
        Translation("", "none", machine=False),
    ]


async def test_pseudo_marks_what_it_made() -> None:
    (made,) = await engine("pseudo").translate(["Mehr Züge bitte"], "de", "en")
    assert made == Translation("⟦de→en⟧ Méhr Zügé bítté", "pseudo", machine=True)


@pytest.mark.parametrize("kept", ["1,234.5", "https://example.org/a?b=auto", "@annabel", "#bridge", "{place}", "18:45"])
async def test_pseudo_keeps_numbers_links_and_names(kept: str) -> None:
    (made,) = await engine("pseudo").translate([f"see {kept} or not"], "en", "fr")
    assert made.text == f"⟦en→fr⟧ séé {kept} ór nót"


async def test_the_same_language_needs_no_translation() -> None:
    assert await engine("pseudo").translate(["Ja"], "de", "de") == [Translation("Ja", "none", machine=False)]


def test_an_unknown_engine_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(ValueError, match='no translation engine "deepl"\\. Allowed are: none, pseudo'):
        engine("deepl")


@pytest.mark.parametrize("name", ["none", "pseudo"])
def test_an_engine_knows_its_name(name: str) -> None:
    assert engine(name).name == name
