"""The server: HTTP on loopback, and the hands with which a test moves its people and sees what happened.

async with BotApi() as api:
    bot = api.bot("7:token-of-the-bot")
    anna = api.person("Anna", language_code="de")
    …  Bot(bot.token, base_url=api.base_url, base_file_url=api.file_url)
    await anna.start("invitation")
    await api.until(lambda: anna.got)
    await anna.press("Yes")
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from inspect import isawaitable
from typing import Any, TypeVar

from aiohttp import web

from tests.support.botapi import changing, chats, settings  # noqa: F401 # each registers its methods
from tests.support.botapi.asking import METHODS, NAMES, Ask, Upload
from tests.support.botapi.bots import Bot
from tests.support.botapi.changing import EDITS
from tests.support.botapi.errors import ApiError, bad, flood
from tests.support.botapi.faults import Fault
from tests.support.botapi.groups import Group
from tests.support.botapi.model import Member
from tests.support.botapi.pacing import Call, Limits
from tests.support.botapi.people import Person
from tests.support.botapi.receiving import Courier
from tests.support.botapi.sending import NEW
from tests.support.botapi.world import World

Found = TypeVar("Found")
TOKEN = "7000001:strict-server-token"
"""The first bot's."""


class BotApi(World):
    """A strict Bot API on a free port of loopback, for as long as the context lasts. `retry` is the pause, in seconds,
    between two attempts to deliver to a webhook."""

    def __init__(
        self,
        clock: Callable[[], datetime] | None = None,
        limits: Limits | None = None,
        port: int = 0,
        retry: float = 0.05,
        seed: int = 1,
    ) -> None:
        super().__init__(clock, limits, seed)
        self.port, self.retry = port, retry
        self._couriers: list[asyncio.Task[None]] = []
        self._runner: web.AppRunner | None = None
        self._changed = asyncio.Event()
        self._next_person = 500_000_001

    # ---- who is there

    def bot(self, token: str = TOKEN, name: str = "Pnyx", username: str = "") -> Bot:
        """The account of this token; it is made on the first call."""
        if token not in self.bots:
            made = Bot(
                token,
                name,
                username or f"pnyx{len(self.bots) + 1}_bot",
                self.clock,
                self.chance.randrange(10**8, 9 * 10**8),
            )
            self.bots[token] = made
            if self._runner:
                self._couriers.append(asyncio.create_task(Courier(made, self.retry).run()))
        return self.bots[token]

    def person(self, name: str = "Anna", language_code: str = "en", username: str = "", id: int = 0) -> Person:
        """Somebody new."""
        person = Person(self, id or self._next_person, name, language_code, username)
        self._next_person += 1
        self.people[person.id] = person
        return person

    def group(
        self,
        title: str = "Table",
        members: Sequence[Person] = (),
        topics: bool = False,
        supergroup: bool = False,
        bots: Sequence[Bot] = (),
    ) -> Group:
        """A group of these people; the first one owns it. `bots` are in it from before anybody looked: nobody is told."""
        group = Group(self, title, members or [self.person("Olga")], topics, supergroup)
        for bot in bots:
            group.chat.members[bot.id] = Member(bot)
        return group

    # ---- what goes wrong

    def flood(self, bot: Bot, seconds: float, chat: int = 0) -> None:
        """From now on 429 to every message and edit of this bot, or to those in one chat, for so many seconds of the clock."""
        self.gate.close(bot.id, self.clock() + timedelta(seconds=seconds), chat)

    def fail(self, method: str = "", code: int = 500, **how: Any) -> Fault:
        """500 or 502 to the next call (`times`, `chat`, `bot` narrow or widen it)."""
        return self.faults.plan("error", method, code=code, **how)

    def hang(self, method: str = "", after: bool = False, **how: Any) -> Fault:
        """No answer to the next call, which has its effect if `after`."""
        return self.faults.plan("hang", method, after=after, **how)

    def cut(self, method: str = "", after: bool = False, **how: Any) -> Fault:
        """The connection is cut during the next call: before it has its effect, or after."""
        return self.faults.plan("cut", method, after=after, **how)

    def slow(self, method: str = "", seconds: float = 0.1, **how: Any) -> Fault:
        """The next call has its effect at once, and its answer comes late."""
        return self.faults.plan("slow", method, seconds=seconds, **how)

    # ---- waiting

    async def until(self, true: Callable[[], Found], seconds: float = 10.0) -> Found:
        """Wait until something is true; it is looked at after every call that the server has answered."""
        async with asyncio.timeout(seconds):
            while not (found := true()):
                self._changed.clear()
                try:
                    await asyncio.wait_for(self._changed.wait(), 0.05)
                except TimeoutError:
                    continue
        return found

    # ---- HTTP

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/bot"

    @property
    def file_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/file/bot"

    async def __aenter__(self) -> BotApi:
        app = web.Application(client_max_size=4 * self.upload_limit)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        self.routes(app)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self._couriers = [asyncio.create_task(Courier(bot, self.retry).run()) for bot in self.bots.values()]
        return self

    def routes(self, app: web.Application) -> None:
        """A place for further routes."""

    async def __aexit__(self, *_: object) -> None:
        for task in self._couriers:
            task.cancel()
        await asyncio.gather(*self._couriers, return_exceptions=True)
        if self._runner:
            await self._runner.cleanup()

    async def _call(self, request: web.Request) -> web.StreamResponse:
        bot = self.bots.get(request.match_info["token"])
        if bot is None:
            return _answer(401, {"ok": False, "error_code": 401, "description": "Unauthorized"})
        ask = await self._read(request, bot)
        name = request.match_info["method"]
        call = self._note(ask, NAMES.get(name.lower(), name))
        fault = self.faults.take(bot.id, call.method, call.chat)
        if fault and not fault.after and fault.kind != "slow":
            return await self._break(request, call, fault)
        result, code = await self._answer_call(ask, call)
        if fault and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        elif fault:
            return await self._break(request, call, fault)
        self._changed.set()
        return _answer(code, result)

    async def _read(self, request: web.Request, bot: Bot) -> Ask:
        given: dict[str, Any] = dict(request.query)
        files: dict[str, Upload] = {}
        if request.content_type == "application/json":
            given |= await request.json()
        elif request.method == "POST":
            for name, value in (await request.post()).items():
                if isinstance(value, web.FileField):
                    files[name] = Upload(value.filename, value.content_type, value.file.read())
                elif isinstance(value, bytes):
                    files[name] = Upload(name, "", value)
                else:
                    given[name] = value
        return Ask(self, bot, given, files)

    def _note(self, ask: Ask, name: str) -> Call:
        number = ask.number("chat_id")
        group = number in self.chats and self.chats[number].is_group
        writes = name in NEW or name in EDITS
        counts = writes and (group or name in NEW)
        noted = {**ask.given, **{key: f"<{len(file.data)} bytes>" for key, file in ask.files.items()}}
        call = Call(self.clock(), ask.bot.id, name, number, noted, writes, counts, group)
        self.audit.calls.append(call)
        return call

    async def _answer_call(self, ask: Ask, call: Call) -> tuple[dict[str, Any], int]:
        try:
            if refused := self.gate.wait(call):
                call.wait, call.scope = refused
                raise flood(call.wait)
            known = METHODS.get(call.method.lower())
            if known is None:
                raise bad(f"this server for tests has no method {call.method}")
            result = known(ask)
            if isawaitable(result):
                result = await result
        except ApiError as error:
            call.code, call.error = error.code, error.description
            return error.json(), error.code
        call.code = 200
        if isinstance(result, dict):
            call.message = result.get("message_id", 0)
        return {"ok": True, "result": result}, 200

    async def _break(self, request: web.Request, call: Call, fault: Fault) -> web.StreamResponse:
        if fault.kind == "error":
            call.code = fault.code
            if fault.code == 500:
                return _answer(500, {"ok": False, "error_code": 500, "description": "Internal Server Error"})
            return web.Response(
                status=fault.code, text="<html><title>Bad Gateway</title></html>", content_type="text/html"
            )
        self._changed.set()
        if fault.kind == "hang":
            await asyncio.Event().wait()
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async def _download(self, request: web.Request) -> web.Response:
        bot = self.bots.get(request.match_info["token"])
        if bot is None:
            return _answer(401, {"ok": False, "error_code": 401, "description": "Unauthorized"})
        for file in self.files:
            if file.path == request.match_info["path"]:
                return web.Response(body=file.data, content_type="application/octet-stream")
        return _answer(404, {"ok": False, "error_code": 404, "description": "Not Found"})


def _answer(status: int, body: dict[str, Any]) -> web.Response:
    return web.Response(status=status, text=json.dumps(body), content_type="application/json")
