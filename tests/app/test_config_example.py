"""The config that ships as an example, and the one that `pnyx init` writes: both can be read, and name every key."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from bot.app.config import AssemblyTable, Config, EngineTable, MatrixTable, TelegramTable, WebhookTable, load_config
from bot.language.flowfiles import load_flow
from bot.paths import first_files

MANY = {"assembly": AssemblyTable, "telegram": TelegramTable, "matrix": MatrixTable, "engine": EngineTable}

LEFT = {"engine": ("key_file", "region")}
"""Keys that stand in the words beside another one, or that one service in ten needs."""


@pytest.mark.parametrize("name", ["config.example.toml", "bot/app/first/pnyx.toml"])
def test_it_can_be_read_and_names_every_key_with_a_word_about_it(repo: Path, name: str) -> None:
    file = repo / name
    config = load_config(file)
    assert config.console.enabled
    assert [assembly.id for assembly in config.assembly] == ["first"]
    plain = re.sub(r"^# (\w+ = |\[)", r"\1", file.read_text("utf-8"), flags=re.MULTILINE)
    written = tomllib.loads(plain)
    for table, field in Config.model_fields.items():
        if table == "home":
            continue
        keys = MANY[table].model_fields if table in MANY else getattr(field.annotation, "model_fields", {})
        there = written[table][0] if table in MANY else written[table]
        assert {*there, *LEFT.get(table, ())} == set(keys), f"[{table}]"
    hook = written["telegram"][0]["webhook"]
    assert {*hook, "secret_env"} == set(WebhookTable.model_fields)
    assert "secret_env" in plain
    uncommented = [row for row in plain.splitlines() if re.match(r"\w+ = ", row) and "#" not in row]
    assert uncommented == ['id = "first"', 'flow = "flows/first"'], "what stands under [[assembly]] is told there"


def test_the_first_config_finds_its_flow() -> None:
    config = load_config(first_files())
    loaded = load_flow(config.place(config.assembly[0].flow))
    assert loaded.sound, loaded.problems


def test_the_example_is_what_init_writes(repo: Path) -> None:
    assert (repo / "config.example.toml").read_bytes() == (first_files() / "pnyx.toml").read_bytes()
