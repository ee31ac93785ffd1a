"""Digests: every sentence has its source, every large enough group is heard, and the order of things changes nothing."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.digest import Digest, Sentence, Statement, draw, same_words
from bot.core.lots import Lots


def say(*entries: tuple[str, str, str]) -> list[Statement]:
    """Statements of ten words each from (id, author, side), in the order said."""
    return [Statement(id_, author, side, 10, i) for i, (id_, author, side) in enumerate(entries)]


def sources(digest: Digest) -> list[str]:
    return [source for sentence in digest.sentences for source in sentence.sources]


def test_by_hand() -> None:
    """Nine members, three sentences: every three who agree on something count for one.

    Six agree with s1 and s2, the other three with s3 only, which the six reject: two sentences and one.
    """
    members = list("abcdefghi")
    six = dict.fromkeys("abcdef", 1)
    votes = {
        "s1": {**six, "g": -1},
        "s2": six,
        "s3": {**dict.fromkeys("ghi", 1), **dict.fromkeys("abcdef", -1)},
        "s4": {"a": 1, "b": 1, "c": -1},
    }
    digest = draw(say(("s1", "a", ""), ("s2", "b", ""), ("s3", "g", ""), ("s4", "a", "")), votes, members, 3, "s")
    assert digest.unheard == 0
    assert digest.sentences == (
        Sentence(("s2",), support=6, against=0, minority=False),
        Sentence(("s1",), support=6, against=1, minority=False),
        Sentence(("s3",), support=3, against=6, minority=True),
    )


def camps(*shares: int) -> tuple[list[Statement], dict[str, dict[str, int]], list[str]]:
    """Camps of the given numbers; each has eight statements that it agrees with and all others reject."""
    members = [f"m{i:03}" for i in range(sum(shares))]
    statements: list[Statement] = []
    votes: dict[str, dict[str, int]] = {}
    start = 0
    for camp, share in enumerate(shares):
        inside = set(members[start : start + share])
        for k in range(8):
            statements.append(Statement(f"c{camp}-{k}", members[start], "", 10, len(statements)))
            votes[statements[-1].id] = {m: 1 if m in inside else -1 for m in members}
        start += share
    return statements, votes, members


def test_eight_sentences_for_three_camps() -> None:
    digest = draw(*camps(56, 32, 12), 8, "s")
    seats = [sum(source.startswith(f"c{camp}") for source in sources(digest)) for camp in range(3)]
    assert seats == [4, 3, 1], "the exact shares are 4.5, 2.6 and 1.0"
    assert digest.unheard == 0


def test_the_silent_are_counted_as_unheard_and_take_no_sentences_away() -> None:
    statements, votes, members = camps(22, 13, 5)
    digest = draw(statements, votes, [*members, *(f"silent{i}" for i in range(60))], 8, "s")
    seats = [sum(source.startswith(f"c{camp}") for source in sources(digest)) for camp in range(3)]
    assert seats == [4, 3, 1]
    assert digest.unheard == 60


def test_a_minority_position_is_in() -> None:
    members = [f"m{i}" for i in range(20)]
    statements = say(*((f"s{i}", f"m{i}", "") for i in range(5)))
    votes: dict[str, dict[str, int]] = {f"s{i}": dict.fromkeys(members, 1) for i in range(4)}
    votes["s4"] = {m: 1 if m == "m4" else -1 for m in members}
    digest = draw(statements, votes, members, 3, "s")
    assert len(digest.sentences) == 3
    assert [s for s in digest.sentences if s.minority] == [Sentence(("s4",), 1, 19, minority=True)]


def test_a_sentence_more_rather_than_somebody_silenced() -> None:
    statements = say(("s1", "a", ""), ("s2", "c", ""), ("s3", "a", ""))
    votes = {"s1": {"b": 1}, "s2": {"d": 1}, "s3": {"b": -1, "c": -1}}
    digest = draw(statements, votes, list("abcd"), 2, "s")
    assert sorted(sources(digest)) == ["s1", "s2", "s3"]
    assert [sentence.minority for sentence in digest.sentences] == [False, False, True]
    spared = draw(statements, {**votes, "s2": {"d": 1, "b": 1}}, list("abcd"), 2, "s")
    assert sorted(sources(spared)) == ["s2", "s3"], "a and b are heard without s1"


def test_both_sides() -> None:
    statements = say(*((f"f{i}", f"m{i}", "for") for i in range(6)), ("x", "m9", "against"))
    votes = {f"f{i}": {f"m{k}": 1 for k in range(9)} for i in range(6)}
    digest = draw(statements, votes, [f"m{i}" for i in range(10)], 2, "s")
    assert "x" in sources(digest)
    assert any(source.startswith("f") for source in sources(digest))
    one = draw(statements, votes, [f"m{i}" for i in range(10)], 1, "s")
    assert len(one.sentences) == 2, "with room for one, the other side is added"


def test_doubles_become_one_sentence_with_both_sources() -> None:
    statements = say(("s1", "a", "for"), ("s2", "b", "for"), ("s3", "c", "for"), ("s4", "d", "against"))
    fold = {"s1": "More  buses!", "s2": "MORE BUSES! ", "s3": "More trams", "s4": "more buses!"}
    digest = draw(statements, {"s1": {"e": 1}, "s2": {"f": 1, "c": -1}}, list("abcdef"), 3, "s", fold)
    assert Sentence(("s1", "s2"), support=4, against=1, minority=False) in digest.sentences
    assert sorted(sources(digest)) == ["s1", "s2", "s3", "s4"], "the same words on the other side are another sentence"


def test_yes_to_one_double_and_no_to_the_other_is_neither() -> None:
    statements = say(("s1", "a", ""), ("s2", "b", ""))
    votes = {"s1": {"c": 1, "b": -1}, "s2": {"c": -1, "d": 1}}
    digest = draw(statements, votes, list("abcd"), 1, "s", {"s1": "x", "s2": "X"})
    assert digest.sentences == (Sentence(("s1", "s2"), support=3, against=0, minority=False),), "authors agree"


@pytest.mark.parametrize(
    ("one", "other"), [("Straße", "STRASSE"), ("Ａ b", "a  B"), (" x\n", "X"), ("ﬁn", "Fin"), ("e\u0301", "É")]
)
def test_same_words(one: str, other: str) -> None:
    assert same_words(one) == same_words(other)


def test_different_words() -> None:
    assert same_words("ban cars") != same_words("do not ban cars")


def test_without_votes_one_per_author_in_rounds() -> None:
    statements = say(
        ("a1", "a", ""), ("a2", "a", ""), ("a3", "a", ""), ("b1", "b", ""), ("c1", "c", ""), ("b2", "b", "")
    )
    for seed in "xyz":
        three = draw(statements, {}, list("abc"), 3, seed)
        assert sorted(sources(three)) == ["a1", "b1", "c1"]
        assert not any(sentence.minority for sentence in three.sentences)
        assert set(sources(draw(statements, {"a1": {}}, list("abc"), 5, seed))) == {"a1", "b1", "c1", "a2", "b2"}
    assert len({tuple(sources(draw(statements, {}, list("abc"), 2, str(i)))) for i in range(30)}) == 6
    assert draw(statements, {}, list("abcd"), 3, "x").unheard == 1


def test_authors_who_left_come_last_and_strangers_do_not_vote() -> None:
    statements = say(("g1", "gone", ""), ("a1", "a", ""))
    assert sources(draw(statements, {"g1": {"stranger": 1}}, ["a"], 1, "s")) == ["a1"]
    assert draw(statements, {}, ["a"], 2, "s").sentences[1] == Sentence(("g1",), 0, 0, minority=False)


def test_nothing_said_and_nobody_there() -> None:
    assert draw([], {}, ["a", "b"], 3, "s") == Digest((), unheard=2)
    assert sources(draw(say(("s1", "a", "")), {"s1": {"b": 1}}, [], 3, "s")) == ["s1"]
    with pytest.raises(ValueError, match="found a size of 0"):
        draw([], {}, [], 0, "s")
    with pytest.raises(ValueError, match="must name the statements"):
        Sentence((), 1, 0, minority=False)


# -- properties -------------------------------------------------------------------------------------------------------

MEMBERS = [f"m{i}" for i in range(12)]


@st.composite
def rooms(draw_: st.DrawFn) -> tuple[list[Statement], dict[str, dict[str, int]], list[str], int, dict[str, str]]:
    number = draw_(st.integers(0, 10))
    author, side = st.sampled_from([*MEMBERS, "gone"]), st.sampled_from(["for", "against", ""])
    statements = [
        Statement(f"s{i}", draw_(author), draw_(side), draw_(st.integers(1, 3)), draw_(st.integers(0, 4)))
        for i in range(number)
    ]
    vote = st.dictionaries(st.sampled_from([*MEMBERS, "stranger"]), st.sampled_from([1, 1, 0, -1]), max_size=12)
    votes = draw_(st.dictionaries(st.sampled_from([s.id for s in statements] or ["s0"]), vote, max_size=10))
    fold = draw_(st.dictionaries(st.sampled_from([s.id for s in statements] or ["s0"]), st.sampled_from("aAb")))
    members = draw_(st.lists(st.sampled_from(MEMBERS), unique=True))
    return statements, votes, members, draw_(st.integers(1, 6)), fold


def agreements(room: Any, id_: str) -> set[str]:
    """Who of the members agrees with a statement or with a double of it, worked out the long way."""
    statements, votes, members, _, fold = room
    me = next(s for s in statements if s.id == id_)
    same = [
        s
        for s in statements
        if s.id == id_
        or (s.side == me.side and s.id in fold and id_ in fold and fold[s.id].lower() == fold[id_].lower())
    ]
    yes = {v for s in same for v, vote in votes.get(s.id, {}).items() if vote == 1}
    no = {v for s in same for v, vote in votes.get(s.id, {}).items() if vote == -1}
    return ((yes - no) | {s.author for s in same}) & set(members)


@given(rooms())
def test_sources_and_counts(room: Any) -> None:
    statements, votes, members, size, fold = room
    digest = draw(statements, votes, members, size, "seed", fold)
    named = sources(digest)
    assert len(named) == len(set(named)), "no statement twice"
    assert set(named) <= {s.id for s in statements}
    assert all(sentence.sources for sentence in digest.sentences)
    assert len(digest.sentences) <= size + 3
    for sentence in digest.sentences:
        assert sentence.support == len(agreements(room, sentence.sources[0]))
        if sentence.against > sentence.support > 0:
            assert sentence.minority or not any(votes.values())
    heard = {member for source in named for member in agreements(room, source)}
    assert digest.unheard == len(set(members) - heard)


@given(rooms(), st.randoms(use_true_random=False))
def test_order_changes_nothing(room: Any, chance: Any) -> None:
    statements, votes, members, size, fold = room
    before = draw(statements, votes, members, size, "seed", fold)
    for some in (statements, members):
        chance.shuffle(some)
    votes = {k: dict(reversed(v.items())) for k, v in reversed(votes.items())}
    assert draw(iter(statements), votes, members, size, "seed", dict(reversed(fold.items()))) == before


@given(rooms())
def test_a_cohesive_group_is_never_without_a_sentence(room: Any) -> None:
    statements, votes, members, size, fold = room
    digest = draw(statements, votes, members, size, "seed", fold)
    heard = {member for source in sources(digest) for member in agreements(room, source)}
    for statement in statements:
        group = agreements(room, statement.id)
        if group and len(group) * size >= len(members):
            left = group - heard
            assert len(left) * size < len(members), f"{sorted(left)} agree on {statement.id} and are not heard"


@given(rooms())
def test_both_sides_and_a_minority_when_there_is_one(room: Any) -> None:
    statements, votes, members, size, fold = room
    digest = draw(statements, votes, members, size, "seed", fold)
    side = {s.id: s.side for s in statements}
    for needed in {"for", "against"} & set(side.values()):
        assert needed in {side[source] for source in sources(digest)}
    voted = any(voter in members for s in statements for voter in votes.get(s.id, {}))
    rejected = [
        s.id
        for s in statements
        if s.id not in fold
        and agreements(room, s.id)
        and sum(vote == -1 and v in members and v != s.author for v, vote in votes.get(s.id, {}).items())
        > len(agreements(room, s.id))
    ]
    if voted and rejected:
        assert any(sentence.minority for sentence in digest.sentences)


def test_ten_thousand_people_and_three_hundred_statements() -> None:
    lots = Lots("big")
    members = [f"m{i}" for i in range(10_000)]
    statements = [Statement(f"s{i}", members[i * 7], "for" if i % 3 else "against", 12, i) for i in range(300)]
    votes: dict[str, dict[str, int]] = {s.id: {} for s in statements}
    for member in members:
        for _ in range(7):
            votes[f"s{lots.below(300)}"][member] = lots.below(3) - 1
    start = time.process_time()
    digest = draw(statements, votes, members, 12, "s")
    assert time.process_time() - start < 5
    assert len(digest.sentences) >= 12
