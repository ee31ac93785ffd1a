"""One Matrix account, as the engine sees it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from bot.core.rendered import Rendered
from bot.transports.matrix.keys import Keys
from bot.transports.matrix.known import Known
from bot.transports.matrix.receiving import Receiving
from bot.transports.matrix.rooms import MatrixRooms
from bot.transports.matrix.sending import REMEMBERS, Sending
from bot.transports.matrix.session import Session
from bot.transports.matrix.writing import contents
from bot.transports.port import Abilities, Batch, Media, Menu, Receipt

WIDE = 2
"""So many rooms are written to at once, so that one that takes long does not hold up all others. More at once would each take
longer: a homeserver does one thing after the other."""


class Matrix:
    """The account `name`, which is `user` (`@pnyx:example.org`) at this homeserver, by an access token. With `keys`, a file
    readable with `secret` only, it takes part in encrypted rooms; where it `encrypts`, the rooms that it makes are so, too.

    A place is a room's id, a user a user's id, and a remote id that of an event. `rooms` makes rooms; `counts` says what came and
    was no concern of ours, by kind."""

    abilities = Abilities(
        repeatable=True, edits=True, numbered=True, sign="!", remembers=REMEMBERS, drains=True, wide=WIDE
    )

    def __init__(
        self,
        name: str,
        homeserver: str,
        user: str,
        token: str,
        now: Callable[[], datetime],
        *,
        keys: Path | None = None,
        secret: str = "",
        encrypts: bool = False,
    ) -> None:
        self.account = f"matrix:{name}"
        self.abilities = replace(self.abilities, encrypts=encrypts)
        self._session = Session(homeserver, user, token, Keys(keys, secret) if keys is not None else None)
        known = Known(self._session)
        self._receiving = Receiving(self._session, known, now)
        self._sending = Sending(self._session, known, now)
        self.rooms = MatrixRooms(self._session)
        self._user = user

    @property
    def counts(self) -> Counter[str]:
        return self._receiving.counts

    async def receive(self, cursor: str, wait: bool = True) -> Batch:
        return replace(await self._receiving.receive(cursor, wait), name=self._user)

    def chat(self, place: str) -> str:
        return place

    def pieces(self, message: Rendered) -> int:
        return len(contents(message))

    async def send(self, place: str, message: Rendered, key: str) -> Receipt:
        return await self._sending.send(place, message, key)

    async def edit(self, place: str, message: Rendered, remote: str) -> Receipt:
        return await self._sending.edit(place, message, remote)

    async def delete(self, place: str, remote: str) -> None:
        await self._sending.delete(place, remote)

    async def menu(self, place: str, menu: Menu) -> None:
        """Matrix has no menus of commands."""

    async def link(self, place: str) -> str:
        """A link that opens the room in whatever program somebody has; only who was invited gets in."""
        return f"https://matrix.to/#/{place}?via={self._user.partition(':')[2]}"

    async def fetch(self, media: Media) -> bytes:
        return await self._sending.fetch(media)

    async def close(self) -> None:
        await self._receiving.close()
        await self._session.forget()
