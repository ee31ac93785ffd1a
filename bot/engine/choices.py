"""Choices where there are no buttons to press: they stand in the text with their marks, and people write a mark or a label.

Invariants:

* A reply to a message with choices is meant for that message. A mark that stands alone is meant for the newest message of the
  chat that asked for anything; whether it may be for somebody else just now is for the core to see (`bot.core.routing`).
* In a room a mark that stands alone is talk: only a reply, or the whole label, chooses there. What a private chat asks is never
  answered in a room.
* Words that are no label choose nothing here: they may be an answer in words, which the core has confirmed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.core.message import Message
from bot.core.rendered import place_of
from bot.engine.house import House
from bot.engine.knock import Knock
from bot.language.catalog import Catalogs
from bot.language.render import Reader, render
from bot.store import copies, questions
from bot.store.database import Database
from bot.store.questions import Question
from bot.store.queue import OutboxRow


def note(
    db: Database, catalogs: Catalogs, row: OutboxRow, holder: str, account: str, said: Message, readers: Sequence[Reader],
    words: Mapping[str, str], names: Mapping[str, str],
) -> str:  # fmt: skip
    """Note what can be chosen in a message that leaves, or whose change does; the key under which that stands, "" for none."""
    asks = said.buttons or said.expects or said.asks
    if row.act not in ("say", "edit") or not (asks or row.act == "edit"):
        return ""
    shown = [render(said, reader, words, names, catalogs).buttons for reader in readers]
    labels = []
    for number in range(len(said.buttons)):
        forms = list(dict.fromkeys(buttons[number].label for buttons in shown))
        labels.append([questions.form(db, holder, label) for label in (*forms, " / ".join(forms))])
    presses = [button.press for button in said.buttons]
    key, lettered = f"{row.assembly}/{row.key}", said.expects == "number"
    made = Question(key, holder, account, presses, labels, lettered, said.asks)
    if row.act == "edit":
        questions.change(db, made, row.target)
        return ""
    questions.keep(db, made)
    return key


@dataclass(frozen=True, slots=True)
class Meant:
    """What somebody may mean by what they wrote. `press` is what it stands for; it is `sure` where they replied to the very
    message. With `asked` they reply in words to a question. `message` is the remote id of what they wrote."""

    question: Question
    message: str
    press: str = ""
    sure: bool = False
    asked: str = ""

    @property
    def holder(self) -> str:
        return self.question.holder


def meant(db: Database, house: House, knock: Knock, holders: Collection[str], *, room: bool = False) -> Meant | None:
    """What a typed message, or an edit of one, chooses in a chat; None where nothing."""
    incoming = knock.incoming
    plain = incoming.kind in ("message", "edit") and not (incoming.press or incoming.media or incoming.bar)
    text = incoming.text.strip()
    if knock.account not in house.numbered or not plain or not text or text.startswith("/"):
        return None
    own = incoming.message
    if incoming.kind == "edit":
        if any(copies.carried(db, holder, own, knock.account) for holder in holders):
            return None  # it was kept as what it said
        before = questions.answered(db, holders, knock.account, own)
        return _explicit(db, before, own, text) if before is not None else None
    if incoming.answers:
        asked = questions.at(db, holders, knock.account, incoming.answers)
        return _explicit(db, asked, own, text) if asked is not None else None
    newest = questions.newest(db, holders, knock.account)
    press = _chosen(db, newest, text, marks=not room) if newest is not None else ""
    if newest is None or not press:
        if not room:
            questions.pass_over(db, holders, knock.account)
        return None
    return Meant(newest, own, press, sure=room)


def _explicit(db: Database, question: Question, own: str, text: str) -> Meant | None:
    """A reply to a message with choices, or a change of an answer."""
    press = _chosen(db, question, text, marks=True)
    if press:
        return Meant(question, own, press, sure=True)
    return Meant(question, own, asked=question.asks) if question.asks else None


def _chosen(db: Database, question: Question, text: str, *, marks: bool) -> str:
    """The press that a mark or a label stands for; "" for none."""
    place = place_of(text, lettered=question.lettered) if marks else None
    if place is not None and place < len(question.presses):
        return question.presses[place]
    form = questions.form(db, question.holder, text)
    return next((p for p, forms in zip(question.presses, question.labels, strict=True) if form in forms), "")
