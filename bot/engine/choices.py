"""Choices where there are no buttons to press: they stand in the text with their marks, and people write a mark or a label.

Invariants:

* A reply to a message with choices is meant for that message. What stands alone is meant for the newest message of the chat that
  asked for anything, or, where that one cannot be meant, for one above it that still waits for an answer. Where a question of
  another step, or of another person for whom somebody answers here, may be meant just as well, nobody guesses: they are asked to
  reply to the one that they mean. But who has begun with one goes on with it. Whether it may be for somebody else just now is
  for the core to see (`bot.core.aiming`).
* In a room a mark that stands alone chooses only right below the choices; anywhere else it is talk. What a private chat asks is
  never answered in a room.
* Words that are no label choose nothing here: they may be an answer in words, which the core has confirmed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.aiming import AT_ONCE, INVITATION
from bot.core.asking import NOT_UNDERSTOOD
from bot.core.briefing import ASK
from bot.core.effects import Lane
from bot.core.message import Message, block, t
from bot.core.rendered import places_of
from bot.engine.house import House
from bot.engine.knock import Knock
from bot.language.catalog import Catalogs
from bot.language.render import Reader, render
from bot.store import copies, courses, people, questions
from bot.store.database import Database
from bot.store.questions import Question
from bot.store.queue import OutboxRow

WHICH = t(
    "More than one question waits for you here, and I do not know which of them this answers. Please reply to the message that "
    "you mean. Nothing was counted, and nothing was sent to anybody."
)
BY_NUMBER = t("To choose, write the number that stands before it.")
BY_LETTER = t("To choose, write the letter that stands before it.")
BY_REPLY = t("To choose, reply to this message with the number that stands before it.")

_LISTED = re.compile(r"[,;\n،、，]")


def explained(db: Database, row: OutboxRow, holder: str, account: str, said: Message, *, room: bool) -> Message:
    """The message, and how to choose, where these are the first choices in a chat, or somebody has not chosen as one can; what is
    only a way back needs no word."""
    offers = any(not b.press.startswith("-") or _step(b.press) in INVITATION for b in said.buttons)
    lost = said.blocks[:1] == (block(NOT_UNDERSTOOD),)
    if row.act != "say" or not offers or (not lost and questions.offered(db, holder, account, but=_key(row))):
        return said
    how = BY_REPLY if room else BY_LETTER if said.expects == "number" else BY_NUMBER
    return replace(said, blocks=(*said.blocks, block(how, kind="note")))


def note(
    db: Database, catalogs: Catalogs, row: OutboxRow, holder: str, account: str, said: Message, readers: Sequence[Reader],
    words: Mapping[str, str], names: Mapping[str, str],
) -> str:  # fmt: skip
    """Note what can be chosen in a message that leaves, or whose change does; the key under which that stands, "" for none. What
    somebody says in a room stands below the choices there."""
    if row.act == "say" and row.about and row.seat is None:
        questions.pass_over(db, questions.newest(db, (holder,), account, most=1))
    asks = said.buttons or said.expects or said.asks
    if row.act not in ("say", "edit") or not (asks or row.act == "edit"):
        return ""
    shown = [render(said, reader, words, names, catalogs).buttons for reader in readers]
    labels = []
    for number in range(len(said.buttons)):
        forms = list(dict.fromkeys(buttons[number].label for buttons in shown))
        labels.append([questions.form(label) for label in (*forms, " / ".join(forms))])
    presses = [button.press for button in said.buttons]
    key, lettered = _key(row), said.expects == "number"
    follows, room = row.lane == Lane.ANSWER, row.seat is None
    made = Question(key, holder, account, presses, labels, room, lettered, said.asks, follows=follows)
    if row.act == "edit":
        questions.change(db, made, row.target)
        return ""
    questions.keep(db, made)
    return key


def _key(row: OutboxRow) -> str:
    return f"{row.assembly}/{row.key}"


@dataclass(frozen=True, slots=True)
class Meant:
    """What somebody may mean by what they wrote. `press` is what it stands for; it is `sure` where nothing else can be meant.
    `aside` says that something else was written or asked since; `unclear` that another question may be meant just as well.
    With `asked` they reply in words to a question. `message` is the remote id of what they wrote."""

    question: Question
    message: str
    press: str = ""
    sure: bool = False
    aside: bool = False
    unclear: bool = False
    asked: str = ""

    @property
    def holder(self) -> str:
        return self.question.holder


def meant(db: Database, house: House, knock: Knock, holders: Collection[str]) -> Meant | None:
    """What a message that was typed in a private chat, or an edit of one, chooses there; None where nothing. `holders` are the
    seats of the chat."""
    text = _typed(house, knock)
    if not text:
        return None
    account, own = knock.account, knock.incoming.message
    if _points(db, knock, holders):
        return _explicit(db, knock, holders, text)
    found = questions.newest(db, holders, account)
    if found and not found[0].remote:
        return None  # nobody knows whether it was seen
    fits = [(q, press) for q in found if not q.over and (press := _chosen(db, q, text))]
    fits = [(q, press) for q, press in fits if q is found[0] or _expected(db, house, q, press)]
    fits = [(q, press) for q, press in fits if _step(press) != ASK] or fits  # it stands under a talk, and asks nothing
    fits = [(q, press) for q, press in fits if not (q.passed and _step(press) in AT_ONCE)] or fits  # that is over
    if not fits:
        questions.pass_over(db, found)
        return None
    question, press = fits[0]
    aside = question.passed or question is not found[0]
    step = _step(press)
    begun = not aside and question.follows and not press.startswith(f"{step}:change:")
    others = ((q.holder, _step(p)) for q, p in fits[1:] if _step(p) not in INVITATION)  # which wait for nobody
    unclear = not begun and any(other != (question.holder, step) for other in others)
    return Meant(question, own, press, aside=aside, unclear=unclear)


def meant_in_room(db: Database, house: House, knock: Knock, room: str, seat: str) -> Meant | None:
    """What a message that was typed in a room chooses; None where nothing. Where it would answer a question of the author's own
    chat, that one's press, which does not count here."""
    text = _typed(house, knock)
    if not text:
        return None
    account, own = knock.account, knock.incoming.message
    if _points(db, knock, (room,)):
        return _explicit(db, knock, (room,), text)
    newest = questions.newest(db, (room,), account, most=1)
    for question in newest:
        press = _chosen(db, question, text) if question.remote and not question.over else ""
        marked = bool(places_of(text, lettered=question.lettered))
        if press and not (marked and question.passed):
            return Meant(question, own, press, sure=True)
    questions.pass_over(db, newest)
    for question in questions.newest(db, (seat,), account, most=1):
        if (press := _chosen(db, question, text)) and _waits(db, house, question, _step(press)):
            return Meant(question, "", press)
    return None


def _typed(house: House, knock: Knock) -> str:
    """The words of a message in which somebody may choose by writing; "" for any other."""
    incoming = knock.incoming
    plain = incoming.kind in ("message", "edit") and not (incoming.press or incoming.media or incoming.bar)
    text = incoming.text.strip() if plain and knock.account in house.numbered else ""
    return "" if text.startswith("/") else text


def _points(db: Database, knock: Knock, holders: Collection[str]) -> bool:
    """Whether a message says by itself what it is about: it changes an earlier one, or replies to a question or to what somebody
    has said. A reply to anything else stands alone."""
    incoming, account, to = knock.incoming, knock.account, knock.incoming.answers
    if incoming.kind == "edit" or not to:
        return incoming.kind == "edit"
    said = any(copies.carried(db, holder, to, account) for holder in holders)
    return said or questions.at(db, holders, account, to) is not None


def _explicit(db: Database, knock: Knock, holders: Collection[str], text: str) -> Meant | None:
    """A reply to a question, or a change of the message that has answered one: that one is meant."""
    incoming, account = knock.incoming, knock.account
    own = incoming.message
    if incoming.kind == "edit":
        if any(copies.carried(db, holder, own, account) for holder in holders):
            return None  # it was kept as what it said
        question = questions.answered(db, holders, account, own)
    else:
        question = questions.at(db, holders, account, incoming.answers)
    if question is None:
        return None
    press = _chosen(db, question, text)
    if press:
        return Meant(question, own, press, sure=True)
    return Meant(question, own, asked=question.asks) if question.asks else None


def _chosen(db: Database, question: Question, text: str) -> str:
    """The press that marks or a label stand for; "" for none."""
    places = places_of(text, lettered=question.lettered)
    if places and max(places) < len(question.presses):
        return _together([question.presses[place] for place in places])
    labels = {form: p for p, forms in zip(question.presses, question.labels, strict=True) for form in reversed(forms)}
    said = [questions.form(text)]
    if said[0] not in labels:
        said = [questions.form(part) for part in _LISTED.split(text)]
    return _together([labels[form] for form in said]) if all(form in labels for form in said) else ""


def _together(presses: Sequence[str]) -> str:
    """Several presses as one, where they are options of a question that takes several: these and no others; "" where not."""
    if len(presses) == 1:
        return presses[0]
    parts = [press.rpartition(":") for press in presses]
    if any(option[:1] not in ("+", "-") for _, _, option in parts):
        return ""
    return f"{parts[0][0]}:={','.join(option[1:] for _, _, option in parts)}"


def _expected(db: Database, house: House, question: Question, press: str) -> bool:
    """Whether an older question still expects an answer: what a step has asked does so until it is answered, an invitation into a
    room until something else is written. Nobody goes back to the buttons under other messages."""
    if not question.remote:
        return False
    if _step(press) in INVITATION:
        seat = people.load_seat(db, question.holder)
        return not question.passed and seat is not None and not seat.room
    return _waits(db, house, question, _step(press))


def _waits(db: Database, house: House, question: Question, step: str) -> bool:
    """Whether a step still waits for an answer of the seat to which this question was put: what has closed does not, unless
    it is taken late."""
    assembly = question.key.partition("/")[0]
    stage = courses.load_stage(db, assembly, step, f"seat:{question.holder}")
    seat = people.load_seat(db, question.holder)
    if stage is None or stage.state != "open" or seat is None:
        return False
    flow = house.flow(db, assembly)
    course, node = courses.load_course(db, assembly, flow.course_of(seat.site)), flow.nodes.get(step)
    late = node is not None and node.step.self_paced and node.step.late == "accept"
    return late or (course is not None and step in course.open)


def _step(press: str) -> str:
    return press.partition(":")[0]
