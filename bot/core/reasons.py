"""Why a message may be hidden, and somebody be removed: lists to choose from, so that nothing happens without a reason."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.message import Phrase, t

HIDING: Mapping[str, Phrase] = {
    "insult": t("it insults somebody"),
    "personal-data": t("it tells who somebody is"),
    "threat": t("it threatens somebody"),
    "advertising": t("it advertises something"),
    "off-topic": t("it is about something else"),
    "other": t("another reason"),
}
"""Why a message may be hidden."""

REMOVING: Mapping[str, Phrase] = {
    "insult": HIDING["insult"],
    "threat": HIDING["threat"],
    "personal-data": HIDING["personal-data"],
    "not-invited": t("it is not the person who was invited"),
    "disturbs": t("nobody else can speak"),
}
"""Why somebody may be kept from writing, or removed."""
