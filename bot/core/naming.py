"""What a person may be called: a name that shows nobody's account, and for which nobody else can be taken.

`called` are those with whom a name must not be confused: their names, and whether they have a role here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.lookalikes import alike, bare, holds
from bot.core.message import Message, Phrase, message, t
from bot.core.names import clean_name, visible_length
from bot.core.state import Seat

LONGEST_NAME = 24
"""Visible characters: accents and other marks on a letter count with it."""

OURS = (
    "pnyx", "facilitat", "moderat", "moderier", "animat", "coordinat", "koordinat", "coordonn", "organis", "organiz",
    "observ", "beobacht", "expert", "fachperson", "fachleute", "translat", "traduct", "ubersetz", "uebersetz", "dolmetsch",
    "interpret", "participa", "teilnahm", "teilnehm", "guarant", "garant",
)  # fmt: skip
"""How the roles and the program itself are called in English, French and German. No name may hold one of these."""
OURS_ALONE = ("bot", "admin", "leitung")
"""The same, where it is a word by itself: Padmini and Talbot may be called so."""

_LINK = re.compile(r"://|www\.|[\w-]{2,}\.[a-z]{2,}(?![\w.])|\bt\.me\b|/")
_MARKUP = re.compile(r"[<>\[\]{}`*_~|\\#]")
_ID = re.compile(r"[a-z]{0,3}[-_#. ]?[0-9][0-9a-f\-_ ]{2,}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody's name. `serves`: they have a role here."""

    name: str
    serves: bool = False


def check_name(text: str, called: Iterable[Called] = (), *, serves: bool = False) -> Phrase | None:
    """What is wrong with a chosen name, after `clean_name`; None if it will do. `serves`: whoever chooses it has a role here."""
    name = clean_name(text)
    if not name:
        return t("I cannot see a name there. Please type the name you would like to be called.")
    if visible_length(name) > LONGEST_NAME or len(name) > 3 * LONGEST_NAME:
        return t("That name is too long: at most {most} characters, please. A first name is enough.", most=LONGEST_NAME)
    if "@" in name or _LINK.search(name):
        return t(
            "A name cannot hold an address or a link, so that nobody can find your account. Please choose another one."
        )
    if signs := "".join(dict.fromkeys(_MARKUP.findall(name))):
        return t("A name cannot hold these signs: {signs} Please write it without them.", signs=signs)
    if not any(unicodedata.category(c).startswith("L") for c in name) or _ID.fullmatch(name):
        return t("That looks like a number rather than a name. Please choose a name with letters, such as Anna.")
    if any(holds(name, word) for word in OURS) or any(alike(w, o) for w in name.split() for o in OURS_ALONE):
        return t(
            "A name cannot hold a role or my own name, so that nobody is taken for whoever leads here. "
            "Please choose another one, such as Anna."
        )
    return _confused(name, called, serves)


def _confused(name: str, called: Iterable[Called], serves: bool) -> Phrase | None:
    """Why this name could be mistaken for somebody else's. A number behind it does not tell a participant apart from others."""
    chosen = name if serves else bare(name)
    other = next((c for c in called if alike(chosen, c.name) or alike(name, c.name)), None)
    if other is None:
        return None
    if other.serves and not serves:
        return t(
            "Somebody who has a role here is called {name}, and you could be taken for them. Please choose another name.",
            name=other.name,
        )
    return t(
        "Somebody at your table is called {name}, and the two of you could be mistaken for each other. "
        "Please choose another name, or write a word or a letter more.",
        name=other.name,
    )


def renamed(seat: Seat, name: str) -> Message:
    """What the others at the table read when somebody has another name from now on."""
    return message(t("{before} is called {name} from now on.", before=seat.name, name=name))
