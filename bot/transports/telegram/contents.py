"""What a message holds: words, a file, a place, or something that nobody here can pass on."""

from __future__ import annotations

import re

from bot.transports.fields import Json, degrees, part, parts, size, text
from bot.transports.port import Bar, Media, MediaKind

SERVICE = frozenset(
    (
        "boost_added", "channel_chat_created", "chat_background_set", "chat_owner_changed", "chat_owner_left", "chat_shared",
        "checklist_tasks_added", "checklist_tasks_done", "connected_website", "delete_chat_photo",
        "direct_message_price_changed", "forum_topic_closed", "forum_topic_created", "forum_topic_edited",
        "forum_topic_reopened", "general_forum_topic_hidden", "general_forum_topic_unhidden", "gift", "gift_upgrade_sent",
        "giveaway_completed", "giveaway_created", "group_chat_created", "managed_bot_created",
        "message_auto_delete_timer_changed", "new_chat_photo", "new_chat_title", "paid_message_price_changed",
        "passport_data", "pinned_message", "poll_option_added", "poll_option_deleted", "proximity_alert_triggered",
        "refunded_payment", "successful_payment", "suggested_post_approval_failed", "suggested_post_approved",
        "suggested_post_declined", "suggested_post_paid", "suggested_post_refunded", "supergroup_chat_created",
        "unique_gift", "users_shared", "video_chat_ended", "video_chat_participants_invited", "video_chat_scheduled",
        "video_chat_started", "web_app_data", "write_access_allowed",
    )
)  # fmt: skip
"""Messages that tell what happened to a chat. Nobody wrote them."""

ANONYMOUS_ADMIN, LINKED_CHANNEL, CHANNEL_BOT = 1087968824, 777000, 136817688
"""The users under whose names Telegram shows senders that are no persons."""

# An animation comes with a document, a live photo with a photo, a venue with a location: the first that fits is meant.
_FILES: tuple[MediaKind, ...] = ("animation", "video", "video_note", "voice", "audio", "sticker", "document")
_COMMAND = re.compile(r"(/[A-Za-z0-9_]{1,64})(?:@([A-Za-z0-9_]{3,32}))?(?=\s|$)")


def media(message: Json) -> Media | None:
    """The file or the place that came with a message. Of a photo the largest size."""
    for kind in _FILES:
        file = part(message, kind)
        if text(file, "file_id"):
            name = text(file, "emoji") if kind == "sticker" else text(file, "file_name")
            seconds = size(file, "duration")
            return Media(kind, text(file, "file_id"), size(file, "file_size"), text(file, "mime_type"), name, seconds)
    photos = [photo for photo in parts(message, "photo") if text(photo, "file_id")]
    if photos:
        largest = max(photos, key=lambda photo: size(photo, "width") * size(photo, "height"))
        return Media("photo", text(largest, "file_id"), size(largest, "file_size"), "image/jpeg")
    at = part(message, "location")
    latitude, longitude = degrees(at, "latitude"), degrees(at, "longitude")
    if latitude is None or longitude is None:
        return None
    return Media("location", f"{latitude:g} {longitude:g}", name=text(part(message, "venue"), "title"))


def words(message: Json) -> str:
    """The text of a message, or what stands below its file."""
    return text(message, "text") or text(message, "caption")


def is_live(message: Json) -> bool:
    """Whether this is somebody's moving position, which changes every few seconds."""
    return "live_period" in part(message, "location")


def is_person(message: Json) -> bool:
    """Whether a person sent this under their own name: no channel, no anonymous administrator, no program."""
    sender = part(message, "from")
    if "sender_chat" in message or "is_automatic_forward" in message or not sender:
        return False
    return sender.get("is_bot") is not True and sender.get("id") not in (ANONYMOUS_ADMIN, LINKED_CHANNEL, CHANNEL_BOT)


def bar(message: Json, known: bool) -> Bar:
    """Why this message cannot be a contribution; `known` says that there are words or a file in it."""
    if not is_person(message):
        return "nobody"
    if "forward_origin" in message or "forward_date" in message:
        return "forwarded"
    if "via_bot" in message or "guest_bot_caller_user" in message:
        return "via_bot"
    return "" if known else "unknown"


def addressed(said: str, username: str) -> str | None:
    """The text with the bot's name taken off its command; None where the command is for another bot."""
    found = _COMMAND.match(said)
    if found is None or found[2] is None:
        return said
    if found[2].casefold() != username.casefold():
        return None
    return found[1] + said[found.end() :]
