"""A real Synapse for the tests: in an environment of its own (`make .synapse/.ready`), on a free loopback port, without a word
to the outside world.

It can be killed and started again on the same folder, keeps its database in memory where the machine has room for that, and
dies with the process that started it. `Homeserver` is blocking on purpose: one lives for a whole test session, whose tests have
event loops of their own. Simulated people stand in `tests.support.matrix_people`.
"""

from __future__ import annotations

import base64
import ctypes
import hashlib
import hmac
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".synapse" / "bin" / "python"
NAME = "pnyx.test"
"""The server's name: the part of every user id behind the colon."""

PATIENCE = 60.0
"""So many seconds may pass until it answers."""

_LIFTED = "{per_second: 100000, burst_count: 1000000}"
_LIMITS = f"""\
rc_message: {_LIFTED}
rc_registration: {_LIFTED}
rc_login: {{address: {_LIFTED}, account: {_LIFTED}, failed_attempts: {_LIFTED}}}
rc_joins: {{local: {_LIFTED}, remote: {_LIFTED}}}
rc_joins_per_room: {_LIFTED}
rc_invites: {{per_room: {_LIFTED}, per_user: {_LIFTED}, per_issuer: {_LIFTED}}}
rc_room_creation: {_LIFTED}
rc_admin_redaction: {_LIFTED}
rc_key_requests: {_LIFTED}
rc_presence: {{per_user: {_LIFTED}}}
"""
_CONFIG = """\
server_name: "{name}"
pid_file: {folder}/homeserver.pid
listeners:
  - port: {port}
    bind_addresses: ["127.0.0.1"]
    type: http
    tls: false
    x_forwarded: false
    resources: [{{names: [client], compress: false}}]
database: {{name: sqlite3, args: {{database: {folder}/homeserver.db}}}}
log_config: {folder}/log.yaml
media_store_path: {folder}/media
signing_key_path: {folder}/signing.key
registration_shared_secret: "{secret}"
macaroon_secret_key: "{secret}m"
form_secret: "{secret}f"
enable_registration: false
bcrypt_rounds: 4
report_stats: false
trusted_key_servers: []
suppress_key_server_warning: true
url_preview_enabled: false
push: {{enabled: false}}
presence: {{enabled: false}}
user_directory: {{enabled: false}}
caches: {{sync_response_cache_duration: 0}}
"""
_ALONE = "federation_domain_whitelist: []\n"
_FEDERATES = """\
federation_verify_certificates: false
ip_range_blacklist: []
tls_certificate_path: {folder}/tls.crt
tls_private_key_path: {folder}/tls.key
federation:
  client_timeout: 5s
  max_short_retries: 1
  max_long_retries: 1
  destination_min_retry_interval: 1s
  destination_max_retry_interval: 1s
"""
_LISTENER = """\
  - port: {port}
    bind_addresses: ["127.0.0.1"]
    type: http
    tls: true
    resources: [{{names: [federation]}}]
"""
_LOG = """\
version: 1
disable_existing_loggers: false
formatters: {{precise: {{format: '%(asctime)s %(name)s %(levelname)s %(message)s'}}}}
handlers: {{file: {{class: logging.FileHandler, formatter: precise, filename: {folder}/homeserver.log}}}}
root: {{level: WARNING, handlers: [file]}}
"""
_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Account:
    """What a client needs to be somebody."""

    user: str
    device: str
    token: str
    password: str


class Homeserver:
    """One Synapse. `limits` leaves its rate limits as they come: 0.2 messages a second. One that `federates` speaks with others
    of its kind on this machine, under a name that they find it by."""

    def __init__(self, *, limits: bool = False, federates: bool = False) -> None:
        if not PYTHON.exists():
            raise RuntimeError(f"These tests need Synapse, and {PYTHON} is not there. Run: make .synapse/.ready")
        memory = Path("/dev/shm")
        self.folder = Path(tempfile.mkdtemp(prefix="pnyx-synapse-", dir=memory if memory.is_dir() else None))
        self.secret = secrets.token_hex(16)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        door = free_port() if federates else 0
        self.name = f"localhost:{door}" if federates else NAME
        self._process: subprocess.Popen[bytes] | None = None
        seed = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        (self.folder / "signing.key").write_text(f"ed25519 a_test {seed}\n")
        (self.folder / "log.yaml").write_text(_LOG.format(folder=self.folder))
        config = _CONFIG.format(name=self.name, folder=self.folder, port=self.port, secret=self.secret)
        if federates:
            _certificate(self.folder)
            config = config.replace("database:", _LISTENER.format(port=door) + "database:", 1)
        config += _FEDERATES.format(folder=self.folder) if federates else _ALONE
        (self.folder / "homeserver.yaml").write_text(config + ("" if limits else _LIMITS))

    def launch(self) -> None:
        """Start, and do not wait: `start` does."""
        command = [str(PYTHON), "-m", "synapse.app.homeserver", "-c", str(self.folder / "homeserver.yaml")]
        with (self.folder / "out.log").open("ab") as out:
            self._process = subprocess.Popen(
                command, cwd=self.folder, stdout=out, stderr=subprocess.STDOUT, preexec_fn=_die_with_parent
            )

    def start(self) -> Self:
        """Start where it was not launched, and return when it answers."""
        if self._process is None:
            self.launch()
        assert self._process is not None
        until = time.monotonic() + PATIENCE
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                tail = (self.folder / "out.log").read_text()[-3000:]
                self.stop()
                raise RuntimeError(f"Synapse does not start. Its last words:\n{tail}")
            time.sleep(0.02)
        return self

    @property
    def pid(self) -> int:
        assert self._process is not None, "Synapse is not running"
        return self._process.pid

    def kill(self) -> None:
        """Kill it at once, as a power cut would. `start` brings it back with everything it had stored."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """End it, and remove everything it stored."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def register(self, name: str, *, admin: bool = False) -> Account:
        """A new account."""
        password = secrets.token_hex(8)
        nonce = self.ask("GET", "/_synapse/admin/v1/register")["nonce"]
        parts = (nonce, name, password, "admin" if admin else "notadmin")
        mac = hmac.new(self.secret.encode(), b"\0".join(p.encode() for p in parts), hashlib.sha1).hexdigest()
        body = {"nonce": nonce, "username": name, "password": password, "admin": admin, "mac": mac}
        made = self.ask("POST", "/_synapse/admin/v1/register", body)
        return Account(made["user_id"], made["device_id"], made["access_token"], password)

    def login(self, account: Account) -> Account:
        """The same person on another device."""
        who = {"type": "m.id.user", "user": account.user}
        body = {"type": "m.login.password", "identifier": who, "password": account.password}
        made = self.ask("POST", "/_matrix/client/v3/login", body)
        return Account(made["user_id"], made["device_id"], made["access_token"], account.password)

    def ask(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        """One request, and the JSON of its answer."""
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - loopback
            return json.load(answer)

    def _answers(self) -> bool:
        try:
            self.ask("GET", "/_matrix/client/versions")
        except (OSError, urllib.error.URLError):
            return False
        return True


def _certificate(folder: Path) -> None:
    """A certificate that nobody has signed, for others on this machine."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
    signed = made.not_valid_after(datetime(2100, 1, 1, tzinfo=UTC)).sign(key, hashes.SHA256())
    (folder / "tls.crt").write_bytes(signed.public_bytes(Encoding.PEM))
    (folder / "tls.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _die_with_parent() -> None:
    """Runs in the child, before Synapse: whoever started it may be killed without a chance to stop it."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.setpgid(0, 0)
