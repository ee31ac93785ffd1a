"""Which words may stand where: each purpose that a person agreed to, and no other.

Invariants:

* A participant's words stand in an export only after a Yes to its purpose, and no later than a No. Who was never asked has
  not agreed. Whoever leads or helps acts in an office: their words at a table are on record unless they said No.
* What is not released leaves a mark, so that counts stay honest; the mark tells nothing of who it was.
* What was taken back leaves nothing, and a digest that pointed at it says so. What was hidden leaves a mark with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.core.names import HARMFUL
from bot.core.state import Contribution
from bot.report.material import Material

WITHHELD, ERASED, WITHDRAWN, HIDDEN = "[words not released]", "[erased]", "[withdrawn]", "[hidden]"
"""The marks that stand in the place of words. They are the same in every language, so that a program finds them."""

Use = Literal["transcript", "quotes", "open_data", "research"]
"""`transcript` the author's own table's, under the author's name; `quotes` another table's, and results; `open_data` the
list of ideas, `research` what researchers read."""


@dataclass(frozen=True, slots=True)
class Released:
    """Words as they may stand in a file: `text` is a mark where they may not, and then `free` is False."""

    text: str
    free: bool


def clean(text: str) -> str:
    """Somebody's words without characters that hide or turn around what stands beside them; line ends are \\n."""
    return HARMFUL.sub("", "\n".join(text.splitlines()))


def released(material: Material, id: str, use: Use) -> Released:
    """The words of a contribution for a use, or the mark that stands for them."""
    found = material.by_id.get(id)
    if found is None:
        return Released(HIDDEN if id in material.reasons else WITHDRAWN, False)
    if found.erased:
        return Released(ERASED, False)
    if not allowed(material, found.contribution, use):
        return Released(WITHHELD, False)
    return Released(clean(found.contribution.text), True)


def allowed(material: Material, given: Contribution, use: Use) -> bool:
    """Whether the author agreed to this use, or everyone of several. For results and other tables a Yes to open data is a Yes to
    a quote."""
    return all(_agreed(material, seat, use) for seat in given.authors or (given.seat,))


def _agreed(material: Material, seat: str, use: Use) -> bool:
    answer = material.consents.get((seat, use))
    if use == "quotes" and answer is None:
        answer = material.consents.get((seat, "open_data"))
    if answer is not None:
        return answer
    author = material.seats.get(seat)
    return use not in ("open_data", "research") and author is not None and author.role != "participant"
