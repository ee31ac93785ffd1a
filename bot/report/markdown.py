"""A transcript as Markdown, for people.

Invariant: nobody's words can become markup. What people wrote stands in quotes, and every character that Markdown could take
for a heading, a list, a link, code, a table or HTML has a backslash before it; a reader sees the words as they were written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.files import named
from bot.core.message import Lang, Part, Phrase, t, tn
from bot.core.provenance import TOLD_BY
from bot.core.retelling import WHY, by_model, support_in_words, translated_by
from bot.core.state import Table, Translated
from bot.core.steps.collect import SIDES
from bot.core.talk import LABELS
from bot.report.extracts import Extract, Line, label_of
from bot.report.material import Material, Span
from bot.report.release import clean
from bot.report.transcript import Section, Speech

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~!&$^@])|(:)(?=[^\s\d])|(?<=[wW])(\.)")
_AT_START = re.compile(r"([-+=])|(\d{1,9})([.)])(?=\s|\Z)")
_BLANKS = re.compile(r"[ \t\n]+")

STATES: dict[str, Phrase] = {
    "approved": t("approved"),
    "held": t("held: nobody approved it, so it went nowhere"),
    "draft": t("not approved yet"),
}


def escaped(text: str) -> str:
    """One line of somebody's words as Markdown that shows exactly them."""
    line = _BLANKS.sub(" ", clean(text)).strip(" ")
    body = _MARKUP.sub(lambda m: "\\" + m[0], line)
    start = _AT_START.match(body)
    if start is None:
        return body
    head = f"\\{start[1]}" if start[1] else f"{start[2]}\\{start[3]}"
    return head + body[start.end() :]


def quoted(words: str) -> str:
    """Somebody's words as a quote; line ends and empty lines stay where they were."""
    lines = [escaped(line) for line in clean(words).strip().split("\n")]
    rows = []
    for number, line in enumerate(lines):
        more = bool(line) and number + 1 < len(lines) and bool(lines[number + 1])
        rows.append(f"> {line}\\" if more else f"> {line}".rstrip())
    return "\n".join(rows)


def markdown(material: Material, table: Table, sections: Sequence[Section]) -> bytes:
    """The transcript of a table."""
    say, zone = material.say, _zone(material, table)
    title = t("Table {number}, {site}", number=table.number, site=material.site_name(table.site))
    assembly = escaped(material.text(material.flow.file.flow.title))
    parts = [f"# {escaped(say(title))}", f"{assembly} · `{material.ref}`"]
    for number, section in enumerate(sections, 1):
        parts += _section(material, section, number, zone)
    if not sections:
        parts.append(escaped(say(t("Nothing has happened at this table."))))
    return ("\n\n".join(parts) + "\n").encode()


def _section(material: Material, section: Section, number: int, zone: str) -> Iterator[str]:
    title = section.title or material.say(t("Before the first step"))
    yield f"## {number}. {escaped(title)}"
    facts = [section.type, *(when(section.span, zone) if section.span is not None else ())]
    if any(facts):
        yield " · ".join(escaped(fact) for fact in facts if fact)
    if section.text:
        yield "\n\n".join(filter(None, (escaped(line) for line in section.text.split("\n"))))
    if section.unrecorded is None:
        yield f"*{escaped(material.say(t('This step is not on record.')))}*"
    elif section.unrecorded:
        told = tn(
            "{n} contribution is not in this export: the flow keeps it out.",
            "{n} contributions are not in this export: the flow keeps them out.",
            section.unrecorded,
        )
        yield f"*{escaped(material.say(told))}*"
    for entry in section.entries:
        if isinstance(entry, Speech):
            yield from _speech(material, entry, zone)
        else:
            yield from _extract(material, entry)


def _speech(material: Material, speech: Speech, zone: str) -> Iterator[str]:
    if not speech.free:
        yield escaped(speech.text)
        return
    kinds = {"prompt": t("prompt"), "summary": t("summary")}
    role = material.say(LABELS[speech.role]) if speech.role in LABELS else ""  # type: ignore[index]  # a key, as just seen
    facts = [role, material.say(kinds[speech.kind]) if speech.kind in kinds else ""]
    facts += [material.say(SIDES[speech.side]) if speech.side in SIDES else ""]
    facts += [f"{speech.at.astimezone(ZoneInfo(zone)):%H:%M:%S}"] if speech.at is not None else []
    facts += [material.say(Lang(speech.written or speech.language)) if speech.language else ""]
    facts += [material.say(t("with help"))] if speech.helped else []
    facts += (
        [material.say(named(speech.file))] if speech.file and speech.text != material.say(named(speech.file)) else []
    )
    facts += [material.say(t("in answer to {name}", name=speech.to))] if speech.to else []
    facts += [material.say(_answered(speech.of[1]))] if speech.of[0] else []
    facts += [material.say(t("(edited)"))] if speech.edited else []
    head = [f"**{escaped(speech.name)}**"] if speech.name else []
    yield " · ".join([*head, *(escaped(fact) for fact in facts if fact)])
    yield quoted(speech.text)
    for made in speech.translations:
        yield from _translated(material, made, speech.written or speech.language)


def _answered(number: int) -> Phrase:
    return t("in answer to sentence {number}", number=number) if number else t("in answer to the whole summary")


def _translated(material: Material, made: Translated, source: str) -> Iterator[str]:
    """A translation that stands beside the original: the language, who made it, what has become of it."""
    facts: list[Part] = [Lang(made.language), translated_by(made.engine, Lang(source)), *_state(made)]
    yield " · ".join(escaped(material.say(fact)) for fact in facts)
    if made.state not in ("withdrawn", "held"):
        yield quoted(made.text)


def _state(made: Translated) -> list[Phrase]:
    return [TOLD_BY[made.state]] if made.state in TOLD_BY else []


def _extract(material: Material, extract: Extract) -> Iterator[str]:
    if extract.source is None:
        head = t("Summary of this table: {state}.", state=STATES[extract.state])
        yield f"### {escaped(material.say(head))}"
    else:
        yield f"### {escaped(extract.source)} · {escaped(label_of(material, extract))}"
        if extract.state != "approved":
            yield escaped(material.say(t("It was not approved in time, so it did not come.")))
    yield f"`{extract.id}`"
    if extract.answers:
        yield f"{escaped(material.say(t('In answer to:')))} `{extract.answers}`"
    for line in extract.lines:
        yield from _line(material, line)
    if extract.lines and not extract.for_all and extract.state == "approved":
        yield escaped(material.say(t("These sentences do not speak for everybody at the table.")))


def _line(material: Material, line: Line) -> Iterator[str]:
    facts: list[str] = []
    if line.left_out:
        reason = WHY.get(line.left_out, t("its authors took it back"))
        facts.append(material.say(t("Left out: {reason}.", reason=reason)))
    elif line.text:
        support = support_in_words(line.sentence)
        facts += [material.say(support)] if support is not None else []
        facts += [material.say(t("This is what a minority says."))] if line.sentence.minority else []
    sources = ", ".join(f"`{source}`" for source in line.sources)
    yield " · ".join([f"{line.number}\\.", *(escaped(fact) for fact in facts), *([sources] if sources else [])])
    if line.text:
        yield quoted(line.text) if line.free else f"> {escaped(line.text)}"
    if line.text and line.model:
        yield escaped(material.say(by_model(line.model)))
    if line.original:
        yield escaped(material.say(t("Written originally:")))
        yield quoted(line.original)
    if line.text and line.translated is not None:
        yield from (escaped(material.say(state)) for state in _state(line.translated))
    if line.before:
        yield escaped(material.say(t("Worded anew with the yes of whoever wrote it. Before that it read:")))
        yield quoted(line.before)


def when(span: Span, zone: str) -> list[str]:
    """When a step was open: on the site's clock, and in UTC."""
    return [f"{_range(span, ZoneInfo(zone))} ({zone})", f"{_range(span, ZoneInfo('UTC'))} UTC"]


def _range(span: Span, zone: ZoneInfo) -> str:
    opened = span.opened.astimezone(zone)
    if span.closed is None:
        return f"{opened:%Y-%m-%d %H:%M} –"
    closed = span.closed.astimezone(zone)
    return f"{opened:%Y-%m-%d %H:%M} – {_closed(opened, closed)}"


def _closed(opened: datetime, closed: datetime) -> str:
    return f"{closed:%H:%M}" if opened.date() == closed.date() else f"{closed:%Y-%m-%d %H:%M}"


def _zone(material: Material, table: Table) -> str:
    site = material.flow.sites.get(table.site)
    return site.zone if site is not None else "UTC"
