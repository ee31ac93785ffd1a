"""What a hook sees: a day of the calendar is the same day for every reader."""

from __future__ import annotations

from datetime import date

import pytest

from bot.core.message import message
from bot.core.scene import Scene
from bot.core.state import Course, Seat, State
from bot.language.catalog import Catalogs
from bot.language.render import Reader, render
from tests.support.plays import flow_of
from tests.support.stagehand import START


@pytest.mark.parametrize(
    "zone", ["Pacific/Auckland", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Vienna", "UTC"]
)
def test_the_day_of_deletion_is_the_same_everywhere(zone: str) -> None:
    sites = f'[schedule]\nsites = [{{ id = "here", zone = "{zone}", languages = ["en"] }}]\n'
    flow = flow_of('[[step]]\nid = "bye"\ntype = "farewell"\ntext = "Thank you."\n', sites)
    state = State(Course("all"), Seat("s", "participant", "here", "en"))
    day = Scene(flow, flow.nodes["bye"], START, state, "seat:s").day(date(2027, 9, 1))
    shown = render(message(day), Reader("en", zone), {}, {}, Catalogs({}))
    assert shown.blocks[0][1] == "Wednesday, 1 September 2027"
