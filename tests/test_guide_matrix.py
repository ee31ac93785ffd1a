"""The page about Matrix, done as it says: its own commands, line by line, from an empty folder to the first answer.

Changed are only the port, the rate (so that measuring it takes no minute), and where Synapse comes from: it is there already.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.homeserver import PATIENCE, PYTHON, Account, free_port
from tests.support.matrix_people import Person
from tools.guide import GUIDE

pytestmark = [pytest.mark.homeserver, pytest.mark.slow]

PNYX = (sys.executable, "-c", "from bot.cli import main; main(prog_name='pnyx')")


class Site:
    """A folder in which somebody follows the page, and the homeserver that comes of it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"http://localhost:{self.port}"
        self.blocks = [
            block.replace("8008", str(self.port)) for block in blocks((GUIDE / "matrix.md").read_text("utf-8"))
        ]
        programs = folder / "programs"
        programs.mkdir()
        pnyx = programs / "pnyx"
        pnyx.write_text(f'#!/bin/sh\nexec {shlex.join(PNYX)} "$@"\n')
        pnyx.chmod(0o755)
        path = f"{programs}:{os.environ['PATH']}"
        self.environment = {**os.environ, "PATH": path, "COLUMNS": "300", "PYTHONPATH": str(GUIDE.parents[1])}

    def block(self, beginning: str) -> str:
        """The one block of the page that begins like this; it is not done twice."""
        found = [block for block in self.blocks if block.startswith(beginning)]
        assert found, f"no block of the page begins with {beginning}"
        self.blocks.remove(found[0])
        return found[0]

    def do(self, lines: str, typed: str = "", code: int = 0) -> str:
        """Type these lines into a shell; what they printed."""
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", lines], cwd=self.folder, env=self.environment, input=typed,
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def login(self, name: str) -> Person:
        """Somebody with a program of their own."""
        who = {"type": "m.id.user", "user": name}
        made = self.ask("login", {"type": "m.login.password", "identifier": who, "password": f"for-{name}"})
        account = Account(made["user_id"], made["device_id"], made["access_token"], "")
        store = Path(tempfile.mkdtemp(dir=self.folder))
        return Person(SimpleNamespace(url=self.url), account, store)  # type: ignore[arg-type]  # all that is asked of it

    def ask(self, what: str, body: Any, token: str = "") -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        url, data = f"{self.url}/_matrix/client/v3/{what}", json.dumps(body).encode()
        request = urllib.request.Request(url, data, headers, method="POST")  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - loopback
            return json.load(answer)


def blocks(page: str) -> list[str]:
    """The indented parts of a page, in their order."""
    found = re.findall(r"(?:^    .+\n)+", page, re.MULTILINE)
    return [re.sub(r"^    ", "", block, flags=re.MULTILINE) for block in found]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    assert PYTHON.exists(), "Run: make .synapse/.ready"
    site = Site(tmp_path)
    yield site
    pid = tmp_path / "homeserver" / "homeserver.pid"
    if pid.exists():
        os.kill(int(pid.read_text()), signal.SIGKILL)


async def test_from_an_account_to_the_first_answer(site: Site) -> None:
    code = re.findall(r"me: /join (\S+)", site.do("pnyx init my-assembly"))[0]

    server = site.block("python3 -m venv synapse\nsynapse/bin/pip install matrix-synapse\n").splitlines()
    assert server[4].startswith("../synapse/bin/synapse_homeserver --generate-config")
    server[:2] = [f"ln -s {shlex.quote(str(PYTHON.parents[1]))} synapse"]
    server.insert(4, f"sed -i s/8008/{site.port}/ homeserver.yaml")
    server.insert(5, r"printf '\nrc_message: {per_second: 2, burst_count: 5}\n' >> homeserver.yaml")
    site.do("\n".join(server))
    accounts = site.block("../synapse/bin/register_new_matrix_user")
    another = accounts.splitlines()[-2].replace("anna", "ben")
    site.do(f"cd homeserver\n{accounts}")
    site.do(f"cd homeserver\n{another}")

    config = site.folder / "my-assembly" / "pnyx.toml"
    plain = config.read_text().replace("enabled = true", "enabled = false")
    config.write_text(plain.replace("[[assembly]]", site.block("[[matrix]]") + "\n[[assembly]]", 1))
    assert "is logged in" in site.do(site.block("pnyx matrix login"), "for-pnyx\n")
    token = (site.folder / "my-assembly" / "matrix.token").read_text().strip()

    told = site.do(site.block("pnyx check"))
    assert "messages in a row it may write only one each" in told
    lifting = site.block("ADMIN_TOKEN=")
    printed = re.findall(r"curl -sS .*override_ratelimit'", told)
    assert printed == [lifting.splitlines()[1]], "what is printed is what the page says"
    assert '"messages_per_second":0' in site.do(lifting)
    assert "It writes without a limit" in site.do(site.block("pnyx check"))

    assert re.fullmatch(r"!join \S+\n", site.do("pnyx people invite first -c my-assembly"))
    run = await asyncio.create_subprocess_exec(
        *shlex.split(site.block("pnyx run")), "--log", "debug", cwd=site.folder, env=site.environment,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert run.stderr is not None
    try:
        async with asyncio.timeout(PATIENCE * 4):
            printed_first = (await run.stderr.readline()).decode()
            assert "matrix:main is served here" in printed_first
            await people(site, code)
            site.ask("logout", {}, token)
            said = (await run.stderr.read()).decode()
            assert await run.wait() == 78
    finally:
        if run.returncode is None:
            run.kill()
            await run.wait()
    assert "The homeserver does not accept the access token of @pnyx:localhost" in said
    assert token not in printed_first + said
    assert "Traceback" not in said
    assert (site.folder / "my-assembly" / "matrix-main.keys").stat().st_mode & 0o077 == 0
    assert site.blocks == ['encryption = "chats"\n'], "nothing else is there to be done"
    site.do("synapse/bin/synctl stop homeserver/homeserver.yaml")
    shutil.rmtree(site.folder / "homeserver")


async def people(site: Site, code: str) -> None:
    """Anna leads, Ben takes part, each in an encrypted chat."""
    anna, ben = site.login("anna"), site.login("ben")
    chats = {}
    for person in (anna, ben):
        await person.open()
        chats[person] = await person.dm("@pnyx:localhost", encrypted=True)

    async def says(person: Person, words: str, then: str) -> None:
        await person.say(chats[person], words)
        await person.sees(
            chats[person], lambda seen: any(then in s.text and s.sender == "@pnyx:localhost" for s in seen)
        )

    try:
        for person in (anna, ben):
            await person.reads(chats[person], "Your seat is reserved.")
        await says(anna, f"!join {code}", "Your role in this assembly: organiser. !help shows what you can do.")
        await says(ben, "hello", "Nothing is open for you right now")
        await says(anna, "!begin", "Shall the assembly begin now")
        await says(anna, "1", "The assembly begins now.")
        await ben.reads(chats[ben], "1 Continue")
        await says(ben, "1", "1 I am 16 or older and agree")
        await says(ben, "1", "May your words stand in the transcript")
    finally:
        for person in (anna, ben):
            await person.close()
