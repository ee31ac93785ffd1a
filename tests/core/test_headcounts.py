"""The arithmetic of tables: sizes that fit, languages that meet, nobody forgotten."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.headcounts import FEWEST, Languages, bundles, divide, table_sizes

PLANS = st.tuples(st.integers(2, 8), st.integers(0, 3), st.integers(0, 3)).map(lambda p: (p[0], p[0] + p[1], sum(p)))
CLASSES: st.SearchStrategy[dict[Languages, int]] = st.dictionaries(
    st.lists(st.sampled_from(["de", "en", "fr", "nl"]), min_size=1, max_size=3, unique=True).map(tuple),
    st.integers(0, 25),
    max_size=6,
)


@pytest.mark.parametrize(
    ("people", "plan", "sizes", "left"),
    [
        (48, (5, 6, 7), [6] * 8, 0),
        (50, (5, 6, 7), [7, 7, 6, 6, 6, 6, 6, 6], 0),
        (11, (6, 6, 7), [6, 5], 0),  # no number of tables fits: one is below the minimum, nobody is sent away
        (5, (4, 4, 4), [4], 1),  # three and two would leave two alone
        (3, (5, 6, 7), [3], 0),
        (2, (5, 6, 7), [], 2),
        (2, (2, 2, 2), [2], 0),
        (3, (2, 2, 2), [2], 1),
        (0, (5, 6, 7), [], 0),
    ],
)
def test_sizes_by_hand(people: int, plan: tuple[int, int, int], sizes: list[int], left: int) -> None:
    assert table_sizes(people, *plan) == (sizes, left)


@given(st.integers(0, 300), PLANS)
def test_sizes(people: int, plan: tuple[int, int, int]) -> None:
    low, target, high = plan
    sizes, left = table_sizes(people, low, target, high)
    assert sum(sizes) + left == people
    assert all(min(low, FEWEST) <= size <= high for size in sizes)
    fits = [k for k in range(1, people + 1) if k * low <= people <= k * high]
    if fits:
        assert left == 0
        assert all(low <= size for size in sizes)
        assert abs(people / len(sizes) - target) <= min(abs(people / k - target) for k in fits) + 1e-9
    if people >= FEWEST:
        assert sizes, "three people can always talk"


def test_bundles_by_hand() -> None:
    people: dict[Languages, int] = {("de",): 9, ("fr", "en"): 7, ("nl",): 1}
    assert bundles(people, 1) == [("de",), ("fr",), ("nl",), ("en",)]
    assert bundles(people, 2) == [("de", "nl"), ("en", "fr")]
    assert bundles(people, None) == [("de", "en", "fr", "nl")]
    assert bundles({(): 5}, 3) == [()]


def seated(people: dict[Languages, int], among: list[Languages], *plan: int) -> dict[str, int]:
    """Heads per language after `divide`, for bundles of one."""
    heads = dict.fromkeys((bundle[0] for bundle in among if bundle), 0)
    for (_, i), n in divide(people, among, *plan).items():
        heads[among[i][0]] += n
    return {language: n for language, n in heads.items() if n}


@pytest.mark.parametrize(
    ("people", "heads"),
    [
        ({("de",): 12, ("fr",): 12}, {"de": 12, "fr": 12}),
        ({("de",): 4, ("fr",): 12, ("fr", "de"): 2}, {"de": 6, "fr": 12}),  # filled by people with two languages
        ({("de", "fr"): 4, ("fr",): 9}, {"fr": 13}),  # too few for a table of their own: all join the others
        ({("de", "en"): 3, ("fr", "en"): 3}, {"en": 6}),  # they meet in a third language
        ({("de",): 4, ("fr",): 13, ("en",): 13, ("fr", "de"): 1, ("en", "de"): 1}, {"de": 6, "fr": 13, "en": 13}),
        ({("de",): 1, ("fr",): 12}, {"de": 1, "fr": 12}),  # nothing helps
    ],
)
def test_two_languages_fill_tables(people: dict[Languages, int], heads: dict[str, int]) -> None:
    assert seated(people, bundles(people, 1), 6, 6, 7) == heads


@given(CLASSES, PLANS, st.sampled_from([1, 2, None]))
def test_everybody_once_and_in_a_language_they_speak(
    people: dict[Languages, int], plan: tuple[int, int, int], together: int | None
) -> None:
    among = bundles(people, together)
    assert all(together is None or len(bundle) <= together for bundle in among)
    places = divide(people, among, *plan)
    assert all(n > 0 for n in places.values())
    assert all(set(languages) & set(among[i]) for languages, i in places)
    for languages, n in people.items():
        assert sum(k for (c, _), k in places.items() if c == languages) == n


@given(CLASSES, PLANS)
def test_moving_never_makes_it_worse(people: dict[Languages, int], plan: tuple[int, int, int]) -> None:
    among = bundles(people, 1)
    first: dict[str, int] = {}
    for languages, n in people.items():
        first[languages[0]] = first.get(languages[0], 0) + n
    after = seated(people, among, *plan)

    def left(heads: dict[str, int]) -> int:
        results = [table_sizes(n, *plan) for n in heads.values()]
        return sum(10 * left + sum(max(0, plan[0] - size) for size in sizes) for sizes, left in results)

    assert left(after) <= left(first)
    if left(first) == 0:
        assert after == {language: n for language, n in first.items() if n}, "nobody is moved without need"
