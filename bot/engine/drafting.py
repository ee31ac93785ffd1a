"""Helpers of whoever approves a draft: which sentences may say the same, and how a language model would put them in one.

Invariants:

* Helpers suggest and decide nothing. Whatever becomes of them, an answer comes within their time, and nobody waits for it.
* The encoder runs on a thread of its own, the model at the address that the config names, both beside the loop and the database.
* What a model writes is kept, sealed under the keys of all whose words it was made from, off every record, and passes the gate
  first. The answer and the log point at it and hold no words. A person has to choose it before it is anybody's sentence.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.core.effects import Note
from bot.core.events import Answered
from bot.core.events import encode as encode_event
from bot.core.gate import Cited
from bot.core.ids import derive
from bot.core.state import Contribution, Digest, together
from bot.engine.clock import Clock
from bot.engine.facts import Asked, gather
from bot.engine.faults import place
from bot.engine.house import House
from bot.engine.together import Together
from bot.engine.work import Work
from bot.language.doubles import Pair, Said
from bot.language.model import Attempt, Model
from bot.language.translation.breaker import Breaker
from bot.store import audit, courses, findings, opinions, queue
from bot.store.connection import Store
from bot.store.courses import Job
from bot.store.database import Database
from bot.store.queue import InRow
from bot.store.times import ms

log = logging.getLogger(__name__)

SECONDS = 30.0
"""How long it may take to look for doubles at one table."""
MOST = 200
"""So many statements of a table are compared; the first ones."""
AT_ONCE = 4
"""Sentences that the model is asked for at a time."""

Suggest = Callable[[Sequence[Said]], list[Pair]]


@dataclass(frozen=True)
class Helpers:
    """Who helps: nobody, where nothing is named. `seconds` is how long the model may take for all sentences of a draft."""

    suggest: Suggest | None = None
    model: Model | None = None
    seconds: float = 60.0

    async def close(self) -> None:
        """Let go of connections."""
        if self.model is not None:
            await self.model.close()


NOBODY = Helpers()


class Drafting:
    """Does what a step asks of its helpers."""

    def __init__(self, store: Store, house: House, clock: Clock, helpers: Helpers) -> None:
        self._store, self._house, self._clock, self._helpers = store, house, clock, helpers
        self._together = Together(store)
        self._turn, self._thread = asyncio.Lock(), ThreadPoolExecutor(1, "doubles")
        self._places = asyncio.Semaphore(AT_ONCE)
        self._breaker = Breaker()

    async def doubles(self, job: Job) -> None:
        """Which statements behind a draft may say the same: pairs of their ids, the likeliest first."""
        if self._helpers.suggest is None:
            await self._together.transact(_pass_over, job)
            return
        said = await self._store.read(_statements, self._house, job, self._clock.now())
        pairs = await self._alike(said, self._helpers.suggest)
        found = {"digest": job.request.args["digest"], "pairs": [[pair.one, pair.other] for pair in pairs]}
        await self._together.transact(_answer, job, found, self._clock.now())

    async def word(self, job: Job) -> None:
        """How the model would put into one sentence what several people have written."""
        tried: dict[tuple[str, ...], tuple[dict[str, Contribution], Attempt]] = {}
        if self._helpers.model is not None:
            for sources, given in (await self._store.read(_to_word, job)).items():
                tried[sources] = given, Attempt(None, (), self._helpers.model.model, 0, "", "away")
            language = str(job.request.args["language"])
            await self._ask(tried, language, self._helpers.model)
        await self._store.transact(_keep, job, tried, self._clock.now())

    async def _alike(self, said: Sequence[Said], suggest: Suggest) -> list[Pair]:
        """One table at a time: the encoder takes a whole core."""
        if len(said) < 2:
            return []
        try:
            async with self._turn, asyncio.timeout(SECONDS):
                return await asyncio.get_running_loop().run_in_executor(self._thread, suggest, said)
        except Exception as error:
            log.warning("no doubles were looked for: %s at %s", type(error).__name__, place(error))
            return []

    async def _ask(
        self, tried: dict[tuple[str, ...], tuple[dict[str, Contribution], Attempt]], language: str, model: Model
    ) -> None:
        """Ask for all sentences, as far as time allows; what is not there then counts as away."""

        async def one(sources: tuple[str, ...]) -> None:
            given, _ = tried[sources]
            async with self._places:
                if not self._breaker.open_until(time.monotonic()):
                    told = {id: Cited(each.text, each.spoken) for id, each in given.items()}
                    tried[sources] = given, await model.write(told, language)

        try:
            async with asyncio.timeout(self._helpers.seconds), asyncio.TaskGroup() as group:
                for sources in tried:
                    group.create_task(one(sources))
        except TimeoutError:
            log.info("the language model did not answer in time")
        except ExceptionGroup as group_of:
            error = group_of.exceptions[0]
            log.error("the language model could not be asked: %s at %s", type(error).__name__, place(error))
        away = [attempt.why == "away" for _, attempt in tried.values()]
        if away and all(away):
            self._breaker.failed("away", time.monotonic())
        elif away:
            self._breaker.worked()


def _draft(db: Database, job: Job) -> Digest | None:
    """The digest that helpers were asked about, while a person still looks at it."""
    digest = findings.load_digest(db, job.assembly, str(job.request.args["digest"]))
    return digest if digest is not None and digest.state == "draft" else None


def _statements(db: Database, house: House, job: Job, now: datetime) -> list[Said]:
    """What was written at the table, and how its members voted on that."""
    digest = _draft(db, job)
    if digest is None:
        return []
    work, flow = Work(db, house, now), house.flow(db, job.assembly)
    course = work.course(job.assembly, job.request.course)
    table = work.table(job.assembly, digest.table)
    nothing = Answered(job.request.course, job.request.step, job.request.job, {})
    asked = Asked(work, job.assembly, flow, course, flow.nodes[digest.step], None, table, nothing, now)
    facts = gather(("items", "agreements"), asked)
    given: Sequence[Contribution] = facts["items"][:MOST]
    votes: Mapping[str, Mapping[str, int]] = facts["agreements"]
    return [Said(c.id, c.text, c.spoken, c.side, votes.get(c.id, {})) for c in given]


def _to_word(db: Database, job: Job) -> dict[tuple[str, ...], dict[str, Contribution]]:
    """The statements of each sentence that is to be worded; none of a sentence whose statements do not all stand."""
    found: dict[tuple[str, ...], dict[str, Contribution]] = {}
    for sources in job.request.args["sentences"] if _draft(db, job) is not None else ():
        given = {id: c for id in sources if (c := opinions.contribution(db, job.assembly, id)) is not None}
        if len(given) == len(sources) and all(c.state == "live" for c in given.values()):
            found[tuple(sources)] = given
    return found


def _keep(
    db: Database,
    job: Job,
    tried: Mapping[tuple[str, ...], tuple[Mapping[str, Contribution], Attempt]],
    now: datetime,
) -> None:
    """Keep what has passed, and say in the log what became of each sentence."""
    if not courses.finish_job(db, job.assembly, job.request.key):
        return
    digest, made = _draft(db, job), []
    for sources, (given, attempt) in tried.items():
        id = ""
        if digest is not None and attempt.written is not None and _unchanged(db, job.assembly, given):
            id = derive(job.request.key, *sources)
            author = together(c.seat for c in given.values())
            sentence = Contribution(
                id, digest.step, digest.table, digest.site, author, "sentence", attempt.written.text, now, digest.language,
                target=sources[0], shared=False,
            )  # fmt: skip
            opinions.keep(db, job.assembly, sentence)
            opinions.rest(db, job.assembly, id, sources)
            doubts = [fault.about for fault in attempt.faults]
            made.append({"sources": list(sources), "sentence": id, "model": attempt.model, "doubts": doubts})
        about = {
            "digest": job.request.args["digest"], "sources": list(sources), "wording": id, "model": attempt.model,
            "prompt": attempt.prompt, "input": db.vault.fingerprint(attempt.input).hex()[:16] if attempt.input else "",
            "why": attempt.why, "faults": [fault.about for fault in attempt.faults],
        }  # fmt: skip
        audit.note(db, job.assembly, Note("model_asked", data=about), ms(now))
    _happened(db, job, {"digest": job.request.args["digest"], "worded": made}, now)


def _unchanged(db: Database, assembly: str, given: Mapping[str, Contribution]) -> bool:
    """Whether what the model has read still stands like that."""
    return opinions.words(db, assembly, given) == {id: each.text for id, each in given.items()}


def _pass_over(db: Database, job: Job) -> None:
    """There is nobody to ask, so the step is told nothing."""
    courses.finish_job(db, job.assembly, job.request.key)


def _answer(db: Database, job: Job, found: Mapping[str, Any], now: datetime) -> None:
    if courses.finish_job(db, job.assembly, job.request.key):
        _happened(db, job, found, now)


def _happened(db: Database, job: Job, found: Mapping[str, Any], now: datetime) -> None:
    request = job.request
    event = Answered(request.course, request.step, request.job, found, request.unit)
    row = InRow(job.assembly, f"{request.key}/answer", event.kind, ms(now), ms(now), encode_event(event))
    queue.put_events(db, [row])
