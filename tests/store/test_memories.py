"""What is remembered of translations is found again by its words, tells nobody which words these are, and dies with them."""

from __future__ import annotations

import hashlib

import pytest

from bot.core.state import Translated
from bot.store import identities, memories, opinions, translations
from bot.store.database import Database
from bot.store.memories import Given, Imported, Remembered
from tests.store.filling import NOON, said

BREAD = Remembered("fr", "de", "du pain", "Brot", "c1", "anna", "tom")


@pytest.fixture(autouse=True)
def people(db: Database) -> None:
    for seat in ("anna", "ben"):
        db.vault.new_seat_key(seat)
    opinions.keep(db, "a1", said("c1", "anna", "du pain"))


def recalled(db: Database, original: str, assembly: str = "a1", target: str = "de") -> str | None:
    return memories.recall(db, assembly, "fr", target, [original]).get(original)


def test_what_machines_gave_is_found_by_its_key_and_sealed_for_its_owner(db: Database) -> None:
    brot = Given("Brot", "libre", "1.6", "en")
    memories.keep(db, {"k1": ("anna", brot), "k2": ("", Given("Milch", "libre"))}, NOON)
    assert memories.given(db, ["k1", "k2", "k3"]) == {"k1": brot, "k2": Given("Milch", "libre")}
    db.vault.erase_seat_key("anna")
    assert memories.given(db, ["k1", "k2"]) == {"k2": Given("Milch", "libre")}


def test_nothing_in_the_file_tells_the_words_or_lets_them_be_guessed(db: Database) -> None:
    memories.keep(db, {"du pain": ("anna", Given("Brot", "libre"))}, NOON)
    memories.learn(db, "a1", BREAD, NOON)
    rows = repr([db.sql.execute(f"SELECT * FROM {name}").fetchall() for name in ("machine_translation", "memory")])
    assert "pain" not in rows
    assert "Brot" not in rows
    names = {db.sql.execute("SELECT key FROM machine_translation").fetchone()[0]}
    names |= {db.sql.execute("SELECT hash FROM memory").fetchone()[0].hex()}
    guesses = {hashlib.sha256(g.encode()).hexdigest() for g in ("du pain", "\x1f".join(("a1", "fr", "de", "du pain")))}
    assert not names & guesses, "without the key file nobody can try out words"


def test_words_are_found_again_however_they_are_spaced_and_nowhere_else(db: Database) -> None:
    memories.learn(db, "a1", BREAD, NOON)
    assert recalled(db, " du\u00a0 pain\n") == "Brot"
    assert recalled(db, "Du pain") is None
    assert recalled(db, "du pain", assembly="a2") is None
    assert recalled(db, "du pain", target="en") is None
    memories.learn(db, "a1", BREAD._replace(translated="Brot, bitte"), NOON + 1)
    assert recalled(db, "du pain") == "Brot, bitte", "the last word of a person counts"


def test_what_was_taken_back_hidden_changed_or_erased_is_remembered_no_longer(db: Database) -> None:
    for end in ("withdraw", "hide", "amend", "erase"):
        opinions.keep(db, "a1", said(end, "anna", end))
        memories.learn(db, "a1", Remembered("fr", "de", end, "ja", end, "anna"), NOON)
        assert recalled(db, end) == "ja"
    opinions.withdraw(db, "a1", "anna", "withdraw")
    opinions.hide(db, "a1", "hide")
    opinions.amend(db, "a1", "anna", "amend", "otherwise", NOON)
    assert [recalled(db, end) for end in ("withdraw", "hide", "amend", "erase")] == [None, None, None, "ja"]
    assert [one.original for one in memories.everything(db, "a1")] == ["erase"]
    db.vault.erase_seat_key("anna")
    assert recalled(db, "erase") is None
    assert list(memories.everything(db, "a1")) == []


def test_erasing_a_person_leaves_no_row_of_theirs(db: Database) -> None:
    seat = identities.enrol(db, "a1", "test:main", "zoe", "zoe", "participant", "fr", "fr", at=NOON).id
    opinions.keep(db, "a1", said("z1", seat, "oui"))
    translations.save(db, "a1", Translated("z1", "de", "ja", "libre"), NOON)
    memories.keep(db, {"k": (seat, Given("ja", "libre"))}, NOON)
    memories.learn(db, "a1", Remembered("fr", "de", "oui", "ja", "z1", seat), NOON)
    memories.learn(db, "a1", Remembered("fr", "de", "non", "nein"), NOON)
    identities.erase(db, seat)
    left = [db.sql.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0] for name in ("machine_translation", "memory")]
    assert left == [0, 1]


def test_a_withdrawn_translation_is_unlearned_whoever_said_the_same(db: Database) -> None:
    memories.learn(db, "a1", BREAD, NOON)
    memories.unlearn(db, "a1", BREAD._replace(contribution="other", translated="Kuchen"))
    assert recalled(db, "du pain") == "Brot", "another wording"
    memories.unlearn(db, "a1", BREAD._replace(contribution="other"))
    assert recalled(db, "du pain") is None
    memories.learn(db, "a1", BREAD, NOON)
    memories.unlearn(db, "a1", BREAD._replace(translated="Kuchen"))
    assert recalled(db, "du pain") is None, "what stood there for this contribution was withdrawn"


def test_an_import_counts_what_it_did(db: Database) -> None:
    memories.learn(db, "a1", BREAD, NOON)
    units = [
        Remembered("fr", "de", "du pain", "Brot"),
        Remembered("fr", "de", "du lait", "Milch"),
        Remembered("fr", "de", "du  lait", "Vollmilch"),
    ]
    assert memories.take_in(db, "a1", units, NOON) == Imported(new=1, changed=1, known=1)
    assert recalled(db, "du lait") == "Vollmilch"
    db.vault.erase_seat_key("anna")
    assert recalled(db, "du lait") == "Vollmilch", "what was imported is the house's"
