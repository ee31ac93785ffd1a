"""What the demo shows at an instant, drawn from what an observer of the rehearsal is told. No terminal here.

Two tables are watched, one at each of the first two sites: what their facilitators read is what was said there. Of a secret
ballot nothing is known but how many have voted.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.flow import Flow
from bot.core.rendered import Rendered
from bot.rehearsal.happenings import Acted, Closed, Counted, Happening, Opened, Placed, Read

KEPT = 40
"""How many of the last things said at a table are kept."""

WEIGHT = {"opened": 6.0, "said": 1.0, "relay": 12.0, "counted": 0.2, "approved": 4.0}
"""How long a happening deserves to be looked at, against a sentence that is said."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line at a table: who speaks ("" for the program), and what."""

    who: str
    words: str


@dataclass(frozen=True, slots=True)
class Relay:
    """A digest that came to a watched table."""

    site: str
    heading: str
    sentences: tuple[str, ...]


@dataclass
class SiteView:
    """One site: its course, and the table that is watched there. `ends` says by step how it ended, `closes` by open step when
    it will; `turnout` counts by vote who has voted, of how many."""

    id: str
    name: str
    zone: ZoneInfo
    course: str
    steps: tuple[str, ...]
    closes: dict[str, datetime | None] = field(default_factory=dict)
    ends: dict[str, str] = field(default_factory=dict)
    table: str = ""
    facilitator: str = ""
    talk: deque[Spoken] = field(default_factory=lambda: deque(maxlen=KEPT))
    turnout: dict[str, tuple[int, int]] = field(default_factory=dict)
    results: dict[str, Rendered] = field(default_factory=dict)


class Picture:
    """The demo at an instant. `take` changes it and says how long the change deserves to be looked at."""

    def __init__(self, flow: Flow, language: str = "en") -> None:
        self.flow = flow
        self.language = language
        self.now: datetime | None = None
        self.people = 0
        self.tables: Mapping[str, frozenset[str]] = {}
        self.relays: list[Relay] = []
        self.read = 0
        shown = tuple(n.id for n in flow.trunk if n.step.type not in ("repeat", "parallel"))
        self.sites = [
            SiteView(
                s.id,
                flow.local(s.name or {"": s.id}).texts.get(language, s.id),
                ZoneInfo(s.zone),
                flow.course_of(s.id),
                shown,
            )
            for s in flow.file.schedule.sites
        ]

    def title(self, step: str) -> str:
        """A step's title for the watcher, else its name."""
        texts = self.flow.local(self.flow.nodes[step].step.title).texts
        return texts.get(self.language) or texts.get(self.flow.source_language) or step.replace("-", " ").capitalize()

    def kind(self, step: str) -> str:
        return self.flow.nodes[step].step.type if step in self.flow.nodes else ""

    def take(self, happening: Happening) -> float:
        self.now = happening.at if self.now is None else max(self.now, happening.at)
        match happening:
            case Opened(course=course, step=step, closes=closes):
                for site in self._of(course):
                    site.closes[step] = closes
                return WEIGHT["opened"]
            case Closed(course=course, step=step, how=how):
                for site in self._of(course):
                    site.closes.pop(step, None)
                    site.ends[step] = how
                return 0.0
            case Counted(course=course, step=step, done=done, expected=expected):
                if self.kind(step) != "vote" or not expected:
                    return 0.0
                for site in self._of(course):
                    site.turnout[step] = done, expected
                return WEIGHT["counted"]
            case Placed(tables=tables):
                self._place(tables)
                return 0.0
            case Acted():
                return self._acted(happening)
            case Read():
                self.read += 1
                return self._read(happening)

    def _of(self, course: str) -> list[SiteView]:
        return [site for site in self.sites if site.course == course]

    def _place(self, tables: Mapping[str, frozenset[str]]) -> None:
        self.tables = tables
        for site in self.sites:
            leading = [(t, f"{site.id}-facilitator-{n}") for n in range(1, 20) for t in tables]
            site.table, site.facilitator = next(
                ((table, who) for table, who in leading if who in tables[table]), (site.table, site.facilitator)
            )

    def _acted(self, act: Acted) -> float:
        for site in self.sites:
            if act.person.user != site.facilitator:
                continue
            if act.what.text and not act.what.text.startswith("/"):
                site.talk.append(Spoken(act.person.name, act.what.text))
                return WEIGHT["said"]
            if ":approve:" in act.what.press:
                answers = self.kind(act.what.press.partition(":")[0]) == "relay"
                what = "the answers and approves them" if answers else "the digest and approves it"
                site.talk.append(Spoken("", f"{act.person.name}, who facilitates, has read {what}."))
                return WEIGHT["approved"]
        return 0.0

    def _read(self, read: Read) -> float:
        message, kind = read.message, self.kind(read.message.step)
        if kind in ("vote", "adopt") and not message.buttons and message.blocks[0][0] == "title":
            for site in self.sites:
                if site.id == read.person.site:
                    site.results[message.step] = message
            return 0.0
        for site in self.sites:
            if read.person.user == site.facilitator:
                return self._at_table(site, message, kind)
        return 0.0

    def _at_table(self, site: SiteView, message: Rendered, kind: str) -> float:
        texts = [text for block, text in message.blocks if block == "text"]
        quotes = tuple(text for block, text in message.blocks if block == "quote")
        if kind == "relay" and quotes:
            return self._across(site, message, texts, quotes)
        if kind in ("discuss", "collect") and len(texts) == len(quotes) == 1 and len(message.blocks) == 2:
            site.talk.append(Spoken("idea" if kind == "collect" else texts[0], quotes[0]))
            return WEIGHT["said"]
        return 0.0

    def _across(self, site: SiteView, message: Rendered, texts: list[str], quotes: tuple[str, ...]) -> float:
        """Something came across the border, with its label: a digest, answers, or what has become of a translation. Or somebody
        here answers."""
        if message.blocks[0][0] == "title" and not any(":approve:" in button.press for button in message.buttons):
            heading = message.blocks[0][1]
            before = next((text for kind, text in message.blocks if kind in ("note", "quote")), "")
            about = texts[0] if texts else before if before not in quotes else ""
            site.talk.append(Spoken("", f"{heading}: {f'{about} ' if about else ''}“{quotes[0]}”"))
            self.relays.append(Relay(site.id, about or heading, quotes))
            return WEIGHT["relay"]
        if len(texts) == len(quotes) == 1 and not quotes[0].startswith("1. "):
            site.talk.append(Spoken(texts[0].rstrip(": \N{NO-BREAK SPACE}"), quotes[0]))
            return WEIGHT["said"]
        return 0.0
