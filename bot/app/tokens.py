"""Where tokens and secrets come from: the environment, or a file that only its owner can read. Never the config.

Each thing that can be wrong is said in one sentence that does not show what was found.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path

from bot.app import veil
from bot.app.config import BadConfig, Config, EngineTable, MatrixTable, ModelTable, TelegramTable
from bot.transports.telegram.webhook import Hook

VARIABLE, MATRIX = "PNYX_TELEGRAM_TOKEN", "PNYX_MATRIX_TOKEN"
"""Where the token of a Telegram account stands if the config does not say, and that of a Matrix account."""

_TOKEN = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{16,64}")
_ACCESS = re.compile(r"[A-Za-z0-9._~+/-]{16,2048}=*")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
_LARGEST = 4096


def token(config: Config, table: TelegramTable, environment: Mapping[str, str] = os.environ) -> str:
    """The token of a Telegram account; from here on no log shows it. Raises `BadConfig`."""
    whose = f"the token of telegram:{table.name}"
    there = f"what @BotFather gave you for telegram:{table.name}"
    found, where = _found(config, table, whose, table.token_env or VARIABLE, there, environment)
    if not _TOKEN.fullmatch(found):
        raise BadConfig(
            f"What stands in {where} is not a token of Telegram: digits, a colon, and 35 letters, digits, - or _. "
            "Copy it anew from @BotFather (/mybots, API Token)."
        )
    return found


def tokens(config: Config, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The tokens of all Telegram accounts, by name. Raises `BadConfig`."""
    found: dict[str, str] = {}
    for table in config.telegram:
        own = token(config, table, environment)
        twin = next((name for name, other in found.items() if other == own), None)
        if twin is not None:
            raise BadConfig(
                f"telegram:{twin} and telegram:{table.name} have the same token. Make a bot for each, or leave one of them out."
            )
        found[table.name] = own
    return found


def access(config: Config, table: MatrixTable, environment: Mapping[str, str] = os.environ) -> str:
    """The access token of a Matrix account; from here on no log shows it. Raises `BadConfig`."""
    whose, there = f"the access token of matrix:{table.name}", f"the access token of {table.user}"
    if table.token_file is not None and not config.place(table.token_file).exists():
        raise BadConfig(
            f"There is no {config.place(table.token_file)} yet. `pnyx matrix login` asks for the password of {table.user} and "
            "writes the access token into it."
        )
    found, where = _found(config, table, whose, table.token_env or MATRIX, there, environment)
    if not _ACCESS.fullmatch(found):
        raise BadConfig(
            f"What stands in {where} is not an access token: at least 16 letters, digits and a few signs, and no spaces. "
            "docs/guide/matrix.md tells how to get one."
        )
    return found


def accesses(config: Config, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The access tokens of all Matrix accounts, by name. Raises `BadConfig`."""
    found: dict[str, str] = {}
    users: dict[str, str] = {}
    for table in config.matrix:
        twin = users.setdefault(table.user, table.name)
        if twin != table.name:
            raise BadConfig(f"matrix:{twin} and matrix:{table.name} are both {table.user}. Leave one of them out.")
        found[table.name] = access(config, table, environment)
    return found


def _found(
    config: Config,
    table: TelegramTable | MatrixTable,
    whose: str,
    variable: str,
    there: str,
    environment: Mapping[str, str],
) -> tuple[str, str]:
    """What stands where the token of an account should, and where that is. `there` is what to put there."""
    if table.token_file is not None:
        path = config.place(table.token_file)
        found, where = _from_file(path, whose), str(path)
    else:
        found, where = environment.get(variable, "").strip(), f"the variable {variable}"
    if not found:
        raise BadConfig(f"There is no token in {where}. Put {there} there, or name a file that holds it (token_file).")
    veil.learn(found)
    return found, where


def key(config: Config, table: EngineTable | ModelTable, environment: Mapping[str, str] = os.environ) -> str:
    """The key of a translation engine, or of a language model; "" where it has none. From here on no log shows it. Raises
    `BadConfig`."""
    whose = f"the key of {'engine' if isinstance(table, EngineTable) else 'the model'} {table.name}"
    return _kept(config, table.key_file, table.key_env, "key", whose, environment)


def hook(config: Config, table: TelegramTable, environment: Mapping[str, str] = os.environ) -> Hook | None:
    """Where Telegram posts to; None where it is polled. Raises `BadConfig`."""
    given = table.webhook
    if given is None:
        return None
    whose = f"the webhook secret of telegram:{table.name}"
    secret = _kept(config, given.secret_file, given.secret_env, "secret", whose, environment)
    if secret and not _SECRET.fullmatch(secret):
        raise BadConfig(f"{whose[0].upper()}{whose[1:]} must be 16 to 256 letters, digits, - or _.")
    host, _, port = given.listen.rpartition(":")
    return Hook(given.url, host.strip("[]"), int(port), secret)


def _kept(
    config: Config, file: Path | None, variable: str | None, what: str, whose: str, environment: Mapping[str, str]
) -> str:
    """A secret that stands in a file or in a variable, "" where neither is named; from here on no log shows it."""
    if file is not None:
        found = _from_file(config.place(file), whose)
    elif variable:
        found = environment.get(variable, "").strip()
        if not found:
            raise BadConfig(f"There is no {what} in the variable {variable}: {whose} is missing.")
    else:
        return ""
    veil.learn(found)
    return found


def _from_file(path: Path, whose: str) -> str:
    """The one line of a file that nobody else can read."""
    try:
        mode = path.stat().st_mode
        if stat.S_IMODE(mode) & 0o077:
            raise BadConfig(f"{path} holds {whose}, and other users of this machine can read it. Run: chmod 600 {path}")
        if not stat.S_ISREG(mode):
            raise BadConfig(f"{path} should hold {whose}, but it is not a file.")
        with path.open("rb") as file:
            found = file.read(_LARGEST).decode("utf-8", "replace").strip()
    except OSError as error:
        raise BadConfig(f"{path} should hold {whose}, but it cannot be read: {error.strerror}.") from None
    if not found:
        raise BadConfig(f"{path} should hold {whose}, but it is empty.")
    return found
