"""Who plays: invented people for every seat that a flow expects, with their manners, drawn from one seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from types import MappingProxyType

from bot.core.flow import Flow, Site
from bot.core.joining import first_run
from bot.core.lots import Lots
from bot.core.state import Role
from bot.core.steps.base import Step
from bot.core.steps.discuss import Discuss
from bot.core.steps.relay import Relay
from bot.core.steps.summarise import Summarise
from bot.core.steps.try_out import TryOut
from bot.rehearsal import corpus
from bot.rehearsal.people import Villager
from bot.rehearsal.voices import Manner, Voice, Voices

USUAL = 12
"""How many people are expected at a site that does not say so."""
LATE_ONE_IN, NONSENSE_ONE_IN = 12, 48
"""One invented person in so many comes late, or writes nonsense."""

OFFSET: Mapping[Role, int] = {"facilitator": 2, "coordinator": 0, "organiser": 1, "translator": 7}
"""Where the names of a role begin, so that people who serve in different roles bear different ones."""


@dataclass(frozen=True, slots=True)
class Part:
    """A person, and how long after the beginning they take their seat: None for before it."""

    person: Villager
    late: timedelta | None = None


def cast(
    flow: Flow,
    seed: str,
    *,
    people: int | None = None,
    drop: Fraction | None = None,
    voices: Mapping[str, Voices] | None = None,
    phrases: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> tuple[Part, ...]:
    """Everybody: participants (`people` of them, spread over the sites in proportion), a facilitator for each table that is to
    be expected, a coordinator for each site, a translator for each where words cross into another language, an organiser.

    `drop` is the share that falls silent or leaves, half of each. Without it people with voices behave as their file says,
    and all others stay. `phrases` are what people without voices say, by language.
    """
    own_phrases = {
        code: tuple(p for p in all_ if p not in corpus.speech(code).answers) for code, all_ in phrases.items()
    }
    parts: list[Part] = []
    sites = flow.file.schedule.sites
    for site, count in zip(sites, _spread(sites, people), strict=True):
        own = (voices or {}).get(site.id)
        parts += _participants(flow, site, count, Lots(seed, "cast", site.id), drop, own, seed, own_phrases)
        target = next((plan.size.target for plan in flow.plans.values()), 0)
        tables = -(-count // target) if target else 0
        parts += [Part(_staff(site, "facilitator", number, seed)) for number in range(1, tables + 1)]
        parts.append(Part(_staff(site, "coordinator", 1, seed)))
        if len(flow.languages) > 1 and _steps(flow, Relay):
            parts.append(Part(replace(_staff(site, "translator", 1, seed), voices=own)))
    return (*parts, Part(_staff(sites[0], "organiser", 1, seed)))


def _spread(sites: Sequence[Site], people: int | None) -> list[int]:
    """How many come to each site: the largest remainders take what is left over."""
    expected = [site.expected or USUAL for site in sites]
    if people is None:
        return expected
    shares = [Fraction(people * e, sum(expected)) for e in expected]
    counts = [int(share) for share in shares]
    order = sorted(range(len(sites)), key=lambda i: (counts[i] - shares[i], i))
    for i in order[: people - sum(counts)]:
        counts[i] += 1
    return counts


def _participants(
    flow: Flow,
    site: Site,
    count: int,
    lots: Lots,
    drop: Fraction | None,
    voices: Voices | None,
    seed: str,
    phrases: Mapping[str, tuple[str, ...]],
) -> list[Part]:
    own = voices.people[:count] if voices is not None else ()
    manners = _manners(count, lots, drop, own)
    parts = []
    for number in range(count):
        voice = own[number] if number < len(own) else None
        language = voices.language if voice and voices else site.languages[number % len(site.languages)]
        name = voice.name if voice else _name(number, language)
        minutes = (voice.within if voice else 0) or 1 + lots.below(8)
        person = Villager(
            user=f"{site.id}-{name.casefold().replace(' ', '-')}",
            name=name,
            site=site.id,
            language=language,
            role="participant",
            manner=manners[number],
            within=timedelta(minutes=minutes),
            lots=Lots(seed, "person", site.id, str(number)),
            voice=voice,
            voices=voices if voice else None,
            phrases=phrases.get(language.split("-")[0], ()),
            talking=frozenset(n.id for n in flow.nodes.values() if n.step.talk),
            greeting=frozenset(n.id for n in flow.nodes.values() if isinstance(n.step, Discuss) and n.step.icebreaker),
            trials=_steps(flow, TryOut),
            relays=_steps(flow, Relay),
            digests=_steps(flow, Summarise),
            quits_after=10 + lots.below(12),
        )
        parts.append(Part(person, _late(flow, lots) if manners[number] == "late" else None))
    return parts


def _manners(count: int, lots: Lots, drop: Fraction | None, own: Sequence[Voice]) -> list[Manner]:
    manners: list[Manner] = ["steady"] * count
    spare = list(range(len(own), count))
    if drop is None:
        manners[: len(own)] = [voice.manner for voice in own]
    else:
        order = lots.shuffle(range(count))
        for place, number in enumerate(order[: round(drop * count)]):
            manners[number] = "leaves" if place % 2 else "silent"
        spare = [number for number in order if manners[number] == "steady"]
    late, nonsense = len(spare) // LATE_ONE_IN, len(spare) // NONSENSE_ONE_IN
    for place, number in enumerate(lots.sample(spare, late + nonsense)):
        manners[number] = "late" if place < late else "nonsense"
    return manners


def _late(flow: Flow, lots: Lots) -> timedelta:
    """Every second latecomer misses the opening steps and sits down while the others talk."""
    opening = max((node.step.duration or timedelta() for node in first_run(flow)), default=timedelta())
    by = timedelta(minutes=5 + lots.below(40))
    return opening + by if lots.below(2) else min(by, opening * 3 / 4)


def _steps(flow: Flow, *types: type[Step]) -> frozenset[str]:
    return frozenset(node.id for node in flow.nodes.values() if isinstance(node.step, types))


def _name(number: int, language: str) -> str:
    names = corpus.names(language)
    turn = number // len(names)
    return names[number % len(names)] + (f" {turn + 1}" if turn else "")


def _staff(site: Site, role: Role, number: int, seed: str) -> Villager:
    language = site.languages[(number - 1) % len(site.languages)]
    return Villager(
        user=f"{site.id}-{role}-{number}",
        name=corpus.staff_name(number + OFFSET[role], language),
        site=site.id,
        language=language,
        role=role,
        manner="steady",
        within=timedelta(minutes=2),
        lots=Lots(seed, role, site.id, str(number)),
        named=True,
    )
