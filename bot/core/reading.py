"""A flow file's text to a flow, or to the problems that keep it from being one.

pydantic checks the data; here its errors are put into the words of somebody who writes flows: the step by its id, the key
by its path, what was found, what is allowed. Whatever the text is, the answer is a `Reading`, never an exception.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from bot.core.flow import FlowFile
from bot.core.problems import Problem, count, nearest
from bot.core.texts import Placed, Translations, places, translated
from bot.core.toml import parse, text_problem, texts_of
from bot.core.wording import Loc, worded

MOST_PROBLEMS = 100
"""More are not listed: they have a common cause."""


@dataclass(frozen=True)
class Reading:
    """The flow file, None if it cannot be read; and what is wrong with it."""

    file: FlowFile | None
    problems: tuple[Problem, ...]


def read_flow(text: str, name: str, texts: Mapping[str, Translations] | None = None) -> Reading:
    """Read the text of a flow file called `name`; `texts` are translations by language, from the `.po` files beside it."""
    data, problems = parse(text, name)
    if data is None or problems:
        return Reading(None, problems)
    problems = tuple(_shorten(_bad_texts(data, name), name))
    if problems:
        return Reading(None, problems)
    try:
        file = FlowFile.model_validate(data)
    except ValidationError as error:
        return Reading(None, tuple(_shorten(_from_pydantic(error, data, name), name)))
    if not texts:
        return Reading(file, ())
    source = file.flow.source_language
    problems = tuple(_shorten(_translations(file, texts, name), name))
    return Reading(
        translated(file, texts, source) if not any(p.severity == "error" for p in problems) else None, problems
    )


def _shorten(problems: Iterator[Problem], name: str) -> Iterator[Problem]:
    for number, problem in enumerate(problems):
        if number == MOST_PROBLEMS:
            more = 1 + sum(1 for _ in problems)
            yield Problem(
                name, "", "", f"{more:,} more problems", "only the first hundred are listed", "many",
                problem.severity, "Mend those first, and check again.",
            )  # fmt: skip
            return
        yield problem


def _bad_texts(data: Mapping[str, Any], name: str) -> Iterator[Problem]:
    for path, text in texts_of(data):
        wrong = text_problem(text)
        if wrong is not None:
            found, allowed, rule, advice = wrong
            step, field = locate(path, data)
            yield Problem(name, step, field, found, allowed, rule, advice=advice)


def _translations(file: FlowFile, texts: Mapping[str, Translations], name: str) -> Iterator[Problem]:
    """What stands in the translators' files and cannot be used, or says something else than the flow file."""
    now = {p.path: p for p in places(file, file.flow.source_language)}
    for lang, entries in texts.items():
        po = f"{lang}.po"
        yield from _old_translations(po, lang, entries, now)
        if lang not in file.flow.languages:
            yield Problem(
                po, "", "", f'translations into "{lang}"', f"the flow's languages are {', '.join(file.flow.languages)}",
                "translation-language", "warning", "Add the language to [flow] languages, or remove the file.",
            )  # fmt: skip
        for (path, _), words in entries.items():
            wrong = text_problem(words)
            if wrong is not None:
                found, allowed, rule, advice = wrong
                yield Problem(po, "", path, found, allowed, rule, advice=advice)


def _old_translations(po: str, lang: str, entries: Translations, now: Mapping[str, Placed]) -> Iterator[Problem]:
    old = [path for path, source in entries if path not in now or now[path].source != source]
    if old:
        yield Problem(
            po, "", old[0], f"{count(len(old), 'translation')} of texts that have changed since, or are gone",
            "a translation counts for the text that was translated", "translation-old", "warning",
            "Run pnyx flow texts export, and have the changed texts translated again.",
        )  # fmt: skip
    for (path, source), words in entries.items():
        here = now.get(path)
        if here is not None and here.source == source and here.texts.get(lang, words) != words:
            yield Problem(
                po, "", path, f"another translation than in the flow file ({lang})",
                "a text has one translation; the one in this file counts", "translation-twice", "warning",
                "Delete one of the two.",
            )  # fmt: skip


def locate(path: Loc, data: Any) -> tuple[str, str]:
    """The step's id and the path within it, in words, of a place in the data."""
    step = ""
    parts: list[str] = []
    value = data
    for depth, key in enumerate(path):
        inner: Any = None
        if isinstance(value, Mapping):
            inner = value.get(key)
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            inner = value[key]
        word = key if isinstance(key, str) else _entry_name(inner, key + 1)
        if depth == 1 and path[0] == "step" and isinstance(key, int):
            step, parts = word, []
        else:
            parts.append(word)
        value = inner
    return step, ".".join(parts)


def _entry_name(entry: Any, number: int) -> str:
    id = entry.get("id") if isinstance(entry, Mapping) else None
    if isinstance(id, str) and id:
        return id[:40]
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _from_pydantic(error: ValidationError, data: Any, name: str) -> Iterator[Problem]:
    details = error.errors(include_url=False)
    unknown = {d["loc"] for d in details if d["type"] == "extra_forbidden"}
    missing = {d["loc"] for d in details if d["type"] == "missing"}
    broken = {loc[:length] for loc in (tuple(d["loc"]) for d in details) for length in range(len(loc))}
    for detail in details:
        loc = tuple(detail["loc"])
        if detail["type"] == "too_short" and loc in broken:
            continue  # the list is only short because its entries could not be read
        if detail["type"] == "missing" and any(
            loc[:-1] == other[:-1] and nearest(str(other[-1]), [str(loc[-1])]) for other in unknown
        ):
            continue  # the unknown key beside it is this one, misspelt, and says so
        wanted = [str(other[-1]) for other in missing if other[:-1] == loc[:-1]]
        said = worded(detail, loc, wanted)
        step, field = locate(_without_tags(loc, data, str(detail["type"])), data)
        yield replace(said, file=name, step=step, field=field)


def _without_tags(loc: Loc, data: Any, kind: str) -> Loc:
    """The place in the file: pydantic also names the kinds that it chose between, and the file has no such levels."""
    path: list[str | int] = []
    value = data
    for depth, key in enumerate(loc):
        last = depth == len(loc) - 1
        if isinstance(key, int):
            value = value[key] if isinstance(value, list) and key < len(value) else None
        elif isinstance(value, Mapping) and key in value:
            value = value[key]
        elif not (last and isinstance(value, Mapping) and kind in ("missing", "extra_forbidden")):
            continue
        path.append(key)
    return tuple(path)
