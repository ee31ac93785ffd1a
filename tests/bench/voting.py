"""An assembly before an open vote, as `pnyx run` finds it in its folder."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.engine import founding
from bot.engine.clock import ManualClock
from bot.engine.engine import Engine
from bot.language.catalog import Catalogs
from bot.language.flowfiles import FLOW, unbundle
from bot.language.translation.service import simple as translators
from bot.store import identities, people
from bot.store.connection import open_store
from bot.store.database import Database
from bot.store.keys import KeyFile
from bot.store.times import ms
from tests.bench.assembly import Sink

ID, ACCOUNT = "bench", "telegram:main"
DATABASE = "pnyx.db"
FLOW_TOML = """
[flow]
id = "voting"
source_language = "en"
languages = ["en"]
title = "The vote"
[mandate]
by = "The Region"
question = "How shall we travel?"
[schedule]
sites = [{ id = "west", zone = "Europe/Berlin", languages = ["en"] }]
[[step]]
id = "consent"
type = "consent"
duration = "1h"
early_close = "all_answered"
controllers = ["The Region"]
delete_on = 2100-12-31
purposes = []
text = "Your table sees your words."
[[step]]
id = "measures"
type = "vote"
duration = "30d"
change_until_close = true
text = "Now your own vote, after all that was said."
[[step.questions]]
id = "measures"
method = "multi"
min = 0
max = 4
text = "Which of these should the Region pay for?"
options = [
  { id = "buses", text = "More buses" }, { id = "lanes", text = "Safer cycle lanes" },
  { id = "trains", text = "A night train" }, { id = "fares", text = "Lower fares" },
]
"""


CONFIG = """
[[telegram]]
name = "main"
token_env = "PNYX_TELEGRAM_TOKEN"
api = "{api}"
"""
JUST_NOW = timedelta(minutes=2)


async def prepare(folder: Path, api: str, users: list[str]) -> None:
    """Make a config and a database in which these people, by their ids on the platform, have just agreed to take part: the vote
    opens as soon as `pnyx run` is there. `api` is where the Bot API is spoken."""
    (folder / "pnyx.toml").write_text(CONFIG.format(api=api))
    past = ManualClock(datetime.now(UTC) - JUST_NOW)
    store = await open_store(folder / DATABASE, KeyFile.create(folder / "pnyx.key"))
    await store.transact(_found, users, ms(past.now()))
    await Engine(store, Catalogs({}), past, [Sink(ACCOUNT)], translators("none")).settle()
    await store.close()


def _found(db: Database, users: list[str], now: int) -> None:
    body = json.dumps({FLOW: FLOW_TOML})
    flow = unbundle(body)
    founding.found(db, ID, flow, body, "seed", now)
    for number, user in enumerate(users):
        seat = identities.enrol(db, ID, ACCOUNT, user, user, "participant", "west", "en", at=now)
        people.save_seat(db, replace(seat, status="active", name=f"Person {number}"))
    founding.begin(db, ID, flow, now)
