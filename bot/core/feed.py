"""What others read of a talk: under which pseudonyms, and whether words may leave their table at all."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from bot.core.ids import derive
from bot.core.message import Part, Phrase, t
from bot.core.state import Role
from bot.core.talk import NAMELESS

KINDS = ("message", "prompt", "summary")
"""What is fed: what people said to the table. What has only a file is not."""

FEW = 3
"""Where fewer people than this have spoken, their words leave the table only if each of them has agreed to that: whoever knows
the table would know who said what."""


def enough(spoken: Collection[str], agreed: Collection[str]) -> bool:
    """Whether words may leave a table where these people have spoken, of whom some have agreed to be quoted elsewhere."""
    return len(set(spoken)) >= FEW or set(spoken) <= set(agreed)


def voice(secret: str, table: str, seat: str, role: Role) -> Part:
    """A participant's pseudonym at a table; whoever has a role is that role."""
    return t("Voice {code}", code=code(secret, table, seat)) if role == "participant" else Phrase(NAMELESS[role].text)


def code(secret: str, table: str, seat: str) -> str:
    """What stands for somebody at a table: something else at each, and never their name. Seats stand in the log that anybody may
    read: only who knows the assembly's `secret` can tell whose code it is."""
    return derive("feed", secret, table, seat)[:3].upper()


def veil(secret: str, table: str, text: str, names: Iterable[tuple[str, str]]) -> str:
    """Somebody's words, with a pseudonym in the place of these names, each with its seat: those they have, and those they had."""
    for seat, name in sorted(names, key=lambda each: -len(each[1])):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", f"[{code(secret, table, seat)}]", text, flags=re.IGNORECASE)
    return text
