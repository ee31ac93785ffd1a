"""Gaps, restarts of either side, invitations, rooms that move or are taken away."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.transports.matrix import doors, history, receiving
from bot.transports.matrix.cursor import Cursor, Gap
from bot.transports.matrix.errors import Failed
from bot.transports.matrix.session import Client
from bot.transports.port import Gone, Refused, Retry, Stopped
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


async def test_what_was_said_before_the_bot_was_asked_in_is_none_of_its_business(
    homeserver: Gathering, listen: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The homeserver would show it. What is said while the bot is at the door is meant for it, too."""
    monkeypatch.setattr("bot.transports.matrix.session.FILTER", {"room": {"timeline": {"limit": 2}}})
    monkeypatch.setattr(history, "PAGE", 3)
    anna = await homeserver.person("anna")
    bot = homeserver.pool.account("bot")
    await homeserver.room(anna, bot)
    room = await homeserver.room(anna, fresh=True)
    for n in range(4):
        await anna.say(room, f"among ourselves {n}")
    listener = await listen()
    await anna.client.room_invite(room, bot.user)
    for n in range(4):
        await anna.say(room, f"at the door {n}")
    await listener.until(lambda all_: any(e.text == "at the door 3" for e in all_))
    assert listener.texts() == [f"at the door {n}" for n in range(4)]


@pytest.mark.parametrize(
    ("last", "found"),
    [
        (None, [1, 2, 3, 4, 5, 6, 7]),
        ("$purged", [1, 2, 3, 4, 5, 6, 7]),
        (4, [1, 2, 3, 5, 6, 7]),
        (0, [1, 2, 3, 4, 5, 6, 7]),
    ],
)
async def test_what_a_gap_holds(
    homeserver: Gathering, listen: Open, monkeypatch: pytest.MonkeyPatch, last: str | int | None, found: list[int]
) -> None:
    """The last known event may be unknown, or gone, or lie behind some that the homeserver learned of later: nothing is left out,
    and nothing from before comes again."""
    monkeypatch.setattr(history, "PAGE", 2)
    anna = await homeserver.person("anna")
    room = await homeserver.room(anna, homeserver.pool.account("bot"))
    said = [await anna.say(room, "0")]
    listener = await listen()
    since = Cursor.decode(listener.cursor).token
    said += [await anna.say(room, f"{n}") for n in range(1, 8)]
    await listener.once()
    known = said[last] if isinstance(last, int) else last or ""
    gap = Gap(room, since, Cursor.decode(listener.cursor).token, 0, True, known)
    client = await listener.matrix._session.open()
    events = await history.History(listener.account.user).fill(client, gap)
    assert [e.source["content"]["body"] for e in events] == [f"{n}" for n in found]


async def test_what_the_engine_did_not_commit_comes_again(homeserver: Gathering, listen: Open) -> None:
    """Nothing but the cursor that it asks with says where to go on."""
    anna = await homeserver.person("anna")
    room = await homeserver.room(anna, homeserver.pool.account("bot"))
    listener = await listen()
    said = await anna.say(room, "once")
    for _ in range(3):
        batch = await listener.matrix.receive(listener.cursor, False)
        assert [event.id for event in batch.events] == [said]
    await listener.once()
    assert (await listener.once()).events == ()


async def test_a_call_that_does_not_wait_comes_back(homeserver: Gathering, listen: Open) -> None:
    listener = await listen()
    async with asyncio.timeout(receiving.SECONDS / 2):
        for _ in range(3):
            await listener.once()
    assert listener.heard == []


async def test_a_gap_without_a_flag_is_found(
    homeserver: Gathering, listen: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A homeserver that was cut off leaves events out and says nothing: the end of each room is looked at."""
    anna = await homeserver.person("anna")
    room = await homeserver.room(anna, homeserver.pool.account("bot"))
    clock = [now()]
    listener = await listen(clock=lambda: clock[0])
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
    hour = datetime(2020, 1, 1, tzinfo=UTC)
    listener = await listen(clock=lambda: hour)
    hour += timedelta(seconds=9)
    await anna.say(room, "by a clock that is years ahead of ours")
    await listener.until(bool)
    hour = now().replace(microsecond=0) + timedelta(hours=1)
    await listener.once()
    await anna.say(room, "by a clock that is an hour behind ours")
    hour += timedelta(seconds=9)
    await listener.until(lambda all_: len(all_) == 2)

    assert listener.heard[0].at == datetime(2020, 1, 1, 0, 0, 9, tzinfo=UTC)
    assert listener.heard[1].at == hour - timedelta(seconds=9)


async def test_an_invitation_to_a_private_chat_is_a_beginning(homeserver: Gathering, listen: Open) -> None:
    anna = await homeserver.person("anna")
    listener = await listen()
    room = await anna.dm(listener.account.user)
    await anna.say(room, "!join ABC")
    heard = await listener.until(lambda all_: len(all_) >= 2)

    assert [(e.text, e.user, e.place, e.room) for e in heard] == [
        ("/start", anna.user, room, False),
        ("!join ABC", anna.user, room, False),
    ]
    await listener.matrix.send(room, words("Welcome"), f"welcome {room}")
    await anna.reads(room, "Welcome")
    await anna.leave(room)
    heard = await listener.until(lambda all_: len(all_) >= 3)
    assert (heard[2].kind, heard[2].user, heard[2].text) == ("unreachable", anna.user, "left")
    with pytest.raises(Gone, match="left"):
        await listener.matrix.send(room, words("Are you there?"), "gone")


async def test_a_door_that_does_not_open_holds_up_nobody(
    homeserver: Gathering, listen: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, ben = await homeserver.person("anna"), await homeserver.person("ben")
    room = await homeserver.room(anna, homeserver.pool.account("bot"))
    listener = await listen()
    far, opens = await ben.dm(listener.account.user), asyncio.Event()
    real = Client.join

    async def slow(self: Client, place: str) -> object:
        if place == far:
            await opens.wait()
        return await real(self, place)

    monkeypatch.setattr(Client, "join", slow)
    monkeypatch.setattr(doors, "PATIENCE", 0.01)
    await listener.once()
    await anna.say(room, "in the meantime")
    await listener.until(lambda all_: [e.text for e in all_] == ["in the meantime"])
    assert [door.room for door in Cursor.decode(listener.cursor).doors] == [far]
    opens.set()
    await listener.until(lambda all_: [e.text for e in all_] == ["in the meantime", "/start"])
    assert Cursor.decode(listener.cursor).doors == ()


async def test_a_private_chat_with_a_third_person_is_private_no_more(homeserver: Gathering, listen: Open) -> None:
    anna, ben = await homeserver.person("anna"), await homeserver.person("ben")
    listener = await listen()
    room = await anna.dm(listener.account.user)
    await listener.until(lambda all_: len(all_) == 1)
    await anna.client.room_invite(room, ben.user)
    await ben.join(room)
    await anna.say(room, "my vote is yes")
    heard = await listener.until(lambda all_: any(e.text == "my vote is yes" for e in all_))
    assert [(e.kind, e.room) for e in heard] == [("message", False), ("entered", True), ("message", True)]


async def test_only_people_whom_the_bot_knows_may_ask_it_into_a_room(homeserver: Gathering, listen: Open) -> None:
    anna = await homeserver.person("anna")
    stranger = await homeserver.person("stranger", fresh=True)
    bot = homeserver.pool.account("bot")
    await homeserver.room(anna, bot)
    listener = await listen()
    body = {"preset": "private_chat", "invite": [bot.user]}
    theirs, known = [
        homeserver.server.ask("POST", "/_matrix/client/v3/createRoom", body, p.account.token)["room_id"]
        for p in (stranger, anna)
    ]
    await anna.say(known, "What I say to the bot at the door is for it.")
    await listener.until(bool)

    joined = homeserver.server.ask("GET", "/_matrix/client/v3/joined_rooms", token=bot.token)["joined_rooms"]
    assert known in joined
    assert theirs not in joined
    assert listener.texts() == ["What I say to the bot at the door is for it."]


async def test_people_come_and_go(homeserver: Gathering, listen: Open) -> None:
    anna, ben = await homeserver.person("anna"), await homeserver.person("ben")
    bot = homeserver.pool.account("bot")
    room = await homeserver.room(anna, bot, fresh=True)
    await anna.say(room, "said before the bot looked")
    listener = await listen()
    await anna.client.room_invite(room, ben.user)
    await ben.join(room)
    await ben.client.set_displayname("Benjamin")
    await ben.leave(room)
    heard = await listener.until(lambda all_: len(all_) == 2)
    assert [(e.kind, e.user, e.room) for e in heard] == [("entered", ben.user, True), ("exited", ben.user, True)]


async def test_a_room_moves(homeserver: Gathering, listen: Open) -> None:
    anna = await homeserver.person("anna")
    bot = homeserver.pool.account("bot")
    room = await homeserver.room(anna, bot, fresh=True)
    listener = await listen()
    path = f"/_matrix/client/v3/rooms/{room}/upgrade"
    new = homeserver.server.ask("POST", path, {"new_version": "11"}, anna.account.token)["replacement_room"]
    await listener.once()
    with pytest.raises(Retry):
        await listener.matrix.send(room, words("to the old room"), "old")
    await listener.once()
    await anna.client.room_invite(new, bot.user)
    assert [door.old for door in Cursor.decode(listener.cursor).doors] == [room]
    heard = await listener.until(lambda all_: any(e.kind == "moved" for e in all_))
    assert [(e.kind, e.place, e.moved) for e in heard] == [("moved", room, new)]


async def test_a_room_that_only_claims_to_follow_another_is_left(homeserver: Gathering, listen: Open) -> None:
    anna = await homeserver.person("anna")
    bot = homeserver.pool.account("bot")
    room = await homeserver.room(anna, bot, fresh=True)
    other = await homeserver.room(anna, fresh=True)
    await anna.client.room_invite(other, bot.user)
    listener = await listen()
    await anna.state(room, "m.room.tombstone", {"body": "moved", "replacement_room": other})
    await listener.once()
    await listener.once()
    await listener.drained()
    assert listener.heard == []
    joined = homeserver.server.ask("GET", "/_matrix/client/v3/joined_rooms", token=bot.token)["joined_rooms"]
    assert other not in joined


async def test_the_bot_is_put_out_or_silenced(homeserver: Gathering, listen: Open) -> None:
    anna = await homeserver.person("anna")
    bot = homeserver.pool.account("bot")
    out, quiet = [await homeserver.room(anna, bot, fresh=True) for _ in range(2)]
    listener = await listen()
    levels = homeserver.server.ask(
        "GET", f"/_matrix/client/v3/rooms/{quiet}/state/m.room.power_levels", token=anna.account.token
    )
    await anna.state(quiet, "m.room.power_levels", levels | {"events_default": 50})
    await anna.say(out, "one more word")
    await anna.client.room_kick(out, bot.user, "enough")
    heard = await listener.until(lambda all_: len(all_) == 3)
    assert {(e.kind, e.place, e.user, e.text) for e in heard} == {
        ("unbound", quiet, anna.user, "not allowed to write"),
        ("message", out, anna.user, "one more word"),
        ("unbound", out, anna.user, "kicked"),
    }
    with pytest.raises(Gone, match="not in the room"):
        await listener.matrix.send(out, words("Hello?"), "out")
    with pytest.raises(Refused, match="not allowed"):
        await listener.matrix.send(quiet, words("Hello?"), "quiet")


async def test_an_edit_counts_only_if_it_is_by_the_author(homeserver: Gathering, listen: Open) -> None:
    anna, ben = await homeserver.person("anna"), await homeserver.person("ben")
    room = await homeserver.room(anna, ben, homeserver.pool.account("bot"))
    said = await anna.say(room, "said before the bot looked")
    listener = await listen()
    await ben.edit(room, said, "put into her mouth")
    await anna.edit(room, said, "her own words")
    heard = await listener.until(bool)
    assert [(e.kind, e.user, e.text, e.message) for e in heard] == [("edit", anna.user, "her own words", said)]
    assert listener.matrix.counts["edit by another"] == 1


async def test_a_token_that_is_no_longer_good_stops_the_account(homeserver: Gathering, listen: Open) -> None:
    account = homeserver.server.login(homeserver.pool.account("bot"))
    room = await homeserver.room(await homeserver.person("anna"), homeserver.pool.account("bot"))
    listener = await listen(account)
    homeserver.server.ask("POST", "/_matrix/client/v3/logout", {}, account.token)
    with pytest.raises(Retry) as error:
        await listener.matrix.send(room, words("Hello"), "key")
    assert (error.value.scope, error.value.after) == ("account", timedelta(minutes=1))
    with pytest.raises(Stopped, match=r"does not accept the access token of @bot:pnyx\.test\. Log in anew"):
        await listener.once()


async def test_another_device_is_told_once(
    homeserver: Gathering, listen: Open, caplog: pytest.LogCaptureFixture
) -> None:
    """The homeserver knows the key of a message again only from the same device."""
    bot = homeserver.pool.account("bot")
    listener = await listen(bot)
    for account, told in ((bot, 0), (homeserver.server.login(bot), 1)):
        caplog.clear()
        again = await listen(account, listener.cursor)
        await again.matrix.receive(listener.cursor, False)
        assert caplog.text.count("another device now; messages under way may show twice") == told


@pytest.mark.long
async def test_a_gap_of_10000_events_in_50_rooms(homeserver: Gathering, listen: Open) -> None:
    anna = await homeserver.person("anna")
    bot = homeserver.pool.account("bot")
    rooms = [await homeserver.room(anna.account, bot) for _ in range(50)]
    listener = await listen()

    async def talk(room: str) -> list[str]:
        return [await anna.say(room, f"{n}") for n in range(200)]

    said: list[list[str]] = []
    for some in range(0, len(rooms), 10):
        said += await asyncio.gather(*(talk(room) for room in rooms[some : some + 10]))
    again = await listen(cursor=listener.cursor)
    await again.drained()
    for room, ids in zip(rooms, said, strict=True):
        assert [e.id for e in again.heard if e.place == room] == ids
