"""The three texts that a participant reads first, in the dialogues that ship: short enough for one screen of a cheap phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from textwrap import wrap

import pytest

from bot.core import briefing
from bot.core.flow import Flow
from bot.core.itinerary import Node
from bot.core.message import Message
from bot.core.rendered import Rendered
from bot.core.scene import Scene
from bot.core.state import Course, OpenStep, Seat, State, Table
from bot.core.steps.consent import Consent
from bot.core.steps.discuss import Discuss
from bot.core.steps.welcome import Welcome
from bot.core.talk import FRESH
from bot.language.catalog import Catalogs
from bot.language.flowfiles import load_flow
from bot.language.render import Reader, render
from bot.paths import flows_dir, locales_dir

NOW = datetime(2027, 3, 2, 18, tzinfo=UTC)
WIDTH, LINES = 40, 20
"""A screen of a phone with five inches and letters of the usual size: so many characters, so many lines, buttons among them."""
MOST = {"welcome": 90, "consent": 70, "table": 65}
"""So many words. The examples that we go by have 56, 39 and 44."""
NAMES = {"anna": "Anna", "karim": "Karim", "lise": "Lise", "paul": "Paul", "maya": "Maya"}
CASES = [
    (folder, lang, text)
    for folder, lang in (
        ("cross-border", "en"), ("cross-border", "de"), ("cross-border", "fr"), ("franco-german", "fr"), ("franco-german", "de"),
    )
    for text in MOST
]  # fmt: skip


@cache
def flow_in(folder: str) -> Flow:
    flow = load_flow(flows_dir() / folder).flow
    assert flow is not None
    return flow


@cache
def catalogs() -> Catalogs:
    return Catalogs.load(locales_dir())


def first(flow: Flow, lang: str, text: str) -> Message:
    """The welcome, the letter that asks for consent, or the first words at a table of five."""
    site = next((s.id for s in flow.file.schedule.sites if lang in s.languages), flow.file.schedule.sites[0].id)
    seat = Seat("anna", "participant", site, lang, "active", "Anna", "t1")
    others = tuple(replace(seat, id=id, name=NAMES[id]) for id in ("karim", "lise", "paul"))
    table = Table(
        "t1", "p", site, 1, (lang,), (seat, *others), (replace(seat, id="maya", name="Maya", role="facilitator"),)
    )
    course = Course(
        flow.course_of(site), "running", open={id: OpenStep(NOW, NOW + timedelta(hours=1)) for id in flow.nodes}
    )
    state = State(course, seat, table)

    def at(kind: type) -> tuple[Node, Scene]:
        node = next(node for node in flow.trunk if isinstance(node.step, kind))
        return node, Scene(flow, node, NOW, state, table.unit if kind is Discuss else seat.unit)

    node, scene = at({"welcome": Welcome, "consent": Consent, "table": Discuss}[text])
    match node.step:
        case Welcome() as step:
            return step.greeting(scene)
        case Consent() as step:
            return step.letter(scene)
        case Discuss() as step:
            stage = replace(scene.fresh_stage(), data=FRESH)
            return scene.message(*briefing.announcement(scene, step, stage), buttons=(briefing.ask_button(scene),))
    raise AssertionError(text)


def read(folder: str, lang: str, text: str) -> Rendered:
    return render(first(flow_in(folder), lang, text), Reader(lang, "Europe/Paris"), {}, NAMES, catalogs())


def lines(said: Rendered) -> Iterator[str]:
    for _, words in said.blocks:
        yield from wrap(words, WIDTH) or [""]
    yield from (button.label for button in said.buttons)


@pytest.mark.parametrize(("folder", "lang", "text"), CASES)
def test_each_of_the_three_first_texts_fits_on_one_screen(folder: str, lang: str, text: str) -> None:
    said = read(folder, lang, text)
    words = [word for _, block in said.blocks for word in re.findall(r"\w[\w’'-]*", block)]
    assert len(words) <= MOST[text], " ".join(words)
    shown = list(lines(said))
    assert len(shown) <= LINES, "\n".join(shown)
    assert all(len(button.label) <= WIDTH for button in said.buttons)


@pytest.mark.parametrize("folder", ["cross-border", "franco-german"])
def test_the_welcome_says_who_asks_what_how_long_who_answers_and_whom_to_call(folder: str) -> None:
    flow = flow_in(folder)
    mandate = flow.file.mandate
    for lang in flow.languages:
        said = read(folder, lang, "welcome")
        text = "\n".join(words for _, words in said.blocks)
        for told in (mandate.by, mandate.question, mandate.promise, mandate.contact):
            assert told[lang] in text
        assert re.search(r"30|15", mandate.promise[lang]), "until when they answer"
        assert "Pnyx" in said.blocks[0][1]
        assert len(said.buttons) == 1 + len(flow.languages) - 1, "to go on, and the other language"


def test_consent_says_when_we_delete_who_reads_and_what_is_asked_separately() -> None:
    said = read("cross-border", "en", "consent")
    text = "\n".join(words for _, words in said.blocks)
    for told in ("1 September 2027", "Common Ground Forum", "votes too", "Quotes are asked separately", "withdraw"):
        assert told in text
    assert [button.label for button in said.buttons] == [
        "I am 16 or older and agree",
        "No, thank you",
        "Read everything",
    ]


def test_the_table_says_who_is_there_until_when_and_how_to_take_back() -> None:
    said = read("cross-border", "en", "table")
    text = "\n".join(words for _, words in said.blocks)
    for told in ("Anna, Karim, Lise and Paul", "Maya", "Until 20:00", "/undo", "glad of"):
        assert told in text
    assert [button.label for button in said.buttons] == ["Ask Maya privately"]
