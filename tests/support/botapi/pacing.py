"""How fast a bot sends: the limits, the refusals, and the audit of every call that was ever made.

What counts is a new message, and an edit in a group. Answers to presses, deletions and everything else count for nothing.
Windows slide: with a limit of 30 a second no half-open second anywhere may hold 31. Times are the receiver's, by the
server's clock.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@dataclass(eq=False)
class Call:
    """One call, as received. `writes` says whether it is a message or the edit of one, `counts` whether the limits count it,
    `wait` the seconds that a 429 named."""

    at: datetime
    bot: int
    method: str
    chat: int
    params: dict[str, Any]
    writes: bool
    counts: bool
    group: bool
    code: int = 0
    error: str = ""
    wait: int = 0
    scope: Literal["", "bot", "chat"] = ""
    message: int = 0

    @property
    def accepted(self) -> bool:
        return self.code == 200


@dataclass
class Limits:
    """What a bot may do. `refuse` answers 429 to what is more; otherwise it is let pass, and only the audit knows.

    `burst` is how many messages beyond the first one chat takes within a second (the documents say that short bursts may
    pass; here none does unless a test says so)."""

    per_second: int = 30
    per_chat: int = 1
    group_minute: int = 20
    burst: int = 0
    refuse: bool = False

    def windows(self, bot: int, chat: int, group: bool) -> list[tuple[tuple[str, int, int], timedelta, int]]:
        found = [
            (("bot", bot, 0), SECOND, self.per_second),
            (("chat", bot, chat), SECOND, self.per_chat + self.burst),
        ]
        return [*found, (("group", bot, chat), MINUTE, self.group_minute)] if group else found


@dataclass
class Gate:
    """Refuses what outruns the limits, and what comes during a wait that was imposed by hand."""

    limits: Limits
    passed: dict[tuple[str, int, int], deque[datetime]] = field(default_factory=lambda: defaultdict(deque))
    closed: dict[tuple[int, int], datetime] = field(default_factory=dict)

    def close(self, bot: int, until: datetime, chat: int = 0) -> None:
        """From now until then every message and edit of the bot (in one chat, where it is named) is refused with 429."""
        self.closed[bot, chat] = until

    def wait(self, call: Call) -> tuple[int, Literal["bot", "chat"]] | None:
        """How many seconds this call must wait, and whether because of the chat or of the bot as a whole."""
        if call.writes and (until := self.closed.get((call.bot, 0))) and until > call.at:
            return math.ceil((until - call.at).total_seconds()), "bot"
        if call.writes and (until := self.closed.get((call.bot, call.chat))) and until > call.at:
            return math.ceil((until - call.at).total_seconds()), "chat"
        if not self.limits.refuse or not call.counts:
            return None
        worst: tuple[int, Literal["bot", "chat"]] | None = None
        windows = self.limits.windows(call.bot, call.chat, call.group)
        for key, span, most in windows:
            times = self.passed[key]
            while times and times[0] <= call.at - span:
                times.popleft()
            if len(times) >= most:
                left = max(1, math.ceil((times[-most] + span - call.at).total_seconds()))
                if worst is None or left > worst[0]:
                    worst = left, "bot" if key[0] == "bot" else "chat"
        if worst is None:
            for key, _, _ in windows:
                self.passed[key].append(call.at)
        return worst


@dataclass
class Audit:
    """Every call that was made, in the order in which it came."""

    limits: Limits
    calls: list[Call] = field(default_factory=list)

    def sent(self, bot: int = 0, chat: int = 0) -> list[Call]:
        """What was accepted and counts."""
        return [c for c in self.calls if c.accepted and c.counts and bot in (0, c.bot) and chat in (0, c.chat)]

    def of(self, *methods: str) -> list[Call]:
        return [c for c in self.calls if c.method in methods]

    def worst(self, scope: Literal["bot", "chat", "group"], span: timedelta | None = None) -> int:
        """The most messages within any window of that length (a second; for a group a minute), of the busiest bot or chat."""
        span = span or (MINUTE if scope == "group" else SECOND)
        return max((_fullest(times, span) for times in self._times(scope).values()), default=0)

    def breaches(self) -> list[str]:
        """Every limit that was outrun, in words; empty if none was."""
        allowed = {"bot": self.limits.per_second, "chat": self.limits.per_chat + self.limits.burst}
        allowed["group"] = self.limits.group_minute
        found = []
        for scope, most in allowed.items():
            span = MINUTE if scope == "group" else SECOND
            for key, times in self._times(scope).items():
                if (full := _fullest(times, span)) > most:
                    found.append(
                        f"{scope} {key}: {full} messages within {span.total_seconds():g} s, allowed are {most}"
                    )
        found += [f"during a wait: {c.method} to {c.chat} at {c.at.isoformat()}" for c in self.during_wait()]
        return found

    def during_wait(self) -> list[Call]:
        """Messages and edits that were tried although a 429 had told their bot, or their chat, to wait."""
        until: dict[tuple[int, int], datetime] = {}
        found = []
        for call in self.calls:
            keys = [(call.bot, 0), (call.bot, call.chat)]
            if call.writes and any(call.at < until.get(key, call.at) for key in keys):
                found.append(call)
            if call.wait:
                key = keys[call.scope == "chat"]
                until[key] = max(until.get(key, call.at), call.at + timedelta(seconds=call.wait))
        return found

    def order(self, chat: int, bot: int = 0) -> list[str]:
        """The texts that went to a chat, in the order in which they were accepted."""
        texts = (c.params.get("text") or c.params.get("caption") or "" for c in self.sent(bot, chat))
        return [str(text) for text in texts]

    def pace(self, bot: int = 0) -> float:
        """Accepted messages per second between the first and the last."""
        sent = self.sent(bot)
        seconds = (sent[-1].at - sent[0].at).total_seconds() if len(sent) > 1 else 0
        return (len(sent) - 1) / seconds if seconds else 0.0

    def _times(self, scope: str) -> dict[tuple[int, ...], list[datetime]]:
        found: dict[tuple[int, ...], list[datetime]] = defaultdict(list)
        for call in self.sent():
            if scope != "group" or call.group:
                found[(call.bot,) if scope == "bot" else (call.bot, call.chat)].append(call.at)
        return found


def _fullest(times: Iterable[datetime], span: timedelta) -> int:
    """The most instants within any half-open window of that length."""
    ordered = sorted(times)
    return max((n + 1 - bisect_right(ordered, at - span) for n, at in enumerate(ordered)), default=0)
