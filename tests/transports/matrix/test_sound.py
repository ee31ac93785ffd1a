"""Whatever strangers put into a homeserver's answers, the account goes on; what is as it should be is left as it is."""

from __future__ import annotations

import asyncio
import contextlib
import copy
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nio import BadEvent, Event, KeysClaimResponse, KeysQueryResponse, RoomMessagesResponse, SyncResponse, UnknownEvent
from nio.client.async_client import AsyncClientConfig
from nio.crypto.sessions import OutboundGroupSession
from nio.exceptions import EncryptionError
from nio.store.database import SqliteStore
from peewee import OperationalError

from bot.transports.matrix.machine import Machine
from bot.transports.matrix.session import Client
from bot.transports.matrix.sound import sieve, stateful

ME, EVE, DEVICE = "@bot:x", "@eve:y", "BOT"
Json = dict[str, Any]


def client(folder: Path) -> Client:
    """A client with keys and without a homeserver."""
    config = AsyncClientConfig(
        encryption_enabled=True, store=SqliteStore, store_name="keys.db", pickle_key="s", store_sync_tokens=False
    )
    made = Client("http://127.0.0.1:1", ME, store_path=str(folder), config=config)
    made.counts = Counter()
    made.restore_login(ME, DEVICE, "token")
    return made


KEY = "K" * 43
SAS = {"from_device": "E", "transaction_id": "t"}
START = {
    "method": "m.sas.v1", "key_agreement_protocols": ["curve25519"], "hashes": ["sha256"],
    "message_authentication_codes": ["hkdf-hmac-sha256"], "short_authentication_string": ["decimal"],
}  # fmt: skip
ASKED = {"algorithm": "m.megolm.v1.aes-sha2", "room_id": "!r:x", "sender_key": KEY, "session_id": "s"}
TO_DEVICE: list[tuple[str, Json]] = [
    ("m.room.encrypted", {"algorithm": "m.olm.v1.curve25519-aes-sha2", "sender_key": KEY, "ciphertext": {}}),
    ("m.room_key", {**ASKED, "session_key": "AA"}),
    ("m.room_key_request", {"action": "request", "requesting_device_id": "E", "request_id": "q", "body": ASKED}),
    ("m.key.verification.start", {**SAS, **START}),
    ("m.key.verification.cancel", {**SAS, "code": "m.user", "reason": "no"}),
    ("m.dummy", {}),
]
IN_ROOMS: list[tuple[str, Json]] = [
    ("m.room.member", {"membership": "join", "displayname": "Eve", "is_direct": True}),
    ("m.room.name", {"name": "n"}),
    ("m.room.power_levels", {"users": {EVE: 50}, "events": {"m.room.name": 50}, "events_default": 0}),
    ("m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"}),
    ("m.room.canonical_alias", {"alias": "#a:x"}),
    ("m.room.create", {"creator": EVE, "room_version": "11", "predecessor": {"room_id": "!o:x", "event_id": "$x"}}),
    ("m.room.tombstone", {"body": "b", "replacement_room": "!n:x"}),
    ("m.room.server_acl", {"allow": ["*"], "deny": []}),
    ("m.space.child", {"via": ["x"]}),
    ("m.room.message", {"msgtype": "m.text", "body": "b", "m.relates_to": {"m.in_reply_to": {"event_id": "$e"}}}),
    ("m.room.message", {"msgtype": "m.image", "body": "b", "url": "mxc://a/b", "info": {"size": 1}}),
    ("m.room.encrypted", {**ASKED, "device_id": "E", "ciphertext": "AA"}),
    ("m.reaction", {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$e", "key": "x"}}),
    ("m.room.redaction", {"redacts": "$e", "reason": "r"}),
    ("m.call.invite", {"call_id": "c", "version": 0, "lifetime": 1, "offer": {"type": "offer", "sdp": "x"}}),
]
DEVICES: Json = {
    EVE: {
        "E": {
            "user_id": EVE, "device_id": "E", "algorithms": ["a"], "keys": {"ed25519:E": KEY, "curve25519:E": KEY},
            "signatures": {EVE: {"ed25519:E": "x"}}, "unsigned": {"device_display_name": "Eve's"},
        }
    }
}  # fmt: skip
ONE_TIME: Json = {EVE: {"E": {"signed_curve25519:A": {"key": KEY, "signatures": {EVE: {"ed25519:E": "x"}}}}}}

_JUNK = st.sampled_from(
    [None, "", 0, -1, 2**70, 1.5, True, [], {}, ["x"], [None], {"x": 1}, "\0", "\ud800", ME, "x" * 300]
)


@st.composite
def _spoilt(draw: st.DrawFn, sound: Any) -> Any:
    """Something sound with a part of it taken out, put in, or made junk."""
    found = copy.deepcopy(sound)
    node, deeper = found, True
    while deeper and node:
        name = draw(st.sampled_from(sorted(node) if isinstance(node, dict) else list(range(len(node)))))
        deeper = isinstance(node[name], dict | list) and bool(node[name]) and draw(st.booleans())
        if deeper:
            node = node[name]
        elif isinstance(node, dict) and draw(st.booleans()):
            node.pop(name)
        else:
            node[name] = draw(_JUNK)
    return found


@st.composite
def _answers(draw: st.DrawFn) -> Json:
    kind, content = draw(st.sampled_from(IN_ROOMS))
    event = {
        "type": kind,
        "sender": EVE,
        "content": content,
        "event_id": "$e",
        "origin_server_ts": 1,
        "unsigned": {"age": 1},
    }
    event |= {"state_key": draw(st.sampled_from([EVE, ME, ""]))} if stateful(kind) else {}
    told, message = draw(st.sampled_from(TO_DEVICE))
    fine = {"type": told, "sender": EVE, "content": message}
    bad, worse = draw(_spoilt(event)), draw(_spoilt(fine))
    part = {"events": [bad], "prev_batch": "p"}
    return {
        "next_batch": "s",
        "to_device": {"events": [worse]},
        "rooms": {
            "join": {"!r:x": {"state": {"events": [bad]}, "timeline": part}},
            "leave": {"!l:x": {"state": {"events": [bad]}, "timeline": copy.deepcopy(part)}},
            "invite": {"!i:x": {"invite_state": {"events": [bad]}}},
        },
    }


@pytest.fixture(scope="module")
def robot(tmp_path_factory: pytest.TempPathFactory) -> Client:
    return client(tmp_path_factory.mktemp("keys"))


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(answer=_answers())
def test_no_sync_stops_an_account(robot: Client, answer: Json) -> None:
    sieve(answer)
    answer["next_batch"] = str(robot.counts.total())
    response = SyncResponse.from_dict(copy.deepcopy(answer))
    assert isinstance(response, SyncResponse)
    robot.next_batch = ""
    asyncio.run(robot.absorb(response))
    page = {"chunk": answer["rooms"]["join"]["!r:x"]["timeline"]["events"], "start": "a", "end": "b"}
    assert isinstance(RoomMessagesResponse.from_dict(page, "!r:x"), RoomMessagesResponse)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(devices=_spoilt(DEVICES), keys=_spoilt(ONE_TIME))
def test_nobodys_devices_stop_an_account(robot: Client, devices: Json, keys: Json) -> None:
    asked, claimed = {"device_keys": devices}, {"one_time_keys": keys}
    sieve(asked), sieve(claimed)
    for kind, answer in ((KeysQueryResponse, asked), (KeysClaimResponse, claimed)):
        response = kind.from_dict(answer)
        assert isinstance(response, kind)
        robot.machine.users_for_key_query.add(EVE)
        robot.machine.handle_response(response)


def test_what_is_sound_stays() -> None:
    events = [
        {"type": kind, "sender": EVE, "content": content, "event_id": "$e", "origin_server_ts": 1, "state_key": EVE}
        for kind, content in IN_ROOMS
    ]
    rooms = {
        kind: {"!r:x": {"state": {"events": events}, "timeline": {"events": events}}} for kind in ("join", "leave")
    }
    rooms["invite"] = {"!i:x": {"invite_state": {"events": events}}}
    told = [{"type": kind, "sender": EVE, "content": content} for kind, content in TO_DEVICE]
    answer = {
        "rooms": rooms,
        "to_device": {"events": told},
        "device_keys": DEVICES,
        "one_time_keys": ONE_TIME,
        "chunk": events,
    }
    before = copy.deepcopy(answer)
    assert sieve(answer) == 0
    assert answer == before
    assert [sieve(each) for each in ({}, [], None, {"rooms": 3}, {"rooms": {"join": {"!r:x": None}}})] == [0] * 5


@pytest.mark.parametrize("kind", ["m.room.encryption", "m.room.tombstone", "m.room.member", "m.space.child"])
def test_state_without_its_key_is_none(kind: str) -> None:
    event = {"type": kind, "sender": EVE, "content": {}, "event_id": "$e", "origin_server_ts": 1}
    answer = {"chunk": [event, {**event, "state_key": ""}, {**event, "type": "m.room.message"}]}
    assert sieve(answer) == 1
    assert [each["type"] for each in answer["chunk"]] == [kind, "m.room.message"]


def encrypted(robot: Client, payload: str) -> Any:
    """A message to a room by somebody whose key has come."""
    theirs = OutboundGroupSession()
    theirs.shared = True
    robot.machine.create_group_session(KEY, KEY, "!r:x", theirs.id, theirs.session_key)
    content = {
        "algorithm": "m.megolm.v1.aes-sha2", "sender_key": KEY, "device_id": "E", "session_id": theirs.id,
        "ciphertext": theirs.encrypt(payload),
    }  # fmt: skip
    event = {"type": "m.room.encrypted", "sender": EVE, "content": content, "event_id": "$e", "origin_server_ts": 1}
    return Event.parse_event(event)


@pytest.mark.parametrize("kind", ["m.room.member", "m.room.encryption", "m.room.redaction", "m.room.tombstone"])
def test_nothing_but_words_comes_in_a_cipher(robot: Client, kind: str) -> None:
    """Else somebody could tell nio who is in the room, and it would encrypt for them."""
    event = encrypted(
        robot, f'{{"type":"{kind}","state_key":"@ghost:y","content":{{"membership":"join","redacts":"$a"}}}}'
    )
    found = robot.machine.decrypt_megolm_event(event, "!r:x")
    assert type(found) is UnknownEvent
    assert found.decrypted
    assert found.source["type"] == kind


@pytest.mark.parametrize("payload", ["[" * 100_000, "{", "3", '"x"', '{"type":"m.room.message","content":{}}', "{}"])
def test_no_cipher_stops_an_account(robot: Client, payload: str) -> None:
    event = encrypted(robot, payload)
    with contextlib.suppress(EncryptionError):
        assert isinstance(robot.machine.decrypt_megolm_event(event, "!r:x"), BadEvent | UnknownEvent)


def test_a_screen_that_nobody_looks_at(robot: Client) -> None:
    told = {"events": [{"type": "m.key.verification.start", "sender": EVE, "content": {**SAS, **START}}]}
    before = robot.counts["verification"]
    robot.next_batch = ""
    asyncio.run(robot.absorb(SyncResponse.from_dict({"next_batch": "v", "rooms": {}, "to_device": told})))
    assert robot.counts["verification"] == before + 1
    assert robot.outgoing_to_device_messages == []


def test_a_full_disk_is_no_stranger(robot: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the file has to say ends the batch: a key that was not saved would be lost."""

    def full(*_: Any) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(Machine, "_handle_key_requests", full)
    told = {"events": [{"type": kind, "sender": EVE, "content": content} for kind, content in TO_DEVICE[2:3]]}
    response = SyncResponse.from_dict({"next_batch": "f", "rooms": {}, "to_device": told})
    robot.next_batch = ""
    with pytest.raises(OperationalError):
        asyncio.run(robot.absorb(response))
