"""A translator asks an author what was meant, and what people type who translate, or answer a translator.

Invariant: the author stays nobody to the translator, and the translator to the author. Each reads what the other writes,
and no name.
"""

from __future__ import annotations

from dataclasses import replace

from bot.core.aiming import TO_TABLE, talking
from bot.core.commands.call import Call
from bot.core.commands.translating import ASK, LONGEST, gone, have
from bot.core.effects import Lane, Note
from bot.core.heard import Heard
from bot.core.holding import hold
from bot.core.holding import release as let_go
from bot.core.message import Block, Button, Lang, Part, Words, block, message, t
from bot.core.names import clean_text
from bot.core.spans import until
from bot.core.state import Contribution, Seat, Wanted
from bot.core.translation.translators import (
    TIME,
    log_line,
    meant,
    own,
    pointer,
    pressed,
    queue,
    take,
    taken,
    texts,
    translators,
)
from bot.core.turn import Turn

TELL = "-tell:"
"""What an author's focus begins with who answers a translator; the question follows, by its id."""

QUESTION = 300
"""How long a question to an author may be, in characters."""


def question_of(press: str, focus: str) -> str:
    """The question of a translator that an author answers, by its id; "" for none."""
    return next((each.split(":")[1] for each in (press, focus) if each.startswith(TELL)), "")


def ask(call: Call) -> None:
    """The translator wants to ask the author: what they type next is the question."""
    wanted = have(call, meant(call.args))
    if wanted is None:
        return
    call.turn.put(replace(call.seat, focus=f"{ASK}{meant(call.args)}"))
    call.reply(
        t("What do you want to ask? Write one short question here, in {language}.", language=Lang(wanted.source)),
        block(t("The author reads your question and no name; you read the answer and no name."), kind="note"),
        instead=False,
    )


def tell(call: Call) -> None:
    """The author presses: they will answer, or rather not."""
    id, _, yes = call.args.partition(":")
    question = call.turn.state.facts.get("question")
    if not isinstance(question, Contribution) or question.id != id:
        call.reply(t("This is closed now, so nothing was changed."), instead=False)
    elif yes == "yes":
        call.turn.put(replace(call.seat, focus=f"{TELL}{id}"))
        call.reply(t("Please write your answer here. It goes to the translator, and to nobody else."), instead=False)
    else:
        told = message(t("The author does not want to answer your question."))
        call.say(f"seat:{question.seat}", told, "untold", Lane.ANSWER, quiet=False)
        call.reply(t("That is fine. The translator goes on without it."))


def told(call: Call) -> None:
    """The author has said that what they typed is the answer."""
    given = let_go(call.turn, call.seat, call.args)
    if given is not None:
        _answer(call, given.text)


def awaited(turn: Turn, seat: Seat, event: Heard) -> bool:
    """Take what somebody typed who has a text, a question to ask or one to answer. False where it is nothing of that."""
    call = Call(turn, seat, event, "trans")
    if seat.role == "translator":
        return _typed(call)
    if not seat.focus.startswith(TELL):
        return False
    if talking(turn, seat) is None:
        _answer(call, event.text)
        return True
    hold(turn, seat, event.contribution, event.text, event.answers, at=event.at)
    call.reply(
        t("Is this your answer to the translator, or is it for your table?"),
        block(Words(event.contribution), kind="quote"),
        buttons=(
            Button(t("It is my answer"), f"-tells:{event.contribution}"),
            Button(t("Send it to my table"), f"{TO_TABLE}:{event.contribution}"),
        ),
    )
    return True


def _typed(call: Call) -> bool:
    """The translator writes: a question, or a translation."""
    seat, asks = call.seat, call.seat.focus.startswith(ASK)
    mine = own(seat, queue(call.turn.state), call.turn.now)
    if mine is None:
        if asks:
            call.turn.put(replace(seat, focus=""))
        return False
    cleaned = clean_text(call.event.text, QUESTION if asks else LONGEST)
    if cleaned.problem is not None or not cleaned.text:
        call.reply(cleaned.problem or t("Please write it in words."))
        return True
    id, name = call.event.contribution, pointer(mine)
    if asks and seat.focus == f"{ASK}{name}":
        _put_question(call, id, name, cleaned.text, mine)
        return True
    hold(call.turn, seat, id, cleaned.text, name)
    call.reply(
        t("Your translation:"),
        block(Words(id), kind="quote"),
        buttons=(
            Button(t("Release"), f"-release:{id}:{pressed(name)}"),
            Button(t("Write it anew"), f"-anew:{pressed(name)}"),
        ),
    )
    return True


def _put_question(call: Call, id: str, name: str, text: str, wanted: Wanted) -> None:
    found = texts(call.turn.state).get(name)
    call.turn.put(replace(call.seat, focus=""))
    if found is None or found.given is None or not found.stands:
        gone(call, name, wanted)
        return
    hold(call.turn, call.seat, id, text, name)
    take(call.turn, call.seat, wanted)
    asked = message(
        t("A translator asks you about what you wrote:"),
        block(Words(found.given.id), kind="quote"),
        t("The question:"),
        block(Words(id), kind="quote"),
        block(t("Your answer goes to the translator alone, who does not learn who you are."), kind="note"),
        buttons=(Button(t("Answer"), f"{TELL}{id}:yes"), Button(t("I would rather not"), f"{TELL}{id}:no")),
    )
    call.say(f"seat:{found.given.seat}", asked, "asked")
    call.turn.take([Note("author_asked", call.seat.id, log_line(wanted))])
    when = until(call.turn.now + TIME, call.turn.now)
    call.reply(t("The author is asked. The text is yours until {when}.", when=when))


def _answer(call: Call, text: str) -> None:
    """The author's answer goes to the translator, who gets time to read it."""
    question = call.turn.state.facts.get("question")
    cleaned = clean_text(text, LONGEST)
    if cleaned.problem is not None or not cleaned.text:
        call.reply(cleaned.problem or t("Please write it in words."))
        return
    if call.seat.focus.startswith(TELL):
        call.turn.put(replace(call.seat, focus=""))
    if not isinstance(question, Contribution):
        call.reply(t("This is closed now, so nothing was changed."))
        return
    id = call.event.contribution
    hold(call.turn, call.seat, id, cleaned.text, question.target)
    found = texts(call.turn.state).get(question.target)
    wanted = found.wanted if found is not None else None
    blocks: list[Block | Part] = [t("The author answers:"), block(Words(id), kind="quote")]
    if wanted is not None and taken(wanted, call.turn.now) == question.seat:
        mine = _prolong(call, wanted, question.seat)
        if mine.until is not None:
            blocks.append(t("The text is yours until {when}.", when=until(mine.until, call.turn.now)))
    elif wanted is not None and wanted.state != "done":
        blocks.append(t("The text has gone back to the queue meanwhile. /trans shows it."))
    call.say(f"seat:{question.seat}", message(*blocks), "answer", Lane.ANSWER, quiet=False)
    call.turn.take([Note("author_answered", data={"contribution": question.target.partition("@")[0]})])
    call.reply(t("Thank you. Your answer has gone to the translator."))


def _prolong(call: Call, wanted: Wanted, seat: str) -> Wanted:
    holder = next((each for each in translators(call.turn.state) if each.id == seat), None)
    return take(call.turn, holder, wanted) if holder is not None else wanted
