"""What becomes of a message that was handed over: by what the transport answered, and by what kind of message it is.

Invariants:

* What was answered is written in one transaction with everything that follows from it.
* Where nobody knows whether a message arrived: a change is made again, since twice does no harm. A step or an answer is sent
  again and says so. What carries somebody's words is not, since repetition gives them weight: those who lead the table are
  told. A reminder is dropped.
* What cannot be changed any more is said anew; what cannot be deleted is reported.
* Whoever cannot be reached, and a room that is gone or has moved, is known from then on (`bot.engine.reach`).
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from bot.core.effects import Lane
from bot.core.events import encode as encode_event
from bot.core.heard import Remained
from bot.core.message import Message, Name, Several, Words, block, decode, encode, message, t
from bot.engine import reach
from bot.engine.carrying import recipients
from bot.engine.faults import place
from bot.engine.house import House
from bot.engine.letters import Letter, address
from bot.engine.pacing import slow
from bot.engine.work import Work
from bot.store import copies, holds, media, opinions, outbox, people, questions, queue, rooms
from bot.store.database import Database
from bot.store.queue import InRow, OutboxRow, OutRow
from bot.store.times import instant
from bot.transports.port import Abilities, Gone, Moved, Receipt, Refused, Retry, Uncertain

log = logging.getLogger(__name__)

TRIES = 8
"""A message that fails so often for a reason of our own is given up."""

REPEATS = 2
"""How often a message is sent again that may have arrived."""

BACK_OFF = timedelta(seconds=2)
PATIENCE = timedelta(minutes=10)
REPEAT = block(t("(This may be a repeat.)"), kind="note")
REMINDER = "/remind/"
"""Stands in the key of every reminder."""

Fate = Literal["sent", "later", "again", "anew", "gone", "lost", "moved", "stays", "doubt", "unsent"]
"""It was sent; is tried again later; again, marked; is said in a new message. It will never arrive; nor will anything else there;
the room has moved; it cannot be deleted; it may have arrived and is not sent again; it was not handed over at all."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a transport answered (None where the letter was not handed over), between which instants, and what follows: the
    fate, when to try again, and why not. `held` is the chat that has to wait until then, "" for the whole account."""

    letter: Letter
    answer: Receipt | Exception | None
    started: int
    ended: int
    fate: Fate
    at: int = 0
    why: str = ""
    held: str | None = None


def outcome(
    letter: Letter, chat: str, answer: Receipt | Exception | None, abilities: Abilities, started: int, ended: int
) -> Outcome:
    """What follows from an answer about this chat."""

    def made(fate: Fate, wait: timedelta = timedelta(0), why: str = "", held: str | None = None) -> Outcome:
        later = math.ceil(wait / timedelta(milliseconds=1))
        return Outcome(letter, answer, started, ended, fate, ended + later + bool(later), why, held)

    tries = letter.row.tries
    match answer:
        case None:
            return made("unsent")
        case Receipt():
            return made("sent")
        case Retry(after=after, scope=scope):
            return made("later", after, "Retry", chat if scope == "chat" else "")
        case Gone():
            return made("lost", why=str(answer) or "gone")
        case Moved():
            return made("moved", why=answer.place)
        case Refused():
            if letter.act == "delete" or letter.row.act == "delete":
                return made("stays", why="Refused")
            cosmetic = (
                letter.row.lane == Lane.BROADCAST
            )  # so `bot.engine.changing.redraw` marks what nobody needs to be told
            return made("anew" if letter.act == "edit" and not cosmetic else "gone", why="Refused")
        case Uncertain(forgotten=forgotten):
            fate = doubtful(letter.row, abilities.repeatable and not forgotten)
            return made(fate, _back_off(tries) if tries or fate == "later" else timedelta(0), "Uncertain")
        case _:
            log.error("sending message %d failed: %s at %s", letter.row.seq, type(answer).__name__, place(answer))
            return made("gone" if tries + 1 >= TRIES else "later", _back_off(tries), type(answer).__name__)


def doubtful(row: OutboxRow, repeatable: bool) -> Fate:
    """What to do with a message that may have arrived."""
    if row.act != "say" or repeatable:
        return "later"
    if row.about or row.lane == Lane.TALK:
        return "doubt"
    if REMINDER in row.key:
        return "gone"
    return "again" if row.tries < REPEATS else "doubt"


def _back_off(tries: int) -> timedelta:
    return min(BACK_OFF * (1 << min(tries, 10)), PATIENCE)


# In the transaction


def settle(db: Database, house: House, ended: Sequence[Outcome], now: int) -> None:
    """Write what has become of messages."""
    doubted: list[OutboxRow] = []
    for account in dict.fromkeys(each.letter.account for each in ended):
        sent = (each for each in ended if each.fate == "sent" and each.letter.account == account)
        outbox.sent(db, [(row.seq, _id(each), each.ended) for each in sent for row in each.letter.rows], account)
    for each in ended:
        rows, answer = each.letter.rows, each.answer
        if each.letter.question and each.fate in ("gone", "lost", "moved", "doubt"):
            questions.given_up(db, each.letter.question)
        match each.fate:
            case "sent" if isinstance(answer, Receipt):
                _carried(db, house, each.letter, answer, each.ended)
            case "later":
                _hold(db, each)
                for row in rows:
                    outbox.retry(db, row.seq, each.at)
            case "again":
                for row in rows:
                    _again(db, row, each.at)
            case "anew":
                outbox.anew(db, rows[0].seq)
            case "lost":
                where = each.letter.account, each.letter.place
                reach.undeliverable(db, rows[0].seat, rows[0].door, *where, each.why, now)
                if _elsewhere(db, rows[0], where):
                    outbox.unmark(db, [row.seq for row in rows])
                else:
                    _give_up(db, rows, each.why)
            case "moved":
                reach.room_moved(db, each.letter.account, each.letter.place, each.why, now)
                there = rooms.address(db, rows[0].door or b"")
                if there is not None and there != (each.letter.account, each.letter.place):
                    outbox.unmark(db, [row.seq for row in rows])
                else:
                    _give_up(db, rows, "Moved")
            case "stays":
                _give_up(db, rows, each.why)
                for row in rows:
                    _remains(db, row, now)
            case "doubt":
                _give_up(db, rows, each.why)
                doubted += rows
            case "unsent":
                outbox.unmark(db, [row.seq for row in rows])
            case _:
                _give_up(db, rows, each.why)
    if doubted:
        _tell(db, house, doubted, now)


def _elsewhere(db: Database, row: OutboxRow, where: tuple[str, str]) -> bool:
    """Whether somebody who cannot be reached there any more has another chat, in which they can read it."""
    if row.seat is None or row.act != "say":
        return False
    found, seat = address(db, row.seat, None), people.load_seat(db, row.seat)
    return found is not None and found[:2] != where and seat is not None and not seat.lost


def recover(db: Database, house: House, abilities: Mapping[str, Abilities], now: int) -> list[OutboxRow]:
    """After a start: what was under way when the process ended may have arrived or not. These messages."""
    doubted: list[OutboxRow] = []
    found = outbox.under_way(db)
    for row, since in found:
        where = address(db, row.seat, row.door, row.account)
        able = abilities.get(where[0]) if where is not None else None
        known = able is not None and able.repeatable and _remembered(able, now - since)
        match doubtful(row, known):
            case "later":
                outbox.unmark(db, [row.seq])
            case "again":
                gap = able.pace.chat_gap if able is not None and able.pace is not None else 0
                _again(
                    db, row, now + int(gap * 1000)
                )  # it may have left a moment ago, whatever becomes of this process
            case fate:
                outbox.gone(db, row.seq, "Uncertain")
                doubted += [row] if fate == "doubt" else []
    if doubted:
        _tell(db, house, doubted, now)
    return [row for row, _ in found]


def _remembered(able: Abilities, span: int) -> bool:
    """Whether the platform still knows the key of a message that was handed over so many milliseconds ago."""
    return able.remembers is None or span < able.remembers / timedelta(milliseconds=1)


def _id(each: Outcome) -> str:
    return each.answer.id if isinstance(each.answer, Receipt) else ""


def _carried(db: Database, house: House, letter: Letter, receipt: Receipt, at: int) -> None:
    """Note where a contribution stands now, and what the account calls a file from now on."""
    if letter.question and letter.row.act == "say":
        questions.arrived(db, letter.question, receipt.id)
    if letter.message.shows and letter.row.act == "say" and letter.holder:
        copies.note(
            db, letter.holder, receipt.id, letter.row.assembly, letter.message.shows, at, account=letter.account
        )
    for row in letter.rows:
        if row.act == "delete":
            copies.forget(db, letter.holder, letter.account, row.target, row.about)
        elif row.act == "edit" and receipt.id and receipt.id != row.target:
            copies.rename(db, letter.holder, letter.account, row.target, receipt.id)
            questions.rename(db, letter.holder, letter.account, row.target, receipt.id)
        elif row.act == "say" and row.about and letter.holder:
            copies.note(
                db, letter.holder, receipt.id, row.assembly, row.about, at, account=letter.account, told=letter.told
            )
            if opinions.taken_back(db, row.assembly, row.about) and letter.account in house.editing:
                _delete(db, row, letter.account, receipt.id, at)
    file = letter.file
    if file is not None and file.id and receipt.ref and receipt.ref != file.ref:
        media.remember_sent(db, letter.account, file.id, receipt.ref)


def _delete(db: Database, row: OutboxRow, account: str, remote: str, at: int) -> None:
    """Delete a copy of what was taken back while it was on its way."""
    body = encode(Message(())).encode()
    queue.say(
        db,
        [
            OutRow(
                f"{row.key}/back", row.assembly, row.seat, int(Lane.TALK), at, body, row.step, row.door, "delete",
                remote, row.about, account=account,
            )
        ],
    )  # fmt: skip


def _hold(db: Database, each: Outcome) -> None:
    """Keep a wait that the platform has asked for."""
    if each.held is not None:
        slower = slow(each.at, each.ended) if each.held else 0
        holds.hold(db, holds.scope(db, each.letter.account, each.held), each.at, slower)


def _again(db: Database, row: OutboxRow, at: int) -> None:
    """Send what may have arrived once more, with a line that says so."""
    if row.body is None:
        outbox.gone(db, row.seq, "Erased")
        return
    said = decode(row.body.decode())
    if REPEAT not in said.blocks:
        said = replace(said, blocks=(REPEAT, *said.blocks))
    outbox.again(db, row, encode(said).encode(), at)


def _give_up(db: Database, rows: Sequence[OutboxRow], why: str) -> None:
    for row in rows:
        outbox.gone(db, row.seq, why)


def _remains(db: Database, row: OutboxRow, now: int) -> None:
    """Report a copy that could not be deleted."""
    if row.about:
        left = Remained(row.about, _table(db, row), (row.seat or "",), instant(now), row.key.partition("/delete/")[0])
        queue.put_events(db, [InRow(row.assembly, f"remained/{row.key}", left.kind, now, now, encode_event(left))])


def _tell(db: Database, house: House, rows: Sequence[OutboxRow], now: int) -> None:
    """Tell those who lead a table, or the site, what may not have reached whom."""
    work = Work(db, house, instant(now))
    parted: dict[tuple[str, str], list[OutboxRow]] = {}
    for row in rows:
        if row.assembly:
            parted.setdefault((row.assembly, _table(db, row)), []).append(row)
    for (assembly, table), lost in parted.items():
        seat = people.load_seat(db, lost[0].seat) if lost[0].seat is not None else None
        unit = ("facilitators", table) if table else ("coordinators", seat.site if seat is not None else "")
        whom = tuple(Name(seat) if seat else t("the room of the table") for seat in dict.fromkeys(r.seat for r in lost))
        quoted = (block(Words(id), kind="quote") for id in dict.fromkeys(r.about for r in lost if r.about))
        told = message(
            t(
                "The connection broke while I was sending something, so it may not have reached: {people}. I do "
                "not send it again, so that nobody reads it twice.",
                people=Several(whom),
            ),
            *quoted,
        )
        for leader in recipients(work, assembly, *unit):
            work.say(assembly, leader, encode(told).encode(), f"doubt/{lost[0].seq}", int(Lane.STEP), "", True)
    work.flush()


def _table(db: Database, row: OutboxRow) -> str:
    """The table of whoever reads a row."""
    if row.seat is not None:
        seat = people.load_seat(db, row.seat)
        return seat.table if seat is not None else ""
    return rooms.table_of(db, row.door or b"") or ""
