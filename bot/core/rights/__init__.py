"""Who may use which command, where, and how it may be given: one table that the code and its test both read. What does not
stand in it is denied: a command that says nothing of places works in one's own chat alone, typed and not pressed.

The rights of a button are those of the command that it belongs to. New words of a message that stands already (an edit), what is
not somebody's own (a forward) and the words beside a file are no command, whoever sends them.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.entitled import EVERYBODY, LEADING, NEEDS, OVERSEEING, ROLES, TABLE, Command
from bot.core.places import Kind, Place
from bot.core.rights import leading, overseeing, serving, taking_part
from bot.core.state import Role


def may(role: Role, command: str) -> bool:
    """Whether this role may use this command."""
    found = COMMANDS.get(command)
    return found is not None and role in found.roles


def allowed(role: Role, command: str, place: Place, kind: Kind) -> bool:
    """Whether this role may use this command in such a place, given so: a cell of the table."""
    found = COMMANDS.get(command)
    return found is not None and role in found.roles and place in found.places and kind in found.kinds


COMMANDS: Mapping[str, Command] = {
    c.name: c for some in (taking_part, leading, overseeing, serving) for c in some.COMMANDS
}

AFTERWARDS: frozenset[str] = frozenset(("hide", "log", "name", "remark", "revoke"))
"""What those who have a role may still use once the assembly has ended, beside what participants have: a message may be found
that harms somebody, an objection may wait."""


def of(role: Role) -> tuple[Command, ...]:
    """The commands of a role, `/help` first, those of one need together: `/help all` and the menus of the apps show them so."""
    order, own = tuple(NEEDS), (c for c in COMMANDS.values() if role in c.roles)
    return tuple(sorted(own, key=lambda c: (c.name != "help", order.index(c.need))))


def lasts(role: Role, command: str) -> bool:
    """Whether a role gives this right also when the assembly has ended. All others end with it."""
    found = COMMANDS.get(command)
    if found is None or role == "participant" or "participant" in found.roles or found.always:
        return True
    return command in AFTERWARDS and role != "facilitator"


__all__ = [
    "COMMANDS", "EVERYBODY", "LEADING", "NEEDS", "OVERSEEING", "ROLES", "TABLE", "Command", "allowed", "lasts", "may", "of",
]  # fmt: skip
