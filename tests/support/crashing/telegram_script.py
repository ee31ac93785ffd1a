"""The scenarios of the crash harness that are played on Telegram.

A scenario is a flow (`scenarios/telegram/NAME.toml`) and a script (`scenarios/telegram/NAME.txt`):

    @cast anna participant west de     anna takes part from the start; with `new` at the end she has not consented yet, with
                                       `invited` she comes in by an invitation that she has not used yet
    @50m                               time passes until fifty minutes after the start
    @group Square faye                 a group of these people, with the bot as an administrator
    @enter anna Square                 anna comes into the group
    @migrate Square                    it becomes a supergroup; with `untold` the bot learns it from a refusal only
    @end                               time passes until nothing waits any more
    anna: Hello                        anna writes to the bot; `anna in Square: Hello` writes in the group
    anna: [Yes]                        she presses the newest button there whose label begins so
    anna: ~ Good evening               she changes her last message there
    anna: {invitation} or {code}       what the bot once gave her for this purpose stands for these
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.support.crashing.world import SCENARIOS

FOLDER = SCENARIOS / "telegram"


@dataclass(frozen=True)
class Scripted:
    """A scenario on Telegram."""

    name: str

    @property
    def flow(self) -> Path:
        return FOLDER / f"{self.name}.toml"

    @property
    def lines(self) -> list[str]:
        text = (FOLDER / f"{self.name}.txt").read_text()
        return [line for line in text.splitlines() if line and not line.startswith("#")]

    @property
    def cast(self) -> list[list[str]]:
        """Name, role, site, language, and `new` or `invited`, of each."""
        return [line.split()[1:] for line in self.lines if line.startswith("@cast")]


def scripted() -> tuple[Scripted, ...]:
    return tuple(Scripted(path.stem) for path in sorted(FOLDER.glob("*.toml")))
