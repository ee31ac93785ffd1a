"""How many people a digest speaks for, measured on the votes of real citizens, against what one would pick instead."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from bot.core.digest import Statement, draw

FOLDER = Path(__file__).parent / "polis"
CONSULTATIONS = ("austria", "newzealand")
MARKS = {"+": 1, "-": -1, "0": 0}
ENOUGH = 7
"""Votes from which on somebody is put into a camp, as Polis does."""
CAMPS = 3
DRAWS = 200
"""Random choices whose mean is taken."""


@dataclass(frozen=True)
class Consultation:
    """Statements, and who voted what on them: statement number, voter, 1 agrees, -1 disagrees, 0 passes."""

    statements: Sequence[Statement]
    votes: Mapping[str, Mapping[str, int]]
    voters: Sequence[str]

    @cached_property
    def agree(self) -> Mapping[str, frozenset[str]]:
        return {s.id: frozenset(v for v, vote in self.votes[s.id].items() if vote == 1) for s in self.statements}

    def spoken_for(self, chosen: Iterable[str], among: Iterable[str]) -> float:
        """The share of some people who agreed with at least one of the chosen statements."""
        heard = frozenset[str]().union(*(self.agree[id] for id in chosen))
        people = set(among)
        return len(heard & people) / len(people)

    @cached_property
    def camps(self) -> list[frozenset[str]]:
        """The people in `CAMPS` camps of like minds, the smallest first: the votes on two axes, as Polis draws them (principal
        components, a missing vote counting as the statement's mean), and the nearest of so many centres."""
        cast = [[self.votes[s.id].get(v, np.nan) for s in self.statements] for v in self.voters]
        all_votes = np.array(cast, dtype=float)
        busy = np.flatnonzero((~np.isnan(all_votes)).sum(axis=1) >= ENOUGH)
        votes = all_votes[busy]
        number = (~np.isnan(votes)).sum(axis=1)
        centred = np.nan_to_num(votes - np.nanmean(votes, axis=0))
        axes, size, _ = np.linalg.svd(centred, full_matrices=False)
        points = axes[:, :2] * size[:2] * np.sqrt(votes.shape[1] / number)[:, None]
        label = min((_clustered(points, seed) for seed in range(20)), key=lambda found: found[0])[1]
        camps = [frozenset(self.voters[busy[i]] for i in np.flatnonzero(label == camp)) for camp in range(CAMPS)]
        return sorted(camps, key=len)


def consultation(name: str) -> Consultation:
    """One of `CONSULTATIONS`."""
    packed = json.loads(gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes()))
    voters = [str(voter) for voter in packed["voters"]]
    statements = [Statement(str(n), a, "", words, n) for n, (a, words) in enumerate(packed["statements"])]
    votes = {
        str(n): {voter: MARKS[mark] for voter, mark in zip(voters, row, strict=True) if mark in MARKS}
        for n, row in enumerate(packed["votes"])
    }
    return Consultation(statements, votes, voters)


def ours(about: Consultation, size: int) -> list[str]:
    """The digest that Pnyx draws."""
    return [s.sources[0] for s in draw(about.statements, about.votes, about.voters, size, "seed").sentences]


def most_agreed(about: Consultation, size: int) -> list[str]:
    """The statements with which most agree."""
    return sorted((s.id for s in about.statements), key=lambda id: (-len(about.agree[id]), int(id)))[:size]


def at_random(about: Consultation, size: int, people: Iterable[str]) -> float:
    """The share of some people whom statements chosen by lot speak for, on the average."""
    ids, people = [s.id for s in about.statements], frozenset(people)
    return sum(about.spoken_for(random.Random(seed).sample(ids, size), people) for seed in range(DRAWS)) / DRAWS


def _clustered(points: np.ndarray, seed: int) -> tuple[float, np.ndarray]:
    """k-means (Lloyd 1957) from centres chosen by lot: the sum of squared distances, and the centre of each point."""
    centres = points[np.random.default_rng(seed).choice(len(points), CAMPS, replace=False)]
    for _ in range(50):
        label = ((points[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
        centres = np.array(
            [points[label == c].mean(axis=0) if (label == c).any() else centres[c] for c in range(CAMPS)]
        )
    return float(((points - centres[label]) ** 2).sum()), label
