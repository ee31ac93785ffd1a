"""Files: what people send that is no text, what it is called, and what becomes of it; and the kinds that a flow may hold.

* A picture, a film, a document waits for somebody who looks at it, where the flow does not say otherwise.
* What can be heard or shows a face needs the whole table's consent: it betrays a pseudonym.
* A sticker passes: everybody knows all of them.
* A place on the map stays where it is: it tells where somebody is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from bot.core.message import Phrase, t

FILES: Mapping[str, Phrase] = {
    "photo": t("picture"),
    "video": t("video"),
    "animation": t("animation"),
    "document": t("document"),
    "sticker": t("sticker"),
    "voice": t("voice note"),
    "audio": t("audio file"),
    "video_note": t("video message"),
}
"""The kinds that can be passed on, and what people call them."""

LOOKED_AT = frozenset({"photo", "video", "animation", "document"})
SPOKEN = frozenset({"voice", "audio", "video_note"})

Pictures = Literal["ask", "pass", "no"]
"""What becomes of pictures, films and documents: `ask` the facilitator, `pass` them on, or `no`."""


def named(media: str) -> Phrase:
    """A file in the place of its words: "[picture]"."""
    return t("[{file}]", file=FILES.get(media, t("file")))


WHY_NOT: Mapping[str, Phrase] = {
    "forwarded": t(
        "A forwarded message is not passed on, because it is somebody else's words. Please say it in your own."
    ),
    "via_bot": t("What another program has written for you is not passed on. Please say it in your own words."),
    "location": t(
        "A place on the map is not passed on, because it tells where somebody is. You can describe it in words."
    ),
    "too_large": t("This file is too large to be passed on."),
    "unreadable": t(
        "I cannot read your message: it is encrypted, and its key has not reached me. Please send it once more; if that does not "
        "help, begin a new chat with me, without encryption if your app lets you choose."
    ),
    "unknown": t("This kind of message cannot be passed on. Please say it in words."),
}
"""Why something did not pass, in one sentence for whoever sent it."""

MATERIAL: Mapping[str, tuple[str, str]] = {
    "jpg": ("photo", "image/jpeg"),
    "jpeg": ("photo", "image/jpeg"),
    "png": ("photo", "image/png"),
    "webp": ("photo", "image/webp"),
    "gif": ("animation", "image/gif"),
    "mp4": ("video", "video/mp4"),
    "mp3": ("audio", "audio/mpeg"),
    "ogg": ("audio", "audio/ogg"),
    "pdf": ("document", "application/pdf"),
}
"""The files that a flow may show to people, by the ending of their name: their kind and their type."""


def ending(path: str) -> str:
    """The ending of a file's name in small letters, "" where it has none."""
    return path.rpartition("/")[2].rpartition(".")[2].casefold() if "." in path.rpartition("/")[2] else ""
