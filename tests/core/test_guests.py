"""The list of people: what it may say, and how what is wrong with it is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.guests import Guest, GuestList, plain_ref, read_guests
from bot.core.spreadsheet import Unreadable, read_sheet
from tests.support.plays import TWO_SITES, flow_of

SURVEY = """
[[step]]
id = "profile"
type = "survey"
questions = [
  { id = "area", attribute = "area", dont_know = true, text = "Where?", options = [
    { id = "city", text = { en = "In a city", fr = "En ville" } }, { id = "country", text = "In the country" } ] },
  { id = "age", attribute = "age", method = "number", min = 16, max = 120, text = "How old?" },
  { id = "work", attribute = "work", method = "open_text", max_length = 10, text = "What work?" },
  { id = "many", attribute = "many", method = "multi", text = "Which?", options = [
    { id = "a", text = "A" }, { id = "b", text = "B" } ] },
]
"""
ONE, TWO = flow_of(SURVEY), flow_of(SURVEY, TWO_SITES)


def read(text: str, flow: object = TWO) -> GuestList:
    return read_guests(read_sheet(text.encode(), "people.csv", "ref"), flow)  # type: ignore[arg-type]


def test_a_list_with_everything_that_it_may_say() -> None:
    found = read(
        "Ref,Name,Site,LANGUAGE,role,table,area,age,work,E-mail\n"
        "A-17,Zoë,lyon,fr,,3,En VILLE,41,nurse,z@example.org\n"
        "B 2,Max,Graz,EN_gb,Facilitator,007,country,,,\n"
        "C,,graz,,observer,,dont_know,,,\n"
        "D,,,,organiser,,,,,\n"
    )
    assert found.wrong == ()
    assert found.unread == ("Name", "E-mail")
    assert found.guests == (
        Guest("A-17", "participant", "lyon", "fr", "3", {"area": "city", "age": "41", "work": "nurse"}),
        Guest("B 2", "facilitator", "graz", "en", "7", {"area": "country"}),
        Guest("C", "observer", "graz", "", "", {"area": "dont_know"}),
        Guest("D", "organiser", "lyon"),
    )


def test_a_word_for_each_person_is_enough_where_there_is_one_site() -> None:
    found = read("ref\nA\nB\n", ONE)
    assert [(g.ref, g.role, g.site) for g in found.guests] == [
        ("A", "participant", "lyon"),
        ("B", "participant", "lyon"),
    ]
    assert (found.wrong, found.unread) == ((), ())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "name,site\nA,lyon",
            "people.csv, line 1: found the columns name and site. One column is called \"ref\" and holds your own word for "
            "each person, such as A-17.",
        ),
        ("ref,site,Site\nA,lyon,lyon", "people.csv, line 1, column site: found 2 columns of this name. It may stand once."),
        ("ref,site\n", "people.csv: found no people. Each line below the first one is a person."),
        (
            "ref,site\n,lyon",
            "people.csv, line 2, column ref: found nothing. Each person has a word of their own here, such as A-17.",
        ),
        (
            "ref,site\nA-1,lyon\n\na-1,graz",
            'people.csv, line 4, column ref: found "a-1", as in line 2. Each person has a word of their own.',
        ),
        ("ref,site\nz@example.org,lyon", "an address is not kept here."),
        ('ref,site\n"1,2E+11",lyon', "has cut a long number short"),
        ("ref,site\n=cmd(),lyon", 'found "=cmd()". It begins with a letter or a digit'),
        (f"ref,site\n{'x' * 65},lyon", f'found "{"x" * 40}…".'),
        ('ref,site\n"two\nlines",lyon', 'found "two lines". It begins with a letter or a digit, stands in one line'),
        ("ref\nA", "people.csv, line 2, column site: found nothing. It is one of lyon or graz."),
        (
            "ref,site\nA,gratz",
            'people.csv, line 2, column site: found "gratz". It is one of lyon or graz. Did you mean "graz"?',
        ),
        ("ref,site,language\nA,graz,de", 'column language: found "de". It is one of en or fr.'),
        ("ref,site,role\nA,graz,member", 'column role: found "member". It is one of participant, facilitator,'),
        ("ref,site,table\nA,graz,three", 'column table: found "three". It is the number of a table, or empty.'),
        ("ref,site,table\nA,graz,0", 'column table: found "0".'),
        ("ref,site,table\nA,graz,00012345", 'column table: found "00012345".'),
        ("ref,site,role,table\nA,graz,observer,1", "Somebody in the role observer sits at no table: leave it empty."),
        ("ref,site,area\nA,graz,town", 'column area: found "town". It is one of city or country.'),
        ("ref,site,age\nA,graz,15", 'column age: found "15". It is a number from 16 to 120, or empty.'),
        ("ref,site,work\nA,graz,shopkeeping", "It is at most 10 characters, or empty."),
        ("ref,site\nA,graz,x", "people.csv, line 2: found 3 cells under 2 columns."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(text: str, said: str) -> None:
    found = [str(w) for w in read(text).wrong]
    assert len(found) == 1, found
    assert said in found[0]


def test_everything_that_is_wrong_is_told_at_once_in_order() -> None:
    found = read("ref,site,role\nA,mars,king\n,graz,\nC,graz\n")
    assert [(w.line, w.column) for w in found.wrong] == [(2, "role"), (2, "site"), (3, "ref")]


def test_a_question_with_several_answers_is_no_column() -> None:
    assert read("ref,site,many\nA,graz,a").unread == ("many",)


@given(st.text(max_size=200))
def test_two_spellings_stay_the_same(ref: str) -> None:
    assert plain_ref(plain_ref(ref)) == plain_ref(ref)
    assert plain_ref(f"  {ref} ") == plain_ref(ref)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_whatever_stands_there_is_read_or_told(body: str) -> None:
    try:
        found = read(f"ref,site,area,age\n{body}")
    except Unreadable:
        return
    if not found.wrong:
        assert found.guests
        assert len({plain_ref(g.ref) for g in found.guests}) == len(found.guests)
        assert all(g.ref and g.site in ("lyon", "graz") for g in found.guests)
    assert all(w.allowed and w.found and "\n" not in str(w) for w in found.wrong)
