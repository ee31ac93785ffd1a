"""Logging a Matrix account in: once, for the access token that Pnyx keeps from then on. The password is kept nowhere."""

from __future__ import annotations

import os
from pathlib import Path

from nio import LoginResponse
from nio.client.async_client import AsyncClientConfig

from bot.app import veil
from bot.app.config import Config, MatrixTable
from bot.app.operations import Problem
from bot.transports.matrix.errors import Failed, fine
from bot.transports.matrix.session import REQUEST, Client

DEVICE = "Pnyx"
"""What the device is called in the list of the account's devices."""


def token_file(config: Config, name: str) -> tuple[MatrixTable, Path]:
    """The account of this name, or the only one, and the file for its token, which is not there yet. Raises `Problem`."""
    found = [table for table in config.matrix if name in ("", table.name)]
    if not config.matrix:
        raise Problem("The config describes no account under [[matrix]]. docs/guide/matrix.md tells how.")
    if len(found) != 1:
        raise Problem(f"Say which account: --name, one of {', '.join(table.name for table in config.matrix)}.")
    (table,) = found
    if table.token_file is None:
        raise Problem(
            f'matrix:{table.name} has no file for its token. Write token_file = "matrix.token" under [[matrix]].'
        )
    path = config.place(table.token_file)
    if path.exists():
        raise Problem(
            f"{path} is there already, and the token in it belongs to the keys of matrix:{table.name}. If it is no longer good, "
            "move it away, and the file with the keys too."
        )
    keys = config.keys_of(table)
    if keys is not None and keys.exists():
        raise Problem(
            f"{keys} holds the keys of an earlier device of matrix:{table.name}. Put its token back into {path}; or move the "
            "keys away, and what people encrypted for that device cannot be read."
        )
    return table, path


async def log_in(table: MatrixTable, password: str, path: Path) -> str:
    """Log in, and write the token into a new file that only its owner can read. The new device. Raises `Problem`."""
    veil.learn(password)
    config = AsyncClientConfig(max_limit_exceeded=0, max_timeouts=0, request_timeout=REQUEST, encryption_enabled=False)
    client = Client(table.homeserver, table.user, config=config)
    try:
        answer = await fine(LoginResponse, client.login(password, DEVICE))
    except Failed as error:
        raise Problem(_why(error, table)) from None
    finally:
        await client.close()
    veil.learn(answer.access_token)
    _keep(path, answer.access_token)
    return str(answer.device_id)


def _keep(path: Path, token: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(f"{token}\n")


def _why(error: Failed, table: MatrixTable) -> str:
    if error.after is not None:
        wait = max(1, round(error.after.total_seconds()))
        return (
            f"The homeserver lets nobody log in for the next {wait} seconds, after too many tries. Wait, and try again."
        )
    if error.code in ("M_FORBIDDEN", "M_USER_DEACTIVATED"):
        return f"The homeserver knows no {table.user} with this password. Look at both, and try again."
    if error.status == 0:
        return f"Nothing answers at {table.homeserver}. Is the homeserver running, and is there a network?"
    return (
        f"The homeserver at {table.homeserver} lets nobody log in with a password ({error}). Ask whoever runs it for an access "
        f"token of {table.user}, and put it into the file yourself."
    )
