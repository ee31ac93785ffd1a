"""`/help`: first what is of use at this moment, to this person; all the rest is one tap away, and each command can be explained.

Invariants:

* What is shown first fits on the screen of a phone, whoever asks and when; and nothing of it would be refused now.
* Which commands there are and what they do stands in the table of rights alone; only their order at a moment is said here.
* The menus of the apps show the same commands with the same words, in the order of `/help all`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from bot.core.commands.call import Call, example, numbered
from bot.core.commands.moments import Moment, coming, fits, moment, now
from bot.core.message import Block, Button, Part, Plain, Several, block, t
from bot.core.rights import COMMANDS, NEEDS, ROLES, Command, lasts, may, of
from bot.core.state import Role

ALL = "-help"
"""The button that shows all commands."""

EVERYTHING = "all"

GROUPED = 6
"""From so many commands on they stand under headings."""

AFTER = ("mydata", "consent", "forget", "name", "hide", "remark", "revoke")

LEADING_A_TABLE: Mapping[Moment, tuple[str, ...]] = {
    "before": ("name", "status", "tell", "team", "call"),
    "talk": ("status", "prompt", "extend", "next", "turn", "nudge", "hide", "quiet", "call"),
    "rests": ("resume", "status", "prompt", "tell", "hide", "call"),
    "alone": ("status", "nudge", "tell", "pause", "team", "call"),
    "answers": ("status", "nudge", "prompt", "tell", "call"),
    "draft": ("status", "prompt", "tell", "team", "call"),
    "between": ("name", "status", "prompt", "note", "tell", "handover", "team", "call"),
    "after": AFTER,
}
IN_BETWEEN = ("board", "status", "prompt", "announce", "close", "move", "replace", "lift", "hide")
OVERSEEING: Mapping[Moment, tuple[str, ...]] = {
    "before": ("begin", "board", "announce", "invite", "joining", "team"),
    "answers": ("board", "status", "nudge", "prompt", "announce", "close", "move", "lift", "hide"),
    "between": ("gate", "publish", "open", "board", "status", "prompt", "announce", "move", "lift"),
    "after": AFTER,
}
TAKING_PART: Mapping[Moment, tuple[str, ...]] = {
    "talk": ("pass", "undo", "original", "room", "time", "my", "call", "leave"),
    "answers": ("my", "time", "room", "lang", "call", "leave"),
    "after": ("mydata", "consent", "forget", "object"),
}
FIRST: Mapping[Role, tuple[Mapping[Moment, tuple[str, ...]], tuple[str, ...]]] = {
    "participant": (TAKING_PART, ("my", "room", "lang", "call", "leave")),
    "facilitator": (LEADING_A_TABLE, ()),
    "coordinator": (OVERSEEING, IN_BETWEEN),
    "organiser": (OVERSEEING, IN_BETWEEN),
    "observer": ({"after": AFTER}, ("watch", "remark", "hold", "lift", "name", "call")),
    "expert": ({"after": AFTER}, ("undo", "original", "time", "name", "call")),
    "translator": ({"after": AFTER}, ("trans", "release", "name", "lang", "call")),
}
"""What is shown first to each role, the most useful first: at a moment, and where nothing is said of that moment."""


def help(call: Call) -> None:
    """What is open, and what can be done now; all that there is; or one command explained."""
    wanted = call.args.lstrip("/!").casefold().split("@")[0].split()
    if wanted == [EVERYTHING]:
        everything(call)
    elif wanted:
        one(call, wanted[0])
    else:
        call.reply(*_first(call), buttons=(Button(t("All commands"), ALL),))


def everything(call: Call) -> None:
    """All commands of the role, by what they are for; those that do nothing at this moment only by their names."""
    mine = [c for c in of(call.seat.role) if _open_to(call, c)]
    usable = [c for c in mine if fits(call, c)]
    later = tuple(Plain(f"/{c.name}") for c in mine if c not in usable and c.name != "help")
    blocks = list(_listed(call, (c for c in usable if c.name != "help"), grouped=True))
    if later:
        blocks.append(block(t("Of no use now: {commands}.", commands=Several(later)), kind="note"))
    call.reply(*blocks, _explains(usable), instead=False)


def one(call: Call, name: str) -> None:
    """One command: what it does, an example, and whether it is of use now."""
    command = COMMANDS.get(name)
    if command is None:
        unknown(call, name)
        return
    if not may(call.seat.role, name):
        roles: tuple[Part, ...] = tuple(ROLES[r] for r in ROLES if r in command.roles)
        call.reply(t("/{name} is for {roles}.", name=name, roles=Several(roles)), command.full)
        return
    blocks = [block(command.full), block(t("For example: {example}", example=example(call.seat, command)), kind="note")]
    if not fits(call, command):
        blocks.append(block(t("It does nothing at this moment."), kind="note"))
    call.reply(*blocks)


def explain(call: Call) -> None:
    """A command that is carried out before it comes here, once it is complete: say how it is written."""
    one(call, call.name)


def unknown(call: Call, name: str) -> None:
    """A command that there is not: name the one of theirs that was probably meant."""
    close = get_close_matches(name, [c.name for c in of(call.seat.role)], n=1)
    said = (
        t("I do not know /{name}. Did you mean /{close}?", name=name[:20], close=close[0])
        if close
        else t("I do not know that command.")
    )
    call.reply(said, t("/help shows what you can do."))


def _first(call: Call) -> Iterator[Block | Part]:
    """What is open, and the commands that are of most use now."""
    at, role = moment(call), call.seat.role
    told, otherwise = FIRST[role]
    named = call.seat.name != ""
    names = [name for name in told.get(at, otherwise) if not (name == "name" and named and at != "before")]
    chosen = [c for name in names if _open_to(call, c := COMMANDS[name]) and fits(call, c)]
    if not chosen:
        chosen = [c for c in of(role) if c.name != "help" and _open_to(call, c) and fits(call, c)][:GROUPED]
    opens, contact = coming(call), call.flow.file.mandate.contact
    head, foot = [now(call), *([opens] if opens is not None else [])], []
    if contact and role == "participant":
        foot = [
            block(t("Would you rather speak to a person? {contact}", contact=call.flow.local(contact)), kind="note")
        ]
    yield from head
    yield from _listed(call, chosen, grouped=len(chosen) >= GROUPED)
    yield _explains(chosen)
    yield from foot


def _open_to(call: Call, command: Command) -> bool:
    """Whether the role gives this right, now that the assembly runs or has ended."""
    role = call.seat.role
    return may(role, command.name) and (not call.turn.state.facts.get("over") or lasts(role, command.name))


def _explains(commands: Iterable[Command]) -> Block:
    """How to learn more of a command, for example of one whose example says more than its name."""
    shown = [*commands]
    told = next((c for c in shown if " " in c.sample), shown[0])
    return block(t("{help} explains one, with an example.", help=f"/help {told.name}"), kind="note")


def _listed(call: Call, commands: Iterable[Command], *, grouped: bool) -> Iterator[Block]:
    """A line for each command, those of one need together."""
    found = [*commands]
    for need, heading in NEEDS.items() if grouped else ():
        if some := [c for c in found if c.need == need]:
            yield block(heading, kind="title")
            yield from (c.line(numbered(call.seat, c)) for c in some)
    if not grouped:
        yield from (c.line(numbered(call.seat, c)) for c in found)
