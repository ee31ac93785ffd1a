"""A vote counts once, can be changed until the close, and after the close of a secret one nobody can tell whose it was."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from bot.core.effects import Cast
from bot.store import ballots
from bot.store.connection import Store, open_store
from bot.store.database import Database
from bot.store.errors import BoxClosed
from bot.store.keys import KeyFile, Vault
from tests.store.filling import NOON, choose, rows
from tests.store.test_people import active


def cast(db: Database, seat: str, choice: object, **more: object) -> None:
    ballots.cast(db, "a1", choose(seat, choice, **more), "fr", "t1", NOON)  # type: ignore[arg-type]


def counted(db: Database, step: str = "vote") -> Counter[str]:
    return Counter(repr(b.choice) for b in ballots.ballots(db, "a1", step))


@pytest.mark.parametrize("secret", [True, False])
def test_the_last_choice_counts_once(db: Database, secret: bool) -> None:
    for choice in ("yes", "no", ["a", "b"], 4, "no"):
        cast(db, "anna", choice, secret=secret)
    cast(db, "ben", "yes", secret=secret)
    assert counted(db) == {"'no'": 1, "'yes'": 1}
    assert ballots.choices_of(db, "a1", "anna", "vote") == {("q", ""): "no"}
    assert ballots.voters(db, "a1", "vote") == ["anna", "ben"]
    assert ballots.has_voted(db, "a1", "vote", "anna")
    assert not ballots.has_voted(db, "a1", "vote", "carl")
    assert {b.table for b in ballots.ballots(db, "a1", "vote")} == ({None} if secret else {"t1"})
    assert ballots.choices_of(db, "a1", "anna", "other") == {}


def test_a_choice_is_taken_back(db: Database) -> None:
    cast(db, "anna", "yes", item="one")
    cast(db, "anna", "no", item="two")
    cast(db, "anna", None, item="one")
    assert ballots.choices_of(db, "a1", "anna", "vote") == {("q", "two"): "no"}
    assert ballots.has_voted(db, "a1", "vote", "anna")
    cast(db, "anna", None, item="two")
    assert not ballots.has_voted(db, "a1", "vote", "anna")
    assert counted(db) == {}


def test_turnout_is_counted_per_course(db: Database) -> None:
    for user, site in (("anna", "fr"), ("ben", "fr"), ("carl", "de")):
        cast(db, active(db, user, site).id, "yes")
    assert [ballots.turnout(db, "a1", "vote", course) for course in ("fr", "de", "all", "nz")] == [2, 1, 3, 0]


def test_while_it_is_open_no_row_tells_whose_choice_it_is_without_the_key_file(db: Database) -> None:
    cast(db, "anna", "yes")
    assert "anna" not in repr(db.sql.execute("SELECT * FROM ballot").fetchall())
    assert "yes" not in repr(db.sql.execute("SELECT * FROM ballot").fetchall())
    stranger = Database(db.sql, Vault(KeyFile.from_seed("stranger"), db.sql))
    with pytest.raises(Exception, match="does not open"):
        ballots.choices_of(stranger, "a1", "anna", "vote")


def test_sealing_off_keeps_the_count_and_loses_the_link(db: Database) -> None:
    rng = random.Random(2)
    seats = [f"seat{n}" for n in range(40)]
    for seat in seats:
        for item in ("one", "two"):
            cast(db, seat, rng.choice(["yes", "no", "abstain"]), item=item)
    before = Counter((b.question, b.item, b.site, b.choice) for b in ballots.ballots(db, "a1", "vote"))
    holders = {h for (h,) in db.sql.execute("SELECT holder FROM ballot")}
    assert ballots.seal_off(db, "a1", "vote") == 80
    assert db.wipe
    after = [(b.question, b.item, b.site, b.choice) for b in ballots.ballots(db, "a1", "vote")]
    assert Counter(after) == before
    names = [h for (h,) in db.sql.execute("SELECT holder FROM ballot")]
    assert len(set(names)) == 80  # nothing tells which two are one person's
    assert not holders & set(names)
    assert db.sql.execute("SELECT wrapped FROM step_key").fetchall() == [(None,)]
    assert ballots.choices_of(db, "a1", "seat1", "vote") == {}
    assert ballots.voters(db, "a1", "vote") == sorted(seats)
    assert ballots.seal_off(db, "a1", "vote") == 80
    assert Counter((b.question, b.item, b.site, b.choice) for b in ballots.ballots(db, "a1", "vote")) == before


def test_after_the_close_no_choice_comes_in(db: Database) -> None:
    cast(db, "anna", "yes")
    ballots.seal_off(db, "a1", "vote")
    with pytest.raises(BoxClosed):
        cast(db, "ben", "no")
    ballots.seal_off(db, "a1", "empty")
    with pytest.raises(BoxClosed):
        cast(db, "ben", "no", step="empty")
    assert counted(db) == {"'yes'": 1}


def test_the_order_of_arrival_leaves_no_trace(keys: KeyFile, tmp_path: Path) -> None:
    """The first voter's choice stands anywhere after the close: with 20 rows, never at one place in 16 of 60 elections."""
    import asyncio

    places: Counter[int] = Counter()

    async def elections() -> None:
        store = await open_store(tmp_path / "votes.db", keys)
        for n in range(60):
            await store.transact(election, f"vote{n}")
        await store.close()

    def election(db: Database, step: str) -> None:
        for n in range(20):
            ballots.cast(
                db, "a1", Cast(step, f"seat{n}", "q", "", "mine" if n == 0 else "other", True), "fr", None, NOON
            )
        ballots.seal_off(db, "a1", step)
        places[[b.choice for b in ballots.ballots(db, "a1", step)].index("mine")] += 1

    asyncio.run(elections())
    assert len(places) > 10
    assert max(places.values()) < 16


async def test_a_stranger_with_file_and_key_file_cannot_link_after_the_close(
    store: Store, path: Path, keys: KeyFile
) -> None:
    seats = [f"seat{n}" for n in range(12)]

    def vote(db: Database) -> list[str]:
        for n, seat in enumerate(seats):
            cast(db, seat, "yes" if n % 2 else "no")
        key = db.vault.step_key("a1", "vote")
        assert key is not None
        return [key.holder(seat) for seat in seats]

    holders = await store.transact(vote)
    content = b"".join(Path(f"{path}{end}").read_bytes() for end in ("", "-wal"))
    assert all(holder.encode() in content for holder in holders)
    await store.transact(ballots.seal_off, "a1", "vote")
    content = b"".join(Path(f"{path}{end}").read_bytes() for end in ("", "-wal"))
    assert [holder for holder in holders if holder.encode() in content] == []
    everything = await store.read(lambda db: rows(db.sql))
    assert len(everything["ballot"]) == 12
    seen = repr(everything["ballot"])
    assert not any(seat in seen for seat in seats)


def test_a_persons_choices_are_found_without_reading_the_whole_step(db: Database) -> None:
    cast(db, "anna", "yes")
    statements: list[str] = []
    db.sql.set_trace_callback(statements.append)
    assert ballots.choices_of(db, "a1", "anna", "vote")
    db.sql.set_trace_callback(None)
    asked = next(s for s in statements if s.startswith("SELECT question, item, holder"))
    plan = [row[3] for row in db.sql.execute(f"EXPLAIN QUERY PLAN {asked}")]
    assert any("ballot" in step for step in plan)
    assert all("holder=?" in step for step in plan if "ballot" in step)
