"""From the outbox to people: what is due is looked up, put into the reader's language, handed to a transport, and marked.

Invariants:

* Words and names are looked up when a message leaves, so what was withdrawn or erased before that is not sent.
* On a transport where a repeat would be seen, a message is marked as under way before it is handed over, one at a time;
  after a crash it is the only one that may repeat, and it says so.
* While a reader's message waits for another try, later ones for the same reader wait behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.core.message import Message, Name, Part, Phrase, Several, Words, block, decode, encode, t
from bot.core.talk import NAMELESS
from bot.engine import reach
from bot.engine.clock import Clock
from bot.engine.house import House
from bot.language.render import Reader, render_together
from bot.store import identities, opinions, people, queue, rooms, tables
from bot.store.connection import Store
from bot.store.database import Database
from bot.store.queue import OutboxRow
from bot.store.times import ms
from bot.transports.port import Gone, Moved, Receipt, Refused, Retry, Transport, Uncertain

BATCH = 200
"""How many messages leave between two marks on a transport where a repeat is harmless."""

TRIES = 8
"""After so many tries the next one waits for `PATIENCE`."""

PATIENCE = timedelta(minutes=10)
BACK_OFF = timedelta(seconds=2)
REPEAT = block(t("(This may be a repeat.)"), kind="note")


@dataclass(frozen=True, slots=True)
class Letter:
    """A message with everything that it takes to send it."""

    row: OutboxRow
    account: str
    place: str
    message: Message
    readers: tuple[Reader, ...]
    words: Mapping[str, str]
    names: Mapping[str, str]


def collect(db: Database, house: House, now: int, limit: int, mark: bool) -> tuple[list[Letter], list[tuple[int, str]]]:
    """The next letters, and the rows that cannot be sent at all, with the reason."""
    rows = queue.claim(db, now, limit) if mark else queue.peek(db, now, limit)
    letters: list[Letter] = []
    dead: list[tuple[int, str]] = []
    read: dict[bytes, Message] = {}  # what a whole table is told stands in as many rows, and is read once
    for row in rows:
        made = letter(db, house, row, read)
        if isinstance(made, Letter):
            letters.append(made)
        else:
            dead.append((row.seq, made))
    for seq, why in dead:
        queue.gone(db, seq, why)
    return letters, dead


def letter(db: Database, house: House, row: OutboxRow, read: dict[bytes, Message]) -> Letter | str:
    """A row of the outbox as a letter, or why it cannot be one. `read` are the messages that have been read already."""
    where = identities.address(db, row.seat) if row.seat is not None else door_to(db, row.door or b"")
    if where is None or row.body is None:
        return "Erased"
    said = read.get(row.body)
    if said is None:
        said = read[row.body] = decode(row.body.decode())
    if row.seat is None:
        readers = in_room(db, house, row) or (Reader(identities.spoken(db, row.door or b"") or "en", "UTC"),)
    else:
        home = people.home(db, row.seat)
        if home is None:
            return "Erased"
        flow = house.flow(db, row.assembly)
        site = flow.sites.get(home[0]) or flow.file.schedule.sites[0]
        readers = (Reader(home[1], site.zone),)
        if identities.shared(db, row.seat):
            said = addressed(said, row.seat)
    words, seats = mentioned(said)
    names = people.names(db, seats)
    for nameless, role in people.unnamed(db, [s for s in seats if s not in names]).items():
        names[nameless] = house.catalogs.phrase(NAMELESS[role].text, None, 0, readers[0].lang)
    return Letter(row, *where, said, readers, look_up(db, row.assembly, words), names)


def door_to(db: Database, door: bytes) -> tuple[str, str] | None:
    """Account and place of somebody without a seat, or of a room."""
    return identities.door(db, door) or rooms.address(db, door)


def in_room(db: Database, house: House, row: OutboxRow) -> tuple[Reader, ...]:
    """A room reads in every language of its table, by the clock of the table's site; nobody where it is no room."""
    table = rooms.table_of(db, row.door or b"")
    found = tables.load_table(db, row.assembly, table) if table is not None else None
    if found is None:
        return ()
    zone = house.flow(db, row.assembly).sites[found.site].zone
    source = house.flow(db, row.assembly).source_language
    ordered = sorted(found.languages, key=lambda language: language != source)
    return tuple(Reader(language, zone) for language in ordered)


def addressed(said: Message, seat: str) -> Message:
    """A message in a chat that speaks for several people: it says for whom it is, and its buttons belong to that seat."""
    to = block(t("For {name}:", name=Name(seat)), kind="note")
    buttons = tuple(replace(button, press=f"{button.press}@{seat}") for button in said.buttons)
    return replace(said, blocks=(to, *said.blocks), buttons=buttons)


def mentioned(said: Message) -> tuple[list[str], list[str]]:
    """The contributions and the seats that a message points at."""
    words: list[str] = []
    seats: list[str] = []

    def visit(part: Part) -> None:
        match part:
            case Words(contribution):
                words.append(contribution)
            case Name(seat):
                seats.append(seat)
            case Several(parts):
                for each in parts:
                    visit(each)
            case Phrase(params=params):
                for each in params.values():
                    visit(each)
            case _:
                pass

    for each in said.blocks:
        for part in each.parts:
            visit(part)
    for button in said.buttons:
        visit(button.label)
    return words, seats


def look_up(db: Database, assembly: str, ids: Sequence[str]) -> dict[str, str]:
    """The words behind ids. `id@language` is a translation, or the original where there is none."""
    plain = opinions.words(db, assembly, [id.partition("@")[0] for id in ids])
    found = {}
    for id in ids:
        original, _, language = id.partition("@")
        if original not in plain:
            continue
        found[id] = plain[original]
        if language:
            translated = opinions.translations(db, assembly, [original], language)
            if original in translated:
                found[id] = translated[original][0]
    return found


class Sender:
    """Sends what is due through the transports that are there."""

    def __init__(self, store: Store, house: House, clock: Clock, transports: Iterable[Transport]) -> None:
        self._store = store
        self._house = house
        self._clock = clock
        self._transports = {tr.account: tr for tr in transports}

    @property
    def careful(self) -> bool:
        """True where some transport shows a repeat: then one message is under way at a time."""
        return any(not tr.abilities.repeatable for tr in self._transports.values())

    async def recover(self) -> int:
        """After a start: what was under way may have arrived. It is sent once more, marked. How many there were."""
        return await self._store.transact(_recover, ms(self._clock.now()))

    async def send_due(self) -> int:
        """Send the next letters. How many rows were dealt with; 0 where nothing is due."""
        now = ms(self._clock.now())
        limit = 1 if self.careful else BATCH
        letters, dead = await self._store.transact(collect, self._house, now, limit, self.careful)
        receipts: list[tuple[int, str]] = []
        failures: list[tuple[OutboxRow, str, int]] = []
        unreached: list[tuple[Letter, Gone | Moved]] = []
        behind: set[tuple[str, str]] = set()
        for each in letters:
            if (each.account, each.place) in behind:
                continue
            outcome = await self._send(each)
            if isinstance(outcome, Receipt):
                receipts.append((each.row.seq, outcome.id))
            else:
                behind.add((each.account, each.place))
                failures.append((each.row, *self._policy(each, outcome, now)))
                if isinstance(outcome, Gone | Moved):
                    unreached.append((each, outcome))
        if receipts or failures:
            await self._store.transact(_settle, receipts, failures, now)
        for each, error in unreached:
            await self._store.transact(_unreached, each, error, now)
        return len(letters) + len(dead)

    async def _send(self, each: Letter) -> Receipt | Exception:
        transport = self._transports.get(each.account)
        if transport is None:
            return Retry(timedelta(minutes=1))
        shown = render_together(each.message, each.readers, each.words, each.names, self._house.catalogs)
        try:
            return await transport.send(each.place, shown, f"{each.row.assembly}/{each.row.key}")
        except (Retry, Gone, Moved, Refused, Uncertain) as error:
            return error

    def _policy(self, each: Letter, error: Exception, now: int) -> tuple[str, int]:
        """What becomes of a message that did not go out: `gone`, `held`, or another try and when."""
        if isinstance(error, Gone | Refused):
            return type(error).__name__, 0
        if isinstance(error, Uncertain):
            return "Uncertain", now
        if isinstance(error, Moved):
            return "retry", now
        wait = error.after if isinstance(error, Retry) else BACK_OFF
        if each.row.tries >= TRIES:
            wait = max(wait, PATIENCE)
        return "retry", now + max(1, int(wait.total_seconds() * 1000))


def _settle(
    db: Database, receipts: list[tuple[int, str]], failures: list[tuple[OutboxRow, str, int]], now: int
) -> None:
    queue.sent(db, receipts, now)
    for row, why, at in failures:
        if why == "retry":
            queue.retry(db, row.seq, at)
        elif why == "Uncertain":
            _say_again(db, row, at)
        else:
            queue.gone(db, row.seq, why)


def _unreached(db: Database, each: Letter, error: Gone | Moved, now: int) -> None:
    """A message showed that a person or a room cannot be reached at this place any more."""
    if isinstance(error, Moved):
        reach.room_moved(db, each.account, each.place, error.place, now)
    else:
        reach.undeliverable(db, each.row.seat, each.row.door, each.account, each.place, str(error), now)


def _recover(db: Database, now: int) -> int:
    rows = queue.uncertain(db)
    for row in rows:
        _say_again(db, row, now)
    return len(rows)


def _say_again(db: Database, row: OutboxRow, at: int) -> None:
    """Send what may have arrived once more, with a line that says so."""
    if row.body is None:
        queue.gone(db, row.seq, "Erased")
        return
    said = decode(row.body.decode())
    if REPEAT not in said.blocks:
        said = replace(said, blocks=(REPEAT, *said.blocks))
    queue.again(db, row, encode(said).encode(), at)
