"""The relay's job: a digest that a person has approved is brought to other tables, in their languages as far as people and
machines have put it into them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.core.events import Relayed
from bot.core.events import encode as encode_event
from bot.core.state import Wanted
from bot.engine import queueing
from bot.engine.clock import Clock
from bot.engine.together import Together
from bot.engine.translating import Into, Translating
from bot.store import arrivals, courses, findings, opinions, people, queue, translations
from bot.store.connection import Store
from bot.store.courses import Job
from bot.store.database import Database
from bot.store.queue import InRow
from bot.store.times import ms


class Relaying:
    """Carries digests."""

    def __init__(self, store: Store, translating: Translating, clock: Clock) -> None:
        self._store, self._translating, self._clock = store, translating, clock
        self._together = Together(store)

    async def carry(self, job: Job) -> None:
        """Bring a digest to its tables, each sentence translated by people or by a machine, or else in its own words."""
        ids = await self._store.read(_carried, job)
        made: dict[str, Into] = {}
        targets = job.request.args["targets"]
        for language in dict.fromkeys(each for to in targets for each in (to["language"], *to.get("also", ()))):
            made[language] = await self._translating.into(job.assembly, ids, language)
        await self._together.transact(_arrive, job, made, self._clock.now())


def _carried(db: Database, job: Job) -> list[str]:
    """The words to translate; none of a digest that nobody has approved, not even for the translator's eyes."""
    digest = findings.load_digest(db, job.assembly, job.request.args["digest"])
    if digest is None or digest.state != "approved":
        return []
    return [s.worded for s in digest.sentences if not s.left_out]


def _arrive(db: Database, job: Job, made: Mapping[str, Into], now: datetime) -> None:
    if not courses.finish_job(db, job.assembly, job.request.key):
        return
    args = job.request.args
    waits = {language: _ask_translators(db, job, into, now) for language, into in made.items()}
    for target in args["targets"]:
        into = made[target["language"]]
        texts = _pointers(into, waits[target["language"]])
        for language in target.get("also", ()):
            found = _pointers(made[language], waits[language])
            texts |= {f"{id}@{language}": pointer for id, pointer in found.items()}
        step = str(target.get("step", job.request.step))
        arrivals.arrive(db, job.assembly, step, target["table"], args["digest"], into.engine, texts, ms(now))
        event = Relayed(target["course"], step, args["digest"], target["table"], into.engine, texts)
        key = f"relayed/{step}/{args['digest']}/{target['table']}"
        queue.put_events(db, [InRow(job.assembly, key, event.kind, ms(now), ms(now), encode_event(event))])


def _pointers(into: Into, waits: set[str]) -> dict[str, str]:
    """Which text in a language stands for which words."""
    texts = {id: f"{id}@{into.language}" for id in (*into.sound, *sorted(waits))}
    if texts:  # what is in the language already stands there in its own words
        texts |= {id: id for id in sorted(into.own)}
    return texts


def _ask_translators(db: Database, job: Job, into: Into, now: datetime) -> set[str]:
    """Put into the translators' queue what nobody should read before one of them has, and what they look at afterwards. Returns
    what has no translation that may be read yet: it comes as it was written, at once or when its time is over."""
    args, assembly = job.request.args, job.assembly
    by, due = str(args.get("translator", "machine")), now
    if "due" in args:
        due = datetime.fromisoformat(args["due"])
    if by == "machine" and "due" not in args and not people.staff(db, assembly, "translator"):
        return set()
    waits = {id for id, held in into.held.items() if held.why != "withdrawn"}
    unread = {id for id, one in into.sound.items() if one.state == "machine"} if by != "machine" else set()
    if by == "human":
        for id in [id for id in unread if not arrivals.showing(db, assembly, id, into.language)]:
            translations.save(db, assembly, replace(into.sound[id], state="held"), ms(now))
            waits.add(id)
    asked = []
    for id in sorted(waits | unread):
        given = opinions.contribution(db, assembly, id)
        if given is not None and translations.wanted(db, assembly, id, into.language) is None:
            ends = due if id in waits else None
            asked.append(Wanted(id, into.language, given.spoken, "held", now, due=ends))
    queueing.want(db, assembly, job.request.course, asked, now)
    return waits
