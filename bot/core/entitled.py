"""Roles, and what a command is: the form of the table of rights (`bot.core.rights`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.core.message import Block, Part, Phrase, Plain, block, t
from bot.core.places import OWN_CHAT, TYPED, Kind, Place
from bot.core.state import Role

Where = Literal["anywhere", "table", "talk", "course"]
"""What a command acts on: the person alone, a table, a talk that is open at a table, or a course (or one of its tables)."""

Need = Literal["talk", "people", "trouble", "around", "you"]
"""What somebody is after who looks for a command: `/help` and the menus of the apps list them in this order."""

NEEDS: Mapping[Need, Phrase] = {
    "talk": t("The talk and its time"),
    "people": t("The people"),
    "trouble": t("When something goes wrong"),
    "around": t("Before and after"),
    "you": t("Yourself"),
}

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
    words for the list and in full for `/help NAME`. `words` end the example where somebody's own words stand there. `active` is
    False where those may use it too who have paused or have not consented yet, `always` True where those may who have left.
    `places` are where it may be given: what is private, would shame somebody or carries a secret is never written where others
    read. `kinds` are how: `button` where it has buttons."""

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
    need: Need = "you"
    words: Phrase | None = None

    @property
    def sample(self) -> str:
        """The whole example, in English."""
        return f"{self.example} {self.words.text}" if self.words is not None else self.example

    def written(self, number: str = "") -> Part:
        """The whole example in the reader's language, for those who lead several tables with the `number` of one."""
        head = _numbered(self.example, number)
        return Phrase("{command} {words}", {"command": Plain(head), "words": self.words}) if self.words else Plain(head)

    def in_short(self, number: str = "") -> Part:
        """How it is written, with dots for somebody's own words."""
        return Plain(_numbered(self.example, number) + (" …" if self.words is not None else ""))

    def line(self, number: str = "") -> Block:
        """The command as `/help` lists it."""
        return block(t("{example}: {brief}", example=self.in_short(number), brief=self.brief), kind="item")


def _numbered(example: str, number: str) -> str:
    name, _, rest = example.partition(" ")
    return " ".join(part for part in (name, number, rest) if part)
