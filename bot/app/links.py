"""Links with which people come in: by the platform of each of our accounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.store.codes import compact

PLATFORMS: Mapping[str, tuple[str, Callable[[str, str], str]]] = {
    "telegram": ("Telegram", lambda name, code: f"https://t.me/{name}?start={compact(code)}"),
}
"""What a platform is called, and how the link to an account of it is made from the account's public name and a code."""


@dataclass(frozen=True, slots=True)
class Link:
    """A way in through one of our accounts: what people call its platform, and it."""

    platform: str
    name: str
    url: str


def links(names: Mapping[str, str], code: str) -> tuple[Link, ...]:
    """The links of a code: one for each account whose public name is known."""
    found = []
    for account, name in sorted(names.items()):
        kind = account.partition(":")[0]
        if name and kind in PLATFORMS:
            platform, made = PLATFORMS[kind]
            found.append(Link(platform, name, made(name, code)))
    return tuple(found)
