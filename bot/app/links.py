"""Links with which people come in: by the platform of each of our accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from bot.store.codes import compact


@dataclass(frozen=True, slots=True)
class Platform:
    """What a platform is called, and how the link to an account of it is made from the account's public name and a code.
    `carries`: the link brings the code along, so whoever follows it has to write nothing. `sign` is with what people begin a
    command there."""

    called: str
    link: Callable[[str, str], str]
    carries: bool = True
    sign: str = "/"


PLATFORMS: Mapping[str, Platform] = {
    "telegram": Platform("Telegram", lambda name, code: f"https://t.me/{name}?start={compact(code)}"),
    "matrix": Platform("Matrix", lambda name, code: f"https://matrix.to/#/@{quote(name, safe=':')}", False, "!"),
}


@dataclass(frozen=True, slots=True)
class Link:
    """A way in through one of our accounts: what people call its platform, and it (without its @); and whether the link brings
    the code along."""

    platform: str
    name: str
    url: str
    carries: bool = True


def links(names: Mapping[str, str], code: str) -> tuple[Link, ...]:
    """The links of a code: one for each account whose public name is known."""
    found = []
    for account, name in sorted(names.items()):
        platform = PLATFORMS.get(account.partition(":")[0])
        if name and platform is not None:
            bare = name.removeprefix("@")
            found.append(Link(platform.called, bare, platform.link(bare, code), platform.carries))
    return tuple(found)


def written(accounts: Iterable[str], code: str) -> str:
    """What people write to come in. Everywhere `!` will do, and in Matrix programs nothing else: what begins with / is theirs."""
    signs = {platform.sign for account in accounts if (platform := PLATFORMS.get(account.partition(":")[0]))}
    return f"{'!' if '!' in signs else '/'}join {code}"
