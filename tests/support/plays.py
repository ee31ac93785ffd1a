"""Small flows for tests, and messages read in English."""

from __future__ import annotations

import tomllib
from decimal import Decimal

from bot.core.flow import Flow, FlowFile
from bot.core.message import Local, Message, Name, Part, Phrase, Plain, Several, When, Words

HEAD = """
[flow]
id = "play"
source_language = "en"
languages = ["en", "fr"]
title = "A play"
[mandate]
by = "The Region"
question = "How shall we travel?"
"""
ONE_SITE = '[schedule]\nsites = [{ id = "lyon", name = "Lyon", zone = "Europe/Paris", languages = ["en", "fr"] }]\n'
TWO_SITES = (
    '[schedule]\nmode = "site"\nsites = [{ id = "lyon", name = "Lyon", zone = "Europe/Paris", languages = ["en"] }, '
    '{ id = "graz", name = "Graz", zone = "Europe/Vienna", languages = ["en"] }]\n'
)


def flow_of(steps: str, sites: str = ONE_SITE) -> Flow:
    """A flow of these steps, laid out. Raises pydantic's ValidationError where the text is wrong."""
    file = FlowFile.model_validate(tomllib.loads(HEAD + sites + steps, parse_float=Decimal))
    return Flow.of(file, "play@000000000000")


def read(part: Part | Message) -> str:
    """A message or a part of one in English; people's words and names as their ids, buttons in brackets."""
    match part:
        case Message(blocks=blocks, buttons=buttons):
            labels = " ".join(f"[{'✓' if b.chosen else ''}{read(b.label)}]" for b in buttons)
            return "\n".join(filter(None, ["".join(map(read, block.parts)) for block in blocks] + [labels]))
        case Phrase(text, params, plural, n):
            values = {"n": str(n)} | {name: read(value) for name, value in params.items()}
            return (plural if plural is not None and n != 1 else text).format_map(values)
        case Local(texts):
            return next(iter(texts.values()), "")
        case Several(parts):
            return ", ".join(map(read, parts))
        case When(at):
            return f"{at:%d %b %H:%M}"
        case Plain(text) | Words(text) | Name(text):
            return text
    return part.code
