"""The rooms that the bot makes for an assembly, as people find them."""

from __future__ import annotations

from typing import Any
from urllib.error import HTTPError

import pytest

from bot.transports.port import Gone, Refused
from tests.support.matrix_people import Gathering, Person
from tests.transports.matrix.conftest import Open, words

pytestmark = pytest.mark.homeserver


def state(homeserver: Gathering, person: Person, room: str, kind: str, key: str = "") -> Any:
    path = f"/_matrix/client/v3/rooms/{room}/state/{kind}/{key}"
    return homeserver.server.ask("GET", path, token=person.account.token)


async def test_a_table_in_its_space(homeserver: Gathering, listen: Open) -> None:
    maya = await homeserver.person("maya", fresh=True)
    anna = await homeserver.person("anna", fresh=True)
    ben = await homeserver.person("ben", fresh=True)
    listener = await listen()
    rooms = listener.matrix.rooms
    space = await rooms.make_space("Hospitals", "Across the border", f"assembly {maya.user}")
    table = await rooms.make_room("Table 3", "Your table", f"table {maya.user}", space=space, guides=[maya.user])
    assert await rooms.make_room("again", "", f"table {maya.user}", space=space) == table
    assert await rooms.make_space("again", "", f"assembly {maya.user}") == space
    assert table != space

    for person in (anna, ben):
        await rooms.invite(table, person.user)
        await rooms.invite(table, person.user)
    for person in (maya, anna, ben):
        await person.join(table)
    await rooms.invite(table, anna.user)
    assert state(homeserver, anna, table, "m.room.name") == {"name": "Table 3"}
    assert state(homeserver, anna, table, "m.room.topic")["topic"] == "Your table"
    assert state(homeserver, anna, table, "m.room.join_rules") == {"join_rule": "invite"}
    assert state(homeserver, anna, table, "m.space.parent", space)["via"] == ["pnyx.test"]
    await rooms.invite(space, anna.user)
    await anna.join(space)
    assert state(homeserver, anna, space, "m.space.child", table)["via"] == ["pnyx.test"]
    assert state(homeserver, anna, space, "m.room.create")["type"] == "m.space"

    with pytest.raises(AssertionError, match="M_FORBIDDEN"):
        await anna.state(table, "m.room.name", {"name": "Ours"})
    await maya.state(table, "m.room.name", {"name": "Table 3, tonight"})
    with pytest.raises(AssertionError, match="M_FORBIDDEN"):
        await maya.state(table, "m.room.power_levels", {})
    await rooms.rename(table, "Table 3", "Until 18:45")
    assert state(homeserver, ben, table, "m.room.topic")["topic"] == "Until 18:45"

    for _ in range(2):
        await rooms.kick(table, ben.user, "moved to table 4")
    with pytest.raises(HTTPError):
        homeserver.server.ask("POST", f"/_matrix/client/v3/join/{table}", {}, ben.account.token)
    await listener.drained()
    for _ in range(2):
        await rooms.seal(table)
    for person in (anna, maya):
        with pytest.raises(AssertionError, match="M_FORBIDDEN"):
            await person.say(table, "one more thing")
    assert (await listener.matrix.send(table, words("Thank you."), f"thanks {table}")).id
    assert (await anna.reads(table, "Thank you.")).sender == listener.account.user
    assert [e.kind for e in await listener.drained() if e.place == table] == ["entered"] * 3 + ["exited"]


async def test_a_space_that_was_taken_from_us_holds_no_room_up(homeserver: Gathering, listen: Open) -> None:
    maya = await homeserver.person("maya", fresh=True)
    listener = await listen()
    rooms = listener.matrix.rooms
    space = await rooms.make_space("Hospitals", "", f"assembly {maya.user}")
    path = f"/_matrix/client/v3/rooms/{space}/leave"
    homeserver.server.ask("POST", path, {}, listener.account.token)
    table = await rooms.make_room("Table 1", "", f"table {maya.user}", space=space, guides=[maya.user])
    await maya.join(table)
    assert state(homeserver, maya, table, "m.room.name") == {"name": "Table 1"}


async def test_what_cannot_be_done_to_rooms_is_said(homeserver: Gathering, listen: Open) -> None:
    anna = await homeserver.person("anna")
    theirs = await homeserver.room(anna, homeserver.pool.account("bot"))
    strange = await homeserver.room(anna, fresh=True)
    listener = await listen()
    rooms = listener.matrix.rooms
    with pytest.raises(Refused, match="not allowed"):
        await rooms.rename(theirs, "Ours", "")
    with pytest.raises(Refused, match="not allowed"):
        await rooms.kick(theirs, anna.user, "")
    with pytest.raises(Gone):
        await rooms.invite(strange, "@ben:pnyx.test")


async def test_an_encrypted_room(homeserver: Gathering, listen: Open) -> None:
    anna = await homeserver.person("anna", fresh=True)
    listener = await listen()
    rooms = listener.matrix.rooms
    table = await rooms.make_room("Table 1", "", f"sealed {anna.user}", guides=[anna.user], encrypted=True)
    await anna.join(table)
    assert state(homeserver, anna, table, "m.room.encryption")["algorithm"] == "m.megolm.v1.aes-sha2"


async def test_only_those_who_lead_now_change_the_room(homeserver: Gathering, listen: Open) -> None:
    maya = await homeserver.person("maya", fresh=True)
    nora = await homeserver.person("nora", fresh=True)
    rooms = (await listen()).matrix.rooms
    table = await rooms.make_room("Table 4", "", f"table {maya.user}", guides=[maya.user])
    await rooms.invite(table, nora.user)
    for person in (maya, nora):
        await person.join(table)
    for _ in range(2):
        await rooms.lead(table, [nora.user])
    await nora.state(table, "m.room.name", {"name": "Nora's"})
    with pytest.raises(AssertionError, match="M_FORBIDDEN"):
        await maya.state(table, "m.room.name", {"name": "Maya's"})
    assert state(homeserver, nora, table, "m.room.power_levels")["events"]["m.room.power_levels"] == 100


async def test_whom_the_homeserver_reaches(homeserver: Gathering, listen: Open) -> None:
    rooms = (await listen()).matrix.rooms
    anna = await homeserver.person("anna")
    assert await rooms.reaches(anna.user) == ""
    assert await rooms.reaches("anna") == await rooms.reaches("@anna") == "this is no Matrix id"
    assert await rooms.reaches("@anna:elsewhere.test") == "their server and ours do not reach each other"
