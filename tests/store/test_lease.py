"""One writer at a time, also when one of them slept past its time."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.store import lease
from bot.store.database import Database
from bot.store.errors import InUse, LeaseLost

TTL = 10_000


def test_the_first_one_gets_it_and_the_second_one_waits(db: Database) -> None:
    assert lease.take(db, "one", 0, TTL) == 1
    assert lease.take(db, "two", TTL - 1, TTL) is None
    assert lease.take(db, "two", TTL, TTL) == 2


def test_whoever_slept_too_long_writes_nothing(db: Database) -> None:
    old = lease.take(db, "one", 0, TTL)
    assert old is not None
    lease.check(db, old)
    new = lease.take(db, "two", TTL, TTL)
    assert new is not None
    with pytest.raises(LeaseLost):
        lease.check(db, old)
    assert not lease.renew(db, old, TTL, TTL)
    lease.release(db, old)
    lease.check(db, new)


def test_a_lease_is_renewed_and_given_back(db: Database) -> None:
    fence = lease.take(db, "one", 0, TTL)
    assert fence is not None
    assert lease.renew(db, fence, TTL - 1, TTL)
    assert lease.take(db, "two", TTL + 5, TTL) is None
    lease.release(db, fence)
    assert lease.take(db, "two", TTL + 6, TTL) == fence + 1


def test_the_same_holder_after_a_crash_gets_a_new_fence(db: Database) -> None:
    assert lease.take(db, "one", 0, TTL) == 1
    assert lease.take(db, "one", 5, TTL) == 2


def test_without_any_lease_nothing_may_be_written(db: Database) -> None:
    with pytest.raises(LeaseLost):
        lease.check(db, 1)


def test_the_file_lock_lets_one_in_and_the_next_one_after_it(path: Path) -> None:
    with lease.FileLock(str(path)) as lock:
        with pytest.raises(InUse, match="pnyx status"):
            lease.FileLock(str(path))
        assert Path(f"{path}.lock").read_text().strip().isdigit()
    lock.release()  # once more does no harm
    with lease.FileLock(str(path)):
        pass
