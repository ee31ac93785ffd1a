"""What `pnyx check` says of each pair of languages: who translates it, over which language, and how much people have read."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.app.borders import Translating, look_at_borders, look_at_translators, progress
from bot.app.config import load_config
from bot.app.findings import Finding
from bot.app.line import carry_out
from bot.app.operations import Desk
from bot.cli import main
from bot.core.state import Contribution, Translated
from bot.core.translation.borders import pairs
from bot.language.flowfiles import load_flow, unbundle
from bot.language.translation.tmx import Unit, write
from bot.store import codes, memories, opinions, translations
from bot.store.database import Database
from bot.store.memories import Remembered
from tests.support.evening import EVENING
from tests.support.room import ASSEMBLY, bundled, room
from tests.support.translating import Misbehaving, misbehaving
from tests.support.two_shores import TWO_SHORES

SHORES = TWO_SHORES.replace("%(wishes)s", "none")


def flow(folder: Path, toml: str = SHORES, *units: Unit) -> Path:
    (folder / "flow.toml").write_text(toml, encoding="utf-8")
    (folder / "memory.tmx").write_text(write(units, "de"), encoding="utf-8")
    return folder


async def said(
    folder: Path, config: str, path: Path, done: dict[tuple[str, str], Translating] | None = None
) -> list[Finding]:
    (folder / "pnyx.toml").write_text(config)
    read = load_flow(path).flow
    assert read is not None
    return await look_at_borders(load_config(folder), path, read, done or {})


def libre(server: Misbehaving, more: str = "", name: str = "libre") -> str:
    engine = f'[[engine]]\nname = "{name}"\nkind = "libretranslate"\nurl = "{server.url}"\n'
    return f'{engine}[translation]\nengines = ["{name}"]\n{more}'


def test_a_flow_needs_the_pairs_of_tables_that_read_each_other() -> None:
    def needed(*changes: tuple[str, str], toml: str = SHORES) -> tuple[tuple[str, str], ...]:
        for old, new in changes:
            assert old in toml
            toml = toml.replace(old, new)
        return pairs(unbundle(bundled(toml)))

    both = (("en", "de"), ("de", "en"))
    assert needed() == both
    assert needed(('to = "mirror"', 'to = "next"')) == (), "each site speaks one language"
    assert needed(('to = "mirror"', 'to = "next"'), ('zone = "Europe/Vienna", languages = ["en"]',
                   'zone = "Europe/Vienna", languages = ["en", "de"]')) == both  # fmt: skip
    assert needed(toml=EVENING) == (), "no relay, and people of a table share a language"
    assert needed(("min_present = 2", 'min_present = 2\ncommon_language = "translate"'), toml=EVENING) == both
    mixed = ("min_present = 2", 'min_present = 2\ncommon_language = "translate"\nacross_sites = true')
    assert needed(mixed, ('mode = "site"', 'mode = "together"'), ('to = "mirror"', 'to = "next"')) == both


async def test_an_assembly_of_one_language_hears_nothing(tmp_path: Path) -> None:
    assert await said(tmp_path, "", flow(tmp_path, EVENING)) == []


async def test_without_a_machine_the_memory_is_named(tmp_path: Path) -> None:
    path = flow(tmp_path, SHORES, Unit("de", "en", "Brot", "bread"), Unit("de", "en", "Milch", "milk"))
    first, _ = await said(tmp_path, "", path)
    assert first == Finding(
        "note",
        "en to de: no machine; 2 sentences in the flow's memory. What no person has translated is read in en.",
    )


async def test_the_order_of_engines_and_what_people_have_read(tmp_path: Path) -> None:
    async with misbehaving() as server:
        done = {("de", "en"): Translating(remembers=3, made=12, read=5)}
        more = (
            'judged = ["de-en"]\npairs = { de-en = ["libre", "marks"] }\n[[engine]]\nname = "marks"\nkind = "pseudo"\n'
        )
        there, back = await said(tmp_path, libre(server, more), flow(tmp_path), done)
        assert back == Finding(
            "good",
            "de to en: libre, then marks; 0 sentences in the flow's memory, 3 in the assembly's own, 5 of 12 translations so "
            "far read by people.",
        )
        assert there.weight == "note"
        assert there.text.startswith(
            "en to de: libre; 0 sentences in the flow's memory. Nobody has judged this pair: what"
        )
        assert 'add "en-de" to judged under [translation]' in there.text


async def test_a_pair_that_is_missing_goes_over_another_language_or_nowhere(tmp_path: Path) -> None:
    async with misbehaving() as server:
        server.lacks = {("de", "en"), ("en", "de"), ("fr", "de")}
        over = 'over = { de-en = "fr", en-de = "fr" }\njudged = ["de-en"]\n'
        there, back = await said(tmp_path, libre(server, over), flow(tmp_path))
        assert back.text.startswith("de to en: libre over fr; ")
        assert there.text == (
            "en to de: no machine; 0 sentences in the flow's memory. None of the engines knows this pair. What no person has "
            "translated is read in en."
        )


async def test_an_engine_that_is_away_is_named_and_its_key_is_not(tmp_path: Path) -> None:
    async with misbehaving() as server:
        pass
    *_, away = await said(tmp_path, libre(server, 'judged = ["de-en", "en-de"]\n'), flow(tmp_path))
    assert away.weight == "note"
    assert away.text.startswith("libre cannot be asked now: it cannot be reached")
    (bad,) = await said(
        tmp_path,
        '[[engine]]\nname = "d"\nkind = "deepl"\nkey_env = "NO_SUCH"\n[translation]\nengines = ["d"]\n',
        flow(tmp_path),
    )
    assert (bad.weight, "no key in the variable NO_SUCH" in bad.text) == ("bad", True)


def _fill(db: Database, seat: str) -> None:
    for id, language, state in (("c1", "de-AT", "reviewed"), ("c2", "de", "machine"), ("c3", "fr", "machine")):
        given = Contribution(id, "talk", "", "linz", seat, "message", id, opinions.instant(0), language)
        opinions.keep(db, ASSEMBLY, given)
        translations.save(db, ASSEMBLY, Translated(id, "en", "x", "libre", state), 0)  # type: ignore[arg-type]
    opinions.spoken(db, ASSEMBLY, "c3", "de")
    memories.learn(db, ASSEMBLY, Remembered("de", "fr", "a", "b"), 0)


async def test_what_people_have_read_is_counted_by_the_language_of_the_words() -> None:
    async with room(EVENING) as here:
        seat = await here.enrol("anna")
        await here.store.transact(_fill, seat)
        found = await carry_out(Desk(here.store, here.engine.house, here.clock), "translated", {})
        assert progress(found["assemblies"][ASSEMBLY]) == {
            ("de", "en"): Translating(made=3, read=1),
            ("de", "fr"): Translating(remembers=1),
        }


async def test_a_relay_that_waits_for_translators_says_so_while_nobody_is_invited() -> None:
    waits = SHORES.replace('to = "mirror"', 'to = "mirror"\ntranslator = "human"')
    async with room(waits) as here:
        found = await carry_out(Desk(here.store, here.engine.house, here.clock), "translated", {})
        [told] = look_at_translators(here.flow, found["translators"][ASSEMBLY])
        assert (told.weight, "“carry” waits for translators" in told.text) == ("note", True)
        assert look_at_translators(unbundle(bundled(SHORES)), 0) == [], "a machine alone waits for nobody"
        await here.store.transact(_invite)
        found = await carry_out(Desk(here.store, here.engine.house, here.clock), "translated", {})
        assert look_at_translators(here.flow, found["translators"][ASSEMBLY]) == []
        await here.enrol("theo", "translator", "west", "de")
        found = await carry_out(Desk(here.store, here.engine.house, here.clock), "translated", {})
        assert found["translators"][ASSEMBLY] == 2


def _invite(db: Database) -> None:
    codes.make_code(db, ASSEMBLY, "translator", "", "", made=0, expires=1)


def test_the_command_says_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "try"
    assert CliRunner().invoke(main, ["init", str(home)]).exit_code == 0
    done = CliRunner().invoke(main, ["check", "-c", str(home)])
    assert "Translation" in done.output, done.output
