"""What the checks see, and what they let pass. Each good translation here was written by a person."""

from __future__ import annotations

import pytest

from bot.core.translation.glossary import Entry
from bot.language.translation.checks import check, errors
from bot.language.translation.glossary import Glossary, Term, glossary_of
from bot.language.translation.identify import identify

WORDS = Glossary.of(
    [
        Term("Bürgerr*", "citizens' assembl*"),
        Term("Los*", "lot", ("drawn by lot", "lottery")),
        Term("Kreis", "district"),
    ]
)


def about(
    original: str, translated: str, source: str = "de", target: str = "en", names: tuple[str, ...] = ()
) -> set[str]:
    return {f.about for f in check(original, translated, source, target, WORDS, names, identify)}


@pytest.mark.parametrize(
    ("original", "translated"),
    [
        (
            "Der Bürgerrat mit 1.500 Menschen tagt am 12. Mai.",
            "The citizens' assembly of 1,500 people meets on 12 May.",
        ),
        ("Wir brauchen mehr Busse, auch sonntags.", "We need more buses, on Sundays too."),
        ("Ja.", "Yes."),
        ("Genau!", "Exactly!"),
        ("Hat Lise https://example.org/a gelesen?", "Has Lise read https://example.org/a?"),
        ("1,5 Meter Abstand sind zu wenig für ein Rad.", "1.5 metres of distance are too little for a bicycle."),
        ("Die Miete ist um 12 % gestiegen, das sind 1 200 Euro.", "The rent went up by 12 %, that is 1,200 euros."),
        ("Das Auto < das Rad", "The car < the bicycle"),
        ("🙂", "🙂"),
    ],
)
def test_a_good_translation_passes(original: str, translated: str) -> None:
    assert about(original, translated, names=("Lise",)) == set()


@pytest.mark.parametrize(
    ("original", "translated", "found"),
    [
        ("Wir brauchen mehr Busse.", "  ", "empty"),
        ("Der Rat mit 1.500 Menschen tagt.", "The council of 1,050 people meets.", "numbers"),
        ("Wir haben drei Züge.", "We have 3 trains.", "numbers"),
        ("Lesen Sie https://example.org/a bitte.", "Please read this.", "links"),
        ("Das steht bei @anna dort.", "You find that over there.", "links"),
        ("Ich stimme Lise zu, das ist richtig.", "I agree with her, that is right.", "names"),
        ("Der Bürgerrat tagt heute Abend.", "The civic council meets tonight.", "glossary"),
        ("Wir brauchen mehr Busse, auch sonntags.", "Wir brauchen mehr Busse, auch sonntags.", "same"),
        ("Wir brauchen mehr Busse, auch sonntags.", "Wir brauchen noch mehr Busse und das auch am Sonntag.", "language"),
        ("Wir brauchen mehr Busse, auch sonntags.", "<b>We need more buses</b>, on Sundays too.", "markup"),
        ("Wir brauchen mehr Busse, auch sonntags.", "We need &lt;more&gt; buses, on Sundays too.", "markup"),
        ("Wir brauchen mehr Busse, auch sonntags und nachts.", "More buses.", "length"),
        ("Ja.", "Yes, and I should like to say why: " * 6, "length"),
        ("Brauchen wir mehr Busse, auch sonntags?", "We need more buses, on Sundays too.", "question"),
    ],
)  # fmt: skip
def test_a_bad_translation_is_seen(original: str, translated: str, found: str) -> None:
    assert found in about(original, translated, names=("Lise", "Anna"))


def test_a_doubt_is_no_error() -> None:
    found = check("Brauchen wir mehr Busse?", "We need more buses.", "de", "en", Glossary())
    assert [f.about for f in found] == ["question"]
    assert errors(found) == ()


def test_what_cannot_be_told_is_not_held_against_anybody() -> None:
    assert identify("Moin moin", ("de", "en")) in ("de", "")
    assert identify("Das ist ein ganz gewöhnlicher deutscher Satz.", ("de", "en")) == "de"
    assert identify("This is a very ordinary sentence.", ("de", "en")) == "en"
    assert identify("Das ist ein Satz.", ("de", "tlh")) == "", "a language that the model does not know"
    assert "language" not in about("Jo mei", "Das ist so"), "too short to tell"


def test_a_glossary_changes_its_version_with_its_terms() -> None:
    assert Glossary().version == ""
    assert WORDS.version == Glossary.of(reversed(WORDS.terms)).version
    assert WORDS.version != Glossary(WORDS.terms[:1]).version
    with pytest.raises(ValueError, match="both sides"):
        Term("Rat", " ")


def test_what_a_flow_says_is_a_glossary_in_each_direction() -> None:
    council = Entry(
        term={"de": "Bürgerrat", "fr-CH": "assemblée citoyenne", "en": "citizens' assembly"},
        also={"de": ("Bürgerräte",), "fr-CH": ("assemblées citoyennes",)},
    )
    french = glossary_of([council], "de-AT", "fr")
    assert french.broken("Zwei Bürgerräte", "Deux assemblées citoyennes") == []
    assert french.broken("Der Bürgerrat", "L'assemblée citoyenne") == []
    assert [term.target for term in french.broken("Zwei Bürgerräte", "Deux conseils")] == ["assemblée citoyenne"]
    assert glossary_of([council], "fr", "de").broken("Les assemblées citoyennes", "Die Bürgerräte") == []
    assert glossary_of([council], "de", "it") == Glossary()


def test_a_term_is_a_word_and_not_a_part_of_one() -> None:
    assert WORDS.broken("Im Kreisverkehr ist Stau.", "There is a jam on the roundabout.") == []
    assert WORDS.broken("Der KREIS zahlt.", "The county pays.") == [Term("Kreis", "district")]
    assert WORDS.broken("Das Losverfahren ist gut.", "Being drawn by lot is good.") == []
