"""The dialogues that ship: they are sound, and play from start to end, whatever becomes of people and of the machine."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.core.digest import normal
from bot.core.questions import Question
from bot.core.steps.relay import Relay
from bot.language.flowfiles import load_flow
from bot.language.translation.tmx import read
from bot.paths import first_files, flows_dir
from bot.rehearsal.happenings import Acted, Closed
from tests.support.played import Played, play

FLOWS = sorted(file.parent for place in (flows_dir(), first_files() / "flows") for file in place.glob("*/flow.toml"))
NAMES = [folder.name for folder in FLOWS]
RESTARTS = {
    # in a talk in Auckland, while people write in Vienna, before the relay opens, before the vote closes
    "cross-border": ("1d1h35m", "12h30m", "11h5m", "1d13h"),
    # in the first round, in the first digest, a month later in a vote, another month later in a talk
    "franco-german": ("4d17h", "39m", "28d1m", "27d23h50m"),
}
"""How long after the one before each restart comes."""
LONGEST = 4096
"""So many characters a message may have on the narrowest platform."""


def test_there_are_flows() -> None:
    assert {"cross-border", "franco-german", "first"} <= set(NAMES)


@pytest.mark.parametrize("folder", FLOWS, ids=NAMES)
def test_a_flow_that_ships_is_sound_to_the_last_hint(folder: Path) -> None:
    loaded = load_flow(folder)
    assert loaded.sound
    assert [str(problem) for problem in loaded.problems] == []


@pytest.mark.parametrize("folder", FLOWS, ids=NAMES)
def test_its_timeline_and_its_graph_are_printed(folder: Path) -> None:
    flow = load_flow(folder).flow
    assert flow is not None
    for command in (["timeline"], ["graph"], ["graph", "--format", "mermaid"]):
        printed = CliRunner().invoke(main, ["flow", command[0], str(folder), *command[1:]], env={"COLUMNS": "200"})
        assert printed.exit_code == 0, printed.output
        assert "consent" in printed.output
        assert "talk" in printed.output or "lived" in printed.output


@pytest.mark.parametrize("site", ["at", "nz"])
def test_the_ballot_of_cross_border_is_what_citizens_wrote(site: str) -> None:
    """Only then their recorded votes are theirs on this ballot."""
    flow = load_flow(flows_dir() / "cross-border").flow
    assert flow is not None
    voices = json.loads((flows_dir() / "cross-border" / "voices" / f"{site}.json").read_text("utf-8"))
    language = voices["language"]
    other = "de" if language == "en" else "en"

    def texts(question: Question) -> dict[str, str]:
        return {f"{option.id[1:]}": flow.local(option.text).texts[language] for option in question.options}

    statements = flow.questions[f"{site}_statements"]
    assert texts(statements) == {entry["id"]: entry["text"] for entry in voices["ballot"]}
    ours = {"en": "(Our translation)", "de": "(Unsere Übersetzung)"}[other]
    assert all(flow.local(option.text).texts[other].endswith(ours) for option in statements.options)
    choice = flow.questions["at_labels" if site == "at" else "nz_heard"]
    assert texts(choice) == {entry["id"]: entry["label"] for entry in voices["choice"]}
    assert flow.local(choice.text).texts[language] == voices["choice_question"]


def whole_messages(played: Played) -> None:
    """Nobody is sent a placeholder, an empty message or one that no platform takes."""
    for each in played.read():
        text = "\n".join(words for _, words in each.message.blocks)
        assert text.strip(), each.message
        assert len(text) <= LONGEST, text[:200]
        assert not re.search(r"\{\w*\}", text), text


def crossed(played: Played, name: str) -> None:
    """At both sites people read words that were written at the other one, in either language, while the relay is open."""
    flow = load_flow(flows_dir() / name).flow
    assert flow is not None
    relays = {node.id for node in flow.nodes.values() if isinstance(node.step, Relay)}
    assert relays
    known = {normal(unit.original): unit.translated for unit in read(flows_dir() / name / "memory.tmx")}
    wrote: dict[str, set[str]] = {site: set() for site in flow.sites}
    for each in played.happened:
        if isinstance(each, Acted) and each.person.role == "participant" and len(each.what.text) > 20:
            wrote[each.person.site].add(each.what.text)
    closed = {(each.course, each.step): each.at for each in played.happened if isinstance(each, Closed)}
    for relay in relays:
        for site in flow.sites:
            others = set().union(*(words for other, words in wrote.items() if other != site)) - wrote[site]
            others |= {known[normal(words)] for words in others if normal(words) in known}
            quotes = {
                re.sub(r"^\d+\. ", "", words.strip("“”„«»\u00a0 "))
                for each in played.read()
                if each.message.step == relay and each.person.site == site
                if each.at <= closed[flow.course_of(site), relay]
                for kind, words in each.message.blocks
                if kind == "quote"
            }
            assert quotes & others, f"nothing came to {site} at {relay}"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "drop", "acts"), [("cross-border", None, 1000), ("franco-german", Fraction(1, 8), 1500)]
)
async def test_a_dialogue_is_played_with_dropouts_latecomers_and_restarts(
    cross_border: Played, name: str, drop: Fraction | None, acts: int
) -> None:
    whole = cross_border if name == "cross-border" else await play(name, drop=drop)
    assert whole.outcome.ended, whole.outcome.standing
    assert whole.outcome.acts > acts
    manners = {each.person.manner for each in whole.happened if isinstance(each, Acted)}
    assert {"late", "leaves", "silent"} <= manners
    whole_messages(whole)
    crossed(whole, name)
    broken = await play(name, drop=drop, restarts=RESTARTS[name])
    assert broken.outcome.ended
    assert broken.export == whole.export
    assert whole.export["results.csv"].count(b"\n") > 20
