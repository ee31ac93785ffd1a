"""The two controls: steps again and again, and steps side by side.

Both are laid out before the dialogue starts (`bot.core.itinerary`); what they do while it runs is little.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from bot.core.fields import Id
from bot.core.steps.base import Step


class Repeat(Step):
    """The steps that say `within = "<this id>"` come once for each item of a list, or a number of times.

    `over` names a list of the flow; in the texts of the inner steps `{item}` stands for the item's text, `{round}` for the
    number of the round. `times` repeats without a list. `until` is a condition: once it holds, the remaining rounds are
    left out.

        [[lists.themes]]
        id = "food"
        text = "What we eat"

        [[lists.themes]]
        id = "travel"
        text = "How we travel"

        [[step]]
        id = "themes"
        type = "repeat"
        over = "themes"

        [[step]]
        id = "reading"
        type = "inform"
        within = "themes"
        text = "We now speak about: {item}"
    """

    type: Literal["repeat"]
    over: Id | None = None
    times: int | None = Field(default=None, ge=1, le=100)
    until: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.over is None) == (self.times is None):
            raise ValueError('a repeat needs either over = "<a list>" or times = <a number>, and not both')
        return self

    def rounds(self, lists: Mapping[str, Sequence[Any]]) -> Sequence[Any]:
        """The items of its list, or None as often as `times` says."""
        return lists.get(self.over, ()) if self.over is not None else (None,) * (self.times or 0)


class Parallel(Step):
    """The steps that say `within = "<this id>"` and `branch = "<a name>"` go on side by side, branch by branch.

    `join = "all"` goes on when every branch is through, `"any"` when the first one is; with `duration` or `closes` the time
    ends it in any case.

        [[step]]
        id = "side"
        type = "parallel"
        duration = "2d"

        [[step]]
        id = "read"
        type = "inform"
        within = "side"
        branch = "quiet"
        text = "Something to read, if you like."

        [[step]]
        id = "mood"
        type = "survey"
        within = "side"
        branch = "quick"
        duration = "1d"
        questions = [{ id = "mood", text = "How do you feel today?", options = [
          { id = "well", text = "Well" }, { id = "tired", text = "Tired" } ] }]
    """

    type: Literal["parallel"]
    join: Literal["all", "any"] = "all"
    waits: ClassVar[bool] = True
