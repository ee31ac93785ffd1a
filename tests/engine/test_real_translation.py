"""What one table said crosses a border by a real machine: Apertium, on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from bot.core.rendered import Rendered, plain
from bot.language.translation.apertium import Apertium
from bot.language.translation.identify import identify
from bot.language.translation.service import Orders, Translators
from tests.support.apertium import apertium
from tests.support.room import Room, room
from tests.support.two_shores import ALL, MINUTE, gather

pytestmark = pytest.mark.apertium

FLOW = """
[flow]
id = "deux-rives"
source_language = "fr"
languages = ["fr", "es"]
title = { fr = "Deux rives", es = "Dos orillas" }

[mandate]
by = { fr = "La Région", es = "La Región" }
question = { fr = "Comment aller à l'hôpital ?", es = "¿Cómo ir al hospital?" }

[schedule]
mode = "site"
sites = [
  { id = "east", name = "Perpignan", zone = "Europe/Paris", languages = ["fr"], expected = 12 },
  { id = "west", name = "Girona", zone = "Europe/Madrid", languages = ["es"], expected = 12 },
]

[groups.tables]
size = { min = 2, target = 20, max = 40 }
min_present = 2

[[step]]
id = "welcome"
type = "welcome"
duration = "1h"

[[step]]
id = "consent"
type = "consent"
duration = "1h"
controllers = ["La Région"]
delete_on = 2028-01-01
purposes = ["transcript", "quotes", "open_data"]
text = { fr = "Votre table voit vos mots.", es = "Su mesa ve sus palabras." }

[[step]]
id = "tables"
type = "assign"
plan = "tables"

[[step]]
id = "talk"
type = "discuss"
duration = "30m"
text = { fr = "Que faut-il changer ?", es = "¿Qué hay que cambiar?" }

[[step]]
id = "digest"
type = "summarise"
of = ["talk"]
size = 4
duration = "15m"

[[step]]
id = "carry"
type = "relay"
of = "digest"
to = "mirror"
duration = "10m"

[[step]]
id = "bye"
type = "farewell"
text = { fr = "Merci.", es = "Gracias." }
"""

FRENCH = {
    "anna": "Il faut un bus le dimanche pour aller à l'hôpital.",
    "ben": "Je ne veux pas que l'hôpital ferme.",
    "chloe": "Les 40 euros par mois ne suffisent pas.",
}
SPANISH = {
    "diego": "El hospital está demasiado lejos para los mayores.",
    "elena": "No quiero pagar 25 euros por una consulta.",
    "flor": "Los médicos deben hablar las dos lenguas.",
}


@asynccontextmanager
async def two_tables() -> AsyncIterator[Room]:
    """A French and a Spanish table that have said what they think, with the real machine between them."""
    async with apertium() as url:
        machines = Translators(Orders((Apertium(url),)), detect=identify)
        async with AsyncExitStack() as after:
            after.push_async_callback(machines.close)
            here = await after.enter_async_context(room(FLOW, translate=machines))
            await gather(here, dict.fromkeys(FRENCH, ALL), dict.fromkeys(SPANISH, ALL), ("fr", "es"))
            await here.until("talk")
            for name, words in {**FRENCH, **SPANISH}.items():
                await here.say(name, words)
            await here.until("digest")
            yield here


async def approve(here: Room) -> None:
    await here.choose("maya", "Approuver")
    await here.choose("nils", "Approve")  # no interface texts in Spanish


def read(here: Room, who: str) -> Sequence[str]:
    return [plain(message) for message in here.post.to(who)]


def crossed(here: Room, who: str, place: str) -> Rendered:
    """The digest that came from a place, as somebody reads it."""
    found = [m for m in here.post.to(who) if plain(m).startswith(place)]
    assert found, read(here, who)
    return found[-1]


async def test_a_digest_crosses_in_the_words_of_the_machine_and_says_so() -> None:
    async with two_tables() as here:
        await approve(here)
        spanish = plain(crossed(here, "diego", "From table 1 in Perpignan · translated by machine (apertium)"))
        assert "domingo" in spanish
        assert "40 euros" in spanish
        french = plain(crossed(here, "anna", "De la table 1 (Girona)"))
        assert "traduit par une machine (apertium)" in french
        assert "25 euros" in french
        assert not any(words in spanish for words in FRENCH.values())


async def test_the_original_is_one_tap_away() -> None:
    async with two_tables() as here:
        await approve(here)
        await here.choose("diego", "Show the original")
        assert FRENCH["anna"] in read(here, "diego")[-1]


async def test_nothing_that_nobody_has_approved_reaches_the_machine_or_the_other_table() -> None:
    async with two_tables() as here:
        await here.choose("nils", "Approve")
        await here.wait(30 * MINUTE)
        assert not any(word in text for text in read(here, "diego") for word in (*FRENCH.values(), "domingo"))
