"""How a digest from another table is shown: where it comes from, in whose language, and by whom it was translated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from bot.core.effects import Effect, Put, Redraw, Say
from bot.core.events import Retold
from bot.core.message import Block, Button, Lang, Message, Part, Phrase, Plain, Words, block, t
from bot.core.relays.partners import Partner, same_language
from bot.core.retelling import for_nobody, standing, translated_by
from bot.core.scene import Scene
from bot.core.state import Digest, Seat
from bot.core.talk import table_of
from bot.core.translation import doubting
from bot.core.translation.translators import texts


class Manner(Protocol):
    """What a flow says about how digests are shown (`bot.core.steps.relay.Relay`)."""

    @property
    def to(self) -> Any: ...
    @property
    def source_shown(self) -> Any: ...
    @property
    def show_original(self) -> bool: ...


NOBODY = Seat("", "participant", "", "")
"""Somebody who reads what most at the table read."""


class Come(NamedTuple):
    """A digest that has come to a table. `texts` points, by contribution, at what was translated, and by `contribution@language`
    for those who read another language than most of the table. `engine` says by what ("none" where the words are the original
    ones)."""

    digest: Digest
    engine: str
    texts: Mapping[str, str]


def read_by(come: Come, seat: Seat) -> tuple[str, Come]:
    """A digest in the language of this person: which one, "" where it is the table's, and with the texts in it alone."""
    parted: dict[str, dict[str, str]] = {"": {}}
    for name, pointer in come.texts.items():
        contribution, _, language = name.partition("@")
        parted.setdefault(language, {})[contribution] = pointer
    own = next((each for each in parted if each and same_language(each, seat.language)), "")
    return own, come._replace(texts=parted[own])


def arrivals(at: Scene) -> tuple[Come, ...]:
    """What has come to the table in this step, in the order in which it came."""
    return tuple(Come(*each) for each in at.facts["arrivals"])


def goals(at: Scene) -> tuple[Partner, ...]:
    """The tables that read what this table says."""
    return tuple(Partner(*each) for each in at.facts["goals"])


def origins(at: Scene) -> tuple[Partner, ...]:
    """The tables whose digests this table reads."""
    return tuple(Partner(*each) for each in at.facts["origins"])


def bring(
    at: Scene, manner: Manner, come: Come, more: tuple[Block, ...] = (), answers: tuple[Button, ...] = ()
) -> Iterator[Effect]:
    """Show one digest. Those who read its language get the original words, the others the translation if there is one. `more` is
    said below it, `answers` are the buttons with which it is answered, and a reply to it in words answers it as well."""
    table, (digest, _, texts) = table_of(at), come
    asks = f"{at.step}:{digest.id}:" if answers else ""
    if digest.state != "approved":
        why = t("Nobody there has approved their summary in time, so it does not come. We go on.")
        if digest.answers:
            why = t("Nobody there has approved their answers in time, so they do not come. We go on.")
        said = at.message(heading(at, manner, digest, ""), block(why))
        if (
            digest.answers and at.stage is not None and at.stage.state == "closed"
        ):  # that none has come was told at the close
            yield Redraw((), said, at.key("held", digest.id), said=at.key("no-answer", digest.table))
        else:
            yield Say(at.unit, said, at.key("held", digest.id))
        return
    if not standing(digest):
        none = t("Nothing was written there this time that could be passed on.")
        if digest.answers:
            none = t("Nobody there has written an answer to what your table said.")
        yield Say(at.unit, at.message(heading(at, manner, digest, ""), block(none)), at.key("shown", digest.id))
        return
    head = heading(at, manner, digest, "none")
    plain = at.message(head, *content(at, digest), *more, buttons=answers, asks=asks, shows=digest.id)
    alone = manner.to == "plenary"
    if not texts:
        yield Say(at.unit, plain, at.key("shown", digest.id), privately=alone)
        return
    people = table.everybody
    readers = tuple(s.id for s in people if same_language(s.language, digest.language))
    apart = {s.id: read_by(come, s) for s in people if s.id not in readers and read_by(come, s)[0]}
    most = read_by(come, NOBODY)[1]
    shown = translated(at, manner, most, more, answers) if most.texts else plain
    yield Say(at.unit, shown, at.key("shown", digest.id), without=(*readers, *apart), privately=alone)
    for seat in readers:
        yield Say(f"seat:{seat}", plain, at.key("plain", digest.id))
    for seat, (language, own) in apart.items():
        own = own._replace(engine=_engine(at, own))
        yield Say(f"seat:{seat}", translated(at, manner, own, more, answers), at.key(f"shown-{language}", digest.id))
    for each in (most, *dict(apart.values()).values()):
        yield from doubting.late(at, digest, each.texts)


def _engine(at: Scene, come: Come) -> str:
    """Who has made these texts, as far as that is known of each."""
    found = (texts(at.state).get(pointer) for pointer in come.texts.values())
    return "+".join(sorted({text.made.engine for text in found if text is not None and text.made})) or come.engine


def translated(
    at: Scene, manner: Manner, come: Come, more: tuple[Block, ...] = (), answers: tuple[Button, ...] = ()
) -> Message:
    """A digest for those who read another language, as its translations stand now."""
    digest, engine, texts = come
    left = any(s.worded not in texts for s in standing(digest))
    note = t("What stands here in {language} could not be translated.", language=Lang(digest.language))
    rest = (block(note, kind="note"),) if left else ()
    original = (Button(t("Show the original"), at.press("original", "", digest.id)),) if manner.show_original else ()
    engine = doubting.engines(at, texts, engine)
    wrong = (Button(doubting.WRONG, at.press("doubt", "", digest.id)),) if engine != "none" else ()
    said = (heading(at, manner, digest, engine), *content(at, digest, texts), *rest, *more)
    asks = f"{at.step}:{digest.id}:" if answers else ""
    return at.message(*said, buttons=(*answers, *original, *wrong), asks=asks, shows=digest.id)


def retold(
    at: Scene, manner: Manner, come: Come, change: Retold, more: tuple[Block, ...], answers: tuple[Button, ...]
) -> Iterator[Effect]:
    """A translation that was read here has changed: its readers are told, and what they have read is brought up to date."""
    digest = come.digest
    number = next((n for n, s in enumerate(digest.sentences, 1) if s.worded == change.contribution), 0)
    where = (source(at, manner, digest.table, digest.site), Plain(" · "), t("sentence {number}", number=number))
    language, own = read_by(come, replace(NOBODY, language=change.language))
    said = at.key(f"shown-{language}" if language else "shown", digest.id)
    if change.state == "late":
        yield from doubting.over(at, digest, own.texts, change, said, block(where[0], kind="title"))
    else:
        yield from doubting.news(at, change, said, where)
    key = at.key("redrawn", change.contribution, change.language, change.state, int(at.now.timestamp() * 1000))
    yield Redraw((), translated(at, manner, own, more, answers), key, said=said)


FATES: Mapping[str, tuple[Phrase, Phrase]] = {
    "gone": (
        t("Somebody there has taken back sentence {number}. Please treat it as not said."),
        t("Somebody there has taken back a sentence. Please treat it as not said."),
    ),
    "hidden": (
        t("Those who lead that table have hidden sentence {number}. Please treat it as not said."),
        t("Those who lead that table have hidden a sentence. Please treat it as not said."),
    ),
    "again": (
        t("Sentence {number} was hidden by mistake: it stands again."),
        t("A sentence was hidden by mistake: it stands again."),
    ),
}
"""What is said of words that have crossed and are read there no more, or again (`Retold.state`): with the number, and without."""


def gone(
    at: Scene, manner: Manner, come: Come, change: Retold, more: tuple[Block, ...], answers: tuple[Button, ...]
) -> Iterator[Effect]:
    """Words that were read here have been taken back or hidden, or stand again: whoever has read them is told once, and reads
    what stands now, where the platform can change that. Where others have said the same, it stands."""
    digest, stage, contribution = come.digest, at.stage or at.fresh_stage(), change.contribution
    found = ((n, s) for n, s in enumerate(digest.sentences, 1) if contribution in (s.worded, *s.sources))
    number, sentence = next(found, (0, None))
    told, mark, again = stage.data.get("gone", []), f"{digest.id}:{number}", change.state == "again"
    if (mark in told) != again or (sentence is not None and not sentence.left_out and sentence.worded != contribution):
        return
    yield Put(at.with_data(gone=[m for m in told if m != mark] if again else [*told, mark]))
    answers = tuple(button for button in answers if again or not button.press.endswith(f":{mark}"))
    title = block(source(at, manner, digest.table, digest.site), kind="title")
    numbered, other = FATES[change.state]
    said = Phrase(numbered.text, {"number": Plain(str(number))}) if number else other
    asks = f"{at.step}:{digest.id}:" if answers else ""
    head = heading(at, manner, digest, "none")
    plain = at.message(head, *content(at, digest), *more, buttons=answers, asks=asks, shows=digest.id)
    ways = {"plain": plain}
    for name in dict.fromkeys(("", *(name.partition("@")[2] for name in come.texts))):
        own = read_by(come, replace(NOBODY, language=name))[1]
        ways[f"shown-{name}" if name else "shown"] = translated(at, manner, own, more, answers) if own.texts else plain
    what = (
        f"{number or contribution}" if change.state == "gone" else f"{number or contribution}/{int(at.now.timestamp())}"
    )
    for way, message in ways.items():
        key = at.key(way, digest.id)
        yield Say(f"readers:{key}", at.message(title, said), f"{key}/{change.state}/{what}")
        yield Redraw((), message, f"{key}/{change.state}/{what}", said=key)


def content(at: Scene, digest: Digest, texts: Mapping[str, str] = MappingProxyType({})) -> tuple[Block, ...]:
    """The standing sentences of a digest, as `texts` translate them; of one that answers, each below what it answers."""
    heads = answered(at, digest)
    blocks: list[Block] = []
    for number, sentence in enumerate(digest.sentences, 1):
        if not sentence.left_out:
            blocks += [*heads.get(number, ()), *doubting.sentence(at, sentence, number, texts)]
    if unheard := for_nobody(digest):
        blocks.append(block(unheard, kind="note"))
    return tuple(blocks)


def answered(at: Scene, digest: Digest) -> dict[int, tuple[Block, ...]]:
    """What the sentences of a digest answer, by number: said once above the first of those that answer the same. Empty where it
    replies to nothing."""
    heads: dict[int, tuple[Block, ...]] = {}
    mine = next((d for d in (*at.facts["digests"], *at.facts["answers"]) if d.id == digest.answers), None)
    before: int | None = None
    for number, sentence in enumerate(digest.sentences if mine is not None else (), 1):
        if sentence.left_out:
            continue
        target = at.facts["targets"].get(sentence.sources[0], "")
        place = next((n for n, s in enumerate(mine.sentences, 1) if target in (s.worded, *s.sources)), 0) if mine else 0
        if place != before and mine is not None:
            head = t("Answer to what your table said:")
            if place:
                asked = Words(mine.sentences[place - 1].worded)
                head = t("Answer to your sentence {number} (“{words}”):", number=place, words=asked)
            heads[number] = (block(head, kind="note"),)
        before = place
    return heads


def heading(at: Scene, manner: Manner, digest: Digest, engine: str) -> Block:
    """Where it comes from, in which language it was written, and whether a machine has translated it. `engine` is ""
    where no words follow."""
    parts: list[Part] = [source(at, manner, digest.table, digest.site)]
    language = Lang(digest.language)
    if engine not in ("", "none"):
        parts += [Plain(" · "), translated_by(engine, language)]
    elif engine and not all(same_language(own, digest.language) for own in table_of(at).languages):
        parts += [Plain(" · "), t("in {language}, not translated", language=language)]
    return block(*parts, kind="title")


def source(at: Scene, manner: Manner, table: str, site: str) -> Part:
    """Where a digest comes from, as far as the flow lets it be known."""
    partner = next((p for p in (*origins(at), *goals(at)) if p.id == table), None)
    place = at.flow.sites.get(site)
    if manner.source_shown == "hidden" or place is None:
        return t("From another table")
    name: Part = at.local(place.name) if place.name else Plain(place.id)
    if manner.source_shown == "site" or partner is None:
        return t("From a table in {site}", site=name)
    return t("From table {number} in {site}", number=partner.number, site=name)
