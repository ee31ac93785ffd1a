"""Every text of a flow that people read, by its place: `step.ballot.questions.q1.options.yes.text`.

The place is made of ids where there are any, so that it stays the same when something is moved. It is what translators'
files refer to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel

from bot.core.fields import SOURCE, TEXT_MARK

Change = Callable[[str, dict[str, str]], dict[str, str]]
Translations = Mapping[tuple[str, str], str]
"""The texts of one language by (place, source text)."""

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Placed:
    """A text at its place. `texts` are by language; the source language has its own key."""

    path: str
    source: str
    texts: Mapping[str, str]


def places(file: BaseModel, source_language: str) -> Iterator[Placed]:
    """The texts of a flow file, or of a part of it, in the order of the file. Empty ones are left out."""
    found: list[Placed] = []

    def note(path: str, text: dict[str, str]) -> dict[str, str]:
        if any(text.values()):
            found.append(placed(path, text, source_language))
        return text

    change(file, note)
    yield from found


def placed(path: str, text: Mapping[str, str], source_language: str) -> Placed:
    """A text as it stands in the file, with its source language named."""
    texts = {source_language if lang == SOURCE else lang: words for lang, words in text.items()}
    return Placed(path, texts.get(source_language, ""), texts)


def change(model: M, with_: Change, path: str = "") -> M:
    """A copy of the model in which every text is what `with_(place, text)` makes of it."""
    new: dict[str, Any] = {}
    for name, info in type(model).model_fields.items():
        value = getattr(model, name)
        here = f"{path}.{name}" if path else name
        changed = with_(here, value) if TEXT_MARK in info.metadata else _inside(value, info.annotation, with_, here)
        if changed is not value:
            new[name] = changed
    return model.model_copy(update=new) if new else model


def translated(model: M, by: Mapping[str, Translations], source_language: str) -> M:
    """The model with the translations put into its texts, where the source text is still the one that was translated."""

    def add(path: str, text: dict[str, str]) -> dict[str, str]:
        source = placed(path, text, source_language).source
        more = {lang: entries[path, source] for lang, entries in by.items() if (path, source) in entries}
        return {**text, **more} if more else text

    return change(model, add)


def _inside(value: Any, annotation: Any, with_: Change, path: str) -> Any:
    """The value with the texts inside it changed; the same object if it holds none."""
    if isinstance(value, BaseModel):
        return change(value, with_, path)
    if isinstance(value, tuple) and value:
        kind = get_args(annotation)[0] if get_args(annotation) else None
        names = [f"{path}.{_name(entry, number)}" for number, entry in enumerate(value, 1)]
        new = tuple(_entry(entry, kind, with_, name) for entry, name in zip(value, names, strict=True))
    elif isinstance(value, dict) and value and all(isinstance(v, BaseModel | tuple) for v in value.values()):
        kinds = get_args(annotation)
        kind = kinds[1] if len(kinds) == 2 else None
        changed = {key: _inside(entry, kind, with_, f"{path}.{key}") for key, entry in value.items()}
        return value if all(changed[key] is value[key] for key in value) else changed
    else:
        return value
    return value if all(a is b for a, b in zip(value, new, strict=True)) else new


def _entry(entry: Any, kind: Any, with_: Change, path: str) -> Any:
    if get_origin(kind) is not None and TEXT_MARK in getattr(kind, "__metadata__", ()):
        return with_(path, entry)
    return _inside(entry, kind, with_, path)


def _name(entry: Any, number: int) -> str:
    return str(getattr(entry, "id", None) or number)
