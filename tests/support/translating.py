"""Servers that translate, on loopback: a real Apertium, and one that speaks LibreTranslate's API, DeepL's, and Google's page, and
misbehaves as it is told."""

from __future__ import annotations

import asyncio
import contextlib
import html
import re
import shutil
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession, web

MODES = Path("/usr/share/apertium/modes")
PACKAGES = ("apertium", "apertium-apy", "apertium-eng-spa", "apertium-fr-es")
"""What the tests need of Debian's packages."""

_ONLY_HERE = """
import sys; sys.path.insert(0, "/usr/lib/python3/dist-packages")
from tornado.httpserver import HTTPServer
bind, listen = HTTPServer.bind, HTTPServer.listen
HTTPServer.bind = lambda self, port, address=None, *a, **k: bind(self, port, "127.0.0.1", *a, **k)
HTTPServer.listen = lambda self, port, address="", *a, **k: listen(self, port, "127.0.0.1", *a, **k)
from apertium_apy.apy import main; main()
"""
"""Apertium's web service listens on every interface and has no option for it."""


@contextlib.asynccontextmanager
async def apertium() -> AsyncIterator[str]:
    """The address of a real Apertium with Debian's pairs. RuntimeError names the packages where they are missing."""
    if not MODES.is_dir() or shutil.which("apertium") is None:
        raise RuntimeError(f"Apertium is missing. On Debian and Ubuntu: apt install {' '.join(PACKAGES)}")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    system = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else sys.executable
    command = [system, "-c", _ONLY_HERE, "-p", str(port), "-i", "1", "-m", "60", str(MODES)]
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, stdout=quiet, stderr=quiet)
    url = f"http://127.0.0.1:{port}"
    try:
        await _until_there(process, f"{url}/listPairs")
        yield url
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _until_there(process: asyncio.subprocess.Process, url: str) -> None:
    async with ClientSession() as session, asyncio.timeout(60):
        while not await _answers(session, url):
            if process.returncode is not None:
                raise RuntimeError(f"Apertium ended at once, with {process.returncode}")
            await asyncio.sleep(0.05)


async def _answers(session: ClientSession, url: str) -> bool:
    with contextlib.suppress(ClientError, OSError):
        async with session.get(url) as response:
            return response.status == 200
    return False


class Misbehaving:
    """Translates by turning words round; a text that names a fault gets it: [[429]], [[500]], [[403]], [[hang]], [[html]],
    [[huge]], [[fewer]], [[nothing]], [[empty]], [[same]], [[markup]], [[numbers]], [[cut]]. `asked` are the texts it was asked
    for, `seen` the whole requests; `arrived` counts those that hang."""

    def __init__(self, key: str = "") -> None:
        self.key = key
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
        found = [await self._one(text) for text in body["q"]]
        for one in found:
            if isinstance(one, web.StreamResponse):
                return one
        return web.json_response({"translatedText": found[1:] if "[[fewer]]" in "".join(body["q"]) else found})

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

    async def _one(self, text: str) -> str | web.StreamResponse:
        self.asked.append(text)
        fault = re.search(r"\[\[(\w+)\]\]", text)
        match fault[1] if fault else "":
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
