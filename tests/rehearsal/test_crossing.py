"""What invented people do about words that cross a border: answer, have nothing to add, doubt, put right, let go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

import pytest

from bot.core.lots import Lots
from bot.core.rendered import Choice, Rendered
from bot.core.state import Role
from bot.rehearsal import corpus
from bot.rehearsal.people import Act, Villager
from bot.rehearsal.voices import Voice, Voices

ODD, GOOD = "No privatisation of water, which is food!", "Water is our food. Do not sell it!"
VOICES = Voices("nz", "en", "x", (), (), {}, {"no privatisation of water, which is food!": GOOD})


def somebody(seed: str = "7", role: Role = "participant", voices: Voices | None = VOICES) -> Villager:
    voice = Voice("Ruth", "steady", 5, (), (), {}) if voices is not None else None
    return Villager(
        "u", "Ruth", "nz", "en", role, "steady", timedelta(minutes=5), Lots(seed, "person"), voice, voices,
        relays=frozenset({"carry"}), digests=frozenset({"digest"}), named=True,
    )  # fmt: skip


def shown(*presses: str, words: Iterable[str] = (), text: str = "", expects: str = "", step: str = "carry") -> Rendered:
    blocks = [("text", text)] if text else []
    blocks += [("quote", f"{n}. {each}") for n, each in enumerate(words, 1)]
    buttons = tuple(Choice(p.rpartition(":")[2], p) for p in presses)
    return Rendered(tuple(blocks), buttons, step, expects)  # type: ignore[arg-type]  # kinds of blocks


COME = shown(
    "carry:answer::d1:1", "carry:answer::d1:2", "carry:enough::d1:", "carry:original::d1", "carry:doubt::d1",
    words=["Plant trees!", ODD],
)  # fmt: skip


def acts(message: Rendered, times: int = 60, **who: object) -> list[Act]:
    return [act for n in range(times) for act in somebody(str(n), **who).react(message)]  # type: ignore[arg-type]  # as named


def test_some_answer_a_sentence_some_have_nothing_to_add_and_some_doubt_what_reads_odd() -> None:
    did = Counter(act.press for act in acts(COME))
    assert did["carry:enough::d1:"] + did["carry:answer::d1:1"] + did["carry:answer::d1:2"] == 60
    assert min(did["carry:enough::d1:"], did["carry:answer::d1:1"], did["carry:answer::d1:2"]) > 5
    assert 5 < did["carry:doubt::d1"] < 40
    assert did["carry:original::d1"] == 0
    assert "carry:doubt::d1" not in {act.press for act in acts(COME, voices=None)}, (
        "nothing reads odd to people without voices"
    )


def test_what_has_come_is_dealt_with_once() -> None:
    person = somebody()
    assert [*person.react(COME)]
    assert [*person.react(COME)] == []


def test_an_answer_is_one_of_those_that_the_memories_know() -> None:
    asked = shown(expects="text", text="What would you like to answer to this?")
    said = {act.text for act in acts(asked)}
    assert said <= {*corpus.speech("en").answers}
    assert len(said) > 3


def test_a_doubt_names_the_translation_that_reads_odd() -> None:
    asked = shown("-doubt:c1@en", "-doubt:c2@en", words=["Plant trees!", ODD])
    assert {act.press for act in acts(asked)} == {"-doubt:c2@en"}
    assert acts(asked, voices=None) == []


def test_few_authors_mostly_let_their_words_go_and_mostly_as_they_are() -> None:
    yours = shown("digest:may:t1:yes", "digest:may:t1:no", "digest:correct:t1:1", "digest:take:t1:1", words=["Mine"])
    did = Counter(act.press for act in acts(yours, 200, voices=None))
    assert did["digest:may:t1:yes"] > 5 * did["digest:may:t1:no"] > 0
    assert 3 < did["digest:correct:t1:1"] < 40
    assert did["digest:take:t1:1"] == 0
    assert {act.press for act in acts(yours)} == {"digest:may:t1:yes", "digest:may:t1:no"}, (
        "a voice changes what it has said"
    )


def test_who_wants_to_word_something_anew_does() -> None:
    asked = shown(words=["Old words"], expects="text", step="digest")
    assert len({act.text for act in acts(asked, voices=None)}) > 10


def test_who_leads_a_table_approves_and_touches_no_words() -> None:
    draft = shown("digest:approve:t1:", "digest:edit:t1:1", "digest:leave:t1:1", "digest:ask:t1:", words=["One"])
    assert [act.press for act in somebody(role="facilitator").react(draft)] == ["digest:approve:t1:"]
    waits = shown("digest:edit:t1:1", "digest:leave:t1:1", words=["One"])
    assert [*somebody(role="facilitator").react(waits)] == []
    assert [*somebody(role="facilitator").react(COME)] == []


@pytest.mark.parametrize(
    ("message", "text", "press"),
    [
        (shown(text="1 text waits for a translator. /trans shows the first one."), "/trans", ""),
        (shown(text="No text waits for you now. Write for example: /trans de en"), None, None),
        (shown("-take:c@en", "-release::c@en", "-cannot:c@en", words=[ODD]), "", "-take:c@en"),
        (shown("-release::c@en", "-ask:c@en", "-cannot:c@en", words=["Es ist gut.", ODD]), GOOD, ""),
        (shown("-release::c@en", "-ask:c@en", "-cannot:c@en", words=["Es ist gut.", "It is good."]), "", "-release::c@en"),
        (shown("-ask:c@en", "-cannot:c@en", words=["Es ist gut."]), "", "-cannot:c@en"),
        (shown("-release:h1:c@en", "-anew:c@en", words=[GOOD]), "", "-release:h1:c@en"),
    ],
)  # fmt: skip
def test_a_translator_takes_puts_right_and_releases(message: Rendered, text: str | None, press: str) -> None:
    did = [(act.text, act.press) for act in somebody(role="translator").react(message)]
    assert did == ([] if text is None else [(text, press)])
