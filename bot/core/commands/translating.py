"""What translators do: `/trans` shows what waits, `/release` sends a translation to its readers.

Invariants:

* A translation goes out only when its translator releases it; what they type is shown to them before.
* The author of the words stays nobody to the translator, and the translator to the author: each reads what the other writes, and
  no name.
* Every act stands in the log.
"""

from __future__ import annotations

from dataclasses import replace

from bot.core.commands.call import Call
from bot.core.commands.worksheet import show
from bot.core.effects import Note, Put, Retell, Wake, Want
from bot.core.events import Queued
from bot.core.ids import derive
from bot.core.message import Lang, Part, Phrase, Several, block, t, tn
from bot.core.names import clean_text
from bot.core.retelling import MEMORY
from bot.core.state import Contribution, Translated, Wanted
from bot.core.translation import doubting
from bot.core.translation.translators import (
    LANGUAGES,
    can,
    for_seat,
    languages,
    log_line,
    meant,
    own,
    pointer,
    queue,
    take,
    taken,
    texts,
    translators,
)

NAMING = ("-take", "-release", "-ask", "-cannot", "-withdraw", "-anew", "-doubt")
"""The buttons that name a text."""

LONGEST = 4000
"""How long a translation may be, in characters."""

ASK = "-ask:"
"""What a translator's focus begins with who has been asked for a question to an author."""


def named_in(press: str) -> tuple[str, ...]:
    """The texts (`contribution@language`) that a button names."""
    what, *rest = press.split(":")
    return tuple(meant(part) for part in rest if "~" in part) if what in NAMING else ()


# Commands


def trans(call: Call) -> None:
    """`/trans` shows the text that one has taken, else what came first; `/trans de fr` says which languages one reads."""
    if call.args:
        _languages(call)
        return
    waits = queue(call.turn.state)
    mine = own(call.seat, waits, call.turn.now)
    first = mine or next(iter(for_seat(call.seat, waits, call.turn.now)), None)
    if first is None:
        read = Several(tuple(Lang(code) for code in languages(call.seat)))
        call.reply(
            t("No text waits for you now. You are told here when one does."),
            block(t("You read: {languages}. To change that, write for example: {example}", languages=read,
                    example=_example(call)), kind="note"),
        )  # fmt: skip
        return
    _shown(call, first)


def release(call: Call) -> None:
    """`/release TEXT` sends this translation to its readers, `/release` alone the draft as it stands."""
    mine = own(call.seat, queue(call.turn.state), call.turn.now)
    if mine is None:
        call.reply(t("You have no text now. /trans shows what waits."))
        return
    cleaned = clean_text(call.args, LONGEST)
    if cleaned.problem is not None:
        call.reply(cleaned.problem)
        return
    _release(call, pointer(mine), mine, cleaned.text)


def texts_waiting(call: Call) -> Part | None:
    """How many texts wait for this translator; None where none does."""
    waits = queue(call.turn.state)
    if own(call.seat, waits, call.turn.now) is not None:
        return t("You have a text: /trans shows it.")
    mine = for_seat(call.seat, waits, call.turn.now)
    if not mine:
        return None
    return tn(
        "{n} text waits for you: /trans shows it.", "{n} texts wait for you: /trans shows the first.", n=len(mine)
    )


# Buttons


def take_pressed(call: Call) -> None:
    """Take a text."""
    wanted = have(call, meant(call.args))
    if wanted is not None:
        _shown(call, wanted)


def release_pressed(call: Call) -> None:
    """Release what was typed (`-release:HELD:TEXT`), or the draft (`-release::TEXT`)."""
    id, _, press = call.args.partition(":")
    name = meant(press)
    wanted = have(call, name)
    if wanted is None:
        return
    written = call.turn.state.facts.get("written")
    if not id:
        _release(call, name, wanted, "")
    elif isinstance(written, Contribution) and written.id == id and written.target == name and written.state == "live":
        _release(call, name, wanted, written.text)
    else:
        call.reply(t("This is done already, so nothing was changed."), instead=False)


def anew(call: Call) -> None:
    """What was typed is not it yet."""
    call.reply(t("Then please write it once more, all of it. Nothing was sent to anybody."))


def cannot(call: Call) -> None:
    """Give a text back: somebody else gets it."""
    name = meant(call.args)
    wanted = _open(call, name)
    if wanted is None:
        return
    back = replace(wanted, state="waiting", taken_by="", until=None, refused=(*wanted.refused, call.seat.id))
    again = Queued(call.turn.course.id, wanted.contribution, wanted.language, call.seat.id)
    _forget_question(call)
    call.turn.take([Want(back), Note("text_refused", call.seat.id, log_line(wanted))])
    call.turn.take([Wake(call.turn.now, again, f"refused/{name}/{derive(call.event.id)}")])
    others = any(can(seat, back) for seat in translators(call.turn.state))
    told = t("Given back: another translator gets it.") if others else t("Given back. The coordinator is told.")
    _done(call, told, name)


def withdraw(call: Call) -> None:
    """A translation that people have read is taken away from them: what was written stands in its place."""
    name = meant(call.args)
    wanted = have(call, name)
    text = texts(call.turn.state).get(name)
    if wanted is None or text is None:
        return
    if text.made is None or not text.readable:
        call.reply(t("Nobody reads a translation of this, so there is nothing to withdraw."), instead=False)
        return
    done = replace(wanted, state="done", taken_by="", until=None)
    _forget_question(call)
    call.turn.take([Retell(replace(text.made, state="withdrawn", by=call.seat.id)), Want(done)])
    call.turn.take([Note("translation_withdrawn", call.seat.id, log_line(wanted))])
    _done(call, t("Withdrawn. Whoever has read the translation is told, and reads what was written."), name)


def doubt(call: Call) -> None:
    """A reader says which translation looks wrong."""
    name = meant(call.args)
    text = texts(call.turn.state).get(name)
    call.turn.take(doubting.doubted(call.seat, name, text, call.turn.now, derive(call.event.id), instead=True))


# What is behind them


def _shown(call: Call, wanted: Wanted) -> None:
    found = texts(call.turn.state).get(pointer(wanted))
    if found is None or not found.stands:
        gone(call, pointer(wanted), wanted)
    else:
        show(call, wanted, found)


def _open(call: Call, name: str) -> Wanted | None:
    """A text that this person may have; None where they were told why not."""
    found = texts(call.turn.state).get(name)
    wanted = found.wanted if found is not None else None
    now = call.turn.now
    if wanted is None or wanted.state == "done":
        call.reply(t("This is done already. /trans shows what waits."), instead=False)
    elif taken(wanted, now) not in ("", call.seat.id):
        call.reply(t("Somebody else has just taken this text. /trans shows what waits."), instead=False)
    elif not can(call.seat, wanted):
        call.reply(t("This text is not for you: you have given it back, or do not read its languages."), instead=False)
    elif found is not None and not found.stands:
        gone(call, name, wanted)
    else:
        return wanted
    return None


def have(call: Call, name: str) -> Wanted | None:
    """A text that this person has, or takes by this; None where they were told why not. One has one text at a time."""
    wanted, now = _open(call, name), call.turn.now
    if wanted is None:
        return None
    other = own(call.seat, queue(call.turn.state), now)
    if other is not None and pointer(other) != name:
        call.reply(
            t("You have another text already. Release it or give it back first; /trans shows it."), instead=False
        )
        return None
    if other is not None:
        return other
    call.turn.take([Note("text_taken", call.seat.id, log_line(wanted))])
    return take(call.turn, call.seat, wanted)


def _release(call: Call, name: str, wanted: Wanted, words: str) -> None:
    """Send a translation to its readers; without words, the draft as it stands."""
    found = texts(call.turn.state).get(name)
    if found is None or not found.stands:
        gone(call, name, wanted)
        return
    draft = found.made if found.made is not None and found.made.text.strip() else None
    if not words and draft is None:
        call.wrong(t("There is no draft. Please write your translation after it."))
        return
    if draft is not None and words in ("", draft.text):
        made = replace(draft, state="reviewed", by=call.seat.id)
    else:
        made = Translated(wanted.contribution, wanted.language, words, MEMORY, "reviewed", by=call.seat.id)
    changed = draft is None or made.text != draft.text
    done = replace(wanted, state="done", taken_by="", until=None)
    _forget_question(call)
    call.turn.take([Retell(made), Want(done)])
    call.turn.take([Note("translation_released", call.seat.id, {**log_line(wanted), "changed": changed})])
    if found.readable and changed:
        said = t("Released. Whoever has read the earlier translation is told.")
    else:
        said = t("Released. Thank you.")
    _done(call, said, name)


def gone(call: Call, name: str, wanted: Wanted) -> None:
    """The author has taken their words back, or was erased: nobody needs the translation any more."""
    call.turn.take([Want(replace(wanted, state="done", taken_by="", until=None))])
    call.turn.take([Note("text_gone", data=log_line(wanted))])
    _forget_question(call)
    _done(call, t("These words have been taken back meanwhile, so nobody needs a translation of them any more."), name)


def _done(call: Call, said: Phrase, name: str) -> None:
    """What was done, and how much waits still."""
    rest = for_seat(call.seat, queue(call.turn.state), call.turn.now, but=name)
    more: tuple[Part, ...] = ()
    if rest:
        more = (
            tn("{n} text waits still: /trans shows it.", "{n} texts wait still: /trans shows the next.", n=len(rest)),
        )
    call.reply(said, *more)


def _forget_question(call: Call) -> None:
    if call.seat.focus.startswith(ASK):
        call.turn.put(replace(call.seat, focus=""))


def _languages(call: Call) -> None:
    """Say which languages one reads."""
    offered = {code.casefold(): code for code in call.flow.languages}
    wanted = call.args.replace(",", " ").casefold().split()
    if any(code not in offered for code in wanted):
        call.wrong(t("Please write the languages that you read, out of: {codes}.", codes=", ".join(offered.values())))
        return
    known = " ".join(dict.fromkeys(offered[code] for code in wanted))
    seat = replace(call.seat, attributes={**call.seat.attributes, LANGUAGES: known})
    call.turn.take([Put(seat)])
    read = Several(tuple(Lang(code) for code in languages(seat)))
    call.reply(
        t("Thank you. You are given what is to be translated between these languages: {languages}.", languages=read)
    )


def _example(call: Call) -> str:
    return " ".join(("/trans", *call.flow.languages[:2]))
