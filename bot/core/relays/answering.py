"""What comes of answers: they are drafted, approved by a person, and sent back to the table that is answered.

Invariants:

* What goes back is a digest that replies to another one (`Digest.answers`), approved like any other (`bot.core.drafts.approval`);
  without an approval it is held. That nobody has answered is said as well.
* Every answer in it is whole, doubles are folded, and everybody who has answered comes to word before anybody does twice.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.core.digest import Statement, draw
from bot.core.drafts import approval
from bot.core.drafts.draft import Draft, members
from bot.core.effects import Draw, Effect, Put, Request, Say
from bot.core.events import Due
from bot.core.ids import derive
from bot.core.message import block, t
from bot.core.relays.bringing import arrivals, goals, origins, source
from bot.core.relays.exchange import Exchange, answers_to, as_of, data_of, depth, ends_at, stands, unfocus
from bot.core.relays.partners import Partner, read_in, same_language
from bot.core.scene import Scene
from bot.core.state import Digest, DigestSentence
from bot.core.talk import table_of

SIZE = 10
"""About how many answers go back together."""


def due(at: Scene, how: Exchange, event: Due) -> Generator[Effect, None, Scene]:
    """The time for answers to one digest is over: they are drafted. The scene as it is after that."""
    digest = next((each.digest for each in arrivals(at) if each.digest.id == event.data.get("digest")), None)
    ends = ends_at(data_of(at), digest.id) if digest is not None else None
    if digest is None or ends is None or ends > at.now or at.stage is None or at.stage.state != "open":
        return at
    answers = drawn(at, digest)
    data = {**data_of(at), "drawn": [*data_of(at).get("drawn", ()), digest.id]}
    yield Put(at.with_data(**data))
    yield from unfocus(at, digest.id)
    after = as_of(at, data, answers=(*at.facts["answers"], answers))
    if answers.state == "approved":
        yield Draw(answers)
        yield from carry(at, how, answers)
        return after
    made = draft(at, answers)
    yield from approval.present(made)
    said = t("The time for answers is over. What your table answers is read and approved before it goes back.")
    knows = (*(s.id for s in table_of(at).staff), *made.everybody)  # authors read it above their words
    yield Say(at.unit, at.message(said), at.key("drawn", digest.id), without=knows)
    return after


def errand(at: Scene, how: Exchange, digest: Digest, to: Sequence[Partner]) -> dict[str, Any]:
    """What has to be known to bring a digest to tables. `due` is when what waits for a translator is read as it was written: at
    the end of the step, or at once; `translator` is who translates, where that is not the machine alone."""
    args: dict[str, Any] = {
        "digest": digest.id,
        "source_language": digest.language,
        "targets": [_target(at, how, digest, partner) for partner in to],
    }
    if how.translator != "machine":
        args["translator"] = how.translator
    if (how.on_language_gap == "hold" or how.translator == "human") and at.closes is not None:
        args["due"] = at.closes.isoformat()
    return args


def _target(at: Scene, how: Exchange, digest: Digest, to: Partner) -> dict[str, Any]:
    """A table to which a digest goes: the language in which it is read there, and in which others too (`also`)."""
    language = read_in(to.languages, digest.language)
    spoken = at.flow.languages if how.to == "plenary" else to.languages
    also = [each for each in spoken if not any(same_language(each, known) for known in (language, digest.language))]
    target: dict[str, Any] = {"table": to.id, "course": to.course, "language": language}
    return {**target, "also": also} if also else target


def close(at: Scene, how: Exchange) -> Iterator[Effect]:
    """The step is over: what nobody has approved is held, and the table that waits for it will be told."""
    waiting = [digest for digest in at.facts["answers"] if digest.state == "draft"]
    for each in arrivals(at):
        if ends_at(data_of(at), each.digest.id) is not None:
            answers = drawn(at, each.digest)
            waiting += [answers]
            yield from unfocus(at, each.digest.id)
            yield Draw(answers)
    for digest in waiting:
        held = yield from approval.close(draft(at, digest))
        yield from carry(at, how, held)


def drawn(at: Scene, digest: Digest) -> Digest:
    """The answers of this table to a digest, as a digest to be approved: doubles folded, and bounded so that everybody who has
    answered comes to word before anybody does twice. Where there is no answer, there is nothing to approve."""
    table, given = table_of(at), answers_to(at, digest)
    here, id = members(table), derive(at.step, table.id, digest.id)
    answers = Digest(
        id, at.step, table.id, table.site, table.languages[0], "draft", (), len(here), len(here), at.now, digest.id
    )
    if not given:
        return replace(answers, state="approved")
    made = draw(
        [Statement(r.id, r.seat, r.target, len(r.text.split()), n) for n, r in enumerate(given)],
        {},
        here,
        SIZE,
        f"{at.flow.ref}/{id}",
        {r.id: r.text for r in given},
    )
    targets = {r.id: r.target for r in given}
    order = [s.worded for s in digest.sentences]
    place = {target: n for n, target in enumerate(order)}
    first = {r.id: n for n, r in enumerate(given)}
    sentences = sorted(
        (DigestSentence(s.sources, s.support, s.against, s.minority) for s in made.sentences),
        key=lambda s: (place.get(targets[s.sources[0]], len(order)), first[s.sources[0]]),
    )
    return replace(answers, sentences=tuple(sentences), unheard=made.unheard)


def draft(at: Scene, digest: Digest) -> Draft:
    """Answers as those who lead the table see them."""
    return Draft(at, digest, at.facts["replies"], wordings=at.facts["wordings"])


def carry(at: Scene, how: Exchange, digest: Digest) -> Iterator[Effect]:
    """Have answers brought to the table that is answered."""
    answered = next((each.digest for each in arrivals(at) if each.digest.id == digest.answers), None)
    to = answered.table if answered is not None else ""
    for partner in dict.fromkeys(p for p in (*origins(at), *goals(at)) if p.id == to):
        args = errand(at, how, digest, (partner,))
        yield Request("relay", at.course.id, at.step, at.key("answers", digest.id, digest.state), at.unit, args)
        return


def expected(at: Scene, how: Exchange) -> Iterator[tuple[str, str]]:
    """The (digest, table) of every answer that this table waits for: the digest is its own, the table has it to answer."""
    for digest in at.facts["digests"] if how.two_way else ():
        if stands(digest):
            for partner in goals(at):
                yield digest.id, partner.id
    for digest in at.facts["answers"] if how.two_way else ():
        answered = next((each.digest for each in arrivals(at) if each.digest.id == digest.answers), None)
        if stands(digest) and answered is not None and depth(at, digest) < how.rounds:
            yield digest.id, answered.table


def busy(at: Scene, data: Mapping[str, Any]) -> bool:
    """Whether something can still be answered here, or approved."""
    open_here = any(ends_at(data, digest) is not None for digest in data.get("windows", {}))
    return open_here or any(digest.state == "draft" for digest in at.facts["answers"])


def still_awaited(at: Scene, how: Exchange) -> tuple[tuple[str, str], ...]:
    """The answers that have not come yet."""
    come = {(each.digest.answers, each.digest.table) for each in arrivals(at)}
    return tuple(each for each in expected(at, how) if each not in come)


def nothing_yet(at: Scene, how: Exchange) -> Iterator[Effect]:
    """At the end: from whom no answer has come yet."""
    partners = {p.id: p for p in (*goals(at), *origins(at))}
    for table in dict.fromkeys(table for _, table in still_awaited(at, how)):
        if table in partners:
            head = block(source(at, how, table, partners[table].site), kind="title")
            said = block(t("No answer has come yet. We go on; what still comes is shown to you here."))
            yield Say(at.unit, at.message(head, said), at.key("no-answer", table))
