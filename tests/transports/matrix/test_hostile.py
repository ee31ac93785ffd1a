"""What somebody who means ill can do from their seat, or from the other end of the world: it is counted, and holds up nobody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from nio import Event

from bot.transports.matrix import doors
from bot.transports.matrix.cursor import Cursor
from bot.transports.matrix.receiving import Harvest, Span
from tests.support.homeserver import Account
from tests.support.matrix_people import MEGOLM, Gathering, Person
from tests.transports.matrix.conftest import Open, words

pytestmark = pytest.mark.homeserver

EVIL = '<img src=x onerror=alert(1)>@room "]); DROP TABLE seat;--'


async def test_what_a_member_does_to_a_room(homeserver: Gathering, listen: Open) -> None:
    """They made it themselves, so they may do anything there."""
    eve = await homeserver.person("eve", fresh=True)
    anna = await homeserver.person("anna")
    bot = homeserver.pool.account("bot")
    room = await homeserver.room(eve, anna, bot, fresh=True)
    listener = await listen()
    hers = await anna.say(room, "what I mean")
    await eve.edit(room, hers, "what she never said")
    await eve.send(room, "m.room.encryption", MEGOLM["content"])
    await eve.send(room, "m.room.message", {"msgtype": "m.image", "body": "no picture"})
    for algorithm in ("m.megolm.v1.aes-sha2", "org.example.rot13"):
        await eve.send(room, "m.room.encrypted", {"algorithm": algorithm, "ciphertext": "AA"})
    await eve.reply(room, "$nothing:of.this.name", "to nobody")
    await eve.react(room, hers, EVIL)
    for kind, content in {
        "m.room.name": {"name": EVIL * 500},
        "m.room.topic": {"topic": EVIL * 500},
        "m.room.server_acl": {"allow": ["*"], "deny": ["elsewhere.test"]},
        "m.room.join_rules": {"join_rule": "public"},
        "m.room.history_visibility": {"history_visibility": "world_readable"},
        "m.room.pinned_events": {"pinned": [3, None]},
        "m.space.child": {"via": 3},
        "m.room.canonical_alias": {"alias": None},
        "org.example": {"deep": [[[[{"x": [None]}]]]]},
    }.items():
        await eve.state(room, kind, content)
    for n in range(20):
        await eve.state(room, "m.room.member", {"membership": "join", "displayname": f"{n} {EVIL}"}, eve.user)
    with pytest.raises(AssertionError, match="M_FORBIDDEN"):
        await anna.redact(room, await eve.say(room, "mine"))

    await anna.say(room, "still here")
    heard = await listener.until(lambda all_: any(e.text == "still here" for e in all_))
    assert [(e.kind, e.text, e.bar) for e in heard if e.place == room] == [
        ("message", "what I mean", ""),
        ("message", "", "unknown"),
        ("message", "", "unreadable"),
        ("message", "to nobody", ""),
        ("reaction", EVIL, ""),
        ("message", "mine", ""),
        ("message", "still here", ""),
    ]
    counts = listener.matrix.counts
    assert (counts["edit by another"], counts["unreadable"], counts["malformed"]) == (1, 2, 1)
    assert (await listener.matrix.send(room, words("in the clear"), f"clear {room}")).id


async def test_an_edit_from_another_room(homeserver: Gathering, listen: Open) -> None:
    """Our homeserver refuses it; that of somebody else may not."""
    anna = await homeserver.person("anna")
    room, other = [await homeserver.room(anna, homeserver.pool.account("bot"), fresh=True) for _ in range(2)]
    listener = await listen()
    hers = await anna.say(room, "what I mean")
    await listener.until(bool)
    relation = {"rel_type": "m.replace", "event_id": hers}
    content = {
        "msgtype": "m.text",
        "body": "*",
        "m.new_content": {"msgtype": "m.text", "body": "*"},
        "m.relates_to": relation,
    }
    event = {"type": "m.room.message", "event_id": "$e", "sender": anna.user, "origin_server_ts": 1, "content": content}
    harvest = Harvest()
    client = await listener.matrix._session.open()
    for place in (other, room):
        await listener.matrix._receiving._read_all(client, place, [Event.parse_event(event)], Span(0, 1, True), harvest)
    assert [(e.kind, e.place, e.message) for e in harvest.events] == [("edit", room, hers)]


def tell(homeserver: Gathering, eve: Account, bot: Account, kind: str, content: Any, number: int) -> None:
    """Send something straight to the bot's device, as everybody may."""
    body = {"messages": {bot.user: {bot.device: content}}}
    homeserver.server.ask("PUT", f"/_matrix/client/v3/sendToDevice/{kind}/{eve.device}{number}", body, eve.token)


async def test_what_strangers_send_to_an_account_that_encrypts(
    homeserver: Gathering, listen: Open, tmp_path: Path
) -> None:
    bot = homeserver.server.login(homeserver.pool.account("bot"))
    listener = await listen(bot, keys=tmp_path / "keys.db")
    await listener.once()
    # What stands in this room no client of nio's survives: nobody of the other tests ever looks into it.
    eve = await homeserver.person("eve", encrypted=True, fresh=True)
    anna = await homeserver.person("anna", encrypted=True, fresh=True)
    room = await homeserver.room(eve, anna, bot, encrypted=True, fresh=True)
    client = await listener.matrix._session.open()
    own = client.machine.account.identity_keys["curve25519"]
    olm = {"algorithm": "m.olm.v1.curve25519-aes-sha2", "sender_key": "A" * 43}
    for number, letter in enumerate(({"type": 0, "body": "AwogAAAA"}, {"type": 1, "body": "x"}, {}, {"type": 0}, [])):
        tell(homeserver, eve.account, bot, "m.room.encrypted", {**olm, "ciphertext": {own: letter}}, number)
    tell(homeserver, eve.account, bot, "m.room_key", {"algorithm": None, "room_id": [], "session_key": "x"}, 10)
    start = {
        "from_device": "E", "transaction_id": "t", "method": "m.sas.v1", "key_agreement_protocols": ["curve25519"],
        "hashes": ["sha256"], "message_authentication_codes": ["hkdf-hmac-sha256"], "short_authentication_string": ["decimal"],
    }  # fmt: skip
    tell(homeserver, eve.account, bot, "m.key.verification.start", start, 11)
    real = anna.client.olm._decrypt_megolm_no_error
    anna.client.olm._decrypt_megolm_no_error = lambda event: real(event) if event.sender_key else None  # nio would fail
    said = await anna.say(room, "what I mean")
    await eve.say(room, "so that my key is known")
    await eve.send(room, "m.room.member", {"membership": "join", "state_key": "@ghost:elsewhere.test"})
    await eve.send(room, "m.room.redaction", {"redacts": said})
    await eve.send(room, "m.room.tombstone", {"replacement_room": "!hers:elsewhere.test"})
    content = {
        "algorithm": "m.megolm.v1.aes-sha2",
        "sender_key": "",
        "session_id": "",
        "device_id": "",
        "ciphertext": "",
    }
    path = f"/_matrix/client/v3/rooms/{room}/send/m.room.encrypted/"
    for number in range(3):
        fake = {**content, "session_id": f"{number}"} if number else content
        homeserver.server.ask("PUT", f"{path}{eve.account.device}{number}", fake, eve.account.token)
    await anna.say(room, "still here")
    heard = await listener.until(lambda all_: any(e.text == "still here" for e in all_))

    assert [(e.kind, e.text) for e in heard if e.kind != "entered"] == [
        ("message", "what I mean"),
        ("message", "so that my key is known"),
        ("message", "still here"),
    ]
    counts = listener.matrix.counts
    assert (counts["state in a cipher"], counts["unreadable"], counts["verification"]) == (3, 3, 1)
    assert counts["malformed keys"] + counts["malformed"] >= 3
    assert Cursor.decode(listener.cursor).doors == ()
    await listener.once()
    assert (await listener.matrix.send(room, words("I hear you"), "hear")).id
    assert not (await anna.reads(room, "I hear you")).locked
    known = listener.matrix._session.room(room)
    assert known is not None
    assert set(known.users) == {eve.user, anna.user, bot.user}


def joined(homeserver: Gathering, account: Account) -> list[str]:
    rooms: list[str] = homeserver.server.ask("GET", "/_matrix/client/v3/joined_rooms", token=account.token)[
        "joined_rooms"
    ]
    return rooms


async def test_a_room_that_calls_itself_a_private_chat(homeserver: Gathering, listen: Open) -> None:
    """Nobody is greeted in front of others, and a stranger's room is left again."""
    bot = homeserver.pool.fresh("bot")
    listener = await listen(bot)
    eve, mallory = [await homeserver.person(name, fresh=True) for name in ("eve", "mallory")]
    room = await eve.dm(mallory.user)
    await mallory.join(room)
    body = {"membership": "invite", "is_direct": True}
    await eve.state(room, "m.room.member", body, bot.user)
    while not listener.matrix.counts["invitation by a stranger"]:
        await listener.once(wait=True)
    assert room not in joined(homeserver, bot)
    assert [e.text for e in listener.heard if e.kind == "message"] == []


async def test_many_private_chats_by_one_person(
    homeserver: Gathering, listen: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "MOST_OF_ONE", 2)
    bot = homeserver.pool.fresh("bot")
    listener = await listen(bot)
    eve: Person = await homeserver.person("eve", fresh=True)
    for _ in range(3):
        await eve.dm(bot.user)
    await listener.until(lambda all_: len(all_) == 2)
    await listener.drained()
    assert len(joined(homeserver, bot)) == 2
    assert listener.matrix.counts["too many invitations"] == 1
