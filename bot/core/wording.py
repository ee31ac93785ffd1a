"""What pydantic found wrong, in the words of somebody who writes flows.

Errors that our own validators raise say "found …; allowed is …" already and are only taken apart; the others are said
anew here, with the keys that exist and the one that was probably meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from bot.core.fields import TEXT_MARK, Id, Language, shown
from bot.core.flow import FlowFile, Head
from bot.core.problems import Problem, did_you_mean, listed, nearest
from bot.core.steps import AnyStep
from bot.core.steps.base import Step

Loc = tuple[str | int, ...]
Said = tuple[str, str, str, str]
"""found, allowed, rule, advice"""

STEPS: Mapping[str, type[Step]] = {
    get_args(kind.model_fields["type"].annotation)[0]: kind for kind in get_args(AnyStep)
}
"""The step types by their name in a flow file."""

_ID = "small letters, digits and _, a letter first, at most 20 characters"
_PATTERNS: Mapping[str, tuple[str, str]] = {
    Id.__metadata__[0].pattern: (f"allowed are {_ID}", "_"),  # type: ignore[attr-defined]  # an Annotated type
    Head.model_fields["id"].metadata[0].pattern: (
        "allowed are small letters, digits and hyphens, a letter first, at most 40 characters",
        "-",
    ),
    Language.__metadata__[0].pattern: (  # type: ignore[attr-defined]  # an Annotated type
        "allowed is a language code such as en, de or pt-BR",
        "",
    ),
}
_KINDS: Mapping[str, str] = {
    "string": 'a text in double quotes, such as "Good evening"',
    "int": "a whole number without quotes, such as 12",
    "bool": "true or false, without quotes",
    "dict": "a table: { key = value }",
    "model": "a table: { key = value }",
    "tuple": 'a list in square brackets, such as ["a", "b"]',
    "list": 'a list in square brackets, such as ["a", "b"]',
    "decimal": "a number without quotes, such as 0.7",
    "float": "a number without quotes, such as 0.7",
    "date": "a day such as 2027-09-01, without quotes",
    "time": "a time such as 18:00:00, without quotes",
    "datetime": "a day with a time, such as 2027-03-02T18:00:00, without quotes",
    "time_delta": 'a span of time in quotes, such as "40m"',
}


def worded(detail: Mapping[str, Any], loc: Loc, missing: Sequence[str]) -> Problem:
    """The problem that an error of pydantic speaks of, still without its place. `missing` are keys that the same table
    lacks."""
    kind = str(detail["type"])
    say = _WORDS.get(kind, _other)
    found, allowed, rule, advice = say(detail, loc, missing)
    return Problem("", "", "", found, allowed, rule, advice=advice)


def _unknown_key(detail: Mapping[str, Any], loc: Loc, missing: Sequence[str]) -> Said:
    key = str(loc[-1])
    model = _model_at(loc[:-1])
    known = [name.rstrip("_") for name in model.model_fields] if model is not None else []
    meant = nearest(key, missing) or nearest(key, known)
    found = f'the key "{key[:40]}"'
    if meant:
        return found, _known_keys(model, known), "unknown-key", f'Did you mean "{meant}"?'
    outer = _outer_with(loc, key)
    if outer:
        table = ".".join(part for part in loc[:-1] if isinstance(part, str) and part not in (*STEPS, "question"))
        advice = (
            f'"{key}" belongs to {outer}, and in TOML to the table opened last: write it further up, above [[{table}]].'
        )
        return found, _known_keys(model, known), "unknown-key", advice
    return found, _known_keys(model, known), "unknown-key", ""


def _known_keys(model: type[BaseModel] | None, known: Sequence[str]) -> str:
    if model is None or not issubclass(model, Step):
        return f"allowed here are {listed(known)}"
    own = [name for name in known if name not in Step.model_fields]
    name = get_args(model.model_fields["type"].annotation)[0]
    common = ", ".join(k for k in Step.model_fields if k != "type")
    return f'a step of type "{name}" may have {", ".join(own)} and, like every step, {common}' if own[1:] else (
        f"every step may have {common}"
    )  # fmt: skip


def _outer_with(loc: Loc, key: str) -> str:
    """The table around this one to which the key would belong, in words; "" if there is none."""
    for length in range(len(loc) - 2, -1, -1):
        model = _model_at(loc[:length])
        if model is not None and key in model.model_fields and model is not _model_at(loc[:-1]):
            return "the step itself" if issubclass(model, Step) else (f"[{loc[length - 1]}]" if length else "the file")
    return ""


def _missing(detail: Mapping[str, Any], loc: Loc, missing: Sequence[str]) -> Said:
    key = str(loc[-1])
    if len(loc) == 1:
        lines = {
            "step": "Write at least one [[step]].",
            "schedule": "Write [schedule] and at least one [[schedule.sites]].",
        }
        return f"no [{key}]", "a flow needs one", "missing-key", lines.get(key, f"Write a table [{key}].")
    return f'no key "{key}"', "it is needed here", "missing-key", f"Write {key} = …"


def _unknown_type(detail: Mapping[str, Any], loc: Loc, missing: Sequence[str]) -> Said:
    value = detail["input"].get("type") if isinstance(detail["input"], dict) else None
    return (
        f"the type {shown(value)}",
        f"the types of steps are {listed(sorted(STEPS))}",
        "unknown-type",
        did_you_mean(value, STEPS) if isinstance(value, str) else "",
    )


def _no_type(detail: Mapping[str, Any], loc: Loc, missing: Sequence[str]) -> Said:
    return "a step without a type", f"the types of steps are {listed(sorted(STEPS))}", "missing-key", 'Write type = "…"'


def _not_among(detail: Mapping[str, Any], loc: Loc, missing: Sequence[str]) -> Said:
    allowed = re.findall(r"'([^']*)'", detail["ctx"]["expected"])
    value = detail["input"]
    words = [f'"{word}"' for word in allowed]
    verb = "allowed are" if len(words) > 1 else "allowed is only"
    advice = did_you_mean(value, allowed) if isinstance(value, str) else ""
    return shown(value), f"{verb} {listed(words)}", "not-allowed", advice


def _pattern(detail: Mapping[str, Any], loc: Loc, missing: Sequence[str]) -> Said:
    value = str(detail["input"])
    allowed, joint = _PATTERNS.get(detail["ctx"]["pattern"], ("another form is needed", ""))
    advice = ""
    if joint and (better := re.sub(r"[^a-z0-9]+", joint, value.lower()).strip(joint)[:20]) and better[0].isalpha():
        advice = f'For example "{better}".'
    return shown(value), allowed, "name", advice


def _bound(detail: Mapping[str, Any], loc: Loc, missing: Sequence[str]) -> Said:
    bounds = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    said = [f"{words} {detail['ctx'][key]}" for key, words in bounds.items() if key in detail["ctx"]]
    return shown(detail["input"]), f"allowed is {said[0]}", "out-of-range", ""


def _length(detail: Mapping[str, Any], loc: Loc, missing: Sequence[str]) -> Said:
    ctx = detail["ctx"]
    least, most = ctx.get("min_length"), ctx.get("max_length")
    limit = f"at least {least}" if least is not None else f"at most {most}"
    if detail["type"].startswith("string"):
        return f"a text of {len(detail['input'])} characters", f"allowed are {limit}", "length", ""
    found = "an empty list" if ctx.get("actual_length") == 0 else f"a list of {ctx.get('actual_length')}"
    return found, f"{limit} {'is' if limit.endswith(' 1') else 'are'} needed" if least is not None else (
        f"allowed are {limit}"
    ), "length", ""  # fmt: skip


def _own(detail: Mapping[str, Any], loc: Loc, missing: Sequence[str]) -> Said:
    """An error that one of our validators raised: "found …; allowed is …"."""
    text = str(detail["ctx"]["error"]).rstrip(".")
    if text.startswith("found ") and "; " in text:
        found, allowed = text.removeprefix("found ").split("; ", 1)
        return found, allowed, "not-allowed", ""
    if "; " in text and text.startswith('"'):
        found, allowed = text.split("; ", 1)
        return found.replace(" is not ", ", which is not "), allowed, "not-allowed", ""
    return "", text, "not-allowed", ""


def _other(detail: Mapping[str, Any], loc: Loc, missing: Sequence[str]) -> Said:
    kind = re.sub(
        r"_(type|parsing|attributes_type|from_float|from_date_parsing|from_datetime_parsing)$", "", detail["type"]
    )
    kind = kind.removesuffix("_attributes")
    if kind == "dict" and _is_text(loc):
        return shown(detail["input"]), f"allowed is {_KINDS['string']}, or one for each language", "wrong-type", ""
    if kind in _KINDS:
        return shown(detail["input"]), f"allowed is {_KINDS[kind]}", "wrong-type", ""
    return shown(detail["input"]), str(detail["msg"])[:1].lower() + str(detail["msg"])[1:], "wrong-type", ""


_WORDS: Mapping[str, Callable[[Mapping[str, Any], Loc, Sequence[str]], Said]] = {
    "extra_forbidden": _unknown_key,
    "missing": _missing,
    "union_tag_invalid": _unknown_type,
    "union_tag_not_found": _no_type,
    "literal_error": _not_among,
    "string_pattern_mismatch": _pattern,
    "greater_than_equal": _bound,
    "greater_than": _bound,
    "less_than_equal": _bound,
    "less_than": _bound,
    "too_short": _length,
    "too_long": _length,
    "string_too_short": _length,
    "string_too_long": _length,
    "value_error": _own,
}


def _is_text(loc: Loc) -> bool:
    """True where the flow holds a text: a key of a table, or an entry of a list of texts."""
    while loc and isinstance(loc[-1], int):
        loc = loc[:-1]
    model = _model_at(loc[:-1])
    info = model.model_fields.get(str(loc[-1])) if model is not None else None
    return info is not None and TEXT_MARK in (*info.metadata, *_marks(info.annotation))


def _marks(kind: Any) -> tuple[Any, ...]:
    return tuple(m for a in get_args(kind) for m in getattr(a, "__metadata__", ()))


def _model_at(loc: Loc) -> type[BaseModel] | None:
    """The model that checks the table at this place of pydantic's path; None if there is none."""
    kind: Any = FlowFile
    for part in loc:
        if isinstance(part, str) and part in STEPS and not (isinstance(kind, type) and issubclass(kind, BaseModel)):
            kind = STEPS[part]
            continue
        kind = _inner(kind, part)
    kind = _bare(kind)
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _inner(kind: Any, part: str | int) -> Any:
    kind = _bare(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        info = kind.model_fields.get(str(part))
        return info.annotation if info is not None else None
    arguments = [a for a in get_args(kind) if a is not Ellipsis]
    if get_origin(kind) in (tuple, list):
        return arguments[0]
    if get_origin(kind) is dict:
        return arguments[1]
    # A choice between kinds: each has a tag, which pydantic puts into the path.
    return next(
        (a for a in arguments if any(getattr(m, "tag", "") == part for m in getattr(a, "__metadata__", ()))), None
    )


def _bare(kind: Any) -> Any:
    """The annotation without its marks and without None."""
    while True:
        arguments = [a for a in get_args(kind) if a is not type(None)]
        if hasattr(kind, "__metadata__") or (len(arguments) == 1 and get_origin(kind) not in (tuple, list, dict)):
            kind = arguments[0]
        else:
            return kind
