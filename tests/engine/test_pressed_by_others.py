"""The buttons of steps are answers, not commands: who may give one is the step's affair. Everybody presses each of them here, in
their own chat, in a room, and where it stands with somebody else; nothing counts but what those do for whom it is meant."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args

import pytest

from bot.core.effects import Seated
from bot.core.rights import LEADING
from bot.core.state import Role
from bot.store import audit, findings, people, rooms
from bot.store.database import Database
from bot.store.times import ms
from tests.support.chats import TALK, Talkers, table
from tests.support.room import ACCOUNT, ASSEMBLY

MINUTE = timedelta(minutes=1)
VOTE = (
    '[[step]]\nid = "ballot"\ntype = "vote"\nduration = "30m"\nearly_close = "never"\n'
    'questions = [{ id = "q", method = "yes_no_abstain", text = { en = "More bread?", de = "Mehr Brot?" } }]\n'
)
GATE = (
    '[[step]]\nid = "gate"\ntype = "gate"\ntimeout = "20m"\nask = "Shall we go on?"\n'
    '[[step]]\nid = "after"\ntype = "inform"\ntext = "And now the ferry."\n'
)
DIGEST = (
    TALK.replace('"40m"', '"5m"') + '[[step]]\nid = "digest"\ntype = "summarise"\nof = ["talk"]\nduration = "30m"\n'
)
ACTORS: dict[Role, str] = {
    "participant": "anna", "facilitator": "maya", "coordinator": "olga", "organiser": "ora", "observer": "otto",
    "expert": "exa", "translator": "tina",
}  # fmt: skip
ROLES = get_args(Role)


async def everybody(t: Talkers) -> None:
    for role, name in ACTORS.items():
        if name not in ("anna", "maya", "olga"):
            await t.room.enrol(name, role)
    found = await t.room.store.read(lambda db: people.roster(db, ASSEMBLY, roles=ROLES))
    home = next(s.table for s in found if s.name == "Anna")
    expert = next(s.id for s in found if s.name == "Exa")
    await t.room.apply([Seated(home, "tables", "linz", 1, ("en",), (expert,))])
    by = next(s.id for s in found if s.name == "Maya")

    def bound(db: Database) -> None:
        assert rooms.bind(db, ASSEMBLY, home, ACCOUNT, "g1", by, ms(t.room.clock.now()), "g1")

    await t.room.store.transact(bound)


async def press(t: Talkers, who: str, what: str, *, place: str = "") -> None:
    more: dict[str, Any] = {"place": place, "room": True} if place else {}
    await t._do(who, kind="press", press=what, message="m", **more)


def ballots(db: Database) -> int:
    return int(db.sql.execute("SELECT COUNT(*) FROM ballot").fetchone()[0])


async def acts(t: Talkers) -> list[str]:
    return [line.act for line in await t.room.store.read(audit.lines, ASSEMBLY)]


@pytest.mark.parametrize("place", ["", "g1"], ids=["in their chat", "in the room"])
@pytest.mark.parametrize("role", ROLES)
async def test_a_vote_is_a_participants_own_and_is_cast_in_their_own_chat(role: Role, place: str) -> None:
    async with table(VOTE) as t:
        await everybody(t)
        await press(t, ACTORS[role], "ballot:q::yes", place=place)
        assert await t.room.store.read(ballots) == (role == "participant" and not place)


@pytest.mark.parametrize("role", ROLES)
async def test_nobody_presses_for_somebody_else(role: Role) -> None:
    async with table(VOTE) as t:
        await everybody(t)
        found = await t.room.store.read(lambda db: people.roster(db, ASSEMBLY))
        ben = next(s.id for s in found if s.name == "Ben")
        for place in ("", "g1"):
            await press(t, ACTORS[role], f"ballot:q::yes@{ben}", place=place)
        assert await t.room.store.read(ballots) == 0


@pytest.mark.parametrize("role", ROLES)
async def test_a_gate_is_opened_by_those_who_keep_it(role: Role) -> None:
    async with table(GATE) as t:
        await everybody(t)
        await press(t, ACTORS[role], "gate:go:all:", place="g1")
        assert "opened_gate" not in await acts(t), "in a room nobody opens it"
        await press(t, ACTORS[role], "gate:go:all:")
        assert ("opened_gate" in await acts(t)) == (role in ("coordinator", "organiser"))


@pytest.mark.parametrize("role", ROLES)
async def test_a_digest_is_approved_by_those_who_lead_the_table(role: Role) -> None:
    async with table(DIGEST, purposes=("transcript", "quotes")) as t:
        for who in ("anna", "ben", "cleo"):
            await t.write(who, f"Bread, says {who}.")
        await t.room.wait(7 * MINUTE)
        await everybody(t)
        shown = [b.press for m in t.chats.chats["maya"].values() for b in m.buttons if b.label == "Approve"]
        assert shown, t.shown("maya")
        await press(t, ACTORS[role], shown[-1].partition("@")[0])
        (digest,) = await t.room.store.read(findings.digests, ASSEMBLY, "digest")
        assert (digest.state == "approved") == (role in LEADING)


@pytest.mark.parametrize("status", ["paused", "left", "refused"])
async def test_whoever_takes_no_part_presses_in_vain(status: str) -> None:
    async with table(VOTE) as t:
        await t.room.store.transact(
            lambda db: db.sql.execute("UPDATE seat SET status = ? WHERE role = 'participant'", (status,)).rowcount
        )
        await press(t, "anna", "ballot:q::yes")
        assert await t.room.store.read(ballots) == 0


async def test_a_button_of_a_step_that_is_not_open_or_not_there_does_nothing() -> None:
    async with table(VOTE) as t:
        for what in (
            "gate:go:all:",
            "talk:done",
            "ballot:other::yes",
            "ballot:q::perhaps",
            "ballot",
            ":",
            "-",
            "-hide",
            "ballot:q",
        ):
            await press(t, "anna", what)
        assert await t.room.store.read(ballots) == 0
        await press(t, "anna", "ballot:q::yes")
        assert await t.room.store.read(ballots) == 1
