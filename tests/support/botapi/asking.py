"""A call as a method sees it: the bot that makes it, and its parameters with their types.

Values come as text, from a query, a form, a multipart form or a JSON object; objects and lists come as JSON in the text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tests.support.botapi.bots import Bot
from tests.support.botapi.entities import Entity, tidy, units
from tests.support.botapi.errors import bad
from tests.support.botapi.html import parse
from tests.support.botapi.model import Chat, Json
from tests.support.botapi.world import World

MOST_ENTITIES = 100


@dataclass(frozen=True)
class Upload:
    """A file within a multipart form."""

    name: str
    mime: str
    data: bytes


@dataclass
class Ask:
    """One call of one bot."""

    world: World
    bot: Bot
    given: dict[str, Any]
    files: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        value = self.given.get(name)
        if value is None:
            return ""
        return value if isinstance(value, str) else json.dumps(value)

    def number(self, name: str, default: int = 0) -> int:
        value = self.text(name)
        return int(value) if re.fullmatch(r"-?\d+", value) else default

    def flag(self, name: str) -> bool:
        return self.text(name).strip().lower() in ("true", "yes", "1")

    def json(self, name: str, kind: type[dict[str, Any]] | type[list[Any]]) -> Any:
        """An object or a list. None where it is not given."""
        value = self.given.get(name)
        if isinstance(value, str):
            if not value:
                return None
            try:
                value = json.loads(value)
            except ValueError as error:
                raise bad(f"can't parse {name.replace('_', ' ')} JSON object") from error
        if value is not None and not isinstance(value, kind):
            raise bad(f"{'object' if kind is dict else 'array'} expected as {name.replace('_', ' ')}")
        return value

    def chat(self, name: str = "chat_id") -> Chat:
        """The chat that is meant, if the bot may act in it."""
        return self.world.reach(self.bot, self.text(name))

    def formatted(self, name: str, most: int, too_long: str) -> tuple[str, list[Entity]]:
        """A text with its entities, by `parse_mode` or by a list, tidied and measured."""
        source, mode = self.text(name), self.text("parse_mode").lower()
        listed = self.json("caption_entities" if name == "caption" else "entities", list)
        entities: list[Entity] = []
        if mode == "html":
            source, entities = parse(source)
        elif mode:
            raise bad(f"unsupported parse_mode (this server for tests knows HTML only, not {mode})")
        elif listed:
            entities = [_entity(e) for e in listed]
            if any(e.offset < 0 or e.length <= 0 or e.offset + e.length > units(source) for e in entities):
                raise bad("can't parse entities: an entity lies outside of the text")
        if len(entities) > MOST_ENTITIES:
            raise bad(f"can't parse entities: {len(entities)} of them, and at most {MOST_ENTITIES} are honoured")
        text, entities = tidy(source, entities)
        if units(text) > most:
            raise bad(too_long)
        return text, entities

    def markup(self) -> Json | None:
        """The keyboard under a message. Buttons carry 1 to 64 bytes."""
        markup = self.json("reply_markup", dict)
        if markup is None:
            return None
        rows = markup.get("inline_keyboard", [])
        if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
            raise bad('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
        for button in (button for row in rows for button in row):
            if not isinstance(button, dict) or not button.get("text"):
                raise bad('can\'t parse inline keyboard button: Field "text" must be of type String')
            if "url" in button:
                if "://" not in button["url"]:
                    raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
            elif not any(key in button for key in ("callback_data", "web_app", "switch_inline_query", "copy_text")):
                raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
            elif "callback_data" in button and not 1 <= len(str(button["callback_data"]).encode()) <= 64:
                raise bad("BUTTON_DATA_INVALID")
        if sum(len(row) for row in rows) > 100 or any(len(row) > 8 for row in rows):
            raise bad("REPLY_MARKUP_TOO_LONG")
        if "inline_keyboard" in markup:
            rows = [row for row in rows if row]
            return {"inline_keyboard": rows} if rows else None
        return dict(markup)


def _entity(e: Json) -> Entity:
    argument = e.get("url") or e.get("language") or e.get("custom_emoji_id") or str(e.get("user", {}).get("id", ""))
    return Entity(str(e["type"]), int(e["offset"]), int(e["length"]), argument)


Method = Callable[[Ask], Any | Awaitable[Any]]
METHODS: dict[str, Method] = {}
"""What the server can do, by lower-case name: Telegram does not distinguish case."""

NAMES: dict[str, str] = {}


def method(name: str) -> Callable[[Method], Method]:
    """Register a method of the Bot API."""

    def register(function: Method) -> Method:
        METHODS[name.lower()], NAMES[name.lower()] = function, name
        return function

    return register
