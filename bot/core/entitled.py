"""Roles, and what a command is: the form of the table of rights (`bot.core.rights`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.core.message import Phrase, t
from bot.core.places import OWN_CHAT, TYPED, Kind, Place
from bot.core.state import Role

Where = Literal["anywhere", "table", "talk", "course"]
"""What a command acts on: the person alone, a table, a talk that is open at a table, or a course (or one of its tables)."""

ROLES: Mapping[Role, Phrase] = {
    "participant": t("participants"),
    "facilitator": t("facilitators"),
    "coordinator": t("coordinators"),
    "organiser": t("organisers"),
    "observer": t("observers"),
    "expert": t("experts"),
    "translator": t("translators"),
}

EVERYBODY: frozenset[Role] = frozenset(ROLES)
LEADING: frozenset[Role] = frozenset(("facilitator", "coordinator", "organiser"))
TABLE: frozenset[Role] = frozenset(("participant", "facilitator", "expert"))
"""Those who sit at a table and talk there."""
OVERSEEING: frozenset[Role] = frozenset(("coordinator", "organiser"))
"""Those who lead several tables: their commands name the table by its number, `/extend 3 10m`."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command: who may use it, what it acts on, how it is written (an example that works), and what it does, in a few
    words for the list and in full for `/help NAME`. `active` is False where those may use it too who have paused or have not
    consented yet, `always` True where those may who have left. `places` are where it may be given: what is private, would shame
    somebody or carries a secret is never written where others read. `kinds` are how: `button` where it has buttons."""

    name: str
    roles: frozenset[Role]
    where: Where
    example: str
    brief: Phrase
    full: Phrase
    active: bool = True
    always: bool = False
    places: frozenset[Place] = OWN_CHAT
    kinds: frozenset[Kind] = TYPED
