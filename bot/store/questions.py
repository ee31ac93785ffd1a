"""Messages with choices where there are no buttons to press: people write the mark or the label of a choice.

Invariants:

* A bare mark belongs to the newest message of a chat that asked for anything, and to none while it is not known whether a newer
  one has arrived. A message that shows no choices any more still hides those above it.
* A reply to a message, and an edit of an answer, belong to that very message, however old it is.
* Choices are sealed under the key of whoever reads them: their labels may hold names, and what one of several choices does tells
  what was chosen before.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.store.database import Database


@dataclass(frozen=True, slots=True)
class Question:
    """A message with choices in the chat of `holder` (a seat, or the id of a `room`) on an account.

    `presses` are what the choices stand for, `labels` the forms of each one's label (see `form`). `lettered` says that their
    marks are letters; `asks` is the question that words in reply answer, "" for none; `remote` the platform's id of the message,
    "" while it is not known to have arrived. `follows` says that it answers something that was written or pressed, `passed` that
    something was written since, `over` that it shows no choices any more."""

    key: str
    holder: str
    account: str
    presses: Sequence[str]
    labels: Sequence[Sequence[str]]
    room: bool = False
    lettered: bool = False
    asks: str = ""
    remote: str = ""
    follows: bool = False
    passed: bool = False
    over: bool = False


NEWEST = 6
"""So many of the newest questions of a chat may be meant by what stands alone."""

_COLUMNS = "key, holder, account, room, sealed, offers, lettered, asks, follows"


def form(label: str) -> str:
    """A label in its plain form: the same for all ways in which one may write it."""
    return " ".join(label.split()).strip(" .!?)#").casefold()


def keep(db: Database, made: Question) -> None:
    """A message with choices is about to be sent: it is the newest of its chat."""
    db.sql.execute(
        f"INSERT INTO question ({_COLUMNS}, said) SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, COALESCE(MAX(said), 0) + 1 FROM question "
        "WHERE true ON CONFLICT (key) DO UPDATE SET account = excluded.account, said = excluded.said",
        (
            made.key, made.holder, made.account, made.room, _seal(db, made), _offers(made), made.lettered, made.asks,
            made.follows,
        ),
    )  # fmt: skip


def arrived(db: Database, key: str, remote: str) -> None:
    """The message has arrived, under this remote id."""
    db.sql.execute("UPDATE question SET remote = ? WHERE key = ?", (remote, key))


def given_up(db: Database, key: str) -> None:
    """The message will never arrive: nobody waits for it."""
    db.sql.execute("DELETE FROM question WHERE key = ? AND remote = ''", (key,))


def rename(db: Database, holder: str, account: str, old: str, new: str) -> None:
    """A message has another remote id since it was changed: it has more pieces, or fewer."""
    db.sql.execute(
        "UPDATE question SET remote = ? WHERE holder = ? AND account = ? AND remote = ?", (new, holder, account, old)
    )


def change(db: Database, made: Question, remote: str) -> None:
    """A message is about to be changed into this one. Without choices it still answers to replies."""
    found = at(db, (made.holder,), made.account, remote)
    if found is None:
        return
    if made.presses:
        sealed = _seal(db, replace(made, key=found.key))
        db.sql.execute(
            "UPDATE question SET sealed = ?, lettered = ?, asks = ?, over = 0 WHERE key = ?",
            (sealed, made.lettered, made.asks, found.key),
        )
    else:
        db.sql.execute("UPDATE question SET over = 1 WHERE key = ?", (found.key,))


def newest(db: Database, holders: Collection[str], account: str, most: int = NEWEST) -> list[Question]:
    """The newest questions of a chat, the newest first."""
    return _find(db, holders, f"account = ? ORDER BY said DESC LIMIT {most}", account)


def offered(db: Database, holder: str, account: str, but: str) -> bool:
    """Whether choices of a step stood in a chat before, in another message than this one."""
    found = db.sql.execute(
        "SELECT 1 FROM question WHERE holder = ? AND account = ? AND key <> ? AND offers LIMIT 1",
        (holder, account, but),
    )
    return found.fetchone() is not None


def at(db: Database, holders: Collection[str], account: str, remote: str) -> Question | None:
    """The question that a message asks; any of its ids will do."""
    if not remote:
        return None
    within = "account = ? AND ',' || remote || ',' LIKE ? ESCAPE '\\' LIMIT 1"
    return next(iter(_find(db, holders, within, account, _within(remote))), None)


def answer(db: Database, question: Question, message: str) -> None:
    """Somebody has answered a question with this message."""
    pass_over(db, [question])
    db.sql.execute(
        "INSERT INTO typed (holder, account, remote, question) VALUES (?, ?, ?, ?) ON CONFLICT (holder, account, remote) "
        "DO UPDATE SET question = excluded.question",
        (question.holder, question.account, message, question.key),
    )


def answered(db: Database, holders: Collection[str], account: str, message: str) -> Question | None:
    """The question that was answered with a message; None where none was."""
    for holder in holders:
        row = db.sql.execute(
            "SELECT question FROM typed WHERE holder = ? AND account = ? AND remote = ?", (holder, account, message)
        ).fetchone()
        if row is not None:
            return next(iter(_find(db, (holder,), "key = ?", row[0])), None)
    return None


def pass_over(db: Database, found: Iterable[Question]) -> None:
    """Something was written below these questions."""
    db.sql.executemany("UPDATE question SET passed = 1 WHERE key = ?", [(q.key,) for q in found if not q.passed])


def forget(db: Database, holder: str) -> None:
    """What stands in this chat is not answered any more."""
    db.sql.execute("DELETE FROM question WHERE holder = ?", (holder,))
    db.sql.execute("DELETE FROM typed WHERE holder = ?", (holder,))


def _find(db: Database, holders: Collection[str], where: str, *given: str) -> list[Question]:
    marks = ", ".join("?" * len(holders))
    found = db.sql.execute(
        f"SELECT {_COLUMNS}, remote, passed, over FROM question WHERE holder IN ({marks}) AND {where}",
        (*holders, *given),
    )
    return [_read(db, row) for row in found]


def _read(db: Database, row: tuple[Any, ...]) -> Question:
    key, holder, account, room, sealed, _, lettered, asks, follows, remote, passed, over = row
    opened = db.vault.open(None if room else holder, sealed, f"question/{key}")
    presses, labels = json.loads(opened) if opened else ([], [])
    states = bool(lettered), asks, remote, bool(follows), bool(passed), bool(over)
    return Question(key, holder, account, presses, labels, bool(room), *states)


def _seal(db: Database, made: Question) -> bytes:
    choices = [list(made.presses), [list(forms) for forms in made.labels]]
    data = json.dumps(choices, ensure_ascii=False, separators=(",", ":")).encode()
    return db.vault.seal(None if made.room else made.holder, data, f"question/{made.key}")


def _offers(made: Question) -> bool:
    """Whether a step offers choices here."""
    return any(not press.startswith("-") for press in made.presses)


def _within(remote: str) -> str:
    plain = remote.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%,{plain},%"
