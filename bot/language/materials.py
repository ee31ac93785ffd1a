"""The pictures, films, sounds and documents of a flow, as they stand in its bundle.

A bundle is one JSON text with every file of the flow, so that an assembly is pinned to its pictures as it is to its words, and
a bundle alone is enough to run it. Bytes stand in it as base64: a third more than they are, which for the few files of a flow
costs less than a second place to keep, copy, back up and hash would.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from bot.core.files import MATERIAL, ending

MARK = "base64:"
MOST_BYTES = 5_000_000
"""How large one file may be: the people who read it have phones, and pay for what they load."""

_BEGINNINGS: Mapping[str, tuple[tuple[int, bytes], ...]] = {
    "jpg": ((0, b"\xff\xd8\xff"),),
    "jpeg": ((0, b"\xff\xd8\xff"),),
    "png": ((0, b"\x89PNG\r\n\x1a\n"),),
    "webp": ((0, b"RIFF"), (8, b"WEBP")),
    "gif": ((0, b"GIF8"),),
    "mp4": ((4, b"ftyp"),),
    "ogg": ((0, b"OggS"),),
    "pdf": ((0, b"%PDF-"),),
}
"""How a file of each kind begins: what stands at which place."""


def is_material(name: str) -> bool:
    """Whether a file of a flow is to be shown, and not a text."""
    return ending(name) in MATERIAL


def genuine(name: str, data: bytes) -> bool:
    """Whether a file is what its name says, as far as its beginning tells."""
    kind = ending(name)
    if kind == "mp3":
        return data[:3] == b"ID3" or (len(data) > 1 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0)
    return all(data[at : at + len(mark)] == mark for at, mark in _BEGINNINGS[kind])


def packed(data: bytes) -> str:
    """The bytes of a file as they stand in a bundle."""
    return MARK + base64.b64encode(data).decode()


def files_of(bundle: str) -> dict[str, bytes]:
    """The files to be shown in a bundle, by name."""
    found = json.loads(bundle)
    return {
        name: base64.b64decode(text.removeprefix(MARK))
        for name, text in found.items()
        if is_material(name) and text.startswith(MARK)
    }
