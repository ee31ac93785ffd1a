"""Encrypted rooms: both ways, across kills at every marked point, with keys that are late, lost, or another device's."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from nio.store.database import MatrixStore
from peewee import OperationalError

from bot.core.rendered import Attachment
from bot.transports.matrix import keys
from bot.transports.matrix.cursor import Cursor, Locked
from bot.transports.port import Media, Refused, Retry, Stopped
from tests.support import matrix_kills
from tests.support.homeserver import PATIENCE, ROOT, Account
from tests.support.matrix_people import Gathering, Person
from tests.transports.matrix.conftest import Listener, Open, now, words

pytestmark = pytest.mark.homeserver


async def meet(
    homeserver: Gathering, listen: Open, folder: Path, *, fresh: bool = False
) -> tuple[Account, Listener, Person, str]:
    """A bot that encrypts, Anna, who does too, and a room in which both are."""
    bot = homeserver.server.login(homeserver.pool.account("bot"))
    listener = await listen(bot, keys=folder / "keys.db")
    await listener.once()
    anna = await homeserver.person("anna", encrypted=True)
    return bot, listener, anna, await homeserver.room(anna, bot, encrypted=True, fresh=fresh)


@asynccontextmanager
async def killing(homeserver: Gathering, bot: Account, folder: Path, keys: str) -> AsyncIterator[Callable[[str], Any]]:
    """A bot that is started, and killed at a point, as often as asked."""
    setting = {"url": homeserver.server.url, "user": bot.user, "token": bot.token, "folder": str(folder), "keys": keys}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.matrix_kills", json.dumps(setting),
        cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None

    async def until_killed(point: str) -> str:
        process.stdin.write(f"{point}\n".encode())
        async with asyncio.timeout(PATIENCE):
            return (await process.stdout.readline()).decode().strip()

    yield until_killed
    process.stdin.close()
    await process.wait()


async def heard_and_answered_once(anna: Person, bot: Account, room: str, folder: Path, said: list[str]) -> None:
    """Nothing was lost, nothing unreadable, nothing answered twice."""
    with sqlite3.connect(folder / "desk.db") as db:
        heard = [text for text, _ in db.execute("SELECT text, bar FROM inbox ORDER BY rowid")]
        (cursor,) = db.execute("SELECT at FROM cursor").fetchone()
    db.close()
    assert heard == said
    assert Cursor.decode(cursor).locked == ()
    answers = [f"heard {text}" for text in said]
    seen = await anna.sees(room, lambda all_: any(s.text == answers[-1] for s in all_))
    assert [s.text for s in seen if s.sender == bot.user] == answers
    assert [s for s in seen if s.locked] == []


async def test_killed_at_every_point_of_an_encrypted_account(homeserver: Gathering, tmp_path: Path) -> None:
    """Nothing is lost, nothing unreadable, nothing answered twice, though the account also sends all the while."""
    names = [name for name in matrix_kills.POINTS if name not in ("upload", "publish")]
    points = [f"{where} {name}" for name in names for where in ("before", "after")]
    bot = homeserver.server.login(homeserver.pool.account("bot"))
    anna = await homeserver.person("anna", encrypted=True)
    said: list[str] = []
    fates: dict[str, str] = {}
    async with killing(homeserver, bot, tmp_path, "yes") as until_killed:
        # The homeserver has one-time keys of the bot's device, and the process that uploaded them has heard nothing of it.
        for point in ("before upload", "before publish"):
            assert await until_killed(point) == "killed"
        room = await homeserver.room(anna, bot, encrypted=True, fresh=True)
        await anna.sync()
        for point in points:
            said += [f"{point} with a new key", f"{point} with the same key"]
            await anna.say(room, said[-2])
            fates[point] = await until_killed(point)
            await anna.say(room, said[-1])
            anna.client.invalidate_outbound_session(room)
        await anna.say(room, "end")
        assert await until_killed("end") == "ended"
    assert set(fates.values()) == {"killed"}, fates
    await heard_and_answered_once(anna, bot, room, tmp_path, [*said, "end"])


async def test_files_and_edits_are_encrypted_both_ways(homeserver: Gathering, listen: Open, tmp_path: Path) -> None:
    bot, listener, anna, room = await meet(homeserver, listen, tmp_path)
    said = await anna.image(room, b"my view", "view.png", "look")
    await anna.edit(room, said, "look there")
    heard = await listener.until(lambda all_: len(all_) == 2)
    assert [(e.kind, e.text, e.message) for e in heard] == [("message", "look", said), ("edit", "look there", said)]
    media = heard[0].media
    assert media is not None
    assert json.loads(media.ref)["key"]["k"]
    assert await listener.matrix.fetch(media) == b"my view"
    with pytest.raises(Refused, match="not the file"):
        await listener.matrix.fetch(replace(media, ref=media.ref.replace('"sha256":"', '"sha256":"AAAA')))

    await listener.drained()
    file = Attachment("photo", "1", "map.png", "image/png", data=b"a map")
    receipt = await listener.matrix.send(room, words("The valley", attachment=file), f"map {room}")
    assert json.loads(receipt.ref)["url"].startswith("mxc://")
    seen = await anna.reads(room, "The valley")
    assert "url" not in seen.content
    await listener.matrix.edit(room, words("The hill"), receipt.id)
    assert (await anna.reads(room, "The hill")).event == seen.event

    plain = await homeserver.room(homeserver.pool.account("anna"), bot)
    await listener.drained()
    again = await listener.matrix.send(
        plain, words("In the clear", attachment=replace(file, ref=receipt.ref, data=None)), "c"
    )
    assert again.ref.startswith("mxc://")
    assert await listener.matrix.fetch(Media("photo", again.ref)) == b"a map"


async def test_what_the_engine_did_not_commit_comes_again_in_the_clear(
    homeserver: Gathering, listen: Open, tmp_path: Path
) -> None:
    """The engine could not commit a batch: its keys are undone here, and come again with it."""
    bot, listener, anna, room = await meet(homeserver, listen, tmp_path, fresh=True)
    await listener.once()
    await anna.say(room, "one")
    lost = await listener.matrix.receive(listener.cursor)
    assert [e.text for e in lost.events] == ["one"]
    waiting = asyncio.create_task(listener.matrix.send(room, words("while a batch waits"), "waits"))
    await asyncio.wait((waiting,), timeout=0.2)
    assert not waiting.done(), "a send waits until the batch is committed, or not"
    await listener.until(bool)
    assert listener.texts() == ["one"]
    await listener.once()
    with contextlib.suppress(Retry):  # nothing is sent while the rooms are read anew
        await waiting
    assert (await listener.matrix.send(room, words("while a batch waits"), "waits")).id
    assert (await anna.reads(room, "while a batch waits")).sender == bot.user

    await listener.matrix.close()
    await anna.say(room, "two")
    again = await listen(bot, listener.cursor, keys=tmp_path / "keys.db")
    await again.until(bool)
    assert again.texts() == ["two"], "its key is in the file"


async def test_a_send_does_not_wait_for_ever(
    homeserver: Gathering, listen: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, listener, anna, room = await meet(homeserver, listen, tmp_path)
    await listener.drained()
    await anna.say(room, "This comes with its key.")
    await listener.once()
    monkeypatch.setattr(keys, "PATIENCE", 0.01)
    with pytest.raises(Retry) as error:
        await listener.matrix.send(room, words("Hello"), "hello")
    assert error.value.after == timedelta(seconds=1)
    await listener.once()
    assert (await listener.matrix.send(room, words("Hello"), "hello")).id


async def test_a_late_key_opens_what_it_is_for_and_a_lost_one_is_asked_about_once(
    homeserver: Gathering, listen: Open, tmp_path: Path
) -> None:
    hour = now()
    bot = homeserver.server.login(homeserver.pool.account("bot"))
    listener = await listen(bot, keys=tmp_path / "keys.db", clock=lambda: hour)
    await listener.once()
    anna = await homeserver.person("anna", encrypted=True, fresh=True)
    room = await homeserver.room(anna, bot, encrypted=True, fresh=True)
    held: list[Any] = []
    real = anna.client._send

    async def late(wanted: Any, method: str, path: str, *args: Any, **more: Any) -> Any:
        if "/sendToDevice/m.room.encrypted" in path:
            held.append((wanted, method, path, args, more))
            return wanted(*more["response_data"])
        return await real(wanted, method, path, *args, **more)

    anna.client._send = late
    await anna.say(room, "before its key")
    await anna.say(room, "and one more")
    await listener.drained()
    assert listener.heard == []
    hour += timedelta(seconds=31)
    await listener.once()
    assert [(e.kind, e.bar, e.user) for e in listener.heard] == [("message", "unreadable", anna.user)]
    hour += timedelta(seconds=31)
    await listener.once()
    assert len(listener.heard) == 1
    for wanted, method, path, args, more in held:
        await real(wanted, method, path, *args, **more)
    await listener.until(lambda all_: len(all_) == 3)
    assert [e.text for e in listener.heard] == ["", "before its key", "and one more"]
    assert Cursor.decode(listener.cursor).locked == ()


async def test_keys_that_do_not_fit_are_explained(homeserver: Gathering, listen: Open, tmp_path: Path) -> None:
    account = homeserver.pool.account("bot")
    first, second = homeserver.server.login(account), homeserver.server.login(account)
    file = tmp_path / "keys.db"
    listener = await listen(first, keys=file)
    await listener.once()
    await listener.once()
    await listener.matrix.close()
    with pytest.raises(
        Stopped, match=f"belong to the device {first.device}, and the access token to the device {second.device}"
    ):
        await listen(second, keys=file)
    assert file.stat().st_mode & 0o077 == 0
    file.unlink()
    with pytest.raises(Stopped, match="the file was lost"):
        await listen(first, keys=file)


async def test_a_sync_without_keys_goes_on_where_the_last_one_ended(
    homeserver: Gathering, listen: Open, tmp_path: Path
) -> None:
    """Only a commit of keys that did not happen leads back; else every sync would begin at the last keys for ever."""
    _, listener, anna, room = await meet(homeserver, listen, tmp_path, fresh=True)
    await listener.drained()
    await anna.say(room, "with a key")
    await listener.until(lambda all_: listener.texts() == ["with a key"])
    await listener.drained()
    for said in ("with the same key", "and again"):
        await anna.say(room, said)
        await listener.until(lambda all_, said=said: said in listener.texts())  # type: ignore[misc]
        assert [e.text for e in (await listener.once()).events] == [], "what was received is not received again"
    waiting = asyncio.create_task(listener.once(wait=True))
    await asyncio.wait([waiting], timeout=0.5)
    assert not waiting.done(), "nothing is new, so it waits"
    await anna.say(room, "at last")
    assert [e.text for e in (await waiting).events] == ["at last"]


async def test_a_file_that_was_put_back_from_a_copy_is_explained(
    homeserver: Gathering, listen: Open, tmp_path: Path
) -> None:
    """What came since would stay unreadable for ever, and nobody would know why. A database that was put back does no harm."""
    bot = homeserver.server.login(homeserver.pool.account("bot"))
    file, copy = tmp_path / "keys.db", tmp_path / "copy.db"
    listener = await listen(bot, keys=file)
    await listener.once()
    anna = await homeserver.person("anna", encrypted=True)
    room = await homeserver.room(anna, bot, encrypted=True, fresh=True)
    await listener.drained()
    old = listener.cursor
    with sqlite3.connect(file) as db, sqlite3.connect(copy) as to:
        db.backup(to)
    for word in ("one", "two"):
        await anna.say(room, word)
        await listener.until(lambda all_, word=word: any(e.text == word for e in all_))
        await listener.once()
        anna.client.invalidate_outbound_session(room)
    await listener.matrix.close()
    again = await listen(bot, listener.cursor, keys=file)
    await again.matrix.close()
    await (await listen(bot, old, keys=file)).matrix.close()
    for name in ("", "-wal", "-shm"):
        (tmp_path / f"keys.db{name}").unlink(missing_ok=True)
    copy.rename(file)
    with pytest.raises(Stopped, match="put back from a copy"):
        await listen(bot, listener.cursor, keys=file)


async def test_a_file_of_keys_that_is_none(homeserver: Gathering, listen: Open, tmp_path: Path) -> None:
    bot, other = [homeserver.server.login(homeserver.pool.account(name)) for name in ("bot", "anna")]
    file = tmp_path / "keys.db"
    file.write_text("These are no keys, but some words of an organiser. " * 100)
    with pytest.raises(Stopped, match="damaged, or another file"):
        await listen(bot, keys=file)
    file.unlink()
    await (await listen(other, keys=file)).matrix.close()
    with pytest.raises(Stopped, match=f"belong to {other.user}. {bot.user} needs a file of its own"):
        await listen(bot, keys=file)


@pytest.mark.parametrize("when", ["begin", "commit"])
async def test_a_disk_that_is_full_for_a_moment(
    homeserver: Gathering, listen: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """The keys come again, to a client that was read anew; so they are in the file in the end."""
    bot, listener, anna, room = await meet(homeserver, listen, tmp_path, fresh=True)
    await listener.drained()
    await anna.say(room, "one")
    real = MatrixStore.save_sync_token
    if when == "commit":
        await listener.until(bool)

    def full(*_: Any) -> None:
        monkeypatch.setattr(MatrixStore, "save_sync_token", real)
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(MatrixStore, "save_sync_token", full)
    with pytest.raises(OperationalError):
        await listener.once()
    await listener.until(bool)
    await listener.drained()
    await listener.once()
    assert (await listener.matrix.send(room, words("Hello"), f"hello {when}")).id
    await listener.matrix.close()
    await anna.say(room, "two")
    again = await listen(bot, listener.cursor, keys=tmp_path / "keys.db")
    await again.until(bool)
    assert (listener.texts(), again.texts()) == (["one"], ["two"])


async def test_an_account_that_encrypts_no_more_waits_for_no_keys(
    homeserver: Gathering, listen: Open, tmp_path: Path
) -> None:
    bot = homeserver.server.login(homeserver.pool.account("bot"))
    listener = await listen(bot, keys=tmp_path / "keys.db")
    anna = await homeserver.person("anna", encrypted=True)
    room = await homeserver.room(anna, bot, encrypted=True, fresh=True)
    await listener.drained()
    waiting = Cursor.decode(listener.cursor)
    waiting = replace(waiting, locked=(Locked(room, "$locked", waiting.heard),))
    await listener.matrix.close()
    plain = await listen(bot, waiting.encode())
    assert Cursor.decode(plain.cursor).locked == ()
    await anna.say(room, "still encrypted")
    heard = await plain.until(bool)
    assert [(e.bar, e.text) for e in heard if e.kind == "message"] == [("unreadable", "")]
