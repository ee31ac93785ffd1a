"""What stands behind a sentence of a digest: whose words, when and where they were said, who changed or translated them.

Invariants:

* Words are shown as they were written, in the language in which they were written. They are pointers: what was taken back,
  hidden or erased since then is not shown, and it is said that it is not.
* At another table nobody learns a name, nor more of where it was said than `source_shown` allows, nor a wording that its author
  has changed before it was approved: that has never crossed.
* How many people said something is told in words below ten.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from bot.core.flow import Flow
from bot.core.leading import leads
from bot.core.message import Block, Lang, Part, Phrase, Plain, When, Words, block, t, tn
from bot.core.retelling import FEW, WHY, support_of, translated_by
from bot.core.state import Contribution, Digest, DigestSentence, Seat, Table, Translated
from bot.core.steps.collect import Collect
from bot.core.talk import who

Fate = Literal["live", "withdrawn", "hidden", "erased", "missing"]

GONE: dict[Fate, Phrase] = {
    "withdrawn": t("Whoever wrote this has taken it back."),
    "hidden": t("This was hidden by those who lead the table."),
    "erased": t("Whoever wrote this was erased at their own wish, and their words with them."),
    "missing": t("This is not on record any more."),
}
TOLD_BY: dict[str, Phrase] = {
    "machine": t("No translator has looked at this translation yet."),
    "reviewed": t("Somebody who knows both languages has read this translation."),
    "questioned": t("A reader doubts this translation."),
    "withdrawn": t("This translation was withdrawn; the original stands in its place."),
    "held": t("This translation waits for somebody who knows both languages; the original stands in its place."),
}
"""What has become of a translation."""


class Read(NamedTuple):
    """A digest that somebody has read; `step` is the relay by which it came to their table, "" where it came by none."""

    digest: Digest
    step: str


@dataclass(frozen=True, slots=True)
class Source:
    """A contribution behind a sentence, and what became of it; `given` is None unless it stands. `changed`: its author gave it
    other words while it was talked about."""

    id: str
    fate: Fate
    given: Contribution | None = None
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Trail:
    """All that stands behind one sentence, found for one reader. `table` is where the digest was drawn, `people` those seats
    behind it whose names that table reads, `step` the relay by which it came to the reader (""), `translated` what they read
    in place of the original."""

    digest: Digest
    number: int
    table: Table
    sources: tuple[Source, ...]
    wording: Source | None = None
    translated: Translated | None = None
    step: str = ""
    people: tuple[Seat, ...] = ()

    @property
    def sentence(self) -> DigestSentence:
        return self.digest.sentences[self.number - 1]


def at_home(reader: Seat, table: Table) -> bool:
    """Whether somebody belongs to the table where the words come from."""
    return reader.table == table.id or leads(reader, table)


def behind(flow: Flow, reader: Seat, trail: Trail) -> Iterator[Block]:
    """The answer to whoever asks what stands behind a sentence."""
    home = at_home(reader, trail.table)
    place = (
        t("your table")
        if reader.table == trail.table.id
        else came_from(flow, trail.table, trail.step if not home else None)
    )
    yield block(t("Sentence {number} · {place}", number=trail.number, place=place), kind="title")
    sentence = trail.sentence
    if sentence.left_out:
        why = WHY.get(sentence.left_out) if home else None
        yield block(t("It was left out: {reason}.", reason=why) if why is not None else t("It was left out."))
        if why is None or not leads(reader, trail.table):
            return
    yield from _worded(trail, home)
    for source in trail.sources:
        yield from _source(flow, reader, trail, source, home)
    authors = {seat for each in trail.sources if each.given is not None for seat in each.given.authors}
    notes = [_people(len(authors))] if authors else []
    notes += [support] if (support := support_of(sentence)) is not None else []
    yield from (block(note, kind="note") for note in notes)
    if trail.translated is not None:
        yield from (block(line, kind="note") for line in _translation(trail.translated, trail))


def _worded(trail: Trail, home: bool) -> Iterator[Block]:
    """The sentence itself, where it does not stand in the words of its first source."""
    wording, sentence = trail.wording, trail.sentence
    if wording is None:
        return
    if wording.given is None:
        yield block(GONE[wording.fate])
        return
    yield block(Words(wording.id), kind="quote")
    yield block(t("In the original, in {language}.", language=Lang(wording.given.spoken)), kind="note")
    if sentence.model:
        told = t(
            "The language model {model} has worded this, and a person has approved it. It was made from:",
            model=sentence.model,
        )
        yield block(told)
    elif home:
        yield block(t("It was worded anew with the yes of whoever wrote it. Before that it read:"))
    else:
        told = t(
            "It was worded anew with the yes of whoever wrote it. How it read before stays at the table where it was said."
        )
        yield block(told)


def _source(flow: Flow, reader: Seat, trail: Trail, source: Source, home: bool) -> Iterator[Block]:
    if source.given is None:
        yield block(GONE[source.fate])
        return
    given, anew = source.given, trail.wording.given if trail.wording is not None else None
    never_crossed = not home and anew is not None and anew.target == source.id and not trail.sentence.model
    if not never_crossed:
        yield block(Words(source.id), kind="quote")
    node = flow.nodes.get(given.step)
    facts: list[Part] = []
    seat = next((s for s in trail.people if s.id == given.seat), None)
    anonymous = given.kind == "idea" and not (node is not None and isinstance(node.step, Collect) and node.step.named)
    if seat is not None and leads(reader, trail.table) and not anonymous:
        facts.append(who(seat))
    facts.append(Lang(given.spoken))
    if node is not None:
        facts.append(flow.local(node.step.title) if node.step.title else Plain(node.id))
    facts.append(When(given.at))
    facts += [t("with help")] if given.helped and home else []
    facts += [t("(edited)")] if source.changed else []
    yield block(*_dotted(facts), kind="note")


def _people(authors: int) -> Phrase:
    if authors >= FEW:
        return tn("{n} person wrote this.", "{n} people wrote this, each in their own words.", n=authors)
    return t("One person wrote this.") if authors == 1 else t("Several people wrote this, each in their own words.")


def _translation(made: Translated, trail: Trail) -> Iterator[Phrase]:
    """Who put the sentence into the language in which it was read, and who has looked at that since."""
    wording = trail.wording or trail.sources[0]
    language = wording.given.spoken if wording.given is not None else trail.digest.language
    if made.state not in ("withdrawn", "held"):
        yield t("You have read it {how}.", how=translated_by(made.engine, Lang(language)))
        if made.via:
            yield t("It went by way of {language}.", language=Lang(made.via))
    yield TOLD_BY[made.state]


def came_from(flow: Flow, table: Table, step: str | None) -> Part:
    """Where a digest comes from, as far as the relay that brought it tells; None tells all, for those at home there."""
    node, site = flow.nodes.get(step or ""), flow.sites.get(table.site)
    shown = (
        "table" if step is None else str(getattr(node.step, "source_shown", "hidden")) if node is not None else "hidden"
    )
    if shown == "hidden" or site is None:
        return t("from another table")
    name: Part = flow.local(site.name) if site.name else Plain(site.id)
    if shown == "site":
        return t("from a table in {site}", site=name)
    return t("from table {number} in {site}", number=table.number, site=name)


def the_last(read: Sequence[Read]) -> Read | None:
    """The digest that somebody read last; None where there is none, or several came together."""
    newest = read[0] if read else None
    if newest is not None and newest.step and sum(each.step == newest.step for each in read) > 1:
        return None
    return newest


def _dotted(parts: Sequence[Part]) -> list[Part]:
    found: list[Part] = []
    for part in parts:
        found += [Plain(" · "), part] if found else [part]
    return found
