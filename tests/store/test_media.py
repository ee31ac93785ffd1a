"""Files that came with contributions, their earlier words, what was hidden, and what waits in the outbox."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.state import Translated
from bot.store import media, opinions, queue, translations, unsaid
from bot.store.database import Database
from bot.store.media import File
from bot.store.queue import OutRow
from tests.store.filling import NOON, said

FILE = File("c1", "anna", "telegram:main", "photo", "AgACAgIAAx", "image/jpeg", "oven.jpg", 120_000, 7)


@pytest.fixture
def db(db: Database) -> Database:
    for seat in ("anna", "ben"):
        db.vault.new_seat_key(seat)
    return db


# Files


def test_a_file_comes_back_as_it_came_and_nobody_reads_it_in_the_database(db: Database) -> None:
    opinions.keep(db, "a1", said("c1", "anna", media="photo"))
    media.store(db, "a1", FILE, 5)
    media.store(db, "a1", replace(FILE, ref="another"), 6)
    assert media.load(db, "a1", "c1") == FILE
    assert media.load(db, "a2", "c1") is None
    (row,) = db.sql.execute("SELECT * FROM media").fetchall()
    assert not any(word in repr(row) for word in ("AgACAgIAAx", "oven", "jpeg"))


@pytest.mark.parametrize("how", ["withdrawn", "hidden", "never kept", "erased"])
def test_a_file_is_handed_out_only_while_its_contribution_stands(db: Database, how: str) -> None:
    if how != "never kept":
        opinions.keep(db, "a1", said("c1", "anna", media="photo"))
    media.store(db, "a1", FILE, 5)
    if how == "withdrawn":
        opinions.withdraw(db, "a1", "anna", "c1")
    elif how == "hidden":
        assert opinions.hide(db, "a1", "c1")
    elif how == "erased":
        db.vault.erase_seat_key("anna")
    assert media.load(db, "a1", "c1") is None


def test_what_nobody_kept_is_dropped_and_nothing_else(db: Database) -> None:
    opinions.keep(db, "a1", said("c1", "anna", media="photo"))
    for assembly, id in (("a1", "c1"), ("a1", "c2"), ("a2", "c2")):
        media.store(db, assembly, replace(FILE, id=id), 5)
    for id in ("c1", "c2"):
        media.drop_unkept(db, "a1", id)
    assert db.sql.execute("SELECT assembly, id FROM media ORDER BY assembly, id").fetchall() == [
        ("a1", "c1"),
        ("a2", "c2"),
    ]


def test_an_account_knows_what_it_has_sent_until_its_owner_is_erased(db: Database) -> None:
    opinions.keep(db, "a1", said("c1", "anna", media="photo"))
    media.store(db, "a1", FILE, 5)
    for ref in ("first", "second"):
        media.remember_sent(db, "matrix:main", "c1", ref)
    media.remember_sent(db, "matrix:main", "evening@1/material/map.jpg", "map")
    assert media.sent_as(db, "matrix:main", "c1") == "second"
    assert media.sent_as(db, "telegram:main", "c1") == ""
    assert b"second" not in db.sql.execute("SELECT sealed FROM file_ref WHERE id = 'c1'").fetchone()[0]
    media.erase(db, "anna")
    assert media.sent_as(db, "matrix:main", "c1") == ""
    assert media.sent_as(db, "matrix:main", "evening@1/material/map.jpg") == "map"
    assert db.sql.execute("SELECT COUNT(*) FROM media").fetchone() == (0,)


def test_nothing_is_kept_of_somebody_who_was_erased(db: Database) -> None:
    db.vault.erase_seat_key("anna")
    media.store(db, "a1", FILE, 5)
    assert db.sql.execute("SELECT COUNT(*) FROM media").fetchone() == (0,)


# Other words, and none


def test_new_words_keep_the_old_ones_as_versions_and_drop_their_translations(db: Database) -> None:
    opinions.keep(db, "a1", said("c1", "anna", "first"))
    translations.save(db, "a1", Translated("c1", "de", "zuerst", "engine"), NOON)
    assert opinions.amend(db, "a1", "anna", "c1", "second", 5) == 1
    assert opinions.amend(db, "a1", "anna", "c1", "third", 6) == 2
    assert opinions.words(db, "a1", ["c1"]) == {"c1": "third"}
    assert opinions.earlier(db, "a1", "c1") == ["first", "second"]
    assert translations.load(db, "a1", "c1", "de") is None
    assert "first" not in repr(db.sql.execute("SELECT * FROM version").fetchall())
    db.vault.erase_seat_key("anna")
    assert opinions.earlier(db, "a1", "c1") == []


def test_only_what_stands_has_new_words_and_only_by_its_author(db: Database) -> None:
    opinions.keep(db, "a1", said("c1", "anna", "first"))
    assert opinions.amend(db, "a1", "ben", "c1", "mine", 5) == 0
    assert opinions.amend(db, "a2", "anna", "c1", "elsewhere", 5) == 0
    opinions.hide(db, "a1", "c1")
    assert opinions.amend(db, "a1", "anna", "c1", "second", 5) == 0
    assert opinions.earlier(db, "a1", "c1") == []


def test_what_is_hidden_is_found_by_its_id_only(db: Database) -> None:
    opinions.keep(db, "a1", said("c1", "anna", "You are fools."))
    assert opinions.hide(db, "a1", "c1")
    assert not opinions.hide(db, "a1", "c1")
    assert opinions.words(db, "a1", ["c1"]) == {}
    assert opinions.contributions(db, "a1", "talk") == opinions.given_by(db, "a1", "anna") == []
    assert opinions.withdraw(db, "a1", "anna") == 0, "evidence cannot be taken back"
    found = opinions.contribution(db, "a1", "c1")
    assert found is not None
    assert (found.text, found.state) == ("You are fools.", "hidden")


def test_what_was_held_becomes_what_it_is_under_the_same_id(db: Database) -> None:
    held = replace(said("c1", "anna", "I bake.", kind="held", shared=False), step="")
    opinions.keep(db, "a1", held)
    opinions.withdraw(db, "a1", "anna", "c1")
    opinions.keep(db, "a1", replace(held, kind="message", step="talk", shared=True, target="c0", media="photo"))
    found = opinions.contribution(db, "a1", "c1")
    assert found is not None
    assert (found.kind, found.step, found.shared, found.target, found.media, found.state, found.at) == (
        "message", "talk", True, "c0", "photo", "live", held.at,
    )  # fmt: skip


# What waits


def waiting(db: Database) -> list[tuple[str, str]]:
    return db.sql.execute("SELECT key, state FROM outbox ORDER BY seq").fetchall()


def test_what_carries_a_contribution_is_unsaid_or_said_otherwise_as_long_as_it_waits(db: Database) -> None:
    rows = [OutRow(f"k{n}", "a1", seat, 2, 5, b"old", about=about) for n, (seat, about) in enumerate(
        (("anna", "c1"), ("ben", "c1"), ("ben", "c2"), ("ben", "")), 1
    )]  # fmt: skip
    queue.say(db, rows)
    db.sql.execute("UPDATE outbox SET state = 'sending' WHERE key = 'k1'")
    assert unsaid.reword(db, "a1", "ben", "c1", b"new") == 1
    bodies = db.sql.execute("SELECT key, seat, body FROM outbox ORDER BY seq").fetchall()
    opened = {key: db.vault.open(seat, body, f"outbox/a1/{key}") for key, seat, body in bodies}
    assert opened == {"k1": b"old", "k2": b"new", "k3": b"old", "k4": b"old"}
    assert unsaid.unsay(db, "a1", "c1") == 1
    assert unsaid.unsay(db, "a2", "c2") == 0
    assert waiting(db) == [("k1", "sending"), ("k2", "gone"), ("k3", "new"), ("k4", "new")]
    assert db.sql.execute("SELECT body, receipt FROM outbox WHERE key = 'k2'").fetchone() == (None, "Recalled")


def test_a_message_is_found_by_the_key_under_which_it_was_said(db: Database) -> None:
    queue.say(
        db, [OutRow("k1", "a1", "anna", 0, 5, b"x"), OutRow("k2", "a1", "anna", 0, 5, b"x", act="edit", target="m7")]
    )
    assert unsaid.remote(db, "a1", "k1") == ""
    db.sql.execute("UPDATE outbox SET state = 'sent', receipt = 'm9'")
    assert (unsaid.remote(db, "a1", "k1"), unsaid.remote(db, "a1", "k2")) == ("m9", "m7")
    assert unsaid.remote(db, "a1", "k3") == unsaid.remote(db, "a2", "k1") == ""
