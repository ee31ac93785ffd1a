"""A transcript, and the list of ideas, as JSON lines, for programs. The first line says what the file is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.retelling import support_in_words
from bot.core.state import Table
from bot.report.extracts import Extract, Line, told_of
from bot.report.material import Material
from bot.report.release import clean
from bot.report.transcript import Section, Speech

_LINE_ENDS = {ord(c): f"\\u{ord(c):04x}" for c in "\x85\u2028\u2029"}
FORMAT = 1
"""Grows when a program that reads these files would have to change."""


def json_lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """One object a line, keys as given. No character within a line ends it, for whatever reader."""
    written = "".join(json.dumps(dict(row), ensure_ascii=False, allow_nan=False) + "\n" for row in rows)
    return written.translate(_LINE_ENDS).encode()


def head(material: Material, what: str, **more: Any) -> dict[str, Any]:
    """The first line of a file."""
    return {
        "kind": "head",
        "pnyx": what,
        "format": FORMAT,
        "flow": material.ref,
        "assembly": material.assembly.id,
        **more,
    }


def transcript_jsonl(material: Material, table: Table, sections: Sequence[Section]) -> bytes:
    """The transcript of a table, a line for each step and for everything in it."""
    site = material.flow.sites.get(table.site)
    zone = ZoneInfo(site.zone if site is not None else "UTC")
    top = head(
        material, "transcript", table=table.id, number=table.number, site=table.site, zone=zone.key,
        languages=list(table.languages),
    )  # fmt: skip
    return json_lines([top, *(row for section in sections for row in _section(section, zone))])


def _section(section: Section, zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    span = section.span
    yield {
        "kind": "step",
        "step": section.step,
        "type": section.type,
        "title": section.title,
        "opened": instants(span.opened, zone) if span is not None else None,
        "closed": instants(span.closed, zone) if span is not None and span.closed is not None else None,
        "outcome": span.outcome if span is not None else "",
        "recorded": section.unrecorded is not None,
        "kept_out": section.unrecorded or 0,
    }
    for entry in section.entries:
        yield _speech(section, entry, zone) if isinstance(entry, Speech) else _extract(section, entry)


def _speech(section: Section, speech: Speech, zone: ZoneInfo) -> dict[str, Any]:
    row: dict[str, Any] = {"kind": speech.kind, "step": section.step, "released": speech.free, "text": speech.text}
    if speech.free:
        row |= {"id": speech.id, "name": speech.name, "role": speech.role or "participant", "language": speech.language}
        row |= {"side": speech.side} if speech.side else {}
        row |= {"at": instants(speech.at, zone)} if speech.at is not None else {}
        row |= {"with_help": True} if speech.helped else {}
        row |= {"file": speech.file} if speech.file else {}
        row |= {"answers": speech.answers} if speech.answers else {}
        row |= {"edited": True, "versions": speech.versions} if speech.edited else {}
        row |= {"written_in": speech.written} if speech.written else {}
        row |= {"answers_digest": speech.of[0]} if speech.of[0] else {}
        row |= {"answers_sentence": speech.of[1]} if speech.of[1] else {}
        support = support_in_words(speech.support) if speech.support is not None else None
        row |= {"support": support.text} if support is not None else {}
        made = [{**told_of(one), "text": clean(one.text)} for one in speech.translations]
        row |= {"translations": made} if made else {}
    return row | ({"hidden": speech.hidden} if speech.hidden else {})


def _extract(section: Section, extract: Extract) -> dict[str, Any]:
    row: dict[str, Any] = {
        "kind": "digest" if extract.source is None else "relay",
        "step": section.step,
        "id": extract.id,
    }
    row |= {} if extract.source is None else {"from": extract.source, "engine": extract.engine}
    row |= {"answers_digest": extract.answers} if extract.answers else {}
    row |= {"state": extract.state, "language": extract.language, "speaks_for_all": extract.for_all}
    return {**row, "sentences": [_line(line) for line in extract.lines]}


def _line(line: Line) -> dict[str, Any]:
    row: dict[str, Any] = {
        "number": line.number, "sources": list(line.sources), "released": line.free, "text": line.text,
    }  # fmt: skip
    row |= {"language": line.language} if line.text and line.language else {}
    row |= {"original": line.original, "engine": line.engine} if line.original else {}
    row |= {"translation": told_of(line.translated)} if line.translated is not None else {}
    row |= {"worded_by": line.sentence.words} if line.sentence.words else {}
    row |= {"before": line.before} if line.before else {}
    row |= {"model": line.model} if line.model else {}
    row |= {"left_out": line.left_out} if line.left_out else {}
    if line.text:
        support = support_in_words(line.sentence)
        row |= {"support": support.text} if support is not None else {}
        row |= {"minority": line.sentence.minority}
    return row


def instants(at: datetime, zone: ZoneInfo) -> dict[str, str]:
    """An instant in UTC and on a site's clock."""
    return {"utc": stamp(at), "local": at.astimezone(zone).isoformat(timespec="seconds")}


def stamp(at: datetime) -> str:
    """An instant in UTC, to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
