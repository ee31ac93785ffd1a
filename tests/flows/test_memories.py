"""The translation memories that travel with the flows: they are read, complete, and nothing can be said against them."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator

import pytest

from bot.core.digest import normal
from bot.language.flowfiles import load_flow
from bot.language.translation.checks import check, errors
from bot.language.translation.glossary import glossary_of
from bot.language.translation.identify import identify
from bot.language.translation.tmx import Unit, read
from bot.paths import flows_dir
from bot.rehearsal import corpus

WRITTEN = re.compile(r'<tu srclang="(\w+)">\s*<tuv[^>]*><seg>(.*?)</seg>', re.DOTALL)
"""In which language a text was written, and the text."""

TYPING = {"C02", "CO²"}
"""As citizens wrote it; a translation writes CO2."""


def memory(flow: str, source: str, target: str) -> list[Unit]:
    return [u for u in read(flows_dir() / flow / "memory.tmx") if (u.source, u.target) == (source, target)]


@pytest.mark.parametrize("flow", ["cross-border", "franco-german"])
def test_the_checks_find_nothing_in_what_people_have_translated(flow: str) -> None:
    units, loaded = read(flows_dir() / flow / "memory.tmx"), load_flow(flows_dir() / flow).flow
    assert loaded is not None
    assert len(units) >= 200
    words = {(u.source, u.target): glossary_of(loaded.file.glossary, u.source, u.target) for u in units}
    found = [
        (
            u,
            [
                f.about
                for f in errors(
                    check(u.original, u.translated, u.source, u.target, words[u.source, u.target], (), identify)
                )
            ],
        )
        for u in units
        if not any(word in u.original + u.translated for word in TYPING)
    ]
    assert len(found) > len(units) - 10
    assert [(u, about) for u, about in found if about] == []


@pytest.mark.parametrize(("source", "target"), [("fr", "de"), ("de", "fr")])
def test_a_hundred_sentences_each_way_are_plain_citizens_language(source: str, target: str) -> None:
    written = WRITTEN.findall((flows_dir() / "franco-german" / "memory.tmx").read_text("utf-8"))
    originals = {normal(html.unescape(text)) for language, text in written if language == source}
    units = [u for u in memory("franco-german", source, target) if normal(u.original) in originals]
    assert len(units) == len(originals) >= 100, "each was written in its language, and is no translation turned round"
    assert all(len(u.original.split()) <= 30 for u in units)
    assert sum(identify(u.original, (source, target)) == source for u in units) > 0.95 * len(units)


@pytest.mark.parametrize(("flow", "source", "target"), [("cross-border", "en", "de"), ("franco-german", "fr", "de")])
def test_what_invented_people_answer_has_a_translation(flow: str, source: str, target: str) -> None:
    for here, there in ((source, target), (target, source)):
        known = {normal(u.original) for u in memory(flow, here, there)}
        answers = corpus.speech(here).answers
        assert len(answers) > 3
        assert [text for text in answers if normal(text) not in known] == []


def said(site: str) -> Iterator[str]:
    """Everything that the invented people of a site may say."""
    voices = json.loads((flows_dir() / "cross-border" / "voices" / f"{site}.json").read_text("utf-8"))
    for person in voices["people"]:
        yield from (one["text"] for one in person["says"])


@pytest.mark.parametrize(("site", "source", "target"), [("at", "de", "en"), ("nz", "en", "de")])
def test_everything_that_is_said_in_the_demo_has_a_translation(site: str, source: str, target: str) -> None:
    known = {normal(u.original) for u in memory("cross-border", source, target)}
    texts = list(said(site))
    assert len(texts) > 60
    assert [text for text in texts if normal(text) not in known] == []
