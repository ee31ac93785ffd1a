"""What is said to people, before anybody's language or platform is known.

A `Message` is a small neutral tree: blocks of parts, and buttons. Parts are of five origins, and the origin decides how a
part is treated at the very end:

* `Phrase`: our interface text, an English msgid that the catalog translates, with parameters;
* `Local`: the organiser's words from the flow, a text per language;
* `Words`, `Name`: pointers to what a citizen wrote or how a citizen is called. The words themselves never stand in a queue:
  they are looked up when the message leaves, so that what was withdrawn or erased in between is not sent;
* `Plain`, `When`, `Lang`: a fixed string (a number, a code), an instant, a language's name;
* `Several`: any of these as a list, "Anna, Karim and Paul".

Nobody's words can become markup: there is no markup here, and the transports escape every string.
Everything goes to JSON and back without loss (`encode`, `decode`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

BlockKind = Literal["text", "title", "item", "quote", "note", "folded"]
"""`text` a paragraph, `title` a heading, `item` a list entry, `quote` somebody's words, `note` small print; `folded` somebody's
words behind a tap, where the platform can fold: its first line is what stands before them."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """An interface text. `text` is the English msgid; `{name}` in it stands for `params[name]`, `{n}` for `n`."""

    text: str
    params: Mapping[str, Part] = field(default_factory=dict)
    plural: str | None = None
    n: int = 0


@dataclass(frozen=True, slots=True)
class Local:
    """An organiser's text by language code. The reader's language is taken, else the first one."""

    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Words:
    """What a citizen gave: the text of a contribution, by its id. With `own` each reads it in their own language where there is a
    translation, labelled, and else as it was written (`bot.core.translation.interpreting`)."""

    contribution: str
    own: bool = False


@dataclass(frozen=True, slots=True)
class Name:
    """The name a person chose, by seat."""

    seat: str


@dataclass(frozen=True, slots=True)
class Plain:
    """A string that is the same in every language: a number, a code, an address."""

    text: str


@dataclass(frozen=True, slots=True)
class When:
    """An instant, shown in the reader's zone and language. `style` says how much of it."""

    at: datetime
    style: Literal["time", "date", "both"] = "both"


@dataclass(frozen=True, slots=True)
class Lang:
    """A language by its code, shown by its name in the reader's language, or (`own`) in itself, as on a button that offers it."""

    code: str
    own: bool = False


@dataclass(frozen=True, slots=True)
class Several:
    """Parts in a row, joined as the reader's language joins a list: "Anna, Karim, Lise and Paul"."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Own:
    """Everything that is kept of the reader, as a file to read (`text`) or for other programs (`json`); or the `log` of what was
    decided. It is made when the message leaves: nothing of it stands in a queue."""

    form: Literal["text", "json", "log"]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture of all tables, drawn when the message leaves from the numbers of each (`bot.core.board`)."""

    rows: tuple[tuple[int, ...], ...]


EVERYWHERE = "@"
"""Ends a pointer to words that each reads in their own language at whatever table, where anything can be translated at all."""


def everywhere(contribution: str) -> Words:
    """The words of those who lead, for people of all tables: each reads them in their own language."""
    return Words(f"{contribution}{EVERYWHERE}", own=True)


Part = Phrase | Local | Words | Name | Plain | When | Lang | Several


@dataclass(frozen=True, slots=True)
class Block:
    kind: BlockKind
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Button:
    """A choice. `press` comes back as `Heard.press`: ASCII that names step, question, item and option. A transport that
    allows fewer bytes keeps a table of its own."""

    label: Part
    press: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """`step` is the step instance it belongs to ("" if none), `expects` what the person is asked to type, if anything.

    `about` is the contribution that it carries to others, so that every copy of it can be found again; `answers` the
    contribution to which that one replies. `enclosed` is the file that goes with it: `Words` the one that came with a
    contribution, `Local` the path of a material of the flow by language, `Own` what is kept of
    the reader, `Drawn` a picture of the tables. `asks` is the question (`step:question:item`) that words
    in reply to it answer, however much later. `shows` is the digest that it shows: who replies to it speaks of that one."""

    blocks: tuple[Block, ...]
    buttons: tuple[Button, ...] = ()
    step: str = ""
    expects: Literal["", "text", "number"] = ""
    about: str = ""
    answers: str = ""
    enclosed: Words | Local | Own | Drawn | None = None
    asks: str = ""
    shows: str = ""


def t(text: str, /, **params: Part | str | int) -> Phrase:
    """An interface text with parameters. The string literal is found by the catalog's extractor."""
    return Phrase(text, {name: _part(value) for name, value in params.items()})


def tn(text: str, plural: str, /, n: int, **params: Part | str | int) -> Phrase:
    """An interface text with a number `n` in it; the catalog picks the language's plural form."""
    return Phrase(text, {name: _part(value) for name, value in params.items()}, plural, n)


def _part(value: Part | str | int) -> Part:
    return Plain(str(value)) if isinstance(value, str | int) else value


def block(*parts: Part | str, kind: BlockKind = "text") -> Block:
    return Block(kind, tuple(_part(p) for p in parts))


def message(
    *blocks: Block | Part, buttons: tuple[Button, ...] = (), step: str = "", expects: Literal["", "text", "number"] = ""
) -> Message:
    """A message of blocks; a bare part becomes a paragraph of its own."""
    return Message(tuple(b if isinstance(b, Block) else Block("text", (b,)) for b in blocks), buttons, step, expects)


def encode(value: Message) -> str:
    """The message as compact JSON."""
    return json.dumps(
        {
            "b": [[b.kind, [_pack(p) for p in b.parts]] for b in value.blocks],
            "k": [[_pack(k.label), k.press, k.chosen] for k in value.buttons],
            "s": value.step,
            "x": value.expects,
            **({"a": value.about} if value.about else {}),
            **({"r": value.answers} if value.answers else {}),
            **({"e": _enclose(value.enclosed)} if value.enclosed is not None else {}),
            **({"q": value.asks} if value.asks else {}),
            **({"d": value.shows} if value.shows else {}),
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def decode(text: str) -> Message:
    """The message that `encode` wrote."""
    data = json.loads(text)
    enclosed = _enclosed(data["e"]) if "e" in data else None
    return Message(
        tuple(Block(kind, tuple(_unpack(p) for p in parts)) for kind, parts in data["b"]),
        tuple(Button(_unpack(label), press, chosen) for label, press, chosen in data["k"]),
        data["s"],
        data["x"],
        data.get("a", ""),
        data.get("r", ""),
        enclosed,
        data.get("q", ""),
        data.get("d", ""),
    )


def _enclose(file: Words | Local | Own | Drawn) -> list[Any]:
    match file:
        case Own(form):
            return ["y", form]
        case Drawn(rows):
            return ["d", [list(row) for row in rows]]
    return _pack(file)


def _enclosed(data: list[Any]) -> Words | Local | Own | Drawn:
    if data[0] == "y":
        return Own(data[1])
    if data[0] == "d":
        return Drawn(tuple(tuple(row) for row in data[1]))
    found = _unpack(data)
    if not isinstance(found, Words | Local):
        raise ValueError(f"a message cannot enclose {found!r}")
    return found


def _pack(part: Part) -> list[Any]:
    match part:
        case Phrase():
            return ["p", part.text, {k: _pack(v) for k, v in part.params.items()}, part.plural, part.n]
        case Local(texts):
            return ["l", dict(texts)]
        case Words(contribution, own):
            return ["o" if own else "w", contribution]
        case Name(seat):
            return ["n", seat]
        case Plain(text):
            return ["s", text]
        case When(at, style):
            return ["t", at.astimezone(UTC).isoformat(), style]
        case Lang(code, own):
            return ["g", code, own]
        case Several(parts):
            return ["m", [_pack(p) for p in parts]]


def _unpack(data: list[Any]) -> Part:
    match data:
        case ["p", text, params, plural, n]:
            return Phrase(text, {k: _unpack(v) for k, v in params.items()}, plural, n)
        case ["l", texts]:
            return Local(texts)
        case ["w" | "o" as kind, contribution]:
            return Words(contribution, kind == "o")
        case ["n", seat]:
            return Name(seat)
        case ["s", text]:
            return Plain(text)
        case ["t", at, style]:
            return When(datetime.fromisoformat(at), style)
        case ["g", code, own]:
            return Lang(code, own)
        case ["m", parts]:
            return Several(tuple(_unpack(p) for p in parts))
    raise ValueError(f"not a message part: {data!r}")
