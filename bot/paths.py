"""Where the files that travel with Pnyx lie: the flows and the interface texts.

In a checkout they are top-level folders beside the package; in an installed wheel they lie inside it, under `_data`.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def locales_dir() -> Path:
    """The folder with one `<language>/LC_MESSAGES/bot.po` each."""
    return _shipped("locales")


def flows_dir() -> Path:
    """The folder with one folder per dialogue that ships with Pnyx."""
    return _shipped("flows")


def first_files() -> Path:
    """The config and the flow that `pnyx init` copies."""
    return _PACKAGE / "app" / "first"


def _shipped(name: str) -> Path:
    """The folder `name`, wherever this copy of Pnyx keeps it. Raises `FileNotFoundError` if the copy is incomplete."""
    for place in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"This copy of Pnyx has no folder {name!r} in or beside {_PACKAGE}. Install it again.")
