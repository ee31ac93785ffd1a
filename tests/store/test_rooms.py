"""Rooms in the store: where they stand, that they move as a whole, and that nothing about them can be read in the file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.store import copies, identities, people, queue, reach, rooms
from bot.store.connection import Store
from bot.store.database import Database
from bot.store.queue import OutRow
from tests.store.filling import NOON

BOT, OTHER = "chat:bot", "chat:other"
DAY = 86_400_000


def made(db: Database, place: str = "group-1", table: str = "t1", account: str = BOT) -> rooms.Room:
    room = rooms.bind(db, "a1", table, account, place, "maya", NOON)
    assert room is not None
    return room


def said(db: Database, room: rooms.Room, *keys: str, target: str = "") -> None:
    act = "edit" if target else "say"
    queue.say(db, [OutRow(k, "a1", None, 2, NOON, b"{}", door=room.door, act=act, target=target) for k in keys])


def waiting(db: Database, room: rooms.Room) -> list[str]:
    found = db.sql.execute("SELECT key FROM outbox WHERE door = ? AND state = 'new' ORDER BY at, seq", (room.door,))
    return [key for (key,) in found]


def test_a_place_belongs_to_one_room_and_a_room_to_one_table(db: Database) -> None:
    one = made(db)
    assert rooms.find(db, BOT, "group-1") == rooms.load(db, one.id) == one
    assert (one.assembly, one.table, one.account) == ("a1", "t1", BOT)
    assert rooms.bind(db, "a1", "t2", BOT, "group-1", "nora", NOON) is None
    assert rooms.bind(db, "a2", "t1", BOT, "group-1", "maya", NOON) is None
    two, three = made(db, "group-1/7", "t2"), made(db, "group-1", "t1", OTHER)
    assert len({one.id, two.id, three.id}) == 3
    assert rooms.of_table(db, "a1", "t1") == tuple(sorted((one.id, three.id)))
    assert rooms.of_table(db, "a1", "t2") == (two.id,)
    assert rooms.of_table(db, "a2", "t1") == ()
    assert rooms.find(db, BOT, "group-2") is None
    assert rooms.load(db, "00" * 16) is None


def test_a_room_is_reached_by_its_id(db: Database) -> None:
    room = made(db)
    assert rooms.address(db, room.door) == (BOT, "group-1")
    assert rooms.table_of(db, room.door) == "t1"
    assert rooms.address(db, b"x" * 16) is rooms.table_of(db, b"x" * 16) is None


def test_a_move_keeps_the_room_and_the_order_of_what_waits(db: Database) -> None:
    room = made(db)
    said(db, room, "one", "two", "three")
    said(db, room, "change", target="m1")
    copies.note(db, room.id, "m1", "a1", "c1", NOON)
    assert rooms.move(db, BOT, "group-1", "super-1", NOON + 1) == room
    assert rooms.address(db, room.door) == (BOT, "super-1")
    assert rooms.find(db, BOT, "group-1") == rooms.find(db, BOT, "super-1") == room
    assert waiting(db, room) == ["one", "two", "three"], "what stands at the old place cannot be changed"
    assert copies.copies(db, "a1", "c1") == []
    copies.note(db, room.id, "m2", "a1", "c2", NOON)
    assert [c.remote for c in copies.copies(db, "a1", "c2")] == ["m2"]


def test_a_move_that_is_told_twice_is_one(db: Database) -> None:
    room = made(db)
    assert rooms.move(db, BOT, "group-1", "super-1", NOON) == room
    said(db, room, "change", target="m2")
    assert rooms.move(db, BOT, "group-1", "super-1", NOON) is None
    assert waiting(db, room) == ["change"]
    assert rooms.move(db, BOT, "super-1", "third-1", NOON) == room
    assert rooms.move(db, BOT, "third-1", "group-1", NOON) == room, "back to where it came from"
    assert rooms.address(db, room.door) == (BOT, "group-1")


def test_a_move_takes_no_other_room_s_place(db: Database) -> None:
    one, two = made(db), made(db, "group-2", "t2")
    assert rooms.move(db, BOT, "group-1", "group-2", NOON) is None
    assert rooms.address(db, one.door) == (BOT, "group-1")
    assert rooms.address(db, two.door) == (BOT, "group-2")
    assert rooms.move(db, BOT, "nowhere", "group-3", NOON) is None


def test_a_lost_room_is_nobody_s_and_its_place_is_free(db: Database) -> None:
    room = made(db)
    said(db, room, "one")
    copies.note(db, room.id, "m1", "a1", "c1", NOON)
    assert rooms.lose(db, room.id)
    assert not rooms.lose(db, room.id)
    assert rooms.find(db, BOT, "group-1") is rooms.load(db, room.id) is None
    assert rooms.of_table(db, "a1", "t1") == ()
    assert waiting(db, room) == []
    assert copies.copies(db, "a1", "c1") == []
    assert rooms.address(db, room.door) == (BOT, "group-1"), "for a last word"
    again = made(db, table="t2")
    assert again.id != room.id
    assert rooms.find(db, BOT, "group-1") == again
    assert rooms.address(db, room.door) is None, "another room stands there now"


def test_a_chat_has_its_own_room_and_those_of_its_topics(db: Database) -> None:
    whole, one = made(db, "g"), rooms.bind(db, "a1", "t2", BOT, "g/1", "nora", NOON, "g")
    two = rooms.bind(db, "a1", "t3", BOT, "g/2", "nora", NOON + 1, "g")
    assert one is not None
    assert two is not None
    made(db, "h", "t4")
    assert rooms.within(db, BOT, "g") == [*sorted((whole, one), key=lambda r: r.id), two]
    assert rooms.within(db, BOT, "g/1") == rooms.within(db, OTHER, "g") == []
    rooms.lose(db, one.id)
    assert rooms.within(db, BOT, "g") == [whole, two]
    rooms.move(db, BOT, "g", "s", NOON)
    rooms.move(db, BOT, "g/2", "g/3", NOON)
    assert rooms.within(db, BOT, "s") == [whole]
    assert rooms.within(db, BOT, "g") == [whole, two], "the old name of a chat is known"


def test_who_is_in_a_room(db: Database) -> None:
    room = made(db)
    anna = identities.enrol(db, "a1", BOT, "anna", "anna", "participant", "fr", "fr", at=NOON)
    people.save_seat(db, replace(anna, room=room.id, lost="blocked"))
    found = people.load_seat(db, anna.id)
    assert found is not None
    assert (found.room, found.lost) == (room.id, "blocked")
    assert people.lost(db, "a1") == {anna.id}
    assert people.lost(db, "a2") == set()


def test_a_code_binds_once_for_its_seat_and_within_its_time(db: Database) -> None:
    first = rooms.offer(db, "a1", "t1", "maya", made=NOON, expires=NOON + DAY)
    assert rooms.offered(db, first.lower().replace("-", " "), NOON) == rooms.Binding("a1", "t1", "maya")
    assert rooms.offered(db, first, NOON + DAY) is None
    assert rooms.offered(db, "AAAA-BBBB-CCCC-DDDD", NOON) is rooms.offered(db, "", NOON) is None
    second = rooms.offer(db, "a1", "t1", "maya", made=NOON, expires=NOON + DAY)
    other = rooms.offer(db, "a1", "t2", "maya", made=NOON, expires=NOON + DAY)
    assert rooms.offered(db, first, NOON) is None, "the newest counts"
    rooms.use(db, second)
    assert rooms.offered(db, second, NOON) is None
    assert rooms.offered(db, other, NOON) is not None
    rooms.offer(db, "a1", "t3", "nora", made=NOON + DAY, expires=NOON + 2 * DAY)
    assert db.sql.execute("SELECT COUNT(*) FROM binding").fetchone() == (1,), "old codes are cleared away"


async def test_no_place_stands_in_the_file(store: Store, path: Path) -> None:
    await store.transact(lambda db: rooms.bind(db, "a1", "t1", BOT, "canary-group-4713", "maya", NOON))
    await store.transact(rooms.move, BOT, "canary-group-4713", "canary-super-4714", NOON)
    await store.transact(lambda db: rooms.offer(db, "a1", "t1", "maya", made=NOON, expires=NOON + DAY))
    code = await store.transact(lambda db: rooms.offer(db, "a1", "t1", "maya", made=NOON, expires=NOON + DAY))
    files = b"".join(f.read_bytes() for f in path.parent.iterdir() if f.name.startswith(path.name))
    assert len(files) > 10_000
    for canary in ("canary-group", "canary-super", "4713", "4714", code, code.replace("-", "")):
        assert canary.encode() not in files


# Who can be written to


def test_a_seat_is_lost_when_its_last_channel_is(db: Database) -> None:
    anna = identities.enrol(db, "a1", BOT, "anna", "chat-a", "participant", "fr", "fr", at=NOON)
    first = db.vault.lookup(BOT, "anna")
    second = identities.meet(db, OTHER, "anna", "chat-b", NOON + 5)
    identities.link(db, second, anna.id)
    assert identities.address(db, anna.id) == (OTHER, "chat-b")
    queue.say(db, [OutRow("k", "a1", anna.id, 1, NOON, b"{}")])
    assert reach.lose(db, second, "blocked") == []
    assert identities.address(db, anna.id) == (BOT, "chat-a")
    assert reach.lose(db, first, "") == [("a1", anna.id)]
    assert reach.lose(db, first, "") == [], "that was known"
    assert db.sql.execute("SELECT state FROM outbox").fetchall() == [("gone",)]
    assert reach.find(db, second) == [("a1", anna.id)]
    assert identities.address(db, anna.id) == (OTHER, "chat-b")
    assert reach.find(db, second) == []
    assert reach.lose(db, b"nobody", "blocked") == reach.find(db, b"nobody") == []


def test_a_new_channel_finds_a_seat_that_is_lost(db: Database) -> None:
    anna = identities.enrol(db, "a1", BOT, "anna", "chat-a", "participant", "fr", "fr", at=NOON)
    people.save_seat(db, replace(anna, lost="deactivated"))
    fresh = identities.meet(db, OTHER, "anna", "chat-b", NOON)
    identities.link(db, fresh, anna.id)
    assert reach.find(db, fresh) == [("a1", anna.id)]


def test_the_channel_at_a_place(db: Database) -> None:
    anna = identities.enrol(db, "a1", BOT, "anna", "chat-a", "participant", "fr", "fr", at=NOON)
    assert reach.channel_at(db, anna.id, BOT, "chat-a") == db.vault.lookup(BOT, "anna")
    assert reach.channel_at(db, anna.id, BOT, "chat-b") is None
    assert identities.accounts(db, anna.id) == {BOT}
