"""A word from those who lead: to their table (`/prompt`), to every table (`/prompt all`), or to everybody (`/announce`).

Invariants:

* Nothing leaves before Send is pressed. What is shown until then is what people will read: in every language that is read there,
  with who would get it, and when.
* What was shown is what is sent: the words keep their id from the preview on, and so do their translations.
* It is sent once, by whoever has written it, to those for whom it was shown.
* It can be taken back as long as it stands: every copy is deleted where the app can, and whoever sent it learns how many remain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.core.commands.call import Call, worded
from bot.core.commands.speaking import undo_pressed
from bot.core.effects import Keep, Note, Recall, Withdraw
from bot.core.flow import Site
from bot.core.holding import hold, release, waiting
from bot.core.leading import leads
from bot.core.message import (
    Block,
    Button,
    Lang,
    Message,
    Name,
    Part,
    Plain,
    Several,
    Words,
    block,
    everywhere,
    message,
    t,
    tn,
)
from bot.core.rights import OVERSEEING
from bot.core.spans import until
from bot.core.state import Contribution, Seat, Table
from bot.core.talk import who
from bot.core.translation.interpreting import same

ALL = "all"
"""Stands for every table, behind `/prompt` and in what is held; before a site or a star, for everybody there."""

EVERYBODY = "*"

KIND = "prompt"

NAMED = 8
"""Up to so many readers are named; of more the number is told."""


def prompt(call: Call) -> None:
    """Show the text first. Who leads several tables and names none means all of them."""
    table = call.table
    text = worded(call, call.args if table is not None else call.args[len(ALL) :])
    if text is None:
        return
    target = ALL if table is None else table.id
    head = t("This goes to every table:") if table is None else t("This goes to table {number}:", number=table.number)
    _preview(call, text, target, head, f"-send:{call.event.contribution}:{target}")


def announce(call: Call) -> None:
    """The same for everybody at a site, or at all of them."""
    text = worded(call, call.args)
    if text is None:
        return
    sites = tuple(call.flow.local(s.name) if s.name else Plain(s.id) for s in _sites(call))
    head = t("This goes to everybody at: {sites}.", sites=Several(sites))
    _preview(call, text, _everybody(call), head, f"-announce:{call.event.contribution}")


def _preview(call: Call, text: str, target: str, head: Part, press: str) -> None:
    """What people will read, who, and when. Nothing is sent."""
    id, table = call.event.contribution, call.table
    hold(call.turn, call.seat, id, text, target)
    here = _at_table(call, table) if table is not None else call.turn.state.facts.get("audience", Counter())
    blocks: list[Block | Part] = [head, block(Words(id), kind="quote")]
    blocks += _read(call, id, here, _names(call, table) if table is not None else {})
    blocks += _when(call, here)
    blocks.append(block(t("Nothing has been sent yet."), kind="note"))
    call.reply(*blocks, buttons=(Button(t("Send"), press), Button(t("Do not send"), f"-cancel:{id}")))


def _read(
    call: Call, id: str, here: Mapping[tuple[str, str], int], names: Mapping[str, tuple[Part, ...]]
) -> Iterator[Block]:
    """In which language how many read it, or who, and what they will read."""
    found: Counter[str] = Counter()
    for (_, language), number in here.items():
        found[next((own for own in found if same(own, language)), language)] += number
    if not found:
        yield block(t("Nobody would read it now."))
    for language, number in sorted(found.items(), key=lambda each: (not same(each[0], call.seat.language), -each[1])):
        named = names.get(language.split("-")[0], ())
        readers: Part = Several(named) if 0 < len(named) <= NAMED else tn("{n} person", "{n} people", n=number)
        if same(language, call.seat.language):
            yield block(t("As it was written, in {language}: {readers}.", language=Lang(language), readers=readers))
        else:
            yield block(t("In {language}: {readers}.", language=Lang(language), readers=readers))
            yield block(Words(f"{id}@{language}", own=True), kind="quote")


def _when(call: Call, here: Mapping[tuple[str, str], int]) -> Iterator[Block]:
    """When it reaches them: nobody is written to in the quiet hours, nor on a holiday; and whom it does not reach."""
    sites, now = dict.fromkeys(site for site, _ in here if site in call.flow.sites), call.turn.now
    late = {site: at for site in sites if (at := call.flow.awake(site, now)) > now}
    if sites and len(late) < len(sites):
        yield block(t("It goes at once.") if not late else t("It goes at once, but for those who rest:"))
    for site, at in late.items():
        name = call.flow.sites[site].name
        where = call.flow.local(name) if name else Plain(site)
        yield block(
            t("At {site} people are not written to now: they get it at {when}.", site=where, when=until(at, now))
        )
    lost = call.turn.state.facts.get("unreached", 0)
    if call.table is not None:
        lost = len(call.table.members) - len(call.table.reached)
    if lost:
        gone = tn("{n} person cannot be reached at present.", "{n} people cannot be reached at present.", n=lost)
        yield block(gone, kind="note")


def _readers(call: Call, table: Table) -> Iterator[Seat]:
    for seat in table.everybody:
        if seat.id != call.seat.id and seat.status == "active" and (not seat.lost or table.in_room(seat)):
            yield seat


def _at_table(call: Call, table: Table) -> Counter[tuple[str, str]]:
    return Counter((seat.site, seat.language) for seat in _readers(call, table))


def _names(call: Call, table: Table) -> dict[str, tuple[Part, ...]]:
    """Those who read at a table, by language; nobody, where somebody has no name."""
    found: dict[str, tuple[Part, ...]] = {}
    for seat in _readers(call, table):
        short = seat.language.split("-")[0]
        found[short] = (*found.get(short, ()), Name(seat.id))
    return found if all(seat.name for seat in _readers(call, table)) else {}


# Sending


def send(call: Call) -> None:
    """Send a prompt that was shown."""
    id, _, target = call.args.partition(":")
    table = call.turn.state.table
    if target == ALL and call.seat.role not in OVERSEEING:
        call.reply(t("Only coordinators and organisers write to every table."))
        return
    if target != ALL and (table is None or not leads(call.seat, table)):
        call.reply(t("This table is not yours, so nothing was sent."))
        return
    held = _shown(call, id, target)
    if held is None:
        return
    talk = call.talk() if target != ALL else None
    if talk is not None:
        talk.take(talk.step.led(talk.scene, held.text, held.id, KIND))
    elif target == ALL:
        courses = [f"course:{course}" for course in call.flow.courses]
        _say(call, held, "", *([call.turn.course.unit] if call.seat.role == "coordinator" else courses))
    else:
        _say(call, held, target, f"table:{target}")
    call.turn.effects.append(Note("prompt", call.seat.id, {"contribution": held.id, "to": target}))
    _sent(call, held.id, target)


def send_to_everybody(call: Call) -> None:
    """Send what was shown to everybody."""
    held = _shown(call, call.args, _everybody(call))
    if held is None:
        return
    _say(call, held, "", *(f"site:{site.id}" for site in _sites(call)))
    to = held.target.removeprefix(f"{ALL}:").replace(EVERYBODY, ALL)
    call.turn.effects.append(Note("announced", call.seat.id, {"contribution": held.id, "to": to}))
    _sent(call, held.id, ALL)


def _shown(call: Call, id: str, target: str) -> Contribution | None:
    """What was shown for this target and waits; None where the person was told that there is nothing to send."""
    held = waiting(call.turn, id)
    if held is None or held.seat != call.seat.id or held.target != target:
        call.reply(t("This was sent or dropped before. Nothing was sent now."))
        return None
    return held


def _say(call: Call, held: Contribution, table: str, *units: str) -> None:
    """Keep it as what it is now, under the id that it has, and say it to these units."""
    seat = call.seat
    kept = Contribution(held.id, "", table, seat.site, seat.id, KIND, held.text, call.turn.now, held.language)
    call.turn.effects.append(Keep(kept))
    for unit in units:
        call.say(unit, said(seat, held.id), f"prompt/{unit}", without=(seat.id,))


def said(by: Seat, id: str) -> Message:
    """A word from somebody who leads as others read it, each in their language."""
    return replace(message(block(who(by)), block(everywhere(id), kind="quote")), about=id)


def _sent(call: Call, id: str, target: str) -> None:
    call.reply(
        t("Sent."), block(Words(id), kind="quote"), buttons=(Button(t("Take it back"), f"-unsend:{id}:{target}"),)
    )


def cancel(call: Call) -> None:
    """Drop what was shown."""
    release(call.turn, call.seat, call.args)
    call.reply(t("Nothing was sent."))


def take_back(call: Call) -> None:
    """Take back what was sent, in a talk as any other message of theirs."""
    id = call.args.partition(":")[0]
    given = call.turn.state.facts.get("held", {}).get(id)
    if isinstance(given, Contribution) and given.step:
        undo_pressed(replace(call, args=id))
        return
    if not isinstance(given, Contribution) or given.kind != KIND or given.seat != call.seat.id:
        call.reply(t("You can take back your own messages only."), instead=False)
        return
    if given.state != "live":
        call.reply(t("This is taken back or hidden already."))
        return
    call.turn.effects.append(Withdraw(call.seat.id, id))
    call.turn.effects.append(Recall(id, given.table, f"unsend/{id}"))
    call.turn.effects.append(Note("prompt_taken_back", call.seat.id, {"contribution": id}))
    call.reply(t("Taken back: I delete every copy that I can. Some may have read it already."))


def _sites(call: Call) -> tuple[Site, ...]:
    """Coordinators write to their own site, organisers to all."""
    sites = call.flow.file.schedule.sites
    return tuple(s for s in sites if call.seat.role == "organiser" or s.id == call.seat.site)


def _everybody(call: Call) -> str:
    return f"{ALL}:{EVERYBODY if call.seat.role == 'organiser' else call.seat.site}"
