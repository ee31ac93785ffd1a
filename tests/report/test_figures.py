"""What the CSV files tell of recorded counts: exact where they may, and never so that a small count follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.effects import Record
from bot.core.state import Course
from bot.core.tally import Tally, count, merge
from bot.engine.house import House
from bot.report.export import export_files
from bot.report.tables import EMPTY
from bot.store import courses, findings
from bot.store.database import Database
from bot.store.keys import KeyFile
from tests.report.conftest import Files, sheet
from tests.report.test_veil import follows
from tests.store.filling import fresh_database
from tests.support.room import ASSEMBLY, CATALOGS, bundled

SITES = ("a", "b", "c", "d")
HEAD = """
[flow]
id = "count"
source_language = "en"
languages = ["en"]
title = "Counting"
[mandate]
by = "The Region"
question = "How many?"
[schedule]
mode = "site"
sites = [
""" + "".join(f'  {{ id = "{s}", zone = "Europe/Paris", languages = ["en"], expected = 9 }},\n' for s in SITES) + """]
[[step]]
id = "consent"
type = "consent"
duration = "1h"
controllers = ["The Region"]
delete_on = 2030-01-01
text = "Agreed?"
"""  # fmt: skip
BALLOT = """
[[step]]
id = "ballot"
type = "vote"
duration = "1h"
questions = [{ id = "q", method = "yes_no_abstain", text = "Well?" }]
"""
DECISIONS = "".join(
    f"""
[[step]]
id = "{id}"
type = "adopt"
over = "ballot"
rule = "threshold"
threshold = 0.7
op = ">="
base = "cast"
quorum = "none"
ties = "rejected"
scope = "assembly"
duration = "1h"
"""
    for id in ("first", "second")
)


def exported(steps: str, results: Iterable[Record], through: Sequence[str] = SITES) -> Files:
    """The export of a database in which nothing but these results stands; these sites are through with everything."""
    db, body = fresh_database(KeyFile.from_seed(1)), bundled(HEAD + steps)
    try:
        return _exported(db, body, results, through)
    finally:
        db.sql.close()


def _exported(db: Database, body: str, results: Iterable[Record], through: Sequence[str]) -> Files:
    courses.publish_flow(db, courses.PublishedFlow("count@0", "count", "", body, 0))
    courses.save_assembly(db, courses.Assembly(ASSEMBLY, "count@0", "seed", "open", 0))
    for site in through:
        courses.save_course(db, ASSEMBLY, Course(site, "ended", done={"ballot": "skipped"}))
    for result in results:
        findings.record(db, ASSEMBLY, result, 0)
    return export_files(db, House(CATALOGS), ASSEMBLY)


def recorded(site: str, questions: Mapping[str, Mapping[str, Tally]], step: str = "ballot") -> list[Record]:
    data = {
        "questions": {q: {item: tally.to_json() for item, tally in items.items()} for q, items in questions.items()},
        "secret": True, "members": 0, "present": 0, "answered": 0,
    }  # fmt: skip
    return [Record(step, f"{kind}:{site}", data) for kind in ("site", "course")]


def yes_no(yes: int, no: int) -> Tally:
    return count("yes_no_abstain", (), [("yes", yes), ("no", no)])


def decided(step: str, tallies: Mapping[str, Tally], missing: Iterable[str], *, cast: int | None = None) -> Record:
    """A decision on the votes of the other sites, as nobody had veiled it."""
    here = merge([tally for site, tally in tallies.items() if site not in missing] or [yes_no(0, 0)])
    entry: dict[str, Any] = {
        "outcome": "rejected", "reason": "not_reached", "in_favour": here.counts["yes"], "base": here.ballots, "needed": 1,
        "cast": here.ballots if cast is None else cast, "abstained": 0, "veiled": False, "of": "",
    }  # fmt: skip
    return Record(step, "all", {"items": {"q": entry}, "missing": sorted(missing)})


def told_sums(files: Files) -> list[tuple[frozenset[str], int, int]]:
    """Every count of Yes that the files tell: of which sites together, how many, and of how many."""
    found = []
    for row in sheet(files, "results.csv"):
        if row["option"] == "yes" and row["value"]:
            sites = frozenset(SITES) if row["level"] == "total" else frozenset(row["place"])
            found.append((sites, int(row["value"]), int(row["answered"])))
    for row in sheet(files, "decisions.csv"):
        if row["cast"]:
            found.append((frozenset(SITES) - set(row["not_in_yet"].split()), int(row["in_favour"]), int(row["cast"])))
    return found


people = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=4, max_size=4)
late = st.sets(st.sampled_from(SITES), max_size=2)


@settings(max_examples=150, deadline=None)
@given(people, late, late)
def test_what_is_told_is_exact_and_tells_of_nobody_by_addition_and_subtraction(
    votes: list[tuple[int, int]], missing: set[str], missing_later: set[str]
) -> None:
    tallies = {site: yes_no(*vote) for site, vote in zip(SITES, votes, strict=True)}
    results = [record for site, tally in tallies.items() for record in recorded(site, {"q": {"": tally}})]
    results += [decided("first", tallies, missing), decided("second", tallies, missing_later)]
    told = told_sums(exported(BALLOT + DECISIONS, results))
    for sites, yes, answered in told:
        assert yes == sum(tallies[site].counts["yes"] for site in sites)
        assert answered == sum(tallies[site].ballots for site in sites)
    rows = [[Fraction(site in sites) for site in SITES] for sites, _, _ in told]
    rows += [[Fraction(site == empty) for site in SITES] for empty in SITES if not tallies[empty].ballots]
    for size in range(1, 5):
        for some in combinations(SITES, size):
            if 0 < sum(tallies[site].ballots for site in some) < 10:
                assert not follows([Fraction(site in some) for site in SITES], rows), (tallies, told, some)


def test_large_sites_and_their_total_are_told_in_full() -> None:
    tallies = {site: yes_no(7, 5) for site in SITES}
    results = [record for site, tally in tallies.items() for record in recorded(site, {"q": {"": tally}})]
    files = exported(BALLOT + DECISIONS, [*results, decided("first", tallies, ())])
    assert [(len(sites), yes, of) for sites, yes, of in told_sums(files)] == [
        (4, 28, 48),
        *[(1, 7, 12)] * 4,
        (4, 28, 48),
    ]
    row = sheet(files, "decisions.csv")[0]
    assert (row["rule"], row["base"], row["percent_in_favour"], row["note"]) == ("at least 70 %", "cast", "58", "")


def test_there_is_no_total_before_every_site_is_through() -> None:
    results = [record for site in "abc" for record in recorded(site, {"q": {"": yes_no(6, 6)}})]
    assert len(told_sums(exported(BALLOT, results, through=("a", "b", "c")))) == 3
    with_total = exported(BALLOT, results)
    assert len(told_sums(with_total)) == 4, "the fourth site has skipped the vote"
    assert [row["value"] for row in sheet(with_total, "results.csv") if row["level"] == "total"] == ["18", "18", "0"]


def test_a_decision_on_other_votes_than_were_counted_in_the_end_is_told_without_numbers() -> None:
    tallies = {site: yes_no(7, 5) for site in SITES}
    results = [record for site, tally in tallies.items() for record in recorded(site, {"q": {"": tally}})]
    files = exported(BALLOT + DECISIONS, [*results, decided("first", tallies, (), cast=36)])
    assert [sheet(files, "decisions.csv")[0][name] for name in ("outcome", "in_favour", "cast")] == ["rejected", "", ""]


def test_what_the_chat_did_not_tell_the_export_does_not_tell() -> None:
    tallies = {site: yes_no(7, 5) for site in SITES}
    results = [record for site, tally in tallies.items() for record in recorded(site, {"q": {"": tally}})]
    told = decided("first", tallies, ())
    told.data["items"]["q"]["veiled"] = True
    assert sheet(exported(BALLOT + DECISIONS, [*results, told]), "decisions.csv")[0]["cast"] == ""


AGREE = """
[[step]]
id = "ballot"
type = "vote"
duration = "1h"
questions = [{ id = "s", method = "agree", text = "Do you agree?", options = [
  { id = "x", text = "More trees" }, { id = "y", text = "Fewer cars" } ] }]
[[step]]
id = "best"
type = "adopt"
over = "ballot"
rule = "top_k"
k = 1
base = "cast"
quorum = "none"
ties = "lot"
scope = "assembly"
duration = "1h"
"""


def test_among_the_best_the_numbers_of_one_do_not_tell_of_a_hidden_other() -> None:
    def agree(agree: int, disagree: int) -> Tally:
        return count("agree", (), [("agree", agree), ("disagree", disagree)])

    def item(in_favour: int, cast: int, *, veiled: bool) -> dict[str, Any]:
        return {
            "outcome": "rejected", "reason": "lot_rejected", "in_favour": in_favour, "base": cast, "needed": 8, "cast": cast,
            "abstained": 0, "veiled": veiled, "of": "",
        }  # fmt: skip

    for small, needed, reason in ((agree(8, 1), "", ""), (agree(8, 4), "8", "lot_rejected")):
        results = recorded("a", {"s": {"x": agree(8, 6), "y": small}})
        items = {"x": item(8, 14, veiled=False), "y": item(8, small.ballots, veiled=small.ballots < 10)}
        files = exported(AGREE, [*results, Record("best", "all", {"items": items, "missing": []})])
        row = sheet(files, "decisions.csv")[0]
        assert (row["item_text"], row["in_favour"], row["needed"], row["reason"]) == ("More trees", "8", needed, reason)


def test_where_nothing_was_recorded_one_line_says_so() -> None:
    assert [row["note"] for row in sheet(exported(BALLOT, ()), "results.csv")] == [EMPTY]
