"""Files: uploaded and named, or fetched; encrypted where the room is.

The name of a file is its address at the homeserver, or for an encrypted one a JSON object with the address and everything that it
takes to decrypt it.
"""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

from nio import UploadResponse
from nio.crypto.attachments import decrypt_attachment
from nio.exceptions import EncryptionError
from nio.responses import MemoryDownloadResponse

from bot.core.rendered import Attachment
from bot.transports.fields import Json, part, text
from bot.transports.matrix.errors import fine, reached, refusal
from bot.transports.matrix.session import Client
from bot.transports.matrix.writing import Content
from bot.transports.port import Refused

MESSAGES = {
    "photo": "m.image",
    "animation": "m.image",
    "voice": "m.audio",
    "audio": "m.audio",
    "video": "m.video",
    "video_note": "m.video",
    "document": "m.file",
    "sticker": "m.image",
}
DEFAULT = "application/octet-stream"


def enclosing(words: Content, file: Attachment, ref: str) -> Content:
    """The content of an event that shows a file above these words."""
    name = file.name or file.kind
    made = words | {"msgtype": MESSAGES[file.kind], "filename": name}
    if not words["body"]:
        made["body"] = name
        del made["format"], made["formatted_body"]
    if file.kind == "voice":
        made["org.matrix.msc3245.voice"] = {}
    info: dict[str, Any] = {"mimetype": file.mime} if file.mime else {}
    if file.data is not None:
        info["size"] = len(file.data)
    return made | {"info": info} | ({"file": json.loads(ref)} if encrypted(ref) else {"url": ref})


def placing(words: Content, file: Attachment) -> Content:
    """The content of an event that shows a place on the map."""
    return words | {
        "msgtype": "m.location",
        "body": words["body"] or file.ref,
        "geo_uri": f"geo:{file.ref.replace(' ', ',')}",
    }


def encrypted(ref: str) -> bool:
    """Whether this is the name of an encrypted file."""
    return ref.startswith("{")


async def name(client: Client, file: Attachment, *, sealed: bool) -> str:
    """The name of a file for a room that is encrypted (`sealed`) or not; it is uploaded where it has none of that kind. Raises
    `Failed`, and `Refused` where there is nothing to upload."""
    if file.ref and encrypted(file.ref) == sealed:
        return file.ref
    data = file.data
    if data is None:
        if not file.ref:
            raise Refused("no such file")
        data = await fetch(client, file.ref)
    kind = file.mime or DEFAULT
    asked = client.upload(lambda *_: BytesIO(data), kind, file.name or None, encrypt=sealed, filesize=len(data))
    async with reached():
        answer, keys = await asked
    if not isinstance(answer, UploadResponse):
        raise refusal(answer)
    if not sealed:
        return str(answer.content_uri)
    return json.dumps({**(keys or {}), "url": answer.content_uri}, separators=(",", ":"), sort_keys=True)


async def fetch(client: Client, ref: str) -> bytes:
    """The bytes of a file by its name. Raises `Failed`, and `Refused` where it cannot be decrypted."""
    if not encrypted(ref):
        return await _download(client, ref)
    file: Json = json.loads(ref)
    data = await _download(client, text(file, "url"))
    key, hashed = text(part(file, "key"), "k"), text(part(file, "hashes"), "sha256")
    try:
        clear: bytes = decrypt_attachment(data, key, hashed, text(file, "iv"))
    except EncryptionError as error:
        raise Refused("not the file that was sent") from error
    return clear


async def _download(client: Client, address: str) -> bytes:
    answer = await fine(MemoryDownloadResponse, client.download(address))
    return bytes(answer.body)
