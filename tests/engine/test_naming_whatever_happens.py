"""Whatever people do, and in whatever order: no two at a table could be mistaken for each other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.effects import Put, Seated, Unseat
from bot.core.lookalikes import alike
from bot.core.state import Seat
from bot.store import people
from tests.support.chats import TALK, Talkers, table
from tests.support.sitting import SIX, YES, assert_nobody_can_be_mistaken, come, seat_by, sitting

NAMES = st.sampled_from(
    ["Anna", "anna ", "Аnna", "Ânna", "Anna.", "Ann\u200da", "AnnaI", "Annal", "Anna 1", "Anna 2", "Anna 3", "Maya", "Мауа",
     "Maya 2", "Ben", "Bеn 2", "Rn", "M", "Ida", "lda", "IDA", "Moderation", "Olga"]
)  # fmt: skip
WHO = st.sampled_from(SIX)
DOINGS = st.lists(
    st.one_of(
        st.tuples(st.just("name"), st.sampled_from([*SIX, "maya", "olga"]), NAMES),
        st.tuples(st.just("move"), WHO, st.sampled_from(["1", "2"])),
        st.tuples(st.just("merge"), st.sampled_from(["1 2", "2 1"]), st.just("")),
        st.tuples(st.just("pause"), WHO, st.just("")),
        st.tuples(st.just("leave"), WHO, st.just("")),
        st.tuples(st.just("back"), WHO, st.just("")),
        st.tuples(st.just("late"), NAMES, st.just("")),
        st.tuples(st.just("expert"), NAMES, st.sampled_from(["1", "2"])),
        st.tuples(st.just("facilitator"), NAMES, st.sampled_from(["1", "2"])),
        st.tuples(st.just("drawn"), st.permutations(range(10)), st.integers(2, 8)),
        st.tuples(st.just("stands"), WHO, st.just("")),
    ),
    max_size=10,
)


async def do(t: Talkers, n: int, what: str, who: object, more: object) -> None:
    here, names = t.room, {s.id: s for seats in (await sitting(t.room)).values() for s in seats}
    match what:
        case "name":
            await t.write(str(who), f"/name {more}")
        case "move":
            seat = await seat_by(here, str(who))
            number = next((n for n, seats in (await sitting(here)).items() if seat.id in {s.id for s in seats}), 0)
            await t.write("olga", f"/move {number} {seat.name} {more}")
        case "merge":
            await t.write("olga", f"/merge {who}")
            await here.wait(timedelta(minutes=11))
        case "pause" | "leave" | "back":
            status = {"pause": "paused", "leave": "left", "back": "active"}[what]
            await here.apply([Put(replace(await seat_by(here, str(who)), status=status))])  # type: ignore[arg-type]
        case "late":
            await come(here, t, f"late{n}")
            await t.tap(f"late{n}", YES)
            await t.tap(f"late{n}", "Yes")
            await t.write(f"late{n}", str(who))
        case "expert" | "facilitator":
            seat = await here.store.read(people.load_seat, await here.enrol(f"staff{n}", what))  # type: ignore[arg-type]
            assert seat is not None
            await here.apply([Put(replace(seat, name=str(who).strip())), _to(more, [seat.id], await sitting(here))])
        case "drawn":
            assert isinstance(who, list)
            assert isinstance(more, int)
            order = [list(names)[i] for i in who if i < len(names)]
            at = await sitting(here)
            await here.apply([_to(1, order[:more], at), _to(2, order[more:], at)])
        case "stands":
            await here.apply([Unseat((await seat_by(here, str(who))).id)])


def _to(number: object, seats: Sequence[str], at: dict[int, list[Seat]]) -> Seated:
    own = {n: next((s.table for s in seats if s.table), "") for n, seats in at.items()}
    return Seated(
        own.get(int(str(number))) or f"new{number}", "tables", "linz", int(str(number)), ("en",), tuple(seats)
    )


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(NAMES, min_size=6, max_size=6), DOINGS)
def test_nothing_that_people_do_leads_to_two_at_a_table_who_can_be_mistaken(
    chosen: list[str], doings: list[tuple[str, object, object]]
) -> None:
    async def play() -> None:
        async with table(TALK, people=SIX, names=dict(zip(SIX, chosen, strict=True))) as t:
            await assert_nobody_can_be_mistaken(t.room)
            for n, (what, who, more) in enumerate(doings):
                await do(t, n, what, who, more)
                await assert_nobody_can_be_mistaken(t.room)
                at = await sitting(t.room)
                for seats in at.values():
                    lead = [s.name for s in seats if s.role != "participant"]
                    assert not any(alike(s.name, name) for s in seats if s.role == "participant" for name in lead)

    asyncio.run(play())
