"""A small, sound flow: an evening of one table, from the welcome to the results."""

from __future__ import annotations

EVENING = """
[flow]
id = "evening"
source_language = "en"
languages = ["en", "de"]
title = { en = "The square", de = "Der Platz" }

[mandate]
by = { en = "The town", de = "Die Stadt" }
question = { en = "What shall become of the square?", de = "Was soll aus dem Platz werden?" }

[schedule]
mode = "together"
sites = [{ id = "linz", name = "Linz", zone = "Europe/Vienna", languages = ["en", "de"], expected = 12 }]

[groups.tables]
size = { min = 2, target = 4, max = 6 }
min_present = 2

[[step]]
id = "welcome"
type = "welcome"
duration = "1h"

[[step]]
id = "consent"
type = "consent"
duration = "1h"
controllers = ["The town"]
delete_on = 2028-01-01
purposes = []
text = { en = "Your table sees your words.", de = "Ihr Tisch sieht Ihre Worte." }

[[step]]
id = "tables"
type = "assign"
plan = "tables"

[[step]]
id = "talk"
type = "discuss"
scope = "table"
duration = "30m"
text = { en = "What do you miss there?", de = "Was fehlt Ihnen dort?" }

[[step]]
id = "ballot"
type = "vote"
duration = "1h"
early_close = "all_answered"
results = "on_close"
questions = [{ id = "trees", method = "yes_no_abstain", text = { en = "More trees?", de = "Mehr Bäume?" } }]

[[step]]
id = "bye"
type = "farewell"
text = { en = "Thank you.", de = "Danke." }
"""
