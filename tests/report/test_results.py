"""The summary for the terminal: the same protection, in few lines."""

from __future__ import annotations

from bot.core.effects import Grant
from bot.core.state import Contribution
from bot.core.tally import count
from bot.engine.house import House
from bot.report.results import as_text, summary
from bot.store import courses, findings, opinions
from bot.store.keys import KeyFile
from tests.report.conftest import Evening
from tests.report.test_figures import HEAD, recorded
from tests.store.filling import AT, fresh_database
from tests.support.room import ASSEMBLY, CATALOGS, bundled

VIEWS = """
[[step]]
id = "wishes"
type = "collect"
duration = "1h"
text = "What do you wish for?"
[[step]]
id = "views"
type = "vote"
duration = "1h"
over = ["wishes"]
"""


def test_results_are_told_per_site_and_in_total_where_they_may_be(evening: Evening) -> None:
    bridge, price, hands = evening.summary.answers
    assert [(p.name, p.told, p.answered) for p in bridge.places] == [
        ("", False, 0), ("East Bank", True, 12), ("West Bank", False, 0)
    ]  # fmt: skip
    assert [(s.option, s.count, s.percent) for s in bridge.places[1].shares] == [
        ("Yes", 8, 67),
        ("No", 4, 33),
        ("Abstain", 0, 0),
    ]
    assert price.places[1].average == ""
    assert [(p.name, p.answered) for p in hands.places] == [("", 3), ("East Bank", 2), ("West Bank", 1)]


def test_decisions_and_what_crossed_stand_in_it(evening: Evening) -> None:
    assert [(d.label, d.numbers) for d in evening.summary.decisions] == [("Build a bridge?", {})]
    assert evening.summary.outcomes == ("not adopted",)
    to_east, to_west = evening.summary.crossings
    assert (to_east.source, to_east.place, to_east.engine) == ("From table 1 in West Bank", "1 · East Bank", "pseudo")
    assert [original for _, original in to_west.sentences] == [
        "More boats at night.",
        "No bridge, ever.",
        "Ask the children.",
    ]


def test_as_text_it_is_short_and_plain(evening: Evening) -> None:
    told = as_text(evening.summary)
    assert "  East Bank: Yes 8 (67 %), No 4 (33 %), Abstain 0 (0 %) [12]" in told
    assert "  West Bank: <10\n" in told
    assert "Decided · Build a bridge?: not adopted\n" in told
    assert "From table 1 in East Bank → 1 · West Bank" in told
    assert all(line == line.rstrip() for line in told.splitlines())


def test_of_many_statements_the_most_answered_ones_are_shown_and_the_others_counted() -> None:
    db, body = fresh_database(KeyFile.from_seed(1)), bundled(HEAD + VIEWS)
    courses.publish_flow(db, courses.PublishedFlow("count@0", "count", "", body, 0))
    courses.save_assembly(db, courses.Assembly(ASSEMBLY, "count@0", "seed", "open", 0))
    opinions.grant(db, ASSEMBLY, Grant("", "quotes", True, "v1", "en"), 0)
    for n in range(20):
        given = Contribution(f"i{n:02}", "wishes", "", "a", "" if n else "shy", "idea", f"Wish {n}", AT, "en")
        if not n:
            db.vault.new_seat_key("shy")
        opinions.keep(db, ASSEMBLY, given)
    tallies = {
        f"i{n:02}": count("agree", (), [("agree", 10 + n % 3), ("disagree", 20 if n == 0 else 0)]) for n in range(20)
    }
    for record in recorded("a", {"statement": tallies}, "views"):
        findings.record(db, ASSEMBLY, record, 0)
    found = summary(db, House(CATALOGS), ASSEMBLY)
    db.sql.close()
    assert [answer.item for answer in found.answers] == [
        f"Wish {n}" for n in range(1, 20) if n % 3 == 2 or (n % 3 == 1 and n <= 16)
    ]
    assert found.more == {"views": 8}, "the one that nobody may quote among them, though most people answered it"
    assert "views: + 8 (results.csv)\n" in as_text(found)
