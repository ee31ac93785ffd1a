"""The guide says what the code says, and what it points at is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from bot.core.rights import COMMANDS
from bot.core.steps import AnyStep
from bot.core.steps.base import Step
from bot.language.flowfiles import load_flow
from tools import guide

PAGES = sorted(guide.GUIDE.glob("*.md"))


def test_every_page_is_what_the_code_says() -> None:
    assert len(PAGES) >= 5
    assert [path.name for path in guide.stale()] == [], "run `make guide`"


def test_the_page_of_steps_holds_every_type_with_its_example() -> None:
    page = guide.steps_page()
    assert len(guide.TYPES) >= 17
    assert set(guide.TYPES.values()) == set(get_args(AnyStep))
    assert sorted(guide.TYPES) == sorted(name for names in guide.FAMILIES.values() for name in names)
    for name, cls in guide.TYPES.items():
        assert f"\n### {name}\n" in page
        assert f'type = "{name}"' in guide.example(cls)
        assert guide.example(cls) in page


@pytest.mark.parametrize("cls", [Step, *guide.TYPES.values()], ids=lambda cls: cls.__name__)
def test_every_key_of_a_step_is_told_of(cls: type[Step]) -> None:
    assert [name for name in guide.own_fields(cls) if not guide.sentence(cls, name)] == []


def test_every_key_of_the_other_tables_is_told_of() -> None:
    made = [guide.REGIONS[name]() for name in guide.REGIONS]
    assert len(made) > 5
    assert [line for text in made for line in text.splitlines() if line.endswith("|  |")] == []


def test_a_page_that_is_not_what_the_code_says_is_named(tmp_path: Path) -> None:
    for path, text in guide.pages().items():
        (tmp_path / path.name).write_text(text)
    assert guide.stale(tmp_path) == []
    held = next(path for path in sorted(tmp_path.glob("*.md")) if guide.REGION.search(path.read_text()))
    held.write_text(guide.REGION.sub(r"\1old\n\3", held.read_text()))
    (tmp_path / guide.STEPS).unlink()
    assert guide.stale(tmp_path) == [held, tmp_path / guide.STEPS]


def test_no_page_asks_for_a_part_that_nobody_makes() -> None:
    asked = [name for path in PAGES for _, name, _ in guide.REGION.findall(path.read_text())]
    assert len(asked) >= 10
    assert set(asked) == set(guide.REGIONS), "each part stands in some page"
    with pytest.raises(KeyError):
        guide.filled("<!-- made by tools/guide.py: nothing -->\n<!-- end -->")


def test_the_page_for_facilitators_names_every_command() -> None:
    page = (guide.GUIDE / "first-assembly.md").read_text()
    assert len(COMMANDS) > 10
    assert [c.name for c in COMMANDS.values() if f"`{c.sample}`" not in page] == []


def test_the_flow_of_the_guide_is_sound(tmp_path: Path) -> None:
    page = (guide.GUIDE / "writing-a-flow.md").read_text()
    flows = re.findall(r"```toml\n(\[flow\].*?)```", page, re.DOTALL)
    assert len(flows) == 1
    (tmp_path / "flow.toml").write_text(flows[0])
    loaded = load_flow(tmp_path)
    assert [str(p) for p in loaded.problems] == []
    assert loaded.sound


def test_links_lead_somewhere(repo: Path) -> None:
    pages = [*PAGES, *(repo / "docs" / "decisions").glob("*.md"), repo / "README.md"]
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text())]
    assert len(links) > 20
    inside = [(page, link) for page, link in links if not link.startswith("http")]
    assert [f"{page.name}: {link}" for page, link in inside if not (page.parent / link).exists()] == []


def test_files_named_in_the_guide_are_there(repo: Path) -> None:
    named = {
        (page.name, path)
        for page in [*PAGES, *(repo / "docs" / "decisions").glob("*.md"), repo / "README.md"]
        for path in re.findall(r"`((?:bot|tests|flows|tools|docs|locales)/[\w./-]+)`", page.read_text())
    }
    assert len(named) > 20
    assert sorted(f"{page}: {path}" for page, path in named if not (repo / path).exists()) == []


def test_the_invariants_name_their_module_and_their_test(repo: Path) -> None:
    page = (guide.GUIDE / "architecture.md").read_text()
    rows = re.findall(r"^\| (\d+) \|.*$", page, re.MULTILINE)
    assert rows == [str(n) for n in range(1, 11)]
    for row in re.findall(r"^\| \d+ \|.*$", page, re.MULTILINE):
        paths = re.findall(r"`((?:bot|tests)/[\w./-]+)`", row)
        assert [p for p in paths if p.startswith("bot/")], row
        assert [p for p in paths if p.startswith("tests/")], row
        assert [p for p in paths if not (repo / p).exists()] == []
