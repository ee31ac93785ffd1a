"""The methods with which a bot tells about itself: getMe, commands, name, descriptions; and its files."""

from __future__ import annotations

import re

from tests.support.botapi.asking import Ask, method
from tests.support.botapi.errors import ApiError, bad
from tests.support.botapi.model import Json

TEXTS = {"Name": ("name", 64), "Description": ("description", 512), "ShortDescription": ("short_description", 120)}


@method("getMe")
def get_me(ask: Ask) -> Json:
    return ask.bot.me()


def _set_text(field: str, most: int) -> object:
    def set_text(ask: Ask) -> bool:
        text = ask.text(field)
        if len(text) > most:
            raise bad(f"{field.upper()}_TOO_LONG" if field != "name" else "BOT_TITLE_INVALID")
        ask.bot.texts[field, _language(ask)] = text
        return True

    return set_text


def _get_text(field: str) -> object:
    def get_text(ask: Ask) -> Json:
        texts, language = ask.bot.texts, _language(ask)
        default = ask.bot.name if field == "name" else ""
        return {field: texts.get((field, language)) or texts.get((field, "")) or default}

    return get_text


for _name, (_field, _most) in TEXTS.items():
    method(f"setMy{_name}")(_set_text(_field, _most))  # type: ignore[arg-type] # it is a Method
    method(f"getMy{_name}")(_get_text(_field))  # type: ignore[arg-type] # it is a Method


def _language(ask: Ask) -> str:
    code = ask.text("language_code")
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad("language code is invalid: two letters are expected")
    return code


def _scope(ask: Ask) -> str:
    """A scope as one word: `default`, `chat 5`, `chat_member -10 5`. The chat must be one that the bot may act in."""
    given = ask.json("scope", dict) or {"type": "default"}
    kind = given.get("type")
    if kind in ("default", "all_private_chats", "all_group_chats", "all_chat_administrators"):
        return str(kind)
    if kind not in ("chat", "chat_administrators", "chat_member"):
        raise bad("can't parse BotCommandScope: Unsupported type specified")
    chat = ask.world.reach(ask.bot, str(given.get("chat_id", "")))
    if kind == "chat":
        return f"chat {chat.id}"
    if not chat.is_group:
        raise bad(f"can't set commands for {kind.replace('_', ' ')}s of a private chat")
    return f"{kind} {chat.id}" + (f" {given['user_id']}" if kind == "chat_member" else "")


@method("setMyCommands")
def set_commands(ask: Ask) -> bool:
    commands = ask.json("commands", list) or []
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(command.get("command", "")).removeprefix("/")):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    ask.bot.commands[_scope(ask), _language(ask)] = [{k: c[k] for k in ("command", "description")} for c in commands]
    return True


@method("getMyCommands")
def get_commands(ask: Ask) -> list[Json]:
    return ask.bot.commands.get((_scope(ask), _language(ask)), [])


@method("deleteMyCommands")
def delete_commands(ask: Ask) -> bool:
    ask.bot.commands.pop((_scope(ask), _language(ask)), None)
    return True


@method("getFile")
def get_file(ask: Ask) -> Json:
    if not ask.text("file_id"):
        raise bad("file_id not specified")
    try:
        file = ask.world.file(ask.bot, ask.text("file_id"))
    except ApiError as error:
        raise bad("invalid file_id") from error
    if len(file.data) > ask.world.download_limit:
        raise bad("file is too big")
    told = {"file_id": ask.text("file_id"), "file_unique_id": file.unique, "file_size": len(file.data)}
    return {**told, "file_path": file.path}
