"""Keys: the key file that lies outside the database, and the vault that seals and opens what lies inside.

Invariants:

* The database without the key file tells nobody's words, choices, names or accounts.
* Every person's words are sealed under a key of their own. That key stands in the database wrapped by the key file's; once it is
  erased, nothing opens the words again, and `open` gives None.
* Words made from those of several people (their seats, joined by +) are sealed under a key that comes from the keys of all of
  them: it is gone with the first of these.
* A sealed value opens only in its own place: `context` names it, and goes into the seal.
* Lookups and pseudonyms are HMACs under the key file, so the same key file gives the same ones, and another file none of them.

The cipher is AES-256-GCM with random nonces of 96 bits.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import sqlite3
import stat
import tomllib
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.core.state import JOINT
from bot.store.errors import BadKeyFile, Unreadable

_VERSION = b"\x01"
_NONCE = 12
_HEAD = len(_VERSION) + _NONCE
_FILE = """\
# The key file of Pnyx. Without it nobody can read the database, not even you. Keep a copy in a safe place, never beside the
# database or its backups, and let nobody else read it.
secret = "{secret}"
"""


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The secret from which all other keys come. It is never in the database, in a backup or in a log."""

    secret: bytes = field(repr=False)

    @classmethod
    def create(cls, path: str | Path) -> KeyFile:
        """Write a new key file, readable for its owner only. Raises `BadKeyFile` where there is one already."""
        secret = secrets.token_bytes(32)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise BadKeyFile(f"There is a key file at {path} already. It is kept: a database may need it.") from None
        except OSError as error:
            raise BadKeyFile(f"The key file {path} cannot be written: {error.strerror}.") from None
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(_FILE.format(secret=secret.hex()))
            file.flush()
            os.fsync(file.fileno())
        return cls(secret)

    @classmethod
    def load(cls, path: str | Path) -> KeyFile:
        """Read a key file. Raises `BadKeyFile` where it is missing, readable for others, or something else."""
        try:
            with open(path, "rb") as file:
                mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
                if mode & 0o077:
                    raise BadKeyFile(
                        f"Other users of this machine can read the key file {path} (its mode is {mode:04o}, allowed is 0600). "
                        f"Run: chmod 600 {path}"
                    )
                secret = bytes.fromhex(tomllib.load(file)["secret"])
        except OSError as error:
            raise BadKeyFile(
                f"The key file {path} cannot be read: {error.strerror}. Put your copy of it there, or write under [keys] in your "
                'config where it lies (file = "…"). A new key file does not open a database that is there already.'
            ) from None
        except (ValueError, KeyError, TypeError):
            secret = b""
        if len(secret) != 32:
            raise BadKeyFile(
                f"The file {path} is not a key file of Pnyx, or is damaged: it needs one line, secret = and 64 hexadecimal "
                "digits. Put your copy of it there."
            )
        return cls(secret)

    @classmethod
    def from_seed(cls, seed: int | str) -> KeyFile:
        """The keys of a rehearsal: the same seed gives the same ones. Never for real people."""
        return cls(hashlib.sha256(b"pnyx rehearsal %s" % str(seed).encode()).digest())

    def derive(self, purpose: str) -> bytes:
        """32 bytes for one purpose."""
        return HKDF(SHA256(), 32, None, b"pnyx/1/" + purpose.encode()).derive(self.secret)


class _Key:
    """A key ready for use."""

    __slots__ = ("cipher", "raw")

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.cipher = AESGCM(raw)

    def seal(self, data: bytes, context: str) -> bytes:
        nonce = os.urandom(_NONCE)
        return _VERSION + nonce + self.cipher.encrypt(nonce, data, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        if sealed[:1] == _VERSION:
            try:
                return self.cipher.decrypt(sealed[1:_HEAD], sealed[_HEAD:], context.encode())
            except (InvalidTag, ValueError):
                pass
        raise Unreadable(
            f"A sealed value does not open at its place ({context.split('/')[0]}): it was damaged or moved."
        )


class StepKey(_Key):
    """The key of one step's choices."""

    def holder(self, seat: str) -> str:
        """Under which name a seat's secret choice stands while the vote is open. Nobody can tell without this key."""
        return hmac.digest(self.raw, b"holder/" + seat.encode(), "sha256")[:16].hex()


class Vault:
    """Seals and opens, on the database's thread. `sql` is where the wrapped keys are; `capacity` how many opened keys it keeps
    at hand."""

    def __init__(self, keys: KeyFile, sql: sqlite3.Connection, capacity: int = 20_000) -> None:
        self._keys = keys
        self._sql = sql
        self._capacity = capacity
        self._wrap = _Key(keys.derive("wrap"))
        self._house = _Key(keys.derive("house"))
        self._lookup = keys.derive("lookup")
        self._words = keys.derive("words")
        self._assemblies: dict[str, bytes] = {}
        self._seats: OrderedDict[str, _Key] = OrderedDict()
        self._steps: dict[tuple[str, str], StepKey] = {}
        self._fresh_seats: list[str] = []
        self._fresh_steps: list[tuple[str, str]] = []

    # Words, under a person's key or the house's

    def seal(self, seat: str | None, data: bytes, context: str) -> bytes:
        """Seal `data` for its place. Nothing is kept for a seat whose key is erased: b"". Raises `LookupError` for a seat that
        never was."""
        key = self._seat_key(seat) if seat else self._house
        return key.seal(data, context) if key else b""

    def open(self, seat: str | None, sealed: bytes | None, context: str) -> bytes | None:
        """What was sealed; None where nothing was kept or the key is erased. Raises `Unreadable`."""
        if not sealed:
            return None
        key = self._seat_key(seat) if seat else self._house
        return key.open(sealed, context) if key else None

    def new_seat_key(self, seat: str) -> None:
        """Make the key of a new seat."""
        raw = secrets.token_bytes(32)
        wrapped = self._wrap.seal(raw, f"seat_key/{seat}")
        self._sql.execute("INSERT INTO seat_key (seat, wrapped) VALUES (?, ?)", (seat, wrapped))
        self._fresh_seats.append(seat)
        self._remember(seat, _Key(raw))

    def erase_seat_key(self, seat: str) -> None:
        """Erase a seat's key, and with it all that was sealed under it."""
        self._sql.execute("UPDATE seat_key SET wrapped = NULL WHERE seat = ?", (seat,))
        self.forget(seat)

    def forget(self, seat: str) -> None:
        """Drop a seat's opened key from memory."""
        self._seats.pop(seat, None)

    def _seat_key(self, seat: str) -> _Key | None:
        if JOINT in seat:
            keys = [self._seat_key(one) for one in sorted(set(seat.split(JOINT)))]
            raw = b"".join(key.raw for key in keys if key is not None)
            return _Key(HKDF(SHA256(), 32, None, b"pnyx/1/joint").derive(raw)) if None not in keys else None
        key = self._seats.get(seat)
        if key is not None:
            self._seats.move_to_end(seat)
            return key
        row = self._sql.execute("SELECT wrapped FROM seat_key WHERE seat = ?", (seat,)).fetchone()
        if row is None:
            raise LookupError(f"the seat {seat} has no key")
        if row[0] is None:
            return None
        key = _Key(self._wrap.open(row[0], f"seat_key/{seat}"))
        self._remember(seat, key)
        return key

    def _remember(self, seat: str, key: _Key) -> None:
        self._seats[seat] = key
        if len(self._seats) > self._capacity:
            self._seats.popitem(last=False)

    # Choices, under a step's key

    def step_key(self, assembly: str, step: str, *, make: bool = False) -> StepKey | None:
        """The key of a step's choices; made if there is none and `make` says so. None where there is none (any more)."""
        place = (assembly, step)
        if key := self._steps.get(place):
            return key
        row = self._sql.execute("SELECT wrapped FROM step_key WHERE assembly = ? AND step = ?", place).fetchone()
        context = f"step_key/{assembly}/{step}"
        if row is None and make:
            key = StepKey(secrets.token_bytes(32))
            self._sql.execute(
                "INSERT INTO step_key (assembly, step, wrapped) VALUES (?, ?, ?)",
                (*place, self._wrap.seal(key.raw, context)),
            )
            self._fresh_steps.append(place)
        elif row is None or row[0] is None:
            return None
        else:
            key = StepKey(self._wrap.open(row[0], context))
        self._steps[place] = key
        return key

    def erase_step_key(self, assembly: str, step: str) -> None:
        """Erase a step's key for good: no later choice can be linked to a seat, and none is taken."""
        self._sql.execute(
            "INSERT INTO step_key (assembly, step, wrapped) VALUES (?, ?, NULL) "
            "ON CONFLICT (assembly, step) DO UPDATE SET wrapped = NULL",
            (assembly, step),
        )
        self._steps.pop((assembly, step), None)

    # The cache follows the transaction

    def committed(self) -> None:
        self._fresh_seats.clear()
        self._fresh_steps.clear()

    def rolled_back(self) -> None:
        """Forget the keys made in the transaction: they are not in the database, and what they seal would never open."""
        for seat in self._fresh_seats:
            self.forget(seat)
        for place in self._fresh_steps:
            self._steps.pop(place, None)
        self.committed()

    # Names that only the key file can tell

    def lookup(self, account: str, user: str) -> bytes:
        """Under which name a platform's user is found."""
        return hmac.digest(self._lookup, f"{len(account)}:{account}{user}".encode(), "sha256")

    def fingerprint(self, words: str) -> bytes:
        """Under which name words are found again. Without the key file nobody can try out which words these might be."""
        return hmac.digest(self._words, words.encode(), "sha256")

    def guest(self, assembly: str, ref: str) -> bytes:
        """Under which name somebody who is expected is found; `ref` is the organiser's word for them, in its plain form."""
        return hmac.digest(self._assembly_key(assembly), b"guest/" + ref.encode(), "sha256")

    def invite(self, assembly: str, whose: str, issue: int) -> bytes:
        """The 128 bits of an invite: the same ones for the same key file, and for nobody without it. `whose` names a guest or
        a link, `issue` counts up where an earlier one is to work no longer."""
        return hmac.digest(self._assembly_key(assembly), b"invite/%d/%b" % (issue, whose.encode()), "sha256")[:16]

    def pseudonym(self, assembly: str, lookup: bytes, n: int = 0) -> str:
        """The seat id of a person's n-th seat in an assembly: twelve letters and digits, another one in each assembly."""
        made = hmac.digest(self._assembly_key(assembly), b"%d:%b" % (n, lookup), "sha256")
        return base64.b32encode(made[:8])[:12].decode().lower()

    def event(self, assembly: str, key: str) -> str:
        """What something that happened on a platform is called in an assembly; `key` is what the platform calls it."""
        return hmac.digest(self._assembly_key(assembly), b"event/" + key.encode(), "sha256")[:16].hex()

    def secret_seed(self, assembly: str) -> str:
        """What is drawn from this seed in an assembly nobody can draw again without the key file."""
        return hmac.digest(self._assembly_key(assembly), b"lots", "sha256").hex()

    def _assembly_key(self, assembly: str) -> bytes:
        key = self._assemblies.get(assembly)
        if key is None:
            key = self._assemblies[assembly] = self._keys.derive(f"assembly/{assembly}")
        return key
