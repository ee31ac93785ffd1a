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
from typing import Any, Literal

from bot.core.commands.hiding import WHY
from bot.core.files import SPOKEN, named
from bot.core.itinerary import Node
from bot.core.message import t
from bot.core.state import Contribution, DigestSentence, Table, Translated
from bot.core.steps.collect import Collect
from bot.core.steps.discuss import Discuss
from bot.report.extracts import Extract, arrived, drawn
from bot.report.material import Material, Span
from bot.report.release import released
from bot.store.archive import Given

SENTENCE = "sentence"
"""The kind of what words a statement anew: it stands in the digest, beside the statement."""

Kept = Literal["full", "items_only", "counts_only", "none"]


@dataclass(frozen=True, slots=True)
class Speech:
    """Something that was said. `name` is "" for somebody without one or who is not named; `role` "" for participants;
    `at` None where the time is not on record. `free` is False where `text` is a mark; `hidden` is the reason for which it was
    hidden ("none" where none was given). `file` is the kind of what came with it, `answers` what it replies to, `to` by whom
    that is, where it is on record; `of` is the digest and the number of the sentence which a reply to another table answers, 0
    for the whole of it.

    `language` is the one that the author had chosen, `written` the one in which the words are, where that is known to be another.
    `versions` counts the words that it had, `translations` are those that people were shown, and `support` is the sentence of a
    digest that stands for it."""

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
    answers: str = ""
    to: str = ""
    hidden: str = ""
    of: tuple[str, int] = ("", 0)
    written: str = ""
    versions: int = 1
    translations: tuple[Translated, ...] = ()
    support: DigestSentence | None = None

    @property
    def edited(self) -> bool:
        """Whether it had other words before."""
        return self.versions > 1


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
        entries = _among([*_speeches(material, node, step, table)], prompts.pop(step, ()))
        entries += [*drawn(material, step, table), *arrived(material, node, step, table)]
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
        if given.step != step or given.table != table.id or given.kind in ("answer", SENTENCE) or private:
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
        text, True, given.at, given.language, given.side, given.helped, file,
        written=given.written if given.written != given.language else "", versions=1 + material.versions.get(given.id, 0),
        translations=material.translations.get(given.id, ()), support=material.drawn.get(given.id),
    )  # fmt: skip
    if given.kind == "reply":
        return replace(said, answers=given.target, of=material.answered(given))
    if answered is None or not released(material, given.target, "transcript").free:
        return said
    return replace(said, answers=given.target, to=material.name(answered.contribution.seat))


def _among(said: list[Any], prompts: Sequence[Speech]) -> list[Any]:
    """What was said, and the prompts where they came; what is told without its time keeps its place."""
    for prompt in prompts:
        later = (
            n for n, each in enumerate(said) if each.at is not None and prompt.at is not None and each.at > prompt.at
        )
        said.insert(next(later, len(said)), prompt)
    return said


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
