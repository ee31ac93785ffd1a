"""Gaps, restarts of either side, invitations, rooms that move or are taken away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.transports.matrix import history, receiving
from bot.transports.matrix.cursor import Cursor
from bot.transports.matrix.errors import Failed
from tests.support.matrix_people import Gathering
from tests.transports.matrix.conftest import Open, now, words

pytestmark = pytest.mark.homeserver


async def test_a_gap_is_read_to_its_end_across_a_restart(
    homeserver: Gathering, listen: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More is said in two rooms than a sync brings, and than a page of the history holds; the process ends within the gap."""
    monkeypatch.setattr("bot.transports.matrix.session.FILTER", {"room": {"timeline": {"limit": 3}}})
    monkeypatch.setattr(history, "PAGE", 4)
    monkeypatch.setattr(receiving, "MOST_EVENTS", 1)
    anna = await homeserver.person("anna")
    bot = homeserver.pool.account("bot")
    rooms = [await homeserver.room(anna, bot), await homeserver.room(anna, bot)]
    listener = await listen()
    for room in rooms:
        await anna.say(room, "before")
    await listener.until(lambda all_: len(all_) == 2)

    for n in range(10):
        for room in rooms:
            await anna.say(room, f"{n}")
    await listener.once()
    assert len(Cursor.decode(listener.cursor).gaps) == 2
    assert (await listener.once()).more
    assert len(Cursor.decode(listener.cursor).gaps) == 1
    again = await listen(cursor=listener.cursor)
    assert again.heard, "the process that came after goes on with the gap"
    await anna.say(rooms[0], "after")
    await again.until(lambda all_: any(e.text == "after" for e in all_))

    heard = listener.heard + again.heard
    for room in rooms:
        assert [e.text for e in heard if e.place == room] == ["before", *map(str, range(10))] + (
            ["after"] if room == rooms[0] else []
        )
    assert len({e.id for e in heard}) == len(heard)


async def test_a_gap_without_a_flag_is_found(homeserver: Gathering, listen: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """A homeserver that was cut off leaves events out and says nothing: the end of each room is looked at."""
    anna = await homeserver.person("anna")
    room = await homeserver.room(anna, homeserver.pool.account("bot"))
    clock = [now()]
    listener = await listen()
    listener.matrix._receiving._now = lambda: clock[0]
    await anna.say(room, "one")
    await listener.until(lambda all_: len(all_) == 1)
    left_out = await anna.say(room, "two")
    await anna.say(room, "three")
    real = receiving.Receiving._timeline

    async def lossy(self, client, room, info, span, harvest):  # type: ignore[no-untyped-def]
        info.timeline.events = [e for e in info.timeline.events if e.event_id != left_out]
        return await real(self, client, room, info, span, harvest)

    monkeypatch.setattr(receiving.Receiving, "_timeline", lossy)
    await listener.until(lambda all_: len(all_) == 2)
    assert listener.texts() == ["one", "three"]
    clock[0] += timedelta(minutes=11)
    await listener.drained()
    clock[0] += timedelta(minutes=11)
    await listener.drained()

    assert listener.texts() == ["one", "three", "two"]


async def test_after_the_homeserver_was_killed(homeserver: Gathering, listen: Open) -> None:
    """What it had stored is there; what is sent with the same key shows once; receiving fails meanwhile, and goes on."""
    anna = await homeserver.person("anna")
    room = await homeserver.room(anna, homeserver.pool.account("bot"))
    listener = await listen()
    receipt = await listener.matrix.send(room, words("once"), "key/1")
    await anna.say(room, "before")
    homeserver.server.kill()
    with pytest.raises(Failed):
        await listener.once(wait=True)
    homeserver.server.start()

    assert await listener.matrix.send(room, words("once"), "key/1") == receipt
    await anna.say(room, "after")
    await listener.until(lambda all_: len(all_) == 2)
    assert listener.texts() == ["before", "after"]
    seen = await anna.sees(room, lambda all_: any(s.text == "after" for s in all_))
    assert [s.text for s in seen if s.sender == listener.account.user].count("once") == 1


async def test_the_time_of_a_message_lies_between_two_syncs(homeserver: Gathering, listen: Open) -> None:
    anna = await homeserver.person("anna")
    room = await homeserver.room(anna, homeserver.pool.account("bot"))
    listener = await listen()
    hour = datetime(2020, 1, 1, tzinfo=UTC)
    listener.matrix._receiving._now = lambda: hour
    await listener.once()
    before = hour
    hour += timedelta(seconds=9)
    await anna.say(room, "by a clock that is years ahead of ours")
    await listener.until(bool)
    hour = now() + timedelta(hours=1)
    await listener.once()
    await anna.say(room, "by a clock that is an hour behind ours")
    await listener.until(lambda all_: len(all_) == 2)

    assert listener.heard[0].at == before + timedelta(seconds=9)
    assert listener.heard[1].at == hour


async def test_an_invitation_to_a_private_chat_is_a_beginning(homeserver: Gathering, listen: Open) -> None:
    anna = await homeserver.person("anna")
    listener = await listen()
    room = await anna.dm(listener.account.user)
    await anna.say(room, "!join ABC")
    heard = await listener.until(lambda all_: len(all_) >= 2)

    assert [(e.text, e.user, e.place, e.room) for e in heard] == [
        ("/start", anna.user, room, False),
        ("/join ABC", anna.user, room, False),
    ]
    receipt = await _sent(listener, room)
    await anna.reads(room, "Welcome")
    await anna.leave(room)
    heard = await listener.until(lambda all_: len(all_) >= 3)
    assert (heard[2].kind, heard[2].user, heard[2].text) == ("unreachable", anna.user, "left")
    assert receipt


async def _sent(listener, room: str) -> str:  # type: ignore[no-untyped-def]
    return str((await listener.matrix.send(room, words("Welcome"), f"welcome {room}")).id)
