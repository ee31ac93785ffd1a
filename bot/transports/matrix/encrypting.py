"""What an account that encrypts does between two syncs, and before it sends."""

from __future__ import annotations

from typing import Any

from nio import (
    JoinedMembersResponse,
    KeysClaimResponse,
    KeysQueryResponse,
    KeysUploadResponse,
    ShareGroupSessionResponse,
    ToDeviceResponse,
)

from bot.transports.matrix.errors import fine
from bot.transports.matrix.session import Client


async def tend(client: Client) -> None:
    """What keeps encryption going: one-time keys, other people's devices, broken sessions. Raises `Failed`."""
    for message in list(client.outgoing_to_device_messages):
        await fine(ToDeviceResponse, client.to_device(message))
    if client.should_upload_keys:
        await fine(KeysUploadResponse, client.keys_upload())
    if client.should_query_keys:
        await fine(KeysQueryResponse, client.keys_query())
    if client.should_claim_keys:
        await fine(KeysClaimResponse, client.keys_claim(client.get_users_for_key_claiming()))


def ask_anew(client: Client) -> None:
    """Ask for everybody's devices before the next message: which ones have changed was known to the process before this one."""
    for room in client.rooms.values():
        if room.encrypted:
            client.machine.users_for_key_query.update(room.users)


async def encrypt(client: Client, room: str, kind: str, content: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The event as everybody in the room can read it, and nobody else. Raises `Failed`."""
    if not client.rooms[room].members_synced:
        await fine(JoinedMembersResponse, client.joined_members(room))
    if client.should_query_keys:
        await fine(KeysQueryResponse, client.keys_query())
    if client.machine.should_share_group_session(room):
        await _share(client, room)
    sealed: tuple[str, dict[str, Any]] = client.encrypt(room, kind, content)
    return sealed


async def _share(client: Client, room: str) -> None:
    """Give everybody's devices the key with which we encrypt from now on. nio's own way counts a device as served when the
    request to it has failed."""
    missing = client.get_missing_sessions(room)
    if missing:
        await fine(KeysClaimResponse, client.keys_claim(missing))
    users = list(client.rooms[room].users)
    for shared, messages in client.machine.share_group_session_parallel(room, users, ignore_unverified_devices=True):
        await client.hand_over(ShareGroupSessionResponse, "m.room.encrypted", messages, (room, shared))
    client.machine.outbound_group_sessions[room].shared = True
