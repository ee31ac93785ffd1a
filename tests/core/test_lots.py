"""Lots: repeatable by a stranger, uniform, the same in every process."""

import hashlib
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.lots import Lots, rank

VECTOR = [80, 42, 24, 38, 83, 32, 51, 80, 99, 25, 79, 76]
SHUFFLED = "hgbfdeca"
SAMPLED = [280, 45, 548, 873, 243]


def by_hand(seed: str, *context: str) -> list[int]:
    """The first four words as the module's head describes them, written out without the module."""
    text = b"".join(str(len(p.encode())).encode() + b":" + p.encode() for p in (seed, *context))
    block = hashlib.sha256(hashlib.sha256(text).digest() + bytes(8)).digest()
    return [int.from_bytes(block[i : i + 8], "big") for i in range(0, 32, 8)]


def test_the_stream_is_the_one_described() -> None:
    lots = Lots("autumn", "tables", "lyon")
    assert [lots.below(1 << 64) for _ in range(4)] == by_hand("autumn", "tables", "lyon")


def test_fixed_vectors_never_change() -> None:
    lots = Lots("pnyx", "test")
    assert [lots.below(100) for _ in range(12)] == VECTOR
    assert Lots("pnyx", "test").shuffle("abcdefgh") == list(SHUFFLED)
    assert Lots("pnyx", "test").sample(range(1000), 5) == SAMPLED
    assert rank("pnyx", "option-1") == hashlib.sha256(b"4:pnyx8:option-1").hexdigest()


def test_context_is_not_run_together() -> None:
    assert rank("a", "bc") != rank("ab", "c") != rank("abc")
    assert rank("a", "1:b") != rank("a", "", "b")


def test_the_incomplete_stretch_is_thrown_away() -> None:
    n = (1 << 63) + 1  # nearly half of all words must be refused
    words = by_hand("r")
    kept = [w for w in words if w < n]
    lots = Lots("r")
    assert len(kept) < 4, "the example must contain a word to refuse"
    assert [lots.below(n) for _ in kept] == kept


@pytest.mark.parametrize("n", [0, -1, (1 << 64) + 1])
def test_impossible_bounds(n: int) -> None:
    with pytest.raises(ValueError, match="between 1 and"):
        Lots("x").below(n)


def test_uniform() -> None:
    lots = Lots("uniform")
    counts = [0] * 7
    for _ in range(70_000):
        counts[lots.below(7)] += 1
    chi = sum((c - 10_000) ** 2 / 10_000 for c in counts)
    assert chi < 22.5  # 6 degrees of freedom, 0.1 %; the stream is fixed, so this never wavers


def test_every_order_is_as_likely_as_the_next() -> None:
    lots = Lots("orders")
    seen: dict[str, int] = {}
    for _ in range(24_000):
        order = "".join(lots.shuffle("abcd"))
        seen[order] = seen.get(order, 0) + 1
    assert len(seen) == 24
    assert sum((c - 1000) ** 2 / 1000 for c in seen.values()) < 49.8  # 23 degrees of freedom, 0.1 %


def test_same_under_two_hash_seeds() -> None:
    code = "from bot.core.lots import Lots, rank; print(Lots('s','é').shuffle(range(50)), rank('s','x'))"
    out = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(out) == 1
    assert next(iter(out))


@given(st.text(max_size=20), st.lists(st.integers(), max_size=30))
def test_shuffle_keeps_everything_and_touches_nothing(seed: str, items: list[int]) -> None:
    before = list(items)
    assert sorted(Lots(seed).shuffle(items)) == sorted(items)
    assert items == before
    assert Lots(seed).shuffle(items) == Lots(seed).shuffle(items)


@given(st.integers(0, 20), st.integers(0, 25))
def test_sample_draws_different_items_or_says_no(size: int, k: int) -> None:
    items = range(size)
    if k > size:
        with pytest.raises(ValueError, match=f"cannot draw {k} of {size}"):
            Lots("s").sample(items, k)
    else:
        drawn = Lots("s").sample(items, k)
        assert len(set(drawn)) == len(drawn) == k
        assert set(drawn) <= set(items)


def test_choice() -> None:
    assert {Lots("c", str(i)).choice("ab") for i in range(20)} == {"a", "b"}
    with pytest.raises(ValueError, match="nothing"):
        Lots("c").choice([])
