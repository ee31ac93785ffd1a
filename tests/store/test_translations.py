"""Words in other languages: what stood there before, who waits for a translator, and who doubts what there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.state import Contribution, Translated, Wanted
from bot.engine.letters import look_up
from bot.store import identities, opinions, translations
from bot.store.database import Database
from bot.store.times import instant

NOON = 1_803_902_400_000
AT = instant(NOON)
MADE = Translated("c1", "de", "eins", "engine")
WANTED = Wanted("c1", "de", "fr", "held", AT, due=AT + timedelta(minutes=5))


@pytest.fixture
def author(db: Database) -> str:
    """Somebody who has written the contribution `c1`."""
    seat = identities.enrol(db, "a1", "test:main", "anna", "anna", "participant", "lyon", "fr", at=NOON)
    opinions.keep(db, "a1", Contribution("c1", "talk", "t1", "lyon", seat.id, "message", "un", AT, "fr"))
    return seat.id


def test_a_text_that_was_replaced_is_kept_as_an_earlier_edition(db: Database, author: str) -> None:
    for text, edition in (("eins", 1), ("eins", 1), ("zwei", 2), ("drei", 3)):
        translations.save(db, "a1", replace(MADE, text=text), NOON)
        assert translations.load(db, "a1", "c1", "de") == replace(MADE, text=text, edition=edition)
    translations.save(db, "a1", replace(MADE, text="drei", state="questioned"), NOON)
    assert [translations.edited(db, "a1", "c1", "de", n) for n in range(5)] == [None, "eins", "zwei", "drei", None]


def test_a_pointer_names_the_translation_that_stands_or_one_that_stood(db: Database, author: str) -> None:
    translations.save(db, "a1", MADE, NOON)
    translations.save(db, "a1", replace(MADE, text="zwei"), NOON)
    found = look_up(db, "a1", ["c1", "c1@de", "c1@de~1", "c1@de~2", "c1@de~3", "c1@it"])
    assert found == {"c1": "un", "c1@de": "zwei", "c1@de~1": "eins", "c1@de~2": "zwei", "c1@it": "un"}


@pytest.mark.parametrize("state", ["held", "withdrawn"])
def test_what_nobody_may_read_is_read_as_it_was_written(db: Database, author: str, state: str) -> None:
    translations.save(db, "a1", replace(MADE, state=state), NOON)  # type: ignore[arg-type]
    assert look_up(db, "a1", ["c1@de"]) == {"c1@de": "un"}
    assert look_up(db, "a1", ["c1@de~1"]) == {"c1@de~1": "eins"}, "but by its translator"


def test_with_the_author_every_edition_is_gone(db: Database, author: str) -> None:
    translations.save(db, "a1", MADE, NOON)
    identities.erase(db, author)
    assert translations.edited(db, "a1", "c1", "de", 1) is None
    assert look_up(db, "a1", ["c1@de", "c1@de~1"]) == {}


def test_the_queue_holds_what_is_not_done(db: Database, author: str) -> None:
    later = replace(WANTED, contribution="c2", at=AT + timedelta(seconds=1))
    for wanted in (later, WANTED):
        translations.want(db, "a1", wanted)
    assert translations.waiting(db, "a1") == [WANTED, later]
    taken = replace(WANTED, state="taken", taken_by="tom", until=AT + timedelta(minutes=5), refused=("tina", "tess"))
    translations.want(db, "a1", taken)
    assert translations.wanted(db, "a1", "c1", "de") == taken
    translations.want(db, "a1", replace(taken, state="refused", taken_by="", until=None))
    assert [w.state for w in translations.waiting(db, "a1")] == ["refused", "waiting"]
    translations.want(db, "a1", replace(WANTED, state="done"))
    assert translations.waiting(db, "a1") == [later]
    assert translations.waiting(db, "a2") == []


def test_words_that_are_changed_wait_for_nobody_and_are_not_doubted(db: Database, author: str) -> None:
    translations.save(db, "a1", MADE, NOON)
    translations.save(db, "a1", replace(MADE, text="zwei"), NOON)
    translations.want(db, "a1", replace(WANTED, state="taken", taken_by="tom", until=AT))
    translations.flag(db, "a1", "c1", "de", "ben", NOON)
    opinions.amend(db, "a1", author, "c1", "deux", NOON)
    assert translations.waiting(db, "a1") == []
    assert translations.flags(db, "a1", "c1", "de") == ()
    translations.save(db, "a1", replace(MADE, text="neu"), NOON)
    assert translations.load(db, "a1", "c1", "de") == replace(MADE, text="neu"), "the first text for these words"
    assert translations.edited(db, "a1", "c1", "de", 2) is None


def test_each_reader_doubts_once(db: Database, author: str) -> None:
    flags = [translations.flag(db, "a1", "c1", "de", seat, NOON) for seat in ("ben", "anna", "ben")]
    assert flags == [True, True, False]
    assert translations.flags(db, "a1", "c1", "de") == ("anna", "ben")
