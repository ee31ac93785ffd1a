"""Consent, ballots and decisions are never translated by a machine: no code path takes a text of the flow to an engine."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from bot.language.flowfiles import load_flow
from bot.store import opinions
from bot.store.database import Database
from tests.support.border import FLOW, MINUTE, SCRIPT, Scripted, border

BINDING = """
[[step]]
id = "ballot"
type = "vote"
title = { en = "The bridge", de = "Die Brücke" }
duration = "10m"
questions = [
  { id = "bridge", method = "yes_no_abstain", text = { en = "Build a bridge?", de = "Eine Brücke bauen?" } },
]
[[step]]
id = "decision"
type = "adopt"
title = { en = "Decided", de = "Entschieden" }
over = "ballot"
rule = "threshold"
threshold = "1/2"
op = ">"
base = "cast_without_abstentions"
quorum = "none"
ties = "rejected"
scope = "assembly"
duration = "10m"
"""


def texts_in(value: Any) -> Iterator[str]:
    """All texts of a flow, whatever they are for."""
    match value:
        case str():
            yield value
        case dict():
            for each in value.values():
                yield from texts_in(each)
        case list():
            for each in value:
                yield from texts_in(each)


def _given(db: Database) -> set[str]:
    ids = [id for (id,) in db.sql.execute("SELECT id FROM contribution")]
    found = (opinions.contribution(db, "a1", id) for id in ids)
    return {c.text for c in found if c is not None}


async def test_an_engine_is_asked_for_what_people_wrote_and_for_nothing_else() -> None:
    machine = Scripted(SCRIPT)
    async with border(script=machine, relay=BINDING) as t:
        await t.room.wait(31 * MINUTE)
        await t.tap("anna", "Yes")
        await t.tap("dora", "Yes")
        await t.room.wait(25 * MINUTE)
        assert any("Decided" in text for text in t.shown("anna")), "it came to the decision"
        assert any("Entschieden" in text for text in t.shown("dora"))
        written = await t.room.store.read(_given)
    assert set(machine.asked) == set(SCRIPT) & written, "what was said, and that alone"
    official = set(texts_in(tomllib.loads(FLOW.replace("RELAY", BINDING), parse_float=Decimal)))
    assert {"Build a bridge?", "Ihr Tisch sieht Ihre Worte.", "Die Brücke"} <= official
    assert not official & set(machine.asked)


def _calls(path: Path, name: str) -> list[str]:
    tree = ast.parse(path.read_text())
    return [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name
    ]


def test_one_place_asks_the_engines_and_is_given_contributions_by_their_ids(repo: Path) -> None:
    inside = repo / "bot" / "language" / "translation"
    outside = [path for path in sorted((repo / "bot").rglob("*.py")) if inside not in path.parents]
    assert len(outside) > 200
    asking = {
        path.relative_to(repo).as_posix()
        for path in outside
        if any("translators" in call or "engine" in call for call in _calls(path, "translate"))
    }
    assert asking == {"bot/engine/translating.py"}
    tree = ast.parse((repo / "bot/engine/translating.py").read_text())
    [into] = [n for n in ast.walk(tree) if isinstance(n, ast.AsyncFunctionDef) and n.name == "into"]
    assert [a.arg for a in into.args.args] == ["self", "assembly", "ids", "language"], "it takes ids, and never words"


def test_where_an_official_text_lacks_a_language_check_says_so(tmp_path: Path) -> None:
    for whole, part, where in (
        ('text = { en = "Build a bridge?", de = "Eine Brücke bauen?" }', 'text = "Build a bridge?"', "ballot"),
        (
            'text = { en = "Your table sees your words.", de = "Ihr Tisch sieht Ihre Worte." }',
            'text = "We see."',
            "consent",
        ),
        ('title = { en = "Decided", de = "Entschieden" }', 'title = "Decided"', "decision"),
    ):
        flow = FLOW.replace("RELAY", BINDING)
        assert whole in flow
        (tmp_path / "flow.toml").write_text(flow.replace(whole, part))
        problems = [p for p in load_flow(tmp_path).problems if p.severity == "error"]
        assert [p.step for p in problems] == [where]
        assert "no text in de" in str(problems[0])
        assert "before anybody consents, answers or votes" in str(problems[0])
