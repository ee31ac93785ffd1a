"""The texts of a flow go to translators and come back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.flowtexts import FlowText, read_po, write_po

YES = FlowText("step.vote.options.yes", "Yes", {"fr": "Oui"})
AGREE = FlowText("step.consent.yes", "Yes", {"fr": "J'accepte", "de": "Ich stimme zu"})
LONG = FlowText("step.welcome.text", 'Good evening.\nWe said "welcome", \\ and meant it.\n', {})


def test_a_file_has_every_text_in_the_order_of_the_flow_and_no_date() -> None:
    text = write_po([YES, AGREE, LONG], "fr")
    assert text.index('msgctxt "step.vote') < text.index('msgctxt "step.consent') < text.index('msgctxt "step.welcome')
    assert '"Language: fr\\n"' in text
    assert "Date" not in text
    assert text == write_po([YES, AGREE, LONG], "fr")


def test_the_same_word_at_two_places_has_two_translations() -> None:
    assert read_po(write_po([YES, AGREE, LONG], "fr")) == {
        ("step.vote.options.yes", "Yes"): "Oui",
        ("step.consent.yes", "Yes"): "J'accepte",
    }


def test_a_territory_is_a_language_of_its_own() -> None:
    entry = FlowText("a", "Hello", {"pt": "Olá", "pt-BR": "Oi"})
    assert read_po(write_po([entry], "pt-BR")) == {("a", "Hello"): "Oi"}


def test_empty_and_fuzzy_translations_do_not_count() -> None:
    text = 'msgctxt "a"\nmsgid "One"\nmsgstr ""\n\n#, fuzzy\nmsgctxt "b"\nmsgid "Two"\nmsgstr "Deux"\n'
    assert read_po(text) == {}


def test_a_file_that_cannot_be_read_says_where() -> None:
    with pytest.raises(ValueError, match=r"^line \d+: "):
        read_po('msgid "Yes"\nmsgstr "Oui"\n\nHello translators\n')


words = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), min_size=1)


@given(st.dictionaries(words, st.tuples(words, words), max_size=5))
def test_every_text_comes_back_as_it_was(texts: dict[str, tuple[str, str]]) -> None:
    entries = [FlowText(path, source, {"de": german}) for path, (source, german) in texts.items()]
    assert read_po(write_po(entries, "de")) == {(path, source): german for path, (source, german) in texts.items()}
