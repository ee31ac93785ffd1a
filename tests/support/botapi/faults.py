"""What goes wrong on demand: errors of the server, silence, cut connections, slow answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["error", "hang", "cut", "slow"]


@dataclass
class Fault:
    """One thing to go wrong, `times` times, in calls of `method` ("" any but getUpdates) and to `chat` (0 any).

    `error` answers `code` (500 as JSON, 502 as a page of the web server) and does nothing. `hang` never answers, `cut` drops
    the connection: both before the call has had its effect, or `after`. `slow` answers after so many seconds."""

    kind: Kind
    method: str = ""
    chat: int = 0
    bot: int = 0
    times: int = 1
    code: int = 500
    seconds: float = 0.0
    after: bool = False

    def hits(self, bot: int, method: str, chat: int) -> bool:
        named = method == self.method if self.method else method != "getUpdates"
        return self.times > 0 and named and self.chat in (0, chat) and self.bot in (0, bot)


@dataclass
class Faults:
    """The faults that lie ahead, in the order in which they were planned."""

    planned: list[Fault] = field(default_factory=list)
    happened: list[Fault] = field(default_factory=list)

    def plan(self, kind: Kind, method: str = "", **how: int | float | bool) -> Fault:
        fault = Fault(kind, method, **how)  # type: ignore[arg-type] # the names and types are Fault's own
        self.planned.append(fault)
        return fault

    def take(self, bot: int, method: str, chat: int) -> Fault | None:
        """The next fault that hits this call."""
        for fault in self.planned:
            if fault.hits(bot, method, chat):
                fault.times -= 1
                self.happened.append(fault)
                if not fault.times:
                    self.planned.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        self.planned.clear()
