"""What of a secret ballot may stand in a file, so that no count of fewer than ten people can be read or worked out.

Invariants:

* A site is told where ten people or more answered there, or nobody did. This looks at the site alone, as the chat does.
* A sum of sites (a total, the base of a decision) is told where, the told sites taken away, nobody or ten people or more are
  left; and where what is left of any two told sums differs by nobody or by ten people or more, the one within the other.
  Whatever is added and subtracted then, only sums of ten people or more come out.

A veil belongs to one question (and item) and remembers the sums it has let through: ask in the order of importance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.core.counting import FEW


class Veil:
    """`answered` is how many people answered at each site."""

    def __init__(self, answered: Mapping[str, int], *, secret: bool) -> None:
        self._answered = answered
        self._secret = secret
        self._told: list[frozenset[str]] = []

    def site(self, site: str) -> bool:
        """Whether a site's own counts may be told."""
        return not self._secret or not 0 < self._answered[site] < FEW

    def sum(self, sites: Iterable[str]) -> bool:
        """Whether the counts of these sites together may be told. If so, they count as told from now on."""
        if not self._secret:
            return True
        rest = frozenset(site for site in sites if not self.site(site))
        if self._few(rest):
            return False
        for other in self._told:
            nested = rest <= other or other <= rest
            if not nested or self._few(rest ^ other):
                return False
        self._told.append(rest)
        return True

    def _few(self, sites: Iterable[str]) -> bool:
        return 0 < sum(self._answered[site] for site in sites) < FEW
