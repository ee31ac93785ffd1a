"""The contract test: what Telegram answers to the calls that Pnyx relies on, line by line beside what we expect.

The tests of Pnyx run against a server of our own. Once per release somebody runs these lines against Telegram itself, with a
bot that does nothing else: they show whether Telegram still answers as our server does. They are written into the private
chat of whoever runs them, and deleted again at the end. No error and no line holds the token.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bot.transports.telegram.client import API
from bot.transports.telegram.contract_lines import LINES, PRESENT, Line, Refusal

SECONDS = 30
"""How long an answer may take."""

WRITING = ("send", "copy", "forward", "edit")
PAUSE = 1.1
"""Seconds between two calls that write: Telegram takes one message a second in a chat."""


class CannotTry(Exception):
    """Why the lines cannot be tried at all, in words for whoever runs them."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A line and what came of it: `same` if it is what was expected; else `found` says what came instead."""

    line: Line
    same: bool
    found: str


@dataclass
class Contract:
    """The lines, tried in order on one bot in one private chat (0: that of whoever wrote to the bot last)."""

    token: str
    chat: int = 0
    api: str = API
    pause: float = PAUSE
    known: dict[str, Any] = field(default_factory=dict, init=False)
    written: list[int] = field(default_factory=list, init=False)

    async def run(self, lines: Sequence[Line] = LINES) -> list[Tried]:
        """Try every line. Raises `CannotTry` where there is nothing to try them on."""
        number, colon, _ = self.token.partition(":")
        if not (number.isdigit() and colon):
            raise CannotTry("This is no token of a bot. One looks like 123456:ABC-def, and comes from BotFather.")
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as self.session:
            self.known["bot"] = int(number)
            self.known["chat"] = self.chat or await self._whoever_wrote()
            return [await self._try(line) for line in lines]

    async def _whoever_wrote(self) -> int:
        code, answer = await self._call("getUpdates", {"offset": -1, "allowed_updates": ["message"]})
        if code == 401:
            raise CannotTry("Telegram does not know this token. Copy it again from the chat with BotFather.")
        if code != 200:
            raise CannotTry(f"The bot cannot be tried: {answer.get('description', code)}.")
        for update in reversed(answer["result"]):
            chat = update.get("message", {}).get("chat", {})
            if chat.get("type") == "private":
                return int(chat["id"])
        raise CannotTry("Nobody has written to this bot today. Write /start to it in Telegram, and run this again.")

    async def _try(self, line: Line) -> Tried:
        if line.twice:
            code, answer = await self._both(line)
        else:
            code, answer = await self._call(line.method, self._filled(line.params), line.file, line.token)
        if code == 200 and isinstance(answer["result"], dict):
            self._remember(line, answer["result"])
        found = "".join(_differences(line, code, answer))
        return Tried(line, not found, found)

    def _remember(self, line: Line, result: Mapping[str, Any]) -> None:
        if "message_id" in result and not line.method.startswith("edit"):
            self.written.append(result["message_id"])
        for name, path in line.remember.items():
            self.known[name] = _at(result, path)

    def _filled(self, value: Any) -> Any:
        """Parameters with what is known by now: "$chat" stands for the chat, "$written" for every message so far."""
        if isinstance(value, dict):
            return {name: self._filled(v) for name, v in value.items()}
        if value == "$written":
            return self.written
        return self.known.get(value[1:], value) if isinstance(value, str) and value[:1] == "$" else value

    async def _both(self, line: Line) -> tuple[int, dict[str, Any]]:
        """The same call twice at once; the answer is that of the one which ends first."""
        calls = [asyncio.create_task(self._call(line.method, self._filled(line.params))) for _ in range(2)]
        done, waiting = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
        for call in waiting:
            call.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return done.pop().result()

    async def _call(
        self, method: str, params: Mapping[str, Any], file: Mapping[str, bytes] | None = None, token: str = ""
    ) -> tuple[int, dict[str, Any]]:
        """One call, once more after each wait that Telegram asks for: its code, and the whole answer."""
        while True:
            if method.startswith(WRITING):
                await asyncio.sleep(self.pause)
            code, answer = await self._post(method, params, file or {}, token)
            if code != 429:
                return code, answer
            await asyncio.sleep(answer.get("parameters", {}).get("retry_after", 1))

    async def _post(
        self, method: str, params: Mapping[str, Any], file: Mapping[str, bytes], token: str
    ) -> tuple[int, dict[str, Any]]:
        form = aiohttp.FormData()
        for name, value in params.items():
            form.add_field(name, value if isinstance(value, str) else json.dumps(value))
        for name, data in file.items():
            form.add_field(name, data, filename="contract.txt", content_type="text/plain")
        base = self.api.removesuffix("/").removesuffix("/bot")
        name = f"{self.known['bot']}:{token}" if token else self.token
        try:
            async with self.session.post(f"{base}/bot{name}/{method}", data=form) as answer:
                found = await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError):
            # The address in such an error holds the token.
            raise CannotTry(f"No answer from {base}. Is the address right, and is there a network?") from None
        if not isinstance(found, dict):
            raise CannotTry(f"{base} does not speak the Bot API.")
        return answer.status, found


def _differences(line: Line, code: int, answer: Mapping[str, Any]) -> Iterator[str]:
    """What is not as expected, in words; nothing where all is."""
    expected = line.expected
    if isinstance(expected, Refusal):
        told = str(answer.get("description", ""))
        if (code, told) != (expected.code, expected.text):
            yield f"{code} {told}" if code != 200 else "no refusal"
    elif code != 200:
        yield f"{code} {answer.get('description', '')}"
    else:
        wrong = {
            path: found for path, wanted in expected.items() if not _fits(wanted, found := _at(answer["result"], path))
        }
        if wrong:
            yield ", ".join(f"{path or 'result'} {_short(found)}" for path, found in wrong.items())


def _fits(wanted: object, found: object) -> bool:
    return found is not None if wanted is PRESENT else wanted == found


def _at(result: Any, path: str) -> Any:
    """The part of an answer at `entities.0.type`; None where there is none."""
    for name in path.split(".") if path else ():
        if isinstance(result, list):
            result = result[int(name)] if int(name) < len(result) else None
        else:
            result = result.get(name) if isinstance(result, dict) else None
    return result


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"


def in_words(line: Line) -> str:
    """What is expected, as the table shows it."""
    if isinstance(line.expected, Refusal):
        return f"{line.expected.code} {line.expected.text}"
    shown = (
        f"{path or 'result'} {'is there' if wanted is PRESENT else 'is missing' if wanted is None else _short(wanted)}"
        for path, wanted in line.expected.items()
    )
    return ", ".join(shown)
