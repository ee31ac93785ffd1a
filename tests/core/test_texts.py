"""Every text of a flow has a place of its own, and translations find their way back to it."""

from __future__ import annotations

from bot.core.flow import FlowFile
from bot.core.reading import read_flow
from bot.core.texts import change, places, translated
from tests.support.flows import SOUND, broken


def _file(text: str = SOUND) -> FlowFile:
    file = read_flow(text, "flow.toml").file
    assert file is not None
    return file


def test_places_are_made_of_ids_and_each_is_unique() -> None:
    found = [p.path for p in places(_file(), "en")]
    assert found[:3] == ["flow.title", "mandate.by", "mandate.question"]
    assert {
        "lists.themes.food.text", "questions.return.text", "step.hello.text", "step.profile.questions.area.options.city.text",
    } <= set(found)  # fmt: skip
    assert len(set(found)) == len(found) > 10


def test_a_list_of_texts_is_numbered() -> None:
    text = broken(('type = "gate"\n', 'type = "gate"\nchecklist = ["One", { en = "Two", de = "Zwei" }]\n'))
    found = {p.path: p for p in places(_file(text), "en")}
    assert found["step.ready.checklist.1"].texts == {"en": "One"}
    assert found["step.ready.checklist.2"].texts == {"en": "Two", "de": "Zwei"}


def test_a_plain_text_is_in_the_source_language() -> None:
    found = {p.path: p for p in places(_file(broken(('{ en = "Thank you.", de = "Danke." }', '"Thank you."'))), "en")}
    assert (found["step.bye.text"].source, found["step.bye.text"].texts) == ("Thank you.", {"en": "Thank you."})


def test_an_empty_text_is_no_text() -> None:
    assert "step.bye.text" not in [
        p.path for p in places(_file(broken(('{ en = "Thank you.", de = "Danke." }', '""'))), "en")
    ]


def test_a_change_of_every_text_leaves_the_rest_and_the_original_alone() -> None:
    file = _file()
    loud = change(file, lambda path, text: {lang: words.upper() for lang, words in text.items()})
    assert [p.texts for p in places(loud, "en")] == [
        {lang: words.upper() for lang, words in p.texts.items()} for p in places(file, "en")
    ]
    assert change(loud, lambda path, text: dict(text)) == loud
    assert change(file, lambda path, text: text) is file
    assert file == _file()


def test_a_translation_counts_for_its_place_and_its_source_text() -> None:
    file = _file(broken(('{ en = "Thank you.", de = "Danke." }', '"Thank you."')))
    right = {"de": {("step.bye.text", "Thank you."): "Danke schön."}}
    old = {"de": {("step.bye.text", "Thanks."): "Danke schön."}}
    assert {p.path: p for p in places(translated(file, right, "en"), "en")}["step.bye.text"].texts[
        "de"
    ] == "Danke schön."
    assert translated(file, old, "en") == file


def test_translations_that_do_not_count_are_told() -> None:
    told = {
        p.rule: str(p)
        for p in read_flow(
            SOUND,
            "flow.toml",
            {
                "de": {("step.bye.text", "Thanks."): "Danke", ("step.hello.text", "Good evening."): "Servus."},
                "fr": {("step.bye.text", "Thank you."): "Merci."},
            },
        ).problems
    }
    assert told["translation-old"].startswith(
        "de.po, step.bye.text: Found 1 translation of texts that have changed since"
    )
    assert told["translation-twice"].startswith(
        "de.po, step.hello.text: Found another translation than in the flow file"
    )
    assert told["translation-language"].startswith('fr.po: Found translations into "fr"')
    assert len(told) == 3


def test_a_translation_is_held_to_the_same_limits() -> None:
    reading = read_flow(SOUND, "flow.toml", {"de": {("step.bye.text", "Thank you."): "Dan\u202eke"}})
    assert reading.file is None
    assert str(reading.problems[-1]).startswith("de.po, step.bye.text: Found the hidden character U+202E")
