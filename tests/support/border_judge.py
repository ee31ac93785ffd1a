"""What must be true when a dialogue on two platforms is over: of what the platforms show, and of what stands in the store.

Nothing that people wrote is lost, and nothing stands twice on Matrix. On Telegram, where a repeat cannot be ruled out, it is
marked, and what may not have arrived is known. Everybody has one seat, reads each remark of their table once, and is in the right
room.
"""

from __future__ import annotations

import json
import re
import urllib.error
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from nio import Event

from bot.core.state import Contribution, Role, Seat
from bot.store import identities, opinions, people, rooms
from bot.store.connection import open_store
from bot.store.copies import Copy, copies
from bot.store.database import Database
from bot.store.keys import KeyFile
from tests.support import stage_telegram
from tests.support.bot_process import ASSEMBLY, SEED
from tests.support.homeserver import Homeserver
from tests.support.stage_matrix import ACCOUNT, Client, MatrixStage
from tests.support.stage_telegram import MARKS, GroupRoom, Phone, doubled, repeats
from tests.support.tallying import recount, said_is_on_record, spoken

ROLES: tuple[Role, ...] = ("participant", "facilitator", "coordinator", "translator", "organiser")
REPEATED_MOST = 8
"""So many messages may be under way on Telegram when the bot is killed."""

_OCCASIONS = re.compile(r"/(ask|floor)/[a-z0-9]+@")
CLOSED = "nobody can write here any more", "schreiben kann hier niemand mehr"


@dataclass(frozen=True, slots=True)
class Standing:
    """A message in a Matrix room as it reads now."""

    sender: str
    text: str


@dataclass
class Kept:
    """What stands in the store."""

    seats: dict[str, Seat] = field(default_factory=dict)
    users: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    since: dict[str, int] = field(default_factory=dict)
    remarks: list[Contribution] = field(default_factory=list)
    copies: dict[str, list[Copy]] = field(default_factory=dict)
    public: set[str] = field(default_factory=set)
    heard: Counter[str] = field(default_factory=Counter)
    sent: list[tuple[str, str]] = field(default_factory=list)
    unsure: set[tuple[str, str]] = field(default_factory=set)
    places: dict[str, str] = field(default_factory=dict)
    counted: dict[tuple[str, ...], dict[str, int]] = field(default_factory=dict)
    made: list[tuple[str, str, str]] = field(default_factory=list)
    stuck: list[tuple[object, ...]] = field(default_factory=list)


async def judge(stage: MatrixStage, groups: Sequence[GroupRoom], exported: Mapping[str, bytes]) -> None:
    """Raises AssertionError for whatever is not as it must be."""
    store = await open_store(stage.folder / "evening.db", KeyFile.from_seed(SEED))
    try:
        kept = await store.read(_kept)
    finally:
        await store.close()
    bot = Client(stage.server, stage.bot)
    try:
        await bot.open()
        shown = {room: standing(await bot.history(room)) for room in bot.client.rooms}
    finally:
        await bot.close()
    assert kept.stuck == []
    _matrix_shows_everything_once(stage, kept, shown)
    await _people_see_what_the_bot_has_said(stage, shown)
    _what_people_sent_was_heard_once(stage, kept)
    _telegram_repeats_nothing_in_silence(stage, groups)
    _everybody_has_one_seat(stage, kept)
    _everybody_reads_each_remark_once(kept)
    _copies_read_as_the_record_does(stage, kept, groups, shown)
    _everybody_is_in_the_right_room_and_it_is_closed(stage, kept, shown)
    assert recount(stage.chosen, kept.counted) > 20
    _the_export_is_complete(kept, exported)
    for room in stage.rooms.values():
        assert said_is_on_record(room.said, exported[f"transcript/{room.table}.jsonl"]) >= (len(room.people) > 2)


def standing(events: Iterable[Event]) -> dict[str, Standing]:
    """The messages of a room by their events, as they read now."""
    found: dict[str, Standing] = {}
    for source in (event.source for event in events):
        content = source["content"]
        if source["type"] != "m.room.message" or "body" not in content:
            continue
        relation = content.get("m.relates_to", {})
        if relation.get("rel_type") != "m.replace":
            found[source["event_id"]] = Standing(source["sender"], content["body"])
        elif (old := found.get(relation["event_id"])) is not None and old.sender == source["sender"]:
            found[relation["event_id"]] = replace(old, text=content["m.new_content"]["body"])
    return found


# What the platforms show


def _matrix_shows_everything_once(stage: MatrixStage, kept: Kept, shown: Mapping[str, Mapping[str, Standing]]) -> None:
    """Every message that was sent stands there, and no other one does: each row of the outbox once. Nothing may be a repeat, so
    nothing says that it is. The same stands twice in a row only where there were two occasions to say it (`_occasion`)."""
    stands = Counter(id for room in shown.values() for id, each in room.items() if each.sender == stage.bot.user)
    sent = Counter(id for id, _ in kept.sent)
    assert sent - stands == Counter(), "what was sent does not stand there"
    assert stands - sent == Counter(), "something stands there that nobody sent"
    assert len(stands) > 300
    keys = dict(kept.sent)
    changes = {desk.place: desk.changed for desk in stage.desks.values()}
    for place, room in shown.items():
        assert not [each.text for each in room.values() if each.text.startswith(MARKS)]
        same = [one for one, two in pairwise(room.items()) if one[1] == two[1] and one[1].sender == stage.bot.user]
        for id, each in same:
            assert _occasion(keys[id]), ("somebody was told the same twice", keys[id], each.text)
        asked = sum(_occasion(keys[id]) == "ask" for id, _ in same)
        assert asked <= changes.get(place, 0), "a question was put again although nobody had changed an answer"


def _occasion(key: str) -> str:
    """Why a message may stand twice in a row: a question that still waits is put again below an answer that was changed (`ask`),
    and people without a name have the `floor` one after the other. "" where neither is so."""
    found = _OCCASIONS.search(key)
    return found[1] if found is not None else ""


async def _people_see_what_the_bot_has_said(stage: MatrixStage, shown: Mapping[str, Mapping[str, Standing]]) -> None:
    """In everybody's own chat the same stands for them as for the bot."""
    for user, desk in stage.desks.items():
        assert standing(await desk.client.history(desk.place)) == shown[desk.place], user


def _what_people_sent_was_heard_once(stage: MatrixStage, kept: Kept) -> None:
    """Everything that the homeserver has taken from people has come to the store, once."""
    taken = [event for desk in stage.desks.values() for _, event in desk.client.sent]
    assert len(taken) > 300
    assert {kept.heard[f"{ACCOUNT}/{event}"] for event in taken} == {1}


def _telegram_repeats_nothing_in_silence(stage: MatrixStage, groups: Sequence[GroupRoom]) -> None:
    """What may be a repeat says so, and there is little of it."""
    persons = [phone.person for phone in _phones(stage).values()]
    assert doubled(persons) == Counter()
    assert len(repeats(persons, groups)) <= REPEATED_MOST * stage.kills


def _copies_read_as_the_record_does(
    stage: MatrixStage, kept: Kept, groups: Sequence[GroupRoom], shown: Mapping[str, Mapping[str, Standing]]
) -> None:
    """Whoever reads a remark, anywhere, reads what is on record."""
    on_matrix = {id: each.text for room in shown.values() for id, each in room.items()}
    chats = {phone.place: phone.person.chat() for phone in _phones(stage).values()}
    on_telegram = {(place, str(id)): m.text for place, chat in chats.items() for id, m in chat.messages.items()}
    on_telegram |= {(room.at[1], str(m.id)): m.text for room in groups for m in room.shown()}
    for remark in kept.remarks:
        for copy in kept.copies[remark.id]:
            ids = copy.remote.split(",")
            if copy.account == ACCOUNT:
                read = [on_matrix[id] for id in ids]
            else:
                place = kept.places.get(copy.holder) or dict(kept.users[copy.holder])[copy.account]
                read = [on_telegram[place, id] for id in ids]
            assert any(remark.text in text for text in read), (remark.text, read)


# What stands in the store


def _everybody_has_one_seat(stage: MatrixStage, kept: Kept) -> None:
    """As many seats as people, each with the apps of its person; the votes of one seat count once by their key."""
    assert Counter(seat.role for seat in kept.seats.values()) == Counter(p.person.role for p in stage.parts)
    apps = {frozenset(_account(stage, app.account, user) for app in a.values()) for user, a in stage.apps.items()}
    assert {frozenset(users) for users in kept.users.values()} == apps
    assert sum(len(users) == 2 for users in kept.users.values()) == 1
    tables: dict[str, set[str]] = {}
    for id, seat in kept.seats.items():
        if seat.role == "participant":
            tables.setdefault(seat.table, set()).update(account for account, _ in kept.users[id])
    assert sum(len(accounts) == 2 for accounts in tables.values()) >= 2, "two tables at least are on both platforms"


def _everybody_reads_each_remark_once(kept: Kept) -> None:
    """Each remark has come once to everybody who sat at its table by then: in private, or in a room that they are in."""
    assert len(kept.remarks) > 50
    for remark in kept.remarks:
        held = Counter(copy.holder for copy in kept.copies[remark.id])
        assert max(held.values()) == 1, remark.text
        assert sum(copy.original for copy in kept.copies[remark.id]) == 1, remark.text
        for id, seat in kept.seats.items():
            if seat.table == remark.table and kept.since[id] <= remark.at.timestamp() * 1000 and id != remark.seat:
                reads = [holder for holder in held if holder in (id, seat.room)]
                assert len(reads) == 1 or (id, remark.id) in kept.unsure, (seat.name, remark.text, reads)


def _everybody_is_in_the_right_room_and_it_is_closed(
    stage: MatrixStage, kept: Kept, shown: Mapping[str, Mapping[str, Standing]]
) -> None:
    """In the rooms that the bot has made are those who sit there and wanted to come, and nobody writes there any more."""
    assert len(kept.made) >= 3
    for id, table, place in kept.made:
        there = {dict(kept.users[s])[ACCOUNT] for s, seat in kept.seats.items() if seat.room == id}
        asked = stage.server.ask("GET", f"/_matrix/client/v3/rooms/{place}/joined_members", token=stage.bot.token)
        assert set(asked["joined"]) == {stage.bot.user} | there, table
        assert {seat.table for seat in kept.seats.values() if seat.room == id} <= {table}
        assert there == {stage.desks[user].client.user for user in stage.rooms[ACCOUNT, place].people}
        assert any(words in [*shown[place].values()][-1].text for words in CLOSED)
        for user in stage.rooms[ACCOUNT, place].people:
            assert _refused(stage.server, place, stage.desks[user].client), user


def _the_export_is_complete(kept: Kept, exported: Mapping[str, bytes]) -> None:
    """Each remark is in the transcript of its table once, if its author agreed to that and it was no greeting."""
    for table in {seat.table for seat in kept.seats.values()} - {""}:
        theirs = [remark for remark in kept.remarks if remark.table == table and remark.step != "hello"]
        wanted = Counter(remark.text for remark in theirs if remark.seat in kept.public)
        recorded = Counter(spoken(exported[f"transcript/{table}.jsonl"]))
        assert wanted == Counter({text: n for text, n in recorded.items() if text in wanted}), table
        assert sum(recorded.values()) == len(theirs), table
    assert {"README.txt", "SHA256SUMS", "decisions.csv", "ideas.csv", "process.json", "results.csv"} <= exported.keys()


def _kept(db: Database) -> Kept:
    found = Kept()
    rows = db.sql.execute
    for seat in people.roster(db, ASSEMBLY, roles=ROLES, statuses=("new", "active", "paused", "left")):
        found.seats[seat.id] = seat
        found.users[seat.id] = identities.users(db, seat.id)
        if opinions.granted(db, seat.id, "transcript"):
            found.public.add(seat.id)
    found.since = dict(rows("SELECT seat, MAX(since) FROM membership WHERE until IS NULL GROUP BY seat").fetchall())
    for (id,) in rows("SELECT id FROM contribution WHERE kind = 'message' AND state = 'live' ORDER BY seq").fetchall():
        given = opinions.contribution(db, ASSEMBLY, id)
        assert given is not None
        found.remarks.append(given)
        found.copies[id] = copies(db, ASSEMBLY, id)
    found.heard.update(key for (key,) in rows("SELECT key FROM inbox"))
    sent = rows("SELECT receipt, key FROM outbox WHERE account = ? AND act = 'say' AND state = 'sent'", (ACCOUNT,))
    found.sent = [(id, key) for receipt, key in sent.fetchall() for id in receipt.split(",")]
    found.unsure = set(rows("SELECT seat, about FROM outbox WHERE state = 'gone' AND receipt = 'Uncertain'").fetchall())
    for (door,) in rows("SELECT id FROM room").fetchall():
        where = rooms.address(db, door)
        assert where is not None
        found.places[bytes(door).hex()] = where[1]
    found.made = [(room.id, room.table, found.places[room.id]) for room in rooms.made(db, ASSEMBLY)]
    for step, data in rows("SELECT step, data FROM result WHERE unit LIKE 'course:%'").fetchall():
        for question, items in json.loads(data).get("questions", {}).items():
            found.counted |= {(step, question, item): counts["counts"] for item, counts in items.items()}
    found.stuck = [
        *rows("SELECT 'inbox', kind, error FROM inbox WHERE state = 'parked'"),
        *rows("SELECT 'inbox', kind, key FROM inbox WHERE state = 'new' AND kind <> 'due'"),
        *rows("SELECT 'outbox', key, receipt FROM outbox WHERE state IN ('new', 'sending', 'held')"),
        *rows(
            "SELECT 'outbox', key, receipt FROM outbox WHERE state = 'gone' AND receipt NOT IN ('Uncertain', 'Superseded')"
        ),
        *rows("SELECT 'job', job, key FROM job WHERE state <> 'done'"),
        *rows("SELECT 'box', step, '' FROM step_key WHERE wrapped IS NOT NULL AND step LIKE 'vote_%'"),
    ]
    return found


def _phones(stage: MatrixStage) -> dict[str, Phone]:
    found = ((user, apps.get(stage_telegram.ACCOUNT)) for user, apps in stage.apps.items())
    return {user: phone for user, phone in found if isinstance(phone, Phone)}


def _account(stage: MatrixStage, account: str, user: str) -> tuple[str, str]:
    """As whom the store knows somebody on an account."""
    return account, stage.desks[user].client.user if account == ACCOUNT else stage.apps[user][account].place


def _refused(server: Homeserver, room: str, client: Client) -> bool:
    """Whether somebody can no longer write in a room."""
    path = f"/_matrix/client/v3/rooms/{room}/send/m.room.message/after-the-end"
    try:
        server.ask("PUT", path, {"msgtype": "m.text", "body": "Hello?"}, client.account.token)
    except urllib.error.HTTPError as error:
        return error.code == 403
    return False
