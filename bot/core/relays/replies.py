"""What people at a table answer to what another one said.

Invariants:

* An answer is a contribution of its author's (kind `reply`; its `target` is what it answers: words, or a whole digest). It is
  read at the author's own table at once, and elsewhere only once it is approved (`bot.core.relays.answering`).
* It can be changed until it is drafted: nothing changes of what somebody approves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.core.drafts.draft import members
from bot.core.effects import Amend, Effect, Keep, Lane, Put, Recall, Say, Withdraw
from bot.core.heard import Heard
from bot.core.helped import with_help
from bot.core.ids import derive
from bot.core.message import Button, Message, Name, Part, Words, block, t
from bot.core.names import clean_name, clean_text
from bot.core.relays.bringing import arrivals
from bot.core.relays.exchange import Moves, answers_to, data_of, ends_at, number_in, numbered, ring, taken_back
from bot.core.retelling import standing
from bot.core.scene import Scene
from bot.core.series import focus_on
from bot.core.spans import until
from bot.core.state import Contribution, Digest, DigestSentence
from bot.core.talk import hide_button, table_of

EACH = 3
"""How many answers one person gives to one digest."""

LENGTH = 1000
"""How many characters an answer has at most: it is read whole, on a phone."""

NOTICE = timedelta(seconds=60)
"""The notice that is given when a window ends early."""

PRESSES = ("answer", "enough", "unsay")
"""What the buttons for answers say."""

_NUMBER = re.compile(r"\s*(\d{1,2})\s*[.:)\-–]\s*(?=\S)")
"""The number of a sentence in front of an answer, with a sign behind it: "2. Not at our place"."""


def hear(at: Scene, heard: Heard) -> Iterator[Effect]:
    """A button for answers, or words."""
    what = [*heard.press.split(":"), "", "", "", ""]
    asked = [*(heard.asked or at.seat.focus).split(":"), "", ""]
    named = (what[3], what[4]) if heard.press else (asked[1], asked[2])
    if what[1] == "unsay":
        yield from _unsay(at, heard, what[3])
        return
    digest = next((each.digest for each in arrivals(at) if each.digest.id == named[0]), None)
    ends = ends_at(data_of(at), named[0])
    if digest is None or ends is None or at.stage is None or at.stage.state != "open":
        yield from focus_on(at, "")
        yield _tell(at, heard, at.message(t("The time for answers is over, so nothing was kept.")))
    elif at.seat.id not in members(table_of(at)):
        said = t("The members of the table answer. Their answers come to whoever leads the table, to be approved.")
        yield _tell(at, heard, at.message(said))
    elif what[1] == "enough":
        yield from _enough(at, heard, digest, ends)
    elif what[1] == "answer":
        yield from _ask(at, heard, digest, named[1], ends)
    else:
        yield from _take(at, heard, digest, named[1])


def edited(at: Scene, given: Contribution, text: str, key: str) -> Iterator[Effect]:
    """An answer has new words, as long as its window is open: once it is drafted, nothing changes that somebody approves."""
    cleaned = clean_text(text, LENGTH)
    if ends_at(data_of(at), data_of(at).get("given", {}).get(given.id, "")) is None:
        said = at.message(t("The time for answers is over, so what you wrote first still stands."))
    elif cleaned.problem is not None or not clean_name(cleaned.text):
        why = cleaned.problem or t("I see no text there. Please write it in words.")
        said = at.message(why, t("What you wrote first still stands."))
    else:
        quote = block(Words(given.id), kind="quote")
        shown = at.message(block(Name(given.seat)), quote, block(t("(edited)"), kind="note"))
        instead = at.message(block(t("This has been changed:"), kind="note"), block(Name(given.seat)), quote)
        yield Amend(given.seat, given.id, cleaned.text, replace(shown, about=given.id), instead, at.key("edit", key))
        said = at.message(t("Changed. Your answer is now:"), quote, buttons=(_back(at, given.id),))
    yield Say(at.seat.unit, said, at.key("edit", key), Lane.ANSWER, quiet=False)


def _ask(at: Scene, heard: Heard, digest: Digest, number: str, ends: datetime) -> Iterator[Effect]:
    """Ask for the words."""
    sentence = numbered(digest, number)
    if sentence is None:
        return
    if taken_back(at, digest, int(number)):
        yield _tell(at, heard, at.message(t("Whoever wrote this has taken it back, so there is nothing to answer.")))
        return
    blocks = [block(t("What would you like to answer to this?")), block(_read(at, digest, sentence), kind="quote")]
    note = t("Please write it here in one message, until {when}. Your table reads it too.", when=until(ends, at.now))
    asks = f"{at.step}:{digest.id}:{number}"
    yield _tell(at, heard, at.message(*blocks, block(note, kind="note"), expects="text", asks=asks))
    yield from focus_on(at, asks)


def _take(at: Scene, heard: Heard, digest: Digest, number: str) -> Iterator[Effect]:
    """Keep what was written, whole; or say why not."""
    text = heard.text
    if not number and (typed := _NUMBER.match(text)) and numbered(digest, typed[1]) is not None:
        number, text = typed[1], text[typed.end() :]
    sentence = numbered(digest, number)
    asks = f"{at.step}:{digest.id}:{number if sentence is not None else ''}"
    cleaned = clean_text(text, LENGTH)
    mine = [r for r in answers_to(at, digest) if r.seat == at.seat.id]
    problem: Part | None = cleaned.problem
    if problem is None and not clean_name(cleaned.text):
        problem = t("I see no text there. Please write it in words.")
    if len(mine) >= EACH:
        full = t("This one was not kept: you have given {n} answers, and that is all there is room for.", n=len(mine))
        yield _tell(at, heard, at.message(full, t("You can take one of them back and write again.")))
    elif problem is not None:
        yield _tell(at, heard, at.message(problem, t("It was not kept yet."), expects="text", asks=asks))
    else:
        seat, target = at.seat, sentence.worded if sentence is not None else digest.id
        given = Contribution(
            heard.contribution, at.step, table_of(at).id, seat.site, seat.id, "reply", cleaned.text, at.now, seat.language,
            target=target, helped=seat.helped,
        )  # fmt: skip
        yield Keep(given)
        yield from focus_on(at, "")
        yield _tell(at, heard, _kept(at, digest, given))
        yield _pass_on(at, digest, given)
        data = data_of(at)
        data["given"] = {**data.get("given", {}), given.id: digest.id}
        data = yield from _early(at, data, digest, {r.seat for r in answers_to(at, digest)} | {seat.id})
        yield Put(at.with_data(**data))


def _kept(at: Scene, digest: Digest, given: Contribution) -> Message:
    """What its author reads."""
    number = number_in(digest, given.target)
    about = t("Kept, as an answer to all of it:")
    if number:
        about = t("Kept, as an answer to sentence {number}:", number=number)
    goes = t("It goes to the other table once whoever leads your table has approved it.")
    more = t("To add something, press the button of a sentence once more.")
    words = block(Words(given.id), kind="quote")
    blocks = [*with_help(at.seat), block(about), words, block(goes, " ", more, kind="note")]
    enough = Button(t("That is all"), at.press("enough", "", digest.id, ""))
    return at.message(*blocks, buttons=(_back(at, given.id), enough))


def _back(at: Scene, id: str) -> Button:
    return Button(t("Take back"), at.press("unsay", "", id, ""))


def _pass_on(at: Scene, digest: Digest, given: Contribution) -> Say:
    """The author's own table reads it at once."""
    table, number = table_of(at), number_in(digest, given.target)
    who = t("{name} answers to all of it:", name=Name(given.seat))
    if number:
        who = t("{name} answers to sentence {number}:", name=Name(given.seat), number=number)
    said = replace(at.message(block(who), block(Words(given.id, own=True), kind="quote")), about=given.id)
    leading = (hide_button(table, given.id),) if table.staff else ()
    return Say(table.unit, said, at.key("reply", given.id), Lane.TALK, (given.seat,), leading=leading)


def _enough(at: Scene, heard: Heard, digest: Digest, ends: datetime) -> Iterator[Effect]:
    data = data_of(at)
    through = data.get("through", {})
    mine = dict.fromkeys((*through.get(digest.id, ()), at.seat.id))
    data = {**data, "through": {**through, digest.id: list(mine)}}
    said = t("Thank you. If something comes to your mind, you can still answer until {when}.", when=until(ends, at.now))
    yield _tell(at, heard, at.message(said))
    yield from focus_on(at, "")
    data = yield from _early(at, data, digest, {r.seat for r in answers_to(at, digest)})
    yield Put(at.with_data(**data))


def _unsay(at: Scene, heard: Heard, id: str) -> Iterator[Effect]:
    given = next((r for r in at.facts["replies"] if r.id == id and r.seat == at.seat.id), None)
    if given is None:
        yield _tell(at, heard, at.message(t("You have taken this back already.")))
        return
    yield Withdraw(at.seat.id, id)
    yield Recall(id, given.table, at.key("unsay", id))
    gone = any(
        id in s.sources for d in at.facts["answers"] if d.state == "approved" for s in standing(d) if not s.left_out
    )
    said = t("Taken back. Your table may already have read it.")
    if gone:
        said = t(
            "Taken back. The other table may already have read it: it is told that you have taken it back, and your words are "
            "removed there where the chat app lets me."
        )
    yield _tell(at, heard, at.message(said))


def _early(at: Scene, data: dict[str, Any], digest: Digest, authors: set[str]) -> Moves:
    """Everybody has answered, or has nothing to add: the window ends in a minute."""
    through = {*data.get("through", {}).get(digest.id, ()), *authors}
    ends, ending = ends_at(data, digest.id), data.get("ending", [])
    here = {m.id for m in table_of(at).reached}
    if ends is None or digest.id in ending or not here <= through or ends - at.now <= NOTICE:
        return data
    said = t(
        "Everybody has answered or has nothing to add. In one minute the answers go to whoever leads the table; until then you "
        "can still write one."
    )
    yield Say(at.unit, at.message(said), at.key("ending", digest.id))
    yield ring(at, digest.id, at.now + NOTICE, "answers_early")
    windows = {**data["windows"], digest.id: (at.now + NOTICE).isoformat()}
    return {**data, "windows": windows, "ending": [*ending, digest.id]}


def _read(at: Scene, digest: Digest, sentence: DigestSentence) -> Words:
    """A sentence as this person reads it: in their language, where there is a translation into it."""
    return Words(f"{sentence.worded}@{at.seat.language}")


def _tell(at: Scene, heard: Heard, message: Message) -> Say:
    return Say(at.seat.unit, message, at.key("told", at.seat.id, derive(heard.id)), Lane.ANSWER, quiet=False)
