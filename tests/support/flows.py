"""A small flow that breaks no rule, and ways to break it."""

from __future__ import annotations

from bot.core.lint import lint
from bot.core.problems import Problem
from bot.core.reading import read_flow

SOUND = """\
[flow]
id = "bottles"
source_language = "en"
languages = ["en", "de"]
title = { en = "Bottles", de = "Flaschen" }

[mandate]
by = { en = "The Region", de = "Die Region" }
question = { en = "What about bottles?", de = "Was tun mit Flaschen?" }

[schedule]
mode = "site"
start = 2027-03-02T18:00:00
quiet_hours = { start = 22:00:00, end = 08:00:00 }

[[schedule.sites]]
id = "wien"
zone = "Europe/Vienna"
languages = ["de"]
expected = 24

[[schedule.sites]]
id = "london"
zone = "Europe/London"
languages = ["en"]
expected = 24

[groups.tables]
size = { min = 4, target = 6, max = 7 }
mix_by = ["area"]

[[lists.themes]]
id = "food"
text = { en = "Food", de = "Essen" }

[[questions]]
id = "return"
method = "yes_no_abstain"
text = { en = "Shall shops take bottles back?", de = "Sollen Läden Flaschen zurücknehmen?" }

[[step]]
id = "hello"
type = "welcome"
text = { en = "Good evening.", de = "Guten Abend." }

[[step]]
id = "consent"
type = "consent"
duration = "30m"
controllers = ["The Region, Main Street 1"]
delete_on = 2027-09-01
text = { en = "Your table sees your words.", de = "Ihr Tisch sieht Ihre Worte." }

[[step]]
id = "profile"
type = "survey"
questions = [
  { id = "area", attribute = "area", dont_know = true, text = { en = "Where do you live?", de = "Wo wohnen Sie?" }, options = [
    { id = "city", text = { en = "City", de = "Stadt" } }, { id = "country", text = { en = "Country", de = "Land" } } ] },
]

[[step]]
id = "seats"
type = "assign"
plan = "tables"

[[step]]
id = "themes"
type = "repeat"
over = "themes"

[[step]]
id = "talk"
type = "discuss"
within = "themes"
duration = "20m"
text = { en = "About: {item}", de = "Über: {item}" }

[[step]]
id = "side"
type = "parallel"
duration = "15m"

[[step]]
id = "ideas"
type = "collect"
within = "side"
branch = "writing"
duration = "10m"
text = { en = "What would you change?", de = "Was würden Sie ändern?" }

[[step]]
id = "digest"
type = "summarise"
of = ["talk"]
duration = "15m"

[[step]]
id = "carry"
type = "relay"
of = "digest"
duration = "2h"

[[step]]
id = "ballot"
type = "vote"
duration = "10m"
remind = ["2m"]
questions = ["return"]

[[step]]
id = "result"
type = "adopt"
over = "ballot"
rule = "threshold"
threshold = "2/3"
op = ">="
base = "cast"
quorum = "none"
ties = "rejected"

[[step]]
id = "ready"
type = "gate"
ask = { en = "Shall we end?", de = "Wollen wir schließen?" }
timeout = "10m"
when = 'site == "wien"'

[[step]]
id = "bye"
type = "farewell"
text = { en = "Thank you.", de = "Danke." }
"""


def broken(*changes: tuple[str, str], text: str = SOUND) -> str:
    """The flow with each first text replaced by the second; every change must find its place."""
    for old, new in changes:
        assert old in text, f"{old!r} is not in the flow: this test would change nothing"
        text = text.replace(old, new, 1)
    return text


def found_in(text: str, name: str = "flow.toml", accounts: int | None = 1) -> tuple[Problem, ...]:
    """Every problem of a flow's text: those of its form, else those that the rules find."""
    reading = read_flow(text, name)
    return reading.problems or (lint(reading.file, name, accounts) if reading.file else ())
