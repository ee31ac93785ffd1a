"""What becomes of the copies of a contribution that stand in people's chats: changed, deleted; and the author's own one.

Invariants:

* What somebody typed is the author's own copy (`original`) of what was kept of it, so that an edit of it is understood. It is
  never changed by us; it is deleted only where others see it too, in a room.
* A platform that cannot change messages is never asked to: whoever reads there is told in a new message, or, where nobody
  needs to be told, nothing is sent. Copies that cannot be deleted there are reported as `Remained`.
* What is taken back before it was sent is not sent.
"""

from __future__ import annotations

from dataclasses import replace

from bot.core.effects import Amend, Lane, Recall, Redraw
from bot.core.events import Event, Fed, Retold
from bot.core.flow import Flow
from bot.core.heard import Heard, Remained
from bot.core.message import Message, encode
from bot.core.state import Contribution, Translated
from bot.core.translation.interpreting import anywhere, reads_in, retold
from bot.engine import feeding
from bot.engine.work import Work
from bot.store import copies, opinions, rooms, unsaid
from bot.store.copies import Copy
from bot.store.queue import Act, OutRow
from bot.store.times import ms


def original(work: Work, assembly: str, event: Event | None, kept: Contribution) -> None:
    """Note what was typed as its author's own copy of the contribution that it became. A command is none, nor is the mark with
    which somebody says where words go that they wrote before."""
    if not isinstance(event, Heard) or event.press or event.text.startswith("/") or kept.seat != event.seat:
        return
    if event.pick and kept.id != event.contribution:
        return
    holder = event.room or event.seat
    copies.note(work.db, holder, event.message, assembly, kept.id, ms(work.now), account=event.account, original=True)


def amend(work: Work, assembly: str, effect: Amend) -> None:
    """Give a contribution new words, and change every copy of it. Those that are still to be sent point at the new words."""
    db, id = work.db, effect.contribution
    if not opinions.amend(db, assembly, effect.seat, id, effect.text, ms(work.now)):
        return
    work.translate_anew(assembly, id)
    given = opinions.contribution(db, assembly, id)
    table = work.table(assembly, given.table) if given is not None else None
    leaders = {s.id for s in table.staff} if table is not None else set()
    readers = {s.id for s in table.everybody} | set(table.rooms) if table is not None else set()
    observers: list[str] = []
    led, numbered = replace(effect.message, buttons=(*effect.message.buttons, *effect.leading)), work.house.numbered
    for copy in copies.copies(db, assembly, id):
        if copy.original:
            continue
        if copy.told:
            _tell_again(work, assembly, copy, id, effect.message.step, effect.key)
        elif given is not None and _observes(work, copy):
            observers.append(copy.holder)
            _unread(work, assembly, copy, effect.key, id)
        elif _editable(work, copy):
            _post(
                work,
                assembly,
                copy,
                effect.key,
                "edit",
                led if copy.holder in leaders and copy.account not in numbered else effect.message,
                id,
            )
        elif copy.holder in readers:  # who has left keeps the old words, and gets no more messages
            _post(work, assembly, copy, effect.key, "say", effect.instead)

    if given is not None and observers:
        again = Fed(id, given.table, tuple(dict.fromkeys(observers)))
        feeding.later(work, assembly, work.flow(assembly), again)


def unread(work: Work, assembly: str, seat: str, key: str) -> None:
    """Somebody does not agree any longer that others read along: what observers have of theirs is deleted."""
    for id, _ in copies.authored(work.db, assembly, seat):
        for copy in copies.copies(work.db, assembly, id):
            if not copy.original and _observes(work, copy):
                _unread(work, assembly, copy, key, id)


def _unread(work: Work, assembly: str, copy: Copy, key: str, id: str) -> None:
    if _editable(work, copy):
        _post(work, assembly, copy, key, "delete", Message(()), id, Lane.ANSWER)


def _tell_again(work: Work, assembly: str, copy: Copy, id: str, step: str, key: str) -> None:
    """Let what stands below an original in a room follow it, or say it anew."""
    again = retold([(id, language) for language in copy.told.split()], step, id)
    _post(work, assembly, copy, key, "edit" if _editable(work, copy) else "say", again, id)


def retell(work: Work, assembly: str, flow: Flow, made: Translated) -> None:
    """A translation has changed that people at the table of its author have read: their step hears of it, and what stands below
    the original in a room follows."""
    given = opinions.contribution(work.db, assembly, made.contribution) if anywhere(flow) else None
    table = work.table(assembly, given.table) if given is not None and given.step in flow.nodes else None
    if given is None or table is None:
        return
    key = f"retold/{made.contribution}/{made.language}/{made.state}/{made.edition}/{ms(work.now)}"
    for copy in copies.copies(work.db, assembly, given.id):
        if made.language in copy.told.split():
            _tell_again(work, assembly, copy, given.id, given.step, key)
    if any(reads_in(flow, table, given, s) == made.language for s in table.everybody):
        told = Retold(flow.course_of(table.site), given.step, table.id, given.id, made.language, made.state)
        work.happen(assembly, work.now, told, key)


def redraw(work: Work, assembly: str, effect: Redraw, event: Event | None) -> None:
    """Change messages without telling anybody, where that is possible: in the last lane, since nobody waits for it."""
    if effect.contribution:
        for seat in effect.seats:
            work.reword(assembly, seat, effect.contribution, encode(effect.message).encode())
        for copy in copies.copies(work.db, assembly, effect.contribution):
            # Where a number presses it had no buttons to lose.
            quiet = copy.account in work.house.numbered and not (effect.message.buttons or effect.words)
            if copy.holder in effect.seats and not (copy.original or quiet) and _editable(work, copy):
                _post(work, assembly, copy, effect.key, "edit", effect.message, effect.contribution, Lane.BROADCAST)
        return
    if effect.said and not effect.seats:
        unsaid.rephrase(work.db, assembly, effect.said, encode(effect.message).encode())
        seats, doors = unsaid.readers(work.db, assembly, effect.said)
        for holder in (*(seat for seat in seats if work.seat(seat).status == "active"), *doors):
            key = f"{effect.said}@{holder}"
            account, remote = unsaid.through(work.db, assembly, key), unsaid.remote(work.db, assembly, key)
            if remote and account in work.house.editing:
                copy = Copy(holder, remote, False, 0, account)
                _post(work, assembly, copy, effect.key, "edit", effect.message, "", Lane.BROADCAST)
        return
    for seat in effect.seats:
        account, remote = _chosen_from(work, event, seat)
        if effect.said:
            key = f"{effect.said}@{seat}"
            account, remote = unsaid.through(work.db, assembly, key), unsaid.remote(work.db, assembly, key)
        if remote and account in work.house.editing:
            copy = Copy(seat, remote, False, 0, account)
            _post(work, assembly, copy, effect.key, "edit", effect.message, "", Lane.BROADCAST)


def pressed(work: Work, event: Event | None, seat: str) -> tuple[str, str]:
    """The message whose button this seat has pressed in its private chat, behind the account on which it stands; "" where it has
    pressed none, or where messages cannot be changed. What follows from a choice that was written stands below that."""
    return ("", "") if isinstance(event, Heard) and event.choices else _chosen_from(work, event, seat)


def _chosen_from(work: Work, event: Event | None, seat: str) -> tuple[str, str]:
    """The message from which this seat has chosen in its private chat, by pressing a button or by writing."""
    if not isinstance(event, Heard) or event.seat != seat or event.room:
        return "", ""
    account, remote = event.account or work.account(seat), event.choices or (event.message if event.press else "")
    return (account, remote) if remote and account in work.house.editing else ("", "")


def recall(work: Work, assembly: str, effect: Recall) -> None:
    """Delete every copy, and report those that stay."""
    db, stay = work.db, list[str]()
    work.unsay(assembly, effect.contribution)
    for copy in copies.copies(db, assembly, effect.contribution):
        in_room = _in_room(work, copy)
        if copy.original and (effect.spared or not in_room):
            continue
        if _editable(work, copy):
            _post(work, assembly, copy, effect.key, "delete", Message(()), effect.contribution, Lane.ANSWER)
        else:
            stay.append("" if in_room else copy.holder)
    if stay:
        left = Remained(effect.contribution, effect.table, tuple(dict.fromkeys(stay)), work.now, effect.key)
        work.happen(assembly, work.now, left, f"remained/{effect.key}")


def _in_room(work: Work, copy: Copy) -> bool:
    return len(copy.holder) == ROOM_ID and rooms.load(work.db, copy.holder) is not None


def _observes(work: Work, copy: Copy) -> bool:
    """Whether somebody reads a copy who observes, and knows nobody's name."""
    return len(copy.holder) != ROOM_ID and work.seat(copy.holder).role == "observer"


ROOM_ID = 32
"""The length of a room's id; a seat's is shorter."""


def _editable(work: Work, copy: Copy) -> bool:
    """Whether the platform where a copy stands can change and delete messages."""
    if copy.account:
        return copy.account in work.house.editing
    found = rooms.load(work.db, copy.holder) if len(copy.holder) == ROOM_ID else None
    account = found.account if found is not None else work.account(copy.holder)
    return account in work.house.editing


def _post(
    work: Work, assembly: str, copy: Copy, key: str, act: Act, message: Message, about: str = "", lane: Lane = Lane.TALK
) -> None:
    """A row of the outbox for the chat in which a copy stands."""
    room = _in_room(work, copy)
    work.post(
        OutRow(
            f"{key}/{act}/{copy.remote}@{copy.holder}", assembly, None if room else copy.holder, int(lane), ms(work.now),
            encode(message).encode(), message.step, bytes.fromhex(copy.holder) if room else None, act,
            copy.remote if act != "say" else "", about if act != "say" else "", account=copy.account if act != "say" else "",
        )
    )  # fmt: skip
