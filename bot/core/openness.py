"""How others can follow what happens in an assembly: the marks of its log, and what observers read."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from bot.core.fields import Id, Model, Span


class Log(Model):
    """`[log]`: the record of who did what, which every organiser can check with `pnyx audit verify`.

    `post` says who is told, when a step closes, with which mark the log ends then: nobody (`never`), those who lead
    (`leading`), or everybody (`everybody`). Whoever has written a mark down can tell later that nothing before it was changed.
    """

    post: Literal["never", "leading", "everybody"] = "never"


class Feed(Model):
    """`[feed]`: what observers read of the talks that they choose with `/watch`. The tables are always told.

    With `open = false` nobody reads along. `delay` is how much later they read what was said; what was hidden or taken back
    meanwhile they never read. `steps` names the talks that may be observed; without it all may, but never an icebreaker.
    With `published = true` the same can be written to a file for the press, with `pnyx feed`.
    """

    open: bool = True
    delay: Span = timedelta(minutes=15)
    steps: tuple[Id, ...] = ()
    published: bool = False

    def covers(self, step: str, *, exported: bool) -> bool:
        """Whether what is said in a talk (by its id in the file) may be read by others at all."""
        return self.open and exported and (not self.steps or step in self.steps)
