"""What may stand behind a key of a flow file, in words: its kind, and what holds where the key is left out."""

from __future__ import annotations

from datetime import timedelta
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bot.core.fields import Clock, Day, Id, Instant, Language, MaterialFile, Moment, Share, Span, Text
from bot.core.flow import Site
from bot.core.outline import span_text
from bot.core.questions import Option, Question

CONDITIONS = ("when", "until", "condition")
"""The keys that hold a condition."""

WORDS: tuple[tuple[Any, str, str], ...] = (
    (Text, "text", "texts"),
    (MaterialFile, "file", "files"),
    (Id, "id", "ids"),
    (Language, "language code", "language codes"),
    (Span, "span of time", "spans of time"),
    (Moment, "moment", "moments"),
    (Instant, "day and time", "days and times"),
    (Day, "day", "days"),
    (Clock, "time of day", "times of day"),
    (Share, "share", "shares"),
    (bool, "true or false", ""),
    (int, "whole number", "whole numbers"),
    (str, "plain text", "plain texts"),
    (Question, "question", "questions"),
    (Option, "option", "options"),
    (Site, "site", "sites"),
)
"""The kinds by their type: one of them, several of them."""


def kind_of(cls: type[BaseModel], name: str) -> str:
    """The kind of a field's value, in words."""
    if name in CONDITIONS:
        return "condition"
    if name == "type":
        return "a type of this page"
    hint = get_type_hints(cls, include_extras=True)[name]
    return _kind(hint, cls.model_fields[name], many=False)


def default_of(cls: type[BaseModel], name: str) -> str:
    """What holds without the key: a value as it would be written, "must be there", or nothing."""
    info = cls.model_fields[name]
    if info.is_required():
        return "*must be there*"
    return _value(info.get_default(call_default_factory=True))


def _kind(hint: Any, info: FieldInfo | None, *, many: bool) -> str:
    for known, one, several in WORDS:
        if hint == known:
            return (several if many else one) + (_limits(info) if known is int and info is not None else "")
    if hasattr(hint, "__metadata__"):
        return _kind(hint.__origin__, info, many=many)
    args = [a for a in get_args(hint) if a is not NoneType]
    if get_origin(hint) is Literal:
        return ", ".join(f'`"{a}"`' for a in args)
    if get_origin(hint) is tuple:
        inner = _kind(args[0], None, many=True)
        return f"list of {inner}"
    if get_origin(hint) is dict:
        return f"table of {_kind(args[1], None, many=True)}"
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        fields = ", ".join(f"`{n}`" for n in hint.model_fields)
        return f"tables with {fields}" if many else f"table with {fields}"
    return " or ".join(_kind(a, info, many=many) for a in args)


def _limits(info: FieldInfo) -> str:
    low = next((m.ge for m in info.metadata if hasattr(m, "ge")), None)
    high = next((m.le for m in info.metadata if hasattr(m, "le")), None)
    if low is None:
        return ""
    return f" from {low:,} to {high:,}" if high is not None else f" from {low:,}"


def _value(value: Any) -> str:
    match value:
        case None | () | {} | "":
            return ""
        case bool():
            return f"`{str(value).lower()}`"
        case str():
            return f'`"{value}"`'
        case timedelta():
            return f'`"{span_text(value.total_seconds())}"`' if value else ""
        case tuple():
            return "`[" + ", ".join(_value(v).strip("`") for v in value) + "]`"
        case BaseModel():
            return ""
        case _:
            return f"`{value}`"
