"""Writing a rehearsal down while it is played, and playing again what was written down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.core.rendered import Rendered, plain
from bot.engine.clock import ManualClock
from bot.language.flowfiles import bundle
from bot.rehearsal.hall import Hall, open_hall
from bot.rehearsal.script import BadScript, Line, Script, fold, found, pair_of, pressed, says, waits, words_of
from bot.rehearsal.village import Village
from bot.transports.port import Batch, Incoming, PlainTransport, Receipt

_SECOND = timedelta(seconds=1)


class Scribe:
    """Writes lines. What people hear is held back until somebody acts, so that the same words to many stand there once.

    `tables` says who sits where at the moment.
    """

    def __init__(self, start: datetime) -> None:
        self.lines: list[Line] = []
        self.tables: tuple[tuple[str, frozenset[str]], ...] = ()
        self._at = start
        self._heard: list[tuple[datetime, str, str]] = []
        self._read: dict[str, list[Rendered]] = {}
        self._stands: dict[str, list[tuple[str, str]]] = {}

    def heard(self, at: datetime, who: str, message: Rendered, remote: str = "") -> None:
        """Somebody reads a message, which has this id in their chat."""
        words = "\n".join(row.rstrip() for row in plain(message).split("\n")).rstrip("\n")
        self._heard.append((_whole(at), who, words))
        self._read.setdefault(who, []).append(message)
        self.stands(who, remote, words)

    def stands(self, who: str, remote: str, words: str) -> None:
        """These words stand in somebody's chat, in the message with this id."""
        self._stands.setdefault(who, []).append((remote, words))

    def where(self, who: str, words: str) -> str:
        """The id of the newest message of somebody's chat in which these words stand; "" where there is none."""
        return next((remote for remote, there in reversed(self._stands.get(who, [])) if words in there), "")

    def acted(self, event: Incoming) -> None:
        """Somebody writes or presses something."""
        if event.press:
            line = Line("presses", (event.user,), pressed(event.press, self.read_by(event.user)))
        elif event.text.startswith("/join "):
            line = Line("joins", (event.user,))
        else:
            line = says(event.user, event.text)
        self.put(event.at, line)

    def put(self, at: datetime, line: Line) -> None:
        """A line, behind everything that was heard before it."""
        self.flush()
        self._wait(_whole(at))
        self.lines.append(line)

    def read_by(self, who: str) -> list[Rendered]:
        """What somebody has read so far."""
        return self._read.get(who, [])

    def flush(self) -> None:
        """Write down what was heard."""
        heard, self._heard = self._heard, []
        for at in sorted({at for at, _, _ in heard}):
            self._wait(at)
            self.lines += fold(((who, words) for then, who, words in heard if then == at), self.tables)

    def _wait(self, until: datetime) -> None:
        if until > self._at:
            self.lines.append(waits(until - self._at))
            self._at = until


class Puppets(PlainTransport):
    """A transport whose people do what a script says; it passes for the village."""

    account = Village.account

    def __init__(self, clock: ManualClock, scribe: Scribe) -> None:
        self._clock = clock
        self._scribe = scribe
        self._known: set[tuple[str, str]] = set()

    async def receive(self, cursor: str, wait: bool = True) -> Batch:
        return Batch((), cursor)

    async def send(self, place: str, message: Rendered, key: str) -> Receipt:
        if (place, key) not in self._known:
            self._known.add((place, key))
            self._scribe.heard(self._clock.now(), place, message, key)
        return Receipt(key)

    async def close(self) -> None:
        """Nothing to let go of."""


async def replay(script: Script, folder: Path) -> Script:
    """Play a script again: the same inputs, and what people hear now. Its flow is looked for from `folder` on.

    Raises `BadScript` where somebody presses what nobody offered, `NotAFlow`, `StoreError`.
    """
    clock = ManualClock(script.start)
    scribe = Scribe(clock.now())
    hall = await open_hall(bundle(folder / script.flow), script.seed, [Puppets(clock, scribe)], clock)
    try:
        await Replay(script, hall, scribe).play()
    finally:
        await hall.close()
    return replace(script, lines=tuple(scribe.lines))


class Replay:
    """One way through a script. What people do is handed over to the engine; a platform in between does it otherwise."""

    def __init__(self, script: Script, hall: Hall, scribe: Scribe) -> None:
        self._script = script
        self._hall = hall
        self._scribe = scribe
        self._people = {p.user: p for p in script.people}
        self._acts: list[tuple[Incoming, Line]] = []
        self._count = 0

    async def play(self) -> None:
        codes = await self._hall.codes({p.user: (p.role, p.site) for p in self._script.people})
        for line in self._script.lines:
            if line.verb in ("joins", "says", "replies", "edits", "presses"):
                self._acts.append((self._act(line, codes), line))
                continue
            await self._take_in()
            match line.verb:
                case "wait":
                    await self._hall.wait_until(self._hall.clock.now() + timedelta(seconds=int(line.what)))
                case "begin":
                    await self._write(Line("begin"))
                    await self._hall.begin()
                case "restart":
                    await self._write(Line("restart"))
                    await self._hall.restart()
                case _:
                    pass  # what was heard then; now is now
        await self._take_in()
        await self._hall.to_the_end()
        await self._write()

    async def _take_in(self) -> None:
        acts, self._acts = self._acts, []
        if acts:
            self._scribe.tables = tuple((await self._hall.tables()).items())
            for act, line in acts:
                if line.verb in ("replies", "edits"):
                    self._scribe.put(act.at, line)
                else:
                    self._scribe.acted(act)
            await self.hand_over(Batch(tuple(act for act, _ in acts), str(self._count)))

    async def hand_over(self, done: Batch) -> None:
        """Let the engine know what people have done at this instant."""
        await self._hall.take_in(Puppets.account, done)

    async def _write(self, *lines: Line) -> None:
        self._scribe.tables = tuple((await self._hall.tables()).items())
        self._scribe.flush()
        for line in lines:
            self._scribe.put(self._hall.clock.now(), line)

    def _act(self, line: Line, codes: dict[str, str]) -> Incoming:
        (user,) = line.who
        if user not in self._people:
            raise BadScript(f"{user} {line.verb} something, but is not among the people")
        self._count += 1
        language = self._people[user].language
        act = Incoming(
            str(self._count), user, user, self._hall.clock.now(), language=language, message=f"said-{self._count}"
        )
        match line.verb:
            case "joins":
                act = replace(act, text=f"/join {codes[user]}")
            case "says":
                act = replace(act, text=words_of(line))
            case "replies":
                text, old = pair_of(line)
                act = replace(act, text=text, answers=self._found(line, old))
            case "edits":
                old, text = pair_of(line)
                act = replace(act, text=text, kind="edit", message=self._found(line, old))
            case _:
                press = found(line.what, self._scribe.read_by(user)) or ""
                if not press:
                    raise BadScript(f"{user} presses {line.what}, but nobody has offered this button to {user}")
                return replace(act, press=press, message="")
        self._scribe.stands(user, act.message, act.text)
        return act

    def _found(self, line: Line, words: str) -> str:
        """The id of the message that is meant."""
        (user,) = line.who
        remote = self._scribe.where(user, words)
        if not remote:
            raise BadScript(f"{user} {line.verb} {line.what}, but nowhere in the chat of {user} stands: {words}")
        return remote


def changes(before: Iterable[Line], after: Iterable[Line]) -> list[Line]:
    """The lines of `after` from the first one that differs on, a few of them; empty where nothing does."""
    old, new = list(before), list(after)
    first = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    return new[first : first + 5] or old[first : first + 5]


def _whole(at: datetime) -> datetime:
    """The instant, rounded up to a whole second: a script waits whole seconds."""
    return at if not at.microsecond else at.replace(microsecond=0) + _SECOND
