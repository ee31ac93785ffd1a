"""Whom a word from those who lead would reach, for its preview: how many, by site and language.

* `audience`   how many people would read it, by (site, language)
* `unreached`  how many of those whom it is for nobody can write to
"""

from __future__ import annotations

from collections import Counter
from typing import Any, get_args

from bot.core.commands.call import parse
from bot.core.commands.prompting import ALL
from bot.core.flow import Flow
from bot.core.heard import Heard
from bot.core.state import Course, Role, Seat
from bot.store import people
from bot.store.database import Database


def found(db: Database, assembly: str, flow: Flow, course: Course, seat: Seat, event: Heard) -> dict[str, Any]:
    """The facts for `/announce` and `/prompt all`; none for all others."""
    name, args = parse(event.text) if event.text.startswith("/") else ("", "")
    everybody: tuple[Role, ...] = get_args(Role)
    if name == "announce":
        here = people.readers(db, assembly, roles=everybody)
        meant = [one for one in here if seat.role == "organiser" or one.site == seat.site]
    elif name == "prompt" and args.casefold().split(maxsplit=1)[:1] == [ALL]:
        courses = [course.id] if seat.role == "coordinator" else flow.courses
        meant = [one for id in courses for one in people.readers(db, assembly, id, everybody)]
    else:
        return {}
    others = [one for one in meant if one.id != seat.id]
    audience = Counter((one.site, one.language) for one in others if not one.lost)
    return {"audience": audience, "unreached": len(others) - audience.total()}
