"""A parser of Telegram's HTML, which refuses what Telegram refuses, in its words.

The rules and the wordings are those of Telegram's own library (its parser and the table of cases of its tests): tags and
attributes are read byte by byte, four literal entities and numeric ones are decoded, any other stays as text. Stricter in
one point: a quotation inside a quotation, which Telegram's documents forbid, is refused here.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.support.botapi.entities import Entity, ordered, units
from tests.support.botapi.errors import bad

KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
"""Each tag and the entity that it makes."""

LITERALS = {b"lt": "<", b"gt": ">", b"amp": "&", b"quot": '"'}
SPACES = b" \t\r\n\0\v"


@dataclass
class _Open:
    tag: str
    argument: str
    offset: int
    start: int


def parse(source: str) -> tuple[str, list[Entity]]:
    """The plain text and its entities. Raises Telegram's "can't parse entities"."""
    return _Parser(source).run()


class _Parser:
    """Goes once over the bytes; positions in its complaints are byte offsets, as in Telegram's."""

    def __init__(self, source: str) -> None:
        self.bytes, self.at = source.encode("utf-8", "surrogatepass"), 0
        self.out: list[str] = []
        self.length = 0
        self.open: list[_Open] = []
        self.found: list[Entity] = []

    def run(self) -> tuple[str, list[Entity]]:
        while self.at < len(self.bytes):
            if self.peek() == b"&" and (decoded := self.decode()):
                self.write(decoded)
            elif self.peek() != b"<":
                end = self.at + 1
                while end < len(self.bytes) and self.bytes[end : end + 1] not in (b"&", b"<"):
                    end += 1
                self.write(self.bytes[self.at : end].decode("utf-8", "surrogatepass"))
                self.at = end
            elif self.peek(1) == b"/":
                self.end_tag()
            else:
                self.start_tag()
        if self.open:
            raise _refuse(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        text = "".join(self.out)
        if any("\ud800" <= c <= "\udfff" for c in text):
            raise _refuse(
                "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate "
                "code units"
            )
        plain_code = [Entity("code", e.offset, e.length) if e.type == "code" else e for e in self.found]
        return text, ordered(plain_code)

    def peek(self, ahead: int = 0) -> bytes:
        return self.bytes[self.at + ahead : self.at + ahead + 1]

    def skip(self, spaces: bool = True, until: bytes = b"") -> None:
        while (c := self.peek()) and (c in SPACES) == spaces and c not in (until or b"\xff"):
            self.at += 1

    def write(self, text: str) -> None:
        self.out.append(text)
        self.length += units(text)

    def decode(self) -> str:
        """The character that `&…;` stands for, or "" where it stands for itself."""
        end, number = self.at + 1, 0
        if self.peek(1) == b"#":
            end += 1
            base, digits = 10, b"0123456789"
            if self.peek(2) in (b"x",):
                end, base, digits = end + 1, 16, b"0123456789abcdefABCDEF"
            start = end
            while self.bytes[end : end + 1] and self.bytes[end : end + 1] in digits:
                end += 1
            number = int(self.bytes[start:end] or b"0", base)
            if number == 0 or number >= 0x10FFFF or end - self.at >= 10:
                return ""
            char = chr(number)
        else:
            while self.bytes[end : end + 1].isalpha():
                end += 1
            char = LITERALS.get(self.bytes[self.at + 1 : end], "")
            if not char:
                return ""
        self.at = end + (self.bytes[end : end + 1] == b";")
        return char

    def start_tag(self) -> None:
        begin = self.at
        self.at += 1
        self.skip(spaces=False, until=b">")
        if not self.peek():
            raise _refuse(f"Unclosed start tag at byte offset {begin}")
        tag = self.bytes[begin + 1 : self.at].decode("utf-8", "replace").lower()
        if tag not in KINDS:
            raise _refuse(f'Unsupported start tag "{tag}" at byte offset {begin}')
        argument = ""
        while True:
            self.skip()
            if self.peek() == b">":
                break
            name, value = self.attribute(tag, begin)
            if (tag, name) in (("a", "href"), ("tg-emoji", "emoji-id")):
                argument = value
            elif (tag, name) == ("code", "class") and value.startswith("language-"):
                argument = value[9:]
            elif (tag, name) == ("span", "class") and value.startswith("tg-"):
                argument = value[3:]
            elif (tag, name) == ("blockquote", "expandable"):
                argument = "1"
        self.at += 1
        if tag == "span" and argument != "spoiler":
            raise _refuse(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        if tag == "blockquote" and any(o.tag == "blockquote" for o in self.open):
            raise _refuse(f"Blockquote entities can't be nested at byte offset {begin}")
        self.open.append(_Open(tag, argument, self.length, len(self.out)))

    def attribute(self, tag: str, begin: int) -> tuple[str, str]:
        start = self.at
        while (c := self.peek()) and c not in SPACES + b"=>":
            self.at += 1
        name = self.bytes[start : self.at].decode("utf-8", "replace").lower()
        if not name:
            if not self.peek():
                raise _refuse(f'Unclosed start tag "{tag}" at byte offset {begin}')
            raise _refuse(f'Empty attribute name in the tag "{tag}" at byte offset {begin}')
        self.skip()
        if self.peek() != b"=":
            if not self.peek():
                raise _refuse(f'Unclosed start tag "{tag}" at byte offset {begin}')
            return name, ""
        self.at += 1
        self.skip()
        if not self.peek():
            raise _refuse(f'Unclosed start tag "{tag}" at byte offset {begin}')
        value = self.quoted() if self.peek() in (b"'", b'"') else self.token()
        if not self.peek():
            raise _refuse(f"Unclosed start tag at byte offset {begin}")
        return name, value

    def token(self) -> str:
        start = self.at
        while (c := self.peek()) and (c.isalnum() or c in b".-"):
            self.at += 1
        if self.peek() and self.peek() not in SPACES + b">":
            raise _refuse(f"Unexpected end of name token at byte offset {start}")
        return self.bytes[start : self.at].decode().lower()

    def quoted(self) -> str:
        quote, value = self.peek(), b""
        self.at += 1
        while (c := self.peek()) and c != quote:
            if c == b"&" and (decoded := self.decode()):
                value += decoded.encode("utf-8", "surrogatepass")
                continue
            value += c
            self.at += 1
        self.at += 1
        return value.decode("utf-8", "replace")

    def end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise _refuse(f"Unexpected end tag at byte offset {begin}")
        self.at += 2
        start = self.at
        self.skip(spaces=False, until=b">")
        tag = self.bytes[start : self.at].decode("utf-8", "replace").lower()
        self.skip()
        if self.peek() != b">":
            raise _refuse(f"Unclosed end tag at byte offset {begin}")
        self.at += 1
        last = self.open.pop()
        if tag and tag != last.tag:
            raise _refuse(f'Unmatched end tag at byte offset {begin}, expected "</{last.tag}>", found "</{tag}>"')
        if self.length > last.offset:
            self.close(last)

    def close(self, last: _Open) -> None:
        kind, argument = KINDS[last.tag], last.argument
        offset, length = last.offset, self.length - last.offset
        before = self.found[-1] if self.found else None
        twin = before is not None and (before.offset, before.length) == (offset, length)
        if kind == "custom_emoji":
            if not argument.isdigit() or int(argument) == 0:
                raise _refuse("Invalid custom emoji identifier specified")
        elif kind == "text_link":
            url = argument or "".join(self.out[last.start :])
            if url.startswith("tg://user?id=") and url[13:].isdigit():
                kind, argument = "text_mention", url[13:]
            elif not (argument := _checked(url)):
                return
        elif kind == "blockquote":
            kind, argument = ("expandable_blockquote" if argument else kind), ""
        elif kind == "spoiler":
            argument = ""
        elif twin and before and {kind, before.type} == {"pre", "code"} and (argument or before.argument):
            self.found[-1] = Entity("pre", offset, length, argument or before.argument)
            return
        self.found.append(Entity(kind, offset, length, argument))


def _refuse(what: str) -> Exception:
    return bad(f"can't parse entities: {what}")


def _checked(url: str) -> str:
    """A link as Telegram keeps it, or "" where it is none."""
    if url.strip() != url or " " in url:
        return ""
    scheme, colon, rest = url.partition("://")
    if not colon:
        scheme, rest = "http", url
    if scheme not in ("http", "https", "tg", "ton", "tonsite"):
        return ""
    host, slash, path = rest.partition("/")
    if scheme in ("http", "https") and "." not in host and host.split(":")[0] != "localhost":
        return ""
    asked, mark, query = host.partition("?")
    host = f"{asked}/{mark}{query}" if mark and not slash else host
    return f"{scheme}://{host}{slash or ('' if mark or scheme == 'tg' else '/')}{path}"
