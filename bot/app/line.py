"""The local line: while Pnyx runs, the other commands reach it through a socket beside its database.

One request a connection: a line of JSON, `{"ask": "status", "with": {...}}`. Back come lines of progress,
`{"progress": [done, total]}`, and one last line, `{"result": ...}` or `{"problem": "..."}`. Only the user who runs Pnyx may
use the socket (mode 0600).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.app import auditing, borders, inviting, memory, operations, reaching, soundness, upgrading
from bot.app.operations import Desk, Problem, Progress
from bot.store.errors import StoreError

log = logging.getLogger(__name__)

LONGEST = 1_000_000
"""How many bytes a request or an answer has at most."""

Operation = Callable[..., Awaitable[dict[str, Any]]]

OPERATIONS: Mapping[str, Operation] = {
    "status": operations.status,
    "start": operations.start,
    "create": operations.create,
    "invite": operations.invite,
    "people": operations.people_list,
    "import": inviting.import_people,
    "invites": inviting.write,
    "reissue": inviting.reissue,
    "link": inviting.link,
    "servers": reaching.servers,
    "soundness": soundness.soundness,
    "export": operations.export,
    "translated": borders.translated,
    "import_memory": memory.import_memory,
    "export_memory": memory.export_memory,
    "backup": operations.backup,
    "publish": operations.publish,
    "flows": operations.flows,
    "upgrade": upgrading.upgrade,
    "audit_verify": auditing.verify,
    "audit_export": auditing.export,
    "feed": auditing.feed,
}
"""What can be asked, by name."""


def socket_path(database: Path) -> Path:
    """Where the socket of a database is. A path that is too long for a socket gives one in the folder for temporary files."""
    place = database.absolute().with_name(database.name + ".sock")
    if len(os.fsencode(place)) <= 100:
        return place
    name = hashlib.sha256(os.fsencode(place)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"pnyx-{os.getuid()}-{name}.sock"


async def carry_out(desk: Desk, ask: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Do an operation. Raises `Problem`, in the operator's words."""
    operation = OPERATIONS.get(ask)
    if operation is None:
        raise Problem(f"There is no operation called {ask}. Allowed are {', '.join(OPERATIONS)}.")
    try:
        return await operation(desk, **given)
    except StoreError as error:
        raise Problem(str(error)) from None
    except OSError as error:
        raise Problem(f"{error.filename or 'A file'}: {error.strerror or error}.") from None


class Line:
    """The socket at which a running Pnyx listens."""

    def __init__(self, desk: Desk, path: Path) -> None:
        self._desk = desk
        self._path = path
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen. A socket that a killed process left behind is replaced: the lock on the database says that nobody has it."""
        self._path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._serve, self._path, limit=LONGEST)
        finally:
            os.umask(before)

    async def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
            self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()

        def tell(done: int, total: int) -> None:
            if not writer.is_closing():
                writer.write(_line({"progress": [done, total]}))

        def progress(done: int, total: int) -> None:
            loop.call_soon_threadsafe(tell, done, total)

        try:
            request = json.loads(await reader.readline())
            result = await carry_out(replace(self._desk, progress=progress), request["ask"], request.get("with", {}))
            writer.write(_line({"result": result}))
        except Problem as problem:
            writer.write(_line({"problem": str(problem)}))
        except (ValueError, KeyError, TypeError) as error:
            writer.write(_line({"problem": f"The request was not understood ({type(error).__name__})."}))
        except Exception:
            log.exception("a request over the local line failed")
            writer.write(
                _line({"problem": "Something went wrong inside Pnyx. Its log has the details; nothing was changed."})
            )
        finally:
            try:
                await writer.drain()
                writer.close()
                await writer.wait_closed()
            except OSError:
                log.info("somebody hung up before the answer")


async def call(path: Path, ask: str, given: Mapping[str, Any], progress: Progress) -> dict[str, Any] | None:
    """Ask a running Pnyx. None where none listens. Raises `Problem`."""
    try:
        reader, writer = await asyncio.open_unix_connection(path, limit=LONGEST)
    except (FileNotFoundError, ConnectionRefusedError):
        return None
    try:
        writer.write(_line({"ask": ask, "with": dict(given)}))
        await writer.drain()
        while line := await reader.readline():
            answer = json.loads(line)
            if "progress" in answer:
                progress(*answer["progress"])
            elif "problem" in answer:
                raise Problem(answer["problem"])
            else:
                result: dict[str, Any] = answer["result"]
                return result
    finally:
        writer.close()
    raise Problem("Pnyx stopped before it had answered. Please ask again.")


def _line(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode() + b"\n"
