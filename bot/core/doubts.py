"""In doubt, ask. What somebody wrote may be the answer to a question, or for their table: it is held, and goes nowhere until they
have said where.
"""

from __future__ import annotations

from dataclasses import replace

from bot.core import voices
from bot.core.aiming import (
    KEEP_BACK,
    TO_ANSWER,
    TO_TABLE,
    asked,
    closed,
    hear,
    just_closed,
    say_aside,
    takes,
    talking,
    target,
    tell,
    unanswered,
)
from bot.core.effects import Redraw
from bot.core.heard import PICK, Heard
from bot.core.holding import hold, release
from bot.core.itinerary import Node
from bot.core.message import Block, Button, Words, block, message, t
from bot.core.names import clean_text
from bot.core.state import Seat
from bot.core.turn import Turn


def ask_which(turn: Turn, seat: Seat, event: Heard, question: Node | None) -> None:
    """Ask what was meant: an answer to this question, if one waits, or something for the table. Nothing but marks that a question
    does not offer are no answer to it, yet most likely meant as one."""
    cleaned, id = clean_text(event.text), event.contribution
    if cleaned.problem is not None or not (cleaned.text or event.media):
        problem = cleaned.problem or t("I can pass on text only. Please write what you want to say.")
        tell(turn, seat, f"which/{event.id}", problem)
        return
    hold(turn, seat, id, cleaned.text, event.answers, event.media, event.at)
    to_table = Button(t("Send it to my table"), f"{TO_TABLE}:{id}")
    if question is None:
        text = t("Your table meets in its room, and you are there. Send this to your table?")
        buttons = (to_table, Button(t("Do not send"), f"{KEEP_BACK}:{id}"))
    elif just_closed(turn, seat, event.at) == question and (
        question.step.lasting or target(turn, seat, question.id, event.at) is None
    ):
        text = t("The question above has closed, so this cannot answer it any more. Send it to your table?")
        buttons = (to_table, Button(t("Do not send"), f"{KEEP_BACK}:{id}"))
    elif not takes(question, event) or asked(turn, seat, event.at) is None:
        text = t("A question above still waits for your answer. Send this to your table?")
        buttons = (to_table, Button(t("Do not send"), f"{KEEP_BACK}:{id}"))
    elif f":{voices.SENTENCE}:" in seat.focus:
        text = t("Is this the sentence for your voice note, or is it for your table?")
        buttons = (Button(t("It is my sentence"), f"{TO_ANSWER}:{id}"), to_table)
    else:
        text = t("Is this your answer to the question above, or is it for your table?")
        buttons = (Button(t("It is my answer"), f"{TO_ANSWER}:{id}"), to_table)
    quote: tuple[Block, ...] = (block(Words(id), kind="quote"),) if cleaned.text else ()
    tell(turn, seat, f"which/{event.id}", text, *quote, buttons=buttons)


def ask_meant(turn: Turn, seat: Seat, event: Heard) -> None:
    """Ask what a mark or a label means: a choice from a list, or words for the table or for another question."""
    id = event.contribution
    hold(turn, seat, id, event.text, event.answers, at=event.at)
    choice = f"{PICK}:{id}:{event.pick}"
    if talking(turn, seat) is not None:
        text = t("Is this your answer to the question above, or is it for your table?")
        buttons = (Button(t("It is my answer"), choice), Button(t("Send it to my table"), f"{TO_TABLE}:{id}"))
    else:
        text = t("Is this an answer in your own words, or do you choose it from a list above?")
        buttons = (
            Button(t("It is my answer in words"), f"{TO_ANSWER}:{id}"),
            Button(t("I choose it from the list"), choice),
        )
    tell(turn, seat, f"which/{event.id}", text, block(Words(id), kind="quote"), buttons=buttons)


def told_which(turn: Turn, seat: Seat, event: Heard) -> Heard | None:
    """The author has said where the held text goes. It counts as said when it was typed, and keeps its id. Where it is a choice,
    the press that it stands for."""
    step, _, rest = event.press.partition(":")
    id = rest.partition(":")[0]
    held = turn.state.facts.get("held", {}).get(id)
    at = held.at if held is not None else event.at
    found = asked(turn, seat, at) if step == TO_ANSWER else talking(turn, seat)
    if found is None and step != PICK:
        closed(turn, seat, event)
        return None
    given = release(turn, seat, id)
    if given is None:
        tell(turn, seat, f"which/{event.id}", t("You have answered this already, so nothing was changed."))
        return None
    words = (block(Words(id), kind="quote"),) if given.text and step in (TO_TABLE, TO_ANSWER) else ()
    where = {
        TO_TABLE: t("For your table:"),
        TO_ANSWER: t("Your answer:"),
        PICK: t("This was taken as your answer."),
        KEEP_BACK: t("It was not sent to anybody."),
    }
    said = message(where[step], *words)
    turn.effects.append(Redraw((seat.id,), said, f"which/{event.id}"))
    if step == PICK:
        return replace(event, at=given.at, press=event.carried, message="", choices="")
    if step == KEEP_BACK or found is None:
        return None
    if step == TO_TABLE and f":{voices.SENTENCE}:" in seat.focus:
        turn.put(replace(seat, focus=""))
    missed = (unanswered(turn, seat, given.at) or just_closed(turn, seat, given.at)) if step == TO_TABLE else None
    if missed is not None:
        say_aside(turn, seat, missed)
    heard = Heard(event.id, seat.id, given.at, given.text, answers=given.target, media=given.media, kept=given.id)
    hear(turn, found, heard)
    return None
