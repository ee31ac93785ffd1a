"""Which message with choices a mark, a reply or an edit belongs to."""

from __future__ import annotations

import pytest

from bot.store import questions
from bot.store.database import Database
from bot.store.questions import Question

HALLS = "halls:main"


@pytest.fixture
def db(db: Database) -> Database:
    """A database that knows Anna and Ben."""
    for seat in ("anna", "ben"):
        db.vault.new_seat_key(seat)
    return db


def made(key: str, *presses: str, holder: str = "anna", account: str = HALLS, **more: object) -> Question:
    return Question(key, holder, account, presses, [[f"form of {p}"] for p in presses], **more)  # type: ignore[arg-type]


def newest(db: Database, *holders: str) -> list[str]:
    return [q.key for q in questions.newest(db, holders or ("anna",), HALLS)]


def test_the_newest_come_first_and_it_is_known_whether_they_have_arrived(db: Database) -> None:
    assert newest(db) == []
    questions.keep(db, made("k1", "yes", "no"))
    assert [q.remote for q in questions.newest(db, ("anna",), HALLS)] == [""]
    questions.arrived(db, "k1", "m1")
    questions.keep(db, made("k2", "a"))
    assert [(q.key, q.remote) for q in questions.newest(db, ("anna",), HALLS)] == [("k2", ""), ("k1", "m1")]
    questions.keep(db, made("k1", "yes", "no"))
    assert newest(db) == ["k1", "k2"], "it was sent once more"
    for n in range(3, 10):
        questions.keep(db, made(f"k{n}"))
    assert newest(db) == ["k9", "k8", "k7", "k6", "k5", "k4"]


def test_chats_are_kept_apart_and_several_seats_may_share_one(db: Database) -> None:
    for key, holder, account in (("k1", "anna", HALLS), ("k2", "ben", HALLS), ("k3", "anna", "halls:other")):
        questions.keep(db, made(key, "x", holder=holder, account=account))
        questions.arrived(db, key, f"m-{key}")
    assert newest(db, "anna") == ["k1"]
    assert newest(db, "anna", "ben") == ["k2", "k1"]
    assert newest(db, "cleo") == []
    assert questions.at(db, ("anna",), HALLS, "m-k3") is None
    assert questions.at(db, ("anna",), HALLS, "m-k2") is None


def test_a_reply_belongs_to_its_message_by_any_of_its_ids(db: Database) -> None:
    questions.keep(db, made("k1", "yes", asks="vote:q:"))
    questions.arrived(db, "k1", "m%1,m_2")
    for remote in ("m%1", "m_2"):
        found = questions.at(db, ("anna",), HALLS, remote)
        assert found is not None
        assert (found.key, found.asks, found.remote) == ("k1", "vote:q:", "m%1,m_2")
    for other in ("", "m", "1", "mx1", "m12", "m%1,m", "%"):
        assert questions.at(db, ("anna",), HALLS, other) is None
    questions.rename(db, "anna", HALLS, "m%1,m_2", "m%1")
    assert questions.at(db, ("anna",), HALLS, "m_2") is None


def test_a_message_that_was_changed_offers_what_it_says_now(db: Database) -> None:
    for key in ("k1", "k2"):
        questions.keep(db, made(key, "yes", "no"))
        questions.arrived(db, key, f"m-{key}")
    questions.change(db, made("edit", "+a", "-b", lettered=True), "m-k2")
    found, first = questions.newest(db, ("anna",), HALLS)
    assert (found.key, found.presses, found.lettered) == ("k2", ["+a", "-b"], True)
    questions.change(db, made("edit"), "m-k2")
    found, first = questions.newest(db, ("anna",), HALLS)
    assert (found.key, found.over, first.over) == ("k2", True, False), "it still stands below the other"
    replied = questions.at(db, ("anna",), HALLS, "m-k2")
    assert replied is not None
    assert replied.presses == ["+a", "-b"]
    questions.change(db, made("edit", "yes"), "m-k2")
    questions.change(db, made("edit", "other", holder="ben"), "m-k1")
    found, first = questions.newest(db, ("anna",), HALLS)
    assert not found.over
    assert first.presses == ["yes", "no"]


def test_an_answer_is_found_by_the_message_that_gave_it(db: Database) -> None:
    questions.keep(db, made("k1", "yes"))
    questions.keep(db, made("k2", "yes"))
    first, second = (questions.at(db, ("anna",), HALLS, m) for m in ("", ""))
    assert first is second is None
    questions.answer(db, made("k1", "yes"), "own-1")
    found = questions.answered(db, ("ben", "anna"), HALLS, "own-1")
    assert found is not None
    assert found.key == "k1"
    questions.answer(db, made("k2", "yes"), "own-1")
    again = questions.answered(db, ("anna",), HALLS, "own-1")
    assert again is not None
    assert again.key == "k2"
    for holders, account, message in (
        (("ben",), HALLS, "own-1"),
        (("anna",), "x", "own-1"),
        (("anna",), HALLS, "own-2"),
    ):
        assert questions.answered(db, holders, account, message) is None
    questions.forget(db, "anna")
    assert questions.answered(db, ("anna",), HALLS, "own-1") is None
    assert db.sql.execute("SELECT COUNT(*) FROM question").fetchone() == (0,)


def test_what_was_written_below_passes_a_question_over(db: Database) -> None:
    for key in ("k1", "k2"):
        questions.keep(db, made(key, "yes", holder="anna" if key == "k1" else "ben"))
        questions.arrived(db, key, f"m-{key}")
    questions.pass_over(db, questions.newest(db, ("anna",), HALLS))
    for holder, passed in (("anna", True), ("ben", False)):
        assert [q.passed for q in questions.newest(db, (holder,), HALLS)] == [passed]
    questions.keep(db, made("k3", "yes"))
    questions.answer(db, made("k3", "yes"), "own-1")
    assert [(q.key, q.passed) for q in questions.newest(db, ("anna", "ben"), HALLS)] == [
        ("k3", True),
        ("k2", False),
        ("k1", True),
    ]


def test_how_to_choose_is_told_until_a_step_has_offered_choices(db: Database) -> None:
    for key, press in (("k1", "-undo:x"), ("k2", "-come:y"), ("k3", "")):
        questions.keep(db, made(key, *([press] if press else [])))
    assert not questions.offered(db, "anna", HALLS, but="k9")
    questions.keep(db, made("k4", "ballot:q::yes"))
    assert questions.offered(db, "anna", HALLS, but="k9")
    assert not questions.offered(db, "anna", HALLS, but="k4"), "sent once more, it says the same"
    assert not questions.offered(db, "ben", HALLS, but="k9")
    assert not questions.offered(db, "anna", "halls:other", but="k9")


def test_a_label_has_one_form_however_it_is_written() -> None:
    forms = {questions.form(x) for x in ("Ask Maya privately", "ask  maya privately", " ASK MAYA PRIVATELY!\n")}
    assert forms == {"ask maya privately"}


def test_choices_cannot_be_read_without_the_key_of_whoever_reads_them(db: Database) -> None:
    questions.keep(db, made("k1", "ballot:many::-bus"))
    questions.keep(db, made("k2", "talk:done", holder="0" * 32, room=True))
    stored = db.sql.execute("SELECT * FROM question").fetchall()
    assert all("bus" not in str(row) and b"bus" not in row[5] and b"done" not in row[5] for row in stored)
    assert [q.presses for q in questions.newest(db, ("anna", "0" * 32), HALLS)] == [
        ["talk:done"],
        ["ballot:many::-bus"],
    ]
    db.vault.erase_seat_key("anna")
    assert [q.presses for q in questions.newest(db, ("anna",), HALLS)] == [[]]
