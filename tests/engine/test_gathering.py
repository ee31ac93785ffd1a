"""What several facts need is read once; nothing is read for the end of a fan-out, which concerns nobody."""

from __future__ import annotations

from bot.core.events import Answered, Spread
from bot.core.state import Digest
from bot.engine import handling
from bot.engine.drafting import NOBODY
from bot.engine.facts import Asked, gather
from bot.engine.work import Work
from bot.store.database import Database
from tests.engine.test_drafting import table
from tests.support.room import ASSEMBLY, START, Room

NOTHING = Answered("all", "digest", "doubles", {})


def _work(here: Room, db: Database) -> Work:
    return Work(db, here.engine.house, START)


def _asked(work: Work) -> Asked:
    flow = work.flow(ASSEMBLY)
    here = work.table(ASSEMBLY, "t1")
    return Asked(
        work, ASSEMBLY, flow, work.course(ASSEMBLY, "all"), flow.nodes["digest"], None, here, NOTHING, START
    )  # fmt: skip


def _reads(db: Database, what: str, asked: Asked, *names: str) -> int:
    """How often a table of the store is read for these facts."""
    said: list[str] = []
    db.sql.set_trace_callback(said.append)
    try:
        gather(names, asked)
    finally:
        db.sql.set_trace_callback(None)
    return sum(f"FROM {what} WHERE" in each and each.startswith("SELECT id, step") for each in said)


async def test_facts_that_need_the_same_read_it_once() -> None:
    async with table(NOBODY) as here:

        def count(db: Database) -> tuple[int, int]:
            work = _work(here, db)
            return (
                _reads(db, "contribution", _asked(work), "items", "gone", "quotable"),
                _reads(db, "digest", _asked(work), "digest", "carried"),
            )

        assert await here.store.read(count) == (2, 1), (
            "the statements of each of the two steps that it refers to, and its digest"
        )


async def test_another_gathering_sees_what_was_written_since() -> None:
    async with table(NOBODY) as here:

        def states(db: Database) -> list[str]:
            work, found = _work(here, db), []
            for state in ("held", "approved"):
                digest: Digest = gather(("digest",), _asked(work))["digest"]
                found.append(digest.state)
                db.sql.execute("UPDATE digest SET state = ? WHERE id = ?", (state, digest.id))
            return [*found, gather(("digest",), _asked(work))["digest"].state]

        assert await here.store.transact(states) == ["draft", "held", "approved"]


async def test_the_end_of_a_fan_out_reads_no_facts() -> None:
    async with table(NOBODY) as here:

        def facts(db: Database, units: tuple[str, ...]) -> set[str]:
            work = _work(here, db)
            event = Spread("all", "digest", "open", units, last=not units)
            return set(handling.load(work, ASSEMBLY, work.flow(ASSEMBLY), event).facts)

        assert "items" not in await here.store.read(facts, ())
        assert "items" in await here.store.read(facts, ("table:t1",))
