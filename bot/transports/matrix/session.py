"""One account at its homeserver: nio's client, opened once, with what it knows about rooms.

nio asks and parses; when a sync changes its state, and what becomes of an error, is decided here. It never repeats a request by
itself: every decision to try again is the engine's.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote
from uuid import uuid4

from aiohttp import ClientConnectionError, ClientResponse
from nio import (
    KeysUploadError,
    KeysUploadResponse,
    MatrixRoom,
    Response,
    RoomSendResponse,
    SyncResponse,
    WhoamiResponse,
)
from nio.api import Api
from nio.client.async_client import AsyncClient, AsyncClientConfig
from nio.exceptions import LocalProtocolError

from bot.transports.matrix.errors import failed, fine, reached
from bot.transports.matrix.keys import Keys
from bot.transports.matrix.sound import sieve
from bot.transports.port import Stopped

logging.getLogger("nio").setLevel(logging.CRITICAL)  # what it logs names people and their devices

REQUEST = 30.0
"""Seconds that a request may take; a sync may take so much longer than it waits."""

FIRST = 120.0
"""Seconds that a sync with the state of all rooms may take."""

PAGE = 100
"""Events of a room in one sync, as many as homeservers give."""

_NONE: dict[str, Any] = {"types": []}
FILTER: dict[str, Any] = {
    "presence": _NONE,
    "account_data": {"types": ["m.direct"]},
    "room": {"timeline": {"limit": PAGE}, "ephemeral": _NONE, "account_data": _NONE},
}

R = TypeVar("R", bound=Response)

if TYPE_CHECKING:
    from nio.crypto.olm_machine import Olm
    from nio.store.database import MatrixStore


class Client(AsyncClient):
    """nio's client, which leaves to us when a sync changes its state, and what becomes of one-time keys on the way. `counts` says
    how much of the answers was left out, since nio cannot bear it."""

    counts: Counter[str]

    @property
    def machine(self) -> Olm:
        """What encrypts and decrypts."""
        if self.olm is None:
            raise LocalProtocolError("this account does not encrypt")
        return self.olm

    @property
    def chest(self) -> MatrixStore:
        """The file with the keys."""
        if self.store is None:
            raise LocalProtocolError("this account has no keys")
        return self.store

    def load_store(self) -> None:
        """Open the file with the keys, if there is one."""
        super().load_store()  # type: ignore[no-untyped-call]  # nio's
        if self.store is not None and self.device_id is not None:
            from bot.transports.matrix.machine import Machine  # what it takes is there only with keys

            self.olm = Machine(self.user_id, self.device_id, self.store, self.counts)

    async def parse_body(self, transport_response: ClientResponse) -> dict[Any, Any]:
        """The JSON of an answer, without what nio cannot bear."""
        found: dict[Any, Any] = await super().parse_body(transport_response)
        if dropped := sieve(found):
            self.counts["malformed"] += dropped
        return found

    async def receive_response(self, response: Response) -> None:
        if not isinstance(response, SyncResponse):
            await super().receive_response(response)

    async def absorb(self, response: SyncResponse) -> None:
        """Let what a sync brought change what the client knows: rooms, members, keys; and decrypt it."""
        await super().receive_response(response)

    ended = False

    async def close(self) -> None:
        """Let go of the connection, for good."""
        self.ended = True
        await AsyncClient.close(self)

    async def send(self, *args: Any, **kwargs: Any) -> ClientResponse:
        if self.ended:
            raise ClientConnectionError("this client was closed")
        answer: ClientResponse = await super().send(*args, **kwargs)
        return answer

    async def keys_upload(self) -> KeysUploadResponse | KeysUploadError:
        """Upload one-time keys. They are saved before: the homeserver gives them out at once, and what somebody encrypts with
        one that was lost with this process could never be read."""
        keys = self.machine.share_keys()
        self.machine.save_account()
        method, path, data = Api.keys_upload(self.access_token, keys)
        answer: KeysUploadResponse | KeysUploadError = await self._send(KeysUploadResponse, method, path, data)
        return answer

    async def put(self, room: str, kind: str, content: dict[str, Any], transaction: str) -> str:
        """Send an event as it is. The same transaction again answers with the event that it made before. Raises `Failed`."""
        method, path, data = Api.room_send(self.access_token, room, kind, content, transaction)
        answer: Awaitable[Response] = self._send(RoomSendResponse, method, path, data, (room,))
        return str((await fine(RoomSendResponse, answer)).event_id)

    async def hand_over(self, wanted: type[R], kind: str, messages: dict[str, Any], about: tuple[Any, ...]) -> R:
        """Send messages to devices. Raises `Failed`."""
        method, path, data = Api.to_device(self.access_token, kind, messages, uuid4())
        return await fine(wanted, self._send(wanted, method, path, data, about))

    async def ask(self, method: str, path: tuple[str, ...], body: Any = None, query: str = "") -> Any:
        """A request for which nio has no words, and the JSON of the answer. Raises `Failed`."""
        url = "/_matrix/client/v3/" + "/".join(quote(each, safe="") for each in path) + query
        headers = {"Authorization": f"Bearer {self.access_token}", "Content-Type": "application/json"}
        async with reached():
            answer = await self.send(method, url, None if body is None else Api.to_json(body), headers)
            found = await self.parse_body(answer)
        if answer.status >= 300:
            raise failed(found.get("errcode", ""), answer.status, answer.headers, found.get("retry_after_ms"))
        return found


class Session:
    """The account `user` with this access token. Where it has `keys`, it can encrypt. `counts` says what came and was no concern
    of ours, by kind."""

    def __init__(self, homeserver: str, user: str, token: str, keys: Keys | None) -> None:
        self.user = user
        self.counts: Counter[str] = Counter()
        self.device = ""
        self.keys = keys
        self._homeserver, self._token = homeserver.rstrip("/"), token
        self._client: Client | None = None
        self._opening = asyncio.Lock()
        self.synced = False

    async def open(self) -> Client:
        """The client, logged in. Raises `Failed`, or `Stopped` where somebody has to do something first."""
        async with self._opening:
            if self._client is None:
                self._client = await self._login()
            return self._client

    async def _login(self) -> Client:
        store = self.keys.settings() if self.keys is not None else {"encryption_enabled": False}
        config = AsyncClientConfig(max_limit_exceeded=0, max_timeouts=0, request_timeout=REQUEST, **store)
        client = Client(self._homeserver, self.user, store_path=self.keys.folder if self.keys else "", config=config)
        client.access_token, client.counts = self._token, self.counts
        try:
            who = await fine(WhoamiResponse, client.whoami())
            if who.user_id != self.user:
                raise Stopped(f"The access token is that of {who.user_id}, and the configuration says {self.user}.")
            self.device = who.device_id or ""
            if self.keys is not None:
                self.keys.expect(self.user, self.device)
            client.restore_login(self.user, self.device, self._token)
            if self.keys is not None:
                await self.keys.check(client)
        except BaseException:
            await self._let_go(client)
            raise
        return client

    async def forget(self) -> None:
        """Let go of everything that the client knows; the next `open` reads it anew."""
        client, self._client, self.synced = self._client, None, False
        if client is not None:
            await self._let_go(client)

    async def _let_go(self, client: Client) -> None:
        await client.close()
        if self.keys is not None:
            self.keys.close(client)

    async def sync(self, client: Client, since: str, wait: float) -> SyncResponse:
        """What is new behind a token. Nothing of it has changed what the client knows. Raises `Failed`."""
        full = not self.synced
        asked = client.sync(0 if full else int(wait * 1000), FILTER, since or None, full)
        async with reached(), asyncio.timeout(FIRST if full else wait + REQUEST):
            return await fine(SyncResponse, asked)

    @property
    def rooms(self) -> Mapping[str, MatrixRoom]:
        """The rooms that we are in, as far as they are known."""
        return self._client.rooms if self._client is not None and self.synced else {}

    def room(self, place: str) -> MatrixRoom | None:
        """What is known about a room that we are in."""
        return self.rooms.get(place)
