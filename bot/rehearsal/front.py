"""A rehearsal in which somebody at a keyboard plays along: anna, ben and the facilitator maya; the others are invented.

Time stands still while one thinks. `/wait 2d` lets two days pass, `/wait` alone lets it pass until somebody who is played
hears something.
"""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console as Terminal
from rich.text import Text

from bot.core.flow import Flow
from bot.core.rendered import Rendered
from bot.core.schedule import duration
from bot.core.state import Role
from bot.engine.clock import ManualClock
from bot.rehearsal.play import Rehearsal, open_rehearsal
from bot.transports.console import HELP, Console
from bot.transports.lines import Lines
from bot.transports.port import Batch, Incoming, Receipt

PLAYED: Mapping[str, Role] = {"anna": "participant", "ben": "participant", "maya": "facilitator"}

MORE = """\
  /wait 2d           two days pass, or 90s, 40m, 1h30m
  /wait              time passes until somebody whom you play hears something
  /quit              the end
"""
INTRO = "You play anna, ben and the facilitator maya; all the others are invented. Time passes only when you say /wait."


class Counted(Console):
    """The console, and how many messages it has shown."""

    shown = 0

    async def send(self, place: str, message: Rendered, key: str) -> Receipt:
        self.shown += 1
        return await super().send(place, message, key)


class Front:
    """Stands between the keyboard and the rehearsal. `play` returns when the keyboard ends, at `/quit`, or with the flow."""

    def __init__(self, lines: Lines, terminal: Terminal) -> None:
        self._lines = lines
        self._terminal = terminal
        self._rehearsal: Rehearsal | None = None
        self._console: Counted | None = None
        self._quit = False

    async def play(self, bundle: str, flow: Flow, *, seed: str, people: int | None) -> Rehearsal:
        """Play a flow. The rehearsal is given back open, as it stands."""

        def beside(clock: ManualClock) -> list[Counted]:
            titles = {
                id: flow.local(node.step.title).texts.get(flow.source_language, id) for id, node in flow.nodes.items()
            }
            self._console = Counted(self._lines, clock.now, terminal=self._terminal, titles=titles, hook=self._command)
            return [self._console]

        rehearsal = await open_rehearsal(bundle, seed=seed, people=people, played=tuple(PLAYED.values()), beside=beside)
        self._rehearsal = rehearsal
        self._say(INTRO + "\n" + HELP + MORE)
        await self._join(rehearsal)
        await rehearsal.seat_everybody()
        await rehearsal.begin()
        await rehearsal.hall.engine.settle()
        while not self._quit and not await rehearsal.hall.over():
            try:
                await self._one_line(rehearsal)
            except EOFError:
                break
        return rehearsal

    async def _one_line(self, rehearsal: Rehearsal) -> None:
        if self._console is None:
            raise RuntimeError("the console is opened with the rehearsal")
        batch = await self._console.receive("")
        if batch.events:
            await rehearsal.hall.take_in(self._console.account, batch)
            await rehearsal.hall.engine.settle()

    async def _join(self, rehearsal: Rehearsal) -> None:
        site = rehearsal.flow.file.schedule.sites[0]
        codes = await rehearsal.hall.codes({name: (role, site.id) for name, role in PLAYED.items()})
        words = {name: f"/join {code}" for name, code in codes.items()}
        named = {name: f"/name {name.capitalize()}" for name, role in PLAYED.items() if role != "participant"}
        events = tuple(
            Incoming(f"{what}/{name}", name, name, rehearsal.now, text, language=site.languages[0])
            for what, said in (("join", words), ("name", named))
            for name, text in said.items()
        )
        await rehearsal.hall.take_in("console:main", Batch(events, ""))

    async def _command(self, line: str) -> bool:
        """What is meant for the rehearsal and not for anybody in it."""
        word, _, rest = line.strip().partition(" ")
        if word == "/quit":
            self._quit = True
        elif word == "/wait":
            await self._wait(rest.strip())
        elif word in ("?", "/?"):
            self._say(HELP + MORE)
        else:
            return False
        return True

    async def _wait(self, span: str) -> None:
        rehearsal, console = self._rehearsal, self._console
        if rehearsal is None or console is None:
            return
        try:
            until = duration(span) if span else None
        except ValueError as error:
            self._say(str(error))
            return
        if until is not None:
            await rehearsal.run(until)
            await rehearsal.hall.engine.settle()
        else:
            before = console.shown
            while console.shown == before and await rehearsal.step():
                await rehearsal.hall.engine.settle()
        zone = rehearsal.flow.zone(rehearsal.flow.courses[0])
        self._say(f"It is {rehearsal.now.astimezone(zone):%A %d %B, %H:%M:%S}.")

    def _say(self, text: str) -> None:
        self._terminal.print(Text(text, style="dim"))
