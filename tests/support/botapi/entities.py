"""Entities of a text: how long it is, what is bold, which links and mentions arise by themselves.

Telegram measures in UTF-16 code units, cuts white space off both ends, drops formatting that covers nothing visible, and
finds mentions, commands, hashtags, links, addresses and telephone numbers in plain words. Here these are found rather
too often than too seldom, so that a test which sees none may rely on it.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace

ORDER = ["blockquote", "expandable_blockquote", "text_link", "text_mention", "pre", "code", "custom_emoji"]
"""Kinds that stand outside of others of the same extent."""

TLDS = (
    "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd cf cg ch "
    "ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gd ge gf gg gh gi gl gm "
    "gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la "
    "lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np "
    "nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st "
    "su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw "
    "com org net info biz edu gov int mil name pro dev app xyz online site shop blog tel jobs museum travel cat coop aero asia "
    "berlin wien paris alsace bzh swiss koeln hamburg bayern ruhr saarland tirol bank club news live tech cloud vote social"
).replace(" ", "|")
"""Ends of domain names: those of all countries, and common others, as a pattern."""

_DOMAIN = r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+(?:" + TLDS + r")(?![\w-])"
AUTOMATIC = {
    "email": re.compile(rf"(?<![\w.+-])[\w.+-]+@{_DOMAIN}", re.I),
    "url": re.compile(
        rf"(?<![\w@])(?:(?:https?|ftp|tg|ton)://[^\s<>\"]+|{_DOMAIN}(?::\d+)?(?:[/?#][^\s<>\"]*)?)", re.I
    ),
    "mention": re.compile(r"(?<!\w)@[A-Za-z0-9_]{2,32}(?!\w)"),
    "bot_command": re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])"),
    "hashtag": re.compile(r"(?<![\w#])#(?=\w*[^\W\d])\w{1,255}(?![#\w])"),
    "cashtag": re.compile(r"(?<![\w$])\$[A-Z]{1,8}(?![\w$])"),
    "phone_number": re.compile(r"(?<![\w+])\+\d(?:[ ()-]{0,2}\d){6,14}(?![\w])"),
}
"""What arises by itself, and where an earlier kind stands no later one does."""

FORMATTING = {"bold", "italic", "underline", "strikethrough", "spoiler"}


def units(text: str) -> int:
    """The length of a text as Telegram measures it: in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def part(text: str, offset: int, length: int) -> str:
    """The piece of a text that an entity covers."""
    return text.encode("utf-16-le")[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")


@dataclass(frozen=True, slots=True)
class Entity:
    """A stretch of a text, in UTF-16 units. `argument` is the link, the language of code, or the id of an emoji."""

    type: str
    offset: int
    length: int
    argument: str = ""

    def json(self) -> dict[str, object]:
        told: dict[str, object] = {"type": self.type, "offset": self.offset, "length": self.length}
        if self.type == "text_mention":
            return {**told, "user": {"id": int(self.argument), "is_bot": False, "first_name": "Somebody"}}
        names = {"text_link": "url", "pre": "language", "custom_emoji": "custom_emoji_id"}
        return {**told, names[self.type]: self.argument} if self.argument and self.type in names else told


def tidy(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """What Telegram makes of a text before it measures it: control characters gone, both ends trimmed (the front only up to
    the first entity), entities cut to size, those over nothing visible dropped, and the automatic ones added."""
    text, entities = _without(text, entities, lambda c: c == "\r" or (c < " " and c not in "\n\t"))
    end = units(text.rstrip())
    first = min((e.offset for e in entities), default=end)
    blank = min(units(text) - units(text.lstrip(" \n")), first)
    text = part(text, blank, max(end - blank, 0))
    kept = []
    for e in entities:
        start, stop = max(e.offset, blank), min(e.offset + e.length, end)
        covered = part(text, start - blank, stop - start) if stop > start else ""
        if covered and (visible(covered) or e.type not in FORMATTING):
            kept.append(replace(e, offset=start - blank, length=stop - start))
    return text, ordered(kept + automatic(text, kept))


def visible(text: str) -> bool:
    """Whether there is anything to see."""
    return any(not c.isspace() and unicodedata.category(c) not in ("Cf", "Cc") for c in text)


def automatic(text: str, given: list[Entity]) -> list[Entity]:
    """The mentions, links and so on that arise in a text by themselves, outside of code and given links."""
    closed = [e for e in given if e.type in ("code", "pre", "text_link", "text_mention", "custom_emoji")]
    found: list[Entity] = []
    for kind, pattern in AUTOMATIC.items():
        for match in pattern.finditer(text):
            hit = match.group().rstrip(".,;:!?'\")]}") if kind == "url" else match.group()
            new = Entity(kind, units(text[: match.start()]), units(hit))
            if not any(_meet(new, e) for e in closed + found):
                found.append(new)
    return found


def _meet(a: Entity, b: Entity) -> bool:
    return a.offset < b.offset + b.length and b.offset < a.offset + a.length


def _without(text: str, entities: list[Entity], gone: Callable[[str], bool]) -> tuple[str, list[Entity]]:
    """The text without some characters, its entities moved along."""
    if not any(map(gone, text)):
        return text, entities
    places, at = [], 0
    for c in text:
        if gone(c):
            places.append(at)
        at += units(c)

    def moved(place: int) -> int:
        return place - sum(p < place for p in places)

    cut = [replace(e, offset=moved(e.offset), length=moved(e.offset + e.length) - moved(e.offset)) for e in entities]
    return "".join(c for c in text if not gone(c)), cut


def ordered(entities: list[Entity]) -> list[Entity]:
    """Entities as Telegram lists them: by place, the longer one first."""
    rank = {kind: n for n, kind in enumerate(ORDER)}
    return sorted(entities, key=lambda e: (e.offset, -e.length, rank.get(e.type, 99), e.type))


def write(text: str, entities: list[Entity]) -> str:
    """The text as HTML, with its formatting and without the entities that arise by themselves."""
    tags = {"bold": "b", "italic": "i", "underline": "u", "strikethrough": "s", "spoiler": "tg-spoiler", "code": "code"}
    tags |= {"blockquote": "blockquote", "expandable_blockquote": "blockquote", "pre": "pre", "text_link": "a"}
    raw = text.encode("utf-16-le")
    shown = [e for e in ordered(entities) if e.type in tags]
    ends: list[tuple[int, str]] = []
    out, at = [], 0
    marks = sorted({0, len(raw) // 2, *(e.offset for e in shown), *(e.offset + e.length for e in shown)})
    for mark in marks:
        out.append(html.escape(raw[2 * at : 2 * mark].decode("utf-16-le"), quote=False))
        while ends and ends[-1][0] <= mark:
            out.append(f"</{ends.pop()[1]}>")
        for e in (e for e in shown if e.offset == mark):
            extra = f' href="{html.escape(e.argument)}"' if e.type == "text_link" else ""
            extra += " expandable" if e.type == "expandable_blockquote" else ""
            out.append(f"<{tags[e.type]}{extra}>")
            ends.append((e.offset + e.length, tags[e.type]))
        at = mark
    return "".join(out)
