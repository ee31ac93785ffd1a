"""The config file: one TOML file that says where things are and which assemblies run.

Every error names the file, the key, what was found and what is allowed. Secrets never stand in it: it says where they are
(`bot.app.tokens`).
"""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from bot.app.veil import veiled
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


class ConsoleTable(_Table):
    """`[console]`: the keyboard and screen of the machine, for trying things out."""

    enabled: bool = False


def _is_safe(url: str) -> str:
    """An address over which a token may travel: https, or this machine itself."""
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return url.rstrip("/")
    if parts.scheme == "http" and parts.hostname and _is_here(parts.hostname):
        return url.rstrip("/")
    raise ValueError("It must begin with https://, so that nobody on the way can read along")


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_no_token(variable: str) -> str:
    """Access tokens may look like the names of variables."""
    if veiled(variable) != variable:
        raise ValueError("This is a token")
    return variable


def _is_place(listen: str) -> str:
    host, colon, port = listen.rpartition(":")
    if not colon or not host or not port.isdecimal() or not 0 <= int(port) <= 65_535:
        raise ValueError('It must be an address and a port, such as "127.0.0.1:8443"')
    return listen


def _is_user(user: str) -> str:
    if not _USER.fullmatch(user):
        raise ValueError("It must be the whole id of the account, such as @pnyx:example.org")
    return user


_USER = re.compile(r"@[a-z0-9._=/+-]+:[A-Za-z0-9.:\[\]-]+")

Url = Annotated[str, AfterValidator(_is_safe)]
Variable = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$"), AfterValidator(_is_no_token)]


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Pair = Annotated[str, Field(pattern=r"^[a-z]{2,3}-[a-z]{2,3}$")]


class TranslationTable(_Table):
    """`[translation]`: who translates citizens' words. What people have translated, a flow's memory, always comes first. Then the
    `engines` are asked in this order, or those of `pairs` for a pair of languages such as "fr-de"; where an engine lacks a pair,
    `over` names the language in between. Without any, what nobody has translated is read in the words in which it was written.
    `judged` are the pairs of which people who speak both languages have found that what these machines make may go out unread;
    in every other pair a translator releases each text."""

    engines: tuple[Name, ...] = ()
    pairs: Mapping[Pair, tuple[Name, ...]] = Field(default_factory=dict)
    over: Mapping[Pair, Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]] = Field(default_factory=dict)
    judged: tuple[Pair, ...] = ()
    seconds: Annotated[float, Field(gt=0, le=120)] = 10

    @property
    def named(self) -> frozenset[str]:
        """All engines that are asked for anything."""
        return frozenset(self.engines) | {name for names in self.pairs.values() for name in names}


class EngineTable(_Table):
    """`[[engine]]`: a machine that translates. `kind` is a service of its own at a `url` (libretranslate, apertium), a company
    (deepl, and what the library deep-translator reaches), or `pseudo`, which only marks what it would translate. Its key stands
    in the variable `key_env`, or in the file `key_file`; Microsoft wants to know the `region` of its key."""

    name: Name
    kind: Literal["libretranslate", "apertium", "deepl", "pseudo", "google", "mymemory", "microsoft", "yandex", "qcri"]
    url: Url | None = None
    key_env: Variable | None = None
    key_file: Path | None = None
    region: str = ""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.key_env is not None and self.key_file is not None:
            raise ValueError("Give key_env or key_file, not both")
        if self.kind in ("libretranslate", "apertium") and self.url is None:
            raise ValueError(f'kind = "{self.kind}" needs the url at which it listens')
        if self.kind == "deepl" and self.key_env is None and self.key_file is None:
            raise ValueError('kind = "deepl" needs a key: name it with key_env or key_file')
        return self


class ModelTable(_Table):
    """`[model]`: a language model that may put what several people have written into one sentence, for a person to choose, where
    a flow asks for that (`wording = "model"`). It is any service that speaks OpenAI's chat API at `url`, which ends before
    `/chat/completions`; `name` is what that service calls the model. Its key stands in the variable `key_env`, or in the file
    `key_file`. All sentences of a draft together may take so many `seconds`. Without a `url` there is none."""

    url: Url | None = None
    name: str = ""
    key_env: Variable | None = None
    key_file: Path | None = None
    seconds: Annotated[float, Field(gt=0, le=600)] = 60

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.key_env is not None and self.key_file is not None:
            raise ValueError("Give key_env or key_file, not both")
        if self.url is not None and not self.name.strip():
            raise ValueError("It needs the name of the model, as the service at its url calls it")
        if self.url is None and (self.name or self.key_env is not None or self.key_file is not None):
            raise ValueError("A model is described, but not where it listens: add its url, or leave the rest out")
        return self


class WebhookTable(_Table):
    """`webhook`: where Telegram posts to (`url`), through a proxy that speaks https, and where Pnyx listens behind it. Without a
    secret each start draws one."""

    url: Url
    listen: Annotated[str, AfterValidator(_is_place)] = "127.0.0.1:8443"
    secret_env: Variable | None = None
    secret_file: Path | None = None


class TelegramTable(_Table):
    """`[[telegram]]`: a bot of yours. Its token stands in the variable `token_env`, or in the file `token_file`."""

    name: Name = "main"
    token_env: Variable | None = None
    token_file: Path | None = None
    username: Annotated[
        str, BeforeValidator(lambda name: name.removeprefix("@") if isinstance(name, str) else name),
        Field(pattern=r"^([A-Za-z][A-Za-z0-9_]{3,31})?$"),
    ] = ""  # fmt: skip
    api: Url = "https://api.telegram.org"
    mode: Literal["poll", "webhook"] = "poll"
    webhook: WebhookTable | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.token_env is not None and self.token_file is not None:
            raise ValueError("Give token_env or token_file, not both")
        if self.mode == "webhook" and self.webhook is None:
            raise ValueError('mode = "webhook" needs webhook = { url = "https://…" }')
        if self.mode == "poll" and self.webhook is not None:
            raise ValueError('A webhook is described, but not used: write mode = "webhook", or leave it out')
        return self


class MatrixTable(_Table):
    """`[[matrix]]`: an account of yours on a homeserver. Its access token stands in the variable `token_env`, or in the file
    `token_file`.

    `encryption` says what is encrypted: nothing (`none`), what people write to it in private chats that their app has encrypted
    (`chats`), or the rooms that it makes for tables, too (`tables`). Its keys lie in `keys_file`, beside the database where
    nothing else is said."""

    name: Name = "main"
    homeserver: Url
    user: Annotated[str, AfterValidator(_is_user)]
    token_env: Variable | None = None
    token_file: Path | None = None
    encryption: Literal["none", "chats", "tables"] = "chats"
    keys_file: Path | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.token_env is not None and self.token_file is not None:
            raise ValueError("Give token_env or token_file, not both")
        if self.encryption == "none" and self.keys_file is not None:
            raise ValueError(
                'A file of keys is named, but nothing is encrypted: leave out keys_file, or encryption = "none"'
            )
        return self


class AssemblyTable(_Table):
    """`[[assembly]]`: one run of one flow. `seed` makes its lots repeatable; without it one is drawn and published."""

    id: Name
    flow: Path
    seed: str = ""


class Config(_Table):
    """A whole config file. `home` is the folder that its paths are relative to."""

    database: DatabaseTable = DatabaseTable()
    keys: KeysTable = KeysTable()
    translation: TranslationTable = TranslationTable()
    model: ModelTable = ModelTable()
    console: ConsoleTable = ConsoleTable()
    telegram: tuple[TelegramTable, ...] = ()
    matrix: tuple[MatrixTable, ...] = ()
    engine: tuple[EngineTable, ...] = ()
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

    def keys_of(self, table: MatrixTable) -> Path | None:
        """The file with the keys of a Matrix account; None where it does not encrypt."""
        if table.encryption == "none":
            return None
        return self.place(table.keys_file or self.database.path.with_name(f"matrix-{table.name}.keys"))

    @property
    def accounts(self) -> int | None:
        """How many accounts on a platform with a pace of its own pass on what virtual tables say; None where there are none. How
        much a homeserver takes is up to whoever runs it."""
        return len(self.telegram) or None

    @property
    def names(self) -> Mapping[str, str]:
        """What our accounts are called on their platforms, as far as the config says."""
        telegram = {f"telegram:{table.name}": table.username for table in self.telegram if table.username}
        return telegram | {f"matrix:{table.name}": table.user for table in self.matrix}


_MANY: Mapping[str, type[BaseModel]] = {
    "assembly": AssemblyTable, "telegram": TelegramTable, "matrix": MatrixTable, "webhook": WebhookTable,
    "engine": EngineTable,
}  # fmt: skip
_NEVER = (
    "never stands in the config, which is copied and shown around. Put it into the variable {variable}, or into a file that only "
    "you can read, and name that: token_file. If others may have seen it, {renew}."
)
_SECRETS: Mapping[str, str] = {
    "telegram.token": "a token "
    + _NEVER.format(variable="PNYX_TELEGRAM_TOKEN", renew="let @BotFather make a new one (/revoke)"),
    "matrix.token": "an access token "
    + _NEVER.format(variable="PNYX_MATRIX_TOKEN", renew="log the account out everywhere and in again"),
    "matrix.password": (
        "a password never stands in the config. Pnyx needs an access token only: docs/guide/matrix.md tells how to get one. If "
        "others may have seen the password, change it."
    ),
    "engine.key": "a key "
    + _NEVER.replace("token_file", "key_file").format(
        variable="PNYX_ENGINE_KEY", renew="have it replaced by the service"
    ),
    "model.key": "a key "
    + _NEVER.replace("token_file", "key_file").format(
        variable="PNYX_MODEL_KEY", renew="have it replaced by the service"
    ),
    "webhook.secret": (
        "a secret never stands in the config, which is copied and shown around. Put it into a variable (secret_env) or into a "
        "file that only you can read (secret_file), or leave it out: then each start draws one."
    ),
}
"""What somebody writes who has not read on, and what to do instead."""


class BadConfig(ValueError):
    """The config cannot be used. `str()` says why, line by line, for the operator. `code` is what the program ends with."""

    code = 78


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
        raise BadConfig(veiled("\n".join(_sentence(file, e) for e in error.errors()))) from None
    for what, ids in (
        ("assemblies", [a.id for a in config.assembly]),
        ("Telegram accounts", [t.name for t in config.telegram]),
        ("Matrix accounts", [m.name for m in config.matrix]),
        ("engines", [e.name for e in config.engine]),
    ):
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise BadConfig(f"{file}: two {what} are called {twice[0]}. Give each a name of its own.")
    for name in sorted(config.translation.named - {e.name for e in config.engine}):
        there = f"There are {listed(e.name for e in config.engine)}" if config.engine else "There is none"
        raise BadConfig(f'{file}: translation asks for an engine "{name}". {there}: describe it in a table [[engine]].')
    return config


def _sentence(file: Path, error: ErrorDetails) -> str:
    *above, key = error["loc"]
    where = ".".join(map(str, error["loc"]))
    if error["type"] == "extra_forbidden":
        table = next((str(part) for part in reversed(above) if isinstance(part, str)), "")
        if (secret := _SECRETS.get(f"{table}.{key}")) is not None:
            return f"{file}: {where}: {secret}"
        known = _keys(above)
        guess = nearest(str(key), known)
        hint = f"Did you mean {guess}?" if guess else f"Allowed are {listed(known)}."
        return f"{file}: {where} is not a key of the config. {hint}"
    if error["type"] == "tuple_type":
        return f"{file}: {where}: write [[{where}]], in double brackets, for there may be several."
    if str(key).endswith("_env"):
        return (
            f"{file}: {where}: this is the name of a variable, made of letters, digits and _, never what stands in it."
        )
    said = error["msg"].removeprefix("Value error, ")
    if isinstance(error.get("input"), dict):
        return f"{file}: {where}: {said}."
    return f"{file}: {where}: found {error.get('input')!r}. {said}."


def _keys(path: Sequence[int | str]) -> list[str]:
    """The keys of the table at a path of the config."""
    table: type[BaseModel] = Config
    for part in path:
        if part in _MANY:
            table = _MANY[str(part)]
        elif isinstance(part, str):
            found = table.model_fields[part].annotation
            table = found if isinstance(found, type) and issubclass(found, BaseModel) else table
    return [name for name in table.model_fields if name != "home"]
