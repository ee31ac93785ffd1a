"""nio's machine that encrypts and decrypts, made to bear what strangers send.

Anybody on any homeserver may send messages to our device, and anybody in an encrypted room can encrypt whatever they like. Where
nio fails over one of them, that one is left out and counted; what the file with the keys has to say (a full disk) still ends the
whole batch, so that nothing of it is lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from nio import KeysClaimResponse, KeysQueryResponse, UnknownEvent
from nio.crypto.olm_machine import Olm
from nio.events.to_device import KeyVerificationEvent
from nio.exceptions import EncryptionError
from nio.store.database import MatrixStore
from peewee import DataError, IntegrityError, InterfaceError, PeeweeException, ProgrammingError

from bot.transports.matrix.reading import SAID

_THEIRS = (DataError, IntegrityError, InterfaceError, ProgrammingError)
"""What the file refuses for what stands in it, not for the state that it is in."""


class Machine(Olm):
    """The machine of one account. `counts` says how much was left out."""

    def __init__(self, user: str, device: str, store: MatrixStore, counts: Counter[str]) -> None:
        super().__init__(user, device, store)
        self._counts = counts

    @contextmanager
    def _bearing(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            if isinstance(error, PeeweeException) and not isinstance(error, _THEIRS):
                raise
            self._counts["malformed keys"] += 1

    def handle_to_device_event(self, event: Any) -> Any:
        """Nobody looks at this device's screen: whoever asks it to compare emojis is left alone."""
        if isinstance(event, KeyVerificationEvent):
            self._counts["verification"] += 1
            return None
        found: list[Any] = []
        with self._bearing():
            found.append(super().handle_to_device_event(event))  # type: ignore[no-untyped-call]  # nio's
        return found[0] if found else None

    def decrypt_megolm_event(self, event: Any, room_id: str | None = None) -> Any:
        """What was said. Anything else is given back as nothing known, or somebody could tell us who is in the room, and we would
        encrypt for them. Raises `EncryptionError`, and nothing else."""
        found: Any = None
        with self._bearing(), suppress(EncryptionError):
            found = _said(super().decrypt_megolm_event(event, room_id))
        if found is None:
            raise EncryptionError
        return found

    def _handle_key_query(self, response: KeysQueryResponse) -> None:
        changed: dict[str, Any] = {}
        for user, devices in response.device_keys.items():
            one = KeysQueryResponse({user: devices}, {})
            self.users_for_key_query.discard(user)
            with self._bearing():
                super()._handle_key_query(one)
            changed |= one.changed
        response.changed = changed

    def _handle_key_claiming(self, response: KeysClaimResponse) -> None:
        for user, devices in response.one_time_keys.items():
            for device, keys in devices.items():
                with self._bearing():
                    one = KeysClaimResponse({user: {device: keys}}, {}, response.room_id)
                    super()._handle_key_claiming(one)  # type: ignore[no-untyped-call]  # nio's


def _said(event: Any) -> Any:
    if event.source["type"] in SAID:
        return event
    unknown = UnknownEvent.from_dict(event.source)
    unknown.decrypted = True
    return unknown
