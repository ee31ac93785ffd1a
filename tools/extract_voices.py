"""Draw the voices of `flows/cross-border/` out of two public Polis consultations.

Run by a maintainer, with the folder that holds both exports (`austria-climate…` and `scoop-hivemind…`):

    python tools/extract_voices.py path/to/polis

It writes `at.json`, `nz.json` and `ATTRIBUTION.md` into `flows/cross-border/voices/` (or into `--out`). Two runs on the
same exports write the same bytes. Real are: the statements, word for word, who wrote them, and every recorded vote.
Invented are: names, profiles, manners and answering times; they describe nobody.

How people and statements are chosen (the attribution file tells the reader the same):

1. The pool is every statement that the moderators showed and that a citizen wrote, less `left_out`, which says why.
2. People: first the authors in the pool who voted most on it, then others who voted nearly as much. Among equals those
   come first who disagreed most, so that the small extract keeps the quarrel of the large one.
3. In turn each person takes something to say: his own, else one that he agreed with and whose author is not here. One
   turn prefers the disputed statements, the next the much voted ones. Nothing is said twice.
"""

import argparse
import csv
import json
import random
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PEOPLE = 24
SAYS = 3  # statements each person takes; authors who wrote fewer are topped up to this
MOST = 4  # what an author of many may say
NONSENSE = ["asdf", "👍👍", "???", "test test"]

LICENCE = "CC BY 4.0"
ATTRIBUTION = (
    "Data was gathered using the Polis software (compdemocracy.org/polis) and is sub-licensed under CC BY 4.0 with "
    "Attribution to The Computational Democracy Project. compdemocracy.org/case-studies/2022-Austria-Klimarat, "
    "compdemocracy.org/case-studies/2019-scoop-hivemind-biodiversity"
)


PAGE = """\
# Whose voices these are

> {attribution}

Licence: {licence}, https://creativecommons.org/licenses/by/4.0/. This extract is a changed and much shortened version
of the two exports, made by `tools/extract_voices.py`. Neither the citizens nor the organisers endorse it.

## What is real and what is invented

Real: each statement, word for word and in its own spelling; whether the person who says it here wrote it (`wrote`);
each vote (1 agree, -1 disagree, 0 pass; the last one, where somebody voted twice). `source` is the number of the voter
in the export.

Invented: names, gender, age, area, manner, answering time, the nonsense, and the question and short labels of `choice`.
They say nothing about the person behind a number; the one who stays silent and the one who writes nonsense were chosen
among those who wrote nothing and disagreed little, so that no author and no minority goes unheard. When you
show these voices, say so.

## What was chosen, and how

1. Only statements that the moderators showed. What people say here was written by citizens, not by the organisers.
2. First come authors who voted on most of these statements, then others who voted on as many. Among equals those who
   disagreed most come first. So the 24 are keener and quarrel more than all who took part: they are not a sample.
3. Each says two to four statements: his own, and where these do not suffice, ones he agreed with whose author is not
   among the 24. Nothing is said twice.
4. `ballot` holds five statements for a final vote: two that most agreed with, two disputed, one that mostly failed.
   New Zealand's include some by the organisers, since nearly everybody voted on them.
5. `choice` is a question of ours over five statements. A person ticks those that he agreed with. It is an approval
   ballot, since nobody was asked for a single best one.
"""


@dataclass(frozen=True)
class Site:
    """One consultation: where it lies, what was chosen from it by hand, and the invented people who carry it."""

    name: str
    language: str
    folder: str
    consultation: str
    authors: int
    draw: int  # seeds what is invented
    ballot: dict[int, str]
    question: str
    options: dict[int, str]
    left_out: dict[str, str]  # why: which, by number
    people: str


AUSTRIA = Site(
    name="at",
    language="de",
    folder="austria-climate.5twd2jsnkf.2022-08-08",
    consultation="Klimarat, Austria 2022: Produktion und Konsum",
    authors=15,
    draw=3,
    ballot={83: "agreed", 100: "agreed", 61: "disputed", 73: "disputed", 76: "fails"},
    question="Was soll auf Produkten und Speisekarten angegeben sein?",
    options={
        58: "Wie gut sich die Verpackung recyceln lässt",
        59: "Ob man es reparieren kann und Ersatzteile bekommt",
        126: "Woher die Zutaten kommen",
        127: "Welche Qualität die Zutaten haben",
        128: "Welche Emissionen bei der Herstellung entstehen",
    },
    left_out={
        "off the subject": "47 149 150 163 166 222 223 227 245 266 311 314 317 318 320 322 328 337 366 395 455 513 520",
        "names a firm or a country as the culprit": "22 27 66 87 95 104 121 168 189 239 292",
        "speaks ill of people, of their bodies, or of politics": "117 279 344 463 482",
        "answers a statement that the reader does not see": "74 235 308 321",
        "advertises, links, or needs an expert's dictionary": "202 253 298 354 357 359 361 362 364 365",
        "says what a kept statement says": "77 94 125 130 184",
    },
    people="""
        Hildegard woman 66+ town | Josef man 66+ country | Gertraud woman 66+ city | Franz man 66+ town
        Elfriede woman 66+ country | Alois man 66+ city | Sabine woman 51-65 country | Wolfgang man 51-65 town
        Dragana woman 51-65 city | Gerhard man 51-65 country | Andrea woman 51-65 town | Mehmet man 51-65 city
        Katharina woman 31-50 town | Thomas man 31-50 country | Aylin woman 31-50 city | Stefan man 31-50 town
        Magdalena woman 31-50 country | Goran man 31-50 city | Lena woman 16-30 city | Lukas man 16-30 country
        Miriam woman 16-30 town | Emre man 16-30 city | Johanna woman 16-30 country | Sascha other 16-30 town
    """,
)

NEW_ZEALAND = Site(
    name="nz",
    language="en",
    folder="scoop-hivemind.biodiversity",
    consultation="Scoop HiveMind, New Zealand 2019: Protecting and Restoring NZ's Biodiversity",
    authors=13,
    draw=66,
    ballot={53: "agreed", 50: "agreed", 61: "disputed", 44: "disputed", 40: "fails"},
    question="Who should be heard more when we decide how to protect nature?",
    options={
        59: "Te ao Māori, together with science",
        150: "Young people",
        266: "Farmers",
        268: "Scholars of every subject",
        281: "Hunters who care for nature",
    },
    left_out={
        "off the subject": "120 238 274",
        "points at one people or its customs": "99 186 200 299",
        "answers a plan that the reader does not see": "185 187",
        "needs an expert's dictionary": "135 136",
    },
    people="""
        Margaret woman 66+ town | Wiremu man 66+ country | Shirley woman 66+ city | Graham man 66+ town
        Ngaire woman 66+ country | Bruce man 66+ city | Hinemoa woman 51-65 country | Sione man 51-65 city
        Lynette woman 51-65 town | Murray man 51-65 country | Mei-Ling woman 51-65 city | Rangi man 51-65 town
        Rachel woman 31-50 town | Hemi man 31-50 country | Priya woman 31-50 city | Callum man 31-50 town
        Lupe woman 31-50 city | Craig man 31-50 country | Aroha woman 16-30 town | Liam man 16-30 city
        Grace woman 16-30 country | Arjun man 16-30 city | Tama man 16-30 country | Robin other 16-30 town
    """,
)


@dataclass(frozen=True)
class Record:
    """One export: the statements by id, their authors, and the last recorded vote of (voter, statement)."""

    texts: dict[int, str]
    authors: dict[int, int]
    shown: set[int]
    votes: dict[tuple[int, int], int]


def read(folder: Path) -> Record:
    """Read one export. A person who voted twice on a statement is counted with the last vote."""
    with (folder / "comments.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    with (folder / "votes.csv").open(encoding="utf-8", newline="") as lines:
        cast = sorted(csv.DictReader(lines), key=lambda row: int(row["timestamp"]))
    return Record(
        texts={int(row["comment-id"]): row["comment-body"] for row in rows},
        authors={int(row["comment-id"]): int(row["author-id"]) for row in rows},
        shown={int(row["comment-id"]) for row in rows if row["moderated"] == "1"},
        votes={(int(row["voter-id"]), int(row["comment-id"])): int(row["vote"]) for row in cast},
    )


def pool_of(site: Site, record: Record) -> set[int]:
    """What may be said: shown, by a citizen (author 0 is the organisers' account), not left out, not on the ballot."""
    left_out = {int(key) for keys in site.left_out.values() for key in keys.split()}
    put_to_vote = set(site.ballot) | set(site.options)
    return {key for key in record.shown if record.authors[key] != 0} - left_out - put_to_vote


def voters_of(site: Site, record: Record, pool: set[int]) -> list[int]:
    """The 24 people, authors first; see the head of this file for the rule."""
    wanted = pool | set(site.ballot) | set(site.options)
    cast = Counter(voter for voter, key in record.votes if key in wanted)
    against = Counter(voter for (voter, key), vote in record.votes.items() if key in wanted and vote == -1)
    agreed = Counter(voter for (voter, key), vote in record.votes.items() if key in pool and vote == 1)
    wrote = {record.authors[key] for key in pool}

    def order(voter: int) -> tuple[int, int, int]:
        return -(10 * cast[voter] // len(wanted)), -against[voter], voter

    ranked = sorted((voter for voter in cast if voter != 0 and agreed[voter] >= len(pool) // 5), key=order)
    authors = [voter for voter in ranked if voter in wrote][: site.authors]
    return authors + [voter for voter in ranked if voter not in wrote][: PEOPLE - len(authors)]


def share_out(record: Record, pool: set[int], voters: list[int]) -> dict[int, list[int]]:
    """Who says what: each statement once, one per person and turn, own words first."""
    here = set(voters)
    known = Counter(key for voter, key in record.votes if voter in here)
    everyone = Counter(key for _, key in record.votes)
    against = Counter(key for (_, key), vote in record.votes.items() if vote == -1)
    free = set(pool)
    says: dict[int, list[int]] = {voter: [] for voter in voters}
    for turn in range(MOST):
        for voter in voters:
            own = [key for key in free if record.authors[key] == voter]
            borrowed = [key for key in free if record.authors[key] not in here and record.votes.get((voter, key)) == 1]
            choice = own or (borrowed if turn < SAYS else [])
            if not choice:
                continue
            disputed = turn % 2 == 0
            best = min(choice, key=lambda key: (-against[key] / everyone[key] if disputed else 0, -known[key], key))
            says[voter].append(best)
            free.discard(best)
    return says


def manners_of(voters: list[int], quiet: list[int], chance: random.Random) -> dict[int, str]:
    """Invented manners; `quiet` are those whose record may fall silent or be drowned in nonsense."""
    silent, nonsense = chance.sample(quiet, 2)
    rest = chance.sample(sorted(set(voters) - {silent, nonsense}), 4)
    odd = dict(zip(rest, ("late", "late", "leaves", "leaves"), strict=True))
    return dict.fromkeys(voters, "steady") | odd | {silent: "silent", nonsense: "nonsense"}


def quiet_ones(record: Record, pool: set[int], voters: list[int]) -> list[int]:
    """Half of those who wrote nothing, the less dissenting: no author and no minority goes unheard for a show."""
    wrote = {record.authors[key] for key in pool}
    against = Counter(voter for (voter, key), vote in record.votes.items() if key in pool and vote == -1)
    others = sorted((voter for voter in voters if voter not in wrote), key=lambda voter: (against[voter], voter))
    return others[: len(others) // 2]


def minutes(manner: str, chance: random.Random) -> int | None:
    """How long an invented person takes to answer, in minutes; none if he never answers."""
    if manner == "silent":
        return None
    return chance.randint(12, 20) if manner == "late" else chance.randint(1, 8)


def extract(site: Site, record: Record) -> dict[str, Any]:
    """Everything that one voices file holds."""
    pool = pool_of(site, record)
    voters = voters_of(site, record, pool)
    says = share_out(record, pool, voters)
    asked = {key for keys in says.values() for key in keys} | set(site.ballot) | set(site.options)
    chance = random.Random(f"voices of {site.name}, draw {site.draw}")  # noqa: S311 - no secret, the same lot each time
    manners = manners_of(voters, quiet_ones(record, pool, voters), chance)
    profiles = [entry.split() for line in site.people.strip().splitlines() for entry in line.split("|")]
    chance.shuffle(profiles)
    people = []
    for voter, (name, gender, age_band, area) in zip(sorted(voters), profiles, strict=True):
        people.append(
            {
                "name": name,
                "gender": gender,
                "age_band": age_band,
                "area": area,
                "manner": manners[voter],
                "answers_within": minutes(manners[voter], chance),
                "source": str(voter),
                "says": [
                    {"id": str(key), "text": record.texts[key], "wrote": record.authors[key] == voter}
                    for key in says[voter]
                ],
                "votes": {str(key): record.votes[voter, key] for key in sorted(asked) if (voter, key) in record.votes},
            }
        )
    return {
        "attribution": ATTRIBUTION,
        "ballot": [{"id": str(key), "text": record.texts[key], "kind": kind} for key, kind in site.ballot.items()],
        "choice": [{"id": str(key), "text": record.texts[key], "label": label} for key, label in site.options.items()],
        "choice_question": site.question,
        "consultation": site.consultation,
        "invented": [
            "age_band",
            "answers_within",
            "area",
            "choice_question",
            "gender",
            "label",
            "manner",
            "name",
            "nonsense",
        ],
        "language": site.language,
        "licence": LICENCE,
        "nonsense": NONSENSE,
        "people": people,
        "site": site.name,
    }


def written(voices: dict[str, Any]) -> str:
    """JSON with sorted keys and one entry of a list of people or statements per line."""
    parts = []
    for key, value in sorted(voices.items()):
        body = json.dumps(value, ensure_ascii=False, sort_keys=True)
        if isinstance(value, list) and isinstance(value[0], dict):
            rows = ",\n  ".join(json.dumps(row, ensure_ascii=False, sort_keys=True) for row in value)
            body = f"[\n  {rows}\n ]"
        parts.append(f' "{key}": {body}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def density(voices: dict[str, Any]) -> tuple[int, int]:
    """Recorded votes, and how many there would be if everybody had voted on everything asked here."""
    asked = sum(len(person["says"]) for person in voices["people"]) + len(voices["ballot"]) + len(voices["choice"])
    return sum(len(person["votes"]) for person in voices["people"]), asked * len(voices["people"])


def attribution(done: list[tuple[Site, dict[str, Any]]]) -> str:
    """The page that stands beside the voices: whose they are, what was chosen, how, and what is invented."""
    page = [PAGE.format(attribution=ATTRIBUTION, licence=LICENCE)]
    for site, voices in done:
        cast, possible = density(voices)
        said = [item for person in voices["people"] for item in person["says"]]
        own = sum(item["wrote"] for item in said)
        page.append(f"""
## `{site.name}.json`: {site.consultation}

{len(said)} statements, {own} of them said by their own author.
{cast:,} of {possible:,} possible votes are recorded ({100 * cast // possible} %).
Left out by hand, by number in the export:

""")
        page += [f"* {why}: {', '.join(keys.split())}\n" for why, keys in site.left_out.items()]
    return "".join(page)


def main() -> int:
    """Read both exports, write the three files, print how full the vote tables are."""
    here = Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description="Draw the voices of flows/cross-border/ out of two Polis exports.")
    parser.add_argument("polis", type=Path, help="the folder that holds both exports")
    parser.add_argument("--out", type=Path, default=here / "flows" / "cross-border" / "voices", help="where to write")
    asked = parser.parse_args()
    sites = (AUSTRIA, NEW_ZEALAND)
    for site in sites:
        if not (asked.polis / site.folder / "votes.csv").is_file():
            print(
                f"{asked.polis} has no {site.folder}/votes.csv. Give the folder that holds both exports.",
                file=sys.stderr,
            )
            return 2
    done = [(site, extract(site, read(asked.polis / site.folder))) for site in sites]
    asked.out.mkdir(parents=True, exist_ok=True)
    for site, voices in done:
        (asked.out / f"{site.name}.json").write_text(written(voices), encoding="utf-8")
        cast, possible = density(voices)
        print(f"{site.name}: {cast} of {possible} votes recorded ({100 * cast // possible} %)")
    (asked.out / "ATTRIBUTION.md").write_text(attribution(done), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
