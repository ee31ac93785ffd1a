"""Everything that is kept of a person, as they get it: to read, and for other programs.

It is made when the letter leaves, and kept nowhere. Of a secret vote that is closed nobody knows any more who chose what; it says
so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from bot.core.flow import Flow
from bot.core.message import Lang, Part, Phrase, When, block, message, t, tn
from bot.core.rendered import plain
from bot.core.state import Seat
from bot.core.steps.consent import PURPOSES
from bot.core.talk import LABELS
from bot.engine.house import House
from bot.language.render import Reader, render
from bot.store import audit, ballots, own, people
from bot.store.database import Database
from bot.store.own import Given
from bot.store.times import instant

Form = Literal["text", "json"]
FILES: Mapping[Form, tuple[str, str]] = {
    "text": ("my-data.txt", "text/plain"),
    "json": ("my-data.json", "application/json"),
}


def written(db: Database, house: House, assembly: str, seat: str, form: Form) -> bytes | None:
    """The file in this form; None where there is no such person (any more)."""
    found = people.load_seat(db, seat)
    if found is None:
        return None
    flow = house.flow(db, assembly)
    kept = _kept(db, assembly, flow, found)
    if form == "json":
        return (json.dumps(kept, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()
    site = flow.sites.get(found.site) or flow.file.schedule.sites[0]
    reader = Reader(found.language, site.zone)
    said = message(*(block(part) for part in _told(flow, found, kept)))
    return (plain(render(said, reader, {}, {}, house.catalogs)) + "\n").encode()


def _kept(db: Database, assembly: str, flow: Flow, seat: Seat) -> dict[str, Any]:
    zone = ZoneInfo((flow.sites.get(seat.site) or flow.file.schedule.sites[0]).zone)

    def at(when: int) -> str:
        return instant(when).astimezone(zone).isoformat(timespec="seconds")

    votes = []
    for step, when in own.voted(db, assembly, seat.id):
        chosen = ballots.choices_of(db, assembly, seat.id, step)
        choices = [{"question": q, "item": item, "choice": choice} for (q, item), choice in sorted(chosen.items())]
        votes.append({"step": step, "at": at(when), "choices": choices or None})

    def dated(row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: at(value) if name in INSTANTS and isinstance(value, int) and value else value
            for name, value in row.items()
        }

    invited = own.invited(db, assembly, seat.id)
    return {
        "assembly": assembly,
        "flow": flow.ref,
        "seat": {
            "id": seat.id, "role": seat.role, "site": seat.site, "language": seat.language, "status": seat.status,
            "name": seat.name, "earlier_names": people.former(db, seat.id), "table": seat.table,
            "attributes": dict(seat.attributes), "helped": seat.helped,
            "asked": seat.focus, "walks": seat.walk, "reads_in_a_room": bool(seat.room), "not_reached": seat.lost,
            "last_heard": seat.heard.astimezone(zone).isoformat(timespec="seconds") if seat.heard else None,
            **dated(own.place(db, seat.id)),
        },
        "accounts": [dated(each) for each in own.accounts(db, seat.id)],
        **({"invited_as": invited} if invited is not None else {}),
        "tables": [{"table": id, "since": at(since), "until": at(until) if until else None}
                   for id, since, until in own.sat(db, assembly, seat.id)],
        "consents": [{"purpose": c.purpose, "given": c.given, "at": at(c.at), "text": c.version, "language": c.language}
                     for c in own.consents(db, seat.id)],
        "contributions": [_given(each, at) for each in own.given(db, assembly, seat.id)],
        "files": [dated(each) for each in own.files(db, assembly, seat.id)],
        "translated_by_machines": own.machines(db, seat.id),
        "remembered_translations": own.remembered(db, assembly, seat.id),
        "votes": votes,
        "log": [{"at": at(line.at), "act": line.act, "data": dict(line.data)}
                for line in audit.lines(db, assembly) if line.by == seat.id],
        "told_of_you": [dated(each) for each in own.told_of(db, assembly, seat.id)],
        "rows": {name: [dated(row) for row in rows] for name, rows in own.rows(db, seat.id).items()},
    }  # fmt: skip


INSTANTS = frozenset(("joined", "seen", "told", "at", "made", "expires", "bound", "until", "received", "sent", "said"))
"""The names under which rows keep instants."""


def _given(each: Given, at: Callable[[int], str]) -> dict[str, Any]:
    return {
        "id": each.id, "step": each.step, "table": each.table, "site": each.site, "at": at(each.at), "kind": each.kind,
        "state": each.state, "language": each.language, "written_in": each.written, "side": each.side, "about": each.target,
        "shown_to_others": each.shared, "with_help": each.helped, "text": each.text, "earlier": list(each.earlier),
        "translations": {language: list(texts) for language, texts in each.translations.items()}, "file": each.media,
    }  # fmt: skip


STATES: Mapping[str, Phrase] = {
    "live": t("it stands"),
    "withdrawn": t("you took it back"),
    "hidden": t("it was hidden"),
}


def _told(flow: Flow, seat: Seat, kept: Mapping[str, Any]) -> Iterator[Part]:
    """The same as sentences."""
    yield t("What is kept of you in “{title}”", title=flow.local(flow.file.flow.title))
    earlier = f" ({', '.join(kept['seat']['earlier_names'])})" if kept["seat"]["earlier_names"] else ""
    yield t("Your name here: {name}.", name=seat.name + earlier) if seat.name else t("You have not chosen a name yet.")
    yield t("Your role: {role}.", role=LABELS.get(seat.role, t("participant")))
    yield t("You read in: {language}.", language=Lang(seat.language))
    yield t("You came on {when}.", when=When(datetime.fromisoformat(kept["seat"]["joined"])))
    if "invited_as" in kept:
        yield t("On the list of those invited you stand as: {name}.", name=kept["invited_as"]["listed_as"])
    for each in kept["accounts"]:
        yield t("Your account: {user} ({account}).", user=each["user"], account=each["account"])
    for name, value in seat.attributes.items():
        yield t("{name}: {value}", name=name, value=value)
    for each in kept["consents"]:
        when = When(datetime.fromisoformat(each["at"]))
        asked: Part = PURPOSES[each["purpose"]] if each["purpose"] in PURPOSES else t("Taking part.")
        answer = t("yes") if each["given"] else t("no")
        yield t("{asked} You said {answer} on {when}.", asked=asked, answer=answer, when=when)
    for each in kept["contributions"]:
        when, state = When(datetime.fromisoformat(each["at"])), STATES[each["state"]]
        yield t("{when}, {state}: {text}", when=when, state=state, text=each["text"])
        for earlier in each["earlier"]:
            yield t("Before that it read: {text}", text=earlier)
        for language, texts in each["translations"].items():
            for text in texts:
                yield t("In {language}: {text}", language=Lang(language), text=text)
    for vote in kept["votes"]:
        step = flow.nodes.get(vote["step"])
        title: Part = flow.local(step.step.title) if step is not None and step.step.title else t("A vote")
        if vote["choices"] is None:
            yield t("{vote}: you have voted. Nobody knows any more what, not even I.", vote=title)
        else:
            chosen = "; ".join(str(each["choice"]) for each in vote["choices"])
            yield t("{vote}: you have chosen {choice}.", vote=title, choice=chosen)
    if kept["files"]:
        yield tn("You sent {n} file. The chat app keeps it, I know only where it is.",
                 "You sent {n} files. The chat app keeps them, I know only where they are.", n=len(kept["files"]))  # fmt: skip
    if kept["log"]:
        yield tn(
            "{n} line of the log tells what you did.", "{n} lines of the log tell what you did.", n=len(kept["log"])
        )
    yield t("The other file holds all of this and every trace beside it, such as when a message to you was sent.")
