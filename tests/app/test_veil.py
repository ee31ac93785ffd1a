"""No secret is ever shown: canaries through every way into the log, at every level, on every handler."""

from __future__ import annotations

import asyncio
import io
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import aiohttp
import httpx
import pytest

from bot.app import veil

TOKEN = "123456789:AAEcanarycanarycanary-canary_canary"
HALF = TOKEN.partition(":")[2]
SECRET = "canary-of-a-webhook"
CLOSED = "http://127.0.0.1:1"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged by anybody, at DEBUG, through a handler and a formatter that know of nothing."""
    veil.learn(TOKEN)
    veil.learn(SECRET)
    made, levels = logging.getLogRecordFactory(), {}
    veil.cover_records()
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    loggers = [root, *(logging.getLogger(n) for n in ("telegram", "httpx", "httpcore", "aiohttp", "asyncio", "bot"))]
    for each in loggers:
        levels[each] = each.level
        each.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield lines
    root.removeHandler(handler)
    for each, level in levels.items():
        each.setLevel(level)
    logging.setLogRecordFactory(made)


@pytest.mark.parametrize(
    "form",
    [
        TOKEN,
        f"https://api.telegram.org/bot{TOKEN}/getMe?offset=1",
        quote(f"https://api.telegram.org/bot{TOKEN}/getMe", safe=""),
        f"/bot{TOKEN.replace(':', '%3A')}/getMe",
        f"/bot{TOKEN.replace(':', '%3a')}/getMe",
        "".join(f"%{ord(c):02X}" for c in TOKEN),
        "".join(f"%{ord(c):02x}" if c in "-_:" else c for c in TOKEN),
        HALF,
        repr({"token": TOKEN}),
        f"X-Telegram-Bot-Api-Secret-Token: {SECRET}",
        quote(SECRET.replace("-", "%2D"), safe="%"),
        "987654321:AAEcanaryanothercanaryanothercan_-",  # nobody has learned this one
        "bot987654321%3AAAEcanaryanothercanaryanothercan_-/x",
        "?access_token=syt_cG55eA_canarycanarycanarycan_1AbCdE",
        "mat_canarycanarycanarycanarycanary_1AbCdE",
    ],
)
def test_a_secret_is_covered_in_every_form(form: str) -> None:
    veil.learn(TOKEN)
    veil.learn(SECRET)
    assert "canary" not in veil.veiled(f"before {form} after")
    assert "63616e617279" not in veil.veiled(form).replace("%", "").lower()
    assert veil.veiled(f"before {form} after").startswith("before ")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "18:05",
        "2027-03-01T09:00:00+00:00",
        "seat:abc",
        "event 12 (heard) failed",
        "a:b",
        "format_a_rather_long_word_here",
    ],
)
def test_what_is_no_secret_stays_as_it_is(text: str) -> None:
    assert veil.veiled(text) == text


def test_what_is_too_short_to_be_a_secret_is_not_learned() -> None:
    veil.learn("open")
    assert veil.veiled("open") == "open"


def test_messages_arguments_errors_and_stacks(log: io.StringIO) -> None:
    url = f"{CLOSED}/bot{TOKEN}/getMe"
    one = logging.getLogger("somebody.else")
    one.debug("asking %s", url)
    one.info("asking " + url)
    one.warning("%(url)s", {"url": url})
    one.error("%s", ValueError(url))
    one.error("too few: %s %s", url)
    try:
        try:
            raise OSError(url)
        except OSError as error:
            raise RuntimeError(f"could not reach {url}") from error
    except RuntimeError:
        one.exception("it failed", stack_info=True)
    written = log.getvalue()
    assert written.count("asking") == 2
    assert "too few: %s %s ('http://127.0.0.1:1/bot[secret]/getMe',)" in written
    assert "RuntimeError: could not reach" in written
    assert "OSError" in written
    assert "canary" not in written


async def test_real_failures_of_real_clients(log: io.StringIO) -> None:
    url = f"{CLOSED}/bot{TOKEN}/getUpdates?secret={SECRET}"
    async with httpx.AsyncClient() as client:
        with pytest.raises(httpx.HTTPError):
            await client.get(url)
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientError):
            await session.get(url)

    async def forgotten() -> None:
        raise ConnectionError(url)

    task = asyncio.create_task(forgotten())
    await asyncio.wait((task,))
    asyncio.get_running_loop().call_exception_handler(
        {"message": f"nobody waits for {url}", "exception": task.exception(), "task": task}
    )
    written = log.getvalue()
    assert "nobody waits for" in written
    assert "ConnectionError" in written
    assert "httpcore" in written
    assert "canary" not in written


def test_a_stack_is_covered() -> None:
    veil.learn(TOKEN)
    veil.cover_records()
    try:
        record = logging.getLogger("x").makeRecord("x", 20, "x", 1, "told", (), None, sinfo=f"Stack: {TOKEN}")
    finally:
        logging.setLogRecordFactory(logging.LogRecord)
    assert record.stack_info == "Stack: [secret]"


def test_our_own_formatter_covers_the_finished_line() -> None:
    veil.learn(TOKEN)
    record = logging.LogRecord("x", logging.INFO, "x", 1, "told", (), None)
    record.name = TOKEN
    assert "canary" not in veil.VeiledFormatter("%(name)s %(message)s").format(record)


PROGRAM = f"""
import asyncio, logging, sys, threading, warnings
from bot.app import veil
veil.learn({TOKEN!r})
veil.guard("debug")
url = "https://example.org/bot" + {TOKEN!r}
logging.getLogger().addHandler(logging.StreamHandler(sys.stdout))
logging.getLogger("bot.engine").debug("ours %s", url)
logging.getLogger("aiosqlite").debug("words of a person")
logging.getLogger("somebody").warning("theirs %s", url)
warnings.warn("about " + url)
thread = threading.Thread(target=lambda: 1 / len(url[:0]) if 0 else (_ for _ in ()).throw(OSError("thread " + url)))
thread.start()
thread.join()
class Bad:
    def __del__(self):
        raise OSError("unraisable " + url)
Bad()
raise RuntimeError("the end " + url)
"""


def test_what_python_would_print_by_itself_is_covered_too(repo: Path) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, cwd=repo, timeout=60)
    assert done.returncode == 1
    for told in ("ours", "theirs", "about", "thread", "unraisable", "the end"):
        assert told in done.stderr, done.stderr
    assert "words of a person" not in done.stderr
    assert "canary" not in done.stdout + done.stderr
