"""The keys of an account that encrypts: a file of its own, and when it changes.

Invariants:

* Keys come with a sync, and only once. They and the sync's token change the file in one transaction, which is committed when
  the engine asks for what lies behind that sync, so after its own commit. Had the engine committed and we not, the token here is
  the one before the engine's: then we ask from there once more, the keys come again, and what the engine knows it drops.
* One lock lies over that transaction and over everything else that writes here, so no send can slip into it and vanish with its
  rollback. A send that would wait too long is put off; nothing was sent, and it may be repeated.
* After a rollback the client is thrown away: it knows things that are not true any more.
* The file belongs to one device, the one of the access token. One that does not fit is never written to.
"""

from __future__ import annotations

import asyncio
import importlib.util
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.transports.port import Retry, Stopped

if TYPE_CHECKING:
    from bot.transports.matrix.cursor import Cursor
    from bot.transports.matrix.session import Client

PATIENCE = 10.0
"""Seconds that a send waits for a batch to be committed."""

NO_LIBRARY = "Encrypted rooms need one more package. Install it with: pip install 'pnyx[e2e]'"


def can_encrypt() -> bool:
    """Whether the package is there that encrypted rooms need."""
    return importlib.util.find_spec("vodozemac") is not None and importlib.util.find_spec("peewee") is not None


class Keys:
    """The file `file` with the keys of one account, readable with `secret` only."""

    def __init__(self, file: Path, secret: str) -> None:
        self.file = file
        self.folder = str(file.parent)
        self._secret = secret
        self._lock = asyncio.Lock()
        self._transaction: Any = None

    def settings(self) -> dict[str, Any]:
        """What nio has to be told. Raises `Stopped` where it cannot encrypt."""
        try:
            from nio.store.database import SqliteStore
        except ImportError as error:
            raise Stopped(NO_LIBRARY) from error
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.file.touch(mode=0o600, exist_ok=True)
        return {
            "encryption_enabled": True,
            "store": SqliteStore,
            "store_name": self.file.name,
            "pickle_key": self._secret,
            "store_sync_tokens": False,
        }

    def expect(self, user: str, device: str) -> None:
        """See that the file, if there is one, is this device's, and opens. Raises `Stopped`."""
        self._identity(user, device)

    def _identity(self, user: str, device: str) -> str | None:
        """By which key others know this device; None where the file knows no device yet. Raises `Stopped`."""
        from nio.crypto.sessions import OlmAccount
        from vodozemac import LibolmPickleException, PickleException

        known = self._accounts(user)
        if known and device not in known:
            other = next(iter(known))
            raise Stopped(
                f"The keys in {self.file} belong to the device {other}, and the access token to the device {device}. Put the "
                f"token of {other} back; or move the file away, and what people encrypted for {other} cannot be read."
            )
        try:
            return OlmAccount.from_pickle(known[device], self._secret).identity_keys["ed25519"] if known else None
        except (PickleException, LibolmPickleException):
            raise Stopped(
                f"The keys in {self.file} do not open: they were sealed with another key file. Put that one back; or move the "
                "file away and log in anew, and what people encrypted before cannot be read."
            ) from None

    def _accounts(self, user: str) -> dict[str, bytes]:
        """What the file holds of each device of an account."""
        if not self.file.exists():
            return {}
        with sqlite3.connect(f"file:{self.file}?mode=ro", uri=True) as db:
            try:
                rows = db.execute("SELECT user_id, device_id, account FROM accounts").fetchall()
            except sqlite3.OperationalError:  # killed before its tables were made
                rows = []
            except sqlite3.DatabaseError:
                raise Stopped(
                    f"{self.file} holds no keys that can be read: it is damaged, or another file. Move it away and log in anew, "
                    "and what people encrypted before cannot be read."
                ) from None
        db.close()
        others = [str(row[0]) for row in rows if row[0] != user]
        if others:
            raise Stopped(f"The keys in {self.file} belong to {others[0]}. {user} needs a file of its own.")
        return {str(device): bytes(account) for _, device, account in rows}

    async def check(self, client: Client) -> None:
        """See that the homeserver knows this device by the keys that we have. Raises `Stopped`, or `Failed`."""
        if not await self._known(client, client.device_id or "", client.machine.account.identity_keys["ed25519"]):
            client.machine.account.shared = False

    async def look(self, client: Client, device: str) -> None:
        """The same, and what `expect` does, where the file is not opened: nothing in it is changed, and if there is none, none is
        made. Raises `Stopped`, or `Failed`."""
        await self._known(client, device, self._identity(client.user, device))

    async def _known(self, client: Client, device: str, ours: str | None) -> bool:
        """Whether the homeserver knows this key of the device; False where it knows none at all."""
        answer = await client.ask("POST", ("keys", "query"), {"device_keys": {client.user: [device]}})
        found = answer.get("device_keys", {}).get(client.user, {}).get(device, {})
        theirs = found.get("keys", {}).get(f"ed25519:{device}")
        if theirs not in (None, ours):
            raise Stopped(
                f"The keys of the device {device} are not those in {self.file}: the file was lost, or is another device's. Put "
                "back the right one; or log in anew, and what was encrypted for this device cannot be read."
            )
        return theirs is not None

    def count(self, client: Client) -> int:
        """How many syncs have brought keys."""
        return self._saved(client)[0]

    def _saved(self, client: Client) -> tuple[int, str]:
        """How many syncs have brought keys, and the token of the last one, "" before the first."""
        number, _, token = (client.chest.load_sync_token() or "0 ").partition(" ")
        return int(number), token

    def behind(self, client: Client, known: Cursor) -> bool:
        """Whether the engine has committed a sync with keys, and we had no time to do so. Raises `Stopped` where more than one is
        missing here: such a file comes from a copy, and the keys that came since went to one that is no more."""
        number, token = self._saved(client)
        if known.device != client.device_id or number >= known.keys:
            return False
        if number < known.keys - 1 or token != known.before:
            raise Stopped(
                f"The keys in {self.file} are older than what was last read with them: the file was put back from a copy. Put "
                "back the newest one; or move it away, log in anew and put in the new token, and what people encrypted before "
                "cannot be read."
            )
        return True

    @property
    def pending(self) -> bool:
        """Whether what the last sync brought waits for its commit."""
        return self._transaction is not None

    async def begin(self, client: Client, since: str) -> None:
        """Take the lock, and begin the transaction of one sync from this token on."""
        await self._lock.acquire()
        try:
            number, token = self._saved(client)
            if since and since != token:
                client.chest.save_sync_token(f"{number} {since}")
            transaction = client.chest.database.atomic()
            transaction.__enter__()
        except BaseException:
            self._lock.release()
            raise
        self._transaction = transaction

    def commit(self, client: Client, token: str) -> None:
        """The engine has committed what this sync brought: so do we."""
        try:
            client.chest.save_sync_token(f"{self.count(client) + 1} {token}")
        except BaseException as error:
            self._leave(error)
            raise
        self._leave(None)

    def rollback(self) -> None:
        """Undo what the last sync changed here. The client must be thrown away."""
        self._leave(RuntimeError("what was received was not committed"))

    def _leave(self, error: BaseException | None) -> None:
        transaction, self._transaction = self._transaction, None
        try:
            transaction.__exit__(type(error) if error is not None else None, error, None)
        finally:
            self._lock.release()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Hold the lock while something is encrypted. Raises `Retry` where that would take too long."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._lock.acquire()
        except TimeoutError:
            raise Retry(timedelta(seconds=1), "account") from None
        try:
            yield
        finally:
            self._lock.release()

    def close(self, client: Client) -> None:
        """Let go of the file; what was not committed is undone."""
        if self.pending:
            self.rollback()
        if client.store is not None:
            client.store.database.close()
