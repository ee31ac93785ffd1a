"""The rooms of tables on the real homeserver: how they are found, who may do what there, and what becomes of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.store import codes
from bot.store.times import ms
from tests.support.matrix_people import Gathering
from tests.support.room import ASSEMBLY
from tests.support.two_servers import LODGED, Servers, servers

pytestmark = pytest.mark.homeserver

GERMAN = LODGED.replace('title = "Bread"', 'title = { en = "Bread", de = "Brot" }').replace(
    'question = "What about bread?"', 'question = { en = "What about bread?", de = "Was ist mit dem Brot?" }'
)


def levels(s: Servers, place: str) -> dict[str, int]:
    """The power of people in a room; the bot has all of it."""
    found: dict[str, int] = s.state(place, "m.room.power_levels")["users"]
    assert found.pop(s.account.user) == 100
    return {name: found[p.user] for name, p in s.clients.items() if p.user in found}


async def code(s: Servers, table: str) -> str:
    """An invitation to lead a table."""
    now = ms(s.here.clock.now())
    return await s.here.store.transact(
        lambda db: codes.make_code(db, ASSEMBLY, "facilitator", "linz", table=table, made=now, expires=now + 10**9)
    )


async def test_a_room_in_its_space_and_who_may_do_what_there_until_the_end(homeserver: Gathering) -> None:
    async with servers(homeserver, flow=GERMAN, telegram=("anna", "ben"), matrix=("dora", "emil"), seated=False) as s:
        await s.on_matrix("claire", role="coordinator")
        await s.wait(timedelta(hours=1))
        hall = await s.hall()
        assert s.state(hall, "m.room.name")["name"] == "Table 1 · Bread"
        assert s.state(hall, "m.room.topic")["topic"].startswith("What you write here while a talk is open")
        (space,) = s.spaces(hall)
        assert s.state(space, "m.room.name")["name"] == "Bread / Brot"
        assert s.state(space, "m.room.topic")["topic"] == "What about bread? / Was ist mit dem Brot?"
        assert s.state(space, "m.space.child", hall)["via"] == ["pnyx.test"]
        assert [s.membership(space, name) for name in ("claire", "maya", "dora")] == ["invite", "", ""]
        assert [s.membership(hall, name) for name in ("claire", "maya", "dora")] == ["", "invite", ""]
        await s.come_in("dora", "maya")
        assert s.membership(hall, "emil") == "", "nobody is seen there who has not said so"

        maya, dora = s.clients["maya"], s.clients["dora"]
        await maya.state(hall, "m.room.topic", {"topic": "Tonight: bread"})
        for person, kind, content in (
            (dora, "m.room.topic", {"topic": "Ours"}),
            (maya, "m.room.join_rules", {"join_rule": "public"}),
            (maya, "m.room.history_visibility", {"history_visibility": "world_readable"}),
            (maya, "m.room.power_levels", {}),
        ):
            with pytest.raises(AssertionError, match="M_FORBIDDEN"):
                await person.state(hall, kind, content)

        # another facilitator comes, the first one goes
        nora = await s.stranger("nora")
        s.chats["nora"] = await homeserver.room(nora, s.account, private=True)
        await s.write("nora", f"!join {await code(s, (await s.seat('dora')).table)}")
        await s.go_on()
        await s.come_in("nora")
        assert levels(s, hall) == {"maya": 50, "nora": 50}
        await s.write("maya", "!leave")
        await s.go_on()
        await s.choose("maya", "Leave")
        await s.go_on()
        assert levels(s, hall) == {"nora": 50}
        assert s.membership(hall, "maya") == "leave"
        assert s.state(hall, "m.room.member", maya.user)["reason"] == "You do not take part any longer."

        await s.wait(timedelta(minutes=41))
        assert (await s.shown("dora", hall))[-1].startswith("This assembly has ended.")
        for person in (dora, nora):
            with pytest.raises(AssertionError, match="M_FORBIDDEN"):
                await person.say(hall, "One more thing")


async def test_a_room_that_moves_and_one_that_is_lost(homeserver: Gathering) -> None:
    async with servers(homeserver, telegram=("anna", "ben"), matrix=("dora", "emil")) as s:
        old = await s.come_in("dora", "emil", "maya")
        await s.forget(old)
        await s.clients["dora"].say(old, "Before")
        await s.go_on()
        answer: Any = homeserver.server.ask(
            "POST", f"/_matrix/client/v3/rooms/{old}/upgrade", {"new_version": "11"}, s.account.token
        )
        await s.go_on()
        new = await s.hall()
        assert new == answer["replacement_room"]
        assert [s.membership(new, name) for name in ("dora", "emil", "maya")] == ["invite"] * 3
        assert await s.count("dora", "The room of your table has moved.") == 1
        await s.write("anna", "Nobody is left behind")
        await s.go_on()
        for name in ("dora", "emil", "maya"):
            assert await s.count(name, "Nobody is left behind") == 1
        for name in ("dora", "maya"):
            await s.enter(name, new)
        await s.go_on()
        await s.clients["dora"].say(new, "Here we are")
        await s.apps["anna"].reply(await s.find("anna", "Before"), "And after")
        await s.go_on()
        assert levels(s, new) == {"maya": 50}
        assert await s.count("anna", "Here we are") == await s.count("emil", "Here we are") == 1
        assert await s.count("dora", "And after", new) == 1
        assert await s.count("dora", "And after") == await s.count("dora", "And after", old) == 0

        # whoever runs the homeserver takes the room over, and puts the bot out
        taken = s.state(new, "m.room.power_levels")
        taken["users"] = {s.account.user: 50, s.clients["maya"].user: 100}
        s.put_state(new, "m.room.power_levels", taken)
        await s.forget(new)
        await s.clients["maya"].client.room_kick(new, s.account.user)
        await s.go_on()
        assert await s.count("maya", "Table 1 has lost its room: I was removed from it.") == 1
        assert await s.count("dora", "Your table has no room any more.") == 1
        await s.wait(timedelta(minutes=16))
        await s.write("anna", "In private again")
        await s.go_on()
        for name in ("dora", "emil", "maya", "ben"):
            assert await s.count(name, "In private again") == 1
        await s.write("maya", "!bind")
        await s.go_on()
        third = await s.hall()
        assert third not in (old, new)
        assert s.membership(third, "maya") == "invite"
