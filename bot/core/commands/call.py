"""A command as it was given, and how it is answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from bot.core.effects import Effect, Lane, Say
from bot.core.flow import Flow
from bot.core.heard import Heard
from bot.core.itinerary import Node
from bot.core.leading import leads
from bot.core.message import Block, Button, Message, Name, Part, Phrase, Plain, Several, block, message, t
from bot.core.names import clean_text
from bot.core.rights import COMMANDS, OVERSEEING, Command
from bot.core.scene import Scene
from bot.core.state import Seat, Stage, Table
from bot.core.steps.discuss import Discuss
from bot.core.talk import somebody, talk_at
from bot.core.turn import Turn

_COMMAND = re.compile(r"/\s*([^\s@]*)(?:@\S*)?\s*(.*)", re.DOTALL)
_NUMBER = re.compile(r"(\d{1,4})(?:\s+(.*)|$)", re.DOTALL)
_TABLE = re.compile(r"\btable\s+(\d{1,4})\b")

LONGEST = 2000
"""How long a prompt, a note, a summary or a word to somebody may be, in characters."""

MANY = 40
"""So many names are said to whoever looks for one."""

SHOWN = 40
"""How much of a wrong argument is repeated to whoever typed it, in characters."""


@dataclass(frozen=True, slots=True)
class Call:
    """A command, or one of its buttons, from a seat. `args` is what stands behind the command or in the button; `at` the table
    that somebody who leads several has named."""

    turn: Turn
    seat: Seat
    event: Heard
    name: str
    args: str = ""
    at: Table | None = None

    @property
    def command(self) -> Command:
        return COMMANDS[self.name]

    @property
    def flow(self) -> Flow:
        return self.turn.flow

    @property
    def table(self) -> Table | None:
        """The table that it is about: the person's own, or the one that was named."""
        return self.at if self.seat.role in OVERSEEING else self.turn.state.table

    @property
    def by(self) -> Part:
        return somebody(self.seat)

    def reply(
        self, *blocks: Block | Part, buttons: tuple[Button, ...] = (), step: str = "", instead: bool = True
    ) -> None:
        """Answer the person, at once: `instead` of the message whose button was pressed, if one was."""
        said = message(*blocks, buttons=buttons, step=step)
        self.say(self.seat.unit, said, "reply", Lane.ANSWER, quiet=False, instead=instead and self.event.press != "")

    def say(self, to: str, said: Message, what: str, lane: Lane = Lane.STEP, **more: Any) -> None:
        """Tell somebody; `what` tells the messages of one command apart."""
        self.turn.effects.append(Say(to, said, f"{what}/{self.event.id}", lane, **more))

    def wrong(self, allowed: Phrase) -> None:
        """The arguments do not fit: what was found, what is allowed, an example."""
        found = self.args[:SHOWN] + ("…" if len(self.args) > SHOWN else "")
        self.reply(
            t("After /{name} I found “{found}”.", name=self.name, found=found)
            if found
            else t("Something is missing after /{name}.", name=self.name),
            allowed,
            block(t("For example: {example}", example=example(self.seat, self.command)), kind="note"),
        )

    def talk(self) -> Talk | None:
        """The talk at the table, open or at rest."""
        found = talk_at(self.flow, self.turn.state, resting=True)
        if found is None:
            return None
        node, unit = found
        stage = self.turn.state.stages[(node.id, unit)]
        return Talk(self, node, unit, node.step, stage) if isinstance(node.step, Discuss) else None

    def addressed(self) -> Call | None:
        """The same call with the table that it is for, and without its number; None where the person was told what is missing.

        Who leads several tables writes the number first. The engine has loaded the table that `number_named` names."""
        if self.seat.role not in OVERSEEING:
            if self.table is None:
                none = t("You have no table yet. You will be told here when you have one.")
                if self.seat.role == "facilitator":
                    none = t("You lead no table now. You will be told here when you do.")
                self.reply(none)
                return None
            return self
        found = _NUMBER.match(self.args)
        if found is None:
            self.wrong(t("Please write the table's number first."))
            return None
        table = self.turn.state.table
        if table is None or table.number != int(found[1]) or not leads(self.seat, table):
            self.reply(t("There is no table {number} of yours.", number=found[1]))
            return None
        return replace(self, args=found[2] or "", at=table)


@dataclass(frozen=True, slots=True)
class Talk:
    """The talk that a command is about."""

    call: Call
    node: Node
    unit: str
    step: Discuss
    stage: Stage

    @property
    def scene(self) -> Scene:
        return self.call.turn.scene(self.node, self.unit)

    def take(self, effects: Iterator[Effect]) -> None:
        """Carry out what the talk yields."""
        self.call.turn.hook(self.node, self.unit, effects)


def parse(text: str) -> tuple[str, str]:
    """The name of a command, in small letters, and what stands behind it: "/Extend@pnyx_bot 10m" is ("extend", "10m")."""
    found = _COMMAND.fullmatch(text.strip())
    return (found[1].casefold(), found[2].strip()) if found else ("", "")


def number_named(seat: Seat | None, event: Heard) -> int | None:
    """The number of the table that a typed command names, for those who lead several: `/extend 3 10m`."""
    if seat is None or not event.text.startswith("/"):
        return None
    name, args = parse(event.text)
    if name == "watch" and seat.role == "observer":
        found = _NUMBER.match(args)
        return int(found[1]) if found else None
    if seat.role not in OVERSEEING:
        return None
    command = COMMANDS.get(name)
    if name == "invite":
        found = _TABLE.search(args)
    else:
        found = _NUMBER.match(args) if command is not None and command.where != "anywhere" else None
    return int(found[1]) if found else None


def numbered(seat: Seat, command: Command) -> str:
    """The number of a table that stands in a command's example for this person; "" for those who lead one table alone."""
    return "3" if seat.role in OVERSEEING and command.where != "anywhere" else ""


def example(seat: Seat, command: Command) -> Part:
    """The command's example as this person would write it."""
    return command.written(numbered(seat, command))


def named(flow: Flow, node: Node) -> Part:
    """A step as people read it: its title, else its id."""
    return flow.local(node.step.title) if node.step.title else Plain(node.id)


def find(call: Call, text: str) -> tuple[Seat, str] | None:
    """The participant at the table, or else of all whose name stands first, and what stands behind it; None where the person was
    told whom there are. Of names that begin alike the longest one is meant."""
    table, said = call.table, text.casefold()
    members: tuple[Seat, ...] = table.members if table is not None else call.turn.state.facts.get("here", ())
    named = (m for m in members if m.name and f"{said} ".startswith(f"{m.name.casefold()} "))
    meant = sorted(named, key=lambda m: -len(m.name))
    if table is None and len(meant) > 1 and meant[0].name.casefold() == meant[1].name.casefold():
        call.reply(
            t("Several people here are called {name}. Once they sit at tables, please write the number of the table first.",
              name=Name(meant[0].id))
        )  # fmt: skip
        return None
    if meant:
        return meant[0], text[len(meant[0].name) :].strip()
    names = tuple(Name(m.id) for m in members if m.name)[:MANY]
    if table is None:
        call.wrong(t("Here are {names}.", names=Several(names)) if names else t("Nobody here has a name yet."))
        return None
    call.wrong(t("At this table are {names}.", names=Several(names)) if names else t("Nobody sits at this table."))
    return None


def worded(call: Call, text: str) -> str | None:
    """A text that can be kept; None where the person was told what is wrong with it."""
    cleaned = clean_text(text, LONGEST)
    if not cleaned.text:
        call.wrong(t("Please write your text after the command."))
        return None
    if cleaned.problem is not None:
        call.reply(cleaned.problem)
        return None
    return cleaned.text
