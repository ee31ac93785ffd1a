"""The reader of voices, on those that ship with the cross-border flow and on broken ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.paths import flows_dir
from bot.rehearsal.voices import BadVoices, read_voices, same, trait

SHIPPED = flows_dir() / "cross-border"


def test_every_voice_of_the_cross_border_flow_is_read() -> None:
    found = read_voices(SHIPPED)
    assert [(site, v.language, len(v.people)) for site, v in found.items()] == [("at", "de", 24), ("nz", "en", 24)]
    for voices in found.values():
        assert all(person.says and person.votes for person in voices.people)
        assert {person.manner for person in voices.people} == {"steady", "silent", "late", "leaves", "nonsense"}


def test_an_opinion_is_found_by_the_words_or_the_label() -> None:
    for site, voices in read_voices(SHIPPED).items():
        raw = json.loads((SHIPPED / "voices" / f"{site}.json").read_text(encoding="utf-8"))
        for person, recorded in zip(voices.people, raw["people"], strict=True):
            for item in raw["ballot"]:
                assert voices.opinion(person, f" “{item['text']}” ") == recorded["votes"].get(item["id"])
            for item in raw["choice"]:
                assert voices.opinion(person, item["label"].upper()) == recorded["votes"].get(item["id"])
        assert voices.opinion(voices.people[0], "nobody ever said this") is None


def test_a_flow_without_voices_has_none(tmp_path: Path) -> None:
    assert read_voices(tmp_path) == {}


@pytest.mark.parametrize(
    ("text", "named"), [("{", "at.json"), ("[]", "at.json"), ('{"people": []}', "'ballot' is missing")]
)
def test_broken_voices_are_named(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "voices").mkdir()
    (tmp_path / "voices" / "at.json").write_text(text)
    with pytest.raises(BadVoices, match=named):
        read_voices(tmp_path)


def test_texts_and_traits_are_compared_by_what_they_say() -> None:
    assert same("\u2068Mehr  Züge.\u2069") == same("mehr Zu\u0308ge.")
    assert trait("16–30") == trait("a16-30") == trait("16 to 30")
    assert trait("Woman") == "woman" != trait("man")
