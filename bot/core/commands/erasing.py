"""What belongs to a person: a copy of everything that is kept of them, what they have agreed to, and that all of it is erased.

These serve everybody at any time, also those who have left.
"""

from __future__ import annotations

from dataclasses import replace

from bot.core.commands.call import Call
from bot.core.commands.leaving import go
from bot.core.effects import Forget, Grant, Lane, Withdraw
from bot.core.message import Block, Button, Own, Part, Plain, block, message, t
from bot.core.steps.consent import PURPOSES, Consent, Purpose

ERASE, KEEP = "yes", "no"


def mydata(call: Call) -> None:
    """Everything that is kept of this person, to read and for other programs."""
    said = message(t("This is everything that I keep of you, to read."))
    call.say(call.seat.unit, replace(said, enclosed=Own("text")), "data", Lane.ANSWER, quiet=False)
    again = message(t("And here the same for another program."))
    call.say(call.seat.unit, replace(again, enclosed=Own("json")), "data-json", Lane.ANSWER, quiet=False)


def consent(call: Call) -> None:
    """What this person has agreed to, purpose by purpose, with the other answer as a button."""
    asked = _purposes(call)
    if not asked:
        call.reply(
            t("This assembly asks for nothing beyond taking part. /leave ends that, /forget erases everything of you.")
        )
        return
    given: dict[str, bool] = call.turn.state.facts.get("consents", {})
    blocks: list[Block | Part] = [t("You have been asked for this. Each answer can be changed at any time.")]
    buttons = []
    for number, purpose in enumerate(asked, 1):
        answer = t("Your answer: yes.") if given.get(purpose) else t("Your answer: no.")
        blocks.append(block(Plain(f"{number}. "), PURPOSES[purpose], Plain(" "), answer, kind="item"))
        label = t("{number}: no longer", number=number) if given.get(purpose) else t("{number}: yes", number=number)
        buttons.append(Button(label, f"-consent:{purpose}:{'no' if given.get(purpose) else 'yes'}"))
    blocks.append(block(t("/leave ends your participation, /forget erases everything of you."), kind="note"))
    call.reply(*blocks, buttons=tuple(buttons))


def consented(call: Call) -> None:
    """Another answer to one purpose. What was exported before cannot be called back; later exports obey it."""
    purpose, _, answer = call.args.partition(":")
    if purpose not in _purposes(call) or answer not in ("yes", "no"):
        call.reply(t("This button does nothing any more. /help shows what you can do."))
        return
    call.turn.effects.append(Grant(call.seat.id, purpose, answer == "yes", call.flow.ref, call.seat.language))
    if answer == "yes":
        call.reply(t("Noted: yes. Thank you."))
    else:
        call.reply(
            t(
                "Noted: no. From now on nothing of yours is used for this. What was handed out before cannot be called back."
            )
        )


def forget(call: Call) -> None:
    """What erasing means, before it is done."""
    call.reply(
        t("Shall I erase everything that I keep of you? This cannot be undone."),
        block(t("Erased are your name, your account, and every word that you wrote, in all languages, and in our backups "
                "with the next one."), kind="item"),
        block(t("Your messages are deleted at your table, as far as the chat app allows."), kind="item"),
        block(t("What was counted stays counted. What was published without your name stays published."), kind="item"),
        block(t("What the chat app itself keeps, and what stands on your phone, only you can delete."), kind="item"),
        t("/mydata gives you a copy first."),
        buttons=(
            Button(t("Erase everything of me"), f"-forget:{ERASE}"),
            Button(t("Keep it"), f"-forget:{KEEP}"),
        ),
    )  # fmt: skip


def forgotten(call: Call) -> None:
    """The person has decided."""
    if call.args != ERASE:
        call.reply(t("Nothing was erased."))
        return
    if call.seat.status in ("active", "paused", "new"):
        go(
            call,
            "left",
            t("{name} has left and has taken back what they wrote. Please treat it as not said.", name=call.by),
        )
    call.turn.effects.append(Withdraw(call.seat.id))
    call.reply(
        t("Everything of you is being erased now. In ten minutes at the latest I know nothing of you any more. "
          "What the chat app does not let me delete stays with those who have read it. This is my last message; thank you for "
          "having been here."),
    )  # fmt: skip
    call.turn.effects.append(Forget(call.seat.id))


def _purposes(call: Call) -> tuple[Purpose, ...]:
    """What the flow asks for beyond taking part, in its order."""
    steps = (node.step for node in call.flow.nodes.values() if isinstance(node.step, Consent))
    return tuple(dict.fromkeys(purpose for step in steps for purpose in step.purposes))
