"""The lines of the contract test: each a call and what Telegram answers to it.

"$chat", "$sent" and the like stand for what an earlier line has made known (`remember`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

PRESENT: Final = object()
"""Expected is a field that is there, whatever it says. (None: one that is not there.)"""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Expected is this code, with exactly this text."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One call. `expected` is a refusal, or fields of the answer by path ("" is the whole answer). `remember` keeps fields
    of the answer under a name; `file` goes with the call as a form; `token` replaces the secret half of the bot's own;
    `twice` makes the call two times at once."""

    name: str
    method: str
    params: Mapping[str, Any]
    expected: Refusal | Mapping[str, object]
    remember: Mapping[str, str] = field(default_factory=dict)
    file: Mapping[str, bytes] | None = None
    token: str = ""
    twice: bool = False


def _bad(text: str) -> Refusal:
    return Refusal(400, f"Bad Request: {text}")


def _text(text: str, **more: object) -> dict[str, Any]:
    return {"chat_id": "$chat", "text": text, "disable_notification": True, **more}


def _html(text: str, **more: object) -> dict[str, Any]:
    return _text(text, parse_mode="HTML", **more)


def _button(data: str) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "Yes", "callback_data": data}]]}


_MISSING = 2_000_000_000
"""A message id that no chat has."""

_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content and "
    "reply markup of the message"
)
_OURS = {"type": "chat", "chat_id": "$chat"}

LINES: tuple[Line, ...] = (
    Line("who the bot is", "getMe", {}, {"id": PRESENT, "is_bot": True, "username": PRESENT}),
    Line("a wrong token", "getMe", {}, Refusal(401, "Unauthorized"), token="A" * 35),
    Line("no webhook is set", "getWebhookInfo", {}, {"url": "", "pending_update_count": PRESENT}),
    Line("a webhook without https", "setWebhook", {"url": "http://example.org/hook"},
         _bad("bad webhook: An HTTPS URL must be provided for webhook")),
    Line("a webhook secret with a space", "setWebhook", {"url": "https://example.org/", "secret_token": "a b"},
         _bad("secret token contains unallowed characters")),
    Line("what waits is dropped", "deleteWebhook", {"drop_pending_updates": True}, {"": True}),
    Line("two polls at once", "getUpdates", {"timeout": 5},
         Refusal(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"),
         twice=True),
    Line("a formatted text", "sendMessage", _html("  <b>Pnyx</b> &amp; 🏟 <i>you</i>\n", reply_markup=_button("x" * 64)),
         {"text": "Pnyx & 🏟 you", "entities.0.type": "bold", "entities.0.length": 4, "entities.1.offset": 10,
          "reply_markup.inline_keyboard.0.0.callback_data": "x" * 64}, remember={"sent": "message_id"}),
    Line("an unknown entity stays as text", "sendMessage", _html("&laquo;a&#33;&lt;"), {"text": "&laquo;a!<"}),
    Line("a link without a preview", "sendMessage", _text("https://example.org", link_preview_options={"is_disabled": True}),
         {"entities.0.type": "url", "link_preview_options.is_disabled": True}),
    Line("signs that are made harmless", "sendMessage", _text("@\u2060telegram #\u2060one /\u2060help"), {"entities": None}),
    Line("4,096 units", "sendMessage", _text("🏟" * 2048), {"text": "🏟" * 2048}),
    Line("4,097 units", "sendMessage", _text("x" + "🏟" * 2048), _bad("message is too long")),
    Line("an empty text", "sendMessage", _text(" \n"), _bad("message text is empty")),
    Line("a tag that there is not", "sendMessage", _html("é<q>a</q>"),
         _bad("can't parse entities: Unsupported start tag \"q\" at byte offset 2")),
    Line("a tag that is not closed", "sendMessage", _html("<b>a"),
         _bad("can't parse entities: Can't find end tag corresponding to start tag \"b\"")),
    Line("tags that cross", "sendMessage", _html("<b><i>a</b></i>"),
         _bad("can't parse entities: Unmatched end tag at byte offset 7, expected \"</i>\", found \"</b>\"")),
    Line("a button of 65 bytes", "sendMessage", _text("a", reply_markup=_button("x" * 65)), _bad("BUTTON_DATA_INVALID")),
    Line("a chat that there is not", "sendMessage", {"chat_id": "1", "text": "a"}, _bad("chat not found")),
    Line("a topic that there is not", "sendMessage", _text("a", message_thread_id=_MISSING),
         _bad("message thread not found")),
    Line("an answer to nothing", "sendMessage", _text("a", reply_parameters={"message_id": _MISSING}),
         _bad("message to be replied not found")),
    Line("an answer to nothing, sent all the same", "sendMessage",
         _text("a", reply_parameters={"message_id": _MISSING, "allow_sending_without_reply": True}),
         {"text": "a", "reply_to_message": None}),
    Line("an edit", "editMessageText", _html("<b>Two</b>", message_id="$sent"),
         {"text": "Two", "edit_date": PRESENT, "reply_markup": None}),
    Line("an edit that changes nothing", "editMessageText", _html("<b>Two</b>", message_id="$sent"), _bad(_SAME)),
    Line("an edit of nothing", "editMessageText", _text("a", message_id=_MISSING), _bad("message to edit not found")),
    Line("a document", "sendDocument", {"chat_id": "$chat", "caption": "A <b>file</b>", "parse_mode": "HTML"},
         {"document.file_size": 4, "document.file_name": "contract.txt", "caption_entities.0.type": "bold"},
         remember={"file": "document.file_id"}, file={"document": b"Pnyx"}),
    Line("the same document by its id", "sendDocument", {"chat_id": "$chat", "document": "$file"},
         {"document.file_size": 4}),
    Line("where the file lies", "getFile", {"file_id": "$file"}, {"file_size": 4, "file_path": PRESENT}),
    Line("a caption of 1,025 units", "sendDocument", {"chat_id": "$chat", "document": "$file", "caption": "x" * 1025},
         _bad("message caption is too long")),
    Line("a copy", "copyMessage", {"chat_id": "$chat", "from_chat_id": "$chat", "message_id": "$sent"},
         {"message_id": PRESENT}),
    Line("a message passed on", "forwardMessage", {"chat_id": "$chat", "from_chat_id": "$chat", "message_id": "$sent"},
         {"forward_origin.type": "user", "text": "Two"}),
    Line("a reaction", "setMessageReaction",
         {"chat_id": "$chat", "message_id": "$sent", "reaction": [{"type": "emoji", "emoji": "👍"}]}, {"": True}),
    Line("the bot is writing", "sendChatAction", {"chat_id": "$chat", "action": "typing"}, {"": True}),
    Line("a press that nobody made", "answerCallbackQuery", {"callback_query_id": "1"},
         _bad("query is too old and response timeout expired or query ID is invalid")),
    Line("commands for one chat, in German", "setMyCommands",
         {"commands": [{"command": "hilfe", "description": "Hilfe"}], "scope": _OURS, "language_code": "de"}, {"": True}),
    Line("these commands again", "getMyCommands", {"scope": _OURS, "language_code": "de"}, {"0.command": "hilfe"}),
    Line("the commands are taken back", "deleteMyCommands", {"scope": _OURS, "language_code": "de"}, {"": True}),
    Line("a command with a capital", "setMyCommands", {"commands": [{"command": "Help", "description": "a"}]},
         _bad("BOT_COMMAND_INVALID")),
    Line("a deletion", "deleteMessage", {"chat_id": "$chat", "message_id": "$sent"}, {"": True}),
    Line("a deletion of what is gone", "deleteMessage", {"chat_id": "$chat", "message_id": "$sent"},
         _bad("message to delete not found")),
    Line("everything else is deleted", "deleteMessages", {"chat_id": "$chat", "message_ids": "$written"}, {"": True}),
)  # fmt: skip
"""In this order: later lines use what earlier ones have sent."""
