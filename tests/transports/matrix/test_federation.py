"""Two homeservers: people of the other one are heard once and read everything, also after either was gone for a while."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from bot.transports.matrix import Matrix
from bot.transports.port import Gone
from tests.support.homeserver import Homeserver
from tests.support.matrix_people import Gathering, Pool
from tests.transports.matrix.conftest import Listener, now, words

pytestmark = pytest.mark.homeserver


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Pool, Pool]]:
    """Ours and theirs."""
    both = [Homeserver(federates=True) for _ in range(2)]
    for server in both:
        server.launch()
    ours, theirs = [Pool(server.start()) for server in both]
    yield ours, theirs
    for server in both:
        server.stop()


@pytest_asyncio.fixture
async def sides(servers: tuple[Pool, Pool]) -> AsyncIterator[tuple[Gathering, Gathering]]:
    both = [Gathering(pool) for pool in servers]
    yield both[0], both[1]
    for gathering in both:
        await gathering.close()


@pytest_asyncio.fixture
async def listener(sides: tuple[Gathering, Gathering]) -> AsyncIterator[Listener]:
    """Our account, at our server."""
    bot, server = sides[0].pool.account("bot"), sides[0].server
    matrix = Matrix("test", server.url, bot.user, bot.token, now)
    found = Listener(matrix, bot)
    await found.once()
    yield found
    await matrix.close()


async def test_a_person_of_another_server(sides: tuple[Gathering, Gathering], listener: Listener) -> None:
    """At a table that was made for them, and in their private chat."""
    anna, matrix = await sides[1].person("anna"), listener.matrix
    space = await matrix.rooms.make_space("Hospitals", "", "space")
    table = await matrix.rooms.make_room("Table 1", "Your table", "table", space=space)
    await matrix.rooms.invite(space, anna.user)
    await matrix.rooms.invite(table, anna.user)
    await anna.join(space)
    await anna.join(table)
    said = await anna.say(table, "Bonjour")
    await anna.edit(table, said, "Bonsoir")
    heard = await listener.until(lambda all_: any(e.kind == "edit" for e in all_))
    assert [(e.kind, e.text) for e in heard if e.place == table] == [
        ("entered", ""), ("message", "Bonjour"), ("edit", "Bonsoir")
    ]  # fmt: skip
    assert {e.user for e in heard} == {anna.user}
    receipt = await matrix.send(table, words("Welcome"), "welcome")
    assert await matrix.send(table, words("Welcome"), "welcome") == receipt
    await matrix.edit(table, words("Welcome, Anna"), receipt.id)
    await anna.reads(table, "Welcome, Anna")
    await anna.redact(table, said)
    await listener.until(lambda all_: any(e.kind == "redaction" and e.message == said for e in all_))

    chat = await anna.dm(listener.account.user)
    await anna.say(chat, "!join ABC")
    heard = await listener.until(lambda all_: len([e for e in all_ if e.place == chat]) >= 2)
    assert [(e.text, e.room) for e in heard if e.place == chat] == [("/start", False), ("!join ABC", False)]
    await matrix.send(chat, words("Good evening"), "evening")
    seen = await anna.reads(chat, "Good evening")
    assert (seen.sender, seen.event) == (listener.account.user, (await matrix.send(chat, words(""), "evening")).id)

    await matrix.rooms.kick(table, anna.user, "moved to another table")
    with contextlib.suppress(
        AssertionError
    ):  # her server may not have heard of it yet: then ours takes no notice of what it sends
        while True:
            await anna.say(table, "I am still here")
    await anna.say(chat, "What have I done?")
    heard = await listener.until(lambda all_: any(e.text == "What have I done?" for e in all_))
    assert not any(e.text == "I am still here" for e in heard)
    assert len({e.id for e in listener.heard}) == len(listener.heard)


async def test_two_servers_apart(sides: tuple[Gathering, Gathering], listener: Listener) -> None:
    """First ours is gone while theirs goes on, then theirs while ours does: the room has two ends, which meet again. Meanwhile it
    can be seen that the two do not reach each other."""
    (ours, theirs), matrix = sides, listener.matrix
    anna = await theirs.person("anna")
    ben = await ours.person("ben")
    table = await matrix.rooms.make_room("Table 2", "", "apart")
    for person in (anna, ben):
        await matrix.rooms.invite(table, person.user)
        await person.join(table)
    await ben.say(table, "before")
    await anna.reads(table, "before")
    await listener.until(lambda all_: any(e.text == "before" for e in all_))
    assert await matrix.rooms.reaches(anna.user) == ""

    ours.server.kill()
    apart = [f"said over there {n}" for n in range(3)]
    for text in apart:
        await anna.say(table, text)
    theirs.server.kill()
    ours.server.start()
    here = [f"said over here {n}" for n in range(3)]
    await ben.say(table, here[0])
    for text in here[1:]:
        await matrix.send(table, words(text), text)
    await listener.drained()
    assert await matrix.rooms.reaches(anna.user) == "their server and ours do not reach each other"

    theirs.server.start()
    for n in range(3):  # a server looks for one that was gone when there is something to tell it
        await matrix.send(table, words(f"together {n}"), f"together {n}")
    await anna.say(table, "together again")
    await listener.until(lambda all_: set(apart) | {"together again"} <= {e.text for e in all_})
    assert [e.text for e in await listener.drained() if e.place == table and e.kind == "message"] == [
        "before", here[0], *apart, "together again"
    ]  # fmt: skip
    seen = await anna.sees(table, lambda all_: {*here, "together 2"} <= {s.text for s in all_})
    assert [s.text for s in seen if s.text in here] == here
    assert await matrix.rooms.reaches(anna.user) == ""


async def test_what_is_said_about_servers_that_are_not_there(
    sides: tuple[Gathering, Gathering], listener: Listener
) -> None:
    rooms = listener.matrix.rooms
    for nowhere in ("@anna:localhost:1", "@anna:nowhere.invalid"):
        assert await rooms.reaches(nowhere) == "their server and ours do not reach each other"
    with pytest.raises(Gone):
        await listener.matrix.send("!nothing:nowhere.invalid", words("Hello"), "hello")
