"""The config file: one TOML file that says where things are and which assemblies run.

Every error names the file, the key, what was found and what is allowed. Secrets never stand in it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from bot.core.problems import listed, nearest

NAME = "pnyx.toml"


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DatabaseTable(_Table):
    """`[database]`: the file in which everything is kept."""

    path: Path = Path("pnyx.db")


class KeysTable(_Table):
    """`[keys]`: the key file. It stands outside the database and outside its backups."""

    file: Path = Path("pnyx.key")


class TranslationTable(_Table):
    """`[translation]`: who translates citizens' words. `none` leaves them as they are; `pseudo` is for tests."""

    engine: Literal["none", "pseudo"] = "none"


class ConsoleTable(_Table):
    """`[console]`: the keyboard and screen of the machine, for trying things out."""

    enabled: bool = False


class AssemblyTable(_Table):
    """`[[assembly]]`: one run of one flow. `seed` makes its lots repeatable; without it one is drawn and published."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    flow: Path
    seed: str = ""


class Config(_Table):
    """A whole config file. `home` is the folder that its paths are relative to."""

    database: DatabaseTable = DatabaseTable()
    keys: KeysTable = KeysTable()
    translation: TranslationTable = TranslationTable()
    console: ConsoleTable = ConsoleTable()
    assembly: tuple[AssemblyTable, ...] = ()
    home: Path = Field(default=Path(), exclude=True)

    def place(self, path: Path) -> Path:
        """A path of the config, seen from where the program runs."""
        return path if path.is_absolute() else self.home / path

    @property
    def database_path(self) -> Path:
        return self.place(self.database.path)

    @property
    def key_path(self) -> Path:
        return self.place(self.keys.file)


class BadConfig(ValueError):
    """The config cannot be used. `str()` says why, line by line, for the operator."""


def load_config(path: Path) -> Config:
    """The config at `path`, a file or the folder it lies in. Raises `BadConfig`."""
    file = path / NAME if path.is_dir() else path
    try:
        data = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise BadConfig(f"There is no config at {file}. `pnyx init {file.parent}` writes one.") from None
    except UnicodeDecodeError:
        raise BadConfig(f"{file} is not a text in UTF-8. Save it as UTF-8 and try again.") from None
    except tomllib.TOMLDecodeError as error:
        raise BadConfig(f"{file} is not TOML: {error}. Mend that place and try again.") from None
    except OSError as error:
        raise BadConfig(f"{file} cannot be read: {error.strerror}.") from None
    if "home" in data:
        raise BadConfig(f"{file}: home is not a key of the config. Leave it out.")
    try:
        config = Config(**data, home=file.parent)
    except ValidationError as error:
        raise BadConfig("\n".join(_sentence(file, e) for e in error.errors())) from None
    ids = [a.id for a in config.assembly]
    twice = sorted({i for i in ids if ids.count(i) > 1})
    if twice:
        raise BadConfig(f"{file}: two assemblies are called {twice[0]}. Give each an id of its own.")
    return config


def _sentence(file: Path, error: ErrorDetails) -> str:
    *above, key = error["loc"]
    where = ".".join(map(str, error["loc"]))
    if error["type"] == "extra_forbidden":
        known = _keys(above)
        guess = nearest(str(key), known)
        hint = f"Did you mean {guess}?" if guess else f"Allowed are {listed(known)}."
        return f"{file}: {where} is not a key of the config. {hint}"
    return f"{file}: {where}: found {error.get('input')!r}. {error['msg'].removeprefix('Value error, ')}."


def _keys(path: Sequence[int | str]) -> list[str]:
    """The keys of the table at a path of the config."""
    table: type[BaseModel] = Config
    for part in path:
        if part == "assembly":
            table = AssemblyTable
        elif isinstance(part, str):
            found = table.model_fields[part].annotation
            table = found if isinstance(found, type) and issubclass(found, BaseModel) else table
    return [name for name in table.model_fields if name != "home"]
