"""Words stand under their author's key; what was taken back or erased is not read any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.effects import Grant, Record
from bot.core.state import Digest, DigestSentence, Translated, together
from bot.store import arrivals, findings, opinions, translations
from bot.store.database import Database
from bot.store.errors import Unreadable
from tests.store.filling import AT, NOON, said


@pytest.fixture
def db(db: Database) -> Database:
    for seat in ("anna", "ben", "carl"):
        db.vault.new_seat_key(seat)
    return db


def ids(found: list[opinions.Contribution]) -> list[str]:
    return [c.id for c in found]


def test_a_contribution_comes_back_as_it_was_given(db: Database) -> None:
    given = said("c1", "anna", "des tramways 🚊", side="for", target="q1", shared=False, helped=True, kind="message")
    opinions.keep(db, "a1", given)
    assert opinions.contribution(db, "a1", "c1") == given
    assert opinions.contribution(db, "a2", "c1") is None
    assert opinions.words(db, "a1", ["c1", "none", "c1"]) == {"c1": "des tramways 🚊"}


def test_the_same_id_again_changes_the_words_and_nobody_elses(db: Database) -> None:
    opinions.keep(db, "a1", said("c1", "anna", "first"))
    opinions.keep(db, "a1", said("c1", "anna", "second", at=AT + timedelta(1)))
    opinions.keep(db, "a1", said("c1", "ben", "mine now"))
    opinions.keep(db, "a2", said("c1", "ben", "another assembly"))
    assert opinions.words(db, "a1", ["c1"]) == {"c1": "second"}
    assert opinions.words(db, "a2", ["c1"]) == {"c1": "another assembly"}


def test_they_are_listed_in_order_of_arrival(db: Database) -> None:
    for id, seat, more in (
        ("z", "anna", {}),
        ("y", "ben", {"table": "t2"}),
        ("x", "carl", {"site": "de", "table": "t3"}),
        ("w", "anna", {"kind": "note"}),
    ):
        opinions.keep(db, "a1", said(id, seat, **more))
    assert ids(opinions.contributions(db, "a1", "talk")) == ["z", "y", "x", "w"]
    assert ids(opinions.contributions(db, "a1", "talk", table="t1")) == ["z", "w"]
    assert ids(opinions.contributions(db, "a1", "talk", site="de")) == ["x"]
    assert ids(opinions.contributions(db, "a1", "talk", kinds=("idea",))) == ["z", "y", "x"]
    assert ids(opinions.contributions(db, "a1", "talk", table="t1", kinds=("note", "message"))) == ["w"]
    assert opinions.contributions(db, "a1", "other") == []
    assert ids(opinions.given_by(db, "a1", "anna")) == ["z", "w"]


def test_what_is_taken_back_is_not_read(db: Database) -> None:
    for id, seat in (("c1", "anna"), ("c2", "anna"), ("c3", "ben")):
        opinions.keep(db, "a1", said(id, seat))
    assert opinions.withdraw(db, "a1", "ben", "c1") == 0  # nobody withdraws for another
    assert opinions.withdraw(db, "a1", "anna", "c1") == 1
    assert set(opinions.words(db, "a1", ["c1", "c2", "c3"])) == {"c2", "c3"}
    assert opinions.withdraw(db, "a1", "anna") == 1
    assert ids(opinions.contributions(db, "a1", "talk")) == ["c3"]
    kept = opinions.contribution(db, "a1", "c1")
    assert kept is not None
    assert kept.state == "withdrawn"


def test_an_erased_authors_words_are_gone_everywhere(db: Database) -> None:
    opinions.keep(db, "a1", said("c1", "anna"))
    opinions.keep(db, "a1", said("c2", "ben"))
    translations.save(db, "a1", Translated("c1", "de", "übersetzt", "pseudo"), NOON)
    db.vault.erase_seat_key("anna")
    assert ids(opinions.contributions(db, "a1", "talk")) == ["c2"]
    assert opinions.contribution(db, "a1", "c1") is None
    assert translations.load(db, "a1", "c1", "de") is None
    assert ids(opinions.statements(db, "a1", ["talk"], "carl", 9)) == ["c2"]


def made_by_a_model(db: Database) -> None:
    """Two statements, and a third that has nothing to do with them; a sentence made from the two, and its translation."""
    for id, seat in (("c1", "anna"), ("c2", "ben"), ("c3", "ben")):
        opinions.keep(db, "a1", said(id, seat))
    made = said("m1", together(("ben", "anna")), "a tramway to the hospital", kind="sentence", target="c1")
    assert made.authors == ("anna", "ben")
    opinions.keep(db, "a1", made)
    opinions.rest(db, "a1", "m1", ("c1", "c2"))
    opinions.rest(db, "a1", "m1", ("c1", "c2"))
    translations.save(db, "a1", Translated("m1", "fr", "un tramway", "pseudo"), NOON)
    assert opinions.words(db, "a1", ["m1"]) == {"m1": "a tramway to the hospital"}


@pytest.mark.parametrize("lost", ["anna", "ben"])
def test_what_a_model_made_is_gone_with_the_first_of_its_authors_in_every_language(db: Database, lost: str) -> None:
    made_by_a_model(db)
    db.vault.erase_seat_key(lost)
    assert opinions.words(db, "a1", ["m1"]) == {}
    assert opinions.contribution(db, "a1", "m1") is None
    assert translations.load(db, "a1", "m1", "fr") is None


def test_what_a_model_made_stands_no_longer_than_each_of_its_sources(db: Database) -> None:
    for fall in (
        lambda: opinions.withdraw(db, "a1", "anna", "c1"),
        lambda: opinions.withdraw(db, "a1", "ben"),
        lambda: opinions.hide(db, "a1", "c2"),
        lambda: opinions.amend(db, "a1", "anna", "c1", "no tramway at all", NOON),
    ):
        db.sql.execute("SAVEPOINT before")
        made_by_a_model(db)
        assert fall()
        assert opinions.words(db, "a1", ["m1"]) == {}
        assert opinions.taken_back(db, "a1", "m1")
        db.sql.execute("ROLLBACK TO before")
    made_by_a_model(db)
    opinions.withdraw(db, "a1", "ben", "c3")
    assert opinions.words(db, "a1", ["m1"]), "what it was not made from may go"


def test_words_moved_to_another_row_do_not_open(db: Database) -> None:
    opinions.keep(db, "a1", said("c1", "anna", "yes"))
    opinions.keep(db, "a1", said("c2", "anna", "no"))
    db.sql.execute("UPDATE contribution SET body = (SELECT body FROM contribution WHERE id = 'c1') WHERE id = 'c2'")
    with pytest.raises(Unreadable):
        opinions.words(db, "a1", ["c2"])


def test_others_statements_come_least_shown_first(db: Database) -> None:
    for id, seat, more in (
        ("a", "anna", {}),
        ("b", "ben", {}),
        ("c", "carl", {"table": "t2"}),
        ("d", "ben", {"site": "de", "table": "t3"}),
        ("icebreaker", "ben", {"shared": False}),
        ("aside", "ben", {"kind": "note"}),
    ):
        opinions.keep(db, "a1", said(id, seat, **more))
    assert ids(opinions.statements(db, "a1", ["talk"], "anna", 9)) == ["b", "c", "d"]
    opinions.shown(db, "a1", ["b", "b", "c"])
    assert ids(opinions.statements(db, "a1", ["talk"], "anna", 9)) == ["d", "c", "b"]
    assert ids(opinions.statements(db, "a1", ["talk"], "anna", 1)) == ["d"]
    assert ids(opinions.statements(db, "a1", ["talk"], "anna", 9, site="fr")) == ["c", "b"]
    assert ids(opinions.statements(db, "a1", ["talk"], "carl", 9, table="t1")) == ["a", "b"]
    opinions.withdraw(db, "a1", "ben", "d")
    assert ids(opinions.statements(db, "a1", ["talk"], "anna", 9)) == ["c", "b"]


def test_statements_are_read_from_the_index_however_many_there_are(db: Database) -> None:
    plan = db.sql.execute(
        "EXPLAIN QUERY PLAN SELECT body FROM contribution WHERE assembly = ? AND step = ? AND site = ? AND kind = ? "
        "AND state = 'live' AND shared = 1 AND seat <> ? ORDER BY shown, id LIMIT ?",
        ("a", "s", "fr", "idea", "x", 7),
    ).fetchall()
    assert "contribution_least_shown" in plan[0][3]
    assert "TEMP B-TREE" not in repr(plan)


def test_translations_follow_their_original(db: Database) -> None:
    opinions.keep(db, "a1", said("c1", "anna"))
    translations.save(db, "a1", Translated("c1", "de", "eins", "none"), NOON)
    translations.save(db, "a1", Translated("c1", "de", "zwei", "pseudo"), NOON)
    second = Translated("c1", "de", "zwei", "pseudo", edition=2)
    assert translations.load_all(db, "a1", ["c1", "none"], "de") == {"c1": second}
    assert translations.load(db, "a1", "c1", "fr") is None
    opinions.withdraw(db, "a1", "anna", "c1")
    assert translations.load(db, "a1", "c1", "de") is None
    with pytest.raises(LookupError, match="no contribution"):
        translations.save(db, "a1", Translated("none", "de", "x", "none"), NOON)


def test_the_last_word_on_a_purpose_counts_and_the_others_stay(db: Database) -> None:
    assert opinions.granted(db, "anna", "quotes") is None
    for given, at in ((True, NOON), (False, NOON + 5)):
        opinions.grant(db, "a1", Grant("anna", "quotes", given, "v1", "fr"), at)
    assert opinions.granted(db, "anna", "quotes") is False
    assert opinions.granted(db, "anna", "taking part") is None
    assert opinions.granted(db, "ben", "quotes") is None
    assert db.sql.execute("SELECT COUNT(*) FROM consent").fetchone() == (2,)


def test_results_and_digests_come_back(db: Database) -> None:
    findings.record(db, "a1", Record("vote", "site:fr", {"yes": 3}), NOON)
    findings.record(db, "a1", Record("vote", "site:fr", {"yes": 4, "share": "1/2"}), NOON)
    findings.record(db, "a1", Record("adopt", "all", {}), NOON)
    assert findings.results(db, "a1", "vote") == [("vote", "site:fr", {"yes": 4, "share": "1/2"})]
    assert [step for step, _, _ in findings.results(db, "a1")] == ["adopt", "vote"]
    sentences = (DigestSentence(("c1", "c2"), 3, 1, True), DigestSentence(("c3",), 1, 0, False, "insult"))
    digest = Digest("d1", "sum", "t1", "fr", "fr", "draft", sentences, 1, 6, AT)
    findings.save_digest(db, "a1", digest)
    findings.save_digest(db, "a1", replace(digest, state="approved"))
    findings.save_digest(db, "a1", replace(digest, id="d0", table="t2"))
    assert findings.load_digest(db, "a1", "d1") == replace(digest, state="approved")
    assert findings.load_digest(db, "a2", "d1") is None
    assert [d.id for d in findings.digests(db, "a1", "sum")] == ["d1", "d0"]


def test_what_has_come_to_a_table_is_told_in_order_and_once(db: Database) -> None:
    for n in (1, 2):
        findings.save_digest(db, "a1", Digest(f"d{n}", "sum", "t1", "fr", "fr", "approved", (), 0, 6, AT))
    assert arrivals.arrive(db, "a1", "relay", "t9", "d2", "none", {}, NOON)
    assert arrivals.arrive(db, "a1", "relay", "t9", "d1", "pseudo", {"c1": "c1@de"}, NOON + 1)
    assert not arrivals.arrive(db, "a1", "relay", "t9", "d1", "other", {}, NOON + 2)
    found = arrivals.at_table(db, "a1", "relay", "t9")
    assert [(a.digest.id, a.engine, a.texts) for a in found] == [("d2", "none", {}), ("d1", "pseudo", {"c1": "c1@de"})]
    assert arrivals.at_table(db, "a1", "relay", "t8") == ()
