"""The server as a process of its own: the hands of a test, over HTTP, for benchmarks.

Everything is a POST with a JSON object to /control/<what>, and answers JSON; `audit` and `chat` may also be asked with GET.

    people {"n": 100, "language": "de"}          their ids
    say    {"text": "hello {n}", "n": 2000}      that many messages, in turn by everybody (or by "people": [ids])
    press  {"label": "Yes"} or {"data": "x"}     everybody's newest message with that button (or with any) is pressed
    limits {"per_second": 30, "refuse": true}    any field of Limits
    flood  {"seconds": 3, "chat": 0}             429 from now on
    fault  {"kind": "cut", "method": "sendMessage", "after": true, "times": 3}
    reset  {}                                    forget the calls so far
    audit                                        calls by method, what was sent, the worst windows, breaches
    chat   {"person": 500000001}                 what stands there: text, html, buttons
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.support.botapi.bots import Bot
from tests.support.botapi.model import Json
from tests.support.botapi.people import Person
from tests.support.botapi.server import BotApi


class Controlled(BotApi):
    """A server that is also moved over HTTP."""

    def routes(self, app: web.Application) -> None:
        app.router.add_route("*", "/control/{what}", self._control)

    async def _control(self, request: web.Request) -> web.Response:
        given: Json = dict(request.query)
        if request.can_read_body:
            given |= await request.json()
        action: Callable[..., Any] | None = getattr(self, "do_" + request.match_info["what"], None)
        if action is None:
            return web.json_response({"error": f"there is no {request.match_info['what']}"}, status=400)
        return web.json_response(await action(**given))

    def _one(self, bot: str) -> Bot:
        return self.bots[bot] if bot else next(iter(self.bots.values()))

    def _crowd(self, ids: list[int] | None) -> list[Person]:
        everybody = [p for p in self.people.values() if isinstance(p, Person)]
        return [p for p in everybody if ids is None or p.id in ids]

    async def do_people(self, n: int = 1, language: str = "en") -> Json:
        return {"people": [self.person(f"Person {k}", language).id for k in range(int(n))]}

    async def do_say(self, text: str, n: int = 0, people: list[int] | None = None, bot: str = "") -> Json:
        crowd = self._crowd(people)
        for k in range(int(n) or len(crowd)):
            await crowd[k % len(crowd)].say(text.replace("{n}", str(k)), self._one(bot))
        return {"said": int(n) or len(crowd)}

    async def do_press(
        self, label: str = "", data: str = "", people: list[int] | None = None, bot: str = "", times: int = 1
    ) -> Json:
        """Presses what each of them sees now; those who see no such button press nothing."""
        pressed = 0
        for person in self._crowd(people) * int(times):
            seen = [m for m in person.seen(self._one(bot)) if m.labels and (not label or label in m.labels)]
            if seen:
                await person.press_data(seen[-1], data or seen[-1].data(label or seen[-1].labels[0]))
                pressed += 1
        return {"pressed": pressed}

    async def do_limits(self, **fields: Any) -> Json:
        for name, value in fields.items():
            setattr(self.limits, name, value)
        return vars(self.limits)

    async def do_flood(self, seconds: float, chat: int = 0, bot: str = "") -> Json:
        self.flood(self._one(bot), float(seconds), int(chat))
        return {}

    async def do_fault(self, kind: Any, **how: Any) -> Json:
        self.faults.plan(kind, **how)
        return {}

    async def do_reset(self) -> Json:
        self.audit.calls.clear()
        return {}

    async def do_audit(self) -> Json:
        calls, sent = self.audit.calls, self.audit.sent()
        return {
            "calls": Counter(c.method for c in calls if c.accepted),
            "refused": Counter(f"{c.method} {c.error}" for c in calls if not c.accepted),
            "sent": len(sent),
            "first": sent[0].at.timestamp() if sent else 0,
            "last": sent[-1].at.timestamp() if sent else 0,
            "pace": self.audit.pace(),
            "worst": {scope: self.audit.worst(scope) for scope in ("bot", "chat", "group")},
            "breaches": self.audit.breaches()[:20],
            "waiting": {bot.id: len(bot.queue.waiting) for bot in self.bots.values()},
            "answered": sum(press.answered for bot in self.bots.values() for press in bot.presses.values()),
            "pressed": sum(len(bot.presses) for bot in self.bots.values()),
        }

    async def do_chat(self, person: int, bot: str = "") -> Json:
        seen = self._crowd([int(person)])[0].seen(self._one(bot))
        return {"messages": [{"id": m.id, "text": m.text, "html": m.html, "buttons": m.buttons} for m in seen]}
