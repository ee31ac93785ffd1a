"""Looking whether a Matrix account can do its work: its token, its device and keys, and how fast its homeserver lets it write.

To measure that, a few dozen events are sent into a room in which nobody else is, and which is left and forgotten afterwards.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from bot.app.config import BadConfig, Config, MatrixTable
from bot.app.connecting import crypto_secret
from bot.app.findings import Finding, Weight
from bot.app.links import links
from bot.app.reaching import look_for
from bot.app.tokens import access
from bot.core.problems import count
from bot.store.errors import BadKeyFile
from bot.store.keys import KeyFile
from bot.transports.matrix.errors import Failed, stopped
from bot.transports.matrix.keys import NO_LIBRARY, Keys, can_encrypt
from bot.transports.matrix.rooms import MatrixRooms
from bot.transports.matrix.session import Client, Session
from bot.transports.port import Stopped

ENOUGH = 50
"""So many events in a row, and none refused: that is as good as no limit."""

PATIENCE = timedelta(seconds=30)
"""So long a pause is waited for, to measure it anew."""

SLOW = timedelta(seconds=1)
"""An account that has to rest longer than this between two messages keeps people waiting."""

MANY = 30
"""People, in examples."""

EVENT = "chat.pnyx.check"

Rest = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast an account may write: so many events at once, then one each `pause`; None where no limit was met."""

    at_once: int
    pause: timedelta | None


async def look_at(
    config: Config,
    table: MatrixTable,
    people: Mapping[str, Sequence[str]],
    now: Callable[[], float] = time.monotonic,
    rest: Rest = asyncio.sleep,
) -> list[Finding]:
    """Look at a Matrix account of the config, and whether it reaches these people: the organiser's words for them, by server.
    `now` counts seconds, `rest` lets some pass. Nothing that lasts is changed."""
    account = f"matrix:{table.name}"
    try:
        token = access(config, table)
    except BadConfig as error:
        return [Finding("bad", str(error))]
    session = Session(table.homeserver, table.user, token, None)
    try:
        client = await session.open()
        (where,) = links({account: table.user}, "")
        found = [Finding("good", f"{account} is {table.user}, on the device {session.device}: {where.url}")]
        found += await _about_keys(config, table, client, session.device)
        found += _about_pace(table, await measure(client, now, rest))
        found += await look_for(MatrixRooms(session), table.user.partition(":")[2], people)
    except Stopped as error:
        return [Finding("bad", str(error))]
    except Failed as error:
        return [Finding("bad", _why(error, table))]
    finally:
        await session.forget()
    return found


def _why(error: Failed, table: MatrixTable) -> str:
    if error.token:
        return f"{stopped(error, table.user)} docs/guide/matrix.md tells how."
    if error.status == 0:
        return (
            f"The homeserver of matrix:{table.name} does not answer at {table.homeserver}. Is it running, and is there a "
            "network?"
        )
    return (
        f"What answers at {table.homeserver} is not, or not yet, the homeserver of matrix:{table.name} ({error}). Its address is "
        f"often another than what stands in {table.user}: ask whoever runs it."
    )


# Keys


async def _about_keys(config: Config, table: MatrixTable, client: Client, device: str) -> list[Finding]:
    file = config.keys_of(table)
    if file is None:
        return [
            Finding(
                "note",
                "It does not encrypt. Chats that people's apps encrypt by themselves, as Element does, it can neither read nor "
                'answer. encryption = "chats" changes that.',
            )
        ]
    if not can_encrypt():
        return [Finding("bad", f"{NO_LIBRARY}.")]
    if not device:
        return [Finding("bad", "Its token belongs to no device, so it cannot encrypt. Log in to get one that does.")]
    try:
        keys = Keys(file, crypto_secret(KeyFile.load(config.key_path), table))
        await keys.look(client, device)
    except BadKeyFile:
        return []  # which is told elsewhere
    except Stopped as error:
        return [Finding("bad", str(error))]
    own = "The rooms that it makes for tables are encrypted; private" if table.encryption == "tables" else "Private"
    return [Finding("good", f"{own} chats may be encrypted. Its keys lie in {file}.")]


# Pace


async def measure(client: Client, now: Callable[[], float], rest: Rest) -> Pace | Finding:
    """See how fast the account may write. Raises `Failed`."""
    body = {"preset": "private_chat", "creation_content": {"m.federate": False}, "name": "pnyx check"}
    try:
        room = str((await client.ask("POST", ("createRoom",), body))["room_id"])
    except Failed as error:
        if error.after is None:
            raise
        return Finding("bad", f"It may make no room for the next {_spell(error.after)}: it has made too many.")
    try:
        return await _measured(client, room, now, rest)
    finally:
        await _leave(client, room, rest)


async def _leave(client: Client, room: str, rest: Rest) -> None:
    """Leave nothing behind; where that would take too long, an empty room."""
    for step in ("leave", "forget"):
        while (after := await _try(client, "POST", ("rooms", room, step))) is not None:
            if after > PATIENCE:
                return
            await rest(after.total_seconds())


async def _measured(client: Client, room: str, now: Callable[[], float], rest: Rest) -> Pace:
    """Homeservers let a bucket run out drop by drop: from one refusal to the next it has lost as many drops as were let in, and
    those by which the second wait is shorter than the first."""

    async def until_refused() -> tuple[int, float, timedelta | None]:
        """How many events went through, when the last one was sent, and how long to wait now."""
        for sent in range(ENOUGH):
            began = now()
            after = await _try(client, "PUT", ("rooms", room, "send", EVENT, str(uuid4())))
            if after is not None:
                return sent, began, after
        return ENOUGH, began, None

    at_once, first, wait = await until_refused()
    if wait is None or wait > PATIENCE:
        return Pace(at_once, wait)
    await rest(wait.total_seconds())
    more, second, again = await until_refused()
    drops = timedelta(seconds=second - first) - wait + (again or timedelta(0))
    return Pace(at_once, drops / max(1, more))


async def _try(client: Client, method: str, path: tuple[str, ...]) -> timedelta | None:
    """Ask for something: None once it is done, or how long to wait where that was too much. Raises `Failed`."""
    try:
        await client.ask(method, path, {})
    except Failed as error:
        if error.after is None:
            raise
        return error.after
    return None


def _about_pace(table: MatrixTable, pace: Pace | Finding) -> Iterator[Finding]:
    if isinstance(pace, Finding):
        yield pace
    elif pace.pause is None:
        yield Finding("good", f"It writes without a limit: {count(pace.at_once, 'message')} in a row went through.")
        return
    else:
        weight: Weight = "bad" if pace.pause > SLOW else "note"
        yield Finding(
            weight,
            f"After {count(pace.at_once, 'message')} in a row it may write only one each {_spell(pace.pause)}: one to each of "
            f"{MANY} people takes {_spell(pace.pause * max(0, MANY - pace.at_once))}. Rooms and invitations are held back as "
            "well.",
        )
    body = json.dumps({"messages_per_second": 0, "burst_count": 0})
    call = f"{table.homeserver}/_synapse/admin/v1/users/{table.user}/override_ratelimit"
    yield Finding(
        "note",
        "Whoever runs the homeserver lifts that for this account alone. Where it is a Synapse, with the access token of an "
        "administrator in ADMIN_TOKEN:",
        f"curl -sS -X POST -H \"Authorization: Bearer $ADMIN_TOKEN\" -d '{body}' '{call}'",
    )


def _spell(span: timedelta) -> str:
    """A span in the one unit that says enough."""
    seconds = span.total_seconds()
    if seconds < 10:
        return f"{seconds:.1f}".removesuffix(".0") + (" second" if f"{seconds:.1f}" == "1.0" else " seconds")
    return count(round(seconds), "second") if seconds < 120 else count(round(seconds / 60), "minute")
