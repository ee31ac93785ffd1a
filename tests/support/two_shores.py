"""A dialogue of two sites with one of everything that an export tells of, and people who play it through the real engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from tests.support.room import Room

TWO_SHORES = """
[flow]
id = "two-shores"
source_language = "en"
languages = ["en", "de"]
title = { en = "Two shores", de = "Zwei Ufer" }

[mandate]
by = { en = "The Ferry", de = "Die Fähre" }
question = { en = "What shall become of the ferry?", de = "Was soll aus der Fähre werden?" }

[schedule]
mode = "site"
sites = [
  { id = "east", name = { en = "East Bank", de = "Ostufer" }, zone = "Europe/Vienna", languages = ["en"], expected = 12 },
  { id = "west", name = { en = "West Bank", de = "Westufer" }, zone = "Europe/London", languages = ["de"], expected = 12 },
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
controllers = ["The Ferry"]
delete_on = 2028-01-01
purposes = ["transcript", "quotes", "open_data"]
text = { en = "Your table sees your words.", de = "Ihr Tisch sieht Ihre Worte." }

[[step]]
id = "tables"
type = "assign"
plan = "tables"

[[step]]
id = "hello"
type = "discuss"
icebreaker = true
duration = "10m"
text = { en = "Your favourite boat?", de = "Ihr liebstes Boot?" }

[[step]]
id = "talk"
type = "discuss"
title = { en = "What should change?", de = "Was soll sich ändern?" }
duration = "30m"
text = { en = "What should change on the river?", de = "Was soll sich am Fluss ändern?" }

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
id = "arguments"
type = "collect"
duration = "15m"
sides = ["for", "against"]
max_each = 2
show = "table"
text = { en = "For or against a bridge?", de = "Für oder gegen eine Brücke?" }

[[step]]
id = "wishes"
type = "collect"
duration = "15m"
record = "%(wishes)s"
max_each = 1
text = { en = "One wish?", de = "Ein Wunsch?" }

[[step]]
id = "ballot"
type = "vote"
title = { en = "The bridge", de = "Die Brücke" }
duration = "1h"
questions = [
  { id = "bridge", method = "yes_no_abstain", text = { en = "Build a bridge?", de = "Eine Brücke bauen?" } },
]

[[step]]
id = "price"
type = "vote"
duration = "1h"
questions = [
  { id = "fare", method = "number", min = 0, max = 99, dont_know = true, text = { en = "Which fare?", de = "Welcher Preis?" } },
]

[[step]]
id = "hands"
type = "vote"
secret = false
duration = "1h"
questions = [{ id = "again", method = "yes_no_abstain", text = { en = "Meet again?", de = "Wieder treffen?" } }]

[[step]]
id = "decision"
type = "adopt"
title = { en = "Decided", de = "Entschieden" }
over = "ballot"
rule = "threshold"
threshold = "2/3"
op = ">="
base = "cast_without_abstentions"
quorum = "none"
ties = "rejected"
scope = "assembly"
duration = "1h"

[[step]]
id = "bye"
type = "farewell"
text = { en = "Thank you.", de = "Danke." }
"""

MINUTE = timedelta(minutes=1)
ALL, NONE = ("transcript", "quotes", "open_data"), ()


def two_shores(wishes: str = "full") -> str:
    """The flow; `wishes` is how the private wishes are recorded."""
    return TWO_SHORES % {"wishes": wishes}


async def agree(here: Room, name: str, yes_to: Sequence[str] = ALL) -> None:
    """A participant agrees to take part, and to these purposes, and says what the others may call them."""
    await here.say(name, press="welcome:go::")
    await here.say(name, press="consent:first::yes")
    for purpose in ALL:
        await here.say(name, press=f"consent:purpose:{purpose}:{'yes' if purpose in yes_to else 'no'}")
    await here.say(name, name.title())


async def gather(
    here: Room,
    east: Mapping[str, Sequence[str]],
    west: Mapping[str, Sequence[str]],
    languages: tuple[str, str] = ("en", "de"),
) -> dict[str, str]:
    """Everybody comes in with what they agree to; the assembly begins, and people sit down at their site's table. The
    icebreaker is open then. Their seats by name; `maya` leads in the east and `nils` in the west."""
    seats = {}
    sites = (("east", east, "maya"), ("west", west, "nils"))
    for language, (site, names, leader) in zip(languages, sites, strict=True):
        seats[leader] = await here.enrol(leader, "facilitator", site, language)
        seats |= {name: await here.enrol(name, "participant", site, language) for name in names}
    await here.begin()
    for name, yes_to in {**east, **west}.items():
        await agree(here, name, yes_to)
    await here.wait(60 * MINUTE)
    return seats
