"""What waits, laid out in memory by account and chat, and the transaction of a turn that takes from it.

Invariants:

* What is in memory follows from the database, and a row is taken only if it still waits there. After `anew` everything is read
  again, but for what is under way.
* A turn is one transaction: what was answered is written, what is new is looked at, what leaves next is looked up and, where a
  repeat would be seen, marked. If it fails, `undo` and `anew` make good what it changed here.
* Where a reader is reached is looked up when a row is seen, and again when it leaves.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.engine import outcomes
from bot.engine.backlog import Line
from bot.engine.chats import Chat, Pick
from bot.engine.faults import place
from bot.engine.handing import Leaving
from bot.engine.house import House
from bot.engine.letters import Desk, Letter
from bot.engine.outcomes import Outcome, outcome
from bot.engine.pacing import slow
from bot.store import buttons, holds, outbox
from bot.store.buttons import Buttons
from bot.store.database import Database
from bot.store.outbox import Horizon, Waiting
from bot.store.queue import OutboxRow
from bot.transports.port import Transport

log = logging.getLogger(__name__)

BATCH = 200
"""How many messages leave between two marks where nothing is held back and a repeat is harmless."""

LOOKED_AT = 500
"""How many rows of the outbox a turn looks at, at most."""

QUIET = 60_000
"""Milliseconds. An account that was well for so long and then takes nothing is worth a line in the log."""

LATELY = 61_000
"""So many milliseconds back the pace counts after a restart."""


@dataclass(slots=True)
class Turn:
    """What a turn did: runs of letters to be handed over one after the other, all picks, and how many rows it dealt with."""

    runs: list[list[Leaving]] = field(default_factory=list)
    picks: list[tuple[Line, Pick]] = field(default_factory=list)
    dealt: int = 0


class Dispatch:
    """What waits, and where. Called by one sender, one call at a time."""

    def __init__(self, house: House, transports: Mapping[str, Transport]) -> None:
        self.more = False
        """Whether there is more to be looked at."""
        self._house = house
        self._transports = transports
        self._lines = {account: Line(account, tr) for account, tr in transports.items()}
        self._where: dict[tuple[str | bytes, str], tuple[Line, Chat]] = {}
        self._horizon: Horizon | None = None
        self._holds: dict[bytes, tuple[int, int]] = {}
        self._skipped: set[int] = set()
        self._under_way: dict[Leaving, None] = {}
        self._next_hour: int | None = None

    def anew(self) -> None:
        """Read everything anew in the next turn."""
        self._horizon = None

    def undo(self, turn: Turn, now: int) -> None:
        """A turn has failed: nothing of what it took leaves."""
        for line, pick in turn.picks:
            line.undo(pick, now)

    def leaves(self, run: Iterable[Leaving]) -> None:
        """These letters are under way."""
        self._under_way |= dict.fromkeys(run)

    def came_back(self, each: Leaving, now: int) -> Outcome:
        """What follows from an answer; and in what order the rest waits."""
        line, pick, chat = each.line, each.pick, each.pick.chat
        del self._under_way[each]
        able = self._transports[line.account].abilities
        found = outcome(each.letter, chat.place, each.answer, able, each.started, each.ended)
        if each.started:
            line.ended(pick, now, each.started, each.ended)
        else:
            line.undo(pick, now)
        pick.rows[0].pieces = max(each.pieces, 1)
        if found.held == "":
            if now - line.pace.wait.end(now) > QUIET:
                log.warning(
                    "%s takes nothing at present; it is tried again in %.1f s", line.account, (found.at - now) / 1000
                )
            line.pace.wait.set(found.at, now)
        elif found.at > each.ended:
            chat.pace.hold(found.at, slow(found.at, each.ended) if found.held else 0, now)
        if found.fate in ("later", "again", "anew", "unsent"):
            if found.fate == "anew":
                pick.rows[0].act, pick.rows[0].target = "say", ""
            line.back(chat, pick.rows, now)
        if found.fate in ("moved", "lost"):  # what waits there may be read elsewhere
            self.anew()
        return found

    def next(self, now: int) -> int | None:
        """When something may leave, as far as has been looked; None where nothing waits, but for an answer."""
        times = [at for line in self._lines.values() if (at := line.next(now)) is not None]
        times += [self._next_hour] if self._next_hour is not None else []
        return min(times, default=None)

    # In a transaction

    def recover(self, db: Database, now: int) -> int:
        """Take up where an earlier process ended: with its waits, and with what it sent a moment ago. How many messages were
        under way then."""
        abilities = {account: tr.abilities for account, tr in self._transports.items()}
        doubtful = outcomes.recover(db, self._house, abilities, now)
        self._holds = holds.holds(db, now)
        for line in self._lines.values():
            line.pace.wait.set(self._held(db, line.account)[0], now)
        desk = Desk(db, self._house)
        before = [(row.seat, row.door, row.account, row.act, now) for row in doubtful]
        before += [(each.seat, each.door, each.account, each.act, at) for each, at in outbox.lately(db, now - LATELY)]
        for seat, door, account, act, at in before:  # it counts for the pace
            if (where := self._place(db, desk, seat, door, account, now)) is not None:
                where[0].left(where[1], act, at)
        self.anew()
        return len(doubtful)

    def exchange(self, db: Database, turn: Turn, written: Sequence[Outcome], now: int, *, take: bool) -> None:
        """A turn: write these outcomes, look, and take what may leave, if anything is to be taken."""
        if written:
            outcomes.settle(db, self._house, written, now)
            turn.dealt += len(written)
        if self._horizon is None:
            self._read_anew(db, now)
        desk = Desk(db, self._house)
        self._look(db, desk, turn, now)
        if not take:
            return
        picks = [(line, pick) for line in self._lines.values() for pick in _taken(line, now)]
        turn.picks += picks
        turn.dealt += len(picks)
        rows = {row.seq: row for row in outbox.take(db, [w.seq for _, pick in picks for w in pick.rows])}
        marked: list[int] = []
        keyed: list[Buttons] = []
        runs: dict[str, list[Leaving]] = {}
        for line, pick in picks:
            made = self._letter(db, desk, line, pick, [rows[w.seq] for w in pick.rows if w.seq in rows], now)
            if made is None:
                turn.picks.remove((line, pick))
                continue
            leaving = Leaving(line, pick, made[0])
            keyed += [made[1]] if made[1] is not None else []
            if line.marks and made[0].row.act == "say":
                marked += [row.seq for row in made[0].rows]
            if line.batched:
                runs.setdefault(line.account, []).append(leaving)
            else:
                turn.runs.append([leaving])
        turn.runs += runs.values()
        if marked:
            outbox.mark(db, marked, now)
        if keyed:
            buttons.keep(db, keyed, now)

    def unseen(self, db: Database, now: int) -> bool:
        """Whether something waits that has not been looked at."""
        if self._horizon is None:
            return True
        return any(each.seq not in self._skipped for each in outbox.look(db, self._horizon, now, LOOKED_AT)[0])

    def _read_anew(self, db: Database, now: int) -> None:
        for line in self._lines.values():
            line.clear()
            line.tidy(now)
        # Who waits on an account that does not move may be reached elsewhere by now; for others it shows when they are sent to.
        self._where = {
            reader: (line, chat)
            for reader, (line, chat) in self._where.items()
            if line.moves(now) and line.chats.get(chat.place) is chat
        }
        self._skipped = {w.seq for each in self._under_way for w in each.pick.rows}
        self._horizon = Horizon(outbox.newest(db))

    def _look(self, db: Database, desk: Desk, turn: Turn, now: int) -> None:
        """Take up what is new, or has come due."""
        if self._horizon is None:
            return
        found, self._horizon = outbox.look(db, self._horizon, now, LOOKED_AT)
        self.more = len(found) >= LOOKED_AT
        self._next_hour = outbox.next_at(db, now)
        for each in found:
            if each.seq not in self._skipped:
                self._add(db, desk, turn, each, now)
        for line in self._lines.values():
            for seq in line.superseded:
                outbox.gone(db, seq, "Superseded")
            line.superseded.clear()

    def _add(self, db: Database, desk: Desk, turn: Turn, each: Waiting, now: int) -> None:
        where = self._place(db, desk, each.seat, each.door, each.account, now)
        if where is None:
            outbox.gone(db, each.seq, "Erased")
            turn.dealt += 1
            return
        line, chat = where
        line.add(chat, each, now)

    def _place(
        self, db: Database, desk: Desk, seat: str | None, door: bytes | None, through: str, now: int
    ) -> tuple[Line, Chat] | None:
        """Where a reader is reached: the line of the account, and the chat. None where they are not (any more)."""
        reader = seat or door or b"", through
        if (known := self._where.get(reader)) is not None:
            return known
        found = desk.address(seat, door, through)
        if found is None:
            return None
        account, place, in_room = found
        line = self._lines.get(account)
        if line is None:
            line = self._lines[account] = Line(account, None)
        name = line.transport.chat(place) if line.transport is not None else place
        new = name not in line.chats
        chat = line.chat(name, in_room)
        if new and self._holds:
            chat.pace.hold(*self._held(db, account, name), now)
        self._where[reader] = line, chat
        return line, chat

    def _held(self, db: Database, account: str, chat: str = "") -> tuple[int, int]:
        """Until when an earlier process was told to wait, and to be slower."""
        return self._holds.get(holds.scope(db, account, chat), (0, 0))

    def _letter(
        self, db: Database, desk: Desk, line: Line, pick: Pick, rows: list[OutboxRow], now: int
    ) -> tuple[Letter, Buttons | None] | None:
        """What was picked, as a letter; `rows` are those of it that still wait. None where it is not to be sent, or not here."""
        waiting = {w.seq: w for w in pick.rows}
        made = _made(desk, rows) if rows else "Gone"
        if isinstance(made, str):
            for row in rows:
                outbox.gone(db, row.seq, made)
            line.undo(pick, now)
            return None
        found = made[0]
        if found.account != line.account or self._transports[line.account].chat(found.place) != pick.chat.place:
            line.undo(pick, now)  # they are reached elsewhere by now
            self._where.pop((pick.rows[0].reader, pick.rows[0].account), None)
            for row in rows:
                self._add(db, desk, Turn(), waiting[row.seq], now)
            return None
        pick.rows = [waiting[row.seq] for row in found.rows]
        if len(found.rows) < len(rows):
            line.back(pick.chat, [waiting[row.seq] for row in rows[len(found.rows) :]], now)
        return made


def _made(desk: Desk, rows: list[OutboxRow]) -> tuple[Letter, Buttons | None] | str:
    """Rows as a letter, or why not. One of which nothing can be made is given up, and stops nobody."""
    try:
        return desk.letter(rows)
    except sqlite3.Error:
        raise
    except Exception as error:
        log.error("message %d cannot be sent: %s at %s", rows[0].seq, type(error).__name__, place(error))
        return type(error).__name__


def _taken(line: Line, now: int) -> list[Pick]:
    """What may leave on an account now."""
    if line.batched and line.busy:
        return []
    picks: list[Pick] = []
    while len(picks) < BATCH and (pick := line.take(now)) is not None:
        picks.append(pick)
    return picks
