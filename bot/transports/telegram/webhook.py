"""Receiving by a webhook: Telegram posts each update to an address of ours, behind a proxy that speaks https.

Invariants:

* A post is answered with 200 only when the engine has committed what was in it, which the next `receive` shows by its
  cursor. Until then Telegram posts nothing more of that chat, so the order within a chat is kept.
* What was not committed is given out again. What comes twice has the same id twice.
* Nobody but who knows the secret is heard; it is compared in constant time. An answer has no body, and is never 410, which
  would make Telegram forget the address.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from aiohttp import web
from telegram.error import BadRequest, InvalidToken, TelegramError
from yarl import URL

from bot.transports.fields import number, part, text
from bot.transports.port import Batch, Incoming, Stopped
from bot.transports.telegram.client import Client
from bot.transports.telegram.polling import MOST, SECONDS, UNKNOWN_BOT, NoContact
from bot.transports.telegram.presses import Acknowledging
from bot.transports.telegram.updates import ALLOWED, Reader

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 # a name, no secret
LARGEST_POST = 2**20
"""Bytes of a post."""

MOST_WAITING = 1000
"""Updates that wait for the engine; further ones are to come again later."""

HELD = 50.0
"""Seconds that a post waits for the commit before it is to come again."""

SETTLING = timedelta(minutes=2)
"""So long after a start posts may still come that Telegram could not deliver before: nobody knows when their buttons were
pressed."""

REFUSED = "Telegram does not take {url} as the webhook of {account}: {why}. It must be an https address that reaches this port."
OCCUPIED = "{host}:{port} cannot be used for the webhook of {account}: {why}. Set another port, or end what uses it."


@dataclass(frozen=True, slots=True)
class Hook:
    """Where Telegram posts to (`url`), and where we listen. Without a `secret` each start draws one. `path` is what is left of
    the address when it arrives here; "" if the proxy leaves it as it is."""

    url: str
    host: str = "127.0.0.1"
    port: int = 8443
    secret: str = field(default="", repr=False)
    path: str = ""


@dataclass(slots=True)
class _Post:
    """An update that somebody holds a connection open for."""

    update: object
    done: asyncio.Future[bool]


class Webhook:
    """The receiving half of an account. It listens from the first `receive` on."""

    def __init__(
        self,
        account: str,
        hook: Hook,
        client: Client,
        reader: Reader,
        acknowledging: Acknowledging,
        now: Callable[[], datetime],
    ) -> None:
        self._account, self._hook, self._client, self._reader, self._now = account, hook, client, reader, now
        self._acknowledging = acknowledging
        self._secret = hook.secret or secrets.token_urlsafe(32)
        self._path = hook.path or URL(hook.url).path
        self._waiting: deque[_Post] = deque()
        self._given: list[_Post] = []
        self._cursor = ""
        self._batches = 0
        self._news = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._opened: datetime | None = None
        self.port = hook.port

    async def receive(self, cursor: str, wait: bool) -> Batch:
        """What was posted since. Raises `Stopped`, or `NoContact`."""
        await self._open()
        self._settle(cursor)
        if wait and not self._waiting:
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), SECONDS)
            except TimeoutError:
                return Batch((), cursor)
        if not self._waiting:
            return Batch((), cursor)
        self._given = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
        now = self._now()
        unsure = self._opened is not None and now - self._opened < SETTLING
        events = [self._dated(e, unsure) for post in self._given for e in self._reader.read(post.update, now)]
        self._batches += 1
        self._cursor = f"{self._behind(cursor)}.{self._batches}"
        return Batch(tuple(events), self._cursor, bool(self._waiting))

    async def close(self) -> None:
        """Stop listening. What is not committed comes again."""
        for post in (*self._given, *self._waiting):
            _answer(post, taken=False)
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def _open(self) -> None:
        if self._opened is not None:
            return
        await self._listen()
        wanted = {
            "url": self._hook.url,
            "secret_token": self._secret,
            "allowed_updates": ALLOWED,
            "max_connections": 100,
        }
        failure: Exception
        try:
            await self._client.call("setWebhook", **wanted)
        except InvalidToken:
            failure = Stopped(UNKNOWN_BOT.format(account=self._account))
        except BadRequest as error:
            failure = Stopped(REFUSED.format(url=self._hook.url, account=self._account, why=error.message[:120]))
        except TelegramError as error:
            failure = NoContact(f"{self._account}: {type(error).__name__}")
        else:
            self._opened = self._now()
            return
        raise failure

    async def _listen(self) -> None:
        if self._runner is not None:
            return
        app = web.Application(client_max_size=LARGEST_POST)
        app.router.add_route("*", "/{path:.*}", self._take)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._hook.host, self._hook.port).start()
        except OSError as error:
            await runner.cleanup()
            where = {"host": self._hook.host, "port": self._hook.port, "account": self._account}
            raise Stopped(OCCUPIED.format(**where, why=error.strerror)) from None
        self._runner = runner
        self.port = runner.addresses[0][1]

    async def _take(self, request: web.Request) -> web.Response:
        """One post of Telegram's, or of somebody who has found the address."""
        if request.path != self._path:
            return web.Response(status=404)
        if request.method != "POST":
            return web.Response(status=405, headers={"Allow": "POST"})
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self._secret.encode()):
            return web.Response(status=401)
        try:
            update = json.loads(await request.read())
        except web.HTTPRequestEntityTooLarge:
            return web.Response(status=413)
        except (ValueError, RecursionError):
            update = None
        if len(self._waiting) >= MOST_WAITING:
            return web.Response(status=503)
        post = _Post(update, asyncio.get_running_loop().create_future())
        self._waiting.append(post)
        self._news.set()
        done, _ = await asyncio.wait((post.done,), timeout=HELD)
        return web.Response(status=200 if done and post.done.result() else 503)

    def _settle(self, cursor: str) -> None:
        """What was given out last is committed if the engine asks for what lies behind it; else it is given out again."""
        given, self._given = self._given, []
        if cursor != self._cursor:
            self._waiting.extendleft(reversed(given))
            return
        for post in given:
            _answer(post, taken=True)
        bodies = [part(post.update, "callback_query") for post in given if isinstance(post.update, dict)]
        self._acknowledging.take([id for body in bodies if (id := text(body, "id"))])

    def _behind(self, cursor: str) -> str:
        """The number behind the highest one, so that polling could go on from here."""
        ids = [number(post.update, "update_id") for post in self._given if isinstance(post.update, dict)]
        return str(max((id + 1 for id in ids if id is not None), default=cursor.partition(".")[0]))

    @staticmethod
    def _dated(event: Incoming, unsure: bool) -> Incoming:
        return replace(event, unsure=True) if unsure and event.kind == "press" else event


def _answer(post: _Post, taken: bool) -> None:
    if not post.done.done():
        post.done.set_result(taken)
