"""Digests as they were read: drawn from a table, or carried to one; every sentence with its sources and its ways.

Invariants:

* A sentence names its sources, and stands in the words that people read: those of its author, or, with their yes, worded anew.
  What it was before stands beside it. Both only as far as their authors released them.
* A translation stands beside the original, with what made it and what has become of it; of who reviewed it only that a person
  did.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from bot.core.itinerary import Node
from bot.core.message import Lang, t
from bot.core.retelling import translated_by
from bot.core.state import Digest, DigestSentence, Table, Translated
from bot.core.steps.relay import Relay
from bot.report.material import Material
from bot.report.release import Use, clean, released


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of a digest, under its `number` there. `language` is that of the original words, which are `text`; where people
    read a translation, that is `text` and the `original` what was written. `translated` tells of the translation, also of one
    that was withdrawn. `before` is how the sentence read before it was worded anew, `model` what has worded it; `left_out` why it
    does not stand."""

    number: int
    sources: tuple[str, ...]
    text: str
    free: bool
    sentence: DigestSentence
    language: str = ""
    left_out: str = ""
    original: str = ""
    translated: Translated | None = None
    before: str = ""
    model: str = ""

    @property
    def engine(self) -> str:
        """What has translated the words that were read; "" where they are the original ones."""
        return self.translated.engine if self.original and self.translated is not None else ""


@dataclass(frozen=True, slots=True)
class Extract:
    """A digest: the one drawn from this table (`source` is None), or one that was carried here. `answers` is the digest to which
    it replies."""

    id: str
    state: str
    language: str
    lines: tuple[Line, ...]
    for_all: bool
    source: str | None = None
    engine: str = "none"
    answers: str = ""


def drawn(material: Material, step: str, table: Table) -> Iterator[Extract]:
    """The digests that were drawn from this table. Only of an approved one the sentences are shown."""
    for digest in material.digests:
        if digest.step == step and digest.table == table.id:
            lines = [_line(material, digest, n, s, "transcript") for n, s in enumerate(digest.sentences, 1)]
            hidden = (
                line if digest.state == "approved" and not line.sentence.left_out else _bare(line) for line in lines
            )
            yield Extract(
                digest.id, digest.state, digest.language, tuple(hidden), not digest.unheard, answers=digest.answers
            )


def _bare(line: Line) -> Line:
    """A sentence that does not stand: its place, its sources, and why."""
    return replace(line, text="", free=False, left_out=line.sentence.left_out, before="")


def arrived(material: Material, node: Node | None, step: str, table: Table) -> Iterator[Extract]:
    """What was carried to this table in a step, as it was read here."""
    for each in material.carried:
        if each.step == step and each.table == table.id:
            digest, engine, texts = each.arrival
            standing = digest.sentences if digest.state == "approved" else ()
            lines = tuple(
                _carried_line(material, digest, n, s, texts.get(s.worded, ""))
                for n, s in enumerate(standing, 1)
                if not s.left_out
            )
            source = source_of(material, node, digest)
            yield Extract(
                digest.id, digest.state, digest.language, lines, not digest.unheard, source, engine, digest.answers
            )


def carried_to(material: Material, table: Table) -> Iterator[Extract]:
    """Everything that was carried to a table, in the order of the flow."""
    for node in material.flow.nodes.values():
        if node.step.record != "none":
            yield from arrived(material, node, node.id, table)


def _line(material: Material, digest: Digest, number: int, sentence: DigestSentence, use: Use) -> Line:
    """A sentence in the words in which it was read, or in those of the first of its authors who released theirs."""
    found = {source: released(material, source, use) for source in sentence.sources}
    sources = tuple(source for source, words in found.items() if words.free)
    first = next((id for id in sentence.sources if found[id].free), sentence.sources[0])
    if not sentence.words:
        return Line(
            number, sources, found[first].text, found[first].free, sentence, material.spoken(first, digest.language)
        )
    worded = released(material, sentence.words, use)
    given = material.by_id.get(sentence.words)
    before = found.get(given.contribution.target) if given is not None and not sentence.model else None
    return Line(
        number, sources, worded.text, worded.free, sentence, material.spoken(sentence.words, digest.language),
        before=before.text if before is not None and before.free and worded.free else "", model=sentence.model,
    )  # fmt: skip


def _carried_line(material: Material, digest: Digest, number: int, sentence: DigestSentence, pointer: str) -> Line:
    line = replace(_line(material, digest, number, sentence, "quotes"), before="")  # what was before has never crossed
    id, _, language = pointer.partition("@")
    made = material.translated.get((id, language.partition("~")[0]))
    if not line.free or made is None or id != sentence.worded or not released(material, id, "quotes").free:
        return line
    if made.state in ("withdrawn", "held"):
        return replace(line, translated=made)
    return replace(line, text=clean(made.text), original=line.text, translated=made)


def told_of(made: Translated) -> dict[str, Any]:
    """A translation for programs: its language, what made it, and what has become of it. A person is not named."""
    row: dict[str, Any] = {"language": made.language, "engine": made.engine, "state": made.state}
    row |= {"version": made.version} if made.version else {}
    row |= {"by_way_of": made.via} if made.via else {}
    row |= {"read_by_a_person": True} if made.by or made.state == "reviewed" else {}
    return row | ({"found_by_the_checks": list(made.findings)} if made.findings else {})


def source_of(material: Material, node: Node | None, digest: Digest) -> str:
    """Where a digest comes from, as those read it to whom it was carried."""
    shown = node.step.source_shown if node is not None and isinstance(node.step, Relay) else "hidden"
    site, table = material.site_name(digest.site), material.table.get(digest.table)
    if shown == "hidden":
        return material.say(t("From another table"))
    if shown == "site" or table is None:
        return material.say(t("From a table in {site}", site=site))
    return material.say(t("From table {number} in {site}", number=table.number, site=site))


def label_of(material: Material, extract: Extract) -> str:
    """The label of something that was carried: who translated it from which language, or that nobody did."""
    language = Lang(extract.language)
    if extract.engine != "none":
        return material.say(translated_by(extract.engine, language))
    return material.say(t("in {language}, not translated", language=language))
