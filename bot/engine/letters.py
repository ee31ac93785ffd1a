"""A row of the outbox as a letter: everything that it takes to send it, looked up when it leaves.

Invariants:

* Words, names and files are looked up here, so what was withdrawn or erased before is not sent.
* A person reads in their own language; a room in every language of its table, by the clock of the table's site.
* A chat that speaks for several people is told for whom a message is.
* Buttons that carry a key of ours belong to the chat for which they leave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core import rights
from bot.core.helped import says_for_whom
from bot.core.message import Block, Message, Name, Part, Phrase, Several, Words, block, decode, t
from bot.core.rendered import Rendered
from bot.core.state import Table
from bot.core.talk import NAMELESS, who
from bot.core.translation.interpreting import anywhere, as_written
from bot.engine import choices
from bot.engine.enclosures import Enclosed, enclosed
from bot.engine.feeding import VEILED, veiled
from bot.engine.house import House
from bot.engine.mixed import Interpreted, own_words, reads_anywhere
from bot.language.catalog import Catalogs
from bot.language.render import Reader, render_together
from bot.store import buttons, copies, identities, opinions, people, rooms, tables, translations
from bot.store.buttons import Buttons
from bot.store.database import Database
from bot.store.queue import Act, OutboxRow
from bot.transports.port import Menu

LONGEST = 3000
"""Characters of what people wrote, after which no further held message of a talk is taken into the same one."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that leaves. `rows` are several where held messages are merged. `holder` is whose chat it is for, `buttons` the
    key of its buttons, where they have one, `question` that of its choices, where there are no buttons to press; `answers` the
    remote id of the message that it replies to; `told` the languages in which it retells what stands in a room already."""

    rows: tuple[OutboxRow, ...]
    account: str
    place: str
    holder: str
    act: Act
    message: Message
    readers: tuple[Reader, ...]
    words: Mapping[str, str]
    names: Mapping[str, str]
    answers: str = ""
    file: Enclosed | None = None
    buttons: str = ""
    question: str = ""
    menu: Menu | None = None
    told: str = ""

    @property
    def row(self) -> OutboxRow:
        return self.rows[0]


class Desk:
    """Where letters are made, within one transaction. What many of them need is looked up once."""

    def __init__(self, db: Database, house: House) -> None:
        self._db = db
        self._house = house
        self._addresses: dict[tuple[str | bytes, str], tuple[str, str, bool] | None] = {}
        self._messages: dict[bytes, tuple[Message, list[str], list[str]]] = {}
        self._names: dict[tuple[str, str], str | None] = {}
        self._readers: dict[str | bytes, tuple[Reader, ...]] = {}
        self._shared: dict[str, bool] = {}
        self._tables: dict[tuple[str, str], Table | None] = {}
        self._interpreted = Interpreted(db, house.catalogs, self._table)

    def address(self, seat: str | None, door: bytes | None, account: str = "") -> tuple[str, str, bool] | None:
        """Account and place of a reader (on this account, where one is named), and whether it is a room; None where there is none
        (any more)."""
        reader = seat or door or b"", account
        if reader not in self._addresses:
            self._addresses[reader] = address(self._db, seat, door, account)
        return self._addresses[reader]

    def letter(self, rows: Sequence[OutboxRow]) -> tuple[Letter, Buttons | None] | str:
        """Rows for one chat as a letter, with what its buttons stand for; or why they cannot be one. Of several rows as many
        are taken as fit."""
        db, row = self._db, rows[0]
        where = self.address(row.seat, row.door, row.account)
        if where is None or row.body is None:
            return "Erased"
        account, place, in_room = where
        readers = self._reading(row, in_room, account)
        if not readers:
            return "Erased"
        holder = row.seat or (row.door.hex() if in_room and row.door else "")
        said, words, seats = self._read(row.body)
        act: Act = row.act
        taken: tuple[OutboxRow, ...] = (row,)
        if row.about and row.target and len(several := copies.together(db, holder, row.target, account)) > 1:
            said, act = self._several(row.assembly, several), "edit"
            words, seats = mentioned(said)
        found = look_up(db, row.assembly, words) if words else {}
        if len(rows) > 1 and not (said.buttons or said.enclosed or said.answers):
            taken, said, found, seats = self._merged(rows, said, found, seats)
        put = self._in_their_language(row, said, account)
        if put is None:
            return "Untranslated"
        if put[0] is not said:
            said, found = put[0], look_up(db, row.assembly, mentioned(put[0])[0])
        keyed, numbered = account in self._house.keyed, account in self._house.numbered
        if row.seat is not None and self._is_shared(row.seat):
            said, seats = _addressed(said, row.seat, keyed or numbered), [*seats, row.seat]
        made = None
        if keyed and holder and said.buttons and act in ("say", "edit"):
            key = buttons.key(db, row.assembly, row.key)
            made = Buttons(key, row.assembly, holder, said.step, [button.press for button in said.buttons])
        lang = readers[0].lang
        names, question = self._called(seats, lang), ""
        if numbered and holder:
            said = choices.explained(db, row, holder, account, said, room=in_room)
            question = choices.note(db, self._house.catalogs, row, holder, account, said, readers, found, names)
        return (
            Letter(
                taken, account, place, holder, act, said, readers, found, names,
                answers=copies.remote(db, holder, row.assembly, said.answers, account) if said.answers and holder else "",
                file=enclosed(db, self._house, row.assembly, said.enclosed, account, lang, row.seat) if said.enclosed else None,
                buttons=made.key if made is not None else "",
                question=question,
                menu=self._menu(row.seat, readers[0]) if act == "menu" and row.seat else None,
                told=put[1],
            ),
            made,
        )  # fmt: skip

    def _read(self, body: bytes) -> tuple[Message, list[str], list[str]]:
        """A message, and the contributions and seats that it points at: what a whole table is told stands in as many rows."""
        found = self._messages.get(body)
        if found is None:
            said = decode(body.decode())
            found = self._messages[body] = said, *mentioned(said)
        return found

    def _merged(
        self, rows: Sequence[OutboxRow], said: Message, words: dict[str, str], seats: list[str]
    ) -> tuple[tuple[OutboxRow, ...], Message, dict[str, str], list[str]]:
        """As many of the rows as fit into one message, that message, the words in it, and the seats."""
        taken = [rows[0]]
        for other in rows[1:]:
            if other.body is None:
                break
            more, contributions, others = self._read(other.body)
            found = look_up(self._db, other.assembly, contributions)
            size = sum(map(len, words.values())) + sum(map(len, found.values()))
            if more.buttons or more.enclosed or more.answers or size > LONGEST:
                break
            taken.append(other)
            words, seats = words | found, [*seats, *others]
            said = replace(said, blocks=(*said.blocks, *more.blocks))
        return tuple(taken), said, words, seats

    def _several(self, assembly: str, contributions: Sequence[str]) -> Message:
        """A message that carries several contributions, as they are now."""
        blocks: list[Block] = []
        for id in contributions:
            given = opinions.contribution(self._db, assembly, id)
            author = people.load_seat(self._db, given.seat) if given is not None else None
            if author is not None:
                blocks += [block(who(author)), block(Words(id, own=True), kind="quote")]
        return Message(tuple(blocks))

    def _in_their_language(self, row: OutboxRow, said: Message, account: str) -> tuple[Message, str] | None:
        """What others wrote in other languages, as its readers get it; and the languages in which that retells what stands in a
        room. None where nothing is left to be said."""
        flow = self._house.flow(self._db, row.assembly) if own_words(said) else None
        if flow is None:
            return said, ""
        if row.seat is None:
            return self._interpreted.shared(row.assembly, said, edit=row.act == "edit")
        needed = anywhere(flow) or reads_anywhere(said)
        seat = people.load_seat(self._db, row.seat) if needed else None
        if seat is None:
            return as_written(said), ""
        pressable = account not in self._house.numbered
        return self._interpreted.private(flow, row.assembly, said, seat, pressable=pressable), ""

    def _table(self, assembly: str, id: str) -> Table | None:
        if (assembly, id) not in self._tables:
            self._tables[assembly, id] = tables.load_table(self._db, assembly, id)
        return self._tables[assembly, id]

    def _reading(self, row: OutboxRow, in_room: bool, account: str) -> tuple[Reader, ...]:
        reader = row.seat or row.door or b""
        if reader not in self._readers:
            self._readers[reader] = readers(self._db, self._house, row, in_room)
        sign, found = self._house.signs.get(account), self._readers[reader]
        return tuple(replace(each, sign=sign) for each in found) if sign else found

    def _called(self, seats: Sequence[str], lang: str) -> dict[str, str]:
        """What these seats are called in a language; who was erased is left out."""
        for seat in seats:
            if (seat, lang) not in self._names:
                name = people.names(self._db, [seat]).get(seat)
                if name is None and (role := people.unnamed(self._db, [seat]).get(seat)) is not None:
                    name = self._house.catalogs.phrase(NAMELESS[role].text, None, 0, lang)
                self._names[seat, lang] = name
        return {seat: name for seat in seats if (name := self._names[seat, lang]) is not None}

    def _is_shared(self, seat: str) -> bool:
        if seat not in self._shared:
            self._shared[seat] = identities.shared(self._db, seat)
        return self._shared[seat]

    def _menu(self, seat: str, reader: Reader) -> Menu:
        """The commands of a seat's role, in its language."""
        found = people.load_seat(self._db, seat)
        names = rights.of(found.role) if found is not None else ()
        phrase = self._house.catalogs.phrase
        return Menu(reader.lang, tuple((c.name, phrase(c.brief.text, None, 0, reader.lang)) for c in names))


def address(db: Database, seat: str | None, door: bytes | None, account: str = "") -> tuple[str, str, bool] | None:
    """Account and place of a reader (on this account, where one is named), and whether it is a room; None where there is none
    (any more)."""
    if seat is not None:
        found = identities.address(db, seat, account)
    elif (found := rooms.address(db, door or b"")) is not None:
        return (*found, True)
    else:
        found = identities.door(db, door or b"")
    return (*found, False) if found is not None else None


def readers(db: Database, house: House, row: OutboxRow, in_room: bool) -> tuple[Reader, ...]:
    """Who reads: a person, whoever stands at the door, or a room in the languages of its table. None where nobody does."""
    if row.seat is not None:
        home = people.home(db, row.seat)
        if home is None:
            return ()
        flow = house.flow(db, row.assembly)
        site = flow.sites.get(home[0]) or flow.file.schedule.sites[0]
        return (Reader(home[1], site.zone),)
    if not in_room:
        return (Reader(identities.spoken(db, row.door or b"") or "en", "UTC"),)
    id = rooms.table_of(db, row.door or b"")
    table = tables.load_table(db, row.assembly, id) if id is not None else None
    if table is None:
        return ()
    flow = house.flow(db, row.assembly)
    ordered = sorted(table.languages, key=lambda language: language != flow.source_language)
    return tuple(Reader(language, flow.sites[table.site].zone) for language in ordered)


def show(each: Letter, catalogs: Catalogs) -> Rendered:
    """The letter as it is read, without its file."""
    shown = render_together(each.message, each.readers, each.words, each.names, catalogs)
    if each.buttons:
        keyed = (replace(c, press=buttons.data(each.buttons, n)) for n, c in enumerate(shown.buttons))
        shown = replace(shown, buttons=tuple(keyed))
    silent = all(row.silent for row in each.rows)
    return replace(shown, answers=each.answers, silent=silent) if silent or each.answers else shown


def _addressed(said: Message, seat: str, keyed: bool) -> Message:
    """A message in a chat that speaks for several people: it says for whom it is, and its buttons belong to that seat."""
    to = () if says_for_whom(said) else (block(t("For {name}:", name=Name(seat)), kind="note"),)
    pressed = said.buttons if keyed else tuple(replace(b, press=f"{b.press}@{seat}") for b in said.buttons)
    return replace(said, blocks=(*to, *said.blocks), buttons=pressed)


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
    """The words behind ids. `id@language` is a translation, or the original where there is none to be read;
    `id@language~edition` one of the texts that stood there, which is left out where there is none."""
    plain = opinions.words(db, assembly, [id.partition("@")[0] for id in ids])
    found: dict[str, str] = {}
    for id in ids:
        original, _, pointer = id.partition("@")
        language, _, edition = pointer.partition("~")
        if original not in plain:
            continue
        if edition:
            text = translations.edited(db, assembly, original, language, int(edition))
            found |= {id: text} if text is not None else {}
            continue
        if pointer == VEILED:
            found[id] = veiled(db, assembly, original, plain[original])
            continue
        found[id] = plain[original]
        if language:
            translated = translations.load(db, assembly, original, language)
            if translated is not None and translated.state not in ("withdrawn", "held"):
                found[id] = translated.text
    return found
