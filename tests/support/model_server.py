"""A language model on loopback that does as it is told: by us, by citizens, or by nobody."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

from aiohttp import web

CORPUS = Path(__file__).parent / "injections"

Answer = Callable[[dict[str, Any]], Any]
"""What it answers to a request: a whole response, the text of a message, or what is to stand there as JSON."""


def corpus() -> list[tuple[str, str]]:
    """Contributions that try to give orders to a model, each with its language."""
    files = sorted(CORPUS.glob("*.txt"))
    return [(file.stem, line) for file in files for line in file.read_text("utf-8").splitlines() if line.strip()]


def contributions(body: Mapping[str, Any]) -> list[str]:
    """What citizens wrote, as it stands in a request."""
    _, *rows, _ = body["messages"][1]["content"].split("\n")
    return [json.loads(row)["text"] for row in rows]


def faithful(body: Mapping[str, Any]) -> dict[str, Any]:
    """The words of the first contribution, in the name of all."""
    said = contributions(body)
    return {"text": said[0], "cites": list(range(1, len(said) + 1)), "quotes": []}


class ModelServer:
    """An endpoint of the chat API. `seen` are the requests, `keys` what they identified with, `strayed` those that came where
    only a redirect leads."""

    def __init__(self) -> None:
        self.answer: Answer = faithful
        self.seen: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.strayed: list[str] = []
        self.url = ""
        self._let_go = asyncio.Event()

    async def hang(self) -> web.Response:
        """Answers only once all is over."""
        await self._let_go.wait()
        return web.Response(status=500)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.seen.append(body)
        self.keys.append(request.headers.get("Authorization", ""))
        made = self.answer(body)
        if asyncio.iscoroutine(made):
            made = await made
        if isinstance(made, web.StreamResponse):
            return made
        content = made if isinstance(made, str) else json.dumps(made)
        return web.json_response({"choices": [{"message": {"role": "assistant", "content": content}}]})

    async def stray(self, request: web.Request) -> web.StreamResponse:
        self.strayed.append(await request.text())
        return web.json_response({"choices": [{"message": {"content": json.dumps({"text": "x", "cites": [1]})}}]})

    def faults(self) -> dict[str, Answer]:
        """Everything that an endpoint can do wrong by itself, by name."""
        elsewhere = {"Location": f"{self.url}/elsewhere"}

        def message(**more: Any) -> Answer:
            return lambda _: web.json_response({"choices": [{"message": {"role": "assistant", **more}}]})

        return {
            "hangs": lambda _: self.hang(),
            "500": lambda _: web.Response(status=500),
            "503 as HTML": lambda _: web.Response(status=503, text="<html>Bad Gateway</html>", content_type="text/html"),
            "429": lambda _: web.Response(status=429),
            "401": lambda _: web.Response(status=401),
            "400": lambda _: web.json_response({"error": "no response_format"}, status=400),
            "redirects": lambda _: web.Response(status=307, headers=elsewhere),
            "redirects for good": lambda _: web.Response(status=308, headers=elsewhere),
            "HTML": lambda _: web.Response(text="<html><b>Sure!</b></html>", content_type="text/html"),
            "nothing": lambda _: web.Response(text=""),
            "half": lambda _: web.Response(text='{"choices": [{"mess'),
            "deep": lambda _: web.Response(text="[" * 900_000, content_type="application/json"),
            "no text": lambda _: web.Response(body=b"\xff\xfe\x00", content_type="application/json"),
            "other JSON": lambda _: web.json_response({"hello": "world"}),
            "a list": lambda _: web.json_response([1]),
            "no choice": lambda _: web.json_response({"choices": []}),
            "a choice of nothing": lambda _: web.json_response({"choices": [None]}),
            "a message that is none": lambda _: web.json_response({"choices": [{"message": "approved"}]}),
            "no content": message(content=None),
            "a number": message(content=7),
            "parts": message(content=[{"type": "text", "text": "{}"}]),
            "a tool call": message(content=None, tool_calls=[{"function": {"name": "release_digest"}}]),
            "a tool call and a sentence": lambda body: web.json_response(
                {"choices": [{"message": {"content": json.dumps(faithful(body)), "tool_calls": [{"id": "1"}]}}]}
            ),
            "a function call": lambda body: web.json_response(
                {"choices": [{"message": {"content": json.dumps(faithful(body)), "function_call": {"name": "x"}}}]}
            ),
            "1 MB": lambda _: {"text": "x" * 1_000_000, "cites": [1], "quotes": []},
            "3 MB": lambda _: {"text": "x" * 3_000_000, "cites": [1], "quotes": []},
            "prose": lambda _: "Sure! Here is the sentence: they want buses.",
            "a fence": lambda body: f"```json\n{json.dumps(faithful(body))}\n```",
            "a field more": lambda body: {**faithful(body), "approved": True},
            "ids as words": lambda body: {**faithful(body), "cites": ["1"]},
            "thousands of ids": lambda body: {**faithful(body), "cites": list(range(1, 5000))},
            "no ids": lambda body: {**faithful(body), "cites": []},
            "an unknown id": lambda body: {**faithful(body), "cites": [1, 99]},
            "the id below": lambda body: {**faithful(body), "cites": [0]},
            "an altered quote": lambda body: {**faithful(body), "quotes": [{"cite": 1, "text": "never written"}]},
            "a quote of nobody": lambda body: {**faithful(body), "quotes": [{"cite": 99, "text": "a"}]},
            "an empty sentence": lambda body: {**faithful(body), "text": " \n "},
            "two lines": lambda body: {**faithful(body), "text": f"{contributions(body)[0]}\u2028And more."},
            "a link": lambda body: {**faithful(body), "text": f"{contributions(body)[0]} https://evil.example/vote"},
            "a bare link": lambda body: {**faithful(body), "text": f"{contributions(body)[0]} evil.xyz/vote"},
            "a wide link": lambda body: {**faithful(body), "text": f"{contributions(body)[0]} evil．example"},
            "a name": lambda body: {**faithful(body), "text": f"{contributions(body)[0]} @admin"},
            "a number more": lambda body: {**faithful(body), "text": f"{contributions(body)[0]} 97"},
            "markup": lambda body: {**faithful(body), "text": f"{contributions(body)[0]} <b>now</b>"},
            "turned round": lambda body: {**faithful(body), "text": f"{contributions(body)[0]} \u202enow"},
            "unseen": lambda body: {**faithful(body), "text": f"{contributions(body)[0]} no\u200bw"},
            "NUL": lambda body: {**faithful(body), "text": f"{contributions(body)[0]} \x00"},
        }  # fmt: skip


@contextlib.asynccontextmanager
async def model_server() -> AsyncIterator[ModelServer]:
    """The endpoint, listening; it ends without waiting for anybody."""
    here, app = ModelServer(), web.Application()
    app.router.add_post("/v1/chat/completions", here.handle)
    app.router.add_route("*", "/v1/elsewhere", here.stray)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    here.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield here
    finally:
        here._let_go.set()
        await runner.cleanup()
