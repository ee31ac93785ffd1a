"""Guests, their invites and their codes; wrong codes; coming in without one."""

from __future__ import annotations

import sqlite3

import pytest

from bot.core.guests import Guest
from bot.core.state import Seat
from bot.store import accounts, codes, copies, guests, identities, joining, people, queue, refusals
from bot.store.codes import Invite
from bot.store.database import Database
from bot.store.joining import Doors
from bot.store.keys import KeyFile
from bot.store.queue import OutRow
from tests.store.filling import NOON, fresh_database

ANNA = Guest("A-17", "participant", "fr", "fr", "", {"area": "canary-area"})
LATER = NOON + 1000


def expect(db: Database, guest: Guest = ANNA, expires: int = LATER) -> str:
    return guests.expect(db, "a1", guest, NOON, expires)


def found(db: Database, ref: str = "A-17") -> guests.Expected:
    who = guests.find(db, "a1", ref)
    assert who is not None
    return who


def code(db: Database, ref: str = "A-17") -> str:
    return guests.code(db, "a1", found(db, ref))


def standing(db: Database, now: int = NOON) -> str:
    return guests.standing(db, "a1", found(db), now)


def enrol(db: Database, user: str, **more: object) -> Seat:
    return identities.enrol(db, "a1", "telegram:bot", user, f"chat-{user}", "participant", "fr", "fr", at=NOON, **more)  # type: ignore[arg-type]


def lookup(db: Database, user: str) -> bytes:
    return db.vault.lookup("telegram:bot", user)


# Guests


def test_a_list_that_comes_again_changes_and_adds_and_never_doubles(db: Database) -> None:
    assert expect(db) == "new"
    before = code(db)
    assert expect(db, Guest(" a-17 ", "participant", "fr", "fr", "", {"area": "canary-area"})) == "changed"
    assert expect(db, found(db).guest) == "same"
    assert expect(db, Guest("A-17", "facilitator", "de", "de", "3"), LATER + 5) == "changed"
    assert expect(db, Guest("A-18", "participant", "de")) == "new"
    assert [each.guest.ref for each in guests.everybody(db, "a1")] == ["A-17", "A-18"]
    assert code(db) == before
    assert found(db).guest == Guest("A-17", "facilitator", "de", "de", "3")
    assert codes.use_code(db, before, LATER + 4) == Invite("a1", "participant", "fr", "", guest=found(db).lookup)
    assert guests.find(db, "a2", "A-17") is None


def test_nothing_of_a_list_stands_readable_in_the_database(db: Database) -> None:
    expect(db)
    made = code(db)
    everything = "\n".join(db.sql.iterdump())
    assert "guest" in everything
    for secret in ("A-17", "a-17", "canary-area", made, made.replace("-", ""), made[:9]):
        assert secret not in everything


def test_an_invite_can_be_written_again_with_the_key_file_and_not_without(keys: KeyFile, db: Database) -> None:
    expect(db)
    same, other = fresh_database(keys), fresh_database(KeyFile.from_seed(8))
    for copy in (same, other):
        expect(copy)
    assert code(same) == code(db)
    assert code(other) != code(db)
    guests.expect(db, "a2", ANNA, NOON, LATER)
    second = guests.find(db, "a2", "A-17")
    assert second is not None
    assert guests.code(db, "a2", second) != code(db)
    assert len(codes.compact(code(db))) == 26
    same.sql.close()
    other.sql.close()


def test_how_far_a_guest_has_come(db: Database) -> None:
    expect(db)
    assert (standing(db), standing(db, LATER)) == ("waiting", "expired")
    first = code(db)
    used = codes.use_code(db, first, NOON)
    assert isinstance(used, Invite)
    assert used.guest is not None
    seat = enrol(db, "anna")
    guests.took_seat(db, "a1", used.guest, seat.id)
    assert standing(db) == "joined"
    assert found(db).guest == Guest("A-17", "participant", "fr", "fr"), "what is on the seat now stands here no longer"
    assert guests.of_seat(db, "a1", seat.id) == found(db)
    assert guests.of_seat(db, "a1", "") is None
    assert expect(db, Guest("A-17", "organiser", "de")) == "joined"
    again = guests.reissue(db, "a1", found(db), NOON, LATER)
    assert standing(db) == "moving"
    assert again == code(db) != first
    moving = codes.use_code(db, again, NOON)
    assert isinstance(moving, Invite)
    assert moving.seat == seat.id
    assert standing(db) == "joined"


def test_issuing_anew_ends_the_invite_before(db: Database) -> None:
    expect(db)
    first = code(db)
    second = guests.reissue(db, "a1", found(db), NOON, LATER)
    third = guests.reissue(db, "a1", found(db), NOON, LATER)
    assert len({first, second, third}) == 3
    assert [codes.use_code(db, each, NOON) for each in (first, second)] == ["replaced", "replaced"]
    assert expect(db, expires=LATER + 9) == "same"
    assert codes.stand(db, first, NOON) == "replaced", "a list that comes again brings no ended invite back"
    assert codes.stand(db, third, LATER + 8) == "good"
    assert found(db).issue == 3


def test_a_new_invite_ends_every_code_that_moves_the_seat(db: Database) -> None:
    expect(db)
    seat = enrol(db, "anna")
    other = codes.make_code(db, "a1", "participant", seat=seat.id, made=NOON, expires=LATER)
    guests.took_seat(db, "a1", found(db).lookup, seat.id)
    guests.reissue(db, "a1", found(db), NOON, LATER)
    assert codes.stand(db, other, NOON) == "replaced"


def test_who_was_erased_is_not_invited_again(db: Database) -> None:
    expect(db)
    seat = enrol(db, "anna")
    codes.use_code(db, code(db), NOON)
    guests.took_seat(db, "a1", found(db).lookup, seat.id)
    moves = guests.reissue(db, "a1", found(db), NOON, LATER)
    identities.erase(db, seat.id)
    assert expect(db) == "left"
    assert standing(db) == "left"
    assert found(db).guest.ref == ""
    assert guests.everybody(db, "a1") == []
    assert guests.of_seat(db, "a1", seat.id) is None
    assert codes.use_code(db, moves, NOON) == "replaced"
    assert guests.standing(db, "a1", found(db), NOON) == "left"


def test_nobody_takes_a_seat_who_was_not_expected(db: Database) -> None:
    with pytest.raises(LookupError):
        guests.took_seat(db, "a1", b"nobody", "seat")


# Codes


def test_whose_a_code_was(db: Database) -> None:
    made = codes.make_code(db, "a1", "participant", "fr", uses=2, made=NOON, expires=LATER)
    assert codes.look(db, made, NOON) == Invite("a1", "participant", "fr", "", shared=True)
    codes.spend(db, made, "somebody")
    assert codes.owner(db, made) == ("a1", ""), "not before it is used up"
    codes.spend(db, made, "somebody")
    assert codes.owner(db, made) == ("a1", "somebody")
    assert codes.look(db, made, NOON) == "used"
    assert codes.owner(db, "ABCD") == ("", "")
    assert (codes.expiry(db, made), codes.expiry(db, "ABCD")) == (LATER, 0)


def test_a_code_that_is_used_can_neither_be_extended_nor_retired(db: Database) -> None:
    made = codes.make_code(db, "a1", "participant", "fr", made=NOON, expires=LATER)
    codes.use_code(db, made, NOON)
    codes.extend(db, made, LATER + 5)
    codes.retire(db, made)
    assert (codes.stand(db, made, NOON), codes.expiry(db, made)) == ("used", LATER)


def test_a_code_stands_once(db: Database) -> None:
    codes.put_code(db, "ABCD", Invite("a1", "participant", "fr", ""), made=NOON, expires=LATER)
    with pytest.raises(sqlite3.IntegrityError):
        codes.put_code(db, "abcd", Invite("a2", "participant", "fr", ""), made=NOON, expires=LATER)


# Another chat


def test_a_seat_moves_to_another_chat_and_leaves_nothing_behind(db: Database) -> None:
    seat, other = enrol(db, "old"), enrol(db, "old", helper=True)
    identities.make_current(db, lookup(db, "old"), seat.id)
    db.sql.execute("UPDATE seat SET room = x'01' WHERE id = ?", (seat.id,))
    copies.note(db, seat.id, "7", "a1", "c1", NOON)
    queue.say(db, [OutRow(f"k{act}", "a1", seat.id, 0, NOON, b"{}", act=act) for act in ("say", "edit", "delete")])
    new = identities.meet(db, "telegram:bot", "new", "chat-new", NOON)
    assert identities.move(db, new, seat.id, False) == [lookup(db, "old")]
    assert identities.address(db, seat.id) == ("telegram:bot", "chat-new")
    assert [h.seat for h in identities.seats_of(db, lookup(db, "old"))] == [other.id]
    assert identities.current_seat(db, lookup(db, "old")) == other.id
    assert identities.current_seat(db, new) == seat.id
    assert db.sql.execute("SELECT room, helped FROM seat WHERE id = ?", (seat.id,)).fetchone() == (None, 0)
    assert db.sql.execute("SELECT COUNT(*) FROM copy").fetchone() == (0,)
    assert dict(db.sql.execute("SELECT act, state FROM outbox")) == {"say": "new", "edit": "gone", "delete": "gone"}
    assert identities.move(db, new, seat.id, False) == []


def test_a_move_within_one_chat_changes_nothing(db: Database) -> None:
    seat = enrol(db, "anna")
    copies.note(db, seat.id, "7", "a1", "c1", NOON)
    assert identities.move(db, lookup(db, "anna"), seat.id, False) == []
    assert identities.address(db, seat.id) == ("telegram:bot", "chat-anna")
    assert db.sql.execute("SELECT COUNT(*) FROM copy").fetchone() == (1,)


def test_whose_seat_lives_elsewhere(db: Database) -> None:
    seat = enrol(db, "anna")
    ben = identities.meet(db, "telegram:bot", "ben", "chat-ben", NOON)
    assert not identities.lives_elsewhere(db, "a1", lookup(db, "anna"))
    assert not identities.lives_elsewhere(db, "a1", ben), "who never had a seat"
    identities.move(db, ben, seat.id, False)
    assert identities.lives_elsewhere(db, "a1", lookup(db, "anna"))
    assert not identities.lives_elsewhere(db, "a1", ben)
    assert not identities.lives_elsewhere(db, "a2", lookup(db, "anna"))
    identities.erase(db, seat.id)
    assert not identities.lives_elsewhere(db, "a1", lookup(db, "anna")), "who has left may come again"


def test_the_language_of_a_phone_is_kept_until_it_tells_another(db: Database) -> None:
    anna = identities.meet(db, "telegram:bot", "anna", "chat", NOON, "fr")
    assert identities.spoken(db, anna) == "fr"
    identities.meet(db, "telegram:bot", "anna", "chat", NOON)
    enrol(db, "anna")
    assert identities.spoken(db, anna) == "fr"
    identities.speak(db, anna, "de")
    assert (identities.spoken(db, anna), identities.door(db, anna)) == ("de", ("telegram:bot", "chat-anna"))
    identities.speak(db, b"nobody", "de")
    assert identities.spoken(db, b"nobody") == ""


def test_somebody_at_the_door_is_told_something_once_in_a_while(db: Database) -> None:
    anna, ben = (identities.meet(db, "telegram:bot", who, who, NOON) for who in ("anna", "ben"))
    told = [identities.explain(db, anna, NOON + after, 60) for after in (0, 1, 59, 60, 61, 119, 120)]
    assert told == [True, False, False, True, False, False, True]
    assert identities.explain(db, ben, NOON, 60)


# Wrong codes


def test_whoever_shows_wrong_codes_waits_longer_each_time(db: Database) -> None:
    waits = [refusals.wrong(db, b"one", NOON) // 1000 for _ in range(12)]
    assert waits == [0, 0, 30, 60, 120, 240, 480, 600, 600, 600, 600, 600]
    assert refusals.wrong(db, b"two", NOON) == 0
    assert refusals.waiting(db, b"two", NOON) is None
    assert refusals.waiting(db, b"nobody", NOON) is None


def test_a_wait_ends_is_told_once_and_is_forgiven(db: Database) -> None:
    for _ in range(3):
        refusals.wrong(db, b"one", NOON)
    assert refusals.waiting(db, b"one", NOON + 10_000) == refusals.Wait(20_000, False)
    refusals.told(db, b"one")
    assert refusals.waiting(db, b"one", NOON + 29_999) == refusals.Wait(1, True)
    assert refusals.waiting(db, b"one", NOON + 30_000) is None
    refusals.wrong(db, b"one", NOON + 30_000)
    assert refusals.waiting(db, b"one", NOON + 30_000) == refusals.Wait(60_000, False)
    refusals.forgive(db, b"one")
    assert refusals.waiting(db, b"one", NOON + 30_000) is None
    assert refusals.wrong(db, b"one", NOON + 30_000) == 0


def test_wrong_codes_are_forgotten_after_a_day(db: Database) -> None:
    for _ in range(9):
        refusals.wrong(db, b"one", NOON)
    refusals.wrong(db, b"two", NOON + refusals.FORGIVEN + refusals.LONGEST + 1)
    assert db.sql.execute("SELECT lookup FROM wrong_code").fetchall() == [(b"two",)]


# Without a code


def test_who_came_without_a_code_is_counted_by_site_and_time(db: Database) -> None:
    enrol(db, "with a code")
    seats = [enrol(db, f"p{n}", way="fr") for n in range(3)]
    identities.enrol(db, "a1", "t:b", "u", "c", "participant", "de", "de", at=NOON - 60, way="open")
    assert joining.came(db, "a1") == {"fr": 3, "de": 1}
    assert joining.came(db, "a2") == {}
    assert (joining.came_since(db, "a1", NOON - 1), joining.came_since(db, "a1", NOON - 61)) == (3, 4)
    people.save_seat(db, Seat(seats[0].id, "participant", "fr", "fr", "refused"))
    identities.erase(db, seats[1].id)
    assert joining.came(db, "a1") == {"fr": 1, "de": 1}
    assert joining.came_since(db, "a1", NOON - 1) == 3


def test_the_doors_of_an_assembly(db: Database) -> None:
    assert joining.doors(db, "a1") == Doors(paused=False, rung=0)
    joining.save_doors(db, "a1", Doors(paused=True, rung=NOON))
    assert joining.doors(db, "a1") == Doors(paused=True, rung=NOON)
    assert joining.doors(db, "a2") == Doors()
    joining.save_doors(db, "a1", Doors())
    assert joining.doors(db, "a1") == Doors()


def test_what_our_accounts_are_called(db: Database) -> None:
    assert accounts.names(db) == {}
    for account, name in (("telegram:b", "old_bot"), ("telegram:a", "a_bot"), ("telegram:b", "b_bot")):
        accounts.call(db, account, name)
    assert accounts.names(db) == {"telegram:a": "a_bot", "telegram:b": "b_bot"}
