"""The real Apertium, with Debian's language pairs."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.language.translation.apertium import Apertium
from bot.language.translation.identify import identify
from bot.language.translation.port import NoPair
from bot.language.translation.service import Orders, Source, Translators
from tests.support.apertium import PACKAGES, apertium

pytestmark = pytest.mark.apertium


async def test_it_translates_directly_and_over_another_language() -> None:
    async with apertium() as url:
        engine = Apertium(url)
        pairs = await engine.pairs()
        assert {("fr", "es"), ("en", "es"), ("en", "fr")} <= pairs
        assert ("en", "de") not in pairs
        (made,) = await engine.translate(["Les citoyens doivent pouvoir voter."], "fr", "es")
        assert made.text == "Los ciudadanos deben poder votar."
        (made,) = await engine.translate(["The citizens can vote."], "en", "fr")
        assert "citoyens" in made.text
        with pytest.raises(NoPair, match="from en to de"):
            await engine.translate(["The citizens can vote."], "en", "de")
        await engine.close()


async def test_what_it_makes_of_plain_sentences_stands_before_our_checks() -> None:
    """Or else each sentence would wait for a translator. Its own slips with numbers and addresses are found."""
    texts = [
        "Il faut un bus le dimanche pour aller à l'hôpital.",
        "Les 40 euros par mois ne suffisent pas.",
        "Je ne veux pas que l'hôpital ferme.",
        "Regardez https://example.org/bus avant de voter.",
    ]
    async with apertium() as url:
        here = Translators(Orders((Apertium(url),)), detect=identify)
        made = await here.translate([Source(text) for text in texts], "fr", "es")
        await here.close()
    assert [one.engine for one in made] == ["apertium"] * 4
    assert [one.sound for one in made] == [True] * 4, made
    assert "40" in made[1].text
    assert not any("  " in one.text or " ." in one.text for one in made)
    assert "https://example.org/bus" in made[3].text


def test_the_makefile_installs_what_the_tests_need(repo: Path) -> None:
    line = next(row for row in (repo / "Makefile").read_text().splitlines() if row.startswith("APERTIUM"))
    assert tuple(line.partition(":=")[2].split()) == PACKAGES
