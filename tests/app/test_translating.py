"""The machines that translate come from the config, each with its key, and are asked in the order that stands there."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.app import veil
from bot.app.config import BadConfig, Config, load_config
from bot.app.tokens import key
from bot.app.translating import translators
from bot.language.translation.service import Source
from tests.support.translating import Misbehaving, misbehaving

KEY = "a-canary-key-that-nobody-sees"


def config(folder: Path, text: str) -> Config:
    (folder / "pnyx.toml").write_text(text)
    return load_config(folder)


def libre(server: Misbehaving, name: str = "libre", more: str = "") -> str:
    return f'[[engine]]\nname = "{name}"\nkind = "libretranslate"\nurl = "{server.url}"\n{more}\n'


async def said(read: Config, text: str, source: str, target: str) -> tuple[str, str]:
    here = translators(read)
    (found,) = await here.translate([Source(text)], source, target)
    await here.close()
    return found.text, found.engine


async def test_the_engines_are_asked_in_the_order_of_the_config(tmp_path: Path) -> None:
    async with misbehaving() as busy, misbehaving() as well:
        order = '[translation]\nengines = ["busy", "well"]\npairs = { de-en = ["well"] }\n'
        read = config(tmp_path, libre(busy, "busy") + libre(well, "well") + order)
        assert await said(read, "Bread [[500]]", "en", "de") == ("Bread [[500]]", "")
        assert (len(busy.asked), len(well.asked)) == (1, 1)
        assert await said(read, "Bread", "en", "de") == ("daerB", "libretranslate")
        assert await said(read, "Brot", "de-AT", "en") == ("torB", "libretranslate")
        assert (len(busy.asked), len(well.asked)) == (2, 2)


async def test_a_missing_pair_goes_over_another_language(tmp_path: Path) -> None:
    async with misbehaving() as server:
        server.lacks = {("fr", "de")}
        read = config(tmp_path, libre(server) + '[translation]\nengines = ["libre"]\nover = { fr-de = "en" }\n')
        assert await said(read, "Pain", "fr", "de") == ("Pain", "libretranslate")
        assert [(body["source"], body["target"]) for body in server.seen] == [("fr", "de"), ("fr", "en"), ("en", "de")]


async def test_only_the_pairs_that_people_have_judged_are_trusted(tmp_path: Path) -> None:
    here = translators(config(tmp_path, '[translation]\njudged = ["de-en"]\n'))
    assert here.trusts("de-AT", "en")
    assert not here.trusts("en", "de")
    with pytest.raises(BadConfig, match="judged"):
        config(tmp_path, '[translation]\njudged = ["deutsch"]\n')


async def test_what_is_wrong_in_a_translation_is_seen_here_too(tmp_path: Path) -> None:
    async with misbehaving() as server:
        here = translators(config(tmp_path, libre(server) + '[translation]\nengines = ["libre"]\n'))
        (found,) = await here.translate([Source("We need more buses on Sundays [[same]]")], "en", "de")
        assert {f.about for f in found.findings} == {"same", "language"}
        await here.close()


async def test_without_engines_everybody_reads_the_original(tmp_path: Path) -> None:
    assert await said(config(tmp_path, ""), "Bread", "en", "de") == ("Bread", "")


async def test_a_key_comes_from_a_variable_or_a_file_and_no_log_shows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with misbehaving(key=KEY) as server:
        named = libre(server, more='key_env = "LIBRE_KEY"') + '[translation]\nengines = ["libre"]\n'
        with pytest.raises(BadConfig, match="no key in the variable LIBRE_KEY"):
            translators(config(tmp_path, named))
        monkeypatch.setenv("LIBRE_KEY", KEY)
        assert await said(config(tmp_path, named), "Bread", "en", "de") == ("daerB", "libretranslate")
        assert veil.veiled(f"x {KEY}") == "x [secret]"
        (tmp_path / "libre.key").write_text(KEY + "\n")
        (tmp_path / "libre.key").chmod(0o600)
        read = config(tmp_path, named.replace('key_env = "LIBRE_KEY"', 'key_file = "libre.key"'))
        assert key(read, read.engine[0], {}) == KEY


@pytest.mark.parametrize("kind", ["pseudo", "google", "mymemory", "yandex", "qcri", "microsoft"])
async def test_every_kind_can_be_made(tmp_path: Path, kind: str) -> None:
    read = config(tmp_path, f'[[engine]]\nname = "a"\nkind = "{kind}"\n[translation]\nengines = ["a"]\n')
    await translators(read).close()
