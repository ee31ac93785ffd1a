"""Invitations on paper: one page of HTML to print on A4, with a card for each person in their language.

The page needs nothing else: the squares to photograph are drawn in it, and it loads nothing from anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

import segno

from bot.app.links import Link
from bot.core.flow import Flow
from bot.core.message import Part, Plain, Several, When, message, t
from bot.language.catalog import Catalogs
from bot.language.render import Reader, reads_leftwards, render

STYLE = """
@page { size: A4; margin: 0 }
* { box-sizing: border-box; margin: 0 }
body { font: 11.5pt/1.42 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; color: #111 }
main { width: 210mm; margin: 0 auto }
.card { display: grid; grid-template: auto auto 1fr auto / auto 1fr; gap: 4mm 8mm; width: 210mm; min-height: 148mm;
  padding: 11mm 16mm 9mm; background: #fff; break-inside: avoid }
.card:nth-child(odd) { border-bottom: .3mm dashed #999 }
.card:nth-child(even) { break-after: page }
header { grid-column: 1 / 3; display: flex; gap: 8mm; justify-content: space-between; align-items: baseline }
h1 { font-size: 18pt; line-height: 1.2 }
.ref { flex: none; max-width: 45mm; font-size: 9.5pt; color: #555; overflow-wrap: anywhere }
.squares { display: grid; gap: 4mm; width: 46mm }
figure { font-size: 8pt; line-height: 1.3; color: #333; overflow-wrap: anywhere }
figure a { color: inherit; text-decoration: none; direction: ltr; unicode-bidi: isolate }
svg { display: block; width: 46mm; height: 46mm; margin-bottom: 1mm }
.card:has(.two) { font-size: 10.5pt }
.two { grid-template-columns: 1fr 1fr; gap: 4mm; width: 64mm }
.two svg { width: 30mm; height: 30mm }
.told { grid-column: 2 }
.card:not(:has(.squares)) .told { grid-column: 1 / 3 }
ol { padding-inline-start: 5.5mm; margin-top: 3.5mm; font-weight: 600 }
li { margin-bottom: 1.5mm }
.code { grid-column: 1 / 3; align-self: end; padding: 3mm 4mm; border: .3mm solid #777; border-radius: 2mm; font-size: 10.5pt }
code { display: block; font: 600 14pt/1.4 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; direction: ltr;
  unicode-bidi: isolate }
footer { grid-column: 1 / 3; font-size: 10.5pt; display: grid; gap: 1mm }
@media screen { body { background: #e7e7e4 } .card { margin: 6mm 0; box-shadow: 0 1px 5px #0003 } }
"""
"""Two cards to a page; one whose texts are longer takes more of it, and nothing is cut off."""


@dataclass(frozen=True, slots=True)
class Card:
    """An invitation. `ref` is the organiser's word for the person, "" for a link that anybody may follow; `written` is what
    people write where no link does it for them; `moves` says that the person has a seat, which it moves to another phone. `site`
    is where the person takes part."""

    ref: str
    site: str
    language: str
    code: str
    links: Sequence[Link]
    until: datetime
    written: str
    moves: bool = False


def page(flow: Flow, cards: Iterable[Card], catalogs: Catalogs) -> str:
    """The whole page."""
    made = "\n".join(_card(flow, card, catalogs) for card in cards)
    title = escape(_said(flow.local(flow.file.flow.title), Reader(flow.source_language, "UTC"), catalogs))
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!doctype html>\n<html lang="{escape(flow.source_language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n<meta name="robots" content="noindex">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{made}\n</main>\n</body>\n</html>\n"
    )


def _card(flow: Flow, card: Card, catalogs: Catalogs) -> str:
    reader = Reader(card.language, flow.sites[card.site].zone)

    def say(part: Part) -> str:
        return escape(_said(part, reader, catalogs))

    mandate = flow.file.mandate
    asked = t(
        "{by} invites you to take part, and would like to know: {question}",
        by=flow.local(mandate.by), question=flow.local(mandate.question),
    )  # fmt: skip
    how = t(
        "You take part on your own phone: a program called Pnyx writes to you there and leads you through everything."
    )
    told: list[Part] = [_good(card)]
    if mandate.contact:
        told.append(t("Would you rather speak to a person? {contact}", contact=flow.local(mandate.contact)))
    squares = "".join(_square(link, card) for link in card.links)
    return (
        f'<section class="card" lang="{escape(card.language)}" dir="{"rtl" if reads_leftwards(card.language) else "ltr"}">\n'
        f'<header><h1>{say(flow.local(flow.file.flow.title))}</h1><p class="ref">{escape(card.ref)}</p></header>\n'
        + (f'<div class="squares{" two" if len(card.links) > 1 else ""}">{squares}</div>\n' if squares else "")
        + f'<div class="told"><p>{say(asked)} {say(how)}</p>{_steps(card, say)}</div>\n'
        f'<div class="code">{say(_typing(card))} <code>{escape(card.written)}</code></div>\n'
        f"<footer>{''.join(f'<p>{say(part)}</p>' for part in told)}</footer>\n</section>"
    )


def _platforms(links: Iterable[Link]) -> Part:
    return Several(tuple(dict.fromkeys(Plain(link.platform) for link in links)))


def _names(links: Iterable[Link]) -> Part:
    return Several(tuple(Plain(f"@{link.name}") for link in links))


def _steps(card: Card, say: Callable[[Part], str]) -> str:
    """What to do with the square."""
    if not card.links:
        return ""
    ready, bare = [w for w in card.links if w.carries], [w for w in card.links if not w.carries]
    steps = [t("Hold the camera of your phone over the square.")]
    if _several(card):
        steps = [t("Choose the app in which you want to take part, and hold the camera of your phone over its square.")]
    if ready:
        steps.append(t("{platform} opens. Press Start there, and Pnyx greets you.", platform=_platforms(ready)))
    if bare:
        how = t(
            "For {platform}: open the link with your app, such as Element, start a chat with {name}, and write there what stands "
            "in the frame below.",
            platform=_platforms(bare), name=_names(bare),
        )  # fmt: skip
        steps.append(how)
    return "<ol>" + "".join(f"<li>{say(step)}</li>" for step in steps) + "</ol>"


def _typing(card: Card) -> Part:
    """How to come in without a camera."""
    if not card.links:
        return t("The organisers tell you where to find the chat with Pnyx. Write this there:")
    return t(
        "Without a camera: look for {name} in {platform}, and write this there:",
        name=_names(card.links), platform=_platforms(card.links),
    )  # fmt: skip


def _several(card: Card) -> bool:
    return len({link.platform for link in card.links}) > 1


def _good(card: Card) -> Part:
    until = When(card.until, "date")
    if card.moves:
        return t(
            "This invitation moves your seat to the phone on which you use it. It works once, until {when}.", when=until
        )
    if card.ref:
        return t("This invitation is for you alone. It works once, until {when}.", when=until)
    return t("Anybody who reads this may take part. The invitation is good until {when}.", when=until)


def _square(link: Link, card: Card) -> str:
    """A link as a square that a camera reads, and below it as one that can be followed where the page is sent as a file. Where
    there are several platforms, it says which one it is for."""
    drawn = segno.make(link.url, micro=False, error="m").svg_inline(
        border=4, omitsize=True, svgclass=None, lineclass=None
    )
    hidden, url = drawn.replace("<svg ", '<svg aria-hidden="true" ', 1), escape(link.url)
    head = f"<strong>{escape(link.platform)}</strong> " if _several(card) else ""
    return f'<figure>{hidden}{head}<a href="{url}">{url.replace("?", "<wbr>?")}</a></figure>'


def _said(part: Part, reader: Reader, catalogs: Catalogs) -> str:
    return render(message(part), reader, {}, {}, catalogs).blocks[0][1]
