"""A server that translates, on loopback: it speaks the API of LibreTranslate, of Apertium and of DeepL, and shows Google's page;
it misbehaves as it is told."""

from __future__ import annotations

import asyncio
import contextlib
import html
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

from aiohttp import web


class Misbehaving:
    """Translates by turning words round; a text that names a fault gets it, unless `deaf`: [[429]], [[500]], [[403]], [[hang]],
    [[html]], [[huge]], [[fewer]], [[nothing]], [[empty]], [[same]], [[markup]], [[numbers]], [[cut]], [[long]] (a megabyte),
    [[french]] (whatever was wanted), [[bare]] (without links, names and marks), [[half]] (the connection ends within the
    answer), [[broken]] (half of the JSON), [[latin]] (bytes that are no UTF-8), [[drip]] (a beginning without an end). `asked`
    are the texts it was asked for, `seen` the whole requests; `arrived` counts those that hang."""

    def __init__(self, key: str = "") -> None:
        self.key = key
        self.deaf = False
        self.asked: list[str] = []
        self.seen: list[Mapping[str, Any]] = []
        self.url = ""
        self.languages = ("en", "de", "fr", "es")
        self.lacks: set[tuple[str, str]] = set()
        self.hanging = asyncio.Event()
        self.arrived = asyncio.Semaphore(0)

    def app(self) -> web.Application:
        app = web.Application(client_max_size=1 << 20)
        app.router.add_get("/languages", self._languages)
        app.router.add_get("/spec", self._spec)
        app.router.add_post("/translate", self._translate)
        app.router.add_get("/m", self._page)
        app.router.add_get("/listPairs", self._pairs)
        app.router.add_get("/translateChain", self._chain)
        app.router.add_post("/v2/translate", self._deepl)
        app.router.add_get("/v2/languages", self._deepl_languages)
        return app

    async def _languages(self, _: web.Request) -> web.Response:
        rows = [
            {"code": a, "name": a, "targets": [b for b in self.languages if (a, b) not in self.lacks]}
            for a in self.languages
        ]
        return web.json_response(rows)

    async def _spec(self, _: web.Request) -> web.Response:
        return web.json_response({"info": {"version": "1.6.4"}})

    async def _translate(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.seen.append(body)
        if self.key and body.get("api_key") != self.key:
            return web.json_response({"error": "Invalid API key"}, status=403)
        source, target = body["source"], body["target"]
        if target not in self.languages or source not in self.languages or (source, target) in self.lacks:
            return web.json_response({"error": f"{target} is not supported"}, status=400)
        if (fault := self._fault("".join(body["q"]))) in ("half", "drip"):
            return await self._stopping_short(request, fault)
        found = [await self._one(text) for text in body["q"]]
        for one in found:
            if isinstance(one, web.StreamResponse):
                return one
        return web.json_response({"translatedText": found[1:] if fault == "fewer" else found})

    async def _stopping_short(self, request: web.Request, how: str) -> web.StreamResponse:
        """The beginning of an answer that never comes to its end."""
        answer = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "4000"})
        await answer.prepare(request)
        await answer.write(b'{"translatedText": ["B')
        if how == "drip":
            self.arrived.release()
            await self.hanging.wait()
        assert request.transport is not None
        request.transport.close()
        return answer

    async def _deepl(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"DeepL-Auth-Key {self.key}":
            return web.json_response({"message": "Wrong key"}, status=403)
        body = await request.json()
        self.seen.append(body)
        if body["target_lang"] == "XX":
            return web.json_response({"message": "Value for 'target_lang' not supported."}, status=400)
        found = [await self._one(text) for text in body["text"]]
        for one in found:
            if isinstance(one, web.StreamResponse):
                return one
        return web.json_response({"translations": [{"text": one} for one in found]})

    async def _deepl_languages(self, request: web.Request) -> web.Response:
        codes = ["EN", "DE", "FR"] if request.query["type"] == "source" else ["EN-GB", "EN-US", "DE", "FR"]
        return web.json_response([{"language": code} for code in codes])

    async def _page(self, request: web.Request) -> web.StreamResponse:
        found = await self._one(request.query["q"])
        if isinstance(found, web.StreamResponse):
            return found
        return web.Response(text=f'<div class="result-container">{html.escape(found)}</div>', content_type="text/html")

    async def _pairs(self, _: web.Request) -> web.Response:
        """Apertium's: direct pairs only, in codes of three letters."""
        rows = [("fra", "spa"), ("spa", "fra"), ("eng", "spa"), ("spa", "eng"), ("spa", "ast")]
        return web.json_response({"responseData": [{"sourceLanguage": a, "targetLanguage": b} for a, b in rows]})

    async def _chain(self, request: web.Request) -> web.StreamResponse:
        source, _, target = request.query["langpairs"].partition("|")
        if target not in ("fra", "spa", "eng"):
            return web.json_response({"status": "error", "explanation": "No path"}, status=400)
        if "[[odd]]" in request.query["q"]:
            return web.json_response({"responseData": None})
        found = await self._one(request.query["q"])
        if isinstance(found, web.StreamResponse):
            return found
        return web.json_response({"responseData": {"translatedText": f"{source}>{target} {found}"}})

    def _fault(self, text: str) -> str:
        """What a text asks to be done wrong."""
        found = re.search(r"\[\[(\w+)\]\]", text)
        return found[1] if found and not self.deaf else ""

    async def _one(self, text: str) -> str | web.StreamResponse:
        self.asked.append(text)
        match self._fault(text):
            case "429":
                return web.Response(status=429, headers={"Retry-After": "7"}, text="slow down")
            case "403" | "500" | "503" as status:
                return web.json_response({"error": "no"}, status=int(status))
            case "hang":
                self.arrived.release()
                await self.hanging.wait()
            case "html":
                return web.Response(text="<html>Bad Gateway</html>", content_type="text/html")
            case "huge":
                return web.Response(
                    text=f'{{"translatedText": ["{"x" * 2_500_000}"]}}', content_type="application/json"
                )
            case "nothing":
                return web.json_response({"hello": "world"})
            case "empty":
                return "   "
            case "same":
                return text
            case "markup":
                return f"{turned(text)} <b>now</b>"
            case "numbers":
                return turned(text) + " 4711"
            case "cut":
                return turned(text)[: len(text) // 10]
            case "long":
                return "word " * 200_000
            case "french":
                return "Il nous faut davantage de bus le dimanche et aussi pendant toute la nuit."
            case "bare":
                return re.sub(r"\w+://\S+|[@#]\w+|\{\w+\}|\b[A-Z][a-z]+\b|\[\[\w+\]\]", "", text)[::-1]
            case "broken":
                return web.Response(text='{"translatedText": ["Bro', content_type="application/json")
            case "latin":
                return web.Response(body=b'{"translatedText": ["Br\xf6tchen"]}', content_type="application/json")
        return turned(text)


def turned(text: str) -> str:
    """Each word turned round; numbers, links and @names kept."""
    kept = re.compile(r"(\w+://\S+|[@#]\w+|\d+|\[\[\w+\]\])|([^\W\d_]+)")
    return kept.sub(lambda found: found[1] or found[2][::-1], text)


@contextlib.asynccontextmanager
async def misbehaving(key: str = "") -> AsyncIterator[Misbehaving]:
    """A server that is told by each text what to do wrong."""
    here = Misbehaving(key)
    runner = web.AppRunner(here.app(), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    here.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield here
    finally:
        here.hanging.set()
        await runner.cleanup()
