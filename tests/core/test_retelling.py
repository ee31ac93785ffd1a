"""How a digest reads: every sentence has one number, wherever it is read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.core.message import Plain, Words
from bot.core.retelling import told
from bot.core.state import Digest, DigestSentence

SENTENCES = tuple(DigestSentence((id,), 1, 0, False) for id in ("a", "b", "c"))
DIGEST = Digest("d", "digest", "t1", "graz", "de", "approved", SENTENCES, 0, 3, datetime(2027, 1, 1, tzinfo=UTC))


def quotes(digest: Digest) -> list[str]:
    blocks = [each.parts for each in told(digest) if each.kind == "quote"]
    return [
        "".join(p.text if isinstance(p, Plain) else p.contribution for p in parts if isinstance(p, Plain | Words))
        for parts in blocks
    ]


def test_a_sentence_keeps_its_number_when_another_is_left_out() -> None:
    assert quotes(DIGEST) == ["1. a", "2. b", "3. c"]
    first, second, third = SENTENCES
    without = replace(DIGEST, sentences=(first, replace(second, left_out="insult"), third))
    assert quotes(without) == ["1. a", "3. c"], "sentence 3 is sentence 3, in the draft and at every table"
