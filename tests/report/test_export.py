"""What stands in an export of a played evening, and above all what does not."""

from __future__ import annotations

import hashlib
import json
import re

import pytest
from markdown_it import MarkdownIt

from bot.report.release import ERASED, WITHDRAWN, WITHHELD
from bot.report.tables import EMPTY, HIDDEN
from tests.report.conftest import Evening, Files, rows, sheet, text
from tests.support.two_shores import two_shores


def holding(files: Files, words: str) -> set[str]:
    """The files in which these words stand."""
    return {name for name, content in files.items() if words in content.decode() and not name.startswith("flow/")}


# -- the folder -------------------------------------------------------------------------------------------------------


def test_two_exports_are_equal_to_the_byte_before_and_after_a_restart(evening: Evening) -> None:
    assert evening.files == evening.restarted
    assert list(evening.files) == list(evening.restarted)


def test_the_folder_holds_what_it_should(evening: Evening) -> None:
    assert list(evening.files) == [
        "README.txt", "decisions.csv", "flow/flow.toml", "ideas.csv", "ideas.jsonl", "process.json", "results.csv",
        "transcript/east-1.jsonl", "transcript/east-1.md", "transcript/west-1.jsonl", "transcript/west-1.md", "SHA256SUMS",
    ]  # fmt: skip
    assert evening.files["flow/flow.toml"].decode() == two_shores()


def test_every_file_names_the_flow_and_its_hash_even_before_there_is_anything_to_tell(evening: Evening) -> None:
    for files in (evening.files, evening.early):
        assert holding(files, evening.ref) == {name for name in files if not name.startswith("flow/")}
    for name in ("results.csv", "decisions.csv", "ideas.csv"):
        assert {row["flow"] for row in sheet(evening.files, name)} == {evening.ref}
    assert [row["note"] for row in sheet(evening.early, "decisions.csv")] == [EMPTY]


def test_the_sums_are_right(evening: Evening) -> None:
    lines = evening.files["SHA256SUMS"].decode().splitlines()[1:]
    assert {name: digest for digest, _, name in (line.partition("  ") for line in lines)} == {
        name: hashlib.sha256(content).hexdigest() for name, content in evening.files.items() if name != "SHA256SUMS"
    }


def test_files_are_plain_text_with_plain_line_ends(evening: Evening) -> None:
    for name, content in evening.files.items():
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]", content.decode()), name
        assert content.endswith(b"\n"), name


def test_nobody_is_named_who_did_not_choose_to_be_and_no_seat_at_all(evening: Evening) -> None:
    for name, seat in evening.seats.items():
        assert holding(evening.files, seat) == set(), name
    for name in ("Ben", "Dan", "Fritz", "Emil"):
        assert holding(evening.files, name) == set()


# -- consent ----------------------------------------------------------------------------------------------------------

EAST = {"transcript/east-1.jsonl", "transcript/east-1.md"}
WEST = {"transcript/west-1.jsonl", "transcript/west-1.md"}
IDEAS = {"ideas.csv", "ideas.jsonl"}


@pytest.mark.parametrize(
    ("words", "where"),
    [
        ("More boats at night.", EAST | WEST),  # Anna agreed to everything
        ("No bridge, ever.", WEST),  # Ben may be quoted, and is not in his own table's transcript
        ("Weniger Autos.", WEST | EAST),
        ("Ein Steg.", set()),  # Fritz agreed to nothing
        ("It is quick.", EAST | IDEAS),
        ("It is ugly.", set()),
        ("A bench in the sun.", IDEAS),  # written in private
        ("That it stays as it is.", set()),
        ("The paddle steamer.", set()),  # the icebreaker
        ("Mehr Schatten.", set()),  # taken back at once
        ("Ben seems angry.", set()),  # a facilitator's note
        ("What about winter?", EAST),  # a facilitator's prompt
        ("Maya", EAST),
        ("Eve", EAST),
    ],
)
def test_words_stand_only_where_their_author_agreed(evening: Evening, words: str, where: set[str]) -> None:
    assert holding(evening.files, words) == where


def test_what_is_not_released_leaves_a_mark_without_a_trace(evening: Evening) -> None:
    talk = [row for row in rows(evening.files, "transcript/east-1.jsonl")[1:] if row["step"] == "talk"]
    assert [row["text"] for row in talk if row["kind"] == "message"] == [
        "More boats at night.", WITHHELD, "Ask the children.", "# A <b>bridge</b>\n=1+1"
    ]  # fmt: skip
    assert next(row for row in talk if row.get("text") == WITHHELD) == {
        "kind": "message", "step": "talk", "released": False, "text": WITHHELD
    }  # fmt: skip


def test_who_takes_their_words_back_is_in_no_later_export(evening: Evening) -> None:
    for words in ("More boats at night.", "It is quick.", "A bench in the sun.", "Anna"):
        assert holding(evening.files, words), words
        assert holding(evening.later, words) == set(), words
    west = rows(evening.later, "transcript/west-1.jsonl")
    carried = next(row for row in west if row["kind"] == "relay")
    assert carried["sentences"][0]["text"] == WITHDRAWN
    assert len(carried["sentences"]) == 3, "that there was a sentence stays true"


def test_an_erased_person_leaves_marks_and_no_name(evening: Evening) -> None:
    assert holding(evening.files, "Ask the children.")
    assert holding(evening.later, "Ask the children.") == holding(evening.later, "Cleo") == set()
    assert holding(evening.later, ERASED) == {"README.txt", *EAST, *WEST} - {
        "transcript/east-1.md",
        "transcript/west-1.md",
    }
    assert r"\[erased\]" in evening.later["transcript/east-1.md"].decode()


# -- transcripts ------------------------------------------------------------------------------------------------------


def test_a_transcript_has_the_steps_as_headings_with_both_clocks(evening: Evening) -> None:
    transcript = evening.files["transcript/east-1.md"].decode()
    assert re.findall(r"^## (.*)", transcript, flags=re.M) == [
        "1. hello", "2. What should change?", "3. digest", "4. carry", "5. arguments"
    ]  # fmt: skip
    assert "2027-03-01 11:10 – 11:45 (Europe/Vienna) · 2027-03-01 10:10 – 10:45 UTC" in transcript
    assert "10:10 – 10:40 (Europe/London)" in evening.files["transcript/west-1.md"].decode()
    assert "**Maya** · facilitator · prompt · 11:10:00 · English" in transcript


def test_an_icebreaker_leaves_its_heading_and_not_even_a_number(evening: Evening) -> None:
    step, following = rows(evening.files, "transcript/east-1.jsonl")[1:3]
    assert (step["step"], step["recorded"], step["kept_out"]) == ("hello", False, 0)
    assert following["kind"] == "step"


def test_words_in_a_transcript_are_no_markup(evening: Evening) -> None:
    tokens = MarkdownIt("commonmark").parse(evening.files["transcript/east-1.md"].decode())
    assert not [
        t for t in tokens if t.type in ("html_block", "fence", "code_block", "bullet_list_open", "ordered_list_open")
    ]
    assert sum(t.type == "heading_open" for t in tokens) == 8
    assert r"> \# A \<b\>bridge\</b\>" in evening.files["transcript/east-1.md"].decode()


def test_what_was_carried_is_labelled_and_beside_its_original(evening: Evening) -> None:
    carried = next(row for row in rows(evening.files, "transcript/west-1.jsonl") if row["kind"] == "relay")
    assert (carried["from"], carried["engine"], carried["language"]) == ("From table 1 in East Bank", "pseudo", "en")
    first = carried["sentences"][0]
    assert first["original"] == "More boats at night."
    assert first["text"].startswith("⟦en→de⟧")
    drawn = next(row for row in rows(evening.files, "transcript/east-1.jsonl") if row["kind"] == "digest")
    assert drawn["state"] == "approved"
    assert drawn["sentences"][0]["sources"] == first["sources"]


# -- numbers ----------------------------------------------------------------------------------------------------------


def test_a_small_site_of_a_secret_ballot_cannot_be_read_or_worked_out(evening: Evening) -> None:
    ballot = [row for row in sheet(evening.files, "results.csv") if row["step"] == "ballot"]
    assert [row["value"] for row in ballot if row["place"] == "east"] == ["8", "4", "0"]
    assert [row["percent"] for row in ballot if row["place"] == "east"] == ["67", "33", "0"]
    for place in ("west", "all"):
        assert [(row["value"], row["answered"], row["note"]) for row in ballot if row["place"] == place] == [
            ("", "", HIDDEN)
        ]
    (decided,) = sheet(evening.files, "decisions.csv")
    assert decided["outcome"] == "rejected"
    assert [decided[name] for name in ("in_favour", "base_count", "needed", "cast", "abstained", "reason")] == [""] * 6
    assert (decided["rule"], decided["note"]) == ("at least 2 of 3", HIDDEN)


def test_the_middle_of_nine_numbers_is_not_told_though_twelve_answered(evening: Evening) -> None:
    price = [row for row in sheet(evening.files, "results.csv") if row["step"] == "price" and row["place"] == "east"]
    assert {row["measure"]: (row["value"], row["note"]) for row in price} == {
        "count": ("3", ""), "mean": ("", HIDDEN), "median": ("", HIDDEN)
    }  # fmt: skip
    assert not [row for row in price if row["option"] in map(str, range(40, 49))]


def test_an_open_ballot_is_told_for_every_table(evening: Evening) -> None:
    hands = [row for row in sheet(evening.files, "results.csv") if row["step"] == "hands" and row["option"] == "yes"]
    assert [(row["level"], row["place"], row["value"]) for row in hands] == [
        ("total", "all", "3"), ("site", "east", "2"), ("site", "west", "1"), ("table", "east-1", "2"), ("table", "west-1", "1")
    ]  # fmt: skip


def test_nothing_of_an_open_vote_leaves_before_it_closes(evening: Evening) -> None:
    assert {row["step"] for row in sheet(evening.early, "results.csv")} == {"ballot"}
    assert "40" not in {row["value"] for row in sheet(evening.early, "results.csv")}


def test_ideas_are_told_without_names_and_no_cell_is_a_formula(evening: Evening) -> None:
    ideas = sheet(evening.files, "ideas.csv")
    assert [(row["step"], row["side"], row["words"]) for row in ideas] == [
        ("arguments", "for", "'=1+1"), ("arguments", "for", "It is quick."), ("wishes", "", "A bench in the sun.")
    ]  # fmt: skip
    assert {row["words"] for row in rows(evening.files, "ideas.jsonl")[1:]} >= {"=1+1"}
    assert "name" not in ideas[0]


def test_the_process_tells_numbers_and_who_intervened_by_office(evening: Evening) -> None:
    process = json.loads(evening.files["process.json"])
    assert (process["flow"]["ref"], process["seed_of_the_draws"]) == (evening.ref, "seed")
    assert process["sites"][0]["people"] == {"facilitator": {"active": 1}, "participant": {"active": 12}}
    assert process["sites"][0]["participants_came_by"] == {"own code": 12}
    acts = [(line["act"], line.get("by", "")) for line in process["log"]]
    assert [act for act in acts if act[1]] == [
        (act, "facilitator") for act in ("prompt", "noted", "extended", "approved", "approved")
    ]
    assert next(line for line in process["log"] if line["act"] == "extended")["seconds"] == 300
    assert process["contributions"][0] == {"step": "talk", "given": 6, "released_as_transcript": 4}
    talk = next(step for step in process["courses"][1]["steps"] if step["id"] == "talk")
    assert talk["opened"] == {"utc": "2027-03-01T10:10:00Z", "local": "2027-03-01T10:10:00+00:00"}
    later = json.loads(evening.later["process.json"])
    assert later["sites"][0]["people"]["participant"] == {"active": 10, "left": 2}


def test_who_left_is_counted_and_never_told_of_one_by_one(evening: Evening) -> None:
    assert not re.search(r'"act": "(joined|left|paused|returned)"', text(evening.later))
