"""How `pnyx check` looks at a Matrix account: on the real homeserver, one thing wrong at a time."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.app.config import Config, load_config
from bot.app.connecting import matrices
from bot.app.findings import Finding
from bot.app.homeservers import ENOUGH, look_at
from bot.store.keys import KeyFile
from bot.transports.matrix import Matrix
from bot.transports.port import Stopped
from tests.support.homeserver import Account, Homeserver
from tests.support.matrix_people import Gathering
from tests.transports.matrix.conftest import now

pytestmark = pytest.mark.homeserver


def config(folder: Path, url: str, account: Account, more: str = 'encryption = "none"\n') -> Config:
    token = folder / "matrix.token"
    token.write_text(account.token)
    token.chmod(0o600)
    (folder / "pnyx.toml").write_text(
        f'[[matrix]]\nhomeserver = "{url}"\nuser = "{account.user}"\ntoken_file = "matrix.token"\n{more}'
    )
    read = load_config(folder)
    if not read.key_path.exists():
        KeyFile.create(read.key_path)
    return read


async def found(
    folder: Path, server: Homeserver, account: Account, people: Mapping[str, Sequence[str]] | None = None, **more: Any
) -> list[Finding]:
    read = config(folder, server.url, account, **more)
    findings = await look_at(read, read.matrix[0], people or {})
    assert all(account.token not in finding.text + finding.command for finding in findings), findings
    return findings


def rooms(server: Homeserver, account: Account) -> list[str]:
    found: list[str] = server.ask("GET", "/_matrix/client/v3/joined_rooms", token=account.token)["joined_rooms"]
    return found


async def test_an_account_that_can_work(tmp_path: Path, homeserver: Gathering) -> None:
    bot = homeserver.pool.fresh("bot")
    who, keys, pace, own = await found(
        tmp_path, homeserver.server, bot, {"pnyx.test": ["A-1", "A-2"]}, more='encryption = "tables"\n'
    )
    assert who.text == f"matrix:main is {bot.user}, on the device {bot.device}: https://matrix.to/#/{bot.user}"
    assert keys.text.endswith(f"Its keys lie in {tmp_path / 'matrix-main.keys'}.")
    assert pace.text == f"It writes without a limit: {ENOUGH} messages in a row went through."
    assert own.text == "2 people at pnyx.test, our own homeserver."
    assert {each.weight for each in (who, keys, pace, own)} == {"good"}
    assert rooms(homeserver.server, bot) == [], "the room is left"
    assert not (tmp_path / "matrix-main.keys").exists(), "looking makes nothing"


async def test_a_rate_is_measured_and_the_printed_line_lifts_it(tmp_path: Path, homeserver: Gathering) -> None:
    bot, admin = homeserver.pool.fresh("bot"), homeserver.server.register("checks-rates", admin=True)
    held = {"messages_per_second": 2, "burst_count": 4}
    path = f"/_synapse/admin/v1/users/{bot.user}/override_ratelimit"
    homeserver.server.ask("POST", path, held, admin.token)
    _, note, rate, lift = await found(tmp_path, homeserver.server, bot)
    assert "does not encrypt" in note.text
    assert rate.weight == "note"
    told = re.fullmatch(
        r"After (\d+) messages in a row it may write only one each ([\d.]+) seconds?: one to each of 30 people takes \d+ "
        "seconds. Rooms and invitations are held back as well.", rate.text,
    )  # fmt: skip
    assert told is not None, rate.text
    assert 3 <= int(told[1]) <= 6
    assert 0.35 <= float(told[2]) <= 0.65
    read = load_config(tmp_path)
    *_, slow, _ = await look_at(read, read.matrix[0], {}, now=slow_clock())
    assert slow.weight == "bad", "whoever waits ten seconds for each message waits too long"
    assert rooms(homeserver.server, bot) == []
    words = shlex.split(lift.command)
    assert words[:7] == ["curl", "-sS", "-X", "POST", "-H", "Authorization: Bearer $ADMIN_TOKEN", "-d"]
    body, url = words[7:]
    assert url.startswith(homeserver.server.url)
    homeserver.server.ask("POST", url.removeprefix(homeserver.server.url), json.loads(body), admin.token)
    assert [each.weight for each in await found(tmp_path, homeserver.server, bot)] == ["good", "note", "good"]


def slow_clock() -> Callable[[], float]:
    """A clock that says of any span that it took ten seconds."""
    ticks = iter(range(0, 1000, 10))
    return lambda: float(next(ticks))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"token": "syt_notatokenofanybody_canary"}, "does not accept the access token"),
        ({"token": "a canary"}, "is not an access token"),
        ({"user": "@somebody:pnyx.test"}, "The access token is that of @bot"),
    ],
)
async def test_a_token_that_does_not_fit(
    tmp_path: Path, homeserver: Gathering, change: dict[str, str], said: str
) -> None:
    bot = homeserver.pool.account("bot")
    account = Account(**{"user": bot.user, "device": bot.device, "token": bot.token, "password": "", **change})
    (bad,) = await found(tmp_path, homeserver.server, account)
    assert bad.weight == "bad"
    assert said in bad.text
    assert "canary" not in bad.text


async def test_what_is_no_homeserver(tmp_path: Path, homeserver: Gathering) -> None:
    async def page(request: web.Request) -> web.Response:
        return web.Response(text="<h1>It works!</h1>", content_type="text/html", status=404)

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", page)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    bot = homeserver.pool.account("bot")
    read = config(tmp_path, url, bot)
    (bad,) = await look_at(read, read.matrix[0], {})
    assert "is not, or not yet, the homeserver of matrix:main (404)" in bad.text
    await runner.cleanup()
    (bad,) = await look_at(read, read.matrix[0], {})
    assert f"does not answer at {url}" in bad.text


async def test_keys_that_do_not_fit_are_told_before_the_day_and_at_the_start(
    tmp_path: Path, homeserver: Gathering
) -> None:
    server, bot = homeserver.server, homeserver.pool.fresh("bot")
    encrypted = 'encryption = "chats"\n'
    (matrix,) = matrices(config(tmp_path, server.url, bot, encrypted), now, KeyFile.load(tmp_path / "pnyx.key"))
    await served(matrix)
    assert [each.weight for each in await found(tmp_path, server, bot, more=encrypted)] == ["good"] * 3

    async def told(account: Account = bot) -> str:
        (bad,) = [each for each in await found(tmp_path, server, account, more=encrypted) if each.weight == "bad"]
        read = load_config(tmp_path)
        (again,) = matrices(read, now, KeyFile.load(read.key_path))
        with pytest.raises(Stopped) as caught:
            await served(again)
        assert bad == Finding("bad", str(caught.value))
        return bad.text

    other = server.login(bot)
    assert f"belong to the device {bot.device}, and the access token to the device {other.device}" in await told(other)
    keys, key = tmp_path / "matrix-main.keys", tmp_path / "pnyx.key"
    key.rename(tmp_path / "right.key")
    assert "do not open: they were sealed with another key file" in await told()
    (tmp_path / "right.key").rename(key)
    keys.rename(tmp_path / "right.keys")
    assert f"The keys of the device {bot.device} are not those in {keys}: the file was lost" in await told()


async def served(matrix: Matrix) -> None:
    """One look at what is new, as `pnyx run` begins."""
    try:
        batch = await matrix.receive("", wait=False)
        await matrix.receive(batch.cursor, wait=False)
    finally:
        await matrix.close()
