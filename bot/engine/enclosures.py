"""The files that go with letters: what came with a contribution, and the material of a flow.

A platform keeps the bytes of what it has seen: an account that knows a file sends its name for it. Another account gets the
bytes from the one that received them; once it has sent them, it has a name of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core import board
from bot.core.files import MATERIAL, ending
from bot.core.message import Drawn, Local, Own, Words
from bot.core.rendered import Attachment
from bot.engine import own, record
from bot.engine.house import House
from bot.store import media
from bot.store.database import Database
from bot.transports.port import Gone, Media, Refused, Transport


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that goes with a letter. `ref` is what the account that sends it calls it; `source` the account that received it,
    and what that one knows of it, where its bytes have to be fetched there; `data` are the bytes of a file of the flow that
    this account has not sent yet. `id` is "" for one that is made once and never sent again."""

    id: str
    kind: str
    name: str = ""
    mime: str = ""
    ref: str = ""
    source: tuple[str, Media] | None = None
    data: bytes | None = None


def enclosed(
    db: Database,
    house: House,
    assembly: str,
    what: Words | Local | Own | Drawn,
    account: str,
    lang: str,
    seat: str | None,
) -> Enclosed | None:
    """The file of a message for an account that sends it to a seat in this language; None where it has none, or none any more."""
    if isinstance(what, Own):
        return _own(db, house, assembly, what, seat) if seat is not None else None
    if isinstance(what, Drawn):
        drawn = board.picture(tuple(board.Row.of(row) for row in what.rows))
        return Enclosed("", "photo", "tables.png", "image/png", data=drawn)
    if isinstance(what, Local):
        return _of_flow(db, house, assembly, what.texts, account, lang)
    file = media.load(db, assembly, what.contribution)
    if file is None:
        return None
    ref = file.ref if file.account == account else media.sent_as(db, account, file.id)
    known = Media(file.kind, file.ref, file.size, file.mime, file.name, file.seconds)  # type: ignore[arg-type]  # as it came
    return Enclosed(file.id, file.kind, file.name, file.mime, ref, None if ref else (file.account, known))


def _own(db: Database, house: House, assembly: str, what: Own, seat: str) -> Enclosed | None:
    """What is made for its reader alone, and kept nowhere."""
    if what.form == "log":
        data, (name, mime) = record.written(db, house, assembly, seat), record.FILE
    else:
        data, (name, mime) = own.written(db, house, assembly, seat, what.form), own.FILES[what.form]
    return Enclosed("", "document", name, mime, data=data) if data is not None else None


def _of_flow(
    db: Database, house: House, assembly: str, paths: Mapping[str, str], account: str, lang: str
) -> Enclosed | None:
    """A file of the flow in this language, or in the flow's own. An account sends its bytes once."""
    path = next((paths[code] for code in (lang, lang.split("-")[0], *paths) if code in paths), "")
    data = house.file(db, assembly, path)
    if data is None or ending(path) not in MATERIAL:
        return None
    kind, mime = MATERIAL[ending(path)]
    id = f"{house.assembly(db, assembly).flow}/{path}"
    ref = media.sent_as(db, account, id)
    return Enclosed(id, kind, path.rpartition("/")[2], mime, ref, None, None if ref else data)


async def attach(file: Enclosed, transports: Mapping[str, Transport]) -> Attachment | None:
    """The file ready to be sent; None where nobody has it any more. Raises a `SendError` where it cannot be had now."""
    data = file.data
    if file.source is not None:
        account, known = file.source
        if account not in transports:
            return None
        try:
            data = await transports[account].fetch(known)
        except (Gone, Refused):
            return None
    return Attachment(file.kind, file.id, file.name, file.mime, file.ref, data)
