"""Who helps with drafts, and how `pnyx check` looks at the language model: an endpoint on loopback, one thing wrong at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.app.config import BadConfig, Config, load_config
from bot.app.findings import Finding
from bot.app.helping import asks_model, helpers, look_at_model
from tests.core.steps.test_summarise import STEPS
from tests.support.model_server import ModelServer, model_server
from tests.support.plays import flow_of


def config(folder: Path, url: str, more: str = "") -> Config:
    (folder / "pnyx.toml").write_text(f'[model]\nurl = "{url}"\nname = "small-one"\nseconds = 2\n{more}')
    return load_config(folder)


@asynccontextmanager
async def found(folder: Path, fault: str = "") -> AsyncIterator[tuple[ModelServer, Finding]]:
    async with model_server() as server:
        if fault:
            server.answer = server.faults()[fault]
        [finding] = await look_at_model(config(folder, server.url), wanted=True)
        yield server, finding


async def test_a_model_that_answers_as_it_should(tmp_path: Path) -> None:
    async with found(tmp_path) as (server, finding):
        assert finding == Finding("good", f"small-one at {server.url} answers as it should.")
        [request] = server.seen
        assert "buses" in str(request["messages"]), "nobody's words are used to try it"


@pytest.mark.parametrize(
    ("fault", "weight", "said"),
    [
        ("500", "bad", "it answered 500"),
        ("400", "bad", "response_format"),
        ("401", "bad", "it refuses our key"),
        ("redirects", "bad", "it answered 307"),
        ("HTML", "bad", "no JSON"),
        ("prose", "note", "will seldom help"),
        ("a link", "note", "(link)"),
        ("an unknown id", "note", "(source)"),
    ],
)
async def test_what_is_wrong_is_said_with_what_to_do(tmp_path: Path, fault: str, weight: str, said: str) -> None:
    async with found(tmp_path, fault) as (_, finding):
        assert finding.weight == weight
        assert "small-one" in finding.text
        assert said in finding.text


async def test_without_a_model_there_is_nothing_to_say(tmp_path: Path) -> None:
    (tmp_path / "pnyx.toml").write_text("")
    read = load_config(tmp_path)
    assert await look_at_model(read, wanted=False) == []
    [note] = await look_at_model(read, wanted=True)
    assert note.weight == "note"
    assert "names no [model]" in note.text
    assert helpers(read).model is None


async def test_a_key_that_is_missing_is_said_by_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PNYX_MODEL_KEY", raising=False)
    read = config(tmp_path, "http://127.0.0.1:9/v1", 'key_env = "PNYX_MODEL_KEY"\n')
    [finding] = await look_at_model(read, wanted=True)
    assert finding.weight == "bad"
    assert "PNYX_MODEL_KEY" in finding.text
    with pytest.raises(BadConfig, match="the key of the model small-one"):
        helpers(read)


async def test_the_key_goes_to_the_model_and_to_no_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.app.veil import veiled

    monkeypatch.setenv("PNYX_MODEL_KEY", "sk-canary-of-the-model")
    async with model_server() as server:
        await look_at_model(config(tmp_path, server.url, 'key_env = "PNYX_MODEL_KEY"\n'), wanted=True)
        assert server.keys == ["Bearer sk-canary-of-the-model"]
    assert veiled("x sk-canary-of-the-model") == "x [secret]"


async def test_the_helpers_are_those_of_the_config_and_of_the_extra(tmp_path: Path) -> None:
    async with model_server() as server:
        made = helpers(config(tmp_path, server.url))
        assert made.suggest is not None, "the extra is installed here"
        assert made.seconds == 2
        assert made.model is not None
        assert made.model.model == "small-one"
        await made.close()


async def test_a_model_that_no_flow_asks_for_is_said(tmp_path: Path) -> None:
    async with model_server() as server:
        good, note = await look_at_model(config(tmp_path, server.url), wanted=False)
        assert (good.weight, note.weight) == ("good", "note")
        assert 'wording = "model"' in note.text


def test_a_flow_asks_for_it_with_one_word() -> None:
    assert not asks_model(flow_of(STEPS))
    assert asks_model(flow_of(STEPS.replace("size = 2\n", 'wording = "model"\n')))
