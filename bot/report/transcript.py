"""What was said at a table, step by step, as far as each person agreed to its being on record.

Invariants:

* A table's transcript tells what the table could read: its talk, ideas that were shown to it, prompts, the digest drawn from
  it, and what was carried to it. What people wrote in private stands elsewhere or nowhere.
* An icebreaker, and a step with `record = "none"`, leave their heading and nothing else.
* Words that are not released leave a mark without name, time and language, in their place; so does what was hidden.
* For a voice note stands the one sentence that its author confirmed, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import merge
from typing import Literal

from bot.core.commands.hiding import WHY
from bot.core.files import SPOKEN, named
from bot.core.itinerary import Node
from bot.core.message import Lang, t
from bot.core.retelling import translated_by
from bot.core.state import Contribution, Digest, DigestSentence, Table
from bot.core.steps.collect import Collect
from bot.core.steps.discuss import Discuss
from bot.core.steps.relay import Relay
from bot.report.material import Material, Span
from bot.report.release import Released, Use, clean, released
from bot.store.archive import Given

Kept = Literal["full", "items_only", "counts_only", "none"]


@dataclass(frozen=True, slots=True)
class Speech:
    """Something that was said. `name` is "" for somebody without one or who is not named; `role` "" for participants;
    `at` None where the time is not on record. `free` is False where `text` is a mark; `hidden` is the reason for which it was
    hidden ("none" where none was given). `file` is the kind of what came with it, `answers` what it replies to, `to` by whom
    that is, where it is on record."""

    id: str
    kind: str
    name: str
    role: str
    text: str
    free: bool
    at: datetime | None = None
    language: str = ""
    side: str = ""
    helped: bool = False
    file: str = ""
    edited: bool = False
    answers: str = ""
    to: str = ""
    hidden: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of a digest. `original` is what was written, where `text` is a translation by `engine`; `left_out` why it
    does not stand."""

    sources: tuple[str, ...]
    text: str
    free: bool
    sentence: DigestSentence
    left_out: str = ""
    original: str = ""
    engine: str = ""


@dataclass(frozen=True, slots=True)
class Extract:
    """A digest: the one drawn from this table (`source` is None), or one that was carried here."""

    id: str
    state: str
    language: str
    lines: tuple[Line, ...]
    for_all: bool
    source: str | None = None
    engine: str = "none"


@dataclass(frozen=True, slots=True)
class Section:
    """A step at a table. `entries` are in order; `unrecorded` how many contributions the export does not hold, None where
    not even that is told."""

    step: str
    type: str
    title: str
    text: str
    span: Span | None
    entries: tuple[Speech | Extract, ...]
    unrecorded: int | None = 0


def transcript(material: Material, table: Table) -> list[Section]:
    """The sections of a table, in the order of the flow; what belongs to no step stands where it was said."""
    course = material.flow.course_of(table.site)
    prompts = _prompts(material, table)
    sections: list[Section] = []
    order = {node.id: number for number, node in enumerate(material.flow.nodes.values())}
    unknown = sorted({g.contribution.step for g in material.given if g.contribution.table == table.id} - {*order, ""})
    for step in (*order, *unknown):
        node = material.flow.nodes.get(step)
        entries = [*_speeches(material, node, step, table), *prompts.pop(step, ())]
        entries += [*_drawn(material, step, table), *_arrived(material, node, step, table)]
        if not entries and (step, table.id) not in material.talks:
            continue
        kept = _kept(node)
        hidden = 0 if kept == "full" else None if kept == "none" else _uncounted(material, step, table, entries)
        sections.append(
            Section(
                step, node.step.type if node is not None else "", material.title(step),
                material.text(node.step.text) if node is not None else "", material.spans.get((course, step)),
                tuple(entries) if kept != "none" else (), hidden,
            )
        )  # fmt: skip
    before = [speech for speeches in prompts.values() for speech in speeches]
    return ([Section("", "", "", "", None, tuple(before))] if before else []) + sections


def _kept(node: Node | None) -> Kept:
    if node is None:
        return "full"
    return "none" if isinstance(node.step, Discuss) and node.step.icebreaker else node.step.record


def _uncounted(material: Material, step: str, table: Table, entries: Sequence[object]) -> int:
    speeches = [entry for entry in entries if isinstance(entry, Speech) and not entry.hidden]
    shown = sum(speech.kind in ("message", "idea") for speech in speeches)
    return material.counted.get((step, table.id), 0) - shown


def _speeches(material: Material, node: Node | None, step: str, table: Table) -> Iterator[Speech]:
    """What was said in a step at a table, for all at it to read."""
    private = node is not None and isinstance(node.step, Collect) and node.step.show == "never"
    for each in merge(material.given, material.hidden, key=lambda g: g.contribution.at):
        given = each.contribution
        if given.step != step or given.table != table.id or given.kind == "answer" or private:
            continue
        if given.id in material.reasons:
            yield _hidden(material, given)
        elif given.kind != "file" or given.media not in SPOKEN:
            yield _speech(material, node, each)


def _hidden(material: Material, given: Contribution) -> Speech:
    """What was hidden: that something stood there, and why it does not."""
    reason = material.reasons[given.id]
    told = t("(hidden: {reason})", reason=WHY[reason]) if reason in WHY else t("(hidden)")
    return Speech("", given.kind, "", "", material.say(told), False, hidden=reason or "none")


def _speech(material: Material, node: Node | None, each: Given) -> Speech:
    given = each.contribution
    words = released(material, given.id, "transcript")
    if not words.free:
        return Speech("", given.kind, "", "", words.text, False)
    file, text = given.media, words.text
    answered = material.by_id.get(given.target)
    if answered is not None and answered.contribution.media in SPOKEN and not file:
        file, answered = answered.contribution.media, None
    text = text or (material.say(named(file)) if file else "")
    if node is not None and node.step.record == "items_only":
        return Speech(given.id, given.kind, "", "", text, True, language=given.language, side=given.side, file=file)
    author = material.seats.get(given.seat)
    open = given.kind != "idea" or (node is not None and isinstance(node.step, Collect) and node.step.named)
    said = Speech(
        given.id, given.kind, material.name(given.seat) if open else "",
        author.role if author is not None and author.role != "participant" else "",
        text, True, given.at, given.language, given.side, given.helped, file, given.id in material.edited,
    )  # fmt: skip
    if answered is None or not released(material, given.target, "transcript").free:
        return said
    return replace(said, answers=given.target, to=material.name(answered.contribution.seat))


def _prompts(material: Material, table: Table) -> dict[str, list[Speech]]:
    """What those who lead wrote to this table, or to all, outside a talk: under the step that was open then."""
    course, found = material.flow.course_of(table.site), dict[str, list[Speech]]()
    for each in material.given:
        given = each.contribution
        if given.step or given.kind != "prompt" or not _reached(material, given, table):
            continue
        opened = [
            (span.opened, step)
            for (of, step), span in material.spans.items()
            if of == course and span.opened <= given.at
        ]
        found.setdefault(max(opened)[1] if opened else "", []).append(_speech(material, None, each))
    return found


def _reached(material: Material, given: Contribution, table: Table) -> bool:
    """A prompt without a table goes to everybody, or, from a coordinator, to everybody on the same course."""
    if given.table:
        return given.table == table.id
    author = material.seats.get(given.seat)
    everywhere = author is None or author.role != "coordinator"
    return everywhere or material.flow.course_of(given.site) == material.flow.course_of(table.site)


# Digests


def _drawn(material: Material, step: str, table: Table) -> Iterator[Extract]:
    """The digest that was drawn from this table. Only of an approved one the sentences are shown."""
    for digest in material.digests:
        if digest.step == step and digest.table == table.id:
            lines = [_line(material, s, "transcript") for s in digest.sentences]
            if digest.state != "approved":
                lines = [replace(line, text="", free=False) for line in lines]
            lines = [
                replace(e, text="", free=False, left_out=e.sentence.left_out) if e.sentence.left_out else e
                for e in lines
            ]
            yield Extract(digest.id, digest.state, digest.language, tuple(lines), not digest.unheard)


def _arrived(material: Material, node: Node | None, step: str, table: Table) -> Iterator[Extract]:
    """What was carried to this table in a step, as it was read here."""
    for each in material.carried:
        if each.step == step and each.table == table.id:
            digest, engine, texts = each.arrival
            standing = [s for s in digest.sentences if not s.left_out] if digest.state == "approved" else []
            lines = tuple(_carried_line(material, s, texts.get(s.worded, ""), engine) for s in standing)
            source = source_of(material, node, digest)
            yield Extract(digest.id, digest.state, digest.language, lines, not digest.unheard, source, engine)


def carried_to(material: Material, table: Table) -> Iterator[Extract]:
    """Everything that was carried to a table, in the order of the flow."""
    for node in material.flow.nodes.values():
        if node.step.record != "none":
            yield from _arrived(material, node, node.id, table)


def _line(material: Material, sentence: DigestSentence, use: Use) -> Line:
    """A sentence in the words of the first of its authors who released them."""
    found: list[Released] = [released(material, source, use) for source in sentence.sources]
    shown = next((words for words in found if words.free), found[0])
    sources = tuple(s for s, words in zip(sentence.sources, found, strict=True) if words.free)
    return Line(sources, shown.text, shown.free, sentence)


def _carried_line(material: Material, sentence: DigestSentence, pointer: str, engine: str) -> Line:
    line = _line(material, sentence, "quotes")
    id, _, language = pointer.partition("@")
    if not line.free or (id, language) not in material.translated or id not in line.sources:
        return line
    text = clean(material.translated[id, language].text)
    return Line(line.sources, text, True, sentence, original=line.text, engine=engine)


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


__all__ = ["Extract", "Line", "Section", "Speech", "carried_to", "label_of", "source_of", "transcript"]
