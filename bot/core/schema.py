"""The form of a flow file as JSON Schema, for editors that complete and check while somebody writes."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter

from bot.core.flow import FlowFile

_SPANS = TypeAdapter(timedelta)


def schema_text() -> str:
    """The schema as JSON, the same every time."""
    schema = _plain(FlowFile.model_json_schema())
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A Pnyx flow",
        "description": "One dialogue: what happens, in which order, when, for whom.",
    }
    return json.dumps(head | {k: v for k, v in schema.items() if k not in head}, ensure_ascii=False, indent=2) + "\n"


def _plain(value: Any) -> Any:
    """The schema as TOML sees it: without null, which TOML lacks, without titles made up from names, spans as written."""
    if isinstance(value, list):
        return [_plain(v) for v in value]
    if not isinstance(value, dict):
        return value
    choices = [v for v in value.get("anyOf", ()) if v != {"type": "null"}]
    if "anyOf" in value and len(choices) < len(value["anyOf"]):
        rest = {k: v for k, v in value.items() if k not in ("anyOf", "default")}
        value = {**rest, **(choices[0] if len(choices) == 1 else {"anyOf": choices})}
    found = {k: _named(k, v) for k, v in value.items() if not (k == "title" and isinstance(v, str))}
    if "default" in found:
        found["default"] = _default(found["default"])
    return found


def _named(key: str, value: Any) -> Any:
    # The keys under `properties` and `$defs` are names that somebody chose; a field may well be called "title".
    return {k: _plain(v) for k, v in value.items()} if key in ("properties", "$defs") else _plain(value)


def _default(value: Any) -> Any:
    """A span of time as it stands in a flow file: pydantic says "PT30S" where a flow says "30s"."""
    if isinstance(value, list):
        return [_default(v) for v in value]
    if not isinstance(value, str) or not value.startswith("P"):
        return value
    seconds = int(_SPANS.validate_python(value).total_seconds())
    parts = []
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        number, seconds = divmod(seconds, size)
        parts += [f"{number}{unit}"] if number else []
    return "".join(parts) or "0s"
