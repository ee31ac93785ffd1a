"""What is sealed opens in its own place, for its own keys, until its key is erased."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from bot.store.database import Database
from bot.store.errors import BadKeyFile, Unreadable
from bot.store.keys import KeyFile, Vault


@pytest.fixture
def vault(db: Database) -> Vault:
    db.vault.new_seat_key("anna")
    db.vault.new_seat_key("ben")
    return db.vault


def test_what_is_sealed_opens(vault: Vault) -> None:
    for seat in ("anna", None):
        sealed = vault.seal(seat, b"words", "here")
        assert b"words" not in sealed
        assert vault.open(seat, sealed, "here") == b"words"
        assert vault.seal(seat, b"words", "here") != sealed
    assert vault.open("anna", vault.seal("anna", b"", "here"), "here") == b""


@pytest.mark.parametrize(("seat", "context"), [("anna", "there"), ("ben", "here"), (None, "here")])
def test_a_value_that_was_moved_does_not_open(vault: Vault, seat: str | None, context: str) -> None:
    sealed = vault.seal("anna", b"words", "here")
    with pytest.raises(Unreadable):
        vault.open(seat, sealed, context)


def test_no_flipped_bit_goes_unseen(vault: Vault) -> None:
    sealed = vault.seal("anna", b"words", "here")
    for place in range(len(sealed)):
        broken = bytearray(sealed)
        broken[place] ^= 1
        with pytest.raises(Unreadable):
            vault.open("anna", bytes(broken), "here")
    with pytest.raises(Unreadable):
        vault.open("anna", sealed[:9], "here")


def test_an_erased_key_opens_nothing_and_raises_nothing(db: Database, vault: Vault) -> None:
    sealed = vault.seal("anna", b"words", "here")
    vault.erase_seat_key("anna")
    assert vault.open("anna", sealed, "here") is None
    assert vault.seal("anna", b"more", "here") == b""
    assert vault.open("anna", b"", "here") is None
    assert db.sql.execute("SELECT wrapped FROM seat_key WHERE seat = 'anna'").fetchone() == (None,)
    assert vault.open("ben", vault.seal("ben", b"words", "here"), "here") == b"words"


def test_what_was_made_from_the_words_of_several_is_gone_with_the_first_of_their_keys(
    db: Database, vault: Vault
) -> None:
    vault.new_seat_key("carl")
    sealed = vault.seal("anna+ben+carl", b"words", "here")
    assert vault.open("carl+anna+ben", sealed, "here") == b"words"
    for others in ("anna", "ben", "anna+ben", "anna+carl", None):
        with pytest.raises(Unreadable):
            vault.open(others, sealed, "here")
    for lost in ("anna", "ben", "carl"):
        db.sql.execute("SAVEPOINT before")
        vault.erase_seat_key(lost)
        assert vault.open("anna+ben+carl", sealed, "here") is None
        assert vault.seal("anna+ben+carl", b"more", "here") == b""
        db.sql.execute("ROLLBACK TO before")


def test_a_seat_that_never_was_is_a_fault_of_the_program(vault: Vault) -> None:
    with pytest.raises(LookupError, match="nobody"):
        vault.seal("nobody", b"words", "here")


def test_keys_come_back_from_the_database_when_the_cache_is_full(db: Database, keys: KeyFile) -> None:
    vault = Vault(keys, db.sql, capacity=2)
    sealed = {}
    for seat in ("a", "b", "c", "d"):
        vault.new_seat_key(seat)
        sealed[seat] = vault.seal(seat, seat.encode(), "here")
    for seat, value in sealed.items():
        assert vault.open(seat, value, "here") == seat.encode()
        assert Vault(keys, db.sql).open(seat, value, "here") == seat.encode()


def test_a_key_wrapped_for_one_seat_is_no_key_for_another(db: Database, vault: Vault) -> None:
    db.sql.execute(
        "UPDATE seat_key SET wrapped = (SELECT wrapped FROM seat_key WHERE seat = 'ben') WHERE seat = 'anna'"
    )
    vault.forget("anna")
    with pytest.raises(Unreadable):
        vault.seal("anna", b"words", "here")


def test_keys_made_in_a_transaction_that_was_undone_are_forgotten(db: Database, vault: Vault) -> None:
    vault.committed()
    db.sql.execute("COMMIT")
    db.sql.execute("BEGIN")
    vault.new_seat_key("carl")
    key = vault.step_key("a1", "vote", make=True)
    db.sql.execute("ROLLBACK")
    vault.rolled_back()
    with pytest.raises(LookupError):
        vault.seal("carl", b"lost", "here")
    assert key is not None
    assert vault.step_key("a1", "vote") is None
    db.sql.execute("BEGIN")


def test_lookups_and_pseudonyms_follow_the_key_file(vault: Vault, keys: KeyFile, db: Database) -> None:
    other = Vault(KeyFile.from_seed(8), db.sql)
    again = Vault(KeyFile.from_seed(7), db.sql)
    lookup = vault.lookup("telegram:bot", "42")
    assert again.lookup("telegram:bot", "42") == lookup != other.lookup("telegram:bot", "42")
    assert vault.lookup("telegram:bot4", "2") != lookup
    seat = vault.pseudonym("a1", lookup)
    assert again.pseudonym("a1", lookup) == seat
    assert (
        len({seat, vault.pseudonym("a2", lookup), vault.pseudonym("a1", lookup, 1), other.pseudonym("a1", lookup)}) == 4
    )
    assert len(seat) == 12
    assert seat == seat.lower()
    assert seat.isalnum()


def test_holders_cannot_be_told_without_the_step_key(vault: Vault) -> None:
    one, two = vault.step_key("a1", "vote", make=True), vault.step_key("a1", "other", make=True)
    assert one is not None
    assert two is not None
    assert one.holder("anna") == one.holder("anna") != one.holder("ben")
    assert one.holder("anna") != two.holder("anna")


def test_a_key_file_is_private_and_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "pnyx.key"
    made = KeyFile.create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KeyFile.load(path) == made
    assert made.secret.hex() not in repr(made)
    assert KeyFile.create(tmp_path / "other.key") != made
    with pytest.raises(BadKeyFile, match="already"):
        KeyFile.create(path)
    assert KeyFile.load(path) == made


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pnyx.key"
    KeyFile.create(path)
    for mode in (0o644, 0o640, 0o602):
        os.chmod(path, mode)
        with pytest.raises(BadKeyFile, match=f"chmod 600 {path}"):
            KeyFile.load(path)


@pytest.mark.parametrize("content", ["", "secret = 3", 'secret = "abcd"', "not toml", 'secret = "zz"', "\x00"])
def test_another_file_is_not_a_key_file(tmp_path: Path, content: str) -> None:
    path = tmp_path / "pnyx.key"
    path.touch(0o600)
    path.write_text(content)
    with pytest.raises(BadKeyFile, match="is not a key file"):
        KeyFile.load(path)


def test_a_missing_key_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadKeyFile, match=r"nowhere.key cannot be read: No such file"):
        KeyFile.load(tmp_path / "nowhere.key")
    with pytest.raises(BadKeyFile, match="cannot be written"):
        KeyFile.create(tmp_path / "no folder" / "pnyx.key")
