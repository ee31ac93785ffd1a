"""A message in the reader's language, with the reader's clock.

Words of citizens are looked up here, at the last moment: what was withdrawn or erased since the message was queued is
replaced by a phrase. What people wrote can neither steer a terminal nor turn the direction of the text around it:
control characters are dropped, and text of another direction stands between isolates (U+2068, U+2069).

Nothing here raises for odd input: an unknown language is read as English, an unknown zone as UTC.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from string import Formatter
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time, get_datetime_format
from babel.lists import format_list
from babel.numbers import format_decimal

from bot.core.message import Lang, Local, Message, Name, Part, Phrase, Plain, Several, When, Words, t
from bot.core.rendered import Choice, Rendered
from bot.core.spoken import SPOKEN
from bot.language.catalog import Catalogs

WITHDRAWN = t("(withdrawn)")
GONE = t("(someone who left)")

_COMMAND = re.compile(rf"(?<![\w/:.}}])/(?=(?:{'|'.join(sorted(SPOKEN))})\b(?![/-])|\{{\w+\}})")
"""The / of a command, or of what stands in place of one: "/help", "/{name}"; no path, no fraction, no "and/or"."""
_ALONE = re.compile(r"(?<=[^\W\d]\s)/(?=\s[^\W\d])")
"""The sign of all commands, of which a text of ours speaks: "what you write without / goes to your table"; no "2 / 3"."""
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a message is for: a language code ("de", "fr-CA") and an IANA time zone ("Europe/Paris"). `sign` is with what commands
    begin where it is read; in our texts, and in organisers', they stand with /."""

    lang: str
    zone: str
    sign: str = "/"


def render(
    message: Message, reader: Reader, words: Mapping[str, str], names: Mapping[str, str], catalogs: Catalogs
) -> Rendered:
    """The message as `reader` reads it.

    `words` holds contributions by id, already in a language that the reader reads; `names` holds chosen names by seat.
    The parts of a block are joined as they are, without a space between them.
    """
    voice = _Voice(reader, words, names, catalogs)
    return Rendered(
        tuple((block.kind, "".join([voice.say(part) for part in block.parts])) for block in message.blocks),
        tuple(Choice(voice.say(b.label), b.press, b.chosen) for b in message.buttons),
        message.step,
        message.expects,
    )


def render_together(
    message: Message, readers: Sequence[Reader], words: Mapping[str, str], names: Mapping[str, str], catalogs: Catalogs
) -> Rendered:
    """The message as people of several languages read it in one place: each paragraph in every language, the first reader's
    first; what is the same in all of them stands there once."""
    first, *others = [render(message, reader, words, names, catalogs) for reader in readers]
    if not others:
        return first
    versions = (first, *others)
    blocks = [
        (kind, text)
        for number, (kind, _) in enumerate(first.blocks)
        for text in dict.fromkeys(each.blocks[number][1] for each in versions)
    ]
    labels = [" / ".join(dict.fromkeys(each.buttons[n].label for each in versions)) for n in range(len(first.buttons))]
    buttons = [replace(button, label=label) for button, label in zip(first.buttons, labels, strict=True)]
    return replace(first, blocks=tuple(blocks), buttons=tuple(buttons))


class _Voice:
    """Speaks parts to one reader."""

    __slots__ = ("_catalogs", "_names", "_reader", "_words")

    def __init__(self, reader: Reader, words: Mapping[str, str], names: Mapping[str, str], catalogs: Catalogs) -> None:
        self._reader, self._words, self._names, self._catalogs = reader, words, names, catalogs

    def say(self, part: Part) -> str:
        reader = self._reader
        match part:
            case Phrase():
                return self._phrase(part)
            case Plain(text):
                return set_off(self._signed(text), reader.lang)
            case Local(texts):
                return self._local(texts)
            case Words(contribution):
                words = self._words.get(contribution)
                return self._phrase(WITHDRAWN) if words is None else set_off(words, reader.lang)
            case Name(seat):
                name = self._names.get(seat)
                return self._phrase(GONE) if name is None else set_off(name, reader.lang)
            case When(at, style):
                return _when(at, style, reader.lang, reader.zone)
            case Lang(code, own):
                return language_name(code, code if own else reader.lang)
            case Several(parts):
                return format_list([self.say(p) for p in parts], locale=_locale(reader.lang))

    def _phrase(self, phrase: Phrase) -> str:
        text = self._catalogs.phrase(phrase.text, phrase.plural, phrase.n, self._reader.lang)
        pieces: list[str] = []
        signed = _ALONE.sub(self._reader.sign, self._signed(text))
        for literal, field in _segments(signed):
            pieces.append(literal)
            if field is None:
                continue
            if field in phrase.params:
                said, first = self.say(phrase.params[field]), not any(pieces)
                own = first and isinstance(
                    phrase.params[field], Phrase
                )  # "the facilitator has hidden …" begins a sentence
                pieces.append(said[:1].upper() + said[1:] if own else said)
            elif field == "n":
                pieces.append(_number(phrase.n, self._reader.lang))
            else:
                pieces.append(f"{{{field}}}")
        return "".join(pieces)

    def _local(self, texts: Mapping[str, str]) -> str:
        lang = self._reader.lang
        for code in (lang, re.split("[-_]", lang)[0], *texts):
            if code in texts:
                return set_off(self._signed(texts[code]), lang)
        return ""

    def _signed(self, text: str) -> str:
        """A text of ours or of the organiser's with its commands as they are written where it is read."""
        sign = self._reader.sign
        return text if sign == "/" or "/" not in text else _COMMAND.sub(sign, text)


def set_off(text: str, lang: str) -> str:
    """Somebody's text, safe within a sentence in `lang`: no control characters, isolated if it runs the other way."""
    if text.isascii() and text.isprintable() and not reads_leftwards(lang):
        return text
    clean = _CONTROLS.sub("", text)
    if reads_leftwards(lang) or _RIGHT_TO_LEFT.search(clean):
        return "\n".join([f"{_ISOLATE}{line}{_END_ISOLATE}" if line else "" for line in clean.split("\n")])
    return clean


@lru_cache(maxsize=1024)
def language_name(code: str, lang: str) -> str:
    """The name of the language `code` as one says it in `lang`; the code itself if nobody knows it."""
    try:
        return Locale.parse(code.replace("-", "_")).get_display_name(_locale(lang)) or code
    except (UnknownLocaleError, ValueError, TypeError):
        return code


@lru_cache(maxsize=4096)
def _segments(text: str) -> tuple[tuple[str, str | None], ...]:
    """A text cut at its placeholders. Braces that make no sense are text."""
    try:
        return tuple((literal, field) for literal, field, _, _ in Formatter().parse(text))
    except ValueError:
        return ((text, None),)


@lru_cache(maxsize=4096)
def _when(at: datetime, style: Literal["time", "date", "both"], lang: str, zone: str) -> str:
    """18:45 · Tuesday, 3 March 2026 · Tue 3 March, 18:45."""
    locale, local = _locale(lang), at.astimezone(_zone(zone))
    match style:
        case "time":
            return format_time(local, "short", locale=locale)
        case "date":
            return format_date(local, "full", locale=locale)
        case "both":
            day = format_datetime(local, _day_pattern(lang), locale=locale)
            glue = str(get_datetime_format("medium", locale=locale)).replace("'", "")
            return glue.replace("{1}", day).replace("{0}", format_time(local, "short", locale=locale))


@lru_cache(maxsize=128)
def _day_pattern(lang: str) -> str:
    """Weekday, day and the month's whole name, in the order of the language."""
    skeletons = _locale(lang).datetime_skeletons
    exact, short = skeletons.get("MMMMEd"), skeletons.get("MMMEd")
    if exact is not None:
        return str(exact.pattern)
    return str(short.pattern).replace("MMM", "MMMM") if short is not None else "E d MMMM"


@lru_cache(maxsize=1024)
def _number(n: int, lang: str) -> str:
    return format_decimal(n, locale=_locale(lang))


@lru_cache(maxsize=128)
def _locale(lang: str) -> Locale:
    """The CLDR locale of a language. English without a territory takes the 24-hour clock and day before month."""
    for tag in (lang.replace("-", "_"), re.split("[-_]", lang)[0]):
        try:
            locale = Locale.parse(tag)
        except (UnknownLocaleError, ValueError, TypeError):
            continue
        return Locale("en", "GB") if str(locale) == "en" else locale
    return Locale("en", "GB")


@lru_cache(maxsize=128)
def reads_leftwards(lang: str) -> bool:
    """Whether a language is written from right to left."""
    return bool(_locale(lang).text_direction == "rtl")


@lru_cache(maxsize=1024)
def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
