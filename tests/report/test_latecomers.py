"""Who answers a survey after its close is counted apart."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from bot.report.export import export_files
from tests.engine.test_evening import HOUR, arrive, join_late
from tests.support.evening import EVENING
from tests.support.room import ASSEMBLY, Room, room

ABOUT = """[[step]]
id = "about"
type = "survey"
duration = "1h"
questions = [{ id = "half", text = { en = "How much?", de = "Wie viel?" }, options = [
  { id = "half", text = { en = "Half", de = "Hälfte" } }, { id = "third", text = { en = "A third", de = "Ein Drittel" } } ] }]

"""
ASKED = EVENING.replace('[[step]]\nid = "tables"', ABOUT + '[[step]]\nid = "tables"')


async def survey(here: Room) -> dict[str, Any]:
    """What the record says of the survey."""
    files = await here.store.read(export_files, here.engine.house, ASSEMBLY)
    steps = json.loads(files["process.json"])["courses"][0]["steps"]
    return next(step for step in steps if step["id"] == "about")


async def test_the_record_says_how_many_answered_a_survey_after_its_close() -> None:
    async with room(ASKED) as here:
        await arrive(here, "anna", "ben")
        for name in ("anna", "ben"):
            await here.choose(name, "Half")
        await here.wait(HOUR + timedelta(minutes=1))
        assert "came_too_late_for_the_result" not in await survey(here)
        await join_late(here, "late")
        await here.choose("late", "Continue", "I am 18 or older and agree")
        await here.say("late", "Late")
        assert "The others answered this before you came" in here.post.text("late")
        await here.choose("late", "A third")
        assert (await survey(here))["came_too_late_for_the_result"] == 1
